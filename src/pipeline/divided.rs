//! The event stage when only a part of the work can be shared: it begins timestamps in order, which
//! brings the state on, and anyone finishes them. Both together cost more than producing, so it begins
//! no more than keeps the workers busy, and produces what follows itself.
//!
//! What was begun, and what was produced on top of it, holds only if finishing succeeds. So there is a
//! copy of the state from before the oldest piece in flight, and what came since is remembered: the stage
//! can go back to any piece in flight and produce from there alone. Dividing goes on after a rest.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::event::LegacyCopy;

use super::control::Level;
use super::crew::Board;
use super::event_stage::Stage;
use super::job::{Part, Piece, Way};

/// How many times as long as taking a copy the work takes that lies between two: copies cost no more
/// than some hundredths of the time.
const COPY_SHARE: u32 = 100;

/// Timestamps after which a copy is taken however long it takes, because those since are kept.
const MOST_KEPT: u64 = 16_384;

/// Dividing, with all that is needed to take it back.
#[derive(Debug, Default)]
pub(super) struct Divided {
    /// While pieces are begun.
    go: Option<Go>,
    rest: Rest,
}

/// Pieces that are begun one after the other.
#[derive(Debug)]
struct Go {
    /// From before the oldest piece in flight and later; never empty.
    copies: VecDeque<Copied>,
    /// What was begun or produced since the oldest of them.
    past: VecDeque<Past>,
    /// Number of the first timestamp.
    start: u64,
    /// When the latest copy was taken, how long that took, and the timestamps since.
    taken: Instant,
    took: Duration,
    since: u64,
    /// Tells those who finish pieces that nobody wants them any more.
    unwanted: Arc<AtomicBool>,
    /// The state is not what it is to be for the next piece.
    lost: bool,
}

#[derive(Debug)]
struct Copied {
    /// Number of the next timestamp.
    index: u64,
    state: LegacyCopy,
}

/// A piece that may have to be produced again.
#[derive(Debug)]
struct Past {
    piece: Piece,
    /// Which templates were off.
    off: Arc<[bool]>,
}

impl Divided {
    /// Begins the piece that follows on what was begun or produced; what was picked of templates that
    /// are off comes with it. `None` when the stage has to produce it alone, once all before it is done.
    pub(super) fn begin(
        &mut self,
        stage: &mut Stage<'_>,
        piece: &Piece,
        board: &Board,
    ) -> Option<(Way, Vec<(u16, u64)>)> {
        let go = self.going(stage, piece, board)?;
        let source = stage.source.as_mut();
        stage.switches.follow(&stage.shared.aliases, source);
        let tags = &stage.setup.tags;
        let begin = || source.begin(piece.moments(), piece.inputs(), tags);
        // It panics again when it is produced, after all that was before.
        let begun = catch_unwind(AssertUnwindSafe(begin)).ok().flatten();
        let Some(begun) = begun else {
            self.lose(piece);
            return None;
        };
        go.note(piece.clone(), stage.switches.off());
        let way = Way::Begun(begun, Arc::clone(&go.unwanted));
        Some((way, stage.switches.dropped(stage.source.as_mut())))
    }

    /// Produces the piece that follows on what was begun or produced. `None` as for [`Divided::begin`].
    pub(super) fn produce(
        &mut self,
        stage: &mut Stage<'_>,
        piece: &Piece,
        board: &Board,
    ) -> Option<Part> {
        let go = self.going(stage, piece, board)?;
        let mut part = Part::new(stage.shared);
        let Stage {
            source,
            switches,
            setup,
            shared,
            ..
        } = stage;
        let produce = || part.produce(piece, source.as_mut(), switches, setup, shared);
        if catch_unwind(AssertUnwindSafe(produce)).is_err() {
            self.lose(piece);
            return None;
        }
        go.note(piece.clone(), stage.switches.off());
        Some(part)
    }

    /// Nothing from this piece on can be begun, so it is come to again.
    fn lose(&mut self, piece: &Piece) {
        if let Some(go) = &mut self.go {
            go.lost = true;
            self.rest.begin(piece.index - go.start);
        }
    }

    /// What is going on, when it can go on with a piece.
    fn going(&mut self, stage: &Stage<'_>, piece: &Piece, board: &Board) -> Option<&mut Go> {
        if self.rest.left > 0 || !board.has_workers() || !self.copy(stage, piece.index) {
            return None;
        }
        self.go.as_mut().filter(|go| !go.lost)
    }

    /// Sees to it that the state at a piece can be come to again; false when it cannot.
    fn copy(&mut self, stage: &Stage<'_>, index: u64) -> bool {
        if self.go.as_ref().is_some_and(|go| !go.wants_copy()) {
            return true;
        }
        let began = Instant::now();
        let Some(state) = stage.source.legacy_copy() else {
            let start = self.go.as_ref().map_or(index, |go| go.start);
            self.rest.begin(index - start);
            return false;
        };
        let took = began.elapsed();
        let go = self.go.get_or_insert_with(|| Go::new(index));
        go.copies.push_back(Copied { index, state });
        (go.taken, go.took, go.since) = (Instant::now(), took, 0);
        true
    }

