//! Workers that render parts of the timestamps beside the event stage, and the board over which they
//! share the work: jobs with numbers go in, parts come out and are taken in the order of the numbers.
//!
//! Bounded: the event stage puts up no job that is more than a window ahead of the part taken last, and
//! a job is left unfinished when its events grow too large. What is unfinished, for whatever reason, is
//! done again by the event stage itself, which so comes to the same end, error or panic as it would
//! alone.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::event::EventSource;

use super::aliases::Switches;
use super::event_stage::Setup;
use super::job::{Job, Part, Way};
use super::meter::Timed;
use super::shared::Shared;

/// Jobs that wait for each worker when there are enough: it never waits for the event stage, which does
/// as much as it can itself.
const WAITING: usize = 2;

/// Where jobs wait and parts are put down.
#[derive(Debug, Default)]
pub(super) struct Board {
    state: Mutex<State>,
    jobs: Condvar,
    parts: Condvar,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    parts: BTreeMap<u64, Part>,
    /// Number of the part that is taken next.
    next: u64,
    /// Workers there are, or that are getting ready.
    workers: usize,
    closed: bool,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a worker, until the value is dropped.
    pub(super) fn enlist(&self) -> Enlisted<'_> {
        self.lock().workers += 1;
        Enlisted(self)
    }

    /// False when every worker is gone.
    pub(super) fn has_workers(&self) -> bool {
        self.lock().workers > 0
    }

    /// True when jobs wait for every worker that is there.
    pub(super) fn is_fed(&self) -> bool {
        let state = self.lock();
        state.jobs.len() >= state.workers * WAITING
    }

    /// True when the part that is taken next is there.
    pub(super) fn is_next_done(&self) -> bool {
        let state = self.lock();
        state.parts.contains_key(&state.next)
    }

    /// Adds a job, whose number goes on from those before.
    pub(super) fn add(&self, job: Job) {
        self.lock().jobs.push_back(job);
        self.jobs.notify_one();
    }

    /// The next job for a worker, waiting for one; `None` when there are no more.
    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state = self
                .jobs
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, number: u64, part: Part) {
        let mut state = self.lock();
        if number >= state.next {
            state.parts.insert(number, part);
            self.parts.notify_one();
        }
    }

    /// The part with the lowest number not yet taken, whose job was added; meanwhile renders other
    /// jobs with `render`.
    pub(super) fn next(&self, mut render: impl FnMut(&Job) -> Part) -> Part {
        let mut state = self.lock();
        loop {
            let next = state.next;
            if let Some(part) = state.parts.remove(&next) {
                state.next += 1;
                return part;
            }
            if let Some(job) = state.jobs.pop_front() {
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

    /// Forgets all jobs and parts there are; the next job has this number.
    pub(super) fn skip_to(&self, number: u64) {
        let mut state = self.lock();
        state.jobs.clear();
        state.parts.clear();
        state.next = number;
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

/// Sends the workers home when the event stage is over, also by a panic.
pub(super) struct Closing<'a>(pub(super) &'a Board);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A worker that counts.
pub(super) struct Enlisted<'a>(&'a Board);

impl Drop for Enlisted<'_> {
    fn drop(&mut self) {
        self.0.lock().workers -= 1;
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
    setup: &Setup,
    shared: &Shared,
) {
    let mut switches = Switches::default();
    while let Some(job) = board.take() {
        let timed = Timed::start();
        let mut hand = Hand {
            board,
            number: job.number,
            part: Part::new(shared),
        };
        hand.part
            .render(&job, source.as_mut(), &mut switches, setup, shared);
        shared.event_meter().helped(timed.stop());
    }
}

/// What the event stage itself does for a worker. A panic of what was begun leaves the job unfinished:
/// what was before it goes on first.
pub(super) fn help(
    job: &Job,
    source: &mut dyn EventSource,
    switches: &mut Switches,
    setup: &Setup,
    shared: &Shared,
) -> Part {
    let mut part = Part::new(shared);
    let mut render = || part.render(job, source, switches, setup, shared);
    match job.way {
        Way::Whole => render(),
        Way::Begun(..) => {
            if catch_unwind(AssertUnwindSafe(render)).is_err() {
                part = Part::default();
            }
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_what_was_skipped_are_not_kept() {
        let board = Board::default();
        board.put(0, Part::default());
        board.skip_to(3);
        board.put(1, Part::default());
        assert!(board.lock().parts.is_empty());
        let done = Part {
            done: 7,
            ..Part::default()
        };
        board.put(3, done);
        assert_eq!(board.next(|_| Part::default()).done, 7);
    }

    #[test]
    fn workers_count_as_long_as_they_are_there() {
        let board = Board::default();
        let first = board.enlist();
        let second = board.enlist();
        drop(first);
        assert!(board.has_workers());
        drop(second);
        assert!(!board.has_workers());
    }
}
