//! Decoding a mapping by its schema: dotted keys, closed fields, coercions, bounds.

use std::path::Path;

use super::coerce::{self, sample};
use super::dotted::Entries;
use super::{Diagnostic, Diagnostics, Files, Node, Place, Scalar, Schema, Span, Tree};

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
    /// The document's block `calendars`, where it has one.
    pub calendars: Option<&'a Node>,
    /// Path of the setting being decoded, such as `input[0].cron`.
    pub setting: String,
}

impl Context<'_> {
    /// Reports an error at a span of this file, under the current setting.
    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        let problem = Diagnostic::error(message, Some(self.place(span)));
        self.push(problem);
    }

    /// Reports an error with what to do about it.
    pub fn error_help(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let problem = Diagnostic::error(message, Some(self.place(span))).help(help);
        self.push(problem);
    }

    /// Reports a warning with what to do about it.
    pub fn warn(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let problem = Diagnostic::warning(message, Some(self.place(span))).help(help);
        self.push(problem);
    }

    /// Runs `inner` with `segment` (`.name` or `[i]`) added to the setting's path.
    pub fn within<T>(&mut self, segment: &str, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.setting.len();
        let segment = if before == 0 {
            segment.trim_start_matches('.')
        } else {
            segment
        };
        self.setting.push_str(segment);
        let result = inner(self);
        self.setting.truncate(before);
        result
    }

    /// Number of errors so far; compare before and after to know whether a part was sound.
    pub fn errors(&self) -> usize {
        self.diagnostics.errors()
    }

    /// A span of this file as a place.
    pub fn place(&self, span: Span) -> Place {
        Place {
            path: self.path.into(),
            span: Some(span),
        }
    }

    fn push(&mut self, problem: Diagnostic) {
        self.diagnostics.push(problem.setting(self.setting.clone()));
    }
}

/// A mapping that was checked against its schema: every value present has its declared kind.
#[derive(Debug)]
pub struct Section {
    /// Where the mapping stands.
    pub span: Span,
    entries: Vec<(&'static str, Node)>,
}

impl Section {
    /// Checks `node` against `schema`: expands dotted keys where the schema has sections, reports
    /// unknown keys (with near names), missing ones, wrong kinds and bounds. `None` when anything
    /// was wrong.
    pub fn open(node: &Node, schema: &'static Schema, cx: &mut Context<'_>) -> Option<Self> {
        let before = cx.errors();
        let Some(map) = node.as_map() else {
            cx.error_help(
                node.span,
                format!(
                    "`{}` takes a mapping of options, not {}",
                    schema.name,
                    node.describe()
                ),
                if node.is_null() {
                    "write `{}` when there is nothing to set"
                } else {
                    "write `option: value` lines below it"
                },
            );
            return None;
        };
        let mut entries = Entries::default();
        for (key, value) in map {
            entries.add(key, value, schema, cx);
        }
        for field in schema.fields {
            if field.required && !entries.has(field.name) && !entries.rejected(field.name) {
                cx.error_help(
                    first_line(node.span),
                    format!("`{}` needs the option `{}`", schema.name, field.name),
                    field.doc,
                );
            }
        }
        let mut checked = Vec::new();
        for (field, node) in entries.finish() {
            if node.unknown && !coerce::takes_text(&field.kind) {
                // Its value is not known yet: as if not given, or any value of its kind.
                if field.required {
                    checked.push((field.name, sample(&field.kind, node)));
                }
                continue;
            }
            let value = cx.within(&format!(".{}", field.name), |cx| {
                coerce::check(&field.kind, node, cx)
            });
            if let Some(value) = value {
                checked.push((field.name, value));
            }
        }
        (cx.errors() == before).then_some(Self {
            span: node.span,
            entries: checked,
        })
    }

    /// The node of an option that was given (null included).
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.entries
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, node)| node)
    }

    /// True when the option was given, even as null.
    pub fn has(&self, name: &str) -> bool {
        self.node(name).is_some()
    }

    /// A boolean option, coerced.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.scalar(name)? {
            Scalar::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// An integer option, coerced. `None` when absent or null; so for all that follow.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.scalar(name)? {
            Scalar::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// A float option, coerced.
    pub fn float(&self, name: &str) -> Option<f64> {
        match self.scalar(name)? {
            Scalar::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// A text option.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.node(name)?.as_str()
    }

    /// The texts of a list of strings; empty when absent.
    pub fn strings(&self, name: &str) -> Vec<String> {
        self.node(name)
            .and_then(Node::as_seq)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    /// A nested section, opened with its schema.
    pub fn section(
        &self,
        name: &str,
        schema: &'static Schema,
        cx: &mut Context<'_>,
    ) -> Option<Section> {
        let node = self.node(name).filter(|node| !node.is_null())?;
        cx.within(&format!(".{name}"), |cx| Self::open(node, schema, cx))
    }

    fn scalar(&self, name: &str) -> Option<&Scalar> {
        match &self.node(name)?.tree {
            Tree::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }
}

/// The first line's part of a span that may have more: enough to point at a mapping.
fn first_line(span: Span) -> Span {
    if span.end.line == span.start.line {
        return span;
    }
    let mut end = span.start;
    end.column += 1;
    Span {
        start: span.start,
        end,
    }
}
