//! JSON texts with the places of their parts: for trees, for the place of a fault, for statistics.

use std::ops::Range;

/// Deeper than this a text is taken for unsound.
const DEEPEST: u16 = 256;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// `[...]`
    List,
    /// `{...}`
    Map,
}

impl Kind {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::Text => "text",
            Self::List => "list",
            Self::Map => "mapping",
        }
    }
}

/// A value in a text; values that it holds follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// How many values it lies in.
    pub depth: u16,
    /// Bytes of its key with the quotes, when it lies in a mapping.
    pub key: Option<Range<usize>>,
    /// Its number, when it lies in a list.
    pub index: Option<usize>,
    /// Bytes of the value.
    pub value: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// Number of values directly in it.
    pub items: usize,
    /// Index of the first node behind it and what it holds.
    pub end: usize,
}

/// Where and why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// Byte offset; the text's length when it ends too early.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads a text as one JSON value.
///
/// # Errors
/// Where it is not JSON, and why.
pub fn parse(text: &str) -> Result<Vec<Node>, JsonFault> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        nodes: Vec::new(),
    };
    reader.blank();
    reader.value(0, None, None)?;
    reader.blank();
    if reader.at < text.len() {
        return reader.fail("something follows the value");
    }
    Ok(reader.nodes)
}

/// Whether a text is meant to be JSON, going by how it begins and ends.
pub fn is_meant(text: &str) -> bool {
    let text = text.trim();
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    matches!(
        (chars.next(), chars.next()),
        (Some('{'), Some('"' | '}' | '\'') | None) | (Some('['), Some('{' | '[' | '"'))
    )
}

/// Line and column of a byte offset, from 1; columns count characters.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The way to a node, such as `user.roles[0]`; empty for the outermost value.
pub fn path(text: &str, nodes: &[Node], index: usize) -> String {
    let mut way = Vec::new();
    let mut at = Some(index);
    while let Some((index, node)) = at.and_then(|index| Some((index, nodes.get(index)?))) {
        way.push(node);
        let above = nodes.get(..index).unwrap_or_default();
        at = above
            .iter()
            .rposition(|one| one.depth < node.depth && one.end > index);
    }
    let mut out = String::new();
    for node in way.into_iter().rev() {
        match (&node.key, node.index) {
            (Some(key), _) => {
                let name = unquote(text.get(key.clone()).unwrap_or_default());
                let plain = name
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_-@".contains(c));
                if plain && !name.is_empty() {
                    out.push_str(if out.is_empty() { "" } else { "." });
                    out.push_str(&name);
                } else {
                    out.push_str(&format!("[{}]", serde_json::Value::from(name)));
                }
            }
            (None, Some(index)) => out.push_str(&format!("[{index}]")),
            (None, None) => {}
        }
    }
    out
}

