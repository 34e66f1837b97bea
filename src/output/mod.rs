//! Plugins that say where to, and the formatters in front of them. One file a plugin; [`PLUGINS`] is
//! the only place that names them all.
//!
//! Knows nothing of inputs, event sources or threads.

mod drop;
mod encoding;
mod error;
mod file;
pub mod format;
mod stdout;
mod write;

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{Context, Files, Node, Schema};

pub use encoding::Encoding;
pub use error::{OutputError, OutputErrorKind};
pub use format::{FormatConfig, FormatEnv, FormatFailure, Formatted, Formatter};

/// A kind of output.
#[derive(Debug)]
pub struct OutputPlugin {
    /// Its options; the schema's name is the plugin's name.
    pub schema: &'static Schema,
    /// Decodes and checks the options; reports to the context and gives `None` when they are unsound.
    pub decode: fn(&Node, &mut Context<'_>) -> Option<Box<dyn OutputConfig>>,
}

/// All outputs.
pub static PLUGINS: &[OutputPlugin] = &[drop::PLUGIN, file::PLUGIN, stdout::PLUGIN];

/// Checked options of an output.
pub trait OutputConfig: Send + Sync + Debug {
    /// How events become what is sent.
    fn format(&self) -> &FormatConfig;

    /// The file it writes, relative to the project's folder or absolute, when it writes one.
    fn file(&self) -> Option<&Path> {
        None
    }

    /// What the formatter puts behind every item, so that a batch is one contiguous slice to write;
    /// UTF-8 before encoding.
    fn separator(&self) -> &str {
        ""
    }

    /// Makes the output of a run; touches nothing outside before [`Output::open`].
    ///
    /// # Errors
    /// What the options' form could not show, such as an unreadable certificate.
    fn build(&self, env: &OutputEnv<'_>) -> Result<Box<dyn Output>, OutputError>;
}

/// What an output may know about the run.
#[derive(Clone, Debug)]
pub struct OutputEnv<'a> {
    /// The project's folder, absolute.
    pub base: &'a Path,
    /// Reads its files.
    pub files: Arc<dyn Files>,
    /// What stands behind the process's standard streams.
    pub streams: Streams,
    /// Drives asynchronous clients: an output calls `block_on` from its own thread.
    pub runtime: tokio::runtime::Handle,
    /// Fires when the run gives up; asynchronous writes end at once then.
    pub abort: tokio_util::sync::CancellationToken,
    /// Longest time of one write.
    pub write_timeout: Duration,
    /// Most writes in flight, at least 1.
    pub max_concurrency: usize,
}

/// Where outputs of kind `stdout` write: faces that own the terminal take the bytes themselves.
#[derive(Clone, Default)]
pub enum Streams {
    /// The process's own standard output and error.
    #[default]
    Process,
    /// A function that takes whole writes; called from output threads.
    Captured(CaptureFn),
}

/// Takes the bytes of one write; the flag says that they were meant for standard error.
pub type CaptureFn = Arc<dyn Fn(bool, &[u8]) -> io::Result<()> + Send + Sync>;

impl Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Process => "Process",
            Self::Captured(_) => "Captured",
        })
    }
}

/// An output of one run, owned by one thread that calls in order: `open`, then `write` and `tick`,
/// then `close` (also after errors, but not after a failed `open`).
///
/// Every event of a written batch is decided exactly once, in this or a later call, by adding it to
/// [`Delivery::written`] or [`Delivery::failed`]; what is undecided after `close` counts as lost.
pub trait Output: Send + Debug {
    /// Makes the target ready.
    ///
    /// # Errors
    /// When it cannot be reached; the run does not start.
    fn open(&mut self) -> Result<(), OutputError>;

    /// Writes a batch, which is never empty.
    ///
    /// # Errors
    /// When something was lost; the events concerned are in `done` all the same.
    fn write(
        &mut self,
        batch: &Formatted,
        now: Instant,
        done: &mut Delivery,
    ) -> Result<(), OutputError>;

    /// When [`Output::tick`] wants to be called, if nothing is written before.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// Timed work: flushing, closing what is idle.
    ///
    /// # Errors
    /// As [`Output::write`].
    fn tick(&mut self, _now: Instant, _done: &mut Delivery) -> Result<(), OutputError> {
        Ok(())
    }

    /// Delivers what is held back and lets go of the target.
    ///
    /// # Errors
    /// As [`Output::write`].
    fn close(&mut self, done: &mut Delivery) -> Result<(), OutputError>;
}

/// What calls of an output decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Events the target took.
    pub written: u64,
    /// Events lost.
    pub failed: u64,
    /// Bytes the target took.
    pub bytes: u64,
}
