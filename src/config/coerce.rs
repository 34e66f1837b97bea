//! A value to its declared kind: pydantic's lax coercions and our bounds.

use super::suggest::near;
use super::{Context, Kind, Node, Scalar, Section, Tree};

/// True when any text will do for now, so that a value that is not known yet can stay.
pub(super) fn takes_text(kind: &Kind) -> bool {
    match kind {
        Kind::Str | Kind::NonEmpty | Kind::Path | Kind::Any => true,
        Kind::OrNull(kind) => takes_text(kind),
        _ => false,
    }
}

/// Some value of a kind, in place of one that is not known yet.
pub(super) fn sample(kind: &Kind, mut node: Node) -> Node {
    let scalar = match kind {
        Kind::Bool => Scalar::Bool(false),
        Kind::Int(low, high) => Scalar::Int(1.clamp(*low, (*high).max(*low))),
        Kind::FloatMin(low) => Scalar::Float(low.max(1.0)),
        Kind::FloatAbove(low) => Scalar::Float((low + 1.0).max(1.0)),
        Kind::Float => Scalar::Float(1.0),
        Kind::Enum(names) => Scalar::Str(names.first().copied().unwrap_or_default().into()),
        Kind::List(item, min) => {
            let items = (0..(*min).max(1))
                .map(|_| sample(item, node.clone()))
                .collect();
            node.tree = Tree::Seq(items);
            return node;
        }
        Kind::Map => {
            node.tree = Tree::Map(Vec::new());
            return node;
        }
        Kind::OrNull(kind) => return sample(kind, node),
        Kind::Str
        | Kind::NonEmpty
        | Kind::Path
        | Kind::Any
        | Kind::Section(_)
        | Kind::Custom(_) => {
            return node;
        }
    };
    node.tree = Tree::Scalar(scalar);
    node
}

/// Checks and coerces; `None` after an error was reported.
pub(super) fn check(kind: &Kind, mut node: Node, cx: &mut Context<'_>) -> Option<Node> {
    if node.unknown && !takes_text(kind) {
        return Some(sample(kind, node));
    }
    let before = cx.errors();
    let scalar = match kind {
        Kind::Bool => Scalar::Bool(boolean(&node, cx)?),
        Kind::Int(low, high) => Scalar::Int(int(&node, *low, *high, cx)?),
        Kind::FloatMin(low) => Scalar::Float(float(&node, cx, |value| {
            if value >= *low {
                Ok(())
            } else {
                Err(format!("at least {low}"))
            }
        })?),
        Kind::FloatAbove(low) => Scalar::Float(float(&node, cx, |value| {
            if value > *low {
                Ok(())
            } else {
                Err(format!("more than {low}"))
            }
        })?),
        Kind::Float => Scalar::Float(float(&node, cx, |_| Ok(()))?),
        Kind::Str | Kind::Path => Scalar::Str(text(&node, cx)?.into()),
        Kind::NonEmpty => match text(&node, cx)? {
            "" => {
                cx.error(node.span, "this must not be empty");
                return None;
            }
            text => Scalar::Str(text.into()),
        },
        Kind::Enum(names) => {
            choice(&node, names, cx)?;
            return Some(node);
        }
        Kind::List(item, min) => return list(item, *min, node, cx),
        Kind::Map => {
            map(&node, cx)?;
            return Some(node);
        }
        Kind::Any => return Some(node),
        Kind::Section(schema) => {
            Section::open(&node, schema, cx)?;
            return Some(node);
        }
        Kind::Custom(check) => {
            check(&node, cx);
            return (cx.errors() == before).then_some(node);
        }
        Kind::OrNull(_) if node.is_null() => return Some(node),
        Kind::OrNull(kind) => return check(kind, node, cx),
    };
    node.tree = Tree::Scalar(scalar);
    Some(node)
}

fn wrong(node: &Node, expected: &str, cx: &mut Context<'_>) {
    let message = format!("expected {expected}, not {}", node.describe());
    match (&node.tree, expected) {
        (Tree::Scalar(Scalar::Str(_)), _) | (Tree::Seq(_) | Tree::Map(_), _) => {
            cx.error(node.span, message);
        }
        (Tree::Scalar(Scalar::Null), _) => {
            cx.error_help(node.span, message, "give a value or remove the option");
        }
        (Tree::Scalar(_), "text") => {
            cx.error_help(node.span, message, "put it in quotes to make it text");
        }
        _ => cx.error(node.span, message),
    }
}

