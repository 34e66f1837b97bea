//! The word that nothing more is wanted, said by another thread.

use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::process::News;

/// Wakes whoever waits for a worker, or for its next start.
#[derive(Debug, Default)]
pub(super) struct Stop {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    set: bool,
    worker: Option<SyncSender<News>>,
}

impl Stop {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says it, for good.
    pub(super) fn set(&self) {
        let mut state = self.lock();
        state.set = true;
        if let Some(worker) = &state.worker {
            // When it is full nobody waits.
            let _ = worker.try_send(News::Stopped);
        }
        self.changed.notify_all();
    }

    pub(super) fn is_set(&self) -> bool {
        self.lock().set
    }

    /// Names the channel that is waited at from now on.
    pub(super) fn wake_through(&self, worker: SyncSender<News>) {
        self.lock().worker = Some(worker);
    }

    /// Waits so long, or until it is said.
    pub(super) fn wait(&self, longest: Duration) {
        let _state = self
            .changed
            .wait_timeout_while(self.lock(), longest, |state| !state.set)
            .unwrap_or_else(PoisonError::into_inner);
    }
}
