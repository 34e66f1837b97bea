//! What inputs that are fed from outside (a server) need of a run: the time, and a way to be heard.

use std::fmt;
use std::sync::Arc;

use crate::time::Clock;

/// A run as inputs see it that wait for the outside world.
#[derive(Clone)]
pub struct Outside {
    /// The time on which such timestamps are given out.
    pub clock: Arc<dyn Clock>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outside {
    /// `wake` makes the run ask its open inputs again, soon; it may be called from any thread, often
    /// and after the run is over.
    pub fn new(clock: Arc<dyn Clock>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            clock,
            wake: Arc::new(wake),
        }
    }

    /// Something came in.
    pub fn wake(&self) {
        (self.wake)();
    }
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
