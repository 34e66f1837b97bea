//! Plugins that say where to, and the formatters in front of them. One file a plugin; [`PLUGINS`] is
//! the only place that names them all.
//!
//! Knows nothing of inputs, event sources or threads.

mod clickhouse;
mod delivery;
mod drop;
mod encoding;
mod error;
mod file;
pub mod format;
mod http;
mod hushed;
mod influxdb;
#[cfg(feature = "kafka")]
mod kafka;
#[cfg(any(
    feature = "mqtt",
    feature = "nats",
    feature = "redis",
    feature = "websocket"
))]
mod link;
#[cfg(feature = "mqtt")]
mod mqtt;
#[cfg(feature = "nats")]
mod nats;
mod net;
mod opensearch;
mod parcel;
#[cfg(feature = "redis")]
mod redis;
mod secret;
#[cfg(feature = "sql")]
mod sql;
mod stdout;
mod tcp;
mod text;
mod tls;
mod udp;
mod url;
mod web;
#[cfg(feature = "websocket")]
mod websocket;
mod write;

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use crate::config::{Context, Files, Node, Schema};

pub use delivery::{CircuitConfig, DeliveryConfig, OnFailure, Regroup, Retry};
pub use encoding::Encoding;
pub use error::{OutputError, OutputErrorKind};
pub use format::{FormatConfig, FormatEnv, FormatFailure, Formatted, Formatter, Origins};
pub use hushed::hushed;
pub use parcel::{Items, Parcel, Receipt};
pub use secret::Secret;
pub use text::{TextConfig, TextSet, Texts};

/// A kind of output.
#[derive(Debug)]
pub struct OutputPlugin {
    /// Its options; the schema's name is the plugin's name.
    pub schema: &'static Schema,
    /// Decodes and checks the options; reports to the context and gives `None` when they are unsound.
    pub decode: fn(&Node, &mut Context<'_>) -> Option<Box<dyn OutputConfig>>,
}

/// All outputs.
pub static PLUGINS: &[OutputPlugin] = &[
    clickhouse::PLUGIN,
    drop::PLUGIN,
    file::PLUGIN,
    http::PLUGIN,
    influxdb::PLUGIN,
    #[cfg(feature = "kafka")]
    kafka::PLUGIN,
    #[cfg(feature = "mqtt")]
    mqtt::PLUGIN,
    #[cfg(feature = "nats")]
    nats::PLUGIN,
    opensearch::PLUGIN,
    #[cfg(feature = "redis")]
    redis::PLUGIN,
    #[cfg(feature = "sql")]
    sql::PLUGIN,
    stdout::PLUGIN,
    tcp::PLUGIN,
    udp::PLUGIN,
    #[cfg(feature = "websocket")]
    websocket::PLUGIN,
];

/// Outputs that are features of the program, whether this build has them or not; a feature is called as
/// its output.
pub static FEATURES: &[&str] = &["kafka", "mqtt", "nats", "redis", "sql", "websocket"];

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

    /// Texts that may differ from event to event, in the order by which [`Items::text`] knows them.
    fn texts(&self) -> &[TextConfig] {
        &[]
    }

    /// How batches are delivered.
    fn delivery(&self) -> &DeliveryConfig;

    /// Makes the output of a run; touches nothing outside before it is opened.
    ///
    /// # Errors
    /// What the options' form could not show, such as an unreadable certificate.
    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError>;
}

/// An output of one run.
#[derive(Debug)]
pub enum Output {
    /// Writes with calls that do not wait for a network.
    Local(Box<dyn LocalOutput>),
    /// Talks to a server.
    Remote(Arc<dyn RemoteOutput>),
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
    /// Where asynchronous clients work.
    pub runtime: tokio::runtime::Handle,
    /// Longest time of one attempt; whoever calls [`RemoteOutput::send`] keeps to it.
    pub write_timeout: Duration,
    /// What the target has is to be kept: nothing is emptied when it is opened.
    pub resumes: bool,
    /// Most requests in flight for the items of one attempt, at least 1.
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

/// An output that is owned by one thread, which calls in order: `open`, then `write` and `tick`, then
/// `close` (also after errors, but not after a failed `open`).
pub trait LocalOutput: Send + Debug {
    /// Makes the target ready.
    ///
    /// # Errors
    /// When it cannot be reached; the run does not start.
    fn open(&mut self) -> Result<(), OutputError>;

    /// Makes one attempt to write items, of which there is at least one.
    fn write(&mut self, items: &Items<'_>, now: Instant) -> Receipt;

    /// When [`LocalOutput::tick`] wants to be called, if nothing is written before.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// Timed work: closing what is idle.
    ///
    /// # Errors
    /// As those of a write; no event is concerned.
    fn tick(&mut self, _now: Instant) -> Result<(), OutputError> {
        Ok(())
    }

    /// Lets go of the target.
    ///
    /// # Errors
    /// When what was written may not be there.
    fn close(&mut self) -> Result<(), OutputError>;
}

/// An output that is shared by the tasks of its deliveries. With a `concurrency` of 1 there is one
/// attempt at a time, in order.
///
/// A future may be dropped at any await (the attempt took too long, the run was aborted): the next
/// attempt has to find the client usable, by connecting again if need be. Reconnecting is the
/// client's own affair; waiting before another attempt is not.
pub trait RemoteOutput: Send + Sync + Debug {
    /// Makes the target ready.
    ///
    /// # Errors
    /// When it cannot be reached (where the kind of output connects early); the run does not start.
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>>;

    /// Makes one attempt to send items, of which there is at least one. Items are counted as written
    /// when the target confirmed them, as far as its protocol can.
    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt>;

    /// Delivers what the client holds back and disconnects.
    ///
    /// # Errors
    /// When what was counted as written may not have arrived.
    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>>;
}
