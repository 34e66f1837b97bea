//! What `keys()`, `values()` and `items()` of a dict give: live views.

use std::fmt::Write;
use std::rc::Rc;

use crate::template::{Ctx, Dict, Error, Object, Tuple, Value, ValueIter};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ViewKind {
    Keys,
    Values,
    Items,
}

pub(super) struct View {
    dict: Dict,
    kind: ViewKind,
}

impl View {
    pub fn value(dict: &Dict, kind: ViewKind) -> Value {
        Value::object(Self {
            dict: dict.clone(),
            kind,
        })
    }
}

fn pick(kind: ViewKind, key: &Value, value: &Value) -> Value {
    match kind {
        ViewKind::Keys => key.clone(),
        ViewKind::Values => value.clone(),
        ViewKind::Items => Value::tuple(vec![key.clone(), value.clone()]),
    }
}

struct ViewIter {
    dict: Dict,
    kind: ViewKind,
    at: usize,
    len: usize,
}

impl ValueIter for ViewIter {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        let dict = self.dict.borrow();
        if dict.len() != self.len {
            return Err(Error::value_error("dict changed size during iteration"));
        }
        Ok(dict.entry_from(self.at).map(|(after, key, value)| {
            self.at = after;
            pick(self.kind, key, value)
        }))
    }
}

impl Object for View {
    fn type_name(&self) -> &str {
        match self.kind {
            ViewKind::Keys => "dict_keys",
            ViewKind::Values => "dict_values",
            ViewKind::Items => "dict_items",
        }
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        let len = self.dict.borrow().len();
        Some(Box::new(ViewIter {
            dict: self.dict.clone(),
            kind: self.kind,
            at: 0,
            len,
        }))
    }

    fn len(&self) -> Option<usize> {
        Some(self.dict.borrow().len())
    }

    fn all(&self) -> Option<Tuple> {
        let dict = self.dict.borrow();
        let items = dict.iter().map(|(key, value)| pick(self.kind, key, value));
        let mut all = Vec::with_capacity(dict.len());
        all.extend(items);
        Some(Tuple::new(all))
    }

    fn contains(&self, item: &Value) -> Result<Option<bool>, Error> {
        let dict = self.dict.borrow();
        Ok(Some(match self.kind {
            ViewKind::Keys => dict.contains(item)?,
            kind => dict
                .iter()
                .any(|(key, value)| pick(kind, key, value) == *item),
        }))
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        let dict = self.dict.borrow();
        let items = dict.iter().map(|(key, value)| pick(self.kind, key, value));
        let items = Value::list(items.collect());
        write!(out, "{}(", self.type_name())?;
        items.write_repr(out)?;
        out.write_char(')')
    }
}
