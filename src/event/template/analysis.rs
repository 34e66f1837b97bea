//! What the templates of a set touch, and whether the set can be rendered in parallel.

use std::collections::HashSet;
use std::path::Path;

use super::build::place_of;
use super::explain::Traced;
use super::pick::Picker;
use super::samples::Sample;
use super::source::Entry;
use crate::event::{FileProfile, Impurity, LineProfile, Profile};
use crate::template::profile::FileCounts;
use crate::template::usage::{self, Host, Hosts, Table, Usage};
use crate::template::{Dict, Engine, Value};

/// The usage of each entry, in order; entries of one file with different `vars` are looked at each.
pub(super) fn usages(engine: &Engine, entries: &[Entry]) -> Vec<Usage> {
    let usage = |entry: &Entry, hosts: &Hosts| entry.template.usage(hosts);
    with_hosts(engine, entries, usage)
}

/// Looks at each entry, in order, with what its globals are.
pub(super) fn with_hosts<T>(
    engine: &Engine,
    entries: &[Entry],
    look: impl Fn(&Entry, &Hosts) -> T,
) -> Vec<T> {
    let kept: HashSet<String> = entries
        .iter()
        .map(|entry| entry.template.name().to_owned())
        .collect();
    let mut hosts = Hosts {
        globals: globals(engine),
        kept,
    };
    let mut found = Vec::new();
    for entry in entries {
        let vars = mapping(entry.configured.as_ref());
        hosts.globals.retain(|(name, _)| name != "vars");
        hosts.globals.push(("vars".to_owned(), vars));
        found.push(look(entry, &hosts));
    }
    found
}

fn globals(engine: &Engine) -> Vec<(String, Host)> {
    let value = |name: &str| engine.global_named(name).unwrap_or_default();
    let params = match value("params") {
        Value::Dict(params) => mapping(Some(&params)),
        _ => mapping(None),
    };
    let mut samples = value("samples");
    if let Some(traced) = samples.downcast::<Traced>() {
        samples = traced.inner();
    }
    let tables = samples.downcast::<super::build::Samples>();
    let tables = tables.map(|all| {
        all.0
            .iter()
            .map(|(name, value)| table(name, value))
            .collect()
    });
    [
        ("timestamp", Host::Constant),
        ("tags", Host::Constant),
        ("params", params),
        ("samples", Host::Tables(tables.unwrap_or_default())),
        ("locals", Host::Store),
        ("shared", Host::Store),
        ("globals", Host::Store),
        (
            "module",
            Host::Modules {
                stateless: is_stateless,
                signature: super::module::signature,
            },
        ),
        (
            "dispatch",
            Host::Effect("it uses `dispatch`, which decides on the run"),
        ),
        (
            "subprocess",
            Host::Effect("it uses `subprocess`, which runs commands"),
        ),
    ]
    .into_iter()
    .map(|(name, host)| (name.to_owned(), host))
    .collect()
}

fn mapping(entries: Option<&Dict>) -> Host {
    let Some(entries) = entries else {
        return Host::Mapping(Vec::new());
    };
    let entries = entries.borrow();
    let entry = |(key, value): (&Value, &Value)| usage::Entry {
        key: key.text().as_str().to_owned(),
        changeable: is_changeable(value),
    };
    Host::Mapping(
        entries
            .iter()
            .map(|(key, value)| entry((key, value)))
            .collect(),
    )
}

fn table(name: &str, value: &Value) -> Table {
    let Some(sample) = value.downcast::<Sample>() else {
        // It could not be loaded.
        return Table {
            name: name.to_owned(),
            columns: None,
            changeable: true,
        };
    };
    Table {
        name: name.to_owned(),
        columns: sample.header(),
        changeable: sample.cells().any(is_changeable),
    }
}

/// True for what can be changed in place, or may hold such.
fn is_changeable(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Object(_) => true,
        Value::Tuple(items) => items.iter().any(is_changeable),
        _ => false,
    }
}

/// Modules whose functions keep nothing between calls, as far as they are not in [`STATEFUL`].
const MODULES: [&str; 19] = [
    "*",
    "base64",
    "builtins",
    "calendar",
    "datetime",
    "faker",
    "hashlib",
    "ipaddress",
    "json",
    "math",
    "mimesis",
    "rand",
    "random",
    "re",
    "string",
    "time",
    "urllib",
    "uuid",
    "zoneinfo",
];

/// Names that keep something between calls or change how later calls go, in whatever module.
const STATEFUL: [&str; 12] = [
    "unique",
    "seed",
    "seed_instance",
    "seed_locale",
    "reseed",
    "setstate",
    "add_provider",
    "add_providers",
    "set_formatter",
    "optional",
    "sleep",
    "uuid1",
];

fn is_stateless(path: &[&str]) -> bool {
    path.first().is_some_and(|root| MODULES.contains(root))
        && !path.iter().any(|name| STATEFUL.contains(name))
}

/// Whether events can be made out of order and on several threads with the same result: `Err` with the
/// first reason why not.
pub(super) fn verdict(picker: &Picker, usages: &[Usage], base: &Path) -> Result<(), Impurity> {
    if let Some(reason) = picker.order() {
        return Err(Impurity {
            place: None,
            reason: reason.to_owned(),
        });
    }
    match usages.iter().find_map(|usage| usage.impurities.first()) {
        Some(first) => Err(impurity(first, base)),
        None => Ok(()),
    }
}

/// An impurity with the path of its file.
pub(super) fn impurity(found: &usage::Impurity, base: &Path) -> Impurity {
    Impurity {
        place: found.place.as_ref().map(|place| place_of(place, base)),
        reason: found.reason.clone(),
    }
}

/// The counters of a run, the slowest first.
pub(super) fn profile(counts: Vec<FileCounts>) -> Profile {
    let file = |counts: FileCounts| {
        let mut lines: Vec<LineProfile> = counts
            .lines
            .iter()
            .map(|(line, counts)| LineProfile {
                line: *line,
                runs: counts.runs,
                time: counts.time,
                bytes: counts.bytes,
            })
            .collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.time));
        FileProfile {
            name: counts.name,
            entered: counts.entered,
            time: lines.iter().map(|line| line.time).sum(),
            bytes: lines.iter().map(|line| line.bytes).sum(),
            lines,
        }
    };
    let mut files: Vec<FileProfile> = counts.into_iter().map(file).collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.time));
    Profile { files }
}
