//! `json` and `json-batch`: a streaming re-printer. It checks the text against RFC 8259 and changes
//! nothing but the white space between tokens: numbers, escapes, key order and duplicates stay.
//!
//! No tree is built: the text is scanned once, and stretches that are already laid out as wanted are
//! copied whole.

use std::fmt;

use crate::batch::EventBatch;

use super::formatted::{FormatFailure, Formatted, Reason};

/// Deepest nesting of arrays and objects; deeper events are refused.
const MAX_DEPTH: usize = 10_000;

/// Longest text that indenting may make of one event: deep nesting makes it grow with the square.
const MAX_INDENTED: usize = 256 << 20;

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

/// One item per valid event.
pub(super) fn each(batch: &EventBatch, indent: usize, separator: &[u8], out: &mut Formatted) {
    out.buffer().reserve(batch.byte_len());
    for (index, event) in batch.iter().enumerate() {
        match print(event, indent, 0, out.buffer()) {
            Ok(()) => out.commit(separator, 1),
            Err(error) => out.fail(failure(index, error), 1),
        }
    }
}

/// One array of all valid events; nothing at all when none is valid.
pub(super) fn joined(batch: &EventBatch, indent: usize, separator: &[u8], out: &mut Formatted) {
    let mut valid = 0;
    for (index, event) in batch.iter().enumerate() {
        let before = out.buffer().len();
        out.buffer()
            .extend_from_slice(if valid == 0 { b"[" } else { b"," });
        match (valid, indent) {
            (_, 1..) => newline(out.buffer(), indent),
            (0, 0) => {}
            _ => out.buffer().push(b' '),
        }
        match print(event, indent, 1, out.buffer()) {
            Ok(()) => valid += 1,
            Err(error) => {
                out.buffer().truncate(before);
                out.note(failure(index, error), 1);
            }
        }
    }
    if valid == 0 {
        return;
    }
    if indent > 0 {
        newline(out.buffer(), 0);
    }
    out.buffer().push(b']');
    out.commit(separator, valid);
}

fn failure(index: usize, error: JsonError) -> FormatFailure {
    FormatFailure {
        event: Some(index),
        reason: Reason::Json(error),
    }
}

/// Appends `text` re-spaced to `out`; with `indent` 0 on one line, otherwise with that many spaces per
/// level.
///
/// # Errors
/// When `text` is not JSON; `out` then holds a part of it.
pub fn reprint(text: &[u8], indent: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    print(text, indent, 0, out)
}

fn print(text: &[u8], indent: usize, level: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    out.reserve(text.len());
    let limit = out.len().saturating_add(MAX_INDENTED);
    Printer {
        text,
        at: 0,
        run: 0,
        indent,
        level,
        limit,
        open: Open::default(),
        out,
    }
    .document()
}

fn newline(out: &mut Vec<u8>, spaces: usize) {
    out.push(b'\n');
    out.resize(out.len() + spaces, b' ');
}

/// The open arrays (false) and objects (true), as bits: 64 levels in a register, deeper ones behind.
#[derive(Default)]
struct Open {
    bits: u64,
    depth: usize,
    deeper: Vec<u64>,
}

impl Open {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.deeper.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.bits >>= 1;
        if self.depth > 0
            && self.depth.is_multiple_of(64)
            && let Some(bits) = self.deeper.pop()
        {
            self.bits = bits;
        }
    }

    fn in_object(&self) -> bool {
        self.bits & 1 == 1
    }
}

struct Printer<'a> {
    text: &'a [u8],
    /// Next byte to look at.
    at: usize,
    /// Start of the stretch that is checked and not yet copied.
    run: usize,
    indent: usize,
    /// Levels around the text (1 inside a batch's array).
    level: usize,
    limit: usize,
    open: Open,
    out: &'a mut Vec<u8>,
}

