//! The layout: one scan that checks the text and copies it with other white space.

use super::error::{JsonError, JsonErrorKind, error};
use super::token;

/// Deepest nesting of arrays and objects; deeper events are refused.
const MAX_DEPTH: usize = 10_000;

/// Longest text that indenting may make of one event: deep nesting makes it grow with the square.
const MAX_INDENTED: usize = 256 << 20;

/// Appends `text` re-spaced to `out`, as if it stood inside `level` arrays.
pub(super) fn print(
    text: &[u8],
    indent: usize,
    level: usize,
    out: &mut Vec<u8>,
) -> Result<(), JsonError> {
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

/// Starts a line with that many blanks.
pub(super) fn newline(out: &mut Vec<u8>, spaces: usize) {
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
        self.at = token::next(self.text, self.at);
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
        let rest = token::next(self.text, self.at);
        if rest < self.text.len() {
            return Err(error(JsonErrorKind::Trailing, rest + 1));
        }
        Ok(())
    }

    /// Reads a scalar (false) or opens a container and goes to its first value (true).
    #[inline]
    fn value(&mut self) -> Result<bool, JsonError> {
        match token::peek(self.text, self.at)? {
            b'"' => self.at = token::string(self.text, self.at)?,
            b'{' => return self.container(true),
            b'[' => return self.container(false),
            b'-' | b'0'..=b'9' => self.at = token::number(self.text, self.at)?,
            b't' => self.at = token::literal(self.text, self.at, b"rue")?,
            b'f' => self.at = token::literal(self.text, self.at, b"alse")?,
            b'n' => self.at = token::literal(self.text, self.at, b"ull")?,
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
        let next = token::next(self.text, self.at);
        let close = if object { b'}' } else { b']' };
        if token::peek(self.text, next)? == close {
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
            let next = token::next(self.text, self.at);
            let found = token::peek(self.text, next)?;
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
        let next = token::next(self.text, self.at);
        if token::peek(self.text, next)? == close {
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
        if token::peek(self.text, self.at)? != b'"' {
            return Err(error(JsonErrorKind::Quote, self.at));
        }
        self.at = token::string(self.text, self.at)?;
        let colon = token::next(self.text, self.at);
        if token::peek(self.text, colon)? != b':' {
            return Err(error(JsonErrorKind::Colon, colon));
        }
        self.skip_to(colon);
        self.at += 1;
        let next = token::next(self.text, self.at);
        token::peek(self.text, next)?;
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
}
