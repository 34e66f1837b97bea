//! Source text to tokens, with Jinja2's whitespace control.

use crate::template::hints;
use std::rc::Rc;

use num_bigint::BigInt;

use super::unescape::unescape;
use super::{Fault, Parsed};
use crate::template::{Span, Value};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok {
    Text(Rc<str>),
    VarBegin,
    VarEnd,
    BlockBegin,
    BlockEnd,
    Name(Rc<str>),
    Int(Value),
    Float(f64),
    Str(Rc<str>),
    Op(&'static str),
    Eof,
}

impl Tok {
    /// As a message shows it.
    pub fn describe(&self) -> String {
        match self {
            Self::Text(_) => "text".into(),
            Self::VarBegin => "'{{'".into(),
            Self::VarEnd => "'}}'".into(),
            Self::BlockBegin => "'{%'".into(),
            Self::BlockEnd => "'%}'".into(),
            Self::Name(name) => format!("'{name}'"),
            Self::Int(number) => format!("number {}", number.text()),
            Self::Float(number) => format!("number {number}"),
            Self::Str(_) => "a string".into(),
            Self::Op(op) => format!("'{op}'"),
            Self::Eof => "end of template".into(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Token {
    pub tok: Tok,
    pub span: Span,
}

const OPERATORS: [&str; 28] = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";", "!", "@",
];

/// All tokens of a normalized text, ending with [`Tok::Eof`].
pub(super) fn tokenize(source: &str) -> Parsed<Vec<Token>> {
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::new(),
    };
    lexer.run()?;
    Ok(lexer.tokens)
}

fn is_space(one: char) -> bool {
    one.is_whitespace() || ('\x1c'..='\x1f').contains(&one)
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    tokens: Vec<Token>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, tok: Tok, start: usize) {
        let span = Span::new(start, self.at);
        self.tokens.push(Token { tok, span });
    }

    fn run(&mut self) -> Parsed<()> {
        loop {
            let start = self.at;
            let Some(open) = self.next_open() else {
                let text = self.rest();
                self.at = self.source.len();
                self.text(text, start);
                self.push(Tok::Eof, self.at);
                return Ok(());
            };
            let before = self.source.get(start..open).unwrap_or_default();
            self.at = open + 2;
            let sign = self.rest().chars().next();
            let before = if sign == Some('-') {
                before.trim_end_matches(is_space)
            } else {
                before
            };
            self.text(before, start);
            if matches!(sign, Some('-' | '+')) {
                self.at += 1;
            }
            match self.source.as_bytes().get(open + 1) {
                Some(b'#') => self.comment(open)?,
                Some(b'{') => {
                    self.push(Tok::VarBegin, open);
                    self.code("}}", Tok::VarEnd, open)?;
                }
                _ if self.raw(open)? => {}
                _ => {
                    self.push(Tok::BlockBegin, open);
                    self.code("%}", Tok::BlockEnd, open)?;
                }
            }
        }
    }

    fn next_open(&self) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut from = self.at;
        loop {
            let open = from + memchr::memchr(b'{', bytes.get(from..)?)?;
            if matches!(bytes.get(open + 1), Some(b'{' | b'%' | b'#')) {
                return Some(open);
            }
            from = open + 1;
        }
    }

    fn text(&mut self, text: &str, start: usize) {
        if !text.is_empty() {
            let span = Span::new(start, start + text.len());
            self.tokens.push(Token {
                tok: Tok::Text(Rc::from(text)),
                span,
            });
        }
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_space).len();
    }

    fn comment(&mut self, open: usize) -> Parsed<()> {
        let Some(close) = self.rest().find("#}") else {
            return Err(Fault::new(
                Span::new(open, open + 2),
                "comment is not closed",
            ));
        };
        let trim = self
            .rest()
            .get(..close)
            .is_some_and(|text| text.ends_with('-'));
        self.at += close + 2;
        if trim {
            self.skip_spaces();
        }
        Ok(())
    }

    /// `{% raw %}...{% endraw %}`, when this is one.
    fn raw(&mut self, open: usize) -> Parsed<bool> {
        let Some((length, trim)) = tag_named(self.rest(), "raw") else {
            return Ok(false);
        };
        self.at += length;
        if trim {
            self.skip_spaces();
        }
        let start = self.at;
        let mut from = self.at;
        while let Some(found) = self.source.get(from..).and_then(|rest| rest.find("{%")) {
            let end = from + found;
            let inner = self.source.get(end + 2..).unwrap_or_default();
            let signed = inner.strip_prefix(['-', '+']).unwrap_or(inner);
            let sign = inner.len() - signed.len();
            if let Some((length, trim)) = tag_named(signed, "endraw") {
                let mut text = self.source.get(start..end).unwrap_or_default();
                if inner.starts_with('-') {
                    text = text.trim_end_matches(is_space);
                }
                self.text(text, start);
                self.at = end + 2 + sign + length;
                if trim {
                    self.skip_spaces();
                }
                return Ok(true);
            }
            from = end + 2;
        }
        let message = "raw block is not closed: 'endraw' is missing";
        Err(Fault::new(Span::new(open, self.at), message))
    }

    /// Tokens up to a closing delimiter.
    fn code(&mut self, close: &str, end: Tok, open: usize) -> Parsed<()> {
        let mut brackets: Vec<&'static str> = Vec::new();
        loop {
            self.skip_spaces();
            let start = self.at;
            let rest = self.rest();
            if rest.is_empty() {
                let message = format!("'{close}' is missing");
                return Err(Fault::new(Span::new(open, open + 2), message));
            }
            if brackets.is_empty() {
                let signed = rest.strip_prefix(['-', '+']);
                let sign = rest.chars().next();
                let plus_ends = end == Tok::BlockEnd;
                if rest.starts_with(close) {
                    self.at += close.len();
                    self.push(end, start);
                    return Ok(());
                }
                if signed.is_some_and(|rest| rest.starts_with(close))
                    && (sign == Some('-') || plus_ends)
                {
                    self.at += close.len() + 1;
                    self.push(end, start);
                    if sign == Some('-') {
                        self.skip_spaces();
                    }
                    return Ok(());
                }
            }
            self.token(&mut brackets)?;
        }
    }

    fn token(&mut self, brackets: &mut Vec<&'static str>) -> Parsed<()> {
        let start = self.at;
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_ascii_digit() {
            return self.number();
        }
        if first == '_' || first.is_alphabetic() {
            let name = rest
                .find(|one: char| one != '_' && !one.is_alphanumeric())
                .map_or(rest, |end| rest.get(..end).unwrap_or_default());
            self.at += name.len();
            self.push(Tok::Name(Rc::from(name)), start);
            return Ok(());
        }
        if first == '"' || first == '\'' {
            return self.string(first);
        }
        let Some(op) = OPERATORS.iter().find(|op| rest.starts_with(**op)) else {
            let span = Span::new(start, start + first.len_utf8());
            let fault = Fault::new(span, format!("unexpected character '{first}'"));
            return Err(match hints::character(first) {
                Some(hint) => fault.help(hint),
                None => fault,
            });
        };
        self.at += op.len();
        self.bracket(op, start, brackets)?;
        self.push(Tok::Op(op), start);
        Ok(())
    }

    fn bracket(
        &self,
        op: &'static str,
        start: usize,
        brackets: &mut Vec<&'static str>,
    ) -> Parsed<()> {
        let span = Span::new(start, self.at);
        match op {
            "(" => brackets.push(")"),
            "[" => brackets.push("]"),
            "{" => brackets.push("}"),
            ")" | "]" | "}" => match brackets.pop() {
                Some(expected) if expected == op => {}
                Some(expected) => {
                    let message = format!("unexpected '{op}', expected '{expected}'");
                    return Err(Fault::new(span, message));
                }
                None => return Err(Fault::new(span, format!("unexpected '{op}'"))),
            },
            "!" | "@" => {
                let fault = Fault::new(span, format!("unexpected character '{op}'"));
                return Err(match op {
                    "!" => fault.help("write `not x`, or `a != b`"),
                    _ => fault,
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn number(&mut self) -> Parsed<()> {
        let start = self.at;
        let rest = self.rest();
        let after_dot = start > 0 && self.source.as_bytes().get(start - 1) == Some(&b'.');
        if !after_dot && let Some(length) = float_length(rest) {
            self.at += length;
            let digits = rest.get(..length).unwrap_or_default().replace('_', "");
            let number = digits.parse().unwrap_or(0.0);
            self.push(Tok::Float(number), start);
            return Ok(());
        }
        let (length, digits, radix) = int_parts(rest);
        self.at += length;
        let big = BigInt::parse_bytes(digits.as_bytes(), radix).unwrap_or_default();
        self.push(Tok::Int(Value::big(big)), start);
        Ok(())
    }

    fn string(&mut self, quote: char) -> Parsed<()> {
        let start = self.at;
        let body = self.rest().get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = body.char_indices().find(|(_, one)| {
            let ends = *one == quote && !escaped;
            escaped = *one == '\\' && !escaped;
            ends
        });
        let Some((end, _)) = end else {
            let message = "string is not closed";
            return Err(Fault::new(Span::new(start, start + 1), message));
        };
        self.at += end + 2;
        let raw = body.get(..end).unwrap_or_default();
        let text = unescape(raw).map_err(|message| {
            let span = Span::new(start, self.at);
            Fault::new(span, message)
        })?;
        self.push(Tok::Str(Rc::from(text)), start);
        Ok(())
    }
}

/// `\s*name\s*(-%}|\+?%})`: its length, and whether the whitespace after it goes.
fn tag_named(rest: &str, name: &str) -> Option<(usize, bool)> {
    let inner = rest.trim_start_matches(is_space).strip_prefix(name)?;
    let inner = inner.trim_start_matches(is_space);
    let (after, trim) = match inner.strip_prefix("-%}") {
        Some(after) => (after, true),
        None => (
            inner
                .strip_prefix('+')
                .unwrap_or(inner)
                .strip_prefix("%}")?,
            false,
        ),
    };
    Some((rest.len() - after.len(), trim))
}

/// Length of `\d` digits with single underscores between them.
fn digits_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
        if bytes.get(at) == Some(&b'_') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
    }
    at
}

fn float_length(text: &str) -> Option<usize> {
    let whole = digits_length(text);
    let mut end = whole;
    let rest = text.get(end..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = digits_length(fraction);
        if digits > 0 {
            end += 1 + digits;
        }
    }
    let rest = text.get(end..)?;
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits_length(digits);
        if length > 0 {
            end += 1 + (exponent.len() - digits.len()) + length;
        }
    }
    (end > whole).then_some(end)
}

/// Length, digits and radix of an integer at the start of a text that starts with a digit.
fn int_parts(text: &str) -> (usize, String, u32) {
    let prefix = text.get(..2).unwrap_or_default().to_ascii_lowercase();
    let radix = match prefix.as_str() {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => 10,
    };
    let start = if radix == 10 { 0 } else { 2 };
    let bytes = text.as_bytes();
    let is_digit = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|byte| char::from(*byte).is_digit(radix))
    };
    let mut end = start;
    let mut zeros = true;
    loop {
        let at = if bytes.get(end) == Some(&b'_') && is_digit(end + 1) {
            end + 1
        } else {
            end
        };
        if !is_digit(at) {
            break;
        }
        // `010` is the two numbers 0 and 10, which no grammar rule accepts.
        if radix == 10 && zeros && end > 0 && bytes.get(at) != Some(&b'0') {
            break;
        }
        zeros = zeros && bytes.get(at) == Some(&b'0');
        end = at + 1;
    }
    if end == start {
        return (1, "0".to_owned(), 10);
    }
    let digits = text.get(start..end).unwrap_or_default().replace('_', "");
    (end, digits, radix)
}
