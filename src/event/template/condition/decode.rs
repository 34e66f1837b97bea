//! Decoding conditions: one clear error per mistake, both spellings of state values.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};

use super::super::super::pattern::Pattern;
use super::{Comparison, Components, Condition, Scope, StateField, parse_number};
use crate::config::{Context, Field, Kind, Node, Scalar, Schema, Section, Tree, names_help};

const OPERATORS: &[&str] = &[
    "eq", "gt", "ge", "lt", "le", "len_eq", "len_gt", "len_ge", "len_lt", "len_le", "contains",
    "in", "matches", "defined", "has_tags", "before", "after", "always", "never", "or", "and",
    "not",
];

/// Checks a condition; for the schema.
pub(in crate::event::template) fn check(node: &Node, cx: &mut Context<'_>) {
    decode(node, cx);
}

/// Decodes a condition: a mapping with one operator. One clear error per mistake.
pub(in crate::event::template) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Condition> {
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
