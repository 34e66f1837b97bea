//! Settings of the terminal application: built-in, then the person's file, the project's file, the
//! environment and flags, each over the ones before. Knows files and texts, nothing of the screen.

mod document;
mod file;
mod options;
mod value;
mod vim;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::editor::KeySet;
use super::editor::vim::Meaning;
use super::key::Chord;

pub use document::{commented, effective};
pub use file::bindings_of;
pub use options::OPTIONS;
pub use value::Value;

/// The project's settings file, in its folder.
pub const PROJECT_FILE: &str = ".evtui.yml";

/// A setting that can decide by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// As the terminal and the environment suggest.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Switch {
    /// As written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// What it comes to when `auto` comes to that.
    pub fn or(self, auto: bool) -> bool {
        match self {
            Self::Auto => auto,
            Self::On => true,
            Self::Off => false,
        }
    }
}

/// As written in files.
fn key_set_name(keys: KeySet) -> &'static str {
    match keys {
        KeySet::Plain => "plain",
        KeySet::Vim => "vim",
    }
}

/// Where something in a settings file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file as people know it, or the variable or flag.
    pub source: String,
    /// From 1; 0 outside of files.
    pub line: u64,
    /// From 1; 0 outside of files.
    pub column: u64,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.source),
            line => write!(f, "{}:{line}:{}", self.source, self.column),
        }
    }
}

/// Something wrong in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub spot: Spot,
    /// What, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.spot, self.message)
    }
}

/// What a key is to mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The keys, one after the other.
    pub keys: Vec<Chord>,
    /// Names of commands, of different contexts; empty takes the keys away.
    pub commands: Vec<String>,
    /// Where it was said.
    pub spot: Spot,
}

/// What a key of the editor's normal and visual mode is to mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VimBinding {
    /// The keys, one after the other.
    pub keys: Vec<Chord>,
    /// What they stand for.
    pub meaning: Meaning,
    /// As written.
    pub written: String,
    /// Where it was said.
    pub spot: Spot,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `auto`, or the name of a theme.
    pub theme: String,
    /// The keys one starts from.
    pub key_set: KeySet,
    /// Keys of one's own: those of the person, then those of the project.
    pub keys: Vec<Vec<Binding>>,
    /// Keys of one's own in the modes of the vim key set: those of the person, then of the project.
    pub vim: Vec<Vec<VimBinding>>,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// Whether to send little.
    pub low_bandwidth: Switch,
    /// Whether to draw with ASCII only.
    pub ascii: Switch,
    /// Columns of a tab, 1 to 16.
    pub tab_width: u8,
    /// Whether the editor numbers lines.
    pub line_numbers: bool,
    /// Whether the editor wraps long lines.
    pub wrap: bool,
    /// The program to edit with outside of the application.
    pub editor: Option<String>,
    /// Whether leaving always asks.
    pub confirm_quit: bool,
    /// Whether the tour is shown the first time.
    pub tour: bool,
    /// Whether layout and open files are kept.
    pub remember: bool,
    /// Whether unsaved texts are kept until they are saved.
    pub recovery: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "auto".to_owned(),
            key_set: KeySet::Plain,
            keys: Vec::new(),
            vim: Vec::new(),
            mouse: true,
            low_bandwidth: Switch::Auto,
            ascii: Switch::Auto,
            tab_width: 4,
            line_numbers: true,
            wrap: false,
            editor: None,
            confirm_quit: false,
            tour: true,
            remember: true,
            recovery: true,
        }
    }
}

/// Where settings come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The person's file, whether it is there or not.
    pub user: Option<PathBuf>,
    /// The open project's file, whether it is there or not.
    pub project: Option<PathBuf>,
    /// Names of settings and values, from the environment.
    pub environment: Vec<(String, String)>,
    /// Names of settings and values, from flags.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The sources of this process, before flags and without a project.
    pub fn of_process(var: impl Fn(&str) -> Option<String>) -> Self {
        let environment = OPTIONS
            .iter()
            .filter_map(|option| {
                let value = var(&variable(option.name)).filter(|value| !value.is_empty())?;
                Some((option.name.to_owned(), value))
            })
            .collect();
        Self {
            user: folder("XDG_CONFIG_HOME", ".config", &var).map(|dir| dir.join("settings.yml")),
            project: None,
            environment,
            flags: Vec::new(),
        }
    }

    /// True when that file is one of these.
    pub fn has(&self, path: &Path) -> bool {
        [&self.user, &self.project]
            .into_iter()
            .flatten()
            .any(|file| file == path)
    }
}

/// The environment's name of a setting.
pub fn variable(name: &str) -> String {
    format!("EVTUI_{}", name.to_uppercase())
}

/// The application's own folder below an XDG folder; `None` without a home.
pub fn folder(
    variable: &str,
    below_home: &str,
    var: impl Fn(&str) -> Option<String>,
) -> Option<PathBuf> {
    let set = |name: &str| {
        var(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = set(variable)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(set("HOME")?.join(below_home)))?;
    Some(base.join("evtui"))
}

/// Settings as read, with what is wrong in them.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The effective values. What is wrong adds nothing, the rest of its file does.
    pub settings: Settings,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// Where each value that is not built in comes from.
    pub origins: BTreeMap<&'static str, String>,
}

impl Loaded {
    /// Reads all sources.
    pub fn read(sources: &Sources) -> Self {
        let mut out = Self::default();
        for (file, name) in [
            (&sources.user, None),
            (&sources.project, Some(PROJECT_FILE)),
        ] {
            let Some(path) = file else {
                continue;
            };
            let shown = name.map_or_else(|| path.to_string_lossy().into_owned(), str::to_owned);
            match std::fs::read_to_string(path) {
                Ok(text) => out.file(&text, &shown),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => out.problem(
                    &shown,
                    format!("cannot be read: {}", crate::config::why(&error)),
                ),
            }
        }
        for (name, value) in &sources.environment {
            out.single(name, value, variable(name));
        }
        for (name, value) in &sources.flags {
            out.single(name, value, format!("--set {name}={value}"));
        }
        out
    }

    fn problem(&mut self, source: &str, message: String) {
        let spot = Spot {
            source: source.to_owned(),
            line: 0,
            column: 0,
        };
        self.problems.push(Problem { spot, message });
    }

    /// Takes one value of the environment or of a flag.
    fn single(&mut self, name: &str, text: &str, source: String) {
        let Some(option) = options::find(name) else {
            let message = file::unknown(name);
            return self.problem(&source, message);
        };
        match (option.set)(&mut self.settings, &file::scalar(text)) {
            Ok(()) => drop(self.origins.insert(option.name, source)),
            Err(why) => self.problem(&source, why),
        }
    }

    /// Takes what is right in a file's text: one mistake costs nobody the rest.
    fn file(&mut self, text: &str, source: &str) {
        let (set, problems) = file::apply(text, source, &mut self.settings);
        for name in set {
            self.origins.insert(name, source.to_owned());
        }
        self.problems.extend(problems);
    }
}

#[cfg(test)]
mod tests;
