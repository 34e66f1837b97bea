//! Methods of lists, dicts and tuples.

use super::views::{View, ViewKind};
use super::{Method, int_arg};
use crate::template::access::position;
use crate::template::compare::order;
use crate::template::{Args, Ctx, Dict, Error, List, Value};

type Called = Option<Result<Value, Error>>;

pub(super) fn list(ctx: &mut Ctx<'_>, list: &List, method: Method, args: &Args<'_>) -> Called {
    Some(match method {
        Method::Append => append(ctx, list, args),
        Method::Pop => pop(list, args),
        Method::Extend => extend(ctx, list, args),
        Method::Insert => insert(ctx, list, args),
        Method::Remove => remove(list, args),
        Method::Index => index(&list.borrow(), args),
        Method::Count => count(&list.borrow(), args),
        Method::Sort => sort(ctx, list, args),
        Method::Reverse => args.none("reverse").map(|()| {
            list.borrow_mut().reverse();
            Value::None
        }),
        Method::Copy => args
            .none("copy")
            .map(|()| Value::list(list.borrow().to_vec())),
        Method::Clear => args.none("clear").map(|()| {
            let taken = std::mem::take(&mut *list.borrow_mut());
            drop(taken);
            Value::None
        }),
        _ => return None,
    })
}

fn one<'a>(args: &Args<'a>, function: &str) -> Result<&'a Value, Error> {
    let [value] = args.bind_positional(function, 1)?;
    Ok(value.unwrap_or(&Value::Undefined))
}

fn append(ctx: &Ctx<'_>, list: &List, args: &Args<'_>) -> Result<Value, Error> {
    let value = one(args, "append")?.clone();
    ctx.check_size(list.borrow().len())?;
    list.borrow_mut().push(value);
    Ok(Value::None)
}

fn pop(list: &List, args: &Args<'_>) -> Result<Value, Error> {
    let [at] = args.bind_positional("pop", 0)?;
    let index = at.map_or(Ok(-1), |at| int_arg(at, "pop"))?;
    let mut list = list.borrow_mut();
    if list.is_empty() {
        return Err(Error::value_error("pop from an empty list"));
    }
    match position(index, list.len()) {
        Some(at) => Ok(list.remove(at)),
        None => Err(Error::value_error(format!("pop: no item {index}"))),
    }
}

fn extend(ctx: &mut Ctx<'_>, list: &List, args: &Args<'_>) -> Result<Value, Error> {
    let items = ctx.collect(one(args, "extend")?)?;
    ctx.check_size(list.borrow().len() + items.len())?;
    list.borrow_mut().extend(items);
    Ok(Value::None)
}

fn insert(ctx: &Ctx<'_>, list: &List, args: &Args<'_>) -> Result<Value, Error> {
    let [at, value] = args.bind_positional("insert", 2)?;
    let index = int_arg(at.unwrap_or(&Value::None), "insert")?;
    ctx.check_size(list.borrow().len())?;
    let mut list = list.borrow_mut();
    let at = if index < 0 {
        position(index, list.len()).unwrap_or(0)
    } else {
        usize::try_from(index).unwrap_or(usize::MAX).min(list.len())
    };
    list.insert(at, value.cloned().unwrap_or_default());
    Ok(Value::None)
}

fn remove(list: &List, args: &Args<'_>) -> Result<Value, Error> {
    let value = one(args, "remove")?;
    let at = list.borrow().iter().position(|item| item == value);
    match at {
        Some(at) => {
            let removed = list.borrow_mut().remove(at);
            drop(removed);
            Ok(Value::None)
        }
        None => Err(Error::value_error("remove: the value is not in the list")),
    }
}

fn index(items: &[Value], args: &Args<'_>) -> Result<Value, Error> {
    let [value, start, stop] = args.bind_positional("index", 1)?;
    let bound = |at: Option<&Value>, missing: usize| match at {
        None => Ok(missing),
        Some(at) => {
            let index = int_arg(at, "index")?;
            let len = items.len();
            Ok(if index < 0 {
                position(index, len).unwrap_or(0)
            } else {
                usize::try_from(index).unwrap_or(usize::MAX).min(len)
            })
        }
    };
    let (start, stop) = (bound(start, 0)?, bound(stop, items.len())?);
    let value = value.unwrap_or(&Value::Undefined);
    let range = items.get(start..stop.max(start)).unwrap_or_default();
    match range.iter().position(|item| item == value) {
        Some(at) => Ok(Value::from(start + at)),
        None => Err(Error::value_error(format!(
            "index: {} is not there",
            value.repr()
        ))),
    }
}

fn count(items: &[Value], args: &Args<'_>) -> Result<Value, Error> {
    let value = one(args, "count")?;
    Ok(Value::from(
        items.iter().filter(|item| *item == value).count(),
    ))
}

fn sort(ctx: &mut Ctx<'_>, list: &List, args: &Args<'_>) -> Result<Value, Error> {
    if !args.positional.is_empty() {
        return Err(Error::type_error("sort() takes no positional arguments"));
    }
    let [key, reverse] = args.bind("sort", ["key", "reverse"], 0)?;
    let items = list.borrow().to_vec();
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let by = match key {
            Some(key) if !key.is_none() => {
                ctx.call(key, &Args::positional(std::slice::from_ref(&item)))?
            }
            _ => item.clone(),
        };
        keyed.push((by, item));
    }
    let sorted = sort_items(keyed, reverse.is_some_and(Value::truth))?;
    *list.borrow_mut() = sorted;
    Ok(Value::None)
}

