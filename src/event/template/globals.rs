//! The state scope `globals` as templates see it: live values of this thread over the shared store.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::globals::{Frozen, Globals, Key, LockError};
use super::state::{self, METHODS, NoIteration};
use crate::template::{Args, Ctx, Error, Object, Value, ValueIter};

/// Tells the sources of a process apart.
static NEXT_OWNER: AtomicU64 = AtomicU64::new(1);

pub(super) struct GlobalState {
    globals: Globals,
    owner: u64,
    live: RefCell<HashMap<Key, Live>>,
    /// Keys whose containers were handed out since the last exchange.
    touched: RefCell<Vec<Key>>,
    /// True when the lock may be held.
    locked: Cell<bool>,
}

/// A live value and what it was made of.
struct Live {
    value: Value,
    version: u64,
    frozen: Frozen,
}

impl GlobalState {
    pub(super) fn new(globals: Globals) -> Self {
        Self {
            globals,
            owner: NEXT_OWNER.fetch_add(1, Ordering::Relaxed),
            live: RefCell::default(),
            touched: RefCell::default(),
            locked: Cell::new(false),
        }
    }

    /// Ends an event: containers that were changed in place are written back, the lock is released.
    #[inline]
    pub(super) fn settle(&self) {
        if self.locked.get() || !self.touched.borrow().is_empty() {
            self.write_back();
        }
    }

    #[inline(never)]
    fn write_back(&self) {
        for key in self.touched.borrow_mut().drain(..) {
            let mut live = self.live.borrow_mut();
            let Some(one) = live.get_mut(&key) else {
                continue;
            };
            let frozen = Frozen::freeze(&one.value);
            if frozen == one.frozen {
                continue;
            }
            let mut store = self.globals.store();
            // A key that was removed meanwhile stays removed.
            let Some(original) = store.get(&key).map(|entry| entry.key.clone()) else {
                continue;
            };
            one.version = store.put(Arc::clone(&key), original, frozen.clone());
            one.frozen = frozen;
        }
        if self.locked.replace(false) && self.globals.release_all(self.owner) {
            tracing::warn!("globals.acquire() without release(): released at the end of the event");
        }
    }

    /// The value of a text key; `None` when it is absent.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.lookup(&super::super::globals::key_of_text(key))
    }

    /// All entries, live.
    pub(super) fn entries(&self) -> Value {
        let all = self.globals.store().in_order();
        Value::dict(all.into_iter().filter_map(|(key, entry)| {
            let value = self.lookup(&key)?;
            Some((entry.key.thaw(), value))
        }))
    }

    fn lookup(&self, key: &Key) -> Option<Value> {
        let (version, frozen) = {
            let store = self.globals.store();
            let entry = store.get(key)?;
            let live = self.live.borrow();
            match live.get(key) {
                Some(one) if one.version == entry.version => (entry.version, None),
                _ => (entry.version, Some(entry.value.clone())),
            }
        };
        let mut live = self.live.borrow_mut();
        let one = match (frozen, live.get(key)) {
            (None, Some(one)) => one,
            (frozen, _) => {
                let frozen = frozen?;
                let value = frozen.thaw();
                live.insert(
                    Arc::clone(key),
                    Live {
                        value,
                        version,
                        frozen,
                    },
                );
                live.get(key)?
            }
        };
        if one.frozen.is_mutable() {
            self.touch(key);
        }
        Some(one.value.clone())
    }

    fn touch(&self, key: &Key) {
        let mut touched = self.touched.borrow_mut();
        if !touched.contains(key) {
            touched.push(Arc::clone(key));
        }
    }

    pub(super) fn store(&self, key: &Value, value: Value) -> Result<(), Error> {
        let name = key_of(key)?;
        let frozen = Frozen::freeze(&value);
        if frozen.is_mutable() {
            self.touch(&name);
        }
        let version =
            self.globals
                .store()
                .put(Arc::clone(&name), Frozen::freeze(key), frozen.clone());
        self.live.borrow_mut().insert(
            name,
            Live {
                value,
                version,
                frozen,
            },
        );
        Ok(())
    }

    pub(super) fn remove(&self, key: &Value) -> Result<Option<Value>, Error> {
        let name = key_of(key)?;
        let value = self.lookup(&name);
        self.globals.store().remove(&name);
        self.live.borrow_mut().remove(&name);
        Ok(value)
    }

    fn wait(&self) -> Result<(), Error> {
        self.globals.wait(self.owner).map_err(lock_error)
    }

    fn lock_method(&self, name: &str, args: &Args<'_>) -> Result<Value, Error> {
        args.none(name)?;
        if name == "acquire" {
            self.globals.acquire(self.owner).map_err(lock_error)?;
            self.locked.set(true);
        } else {
            self.globals.release(self.owner).map_err(lock_error)?;
        }
        Ok(Value::None)
    }
}

fn lock_error(error: LockError) -> Error {
    match error {
        LockError::Busy => Error::value_error("another generator holds the globals for too long")
            .help("it called globals.acquire() and its event does not end"),
        LockError::NotHeld => Error::value_error("globals.release() without globals.acquire()"),
    }
}

/// The canonical text of a key: equal keys have the same.
fn key_of(key: &Value) -> Result<Key, Error> {
    key.hash_code()?;
    Ok(match key {
        Value::Str(_) | Value::Safe(_) => {
            super::super::globals::key_of_text(key.as_str().unwrap_or_default())
        }
        // Equal numbers are the same key, whatever their type.
        Value::Bool(flag) => format!("n{}", i64::from(*flag)).into(),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            format!("n{}", *number as i64).into()
        }
        Value::Int(number) => format!("n{number}").into(),
        Value::Tuple(items) => {
            let mut name = String::from("t");
            for item in items.iter() {
                let part = key_of(item)?;
                let _ = write!(name, "{}:{part}", part.len());
            }
            name.into()
        }
        other => format!("r{}", other.repr()).into(),
    })
}

