//! What completion can offer from a project: names of templates, samples with their columns, state
//! keys. Reads the beginnings of files only.

use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::PreviewRequest;
use crate::config::{Document, Files, Node};
use crate::language::{Located, Outline, symbols};

/// Longer templates are not searched for state keys.
const TEMPLATE: u64 = 256 << 10;
/// How much of a sample is looked at for its columns.
const HEAD: u64 = 64 << 10;

/// Most files that are looked at for names.
const NAMED: usize = 200;

/// The names of a project.
pub(super) fn words(document: &Document, files: &dyn Files, request: &PreviewRequest) -> Outline {
    let mut outline = Outline::of(document);
    let Some(event) = &document.event else {
        return outline;
    };
    let entries = event.body.get("templates").and_then(Node::as_seq);
    for entry in entries.unwrap_or_default() {
        for (_, options) in entry.as_map().unwrap_or_default() {
            let path = options.get("template").and_then(Node::as_str);
            let read = path.map(|path| files.read_limited(&document.base.join(path), TEMPLATE));
            if let Some(Ok(bytes)) = read {
                outline.add_state(&String::from_utf8_lossy(&bytes));
            }
        }
    }
    outline.places = places(document, files);
    for sample in &mut outline.samples {
        let node = event
            .body
            .get("samples")
            .and_then(|all| all.get(&sample.name));
        if let Some(node) = node {
            sample.columns = columns(node, &document.base, request).unwrap_or_default();
        }
    }
    outline
}

/// What the document, its templates and what they import, its samples and scripts name.
fn places(document: &Document, files: &dyn Files) -> Vec<Located> {
    let own = document.path.file_name().map(PathBuf::from);
    let mut open: VecDeque<PathBuf> = own.into_iter().collect();
    if let Some(event) = &document.event {
        event.body.walk(&mut |node| {
            // Whatever names a file of the project: templates, sources of samples, scripts.
            let name = node.as_str().filter(|text| {
                let ending = text.rsplit_once('.').map(|(_, ending)| ending);
                matches!(
                    ending,
                    Some("jinja" | "jinja2" | "j2" | "csv" | "tsv" | "py")
                )
            });
            open.extend(name.map(PathBuf::from));
        });
    }
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(path) = open.pop_front() {
        if seen.len() >= NAMED || !seen.insert(path.clone()) {
            continue;
        }
        let Ok(bytes) = files.read_limited(&document.base.join(&path), TEMPLATE) else {
            continue;
        };
        for symbol in symbols(&path, &String::from_utf8_lossy(&bytes)) {
            if symbol.kind == "import" {
                open.push_back(PathBuf::from(&symbol.name));
            } else if symbol.is_shared() {
                found.push(Located {
                    path: path.clone(),
                    symbol,
                });
            }
        }
    }
    found
}

/// The names of a sample's columns, where it has names.
fn columns(sample: &Node, base: &Path, request: &PreviewRequest) -> Option<Vec<String>> {
    let text = |key: &str| sample.get(key).and_then(Node::as_str);
    let path = base.join(text("source")?);
    match text("type")? {
        "csv" => {
            let header = sample.get("header").map(Node::to_json);
            if header != Some(Value::Bool(true)) {
                return None;
            }
            let head = head(&path, request)?;
            let delimiter = text("delimiter").unwrap_or(",");
            let quote = text("quotechar").unwrap_or("\"");
            let first = head.lines().next()?.trim_start_matches('\u{feff}');
            let names = first.split(delimiter).map(str::trim);
            let bare = |name: &str| name.trim_matches(|c| quote.contains(c)).to_owned();
            Some(names.map(bare).collect())
        }
        "json" => {
            let head = head(&path, request)?;
            let from = head.get(head.find('{')?..)?;
            let mut rows =
                serde_json::Deserializer::from_str(from).into_iter::<Map<String, Value>>();
            let first = rows.next()?.ok()?;
            Some(first.keys().cloned().collect())
        }
        _ => None,
    }
}

/// The beginning of a file, of the unsaved text where there is one.
fn head(path: &PathBuf, request: &PreviewRequest) -> Option<String> {
    if let Some(text) = request.buffers.get(path) {
        let bytes = text.as_bytes();
        let head = bytes.get(..HEAD as usize).unwrap_or(bytes);
        return Some(String::from_utf8_lossy(head).into_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(HEAD).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