impl Printer<'_> {
    fn document(mut self) -> Result<(), JsonError> {
        self.at = self.next_token();
        self.run = self.at;
        loop {
            if self.value()? {
                continue;
            }
            if !self.after_value()? {
                break;
            }
        }
        self.flush();
        let rest = self.next_token();
        if rest < self.text.len() {
            return Err(error(JsonErrorKind::Trailing, rest + 1));
        }
        Ok(())
    }

    /// Reads a scalar (false) or opens a container and goes to its first value (true).
    #[inline]
    fn value(&mut self) -> Result<bool, JsonError> {
        match self.peek(self.at)? {
            b'"' => self.string()?,
            b'{' => return self.container(true),
            b'[' => return self.container(false),
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.literal(b"rue")?,
            b'f' => self.literal(b"alse")?,
            b'n' => self.literal(b"ull")?,
            _ => return Err(error(JsonErrorKind::Character, self.at)),
        }
        Ok(false)
    }

    #[inline]
    fn container(&mut self, object: bool) -> Result<bool, JsonError> {
        if self.open.depth >= MAX_DEPTH {
            return Err(error(JsonErrorKind::Depth, self.at));
        }
        self.at += 1;
        let next = self.next_token();
        let close = if object { b'}' } else { b']' };
        if self.peek(next)? == close {
            self.skip_to(next);
            self.at += 1;
            return Ok(false);
        }
        self.open.push(object);
        self.level += 1;
        self.line(next, false)?;
        if object {
            self.key()?;
        }
        Ok(true)
    }

    /// Goes to the next value of the containers around, closing those that end; false at the end of
    /// the document.
    #[inline]
    fn after_value(&mut self) -> Result<bool, JsonError> {
        while self.open.depth > 0 {
            let object = self.open.in_object();
            let next = self.next_token();
            let found = self.peek(next)?;
            let close = if object { b'}' } else { b']' };
            if found == b',' {
                self.skip_to(next);
                self.at += 1;
                return self.after_comma(object, close);
            }
            if found != close {
                let kind = if object {
                    JsonErrorKind::CommaOrBrace
                } else {
                    JsonErrorKind::CommaOrBracket
                };
                return Err(error(kind, next));
            }
            self.level -= 1;
            self.line(next, false)?;
            self.at += 1;
            self.open.pop();
        }
        Ok(false)
    }

    #[inline]
    fn after_comma(&mut self, object: bool, close: u8) -> Result<bool, JsonError> {
        let next = self.next_token();
        if self.peek(next)? == close {
            let kind = if object {
                JsonErrorKind::CommaInObject
            } else {
                JsonErrorKind::CommaInArray
            };
            return Err(error(kind, next));
        }
        self.line(next, true)?;
        if object {
            self.key()?;
        }
        Ok(true)
    }

    #[inline]
    fn key(&mut self) -> Result<(), JsonError> {
        if self.peek(self.at)? != b'"' {
            return Err(error(JsonErrorKind::Quote, self.at));
        }
        self.string()?;
        let colon = self.next_token();
        if self.peek(colon)? != b':' {
            return Err(error(JsonErrorKind::Colon, colon));
        }
        self.skip_to(colon);
        self.at += 1;
        let next = self.next_token();
        self.peek(next)?;
        self.space(next, true);
        Ok(())
    }

    /// Puts a line break or, on one line, a blank or nothing before the token at `next`.
    #[inline]
    fn line(&mut self, next: usize, blank: bool) -> Result<(), JsonError> {
        if self.indent == 0 {
            self.space(next, blank);
            return Ok(());
        }
        self.flush();
        let spaces = self.indent.saturating_mul(self.level);
        if self.out.len().saturating_add(spaces) > self.limit {
            return Err(error(JsonErrorKind::Length, self.at));
        }
        newline(self.out, spaces);
        self.at = next;
        self.run = next;
        Ok(())
    }

    /// Puts a blank or nothing between here and the token at `next`; text that has it so already
    /// stays part of the stretch.
    #[inline]
    fn space(&mut self, next: usize, blank: bool) {
        let as_wanted = if blank {
            next == self.at + 1 && self.text.get(self.at) == Some(&b' ')
        } else {
            next == self.at
        };
        if !as_wanted {
            self.flush();
            if blank {
                self.out.push(b' ');
            }
            self.run = next;
        }
        self.at = next;
    }

    #[inline]
    fn skip_to(&mut self, next: usize) {
        self.space(next, false);
    }

    /// Copies the stretch up to here.
    #[inline]
    fn flush(&mut self) {
        self.out
            .extend_from_slice(self.text.get(self.run..self.at).unwrap_or_default());
        self.run = self.at;
    }

    /// Offset of the next byte that is not white space.
    #[inline]
    fn next_token(&self) -> usize {
        match self.text.get(self.at) {
            Some(b' ' | b'\n' | b'\r' | b'\t') => blanks_end(self.text, self.at + 1),
            _ => self.at,
        }
    }

    #[inline]
    fn peek(&self, at: usize) -> Result<u8, JsonError> {
        self.text
            .get(at)
            .copied()
            .ok_or(error(JsonErrorKind::Truncated, at))
    }

    fn literal(&mut self, rest: &[u8]) -> Result<(), JsonError> {
        let start = self.at + 1;
        let found = self
            .text
            .get(start..start + rest.len())
            .ok_or(error(JsonErrorKind::Truncated, start))?;
        if found != rest {
            return Err(error(JsonErrorKind::Character, start));
        }
        self.at = start + rest.len();
        Ok(())
    }

    #[inline]
    fn number(&mut self) -> Result<(), JsonError> {
        let byte = |at: usize| self.text.get(at).copied().unwrap_or(0);
        let digits = |mut at: usize| {
            while byte(at).is_ascii_digit() {
                at += 1;
            }
            at
        };
        let mut at = self.at;
        if byte(at) == b'-' {
            at += 1;
        }
        match byte(at) {
            b'0' => {
                at += 1;
                if byte(at).is_ascii_digit() {
                    return Err(error(JsonErrorKind::Number, at));
                }
            }
            b'1'..=b'9' => at = digits(at),
            _ => return Err(error(JsonErrorKind::Character, at)),
        }
        if byte(at) == b'.' {
            at = some(digits(at + 1), at + 1)?;
        }
        if matches!(byte(at), b'e' | b'E') {
            at += 1;
            if matches!(byte(at), b'+' | b'-') {
                at += 1;
            }
            at = some(digits(at), at)?;
        }
        self.at = at;
        Ok(())
    }

    #[inline]
    fn string(&mut self) -> Result<(), JsonError> {
        let mut at = self.at + 1;
        loop {
            at = plain_until(self.text, at);
            match self.peek(at)? {
                b'"' => {
                    self.at = at + 1;
                    return Ok(());
                }
                b'\\' => at = self.escape(at)?,
                _ => return Err(error(JsonErrorKind::Character, at)),
            }
        }
    }

    /// Checks the escape whose backslash stands at `at`; gives the offset behind it.
    fn escape(&self, at: usize) -> Result<usize, JsonError> {
        match self.peek(at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 2),
            b'u' => self.unicode(at + 2),
            _ => Err(error(JsonErrorKind::Escape, at + 1)),
        }
    }

    fn unicode(&self, at: usize) -> Result<usize, JsonError> {
        let (first, next) = self.hex(at)?;
        match first {
            0xDC00..=0xDFFF => Err(error(JsonErrorKind::Surrogate, next)),
            0xD800..=0xDBFF => {
                if self.text.len() - next < 6 {
                    return Err(error(JsonErrorKind::Truncated, next));
                }
                if self.text.get(next..next + 2) != Some(b"\\u") {
                    return Err(error(JsonErrorKind::HexEscape, next));
                }
                let (second, end) = self.hex(next + 2)?;
                if (0xDC00..=0xDFFF).contains(&second) {
                    Ok(end)
                } else {
                    Err(error(JsonErrorKind::Surrogate, end))
                }
            }
            _ => Ok(next),
        }
    }

    fn hex(&self, at: usize) -> Result<(u32, usize), JsonError> {
        let digits = self
            .text
            .get(at..at + 4)
            .ok_or(error(JsonErrorKind::Truncated, at))?;
        let mut code = 0;
        for (index, &digit) in digits.iter().enumerate() {
            let value = char::from(digit)
                .to_digit(16)
                .ok_or(error(JsonErrorKind::UnicodeEscape, at + index + 1))?;
            code = code << 4 | value;
        }
        Ok((code, at + 4))
    }
}

