//! The state scope `globals`: shared by the generators of a process.
//!
//! Template values belong to one thread. What is stored here are deep copies ([`frozen`]); each source
//! keeps its own live values and exchanges them when a version says that somebody else wrote.

mod frozen;
mod lock;
mod shown;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) use frozen::Frozen;
pub(super) use lock::LockError;

/// The process-wide state scope, a cheap handle; values are deep copies at this boundary.
#[derive(Clone, Debug, Default)]
pub struct Globals(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    store: Mutex<Store>,
    lock: lock::Lock,
}

/// A key: any hashable value, told apart by its canonical text.
pub(super) type Key = Arc<str>;

#[derive(Debug, Default)]
pub(super) struct Store {
    entries: HashMap<Key, Entry>,
    /// Increases with every write.
    version: u64,
    /// Increases with every new key, to keep the order of insertion.
    order: u64,
}

/// A stored value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Frozen,
    pub(super) value: Frozen,
    pub(super) version: u64,
    order: u64,
}

/// How long one generator waits for another that holds the lock.
const PATIENCE: Duration = Duration::from_secs(10);

impl Globals {
    /// Sets a key to a JSON value, as if a template had.
    pub fn set_json(&self, key: &str, value: &serde_json::Value) {
        let frozen = Frozen::from_json(value);
        self.store()
            .put(key_of_text(key), Frozen::text(key), frozen);
    }

    /// Empties the scope. Running generators see it at their next event.
    pub fn clear(&self) {
        self.store().clear();
    }

    /// A scope of its own with the same content.
    pub fn copy(&self) -> Self {
        let copy = Self::default();
        {
            let (mut to, from) = (copy.store(), self.store());
            to.entries.clone_from(&from.entries);
            to.version = from.version;
            to.order = from.order;
        }
        copy
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.store().entries.len()
    }

    /// True when there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The store, for a moment. A thread that panicked while holding it left it whole: every change
    /// is a single insertion or removal.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.0.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock of `acquire()` for `owner`; again and again by the same owner is fine.
    pub(super) fn acquire(&self, owner: u64) -> Result<(), LockError> {
        self.0.lock.acquire(owner, PATIENCE)
    }

    /// Waits until nobody else holds the lock of `acquire()`.
    pub(super) fn wait(&self, owner: u64) -> Result<(), LockError> {
        self.0.lock.wait(owner, PATIENCE)
    }

    /// Gives back one `acquire()`.
    pub(super) fn release(&self, owner: u64) -> Result<(), LockError> {
        self.0.lock.release(owner)
    }

    /// Gives back everything `owner` holds; true when it held something.
    pub(super) fn release_all(&self, owner: u64) -> bool {
        self.0.lock.release_all(owner)
    }
}

/// The canonical key of a text.
pub(super) fn key_of_text(text: &str) -> Key {
    format!("s{text}").into()
}

impl Store {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Sets a value and gives its version.
    pub(super) fn put(&mut self, key: Key, original: Frozen, value: Frozen) -> u64 {
        self.version += 1;
        let version = self.version;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.value = value;
            entry.version = version;
            return version;
        }
        self.order += 1;
        let order = self.order;
        self.entries.insert(
            key,
            Entry {
                key: original,
                value,
                version,
                order,
            },
        );
        version
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Entry> {
        self.version += 1;
        self.entries.remove(key)
    }

    pub(super) fn clear(&mut self) {
        self.version += 1;
        self.entries.clear();
    }

    /// All entries in the order in which their keys came.
    pub(super) fn in_order(&self) -> Vec<(Key, Entry)> {
        let mut all: Vec<(Key, Entry)> = self
            .entries
            .iter()
            .map(|(key, entry)| (Arc::clone(key), entry.clone()))
            .collect();
        all.sort_by_key(|(_, entry)| entry.order);
        all
    }
}
