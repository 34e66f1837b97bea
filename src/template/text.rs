//! Text that is cheap to clone; short text lives in the value itself.

use std::fmt;
use std::rc::Rc;

use super::Value;

/// Longest text that lives in the value, in bytes.
const INLINE: usize = 15;

/// An immutable UTF-8 text.
pub struct Str(Repr);

impl Clone for Str {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Repr::Inline(text) => Repr::Inline(*text),
            Repr::Static(text) => Repr::Static(text),
            Repr::Shared(text) => Repr::Shared(Rc::clone(text)),
        })
    }
}

/// The tag fills a word, and so does every part of a value behind it: a processor that reads a word it
/// has just written in pieces waits for memory, and values are moved from place to place all the time.
#[repr(u64)]
enum Repr {
    Inline(Inline),
    Static(&'static str),
    Shared(Rc<str>),
}

/// Bytes, then zeros; the last byte is how many. Invariant: they are valid UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Inline([u64; 2]);

impl Inline {
    /// `None` when the text is too long.
    #[inline]
    fn new(text: &[u8]) -> Option<Self> {
        if text.len() > INLINE {
            return None;
        }
        let mut bytes = [0; INLINE + 1];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self::of(bytes, text.len()))
    }

    #[inline]
    fn of(mut bytes: [u8; INLINE + 1], len: usize) -> Self {
        bytes[INLINE] = len as u8;
        Self(bytemuck::cast(bytes))
    }

    /// All bytes and how many of them count.
    #[inline]
    fn parts(&self) -> (&[u8; INLINE + 1], usize) {
        let bytes: &[u8; INLINE + 1] = bytemuck::cast_ref(&self.0);
        (bytes, usize::from(bytes[INLINE]))
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        let (bytes, len) = self.parts();
        bytes.get(..len).unwrap_or_default()
    }
}

impl Str {
    /// The empty text.
    pub const EMPTY: Self = Self(Repr::Static(""));

    /// A text that lives in the program itself.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Repr::Static(text))
    }

    /// The bytes, valid UTF-8; cheaper than [`Str::as_str`].
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline(text) => text.bytes(),
            Repr::Static(text) => text.as_bytes(),
            Repr::Shared(text) => text.as_bytes(),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Inline(..) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Repr::Static(text) => text,
            Repr::Shared(text) => text,
        }
    }

    /// Its bytes with others behind, and how many are its own, when it is short.
    #[inline]
    pub(super) fn padded(&self) -> Option<(&[u8; 16], usize)> {
        match &self.0 {
            Repr::Inline(text) => Some(text.parts()),
            _ => None,
        }
    }

    /// Appends the bytes.
    #[inline]
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        if let Repr::Inline(text) = &self.0 {
            // Always as many, which is quicker than just enough.
            let (bytes, len) = text.parts();
            let end = out.len() + len;
            out.extend_from_slice(bytes);
            out.truncate(end);
        } else {
            out.extend_from_slice(self.as_bytes());
        }
    }

    /// Length in bytes.
    pub fn byte_len(&self) -> usize {
        self.as_bytes().len()
    }

    /// True for the empty text.
    pub fn is_empty(&self) -> bool {
        self.byte_len() == 0
    }

    /// Length in characters (code points).
    pub fn char_len(&self) -> usize {
        char_count(self.as_bytes())
    }

    /// True when every character is one byte.
    pub fn is_ascii(&self) -> bool {
        self.as_bytes().is_ascii()
    }

    /// True when there is nothing to do for a drop.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        !matches!(self.0, Repr::Shared(_))
    }

    /// Several pieces as one text.
    pub(crate) fn concat(pieces: &[&Self]) -> Self {
        let total: usize = pieces.iter().map(|piece| piece.byte_len()).sum();
        if total <= INLINE {
            let mut bytes = [0; INLINE + 1];
            let mut at = 0;
            for piece in pieces {
                let from = piece.as_bytes();
                if let Some(to) = bytes.get_mut(at..at + from.len()) {
                    to.copy_from_slice(from);
                }
                at += from.len();
            }
            return Self(Repr::Inline(Inline::of(bytes, total)));
        }
        let mut text = String::with_capacity(total);
        for piece in pieces {
            text.push_str(piece.as_str());
        }
        Self::from(text)
    }

    /// A text from bytes that are valid UTF-8; empty when they are not.
    pub(crate) fn from_utf8(text: &[u8]) -> Self {
        match Inline::new(text) {
            // Much text made on the way is short and ASCII, which is quicker to see.
            Some(short) if text.is_ascii() => Self(Repr::Inline(short)),
            _ => Self::from(std::str::from_utf8(text).unwrap_or_default()),
        }
    }

    /// As shared text, for host code that keeps names.
    pub fn to_rc(&self) -> Rc<str> {
        match &self.0 {
            Repr::Shared(text) => Rc::clone(text),
            _ => Rc::from(self.as_str()),
        }
    }
}

