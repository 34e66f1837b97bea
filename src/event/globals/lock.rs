//! The lock of `globals.acquire()`: re-entrant, held across statements, never for ever.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Why the lock could not be taken or given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::event) enum LockError {
    /// Somebody else held it for too long.
    Busy,
    /// It was not held.
    NotHeld,
}

#[derive(Debug, Default)]
pub(super) struct Lock {
    state: Mutex<Held>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Held {
    owner: Option<u64>,
    depth: u32,
}

impl Lock {
    fn state(&self) -> MutexGuard<'_, Held> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state once nobody but `owner` holds the lock.
    fn free_for(&self, owner: u64, patience: Duration) -> Result<MutexGuard<'_, Held>, LockError> {
        let mut held = self.state();
        let deadline = Instant::now() + patience;
        while held.owner.is_some_and(|other| other != owner) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(LockError::Busy);
            }
            held = self
                .freed
                .wait_timeout(held, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        Ok(held)
    }

    pub(super) fn acquire(&self, owner: u64, patience: Duration) -> Result<(), LockError> {
        let mut held = self.free_for(owner, patience)?;
        held.owner = Some(owner);
        held.depth += 1;
        Ok(())
    }

    pub(super) fn wait(&self, owner: u64, patience: Duration) -> Result<(), LockError> {
        self.free_for(owner, patience).map(|_| ())
    }

    pub(super) fn release(&self, owner: u64) -> Result<(), LockError> {
        let mut held = self.state();
        if held.owner != Some(owner) {
            return Err(LockError::NotHeld);
        }
        held.depth -= 1;
        if held.depth == 0 {
            held.owner = None;
            self.freed.notify_all();
        }
        Ok(())
    }

    pub(super) fn release_all(&self, owner: u64) -> bool {
        let mut held = self.state();
        if held.owner != Some(owner) {
            return false;
        }
        *held = Held::default();
        self.freed.notify_all();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_re_entrant_and_never_waits_for_ever() {
        let lock = Lock::default();
        let soon = Duration::from_millis(1);
        assert_eq!(lock.release(1), Err(LockError::NotHeld));
        assert_eq!(lock.acquire(1, soon), Ok(()));
        assert_eq!(lock.acquire(1, soon), Ok(()));
        assert_eq!(lock.acquire(2, soon), Err(LockError::Busy));
        assert_eq!(lock.wait(2, soon), Err(LockError::Busy));
        assert_eq!(lock.release(2), Err(LockError::NotHeld));
        assert_eq!(lock.release(1), Ok(()));
        assert_eq!(lock.acquire(2, soon), Err(LockError::Busy));
        assert_eq!(lock.release(1), Ok(()));
        assert_eq!(lock.acquire(2, soon), Ok(()));
        assert!(lock.release_all(2));
        assert!(!lock.release_all(2));
        assert_eq!(lock.wait(1, soon), Ok(()));
    }
}
