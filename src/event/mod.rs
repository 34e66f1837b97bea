//! Plugins that say what: they turn a timestamp into events. One file (or folder) a plugin.
//!
//! Knows nothing of inputs, outputs, queues or threads.

mod begun;
mod globals;
mod inspect;
mod legacy;
mod pattern;
mod replay;
mod script;
pub mod template;
mod view;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::batch::EventBatch;
use crate::config::{Context, Diagnostics, Files, Node, Place, Schema};
use crate::time::{Moment, Zone};

pub use begun::Begun;
pub use globals::Globals;
pub use inspect::{Explanation, FileProfile, Inspect, LineProfile, Profile, Step};
pub use legacy::{Legacy, LegacyCopy};
pub use view::{
    Outline, OutlineEntry, PathStep, Sample, SampleInfo, SampleWish, StateScope, Trial, WrittenBy,
};

/// A kind of event source.
#[derive(Debug)]
pub struct EventPlugin {
    /// Its options; the schema's name is the plugin's name.
    pub schema: &'static Schema,
    /// Decodes and checks the options; reports to the context and gives `None` when they are unsound.
    pub decode: fn(&Node, &mut Context<'_>) -> Option<Box<dyn EventConfig>>,
}

/// All event plugins.
pub static PLUGINS: &[EventPlugin] = &[template::PLUGIN, replay::PLUGIN, script::PLUGIN];

/// Options of the parts of an option that have names of the user's (`templates` and `samples` of the
/// template source), one table for each form a part may have. Empty for all other options.
pub fn parts(schema: &Schema, option: &str) -> &'static [&'static Schema] {
    template::parts(schema, option)
}

/// What the gateway `module` has at a path below it: of modules and functions, their names. Empty where
/// the path leads to nothing.
pub fn module_names(path: &[&str]) -> Vec<String> {
    template::module_names(path)
}

/// The parameters of a function of `module`, such as `(a, b)`, as far as they are known.
pub fn module_signature(path: &[&str]) -> Option<String> {
    template::module_signature(path)
}

/// Checked options of an event plugin. Sendable, while the source it builds belongs to one thread.
pub trait EventConfig: Send + Sync + Debug {
    /// Loads samples and compiles templates, reporting every problem; `None` when there was an error.
    /// Called on the thread that will produce.
    fn build(&self, env: &EventEnv<'_>, problems: &mut Diagnostics)
    -> Option<Box<dyn EventSource>>;

    /// Builds another source for the same run, to share the work of one that is
    /// [`EventSource::parallel`] or [`EventSource::divided`]; `streams` is what
    /// [`EventSource::streams`] of that one gave.
    fn build_another(
        &self,
        env: &EventEnv<'_>,
        streams: u64,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let _ = (env, streams, problems);
        None
    }

    /// Like [`EventConfig::build`], for looking into what the source does. A source that has nothing to
    /// show is built as always.
    fn build_inspected(
        &self,
        env: &EventEnv<'_>,
        inspect: Inspect,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let _ = inspect;
        self.build(env, problems)
    }

    /// What the options say without anything being loaded: templates and their shares.
    fn outline(&self) -> Outline {
        Outline::default()
    }

    /// Its samples, and the rows of one of them; problems are those of [`EventConfig::build`]. `None` for
    /// a plugin that has none.
    fn samples(
        &self,
        env: &EventEnv<'_>,
        wish: &SampleWish,
    ) -> Option<(Vec<SampleInfo>, Option<Sample>)> {
        let _ = (env, wish);
        None
    }
}

/// What an event source may know about the run.
#[derive(Clone, Debug)]
pub struct EventEnv<'a> {
    /// The project's folder, absolute.
    pub base: &'a Path,
    /// Reads its files.
    pub files: Arc<dyn Files>,
    /// The zone of all timestamps; arithmetic on `timestamp` and `%Z` need its rules.
    pub zone: Zone,
    /// Makes runs repeatable: each event's random stream is a function of (seed, event index).
    pub seed: Option<u64>,
    /// State shared by the generators of an instance.
    pub globals: Globals,
    /// How far one render may go.
    pub limits: Limits,
}

/// How far one render may go before it is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps (loop rounds, calls, instructions) per render.
    pub steps: u64,
    /// Bytes one event may have.
    pub output_bytes: usize,
    /// How long a command of `subprocess.run` may take unless the call says how long; `None` runs no
    /// commands and no scripts at all.
    pub command: Option<Duration>,
}

