//! The one way a run is told to end: which stages stop, why, and who is woken.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::time::Clock;

use super::{EndReason, State};

/// Longest sleep for the wall clock: it may be set, and it goes on while the machine is suspended.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

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
}

#[derive(Debug)]
struct Inner {
    state: State,
    /// The first reason to end that was given.
    reason: Option<EndReason>,
    /// A failure that did not end the run but makes it no success.
    blemish: Option<String>,
    deadline: Option<Instant>,
    /// Something came in for the inputs since they last slept.
    woken: bool,
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
                woken: false,
            }),
            changed: Condvar::new(),
            abort: CancellationToken::new(),
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
        self.raise(level);
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
        self.raise(Level::Abort);
        self.abort.cancel();
    }

    /// Fires when the run gives up.
    pub(super) fn abort_token(&self) -> &CancellationToken {
        &self.abort
    }

    /// Called with the lock held, so that no waiter misses it.
    fn raise(&self, level: Level) {
        self.level.fetch_max(level as u8, Ordering::Relaxed);
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

    /// Wakes sleepers to look at the clock again.
    pub(super) fn poke(&self) {
        let _inner = self.lock();
        self.changed.notify_all();
    }

    /// Ends the sleep of the inputs, or their next one: something came in for them.
    pub(super) fn wake(&self) {
        self.lock().woken = true;
        self.changed.notify_all();
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
            inner = self.sleep(inner, left);
        }
    }

    /// Sleeps until the clock shows `due_us`, something came in, or the inputs have to end (false).
    pub(super) fn sleep_until(&self, clock: &dyn Clock, due_us: i64) -> bool {
        let mut inner = self.lock();
        loop {
            if self.is(Level::Drain) {
                return false;
            }
            if std::mem::take(&mut inner.woken) {
                return true;
            }
            let left = due_us.saturating_sub(clock.now_us());
            if left <= 0 {
                return true;
            }
            let left = Duration::from_micros(left.unsigned_abs()).min(LONGEST_SLEEP);
            inner = self.sleep(inner, Some(left));
        }
    }

    fn sleep<'a>(
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
