//! HTML escaping and safe texts.

use std::borrow::Cow;

use super::Value;

/// Escapes `& < > ' "`.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '\'', '"']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            one => out.push(one),
        }
    }
    Cow::Owned(out)
}

/// The text of a value, escaped unless it is safe.
pub(super) fn escape_value(value: &Value) -> String {
    match value {
        Value::Safe(text) => text.to_string(),
        value => escape(value.text().as_str()).into_owned(),
    }
}

/// The text without tags and comments, whitespace collapsed, entities decoded.
pub(super) fn strip_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<!--") {
        let Some(end) = rest.get(at..).and_then(|tail| tail.find("-->")) else {
            break;
        };
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + end + 3..).unwrap_or_default();
    }
    out.push_str(rest);
    let source = out;
    let mut out = String::new();
    let mut rest = source.as_str();
    while let Some(at) = rest.find('<') {
        let Some(end) = rest.get(at..).and_then(|tail| tail.find('>')) else {
            break;
        };
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    let words: Vec<&str> = {
        let parts = out.split(crate::template::methods::is_python_space);
        parts.filter(|part| !part.is_empty()).collect()
    };
    unescape(&words.join(" "))
}

/// Decodes the common character references.
pub(super) fn unescape(text: &str) -> String {
    const NAMED: [(&str, &str); 12] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", "\u{a0}"),
        ("copy", "\u{a9}"),
        ("reg", "\u{ae}"),
        ("hellip", "\u{2026}"),
        ("mdash", "\u{2014}"),
        ("ndash", "\u{2013}"),
        ("euro", "\u{20ac}"),
    ];
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let tail = rest.get(at + 1..).unwrap_or_default();
        let decoded = tail.find(';').filter(|end| *end <= 10).and_then(|end| {
            let name = tail.get(..end)?;
            let one = match name.strip_prefix('#') {
                Some(number) => {
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => number.parse().ok()?,
                    };
                    char::from_u32(code)?.to_string()
                }
                None => {
                    let known = NAMED.iter().find(|(known, _)| *known == name)?;
                    known.1.to_owned()
                }
            };
            Some((one, end + 1))
        });
        match decoded {
            Some((one, length)) => {
                out.push_str(&one);
                rest = tail.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}
