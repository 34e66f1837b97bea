//! The event stage with workers: timestamps are cut into jobs, and what comes back goes on in order,
//! with the same bytes, counters and errors as from one thread.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crate::batch::TimestampBatch;

use super::EndReason;
use super::control::Level;
use super::crew::{Board, Closing, Job, Part, work};
use super::event_stage::{BATCH_BYTES, Stage, Waiting};
use super::queue::Popped;
use super::shared::Shared;
use super::supervisor::EVENT_STACK;

/// Jobs in work or done for each worker: enough that none waits while a long one is rendered.
const WINDOW: usize = 4;

/// Bytes at which a worker leaves a job unfinished.
const MOST_BYTES: usize = 8 * BATCH_BYTES;

/// Most timestamps of a job.
const MOST_TIMESTAMPS: usize = 2_048;

/// A batch of timestamps and its jobs, in order.
struct Group {
    timestamps: Arc<TimestampBatch>,
    jobs: VecDeque<Job>,
}

/// Timestamps of a batch that is not worth cutting up when no other waits behind it.
const FEW: usize = 256;

/// What is cut up and not yet handed on.
struct Window<'a> {
    shared: &'a Shared,
    groups: VecDeque<Group>,
    /// Jobs in them.
    jobs: usize,
    /// Number of the next job.
    number: u64,
    /// Number of the first timestamp that is not cut up.
    index: u64,
    most_jobs: usize,
}

