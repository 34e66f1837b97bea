//! Keeps the values of secrets out of logs and messages.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

/// Shorter values are left alone: they would black out ordinary text and are no secrets.
const SHORTEST: usize = 4;

/// The values that must not be shown; a cheap handle, shared by the instance that learns them and the
/// logs that hide them.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Vec<String>>>);

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// Hides these values from now on.
    pub fn learn<'v>(&self, values: impl Iterator<Item = &'v str>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for value in values.filter(|value| value.len() >= SHORTEST) {
            if !known.iter().any(|one| one == value) {
                known.push(value.to_owned());
            }
        }
        // A value that holds another is hidden as a whole.
        known.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// The text with `***` in the place of each secret.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut shown = Cow::Borrowed(text);
        for value in known.iter() {
            if shown.contains(value.as_str()) {
                shown = Cow::Owned(shown.replace(value.as_str(), "***"));
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_the_longest_first() {
        let redactor = Redactor::default();
        redactor.learn(["hunter2", "hunter2-long", "ab", ""].into_iter());
        assert_eq!(redactor.hide("hunter2-long hunter2 ab"), "*** *** ab");
        assert!(matches!(redactor.hide("nothing"), Cow::Borrowed(_)));
        assert_eq!(format!("{redactor:?}"), "Redactor");
    }
}
