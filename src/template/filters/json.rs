//! `tojson`, and JSON text as Python's `json.dumps` writes it.

use std::borrow::Cow;
use std::fmt::Write;

use wide::u8x16;

use crate::template::methods::int_arg;
use crate::template::repr::{Bytes, write_float, write_short_float};
use crate::template::text::bytes_of;
use crate::template::{Args, Ctx, Error, Str, Value, compare::order};

/// How JSON is laid out.
#[derive(Clone, Debug)]
pub(in crate::template) struct Layout {
    pub sort_keys: bool,
    pub ascii: bool,
    pub indent: Option<String>,
    pub item_separator: Cow<'static, str>,
    pub key_separator: Cow<'static, str>,
    /// `<`, `>`, `&` and `'` as `\u00XX`.
    pub html_safe: bool,
    /// Keys that JSON does not have are left out instead of refused.
    pub skip_keys: bool,
}

impl Layout {
    /// As the filter writes it.
    pub fn filter(indent: Option<String>) -> Self {
        Self {
            sort_keys: true,
            html_safe: true,
            ..Self::dumps(indent)
        }
    }

    /// As `json.dumps` writes it.
    pub fn dumps(indent: Option<String>) -> Self {
        let item_separator = if indent.is_some() { "," } else { ", " };
        Self {
            sort_keys: false,
            ascii: true,
            indent,
            item_separator: Cow::Borrowed(item_separator),
            key_separator: Cow::Borrowed(": "),
            html_safe: false,
            skip_keys: false,
        }
    }
}

/// What an indent argument means.
pub(in crate::template) fn indent(value: Option<&Value>) -> Result<Option<String>, Error> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(Value::Str(text)) => Ok(Some(text.as_str().to_owned())),
        Some(value) => {
            let width = int_arg(value, "indent")?;
            let width = usize::try_from(width).unwrap_or(0).min(1000);
            Ok(Some(" ".repeat(width)))
        }
    }
}

pub(super) fn tojson(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [width] = args.bind("tojson", ["indent"], 0)?;
    let mut out = Vec::new();
    write_html_safe(input, indent(width)?, &mut out)?;
    Ok(Value::safe(String::from_utf8(out).unwrap_or_default()))
}

/// Writes what the filter gives.
pub(in crate::template) fn write_html_safe(
    value: &Value,
    indent: Option<String>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    // The common cases need no layout.
    match value {
        Value::Str(text) => match text.padded().filter(is_html_safe) {
            Some(_) => {
                out.push(b'"');
                text.append_to(out);
                out.push(b'"');
            }
            None => write_string(text.as_bytes(), true, true, out),
        },
        Value::Safe(text) => write_string(text.as_bytes(), true, true, out),
        Value::Int(number) => out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
        value => return write(value, &Layout::filter(indent), out),
    }
    Ok(())
}

/// True when a short text stands for itself, whatever lies behind it.
fn is_html_safe((bytes, len): &(&[u8; BLOCK], usize)) -> bool {
    specials(bytes, ANY | ASCII | HTML).trailing_zeros() as usize >= *len
}

/// Writes JSON.
pub(in crate::template) fn write(
    value: &Value,
    layout: &Layout,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let most = out.len().saturating_add(MOST_BYTES);
    Encoder {
        layout,
        out,
        depth: 0,
        most,
    }
    .value(value)
}

/// Bytes of one JSON text: a list that holds the same list again and again is small and its text is not.
const MOST_BYTES: usize = 64 << 20;

/// Bytes that stand for themselves: in any JSON text, in ASCII, and where HTML may read it.
const ANY: u8 = 1;
const ASCII: u8 = 2;
const HTML: u8 = 4;

const PLAIN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x20 && byte != b'"' as usize && byte != b'\\' as usize {
            let html = !matches!(byte as u8, b'<' | b'>' | b'&' | b'\'');
            table[byte] = ANY | if byte < 0x7f { ASCII } else { 0 } | if html { HTML } else { 0 };
        }
        byte += 1;
    }
    table
};