impl Stage<'_> {
    /// Goes on with workers until there is nothing more to produce, or until the source is to be
    /// replaced: true then.
    pub(super) fn run_ordered(&mut self) -> bool {
        let workers = self.setup.workers;
        let board = Board::new((workers * WINDOW) as u64);
        let (setup, maker) = (Arc::clone(&self.setup), Arc::clone(&self.maker));
        let (board, setup, maker, shared) = (&board, &*setup, &*maker, self.shared);
        let streams = self.source.streams();
        thread::scope(|scope| {
            let _closing = Closing(board);
            for _ in 1..workers {
                let run = tracing::Span::current();
                let body = move || {
                    let _run = run.enter();
                    // What a worker cannot do the stage does itself; a panic then comes again there.
                    let _ = catch_unwind(AssertUnwindSafe(|| {
                        if let Some(source) = maker.another(streams) {
                            work(source, board, MOST_BYTES, setup, shared);
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
            self.lead(board, workers * WINDOW)
        })
    }

    fn lead(&mut self, board: &Board, most_jobs: usize) -> bool {
        let mut window = Window {
            shared: self.shared,
            groups: VecDeque::new(),
            jobs: 0,
            number: 0,
            index: self.index,
            most_jobs,
        };
        let meter = self.shared.event_meter();
        loop {
            meter.tick();
            self.look_ahead(&mut window, board);
            let go_on = match window.groups.pop_front() {
                Some(group) => self.hand_on(group, &mut window, board),
                None if self.shared.desk.waiting() => {
                    self.source.seek(window.index);
                    self.index = window.index;
                    self.flush();
                    return true;
                }
                None => match self.shared.timestamps.pop(None, meter) {
                    Popped::Item(timestamps) => self.begin(timestamps, &mut window, board),
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

    /// Cuts up the timestamps that wait, as far as there is room.
    fn look_ahead(&self, window: &mut Window<'_>, board: &Board) {
        let meter = self.shared.event_meter();
        while window.jobs < window.most_jobs && !self.shared.desk.waiting() {
            match self.shared.timestamps.pop(Some(Instant::now()), meter) {
                Popped::Item(timestamps) => {
                    let size = self.job_size(timestamps.len());
                    board.add(window.cut(timestamps, size));
                }
                Popped::Timeout | Popped::Ended => return,
            }
        }
    }

    /// Starts on timestamps that came after a pause; false when there is nothing more to produce.
    fn begin(
        &mut self,
        mut timestamps: TimestampBatch,
        window: &mut Window<'_>,
        board: &Board,
    ) -> bool {
        if timestamps.len() > FEW || self.shared.timestamps.len() > 0 {
            let size = self.job_size(timestamps.len());
            board.add(window.cut(timestamps, size));
            return true;
        }
        self.shared.counters.release(&timestamps.inputs);
        let mut waiting = Waiting::new(&timestamps, self.shared);
        self.source.seek(window.index);
        self.index = window.index;
        window.index += timestamps.len() as u64;
        self.announce(&timestamps);
        let go_on = self.produce(&timestamps, 0..timestamps.len(), &mut waiting);
        timestamps.clear();
        self.shared.spare_timestamps.give(timestamps);
        go_on
    }

    /// Timestamps of a job: about a batch of events, and no fewer than worth the handing over.
    fn job_size(&self, timestamps: usize) -> usize {
        let each = (self.shared.counters.bytes.get() / self.index.max(1)).max(1);
        let size = usize::try_from(BATCH_BYTES as u64 / each).unwrap_or(MOST_TIMESTAMPS);
        // Jobs of about the same size, all of one batch.
        let size = size.clamp(16, MOST_TIMESTAMPS);
        timestamps.div_ceil(timestamps.div_ceil(size).max(1)).max(1)
    }

    /// Hands on the parts of one batch of timestamps; false when there is nothing more to produce.
    fn hand_on(&mut self, mut group: Group, window: &mut Window<'_>, board: &Board) -> bool {
        self.shared.counters.release(&group.timestamps.inputs);
        let mut waiting = Waiting::new(&group.timestamps, self.shared);
        while let Some(job) = group.jobs.pop_front() {
            self.look_ahead(window, board);
            let setup = Arc::clone(&self.setup);
            let (setup, shared, source) = (&*setup, self.shared, &mut self.source);
            let switches = &mut self.switches;
            let part = board.next(|job| {
                let mut part = Part {
                    batch: shared.spare_events.take(),
                    ..Part::default()
                };
                switches.follow(&shared.aliases, source.as_mut());
                part.render(source.as_mut(), job, MOST_BYTES, setup, shared);
                part.off = switches.dropped(source.as_mut());
                part
            });
            window.jobs -= 1;
            if !self.take(&job, part, &mut waiting) {
                return false;
            }
        }
        if let Some(mut timestamps) = Arc::into_inner(group.timestamps) {
            timestamps.clear();
            self.shared.spare_timestamps.give(timestamps);
        }
        true
    }

    /// Takes over what became of a job and finishes it; false when there is nothing more to produce.
    fn take(&mut self, job: &Job, part: Part, waiting: &mut Waiting<'_>) -> bool {
        if self.shared.control.is(Level::Halt) {
            return false;
        }
        let start = job.range.start;
        let mut done = part.done;
        let room = self.setup.joined
            && self.batch.byte_len() + part.batch.byte_len() >= self.limit_bytes();
        if part.batch.len() as u64 > self.left() || room {
            // It has to end, or go on, somewhere inside.
            done = 0;
        } else {
            self.accept(part, waiting);
        }
        self.index = job.index + done as u64;
        if start + done < job.range.end {
            self.source.seek(self.index);
            return self.produce(&job.timestamps, start + done..job.range.end, waiting);
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

impl Drop for Window<'_> {
    fn drop(&mut self) {
        // Looked ahead only, as what waits in the queue is.
        for group in &self.groups {
            self.shared.discard(&group.timestamps);
        }
    }
}

impl Window<'_> {
    /// Cuts a batch into jobs of `size` timestamps.
    fn cut(&mut self, timestamps: TimestampBatch, size: usize) -> Vec<Job> {
        let timestamps = Arc::new(timestamps);
        let mut jobs = VecDeque::new();
        let mut start = 0;
        while start < timestamps.len() {
            let end = timestamps.len().min(start + size);
            jobs.push_back(Job {
                number: self.number,
                index: self.index + start as u64,
                timestamps: timestamps.clone(),
                range: start..end,
            });
            self.number += 1;
            start = end;
        }
        self.index += timestamps.len() as u64;
        self.jobs += jobs.len();
        let list = jobs.iter().cloned().collect();
        self.groups.push_back(Group { timestamps, jobs });
        list
    }
}
