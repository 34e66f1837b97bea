//! Filters that pick or convert elements by other filters, tests and attributes.

use super::super::vm::OneShot;
use super::super::{access, tests};
use crate::template::methods;
use crate::template::{Args, Ctx, Error, ErrorKind, Value};

/// The way to an attribute: names and positions.
pub(super) struct Path(Vec<Value>);

impl Path {
    /// From `'a.b.0'`, a position, or nothing.
    pub fn new(attribute: Option<&Value>) -> Self {
        Self(match attribute {
            None | Some(Value::None) => Vec::new(),
            Some(value) => match value.as_str() {
                Some(text) => text.split('.').map(part).collect(),
                None => vec![value.clone()],
            },
        })
    }

    /// From a comma list of paths.
    pub fn several(attribute: Option<&Value>) -> Vec<Self> {
        match attribute.and_then(Value::as_str) {
            Some(text) => {
                let parts = text.split(',');
                parts.map(|one| Self::new(Some(&Value::from(one)))).collect()
            }
            None => vec![Self::new(attribute)],
        }
    }

    /// What it leads to from `item`.
    pub fn get(&self, item: &Value, default: Option<&Value>) -> Result<Value, Error> {
        let mut found = item.clone();
        for part in &self.0 {
            found = access::item(&found, part)?;
            if let (Value::Undefined, Some(default)) = (&found, default) {
                found = default.clone();
            }
        }
        Ok(found)
    }
}

fn part(text: &str) -> Value {
    let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(index) if number => Value::Int(index),
        _ => Value::from(text),
    }
}

/// A key for comparisons: texts in lower case unless case matters.
pub(super) fn fold_case(value: Value, case_sensitive: bool) -> Value {
    if case_sensitive {
        return value;
    }
    match value.as_str() {
        Some(text) if text.chars().any(|one| !one.is_lowercase()) => {
            Value::from(text.to_lowercase())
        }
        _ => value,
    }
}

/// What a lazy filter gives for an input that is false: nothing, whatever it is.
fn nothing(value: &Value) -> bool {
    match value {
        Value::Object(object) if object.len().is_none() => false,
        value => !value.truth(),
    }
}

pub(super) fn map(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    if nothing(value) {
        return Ok(OneShot::value("generator", Vec::new()));
    }
    let by_attribute = args.keyword.iter().any(|(name, _)| &**name == "attribute");
    if args.positional.is_empty() && by_attribute {
        let [attribute, default] = args.bind("map", ["attribute", "default"], 1)?;
        let default = default.filter(|value| !value.is_none());
        let path = Path::new(attribute);
        let mut items = ctx.collect(value)?;
        for item in &mut items {
            *item = path.get(item, default)?;
        }
        ctx.step(items.len() as u64)?;
        return Ok(OneShot::value("generator", items));
    }
    let Some((name, rest)) = args.positional.split_first() else {
        return Err(Error::type_error("map needs the name of a filter or `attribute=`"));
    };
    let name = methods::text_arg(name, "map")?;
    let rest = Args {
        positional: rest,
        keyword: args.keyword,
    };
    let mut items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    if let Some(host) = ctx.host_filter(name) {
        for item in &mut items {
            let mut positional = vec![item.clone()];
            positional.extend_from_slice(rest.positional);
            let args = Args {
                positional: &positional,
                keyword: rest.keyword,
            };
            *item = ctx.call(&host, &args)?;
        }
    } else if let Some((run, _)) = super::find(name) {
        for item in &mut items {
            *item = run(ctx, item, &rest)?;
        }
    } else {
        let error = Error::new(ErrorKind::NotFound, format!("no filter named '{name}'"));
        return Err(error.suggest(name, super::names()));
    }
    Ok(OneShot::value("generator", items))
}

pub(super) fn select(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    pick(ctx, value, None, args, true)
}

pub(super) fn reject(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    pick(ctx, value, None, args, false)
}

pub(super) fn selectattr(
    ctx: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    pick_by_attribute(ctx, value, args, true)
}

pub(super) fn rejectattr(
    ctx: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    pick_by_attribute(ctx, value, args, false)
}

fn pick_by_attribute(
    ctx: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
    wanted: bool,
) -> Result<Value, Error> {
    let Some((attribute, rest)) = args.positional.split_first() else {
        return Err(Error::type_error("the name of the attribute is missing"));
    };
    let args = Args {
        positional: rest,
        keyword: args.keyword,
    };
    pick(ctx, value, Some(&Path::new(Some(attribute))), &args, wanted)
}

/// Keeps the elements for which the test gives `wanted`; without a test, their truth.
fn pick(
    ctx: &mut Ctx<'_>,
    value: &Value,
    path: Option<&Path>,
    args: &Args<'_>,
    wanted: bool,
) -> Result<Value, Error> {
    if nothing(value) {
        return Ok(OneShot::value("generator", Vec::new()));
    }
    let test = match args.positional.split_first() {
        None => None,
        Some((name, rest)) => {
            let name = methods::text_arg(name, "the name of a test")?;
            let Some(run) = tests::find(name) else {
                let error = Error::new(ErrorKind::NotFound, format!("no test named '{name}'"));
                return Err(error.suggest(name, tests::names()));
            };
            let args = Args {
                positional: rest,
                keyword: args.keyword,
            };
            Some((run, args))
        }
    };
    let items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    let mut kept = Vec::new();
    for item in items {
        let looked_at;
        let subject = match path {
            Some(path) => {
                looked_at = path.get(&item, None)?;
                &looked_at
            }
            None => &item,
        };
        let holds = match &test {
            Some((run, args)) => run(ctx, subject, args)?,
            None => subject.truth(),
        };
        if holds == wanted {
            kept.push(item);
        }
    }
    Ok(OneShot::value("generator", kept))
}
