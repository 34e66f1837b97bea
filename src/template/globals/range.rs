//! `range(...)`: numbers made on demand.

use std::fmt::Write;
use std::rc::Rc;

use crate::template::access::position;
use crate::template::methods::int_arg;
use crate::template::object::no_attribute;
use crate::template::{Args, Ctx, Error, Object, Value, ValueIter};

/// Invariant: `step` is not 0 and every element fits 64 bits.
struct Range {
    start: i64,
    stop: i64,
    step: i64,
    len: usize,
}

pub(super) fn range(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [first, second, step] = args.bind_positional("range", 1)?;
    let int = |value: &Value| int_arg(value, "range()");
    let first = first.map_or(Ok(0), int)?;
    let (start, stop) = match second {
        Some(second) => (first, int(second)?),
        None => (0, first),
    };
    let step = step.map_or(Ok(1), int)?;
    if step == 0 {
        return Err(Error::value_error("range(): the step must not be zero"));
    }
    Ok(Value::object(Range::new(start, stop, step)))
}

impl Range {
    fn new(start: i64, stop: i64, step: i64) -> Self {
        let (start_wide, stop_wide, step_wide) =
            (i128::from(start), i128::from(stop), i128::from(step));
        let distance = if step > 0 {
            stop_wide - start_wide
        } else {
            start_wide - stop_wide
        };
        let len = if distance <= 0 {
            0
        } else {
            (distance - 1) / step_wide.abs() + 1
        };
        Self {
            start,
            stop,
            step,
            len: usize::try_from(len).unwrap_or(usize::MAX),
        }
    }

    fn at(&self, index: usize) -> Option<i64> {
        if index >= self.len {
            return None;
        }
        let at = i128::from(self.start) + i128::from(self.step) * i128::try_from(index).ok()?;
        i64::try_from(at).ok()
    }

    fn find(&self, value: &Value) -> Option<usize> {
        let wanted = match value {
            Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => *number as i64,
            value => value.as_int()?,
        };
        let distance = i128::from(wanted) - i128::from(self.start);
        let step = i128::from(self.step);
        if distance % step != 0 {
            return None;
        }
        let index = usize::try_from(distance / step).ok()?;
        (index < self.len).then_some(index)
    }
}

struct RangeIter {
    next: i64,
    step: i64,
    left: usize,
}

impl ValueIter for RangeIter {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let number = self.next;
        self.next = number.saturating_add(self.step);
        Ok(Some(Value::Int(number)))
    }
}

impl Object for Range {
    fn type_name(&self) -> &str {
        "range"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "start" => Some(Value::Int(self.start)),
            "stop" => Some(Value::Int(self.stop)),
            "step" => Some(Value::Int(self.step)),
            _ => None,
        }
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        let at = key.as_int().and_then(|index| position(index, self.len));
        Ok(at.and_then(|at| self.at(at)).map(Value::Int))
    }

    fn get_slice(&self, positions: &[usize]) -> Option<Value> {
        let items: Vec<i64> = positions.iter().filter_map(|at| self.at(*at)).collect();
        Some(Value::object(match items.as_slice() {
            [] => Self::new(self.start, self.start, 1),
            [only] => Self::new(*only, only.saturating_add(self.step), self.step),
            [first, second, .., last] => {
                let step = second - first;
                Self::new(*first, last.saturating_add(step.signum()), step)
            }
            [first, last] => {
                let step = last - first;
                Self::new(*first, last.saturating_add(step.signum()), step)
            }
        }))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "count" | "index")
    }

    fn call_method(
        self: Rc<Self>,
        _: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        let [value] = args.bind_positional(name, 1)?;
        let found = value.and_then(|value| self.find(value));
        match (name, found) {
            ("count", found) => Ok(Value::Int(i64::from(found.is_some()))),
            ("index", Some(at)) => Ok(Value::from(at)),
            ("index", None) => Err(Error::value_error("the value is not in the range")),
            _ => Err(no_attribute("range", name)),
        }
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(RangeIter {
            next: self.start,
            step: self.step,
            left: self.len,
        }))
    }

    fn len(&self) -> Option<usize> {
        Some(self.len)
    }

    fn contains(&self, item: &Value) -> Result<Option<bool>, Error> {
        Ok(Some(self.find(item).is_some()))
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "range({}, {}", self.start, self.stop)?;
        if self.step != 1 {
            write!(out, ", {}", self.step)?;
        }
        out.write_char(')')
    }

    fn equals(&self, other: &Value) -> bool {
        let Some(other) = other.downcast::<Self>() else {
            return false;
        };
        self.len == other.len
            && self.at(0) == other.at(0)
            && (self.len < 2 || self.step == other.step)
    }

    fn hash(&self) -> Option<u64> {
        Some((self.len as u64) ^ self.at(0).unwrap_or_default().cast_unsigned())
    }
}
