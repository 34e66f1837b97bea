//! Texts of outputs that may differ from event to event: topics, keys, subjects, table names.
//!
//! A text without template marks is a constant and costs nothing per event. Others are templates over
//! `event` (parsed when it is JSON, else its text), `timestamp`, `tags` and `origin` (the template
//! alias), evaluated by the output's thread when it formats a batch.
//!
//! Knows nothing of what the texts are for.

mod path;
mod set;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::config::{Context, Node, Scalar, Section, Tree, names_help};
use crate::template::{Engine, Error};

use super::format::add_filters;

pub(super) use set::Row;
pub use set::{TextSet, Texts};

/// Names that templates of texts can use.
const NAMES: [&str; 4] = ["event", "timestamp", "tags", "origin"];

/// A checked text.
#[derive(Clone)]
pub struct TextConfig {
    text: String,
    /// Name of its option, for messages.
    name: String,
    /// It has template marks.
    marks: bool,
    non_empty: bool,
    secret: bool,
}

impl TextConfig {
    /// A text that is the same for all events, whatever is in it.
    pub fn constant(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            name: String::new(),
            marks: false,
            non_empty: false,
            secret: false,
        }
    }

    /// Decodes the option `name` of an output; `None` when it is absent, null or unsound (which is
    /// reported). Numbers and booleans become text.
    pub fn decode(section: &Section, name: &str, cx: &mut Context<'_>) -> Option<Self> {
        let node = section.node(name).filter(|node| !node.is_null())?;
        cx.within(&format!(".{name}"), |cx| Self::named(name, node, cx))
    }

    /// Decodes a value that is such a text; the caller has added its place to the context's setting.
    /// `None` when it is unsound, which is reported; null is.
    pub fn from_node(node: &Node, cx: &mut Context<'_>) -> Option<Self> {
        let name = cx.setting.rsplit('.').next().unwrap_or_default().to_owned();
        Self::named(&name, node, cx)
    }

    /// Decodes the option `name`, a mapping from names to such texts, in order. Empty when the option
    /// is absent or null, `None` when any of it is unsound, which is reported.
    pub fn decode_map(
        section: &Section,
        name: &str,
        cx: &mut Context<'_>,
    ) -> Option<Vec<(String, Self)>> {
        let Some(node) = section.node(name).filter(|node| !node.is_null()) else {
            return Some(Vec::new());
        };
        cx.within(&format!(".{name}"), |cx| Self::map(node, cx))
    }

    /// As [`TextConfig::decode_map`], of a value.
    pub fn map(node: &Node, cx: &mut Context<'_>) -> Option<Vec<(String, Self)>> {
        let Some(entries) = node.as_map() else {
            let message = format!(
                "expected a mapping of names to texts, not {}",
                node.describe()
            );
            cx.error_help(node.span, message, "write `name: text` lines below it");
            return None;
        };
        let mut made = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(name) = key.as_str() else {
                let message = format!("keys are text here, not {}", key.describe());
                cx.error_help(key.span, message, "put the key in quotes");
                continue;
            };
            let text = cx.within(&format!(".{name}"), |cx| Self::named(name, value, cx));
            made.extend(text.map(|text| (name.to_owned(), text)));
        }
        (made.len() == entries.len()).then_some(made)
    }

    fn named(name: &str, node: &Node, cx: &mut Context<'_>) -> Option<Self> {
        let Some(text) = text_of(node) else {
            let message = format!("expected text, not {}", node.describe());
            if node.is_null() {
                cx.error_help(node.span, message, "give a value or remove the option");
            } else {
                cx.error_help(
                    node.span,
                    message,
                    "give one text; it may be a template, such as `{{ event.id }}`",
                );
            }
            return None;
        };
        let marks = !node.unknown && ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark));
        let made = Self {
            text,
            name: name.to_owned(),
            marks,
            non_empty: false,
            secret: node.secret,
        };
        if !made.marks {
            return Some(made);
        }
        match engine().compile(name, &made.text) {
            Ok(template) => {
                unknown_names(&template.uses(), node, cx);
                Some(made)
            }
            Err(error) => {
                let message = format!("`{name}` is not a sound template: {}", words(&error));
                match error.help_text() {
                    Some(help) => cx.error_help(node.span, message, help),
                    None => cx.error(node.span, message),
                }
                None
            }
        }
    }

    /// Demands that the text is not empty: events for which it is fail.
    #[must_use]
    pub fn non_empty(mut self) -> Self {
        self.non_empty = true;
        self
    }

    /// The text, when it is the same for all events.
    pub fn as_constant(&self) -> Option<&str> {
        (!self.marks).then_some(&self.text)
    }
}

/// Two are the same when they give the same texts.
impl PartialEq for TextConfig {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.marks, self.non_empty) == (&other.text, other.marks, other.non_empty)
    }
}

impl Eq for TextConfig {}

impl fmt::Debug for TextConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: &str = if self.secret { "***" } else { &self.text };
        f.debug_tuple("TextConfig").field(&text).finish()
    }
}

/// What a value is as text.
fn text_of(node: &Node) -> Option<String> {
    match &node.tree {
        Tree::Scalar(Scalar::Str(text)) => Some(text.to_string()),
        Tree::Scalar(Scalar::Bool(flag)) => Some(flag.to_string()),
        Tree::Scalar(Scalar::Int(number)) => Some(number.to_string()),
        Tree::Scalar(Scalar::BigInt(digits)) => Some(digits.to_string()),
        Tree::Scalar(Scalar::Float(number)) => Some(format!("{number:?}")),
        _ => None,
    }
}

fn unknown_names(used: &[String], node: &Node, cx: &mut Context<'_>) {
    let engine = engine();
    for name in used {
        if !NAMES.contains(&name.as_str()) && engine.global_named(name).is_none() {
            cx.warn(
                node.span,
                format!("`{name}` is not defined here"),
                names_help(name, NAMES),
            );
        }
    }
}

/// An engine for templates that stand in no folder, so that they can include nothing.
pub(super) fn engine() -> Engine {
    let engine = Engine::new(|_: &str| None);
    add_filters(&engine);
    engine
}

/// The problem and its place in the text.
fn words(error: &Error) -> String {
    match error.places().first() {
        Some(place) if place.line > 1 => {
            let (line, column) = (place.line, place.column);
            format!("{} (line {line}, column {column})", error.message())
        }
        Some(place) => format!("{} (column {})", error.message(), place.column),
        None => error.message().to_owned(),
    }
}
