//! What goes wrong in a template: what, where (through includes, imports and macros), why, what to do.

use std::fmt;
use std::rc::Rc;

use super::Value;

/// A stretch of a source text, in bytes; `end` is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Span {
    /// A span from two byte offsets.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// The span from the start of one to the end of another.
    pub(crate) fn to(self, other: Self) -> Self {
        Self {
            start: self.start,
            end: other.end.max(self.start),
        }
    }
}

/// A place in a template file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the template, as it was given to the engine.
    pub file: Rc<str>,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Line of the position after the last character.
    pub end_line: u32,
    /// Column of the position after the last character.
    pub end_column: u32,
}

impl Place {
    /// The place of a span in a source text.
    pub(crate) fn of(file: &Rc<str>, source: &str, span: Span) -> Self {
        let (line, column) = position(source, span.start);
        let (end_line, end_column) = position(source, span.end);
        Self {
            file: Rc::clone(file),
            line,
            column,
            end_line,
            end_column,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

fn position(source: &str, at: u32) -> (u32, u32) {
    let mut at = usize::try_from(at).unwrap_or(usize::MAX).min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = source.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (clamp(line), clamp(column))
}

/// What kind of problem it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not a template.
    Syntax,
    /// A template, filter, test, module or function that does not exist.
    NotFound,
    /// Something undefined was used where a value is needed.
    Undefined,
    /// A value of the wrong type, or arguments that do not fit.
    Type,
    /// A value of the right type that does not do.
    Value,
    /// A step, output, size or recursion limit was reached.
    Limit,
    /// Reading a template failed.
    Io,
    /// Not a problem: a host function asked to stop rendering, see [`Error::signal`].
    Signal,
}

/// A request of a host function to end the render; passes through the template untouched.
#[derive(Clone, Debug)]
pub struct Signal {
    /// What is asked for; chosen by the host.
    pub name: &'static str,
    /// What belongs to it.
    pub argument: Value,
}

/// A problem in a template. Cheap to pass around.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    trace: Vec<Place>,
    signal: Option<Signal>,
}

impl Error {
    /// A problem; `message` is one sentence without a final period.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            trace: Vec::new(),
            signal: None,
        }))
    }

    /// A value of the wrong type.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Type, message)
    }

    /// A value of the right type that does not do.
    pub fn value_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// Something undefined was used.
    pub fn undefined(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Undefined, message)
    }

    /// A limit was reached.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Limit, message)
    }

    /// A request to end the render, for host functions.
    pub fn from_signal(name: &'static str, argument: Value) -> Self {
        let mut error = Self::new(ErrorKind::Signal, name);
        error.0.signal = Some(Signal { name, argument });
        error
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Suggests the nearest of `candidates` to `name`, if one is near.
    #[must_use]
    pub fn suggest<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, candidates) {
            Some(near) => {
                let help = format!("did you mean `{near}`?");
                self.help(help)
            }
            None => self,
        }
    }

    /// What kind it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is wrong and why, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Where: innermost place first, then the calls, imports and includes that led there.
    pub fn places(&self) -> &[Place] {
        &self.0.trace
    }

    /// The request a host function made, when this is one.
    pub fn signal(&self) -> Option<&Signal> {
        self.0.signal.as_ref()
    }

    /// Adds an outer place.
    #[must_use]
    pub(crate) fn at(mut self, place: impl FnOnce() -> Place) -> Self {
        // Deep recursion would otherwise repeat the same line hundreds of times.
        const MOST_PLACES: usize = 16;
        if self.0.signal.is_none() && self.0.trace.len() < MOST_PLACES {
            self.0.trace.push(place());
        }
        self
    }

    /// Adds a place when there is none yet.
    #[must_use]
    pub(crate) fn at_first(self, place: impl FnOnce() -> Place) -> Self {
        if self.0.trace.is_empty() {
            self.at(place)
        } else {
            self
        }
    }
}

/// The nearest of `candidates` to `name`, when it is near enough to be a slip of the fingers.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let most = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.0.trace.first() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.message)?;
        for place in self.0.trace.iter().skip(1) {
            write!(f, ", from {place}")?;
        }
        if let Some(help) = &self.0.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
