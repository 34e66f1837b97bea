//! Choosing among given items.

use std::rc::Rc;

use super::super::fake_error;
use super::count;
use crate::fake::Random;
use crate::fake::rand::{self, weights};
use crate::template::{Args, Ctx, Error, Function, Known, Str, Value};

/// The element at a position of what can be indexed.
fn element(items: &Value, index: usize) -> Result<Value, Error> {
    match items {
        Value::List(list) => Ok(list.get(index).unwrap_or_default()),
        Value::Str(_) | Value::Safe(_) => {
            let found = items.as_str().unwrap_or_default().chars().nth(index);
            Ok(found.map_or(Value::Undefined, |c| {
                Value::from(c.encode_utf8(&mut [0; 4]) as &str)
            }))
        }
        Value::Dict(dict) => {
            let key = Value::from(index);
            let found = dict.borrow().get(&key)?.cloned();
            found.ok_or_else(|| {
                Error::value_error(format!("cannot choose from a dict: it has no key {index}"))
                    .help("choose from its keys: (d | list)")
            })
        }
        Value::Bytes(bytes) => Ok(bytes
            .get(index)
            .map_or(Value::Undefined, |byte| Value::from(*byte))),
        Value::Object(object) if object.as_tuple().is_none() => {
            let found = object.get_item(&Value::from(index))?;
            found.ok_or_else(|| {
                Error::type_error(format!(
                    "cannot choose from a value of type '{}'",
                    items.type_name()
                ))
            })
        }
        _ => match items.as_tuple() {
            Some(cells) => Ok(cells.get(index).cloned().unwrap_or_default()),
            None => Err(Error::type_error(format!(
                "'{}' cannot be indexed",
                items.type_name()
            ))),
        },
    }
}

/// Draws one of some items and hands it on.
fn chosen<T>(
    random: &mut dyn Random,
    items: &Value,
    done: impl FnOnce(&Value) -> T,
) -> Result<T, Error> {
    if let Value::List(list) = items {
        let items = list.borrow();
        let index = rand::index(random, items.len()).ok_or_else(nothing)?;
        return Ok(done(items.get(index).unwrap_or(&Value::Undefined)));
    }
    let index = rand::index(random, items.len()?).ok_or_else(nothing)?;
    Ok(done(&element(items, index)?))
}

fn items_of<'a>(args: &Args<'a>) -> Result<&'a Value, Error> {
    let [items] = args.bind("choice", ["items"], 1)?;
    Ok(items.unwrap_or(&Value::Undefined))
}

pub(super) fn choice(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    chosen(ctx.random(), items_of(args)?, Value::clone)
}

/// Writes what [`choice`] gives.
pub(super) fn print_choice(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<(), Error> {
    let items = items_of(args)?;
    ctx.write(|random, out| chosen(random, items, |item| item.print_to(out)))
}

/// A function that gives one of these items, whose position it draws.
fn among(
    name: &str,
    items: Vec<Value>,
    draw: impl Fn(&mut dyn Random) -> usize + Clone + 'static,
) -> Value {
    let texts: Option<Vec<Str>> = items.iter().map(fixed_text).collect();
    let drawn = draw.clone();
    let run = move |ctx: &mut Ctx<'_>| {
        let index = drawn(ctx.random());
        Ok(items.get(index).cloned().unwrap_or_default())
    };
    match texts {
        Some(texts) => Function::prepared_printing(name, run, move |random, out| {
            if let Some(text) = texts.get(draw(random)) {
                text.append_to(out);
            }
            Ok(())
        }),
        None => Function::prepared(name, run),
    }
}

/// What a value prints as, if that never changes.
fn fixed_text(value: &Value) -> Option<Str> {
    let fixed = matches!(
        value,
        Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None
    );
    fixed.then(|| value.text())
}

/// A choice among items known when compiling, or among what a known object holds by then.
pub(super) fn prepare_choice(known: &[Known]) -> Option<Value> {
    match known {
        [Known::Constant(Value::List(items))] => {
            let items = items.borrow().to_vec();
            (!items.is_empty()).then(|| {
                let len = items.len();
                among("choice", items, move |random| {
                    rand::index(random, len).unwrap_or(0)
                })
            })
        }
        [Known::Object(items)] => {
            let (drawn, printed) = (items.clone(), items.clone());
            Some(Function::prepared_printing(
                "choice",
                move |ctx| chosen(ctx.random(), &drawn, Value::clone),
                move |random, out| chosen(random, &printed, |item| item.print_to(out)),
            ))
        }
        _ => None,
    }
}

fn nothing() -> Error {
    Error::value_error("cannot choose from an empty sequence")
}

pub(super) fn choices(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, n] = args.bind("choices", ["items", "n"], 2)?;
    let items = items.unwrap_or(&Value::Undefined);
    let (len, n) = (items.len()?, count(n)?);
    ctx.check_size(n)?;
    let mut chosen = Vec::with_capacity(n);
    for _ in 0..n {
        let index = rand::index(ctx.random(), len).ok_or_else(nothing)?;
        chosen.push(element(items, index)?);
    }
    Ok(Value::list(chosen))
}

