//! What options a section has. One table serves decoding, `evtui schema`, completion and hover help.

use super::{Context, Node};

/// The options of a section (a plugin, a formatter, a part of one). Sections are closed: other keys
/// are errors.
#[derive(Debug)]
pub struct Schema {
    /// Name as users write or read it, such as `cron`.
    pub name: &'static str,
    /// One or two sentences: what it does.
    pub doc: &'static str,
    /// Its options.
    pub fields: &'static [Field],
}

/// One option.
#[derive(Debug)]
pub struct Field {
    /// Key in the document.
    pub name: &'static str,
    /// What it accepts.
    pub kind: Kind,
    /// Missing is an error.
    pub required: bool,
    /// The default as YAML text, for documentation; empty when there is none.
    pub default: &'static str,
    /// One or two sentences: what it does, unit, range.
    pub doc: &'static str,
}

impl Field {
    /// An option that must be given.
    pub const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self {
            name,
            kind,
            required: true,
            default: "",
            doc,
        }
    }

    /// An option with a default (YAML text).
    pub const fn optional(
        name: &'static str,
        kind: Kind,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            required: false,
            default,
            doc,
        }
    }
}

/// What an option accepts, with the coercions of `spec/engine.md` section 2.5.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Boolean and its accepted spellings.
    Bool,
    /// Integer within inclusive bounds.
    Int(i64, i64),
    /// Float with a lower bound: inclusive.
    FloatMin(f64),
    /// Float with a lower bound: exclusive.
    FloatAbove(f64),
    /// Any float.
    Float,
    /// Text; strings only.
    Str,
    /// Text of at least one character.
    NonEmpty,
    /// A path, relative to the project's folder or absolute.
    Path,
    /// One of these texts, exactly.
    Enum(&'static [&'static str]),
    /// A list of that many or more items, each of a kind.
    List(&'static Kind, usize),
    /// A free-form mapping with string keys; keys stay literal.
    Map,
    /// Any value, taken as it is.
    Any,
    /// A closed section of its own.
    Section(&'static Schema),
    /// Decided by a function that reports to the context; for unions.
    Custom(fn(&Node, &mut Context<'_>)),
    /// The same kind, or null.
    OrNull(&'static Kind),
}

impl std::fmt::Display for Kind {
    /// What it accepts, in a few words: `integer from 1 to 65535`, `stdout | stderr`. Nothing for what
    /// only its documentation can tell.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool => f.write_str("true | false"),
            Self::Int(i64::MIN, i64::MAX) => f.write_str("integer"),
            Self::Int(low, i64::MAX) => write!(f, "integer from {low}"),
            Self::Int(low, high) => write!(f, "integer from {low} to {high}"),
            Self::Float => f.write_str("number"),
            Self::FloatMin(low) => write!(f, "number from {low}"),
            Self::FloatAbove(low) => write!(f, "number above {low}"),
            Self::Str | Self::NonEmpty => f.write_str("text"),
            Self::Path => f.write_str("path"),
            Self::Enum(names) => f.write_str(&names.join(" | ")),
            Self::List(item, 0) => write!(f, "list of: {item}"),
            Self::List(item, _) => write!(f, "list, not empty, of: {item}"),
            Self::Map => f.write_str("mapping"),
            Self::Section(_) => f.write_str("options of its own"),
            Self::OrNull(kind) => kind.fmt(f),
            Self::Any | Self::Custom(_) => Ok(()),
        }
    }
}
