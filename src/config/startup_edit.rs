//! Changes to the text of a `startup.yml` that leave everything else as it is: comments, order, quotes,
//! relative paths.
//!
//! A change is a splice; the result is read again and must say exactly what was wanted, or the text
//! stays as it was. Knows nothing of files.

use std::ops::Range;
use std::path::Path;

use serde_json::{Map, Value};

use super::{Diagnostics, Node, Pos, parse_yaml};

/// A change to a startup list.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum StartupEdit {
    /// Appends an entry. `options` come after `id` and `path`, in order.
    Add {
        /// Its id, not in the list yet.
        id: String,
        /// Its `generator.yml` as it is to be written: relative to the folder of generators, or absolute.
        path: String,
        /// Further options, such as `autostart` or `params`.
        options: Vec<(String, Value)>,
    },
    /// Removes the entry with that id.
    Remove {
        /// Its id.
        id: String,
    },
    /// Gives an option of an entry a value.
    Set {
        /// The entry's id.
        id: String,
        /// The option, such as `autostart` or `params.host`: what follows the first dot is a key.
        option: String,
        /// Its value.
        value: Value,
    },
    /// Takes an option from an entry, so that its default counts.
    Unset {
        /// The entry's id.
        id: String,
        /// The option, as in `Set`.
        option: String,
    },
}

/// Applies a change to the text of the list at `path` (for messages).
///
/// # Errors
/// Why it cannot be done, for the person at the terminal.
pub fn edit_startup(text: &str, path: &Path, edit: &StartupEdit) -> Result<String, String> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let list = List::read(body, path)?;
    let (range, with) = list.splice(edit)?;
    let mut new = body.to_owned();
    new.replace_range(range, &with);
    let wanted = list.wanted(edit)?;
    let mut problems = Diagnostics::default();
    let got = parse_yaml(&new, path, &mut problems).map(|root| items_json(&root));
    if problems.has_errors() || got.as_ref() != Some(&wanted) {
        return Err(format!(
            "{} is written in a way that cannot be changed safely from here; change it by hand",
            path.display()
        ));
    }
    Ok(format!("{mark}{new}"))
}

fn items_json(root: &Node) -> Vec<Value> {
    match root.to_json() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// A list that was read, with its text.
struct List<'a> {
    text: &'a str,
    /// Byte offsets of the beginnings of lines.
    lines: Vec<usize>,
    root: Node,
    newline: &'static str,
}

type Splice = (Range<usize>, String);

impl<'a> List<'a> {
    fn read(text: &'a str, path: &Path) -> Result<Self, String> {
        let mut problems = Diagnostics::default();
        let root = parse_yaml(text, path, &mut problems).ok_or_else(|| {
            let why = problems.0.first().map_or("", |one| one.message.as_str());
            format!("{} cannot be read: {why}", path.display())
        })?;
        if !root.is_null() && root.as_seq().is_none() {
            return Err(format!("{} is not a list of generators", path.display()));
        }
        let mut lines = vec![0];
        let mut chars = text.char_indices().peekable();
        while let Some((at, one)) = chars.next() {
            let next_is_feed = chars.peek().is_some_and(|&(_, next)| next == '\n');
            if one == '\n' || one == '\r' && !next_is_feed {
                lines.push(at + 1);
            }
        }
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Ok(Self {
            text,
            lines,
            root,
            newline,
        })
    }

    fn items(&self) -> &[Node] {
        self.root.as_seq().unwrap_or_default()
    }

    fn find(&self, id: &str) -> Result<usize, String> {
        let named = |item: &Node| item.get("id").and_then(Node::as_str) == Some(id);
        let found = self.items().iter().position(named);
        found.ok_or_else(|| format!("the startup list has no generator `{id}`"))
    }

