//! Filters about lists, dicts and other iterations.

use std::cmp::Ordering;
use std::fmt::Write;

use super::super::dict::DictData;
use super::super::vm::OneShot;
use super::select::{Path, fold_case};
use crate::template::compare::order;
use crate::template::methods::{self, BoundMethod, int_arg, sort_items};
use crate::template::{Args, Ctx, Error, Object, Value, access};

pub(super) fn length(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("length")?;
    value.len().map(Value::from)
}

pub(super) fn list(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("list")?;
    ctx.collect(value).map(Value::list)
}

pub(super) fn default(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [default, boolean] = args.bind("default", ["default_value", "boolean"], 0)?;
    let missing = value.is_undefined() || (boolean.is_some_and(Value::truth) && !value.truth());
    if !missing {
        return Ok(value.clone());
    }
    Ok(default.cloned().unwrap_or_else(|| Value::from("")))
}

pub(super) fn attr(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [name] = args.bind("attr", ["name"], 1)?;
    let name = name.map(Value::text).unwrap_or_default();
    let name = name.as_str();
    match value {
        Value::Dict(_) if methods::has(value, name) => Ok(BoundMethod::value(value, name)),
        Value::Dict(_) => Ok(Value::Undefined),
        Value::Object(host) if host.as_tuple().is_none() => Ok(match host.get_attr(name) {
            Some(found) => found,
            None if host.has_method(name) => BoundMethod::value(value, name),
            None => Value::Undefined,
        }),
        value => access::attribute(value, name),
    }
}

pub(super) fn first(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("first")?;
    Ok(ctx.first(value)?.unwrap_or_default())
}

pub(super) fn last(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("last")?;
    match value {
        Value::List(list) => return Ok(list.borrow().last().cloned().unwrap_or_default()),
        Value::Tuple(items) => return Ok(items.last().cloned().unwrap_or_default()),
        Value::Object(host) if host.as_tuple().is_none() => {
            let Some(len) = host.len() else {
                let error = Error::type_error(format!("last: '{}' has no end", value.type_name()));
                return Err(error.help("use `| list | last`"));
            };
            let Some(at) = len.checked_sub(1) else {
                return Ok(Value::Undefined);
            };
            if let Some(found) = host.get_item(&Value::from(at))? {
                return Ok(found);
            }
        }
        _ => {}
    }
    Ok(ctx.collect(value)?.pop().unwrap_or_default())
}

pub(super) fn random(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("random")?;
    let len = value.len()?;
    if len == 0 {
        return Ok(Value::Undefined);
    }
    let at = ctx.random().below(len as u64);
    if let Value::List(list) = value {
        let at = usize::try_from(at).unwrap_or(0);
        return Ok(list.get(at).unwrap_or_default());
    }
    let found = match value {
        Value::Dict(dict) => dict.borrow().get(&Value::from(at))?.cloned(),
        Value::Safe(_) | Value::Str(_) | Value::Bytes(_) | Value::Tuple(_) => {
            Some(access::item(value, &Value::from(at))?)
        }
        Value::Object(host) => match host.get_item(&Value::from(at))? {
            None if host.as_tuple().is_some() => Some(access::item(value, &Value::from(at))?),
            found => found,
        },
        _ => None,
    };
    found.ok_or_else(|| {
        let message = format!("random: '{}' has no items by position", value.type_name());
        Error::type_error(message).help("use `| list | random`")
    })
}

pub(super) fn reverse(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("reverse")?;
    if let Some(text) = value.as_str() {
        let reversed: String = text.chars().rev().collect();
        return Ok(methods::swap_safe(reversed, matches!(value, Value::Safe(_))));
    }
    let mut items = ctx.collect(value)?;
    items.reverse();
    if value.downcast::<OneShot>().is_some() {
        return Ok(Value::list(items));
    }
    let name = match value {
        Value::List(_) => "list_reverseiterator",
        Value::Dict(_) => "dict_reversekeyiterator",
        _ => "reversed",
    };
    Ok(OneShot::value(name, items))
}

pub(super) fn items(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("items")?;
    let pairs = match value {
        Value::Undefined => Vec::new(),
        Value::Dict(dict) => pairs_of(&dict.borrow()),
        value => {
            return Err(Error::type_error(format!(
                "items takes a dict, not '{}'",
                value.type_name()
            )));
        }
    };
    Ok(OneShot::value("generator", pairs))
}

fn pairs_of(dict: &DictData) -> Vec<Value> {
    let entries = dict.iter();
    entries
        .map(|(key, value)| Value::tuple(vec![key.clone(), value.clone()]))
        .collect()
}

pub(super) fn dictsort(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["case_sensitive", "by", "reverse"];
    let [case_sensitive, by, reverse] = args.bind("dictsort", names, 0)?;
    let case_sensitive = case_sensitive.is_some_and(Value::truth);
    let by_value = match by.map_or(Some("key"), Value::as_str) {
        Some("key") => false,
        Some("value") => true,
        _ => {
            return Err(Error::value_error("dictsort: `by` must be 'key' or 'value'"));
        }
    };
    let Value::Dict(dict) = value else {
        let message = format!("dictsort takes a dict, not '{}'", value.type_name());
        return Err(Error::type_error(message));
    };
    let keyed = dict
        .borrow()
        .iter()
        .map(|(key, value)| {
            let by = if by_value { value } else { key };
            let pair = Value::tuple(vec![key.clone(), value.clone()]);
            (fold_case(by.clone(), case_sensitive), pair)
        })
        .collect();
    sort_items(keyed, reverse.is_some_and(Value::truth)).map(Value::list)
}

