//! How stages spend their time, and what processor time their threads take.
//!
//! A clock is read where a stage begins or ends to wait, and the processor's once a batch; nothing is
//! read for an event. A wait that goes on counts up to the moment of the question.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use super::StageStats;

/// What a stage does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has not begun, or is over.
    #[default]
    Off,
    Busy,
    Idle,
    Blocked,
}

/// The time of one stage: its thread writes, faces read.
#[derive(Debug, Default)]
pub(super) struct Meter {
    state: Mutex<State>,
    /// Processor time of its thread, in nanoseconds.
    cpu_ns: AtomicU64,
    /// Processor time of other threads that worked for it, in nanoseconds.
    helped_ns: AtomicU64,
}

#[derive(Clone, Debug, Default)]
struct State {
    phase: Phase,
    since: Option<Instant>,
    busy: Duration,
    idle: Duration,
    blocked: Duration,
}

impl State {
    fn at(&mut self, phase: Phase) -> &mut Duration {
        match phase {
            Phase::Off | Phase::Busy => &mut self.busy,
            Phase::Idle => &mut self.idle,
            Phase::Blocked => &mut self.blocked,
        }
    }

    /// Counts what went on until now.
    fn settle(&mut self, now: Instant) {
        let since = self.since.replace(now);
        if let Some(since) = since.filter(|_| self.phase != Phase::Off) {
            *self.at(self.phase) += now.saturating_duration_since(since);
        }
    }
}

impl Meter {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the stage does now.
    #[cfg(test)]
    pub(super) fn phase(&self) -> Phase {
        self.lock().phase
    }

    /// From now on the stage does this.
    pub(super) fn enter(&self, phase: Phase) {
        let now = Instant::now();
        let mut state = self.lock();
        state.settle(now);
        state.phase = phase;
    }

    /// Does something during which the stage waits.
    pub(super) fn during<T>(&self, phase: Phase, wait: impl FnOnce() -> T) -> T {
        self.enter(phase);
        let done = wait();
        self.enter(Phase::Busy);
        done
    }

    /// Does something that waits for a target and works itself too: what the processor was at is work.
    pub(super) fn delivering<T>(&self, work: impl FnOnce() -> T) -> T {
        self.enter(Phase::Blocked);
        let before = thread_time();
        let done = work();
        let worked = thread_time().zip(before).map(|(after, before)| {
            let worked = after.saturating_sub(before);
            self.cpu_ns.fetch_max(nanos(after), Ordering::Relaxed);
            worked
        });
        self.enter(Phase::Busy);
        if let Some(worked) = worked {
            let mut state = self.lock();
            let worked = worked.min(state.blocked);
            state.blocked -= worked;
            state.busy += worked;
        }
        done
    }

    /// Notes the processor time of the calling thread, which has to be the stage's. Once a batch.
    pub(super) fn tick(&self) {
        if let Some(time) = thread_time() {
            self.cpu_ns.fetch_max(nanos(time), Ordering::Relaxed);
        }
    }

    /// Adds processor time that another thread spent for the stage.
    pub(super) fn helped(&self, time: Duration) {
        self.helped_ns.fetch_add(nanos(time), Ordering::Relaxed);
    }

    /// Adds the processor time of a task to the stage's, whatever threads it runs on.
    pub(super) async fn task<T>(&self, task: impl Future<Output = T>) -> T {
        let mut task = std::pin::pin!(task);
        std::future::poll_fn(|context| {
            let timed = Timed::start();
            let polled: Poll<T> = task.as_mut().poll(context);
            self.helped(timed.stop());
            polled
        })
        .await
    }

    /// Processor time so far; what it was busy where the system does not tell.
    pub(super) fn cpu(&self) -> Duration {
        let known = self.cpu_ns.load(Ordering::Relaxed);
        let helped = Duration::from_nanos(self.helped_ns.load(Ordering::Relaxed));
        if known == 0 && thread_time().is_none() {
            return self.lock().busy + helped;
        }
        Duration::from_nanos(known) + helped
    }

    pub(super) fn stats(&self, name: &str) -> StageStats {
        let mut state = self.lock().clone();
        state.settle(Instant::now());
        StageStats {
            name: name.to_owned(),
            busy: state.busy,
            idle: state.idle,
            blocked: state.blocked,
        }
    }
}

/// Processor time that the calling thread spends from its start to its stop.
#[derive(Debug)]
pub(super) struct Timed(Option<Duration>);

impl Timed {
    pub(super) fn start() -> Self {
        Self(thread_time())
    }

    pub(super) fn stop(self) -> Duration {
        let both = thread_time().zip(self.0);
        both.map_or(Duration::ZERO, |(after, before)| {
            after.saturating_sub(before)
        })
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Processor time of the calling thread, where the system tells.
#[cfg(target_os = "linux")]
fn thread_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(Duration::new(seconds, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(target_os = "linux"))]
fn thread_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_goes_on_shows_and_what_is_off_does_not_grow() {
        let meter = Meter::default();
        assert_eq!(meter.stats("x"), meter.stats("x"));
        meter.enter(Phase::Blocked);
        let first = meter.stats("x");
        let mut later = meter.stats("x");
        while later.blocked == first.blocked {
            later = meter.stats("x");
        }
        assert_eq!((later.busy, later.idle), (Duration::ZERO, Duration::ZERO));
        meter.enter(Phase::Off);
        assert_eq!(meter.stats("x"), meter.stats("x"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_processor_was_at_is_work_and_not_waiting() {
        let meter = Meter::default();
        let spin = || {
            let start = Timed::start().0;
            while thread_time() == start {
                std::hint::black_box(0);
            }
        };
        meter.delivering(spin);
        let stats = meter.stats("x");
        assert!(stats.busy > Duration::ZERO);
        assert!(meter.cpu() > Duration::ZERO);
        let before = meter.cpu();
        futures::executor::block_on(meter.task(async { spin() }));
        assert!(meter.cpu() > before);
    }
}
