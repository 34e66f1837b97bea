//! Filters on sequences and mappings.

use crate::template::methods::{int_arg, pairs, sort_items, text_arg};
use crate::template::vm::OneShot;
use crate::template::{Args, Ctx, Error, Str, Value, access, compare::order};

/// What a filter's `attribute` argument reads of an item.
pub(in crate::template) struct Key {
    /// Paths, each of names and numbers; several give a list.
    paths: Vec<Vec<Value>>,
    lower: bool,
    default: Option<Value>,
    many: bool,
}

/// The key of an attribute argument, or of the item itself when texts are compared by their lower
/// case; nothing when neither is wanted.
pub(in crate::template) fn key_function(
    attribute: Option<&Value>,
    lower: bool,
) -> Result<Option<Key>, Error> {
    let paths = match attribute {
        None | Some(Value::None) => {
            return Ok(lower.then(|| Key {
                paths: vec![Vec::new()],
                lower,
                default: None,
                many: false,
            }));
        }
        Some(value) => vec![path(value)?],
    };
    Ok(Some(Key {
        paths,
        lower,
        default: None,
        many: false,
    }))
}

fn path(value: &Value) -> Result<Vec<Value>, Error> {
    match value {
        Value::Int(_) => Ok(vec![value.clone()]),
        value => {
            let text = text_arg(value, "attribute")?;
            Ok(text.split('.').map(path_part).collect())
        }
    }
}

fn path_part(part: &str) -> Value {
    let number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match part.parse::<i64>() {
        Ok(index) if number => Value::Int(index),
        _ => Value::from(part),
    }
}

impl Key {
    /// A key of one attribute, with what stands for a missing one.
    pub fn attribute(value: &Value, default: Option<Value>) -> Result<Self, Error> {
        Ok(Self {
            paths: vec![path(value)?],
            lower: false,
            default,
            many: false,
        })
    }

    /// Several attributes, separated by commas.
    fn list(value: &Value, lower: bool) -> Result<Self, Error> {
        let paths = match value {
            Value::Int(_) => vec![vec![value.clone()]],
            value => text_arg(value, "attribute")?
                .split(',')
                .map(|one| one.split('.').map(path_part).collect())
                .collect(),
        };
        Ok(Self {
            paths,
            lower,
            default: None,
            many: true,
        })
    }

    fn one(&self, item: &Value, path: &[Value]) -> Result<Value, Error> {
        let mut value = item.clone();
        for part in path {
            value = access::item(&value, part)?;
            if value.is_undefined()
                && let Some(default) = &self.default
            {
                value = default.clone();
            }
        }
        if self.lower
            && let Some(text) = value.as_str()
        {
            value = Value::from(text.to_lowercase());
        }
        Ok(value)
    }

    /// The key of an item.
    pub fn of(&self, item: &Value) -> Result<Value, Error> {
        match self.paths.as_slice() {
            [path] if !self.many => self.one(item, path),
            paths => {
                let parts = paths.iter().map(|path| self.one(item, path));
                Ok(Value::list(parts.collect::<Result<_, _>>()?))
            }
        }
    }
}

pub(super) fn length(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("length")?;
    input.len().map(Value::from)
}

pub(super) fn default(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [value, boolean] = args.bind("default", ["default_value", "boolean"], 0)?;
    let replace = input.is_undefined() || (boolean.is_some_and(Value::truth) && !input.truth());
    if !replace {
        return Ok(input.clone());
    }
    Ok(value.cloned().unwrap_or(Value::Str(Str::EMPTY)))
}

pub(super) fn list(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("list")?;
    ctx.list_of(input).map(Value::List)
}

pub(super) fn first(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("first")?;
    let mut first = None;
    ctx.each(input, |item| {
        first = Some(item);
        false
    })?;
    Ok(first.unwrap_or_default())
}

pub(super) fn last(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("last")?;
    let input = &match input {
        // A view's items are counted but not numbered.
        Value::Object(host) if host.len().is_none() => {
            return Err(Error::type_error(format!(
                "'{}' has no last item; use `| list` first",
                input.type_name()
            )));
        }
        input => input.clone(),
    };
    if let Value::List(items) = input {
        return Ok(items.borrow().last().cloned().unwrap_or_default());
    }
    if let Some(items) = input.as_tuple() {
        return Ok(items.last().cloned().unwrap_or_default());
    }
    if let Value::Object(_) = input {
        let found = access::item(input, &Value::Int(-1))?;
        if !found.is_undefined() {
            return Ok(found);
        }
    }
    let mut all = ctx.collect(input)?;
    Ok(all.pop().unwrap_or_default())
}

