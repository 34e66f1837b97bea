//! Conditions of FSM transitions: decoding and evaluation.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::super::pattern::Pattern;
use crate::config::{Context, Field, Kind, Node, Scalar, Schema, Section, Tree, names_help};
use crate::template::Value;
use crate::time::Moment;

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

const OPERATORS: &[&str] = &[
    "eq", "gt", "ge", "lt", "le", "len_eq", "len_gt", "len_ge", "len_lt", "len_le", "contains",
    "in", "matches", "defined", "has_tags", "before", "after", "always", "never", "or", "and",
    "not",
];

/// Checks a condition; for the schema.
pub(super) fn check(node: &Node, cx: &mut Context<'_>) {
    decode(node, cx);
}

/// Decodes a condition: a mapping with one operator. One clear error per mistake.
pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Condition> {
    let (key, operand) = match node.as_map() {
        Some([]) => return Some(Condition::Constant(true)),
        Some([(key, operand)]) => (key, operand),
        Some(more) => {
            let names: Vec<String> = more
                .iter()
                .map(|(key, _)| format!("`{}`", key.as_str().unwrap_or("?")))
                .collect();
            cx.error_help(
                node.span,
                format!(
                    "a condition has exactly one operator, this one has {}",
                    names.join(", ")
                ),
                "combine several with `and:` or `or:` and a list",
            );
            return None;
        }
        None => {
            cx.error_help(
                node.span,
                format!(
                    "a condition is a mapping with one operator, not {}",
                    node.describe()
                ),
                "such as `eq: {shared.n: 1}` or `always:`",
            );
            return None;
        }
    };
    let Some(name) = key.as_str() else {
        let message = format!("an operator is text, not {}", key.describe());
        cx.error_help(key.span, message, names_help("", OPERATORS.iter().copied()));
        return None;
    };
    let operator = name
        .strip_suffix('_')
        .filter(|name| ["in", "or", "and", "not"].contains(name));
    let operator = operator.unwrap_or(name);
    cx.within(&format!(".{name}"), |cx| {
        decode_operator(operator, key, operand, cx)
    })
}

fn decode_operator(
    operator: &str,
    key: &Node,
    operand: &Node,
    cx: &mut Context<'_>,
) -> Option<Condition> {
    if let Some(comparison) = comparison(operator) {
        let (field, value) = field_and_value(operator, operand, cx)?;
        if comparison != Comparison::Eq {
            number(operator, value, cx)?;
        }
        return Some(Condition::Compare(comparison, field, value.clone()));
    }
    if let Some(comparison) = operator.strip_prefix("len_").and_then(comparison) {
        let (field, value) = field_and_value(operator, operand, cx)?;
        let length = whole(operator, value, cx)?;
        return Some(Condition::Length(comparison, field, length));
    }
    match operator {
        "always" | "never" => {
            if !operand.is_null() {
                cx.error_help(
                    operand.span,
                    format!("`{operator}` takes no value, not {}", operand.describe()),
                    format!("write `{operator}:` and nothing behind it"),
                );
                return None;
            }
            Some(Condition::Constant(operator == "always"))
        }
        "or" | "and" => {
            let parts = list(operator, operand, cx)?;
            Some(if operator == "or" {
                Condition::Any(parts)
            } else {
                Condition::All(parts)
            })
        }
        "not" => Some(Condition::Not(Box::new(decode(operand, cx)?))),
        "has_tags" => tags(operand, cx).map(Condition::Tags),
        "before" => components(operand, cx).map(Condition::Before),
        "after" => components(operand, cx).map(Condition::After),
        "defined" => defined(operand, cx).map(Condition::Defined),
        "contains" => {
            let (field, value) = field_and_value(operator, operand, cx)?;
            Some(Condition::Contains(field, value.clone()))
        }
        "in" => {
            let (field, value) = field_and_value(operator, operand, cx)?;
            Some(Condition::In(field, value.clone()))
        }
        "matches" => {
            let (field, value) = field_and_value(operator, operand, cx)?;
            matches(field, value, cx)
        }
        _ => {
            cx.error_help(
                key.span,
                format!("`{operator}` is no operator of a condition"),
                names_help(operator, OPERATORS.iter().copied()),
            );
            None
        }
    }
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "eq" => Comparison::Eq,
        "gt" => Comparison::Gt,
        "ge" => Comparison::Ge,
        "lt" => Comparison::Lt,
        "le" => Comparison::Le,
        _ => return None,
    })
}

