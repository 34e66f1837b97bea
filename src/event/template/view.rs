//! Templates, samples and state as plain data, for views; and changing the state from outside.

use std::fmt::Write;

use super::config::{Mode, SampleSource, TemplateConfig};
use super::globals::GlobalState;
use super::samples::{self, Sample as Table};
use super::source::Entry;
use super::state::State;
use super::{EventEnv, Outline, Sample, SampleInfo, SampleWish};
use crate::config::{Diagnostics, Severity};
use crate::event::{OutlineEntry, PathStep, StateScope, WrittenBy};
use crate::template::{Dict, Engine, Value};

use super::super::globals::Frozen;

/// Characters of a cell that are kept.
const CELL: usize = 2_000;

/// Deeper than this, values are cut off.
const DEEPEST: usize = 40;

/// Bytes after which a value is cut off.
const LONGEST: usize = 200_000;

pub(super) fn outline(config: &TemplateConfig) -> Outline {
    let count = config.entries.len();
    let even = |_: usize| Some(1.0 / count.max(1) as f64);
    let share: Box<dyn Fn(usize) -> Option<f64>> = match &config.mode {
        Mode::Chance(weights) => {
            let sum: f64 = weights.iter().sum();
            Box::new(move |index| Some(weights.get(index)? / sum).filter(|share| share.is_finite()))
        }
        Mode::Chain(order) => Box::new(move |index| {
            let times = order.iter().filter(|&&one| one == index).count();
            Some(times as f64 / order.len().max(1) as f64)
        }),
        Mode::Fsm { .. } => Box::new(|_| None),
        Mode::All | Mode::Any | Mode::Spin => Box::new(even),
    };
    let entry = |(index, entry): (usize, &super::config::Entry)| OutlineEntry {
        alias: entry.alias.clone(),
        file: entry.template.clone(),
        share: share(index),
    };
    Outline {
        entries: config.entries.iter().enumerate().map(entry).collect(),
        weighted: matches!(config.mode, Mode::Chance(_)),
    }
}

/// Which lines wrote the last render.
pub(super) fn written(engine: &Engine) -> Vec<WrittenBy> {
    let spans = engine.written().into_iter();
    spans
        .map(|(bytes, file, line)| WrittenBy {
            bytes,
            file: (&*file).into(),
            line,
        })
        .collect()
}

pub(super) fn samples(
    config: &TemplateConfig,
    env: &EventEnv<'_>,
    wish: &SampleWish,
) -> (Vec<SampleInfo>, Option<Sample>) {
    let named = |name: &String| config.samples.iter().any(|one| one.name == *name);
    let wanted = wish.name.as_ref().filter(|name| named(name));
    let wanted = wanted.or(config.samples.first().map(|first| &first.name));
    let mut infos = Vec::new();
    let mut shown = None;
    for one in &config.samples {
        let mut problems = Diagnostics::default();
        let value = samples::load(one, env.base, &*env.files, &mut problems);
        let table = value.as_ref().and_then(|value| value.downcast::<Table>());
        if let Some(table) = table.filter(|_| Some(&one.name) == wanted) {
            shown = Some(Sample {
                weights: weights(config, env),
                ..rows(&one.name, table, wish)
            });
        }
        let (kind, file) = match &one.source {
            SampleSource::Items(_) => ("items", None),
            SampleSource::Csv { path, .. } => ("csv", Some(path.clone())),
            SampleSource::Json { path } => ("json", Some(path.clone())),
        };
        let worst = problems
            .0
            .into_iter()
            .find(|problem| problem.severity == Severity::Error);
        infos.push(SampleInfo {
            name: one.name.clone(),
            kind,
            file,
            rows: table.map(Table::count),
            problem: worst.map(|problem| (problem.message, problem.place)),
        });
    }
    (infos, shown)
}

fn rows(name: &str, table: &Table, wish: &SampleWish) -> Sample {
    let from = wish.from.min(table.count());
    let columns: Vec<String> = table.names().map(str::to_owned).collect();
    Sample {
        name: name.to_owned(),
        header: table.header().is_some(),
        from,
        rows: table
            .part(from, wish.most)
            .map(|cells| cells.iter().map(cell_text).collect())
            .collect(),
        sums: (0..columns.len()).map(|index| table.sum(index)).collect(),
        columns,
        weights: Vec::new(),
    }
}