/// Sorts items by their keys, stably; incomparable keys are an error.
pub(in crate::template) fn sort_items(
    mut items: Vec<(Value, Value)>,
    reverse: bool,
) -> Result<Vec<Value>, Error> {
    if reverse {
        items.reverse();
    }
    let mut sorted = merge_sort(items)?;
    if reverse {
        sorted.reverse();
    }
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}

/// The standard library's sorts may panic when an order is not total, which NaN makes it.
fn merge_sort(mut items: Vec<(Value, Value)>) -> Result<Vec<(Value, Value)>, Error> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sort(items)?.into_iter().peekable();
    let mut right = merge_sort(right)?.into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let right_first = order(&b.0, &a.0, "<")? == Some(std::cmp::Ordering::Less);
        merged.extend(if right_first {
            right.next()
        } else {
            left.next()
        });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

pub(super) fn tuple(items: &[Value], method: Method, args: &Args<'_>) -> Called {
    Some(match method {
        Method::Index => index(items, args),
        Method::Count => count(items, args),
        _ => return None,
    })
}

pub(super) fn dict(ctx: &mut Ctx<'_>, dict: &Dict, method: Method, args: &Args<'_>) -> Called {
    let view = |kind| {
        let name = "a dict view";
        args.none(name).map(|()| View::value(dict, kind))
    };
    Some(match method {
        Method::Get => get(dict, args),
        Method::Items => view(ViewKind::Items),
        Method::Keys => view(ViewKind::Keys),
        Method::Values => view(ViewKind::Values),
        Method::Update => update(ctx, dict, args),
        Method::Pop => dict_pop(dict, args),
        Method::Setdefault => setdefault(dict, args),
        Method::Popitem => args.none("popitem").and_then(|()| {
            let last = dict.borrow_mut().pop_last();
            match last {
                Some((key, value)) => Ok(Value::tuple(vec![key, value])),
                None => Err(Error::value_error("popitem: the dict is empty")),
            }
        }),
        Method::Copy => args.none("copy").map(|()| copy(dict)),
        Method::Clear => args.none("clear").map(|()| {
            dict.borrow_mut().clear();
            Value::None
        }),
        Method::Fromkeys => fromkeys(ctx, args),
        _ => return None,
    })
}

fn copy(dict: &Dict) -> Value {
    let copy = Dict::default();
    *copy.borrow_mut() = dict.borrow().shallow_copy();
    Value::Dict(copy)
}

fn get(dict: &Dict, args: &Args<'_>) -> Result<Value, Error> {
    let [key, default] = args.bind_positional("get", 1)?;
    let dict = dict.borrow();
    let found = dict.get(key.unwrap_or(&Value::None))?;
    Ok(found.or(default).cloned().unwrap_or(Value::None))
}

fn dict_pop(dict: &Dict, args: &Args<'_>) -> Result<Value, Error> {
    let [key, default] = args.bind_positional("pop", 1)?;
    let key = key.unwrap_or(&Value::None);
    let removed = dict.borrow_mut().remove(key)?;
    match removed.or_else(|| default.cloned()) {
        Some(value) => Ok(value),
        None => Err(Error::value_error(format!(
            "pop: there is no key {}",
            key.repr()
        ))),
    }
}

fn setdefault(dict: &Dict, args: &Args<'_>) -> Result<Value, Error> {
    let [key, default] = args.bind_positional("setdefault", 1)?;
    let key = key.unwrap_or(&Value::None);
    if let Some(found) = dict.borrow().get(key)? {
        return Ok(found.clone());
    }
    let value = default.cloned().unwrap_or(Value::None);
    dict.borrow_mut().insert(key.clone(), value.clone())?;
    Ok(value)
}

fn fromkeys(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [keys, value] = args.bind_positional("fromkeys", 1)?;
    let made = Dict::default();
    for key in ctx.collect(keys.unwrap_or(&Value::None))? {
        let value = value.cloned().unwrap_or(Value::None);
        made.borrow_mut().insert(key, value)?;
    }
    Ok(Value::Dict(made))
}

fn update(ctx: &mut Ctx<'_>, dict: &Dict, args: &Args<'_>) -> Result<Value, Error> {
    if args.positional.len() > 1 {
        return Err(Error::type_error(
            "update() takes at most 1 positional argument",
        ));
    }
    if let Some(source) = args.positional.first() {
        for (key, value) in pairs(ctx, source)? {
            dict.borrow_mut().insert(key, value)?;
        }
    }
    for (name, value) in args.keyword {
        dict.set(name, value.clone());
    }
    ctx.check_size(dict.borrow().len())?;
    Ok(Value::None)
}

/// Keys and values of a mapping or of an iteration of pairs.
pub(in crate::template) fn pairs(
    ctx: &mut Ctx<'_>,
    source: &Value,
) -> Result<Vec<(Value, Value)>, Error> {
    if let Value::Dict(dict) = source {
        let dict = dict.borrow();
        return Ok(dict
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect());
    }
    let mut found = Vec::new();
    for item in ctx.collect(source)? {
        let pair = ctx.collect(&item)?;
        match pair.as_slice() {
            [key, value] => found.push((key.clone(), value.clone())),
            _ => {
                return Err(Error::value_error(
                    "a dict is made of pairs of key and value",
                ));
            }
        }
    }
    Ok(found)
}
