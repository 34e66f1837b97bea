//! Filters that apply filters and tests to the items of a sequence.

use super::sequence::Key;
use super::{FilterFn, find};
use crate::template::methods::text_arg;
use crate::template::tests::{self, TestFn};
use crate::template::vm::OneShot;
use crate::template::{Args, Ctx, Error, ErrorKind, Value};

pub(super) fn map(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    if is_nothing(input) {
        return Ok(OneShot::value("generator", Vec::new()));
    }
    if let (Value::Object(host), [], [(option, attribute)]) = (input, args.positional, args.keyword)
        && let ("attribute", Some(name)) = (&**option, attribute.as_str())
        && is_one_name(name)
        && let Some(cells) = host.pluck(name)
    {
        ctx.step(cells.len() as u64)?;
        return Ok(OneShot::value("generator", cells));
    }
    let items = ctx.collect(input)?;
    if args.positional.is_empty() {
        let [attribute, default] = args.bind("map", ["attribute", "default"], 1)?;
        let key = Key::attribute(attribute.unwrap_or(&Value::None), default.cloned())?;
        let mapped = items.iter().map(|item| key.of(item));
        return Ok(OneShot::value(
            "generator",
            mapped.collect::<Result<_, _>>()?,
        ));
    }
    let (name, rest) = split_name(args, "map")?;
    let host = ctx.host_filter(name);
    let run: Option<FilterFn> = find(name).map(|(run, _)| run);
    let mut mapped = Vec::with_capacity(items.len());
    for item in items {
        ctx.step(1)?;
        let value = match (&host, run) {
            (Some(function), _) => {
                let mut with: Vec<Value> = vec![item];
                with.extend_from_slice(rest.positional);
                let args = Args {
                    positional: &with,
                    keyword: rest.keyword,
                };
                ctx.call(function, &args)?
            }
            (None, Some(run)) => run(ctx, &item, &rest)?,
            (None, None) => {
                let message = format!("no filter named '{name}'");
                let error = Error::new(ErrorKind::NotFound, message);
                return Err(error.suggest(name, super::names()));
            }
        };
        mapped.push(value);
    }
    Ok(OneShot::value("generator", mapped))
}

/// Jinja2's lazy filters give nothing for `none` and zeros, instead of an error.
fn is_nothing(input: &Value) -> bool {
    !matches!(input, Value::Object(_)) && !input.truth()
}

/// True for the filter [`map`].
pub(in crate::template) fn maps(run: FilterFn) -> bool {
    std::ptr::fn_addr_eq(run, map as FilterFn)
}

/// True for the filter [`selectattr`].
pub(in crate::template) fn keeps(run: FilterFn) -> bool {
    std::ptr::fn_addr_eq(run, selectattr as FilterFn)
}

/// True for a name of the test of equality.
pub(in crate::template) fn is_equality(test: &Value) -> bool {
    matches!(test.as_str(), Some("equalto" | "eq" | "=="))
}

/// True for an attribute that is no path and no position.
pub(in crate::template) fn is_one_name(attribute: &str) -> bool {
    !attribute.contains('.') && !attribute.starts_with(|first: char| first.is_ascii_digit())
}

/// The name of a filter or test and the arguments after it.
fn split_name<'a>(args: &Args<'a>, filter: &str) -> Result<(&'a str, Args<'a>), Error> {
    let Some((name, rest)) = args.positional.split_first() else {
        return Err(Error::type_error(format!("{filter} takes a name")));
    };
    let rest = Args {
        positional: rest,
        keyword: args.keyword,
    };
    Ok((text_arg(name, filter)?, rest))
}

fn test_of<'a>(args: &Args<'a>, filter: &str) -> Result<Option<(TestFn, Args<'a>)>, Error> {
    if args.positional.is_empty() {
        return Ok(None);
    }
    let (name, rest) = split_name(args, filter)?;
    match tests::find(name) {
        Some(run) => Ok(Some((run, rest))),
        None => {
            let error = Error::new(ErrorKind::NotFound, format!("no test named '{name}'"));
            Err(error.suggest(name, tests::names()))
        }
    }
}

