//! Filters for HTML and addresses.

mod urlize;

use crate::template::markup;
use crate::template::{Args, Ctx, Error, Value};

pub(super) use urlize::urlize;

pub(super) fn escape(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("escape")?;
    Ok(match value {
        Value::Safe(_) => value.clone(),
        value => Value::safe(markup::escape_value(value)),
    })
}

pub(super) fn forceescape(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("forceescape")?;
    Ok(Value::safe(markup::escape(value.text().as_str()).as_ref()))
}

pub(super) fn safe(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("safe")?;
    Ok(Value::safe(value.text().to_rc()))
}

pub(super) fn striptags(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("striptags")?;
    Ok(Value::from(markup::strip_tags(value.text().as_str())))
}

pub(super) fn xmlattr(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [autospace] = args.bind("xmlattr", ["autospace"], 0)?;
    let Value::Dict(dict) = value else {
        let message = format!("xmlattr takes a dict, not '{}'", value.type_name());
        return Err(Error::type_error(message));
    };
    let mut out = String::new();
    for (name, value) in dict.borrow().iter() {
        if matches!(value, Value::None | Value::Undefined) {
            continue;
        }
        let shown = name.text();
        let bad = |one: char| one.is_whitespace() || matches!(one, '/' | '>' | '=');
        if shown.as_str().contains(bad) {
            return Err(Error::value_error(format!(
                "xmlattr: '{shown}' is no attribute name"
            )));
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&markup::escape_value(name));
        out.push_str("=\"");
        out.push_str(&markup::escape_value(value));
        out.push('"');
    }
    if autospace.is_none_or(Value::truth) && !out.is_empty() {
        out.insert(0, ' ');
    }
    Ok(Value::from(out))
}

pub(super) fn urlencode(
    ctx: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    args.none("urlencode")?;
    let mut out = String::new();
    let pairs = match value {
        Value::Dict(_) | Value::List(_) | Value::Tuple(_) | Value::Undefined | Value::Object(_) => {
            crate::template::methods::pairs(ctx, value)?
        }
        value => {
            quote(value, false, &mut out);
            return Ok(Value::from(out));
        }
    };
    for (at, (key, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push('&');
        }
        quote(key, true, &mut out);
        out.push('=');
        quote(value, true, &mut out);
    }
    Ok(Value::from(out))
}

/// Percent-encodes; in a form a blank is `+` and a slash is encoded, too.
fn quote(value: &Value, form: bool, out: &mut String) {
    let text;
    let bytes = match value {
        Value::Bytes(bytes) => bytes,
        value => {
            text = value.text();
            text.as_bytes()
        }
    };
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => {
                out.push(char::from(*byte));
            }
            b'/' if !form => out.push('/'),
            b' ' if form => out.push('+'),
            byte => {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                    out.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
}