pub(super) fn random(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("random")?;
    let len = input.len()?;
    if len == 0 {
        return Ok(Value::Undefined);
    }
    let at = ctx.random().below(u64::try_from(len).unwrap_or(u64::MAX));
    let at = usize::try_from(at).unwrap_or(0);
    let found = match input {
        Value::List(list) => list.get(at),
        Value::Dict(dict) => {
            let found = dict.borrow().get(&Value::from(at))?.cloned();
            return found
                .ok_or_else(|| Error::value_error(format!("random: the dict has no key {at}")));
        }
        input => match input.as_tuple() {
            Some(items) => items.get(at).cloned(),
            None => Some(access::item(input, &Value::from(at))?),
        },
    };
    Ok(found.unwrap_or_default())
}

/// The smallest or the largest.
fn extreme(
    ctx: &mut Ctx<'_>,
    input: &Value,
    args: &Args<'_>,
    name: &str,
    wanted: std::cmp::Ordering,
) -> Result<Value, Error> {
    let [case_sensitive, attribute] = args.bind(name, ["case_sensitive", "attribute"], 0)?;
    let key = key_function(attribute, !case_sensitive.is_some_and(Value::truth))?;
    let mut best: Option<(Value, Value)> = None;
    for item in ctx.collect(input)? {
        let by = match &key {
            Some(key) => key.of(&item)?,
            None => item.clone(),
        };
        let better = match &best {
            None => true,
            Some((known, _)) => {
                let sign = if wanted.is_lt() { "<" } else { ">" };
                order(&by, known, sign)? == Some(wanted)
            }
        };
        if better {
            best = Some((by, item));
        }
    }
    Ok(best.map(|(_, item)| item).unwrap_or_default())
}

pub(super) fn min(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    extreme(ctx, input, args, "min", std::cmp::Ordering::Less)
}

pub(super) fn max(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    extreme(ctx, input, args, "max", std::cmp::Ordering::Greater)
}

pub(super) fn sort(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["reverse", "case_sensitive", "attribute"];
    let [reverse, case_sensitive, attribute] = args.bind("sort", names, 0)?;
    let lower = !case_sensitive.is_some_and(Value::truth);
    let key = match attribute {
        None | Some(Value::None) => key_function(None, lower)?,
        Some(attribute) => Some(Key::list(attribute, lower)?),
    };
    let mut keyed = Vec::new();
    for item in ctx.collect(input)? {
        let by = match &key {
            Some(key) => key.of(&item)?,
            None => item.clone(),
        };
        keyed.push((by, item));
    }
    sort_items(keyed, reverse.is_some_and(Value::truth)).map(Value::list)
}

pub(super) fn unique(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [case_sensitive, attribute] = args.bind("unique", ["case_sensitive", "attribute"], 0)?;
    let key = key_function(attribute, !case_sensitive.is_some_and(Value::truth))?;
    let seen = crate::template::Dict::default();
    let mut kept = Vec::new();
    for item in ctx.collect(input)? {
        let by = match &key {
            Some(key) => key.of(&item)?,
            None => item.clone(),
        };
        let mut seen = seen.borrow_mut();
        if !seen.contains(&by)? {
            seen.insert(by, Value::None)?;
            kept.push(item);
        }
    }
    Ok(OneShot::value("generator", kept))
}

/// One group of `groupby`: a pair with names.
struct Group([Value; 2]);

impl crate::template::Object for Group {
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
        let [grouper, list] = &self.0;
        match name {
            "grouper" => Some(grouper.clone()),
            "list" => Some(list.clone()),
            _ => None,
        }
    }

    fn text(&self, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
        Value::tuple(self.0.to_vec()).write_repr(out)
    }
}

