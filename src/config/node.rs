//! The spanned tree of a YAML document, resolved as YAML 1.1 (PyYAML) resolves it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::Span;

/// A scalar as PyYAML's safe loader types it.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `~`, `null`, nothing.
    Null,
    /// `yes`, `off`, `true`, ...
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// A larger integer, as decimal digits with sign.
    BigInt(Arc<str>),
    /// A float, `.inf` and `.nan` included.
    Float(f64),
    /// Text.
    Str(Arc<str>),
    /// `2020-01-01`.
    Date(NaiveDate),
    /// A datetime without offset.
    DateTime(NaiveDateTime),
    /// A datetime with offset.
    DateTimeOffset(DateTime<FixedOffset>),
    /// `!!binary`.
    Bytes(Arc<[u8]>),
}

/// What stands at a place of the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A scalar.
    Scalar(Scalar),
    /// A sequence (`!!set` keys too).
    Seq(Vec<Node>),
    /// A mapping in document order, duplicate keys resolved (last wins), merge keys applied.
    Map(Vec<(Node, Node)>),
}

/// A value and where it stands.
#[derive(Clone, PartialEq)]
pub struct Node {
    /// Where, in the text as the user wrote it (tokens included).
    pub span: Span,
    /// What.
    pub tree: Tree,
    /// True when a secret's value went into it; such a node is never printed.
    pub secret: bool,
    /// True when a parameter or secret without value went into it (lenient loading, or reported
    /// already): it holds the token as text and its kind cannot be checked.
    pub unknown: bool,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Node");
        out.field("span", &self.span);
        if self.secret {
            out.field("tree", &"***")
        } else {
            out.field("tree", &self.tree)
        }
        .finish_non_exhaustive()
    }
}

impl Node {
    /// A value without secrets.
    pub fn new(span: Span, tree: Tree) -> Self {
        Self {
            span,
            tree,
            secret: false,
            unknown: false,
        }
    }

    /// The value for a message: short, and `***` for a secret.
    pub fn describe(&self) -> String {
        if self.secret {
            return "***".to_owned();
        }
        match &self.tree {
            Tree::Seq(_) => "a list".to_owned(),
            Tree::Map(_) => "a mapping".to_owned(),
            Tree::Scalar(scalar) => describe_scalar(scalar),
        }
    }

    /// Calls `visit` with this node and everything in it, keys too.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        visit(self);
        match &self.tree {
            Tree::Scalar(_) => {}
            Tree::Seq(items) => items.iter().for_each(|item| item.walk(visit)),
            Tree::Map(entries) => {
                for (key, value) in entries {
                    key.walk(visit);
                    value.walk(visit);
                }
            }
        }
    }

    /// Number of nodes, this one included.
    pub fn size(&self) -> usize {
        let mut count = 0;
        self.walk(&mut |_| count += 1);
        count
    }

    /// The value as JSON: dates and bytes as text, keys as text, numbers without a JSON form as text.
    pub fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Scalar(scalar) => scalar_json(scalar),
            Tree::Seq(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Tree::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.key_text(), value.to_json()))
                    .collect(),
            ),
        }
    }

    fn key_text(&self) -> String {
        match self.to_json() {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// The text, when it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.tree {
            Tree::Scalar(Scalar::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// The entries, when it is a mapping.
    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.tree {
            Tree::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, when it is a sequence.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.tree {
            Tree::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self.tree, Tree::Scalar(Scalar::Null))
    }

    /// The value under a string key, when it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?
            .iter()
            .find(|(name, _)| name.as_str() == Some(key))
            .map(|(_, value)| value)
    }
}

fn scalar_json(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(*value),
        Scalar::Int(value) => Value::from(*value),
        Scalar::BigInt(digits) => match digits.parse::<u64>() {
            Ok(value) => Value::from(value),
            Err(_) => Value::String(digits.to_string()),
        },
        Scalar::Float(value) => serde_json::Number::from_f64(*value)
            .map_or_else(|| Value::String(value.to_string()), Value::Number),
        Scalar::Str(text) => Value::String(text.to_string()),
        Scalar::Date(date) => Value::String(date.to_string()),
        Scalar::DateTime(at) => Value::String(at.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        Scalar::DateTimeOffset(at) => Value::String(at.to_rfc3339()),
        Scalar::Bytes(bytes) => {
            use base64::Engine as _;
            Value::String(base64::engine::general_purpose::STANDARD.encode(bytes))
        }
    }
}

fn describe_scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Null => "nothing (null)".to_owned(),
        Scalar::Bool(value) => format!("the boolean `{value}`"),
        Scalar::Int(value) => format!("the integer `{value}`"),
        Scalar::BigInt(value) => format!("the integer `{}`", shorten(value)),
        Scalar::Float(value) => format!("the number `{value:?}`"),
        Scalar::Str(text) => format!("`{}`", shorten(text)),
        Scalar::Date(date) => format!("the date `{date}`"),
        Scalar::DateTime(at) => format!("the date and time `{at}`"),
        Scalar::DateTimeOffset(at) => format!("the date and time `{at}`"),
        Scalar::Bytes(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// One line of at most 60 characters.
fn shorten(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(60)
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}
