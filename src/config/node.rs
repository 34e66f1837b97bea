//! The spanned tree of a YAML document, resolved as YAML 1.1 (PyYAML) resolves it.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

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
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where, in the text as the user wrote it (tokens included).
    pub span: Span,
    /// What.
    pub tree: Tree,
    /// True when a secret's value went into it; such a node is never printed.
    pub secret: bool,
}

impl Node {
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
