//! Loading `generator.yml`: text, tokens, YAML, top level. Plugins are decoded by the stages.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::dotted::{MAX_DOTTED, merge, single, split};
use super::refusal::why;
use super::source::Source;
use super::tokens::Tokens;
use super::yaml::parse;
use super::{
    Diagnostic, Diagnostics, Files, Node, Place, Scalar, Span, Tree, names_help, near, remember,
};

/// Name of the document in a project's folder.
pub const DOCUMENT_NAME: &str = "generator.yml";

/// Larger documents are refused; data belongs into samples.
const MAX_BYTES: u64 = 8 << 20;

const SECTIONS: [&str; 3] = ["input", "event", "output"];

/// A section that may be left out.
const CALENDARS: &str = "calendars";

/// One `plugin: {options}` item.
#[derive(Clone, Debug)]
pub struct PluginNode {
    /// Plugin name as written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Its options (a mapping).
    pub body: Node,
    /// Setting path such as `input[0].cron`.
    pub setting: String,
}

/// The items of a generator document that are usable; others were reported.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as the user would name it.
    pub path: PathBuf,
    /// The project's folder, absolute.
    pub base: PathBuf,
    /// Items of `input`.
    pub inputs: Vec<PluginNode>,
    /// The one item of `event`; absent after an error about it.
    pub event: Option<PluginNode>,
    /// Items of `output`.
    pub outputs: Vec<PluginNode>,
    /// The block `calendars`: an addition to what Eventum knows.
    pub calendars: Option<Node>,
}

/// Values for tokens.
#[derive(Clone, Default)]
pub struct LoadOptions {
    /// `${params.*}`.
    pub params: Map<String, Value>,
    /// `${secrets.*}`.
    pub secrets: BTreeMap<String, String>,
    /// Missing params and secrets are no errors: they stay in the text as written and are listed (for
    /// `check` and preview).
    pub lenient: bool,
}

impl fmt::Debug for LoadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets: Vec<&String> = self.secrets.keys().collect();
        f.debug_struct("LoadOptions")
            .field("params", &self.params)
            .field("secrets", &secrets)
            .field("lenient", &self.lenient)
            .finish()
    }
}

/// What loading found.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The document, unless it was too broken.
    pub document: Option<Document>,
    /// Names of `${params.*}` used, with their first place.
    pub params: Vec<(String, Span)>,
    /// Names of `${secrets.*}` used, with their first place.
    pub secrets: Vec<(String, Span)>,
    /// All problems.
    pub diagnostics: Diagnostics,
}

/// The document that `path` means: the file itself, or `generator.yml` in a folder.
pub fn document_path(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(DOCUMENT_NAME)
    } else {
        path.to_owned()
    }
}

/// Loads the document at `path` (a file, or a folder that holds `generator.yml`).
pub fn load(path: &Path, files: &dyn Files, options: &LoadOptions) -> Loaded {
    let folder = path.is_dir();
    let path = document_path(path);
    let mut loaded = Loaded::default();
    let text = match read_text(&path, files) {
        Ok(text) => text,
        Err(problem) => {
            let problem = match problem.help {
                None if folder => problem.help(format!(
                    "a project is a folder with a file `{DOCUMENT_NAME}` in it"
                )),
                None => problem.help(format!(
                    "name a project folder or its `{DOCUMENT_NAME}`; `evtui new NAME` makes one"
                )),
                Some(_) => problem,
            };
            loaded.diagnostics.push(problem);
            return loaded;
        }
    };
    load_text(&path, &text, options, &mut loaded);
    loaded
}

