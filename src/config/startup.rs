//! `startup.yml`, the list of generators of an instance, and the defaults in `eventum.yml`.
//!
//! Each entry stands for itself: a bad one is reported with its id and line, the others are usable.

use std::collections::HashMap;
use std::path::Path;

use super::parameters::StartupEntry;
use super::{Context, Diagnostics, Disk, Node, Parameters, Section, parse_yaml};

/// One entry of a startup list as it stands there, sound or not.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id, as far as it has a usable one.
    pub id: Option<String>,
    /// Its line, from 1.
    pub line: u32,
    /// The entry, or everything that is wrong with it.
    pub entry: Result<StartupEntry, Diagnostics>,
}

/// A startup list that could be read as a list.
#[derive(Clone, Debug, Default)]
pub struct StartupList {
    /// Its entries in order. An id appears once among the sound ones: the first has it.
    pub entries: Vec<Listed>,
}

/// Reads the text of a `startup.yml`. Entries lie over `defaults`; relative paths are joined to
/// `generators`. An empty text is an empty list.
pub fn read_startup(
    text: &str,
    path: &Path,
    defaults: &Parameters,
    generators: &Path,
) -> (Vec<StartupEntry>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let list = match read_startup_list(text, path, defaults, generators) {
        Ok(list) => list,
        Err(problems) => return (Vec::new(), problems),
    };
    let mut entries = Vec::new();
    for listed in list.entries {
        match listed.entry {
            Ok(entry) => entries.push(entry),
            Err(more) => problems.0.extend(more.0),
        }
    }
    (entries, problems)
}

/// Like [`read_startup`], but bad entries are part of the list.
///
/// # Errors
/// When the text is no list at all.
pub fn read_startup_list(
    text: &str,
    path: &Path,
    defaults: &Parameters,
    generators: &Path,
) -> Result<StartupList, Diagnostics> {
    let mut problems = Diagnostics::default();
    let Some(root) = parse_yaml(text, path, &mut problems) else {
        return Err(problems);
    };
    if root.is_null() {
        return Ok(StartupList::default());
    }
    let Some(items) = root.as_seq() else {
        let message = format!(
            "a startup file is a list of generators, not {}",
            root.describe()
        );
        let help = "begin each entry with `- id: ...`";
        context(&mut problems, path, generators).error_help(root.span, message, help);
        return Err(problems);
    };
    let mut lines = HashMap::new();
    let mut list = StartupList::default();
    for (index, item) in items.iter().enumerate() {
        let mut problems = Diagnostics::default();
        let mut cx = context(&mut problems, path, generators);
        cx.setting = setting(index, item);
        let entry = StartupEntry::decode(item, defaults, generators, &mut cx);
        let taken = entry.as_ref().and_then(|entry| lines.get(&entry.id));
        if let (Some(entry), Some(line)) = (&entry, taken) {
            cx.warn(
                item.span,
                format!(
                    "the id `{}` is taken by the entry on line {line}, this one is left out",
                    entry.id
                ),
                "give it an id of its own",
            );
        }
        let entry = entry.filter(|_| taken.is_none());
        if let Some(entry) = &entry {
            lines.insert(entry.id.clone(), item.span.start.line);
        }
        let id = item.get("id").and_then(Node::as_str);
        list.entries.push(Listed {
            id: id.filter(|id| !id.is_empty()).map(str::to_owned),
            line: item.span.start.line,
            entry: entry.ok_or(problems),
        });
    }
    Ok(list)
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

pub(super) fn context<'a>(
    problems: &'a mut Diagnostics,
    path: &'a Path,
    base: &'a Path,
) -> Context<'a> {
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