/// Writes a text, given as its UTF-8, in quotes.
pub(in crate::template) fn write_string(
    text: &[u8],
    ascii: bool,
    html_safe: bool,
    out: &mut Vec<u8>,
) {
    let wanted = ANY | if ascii { ASCII } else { 0 } | if html_safe { HTML } else { 0 };
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = special(rest, wanted) {
        let (plain, after) = rest.split_at(at);
        out.extend_from_slice(plain);
        let len = match after {
            [byte @ 0..0x80, ..] => {
                escape_ascii(*byte, out);
                1
            }
            _ => escape_wide(after, out),
        };
        rest = after.get(len..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Bytes that are looked at together.
const BLOCK: usize = 16;

/// Where the first byte is that does not stand for itself.
fn special(text: &[u8], wanted: u8) -> Option<usize> {
    let mut at = 0;
    while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        let found = specials(bytes, wanted);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += BLOCK;
    }
    let rest = text.get(at..).unwrap_or_default();
    let special = |byte: &u8| PLAIN[usize::from(*byte)] & wanted != wanted;
    rest.iter().position(special).map(|found| at + found)
}

/// A bit for each byte that does not stand for itself.
fn specials(bytes: &[u8; BLOCK], wanted: u8) -> u32 {
    let bytes = u8x16::new(*bytes);
    let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
    let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    let mut found = is(b'"') | is(b'\\') | control;
    if wanted & ASCII != 0 {
        found |= bytes.max(u8x16::splat(0x7f)).simd_eq(bytes);
    }
    if wanted & HTML != 0 {
        found |= (is(b'<') | is(b'>')) | (is(b'&') | is(b'\''));
    }
    found.to_bitmask()
}

fn escape_ascii(byte: u8, out: &mut Vec<u8>) {
    let short: &[u8] = match byte {
        b'"' => b"\\\"",
        b'\\' => b"\\\\",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        b'\t' => b"\\t",
        0x08 => b"\\b",
        0x0c => b"\\f",
        _ => return escape(u32::from(byte), out),
    };
    out.extend_from_slice(short);
}

/// Writes the characters beyond ASCII that a text starts with; how many bytes they are.
fn escape_wide(text: &[u8], out: &mut Vec<u8>) -> usize {
    let end = text.iter().position(u8::is_ascii).unwrap_or(text.len());
    let wide = text.get(..end).unwrap_or_default();
    for one in std::str::from_utf8(wide).unwrap_or_default().chars() {
        let mut units = [0; 2];
        for unit in one.encode_utf16(&mut units) {
            escape(u32::from(*unit), out);
        }
    }
    end
}

fn escape(code: u32, out: &mut Vec<u8>) {
    let _ = write!(Bytes(out), "\\u{code:04x}");
}

struct Encoder<'e> {
    layout: &'e Layout,
    out: &'e mut Vec<u8>,
    depth: usize,
    /// Length of `out` at which to give up.
    most: usize,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        const DEEPEST: usize = 100;
        if self.depth > DEEPEST {
            return Err(Error::value_error(
                "the value contains itself or is nested too deeply for JSON",
            ));
        }
        if self.out.len() > self.most {
            return Err(Error::limit("the JSON text is too long"));
        }
        match value {
            Value::None => self.raw("null"),
            Value::Bool(true) => self.raw("true"),
            Value::Bool(false) => self.raw("false"),
            Value::Int(number) => self.raw(itoa::Buffer::new().format(*number)),
            Value::Big(number) => self.raw(&number.to_string()),
            Value::Float(number) if write_short_float(*number, self.out) => {}
            Value::Float(number) => self.raw(&float(*number)),
            Value::Str(text) => self.string(text.as_bytes()),
            Value::Safe(text) => self.string(text.as_bytes()),
            Value::List(list) => return self.array(&list.borrow()),
            Value::Tuple(items) => return self.array(items),
            Value::Dict(dict) => return self.dict(dict),
            other => match other.as_tuple() {
                Some(items) => return self.array(items),
                None => {
                    return Err(Error::type_error(format!(
                        "'{}' cannot be written as JSON",
                        other.type_name()
                    )));
                }
            },
        }
        Ok(())
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn string(&mut self, text: &[u8]) {
        write_string(text, self.layout.ascii, self.layout.html_safe, self.out);
    }

    fn new_line(&mut self) {
        if let Some(indent) = &self.layout.indent {
            self.out.push(b'\n');
            for _ in 0..self.depth {
                self.out.extend_from_slice(indent.as_bytes());
            }
        }
    }

    fn array(&mut self, items: &[Value]) -> Result<(), Error> {
        if items.is_empty() {
            self.raw("[]");
            return Ok(());
        }
        self.out.push(b'[');
        self.depth += 1;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.raw(&self.layout.item_separator);
            }
            self.new_line();
            self.value(item)?;
        }
        self.depth -= 1;
        self.new_line();
        self.out.push(b']');
        Ok(())
    }

    fn dict(&mut self, dict: &crate::template::Dict) -> Result<(), Error> {
        let dict = dict.borrow();
        let mut entries: Vec<(&Value, &Value)> = dict.iter().collect();
        if self.layout.sort_keys {
            sort_keys(&mut entries)?;
        }
        let mut first = true;
        for (key, value) in entries {
            let Some(key) = self.key(key)? else {
                continue;
            };
            if first {
                self.out.push(b'{');
                self.depth += 1;
            } else {
                self.raw(&self.layout.item_separator);
            }
            first = false;
            self.new_line();
            self.string(key.as_bytes());
            self.raw(&self.layout.key_separator);
            self.value(value)?;
        }
        if first {
            self.raw("{}");
            return Ok(());
        }
        self.depth -= 1;
        self.new_line();
        self.out.push(b'}');
        Ok(())
    }

    fn key(&self, key: &Value) -> Result<Option<Str>, Error> {
        Ok(Some(match key {
            Value::Str(_) | Value::Safe(_) | Value::Int(_) | Value::Big(_) => key.text(),
            Value::Float(number) => Str::from(float(*number)),
            Value::Bool(true) => Str::from_static("true"),
            Value::Bool(false) => Str::from_static("false"),
            Value::None => Str::from_static("null"),
            _ if self.layout.skip_keys => return Ok(None),
            other => {
                return Err(Error::type_error(format!(
                    "a key of JSON cannot be a '{}'",
                    other.type_name()
                )));
            }
        }))
    }
}

fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let mut text = String::new();
    let _ = write_float(number, &mut text);
    text
}

fn sort_keys(entries: &mut Vec<(&Value, &Value)>) -> Result<(), Error> {
    let texts = entries
        .iter()
        .all(|(key, _)| matches!(key, Value::Str(_) | Value::Safe(_)));
    if texts {
        // Bytes of UTF-8 have the order of the characters.
        entries.sort_by(|(a, _), (b, _)| bytes_of(a).cmp(&bytes_of(b)));
        return Ok(());
    }
    let mut sorted: Vec<(&Value, &Value)> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        let mut at = sorted.len();
        while let Some((before, _)) = at.checked_sub(1).and_then(|at| sorted.get(at)) {
            if order(entry.0, before, "<")? != Some(std::cmp::Ordering::Less) {
                break;
            }
            at -= 1;
        }
        sorted.insert(at, entry);
    }
    *entries = sorted;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn written(text: &str, ascii: bool, html_safe: bool) -> String {
        let mut out = Vec::new();
        write_string(text.as_bytes(), ascii, html_safe, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn blocks_and_bytes_agree_on_what_stands_for_itself() {
        for wanted in [ANY, ANY | ASCII, ANY | HTML, ANY | ASCII | HTML] {
            for byte in 0..=255 {
                let plain = PLAIN[usize::from(byte)] & wanted == wanted;
                for offset in 0..BLOCK {
                    let mut bytes = [b'x'; BLOCK];
                    bytes[offset] = byte;
                    let found = specials(&bytes, wanted);
                    assert_eq!(found, u32::from(!plain) << offset, "{byte}");
                }
            }
        }
    }

    #[test]
    fn every_character_comes_back_and_needs_no_more_care_than_asked_for() {
        let every = (0..0x3000)
            .chain(0x1_f600..0x1_f610)
            .filter_map(char::from_u32);
        for one in every {
            let text = format!("a{one}b{one}");
            for (ascii, html_safe) in [(true, true), (true, false), (false, true), (false, false)] {
                let json = written(&text, ascii, html_safe);
                assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
                assert!(!ascii || json.bytes().all(|byte| (b' '..0x7f).contains(&byte)));
                assert!(!html_safe || !json.contains(['<', '>', '&', '\'']));
            }
        }
    }

    #[test]
    fn escapes_are_those_of_json_dumps() {
        let text = "\"\\\n\r\t\u{8}\u{c}\u{1}\u{7f}<é😀";
        let expected = r#""\"\\\n\r\t\b\f\u0001\u007f\u003c\u00e9\ud83d\ude00""#;
        assert_eq!(written(text, true, true), expected);
        let expected = "\"\\\"\\\\\\n\\r\\t\\b\\f\\u0001\u{7f}<é😀\"";
        assert_eq!(written(text, false, false), expected);
    }
}
