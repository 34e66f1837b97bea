//! Plugins that say when. One file a plugin; [`PLUGINS`] is the only place that names them all.
//!
//! Knows nothing of events, outputs, queues or threads.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use crate::config::{Context, Files, Node, Schema};
use crate::time::{Moment, Zone};

/// A kind of input.
#[derive(Debug)]
pub struct InputPlugin {
    /// Its options; the schema's name is the plugin's name.
    pub schema: &'static Schema,
    /// Decodes and checks the options; reports to the context and gives `None` when they are unsound.
    pub decode: fn(&Node, &mut Context<'_>) -> Option<Box<dyn InputConfig>>,
}

/// All inputs.
pub static PLUGINS: &[InputPlugin] = &[];

/// Checked options of an input, from which a run's timestamps are made.
pub trait InputConfig: Send + Sync + Debug {
    /// Tags its timestamps carry.
    fn tags(&self) -> &[Arc<str>];

    /// Starts a fresh sequence. `now` is captured once per run.
    ///
    /// # Errors
    /// What the options' form could not show: an unreadable file, a range that ends before it starts.
    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError>;
}

/// What an input may know about the run.
#[derive(Clone, Copy, Debug)]
pub struct InputEnv<'a> {
    /// Zone of the generator.
    pub zone: Zone,
    /// When the run started.
    pub now: Moment,
    /// Leave out timestamps before `now`.
    pub skip_past: bool,
    /// The project's folder.
    pub base: &'a Path,
    /// Reads its files.
    pub files: &'a dyn Files,
}

/// A sequence of timestamps, non-decreasing, generated lazily with flat memory.
pub trait Input: Send + Debug {
    /// Appends up to `max` more timestamps to `out`. Fewer than `max` means that it ended.
    ///
    /// # Errors
    /// When generation cannot go on; what was appended before stays valid.
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError>;
}

/// Why an input cannot start or go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// What and why.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}