const fn error(kind: JsonErrorKind, byte: usize) -> JsonError {
    JsonError { kind, byte }
}

/// `end` when at least one digit was read from `start`.
fn some(end: usize, start: usize) -> Result<usize, JsonError> {
    if end > start {
        Ok(end)
    } else {
        Err(error(JsonErrorKind::Number, start))
    }
}

/// Offset of the first byte from `at` on that is not white space; indentation is skipped eight
/// blanks at a time.
#[inline]
fn blanks_end(text: &[u8], mut at: usize) -> usize {
    const BLANKS: [u8; 8] = [b' '; 8];
    while text.get(at..).and_then(<[u8]>::first_chunk::<8>) == Some(&BLANKS) {
        at += 8;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// Offset of the next quote, backslash or control character, eight bytes at a time.
#[inline]
fn plain_until(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let found = special(u64::from_le_bytes(*chunk));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = text.get(at) {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            break;
        }
        at += 1;
    }
    at
}

/// The high bit of each byte that is a quote, a backslash or a control character. Borrows can only
/// mark bytes above the first hit wrongly, and only the first one is used.
#[inline]
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let slash = word ^ (ONES * b'\\' as u64);
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(quote) | zero(slash) | control) & HIGH
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn printed(text: &str, indent: usize) -> Result<String, String> {
        let mut out = Vec::new();
        reprint(text.as_bytes(), indent, &mut out)
            .map(|()| String::from_utf8(out).unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_text_already_laid_out_is_copied_as_it_is() {
        let text = r#"{"a": [1, 2, {"b": []}], "c": {}, "d": "x\u0041é"}"#;
        assert_eq!(printed(text, 0).unwrap(), text);
    }

    #[test]
    fn nesting_beyond_64_levels_keeps_track_of_what_is_open() {
        let text = format!("{}1{}", "[{\"a\": ".repeat(100), "}]".repeat(100));
        assert_eq!(printed(&text, 0).unwrap(), text);
        let crossed = format!("{}1{}", "[".repeat(65), "}".repeat(65));
        assert!(printed(&crossed, 0).is_err());
    }

    #[test]
    fn nesting_without_end_is_an_error_and_no_crash() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(
            printed(&deep, 0).unwrap_err(),
            "JSON is nested too deeply (byte 10000)"
        );
        assert!(printed(&deep, usize::MAX).is_err());
    }

    #[test]
    fn special_bytes_are_found_at_every_offset_of_a_word() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for offset in 0..20 {
                let mut text = vec![b'\x7f'; 24];
                text[offset] = special;
                assert_eq!(plain_until(&text, 0), offset);
                text[..offset].fill(0xff);
                assert_eq!(plain_until(&text, 0), offset);
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_parser_on_what_is_json_and_what_it_means(text in r#"[\[\]{},:"a1e.+\- \\nul]{0,24}"#) {
            let ours = printed(&text, 0);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            match &ours {
                Ok(printed) => {
                    if let (Ok(a), Ok(b)) = (&theirs, serde_json::from_str::<serde_json::Value>(printed)) {
                        prop_assert_eq!(a, &b);
                    } else {
                        // The parser alone refuses numbers beyond a float's range.
                        prop_assert!(theirs.unwrap_err().to_string().contains("out of range"));
                    }
                }
                Err(_) => prop_assert!(theirs.is_err()),
            }
        }

        #[test]
        fn printing_twice_changes_nothing(depth in 0usize..6, width in 1usize..4, indent in 0usize..5) {
            let mut value = serde_json::json!(["x", 1, null, {}]);
            for _ in 0..depth {
                value = serde_json::json!({"k": vec![value; width.min(2)]});
            }
            let once = printed(&value.to_string(), indent).unwrap();
            prop_assert_eq!(printed(&once, indent).unwrap(), once);
        }
    }
}