pub(super) fn sort(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["reverse", "case_sensitive", "attribute"];
    let [reverse, case_sensitive, attribute] = args.bind("sort", names, 0)?;
    let case_sensitive = case_sensitive.is_some_and(Value::truth);
    let paths = Path::several(attribute);
    let items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let mut key = Vec::with_capacity(paths.len());
        for path in &paths {
            key.push(fold_case(path.get(&item, None)?, case_sensitive));
        }
        keyed.push((Value::tuple(key), item));
    }
    sort_items(keyed, reverse.is_some_and(Value::truth)).map(Value::list)
}

/// The arguments `case_sensitive` and `attribute` of several filters.
fn by_key(args: &Args<'_>, filter: &str) -> Result<(bool, Path), Error> {
    let [case_sensitive, attribute] = args.bind(filter, ["case_sensitive", "attribute"], 0)?;
    let case_sensitive = case_sensitive.is_some_and(Value::truth);
    Ok((case_sensitive, Path::new(attribute)))
}

pub(super) fn unique(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let (case_sensitive, path) = by_key(args, "unique")?;
    let items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    let mut seen = DictData::default();
    let mut kept = Vec::new();
    for item in items {
        let key = fold_case(path.get(&item, None)?, case_sensitive);
        if !seen.contains(&key)? {
            seen.insert(key, Value::None)?;
            kept.push(item);
        }
    }
    Ok(OneShot::value("generator", kept))
}

pub(super) fn min(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    extreme(ctx, value, args, "min", ("<", Ordering::Less))
}

pub(super) fn max(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    extreme(ctx, value, args, "max", (">", Ordering::Greater))
}

fn extreme(
    ctx: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
    filter: &str,
    (symbol, better): (&str, Ordering),
) -> Result<Value, Error> {
    let (case_sensitive, path) = by_key(args, filter)?;
    let items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        let key = fold_case(path.get(&item, None)?, case_sensitive);
        let wins = match &best {
            Some((known, _)) => order(&key, known, symbol)? == Some(better),
            None => true,
        };
        if wins {
            best = Some((key, item));
        }
    }
    Ok(best.map(|(_, item)| item).unwrap_or_default())
}

/// A group: a pair that also has names.
struct Group([Value; 2]);

impl Object for Group {
    fn type_name(&self) -> &str {
        "_GroupTuple"
    }

    fn as_tuple(&self) -> Option<&[Value]> {
        Some(&self.0)
    }

    fn len(&self) -> Option<usize> {
        Some(2)
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let [key, items] = &self.0;
        match name {
            "grouper" => Some(key.clone()),
            "list" => Some(items.clone()),
            _ => None,
        }
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        Value::tuple(self.0.to_vec()).write_repr(out)
    }
}

pub(super) fn groupby(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["attribute", "default", "case_sensitive"];
    let [attribute, default, case_sensitive] = args.bind("groupby", names, 1)?;
    let case_sensitive = case_sensitive.is_some_and(Value::truth);
    let default = default.filter(|value| !value.is_none());
    let path = Path::new(attribute);
    let items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let found = path.get(&item, default)?;
        let key = fold_case(found.clone(), case_sensitive);
        let entry = Value::tuple(vec![key.clone(), found, item]);
        keyed.push((key, entry));
    }
    let mut groups: Vec<(Value, Value, Vec<Value>)> = Vec::new();
    for entry in sort_items(keyed, false)? {
        let Some([key, found, item]) = entry.as_tuple() else {
            continue;
        };
        match groups.last_mut() {
            Some((known, _, members)) if known == key => members.push(item.clone()),
            _ => groups.push((key.clone(), found.clone(), vec![item.clone()])),
        }
    }
    let groups = groups.into_iter();
    let groups = groups.map(|(_, key, items)| Value::object(Group([key, Value::list(items)])));
    Ok(Value::list(groups.collect()))
}

pub(super) fn batch(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [size, fill] = args.bind("batch", ["linecount", "fill_with"], 1)?;
    let size = int_arg(size.unwrap_or(&Value::None), "batch")?;
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let Some(size) = size else {
        return Err(Error::value_error("batch: the size must be above 0"));
    };
    let fill = fill.filter(|fill| !fill.is_none());
    let items = ctx.collect(value)?;
    let mut rows = Vec::new();
    for row in items.chunks(size) {
        let mut row = row.to_vec();
        if let Some(fill) = fill {
            ctx.check_size(size)?;
            row.resize(size, fill.clone());
        }
        rows.push(Value::list(row));
    }
    Ok(OneShot::value("generator", rows))
}

pub(super) fn slice(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [count, fill] = args.bind("slice", ["slices", "fill_with"], 1)?;
    let count = int_arg(count.unwrap_or(&Value::None), "slice")?;
    let count = usize::try_from(count).ok().filter(|count| *count > 0);
    let Some(count) = count else {
        return Err(Error::value_error("slice: the number of slices must be above 0"));
    };
    ctx.check_size(count)?;
    let fill = fill.filter(|fill| !fill.is_none());
    let items = ctx.collect(value)?;
    let (each, longer) = (items.len() / count, items.len() % count);
    let mut items = items.into_iter();
    let mut columns = Vec::with_capacity(count);
    for at in 0..count {
        let mut column: Vec<Value> = items.by_ref().take(each + usize::from(at < longer)).collect();
        if let (Some(fill), true) = (fill, at >= longer) {
            column.push(fill.clone());
        }
        columns.push(Value::list(column));
    }
    Ok(OneShot::value("generator", columns))
}
