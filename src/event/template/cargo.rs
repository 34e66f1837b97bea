//! Values on their way from the thread that begins an event to the one that finishes it.
//!
//! Written into one buffer for many events, because most of them are numbers, short texts and rows of
//! samples; a row travels as its number.

use std::collections::HashMap;
use std::rc::Rc;

use super::build::Samples;
use super::samples::Sample;
use crate::event::globals::Frozen;
use crate::template::{Str, Value};

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

/// Values in a row.
#[derive(Debug, Default)]
pub(super) struct Cargo {
    bytes: Vec<u8>,
    /// Those that are rare.
    frozen: Vec<Frozen>,
}

/// The rows of a source's samples by address.
pub(super) struct Rows(HashMap<usize, (u32, u32)>);

impl Rows {
    /// Of all samples.
    pub(super) fn of(samples: &Samples) -> Self {
        let mut rows = HashMap::new();
        for (number, (_, value)) in (0..).zip(&samples.0) {
            let Some(sample) = value.downcast::<Sample>() else {
                continue;
            };
            for (at, row) in (0..).zip(sample.rows()) {
                if let Some(address) = address(row) {
                    rows.insert(address, (number, at));
                }
            }
        }
        Self(rows)
    }
}

fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Object(object) => Some(Rc::as_ptr(object).cast::<()>().addr()),
        _ => None,
    }
}

impl Cargo {
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
            Value::List(list) => {
                let items = list.borrow();
                self.count(LIST, items.len());
                return depth < DEEPEST && items.iter().all(|one| self.put(one, rows, depth + 1));
            }
            Value::Tuple(items) => {
                self.count(TUPLE, items.len());
                return depth < DEEPEST && items.iter().all(|one| self.put(one, rows, depth + 1));
            }
            Value::Dict(dict) => {
                let entries = dict.borrow();
                self.count(DICT, entries.iter().count());
                return depth < DEEPEST
                    && entries.iter().all(|(key, one)| {
                        self.put(key, rows, depth + 1) && self.put(one, rows, depth + 1)
                    });
            }
            value => {
                let row = address(value).and_then(|address| rows.0.get(&address));
                if let Some((sample, row)) = row {
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
                let mut entries = Vec::with_capacity(count.min(self.rest.len()));
                for _ in 0..count {
                    entries.push((self.take()?, self.take()?));
                }
                Value::dict(entries)
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
