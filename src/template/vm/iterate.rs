//! Iteration over values.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::Ctx;
use crate::template::{Dict, Error, List, Object, Str, Tuple, Value, ValueIter};

/// A position in an iteration; lists are followed live, as Python does.
pub(super) enum Iteration {
    Empty,
    List(List, usize),
    Items(Value, usize),
    Chars(Str, usize),
    Bytes(Rc<[u8]>, usize),
    Dict { dict: Dict, at: usize, len: usize },
    Object(Box<dyn ValueIter>),
}

impl Iteration {
    pub fn of(value: &Value) -> Result<Self, Error> {
        Ok(match value {
            Value::Undefined => Self::Empty,
            Value::List(list) => Self::List(list.clone(), 0),
            Value::Tuple(_) => Self::Items(value.clone(), 0),
            Value::Str(text) => Self::Chars(text.clone(), 0),
            Value::Safe(text) => Self::Chars(Str::from(Rc::clone(text)), 0),
            Value::Bytes(bytes) => Self::Bytes(Rc::clone(bytes), 0),
            Value::Dict(dict) => Self::Dict {
                dict: dict.clone(),
                at: 0,
                len: dict.borrow().len(),
            },
            Value::Object(object) if object.as_tuple().is_some() => Self::Items(value.clone(), 0),
            Value::Object(object) => match Rc::clone(object).iterate() {
                Some(iter) => Self::Object(iter),
                None => return Err(not_iterable(value)),
            },
            _ => return Err(not_iterable(value)),
        })
    }

    pub fn next(&mut self, ctx: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        match self {
            Self::Empty => Ok(None),
            Self::List(list, at) => {
                let item = list.get(*at);
                *at += usize::from(item.is_some());
                Ok(item)
            }
            Self::Items(items, at) => {
                let item = items.as_tuple().and_then(|items| items.get(*at)).cloned();
                *at += 1;
                Ok(item)
            }
            Self::Chars(text, at) => {
                let rest = text.as_str().get(*at..).unwrap_or_default();
                let one = rest.chars().next();
                *at += one.map_or(0, char::len_utf8);
                Ok(one.map(|one| Value::str(Str::from(one))))
            }
            Self::Bytes(bytes, at) => {
                let byte = bytes.get(*at).copied();
                *at += 1;
                Ok(byte.map(Value::from))
            }
            Self::Dict { dict, at, len } => {
                let dict = dict.borrow();
                if dict.len() != *len {
                    return Err(Error::value_error("dict changed size during iteration"));
                }
                Ok(dict.entry_from(*at).map(|(after, key, _)| {
                    *at = after;
                    key.clone()
                }))
            }
            Self::Object(iter) => iter.next(ctx),
        }
    }
}

fn not_iterable(value: &Value) -> Error {
    Error::type_error(format!("'{}' object is not iterable", value.type_name()))
}

impl Ctx<'_> {
    /// Hands out items until `found` has enough.
    pub(in crate::template) fn each(
        &mut self,
        value: &Value,
        mut found: impl FnMut(Value) -> bool,
    ) -> Result<(), Error> {
        let mut iteration = Iteration::of(value)?;
        while let Some(item) = iteration.next(self)? {
            self.tick()?;
            if !found(item) {
                break;
            }
        }
        Ok(())
    }

    /// All values of an iteration as a new list, which shares them where they are at hand.
    pub(in crate::template) fn list_of(&mut self, value: &Value) -> Result<List, Error> {
        let lent = match value {
            Value::List(list) => list.as_lent(),
            Value::Tuple(items) => Some(items.clone()),
            Value::Object(object) => match value.downcast::<OneShot>() {
                Some(shot) => shot.take_lent(),
                None if object.as_tuple().is_none() => {
                    let all = object.all();
                    self.step(all.as_ref().map_or(0, |all| all.len() as u64))?;
                    all
                }
                None => None,
            },
            _ => None,
        };
        match lent {
            Some(items) => Ok(List::lent(items)),
            None => self.iterate_all(value).map(List::new),
        }
    }

    pub(super) fn iterate_all(&mut self, value: &Value) -> Result<Vec<Value>, Error> {
        self.charge(value);
        match value {
            Value::List(list) => return Ok(list.borrow().to_vec()),
            Value::Tuple(items) => return Ok(items.to_vec()),
            Value::Object(object) => {
                if let Some(shot) = value.downcast::<OneShot>() {
                    return Ok(shot.take_all());
                }
                if let Some(items) = object.as_tuple() {
                    return Ok(items.to_vec());
                }
                if let Some(items) = object.all() {
                    self.step(items.len() as u64)?;
                    return Ok(items.to_vec());
                }
            }
            _ => {}
        }
        let mut iteration = Iteration::of(value)?;
        let mut items = Vec::new();
        if let Iteration::Dict { len, .. } = &iteration {
            items.reserve(*len);
        }
        while let Some(item) = iteration.next(self)? {
            items.push(item);
            self.tick()?;
            self.check_size(items.len())?;
        }
        Ok(items)
    }
}

/// What lazy filters give: values that can be looked at once.
pub(in crate::template) struct OneShot {
    name: &'static str,
    items: RefCell<Shot>,
}

/// What a [`OneShot`] has left.
enum Shot {
    Own(VecDeque<Value>),
    /// Items of a tuple, from a position on.
    Lent(Tuple, usize),
}

impl OneShot {
    /// As a value; `name` is for its printed form.
    pub fn value(name: &'static str, items: Vec<Value>) -> Value {
        Value::object(Self {
            name,
            items: RefCell::new(Shot::Own(items.into())),
        })
    }

    /// As a value that shares the items of a tuple.
    pub fn lent(name: &'static str, items: Tuple) -> Value {
        Value::object(Self {
            name,
            items: RefCell::new(Shot::Lent(items, 0)),
        })
    }

    /// The next item.
    pub fn pop(&self) -> Option<Value> {
        match &mut *self.items.borrow_mut() {
            Shot::Own(items) => items.pop_front(),
            Shot::Lent(items, at) => {
                let item = items.get(*at).cloned();
                *at += 1;
                item
            }
        }
    }

    /// The tuple whose items these are, if none was taken; then none is left.
    pub fn take_lent(&self) -> Option<Tuple> {
        let mut items = self.items.borrow_mut();
        if !matches!(*items, Shot::Lent(_, 0)) {
            return None;
        }
        match std::mem::replace(&mut *items, Shot::Own(VecDeque::new())) {
            Shot::Lent(items, _) => Some(items),
            Shot::Own(_) => None,
        }
    }

    fn take_all(&self) -> Vec<Value> {
        let left = std::mem::replace(&mut *self.items.borrow_mut(), Shot::Own(VecDeque::new()));
        match left {
            Shot::Own(items) => items.into(),
            Shot::Lent(items, at) => items.get(at..).unwrap_or_default().to_vec(),
        }
    }
}

impl Drop for OneShot {
    fn drop(&mut self) {
        if let Shot::Own(items) = self.items.get_mut() {
            crate::template::value::drop_values(std::mem::take(items).into());
        }
    }
}

struct Shots(Rc<OneShot>);

impl ValueIter for Shots {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        Ok(self.0.pop())
    }
}

impl Object for OneShot {
    fn type_name(&self) -> &str {
        self.name
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(Shots(self)))
    }

    fn text(&self, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
        write!(out, "<{} object>", self.name)
    }
}
