//! Attributes, items, slices and membership: Jinja2's lookup rules over Python's types.

use std::rc::Rc;

use super::methods::{self, BoundMethod};
use super::program::AttrExpr;
use super::{Ctx, Error, Str, Value, datetime, text};

/// `object.name`: attribute or method first, then item; undefined when there is neither.
pub(super) fn attribute(object: &Value, name: &str) -> Result<Value, Error> {
    match object {
        Value::Undefined => Err(Error::undefined(format!(
            "an undefined value has no attribute '{name}'"
        ))),
        Value::Object(host) => {
            if matches!(name, "count" | "index") && host.as_tuple().is_some() {
                return Ok(BoundMethod::value(object, name));
            }
            if let Some(value) = host.get_attr(name) {
                return Ok(value);
            }
            if host.has_method(name) {
                return Ok(BoundMethod::value(object, name));
            }
            Ok(host.get_item(&Value::from(name))?.unwrap_or_default())
        }
        Value::Dict(dict) => {
            if methods::has(object, name) {
                return Ok(BoundMethod::value(object, name));
            }
            Ok(dict.get(name).unwrap_or_default())
        }
        Value::None => Ok(Value::Undefined),
        _ => {
            if let Some(value) = datetime::attribute(object, name)? {
                return Ok(value);
            }
            if let Some(value) = number_attribute(object, name) {
                return Ok(value);
            }
            if methods::has(object, name) {
                return Ok(BoundMethod::value(object, name));
            }
            Ok(Value::Undefined)
        }
    }
}

/// [`attribute`] as a template asks for it at one place, again and again.
pub(super) fn attribute_at(object: &Value, attr: &AttrExpr) -> Result<Value, Error> {
    match object {
        Value::Object(host) => {
            if let Some(value) = host.attr_ref(&attr.name, &attr.hint) {
                return Ok(value.clone());
            }
        }
        Value::Dict(dict) if !attr.dict_method => {
            let entries = dict.borrow();
            let found = entries.get_hinted(attr.name.as_bytes(), &attr.hint);
            return Ok(found.cloned().unwrap_or_default());
        }
        _ => {}
    }
    attribute(object, &attr.name)
}

fn number_attribute(object: &Value, name: &str) -> Option<Value> {
    match (object, name) {
        (Value::Int(_) | Value::Big(_) | Value::Float(_), "real")
        | (Value::Int(_) | Value::Big(_), "numerator") => Some(object.clone()),
        (Value::Bool(flag), "real" | "numerator") => Some(Value::from(i64::from(*flag))),
        (Value::Int(_) | Value::Big(_) | Value::Bool(_), "imag") => Some(Value::Int(0)),
        (Value::Float(_), "imag") => Some(Value::Float(0.0)),
        (Value::Int(_) | Value::Big(_) | Value::Bool(_), "denominator") => Some(Value::Int(1)),
        _ => None,
    }
}