/// The one field of an operand and its value, in the dotted (`{shared.a.b: 1}`) or the nested
/// (`{shared: {a: {b: 1}}}`) spelling.
fn field_and_value<'n>(
    operator: &str,
    operand: &'n Node,
    cx: &mut Context<'_>,
) -> Option<(StateField, &'n Node)> {
    let help = || format!("write `{operator}: {{shared.name: value}}`");
    let Some(map) = operand.as_map() else {
        let message = format!(
            "`{operator}` compares a state value, not {}",
            operand.describe()
        );
        cx.error_help(operand.span, message, help());
        return None;
    };
    let [(key, value)] = map else {
        let message = format!(
            "`{operator}` takes exactly one state value, not {}",
            map.len()
        );
        cx.error_help(operand.span, message, help());
        return None;
    };
    let Some(name) = key.as_str() else {
        cx.error_help(key.span, "a state value is named by text", help());
        return None;
    };
    if scope(name).is_none() {
        return Some((field(name, key, cx)?, value));
    }
    // The nested spelling: mappings of one key go on with the name, up to the first that is none.
    let (mut path, mut node) = (name.to_owned(), value);
    while let Some([(key, inner)]) = node.as_map() {
        let Some(part) = key.as_str().filter(|part| !part.is_empty()) else {
            break;
        };
        path.push('.');
        path.push_str(part);
        node = inner;
    }
    Some((field(&path, key, cx)?, node))
}

fn scope(name: &str) -> Option<Scope> {
    Some(match name {
        "locals" => Scope::Locals,
        "shared" => Scope::Shared,
        "globals" => Scope::Globals,
        _ => return None,
    })
}

fn field(name: &str, node: &Node, cx: &mut Context<'_>) -> Option<StateField> {
    let (first, key) = name.split_once('.').unwrap_or((name, ""));
    match scope(first) {
        Some(scope) if !key.is_empty() => Some(StateField {
            scope,
            key: key.to_owned(),
        }),
        Some(_) => {
            let message = format!("`{name}` names no key of `{first}`");
            cx.error_help(node.span, message, format!("write `{first}.name`"));
            None
        }
        None => {
            cx.error_help(
                node.span,
                format!("`{name}` is no state value"),
                "it starts with `locals.`, `shared.` or `globals.`",
            );
            None
        }
    }
}