/// Reads a whole text file of a project, refusing what is too large, not a file, or not UTF-8.
///
/// # Errors
/// The problem, ready to be shown.
pub fn read_text(path: &Path, files: &dyn Files) -> Result<String, Diagnostic> {
    let bytes = files
        .read_limited(path, MAX_BYTES)
        .map_err(|error| unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|error| not_text(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let shown = path.display();
    let place = Some(Place::file(path));
    match error.kind() {
        io::ErrorKind::NotFound => Diagnostic::error(format!("there is no file `{shown}`"), place),
        io::ErrorKind::PermissionDenied => {
            Diagnostic::error(format!("no permission to read `{shown}`"), place)
                .help("check the permissions of the file and of the folders above it")
        }
        io::ErrorKind::FileTooLarge => Diagnostic::error(
            format!(
                "`{shown}` is larger than {} MB, too large for a configuration",
                MAX_BYTES >> 20
            ),
            place,
        )
        .help("check that it is the right file; large data belongs into sample files"),
        _ => Diagnostic::error(format!("cannot read `{shown}`: {}", why(error)), place),
    }
}

fn not_text(path: &Path, error: &std::string::FromUtf8Error) -> Diagnostic {
    let offset = error.utf8_error().valid_up_to();
    let valid = error.as_bytes().get(..offset).unwrap_or_default();
    let bad = error.as_bytes().get(offset).copied().unwrap_or_default();
    let source = Source::new(path, &String::from_utf8_lossy(valid));
    let index = source.text.chars().count();
    let binary = error.as_bytes().contains(&0);
    Diagnostic::error(
        format!("the file is not UTF-8 text: byte 0x{bad:02x} at offset {offset}"),
        Some(source.place(source.span(index, index + 1))),
    )
    .help(if binary {
        "this looks like a binary file; check that it is the right one"
    } else {
        "save it in the encoding UTF-8"
    })
}

fn load_text(path: &Path, text: &str, options: &LoadOptions, loaded: &mut Loaded) {
    let source = Source::new(path, text);
    let (mut tokens, masked) = Tokens::find(&source, options);
    let root = parse(&source, &masked, Some(&mut tokens), &mut loaded.diagnostics);
    for problem in std::mem::take(&mut tokens.problems.0) {
        loaded.diagnostics.push(problem);
    }
    loaded.params = tokens.params;
    loaded.secrets = tokens.secrets;
    for (name, _) in &loaded.secrets {
        if let Some(value) = options.secrets.get(name) {
            remember(value);
        }
    }
    let Some(root) = root else {
        return;
    };
    let base = std::path::absolute(path)
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned))
        .unwrap_or_default();
    let document = Document {
        path: path.to_owned(),
        base,
        inputs: Vec::new(),
        event: None,
        outputs: Vec::new(),
        calendars: None,
    };
    loaded.document = TopLevel {
        source: &source,
        problems: &mut loaded.diagnostics,
    }
    .read(&root, document);
}

/// Reads `input`, `event` and `output`.
struct TopLevel<'a> {
    source: &'a Source,
    problems: &'a mut Diagnostics,
}

