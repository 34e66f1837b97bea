//! Many generators behind one handle: the only way faces reach pipelines.
//!
//! ```text
//! eventum.yml, startup.yml --Home--> entries --reload--> Registry --start--> pipeline::Running
//! ```
//!
//! An instance in another process is reached through [`remote`], which talks to [`serve`] there.
//!
//! Knows nothing of screens or command lines.

mod former;
mod home;
mod lints;
mod live;
mod local;
pub mod log_ring;
mod parallel;
mod project;
#[cfg(unix)]
pub mod protocol;
mod redact;
mod registry;
mod reload;
mod reload_files;
mod reload_watch;
#[cfg(unix)]
pub mod remote;
mod replace;
#[cfg(unix)]
pub mod runtime_dir;
mod scenario;
pub mod secrets;
#[cfg(unix)]
pub mod serve;
mod starter;
mod tracked;
mod write_back;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::config::{Diagnostics, InstanceSettings, Parameters, StartupEdit};
use crate::pipeline::{Change, ChangeError, EndReason, State, Stats};

pub use home::{Home, HomeRead};
pub use local::{DRAIN, HostOptions, discard, host, local, local_with};
pub use project::{prepare, prepare_with};
pub use redact::Redactor;
pub use starter::{STARTERS, Starter};

/// A generator to run.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GeneratorSpec {
    /// Its name in this instance.
    pub id: String,
    /// Project folder or `generator.yml`.
    #[serde(with = "crate::config::wire::path")]
    pub project: PathBuf,
    /// Zone, batches, queues, mode, params.
    pub parameters: Parameters,
    /// Makes the run repeatable.
    pub seed: Option<u64>,
}

/// A generator and how it does.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct GeneratorStatus {
    /// Its name.
    pub id: String,
    /// Its project.
    #[serde(with = "crate::config::wire::path")]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LastRun {
    /// When it was started, microseconds since the Unix epoch.
    pub started_us: i64,
    /// Why it ended.
    pub reason: EndReason,
    /// Its counters at the end.
    pub stats: Stats,
}

/// Runs that are over and have no generator to tell of them any more: it was started again, or is gone.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct FormerRuns {
    /// The latest, in the order of their ends, with the generator's name.
    pub runs: Vec<(String, LastRun)>,
    /// How many there were before those.
    pub more: u64,
    /// The events of those.
    pub more_events: u64,
    /// One of those lost events.
    pub more_lost: bool,
}

/// A scenario: generators that share globals, and start and stop together.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ScenarioStatus {
    /// Its name.
    pub name: String,
    /// Its generators.
    pub members: Vec<String>,
    /// Number of keys in its globals.
    pub globals: usize,
}

/// Which generators are meant.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Selection {
    /// All of them.
    All,
    /// These.
    Ids(Vec<String>),
    /// The members of a scenario.
    Scenario(String),
}

/// What is to be done with generators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Debug, thiserror::Error, serde::Serialize, serde::Deserialize)]
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
    /// It cannot be done, or it went wrong, in words.
    #[error("{0}")]
    Refused(String),
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
    /// As [`start`](Self::start), with secrets from where the caller says instead of where the instance
    /// takes them from. They count for later starts of it as well.
    fn start_with(
        &self,
        spec: GeneratorSpec,
        secrets: secrets::Secrets,
    ) -> BoxFuture<'_, Result<(), InstanceError>> {
        drop(secrets);
        self.start(spec)
    }
    /// How this process stands with the one that holds the generators. Never waits.
    fn link(&self) -> Link {
        Link::Here
    }
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
    /// What generators did in runs before their current or last one, and those that are gone.
    fn former(&self) -> BoxFuture<'_, FormerRuns> {
        std::future::ready(FormerRuns::default()).boxed()
    }
    /// Changes the startup list on disk, keeping everything else in it. The instance follows at the
    /// next [`reload`](Self::reload); only `autostart` counts at once, and starts nothing.
    fn edit(&self, edit: StartupEdit) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Stops everything and waits for the end.
    fn shutdown(&self) -> BoxFuture<'_, ()>;
    /// All generators, as a table shows them. Cheap enough to be called ten times a second for hundreds.
    fn overview(&self) -> BoxFuture<'_, Vec<Overview>> {
        let all = self.list();
        async move { all.await.iter().map(Overview::of).collect() }.boxed()
    }
    /// Some of the events that a running generator makes. The first call for a generator switches the
    /// tap on; it goes off when nobody asked for some seconds. Costs the pipeline next to nothing.
    fn tail(&self, id: &str, query: TailQuery) -> BoxFuture<'_, Result<TailPage, InstanceError>>;
    /// What was logged of late, the oldest first.
    fn logs(&self, query: LogQuery) -> BoxFuture<'_, LogPage>;
    /// The globals of a scenario, or, with an empty name, those of generators without one, by key.
    fn globals(
        &self,
        scenario: &str,
    ) -> BoxFuture<'_, Result<Vec<(String, serde_json::Value)>, InstanceError>>;
    /// Sets one of them; `None` removes it.
    fn set_global(
        &self,
        scenario: &str,
        key: &str,
        value: Option<serde_json::Value>,
    ) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Looks at the files of a running generator now and takes a sound change at the next batch,
    /// whatever [`ReloadMode`](crate::pipeline::ReloadMode) is in force. Returns once it is taken or
    /// refused.
    fn reload_files(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>>;
    /// Sends the dead letters of an output (by its number in the document) again.
    fn replay_letters(
        &self,
        id: &str,
        output: usize,
    ) -> BoxFuture<'_, Result<Replayed, InstanceError>>;
    /// Writes what was changed while it ran (pace, gain, limits) to its entry in the startup list.
    /// Gives what was written, a `key: value` each.
    fn write_back(&self, id: &str) -> BoxFuture<'_, Result<Vec<String>, InstanceError>>;
}

