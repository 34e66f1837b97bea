//! Design-time evaluation with limits: diagnostics, timestamps, events as text and as formatted.
//!
//! A pinned seed and a pinned "now" make two previews of the same text identical. Knows nothing of
//! screens.

mod aggregate;
mod evaluate;
mod events;
mod fault;
pub mod json;
mod problems;
mod sample;
mod schedule;
mod statistics;
mod trial;
mod worker;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Diagnostics, Parameters, Place};
use crate::event::{
    EventError, EventSource, Explanation, Impurity, Outline, PathStep, Profile, Sample, SampleInfo,
    SampleWish, StateScope,
};
use crate::time::Moment;

pub use aggregate::{Aggregate, aggregate, buckets_for, ends, finest_buckets};
pub use evaluate::evaluate;
pub use problems::{EventProblem, problems};
pub use statistics::{AliasShare, FieldStats, Sizes, Statistics, study};
pub use worker::Worker;

/// What to evaluate.
#[derive(Clone, Debug)]
pub struct PreviewRequest {
    /// The project: its folder or its `generator.yml`.
    pub project: PathBuf,
    /// Unsaved buffers by absolute path.
    pub buffers: HashMap<PathBuf, Arc<str>>,
    /// Counts edits; comes back in the result, so that late results can be told.
    pub revision: u64,
    /// Zone, params and mode.
    pub parameters: Parameters,
    /// Pinned seed.
    pub seed: u64,
    /// Pinned "now", microseconds since the Unix epoch.
    pub now_us: i64,
    /// Where the histogram starts, microseconds since the Unix epoch; by default where the run does: now,
    /// or at the first timestamp when that is elsewhere (in sample mode, in the past, or beyond the span).
    pub from_us: Option<i64>,
    /// Length of the histogram in seconds.
    pub span_s: u64,
    /// Number of histogram buckets.
    pub buckets: usize,
    /// Timestamps to render.
    pub events: usize,
    /// Wall-clock limit of the whole evaluation.
    pub deadline: Duration,
    /// What to look into besides.
    pub inspect: Inspection,
}

/// What to look into besides, and how events are shown. What is not asked for costs nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// Count time and bytes of templates and lines, see [`PreviewResult::profile`].
    pub profile: bool,
    /// Say what made the events of the timestamp with this number, counted from 0, see
    /// [`PreviewResult::explanation`].
    pub explain: Option<usize>,
    /// How events are shown.
    pub shown: Shown,
    /// Show the state after the events, see [`PreviewResult::state`].
    pub state: bool,
    /// Changes of the state on the way.
    pub edits: Vec<StateEdit>,
    /// Show rows of samples, see [`PreviewResult::samples`].
    pub samples: Option<SampleWish>,
    /// Try these, see [`PreviewResult::tried`].
    pub attempts: Vec<Attempt>,
    /// Ask the face which secrets have a value, see [`PreviewResult::known_secrets`].
    pub secrets: bool,
    /// After everything else, look into so many timestamps, see [`study`].
    pub statistics: Option<usize>,
    /// Run no commands and no scripts, as while a text is unsaved.
    pub inert: bool,
}

/// How events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As rendered.
    Rendered,
    /// As the output with this index would format them.
    Output(usize),
}

impl Default for Shown {
    fn default() -> Self {
        Self::Output(0)
    }
}

/// A change of the state from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct StateEdit {
    /// It happens before the timestamp with this number, counted from 0.
    pub before: usize,
    /// The scope, as in [`StateScope::name`].
    pub scope: String,
    /// The way to what changes.
    pub path: Vec<PathStep>,
    /// What is there from then on; `None` removes it.
    pub value: Option<serde_json::Value>,
}

/// Something to try on an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What.
    pub what: Tried,
    /// Number of the timestamp, counted from 0.
    pub number: usize,
    /// Index among the events of that timestamp.
    pub event: usize,
}

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// An expression or a template, with what the event's template sees.
    Template(String),
    /// A formatter: a name, its options as YAML, or a template.
    Formatter(String),
}

/// Why an attempt gave nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptError {
    /// What and why.
    pub message: String,
    /// Line and column in what was typed, from 1, where that is known.
    pub at: Option<(u32, u32)>,
    /// What to do about it.
    pub help: Option<String>,
}

/// How far workers can share the rendering in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Events do not depend on each other.
    All,
    /// They can be finished by others once they are begun in order, for that reason.
    Part(Impurity),
    /// Nothing, for that reason.
    Nothing(Impurity),
}

impl Sharing {
    /// Of the events of a source.
    fn of(source: &dyn EventSource) -> Self {
        match source.parallel() {
            Ok(()) => Self::All,
            Err(why) if source.divided().is_ok() => Self::Part(why),
            Err(why) => Self::Nothing(why),
        }
    }
}