pub(super) fn groupby(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["attribute", "default", "case_sensitive"];
    let [attribute, default, case_sensitive] = args.bind("groupby", names, 1)?;
    let attribute = attribute.unwrap_or(&Value::None);
    let lower = !case_sensitive.is_some_and(Value::truth);
    let mut key = Key::attribute(attribute, default.cloned())?;
    let plain = Key::attribute(attribute, default.cloned())?;
    key.lower = lower;
    let mut keyed = Vec::new();
    for item in ctx.collect(input)? {
        keyed.push((key.of(&item)?, item));
    }
    let mut groups: Vec<(Value, Value, Vec<Value>)> = Vec::new();
    for item in sort_items(keyed, false)? {
        let by = key.of(&item)?;
        match groups.last_mut() {
            Some((known, _, items)) if *known == by => items.push(item),
            _ => groups.push((by, plain.of(&item)?, vec![item])),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(_, shown, items)| Value::object(Group([shown, Value::list(items)])));
    Ok(Value::list(groups.collect()))
}

pub(super) fn dictsort(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let names = ["case_sensitive", "by", "reverse"];
    let [case_sensitive, by, reverse] = args.bind("dictsort", names, 0)?;
    if !matches!(input, Value::Dict(_)) {
        return Err(Error::type_error(format!(
            "dictsort takes a dict, not '{}'",
            input.type_name()
        )));
    }
    let by = match by.map_or(Ok("key"), |by| text_arg(by, "dictsort"))? {
        "key" => 0,
        "value" => 1,
        _ => return Err(Error::value_error("dictsort: sorted by 'key' or 'value'")),
    };
    let key = key_function(
        Some(&Value::Int(by)),
        !case_sensitive.is_some_and(Value::truth),
    )?;
    let mut keyed = Vec::new();
    for (name, value) in pairs(ctx, input)? {
        let pair = Value::tuple(vec![name, value]);
        let by = match &key {
            Some(key) => key.of(&pair)?,
            None => pair.clone(),
        };
        keyed.push((by, pair));
    }
    sort_items(keyed, reverse.is_some_and(Value::truth)).map(Value::list)
}

pub(super) fn items(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("items")?;
    let found = match input {
        Value::Undefined => Vec::new(),
        Value::Dict(_) => pairs(ctx, input)?,
        _ => return Err(Error::type_error("items takes a mapping")),
    };
    let found = found
        .into_iter()
        .map(|(key, value)| Value::tuple(vec![key, value]));
    Ok(OneShot::value("generator", found.collect()))
}

/// An integer, or a float that is one, as the result of a division is.
fn int_or_whole(value: &Value, name: &str) -> Result<i64, Error> {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => Ok(*number as i64),
        value => int_arg(value, name),
    }
}

pub(super) fn batch(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [size, fill] = args.bind("batch", ["linecount", "fill_with"], 1)?;
    let size = int_or_whole(size.unwrap_or(&Value::None), "batch")?;
    let all = ctx.collect(input)?;
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        // Nothing is ever as long as that: one batch, after the empty one that is as long as 0.
        let mut batches = Vec::new();
        if !all.is_empty() {
            batches.extend((size == 0).then(|| Value::list(Vec::new())));
            batches.push(Value::list(all));
        }
        return Ok(OneShot::value("generator", batches));
    };
    let mut batches: Vec<Vec<Value>> = all.chunks(size).map(<[Value]>::to_vec).collect();
    if let (Some(fill), Some(last)) = (fill.filter(|fill| !fill.is_none()), batches.last_mut()) {
        ctx.check_size(size)?;
        last.resize(size, fill.clone());
    }
    let batches = batches.into_iter().map(Value::list).collect();
    Ok(OneShot::value("generator", batches))
}

pub(super) fn slice(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [slices, fill] = args.bind("slice", ["slices", "fill_with"], 1)?;
    let slices = int_arg(slices.unwrap_or(&Value::None), "slice")?;
    let all = ctx.collect(input)?;
    let Some(slices) = usize::try_from(slices).ok().filter(|slices| *slices > 0) else {
        return Err(Error::value_error("slice: at least one slice is needed"));
    };
    ctx.check_size(slices)?;
    let (each, longer) = (all.len() / slices, all.len() % slices);
    let fill = fill.filter(|fill| !fill.is_none());
    let mut rest = all.into_iter();
    let mut made = Vec::with_capacity(slices);
    for at in 0..slices {
        let take = each + usize::from(at < longer);
        let mut items: Vec<Value> = rest.by_ref().take(take).collect();
        if at >= longer
            && let Some(fill) = fill
        {
            items.push(fill.clone());
        }
        made.push(Value::list(items));
    }
    Ok(OneShot::value("generator", made))
}

pub(super) fn reverse(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("reverse")?;
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    match input {
        Value::Str(text) => Ok(Value::from(reversed(text.as_str()))),
        Value::Safe(text) => Ok(Value::safe(reversed(text))),
        input => {
            let mut all = ctx.collect(input)?;
            all.reverse();
            // What has no end to start from is reversed as a list.
            if input.downcast::<OneShot>().is_some() {
                return Ok(Value::list(all));
            }
            Ok(OneShot::value("list_reverseiterator", all))
        }
    }
}

pub(super) fn attr(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [name] = args.bind("attr", ["name"], 1)?;
    let name = name.unwrap_or(&Value::None).text();
    if let Value::Dict(_) = input {
        return Ok(if crate::template::methods::has(input, name.as_str()) {
            access::attribute(input, name.as_str())?
        } else {
            Value::Undefined
        });
    }
    access::attribute(input, name.as_str())
}
