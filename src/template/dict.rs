//! The entries of a dict: insertion order, Python's equality of keys.

use std::cell::OnceCell;

use super::object::Hint;
use super::value::drop_nested;
use super::{Error, Str, Value};

/// Up to this many entries a scan beats an index.
const SCAN: usize = 8;

/// Up to this many entries a scan for one text beats making an index.
const LONG_SCAN: usize = 32;

/// The entries of a dict.
#[derive(Default)]
pub struct DictData {
    entries: Vec<Option<(Value, Value)>>,
    live: usize,
    /// Made when it is first needed: most dicts are written and read in order, or at known places.
    index: OnceCell<Index>,
    /// Changes with every insertion or removal of a key, so that iterations notice.
    version: u64,
}

/// Positions of entries by the hash of their keys: open addressing, each bucket the upper half of a
/// hash over a position plus one. Whether the key is the one looked for is seen at the entry.
#[derive(Clone)]
struct Index {
    buckets: Vec<u64>,
    /// Buckets that are not empty, removed ones included.
    used: usize,
}

const EMPTY: u64 = 0;
const LOW: u64 = 0xFFFF_FFFF;

impl Index {
    fn with_room(entries: usize) -> Self {
        let buckets = (entries.max(SCAN) * 4).next_power_of_two();
        Self {
            buckets: vec![EMPTY; buckets],
            used: 0,
        }
    }

    /// The positions under a hash, until the first empty bucket.
    fn positions(&self, hash: u64) -> impl Iterator<Item = usize> {
        let mask = self.buckets.len().wrapping_sub(1);
        let start = hash as usize & mask;
        let buckets = (0..=mask).map(move |step| self.buckets.get((start + step) & mask));
        buckets
            .map_while(|bucket| bucket.copied().filter(|bucket| *bucket != EMPTY))
            .filter(move |bucket| (bucket ^ hash) & !LOW == 0 && bucket & LOW != LOW)
            .map(|bucket| (bucket & LOW) as usize - 1)
    }

    /// Adds a position; false when there is no room for it.
    fn add(&mut self, hash: u64, at: usize) -> bool {
        if self.used * 2 > self.buckets.len() || at as u64 + 1 >= LOW {
            return false;
        }
        let mask = self.buckets.len().wrapping_sub(1);
        let mut bucket = hash as usize & mask;
        while self
            .buckets
            .get(bucket)
            .is_some_and(|bucket| *bucket != EMPTY)
        {
            bucket = (bucket + 1) & mask;
        }
        if let Some(bucket) = self.buckets.get_mut(bucket) {
            *bucket = (hash & !LOW) | (at as u64 + 1);
            self.used += 1;
        }
        true
    }

    /// Takes a position out. Its bucket stays in use, for those that were put behind it.
    fn remove(&mut self, hash: u64, at: usize) {
        let mask = self.buckets.len().wrapping_sub(1);
        let wanted = (hash & !LOW) | (at as u64 + 1);
        let mut bucket = hash as usize & mask;
        while let Some(found) = self
            .buckets
            .get_mut(bucket)
            .filter(|found| **found != EMPTY)
        {
            if *found == wanted {
                // A position that no entry has.
                *found = LOW;
                return;
            }
            bucket = (bucket + 1) & mask;
        }
    }
}