impl Object for GlobalState {
    fn type_name(&self) -> &str {
        "State"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        if self.has_method(name) {
            return None;
        }
        Some(self.get(name).unwrap_or(Value::None))
    }

    fn get_item(&self, key: &Value) -> Result<Option<Value>, Error> {
        self.wait()?;
        Ok(Some(self.lookup(&key_of(key)?).unwrap_or(Value::None)))
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name) || matches!(name, "acquire" | "release")
    }

    fn call_method(
        self: Rc<Self>,
        ctx: &mut Ctx<'_>,
        name: &str,
        args: &Args<'_>,
    ) -> Result<Value, Error> {
        if matches!(name, "acquire" | "release") {
            return self.lock_method(name, args);
        }
        self.wait()?;
        match name {
            "get" => {
                let [key, default] = args.bind("get", ["key", "default"], 1)?;
                let found = self.lookup(&key_of(key.unwrap_or(&Value::None))?);
                Ok(found.or_else(|| default.cloned()).unwrap_or(Value::None))
            }
            "set" => {
                let [key, value] = args.bind("set", ["key", "value"], 2)?;
                self.store(
                    key.unwrap_or(&Value::None),
                    value.cloned().unwrap_or_default(),
                )?;
                Ok(Value::None)
            }
            "update" => {
                for (key, value) in state::update_entries(ctx, args)? {
                    self.store(&key, value)?;
                }
                Ok(Value::None)
            }
            "pop" => {
                let [key, default] = args.bind("pop", ["key", "default"], 1)?;
                let found = self.remove(key.unwrap_or(&Value::None))?;
                Ok(found.or_else(|| default.cloned()).unwrap_or(Value::None))
            }
            "clear" => {
                args.none("clear")?;
                self.globals.clear();
                self.live.borrow_mut().clear();
                Ok(Value::None)
            }
            _ => {
                args.none("as_dict")?;
                Ok(self.entries())
            }
        }
    }

    fn iterate(self: Rc<Self>) -> Option<Box<dyn ValueIter>> {
        Some(Box::new(NoIteration))
    }

    fn contains(&self, _: &Value) -> Result<Option<bool>, Error> {
        Err(state::not_a_container())
    }

    fn truth(&self) -> bool {
        true
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        out.write_str("<State ")?;
        self.entries().write_repr(out)?;
        out.write_char('>')
    }

    fn names(&self) -> Vec<String> {
        METHODS
            .into_iter()
            .chain(["acquire", "release"])
            .map(str::to_owned)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn append(list: &Value, item: i64) {
        let Value::List(list) = list else {
            panic!("a list, not {list:?}");
        };
        list.borrow_mut().push(Value::Int(item));
    }

    #[test]
    fn changes_in_place_reach_other_sources_at_the_end_of_the_event() {
        let shared = Globals::default();
        let (one, two) = (GlobalState::new(shared.clone()), GlobalState::new(shared));
        one.store(&Value::from("l"), Value::list(vec![Value::Int(1)]))
            .unwrap();
        let live = one.get("l").unwrap();
        append(&live, 2);
        assert_eq!(one.get("l").unwrap().repr(), "[1, 2]");
        assert!(live.same_as(&one.get("l").unwrap()));
        assert_eq!(two.get("l").unwrap().repr(), "[1]");
        one.settle();
        assert_eq!(two.get("l").unwrap().repr(), "[1, 2]");
        append(&two.get("l").unwrap(), 3);
        two.settle();
        assert_eq!(one.get("l").unwrap().repr(), "[1, 2, 3]");
    }

    #[test]
    fn the_same_list_under_two_keys_stays_one_list() {
        let state = GlobalState::new(Globals::default());
        let list = Value::list(Vec::new());
        state.store(&Value::from("a"), list.clone()).unwrap();
        state.store(&Value::from("b"), list).unwrap();
        append(&state.get("a").unwrap(), 1);
        assert_eq!(state.get("b").unwrap().repr(), "[1]");
        state.settle();
        append(&state.get("b").unwrap(), 2);
        assert_eq!(state.get("a").unwrap().repr(), "[1, 2]");
    }

    #[test]
    fn equal_keys_are_one_key() {
        let state = GlobalState::new(Globals::default());
        state.store(&Value::Int(1), Value::from("one")).unwrap();
        state
            .store(&Value::Bool(true), Value::from("true"))
            .unwrap();
        state.store(&Value::from("1"), Value::from("text")).unwrap();
        assert_eq!(state.entries().repr(), "{1: 'true', '1': 'text'}");
        assert!(state.store(&Value::list(Vec::new()), Value::None).is_err());
    }

    #[test]
    fn a_removed_key_is_not_brought_back() {
        let shared = Globals::default();
        let (one, two) = (GlobalState::new(shared.clone()), GlobalState::new(shared));
        one.store(&Value::from("l"), Value::list(Vec::new()))
            .unwrap();
        one.settle();
        append(&one.get("l").unwrap(), 1);
        two.remove(&Value::from("l")).unwrap();
        one.settle();
        assert!(one.get("l").is_none());
    }

    #[test]
    fn a_forgotten_lock_ends_with_the_event() {
        let shared = Globals::default();
        let (one, two) = (GlobalState::new(shared.clone()), GlobalState::new(shared));
        one.lock_method("acquire", &Args::default()).unwrap();
        one.settle();
        assert!(two.wait().is_ok());
        assert!(two.lock_method("release", &Args::default()).is_err());
    }
}
