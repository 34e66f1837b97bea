//! Looking into an event source at design time: what made an event, and where rendering spends its
//! time.

use std::sync::Arc;
use std::time::Duration;

/// What a source shall note while it produces. Nothing by default, and then it costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inspect {
    /// Time and bytes of templates and lines, see [`Profile`].
    pub profile: bool,
    /// What made each event, see [`Explanation`].
    pub explain: bool,
}

/// What made the events of one timestamp.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Aliases of the templates that rendered, in order. A template that asked for another pick is in it.
    pub templates: Vec<Arc<str>>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Steps that are not kept, because there were too many.
    pub left_out: usize,
}

/// One thing that went into an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A row of a sample was chosen.
    Row {
        /// The sample's name.
        sample: String,
        /// The row's index, counted from 0.
        index: usize,
        /// What chose it, such as `pick`.
        by: String,
    },
    /// Something was drawn.
    Draw {
        /// The function, such as `rand.number.integer`.
        function: String,
        /// Its arguments, shortened.
        arguments: String,
        /// Its result, shortened.
        result: String,
    },
    /// A key of the state was read.
    Read {
        /// The scope (`shared`).
        scope: String,
        /// The key, shortened.
        key: String,
        /// What it held, shortened.
        value: String,
    },
    /// A key of the state was written or removed.
    Write {
        /// The scope.
        scope: String,
        /// The key, shortened.
        key: String,
        /// What it holds now, shortened; `None` when it was removed.
        value: Option<String>,
    },
}

/// Time and bytes of all templates, the slowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// One for each file that rendered.
    pub files: Vec<FileProfile>,
}

/// Time and bytes of one template file, without the files and macros of others that it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileProfile {
    /// Its name, relative to the project's folder.
    pub name: String,
    /// How often it or one of its macros was entered.
    pub entered: u64,
    /// Time in its lines.
    pub time: Duration,
    /// Bytes its lines wrote.
    pub bytes: u64,
    /// Its lines that ran, the slowest first.
    pub lines: Vec<LineProfile>,
}

/// Time and bytes of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineProfile {
    /// Counted from 1. A statement of several lines counts for its first.
    pub line: u32,
    /// How often it ran.
    pub runs: u64,
    /// Time in it.
    pub time: Duration,
    /// Bytes it wrote.
    pub bytes: u64,
}
