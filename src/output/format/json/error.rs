//! Why a text is not JSON, in the words of the reference.

use std::fmt;

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// Byte offset; meaningless for truncated input.
    pub byte: usize,
}

/// What is wrong with a text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonErrorKind {
    /// The text ends too early.
    Truncated,
    /// No value can start here, or a control character in a string.
    Character,
    /// A malformed number.
    Number,
    /// Something follows the value.
    Trailing,
    /// `[1,]`.
    CommaInArray,
    /// `{"a":1,}`.
    CommaInObject,
    /// A comma or the end of the array is missing.
    CommaOrBracket,
    /// A comma or the end of the object is missing.
    CommaOrBrace,
    /// No colon after a key.
    Colon,
    /// A key that is not a string.
    Quote,
    /// A backslash before the wrong character.
    Escape,
    /// A `\u` escape with something that is no hex digit.
    UnicodeEscape,
    /// Half a surrogate pair.
    Surrogate,
    /// A high surrogate without a second escape.
    HexEscape,
    /// Nested too deeply.
    Depth,
    /// Indenting it would make it too long.
    Length,
}

impl JsonErrorKind {
    /// The words for it, without the position.
    pub fn text(self) -> &'static str {
        match self {
            Self::Truncated => "Input data was truncated",
            Self::Character => "JSON is malformed: invalid character",
            Self::Number => "JSON is malformed: invalid number",
            Self::Trailing => "JSON is malformed: trailing characters",
            Self::CommaInArray => "JSON is malformed: trailing comma in array",
            Self::CommaInObject => "JSON is malformed: trailing comma in object",
            Self::CommaOrBracket => "JSON is malformed: expected ',' or ']'",
            Self::CommaOrBrace => "JSON is malformed: expected ',' or '}'",
            Self::Colon => "JSON is malformed: expected ':'",
            Self::Quote => "JSON is malformed: expected '\"'",
            Self::Escape => "JSON is malformed: invalid escaped character",
            Self::UnicodeEscape => "JSON is malformed: invalid character in unicode escape",
            Self::Surrogate => "JSON is malformed: invalid utf-16 surrogate pair",
            Self::HexEscape => "JSON is malformed: unexpected end of hex escape",
            Self::Depth => "JSON is nested too deeply",
            Self::Length => "indenting makes the JSON too long",
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.text())?;
        if self.kind == JsonErrorKind::Truncated {
            return Ok(());
        }
        write!(f, " (byte {})", self.byte)
    }
}

/// An error at a byte offset.
pub(super) const fn error(kind: JsonErrorKind, byte: usize) -> JsonError {
    JsonError { kind, byte }
}
