//! A text that is never shown: passwords, tokens, addresses with credentials in them.
//!
//! Knows nothing of where secrets are stored; whoever sends one has to ask for it by name.

use std::fmt;

use crate::config::Section;

/// A secret text. Its `Debug` and `Display` forms are `***`, so that it may be part of
/// configurations and errors.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text option `name` of an output; `None` when it is absent or null.
    pub fn decode(section: &Section, name: &str) -> Option<Self> {
        section.str(name).map(Self::new)
    }

    /// The text itself, for the target alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_shows_it() {
        let secret = Secret::new("hunter2");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "*** *** Some(***)"
        );
        assert_eq!(secret.expose(), "hunter2");
    }
}