/// The bytes of a value that is a text.
pub(super) fn bytes_of(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Str(text) => Some(text.as_bytes()),
        Value::Safe(text) => Some(text.as_bytes()),
        _ => None,
    }
}

/// The pieces of a text between separators of at least one byte.
pub(super) struct Pieces<'t> {
    /// What was not given yet; `None` behind the last piece.
    rest: Option<&'t [u8]>,
    separator: &'t [u8],
}

impl<'t> Pieces<'t> {
    /// Of a text, all of them.
    pub(super) fn of(text: &'t [u8], separator: &'t [u8]) -> Self {
        Self {
            rest: Some(text),
            separator,
        }
    }

    /// True until the last one was given.
    pub(super) fn is_left(&self) -> bool {
        self.rest.is_some()
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t [u8];

    #[inline]
    fn next(&mut self) -> Option<&'t [u8]> {
        let rest = self.rest?;
        let Some(at) = find(rest, self.separator) else {
            self.rest = None;
            return Some(rest);
        };
        self.rest = rest.get(at + self.separator.len()..);
        rest.get(..at)
    }
}

/// Texts up to this long are searched without preparation.
const SHORT: usize = 256;

/// Where `part` is found first.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let (Some(first), true) = (part.first(), text.len() <= SHORT) else {
        return memchr::memmem::find(text, part);
    };
    let last = text.len().checked_sub(part.len())?;
    let starts = text.get(..=last).unwrap_or_default();
    memchr::memchr_iter(*first, starts).find(|at| {
        let there = text.get(*at..*at + part.len());
        there == Some(part)
    })
}

/// The text with a part of at least one byte replaced, at most `most` times.
pub(super) fn substitute(text: &str, old: &str, new: &str, most: usize) -> String {
    let mut out = Vec::with_capacity(text.len() + new.len());
    substitute_to(text, old, new, most, &mut out);
    // Parts of texts make a text.
    String::from_utf8(out).unwrap_or_default()
}

/// [`substitute`] at the end of `out`.
pub(super) fn substitute_to(text: &str, old: &str, new: &str, most: usize, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    for _ in 0..most {
        let Some(at) = find(rest, old.as_bytes()) else {
            break;
        };
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(new.as_bytes());
        rest = rest.get(at + old.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// Number of characters in valid UTF-8.
pub(crate) fn char_count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        match Inline::new(text.as_bytes()) {
            Some(short) => Self(Repr::Inline(short)),
            None => Self(Repr::Shared(Rc::from(text))),
        }
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Rc<str>> for Str {
    fn from(text: Rc<str>) -> Self {
        Self(Repr::Shared(text))
    }
}

impl From<char> for Str {
    fn from(one: char) -> Self {
        let mut buffer = [0; 4];
        Self::from(&*one.encode_utf8(&mut buffer))
    }
}

impl PartialEq for Str {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Inline(one), Repr::Inline(other)) => one == other,
            _ => self.as_bytes() == other.as_bytes(),
        }
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_around_the_longest_that_lives_in_the_value_are_what_they_were_made_of() {
        for text in [
            "",
            "a",
            "0123456789abcde",
            "0123456789abcdef",
            "äöüäöüä",
            "äöüäöüäö",
        ] {
            let (parsed, made) = (Str::from(text), Str::from_utf8(text.as_bytes()));
            assert_eq!((parsed.as_str(), made.as_str()), (text, text));
            assert_eq!(parsed, made);
            assert_eq!(parsed.is_plain(), text.len() <= INLINE);
            let mut out = b"before ".to_vec();
            parsed.append_to(&mut out);
            assert_eq!(out, format!("before {text}").as_bytes());
            let (head, tail) = text.split_at(text.len() / 4 * 2);
            assert_eq!(Str::concat(&[&head.into(), &tail.into()]).as_str(), text);
        }
        assert_ne!(Str::from("a"), Str::from("a\0"));
    }

    #[test]
    fn texts_are_searched_as_the_standard_library_does() {
        let long = "ab".repeat(SHORT);
        for text in ["", "a", "aab", "abaabaab", "äöä", "xaäb", long.as_str()] {
            for part in ["", "a", "ab", "aab", "ba", "ä", "öä", "zz", "abaabaabx"] {
                let found = find(text.as_bytes(), part.as_bytes());
                assert_eq!(found, text.find(part), "{part:?} in {text:?}");
                if part.is_empty() {
                    continue;
                }
                for most in [0, 1, 2, usize::MAX] {
                    let expected = text.replacen(part, "<a>", most);
                    assert_eq!(substitute(text, part, "<a>", most), expected);
                }
            }
        }
    }
}
