//! Tests: what follows `is`.

use super::syntax::ast::CompareOp;
use super::vm::compare;
use super::{Args, Ctx, Error, Value, access, ops};

/// A test.
pub(super) type TestFn = fn(&mut Ctx<'_>, &Value, &Args<'_>) -> Result<bool, Error>;

const TESTS: &[(&str, TestFn)] = &[
    ("!=", ne),
    ("<", lt),
    ("<=", le),
    ("==", eq),
    (">", gt),
    (">=", ge),
    ("boolean", |_, input, args| {
        plain(args, matches!(input, Value::Bool(_)))
    }),
    ("callable", callable),
    ("defined", |_, input, args| {
        plain(args, !input.is_undefined())
    }),
    ("divisibleby", divisibleby),
    ("eq", eq),
    ("equalto", eq),
    ("escaped", |_, input, args| {
        plain(args, matches!(input, Value::Safe(_)))
    }),
    ("even", |_, input, args| parity(input, args, false)),
    ("false", |_, input, args| {
        plain(args, matches!(input, Value::Bool(false)))
    }),
    ("filter", filter),
    ("float", |_, input, args| {
        plain(args, matches!(input, Value::Float(_)))
    }),
    ("ge", ge),
    ("greaterthan", gt),
    ("gt", gt),
    ("in", is_in),
    ("integer", |_, input, args| {
        plain(args, matches!(input, Value::Int(_) | Value::Big(_)))
    }),
    ("iterable", iterable),
    ("le", le),
    ("lessthan", lt),
    ("lower", |_, input, args| {
        cased(input, args, char::is_lowercase, char::is_uppercase)
    }),
    ("lt", lt),
    ("mapping", |_, input, args| {
        plain(args, matches!(input, Value::Dict(_)))
    }),
    ("ne", ne),
    ("none", |_, input, args| plain(args, input.is_none())),
    ("number", |_, input, args| {
        plain(args, input.as_float().is_some())
    }),
    ("odd", |_, input, args| parity(input, args, true)),
    ("sameas", sameas),
    ("sequence", sequence),
    ("string", |_, input, args| {
        plain(args, input.as_str().is_some())
    }),
    ("test", test),
    ("true", |_, input, args| {
        plain(args, matches!(input, Value::Bool(true)))
    }),
    ("undefined", |_, input, args| {
        plain(args, input.is_undefined())
    }),
    ("upper", |_, input, args| {
        cased(input, args, char::is_uppercase, char::is_lowercase)
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

fn plain(args: &Args<'_>, holds: bool) -> Result<bool, Error> {
    args.none("the test")?;
    Ok(holds)
}

fn with_other(
    ctx: &mut Ctx<'_>,
    op: CompareOp,
    input: &Value,
    args: &Args<'_>,
) -> Result<bool, Error> {
    let [other] = args.bind_positional("the test", 1)?;
    compare(ctx, op, input, other.unwrap_or(&Value::Undefined))
}

fn eq(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    with_other(ctx, CompareOp::Eq, input, args)
}

fn ne(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    with_other(ctx, CompareOp::Ne, input, args)
}

fn lt(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    with_other(ctx, CompareOp::Lt, input, args)
}

fn le(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    with_other(ctx, CompareOp::Le, input, args)
}

fn gt(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    with_other(ctx, CompareOp::Gt, input, args)
}

fn ge(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    with_other(ctx, CompareOp::Ge, input, args)
}

fn is_in(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    let [container] = args.bind("in", ["seq"], 1)?;
    access::contains(ctx, container.unwrap_or(&Value::Undefined), input)
}

fn sameas(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    let [other] = args.bind("sameas", ["other"], 1)?;
    Ok(input.same_as(other.unwrap_or(&Value::Undefined)))
}

fn divisibleby(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    let [by] = args.bind("divisibleby", ["num"], 1)?;
    let by = by.unwrap_or(&Value::Undefined);
    let rest = ops::binary(ops::BinaryOp::Mod, input, by, ctx.largest())?;
    Ok(rest == Value::Int(0))
}

fn parity(input: &Value, args: &Args<'_>, odd: bool) -> Result<bool, Error> {
    args.none("the test")?;
    let rest = match input {
        Value::Str(_) | Value::Safe(_) => None,
        input => ops::binary(ops::BinaryOp::Mod, input, &Value::Int(2), 1).ok(),
    };
    match rest {
        Some(rest) => Ok(rest == Value::Int(i64::from(odd))),
        None => {
            let name = if odd { "odd" } else { "even" };
            Err(Error::type_error(format!(
                "the test '{name}' takes a number, not '{}'",
                input.type_name()
            )))
        }
    }
}

fn cased(
    input: &Value,
    args: &Args<'_>,
    wanted: fn(char) -> bool,
    other: fn(char) -> bool,
) -> Result<bool, Error> {
    args.none("the test")?;
    let text = input.text();
    let text = text.as_str();
    Ok(text.chars().any(wanted) && !text.chars().any(other))
}

fn callable(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    plain(
        args,
        // Jinja2's undefined can be called, which then fails.
        match input {
            Value::Undefined => true,
            Value::Object(object) => object.is_callable(),
            _ => false,
        },
    )
}

fn iterable(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    let iterable = match input {
        Value::Undefined
        | Value::Str(_)
        | Value::Safe(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Dict(_) => true,
        Value::Object(object) => {
            object.as_tuple().is_some() || std::rc::Rc::clone(object).iterate().is_some()
        }
        _ => false,
    };
    plain(args, iterable)
}

fn sequence(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    let sequence = match input {
        Value::Undefined
        | Value::Str(_)
        | Value::Safe(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Dict(_) => true,
        Value::Object(object) => {
            object.as_tuple().is_some()
                || (object.len().is_some() && object.get_slice(&[]).is_some())
        }
        _ => false,
    };
    plain(args, sequence)
}

fn filter(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    hashable(input)?;
    let name = input.text();
    let known = super::filters::find(name.as_str()).is_some();
    let hosted = ctx.host_filter(name.as_str()).is_some();
    plain(args, known || hosted)
}

fn hashable(input: &Value) -> Result<(), Error> {
    match input {
        Value::List(_) | Value::Dict(_) => Err(Error::type_error(format!(
            "unhashable type: '{}'",
            input.type_name()
        ))),
        _ => Ok(()),
    }
}

fn test(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<bool, Error> {
    hashable(input)?;
    plain(args, find(input.text().as_str()).is_some())
}