    /// What the list says after the change.
    fn wanted(&self, edit: &StartupEdit) -> Result<Vec<Value>, String> {
        let mut all = items_json(&self.root);
        match edit {
            StartupEdit::Add { id, path, options } => {
                let entry = entry(id, path, options);
                all.push(entry.map(|(key, value)| (key.to_owned(), value)).collect());
            }
            StartupEdit::Remove { id } => {
                all.remove(self.find(id)?);
            }
            StartupEdit::Set { id, option, value } => {
                let item = all.get_mut(self.find(id)?).and_then(Value::as_object_mut);
                let item = item.ok_or("the entry is no mapping")?;
                match parts(item, option) {
                    (first, None) => item.insert(first.to_owned(), value.clone()),
                    (first, Some(rest)) => {
                        let mut inner = item
                            .get(first)
                            .and_then(Value::as_object)
                            .cloned()
                            .unwrap_or_default();
                        inner.insert(rest.to_owned(), value.clone());
                        item.insert(first.to_owned(), Value::Object(inner))
                    }
                };
            }
            StartupEdit::Unset { id, option } => {
                let item = all.get_mut(self.find(id)?).and_then(Value::as_object_mut);
                let item = item.ok_or("the entry is no mapping")?;
                match parts(item, option) {
                    (first, None) => item.remove(first),
                    (first, Some(rest)) => item
                        .get_mut(first)
                        .and_then(Value::as_object_mut)
                        .and_then(|inner| inner.remove(rest)),
                };
            }
        }
        Ok(all)
    }

    fn splice(&self, edit: &StartupEdit) -> Result<Splice, String> {
        match edit {
            StartupEdit::Add { id, path, options } => {
                if self.find(id).is_ok() {
                    return Err(format!("the startup list has a generator `{id}` already"));
                }
                self.add(entry(id, path, options))
            }
            StartupEdit::Remove { id } => self.remove(self.find(id)?),
            StartupEdit::Set { id, option, value } => {
                let item = self.item(id)?;
                self.set(item, option, value)
            }
            StartupEdit::Unset { id, option } => {
                let item = self.item(id)?;
                let (map, key) = self.holder(item, option);
                let found = position(map, key)
                    .ok_or_else(|| format!("generator `{id}` has no option `{option}`"))?;
                self.unset(map, found)
            }
        }
    }

    fn item(&self, id: &str) -> Result<&Node, String> {
        let index = self.find(id)?;
        self.items().get(index).ok_or_else(|| "no entry".to_owned())
    }

    /// The mapping that has, or is to have, an option, and the option's key in it.
    fn holder<'n, 'o>(&self, item: &'n Node, option: &'o str) -> (&'n Node, &'o str) {
        if position(item, option).is_none()
            && let Some((first, rest)) = option.split_once('.')
            && let Some(inner) = item.get(first).filter(|node| node.as_map().is_some())
        {
            return (inner, rest);
        }
        (item, option)
    }

    fn set(&self, item: &Node, option: &str, value: &Value) -> Result<Splice, String> {
        let (map, key) = self.holder(item, option);
        if let Some((key, old)) = position(map, key).and_then(|at| map.as_map()?.get(at)) {
            return Ok(self.replace(key, old, value));
        }
        if std::ptr::eq(map, item)
            && let Some((first, rest)) = option.split_once('.')
        {
            let inner = Value::Object(Map::from_iter([(rest.to_owned(), value.clone())]));
            if let Some((key, old)) = position(item, first).and_then(|at| item.as_map()?.get(at)) {
                return Ok(self.replace(key, old, &inner));
            }
            return self.insert(map, first, &inner);
        }
        self.insert(map, key, value)
    }

    fn replace(&self, key: &Node, old: &Node, value: &Value) -> Splice {
        let range = self.range(old);
        let written = self.text.get(range.clone()).unwrap_or_default();
        if old.is_null() && !matches!(written, "~" | "null" | "Null" | "NULL") {
            // Nothing stands there.
            let end = self.offset(key.span.end);
            let colon = self.text.get(end..).and_then(|rest| rest.find(':'));
            let at = colon.map_or(end, |colon| end + colon + 1);
            return (at..at, format!(" {}", yaml(value)));
        }
        (range, yaml(value))
    }

    /// Puts an option at the end of a mapping.
    fn insert(&self, map: &Node, key: &str, value: &Value) -> Result<Splice, String> {
        let option = format!("{}: {}", scalar(key), yaml(value));
        let range = self.range(map);
        if self.is_flow(map) {
            return Ok(self.append(range, &option));
        }
        let entries = map.as_map().unwrap_or_default();
        let (first, _) = entries.first().ok_or("the entry is empty")?;
        let indent = usize::try_from(first.span.start.column.saturating_sub(1)).unwrap_or(0);
        let lines = vec![format!("{}{option}", " ".repeat(indent))];
        Ok(self.lines_after(range.end, &lines))
    }

