//! A forward look at JSON: where its parts are, without a tree. What is passed over is checked as
//! strictly as when it is printed.

use std::borrow::Cow;

use super::error::{JsonError, JsonErrorKind, error};
use super::printer::{MAX_DEPTH, Open};
use super::token;

/// Told of the white space between tokens.
pub(super) trait Gaps {
    /// There is some in these bytes of the text.
    fn gap(&mut self, from: usize, to: usize);
}

/// Nobody is told.
pub(super) struct Untold;

impl Gaps for Untold {
    fn gap(&mut self, _from: usize, _to: usize) {}
}

/// Copies what lies between the gaps.
struct Squeeze<'a> {
    text: &'a [u8],
    done: usize,
    out: &'a mut Vec<u8>,
}

impl Gaps for Squeeze<'_> {
    fn gap(&mut self, from: usize, to: usize) {
        let tokens = self.text.get(self.done..from).unwrap_or_default();
        self.out.extend_from_slice(tokens);
        self.done = to;
    }
}

/// Appends `text` without any white space between its tokens, which stay as they are.
///
/// # Errors
/// When `text` is not JSON; `out` is then as it was.
pub(in crate::output) fn compact(text: &[u8], out: &mut Vec<u8>) -> Result<(), JsonError> {
    let before = out.len();
    let start = token::next(text, 0);
    let mut squeeze = Squeeze {
        text,
        done: start,
        out,
    };
    let end = value(text, start, &mut squeeze).and_then(|end| ended(text, end).map(|()| end));
    match end {
        Ok(end) => {
            squeeze.gap(end, end);
            Ok(())
        }
        Err(error) => {
            out.truncate(before);
            Err(error)
        }
    }
}

