//! What an event source leaves to the one that takes its place in a running pipeline.

use std::any::Any;
use std::fmt;

/// State and position of a source, on its thread.
pub struct Legacy(Box<dyn Any>);

/// A copy of it for any thread.
pub struct LegacyCopy(Box<dyn Any + Send>);

impl Legacy {
    pub(crate) fn of(what: impl Any) -> Self {
        Self(Box::new(what))
    }

    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl LegacyCopy {
    pub(crate) fn of(what: impl Any + Send) -> Self {
        Self(Box::new(what))
    }

    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Legacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Legacy")
    }
}

impl fmt::Debug for LegacyCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacyCopy")
    }
}
