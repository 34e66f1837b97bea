//! `urllib.parse`

use super::{Members, given, missing, text_of, text_or_bytes};
use crate::template::{Args, Ctx, Error, Namespace, Value};

pub(super) fn members() -> Members {
    vec![("parse", Namespace::value("urllib.parse", parse_members()))]
}

pub(super) fn parse_members() -> Members {
    super::functions(&[
        ("quote", quote),
        ("quote_plus", quote_plus),
        ("unquote", |_, args| {
            let [text] = args.bind("unquote", ["string"], 1)?;
            Ok(unquoted(text_of("unquote", text)?))
        }),
        ("unquote_plus", |_, args| {
            let [text] = args.bind("unquote_plus", ["string"], 1)?;
            Ok(unquoted(&text_of("unquote_plus", text)?.replace('+', " ")))
        }),
        ("urlencode", urlencode),
    ])
}

fn quoted(text: &[u8], safe: &[u8], plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        let plain = byte.is_ascii_alphanumeric() || b"_.-~".contains(byte) || safe.contains(byte);
        if plain && byte.is_ascii() {
            out.push(char::from(*byte));
        } else if plus && *byte == b' ' {
            out.push('+');
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn quote(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [text, safe] = args.bind("quote", ["string", "safe"], 1)?;
    let safe = given(safe).map_or(Ok(&b"/"[..]), |safe| text_or_bytes("quote", Some(safe)))?;
    Ok(Value::from(quoted(text_or_bytes("quote", text)?, safe, false)))
}

fn quote_plus(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [text, safe] = args.bind("quote_plus", ["string", "safe"], 1)?;
    let safe = given(safe).map_or(Ok(&b""[..]), |safe| text_or_bytes("quote_plus", Some(safe)))?;
    Ok(Value::from(quoted(text_or_bytes("quote_plus", text)?, safe, true)))
}

fn unquoted(text: &str) -> Value {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| *first == b'%');
        let pair = pair.and_then(|pair| std::str::from_utf8(pair).ok());
        let pair = pair.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    Value::from(String::from_utf8_lossy(&out).into_owned())
}

fn urlencode(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [query, sequences] = args.bind("urlencode", ["query", "doseq"], 1)?;
    let query = query.unwrap_or(missing());
    let pairs: Vec<(Value, Value)> = match query {
        Value::Dict(dict) => {
            let entries = dict.borrow();
            entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        query => {
            let mut pairs = Vec::new();
            for pair in ctx.collect(query)? {
                match ctx.collect(&pair)?.as_slice() {
                    [key, value] => pairs.push((key.clone(), value.clone())),
                    _ => return Err(Error::type_error("urlencode() takes a mapping or pairs")),
                }
            }
            pairs
        }
    };
    let part = |value: &Value| match value {
        Value::Bytes(bytes) => quoted(bytes, b"", true),
        value => quoted(value.text().as_bytes(), b"", true),
    };
    let mut out = Vec::new();
    for (key, value) in pairs {
        let many = sequences.is_some_and(Value::truth)
            && (matches!(value, Value::List(_)) || value.as_tuple().is_some());
        let values = if many { ctx.collect(&value)? } else { vec![value] };
        for value in values {
            out.push(format!("{}={}", part(&key), part(&value)));
        }
    }
    Ok(Value::from(out.join("&")))
}
