//! What workers are given and what they give back: some timestamps, and the events of those that are
//! done.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::batch::{EventBatch, TimestampBatch};
use crate::event::{Begun, EventError, EventSource, Outcome};
use crate::time::Moment;

use super::aliases::Switches;
use super::control::Level;
use super::event_stage::{BATCH_BYTES, Setup};
use super::shared::Shared;

/// Bytes at which a job is left unfinished.
pub(super) const MOST_BYTES: usize = 8 * BATCH_BYTES;

/// Some timestamps of a batch.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Number of the first timestamp in the run.
    pub(super) index: u64,
    pub(super) timestamps: Arc<TimestampBatch>,
    /// Which of them.
    pub(super) range: Range<usize>,
}

impl Piece {
    pub(super) fn len(&self) -> usize {
        self.range.len()
    }

    pub(super) fn moments(&self) -> &[Moment] {
        let moments = self.timestamps.moments.get(self.range.clone());
        moments.unwrap_or_default()
    }

    /// The numbers of the inputs they came from.
    pub(super) fn inputs(&self) -> &[u16] {
        let inputs = self.timestamps.inputs.get(self.range.clone());
        inputs.unwrap_or_default()
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (Moment, u16)> {
        let inputs = self.inputs().iter().copied();
        self.moments().iter().copied().zip(inputs)
    }
}

/// How a piece is rendered by who has not come to it in order.
#[derive(Debug)]
pub(super) enum Way {
    /// Produced, by a source that seeks it.
    Whole,
    /// What was begun is finished, unless that is not wanted any more.
    Begun(Begun, Arc<AtomicBool>),
}

/// A piece to be rendered by anyone.
#[derive(Debug)]
pub(super) struct Job {
    /// Jobs are numbered without gaps from 0.
    pub(super) number: u64,
    pub(super) piece: Piece,
    pub(super) way: Way,
}

impl Way {
    fn is_unwanted(&self) -> bool {
        match self {
            Self::Whole => false,
            Self::Begun(_, unwanted) => unwanted.load(Ordering::Relaxed),
        }
    }
}

/// What became of a job.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The events of the timestamps that are done.
    pub(super) batch: EventBatch,
    /// Timestamps that are done, from the start of the job on.
    pub(super) done: usize,
    pub(super) produced_for: u64,
    pub(super) empty: u64,
    pub(super) dropped: u64,
    /// How often templates were picked that are switched off, by number.
    pub(super) off: Vec<(u16, u64)>,
    /// Why others failed, in order, with their timestamps. None of what was begun: that is not done.
    pub(super) errors: Vec<(EventError, Moment)>,
}

impl Part {
    /// One of which nothing is done.
    pub(super) fn new(shared: &Shared) -> Self {
        Self {
            batch: shared.spare_events.take(),
            ..Self::default()
        }
    }

    /// Renders until the job is done or has to be left to the event stage.
    pub(super) fn render(
        &mut self,
        job: &Job,
        source: &mut dyn EventSource,
        switches: &mut Switches,
        setup: &Setup,
        shared: &Shared,
    ) {
        if let Way::Begun(..) = job.way {
            self.render_each(&job.piece, &job.way, source, setup, shared);
            return;
        }
        source.seek(job.piece.index);
        self.produce(&job.piece, source, switches, setup, shared);
    }

    /// Produces a piece that the source has come to, as far as it fits.
    pub(super) fn produce(
        &mut self,
        piece: &Piece,
        source: &mut dyn EventSource,
        switches: &mut Switches,
        setup: &Setup,
        shared: &Shared,
    ) {
        switches.follow(&shared.aliases, source);
        self.render_each(piece, &Way::Whole, source, setup, shared);
        self.off = switches.dropped(source);
    }

    fn render_each(
        &mut self,
        piece: &Piece,
        way: &Way,
        source: &mut dyn EventSource,
        setup: &Setup,
        shared: &Shared,
    ) {
        for (which, (at, input)) in piece.each().enumerate() {
            let large = self.batch.byte_len() > MOST_BYTES;
            if large || way.is_unwanted() || shared.control.is(Level::Halt) {
                return;
            }
            let before = self.batch.len();
            let (tags, out) = (setup.tags_of(input), &mut self.batch);
            let outcome = match way {
                Way::Whole => Some(source.produce(at, tags, out)),
                Way::Begun(begun, _) => source
                    .finish(begun, which, at, tags, out)
                    // The state after it is another one than what was begun led to.
                    .filter(|outcome| !matches!(outcome, Outcome::Failed(_))),
            };
            self.batch.stamp(at, input);
            self.batch.renumber(before, &setup.aliases);
            match outcome {
                Some(Outcome::Produced(0)) => self.empty += 1,
                Some(Outcome::Produced(_)) => self.produced_for += 1,
                Some(Outcome::Dropped) => self.dropped += 1,
                Some(Outcome::Failed(error)) => self.errors.push((*error, at)),
                Some(Outcome::Exhausted) | None => {
                    self.batch.truncate(before);
                    return;
                }
            }
            self.done += 1;
        }
    }
}
