//! Many generators behind one handle: the only way faces reach pipelines.
//!
//! ```text
//! eventum.yml, startup.yml --Home--> entries --reload--> Registry --start--> pipeline::Running
//! ```
//!
//! Knows nothing of screens or command lines.

mod home;
mod local;
mod parallel;
mod project;
mod redact;
mod registry;
mod reload;
mod replace;
mod scenario;
pub mod secrets;
mod tracked;

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::config::{Diagnostics, InstanceSettings, Parameters, StartupEdit};
use crate::pipeline::{Change, ChangeError, EndReason, State, Stats};

pub use home::{Home, HomeRead};
pub use local::{DRAIN, HostOptions, discard, host, local, local_with};
pub use project::{prepare, prepare_with};
pub use redact::Redactor;

/// A generator to run.
#[derive(Clone, Debug, PartialEq)]
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
    /// What the startup list says of it; the default for one that was opened by hand.
    pub listing: Listing,
    /// The run before the one that `state` and `stats` tell of.
    pub previous: Option<LastRun>,
}

/// What the startup list says of a generator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// It is in the list.
    pub listed: bool,
    /// It starts with the instance.
    pub autostart: bool,
    /// Scenarios it belongs to.
    pub scenarios: Vec<String>,
    /// Why its entry cannot be used, or why it still runs as it was before a change.
    pub problem: Option<String>,
}

/// A run that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct LastRun {
    /// When it was started, microseconds since the Unix epoch.
    pub started_us: i64,
    /// Why it ended.
    pub reason: EndReason,
    /// Its counters at the end.
    pub stats: Stats,
}

/// A scenario: generators that share globals, and start and stop together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioStatus {
    /// Its name.
    pub name: String,
    /// Its generators.
    pub members: Vec<String>,
    /// Number of keys in its globals.
    pub globals: usize,
}

/// Which generators are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// These.
    Ids(Vec<String>),
    /// The members of a scenario.
    Scenario(String),
}

/// What is to be done with generators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start what does not run, as it was registered. Waits until it runs or could not start.
    Start,
    /// Drain and end. Does not wait.
    Stop,
    /// Give up what is queued. Does not wait.
    Abort,
    /// Drain, wait for the end, start again with what is registered now.
    Restart,
    /// Release no more timestamps.
    Pause,
    /// Go on after a pause.
    Resume {
        /// Leave out what was missed.
        skip: bool,
    },
}

/// What became of an action, for each generator that was meant, in order.
pub type Outcomes = Vec<(String, Result<(), InstanceError>)>;

/// What a reload did.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    /// Generators that were started, because they are new or their entry or files changed.
    pub started: Vec<String>,
    /// Generators that were running and run again with what changed.
    pub restarted: Vec<String>,
    /// Generators that left the list; they were stopped.
    pub removed: Vec<String>,
    /// Generators that do not run and are registered, newly or with changes.
    pub updated: Vec<String>,
    /// Generators that go on as they were because nothing changed.
    pub kept: usize,
    /// Generators that go on as they were because what changed is unsound, and why.
    pub held: Vec<(String, String)>,
    /// Generators that could not start and bad entries, and why.
    pub failed: Vec<(String, String)>,
    /// Everything found in the files.
    pub problems: Diagnostics,
    /// The settings now in force, when there is a file of them.
    pub settings: Option<Arc<InstanceSettings>>,
}

/// Why a request to the instance failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum InstanceError {
    /// No generator has that id.
    #[error("no generator is called {0:?}")]
    Unknown(String),
    /// No generator belongs to that scenario.
    #[error("no generator belongs to the scenario {0:?}")]
    UnknownScenario(String),
    /// It runs already.
    #[error("generator {0:?} is running")]
    Running(String),
    /// It does not run.
    #[error("generator {0:?} is not running")]
    Idle(String),
    /// A change makes no sense.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The project, the startup list or the settings are unsound.
    #[error("{}", first_error(.0))]
    Invalid(Diagnostics),
    /// The instance has no startup list.
    #[error("this instance has no startup list")]
    NoList,
    /// The startup list was not changed.
    #[error("{0}")]
    Edit(String),
}

/// The first error's message.
fn first_error(problems: &Diagnostics) -> String {
    let severe = |one: &&crate::config::Diagnostic| one.severity == crate::config::Severity::Error;
    let first = problems.0.iter().find(severe);
    first.or(problems.0.first()).map_or_else(
        || "the project has errors".to_owned(),
        |one| one.message.clone(),
    )
}

/// An instance: in this process, or later on another host.
pub trait Instance: Send + Sync {
    /// All generators.
    fn list(&self) -> BoxFuture<'_, Vec<GeneratorStatus>>;
    /// One generator. Cheap enough to be called ten times a second.
    fn status(&self, id: &str) -> BoxFuture<'_, Option<GeneratorStatus>>;
    /// Where all generators stand, without their counters: cheap for hundreds.
    fn states(&self) -> BoxFuture<'_, Vec<(String, Option<State>)>> {
        let all = self.list();
        async move {
            all.await
                .into_iter()
                .map(|one| (one.id, one.state))
                .collect()
        }
        .boxed()
    }
    /// Registers (or replaces) and starts a generator. Returns once it is running or could not start.
    fn start(&self, spec: GeneratorSpec) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Asks for a drain; returns at once.
    fn stop(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Gives up the drain; what is queued is counted as lost.
    fn abort(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Changes how a running generator runs: pause, pace, gain, limits. What is in force shows in
    /// [`Stats::settings`].
    fn control(&self, id: &str, change: Change) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Does something with several generators, side by side.
    fn act(&self, who: Selection, what: Action) -> BoxFuture<'_, Outcomes>;
    /// All scenarios.
    fn scenarios(&self) -> BoxFuture<'_, Vec<ScenarioStatus>>;
    /// Empties the globals of a scenario, or, with an empty name, those of generators without one.
    /// Gives the number of keys that were there. Scenarios with common members share theirs.
    fn reset_globals(&self, scenario: &str) -> BoxFuture<'_, Result<usize, InstanceError>>;
    /// Reads settings and startup list anew, checks everything, then starts, restarts and stops only
    /// what differs. Files that cannot be read as a whole change nothing.
    fn reload(&self) -> BoxFuture<'_, Result<Reloaded, InstanceError>>;
    /// Changes the startup list on disk, keeping everything else in it. The instance follows at the
    /// next [`reload`](Self::reload).
    fn edit(&self, edit: StartupEdit) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Stops everything and waits for the end.
    fn shutdown(&self) -> BoxFuture<'_, ()>;
}

/// What faces hold.
pub type Handle = Arc<dyn Instance>;
