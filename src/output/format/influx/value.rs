//! Names and values as the line protocol writes them.

use std::borrow::Cow;

use super::config::FieldType;
use crate::output::format::Reason;
use crate::output::format::json::walk::{JsonKind, Whole, compact, kind, unescaped, whole};

/// Appends a measurement; false when nothing of it is left.
pub(super) fn measurement(text: &str, out: &mut Vec<u8>) -> bool {
    escaped(text, false, out)
}

/// Appends the key or value of a tag or the key of a field; false when nothing of it is left.
pub(super) fn name(text: &str, out: &mut Vec<u8>) -> bool {
    escaped(text, true, out)
}

/// Appends a text with commas, blanks and (if `equals`) equals signs escaped. Line breaks, which
/// cannot be, become blanks; backslashes at the end, which would escape what follows, are dropped.
fn escaped(text: &str, equals: bool, out: &mut Vec<u8>) -> bool {
    let text = text.trim_end_matches('\\');
    let mut copied = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let written: &[u8] = match byte {
            b',' => b"\\,",
            b' ' | b'\n' | b'\r' => b"\\ ",
            b'=' if equals => b"\\=",
            _ => continue,
        };
        out.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
        out.extend_from_slice(written);
        copied = at + 1;
    }
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    !text.is_empty()
}

/// The text of a string, number or boolean; `None` for others.
pub(super) fn text(raw: &[u8]) -> Option<Cow<'_, str>> {
    match kind(raw) {
        JsonKind::String => Some(unescaped(inner(raw))),
        JsonKind::Number | JsonKind::Bool => std::str::from_utf8(raw).ok().map(Cow::Borrowed),
        _ => None,
    }
}

/// What stands between a string's quotes.
fn inner(raw: &[u8]) -> &[u8] {
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}

/// Appends the value of field `name`; false, with nothing appended, when it has to be left out.
pub(super) fn field(
    name: &str,
    raw: &[u8],
    as_type: FieldType,
    to_float: bool,
    out: &mut Vec<u8>,
) -> Result<bool, Reason> {
    let found = kind(raw);
    match (as_type, found) {
        (_, JsonKind::Null) => return Ok(false),
        (FieldType::String, _) => string(raw, out),
        (FieldType::Auto, JsonKind::String) => string(raw, out),
        (FieldType::Auto, JsonKind::Bool) => out.extend_from_slice(raw),
        (FieldType::Auto, JsonKind::Number) if is_whole(raw) => {
            return integer(name, raw, to_float, out);
        }
        (FieldType::Auto, JsonKind::Number) => return Ok(float(raw, out)),
        (FieldType::Auto, _) => return Ok(false),
        (FieldType::Boolean, _) => return boolean(name, raw, out),
        (FieldType::Integer | FieldType::Float, JsonKind::Object | JsonKind::Array) => {
            return Err(misfit(name, "a number", raw));
        }
        (FieldType::Integer, _) => {
            let text = text(raw).unwrap_or_default();
            return integer(name, text.trim().as_bytes(), to_float, out);
        }
        (FieldType::Float, _) => {
            let text = text(raw).unwrap_or_default();
            let text = text.trim();
            if text.parse::<f64>().is_err() {
                return Err(misfit(name, "a number", raw));
            }
            return Ok(float(text.as_bytes(), out));
        }
    }
    Ok(true)
}

fn is_whole(digits: &[u8]) -> bool {
    !digits.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

fn string(raw: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let inner = inner(raw);
    match kind(raw) {
        // Without a backslash there is neither one nor a quote in the text.
        JsonKind::String if !inner.contains(&b'\\') => out.extend_from_slice(inner),
        JsonKind::String => quoted(unescaped(inner).as_bytes(), out),
        JsonKind::Object | JsonKind::Array => {
            let mut text = Vec::with_capacity(raw.len());
            // It was checked when it was found.
            let _ = compact(raw, &mut text);
            quoted(&text, out);
        }
        _ => out.extend_from_slice(raw),
    }
    out.push(b'"');
}

fn quoted(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
}

/// A float as it is spelled; false for those that the server refuses.
fn float(digits: &[u8], out: &mut Vec<u8>) -> bool {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    let Some(number) = text.parse::<f64>().ok().filter(|one| one.is_finite()) else {
        return false;
    };
    match whole(digits) {
        Ok(Whole::Other(raw)) if kind(raw) == JsonKind::Number => out.extend_from_slice(raw),
        // Spellings that JSON does not have, such as `.5`.
        _ => out.extend_from_slice(ryu::Buffer::new().format(number).as_bytes()),
    }
    true
}

fn integer(name: &str, digits: &[u8], to_float: bool, out: &mut Vec<u8>) -> Result<bool, Reason> {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    let body = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|one| one == b'0') => whole,
        _ => text,
    };
    let bare = body.trim_start_matches(['-', '+']);
    let plain = !bare.is_empty() && bare.bytes().all(|one| one.is_ascii_digit());
    if let Some(number) = body.parse::<i64>().ok().filter(|_| plain) {
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        out.push(b'i');
        return Ok(true);
    }
    if !plain {
        return Err(misfit(name, "an integer", digits));
    }
    if to_float {
        return Ok(float(body.as_bytes(), out));
    }
    let what = format!("field `{name}` is an integer beyond 64 bits");
    Err(Reason::unfit_value(what, digits))
}

fn boolean(name: &str, raw: &[u8], out: &mut Vec<u8>) -> Result<bool, Reason> {
    let found = text(raw).unwrap_or_default();
    let value: &[u8] = match found.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => b"true",
        "false" | "f" | "0" => b"false",
        _ => return Err(misfit(name, "a boolean", raw)),
    };
    out.extend_from_slice(value);
    Ok(true)
}

fn misfit(name: &str, wanted: &str, raw: &[u8]) -> Reason {
    Reason::unfit_value(format!("field `{name}` is not {wanted}"), raw)
}
