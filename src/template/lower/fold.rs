//! Constant folding, where the result is an immutable value.

use std::rc::Rc;

use crate::template::filters::select;
use crate::template::methods::Method;
use crate::template::ops::{self, BinaryOp};
use crate::template::program::{Expr, FilterExpr};
use crate::template::{List, Span, Str, Tuple, Value};

/// Longer results are left to run time.
const LONGEST: usize = 4096;

fn scalar(value: &Value) -> bool {
    !value.may_nest()
}

pub(super) fn unary(expr: Expr) -> Expr {
    let folded = match &expr {
        Expr::Neg(inner, _) => match &**inner {
            Expr::Const(value) => ops::negate(value).ok(),
            _ => None,
        },
        Expr::Pos(inner, _) => match &**inner {
            Expr::Const(value) => ops::plus(value).ok(),
            _ => None,
        },
        Expr::Not(inner) => match &**inner {
            Expr::Const(value) if scalar(value) => Some(Value::Bool(!value.truth())),
            _ => None,
        },
        _ => None,
    };
    folded.map_or(expr, Expr::Const)
}

pub(super) fn binary(op: BinaryOp, a: Expr, b: Expr, span: Span) -> Expr {
    if let (Expr::Const(x), Expr::Const(y)) = (&a, &b)
        && scalar(x)
        && scalar(y)
        && let Ok(value) = ops::binary(op, x, y, LONGEST)
        && scalar(&value)
    {
        return Expr::Const(value);
    }
    Expr::Binary(op, Box::new((a, b)), span)
}

/// Neighbouring constants become one.
pub(super) fn concat(parts: Vec<Expr>, span: Span) -> Expr {
    let mut folded: Vec<Expr> = Vec::with_capacity(parts.len());
    for part in parts {
        if let (Some(Expr::Const(before)), Expr::Const(value)) = (folded.last_mut(), &part)
            && scalar(before)
            && scalar(value)
        {
            *before = Value::Str(Str::concat(&[&before.text(), &value.text()]));
            continue;
        }
        folded.push(part);
    }
    if let [Expr::Const(only)] = folded.as_slice()
        && scalar(only)
    {
        return Expr::Const(Value::Str(only.text()));
    }
    Expr::Concat(folded, span)
}

fn constants(items: &[Expr]) -> Option<Vec<Value>> {
    let constant = |item: &Expr| match item {
        Expr::Const(value) => Some(value.clone()),
        _ => None,
    };
    items.iter().map(constant).collect()
}

pub(super) fn tuple(items: Vec<Expr>) -> Expr {
    match constants(&items) {
        Some(values)
            if values
                .iter()
                .all(|value| !matches!(value, Value::List(_) | Value::Dict(_))) =>
        {
            Expr::Const(Value::tuple(values))
        }
        _ => Expr::Tuple(items),
    }
}

