//! Parameter values as the text that Python would write, which is what substitution inserts.

use std::fmt::Write as _;

use serde_json::{Number, Value};

use super::{Node, Scalar, Span, Tree};

/// Appends `str(value)`.
pub(super) fn push_str(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => out.push_str(text),
        other => push_repr(out, other),
    }
}

fn push_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => push_number(out, number),
        Value::String(text) => push_quoted(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                push_repr(out, item);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                push_quoted(out, key);
                out.push_str(": ");
                push_repr(out, item);
            }
            out.push('}');
        }
    }
}

fn push_number(out: &mut String, number: &Number) {
    match number.as_f64() {
        Some(value) if number.is_f64() => push_float(out, value),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(out, "{number}");
        }
    }
}

/// Shortest digits; an exponent below 1e-4 and from 1e16 on.
fn push_float(out: &mut String, value: f64) {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let _ = if (-4..16).contains(&exponent) {
        write!(out, "{value:?}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "{digits}e{sign}{:02}", exponent.abs())
    };
}

fn push_quoted(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for one in text.chars() {
        let _ = match one {
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\\' => write!(out, "\\\\"),
            _ if one == quote => write!(out, "\\{one}"),
            _ if one.is_control() => write!(out, "\\x{:02x}", u32::from(one)),
            _ => write!(out, "{one}"),
        };
    }
    out.push(quote);
}

/// The value as a tree that stands at `span` as a whole. Null is the text `None` as everywhere in substitution.
pub(super) fn tree(value: &Value, span: Span) -> Tree {
    let node = |value: &Value| Node::new(span, tree(value, span));
    match value {
        Value::Null => Tree::Scalar(Scalar::Str("None".into())),
        Value::Bool(value) => Tree::Scalar(Scalar::Bool(*value)),
        Value::Number(number) => Tree::Scalar(match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => Scalar::Int(value),
            (None, Some(value)) => Scalar::BigInt(value.to_string().into()),
            (None, None) => Scalar::Float(number.as_f64().unwrap_or(f64::NAN)),
        }),
        Value::String(text) => Tree::Scalar(Scalar::Str(text.as_str().into())),
        Value::Array(items) => Tree::Seq(items.iter().map(node).collect()),
        Value::Object(entries) => Tree::Map(
            entries
                .iter()
                .map(|(key, item)| {
                    let key = Tree::Scalar(Scalar::Str(key.as_str().into()));
                    (Node::new(span, key), node(item))
                })
                .collect(),
        ),
    }
}