impl Limits {
    /// How long a command may take in a preview.
    const PREVIEW_COMMAND: Duration = Duration::from_secs(2);
    /// For runs: generous.
    pub const RUN: Self = Self {
        steps: 50_000_000,
        output_bytes: 64 << 20,
        command: Some(Duration::from_secs(60)),
    };
    /// For previews: tight.
    pub const PREVIEW: Self = Self {
        steps: 2_000_000,
        output_bytes: 1 << 20,
        command: Some(Self::PREVIEW_COMMAND),
    };
    /// For previews of unsaved text: a command that is still being typed must never run.
    pub const UNSAVED: Self = Self {
        command: None,
        ..Self::PREVIEW
    };
    /// For checks: nothing is run.
    pub const CHECK: Self = Self::UNSAVED;
}

/// Produces events, strictly in order, on one thread.
pub trait EventSource: Debug {
    /// Produces the events of one timestamp into `out` (committed, UTF-8). On anything but
    /// [`Outcome::Produced`] nothing is added, except that exhaustion keeps what came before.
    fn produce(&mut self, at: Moment, tags: &[Arc<str>], out: &mut EventBatch) -> Outcome;

    /// Names timestamps that [`EventSource::produce`] will be asked for next, in this order, unless the
    /// run ends before; `tags` are by input. A source may work ahead on them.
    fn expect(&mut self, moments: &[Moment], inputs: &[u16], tags: &[Vec<Arc<str>>]) {
        let _ = (moments, inputs, tags);
    }

    /// When the events of the next timestamp, `at`, are due, in microseconds since the Unix epoch, for
    /// sources that keep times of their own: asked before [`EventSource::produce`] in runs that wait.
    /// `None`: at once.
    fn due(&mut self, at: Moment) -> Option<i64> {
        let _ = at;
        None
    }

    /// Tells the source from any thread that the run is ending: a call of [`EventSource::produce`] that
    /// waits for something outside gives up and says that it is exhausted. `None` for sources that never
    /// wait.
    fn interrupter(&self) -> Option<Interrupter> {
        None
    }

    /// Why this source will produce nothing here, when it is known beforehand.
    fn idle(&self) -> Option<&str> {
        None
    }

    /// Names behind the alias indexes of the events.
    fn aliases(&self) -> &[Arc<str>];

    /// True when single templates can be switched off with [`EventSource::switch`].
    fn switches(&self) -> bool {
        false
    }

    /// Switches templates off or on from the next timestamp on: `off` by the numbers of the aliases, all
    /// are on at first. What is picked of one that is off is not rendered; a timestamp for which nothing
    /// else is picked is [`Outcome::Dropped`].
    fn switch(&mut self, off: &[bool]) {
        let _ = off;
    }

    /// How often templates were picked while they were off since the last call, by number of the alias.
    fn left_out(&mut self) -> Vec<(u16, u64)> {
        Vec::new()
    }

    /// What made the events of the last timestamp, when it was asked for with [`Inspect::explain`].
    fn explanation(&self) -> Option<Explanation> {
        None
    }

    /// Where the time went so far, when it was asked for with [`Inspect::profile`].
    fn profile(&self) -> Option<Profile> {
        None
    }

    /// Whether several sources of the same configuration and seed can share the work: `Ok` when each
    /// timestamp's events depend on its number, its time and its tags alone, so that
    /// [`EventSource::seek`] and [`EventSource::produce`] give the same bytes in any order. The error
    /// says what prevents it.
    fn parallel(&self) -> Result<(), Impurity> {
        Err(Impurity {
            place: None,
            reason: "this event source makes its events in order".to_owned(),
        })
    }

    /// Whether the work on a timestamp can be divided: `Ok` when this source, in order, can begin
    /// timestamps ([`EventSource::begin`], all that depends on what was before or decides on what comes
    /// after) and others of the same configuration and seed can finish them
    /// ([`EventSource::finish`]) in any order, with the bytes that [`EventSource::produce`] gives. Such
    /// a source gives a [`EventSource::legacy_copy`]. The error says what prevents it.
    fn divided(&self) -> Result<(), Impurity> {
        Err(Impurity {
            place: None,
            reason: "this event source makes its events in order".to_owned(),
        })
    }

