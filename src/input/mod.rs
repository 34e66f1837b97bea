//! Plugins that say when. One file a plugin; [`PLUGINS`] is the only place that names them all.
//!
//! Knows nothing of events, outputs, queues or threads.

mod arrival;
mod calendar;
mod calendars;
mod cron;
mod hours;
mod http;
mod linspace;
mod merge;
mod moment;
mod outside;
mod scatter;
mod static_;
mod time_patterns;
mod timer;
mod timestamps;
mod tree;
mod window;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use crate::config::{Context, Field, Files, Kind, Node, Schema, Section};
use crate::time::{Moment, Zone};

pub use calendars::{BLOCK, check_block};
pub use merge::Merge;
pub use moment::read_moment;
pub use outside::Outside;
pub use window::{Counts, Window};

/// A kind of input.
#[derive(Debug)]
pub struct InputPlugin {
    /// Its options; the schema's name is the plugin's name.
    pub schema: &'static Schema,
    /// Decodes and checks the options; reports to the context and gives `None` when they are unsound.
    pub decode: fn(&Node, &mut Context<'_>) -> Option<Box<dyn InputConfig>>,
}

/// All inputs.
pub static PLUGINS: &[InputPlugin] = &[
    InputPlugin {
        schema: &cron::SCHEMA,
        decode: cron::decode,
    },
    InputPlugin {
        schema: &timer::SCHEMA,
        decode: timer::decode,
    },
    InputPlugin {
        schema: &linspace::SCHEMA,
        decode: linspace::decode,
    },
    InputPlugin {
        schema: &timestamps::SCHEMA,
        decode: timestamps::decode,
    },
    InputPlugin {
        schema: &static_::SCHEMA,
        decode: static_::decode,
    },
    InputPlugin {
        schema: &time_patterns::SCHEMA,
        decode: time_patterns::decode,
    },
    InputPlugin {
        schema: &http::SCHEMA,
        decode: http::decode,
    },
    InputPlugin {
        schema: &arrival::SCHEMA,
        decode: arrival::decode,
    },
    InputPlugin {
        schema: &calendar::SCHEMA,
        decode: calendar::decode,
    },
];

/// Checked options of an input, from which a run's timestamps are made.
pub trait InputConfig: Send + Sync + Debug {
    /// Tags its timestamps carry.
    fn tags(&self) -> &[Arc<str>];

    /// Starts a fresh sequence. `now` is captured once per run.
    ///
    /// # Errors
    /// What the options' form could not show: an unreadable file, a range that ends before it starts.
    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError>;

    /// How many timestamps the sequence will give, where that can be told without generating them;
    /// `None` when it has no end, cannot start, or is too long to tell.
    fn count(&self, _env: &InputEnv<'_>) -> Option<u64> {
        None
    }

    /// Timestamps in a window of time, per bucket, where that can be told (or estimated) without
    /// generating every timestamp; `None` when the caller has to generate and count. The counts are those
    /// of the sequence that [`InputConfig::start`] gives for the same `env`.
    fn counts(&self, _env: &InputEnv<'_>, _window: &Window) -> Option<Counts> {
        None
    }

    /// For an input that is fed from outside: what it waits for, to be put behind "waits for". Its
    /// timestamps cannot be told in advance.
    fn waits_for(&self) -> Option<&'static str> {
        None
    }

    /// The last timestamp of the sequence, where that can be told without generating them; `None` when
    /// it has no end or none at all.
    fn last(&self, _env: &InputEnv<'_>) -> Option<Moment> {
        None
    }

    /// Why the sequence has no timestamp at all, in words for the user; asked only when it has none, and
    /// `None` where the plugin cannot tell.
    fn silence(&self, _env: &InputEnv<'_>) -> Option<String> {
        None
    }
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
    /// Makes what an input draws (`R` in cron) repeatable; give each input of a run another one with
    /// [`input_seed`].
    pub seed: Option<u64>,
    /// The run that inputs fed from outside work for. `None` where nothing runs (checks, previews): no
    /// port is opened then, and such an input ends with nothing.
    pub outside: Option<&'a Outside>,
}

/// The seed for the input at a position of a run with a seed.
pub fn input_seed(run_seed: Option<u64>, index: u16) -> Option<u64> {
    run_seed.map(|seed| seed ^ (u64::from(index) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// A sequence of timestamps, generated lazily with flat memory. In order of time, except where the
/// user listed them otherwise.
pub trait Input: Send + Debug {
    /// Appends up to `max` more timestamps to `out`. Fewer than `max` means that it ended.
    ///
    /// # Errors
    /// When generation cannot go on; what was appended before stays valid.
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError>;

    /// Leaves out timestamps before an instant (microseconds since the Unix epoch) where that is cheaper
    /// than generating them. May leave some in: the caller drops what is still too early.
    fn seek(&mut self, _instant_us: i64) {}

    /// True for an input that is fed from outside, as long as more may come. Each [`Input::fill`] of
    /// such an input gives what came in together (a request's timestamps, or the rest of them), due at
    /// once; nothing means nothing *now*, and [`Outside::wake`] is called when that changes.
    fn is_open(&self) -> bool {
        false
    }

    /// Takes nothing more from outside, at once. What came in before is still given; then it has ended.
    fn close(&mut self) {}
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

impl InputError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

const TAGS: Field = Field::optional(
    "tags",
    Kind::List(&Kind::Str, 0),
    "[]",
    "Words that templates see as `tags` with each of its timestamps.",
);

fn tags(section: &Section) -> Vec<Arc<str>> {
    section.strings("tags").into_iter().map(Arc::from).collect()
}

/// An option that was checked to be a positive integer.
fn positive(section: &Section, name: &str) -> Option<u64> {
    section
        .int(name)
        .and_then(|value| u64::try_from(value).ok())
}

#[cfg(test)]
mod testing;