    /// Puts a part at the end of a flow collection.
    fn append(&self, range: Range<usize>, part: &str) -> Splice {
        let close = range.end.saturating_sub(1);
        let inside = self.text.get(range.start + 1..close).unwrap_or_default();
        let comma = match inside.trim_end().chars().next_back() {
            None | Some(',') => "",
            Some(_) => ",",
        };
        let at = range.start + 1 + inside.trim_end().len();
        let space = if inside.trim().is_empty() { "" } else { " " };
        (at..at, format!("{comma}{space}{part}"))
    }

    fn unset(&self, map: &Node, index: usize) -> Result<Splice, String> {
        let entries = map.as_map().unwrap_or_default();
        let (key, value) = entries.get(index).ok_or("no such option")?;
        let start = self.offset(key.span.start);
        let end = if value.is_null() {
            self.offset(key.span.end)
        } else {
            self.range(value).end
        };
        if self.is_flow(map) {
            return Ok((self.with_comma(start..end), String::new()));
        }
        let line = self.line_start(start);
        let before = self.text.get(line..start).unwrap_or_default();
        if before.trim().is_empty() {
            return Ok((line..self.line_end(end), String::new()));
        }
        let (next, _) = entries
            .get(index + 1)
            .ok_or("the only option of an entry stays")?;
        Ok((start..self.offset(next.span.start), String::new()))
    }

    fn add<'e>(&self, entry: impl Iterator<Item = (&'e str, Value)>) -> Result<Splice, String> {
        let options: Vec<String> = entry
            .map(|(key, value)| format!("{}: {}", scalar(key), yaml(&value)))
            .collect();
        let range = self.range(&self.root);
        let flow = !self.root.is_null() && self.is_flow(&self.root);
        if flow && !self.items().is_empty() {
            return Ok(self.append(range, &format!("{{{}}}", options.join(", "))));
        }
        let dash = match self.items().last() {
            Some(last) => self.dash(last)?,
            None => 0,
        };
        let indent = " ".repeat(dash - self.line_start(dash));
        let lines: Vec<String> = options
            .iter()
            .enumerate()
            .map(|(at, option)| format!("{indent}{} {option}", if at == 0 { "-" } else { " " }))
            .collect();
        if flow {
            // An empty list in brackets gives way to lines.
            return Ok((range, lines.join(self.newline)));
        }
        if self.root.is_null() {
            let word = self.text.get(range.clone()).unwrap_or_default();
            if matches!(word, "~" | "null") {
                return Ok((range, lines.join(self.newline)));
            }
            return Ok(self.lines_after(self.text.len(), &lines));
        }
        Ok(self.lines_after(range.end, &lines))
    }

    fn remove(&self, index: usize) -> Result<Splice, String> {
        let item = self.items().get(index).ok_or("no such entry")?;
        let range = self.range(item);
        if self.is_flow(&self.root) {
            return Ok((self.with_comma(range), String::new()));
        }
        let dash = self.dash(item)?;
        Ok((
            self.line_start(dash)..self.line_end(range.end),
            String::new(),
        ))
    }

    /// The `-` before an item, which must be the first on its line.
    fn dash(&self, item: &Node) -> Result<usize, String> {
        let start = self.offset(item.span.start);
        let before = self.text.get(..start).unwrap_or_default().trim_end();
        let odd = || "the list is written in a way that cannot be changed from here".to_owned();
        let rest = before.strip_suffix('-').ok_or_else(odd)?;
        let line = rest.rsplit(['\n', '\r']).next().unwrap_or_default();
        if line.trim().is_empty() {
            Ok(rest.len())
        } else {
            Err(odd())
        }
    }

    /// A part of a flow collection and the comma that goes with it.
    fn with_comma(&self, range: Range<usize>) -> Range<usize> {
        let after = self.text.get(range.end..).unwrap_or_default();
        let trimmed = after.trim_start();
        if let Some(rest) = trimmed.strip_prefix(',') {
            let rest = rest.trim_start_matches(' ');
            return range.start..self.text.len() - rest.len();
        }
        let before = self.text.get(..range.start).unwrap_or_default();
        match before.trim_end().strip_suffix(',') {
            Some(before) => before.len()..range.end,
            None => range,
        }
    }

    /// Lines after the one in which `end` (exclusive) lies.
    fn lines_after(&self, end: usize, lines: &[String]) -> Splice {
        let at = self.line_end(end);
        let before = self.text.get(..at).unwrap_or_default();
        let text = lines.join(self.newline);
        if before.is_empty() || before.ends_with(['\n', '\r']) {
            (at..at, format!("{text}{}", self.newline))
        } else {
            (at..at, format!("{}{text}{}", self.newline, self.newline))
        }
    }

    fn is_flow(&self, node: &Node) -> bool {
        let start = self.offset(node.span.start);
        let rest = self.text.get(start..).unwrap_or_default();
        rest.starts_with(['{', '['])
    }

    fn range(&self, node: &Node) -> Range<usize> {
        let start = self.offset(node.span.start);
        let rest = self.text.get(start..).unwrap_or_default();
        let end = match flow_length(rest) {
            Some(length) if node.as_map().is_some() || node.as_seq().is_some() => start + length,
            _ => self.offset(node.span.end),
        };
        start..end.max(start)
    }

    fn offset(&self, pos: Pos) -> usize {
        let count = |from_one: u32| usize::try_from(from_one.saturating_sub(1)).unwrap_or(0);
        let Some(&start) = self.lines.get(count(pos.line)) else {
            return self.text.len();
        };
        let line = self.text.get(start..).unwrap_or_default();
        let skipped: usize = line
            .chars()
            .take(count(pos.column))
            .map(char::len_utf8)
            .sum();
        start + skipped
    }

    fn line_start(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line));
        start.copied().unwrap_or(0)
    }

    /// After the end of the line that holds the character before `end`.
    fn line_end(&self, end: usize) -> usize {
        let next = self.lines.partition_point(|&start| start < end.max(1));
        self.lines.get(next).copied().unwrap_or(self.text.len())
    }
}

