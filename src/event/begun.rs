//! Timestamps that were begun by one event source and can be finished by others, on any thread.

use std::any::Any;
use std::fmt;

/// What was begun, see [`super::EventSource::begin`].
pub struct Begun(Box<dyn Any + Send + Sync>);

impl Begun {
    pub(crate) fn of(what: impl Any + Send + Sync) -> Self {
        Self(Box::new(what))
    }

    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun")
    }
}
