//! A project of the packs: found and loaded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use evtui::config::{Context, Diagnostics, Disk, LoadOptions, Node, Scalar, Tree, load};
use evtui::event::template::{Streams, TemplateConfig, TemplateSource};
use evtui::event::{EventEnv, Globals, Limits};
use evtui::time::Zone;

pub struct Project {
    pub name: String,
    pub path: PathBuf,
}

impl Project {
    /// Every folder with a `generator.yml` below `folder`.
    pub fn all(folder: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        look(folder, &mut found);
        found.sort();
        let project = |path: PathBuf| Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            path,
        };
        found.into_iter().map(project).collect()
    }

    /// The options of its event plugin.
    pub fn event(&self) -> Node {
        let loaded = load(&self.path, &Disk, &LoadOptions::default());
        let document = loaded.document;
        let document =
            document.unwrap_or_else(|| panic!("{}: {:?}", self.name, loaded.diagnostics));
        document.event.expect("an event section").body
    }

    /// Number of templates.
    pub fn templates(&self) -> usize {
        let mut event = self.event();
        templates(&mut event).len()
    }

    pub fn source(&self) -> TemplateSource {
        source(&self.path, &self.event())
    }
}

fn look(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("generator.yml").is_file() {
        found.push(folder.to_owned());
        return;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, found);
        }
    }
}

pub fn source(base: &Path, event: &Node) -> TemplateSource {
    let mut problems = Diagnostics::default();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: &base.join("generator.yml"),
        base,
        files: &Disk,
        calendars: None,
        setting: "event.template".to_owned(),
    };
    let config = TemplateConfig::decode(event, &mut cx);
    let env = EventEnv {
        base,
        files: Arc::new(Disk),
        zone: Zone::UTC,
        seed: Some(1),
        globals: Globals::default(),
        limits: Limits::RUN,
    };
    let source =
        config.and_then(|config| config.build_with(&env, Streams::Seeded(1), &mut problems));
    source.unwrap_or_else(|| panic!("{}: {problems:?}", base.display()))
}

/// The list of templates in the options of the event plugin.
pub fn templates(event: &mut Node) -> &mut Vec<Node> {
    let Tree::Map(options) = &mut event.tree else {
        panic!("the options are a mapping");
    };
    let list = options
        .iter_mut()
        .find(|(key, _)| key.as_str() == Some("templates"));
    match list.map(|(_, value)| &mut value.tree) {
        Some(Tree::Seq(items)) => items,
        _ => panic!("there is a list of templates"),
    }
}

/// Gives a template another alias and file; hands out the former file.
pub fn rename(template: &mut Node, alias: &str, file: &str) -> String {
    let Tree::Map(entry) = &mut template.tree else {
        panic!("a template is a mapping");
    };
    let (key, options) = &mut entry[0];
    key.tree = Tree::Scalar(Scalar::Str(alias.into()));
    let Tree::Map(options) = &mut options.tree else {
        panic!("the options of a template are a mapping");
    };
    let path = options
        .iter_mut()
        .find(|(key, _)| key.as_str() == Some("template"));
    let (_, path) = path.expect("a template has a file");
    let former = path.as_str().expect("a path").to_owned();
    path.tree = Tree::Scalar(Scalar::Str(file.into()));
    former
}

/// Where a finite project writes, below its folder.
pub const OUTPUT: &str = "output/bench.json";

/// Makes the project in a folder one that makes `events` events, five for each second of their own time,
/// and writes them as JSON to a file; gives the path of its configuration.
pub fn finite(folder: &Path, events: u64) -> PathBuf {
    let config = folder.join("generator.yml");
    let text = std::fs::read_to_string(&config).unwrap();
    let seconds = events / 5;
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    let day = days + 1;
    assert!(day <= 31, "too many events for a month");
    let input = format!(
        "input:\n  - linspace:\n      start: \"2026-03-01T00:00:00\"\n      \
         end: \"2026-03-{day:02}T{hours:02}:{minutes:02}:{seconds:02}\"\n      count: {events}\n\n"
    );
    let output = format!(
        "output:\n  - file:\n      path: {OUTPUT}\n      \
         write_mode: overwrite\n      formatter:\n        format: json\n"
    );
    let text = section(&section(&text, "input:", &input), "output:", &output);
    std::fs::write(&config, text).unwrap();
    config
}

/// The document with one top-level section replaced.
fn section(text: &str, name: &str, by: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with(name) {
            inside = true;
            out.push_str(by);
        } else if inside && line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            inside = false;
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