    /// Everything up to the timestamp with this number was handed on.
    pub(super) fn passed(&mut self, index: u64) {
        if let Some(go) = &mut self.go {
            go.forget(index);
        }
    }

    /// A piece could not be taken, so what was begun is not wanted any more: it and all after it, `begun`
    /// timestamps, are produced alone. That it `failed` may happen again.
    pub(super) fn give_up(&mut self, piece: &Piece, begun: u64, failed: bool) {
        let Some(go) = &mut self.go else { return };
        go.lost = true;
        go.unwanted.store(true, Ordering::Relaxed);
        if failed && self.rest.left == 0 {
            self.rest.begin(piece.index - go.start);
        }
        self.rest.left = self.rest.left.max(begun);
    }

    /// Before the stage produces a piece alone, all before it being done: brings the source to it. False
    /// when the run is given up meanwhile.
    pub(super) fn come_to(&mut self, stage: &mut Stage<'_>, piece: &Piece) -> bool {
        let go = self.go.take().filter(|go| go.lost);
        self.rest.pass(piece.len());
        go.is_none_or(|go| go.back(stage, piece.index))
    }

    /// The stage produced a piece alone while nothing was in flight.
    pub(super) fn produced_alone(&mut self, piece: Piece, off: Arc<[bool]>) {
        self.rest.pass(piece.len());
        if let Some(go) = &mut self.go {
            go.note(piece, off);
        }
        self.go.take_if(|go| go.since > MOST_KEPT);
    }
}

impl Go {
    fn new(start: u64) -> Self {
        Self {
            copies: VecDeque::new(),
            past: VecDeque::new(),
            start,
            taken: Instant::now(),
            took: Duration::ZERO,
            since: 0,
            unwanted: Arc::default(),
            lost: false,
        }
    }

    fn wants_copy(&self) -> bool {
        let enough = || self.taken.elapsed() >= self.took * COPY_SHARE;
        self.since > 0 && (self.since >= MOST_KEPT || enough())
    }

    fn note(&mut self, piece: Piece, off: Arc<[bool]>) {
        self.since += piece.len() as u64;
        self.past.push_back(Past { piece, off });
    }

    /// Drops what is not needed to come to a timestamp, or one after it, again.
    fn forget(&mut self, index: u64) {
        while self.copies.get(1).is_some_and(|copy| copy.index <= index) {
            self.copies.pop_front();
        }
        let Some(oldest) = self.copies.front() else {
            return;
        };
        let before = |past: &Past| past.piece.index < oldest.index;
        while self.past.front().is_some_and(before) {
            self.past.pop_front();
        }
    }

    /// Brings the source to where it was before a timestamp; false when the run is given up meanwhile.
    fn back(&self, stage: &mut Stage<'_>, index: u64) -> bool {
        let mut copies = self.copies.iter().rev();
        let Some(copy) = copies.find(|copy| copy.index <= index) else {
            return false;
        };
        let (source, shared) = (stage.source.as_mut(), stage.shared);
        source.adopt_copy(&copy.state);
        let again = |past: &&Past| (copy.index..index).contains(&past.piece.index);
        let mut scratch = shared.spare_events.take();
        for past in self.past.iter().filter(again) {
            source.switch(&past.off);
            for (at, input) in past.piece.each() {
                if shared.control.is(Level::Halt) {
                    return false;
                }
                source.produce(at, stage.setup.tags_of(input), &mut scratch);
                scratch.clear();
            }
        }
        shared.spare_events.give(scratch);
        // Counted the first time, or still to come.
        source.left_out();
        stage.switches.again();
        true
    }
}

/// Timestamps that are produced alone before dividing is tried again, so that what always fails does not
/// cost again and again.
#[derive(Debug, Default)]
struct Rest {
    left: u64,
    /// How long the last one was.
    last: u64,
}

impl Rest {
    const FIRST: u64 = 4_096;
    const MOST: u64 = 1 << 18;

    /// Begins after dividing went well for a number of timestamps: longer than the last time, unless it
    /// was worth while.
    fn begin(&mut self, went_well: u64) {
        let worth = went_well >= self.last.saturating_mul(8);
        self.last = if worth {
            Self::FIRST
        } else {
            (2 * self.last).min(Self::MOST)
        };
        self.left = self.left.max(self.last);
    }

    fn pass(&mut self, timestamps: usize) {
        self.left = self.left.saturating_sub(timestamps as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_while_dividing_is_not_worth_while() {
        let mut rest = Rest::default();
        let mut lengths = Vec::new();
        for _ in 0..9 {
            rest.begin(100);
            lengths.push(rest.left);
            rest.pass(usize::MAX);
            assert_eq!(rest.left, 0);
        }
        let grown = [1, 2, 4, 8, 16, 32, 64, 64, 64].map(|times| times * Rest::FIRST);
        assert_eq!(lengths, grown);
        rest.begin(8 * Rest::MOST);
        assert_eq!(rest.left, Rest::FIRST);
        // What is already to be produced alone is.
        rest.left = 3 * Rest::FIRST;
        rest.begin(0);
        assert_eq!(rest.left, 3 * Rest::FIRST);
    }
}
