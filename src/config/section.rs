//! Decoding a mapping by its schema: dotted keys, closed fields, coercions, bounds.

use std::path::Path;

use super::{Diagnostics, Files, Node, Schema, Span};

/// What decoding needs and where it reports to.
#[derive(Debug)]
pub struct Context<'a> {
    /// All problems so far.
    pub diagnostics: &'a mut Diagnostics,
    /// The file the nodes come from.
    pub path: &'a Path,
    /// The project's folder (absolute).
    pub base: &'a Path,
    /// Reads files that options name.
    pub files: &'a dyn Files,
    /// Path of the setting being decoded, such as `input[0].cron`.
    pub setting: String,
}

impl Context<'_> {
    /// Reports an error at a span of this file, under the current setting.
    pub fn error(&mut self, _span: Span, _message: impl Into<String>) {
        todo!()
    }

    /// Reports an error with what to do about it.
    pub fn error_help(
        &mut self,
        _span: Span,
        _message: impl Into<String>,
        _help: impl Into<String>,
    ) {
        todo!()
    }

    /// Reports a warning with what to do about it.
    pub fn warn(&mut self, _span: Span, _message: impl Into<String>, _help: impl Into<String>) {
        todo!()
    }

    /// Runs `inner` with `segment` (`.name` or `[i]`) added to the setting's path.
    pub fn within<T>(&mut self, _segment: &str, _inner: impl FnOnce(&mut Self) -> T) -> T {
        todo!()
    }

    /// Number of errors so far; compare before and after to know whether a part was sound.
    pub fn errors(&self) -> usize {
        todo!()
    }
}

/// A mapping that was checked against its schema: every value present has its declared kind.
#[derive(Debug)]
pub struct Section {
    /// Where the mapping stands.
    pub span: Span,
    #[expect(dead_code, reason = "filled by the decoder")]
    entries: Vec<(&'static str, Node)>,
}

impl Section {
    /// Checks `node` against `schema`: expands dotted keys where the schema has sections, reports
    /// unknown keys (with near names), missing ones, wrong kinds and bounds. `None` when anything
    /// was wrong.
    pub fn open(_node: &Node, _schema: &'static Schema, _cx: &mut Context<'_>) -> Option<Self> {
        todo!()
    }

    /// The node of an option that was given (null included).
    pub fn node(&self, _name: &str) -> Option<&Node> {
        todo!()
    }

    /// True when the option was given, even as null.
    pub fn has(&self, name: &str) -> bool {
        self.node(name).is_some()
    }

    /// A boolean option, coerced.
    pub fn bool(&self, _name: &str) -> Option<bool> {
        todo!()
    }

    /// An integer option, coerced. `None` when absent or null; so for all that follow.
    pub fn int(&self, _name: &str) -> Option<i64> {
        todo!()
    }

    /// A float option, coerced.
    pub fn float(&self, _name: &str) -> Option<f64> {
        todo!()
    }

    /// A text option.
    pub fn str(&self, _name: &str) -> Option<&str> {
        todo!()
    }

    /// The texts of a list of strings; empty when absent.
    pub fn strings(&self, _name: &str) -> Vec<String> {
        todo!()
    }

    /// A nested section, opened with its schema.
    pub fn section(
        &self,
        _name: &str,
        _schema: &'static Schema,
        _cx: &mut Context<'_>,
    ) -> Option<Section> {
        todo!()
    }
}
