//! What an editor can know of a project's files: completion, hover help, fixes, the JSON Schema of
//! generator documents, and whether Eventum can run the project.
//!
//! Works on texts as they are being typed, sound or not, and on an [`Outline`] of the project. Knows
//! nothing of editors, screens or runs.

mod cursor;
mod document;
mod fix;
mod outline;
mod portability;
mod schema;
mod symbols;
mod template;
mod words;

use std::path::Path;

pub use fix::{Fix, fix};
pub use outline::{Outline, Sample};
pub use portability::{Obstacle, portability};
pub use schema::generator_schema;
pub use symbols::{Located, Symbol, symbols};

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The file: its name says what language it is in.
    pub path: &'a Path,
    /// The whole text.
    pub text: &'a str,
    /// Where, in bytes; brought to a character's start.
    pub offset: usize,
    /// What is known of the project.
    pub outline: &'a Outline,
}

/// What could stand at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Where the word begins that is to be replaced, in bytes; it ends at the place asked about.
    pub start: usize,
    /// What could stand there, the likeliest first.
    pub items: Vec<Completion>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// As shown, and what is compared with what was typed.
    pub label: String,
    /// What is put in its place.
    pub insert: String,
    /// What it is, in a word or a signature.
    pub detail: String,
    /// More about it, in sentences; may be empty.
    pub doc: String,
}

impl Completion {
    fn new(label: &str, detail: &str, doc: &str) -> Self {
        Self {
            label: label.to_owned(),
            insert: label.to_owned(),
            detail: detail.to_owned(),
            doc: doc.to_owned(),
        }
    }

    fn inserting(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self
    }
}

/// What is known of the word at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hover {
    /// Its name, with its kind or its signature.
    pub title: String,
    /// In sentences.
    pub doc: String,
}

/// What kind of file it is, as far as help goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Document,
    Template,
    Other,
}

fn kind(path: &Path) -> Kind {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default().to_ascii_lowercase();
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("jinja" | "jinja2" | "j2") => Kind::Template,
        Some("yml" | "yaml") => Kind::Document,
        _ => Kind::Other,
    }
}

/// The texts before and behind a place.
fn split<'a>(query: &Query<'a>) -> (&'a str, &'a str) {
    let mut at = query.offset.min(query.text.len());
    while !query.text.is_char_boundary(at) {
        at -= 1;
    }
    query.text.split_at(at)
}

/// What could stand at a place, narrowed to what fits the word that is being typed. Nothing where
/// nothing is known.
pub fn complete(query: &Query<'_>) -> Completions {
    let (before, _) = split(query);
    let mut found = match kind(query.path) {
        Kind::Document => document::complete(query),
        Kind::Template => template::complete(before, query.text, query.outline),
        Kind::Other => Completions::default(),
    };
    let typed = before.get(found.start..).unwrap_or_default();
    narrow(&mut found.items, typed);
    found
}

/// Keeps what fits, and puts what begins like the word first. What is typed whole and is the only one
/// that fits is no help.
fn narrow(items: &mut Vec<Completion>, typed: &str) {
    let typed = typed.to_lowercase();
    let rank = |label: &str| -> Option<usize> {
        let label = label.to_lowercase();
        if label.starts_with(&typed) {
            return Some(0);
        }
        if label.contains(&typed) {
            return Some(1);
        }
        let mut rest = label.chars();
        let all = typed.chars().all(|c| rest.any(|other| other == c));
        all.then_some(2)
    };
    items.retain(|one| rank(&one.label).is_some());
    items.sort_by_key(|one| rank(&one.label));
    if let [only] = items.as_slice()
        && only.insert.to_lowercase() == typed
    {
        items.clear();
    }
}

/// What is known of the word at a place.
pub fn hover(query: &Query<'_>) -> Option<Hover> {
    match kind(query.path) {
        Kind::Document => document::hover(query),
        Kind::Template => {
            let (before, after) = split(query);
            template::hover(before, after, query.text, query.outline)
        }
        Kind::Other => None,
    }
}

#[cfg(test)]
mod tests;
