//! `startup.yml`, the list of generators of an instance, and the defaults in `eventum.yml`.
//!
//! Each entry stands for itself: a bad one is reported with its id and line, the others are usable.

use std::collections::HashMap;
use std::path::Path;

use super::parameters::StartupEntry;
use super::{Context, Diagnostics, Disk, Node, Parameters, Section, parse_yaml};

/// Reads the text of a `startup.yml`. Entries lie over `defaults`; relative paths are joined to
/// `generators`. An empty text is an empty list.
pub fn read_startup(
    text: &str,
    path: &Path,
    defaults: &Parameters,
    generators: &Path,
) -> (Vec<StartupEntry>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let root = parse_yaml(text, path, &mut problems);
    let mut entries = Vec::new();
    let Some(root) = root.filter(|root| !root.is_null()) else {
        return (entries, problems);
    };
    let mut cx = context(&mut problems, path, generators);
    let Some(items) = root.as_seq() else {
        cx.error_help(
            root.span,
            format!(
                "a startup file is a list of generators, not {}",
                root.describe()
            ),
            "begin each entry with `- id: ...`",
        );
        return (entries, problems);
    };
    let mut lines = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        cx.setting = setting(index, item);
        let Some(entry) = StartupEntry::decode(item, defaults, generators, &mut cx) else {
            continue;
        };
        if let Some(line) = lines.get(&entry.id) {
            cx.warn(
                item.span,
                format!(
                    "the id `{}` is taken by the entry on line {line}, this one is left out",
                    entry.id
                ),
                "give it an id of its own",
            );
            continue;
        }
        lines.insert(entry.id.clone(), item.span.start.line);
        entries.push(entry);
    }
    (entries, problems)
}

/// Reads the section `generation` in the text of an `eventum.yml`, the defaults of all generators.
/// Other sections are not looked at.
pub fn read_generation(text: &str, path: &Path) -> (Option<Parameters>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let Some(root) = parse_yaml(text, path, &mut problems) else {
        return (None, problems);
    };
    let mut cx = context(&mut problems, path, Path::new(""));
    let parameters = generation(&root, &mut cx);
    (parameters, problems)
}

fn generation(root: &Node, cx: &mut Context<'_>) -> Option<Parameters> {
    use super::{Field, Kind, Schema};

    static ROOT: Schema = Schema {
        name: "eventum.yml",
        doc: "Settings of an instance.",
        fields: &[
            Field::required(
                "generation",
                Kind::Section(&super::GENERATION),
                "Write `generation: {}` to keep all defaults.",
            ),
            Field::optional("server", Kind::Any, "", ""),
            Field::optional("path", Kind::Any, "", ""),
            Field::optional("log", Kind::Any, "", ""),
        ],
    };
    let section = Section::open(root, &ROOT, cx)?;
    let node = section.node("generation")?;
    cx.within(".generation", |cx| Parameters::from_generation(node, cx))
}

fn context<'a>(problems: &'a mut Diagnostics, path: &'a Path, base: &'a Path) -> Context<'a> {
    Context {
        diagnostics: problems,
        path,
        base,
        files: &Disk,
        calendars: None,
        setting: String::new(),
    }
}

/// `[2] (web)`: position and id, as far as it has one.
fn setting(index: usize, item: &Node) -> String {
    match item.get("id").and_then(Node::as_str) {
        Some(id) => format!("[{index}] ({id})"),
        None => format!("[{index}]"),
    }
}
