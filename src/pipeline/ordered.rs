//! The event stage with workers: timestamps are cut into pieces, and what comes back goes on in order,
//! with the same bytes, counters and errors as from one thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crate::batch::TimestampBatch;

use super::EndReason;
use super::control::Level;
use super::crew::{Board, Closing, help, work};
use super::divided::Divided;
use super::event_stage::{Help, Stage, Waiting};
use super::job::{MOST_BYTES, Part, Piece, Way};
use super::queue::Popped;
use super::supervisor::EVENT_STACK;
use super::window::{Group, Posted, Window};

/// Jobs in work or done for each worker: enough that none waits while a long one is rendered.
const WINDOW: usize = 4;

/// Bytes of the events of a job, as far as they can be told: few jobs cost little to hand over, and small
/// ones let no thread wait for another.
const JOB_BYTES: u64 = 512 << 10;

/// Most timestamps of a job.
const MOST_TIMESTAMPS: usize = 2_048;

/// Fewest timestamps of a job, unless they are large.
const FEWEST_TIMESTAMPS: u64 = 16;

/// Timestamps of a batch that is not worth cutting up when no other waits behind it.
const FEW: usize = 256;

impl Stage<'_> {
    /// Goes on with workers until there is nothing more to produce, or until the source is to be
    /// replaced: true then.
    pub(super) fn run_ordered(&mut self, help: Help) -> bool {
        let workers = self.setup.workers;
        let board = Board::default();
        let (setup, maker) = (Arc::clone(&self.setup), Arc::clone(&self.maker));
        let (board, setup, maker, shared) = (&board, &*setup, &*maker, self.shared);
        let streams = self.source.streams();
        thread::scope(|scope| {
            let _closing = Closing(board);
            for _ in 1..workers {
                let run = tracing::Span::current();
                let enlisted = board.enlist();
                let body = move || {
                    let (_run, _enlisted) = (run.enter(), enlisted);
                    // What a worker cannot do the stage does itself; a panic then comes again there.
                    let _ = catch_unwind(AssertUnwindSafe(|| {
                        if let Some(source) = maker.another(streams) {
                            if help == Help::Finish {
                                // Made when it is first asked for, which takes its time.
                                let _ = source.divided();
                            }
                            work(source, board, setup, shared);
                        }
                    }));
                };
                let worker = thread::Builder::new()
                    .name("evtui-worker".to_owned())
                    .stack_size(EVENT_STACK);
                if worker.spawn_scoped(scope, body).is_err() {
                    break;
                }
            }
            let mut window = Window::new(shared, self.index, workers * WINDOW);
            window.divided = (help == Help::Finish).then(Divided::default);
            self.lead(board, &mut window)
        })
    }

    fn lead(&mut self, board: &Board, window: &mut Window<'_>) -> bool {
        let meter = self.shared.event_meter();
        loop {
            meter.tick();
            self.look_ahead(window, board);
            let go_on = match window.groups.pop_front() {
                Some(group) => self.hand_on(group, window, board),
                None if self.shared.desk.waiting() => {
                    self.come_to_end(window);
                    self.flush();
                    return true;
                }
                None => match self.shared.timestamps.pop(None, meter) {
                    Popped::Item(timestamps) => self.go_on_with(timestamps, window),
                    Popped::Timeout => continue,
                    Popped::Ended => return false,
                },
            };
            let idle = window.groups.is_empty() && self.shared.timestamps.len() == 0;
            if self.ends_batch() || !go_on || idle {
                self.flush();
            }
            if !go_on {
                self.shared.halt(EndReason::Finished);
                return false;
            }
        }
    }

    /// Brings the source to the first timestamp that is not cut up, all before it being handed on.
    fn come_to_end(&mut self, window: &Window<'_>) {
        if window.divided.is_none() {
            self.source.seek(window.index);
        }
        self.index = window.index;
    }

    /// Cuts up the timestamps that wait and puts up pieces, as far as there is room.
    fn look_ahead(&mut self, window: &mut Window<'_>, board: &Board) {
        let meter = self.shared.event_meter();
        loop {
            while self.post(window, board) {}
            let full = window.posted.len() + window.cut.len() >= window.most_jobs;
            if full || self.shared.desk.waiting() {
                return;
            }
            match self.shared.timestamps.pop(Some(Instant::now()), meter) {
                Popped::Item(timestamps) => {
                    let size = self.job_size(timestamps.len());
                    window.cut(timestamps, size);
                }
                Popped::Timeout | Popped::Ended => return,
            }
        }
    }

    /// Puts up the next piece; false when there is none, or no room, or it is not for the workers.
    fn post(&mut self, window: &mut Window<'_>, board: &Board) -> bool {
        if !window.has_room() {
            return false;
        }
        let Some(piece) = window.cut.front() else {
            return false;
        };
        let way = match &mut window.divided {
            None => Some((Way::Whole, Vec::new())),
            Some(_) if board.is_fed() => None,
            Some(divided) => divided.begin(self, piece, board),
        };
        let Some((way, left_out)) = way else {
            return false;
        };
        if let Some(job) = window.post(way, left_out) {
            board.add(job);
        }
        true
    }

    /// Produces the next piece while those before it are in work, as workers have enough to do: that costs
    /// less than beginning and finishing it. False when that is not possible.
    fn produce_ahead(&mut self, window: &mut Window<'_>, board: &Board) -> bool {
        if !window.has_room() {
            return false;
        }
        let (Some(piece), Some(divided)) = (window.cut.front(), &mut window.divided) else {
            return false;
        };
        let part = divided.produce(self, piece, board);
        let done = part.is_some();
        part.into_iter().for_each(|part| window.keep(part));
        done
    }

    /// Starts on timestamps that came after a pause; false when there is nothing more to produce.
    fn go_on_with(&mut self, mut timestamps: TimestampBatch, window: &mut Window<'_>) -> bool {
        if timestamps.len() > FEW || self.shared.timestamps.len() > 0 {
            let size = self.job_size(timestamps.len());
            window.cut(timestamps, size);
            return true;
        }
        self.shared.counters.release(&timestamps.inputs);
        let mut waiting = Waiting::new(&timestamps, self.shared);
        self.come_to_end(window);
        self.announce(&timestamps);
        let go_on = self.produce(&timestamps, 0..timestamps.len(), &mut waiting);
        if let Some(divided) = &mut window.divided {
            let piece = Piece {
                index: window.index,
                range: 0..timestamps.len(),
                // Not the buffer, which may be much larger.
                timestamps: Arc::new(timestamps.clone()),
            };
            divided.produced_alone(piece, self.switches.off());
        }
        window.index += timestamps.len() as u64;
        timestamps.clear();
        self.shared.spare_timestamps.give(timestamps);
        go_on
    }

    /// Timestamps of a job, no fewer than worth the handing over.
    fn job_size(&self, timestamps: usize) -> usize {
        let each = (self.shared.counters.bytes.get() / self.index.max(1)).max(1);
        let size = usize::try_from(JOB_BYTES / each).unwrap_or(MOST_TIMESTAMPS);
        // So few that they are done together.
        let fewest = (MOST_BYTES as u64 / 2 / each).clamp(1, FEWEST_TIMESTAMPS);
        let fewest = usize::try_from(fewest).unwrap_or(1);
        // Jobs of about the same size, all of one batch.
        let size = size.clamp(fewest, MOST_TIMESTAMPS);
        timestamps.div_ceil(timestamps.div_ceil(size).max(1)).max(1)
    }

    /// Hands on what comes of one batch of timestamps; false when there is nothing more to produce.
    fn hand_on(&mut self, mut group: Group, window: &mut Window<'_>, board: &Board) -> bool {
        self.shared.counters.release(&group.timestamps.inputs);
        let mut waiting = Waiting::new(&group.timestamps, self.shared);
        while group.pieces > 0 {
            self.look_ahead(window, board);
            if !window.is_next_done(board) && self.produce_ahead(window, board) {
                continue;
            }
            let go_on = match window.posted.pop_front() {
                Some(mut posted) => {
                    let part = posted.part.take();
                    let part = part.unwrap_or_else(|| self.next_part(board));
                    if window.divided.is_some() && !self.can_take(&posted.piece, &part) {
                        window.give_up(posted.piece, &part, board);
                        continue;
                    }
                    self.take(posted, part, &mut waiting)
                }
                None => self.produce_next(window, &mut waiting),
            };
            group.pieces -= 1;
            if !go_on {
                return false;
            }
            if let Some(divided) = &mut window.divided {
                divided.passed(self.index);
            }
        }
        if let Some(mut timestamps) = Arc::into_inner(group.timestamps) {
            timestamps.clear();
            self.shared.spare_timestamps.give(timestamps);
        }
        true
    }

    /// The part that is next; renders others meanwhile.
    fn next_part(&mut self, board: &Board) -> Part {
        let (setup, shared) = (Arc::clone(&self.setup), self.shared);
        let (source, switches) = (self.source.as_mut(), &mut self.switches);
        board.next(|job| help(job, source, switches, &setup, shared))
    }

    /// Produces the next piece alone; false when there is nothing more to produce.
    fn produce_next(&mut self, window: &mut Window<'_>, waiting: &mut Waiting<'_>) -> bool {
        let Some(piece) = window.cut.pop_front() else {
            return true;
        };
        let divided = window.divided.as_mut();
        if divided.is_some_and(|divided| !divided.come_to(self, &piece)) {
            return false;
        }
        self.index = piece.index;
        self.produce(&piece.timestamps, piece.range, waiting)
    }

    /// True when nothing has to end, or go on, somewhere inside the part.
    fn has_room(&self, part: &Part) -> bool {
        let bytes = self.batch.byte_len() + part.batch.byte_len();
        let joined = self.setup.joined && bytes >= self.limit_bytes();
        part.batch.len() as u64 <= self.left() && !joined
    }

    /// True when the part of a piece that was begun can be taken as it is, or nothing more is wanted.
    fn can_take(&self, piece: &Piece, part: &Part) -> bool {
        let whole = part.done == piece.len();
        whole && self.has_room(part) || self.shared.control.is(Level::Halt)
    }

    /// Takes over what became of a piece and finishes it; false when there is nothing more to produce.
    fn take(&mut self, posted: Posted, mut part: Part, waiting: &mut Waiting<'_>) -> bool {
        if self.shared.control.is(Level::Halt) {
            return false;
        }
        let Posted {
            piece, left_out, ..
        } = posted;
        part.off.extend(left_out);
        let mut done = 0;
        if self.has_room(&part) {
            done = part.done;
            self.accept(part, waiting);
        }
        self.index = piece.index + done as u64;
        if done < piece.len() {
            self.source.seek(self.index);
            let rest = piece.range.start + done..piece.range.end;
            return self.produce(&piece.timestamps, rest, waiting);
        }
        self.left() > 0
    }

    fn accept(&mut self, part: Part, waiting: &mut Waiting<'_>) {
        let counters = &self.shared.counters;
        waiting.produced_for += part.produced_for;
        counters.empty.add(part.empty);
        counters.dropped.add(part.dropped);
        counters.failed.add(part.errors.len() as u64);
        self.shared.aliases.dropped(&part.off);
        for (error, at) in &part.errors {
            self.failed(error, *at);
        }
        waiting.count -= part.done as u64;
        self.made += part.batch.len() as u64;
        let mut batch = part.batch;
        if self.batch.is_empty() {
            std::mem::swap(&mut self.batch, &mut batch);
        } else {
            self.batch.append(&batch);
        }
        batch.clear();
        self.shared.spare_events.give(batch);
        if self.batch.byte_len() >= self.limit_bytes() / 2 && !self.setup.joined {
            self.flush();
        }
    }
}
