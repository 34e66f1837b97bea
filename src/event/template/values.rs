//! Configured values as template values.

use chrono::{Datelike, NaiveDateTime};
use num_bigint::BigInt;

use crate::config::{Node, Scalar, Tree};
use crate::template::{Date, DateTime, Tz, Value};

/// The value of a node, with the types YAML gave it. Every call makes new containers.
pub(super) fn value(node: &Node) -> Value {
    match &node.tree {
        Tree::Seq(items) => Value::list(items.iter().map(value).collect()),
        Tree::Map(entries) => Value::dict(
            entries
                .iter()
                .map(|(key, item)| (key_value(key), value(item))),
        ),
        Tree::Scalar(scalar) => scalar_value(scalar),
    }
}

/// A sequence as a key is a tuple, as PyYAML makes it.
fn key_value(node: &Node) -> Value {
    match &node.tree {
        Tree::Seq(items) => Value::tuple(items.iter().map(key_value).collect()),
        _ => value(node),
    }
}

/// The value of an option that is a mapping; an empty dict when it was not given.
pub(super) fn mapping(node: Option<&Node>) -> Value {
    node.map_or_else(|| Value::dict([]), value)
}

fn scalar_value(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::None,
        Scalar::Bool(flag) => Value::Bool(*flag),
        Scalar::Int(number) => Value::Int(*number),
        Scalar::BigInt(digits) => Value::big(digits.parse::<BigInt>().unwrap_or_default()),
        Scalar::Float(number) => Value::Float(*number),
        Scalar::Str(text) => Value::from(&**text),
        Scalar::Date(day) => date(*day),
        Scalar::DateTime(at) => datetime(*at, None),
        Scalar::DateTimeOffset(at) => datetime(
            at.naive_local(),
            Some(Tz::Fixed(at.offset().local_minus_utc(), None)),
        ),
        Scalar::Bytes(bytes) => Value::Bytes(bytes.to_vec().into()),
    }
}

/// Day number of 1970-01-01 counted from the common era.
const EPOCH_DAY: i32 = 719_163;

pub(super) fn date(date: chrono::NaiveDate) -> Value {
    Value::Date(Date(date.num_days_from_ce() - EPOCH_DAY))
}

pub(super) fn datetime(at: NaiveDateTime, tz: Option<Tz>) -> Value {
    Value::DateTime(
        DateTime {
            wall_us: at.and_utc().timestamp_micros(),
            tz,
            fold: false,
        }
        .into(),
    )
}
