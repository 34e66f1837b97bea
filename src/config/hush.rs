//! Values of secrets that documents use, so that they can be taken out of what is said: messages of
//! servers and libraries may quote what they were given.
//!
//! The values are known to the whole process and until its end, because a late record of a log can
//! still quote one. This is the net below; whoever makes messages leaves secrets out in the first
//! place.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

use super::{Diagnostics, Node, Tree};

static KNOWN: RwLock<Vec<Zeroizing<String>>> = RwLock::new(Vec::new());

/// Shorter values are not taken out: they would be found in the midst of harmless words.
const LEAST: usize = 4;

/// What stands for a secret.
const STARS: &str = "***";

/// Has a value taken out from now on, also as it looks in URLs and in quoted forms.
pub fn remember(value: &str) {
    if value.len() < LEAST {
        return;
    }
    let quoted: String = value.escape_debug().collect();
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    for form in [value.to_owned(), quoted, percent(value)] {
        let form = Zeroizing::new(form);
        if !known.contains(&form) {
            known.push(form);
        }
    }
    // A value may be a part of another.
    known.sort_by_key(|form| std::cmp::Reverse(form.len()));
}

/// The text with `***` for every secret in it.
pub fn hush(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let mut clean = Cow::Borrowed(text);
    for form in known.iter() {
        if clean.contains(form.as_str()) {
            clean = Cow::Owned(clean.replace(form.as_str(), STARS));
        }
    }
    clean
}

/// As [`hush`], in place.
pub fn hush_text(text: &mut String) {
    if let Cow::Owned(clean) = hush(text) {
        *text = clean;
    }
}

impl Diagnostics {
    /// The same problems with `***` for every secret in them.
    #[must_use]
    pub fn hushed(mut self) -> Self {
        for problem in &mut self.0 {
            hush_text(&mut problem.message);
            if let Some(help) = &mut problem.help {
                hush_text(help);
            }
        }
        self
    }
}

impl Node {
    /// True when a secret's value is somewhere in it.
    pub fn has_secret(&self) -> bool {
        self.secret
            || match &self.tree {
                Tree::Scalar(_) => false,
                Tree::Seq(items) => items.iter().any(Self::has_secret),
                Tree::Map(pairs) => pairs
                    .iter()
                    .any(|(key, value)| key.has_secret() || value.has_secret()),
            }
    }
}

/// Passes writes on with `***` for every secret in them; for logs, whose records are one write each.
#[derive(Debug)]
pub struct HushWriter<W>(pub W);

impl<W: Write> Write for HushWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match hush(&String::from_utf8_lossy(bytes)) {
            Cow::Borrowed(_) => self.0.write_all(bytes)?,
            Cow::Owned(clean) => self.0.write_all(clean.as_bytes())?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn percent(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn known_values_are_taken_out_in_all_their_forms() {
        remember("hush-me \"now\" \u{e4}");
        remember("hush-me");
        remember("abc");
        let text = "a hush-me \"now\" \u{e4}, b hush%2Dme, c hush-me%20%22now%22%20%C3%A4, d hush-me \\\"now\\\" \u{e4}, abc";
        assert_eq!(hush(text), "a ***, b hush%2Dme, c ***, d ***, abc");
        assert!(matches!(hush("nothing"), Cow::Borrowed(_)));
        let mut writer = HushWriter(Vec::new());
        writer.write_all(b"x hush-me\n").unwrap();
        assert_eq!(writer.0, b"x ***\n");
    }
}
