//! Many generators behind one handle: the only way faces reach pipelines.
//!
//! Knows nothing of screens or command lines.

mod local;
mod project;
pub mod secrets;

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::config::{Diagnostics, Parameters};
use crate::pipeline::{Change, ChangeError, State, Stats};

pub use local::{DRAIN, discard, local, local_with};
pub use project::{prepare, prepare_with};

/// A generator to run.
#[derive(Clone, Debug)]
pub struct GeneratorSpec {
    /// Its name in this instance.
    pub id: String,
    /// Project folder or `generator.yml`.
    pub project: PathBuf,
    /// Zone, batches, queues, mode, params.
    pub parameters: Parameters,
    /// Makes the run repeatable.
    pub seed: Option<u64>,
}

/// A generator and how it does.
#[derive(Clone, Debug)]
pub struct GeneratorStatus {
    /// Its name.
    pub id: String,
    /// Its project.
    pub project: PathBuf,
    /// Where it stands; `None` before the first start.
    pub state: Option<State>,
    /// Counters of the current or last run; kept after the end.
    pub stats: Stats,
}

/// Why a request to the instance failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum InstanceError {
    /// No generator has that id.
    #[error("no generator is called {0:?}")]
    Unknown(String),
    /// It runs already.
    #[error("generator {0:?} is running")]
    Running(String),
    /// It does not run.
    #[error("generator {0:?} is not running")]
    Idle(String),
    /// A change makes no sense.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The project is unsound.
    #[error("the project has errors")]
    Invalid(Diagnostics),
}

/// An instance: in this process, or later on another host.
pub trait Instance: Send + Sync {
    /// All generators.
    fn list(&self) -> BoxFuture<'_, Vec<GeneratorStatus>>;
    /// One generator. Cheap enough to be called ten times a second.
    fn status(&self, id: &str) -> BoxFuture<'_, Option<GeneratorStatus>>;
    /// Registers (or replaces) and starts a generator. Returns once it is running or could not start.
    fn start(&self, spec: GeneratorSpec) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Asks for a drain; returns at once.
    fn stop(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Gives up the drain; what is queued is counted as lost.
    fn abort(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Changes how a running generator runs: pause, pace, gain, limits. What is in force shows in
    /// [`Stats::settings`].
    fn control(&self, id: &str, change: Change) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Stops everything and waits for the end.
    fn shutdown(&self) -> BoxFuture<'_, ()>;
}

/// What faces hold.
pub type Handle = Arc<dyn Instance>;
