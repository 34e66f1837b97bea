//! Some keys that are looked up in many dicts, most of which have them in the same places.

use super::object::Hint;
use super::{DictData, Str, Value};

/// Keys, all different.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(Str, Hint)>);

impl Fields {
    pub(crate) fn new<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        Self(keys.map(|key| (Str::from(key), Hint::default())).collect())
    }

    /// The values of the keys.
    pub(crate) fn of<'d>(&'d self, dict: &'d DictData) -> impl Iterator<Item = Option<&'d Value>> {
        let keys = self.0.iter();
        keys.map(|(key, hint)| dict.get_hinted(key.as_bytes(), hint))
    }

    pub(crate) fn keys(&self) -> impl ExactSizeIterator<Item = &Str> {
        self.0.iter().map(|(key, _)| key)
    }
}
