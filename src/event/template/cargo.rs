//! Values on their way from the thread that begins an event to the one that finishes it.
//!
//! Written into one buffer for many events, because most of them are numbers, short texts and rows of
//! samples; a row travels as its number.

use std::cell::OnceCell;
use std::rc::Rc;

use super::build::Samples;
use super::samples::Sample;
use crate::event::globals::Frozen;
use crate::template::{Dict, DictData, Fields, Str, Value};

/// Containers deeper than this do not travel.
const DEEPEST: usize = 32;

const UNDEFINED: u8 = 0;
const NONE: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const INT: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const ROW: u8 = 7;
const LIST: u8 = 8;
const TUPLE: u8 = 9;
const DICT: u8 = 10;
const FROZEN: u8 = 11;
/// The values of known keys of a dict, or that they are not there.
const FIELDS: u8 = 12;
const ABSENT: u8 = 13;

/// Values in a row.
#[derive(Debug, Default)]
pub(super) struct Cargo {
    bytes: Vec<u8>,
    /// Those that are rare.
    frozen: Vec<Frozen>,
}

/// The rows of a source's samples by address, found when the first one is looked for.
pub(super) struct Rows {
    samples: Value,
    /// In order of the addresses.
    by_address: OnceCell<Vec<(usize, u32, u32)>>,
}

impl Rows {
    /// Of all samples there are; `None` when the value is something else.
    pub(super) fn of(samples: Value) -> Option<Self> {
        samples.downcast::<Samples>()?;
        Some(Self {
            samples,
            by_address: OnceCell::new(),
        })
    }

    pub(super) fn samples(&self) -> Option<&Samples> {
        self.samples.downcast()
    }

    fn find(&self, value: &Value) -> Option<(u32, u32)> {
        let address = address(value)?;
        let all = self.by_address.get_or_init(|| self.index());
        let found = all.binary_search_by_key(&address, |(address, ..)| *address);
        let (_, sample, row) = all.get(found.ok()?)?;
        Some((*sample, *row))
    }

    fn index(&self) -> Vec<(usize, u32, u32)> {
        let mut rows = Vec::new();
        let samples = self.samples().map(|samples| samples.0.as_slice());
        for (number, (_, value)) in (0..).zip(samples.unwrap_or_default()) {
            let sample = value.downcast::<Sample>();
            let all = sample.map(Sample::rows).unwrap_or_default();
            let each = (0..).zip(all);
            rows.extend(each.filter_map(|(at, row)| Some((address(row)?, number, at))));
        }
        rows.sort_unstable();
        rows
    }
}

fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Object(object) => Some(Rc::as_ptr(object).cast::<()>().addr()),
        _ => None,
    }
}

impl Cargo {
    /// With room for as much as `like` holds.
    pub(super) fn like(like: &Self) -> Self {
        Self {
            bytes: Vec::with_capacity(like.bytes.len() + like.bytes.len() / 4),
            frozen: Vec::new(),
        }
    }

    /// Where the next value will lie.
    pub(super) fn end(&self) -> usize {
        self.bytes.len()
    }

    /// Takes back what was added from `end` on.
    pub(super) fn truncate(&mut self, end: usize) {
        self.bytes.truncate(end);
    }

    /// Adds a copy of a value; false when it cannot leave its thread: part of it is there then.
    pub(super) fn add(&mut self, value: &Value, rows: &Rows) -> bool {
        self.put(value, rows, 0)
    }

    /// The same, of a dict no more than some of its entries.
    pub(super) fn add_fields(&mut self, value: &Value, fields: &Fields, rows: &Rows) -> bool {
        let Value::Dict(dict) = value else {
            return self.add(value, rows);
        };
        let dict = dict.borrow();
        self.bytes.push(FIELDS);
        fields.of(&dict).all(|value| match value {
            Some(value) => self.put(value, rows, 1),
            None => {
                self.bytes.push(ABSENT);
                true
            }
        })
    }

