//! Loading samples: every problem as a diagnostic in the right file.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::super::config::{SampleConfig, SampleSource};
use super::super::values;
use super::json::Document;
use super::{Columns, Row, Sample, csv, json};
use crate::config::{Diagnostic, Diagnostics, Files, Node, Place, Pos, Span, Tree, near};
use crate::template::{Str, Value};

/// Loads a sample; `None` after problems were reported.
pub(in super::super) fn load(
    config: &SampleConfig,
    base: &Path,
    files: &dyn Files,
    problems: &mut Diagnostics,
) -> Option<Value> {
    let mut loader = Loader {
        config,
        path: PathBuf::new(),
        problems,
    };
    let sample = match &config.source {
        SampleSource::Items(rows) => loader.items(rows),
        SampleSource::Csv {
            path,
            header,
            delimiter,
            quote,
        } => {
            let text = loader.read(base, path, files)?;
            loader.csv(&text, *header, *delimiter, *quote)
        }
        SampleSource::Json { path } => {
            let text = loader.read(base, path, files)?;
            loader.json(&text)
        }
    };
    sample.map(Value::object)
}

struct Loader<'l> {
    config: &'l SampleConfig,
    path: PathBuf,
    problems: &'l mut Diagnostics,
}

impl Loader<'_> {
    fn report(&mut self, problem: Diagnostic) {
        self.problems
            .push(problem.setting(self.config.setting.clone()));
    }

    /// Reports an error at a line of the sample's file.
    fn error_at<T>(&mut self, at: Pos, message: String, help: &str) -> Option<T> {
        let place = self.place(at);
        let problem = Diagnostic::error(message, Some(place));
        self.report(if help.is_empty() {
            problem
        } else {
            problem.help(help)
        });
        None
    }

    fn place(&self, at: Pos) -> Place {
        let end = Pos {
            line: at.line,
            column: at.column.saturating_add(1),
        };
        Place {
            path: self.path.clone().into(),
            span: Some(Span { start: at, end }),
        }
    }

    fn read(&mut self, base: &Path, path: &str, files: &dyn Files) -> Option<String> {
        self.path = base.join(path);
        let bytes = match files.read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let place = Some(self.config.place.clone());
                let name = &self.config.name;
                let missing = error.kind() == io::ErrorKind::NotFound;
                let problem = if missing {
                    let message = format!("the file of the sample `{name}` does not exist: {path}");
                    Diagnostic::error(message, place).help(missing_help(&self.path))
                } else {
                    let message = format!(
                        "the file of the sample `{name}` cannot be read: {path}: {}",
                        crate::config::why(&error)
                    );
                    Diagnostic::error(message, place)
                };
                self.report(problem);
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let before = bytes.get(..at).unwrap_or_default();
                let line = memchr::memchr_iter(b'\n', before).count() + 1;
                let pos = Pos {
                    line: u32::try_from(line).unwrap_or(u32::MAX),
                    column: 1,
                };
                let byte = bytes.get(at).copied().unwrap_or(0);
                let message = format!("the file is not UTF-8: byte 0x{byte:02x} at offset {at}");
                self.error_at(pos, message, "save it as UTF-8")
            }
        }
    }

    fn items(&mut self, nodes: &[Node]) -> Option<Sample> {
        let nested = nodes.first().is_some_and(iterable);
        if !nested {
            let columns = Columns::generated(1);
            let rows = nodes
                .iter()
                .map(|node| Row::value(&columns, vec![values::value(node)]));
            return Some(Sample::new(Rc::clone(&columns), rows.collect()));
        }
        let width = nodes
            .first()
            .map_or(0, |first| cells(first).map_or(0, |cells| cells.len()));
        let columns = Columns::generated(width);
        let mut rows = Vec::with_capacity(nodes.len());
        for node in nodes {
            let place = Place {
                path: self.config.place.path.clone(),
                span: Some(node.span),
            };
            let Some(cells) = cells(node) else {
                let message = format!("this row is {}, the first row is a list", node.describe());
                self.report(Diagnostic::error(message, Some(place)).help("make every row a list"));
                return None;
            };
            if cells.len() != width {
                let message = format!(
                    "this row has {} cells, the first row has {width}",
                    cells.len()
                );
                self.report(Diagnostic::error(message, Some(place)));
                return None;
            }
            rows.push(Row::value(&columns, cells));
        }
        Some(Sample::new(columns, rows))
    }

    fn csv(&mut self, text: &str, header: bool, delimiter: char, quote: char) -> Option<Sample> {
        let mut records = csv::parse(text, delimiter, quote).into_iter().peekable();
        let named = header && records.peek().is_some_and(|(_, cells)| !cells.is_empty());
        let mut columns = None;
        if named {
            let names = records.next().map_or_else(Vec::new, |(_, names)| names);
            columns = Some(Columns::new(
                names.into_iter().map(Str::from).collect(),
                true,
            ));
        }
        let mut rows = Vec::new();
        for (line, cells) in records.filter(|(_, cells)| !cells.is_empty()) {
            let columns = columns.get_or_insert_with(|| Columns::generated(cells.len()));
            let width = columns.names.len();
            if cells.len() > width {
                let message = format!("this row has {} cells, the table has {width}", cells.len());
                let help = "cells that hold the delimiter need quotes around them";
                return self.error_at(Pos { line, column: 1 }, message, help);
            }
            let mut values: Vec<Value> = cells.into_iter().map(Value::from).collect();
            values.resize(width, Value::Str(Str::EMPTY));
            rows.push(Row::value(columns, values));
        }
        let columns = columns.unwrap_or_else(|| Columns::generated(0));
        Some(Sample::new(columns, rows))
    }

    fn json(&mut self, text: &str) -> Option<Sample> {
        let start = Pos { line: 1, column: 1 };
        let items = match json::parse(text) {
            Err(mistake) => {
                let message = format!("this is no JSON: {}", mistake.message);
                return self.error_at(mistake.at, message, "");
            }
            Ok(Document::List(items)) => items,
            Ok(Document::Other(value)) => {
                let empty = matches!(&value, Value::Dict(dict) if dict.borrow().is_empty());
                if !empty {
                    let message = format!("a sample is a list of rows, this is {}", kind(&value));
                    return self.error_at(start, message, "put `[` and `]` around the rows");
                }
                Vec::new()
            }
        };
        match items.first() {
            None => Some(Sample::new(Columns::generated(0), Vec::new())),
            Some((_, Value::Dict(_))) => self.objects(&items),
            Some((_, Value::List(_))) => self.lists(items),
            Some((at, other)) => {
                let message = format!("a row is an object or a list, this is {}", kind(other));
                self.error_at(*at, message, "for a flat list, use a sample of type items")
            }
        }
    }

    fn lists(&mut self, items: Vec<(Pos, Value)>) -> Option<Sample> {
        let width = items
            .first()
            .and_then(|(_, first)| first.len().ok())
            .unwrap_or(0);
        let columns = Columns::generated(width);
        let mut rows = Vec::with_capacity(items.len());
        for (at, item) in items {
            let Value::List(list) = &item else {
                let message = format!("this row is {}, the first row is a list", kind(&item));
                return self.error_at(at, message, "");
            };
            let cells = list.borrow().to_vec();
            if cells.len() != width {
                let message = format!(
                    "this row has {} cells, the first row has {width}",
                    cells.len()
                );
                return self.error_at(at, message, "");
            }
            rows.push(Row::value(&columns, cells));
        }
        Some(Sample::new(columns, rows))
    }

    fn objects(&mut self, items: &[(Pos, Value)]) -> Option<Sample> {
        let keys: Vec<Str> = match items.first() {
            Some((_, Value::Dict(first))) => first
                .borrow()
                .iter()
                .map(|(key, _)| Str::from(key.as_str().unwrap_or_default()))
                .collect(),
            _ => Vec::new(),
        };
        let columns = Columns::new(keys, true);
        let mut rows = Vec::with_capacity(items.len());
        let mut warned = false;
        for (at, item) in items {
            let Value::Dict(dict) = item else {
                let message = format!("this row is {}, the first row is an object", kind(item));
                return self.error_at(*at, message, "");
            };
            let dict = dict.borrow();
            if dict.len() != columns.names.len() {
                let message = format!(
                    "this object has {} keys, the first one has {}",
                    dict.len(),
                    columns.names.len()
                );
                return self.error_at(*at, message, "all objects of a sample have the same keys");
            }
            let same_order = || {
                let mut pairs = dict.iter().zip(&columns.names);
                pairs.all(|((key, _), name)| key.as_str() == Some(name.as_str()))
            };
            let by_name = || {
                let cells = columns
                    .names
                    .iter()
                    .map(|name| dict.get_str(name.as_str()).cloned());
                cells.collect::<Option<Vec<Value>>>()
            };
            let cells = match (same_order(), by_name()) {
                (false, Some(cells)) => cells,
                (true, _) => dict.iter().map(|(_, value)| value.clone()).collect(),
                (false, None) => {
                    if !warned {
                        let place = self.place(*at);
                        let message = "this object has other keys than the first one; its values are \
                                       taken by position";
                        self.report(Diagnostic::warning(message, Some(place)));
                        warned = true;
                    }
                    dict.iter().map(|(_, value)| value.clone()).collect()
                }
            };
            rows.push(Row::value(&columns, cells));
        }
        Some(Sample::new(Rc::clone(&columns), rows))
    }
}

fn iterable(node: &Node) -> bool {
    matches!(node.tree, Tree::Seq(_) | Tree::Map(_))
}

/// The cells of a row: items, keys, or characters; `None` for what has none.
fn cells(node: &Node) -> Option<Vec<Value>> {
    match &node.tree {
        Tree::Seq(items) => Some(items.iter().map(values::value).collect()),
        Tree::Map(entries) => Some(entries.iter().map(|(key, _)| values::value(key)).collect()),
        Tree::Scalar(_) => {
            let text = node.as_str()?;
            Some(
                text.chars()
                    .map(|c| Value::from(c.encode_utf8(&mut [0; 4]) as &str))
                    .collect(),
            )
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Dict(_) => "an object",
        Value::List(_) => "a list",
        Value::None => "null",
        Value::Bool(_) => "a boolean",
        Value::Str(_) => "a text",
        _ => "a number",
    }
}

/// What to say about a file that cannot be used: near names in its folder when it is not there.
pub(in super::super) fn missing_help(path: &Path) -> String {
    if path.exists() {
        return "check that it is the right file".to_owned();
    }
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let names: Vec<String> = path
        .parent()
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    match near(&wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "paths are relative to the project's folder".to_owned(),
    }
}