/// Keeps the items whose key passes the test, or fails it when `keep` is false.
fn choose(
    ctx: &mut Ctx<'_>,
    input: &Value,
    key: Option<&Key>,
    test: Option<(TestFn, Args<'_>)>,
    keep: bool,
) -> Result<Value, Error> {
    let mut kept = Vec::new();
    if is_nothing(input) {
        return Ok(OneShot::value("generator", kept));
    }
    for item in ctx.collect(input)? {
        ctx.step(1)?;
        let subject = match key {
            Some(key) => key.of(&item)?,
            None => item.clone(),
        };
        let holds = match &test {
            Some((run, args)) => run(ctx, &subject, args)?,
            None => subject.truth(),
        };
        if holds == keep {
            kept.push(item);
        }
    }
    Ok(OneShot::value("generator", kept))
}

/// [`choose`] where the attribute of each item is at hand.
fn choose_plucked(
    ctx: &mut Ctx<'_>,
    items: &[Value],
    subjects: &[Value],
    test: Option<(TestFn, Args<'_>)>,
    keep: bool,
) -> Result<Value, Error> {
    ctx.step(items.len() as u64)?;
    let mut kept = Vec::new();
    for (item, subject) in items.iter().zip(subjects) {
        ctx.step(1)?;
        let holds = match &test {
            Some((run, args)) => run(ctx, subject, args)?,
            None => subject.truth(),
        };
        if holds == keep {
            kept.push(item.clone());
        }
    }
    Ok(OneShot::value("generator", kept))
}

fn by_item(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>, keep: bool) -> Result<Value, Error> {
    let test = test_of(args, if keep { "select" } else { "reject" })?;
    choose(ctx, input, None, test, keep)
}

fn by_attribute(
    ctx: &mut Ctx<'_>,
    input: &Value,
    args: &Args<'_>,
    keep: bool,
) -> Result<Value, Error> {
    let name = if keep { "selectattr" } else { "rejectattr" };
    let Some((attribute, rest)) = args.positional.split_first() else {
        return Err(Error::type_error(format!("{name} takes an attribute")));
    };
    if let (Value::Object(host), Some(name), [test, value]) = (input, attribute.as_str(), rest)
        && is_equality(test)
        && is_one_name(name)
    {
        let found = if keep {
            host.select_equal(name, value)
        } else {
            host.reject_equal(name, value)
        };
        if let Some(found) = found {
            ctx.step(host.len().unwrap_or(0) as u64)?;
            return Ok(match found {
                Value::Tuple(found) => OneShot::lent("generator", found),
                found => {
                    let found = found.as_tuple().unwrap_or_default().to_vec();
                    OneShot::value("generator", found)
                }
            });
        }
    }
    let rest = Args {
        positional: rest,
        keyword: args.keyword,
    };
    if let (Value::Object(host), Some(attribute)) = (input, attribute.as_str())
        && is_one_name(attribute)
        && let (Some(subjects), Some(items)) = (host.pluck(attribute), host.all())
    {
        return choose_plucked(ctx, &items, &subjects, test_of(&rest, name)?, keep);
    }
    let key = Key::attribute(attribute, None)?;
    choose(ctx, input, Some(&key), test_of(&rest, name)?, keep)
}

pub(super) fn select(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    by_item(ctx, input, args, true)
}

pub(super) fn reject(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    by_item(ctx, input, args, false)
}

pub(super) fn selectattr(
    ctx: &mut Ctx<'_>,
    input: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    by_attribute(ctx, input, args, true)
}

pub(super) fn rejectattr(
    ctx: &mut Ctx<'_>,
    input: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    by_attribute(ctx, input, args, false)
}