fn boolean(node: &Node, cx: &mut Context<'_>) -> Option<bool> {
    let value = match &node.tree {
        Tree::Scalar(Scalar::Bool(value)) => Some(*value),
        Tree::Scalar(Scalar::Int(0)) => Some(false),
        Tree::Scalar(Scalar::Int(1)) => Some(true),
        Tree::Scalar(Scalar::Float(value)) if *value == 0.0 => Some(false),
        Tree::Scalar(Scalar::Float(value)) if *value == 1.0 => Some(true),
        Tree::Scalar(Scalar::Str(text)) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    if value.is_none() {
        wrong(node, "true or false", cx);
    }
    value
}

fn int(node: &Node, low: i64, high: i64, cx: &mut Context<'_>) -> Option<i64> {
    let value = match &node.tree {
        Tree::Scalar(Scalar::Int(value)) => Some(i128::from(*value)),
        Tree::Scalar(Scalar::Bool(value)) => Some(i128::from(*value)),
        Tree::Scalar(Scalar::BigInt(digits)) => Some(saturated(digits)),
        Tree::Scalar(Scalar::Float(value)) if value.fract() == 0.0 => {
            // Integral by the guard; the cast saturates outside the range, which the bounds refuse.
            #[allow(clippy::cast_possible_truncation)]
            let whole = *value as i128;
            Some(whole)
        }
        Tree::Scalar(Scalar::Str(text)) => decimal(text),
        _ => None,
    };
    let Some(value) = value else {
        wrong(node, "an integer", cx);
        return None;
    };
    match i64::try_from(value) {
        Ok(value) if (low..=high).contains(&value) => Some(value),
        _ => {
            let range = match (low, high) {
                (low, i64::MAX) => format!("at least {low}"),
                (i64::MIN, high) => format!("at most {high}"),
                (low, high) => format!("from {low} to {high}"),
            };
            cx.error(
                node.span,
                format!("must be {range}, not {}", node.describe()),
            );
            None
        }
    }
}

fn saturated(digits: &str) -> i128 {
    digits.parse().unwrap_or(if digits.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    })
}

/// Decimal digits with a sign, single underscores between them, blanks around, a zero fraction.
fn decimal(text: &str) -> Option<i128> {
    let text = text.trim();
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let body = match body.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|one| one == b'0') => whole,
        Some(_) => return None,
        None => body,
    };
    let sound = body
        .split('_')
        .all(|part| !part.is_empty() && part.bytes().all(|one| one.is_ascii_digit()));
    if !sound {
        return None;
    }
    let digits: String = body.chars().filter(|one| *one != '_').collect();
    let value = saturated(&digits);
    Some(if text.starts_with('-') { -value } else { value })
}

fn float(
    node: &Node,
    cx: &mut Context<'_>,
    bound: impl Fn(f64) -> Result<(), String>,
) -> Option<f64> {
    let value = match &node.tree {
        Tree::Scalar(Scalar::Float(value)) => Some(*value),
        // Beyond 2^53 the nearest float is what Python takes too.
        #[allow(clippy::cast_precision_loss)]
        Tree::Scalar(Scalar::Int(value)) => Some(*value as f64),
        Tree::Scalar(Scalar::BigInt(digits)) => digits.parse().ok(),
        Tree::Scalar(Scalar::Bool(value)) => Some(f64::from(u8::from(*value))),
        Tree::Scalar(Scalar::Str(text)) => numeric(text),
        _ => None,
    };
    let Some(value) = value else {
        wrong(node, "a number", cx);
        return None;
    };
    match bound(value) {
        Ok(()) => Some(value),
        Err(range) => {
            cx.error(
                node.span,
                format!("must be {range}, not {}", node.describe()),
            );
            None
        }
    }
}

/// Python's float text: underscores between digits, `inf` and `nan` in any case.
fn numeric(text: &str) -> Option<f64> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let between_digits = |at: usize| {
        let digit = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_digit)
        };
        digit(at.checked_sub(1)) && digit(Some(at + 1))
    };
    if !text.match_indices('_').all(|(at, _)| between_digits(at)) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

fn text<'a>(node: &'a Node, cx: &mut Context<'_>) -> Option<&'a str> {
    let text = node.as_str();
    if text.is_none() {
        wrong(node, "text", cx);
    }
    text
}

fn choice(node: &Node, names: &[&'static str], cx: &mut Context<'_>) -> Option<()> {
    if node.as_str().is_some_and(|text| names.contains(&text)) {
        return Some(());
    }
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "expected one of {}, not {}",
        list.join(", "),
        node.describe()
    );
    match node
        .as_str()
        .filter(|_| !node.secret)
        .and_then(|text| near(text, names.iter().copied()))
    {
        Some(name) => cx.error_help(node.span, message, format!("did you mean `{name}`?")),
        None => cx.error(node.span, message),
    }
    None
}

fn list(item: &Kind, min: usize, mut node: Node, cx: &mut Context<'_>) -> Option<Node> {
    let Tree::Seq(items) = node.tree else {
        let message = format!("expected a list, not {}", node.describe());
        if matches!(node.tree, Tree::Scalar(Scalar::Null)) {
            cx.error_help(node.span, message, "write `[]` for an empty list");
        } else {
            cx.error_help(node.span, message, "write `- item` lines, or `[item, ...]`");
        }
        return None;
    };
    let count = items.len();
    if count < min {
        cx.error(
            node.span,
            format!(
                "needs at least {min} item{}, has {count}",
                if min == 1 { "" } else { "s" }
            ),
        );
        return None;
    }
    let checked: Vec<Node> = items
        .into_iter()
        .enumerate()
        .filter_map(|(index, one)| cx.within(&format!("[{index}]"), |cx| check(item, one, cx)))
        .collect();
    if checked.len() < count {
        return None;
    }
    node.tree = Tree::Seq(checked);
    Some(node)
}

fn map(node: &Node, cx: &mut Context<'_>) -> Option<()> {
    let Some(entries) = node.as_map() else {
        wrong(node, "a mapping", cx);
        return None;
    };
    let mut sound = Some(());
    for (key, _) in entries {
        if key.as_str().is_none() {
            cx.error_help(
                key.span,
                format!("keys are text here, not {}", key.describe()),
                "put the key in quotes",
            );
            sound = None;
        }
    }
    sound
}