/// A dict, as a record where its keys are known to differ.
pub(super) fn dict(items: Vec<(Expr, Expr)>, span: Span) -> Expr {
    let text = |key: &Expr| match key {
        Expr::Const(Value::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let mut keys: Vec<Str> = Vec::with_capacity(items.len());
    for (key, _) in &items {
        match text(key).filter(|key| !keys.contains(key)) {
            Some(key) => keys.push(key),
            None => return Expr::Dict(items, span),
        }
    }
    // One entry is what `update` looks for.
    if keys.len() < 2 {
        return Expr::Dict(items, span);
    }
    let values = items.into_iter().map(|(_, value)| value);
    Expr::Record(keys.into_iter().zip(values).collect())
}

/// A list, made at once where its items are immutable constants.
pub(super) fn list(items: Vec<Expr>) -> Expr {
    match constants(&items) {
        Some(values) if !values.is_empty() && values.iter().all(scalar) => {
            Expr::Lent(Tuple::new(values))
        }
        _ => Expr::List(items),
    }
}

/// A list of constants as one tuple, for places that only read it.
pub(super) fn frozen(expr: Expr) -> Expr {
    match expr {
        Expr::Lent(items) => Expr::Const(Value::Tuple(items)),
        Expr::List(items) if items.is_empty() => Expr::Const(Value::tuple(Vec::new())),
        expr => expr,
    }
}

/// A list or dict of constants made once, for functions that only read it.
pub(super) fn frozen_list(expr: Expr) -> Expr {
    match expr {
        Expr::Lent(items) => Expr::Const(Value::List(List::lent(items))),
        Expr::List(items) if items.is_empty() => Expr::Const(Value::list(Vec::new())),
        Expr::Dict(items, span) => {
            let constant = |(key, value): &(Expr, Expr)| match (key, value) {
                (Expr::Const(key), Expr::Const(value)) if scalar(key) && scalar(value) => {
                    Some((key.clone(), value.clone()))
                }
                _ => None,
            };
            match items.iter().map(constant).collect::<Option<Vec<_>>>() {
                Some(entries) => Expr::Const(Value::dict(entries)),
                None => Expr::Dict(items, span),
            }
        }
        Expr::Record(items) => {
            let constant = |(key, value): &(Str, Expr)| match value {
                Expr::Const(value) if scalar(value) => {
                    Some((Value::Str(key.clone()), value.clone()))
                }
                _ => None,
            };
            match items.iter().map(constant).collect::<Option<Vec<_>>>() {
                Some(entries) => Expr::Const(Value::dict(entries)),
                None => Expr::Record(items),
            }
        }
        expr => expr,
    }
}

/// What iterating gives, where that is known: constant containers and samples never change.
pub(super) fn items(expr: &Expr) -> Option<Tuple> {
    let items = match expr {
        Expr::Lent(items) | Expr::Const(Value::Tuple(items)) => return Some(items.clone()),
        Expr::Const(Value::List(list)) => list.borrow().to_vec(),
        Expr::Const(Value::Dict(dict)) => {
            dict.borrow().iter().map(|(key, _)| key.clone()).collect()
        }
        Expr::Const(Value::Object(sample)) => return sample.all().filter(|_| sample.is_fixed()),
        Expr::Method(call) => match (&call.object, call.method, call.args.plain()) {
            (Expr::Const(Value::Dict(dict)), Method::Keys, Some([])) => {
                dict.borrow().iter().map(|(key, _)| key.clone()).collect()
            }
            (Expr::Const(Value::Dict(dict)), Method::Values, Some([])) => dict
                .borrow()
                .iter()
                .map(|(_, value)| value.clone())
                .collect(),
            _ => return None,
        },
        Expr::Filter(filter) => return chosen(filter),
        _ => return None,
    };
    items.iter().all(scalar).then(|| Tuple::new(items))
}

/// What a filter takes of a sample: the rows with a value in a column, or a column.
fn chosen(filter: &FilterExpr) -> Option<Tuple> {
    let Expr::Const(Value::Object(sample)) = &filter.at.input else {
        return None;
    };
    let sample = Some(sample).filter(|sample| sample.is_fixed())?;
    let args = &filter.at.args;
    if let (Some([Expr::Const(name), Expr::Const(test), Expr::Const(value)]), true) =
        (args.plain(), select::keeps(filter.run))
    {
        let name = name.as_str().filter(|name| select::is_one_name(name))?;
        return match sample.select_equal(name, value)? {
            Value::Tuple(rows) if select::is_equality(test) => Some(rows),
            _ => None,
        };
    }
    match args.only_keyword() {
        Some((option, Expr::Const(name)))
            if &**option == "attribute" && select::maps(filter.run) =>
        {
            let name = name.as_str().filter(|name| select::is_one_name(name))?;
            let cells = sample.pluck(name)?;
            cells.iter().all(scalar).then(|| Tuple::new(cells))
        }
        _ => None,
    }
}

/// The values of a constant sample, list or tuple, for what takes any of them.
pub(super) fn rows(expr: &Expr) -> Option<Tuple> {
    match expr {
        Expr::Const(Value::Object(_) | Value::List(_) | Value::Tuple(_)) => items(expr),
        _ => None,
    }
}

/// A list, tuple or dict of constants, and whether there are others in it.
pub(super) fn container(expr: &Expr) -> Option<(Value, bool)> {
    let mut deep = false;
    let mut inner = |item: &Expr| match item {
        Expr::Const(value) => {
            deep |= value.may_nest();
            Some(value.clone())
        }
        item => {
            deep = true;
            container(item).map(|(value, _)| value)
        }
    };
    let made = match expr {
        Expr::List(items) => Value::list(items.iter().map(inner).collect::<Option<_>>()?),
        Expr::Lent(items) => {
            deep = items.iter().any(Value::may_nest);
            Value::List(List::lent(items.clone()))
        }
        Expr::Tuple(items) => Value::tuple(items.iter().map(inner).collect::<Option<_>>()?),
        Expr::Record(items) => {
            let mut entries = Vec::with_capacity(items.len());
            for (key, value) in items {
                entries.push((Value::Str(key.clone()), inner(value)?));
            }
            Value::dict(entries)
        }
        Expr::Dict(items, _) => {
            let mut entries = Vec::with_capacity(items.len());
            for (key, value) in items {
                match key {
                    Expr::Const(key) if scalar(key) => entries.push((key.clone(), inner(value)?)),
                    _ => return None,
                }
            }
            Value::dict(entries)
        }
        _ => return None,
    };
    Some((made, deep))
}

/// An attribute of an object that never changes.
pub(super) fn attribute(object: &Expr, name: &str) -> Option<Value> {
    match object {
        Expr::Const(Value::Object(object)) if object.is_constant() => {
            Rc::clone(object).get_attr(name)
        }
        _ => None,
    }
}
