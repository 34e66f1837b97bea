//! A project that can run: checked options of all its plugins.

use std::path::PathBuf;

use crate::event::EventConfig;
use crate::input::InputConfig;
use crate::output::OutputConfig;

/// Everything that a run needs to know of the document.
#[derive(Debug)]
pub struct Plan {
    /// In document order.
    pub inputs: Vec<Planned<dyn InputConfig>>,
    /// The event source.
    pub event: Planned<dyn EventConfig>,
    /// In document order.
    pub outputs: Vec<Planned<dyn OutputConfig>>,
    /// The project's folder, absolute.
    pub base: PathBuf,
}

/// One plugin of a plan.
#[derive(Debug)]
pub struct Planned<T: ?Sized> {
    /// Plugin name.
    pub name: String,
    /// Its checked options.
    pub config: Box<T>,
}
