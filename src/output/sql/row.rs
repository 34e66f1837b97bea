//! Events as rows: JSON objects taken apart into values, in the order of the table's columns.
//!
//! Knows nothing of databases.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// A number as it stands in the event, so that no digit is lost.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// An object or a list, as JSON text.
    Json(&'a str),
}

/// The values of an event, one a column.
pub(super) type Row<'a> = Vec<Value<'a>>;

impl<'a> Value<'a> {
    /// The value of a token of JSON.
    fn of(raw: &'a str) -> Self {
        match raw.as_bytes().first() {
            Some(b'"') => Self::Text(text(raw)),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'{' | b'[') => Self::Json(raw),
            Some(b'-' | b'0'..=b'9') => Self::Number(raw),
            _ => Self::Null,
        }
    }

    /// The value of a column's template, where no text means no value.
    pub(super) fn of_text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Null
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }

    /// The value as text; `None` for null.
    pub(super) fn as_text(&self) -> Option<&str> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(text) | Self::Json(text) => text,
            Self::Text(text) => text,
        })
    }

    /// The value as JSON; `None` for null.
    pub(super) fn as_json(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Owned(serde_json::Value::from(&**text).to_string())),
            other => other.as_text().map(Cow::Borrowed),
        }
    }

    /// Bytes it takes on its way, about.
    pub(super) fn size(&self) -> usize {
        self.as_text().map_or(4, str::len) + 8
    }

    /// What it is, for making a table.
    pub(super) fn kind(&self) -> ColumnKind {
        match self {
            Self::Null | Self::Text(_) => ColumnKind::Text,
            Self::Bool(_) => ColumnKind::Boolean,
            Self::Json(_) => ColumnKind::Json,
            Self::Number(text) if text.contains(['.', 'e', 'E']) => ColumnKind::Float,
            Self::Number(text) if text.parse::<i64>().is_ok() => ColumnKind::Integer,
            Self::Number(_) => ColumnKind::Number,
        }
    }
}

/// What a column of a new table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Text,
    Integer,
    /// An integer beyond 64 bits.
    Number,
    Float,
    Boolean,
    Json,
}

/// The content of a JSON string.
fn text(raw: &str) -> Cow<'_, str> {
    match serde_json::from_str::<&str>(raw) {
        Ok(text) => Cow::Borrowed(text),
        // It has escapes.
        Err(_) => Cow::Owned(serde_json::from_str(raw).unwrap_or_default()),
    }
}

/// The keys of an object, in order.
///
/// # Errors
/// When it is no JSON object.
pub(super) fn keys(item: &[u8]) -> Result<Vec<String>, String> {
    let mut keys: Vec<String> = Vec::new();
    members(item, |key, _| {
        if !keys.iter().any(|known| *known == key) {
            keys.push(key.into_owned());
        }
    })?;
    Ok(keys)
}

/// The values of an object for `columns`; a missing one is null, of doubled ones the last counts.
/// Members that are no column go to `foreign`.
///
/// # Errors
/// When it is no JSON object.
pub(super) fn parse<'a>(
    item: &'a [u8],
    columns: &[String],
    mut foreign: impl FnMut(&str),
) -> Result<Row<'a>, String> {
    let mut row = vec![Value::Null; columns.len()];
    let mut next = 0;
    members(item, |key, raw| {
        // Events mostly have the same keys in the same order.
        let here = columns.get(next).is_some_and(|name| *name == key);
        let at = if here {
            Some(next)
        } else {
            columns.iter().position(|name| *name == key)
        };
        match at {
            Some(at) => {
                next = at + 1;
                if let Some(value) = row.get_mut(at) {
                    *value = Value::of(raw);
                }
            }
            None => foreign(&key),
        }
    })?;
    Ok(row)
}

/// Calls `member` for each key and token of an object.
fn members<'a>(item: &'a [u8], member: impl FnMut(Cow<'a, str>, &'a str)) -> Result<(), String> {
    let text = std::str::from_utf8(item).map_err(|_| "the event is not UTF-8".to_owned())?;
    let mut json = serde_json::Deserializer::from_str(text);
    let walked = json.deserialize_map(Members(member));
    match walked.and_then(|()| json.end()) {
        Ok(()) => Ok(()),
        Err(_) if serde_json::from_str::<IgnoredAny>(text).is_ok() => {
            Err("the event is JSON, but not an object with a key for each column".to_owned())
        }
        Err(error) => Err(format!("the event is not JSON: {error}")),
    }
}

struct Members<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de str)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((Key(key), raw)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
            (self.0)(key, raw.get());
        }
        Ok(())
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn values_keep_their_tokens() {
        let item = br#"{"a": 1.10, "b": "x\ny", "c": [1, 2], "d": null, "e": true, "a": 12345678901234567890123, "f": "q"}"#;
        let names = keys(item).unwrap();
        assert_eq!(names, columns(&["a", "b", "c", "d", "e", "f"]));
        let row = parse(item, &names, |_| panic!("all are columns")).unwrap();
        let expected = vec![
            Value::Number("12345678901234567890123"),
            Value::Text("x\ny".into()),
            Value::Json("[1, 2]"),
            Value::Null,
            Value::Bool(true),
            Value::Text("q".into()),
        ];
        assert_eq!(row, expected);
    }

    #[test]
    fn missing_values_are_null_and_foreign_ones_are_named() {
        let mut foreign = Vec::new();
        let row = parse(
            br#"{"z": 1, "b": 2, "\u0061": "s"}"#,
            &columns(&["a", "b", "c"]),
            |key| foreign.push(key.to_owned()),
        );
        let expected = vec![Value::Text("s".into()), Value::Number("2"), Value::Null];
        assert_eq!(row.unwrap(), expected);
        assert_eq!(foreign, ["z"]);
    }

    #[test]
    fn what_is_no_object_is_said() {
        let refused = |item: &[u8]| parse(item, &[], |_| {}).unwrap_err();
        assert!(refused(b"[1]").contains("not an object"));
        assert!(refused(b"5").contains("not an object"));
        assert!(refused(b"{\"a\": }").contains("not JSON"));
        assert!(refused(b"{} {}").contains("not JSON"));
        assert!(refused(b"\xff").contains("UTF-8"));
    }

    #[test]
    fn kinds_follow_the_tokens() {
        let kind = |raw| Value::of(raw).kind();
        assert_eq!(kind("1"), ColumnKind::Integer);
        assert_eq!(kind("9223372036854775807"), ColumnKind::Integer);
        assert_eq!(kind("9223372036854775808"), ColumnKind::Number);
        assert_eq!(kind("1e3"), ColumnKind::Float);
        assert_eq!(kind("\"1\""), ColumnKind::Text);
        assert_eq!(kind("null"), ColumnKind::Text);
        assert_eq!(kind("{}"), ColumnKind::Json);
        assert_eq!(kind("false"), ColumnKind::Boolean);
    }

    #[test]
    fn text_in_a_json_column_is_a_json_string() {
        assert_eq!(Value::of("\"a\\\"b\"").as_json().unwrap(), "\"a\\\"b\"");
        assert_eq!(Value::of("[1]").as_json().unwrap(), "[1]");
        assert_eq!(Value::Null.as_json(), None);
        assert_eq!(Value::of_text(""), Value::Null);
    }
}
