//! Workers that render parts of the timestamps beside the event stage, and the board over which they
//! share the work: jobs with numbers go in, parts come out and are taken in the order of the numbers.
//!
//! Bounded: a worker takes no job that is more than a window ahead of the part taken last, and leaves
//! a job unfinished when its events grow too large. What is unfinished, for whatever reason, is done
//! again by the event stage itself, which so comes to the same end, error or panic as it would alone.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::batch::{EventBatch, TimestampBatch};
use crate::event::{EventError, EventSource, Outcome};
use crate::time::Moment;

use super::aliases::Switches;
use super::control::Level;
use super::event_stage::Setup;
use super::meter::Timed;
use super::shared::Shared;

/// Some timestamps of a batch, to be rendered by anyone.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// Jobs are numbered without gaps from 0.
    pub(super) number: u64,
    /// Number of the first timestamp in the run.
    pub(super) index: u64,
    pub(super) timestamps: Arc<TimestampBatch>,
    /// Which of them.
    pub(super) range: Range<usize>,
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
    /// Why others failed, in order, with their timestamps.
    pub(super) errors: Vec<(EventError, Moment)>,
}

impl Part {
    /// Renders until the job is done or has to be left to the event stage.
    pub(super) fn render(
        &mut self,
        source: &mut dyn EventSource,
        job: &Job,
        most_bytes: usize,
        setup: &Setup,
        shared: &Shared,
    ) {
        source.seek(job.index);
        let moments = job.timestamps.moments.get(job.range.clone());
        let inputs = job.timestamps.inputs.get(job.range.clone());
        let inputs = inputs.unwrap_or_default();
        for (&at, &input) in moments.unwrap_or_default().iter().zip(inputs) {
            if self.batch.byte_len() > most_bytes || shared.control.is(Level::Halt) {
                return;
            }
            let before = self.batch.len();
            let outcome = source.produce(at, setup.tags_of(input), &mut self.batch);
            self.batch.stamp(at, input);
            self.batch.renumber(before, &setup.aliases);
            match outcome {
                Outcome::Produced(0) => self.empty += 1,
                Outcome::Produced(_) => self.produced_for += 1,
                Outcome::Dropped => self.dropped += 1,
                Outcome::Failed(error) => self.errors.push((*error, at)),
                Outcome::Exhausted => {
                    self.batch.truncate(before);
                    return;
                }
            }
            self.done += 1;
        }
    }
}

/// Where jobs wait and parts are put down.
#[derive(Debug)]
pub(super) struct Board {
    state: Mutex<State>,
    jobs: Condvar,
    parts: Condvar,
    window: u64,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    parts: BTreeMap<u64, Part>,
    /// Number of the part that is taken next.
    next: u64,
    closed: bool,
}

impl Board {
    /// A board that lets at most `window` jobs be in work or done.
    pub(super) fn new(window: u64) -> Self {
        Self {
            state: Mutex::default(),
            jobs: Condvar::new(),
            parts: Condvar::new(),
            window,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds jobs, whose numbers go on from those before.
    pub(super) fn add(&self, jobs: impl IntoIterator<Item = Job>) {
        self.lock().jobs.extend(jobs);
        self.jobs.notify_all();
    }

    /// The next job for a worker, waiting for one; `None` when there are no more.
    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.take(self.window) {
                return Some(job);
            }
            state = self
                .jobs
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, number: u64, part: Part) {
        self.lock().parts.insert(number, part);
        self.parts.notify_one();
    }

    /// The part with the lowest number not yet taken, whose job was added; meanwhile renders other
    /// jobs with `render`.
    pub(super) fn next(&self, mut render: impl FnMut(&Job) -> Part) -> Part {
        let mut state = self.lock();
        loop {
            let next = state.next;
            if let Some(part) = state.parts.remove(&next) {
                state.next += 1;
                drop(state);
                self.jobs.notify_all();
                return part;
            }
            if let Some(job) = state.take(self.window) {
                drop(state);
                let part = render(&job);
                state = self.lock();
                state.parts.insert(job.number, part);
                continue;
            }
            state = self
                .parts
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sends the workers home.
    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.jobs.clear();
        drop(state);
        self.jobs.notify_all();
    }
}

impl State {
    fn take(&mut self, window: u64) -> Option<Job> {
        let end = self.next + window;
        let ready = self.jobs.front().is_some_and(|job| job.number < end);
        ready.then(|| self.jobs.pop_front()).flatten()
    }
}

/// Sends the workers home when the event stage is over, also by a panic.
pub(super) struct Closing<'a>(pub(super) &'a Board);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A part in work; it goes to the board however its worker ends, with what is finished of it.
struct Hand<'a> {
    board: &'a Board,
    number: u64,
    part: Part,
}

impl Drop for Hand<'_> {
    fn drop(&mut self) {
        let mut part = std::mem::take(&mut self.part);
        if std::thread::panicking() {
            part = Part::default();
        }
        self.board.put(self.number, part);
    }
}

/// A worker's life.
pub(super) fn work(
    mut source: Box<dyn EventSource>,
    board: &Board,
    most_bytes: usize,
    setup: &Setup,
    shared: &Shared,
) {
    let mut switches = Switches::default();
    while let Some(job) = board.take() {
        let timed = Timed::start();
        let mut hand = Hand {
            board,
            number: job.number,
            part: Part {
                batch: shared.spare_events.take(),
                ..Part::default()
            },
        };
        switches.follow(&shared.aliases, source.as_mut());
        hand.part
            .render(source.as_mut(), &job, most_bytes, setup, shared);
        hand.part.off = switches.dropped(source.as_mut());
        shared.event_meter().helped(timed.stop());
    }
}
