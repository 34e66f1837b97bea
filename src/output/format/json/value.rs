//! JSON as values of the template language.

use super::token;
use super::walk;
use crate::template::Value;

/// Deeper nesting is not read: templates have no use for it.
const DEEPEST: usize = 400;

/// The value of a text; `None` when it is not JSON or nested too deeply. Numbers with a fraction or an
/// exponent are floats, others integers of any size; of equal keys the last one counts.
pub(in crate::output) fn parse(text: &[u8]) -> Option<Value> {
    let mut reader = Reader {
        text,
        at: token::next(text, 0),
    };
    let value = reader.value(0)?;
    (token::next(text, reader.at) == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        match token::peek(self.text, self.at).ok()? {
            b'"' => self.string(),
            b'{' if depth < DEEPEST => self.object(depth + 1),
            b'[' if depth < DEEPEST => self.array(depth + 1),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"rue", Value::Bool(true)),
            b'f' => self.word(b"alse", Value::Bool(false)),
            b'n' => self.word(b"ull", Value::None),
            _ => None,
        }
    }

    fn word(&mut self, rest: &[u8], value: Value) -> Option<Value> {
        self.at = token::literal(self.text, self.at, rest).ok()?;
        Some(value)
    }

    fn number(&mut self) -> Option<Value> {
        let end = token::number(self.text, self.at).ok()?;
        let digits = std::str::from_utf8(self.text.get(self.at..end)?).ok()?;
        self.at = end;
        if digits.contains(['.', 'e', 'E']) {
            return digits.parse().ok().map(Value::Float);
        }
        match digits.parse() {
            Ok(number) => Some(Value::Int(number)),
            Err(_) => digits.parse().ok().map(Value::big),
        }
    }

    fn string(&mut self) -> Option<Value> {
        let end = walk::string(self.text, self.at).ok()?;
        let inner = self.text.get(self.at + 1..end - 1)?;
        self.at = end;
        Some(Value::from(&*walk::unescaped(inner)))
    }

    /// True when the next token is that one, which is then passed.
    fn eat(&mut self, byte: u8) -> bool {
        self.at = token::next(self.text, self.at);
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.at += 1;
        if self.eat(b']') {
            return Some(Value::list(items));
        }
        loop {
            self.at = token::next(self.text, self.at);
            items.push(self.value(depth)?);
            if !self.eat(b',') {
                return self.eat(b']').then(|| Value::list(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut members = Vec::new();
        self.at += 1;
        if self.eat(b'}') {
            return Some(Value::dict(members));
        }
        loop {
            self.at = token::next(self.text, self.at);
            if self.text.get(self.at) != Some(&b'"') {
                return None;
            }
            let key = self.string()?;
            if !self.eat(b':') {
                return None;
            }
            self.at = token::next(self.text, self.at);
            members.push((key, self.value(depth)?));
            if !self.eat(b',') {
                return self.eat(b'}').then(|| Value::dict(members));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn text(json: &str) -> Option<String> {
        parse(json.as_bytes()).map(|value| value.repr().to_string())
    }

    #[test]
    fn values_have_python_s_types() {
        let json =
            r#" {"a": [1, 1.50, -0, 1e2, 123456789012345678901, true, null], "b": "x\u00e9"} "#;
        assert_eq!(
            text(json).unwrap(),
            "{'a': [1, 1.5, 0, 100.0, 123456789012345678901, True, None], 'b': 'xé'}"
        );
        assert_eq!(
            text(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap(),
            "{'a': 3, 'b': 2}"
        );
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(text(&format!("{}{}", "[".repeat(400), "]".repeat(400))).is_some());
        assert!(text(&format!("{}{}", "[".repeat(401), "]".repeat(401))).is_none());
    }

    proptest! {
        #[test]
        fn is_there_for_json_only(text in r#"[\[\]{},:"a1e.+\- \\nul]{0,24}"#) {
            let mut out = Vec::new();
            let sound = super::super::reprint(text.as_bytes(), 0, &mut out).is_ok();
            prop_assert_eq!(parse(text.as_bytes()).is_some(), sound);
        }
    }
}