/// How this process stands with the one that holds the generators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It is this one: generators end with it.
    Here,
    /// It is another one, and answers.
    Up(Peer),
    /// It is another one, and owes an answer. What is shown of it is what was last seen.
    Silent {
        /// Which.
        peer: Peer,
        /// When it was last heard, microseconds since the Unix epoch.
        since_us: i64,
    },
    /// It is gone, and its generators with it. The next start makes a new one where that can be done.
    Gone {
        /// Why, in words.
        why: String,
        /// Since when, microseconds since the Unix epoch.
        since_us: i64,
        /// It said farewell: it was asked to end, and delivered what was queued.
        orderly: bool,
    },
}

/// The process that holds the generators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// The instance's name.
    pub name: String,
    /// The process.
    pub pid: u32,
    /// Its program's version.
    pub version: String,
    /// It goes on when nothing runs, as `evtui run` does.
    pub service: bool,
}

/// A generator as a table shows it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Overview {
    /// Its name.
    pub id: String,
    /// Where it stands; `None` before the first start.
    pub state: Option<State>,
    /// It is paused.
    pub paused: bool,
    /// In the list, autostart, scenarios, problem.
    pub listing: Listing,
    /// Since its run started.
    pub uptime: Duration,
    /// `uptime` when events were last produced.
    #[serde(default)]
    pub flowed: Duration,
    /// Events produced.
    pub events: u64,
    /// Bytes written by all outputs.
    pub bytes: u64,
    /// Events that were lost: failed renders, refused by formatters or targets.
    pub lost: u64,
    /// Errors of all kinds.
    pub errors: u64,
    /// How far it is behind its schedule.
    pub lag: Duration,
    /// How full its fullest queue is, from 0 to 1.
    pub queue: f32,
    /// Outputs whose target does not take events at the moment.
    pub outages: usize,
    /// Processor time of its threads since the start.
    pub cpu: Duration,
    /// Names of what is odd about it.
    pub lints: Vec<String>,
}

impl Overview {
    /// Of a status.
    pub fn of(status: &GeneratorStatus) -> Self {
        let stats = &status.stats;
        let outputs = stats.outputs.iter();
        let refused = outputs
            .clone()
            .map(|one| one.format_failed + one.write_failed);
        let fill =
            |queue: &crate::pipeline::QueueStats| queue.len as f32 / queue.capacity.max(1) as f32;
        Self {
            id: status.id.clone(),
            state: status.state.clone(),
            paused: stats.settings.paused,
            listing: status.listing.clone(),
            uptime: stats.uptime,
            flowed: stats.flowed,
            events: stats.events,
            bytes: outputs.clone().map(|one| one.bytes).sum(),
            lost: stats.failed + refused.sum::<u64>(),
            errors: stats.errors.iter().map(|one| one.count).sum(),
            lag: stats.lag,
            queue: stats.queues.iter().map(fill).fold(0.0, f32::max),
            outages: outputs.filter(|one| one.outage.is_some()).count(),
            cpu: stats.cpu,
            lints: stats.lints.iter().map(|one| one.name.clone()).collect(),
        }
    }
}

/// What to give of a tail.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TailQuery {
    /// Only events after this one; 0 for all that are kept.
    pub after: u64,
    /// At most so many, the latest.
    pub most: usize,
}

/// Some events of a running generator.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TailPage {
    /// The oldest first.
    pub events: Vec<TailEvent>,
    /// Events produced since the tap is on, sampled or not.
    pub seen: u64,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TailEvent {
    /// Grows with every event that is kept; from 1.
    pub number: u64,
    /// Its timestamp as the template saw it, ISO 8601.
    pub at: String,
    /// Template alias, when the source has them.
    pub alias: Option<String>,
    /// The event as produced, cut at some kilobytes; secrets are not shown.
    pub text: String,
}

/// What to give of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogQuery {
    /// Of this generator only.
    pub generator: Option<String>,
    /// Only records after this one; 0 for all that are kept.
    pub after: u64,
    /// At most so many, the latest.
    pub most: usize,
}

/// Records of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogPage {
    /// The oldest first.
    pub records: Vec<LogRecord>,
    /// Records that came after `after` and are not kept any more.
    pub missed: u64,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogRecord {
    /// Grows with every record; from 1.
    pub number: u64,
    /// When, microseconds since the Unix epoch.
    pub at_us: i64,
    /// How serious it is.
    pub level: LogLevel,
    /// The generator it is about.
    pub generator: Option<String>,
    /// What happened, with its fields; secrets are not shown.
    pub message: String,
}

/// How serious a record is, the least first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// For those who build the program.
    Debug,
    /// What it does.
    Info,
    /// Look.
    Warn,
    /// Failed.
    Error,
}

/// What became of dead letters that were sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Replayed {
    /// Letters found.
    pub letters: u64,
    /// Taken by the target now.
    pub written: u64,
    /// Letters again.
    pub kept: u64,
}

/// What faces hold.
pub type Handle = Arc<dyn Instance>;