    fn put(&mut self, value: &Value, rows: &Rows, depth: usize) -> bool {
        match value {
            Value::Undefined => self.bytes.push(UNDEFINED),
            Value::None => self.bytes.push(NONE),
            Value::Bool(false) => self.bytes.push(FALSE),
            Value::Bool(true) => self.bytes.push(TRUE),
            Value::Int(number) => self.tagged(INT, &number.to_le_bytes()),
            Value::Float(number) => self.tagged(FLOAT, &number.to_le_bytes()),
            Value::Str(text) => {
                self.count(TEXT, text.as_bytes().len());
                self.bytes.extend_from_slice(text.as_bytes());
            }
            Value::List(list) => return self.put_all(LIST, &list.borrow(), rows, depth),
            Value::Tuple(items) => return self.put_all(TUPLE, items, rows, depth),
            Value::Dict(dict) => {
                let entries = dict.borrow();
                self.count(DICT, entries.iter().count());
                return depth < DEEPEST
                    && entries.iter().all(|(key, one)| {
                        self.put(key, rows, depth + 1) && self.put(one, rows, depth + 1)
                    });
            }
            value => {
                if let Some((sample, row)) = rows.find(value) {
                    self.tagged(ROW, &sample.to_le_bytes());
                    self.bytes.extend_from_slice(&row.to_le_bytes());
                    return true;
                }
                let frozen = Frozen::freeze(value);
                if !frozen.is_whole() {
                    return false;
                }
                self.count(FROZEN, self.frozen.len());
                self.frozen.push(frozen);
            }
        }
        true
    }

    fn put_all(&mut self, tag: u8, items: &[Value], rows: &Rows, depth: usize) -> bool {
        self.count(tag, items.len());
        depth < DEEPEST && items.iter().all(|one| self.put(one, rows, depth + 1))
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(bytes);
    }

    fn count(&mut self, tag: u8, count: usize) {
        self.bytes.push(tag);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&count.to_le_bytes());
    }

    /// The values from `at` on, on this thread.
    pub(super) fn unpack<'c>(&'c self, at: usize, samples: &'c Samples) -> Unpack<'c> {
        Unpack {
            cargo: self,
            rest: self.bytes.get(at..).unwrap_or_default(),
            samples,
        }
    }
}

/// Reads values; `None` where there is none, which does not happen unless the samples differ.
pub(super) struct Unpack<'c> {
    cargo: &'c Cargo,
    rest: &'c [u8],
    samples: &'c Samples,
}