/// Length of the collection in brackets that the text begins with.
fn flow_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut before = '\n';
    for (at, one) in text.char_indices() {
        match (quote, one) {
            // In single quotes a doubled quote ends one text and begins the next, which comes to the same.
            (Some(open), _) if open == one && (open != '"' || before != '\\') => quote = None,
            (Some('#'), '\n' | '\r') => quote = None,
            (Some(_), _) => {}
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(one),
            (None, '#') if before.is_whitespace() => quote = Some('#'),
            _ => {}
        }
        if depth == 0 {
            return None;
        }
        // An escaped backslash escapes nothing.
        before = if before == '\\' && one == '\\' {
            ' '
        } else {
            one
        };
    }
    None
}

fn entry<'e>(
    id: &'e str,
    path: &'e str,
    options: &'e [(String, Value)],
) -> impl Iterator<Item = (&'e str, Value)> {
    let named = [("id", id.into()), ("path", path.into())];
    let options = options
        .iter()
        .map(|(key, value)| (key.as_str(), value.clone()));
    named.into_iter().chain(options)
}

/// An option as the entry spells it: whole, or its first part and the key below it.
fn parts<'o>(item: &Map<String, Value>, option: &'o str) -> (&'o str, Option<&'o str>) {
    match option.split_once('.') {
        Some((first, rest)) if !item.contains_key(option) => (first, Some(rest)),
        _ => (option, None),
    }
}

fn position(map: &Node, key: &str) -> Option<usize> {
    let entries = map.as_map()?;
    entries
        .iter()
        .position(|(name, _)| name.as_str() == Some(key))
}

/// A value on one line.
fn yaml(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(yaml).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), yaml(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text, quoted unless it is plainly one.
fn scalar(text: &str) -> String {
    let plain = text
        .chars()
        .all(|one| one.is_ascii_alphanumeric() || "._-/".contains(one))
        && text.starts_with(|one: char| one.is_ascii_alphanumeric() || "./_".contains(one));
    let read = parse_yaml(text, Path::new(""), &mut Diagnostics::default());
    if plain && read.is_some_and(|node| node.as_str() == Some(text)) {
        text.to_owned()
    } else {
        Value::String(text.to_owned()).to_string()
    }
}