fn number(operator: &str, node: &Node, cx: &mut Context<'_>) -> Option<()> {
    let sound = match &node.tree {
        Tree::Scalar(Scalar::Int(_) | Scalar::BigInt(_) | Scalar::Float(_) | Scalar::Bool(_)) => {
            true
        }
        Tree::Scalar(Scalar::Str(text)) => parse_number(text).is_some(),
        _ => false,
    };
    if !sound {
        let message = format!(
            "`{operator}` compares with a number, not {}",
            node.describe()
        );
        cx.error(node.span, message);
        return None;
    }
    Some(())
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

fn whole(operator: &str, node: &Node, cx: &mut Context<'_>) -> Option<i64> {
    let number = match &node.tree {
        Tree::Scalar(Scalar::Int(number)) => Some(*number),
        Tree::Scalar(Scalar::Bool(flag)) => Some(i64::from(*flag)),
        Tree::Scalar(Scalar::Float(number)) if number.fract() == 0.0 && number.abs() < 9e18 => {
            Some(*number as i64)
        }
        Tree::Scalar(Scalar::Str(text)) => {
            let number = parse_number(text).filter(|number| number.fract() == 0.0);
            text.trim()
                .parse()
                .ok()
                .or(number.map(|number| number as i64))
        }
        _ => None,
    };
    if number.is_none() {
        let message = format!(
            "`{operator}` compares with a whole number, not {}",
            node.describe()
        );
        cx.error(node.span, message);
    }
    number
}

fn list(operator: &str, operand: &Node, cx: &mut Context<'_>) -> Option<Vec<Condition>> {
    let Some(items) = operand.as_seq() else {
        let message = format!(
            "`{operator}` takes a list of conditions, not {}",
            operand.describe()
        );
        cx.error(operand.span, message);
        return None;
    };
    let before = cx.errors();
    let mut parts = Vec::new();
    for (index, item) in items.iter().enumerate() {
        parts.extend(cx.within(&format!("[{index}]"), |cx| decode(item, cx)));
    }
    if items.len() < 2 {
        let message = format!("`{operator}` needs at least two conditions");
        cx.error_help(
            operand.span,
            message,
            "a single condition stands for itself",
        );
    }
    (cx.errors() == before).then_some(parts)
}

fn tags(operand: &Node, cx: &mut Context<'_>) -> Option<Vec<Arc<str>>> {
    let single = operand.as_str().map(|_| std::slice::from_ref(operand));
    let items = single.or_else(|| operand.as_seq()).unwrap_or_default();
    let tags: Option<Vec<Arc<str>>> = items
        .iter()
        .map(|item| item.as_str().filter(|tag| !tag.is_empty()).map(Arc::from))
        .collect();
    let tags = tags.filter(|tags| !tags.is_empty());
    if tags.is_none() {
        let message = format!(
            "`has_tags` takes a tag or a list of tags, not {}",
            operand.describe()
        );
        cx.error_help(operand.span, message, "tags are non-empty text");
    }
    tags
}

fn defined(operand: &Node, cx: &mut Context<'_>) -> Option<StateField> {
    if let Some(name) = operand.as_str() {
        return field(name, operand, cx);
    }
    let message = format!(
        "`defined` takes the name of a state value, not {}",
        operand.describe()
    );
    cx.error_help(operand.span, message, "write `defined: shared.name`");
    None
}

fn matches(field: StateField, value: &Node, cx: &mut Context<'_>) -> Option<Condition> {
    let Some(text) = value.as_str() else {
        let message = format!(
            "`matches` takes a regular expression, not {}",
            value.describe()
        );
        cx.error(value.span, message);
        return None;
    };
    match Pattern::at_start(text) {
        Ok(pattern) => Some(Condition::Matches(field, pattern)),
        Err(reason) => {
            cx.error(
                value.span,
                format!("this is no regular expression: {reason}"),
            );
            None
        }
    }
}

static COMPONENTS: Schema = Schema {
    name: "before/after",
    doc: "Parts of a wall-clock time; parts that are not given are those of the timestamp.",
    fields: &[
        Field::optional("year", Kind::OrNull(&Kind::Int(0, 10_000)), "null", "Year."),
        Field::optional(
            "month",
            Kind::OrNull(&Kind::Int(1, 12)),
            "null",
            "Month, 1 to 12.",
        ),
        Field::optional(
            "day",
            Kind::OrNull(&Kind::Int(1, 31)),
            "null",
            "Day, 1 to 31.",
        ),
        Field::optional(
            "hour",
            Kind::OrNull(&Kind::Int(0, 23)),
            "null",
            "Hour, 0 to 23.",
        ),
        Field::optional(
            "minute",
            Kind::OrNull(&Kind::Int(0, 59)),
            "null",
            "Minute, 0 to 59.",
        ),
        Field::optional(
            "second",
            Kind::OrNull(&Kind::Int(0, 59)),
            "null",
            "Second, 0 to 59.",
        ),
        Field::optional(
            "microsecond",
            Kind::OrNull(&Kind::Int(0, 999_999)),
            "null",
            "Microsecond, 0 to 999999.",
        ),
    ],
};

fn components(operand: &Node, cx: &mut Context<'_>) -> Option<Components> {
    let section = Section::open(operand, &COMPONENTS, cx)?;
    let part = |name| {
        section
            .int(name)
            .and_then(|value| u32::try_from(value).ok())
    };
    let found = Components {
        year: section
            .int("year")
            .and_then(|year| i32::try_from(year).ok()),
        month: part("month"),
        day: part("day"),
        hour: part("hour"),
        minute: part("minute"),
        second: part("second"),
        microsecond: part("microsecond"),
    };
    if COMPONENTS
        .fields
        .iter()
        .all(|field| section.int(field.name).unwrap_or(0) == 0)
    {
        cx.error_help(
            operand.span,
            "at least one part of the time must be given and not 0",
            "for midnight, write the end of the range instead, such as `before: {hour: 1}`",
        );
        return None;
    }
    if found.year.is_some_and(|year| !(1..=9999).contains(&year)) {
        cx.error(operand.span, "there is no such year, it lies in 1 to 9999");
        return None;
    }
    let days = found.month.map_or(31, |month| {
        let year = found.year.unwrap_or(2024);
        NaiveDate::from_ymd_opt(year, month, 1)
            .map_or(31, |date| u32::from(date.num_days_in_month()))
    });
    if found.day.is_some_and(|day| day > days) {
        cx.error(
            operand.span,
            format!("there is no such day, the month has {days}"),
        );
        return None;
    }
    Some(found)
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
