//! Tests (`x is ...`). Each gets the value before `is` and the arguments after the name.

use std::cmp::Ordering;
use std::rc::Rc;

use super::compare::order;
use super::methods::BoundMethod;
use super::ops::{self, BinaryOp};
use super::{Args, Ctx, Error, Value, access, filters};

/// A test.
pub(super) type TestFn = fn(&mut Ctx<'_>, &Value, &Args<'_>) -> Result<bool, Error>;

/// Sorted by name.
const TESTS: &[(&str, TestFn)] = &[
    ("!=", ne),
    ("<", lt),
    ("<=", le),
    ("==", eq),
    (">", gt),
    (">=", ge),
    ("boolean", |_, value, args| plain(args, "boolean", matches!(value, Value::Bool(_)))),
    ("callable", |_, value, args| plain(args, "callable", is_callable(value))),
    ("defined", |_, value, args| plain(args, "defined", !value.is_undefined())),
    ("divisibleby", divisibleby),
    ("eq", eq),
    ("equalto", eq),
    ("escaped", |_, value, args| plain(args, "escaped", matches!(value, Value::Safe(_)))),
    ("even", |ctx, value, args| remainder(ctx, value, args, "even", 0)),
    ("false", |_, value, args| plain(args, "false", matches!(value, Value::Bool(false)))),
    ("filter", filter),
    ("float", |_, value, args| plain(args, "float", matches!(value, Value::Float(_)))),
    ("ge", ge),
    ("greaterthan", gt),
    ("gt", gt),
    ("in", is_in),
    ("integer", |_, value, args| {
        plain(args, "integer", matches!(value, Value::Int(_) | Value::Big(_)))
    }),
    ("iterable", |_, value, args| plain(args, "iterable", is_iterable(value))),
    ("le", le),
    ("lessthan", lt),
    ("lower", |_, value, args| {
        plain(args, "lower", has_case(value, char::is_lowercase, char::is_uppercase))
    }),
    ("lt", lt),
    ("mapping", |_, value, args| plain(args, "mapping", matches!(value, Value::Dict(_)))),
    ("ne", ne),
    ("none", |_, value, args| plain(args, "none", value.is_none())),
    ("number", |_, value, args| plain(args, "number", value.as_float().is_some() || matches!(value, Value::Big(_)))),
    ("odd", |ctx, value, args| remainder(ctx, value, args, "odd", 1)),
    ("sameas", |_, value, args| Ok(value.same_as(one(args, "sameas")?))),
    ("sequence", |_, value, args| plain(args, "sequence", is_sequence(value))),
    ("string", |_, value, args| plain(args, "string", value.as_str().is_some())),
    ("test", |_, value, args| plain(args, "test", value.as_str().is_some_and(|name| find(name).is_some()))),
    ("true", |_, value, args| plain(args, "true", matches!(value, Value::Bool(true)))),
    ("undefined", |_, value, args| plain(args, "undefined", value.is_undefined())),
    ("upper", |_, value, args| {
        plain(args, "upper", has_case(value, char::is_uppercase, char::is_lowercase))
    }),
];

/// The test of a name.
pub(super) fn find(name: &str) -> Option<TestFn> {
    let at = TESTS.binary_search_by_key(&name, |(known, _)| known).ok()?;
    TESTS.get(at).map(|(_, run)| *run)
}

/// Names of all tests.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TESTS.iter().map(|(name, _)| *name)
}

fn plain(args: &Args<'_>, name: &str, holds: bool) -> Result<bool, Error> {
    if !args.positional.is_empty() || !args.keyword.is_empty() {
        args.none(name)?;
    }
    Ok(holds)
}

fn one<'a>(args: &Args<'a>, name: &str) -> Result<&'a Value, Error> {
    match (args.positional, args.keyword) {
        ([value], []) => Ok(value),
        ([], [(_, value)]) => Ok(value),
        _ => Err(Error::type_error(format!("the test '{name}' takes one argument"))),
    }
}

fn eq(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    Ok(value == one(args, "eq")?)
}

fn ne(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    Ok(value != one(args, "ne")?)
}

fn ordered(
    value: &Value,
    args: &Args<'_>,
    symbol: &str,
    holds: fn(Ordering) -> bool,
) -> Result<bool, Error> {
    Ok(order(value, one(args, symbol)?, symbol)?.is_some_and(holds))
}

fn lt(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    ordered(value, args, "<", Ordering::is_lt)
}

fn le(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    ordered(value, args, "<=", Ordering::is_le)
}

fn gt(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    ordered(value, args, ">", Ordering::is_gt)
}

fn ge(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    ordered(value, args, ">=", Ordering::is_ge)
}

fn is_in(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    access::contains(one(args, "in")?, value)
}

fn divisibleby(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    let left = ops::binary(BinaryOp::Mod, value, one(args, "divisibleby")?, ctx.largest())?;
    Ok(left == Value::Int(0))
}

fn remainder(
    ctx: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
    name: &str,
    wanted: i64,
) -> Result<bool, Error> {
    args.none(name)?;
    let left = ops::binary(BinaryOp::Mod, value, &Value::Int(2), ctx.largest())?;
    Ok(left == Value::Int(wanted))
}

fn filter(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<bool, Error> {
    args.none("filter")?;
    Ok(value.as_str().is_some_and(|name| {
        filters::find(name).is_some() || ctx.host_filter(name).is_some()
    }))
}

fn is_callable(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            object.is_callable() || value.downcast::<BoundMethod>().is_some()
        }
        // Python's undefined has a `__call__`, which fails.
        Value::Undefined => true,
        _ => false,
    }
}

fn is_iterable(value: &Value) -> bool {
    match value {
        Value::Undefined
        | Value::Str(_)
        | Value::Safe(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Dict(_) => true,
        Value::Object(object) => {
            object.as_tuple().is_some() || Rc::clone(object).iterate().is_some()
        }
        _ => false,
    }
}

/// Has a length and items by position.
fn is_sequence(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            object.as_tuple().is_some()
                || (object.len().is_some()
                    && (object.get_slice(&[]).is_some()
                        || matches!(object.get_item(&Value::Int(0)), Ok(Some(_)))))
        }
        value => is_iterable(value),
    }
}

fn has_case(value: &Value, wanted: fn(char) -> bool, other: fn(char) -> bool) -> bool {
    let text = value.text();
    let text = text.as_str();
    text.chars().any(wanted) && !text.chars().any(other)
}