/// What kind of value a piece of checked JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::output) enum JsonKind {
    /// `{...}`
    Object,
    /// `[...]`
    Array,
    /// `"..."`
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`
    Null,
}

/// The kind of a value whose text this is, without white space around it.
pub(in crate::output) fn kind(value: &[u8]) -> JsonKind {
    match value.first() {
        Some(b'{') => JsonKind::Object,
        Some(b'[') => JsonKind::Array,
        Some(b'"') => JsonKind::String,
        Some(b't' | b'f') => JsonKind::Bool,
        Some(b'n') | None => JsonKind::Null,
        Some(_) => JsonKind::Number,
    }
}

/// What a text is as a whole.
pub(in crate::output) enum Whole<'a> {
    /// An object, whose members have yet to be looked at and checked.
    Object(Members<'a>),
    /// Another value, checked; without white space around it.
    Other(&'a [u8]),
}

/// Looks at a text.
///
/// # Errors
/// When it is not JSON, as far as that can be seen; errors inside an object show with its members.
pub(in crate::output) fn whole(text: &[u8]) -> Result<Whole<'_>, JsonError> {
    let start = token::next(text, 0);
    if token::peek(text, start)? == b'{' {
        return Ok(Whole::Object(Members {
            text,
            at: start,
            state: State::New,
        }));
    }
    let end = value(text, start, &mut Untold)?;
    ended(text, end)?;
    Ok(Whole::Other(text.get(start..end).unwrap_or_default()))
}

/// Members of an object that is a whole text: key as it is written, without its quotes, and value.
/// Ends after an error; an object is sound only when all members were asked for.
#[derive(Clone)]
pub(in crate::output) struct Members<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Inside,
    Over,
}

/// A key without its quotes, and a value.
pub(in crate::output) type Member<'a> = (&'a [u8], &'a [u8]);

impl<'a> Iterator for Members<'a> {
    type Item = Result<Member<'a>, JsonError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = match self.state {
            State::New => self.open(),
            State::Inside => self.go_on(),
            State::Over => return None,
        };
        if !matches!(found, Ok(Some(_))) {
            self.state = State::Over;
        }
        found.transpose()
    }
}

impl<'a> Members<'a> {
    fn open(&mut self) -> Result<Option<Member<'a>>, JsonError> {
        self.state = State::Inside;
        let first = token::next(self.text, self.at + 1);
        if token::peek(self.text, first)? == b'}' {
            return self.close(first);
        }
        self.member(first).map(Some)
    }

    fn go_on(&mut self) -> Result<Option<Member<'a>>, JsonError> {
        let next = token::next(self.text, self.at);
        match token::peek(self.text, next)? {
            b'}' => self.close(next),
            b',' => {
                let next = token::next(self.text, next + 1);
                if token::peek(self.text, next)? == b'}' {
                    return Err(error(JsonErrorKind::CommaInObject, next));
                }
                self.member(next).map(Some)
            }
            _ => Err(error(JsonErrorKind::CommaOrBrace, next)),
        }
    }

    fn close(&mut self, at: usize) -> Result<Option<Member<'a>>, JsonError> {
        ended(self.text, at + 1).map(|()| None)
    }

    fn member(&mut self, at: usize) -> Result<Member<'a>, JsonError> {
        let (end, start) = key(self.text, at, &mut Untold)?;
        self.at = value(self.text, start, &mut Untold)?;
        let key = self.text.get(at + 1..end - 1).unwrap_or_default();
        let value = self.text.get(start..self.at).unwrap_or_default();
        Ok((key, value))
    }
}

/// Fails when something follows the value that ends at `end`.
fn ended(text: &[u8], end: usize) -> Result<(), JsonError> {
    let rest = token::next(text, end);
    if rest < text.len() {
        return Err(error(JsonErrorKind::Trailing, rest + 1));
    }
    Ok(())
}

/// End of the value that starts at `at`.
pub(super) fn value(text: &[u8], at: usize, gaps: &mut impl Gaps) -> Result<usize, JsonError> {
    let mut open = Open::default();
    let mut at = at;
    loop {
        let first = token::peek(text, at)?;
        if first == b'{' || first == b'[' {
            let (object, close) = (first == b'{', first + 2);
            if open.depth() >= MAX_DEPTH {
                return Err(error(JsonErrorKind::Depth, at));
            }
            at = blanks(text, at + 1, gaps);
            if token::peek(text, at)? != close {
                open.push(object);
                if object {
                    at = key(text, at, gaps)?.1;
                }
                continue;
            }
            at += 1;
        } else {
            at = scalar(text, at, first)?;
        }
        match after(text, at, &mut open, gaps)? {
            (next, true) => at = next,
            (end, false) => return Ok(end),
        }
    }
}

/// Goes to the next value (true) of the containers around, closing those that end; false when none is
/// left.
fn after(
    text: &[u8],
    mut at: usize,
    open: &mut Open,
    gaps: &mut impl Gaps,
) -> Result<(usize, bool), JsonError> {
    while open.depth() > 0 {
        let object = open.in_object();
        at = blanks(text, at, gaps);
        let found = token::peek(text, at)?;
        if found == b',' {
            at = blanks(text, at + 1, gaps);
            let next = token::peek(text, at)?;
            return match (object, next) {
                (true, b'}') => Err(error(JsonErrorKind::CommaInObject, at)),
                (false, b']') => Err(error(JsonErrorKind::CommaInArray, at)),
                (true, _) => Ok((key(text, at, gaps)?.1, true)),
                (false, _) => Ok((at, true)),
            };
        }
        let (close, wanted) = if object {
            (b'}', JsonErrorKind::CommaOrBrace)
        } else {
            (b']', JsonErrorKind::CommaOrBracket)
        };
        if found != close {
            return Err(error(wanted, at));
        }
        at += 1;
        open.pop();
    }
    Ok((at, false))
}

/// End of the key that starts at `at`, and where its value starts.
fn key(text: &[u8], at: usize, gaps: &mut impl Gaps) -> Result<(usize, usize), JsonError> {
    if token::peek(text, at)? != b'"' {
        return Err(error(JsonErrorKind::Quote, at));
    }
    let end = string(text, at)?;
    let colon = blanks(text, end, gaps);
    if token::peek(text, colon)? != b':' {
        return Err(error(JsonErrorKind::Colon, colon));
    }
    let next = blanks(text, colon + 1, gaps);
    token::peek(text, next)?;
    Ok((end, next))
}

fn scalar(text: &[u8], at: usize, first: u8) -> Result<usize, JsonError> {
    match first {
        b'"' => string(text, at),
        b'-' | b'0'..=b'9' => token::number(text, at),
        b't' => token::literal(text, at, b"rue"),
        b'f' => token::literal(text, at, b"alse"),
        b'n' => token::literal(text, at, b"ull"),
        _ => Err(error(JsonErrorKind::Character, at)),
    }
}

/// End of the string whose quote stands at `at`.
pub(super) fn string(text: &[u8], at: usize) -> Result<usize, JsonError> {
    let mut at = at + 1;
    loop {
        at = token::plain_end(text, at);
        match token::peek(text, at)? {
            b'"' => return Ok(at + 1),
            b'\\' => at = token::escape(text, at)?,
            _ => return Err(error(JsonErrorKind::Character, at)),
        }
    }
}

#[inline]
fn blanks(text: &[u8], at: usize, gaps: &mut impl Gaps) -> usize {
    let next = token::next(text, at);
    if next > at {
        gaps.gap(at, next);
    }
    next
}

/// The text that a checked string stands for; `inner` is what stands between its quotes.
pub(in crate::output) fn unescaped(inner: &[u8]) -> Cow<'_, str> {
    let plain = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let Some(first) = memchr::memchr(b'\\', inner) else {
        return Cow::Borrowed(plain(inner));
    };
    let mut out = plain(inner.get(..first).unwrap_or_default()).to_owned();
    let mut rest = inner.get(first..).unwrap_or_default();
    while let [b'\\', escape, tail @ ..] = rest {
        rest = tail;
        match escape {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let (code, tail) = unicode(rest);
                out.push(code);
                rest = tail;
            }
            other => out.push(char::from(*other)),
        }
        let next = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        let (before, behind) = rest.split_at(next);
        out.push_str(plain(before));
        rest = behind;
    }
    Cow::Owned(out)
}

/// The character whose four hex digits come first, with the second half of a pair, and the rest.
fn unicode(rest: &[u8]) -> (char, &[u8]) {
    let hex = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        u32::from_str_radix(digits, 16).unwrap_or(0xFFFD)
    };
    let (digits, tail) = rest.split_at(rest.len().min(4));
    let first = hex(digits);
    if (0xD800..0xDC00).contains(&first)
        && let [b'\\', b'u', a, b, c, d, tail @ ..] = tail
    {
        let second = hex(&[*a, *b, *c, *d]);
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second.wrapping_sub(0xDC00) & 0x3FF);
        return (char::from_u32(code).unwrap_or('\u{FFFD}'), tail);
    }
    (char::from_u32(first).unwrap_or('\u{FFFD}'), tail)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::super::reprint;
    use super::*;

    fn squeezed(text: &str) -> Result<String, JsonError> {
        let mut out = Vec::new();
        compact(text.as_bytes(), &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    fn members(text: &str) -> Result<Vec<(String, String)>, JsonError> {
        let owned = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        match whole(text.as_bytes())? {
            Whole::Object(members) => members
                .map(|member| member.map(|(key, value)| (owned(key), owned(value))))
                .collect(),
            Whole::Other(value) => Ok(vec![(String::new(), owned(value))]),
        }
    }

    #[test]
    fn white_space_between_tokens_goes_and_nothing_else() {
        let text =
            " { \"a b\" : [ 1.10 , {} , [ ] ],\n\t\"c\": \"\\u0041 \\\"\" , \"a b\":-0 }\r\n";
        assert_eq!(
            squeezed(text).unwrap(),
            "{\"a b\":[1.10,{},[]],\"c\":\"\\u0041 \\\"\",\"a b\":-0}"
        );
        assert_eq!(squeezed(" 1e400 ").unwrap(), "1e400");
    }

    #[test]
    fn members_come_as_they_are_written() {
        let found = members(" {\"a\" : 1.10, \"b\\n\": [1, {\"x\": 2}], \"a\": null} ").unwrap();
        let expected = [("a", "1.10"), ("b\\n", "[1, {\"x\": 2}]"), ("a", "null")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
        assert_eq!(members("{}").unwrap(), []);
        assert_eq!(members(" 7 ").unwrap()[0].1, "7");
    }

    #[test]
    fn escapes_stand_for_characters() {
        assert_eq!(
            unescaped(br#"a\"\\\/\b\f\n\r\t\u0041\ud83d\ude00\u00e9b"#),
            "a\"\\/\u{8}\u{c}\n\r\tA\u{1F600}\u{e9}b"
        );
        assert!(matches!(unescaped("plain é".as_bytes()), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn all_ways_of_looking_agree_on_what_is_json_and_what_is_wrong(
            text in r#"\{?[\[\]{},:"a1e.+\- \\nul]{0,24}\}?"#
        ) {
            let mut printed = Vec::new();
            let printed = reprint(text.as_bytes(), 0, &mut printed);
            prop_assert_eq!(squeezed(&text).map(drop), printed);
            prop_assert_eq!(members(&text).map(drop), printed);
        }

        #[test]
        fn a_string_stands_for_what_a_parser_says(text in any::<String>()) {
            let quoted = serde_json::to_string(&text).unwrap();
            let inner = &quoted.as_bytes()[1..quoted.len() - 1];
            prop_assert_eq!(unescaped(inner), text);
        }
    }
}