/// What a quoted text says; the text itself when it cannot be read.
pub fn unquote(quoted: &str) -> String {
    serde_json::from_str(quoted).unwrap_or_else(|_| quoted.trim_matches('"').to_owned())
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fail<T>(&self, message: &str) -> Result<T, JsonFault> {
        let message = if self.at >= self.text.len() {
            format!("the text ends here, but {message}")
        } else {
            message.to_owned()
        };
        Err(JsonFault {
            at: self.at,
            message,
        })
    }

    fn value(
        &mut self,
        depth: u16,
        key: Option<Range<usize>>,
        index: Option<usize>,
    ) -> Result<(), JsonFault> {
        if depth > DEEPEST {
            return self.fail("it is nested too deeply");
        }
        let (own, start) = (self.nodes.len(), self.at);
        let kind = match self.peek() {
            Some(b'{') => Kind::Map,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        };
        self.nodes.push(Node {
            depth,
            key,
            index,
            value: start..start,
            kind,
            items: 0,
            end: own + 1,
        });
        let items = match kind {
            Kind::Map => self.map(depth)?,
            Kind::List => self.list(depth)?,
            Kind::Text => self.string().map(|()| 0)?,
            Kind::Number => self.number().map(|()| 0)?,
            Kind::Bool | Kind::Null => self.word().map(|()| 0)?,
        };
        let (end, at) = (self.nodes.len(), self.at);
        if let Some(node) = self.nodes.get_mut(own) {
            node.value = start..at;
            node.items = items;
            node.end = end;
        }
        Ok(())
    }

    fn map(&mut self, depth: u16) -> Result<usize, JsonFault> {
        self.at += 1;
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(0);
        }
        let mut items = 0;
        loop {
            let start = self.at;
            match self.peek() {
                Some(b'"') => self.string()?,
                Some(b'}') => return self.fail("a comma stands before the `}`"),
                Some(b'\'') => return self.fail("a key needs double quotes"),
                _ => return self.fail("a key in double quotes is expected"),
            }
            let key = start..self.at;
            self.blank();
            if self.peek() != Some(b':') {
                return self.fail("a `:` is expected behind the key");
            }
            self.at += 1;
            self.blank();
            self.value(depth + 1, Some(key), None)?;
            items += 1;
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return self.fail("a `,` or `}` is expected"),
            }
            self.blank();
        }
    }

    fn list(&mut self, depth: u16) -> Result<usize, JsonFault> {
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(0);
        }
        let mut items = 0;
        loop {
            if self.peek() == Some(b']') {
                return self.fail("a comma stands before the `]`");
            }
            self.value(depth + 1, None, Some(items))?;
            items += 1;
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return self.fail("a `,` or `]` is expected"),
            }
            self.blank();
        }
    }

    fn string(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => {
                    self.at = start;
                    return self.fail("this text has no closing quote");
                }
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(b'\n') => return self.fail("a text cannot go over a line end; write `\\n`"),
                Some(0..=31) => return self.fail("a control character needs an escape"),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonFault> {
        match self.bytes.get(self.at + 1) {
            Some(b'u') => {
                let hex = self.bytes.get(self.at + 2..self.at + 6);
                if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                    return self.fail("`\\u` needs four hex digits");
                }
                self.at += 6;
            }
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            _ => return self.fail("there is no such escape"),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
        ) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if is_number(text) {
            return Ok(());
        }
        self.at = start;
        match self.peek() {
            Some(b',' | b'}' | b']') | None => self.fail("a value is missing"),
            Some(b'\'') => self.fail("a text needs double quotes"),
            Some(b'T' | b'F' | b'N' | b'U') => {
                self.fail("no value begins so; `True`, `False` and `None` are not JSON")
            }
            _ => self.fail("no value begins so; a text needs double quotes"),
        }
    }

    fn word(&mut self) -> Result<(), JsonFault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for word in ["true", "false", "null"] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(());
            }
        }
        self.fail("no value begins so")
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    let (whole, part) = match mantissa.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && part.is_none_or(digits)
        && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_have_places_and_paths() {
        let text = r#" {"a": {"b c": [1, "x\n", {"d": null}]}, "e": true} "#;
        let nodes = parse(text).unwrap();
        let shown: Vec<(String, &str)> = (0..nodes.len())
            .map(|index| (path(text, &nodes, index), &text[nodes[index].value.clone()]))
            .collect();
        assert_eq!(shown[1].0, "a");
        assert_eq!(shown[2].0, "a[\"b c\"]");
        assert_eq!(shown[4], ("a[\"b c\"][1]".to_owned(), "\"x\\n\""));
        assert_eq!(shown[6], ("a[\"b c\"][2].d".to_owned(), "null"));
        assert_eq!(shown[7], ("e".to_owned(), "true"));
        assert_eq!(nodes[1].end, 7);
        assert_eq!(nodes[0].items, 2);
    }

    #[test]
    fn faults_have_a_place_and_a_reason() {
        for (text, at, words) in [
            ("{\"a\": 1,}", 8, "a comma stands before"),
            ("{\"a\" 1}", 5, "a `:` is expected"),
            ("{\"a\": }", 6, "a value is missing"),
            ("{\"a\": None}", 6, "not JSON"),
            ("{\"a\": 'x'}", 6, "double quotes"),
            ("{'a': 1}", 1, "a key needs double quotes"),
            ("{\"a\": \"x\ny\"}", 8, "line end"),
            ("[1 2]", 3, "`,` or `]`"),
            ("{\"a\": [1, 2}", 11, "`,` or `]`"),
            ("{\"a\": 1", 7, "the text ends here"),
            ("{\"a\": 01}", 6, "no value begins so"),
            ("{} {}", 3, "something follows"),
            ("{\"a\": \"x}", 6, "closing quote"),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.at, at, "{text}: {fault:?}");
            assert!(fault.message.contains(words), "{text}: {fault:?}");
        }
        assert_eq!(place("ab\ncäd", 6), (2, 3));
    }

    #[test]
    fn what_is_meant_as_json() {
        for text in ["{\"a\"", " { \"a\": 1}", "{}", "{", "[{\"a\": 1}", "{'a'"] {
            assert!(is_meant(text), "{text}");
        }
        for text in [
            "",
            "[12/Nov/2026] GET",
            "[notice] started",
            "{{ x",
            "<134>1",
            "{x}",
        ] {
            assert!(!is_meant(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_another_reader(text in "[\\[\\]{}:,\"a0-9.eE+ntrue \\\\u-]{0,24}") {
            let other = serde_json::from_str::<serde_json::Value>(&text);
            // Numbers that a float cannot hold are JSON all the same, and so is half a surrogate.
            let odd = other.as_ref().is_err_and(|error| {
                let words = error.to_string();
                words.contains("out of range") || words.contains("surrogate") || words.contains("hex escape")
            });
            prop_assert!(odd || parse(&text).is_ok() == other.is_ok(), "{text}: {:?}", parse(&text));
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            if let Err(fault) = parse(&text) {
                place(&text, fault.at);
            }
            is_meant(&text);
        }
    }
}