    /// Begins the next timestamps, in this order; `tags` are by input. The state is then what
    /// [`EventSource::produce`] would leave, if finishing all of them succeeds. `None` when something
    /// failed or there is no more: what the state is then is not said; go back with
    /// [`EventSource::adopt_copy`] and produce.
    fn begin(
        &mut self,
        moments: &[Moment],
        inputs: &[u16],
        tags: &[Vec<Arc<str>>],
    ) -> Option<Begun> {
        let _ = (moments, inputs, tags);
        None
    }

    /// Finishes timestamp number `which` of those that were begun, counted from 0: its events and its
    /// outcome, as from [`EventSource::produce`]. Templates are off as they were when it was begun,
    /// whatever this source was told of switches, and its own state stays as it is. `None` when it
    /// cannot be done, or failed: nothing is added, and the source that began has to go back and
    /// produce.
    fn finish(
        &mut self,
        begun: &Begun,
        which: usize,
        at: Moment,
        tags: &[Arc<str>],
        out: &mut EventBatch,
    ) -> Option<Outcome> {
        let _ = (begun, which, at, tags, out);
        None
    }

    /// The seed of its random streams, drawn by itself in a run without one.
    fn streams(&self) -> u64 {
        0
    }

    /// What it leaves to the source that takes its place: its state, and where it stands. `None` when
    /// there is nothing.
    fn legacy(&self) -> Option<Legacy> {
        None
    }

    /// As [`EventSource::legacy`], as a copy that any thread may have. `None` also when there is too
    /// much of it.
    fn legacy_copy(&self) -> Option<LegacyCopy> {
        None
    }

    /// Takes over what fits of what another source left, by name; says in words what does not fit.
    fn adopt(&mut self, legacy: &Legacy) -> Vec<String> {
        let _ = legacy;
        Vec::new()
    }

    /// As [`EventSource::adopt`], of a copy; it may be adopted several times. A source takes back its
    /// own exactly, position and all, but not what [`EventSource::switch`] told it.
    fn adopt_copy(&mut self, copy: &LegacyCopy) {
        let _ = copy;
    }

    /// Makes the next timestamp the one with this number, counted from 0. Only for sources that are
    /// [`EventSource::parallel`]; others go on as they were.
    fn seek(&mut self, index: u64) {
        let _ = index;
    }

    /// What it keeps between timestamps, by scope. Nothing for sources without state.
    fn state(&self) -> Vec<StateScope> {
        Vec::new()
    }

    /// Sets what a path in a scope holds, or removes it.
    ///
    /// # Errors
    /// When there is no such scope or path.
    fn set_state(
        &mut self,
        scope: &str,
        path: &[PathStep],
        value: Option<&serde_json::Value>,
    ) -> Result<(), String> {
        let _ = (path, value);
        Err(format!("this event source has no state called `{scope}`"))
    }

    /// Renders a text in the surroundings of an event. It may change the state, so ask a source that is
    /// not needed any more.
    ///
    /// # Errors
    /// What a template with that text would fail with; places in the text itself have the path
    /// [`Trial::FILE`].
    fn attempt(&mut self, trial: &Trial<'_>) -> Result<String, Box<EventError>> {
        let _ = trial;
        Err(Box::new(EventError {
            message: "this event source renders no templates".to_owned(),
            alias: None,
            places: Vec::new(),
            help: None,
        }))
    }

    /// Which lines wrote the bytes of each event of the last timestamp, when it was asked for with
    /// [`Inspect::profile`].
    fn written_by(&self) -> Vec<Vec<WrittenBy>> {
        Vec::new()
    }
}

/// What prevents events from being made in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impurity {
    /// Where; absent when it is a matter of the configuration.
    pub place: Option<Place>,
    /// Why, in words that go on from "because".
    pub reason: String,
}

/// Ends what a source waits for; see [`EventSource::interrupter`].
pub type Interrupter = Box<dyn Fn() + Send + Sync>;

/// What became of one timestamp.
#[derive(Debug)]
pub enum Outcome {
    /// That many events were added; 0 when no template was picked.
    Produced(usize),
    /// The source asked to drop it.
    Dropped,
    /// The source has no more; the run ends after what was produced.
    Exhausted,
    /// It failed; the next timestamp goes on.
    Failed(Box<EventError>),
}

/// A failure while producing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    /// What and why.
    pub message: String,
    /// Template alias, when one was being rendered.
    pub alias: Option<Arc<str>>,
    /// Where in which file, outermost call last.
    pub places: Vec<Place>,
    /// What to do about it.
    pub help: Option<String>,
}
