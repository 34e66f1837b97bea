//! The state scopes `locals` and `shared`: key-value stores that live as long as the source.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use crate::template::{Args, Ctx, Dict, Error, Object, Value, ValueIter};

/// Methods of every scope; they hide keys of the same name in dot form.
pub(super) const METHODS: [&str; 6] = ["get", "set", "update", "pop", "clear", "as_dict"];

fn is_method(name: &str) -> bool {
    matches!(name, "get" | "set" | "update" | "pop" | "clear" | "as_dict")
}

/// A store of one thread.
#[derive(Default)]
pub(super) struct State {
    pub(super) entries: RefCell<Dict>,
}

impl State {
    /// The value of a key; `None` when it is absent.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.entries.borrow().get(key)
    }

    /// The live entries, for views on the state.
    pub(super) fn entries(&self) -> Dict {
        self.entries.borrow().clone()
    }

    fn lookup(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(self.entries.borrow().borrow().get(key)?.cloned())
    }
}

/// The entries of `update`'s argument: a mapping or pairs.
pub(super) fn update_entries(
    ctx: &mut Ctx<'_>,
    args: &Args<'_>,
) -> Result<Vec<(Value, Value)>, Error> {
    let [entries] = args.bind_positional("update", 1)?;
    let entries = entries.unwrap_or(&Value::Undefined);
    if let Value::Dict(dict) = entries {
        let dict = dict.borrow();
        return Ok(dict
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect());
    }
    let mut found = Vec::new();
    for pair in ctx.collect(entries)? {
        match ctx.collect(&pair)?.as_slice() {
            [key, value] => found.push((key.clone(), value.clone())),
            _ => {
                return Err(Error::value_error("update() needs pairs of key and value"));
            }
        }
    }
    Ok(found)
}

pub(super) fn not_a_container() -> Error {
    Error::type_error("a state scope cannot be searched or iterated")
        .help("use as_dict(), or get(key) and compare with none")
}

/// A scope claims to be iterable, as in Python; using the iteration is an error.
pub(super) struct NoIteration;

impl ValueIter for NoIteration {
    fn next(&mut self, _: &mut Ctx<'_>) -> Result<Option<Value>, Error> {
        Err(not_a_container())
    }
}

impl Object for State {
    fn type_name(&self) -> &str {
        "State"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if is_method(name) {
            return None;
        }
        Some(self.get(name).unwrap_or(Value::None))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(Some(self.lookup(key)?.unwrap_or(Value::None)))
    }

    fn has_method(&self, name: &str) -> bool {
        is_method(name)
    }

    fn store(&self) -> Option<Dict> {
        Some(self.entries())
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        match name {
            "get" => {
                let [key, default] = args.bind("get", ["key", "default"], 1)?;
                let found = self.lookup(key.unwrap_or(&Value::None))?;
                Ok(found.or_else(|| default.cloned()).unwrap_or(Value::None))
            }
            "set" => {
                let [key, value] = args.bind("set", ["key", "value"], 2)?;
                let (key, value) = (key.cloned().unwrap_or_default(), value.cloned());
                let entries = self.entries.borrow();
                entries
                    .borrow_mut()
                    .insert(key, value.unwrap_or_default())?;
                Ok(Value::None)
            }
            "update" => {
                for (key, value) in update_entries(ctx, args)? {
                    self.entries.borrow().borrow_mut().insert(key, value)?;
                }
                Ok(Value::None)
            }
            "pop" => {
                let [key, default] = args.bind("pop", ["key", "default"], 1)?;
                let key = key.unwrap_or(&Value::None);
                let found = self.entries.borrow().borrow_mut().remove(key)?;
                Ok(found.or_else(|| default.cloned()).unwrap_or(Value::None))
            }
            "clear" => {
                args.none("clear")?;
                *self.entries.borrow_mut() = Dict::default();
                Ok(Value::None)
            }
            _ => {
                args.none("as_dict")?;
                let entries = self.entries();
                let entries = entries.borrow();
                Ok(Value::dict(
                    entries
                        .iter()
                        .map(|(key, value)| (key.clone(), value.clone())),
                ))
            }
        }
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(NoIteration))
    }

    fn contains(&self, _: &Value) -> Result<Option<bool>, Error> {
        Err(not_a_container())
    }

    fn truth(&self) -> bool {
        true
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str("<State ")?;
        Value::Dict(self.entries()).write_repr(out)?;
        out.write_char('>')
    }

    fn names(&self) -> Vec<String> {
        METHODS.map(str::to_owned).to_vec()
    }
}