/// Positions are only a guess that is checked, so all dicts are of one shape for hints.
const SHAPE: u64 = u64::MAX;

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
        if self.live > SCAN {
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

    /// The value of a text key that is asked for at one place, again and again: dicts with the same
    /// keys in the same places answer without a search.
    pub(super) fn get_hinted(&self, key: &[u8], hint: &Hint) -> Option<&Value> {
        let is_key = |entry: &Option<(Value, Value)>| match entry {
            Some((Value::Str(known), _)) => known.as_bytes() == key,
            _ => false,
        };
        if let Some(at) = hint.position(SHAPE)
            && self.entries.get(at).is_some_and(is_key)
        {
            return self.at(at);
        }
        let at = if self.index.get().is_some() || self.live > LONG_SCAN {
            self.find(&Value::Str(Str::from_utf8(key))).ok()??
        } else {
            match self.entries.iter().position(is_key) {
                Some(at) => at,
                None => return self.get_str(std::str::from_utf8(key).ok()?),
            }
        };
        hint.remember(SHAPE, at);
        self.at(at)
    }

    /// True when the key is there; an error for an unhashable key.
    pub fn contains(&self, key: &Value) -> Result<bool, Error> {
        Ok(self.find(key)?.is_some())
    }

    /// Sets a value, keeping the place and spelling of a key that is there already.
    pub fn insert(&mut self, key: Value, value: Value) -> Result<(), Error> {
        self.insert_hinted(key, value, None)
    }

    /// [`DictData::insert`] of a key that is the same each time at one place.
    pub(super) fn insert_hinted(
        &mut self,
        key: Value,
        value: Value,
        hint: Option<&Hint>,
    ) -> Result<(), Error> {
        let at = hint.and_then(|hint| hint.position(SHAPE));
        if let Some(Some(entry)) = at.and_then(|at| self.entries.get_mut(at))
            && matches!((&entry.0, &key), (Value::Str(known), Value::Str(key)) if known == key)
        {
            std::mem::replace(&mut entry.1, value).discard();
            return Ok(());
        }
        let at = self.find(&key)?;
        if let (Some(hint), Some(at)) = (hint, at) {
            hint.remember(SHAPE, at);
        }
        match at.and_then(|at| self.entries.get_mut(at)) {
            Some(Some(entry)) => entry.1 = value,
            Some(None) => {}
            None => self.push_new(key, value),
        }
        Ok(())
    }

    /// An empty dict with room for some entries.
    pub(crate) fn with_capacity(entries: usize) -> Self {
        let mut dict = Self::default();
        dict.entries.reserve(entries);
        dict
    }

    /// Adds the value of a hashable key that is known not to be there.
    pub(crate) fn push_new(&mut self, key: Value, value: Value) {
        self.version += 1;
        self.live += 1;
        let at = self.entries.len();
        if let Some(index) = self.index.get_mut()
            && !key.hash_code().is_ok_and(|hash| index.add(hash, at))
        {
            self.index.take();
        }
        self.entries.push(Some((key, value)));
    }

    /// Removes a key; its value, when it was there.
    pub fn remove(&mut self, key: &Value) -> Result<Option<Value>, Error> {
        let Some(at) = self.find(key)? else {
            return Ok(None);
        };
        if let Some(index) = self.index.get_mut() {
            index.remove(key.hash_code()?, at);
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
        if self.live == self.entries.len() {
            return Self {
                entries: self.entries.clone(),
                live: self.live,
                index: self.index.clone(),
                version: 0,
            };
        }
        Self {
            entries: self.entries.iter().flatten().cloned().map(Some).collect(),
            live: self.live,
            index: OnceCell::new(),
            version: 0,
        }
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
        if self.live > SCAN {
            let index = self.index.get_or_init(|| self.indexed());
            let mut positions = index.positions(key.hash_code()?);
            let is_key = |at: &usize| {
                let entry = self.entries.get(*at);
                matches!(entry, Some(Some((known, _))) if known == key)
            };
            return Ok(positions.find(is_key));
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
            self.index.take();
        } else if self.entries.len() > 2 * self.live + SCAN {
            self.entries.retain(Option::is_some);
            self.index.take();
        }
    }

    fn indexed(&self) -> Index {
        let mut index = Index::with_room(self.entries.len());
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some((key, _)) = entry {
                index.add(key.hash_code().unwrap_or(0), at);
            }
        }
        index
    }
}

impl Drop for DictData {
    fn drop(&mut self) {
        let nests = |(key, value): &(Value, Value)| key.may_nest() || value.may_nest();
        if self.entries.iter().flatten().any(nests) {
            drop_nested(std::mem::take(&mut self.entries), |entries| {
                let values = entries.into_iter().flatten();
                values.flat_map(|(key, value)| [key, value]).collect()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn entries_are_found_whatever_was_put_in_and_taken_out_before() {
        let mut dict = DictData::default();
        let mut model: Vec<(i64, i64)> = Vec::new();
        let mut state = 1_u64;
        for round in 0..4000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let key = i64::try_from(state >> 33).unwrap() % 60;
            let known = model.iter().position(|(known, _)| *known == key);
            if state >> 62 == 0 {
                let removed = dict.remove(&Value::Int(key)).unwrap();
                let expected = known.map(|at| Value::Int(model.remove(at).1));
                assert_eq!(removed, expected);
            } else {
                dict.insert(Value::Int(key), Value::Int(round)).unwrap();
                match known {
                    Some(at) => model[at].1 = round,
                    None => model.push((key, round)),
                }
            }
            let same = |dict: &DictData| {
                dict.len() == model.len()
                    && dict.iter().zip(&model).all(|((key, value), (k, v))| {
                        *key == Value::Int(*k) && *value == Value::Int(*v)
                    })
                    && (0..60).all(|key| {
                        let expected = model.iter().find(|(known, _)| *known == key);
                        let found = dict.get(&Value::Int(key)).unwrap();
                        found == expected.map(|(_, value)| Value::Int(*value)).as_ref()
                    })
            };
            assert!(same(&dict), "round {round}");
            assert!(round % 100 > 0 || same(&dict.shallow_copy()));
        }
    }

    #[test]
    fn a_remembered_place_is_only_a_guess() {
        let hint = Hint::default();
        let dict = |keys: &[&str]| {
            let mut dict = DictData::default();
            for key in keys {
                dict.insert(Value::from(*key), Value::from(*key)).unwrap();
            }
            dict
        };
        let many: Vec<String> = (0..20).map(|at| format!("k{at}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for dict in [
            dict(&["a", "k7"]),
            dict(&["k7", "a"]),
            dict(&many),
            dict(&["k7"]),
        ] {
            assert_eq!(dict.get_hinted(b"k7", &hint), Some(&Value::from("k7")));
        }
        assert_eq!(dict(&["a", "b"]).get_hinted(b"k7", &hint), None);
        assert_eq!(dict(&many[..7]).get_hinted(b"k7", &hint), None);
    }
}
