//! What people do to one output while it works: hold it, let it go on, have it try again now.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

/// Holds an output on purpose: nothing more is handed to its target, what is for it waits in its
/// queue. The end of the run lets it go for good, so that nothing is lost.
#[derive(Debug)]
pub(super) struct Hold {
    state: Mutex<State>,
    changed: Condvar,
    /// The same for tasks.
    held: watch::Sender<bool>,
    /// Grows when a wait for another attempt is to end.
    again: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    held: bool,
    /// It cannot be held any more.
    over: bool,
}

impl Default for Hold {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            held: watch::Sender::new(false),
            again: watch::Sender::new(0),
        }
    }
}

impl Hold {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds it or lets it go on; false when the run ends and it is not held any more.
    pub(super) fn set(&self, held: bool) -> bool {
        let mut state = self.lock();
        if held && state.over {
            return false;
        }
        self.put(&mut state, held);
        true
    }

    /// Lets it go for good.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        self.put(&mut state, false);
    }

    fn put(&self, state: &mut State, held: bool) {
        state.held = held;
        self.held.send_replace(held);
        self.changed.notify_all();
    }

    pub(super) fn is_held(&self) -> bool {
        self.lock().held
    }

    /// Waits on a thread while it is held, but not longer than until `deadline`.
    pub(super) fn wait(&self, deadline: Option<Instant>) {
        let mut state = self.lock();
        while state.held {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                Some(left) if left.is_zero() => return,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.changed.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }

    /// Waits in a task while it is held.
    pub(super) async fn passed(&self) {
        let mut held = self.held.subscribe();
        // The other half lives as long as this one.
        let _ = held.wait_for(|held| !held).await;
    }

    /// Ends waits for another attempt.
    pub(super) fn again(&self) {
        self.again
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// What to ask whether a wait that begins later is to end.
    pub(super) fn nudges(&self) -> Nudges {
        Nudges(self.again.subscribe())
    }
}

/// Tells a wait for another attempt that it is to end.
#[derive(Debug)]
pub(super) struct Nudges(watch::Receiver<u64>);

impl Nudges {
    /// True when it has to end since this was made.
    pub(super) fn came(&self) -> bool {
        self.0.has_changed().unwrap_or(false)
    }

    /// Waits until it has to end.
    pub(super) async fn wait(&mut self) {
        let mut again = self.0.clone();
        let _ = again.changed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_not_held_any_more() {
        let hold = Hold::default();
        assert!(hold.set(true) && hold.is_held());
        hold.wait(Some(Instant::now()));
        hold.end();
        assert!(!hold.is_held() && !hold.set(true) && !hold.is_held());
        hold.wait(None);
        futures::executor::block_on(hold.passed());
    }

    #[test]
    fn a_nudge_ends_waits_that_began_before_it() {
        let hold = Hold::default();
        let mut early = hold.nudges();
        assert!(!early.came());
        hold.again();
        assert!(early.came() && !hold.nudges().came());
        futures::executor::block_on(early.wait());
        assert!(early.came());
    }
}
