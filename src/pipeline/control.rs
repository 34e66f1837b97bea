//! The one way a run is told to end: which stages stop, why, and who is woken.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::{EndReason, State};

/// How far a run has been told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Level {
    /// All stages work.
    Run,
    /// Inputs end; what is queued is produced and delivered.
    Drain,
    /// Inputs and the event source end; produced events are delivered.
    Halt,
    /// Everything ends; what is queued is lost.
    Abort,
}

/// Shared by all stages of a run.
#[derive(Debug)]
pub(super) struct Control {
    level: AtomicU8,
    inner: Mutex<Inner>,
    changed: Condvar,
    abort: CancellationToken,
    /// How often sleepers were to look again.
    wakes: AtomicU64,
    /// The latest sleep that was begun, in microseconds.
    #[cfg(test)]
    asleep_us: AtomicU64,
    /// Sleeps that ended because their time was over.
    timeouts: AtomicU64,
}

#[derive(Debug)]
struct Inner {
    state: State,
    /// The first reason to end that was given.
    reason: Option<EndReason>,
    /// A failure that did not end the run but makes it no success.
    blemish: Option<String>,
    deadline: Option<Instant>,
    /// Wakes an event source that waits for something outside.
    interrupt: Option<Interrupt>,
}

/// Calls what an event source gave for that.
struct Interrupt(crate::event::Interrupter);

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Interrupt")
    }
}

impl Control {
    pub(super) fn new() -> Self {
        Self {
            level: AtomicU8::new(Level::Run as u8),
            inner: Mutex::new(Inner {
                state: State::Starting,
                reason: None,
                blemish: None,
                deadline: None,
                interrupt: None,
            }),
            changed: Condvar::new(),
            abort: CancellationToken::new(),
            wakes: AtomicU64::new(0),
            #[cfg(test)]
            asleep_us: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when the run has been told to end at least so far. Cheap: asked for every timestamp.
    #[inline]
    pub(super) fn is(&self, level: Level) -> bool {
        self.level.load(Ordering::Relaxed) >= level as u8
    }

    /// Tells the stages to end, for `reason` unless there is an earlier one.
    pub(super) fn end(&self, level: Level, reason: EndReason) {
        let mut inner = self.lock();
        inner.reason.get_or_insert(reason);
        if inner.state == State::Running {
            inner.state = State::Stopping;
        }
        self.raise(level, &mut inner);
    }

    /// Names what is to be called when the event source has to end, at once if that was said already.
    pub(super) fn on_halt(&self, interrupt: crate::event::Interrupter) {
        let mut inner = self.lock();
        if self.is(Level::Halt) {
            interrupt();
        } else {
            inner.interrupt = Some(Interrupt(interrupt));
        }
    }

    /// Gives up the drain at `deadline`, if there is no earlier one.
    pub(super) fn drain_until(&self, deadline: Instant) {
        let mut inner = self.lock();
        inner.deadline = Some(inner.deadline.map_or(deadline, |old| old.min(deadline)));
        drop(inner);
        self.changed.notify_all();
    }

    /// When the drain is given up.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lock().deadline
    }

    /// Gives up: what is queued is lost.
    pub(super) fn abort(&self) {
        let mut inner = self.lock();
        if matches!(
            inner.reason,
            None | Some(EndReason::Finished | EndReason::Stopped)
        ) {
            inner.reason = Some(EndReason::Aborted);
        }
        if inner.state == State::Running {
            inner.state = State::Stopping;
        }
        self.raise(Level::Abort, &mut inner);
        self.abort.cancel();
    }

    /// Fires when the run gives up.
    pub(super) fn abort_token(&self) -> &CancellationToken {
        &self.abort
    }

    /// Called with the lock held, so that no waiter misses it.
    fn raise(&self, level: Level, inner: &mut Inner) {
        self.level.fetch_max(level as u8, Ordering::Relaxed);
        if self.is(Level::Halt)
            && let Some(Interrupt(interrupt)) = inner.interrupt.take()
        {
            interrupt();
        }
        self.changed.notify_all();
    }

    /// Notes a failure that does not end the run.
    pub(super) fn blemish(&self, message: String) {
        self.lock().blemish.get_or_insert(message);
    }

    /// The stages work now.
    pub(super) fn started(&self) {
        let mut inner = self.lock();
        if inner.state == State::Starting {
            inner.state = if self.is(Level::Drain) {
                State::Stopping
            } else {
                State::Running
            };
        }
        self.changed.notify_all();
    }

    /// The run is over.
    pub(super) fn ended(&self) {
        let mut inner = self.lock();
        let reason = inner.reason.take().unwrap_or(EndReason::Finished);
        let reason = match (reason, inner.blemish.take()) {
            (EndReason::Finished | EndReason::Stopped, Some(message)) => EndReason::Failed(message),
            (reason, _) => reason,
        };
        inner.state = State::Ended(reason);
        self.changed.notify_all();
    }

    pub(super) fn state(&self) -> State {
        self.lock().state.clone()
    }

    /// Wakes sleepers to look at clock and settings again.
    pub(super) fn poke(&self) {
        let _inner = self.lock();
        self.wakes.fetch_add(1, Ordering::Release);
        self.changed.notify_all();
    }

    /// To be read before looking at what a sleep depends on; see [`Control::sleep`].
    pub(super) fn wakes(&self) -> u64 {
        self.wakes.load(Ordering::Acquire)
    }

    /// How many sleeps lasted their whole time.
    pub(super) fn timeouts(&self) -> u64 {
        self.timeouts.load(Ordering::Relaxed)
    }

    /// Waits until the state is one that `wanted` takes; `None` when the deadline passed first.
    pub(super) fn wait<T>(
        &self,
        deadline: Option<Instant>,
        wanted: impl Fn(&State) -> Option<T>,
    ) -> Option<T> {
        let mut inner = self.lock();
        loop {
            if let Some(found) = wanted(&inner.state) {
                return Some(found);
            }
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            inner = self.rest(inner, left);
        }
    }

    /// Sleeps for a time (without end for `None`), until it is poked (also since `wakes` was read), or
    /// until the inputs have to end.
    pub(super) fn sleep(&self, wakes: u64, time: Option<Duration>) {
        let until = time.and_then(|time| Instant::now().checked_add(time));
        let mut inner = self.lock();
        #[cfg(test)]
        if let Some(us) = time.and_then(|time| u64::try_from(time.as_micros()).ok()) {
            self.asleep_us.store(us, Ordering::SeqCst);
        }
        while !self.is(Level::Drain) && self.wakes() == wakes {
            let left = until.map(|at| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                self.timeouts.fetch_add(1, Ordering::Relaxed);
                return;
            }
            inner = self.rest(inner, left);
        }
    }

    /// How long the latest sleep was to last.
    #[cfg(test)]
    pub(super) fn asleep(&self) -> Duration {
        Duration::from_micros(self.asleep_us.load(Ordering::SeqCst))
    }

    fn rest<'a>(
        &self,
        inner: MutexGuard<'a, Inner>,
        left: Option<Duration>,
    ) -> MutexGuard<'a, Inner> {
        match left {
            None => self
                .changed
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner),
            Some(left) => {
                self.changed
                    .wait_timeout(inner, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        }
    }
}