impl Unpack<'_> {
    /// The next value, that was added with some fields.
    pub(super) fn take_fields(&mut self, fields: &Fields) -> Option<Value> {
        if !self.skips(FIELDS) {
            return self.take();
        }
        let keys = fields.keys();
        let mut dict = DictData::with_capacity(keys.len());
        for key in keys {
            if !self.skips(ABSENT) {
                dict.push_new(Value::Str(key.clone()), self.take()?);
            }
        }
        Some(Value::Dict(Dict::from(dict)))
    }

    /// Passes over a tag, if it comes next.
    fn skips(&mut self, tag: u8) -> bool {
        let rest = self.rest.strip_prefix(&[tag]);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The next value.
    pub(super) fn take(&mut self) -> Option<Value> {
        let (tag, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match *tag {
            UNDEFINED => Value::Undefined,
            NONE => Value::None,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            INT => Value::Int(i64::from_le_bytes(self.bytes()?)),
            FLOAT => Value::Float(f64::from_le_bytes(self.bytes()?)),
            TEXT => {
                let len = self.count()?;
                let (text, rest) = self.rest.split_at_checked(len)?;
                self.rest = rest;
                Value::Str(Str::from_utf8(text))
            }
            ROW => {
                let (sample, row) = (self.count()?, self.count()?);
                let (_, sample) = self.samples.0.get(sample)?;
                let sample = sample.downcast::<Sample>()?;
                sample.rows().get(row)?.clone()
            }
            LIST => Value::list(self.items()?),
            TUPLE => Value::tuple(self.items()?),
            DICT => {
                let count = self.count()?;
                // The keys of a dict: hashable, and each there once.
                let mut dict = DictData::with_capacity(count.min(self.rest.len()));
                for _ in 0..count {
                    dict.push_new(self.take()?, self.take()?);
                }
                Value::Dict(Dict::from(dict))
            }
            _ => {
                let at = self.count()?;
                self.cargo.frozen.get(at)?.thaw()
            }
        })
    }

    fn items(&mut self) -> Option<Vec<Value>> {
        let count = self.count()?;
        let mut items = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            items.push(self.take()?);
        }
        Some(items)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.bytes()?)).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::samples::{Columns, Row};
    use super::*;
    use crate::template::DateTime;

    fn samples() -> Value {
        let columns = Columns::new(vec![Str::from("name")], true);
        let row = |name: &str| Row::value(&columns, vec![Value::from(name)]);
        let sample = Sample::new(Rc::clone(&columns), vec![row("ann"), row("bob")]);
        Value::object(Samples(vec![("people".to_owned(), Value::object(sample))]))
    }

    fn travelled(value: &Value, rows: &Rows) -> Option<Value> {
        let mut cargo = Cargo::default();
        assert!(cargo.add(&Value::Int(1), rows));
        let at = cargo.end();
        cargo
            .add(value, rows)
            .then(|| cargo.unpack(at, rows.samples().unwrap()).take().unwrap())
    }

    #[test]
    fn values_arrive_as_they_were() {
        let rows = Rows::of(samples()).unwrap();
        let at = DateTime {
            wall_us: 5,
            tz: None,
            fold: false,
        };
        let nested = Value::dict([
            (
                Value::from("k"),
                Value::list(vec![Value::Float(0.5), Value::None]),
            ),
            (
                Value::Int(-3),
                Value::tuple(vec![Value::Bool(true), Value::from("é".repeat(40))]),
            ),
            (Value::from("when"), Value::DateTime(at.into())),
        ]);
        for value in [
            Value::Int(i64::MIN),
            Value::Bool(false),
            Value::from(""),
            Value::safe("<b>"),
            nested,
        ] {
            let there = travelled(&value, &rows).unwrap();
            assert_eq!(there.text().as_str(), value.text().as_str());
            assert_eq!(there.type_name(), value.type_name());
        }
        assert!(travelled(&Value::Undefined, &rows).unwrap().is_undefined());
    }

    #[test]
    fn of_a_dict_arrives_what_is_asked_for() {
        let rows = Rows::of(samples()).unwrap();
        let fields = Fields::new(["b", "gone", "a"].into_iter());
        let each = |key: &str| (Value::from(key), Value::from(format!("{key}!")));
        let dict = Value::dict(["a", "b", "c"].map(each));
        let mut cargo = Cargo::default();
        assert!(cargo.add_fields(&dict, &fields, &rows));
        assert!(cargo.add_fields(&Value::Int(5), &fields, &rows));
        let mut unpack = cargo.unpack(0, rows.samples().unwrap());
        let there = unpack.take_fields(&fields).unwrap();
        assert_eq!(there.text().as_str(), "{'b': 'b!', 'a': 'a!'}");
        assert_eq!(unpack.take_fields(&fields).unwrap(), Value::Int(5));
        assert!(unpack.take().is_none());
    }

    #[test]
    fn rows_are_the_same_rows_on_the_other_side() {
        let (here, there) = (Rows::of(samples()).unwrap(), Rows::of(samples()).unwrap());
        let row_of = |rows: &Rows, at: usize| {
            let samples = rows.samples().unwrap();
            samples.0[0].1.downcast::<Sample>().unwrap().rows()[at].clone()
        };
        let mut cargo = Cargo::default();
        assert!(cargo.add(&Value::list(vec![row_of(&here, 1)]), &here));
        let mut unpack = cargo.unpack(0, there.samples().unwrap());
        let Value::List(list) = unpack.take().unwrap() else {
            unreachable!("a list stays a list");
        };
        assert!(list.borrow()[0].same_as(&row_of(&there, 1)));
        assert!(unpack.take().is_none());
    }

    #[test]
    fn what_is_bound_to_its_thread_stays() {
        let rows = Rows::of(samples()).unwrap();
        let function = crate::template::Function::value("f", |_, _| Ok(Value::None));
        assert!(travelled(&Value::list(vec![function]), &rows).is_none());
        let endless = Value::list(Vec::new());
        if let Value::List(list) = &endless {
            list.borrow_mut().push(endless.clone());
        }
        assert!(travelled(&endless, &rows).is_none());
        if let Value::List(list) = &endless {
            list.borrow_mut().clear();
        }
    }
}
