//! Conditions of FSM transitions: what they are and when they hold.

mod decode;

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::super::pattern::Pattern;
use crate::config::Node;
use crate::template::Value;
use crate::time::Moment;

pub(super) use decode::{check, decode};

/// A decoded condition; operands are nodes of the document until [`Condition::bind`].
#[derive(Debug)]
pub(super) enum Condition<V = Node> {
    Constant(bool),
    Any(Vec<Self>),
    All(Vec<Self>),
    Not(Box<Self>),
    Tags(Vec<Arc<str>>),
    /// Wall clock before (or else at or after) a target.
    Before(Components),
    After(Components),
    Defined(StateField),
    Compare(Comparison, StateField, V),
    Length(Comparison, StateField, i64),
    Contains(StateField, V),
    In(StateField, V),
    Matches(StateField, Pattern),
}

impl<V> Condition<V> {
    /// True when it looks at a scope of the state.
    pub(super) fn reads(&self, scope: Scope) -> bool {
        match self {
            Self::Any(all) | Self::All(all) => all.iter().any(|one| one.reads(scope)),
            Self::Not(one) => one.reads(scope),
            Self::Defined(field)
            | Self::Compare(_, field, _)
            | Self::Length(_, field, _)
            | Self::Contains(field, _)
            | Self::In(field, _)
            | Self::Matches(field, _) => field.scope == scope,
            Self::Constant(_) | Self::Tags(_) | Self::Before(_) | Self::After(_) => false,
        }
    }
}

/// An ordering or equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Gt,
    Ge,
    Lt,
    Le,
}

/// A state scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Locals,
    Shared,
    Globals,
}

/// A key of a state scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StateField {
    pub(super) scope: Scope,
    pub(super) key: String,
}

/// Parts of a wall-clock time that are given; the others are those of the timestamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Components {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: Option<u32>,
    minute: Option<u32>,
    second: Option<u32>,
    microsecond: Option<u32>,
}
/// A number as Python's float() reads it.
pub(super) fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let chars: Vec<char> = text.chars().collect();
    for (at, _) in chars.iter().enumerate().filter(|(_, c)| **c == '_') {
        let before = at.checked_sub(1).and_then(|at| chars.get(at).copied());
        if !digits(before) || !digits(chars.get(at + 1).copied()) {
            return None;
        }
    }
    text.replace('_', "").parse().ok()
}

impl Components {
    /// The timestamp's wall clock with the given parts in place; `None` when there is no such day.
    fn target(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        let date = NaiveDate::from_ymd_opt(
            self.year.unwrap_or(at.year()),
            self.month.unwrap_or(at.month()),
            self.day.unwrap_or(at.day()),
        )?;
        date.and_hms_micro_opt(
            self.hour.unwrap_or(at.hour()),
            self.minute.unwrap_or(at.minute()),
            self.second.unwrap_or(at.second()),
            self.microsecond.unwrap_or(at.nanosecond() / 1000),
        )
    }
}

/// What conditions look at.
pub(super) trait Facts {
    /// The value of a key; `None` when it is absent.
    fn state(&self, field: &StateField) -> Option<Value>;
    /// The timestamp.
    fn at(&self) -> Moment;
    /// The tags.
    fn tags(&self) -> &[Arc<str>];
}

impl Condition {
    /// Gives the operands as values, once, for the thread that evaluates.
    pub(super) fn bind(&self, value: &impl Fn(&Node) -> Value) -> Condition<Value> {
        let all = |parts: &[Self]| parts.iter().map(|part| part.bind(value)).collect();
        match self {
            Self::Constant(constant) => Condition::Constant(*constant),
            Self::Any(parts) => Condition::Any(all(parts)),
            Self::All(parts) => Condition::All(all(parts)),
            Self::Not(part) => Condition::Not(Box::new(part.bind(value))),
            Self::Tags(tags) => Condition::Tags(tags.clone()),
            Self::Before(parts) => Condition::Before(*parts),
            Self::After(parts) => Condition::After(*parts),
            Self::Defined(field) => Condition::Defined(field.clone()),
            Self::Compare(comparison, field, operand) => {
                let operand = match (comparison, operand.as_str()) {
                    (Comparison::Eq, _) | (_, None) => value(operand),
                    (_, Some(text)) => Value::from(parse_number(text).unwrap_or(f64::NAN)),
                };
                Condition::Compare(*comparison, field.clone(), operand)
            }
            Self::Length(comparison, field, length) => {
                Condition::Length(*comparison, field.clone(), *length)
            }
            Self::Contains(field, operand) => Condition::Contains(field.clone(), value(operand)),
            Self::In(field, operand) => Condition::In(field.clone(), value(operand)),
            Self::Matches(field, pattern) => Condition::Matches(field.clone(), pattern.clone()),
        }
    }
}

