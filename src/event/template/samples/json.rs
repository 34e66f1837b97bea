//! JSON to template values, with the place of a mistake: as Python reads it, so `NaN` and integers of
//! any size are fine, and of equal keys the last wins.

use num_bigint::BigInt;

use crate::config::Pos;
use crate::template::Value;

/// A mistake and where it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) at: Pos,
}

/// A parsed document: its outer list keeps the places of its items.
#[derive(Debug)]
pub(super) enum Document {
    List(Vec<(Pos, Value)>),
    Other(Value),
}

const DEEPEST: usize = 500;

/// Parses a document.
pub(super) fn parse(text: &str) -> Result<Document, Mistake> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    if text.starts_with('\u{FEFF}') {
        return Err(parser.mistake("the file starts with a byte order mark; save it without"));
    }
    parser.blanks();
    let document = if parser.peek() == Some(b'[') {
        Document::List(parser.outer_list()?)
    } else {
        Document::Other(parser.value()?)
    };
    parser.blanks();
    match parser.peek() {
        None => Ok(document),
        Some(_) => Err(parser.mistake("something follows behind the end of the document")),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn position(&self) -> Pos {
        let before = self.text.get(..self.at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        Pos {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    fn mistake(&self, message: impl Into<String>) -> Mistake {
        Mistake {
            message: message.into(),
            at: self.position(),
        }
    }

    fn found(&self, expected: &str) -> Mistake {
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            Some(c) => self.mistake(format!("expected {expected}, found `{}`", c.escape_debug())),
            None => self.mistake(format!("expected {expected}, found the end of the file")),
        }
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self
            .text
            .as_bytes()
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at += word.len();
        }
        found
    }

    fn outer_list(&mut self) -> Result<Vec<(Pos, Value)>, Mistake> {
        // Counting lines from the start for each item would be quadratic.
        let (mut line_start, mut line) = (0, 1_u32);
        let mut scanned = 0;
        let mut items = Vec::new();
        self.list(|parser| {
            for newline in memchr::memchr_iter(
                b'\n',
                parser
                    .text
                    .as_bytes()
                    .get(scanned..parser.at)
                    .unwrap_or_default(),
            ) {
                line += 1;
                line_start = scanned + newline + 1;
            }
            scanned = parser.at;
            let column = parser
                .text
                .get(line_start..parser.at)
                .unwrap_or_default()
                .chars()
                .count();
            let column = u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1);
            items.push((Pos { line, column }, parser.value()?));
            Ok(())
        })?;
        Ok(items)
    }

    fn list(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Mistake>,
    ) -> Result<(), Mistake> {
        self.at += 1;
        self.blanks();
        if self.eat("]") {
            return Ok(());
        }
        loop {
            self.blanks();
            item(self)?;
            self.blanks();
            if self.eat("]") {
                return Ok(());
            }
            if !self.eat(",") {
                return Err(self.found("`,` or `]`"));
            }
        }
    }

    fn value(&mut self) -> Result<Value, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.mistake(format!("values are nested deeper than {DEEPEST} levels")));
        }
        let value = match self.peek() {
            Some(b'"') => Value::from(self.string()?),
            Some(b'[') => {
                let mut items = Vec::new();
                self.list(|parser| {
                    items.push(parser.value()?);
                    Ok(())
                })?;
                Value::list(items)
            }
            Some(b'{') => self.object()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, Mistake> {
        let words = [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
        ];
        for (word, value) in words {
            if self.eat(word) {
                return Ok(value);
            }
        }
        Err(self.found("a value"))
    }

    fn object(&mut self) -> Result<Value, Mistake> {
        self.at += 1;
        let mut entries = Vec::new();
        self.blanks();
        if self.eat("}") {
            return Ok(Value::dict(entries));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.found("a key in double quotes"));
            }
            let key = self.string()?;
            self.blanks();
            if !self.eat(":") {
                return Err(self.found("`:`"));
            }
            self.blanks();
            entries.push((Value::from(key), self.value()?));
            self.blanks();
            if self.eat("}") {
                return Ok(Value::dict(entries));
            }
            if !self.eat(",") {
                return Err(self.found("`,` or `}`"));
            }
        }
    }

    fn number(&mut self) -> Result<Value, Mistake> {
        let start = self.at;
        if self.eat("-") && self.eat("Infinity") {
            return Ok(Value::Float(f64::NEG_INFINITY));
        }
        if !self.eat("0") && self.digits() == 0 {
            return Err(self.found("a digit"));
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.found("a digit"));
            }
            whole = false;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.found("a digit"));
            }
            whole = false;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if !whole {
            return Ok(Value::Float(text.parse().unwrap_or(f64::NAN)));
        }
        Ok(match text.parse() {
            Ok(small) => Value::Int(small),
            Err(_) => Value::big(text.parse::<BigInt>().unwrap_or_default()),
        })
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, Mistake> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            let plain = plain.unwrap_or(rest.len());
            out.push_str(self.text.get(self.at..self.at + plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(
                        self.mistake("a text cannot hold a raw control character; escape it")
                    );
                }
                None => return Err(self.mistake("a text is not closed")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Mistake> {
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let unit = self.hex4()?;
                return Ok(self.surrogates(unit));
            }
            _ => return Err(self.found("an escape such as \\n")),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex4(&mut self) -> Result<u32, Mistake> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let value = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'));
        match value {
            Some(value) => {
                self.at += 4;
                Ok(value)
            }
            None => Err(self.mistake("\\u needs four hexadecimal digits")),
        }
    }

    /// Joins a pair; half a pair alone has no text and becomes the replacement character.
    fn surrogates(&mut self, unit: u32) -> char {
        if (0xD800..0xDC00).contains(&unit) {
            let back = self.at;
            if self.eat("\\u") {
                match self.hex4() {
                    Ok(low @ 0xDC00..0xE000) => {
                        let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    }
                    _ => self.at = back,
                }
            }
        }
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn text(json: &str) -> String {
        match parse(json).unwrap() {
            Document::List(items) => {
                Value::list(items.into_iter().map(|(_, v)| v).collect()).repr()
            }
            Document::Other(value) => value.repr(),
        }
    }

    #[test]
    fn values_keep_their_types() {
        assert_eq!(
            text(
                r#" [1, -2.50, 1E-7, true, null, NaN, -Infinity, {"a": [], "a": {"b": "\u00e9\ud83d\ude80\n"}}] "#
            ),
            "[1, -2.5, 1e-07, True, None, nan, -inf, {'a': {'b': 'é🚀\\n'}}]"
        );
        assert_eq!(
            text("[123456789012345678901234567890]"),
            "[123456789012345678901234567890]"
        );
    }

    #[test]
    fn mistakes_have_places() {
        let at = |json: &str| {
            let mistake = parse(json).unwrap_err();
            (mistake.at.line, mistake.at.column)
        };
        assert_eq!(at("[1,\n  é]"), (2, 3));
        assert_eq!(at("[1 2]"), (1, 4));
        assert_eq!(at("{\"a\" 1}"), (1, 6));
        assert_eq!(at("[\"abc"), (1, 6));
        assert_eq!(at(""), (1, 1));
        assert_eq!(at("[01]"), (1, 3));
        assert_eq!(at("[] x"), (1, 4));
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn items_know_their_lines() {
        let Document::List(items) = parse("[\n  1,\n  {\"a\": 2}, 3]").unwrap() else {
            panic!("no list");
        };
        let lines: Vec<_> = items
            .iter()
            .map(|(pos, _)| (pos.line, pos.column))
            .collect();
        assert_eq!(lines, [(2, 3), (3, 3), (3, 13)]);
    }
}