/// A position from an index that may be negative.
pub(super) fn position(index: i64, len: usize) -> Option<usize> {
    if index >= 0 {
        return usize::try_from(index).ok().filter(|at| *at < len);
    }
    len.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

/// `object[key]`: item first, then attribute; undefined when there is neither.
pub(super) fn item(object: &Value, key: &Value) -> Result<Value, Error> {
    if object.is_undefined() {
        return Err(Error::undefined("an undefined value has no items"));
    }
    if let Some(value) = item_only(object, key)? {
        return Ok(value);
    }
    match key.as_str() {
        Some(name) => attribute(object, name),
        None => Ok(Value::Undefined),
    }
}

fn item_only(object: &Value, key: &Value) -> Result<Option<Value>, Error> {
    let index = key.as_int();
    Ok(match object {
        Value::Dict(dict) => dict.borrow().get(key).ok().flatten().cloned(),
        Value::List(list) => {
            let list = list.borrow();
            index
                .and_then(|index| position(index, list.len()))
                .and_then(|at| list.get(at).cloned())
        }
        Value::Str(text) => index.and_then(|index| char_at(text.as_str(), index)),
        Value::Safe(text) => {
            let one = index.and_then(|index| char_at(text, index));
            one.map(|one| Value::safe(one.text().as_str()))
        }
        Value::Bytes(bytes) => index
            .and_then(|index| position(index, bytes.len()))
            .and_then(|at| bytes.get(at))
            .map(|byte| Value::from(*byte)),
        Value::Tuple(items) => tuple_item(items, index),
        Value::Object(host) => {
            if let Some(found) = host.get_item(key)? {
                return Ok(Some(found));
            }
            host.as_tuple().and_then(|items| tuple_item(items, index))
        }
        _ => None,
    })
}

fn tuple_item(items: &[Value], index: Option<i64>) -> Option<Value> {
    let at = position(index?, items.len())?;
    items.get(at).cloned()
}

fn char_at(text: &str, index: i64) -> Option<Value> {
    let one = if text.is_ascii() {
        let at = position(index, text.len())?;
        text.get(at..=at)?.chars().next()
    } else {
        let at = position(index, text.chars().count())?;
        text.chars().nth(at)
    };
    one.map(|one| Value::Str(Str::from(one)))
}

/// The positions a Python slice selects.
pub(super) struct SliceRange {
    start: i64,
    stop: i64,
    step: i64,
}

impl SliceRange {
    pub fn new(bounds: &[Value; 3], len: usize) -> Result<Self, Error> {
        let [start, stop, step] = bounds;
        let step = match step {
            Value::None => 1,
            value => slice_index(value)?,
        };
        if step == 0 {
            return Err(Error::value_error("slice step cannot be zero"));
        }
        let len = i64::try_from(len).unwrap_or(i64::MAX);
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let clamp = |value: &Value, missing: i64| match value {
            Value::None => Ok(missing),
            value => {
                let index = slice_index(value)?;
                let index = if index < 0 {
                    index.saturating_add(len)
                } else {
                    index
                };
                Ok(index.clamp(low, high))
            }
        };
        let (first, last) = if step > 0 { (low, high) } else { (high, low) };
        Ok(Self {
            start: clamp(start, first)?,
            stop: clamp(stop, last)?,
            step,
        })
    }

    /// The selection as a plain range, when it is one.
    fn plain(&self) -> Option<std::ops::Range<usize>> {
        if self.step != 1 {
            return None;
        }
        let start = usize::try_from(self.start).ok()?;
        let stop = usize::try_from(self.stop).ok()?;
        Some(start..stop.max(start))
    }

    pub fn positions(&self) -> Vec<usize> {
        let mut at = self.start;
        let mut positions = Vec::new();
        while (self.step > 0 && at < self.stop) || (self.step < 0 && at > self.stop) {
            positions.push(usize::try_from(at).unwrap_or(0));
            at = at.saturating_add(self.step);
        }
        positions
    }

    fn select(&self, items: &[Value]) -> Vec<Value> {
        if let Some(range) = self.plain() {
            return items.get(range).unwrap_or_default().to_vec();
        }
        let positions = self.positions();
        positions
            .into_iter()
            .filter_map(|at| items.get(at).cloned())
            .collect()
    }
}

fn slice_index(value: &Value) -> Result<i64, Error> {
    match value {
        Value::Big(big) => Ok(if big.sign() == num_bigint::Sign::Minus {
            i64::MIN
        } else {
            i64::MAX
        }),
        value => value.as_int().ok_or_else(|| {
            Error::type_error(format!(
                "slice indices must be integers or none, not '{}'",
                value.type_name()
            ))
        }),
    }
}

/// `object[start:stop:step]`
pub(super) fn slice(object: &Value, bounds: &[Value; 3]) -> Result<Value, Error> {
    let range = |len: usize| SliceRange::new(bounds, len);
    Ok(match object {
        Value::Undefined => return Err(Error::undefined("an undefined value has no slices")),
        Value::List(list) => {
            let list = list.borrow();
            Value::list(range(list.len())?.select(&list))
        }
        Value::Tuple(items) => Value::tuple(range(items.len())?.select(items)),
        Value::Str(text) => Value::str(slice_text(text.as_str(), bounds)?),
        Value::Safe(text) => Value::safe(slice_text(text, bounds)?.as_str()),
        Value::Bytes(bytes) => {
            let positions = range(bytes.len())?.positions();
            let picked = positions
                .into_iter()
                .filter_map(|at| bytes.get(at).copied());
            Value::Bytes(picked.collect())
        }
        Value::Object(host) => {
            if let Some(items) = host.as_tuple() {
                return Ok(Value::tuple(range(items.len())?.select(items)));
            }
            let sliced = match host.len() {
                Some(len) => host.get_slice(&range(len)?.positions()),
                None => None,
            };
            return sliced.ok_or_else(|| not_sliceable(object));
        }
        _ => return Err(not_sliceable(object)),
    })
}

fn not_sliceable(object: &Value) -> Error {
    Error::type_error(format!("'{}' object cannot be sliced", object.type_name()))
}

fn slice_text(text: &str, bounds: &[Value; 3]) -> Result<Str, Error> {
    if text.is_ascii() {
        let range = SliceRange::new(bounds, text.len())?;
        if let Some(range) = range.plain() {
            return Ok(Str::from(text.get(range).unwrap_or_default()));
        }
    }
    let chars: Vec<char> = text.chars().collect();
    let positions = SliceRange::new(bounds, chars.len())?.positions();
    let picked: String = positions
        .into_iter()
        .filter_map(|at| chars.get(at))
        .collect();
    Ok(Str::from(picked))
}

/// `item in container`
pub(super) fn contains(ctx: &mut Ctx<'_>, container: &Value, item: &Value) -> Result<bool, Error> {
    match container {
        Value::Undefined => Ok(false),
        Value::List(list) => {
            ctx.step(list.borrow().len() as u64 / 64)?;
            Ok(list.borrow().contains(item))
        }
        Value::Tuple(items) => Ok(items.contains(item)),
        Value::Dict(dict) => dict.borrow().contains(item),
        Value::Str(_) | Value::Safe(_) => match (text::bytes_of(container), text::bytes_of(item)) {
            (Some(text), Some(part)) => Ok(text::find(text, part).is_some()),
            _ => Err(Error::type_error(format!(
                "'in <text>' requires a text on the left, not '{}'",
                item.type_name()
            ))),
        },
        Value::Bytes(bytes) => match item {
            Value::Bytes(part) => Ok(memchr::memmem::find(bytes, part).is_some()),
            item => match item.as_int().and_then(|byte| u8::try_from(byte).ok()) {
                Some(byte) => Ok(bytes.contains(&byte)),
                None => Err(Error::type_error("'in' on bytes takes bytes or a number")),
            },
        },
        Value::Object(host) => {
            if let Some(found) = host.contains(item)? {
                return Ok(found);
            }
            if let Some(items) = host.as_tuple() {
                return Ok(items.contains(item));
            }
            if Rc::clone(host).iterate().is_none() {
                return Err(no_membership(container));
            }
            let mut found = false;
            ctx.each(container, |one| {
                found = one == *item;
                !found
            })?;
            Ok(found)
        }
        _ => Err(no_membership(container)),
    }
}

fn no_membership(container: &Value) -> Error {
    Error::type_error(format!(
        "'in' needs a list, text or dict on the right, not '{}'",
        container.type_name()
    ))
}