impl Condition<Value> {
    /// Evaluates.
    ///
    /// # Errors
    /// When a time cannot exist (30 February), or a pattern needs too many steps.
    pub(super) fn holds(&self, facts: &impl Facts) -> Result<bool, String> {
        Ok(match self {
            Self::Constant(value) => *value,
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(facts)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(facts)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Not(part) => !part.holds(facts)?,
            Self::Tags(wanted) => wanted.iter().all(|tag| facts.tags().contains(tag)),
            Self::Before(parts) => before(*parts, facts)?,
            Self::After(parts) => !before(*parts, facts)?,
            Self::Defined(field) => facts.state(field).is_some(),
            Self::Compare(comparison, field, operand) => {
                present(facts, field).is_some_and(|value| comparison.test(&value, operand))
            }
            Self::Length(comparison, field, length) => {
                let len = present(facts, field).and_then(|value| value.len().ok());
                let len = len.and_then(|len| i64::try_from(len).ok());
                len.is_some_and(|len| comparison.test(&Value::Int(len), &Value::Int(*length)))
            }
            Self::Contains(field, operand) => {
                present(facts, field).is_some_and(|value| is_in(operand, &value))
            }
            Self::In(field, operand) => {
                present(facts, field).is_some_and(|value| is_in(&value, operand))
            }
            Self::Matches(field, pattern) => match present(facts, field) {
                Some(value) => match value.as_str() {
                    Some(text) => pattern.is_match(text)?,
                    None => false,
                },
                None => false,
            },
        })
    }
}

/// A value that is there and not None.
fn present(facts: &impl Facts, field: &StateField) -> Option<Value> {
    facts
        .state(field)
        .filter(|value| !value.is_none() && !value.is_undefined())
}

fn before(parts: Components, facts: &impl Facts) -> Result<bool, String> {
    let wall = chrono::DateTime::from_timestamp_micros(facts.at().wall_us)
        .map(|at| at.naive_utc())
        .ok_or("the timestamp is out of range")?;
    let target = parts.target(wall).ok_or_else(|| {
        format!(
            "the day of the condition does not exist in {}",
            wall.format("%B %Y")
        )
    })?;
    Ok(wall < target)
}

/// `item in container`; false where Python raises a type error.
fn is_in(item: &Value, container: &Value) -> bool {
    match container {
        Value::List(list) => list.borrow().contains(item),
        Value::Dict(dict) => dict.borrow().contains(item).unwrap_or(false),
        Value::Str(_) | Value::Safe(_) => match (container.as_str(), item.as_str()) {
            (Some(text), Some(part)) => text.contains(part),
            _ => false,
        },
        Value::Bytes(bytes) => {
            let byte = item.as_int().and_then(|item| u8::try_from(item).ok());
            byte.is_some_and(|byte| bytes.contains(&byte))
        }
        _ => container
            .as_tuple()
            .is_some_and(|items| items.contains(item)),
    }
}

impl Comparison {
    /// False where Python cannot compare: only numbers have an order against a number.
    fn test(self, value: &Value, operand: &Value) -> bool {
        if self == Self::Eq {
            return value == operand;
        }
        let order = match (value.as_int(), operand.as_int()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => match (value.as_float(), operand.as_float()) {
                (Some(a), Some(b)) => a.partial_cmp(&b),
                _ => None,
            },
        };
        order.is_some_and(|order| match self {
            Self::Eq => order.is_eq(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
        })
    }
}