pub(super) fn shuffle(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items] = args.bind("shuffle", ["items"], 1)?;
    let items = items.unwrap_or(&Value::Undefined);
    if let Some(text) = items.as_str() {
        let mut chars: Vec<char> = text.chars().collect();
        rand::shuffle(ctx.random(), &mut chars);
        return Ok(Value::from(chars.into_iter().collect::<String>()));
    }
    let mut items = ctx.collect(items)?;
    rand::shuffle(ctx.random(), &mut items);
    Ok(Value::list(items))
}

/// A weight: a number, or what is needed to say why not.
fn weight(value: &Value) -> Result<f64, Error> {
    value.as_float().ok_or_else(|| {
        Error::type_error(format!(
            "a weight must be a number, not '{}'",
            value.type_name()
        ))
    })
}

fn weighted_index(random: &mut dyn Random, weights: &[Value]) -> Result<usize, Error> {
    // One pass that looks at the types, then the primitive sums again: no memory is needed.
    for value in weights {
        weight(value)?;
    }
    let numbers = weights.iter().map(|value| value.as_float().unwrap_or(0.0));
    weights::pick(random, numbers).map_err(fake_error)
}

fn mismatch(items: usize, weights: usize) -> Error {
    Error::value_error(format!("{items} items have {weights} weights"))
        .help("give one weight for each item")
}

pub(super) fn weighted_choice(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, weights] = args.bind("weighted_choice", ["items", "weights"], 1)?;
    let items = items.unwrap_or(&Value::Undefined);
    if let Value::Dict(dict) = items {
        let dict = dict.borrow();
        let mut total = Vec::with_capacity(dict.len());
        for (_, value) in dict.iter() {
            total.push(weight(value)?);
        }
        let index = weights::pick(ctx.random(), total.iter().copied()).map_err(fake_error)?;
        return Ok(dict
            .iter()
            .nth(index)
            .map(|(key, _)| key.clone())
            .unwrap_or_default());
    }
    let len = items.len()?;
    let index = match weights.filter(|weights| !weights.is_none()) {
        None => rand::index(ctx.random(), len).ok_or_else(nothing)?,
        Some(Value::List(list)) => {
            let list = list.borrow();
            if list.len() != len {
                return Err(mismatch(len, list.len()));
            }
            weighted_index(ctx.random(), &list)?
        }
        Some(other) => {
            let weights = ctx.collect(other)?;
            if weights.len() != len {
                return Err(mismatch(len, weights.len()));
            }
            weighted_index(ctx.random(), &weights)?
        }
    };
    element(items, index)
}

/// A weighted choice whose weights, and perhaps items, are known when compiling; `None` where that
/// is not so or cannot succeed, which the plain function then explains.
pub(super) fn prepare_weighted(known: &[Known]) -> Option<Value> {
    let (items, weights): (Option<Vec<Value>>, Vec<Value>) = match known {
        [Known::Constant(Value::Dict(dict))] => {
            let dict = dict.borrow();
            let keys = dict.iter().map(|(key, _)| key.clone()).collect();
            (
                Some(keys),
                dict.iter().map(|(_, weight)| weight.clone()).collect(),
            )
        }
        [items, Known::Constant(Value::List(weights))] => {
            let items = match items {
                Known::Constant(Value::List(items)) => Some(items.borrow().to_vec()),
                _ => None,
            };
            (items, weights.borrow().to_vec())
        }
        _ => return None,
    };
    let numbers: Option<Vec<f64>> = weights.iter().map(Value::as_float).collect();
    let table = weights::Table::new(numbers?).ok()?;
    match items {
        Some(items) if items.len() == table.len() => {
            let table = Rc::new(table);
            Some(among("weighted_choice", items, move |random| {
                table.pick(random)
            }))
        }
        Some(_) => None,
        None => Some(Function::borrowing("weighted_choice", move |ctx, args| {
            let items = args.positional.first().unwrap_or(&Value::Undefined);
            let len = items.len()?;
            if len != table.len() || matches!(items, Value::Dict(_)) {
                return weighted_choice(ctx, args);
            }
            let index = table.pick(ctx.random());
            element(items, index)
        })),
    }
}

pub(super) fn weighted_choices(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [items, weights, n] = args.bind("weighted_choices", ["items", "weights", "n"], 1)?;
    let items = items.unwrap_or(&Value::Undefined);
    let (population, weights, n) = match (items, weights, n) {
        (Value::Dict(dict), n, None) | (Value::Dict(dict), None, n) => {
            let dict = dict.borrow();
            let keys: Vec<Value> = dict.iter().map(|(key, _)| key.clone()).collect();
            (
                keys,
                dict.iter().map(|(_, value)| value.clone()).collect(),
                n,
            )
        }
        (_, Some(weights), Some(n)) => (ctx.collect(items)?, ctx.collect(weights)?, Some(n)),
        _ => {
            return Err(Error::type_error(
                "weighted_choices() expects (dict, n) or (items, weights, n)",
            ));
        }
    };
    if population.len() != weights.len() {
        return Err(mismatch(population.len(), weights.len()));
    }
    let n = count(n)?;
    ctx.check_size(n)?;
    let mut numbers = Vec::with_capacity(weights.len());
    for value in &weights {
        numbers.push(weight(value)?);
    }
    let table = weights::Table::new(numbers).map_err(fake_error)?;
    let mut chosen = Vec::with_capacity(n);
    for _ in 0..n {
        let index = table.pick(ctx.random());
        chosen.push(population.get(index).cloned().unwrap_or_default());
    }
    Ok(Value::list(chosen))
}
