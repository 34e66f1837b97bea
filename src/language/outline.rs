//! What is known of a project besides the text that is being typed: its templates, samples, params,
//! files. Made from the last text that could be read, so that a slip while typing loses nothing.

use std::path::PathBuf;

use super::Located;
use crate::config::{Document, Node};

/// What is known of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Aliases of templates, in document order.
    pub aliases: Vec<String>,
    /// Its samples.
    pub samples: Vec<Sample>,
    /// Names of `params` of the event source, which templates read.
    pub params: Vec<String>,
    /// Names of `vars` of any template.
    pub vars: Vec<String>,
    /// Names asked for as `${params.*}`.
    pub tokens: Vec<String>,
    /// Names asked for as `${secrets.*}`, and those that the store has.
    pub secrets: Vec<String>,
    /// Keys of state that templates read or write, by scope (`shared`).
    pub state: Vec<(String, String)>,
    /// What the project's files name, with the places: of the document first.
    pub places: Vec<Located>,
    /// Files of the project, relative to its folder, with `/` between folders.
    pub files: Vec<PathBuf>,
}

/// A sample of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Its type and source in a few words.
    pub detail: String,
    /// Its columns; empty when they have no names or are not known.
    pub columns: Vec<String>,
}

impl Outline {
    /// What a document says of templates, samples and params. Columns of files are not read: whoever
    /// has read the samples adds them. Files are left empty.
    pub fn of(document: &Document) -> Self {
        let mut outline = Self::default();
        let Some(event) = &document.event else {
            return outline;
        };
        for item in list(event.body.get("templates")) {
            for (alias, entry) in item.as_map().unwrap_or_default() {
                outline.aliases.extend(alias.as_str().map(str::to_owned));
                outline.vars.extend(keys(entry.get("vars")));
            }
        }
        outline.vars.sort_unstable();
        outline.vars.dedup();
        outline.params = keys(event.body.get("params"));
        let samples = event.body.get("samples").and_then(Node::as_map);
        for (name, sample) in samples.unwrap_or_default() {
            let Some(name) = name.as_str() else {
                continue;
            };
            let text = |key: &str| sample.get(key).and_then(Node::as_str).unwrap_or_default();
            outline.samples.push(Sample {
                name: name.to_owned(),
                detail: format!("{} {}", text("type"), text("source"))
                    .trim()
                    .to_owned(),
                columns: Vec::new(),
            });
        }
        outline
    }

    /// Adds the state keys that a template's text names, by a plain search: `shared.get('key'`,
    /// `locals["key"]`, `globals.set("key"`, `shared.key`.
    pub fn add_state(&mut self, template: &str) {
        for scope in ["locals", "shared", "globals"] {
            for (at, _) in template.match_indices(scope) {
                let rest = template.get(at + scope.len()..).unwrap_or_default();
                if let Some(key) = state_key(rest) {
                    let found = (scope.to_owned(), key.to_owned());
                    if !self.state.contains(&found) {
                        self.state.push(found);
                    }
                }
            }
        }
    }
}

/// The key in what stands behind a scope.
pub(super) fn state_key(rest: &str) -> Option<&str> {
    let inside = match rest.strip_prefix('[') {
        Some(inside) => inside,
        None => {
            let call = rest.strip_prefix('.')?;
            let name = call
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next()?;
            if !call.get(name.len()..)?.starts_with('(') {
                return (!name.is_empty() && name.len() <= 80).then_some(name);
            }
            let (method, inside) = call.split_once('(')?;
            if !matches!(method, "get" | "set" | "update" | "pop" | "delete" | "has") {
                return None;
            }
            inside
        }
    };
    let quote = inside.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (key, _) = inside.get(1..)?.split_once(quote)?;
    (!key.is_empty() && key.len() <= 80 && !key.contains('\n')).then_some(key)
}

fn list(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_seq).unwrap_or_default()
}

fn keys(node: Option<&Node>) -> Vec<String> {
    let map = node.and_then(Node::as_map).unwrap_or_default();
    map.iter()
        .filter_map(|(key, _)| key.as_str().map(str::to_owned))
        .collect()
}
