//! The entries of a dict: insertion order, Python's equality of keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::value::drop_values;
use super::{Error, Value};

/// Below this many entries a scan beats an index.
const SCAN: usize = 8;

/// The entries of a dict.
#[derive(Default)]
pub struct DictData {
    entries: Vec<Option<(Value, Value)>>,
    live: usize,
    index: Option<Index>,
    /// Changes with every insertion or removal of a key, so that iterations notice.
    version: u64,
}

type Index = HashMap<Key, usize, BuildHasherDefault<Fold>>;

struct Key(Value);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash_code().unwrap_or(0));
    }
}

/// Keys arrive hashed already.
#[derive(Default)]
struct Fold(u64);

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl DictData {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.live
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> {
        self.entries
            .iter()
            .filter_map(|entry| entry.as_ref().map(|(key, value)| (key, value)))
    }

    /// The value of a key; an error for an unhashable key.
    pub fn get(&self, key: &Value) -> Result<Option<&Value>, Error> {
        Ok(self.find(key)?.and_then(|at| self.at(at)))
    }

    /// The value of a text key.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        if self.index.is_some() {
            return self.get(&Value::from(key)).ok().flatten();
        }
        let bytes = key.as_bytes();
        self.entries.iter().flatten().find_map(|(known, value)| {
            let same = match known {
                Value::Str(text) => text.as_bytes() == bytes,
                Value::Safe(text) => text.as_bytes() == bytes,
                _ => false,
            };
            same.then_some(value)
        })
    }

    /// True when the key is there; an error for an unhashable key.
    pub fn contains(&self, key: &Value) -> Result<bool, Error> {
        Ok(self.find(key)?.is_some())
    }

    /// Sets a value, keeping the place and spelling of a key that is there already.
    pub fn insert(&mut self, key: Value, value: Value) -> Result<(), Error> {
        if let Some(at) = self.find(&key)? {
            if let Some(Some(entry)) = self.entries.get_mut(at) {
                entry.1 = value;
            }
            return Ok(());
        }
        self.version += 1;
        self.live += 1;
        let at = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(Key(key.clone()), at);
        }
        self.entries.push(Some((key, value)));
        if self.index.is_none() && self.live > SCAN {
            self.reindex();
        }
        Ok(())
    }

    /// Removes a key; its value, when it was there.
    pub fn remove(&mut self, key: &Value) -> Result<Option<Value>, Error> {
        let Some(at) = self.find(key)? else {
            return Ok(None);
        };
        if let Some(index) = &mut self.index {
            index.remove(&Key(key.clone()));
        }
        self.live -= 1;
        self.version += 1;
        let taken = self.entries.get_mut(at).and_then(Option::take);
        self.compact();
        Ok(taken.map(|(_, value)| value))
    }

    /// Removes the last entry.
    pub fn pop_last(&mut self) -> Option<(Value, Value)> {
        let key = self.iter().next_back().map(|(key, _)| key.clone())?;
        let value = self.remove(&key).ok().flatten()?;
        Some((key, value))
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        let version = self.version + 1;
        *self = Self::default();
        self.version = version;
    }

    /// A copy that shares the values.
    pub fn shallow_copy(&self) -> Self {
        let mut copy = Self {
            entries: self.entries.iter().flatten().cloned().map(Some).collect(),
            live: self.live,
            index: None,
            version: 0,
        };
        if copy.live > SCAN {
            copy.reindex();
        }
        copy
    }

    /// The first entry at or after a position, and the position after it.
    pub(super) fn entry_from(&self, from: usize) -> Option<(usize, &Value, &Value)> {
        let rest = self.entries.get(from..)?;
        rest.iter().enumerate().find_map(|(at, entry)| {
            let (key, value) = entry.as_ref()?;
            Some((from + at + 1, key, value))
        })
    }

    fn at(&self, at: usize) -> Option<&Value> {
        let entry = self.entries.get(at)?.as_ref()?;
        Some(&entry.1)
    }

    fn find(&self, key: &Value) -> Result<Option<usize>, Error> {
        if let Some(index) = &self.index {
            key.hash_code()?;
            return Ok(index.get(&Key(key.clone())).copied());
        }
        if key.may_nest() {
            key.hash_code()?;
        }
        let same =
            |entry: &Option<(Value, Value)>| matches!(entry, Some((known, _)) if known == key);
        Ok(self.entries.iter().position(same))
    }

    fn compact(&mut self) {
        if self.live == 0 {
            self.entries.clear();
            self.index = None;
        } else if self.entries.len() > 2 * self.live + SCAN {
            self.entries.retain(Option::is_some);
            self.reindex();
        }
    }

    fn reindex(&mut self) {
        self.entries.retain(Option::is_some);
        self.index = (self.live > SCAN).then(|| {
            let keys = self.entries.iter().flatten().enumerate();
            keys.map(|(at, (key, _))| (Key(key.clone()), at)).collect()
        });
    }
}

impl Drop for DictData {
    fn drop(&mut self) {
        let nests = |(key, value): &(Value, Value)| key.may_nest() || value.may_nest();
        if self.entries.iter().flatten().any(nests) {
            self.index = None;
            let entries = std::mem::take(&mut self.entries);
            let values = entries.into_iter().flatten();
            drop_values(values.flat_map(|(key, value)| [key, value]).collect());
        }
    }
}