impl TopLevel<'_> {
    fn read(&mut self, root: &Node, mut document: Document) -> Option<Document> {
        if root.is_null() {
            let place = Some(Place::file(self.source.path.to_path_buf()));
            self.problems
                .push(Diagnostic::error("the configuration is empty", place).help(
                    "it needs `input`, `event` and `output`; `evtui new NAME` writes an example",
                ));
            return None;
        }
        if root.as_map().is_none() {
            let message = format!("a configuration is a mapping, not {}", root.describe());
            self.error(
                root.span,
                message,
                "",
                "it needs `input:`, `event:` and `output:`",
            );
            return None;
        }
        let entries = self.expand(root, "");
        self.names(&entries, root.span);
        for (key, value) in &entries {
            match key.as_str() {
                Some("input") => document.inputs = self.items(value, "input"),
                Some("event") => document.event = self.item(value, "event"),
                Some("output") => document.outputs = self.items(value, "output"),
                Some(CALENDARS) if !value.is_null() => document.calendars = Some(value.clone()),
                _ => {}
            }
        }
        Some(document)
    }

    /// Reports keys that are unknown and sections that are missing.
    fn names(&mut self, entries: &[(Node, Node)], span: Span) {
        let mut meant = Vec::new();
        for (key, _) in entries {
            let name = key.as_str().unwrap_or_default();
            if SECTIONS.contains(&name) || name == CALENDARS {
                continue;
            }
            let known = SECTIONS.into_iter().chain([CALENDARS]);
            meant.extend(near(name, known.clone()));
            let message = format!("a configuration has no section {}", key.describe());
            self.error(key.span, message, "", &names_help(name, known));
        }
        for section in SECTIONS {
            let given = entries.iter().any(|(key, _)| key.as_str() == Some(section));
            if !given && !meant.contains(&section) {
                let help = match section {
                    "event" => "it says what is generated: `event:` with one plugin below it",
                    "input" => "it says when events happen: `input:` with a list of plugins",
                    _ => "it says where events go: `output:` with a list of plugins",
                };
                let message = format!("the section `{section}` is missing");
                self.error(first_char(span), message, "", help);
            }
        }
    }

    fn items(&mut self, node: &Node, section: &str) -> Vec<PluginNode> {
        if node.unknown {
            return Vec::new();
        }
        let example = format!("write `- plugin:` lines below `{section}:`");
        let Some(items) = node.as_seq() else {
            let message = format!(
                "`{section}` takes a list of plugins, not {}",
                node.describe()
            );
            self.error(node.span, message, section, &example);
            return Vec::new();
        };
        if items.is_empty() {
            let message = format!("`{section}` needs at least one plugin");
            self.error(node.span, message, section, &example);
        }
        items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| self.item(item, &format!("{section}[{index}]")))
            .collect()
    }

    /// One `plugin: {options}`.
    fn item(&mut self, node: &Node, setting: &str) -> Option<PluginNode> {
        if node.unknown {
            return None;
        }
        let help = "write the plugin's name, a colon, and its options indented below it";
        if node.as_map().is_none() {
            let message = format!(
                "expected one plugin with its options, not {}",
                node.describe()
            );
            self.error(node.span, message, setting, help);
            return None;
        }
        let entries = self.expand(node, setting);
        let [(key, body)] = &entries[..] else {
            let message = match entries.len() {
                0 => "expected one plugin with its options, not an empty mapping".to_owned(),
                count => format!("expected one plugin, found {count} keys"),
            };
            let span = entries
                .get(1)
                .map_or(first_char(node.span), |(key, _)| key.span);
            let help = if setting == "event" {
                "a generator has one event plugin; options of the plugin are indented below its name"
            } else {
                "begin each plugin with `- `; options of a plugin are indented below its name"
            };
            self.error(span, message, setting, help);
            return None;
        };
        let Some(name) = key.as_str() else {
            let message = format!("a plugin's name is text, not {}", key.describe());
            self.error(key.span, message, setting, help);
            return None;
        };
        let setting = format!("{setting}.{name}");
        if body.is_null() {
            let message = format!("`{name}` needs a mapping of options");
            let help = format!("write `{name}: {{}}` when there is nothing to set");
            self.error(key.span, message, &setting, &help);
            return None;
        }
        Some(PluginNode {
            name: name.to_owned(),
            name_span: key.span,
            body: body.clone(),
            setting,
        })
    }

    /// Splits dotted keys at their first dot; the rest is for the level below.
    fn expand(&mut self, node: &Node, setting: &str) -> Vec<(Node, Node)> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut budget = MAX_DOTTED;
        for (key, value) in node.as_map().unwrap_or_default() {
            let dotted = key.as_str().and_then(split);
            budget -= usize::from(dotted.is_some());
            if budget == 0 {
                let message = format!("more than {MAX_DOTTED} keys with dots in one mapping");
                self.error(key.span, message, setting, "write them nested");
                break;
            }
            let (key, value) = match dotted {
                None => (key.clone(), value.clone()),
                Some((first, rest)) => {
                    let first = Tree::Scalar(Scalar::Str(first.into()));
                    let head = Node {
                        tree: first,
                        ..key.clone()
                    };
                    (head, single(rest, key, value.clone()))
                }
            };
            // Other keys than texts are unique already.
            let path = key.as_str().unwrap_or_default();
            let known = key.as_str().and_then(|name| seen.get(name).copied());
            match known.and_then(|index| entries.get_mut(index)) {
                None => {
                    seen.insert(path.to_owned(), entries.len());
                    entries.push((key, value));
                }
                Some((_, before)) => {
                    if let Err(conflict) = merge(before, value, path) {
                        let dot = if setting.is_empty() { "" } else { "." };
                        let message = format!("`{setting}{dot}{conflict}` is set already");
                        let help = "write each option once, either nested or with dots";
                        self.error(key.span, message, setting, help);
                    }
                }
            }
        }
        entries
    }

    fn error(&mut self, span: Span, message: String, setting: &str, help: &str) {
        self.problems.push(
            Diagnostic::error(message, Some(self.source.place(span)))
                .setting(setting)
                .help(help),
        );
    }
}

/// Enough of a mapping's span to point at it.
fn first_char(span: Span) -> Span {
    let mut end = span.start;
    end.column += 1;
    Span {
        start: span.start,
        end,
    }
}