/// What the panes show.
#[derive(Clone, Debug, Default)]
pub struct PreviewResult {
    /// Of the request.
    pub revision: u64,
    /// All problems of document, templates and samples.
    pub diagnostics: Diagnostics,
    /// Names of params and secrets that the project needs.
    pub params: Vec<String>,
    /// See `params`.
    pub secrets: Vec<String>,
    /// Those of the secrets that have a value. A face that knows the store fills it where it is `Some`,
    /// which is when it was asked for.
    pub known_secrets: Option<Vec<String>>,
    /// When it fires; absent when the inputs are unsound.
    pub schedule: Option<Schedule>,
    /// What it renders.
    pub events: Vec<PreviewEvent>,
    /// Where rendering spent its time, if it was asked for and there are templates.
    pub profile: Option<Profile>,
    /// What made the events of one timestamp, if it was asked for and was reached.
    pub explanation: Option<Explanation>,
    /// Plugin names of the outputs, by index.
    pub outputs: Vec<String>,
    /// What the event plugin's options say.
    pub outline: Outline,
    /// What Eventum does not know of it.
    pub obstacles: Vec<crate::language::Obstacle>,
    /// Names of the project, for completion; absent when the document cannot be read at all.
    pub words: Option<Arc<crate::language::Outline>>,
    /// The state after the events, if it was asked for.
    pub state: Vec<StateScope>,
    /// Why changes of the state could not be made.
    pub refused: Vec<String>,
    /// The samples and rows of one, if they were asked for and the plugin has some.
    pub samples: Option<(Vec<SampleInfo>, Option<Sample>)>,
    /// What each of the attempts gave.
    pub tried: Vec<Result<String, AttemptError>>,
    /// What many events are like. A result with it holds nothing else, see [`study`].
    pub statistics: Option<Box<Statistics>>,
    /// How far workers can share the rendering; absent when the event source could not be built.
    pub sharing: Option<Sharing>,
    /// What ended the rendering early, in words (time limit, exhausted), if anything did.
    pub note: Option<String>,
    /// Time spent.
    pub took: Duration,
}

/// When the inputs fire.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// Start of the histogram.
    pub from: Option<Moment>,
    /// Length of the histogram in seconds.
    pub span_s: u64,
    /// Timestamps per bucket, in time order.
    pub buckets: Vec<u64>,
    /// True when some of them are expected numbers (of a random input, or scaled up from samples), not
    /// counted ones.
    pub estimated: bool,
    /// True when the limits cut the counting short: the histogram is not complete.
    pub truncated: bool,
    /// The next timestamps from `from` on, with the index of their input.
    pub next: Vec<(Moment, u16)>,
    /// Plugin names of the inputs, by index.
    pub inputs: Vec<String>,
    /// What is known of each input, by index.
    pub parts: Vec<Part>,
    /// The first timestamp of the whole schedule.
    pub first: Option<Moment>,
    /// The last one; `None` when the schedule has no end, or it cannot be told in advance.
    pub last: Option<Moment>,
    /// Number of timestamps of the whole schedule; `None` as for `last`.
    pub total: Option<u64>,
    /// Why nothing fires, in words, when nothing does.
    pub nothing: Option<String>,
    /// Why a live run gives none of this, in words, when all of it lies in the past.
    pub skipped: Option<String>,
}

/// One input of a schedule.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Timestamps within the histogram.
    pub count: u64,
    /// Its share of [`Schedule::buckets`]; empty when it adds nothing.
    pub buckets: Vec<u64>,
    /// True when that is an expected number.
    pub estimated: bool,
    /// Its first timestamp.
    pub first: Option<Moment>,
    /// Its last one; `None` when it has no end, or that cannot be told in advance.
    pub last: Option<Moment>,
    /// Number of all its timestamps; `None` as for `last`.
    pub total: Option<u64>,
    /// Why it has no timestamp, in words, when it has none.
    pub nothing: Option<String>,
    /// Tags that each of its timestamps has.
    pub tags: Vec<Arc<str>>,
}

impl Schedule {
    /// Timestamps within the histogram.
    pub fn count(&self) -> u64 {
        self.buckets
            .iter()
            .fold(0, |sum, &one| sum.saturating_add(one))
    }

    /// Mean number of timestamps a second over the histogram.
    pub fn rate(&self) -> f64 {
        self.count() as f64 / self.span_s.max(1) as f64
    }
}

/// One timestamp's worth of events, or why there are none.
#[derive(Clone, Debug)]
pub struct PreviewEvent {
    /// When.
    pub at: Moment,
    /// Template alias, when the source has them.
    pub alias: Option<Arc<str>>,
    /// Tags of the input.
    pub tags: Vec<Arc<str>>,
    /// The event as it is to be shown, or what went wrong.
    pub text: Result<String, PreviewFailure>,
    /// Number of its timestamp, counted from 0.
    pub number: usize,
    /// Index among the events of its timestamp.
    pub part: usize,
    /// Index of its input.
    pub input: u16,
    /// Time that rendering it took; the events of one timestamp share it evenly.
    pub took: Duration,
    /// Why what was rendered is not JSON, when it is meant to be.
    pub fault: Option<Fault>,
}

/// Where something that is meant to be JSON is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub message: String,
    /// Byte offset in the event as rendered.
    pub at: usize,
    /// Line and column there, from 1.
    pub line: usize,
    /// See `line`.
    pub column: usize,
    /// True when the offset is one in the text that is shown, too.
    pub shown: bool,
    /// The line of the template that wrote it, where that is known.
    pub place: Option<Place>,
}

/// Why an event is missing.
#[derive(Clone, Debug)]
pub enum PreviewFailure {
    /// The template dropped it.
    Dropped,
    /// Rendering failed.
    Render(Box<EventError>),
    /// It rendered (first text) but the formatter refused it (second).
    Format(String, String),
}

#[cfg(test)]
mod tests;
mod words;