/// Columns that templates name where they choose with weights.
fn weights(config: &TemplateConfig, env: &EventEnv<'_>) -> Vec<String> {
    let Ok(call) = regex::Regex::new(r#"weighted_pick(?:_n)?\(\s*["']([^"']+)["']"#) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for entry in &config.entries {
        let bytes = env.files.read(&env.base.join(&entry.template));
        let bytes = bytes.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for (_, [name]) in call.captures_iter(&text).map(|captures| captures.extract()) {
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}

fn cell_text(value: &Value) -> String {
    let text = value.text();
    let text = text.as_str();
    match text.char_indices().nth(CELL) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(super) fn state(entries: &[Entry], shared: &State, globals: &GlobalState) -> Vec<StateScope> {
    let mut scopes = vec![scope("shared", &shared.entries())];
    if let Value::Dict(all) = globals.entries() {
        scopes.push(scope("globals", &all));
    }
    for entry in entries {
        scopes.push(scope(
            &format!("locals.{}", entry.alias),
            &entry.locals.entries(),
        ));
    }
    scopes
}

fn scope(name: &str, entries: &Dict) -> StateScope {
    let entries = entries.borrow();
    StateScope {
        name: name.to_owned(),
        entries: entries
            .iter()
            .map(|(key, value)| {
                let mut text = String::new();
                write_json(value, 0, &mut text);
                (key.text().as_str().to_owned(), text)
            })
            .collect(),
    }
}

/// Appends a value as JSON; what JSON has no form for becomes a text.
fn write_json(value: &Value, depth: usize, out: &mut String) {
    if depth > DEEPEST || out.len() > LONGEST {
        out.push_str("\"…\"");
        return;
    }
    match value {
        Value::None | Value::Undefined => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => drop(write!(out, "{number}")),
        Value::Big(number) => drop(write!(out, "{number}")),
        Value::Float(number) if number.is_finite() => out.push_str(value.text().as_str()),
        Value::Str(_) | Value::Safe(_) => quote(value.as_str().unwrap_or_default(), out),
        Value::List(items) => write_items(&items.borrow(), depth, out),
        Value::Dict(entries) => {
            out.push('{');
            for (at, (key, item)) in entries.borrow().iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                quote(key.text().as_str(), out);
                out.push_str(": ");
                write_json(item, depth + 1, out);
            }
            out.push('}');
        }
        other => match other.as_tuple() {
            Some(items) => write_items(items, depth, out),
            None => quote(&other.repr(), out),
        },
    }
}

fn write_items(items: &[Value], depth: usize, out: &mut String) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        write_json(item, depth + 1, out);
    }
    out.push(']');
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// Sets what a path holds, or removes it.
pub(super) fn set(
    entries: &Dict,
    path: &[PathStep],
    value: Option<&serde_json::Value>,
) -> Result<(), String> {
    put(&Value::Dict(entries.clone()), path, value)
}

/// The same for the state that generators share.
pub(super) fn set_global(
    globals: &GlobalState,
    path: &[PathStep],
    value: Option<&serde_json::Value>,
) -> Result<(), String> {
    if let [PathStep::Key(key)] = path {
        let key = Value::from(key.as_str());
        let done = match value {
            Some(value) => globals.store(&key, Frozen::from_json(value).thaw()),
            None => globals.remove(&key).map(drop),
        };
        return done.map_err(|error| error.message().to_owned());
    }
    put(&globals.entries(), path, value)?;
    globals.settle();
    Ok(())
}

fn put(root: &Value, path: &[PathStep], value: Option<&serde_json::Value>) -> Result<(), String> {
    let (last, way) = path.split_last().ok_or("no key was named")?;
    let mut at = root.clone();
    for step in way {
        at = item(&at, step).ok_or_else(|| format!("there is no {}", words(step)))?;
    }
    let value = value.map(|value| Frozen::from_json(value).thaw());
    match (&at, last, value) {
        (Value::Dict(entries), PathStep::Key(name), Some(value)) => {
            let key = key_of(entries, name).unwrap_or_else(|| Value::from(name.as_str()));
            let done = entries.borrow_mut().insert(key, value);
            done.map_err(|error| error.message().to_owned())
        }
        (Value::Dict(entries), PathStep::Key(name), None) => {
            if let Some(key) = key_of(entries, name) {
                let done = entries.borrow_mut().remove(&key);
                done.map_err(|error| error.message().to_owned())?;
            }
            Ok(())
        }
        (Value::List(items), PathStep::Index(index), Some(value)) => {
            let mut items = items.borrow_mut();
            let place = items.get_mut(*index);
            *place.ok_or_else(|| format!("there is no {}", words(last)))? = value;
            Ok(())
        }
        (Value::List(items), PathStep::Index(index), None) => {
            let mut items = items.borrow_mut();
            if *index < items.len() {
                items.remove(*index);
            }
            Ok(())
        }
        _ => Err(format!(
            "{} is not part of something that can be changed",
            words(last)
        )),
    }
}

fn words(step: &PathStep) -> String {
    match step {
        PathStep::Key(name) => format!("key `{name}`"),
        PathStep::Index(index) => format!("item {index}"),
    }
}

fn key_of(entries: &Dict, name: &str) -> Option<Value> {
    let entries = entries.borrow();
    let mut keys = entries.iter().map(|(key, _)| key);
    keys.find(|key| key.text().as_str() == name).cloned()
}

fn item(at: &Value, step: &PathStep) -> Option<Value> {
    match (at, step) {
        (Value::Dict(entries), PathStep::Key(name)) => {
            let key = key_of(entries, name)?;
            entries.borrow().get(&key).ok()?.cloned()
        }
        (Value::List(items), PathStep::Index(index)) => items.get(*index),
        _ => None,
    }
}
