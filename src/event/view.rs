//! What a plugin shows of itself at design time: its templates, samples and state as plain data.

use std::ops::Range;
use std::sync::Arc;

use crate::config::Place;
use crate::time::Moment;

/// What the options of a plugin say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// Templates in order.
    pub entries: Vec<OutlineEntry>,
    /// True when the shares are those of declared weights, not of the mode alone.
    pub weighted: bool,
}

/// A template of an [`Outline`].
#[derive(Clone, Debug, PartialEq)]
pub struct OutlineEntry {
    /// Its alias.
    pub alias: Arc<str>,
    /// Its file, relative to the project's folder, or absolute.
    pub file: String,
    /// Share of the events that it shall have, 0 to 1; `None` when that cannot be told in advance.
    pub share: Option<f64>,
}

/// Which rows of which sample are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleWish {
    /// The sample; the first when it is absent or there is none of that name.
    pub name: Option<String>,
    /// First row, counted from 0.
    pub from: usize,
    /// Most rows.
    pub most: usize,
}

/// A sample in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleInfo {
    /// Its name.
    pub name: String,
    /// `items`, `csv` or `json`.
    pub kind: &'static str,
    /// Its file, relative to the project's folder, or absolute.
    pub file: Option<String>,
    /// Number of rows; `None` when it cannot be read.
    pub rows: Option<usize>,
    /// Why it cannot be read: words and place.
    pub problem: Option<(String, Option<Place>)>,
}

/// Rows of a sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Names of the columns, such as `_0` when the data does not name them.
    pub columns: Vec<String>,
    /// Whether they come from the data.
    pub header: bool,
    /// Index of the first row that is here.
    pub from: usize,
    /// Cells as text, by row.
    pub rows: Vec<Vec<String>>,
    /// Sums of the columns that hold nothing but numbers from 0 up, over all rows.
    pub sums: Vec<Option<f64>>,
    /// Columns by which templates choose rows with weights.
    pub weights: Vec<String>,
}

/// One scope of a source's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateScope {
    /// `shared`, `globals`, or `locals` and the alias behind a dot.
    pub name: String,
    /// Keys and their values as JSON; what JSON has no form for is a text as Python prints it.
    pub entries: Vec<(String, String)>,
}

/// One step into a nested value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// The entry of a mapping whose key prints so.
    Key(String),
    /// The item of a list, counted from 0.
    Index(usize),
}

/// A text to render as a template would.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'t> {
    /// The template's text.
    pub text: &'t str,
    /// Whose variables and locals it sees; the first template's when there is none of that alias.
    pub alias: Option<&'t str>,
    /// Its timestamp.
    pub at: Moment,
    /// Its tags.
    pub tags: &'t [Arc<str>],
}

impl Trial<'_> {
    /// The file that places in the text itself name.
    pub const FILE: &'static str = "expression";
}

/// Bytes of an event and the line of a template that wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenBy {
    /// Bytes of the event.
    pub bytes: Range<usize>,
    /// The template file, relative to the project's folder.
    pub file: Arc<str>,
    /// Its line, counted from 1. A statement of several lines counts for its first.
    pub line: u32,
}
