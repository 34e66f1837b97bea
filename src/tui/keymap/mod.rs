//! Which keys stand for which command, where: the keys of the command table, those of the key set, those
//! of the person and of the project, each over the ones before. A key is looked up by hash; keys may be
//! several in a row.

mod build;

use std::collections::HashMap;

use super::command::{Command, Context, Id, Place};
use super::key::Chord;
use super::settings::{Problem, Settings};

/// What keys come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A command.
    Command(Id),
    /// The beginning of longer ones.
    Prefix,
}

/// One meaning of keys.
#[derive(Clone, Copy, Debug)]
struct Entry {
    context: Context,
    /// Only where letters are not text.
    plain: bool,
    found: Found,
}

/// Keys of a command.
#[derive(Clone, Debug)]
struct Keys {
    plain: bool,
    chords: Vec<Chord>,
}

/// All keys.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    entries: HashMap<Vec<Chord>, Vec<Entry>>,
    of: HashMap<Id, Vec<Keys>>,
}

impl Keymap {
    /// The keys that these settings make, and what is wrong with them. What is wrong is left out.
    pub fn new(settings: &Settings) -> (Self, Vec<Problem>) {
        build::build(settings)
    }

    /// What keys come to at a place.
    pub fn find(&self, keys: &[Chord], place: Place) -> Option<Found> {
        let entries = self.entries.get(keys)?;
        let types = place.types();
        place.contexts().into_iter().find_map(|context| {
            entries
                .iter()
                .find(|entry| entry.context == context && !(types && entry.plain))
                .map(|entry| entry.found)
        })
    }

    /// The command that one key stands for at a place.
    #[cfg(test)]
    pub fn command(&self, key: Chord, place: Place) -> Option<Id> {
        match self.find(&[key], place)? {
            Found::Command(id) => Some(id),
            Found::Prefix => None,
        }
    }

    /// What may follow after some keys: the next key and the commands behind it, in the order of keys.
    pub fn following(&self, keys: &[Chord], place: Place) -> Vec<(Chord, Vec<Id>)> {
        let mut out: Vec<(Chord, Vec<Id>)> = Vec::new();
        for longer in self.entries.keys() {
            let Some(next) = longer.strip_prefix(keys).and_then(<[Chord]>::first) else {
                continue;
            };
            if let Some(Found::Command(id)) = self.find(longer, place) {
                match out.iter_mut().find(|(known, _)| known == next) {
                    Some((_, ids)) => ids.push(id),
                    None => out.push((*next, vec![id])),
                }
            }
        }
        out.sort_by_cached_key(|(chord, _)| chord.label());
        out
    }

    /// The key to show for a command where letters are text; empty when it has none.
    pub fn label(&self, id: Id) -> String {
        let keys = self.of.get(&id).map_or(&[][..], Vec::as_slice);
        let typed = keys.iter().find(|keys| !keys.plain);
        typed.or(keys.first()).map_or_else(String::new, shown)
    }

    /// The key to show for a command at a place; empty when none works there.
    pub fn label_at(&self, id: Id, place: Place) -> String {
        let keys = self.of.get(&id).map_or(&[][..], Vec::as_slice);
        let works = |keys: &&Keys| self.find(&keys.chords, place) == Some(Found::Command(id));
        let plain = keys.iter().filter(|keys| keys.plain).find(works);
        plain
            .or_else(|| keys.iter().find(works))
            .map_or_else(String::new, shown)
    }

    /// All keys of a command as shown in help.
    pub fn labels(&self, id: Id) -> String {
        let keys = self.of.get(&id).map_or(&[][..], Vec::as_slice);
        let labels: Vec<String> = keys.iter().map(shown).collect();
        labels.join("  ")
    }

    /// Adds keys of a command, and what leads to them.
    fn add(&mut self, chords: &[Chord], plain: bool, command: &Command) {
        for length in 1..=chords.len() {
            let Some(head) = chords.get(..length) else {
                continue;
            };
            let found = if length == chords.len() {
                Found::Command(command.id)
            } else {
                Found::Prefix
            };
            let entries = self.entries.entry(head.to_vec()).or_default();
            let known = entries.iter().any(|entry| {
                entry.context == command.context && entry.plain == plain && entry.found == found
            });
            if !known {
                entries.push(Entry {
                    context: command.context,
                    plain,
                    found,
                });
            }
        }
        self.of.entry(command.id).or_default().push(Keys {
            plain,
            chords: chords.to_vec(),
        });
    }
}

fn shown(keys: &Keys) -> String {
    label(&keys.chords)
}

/// Keys as shown: `Ctrl-K Ctrl-S`.
pub fn label(keys: &[Chord]) -> String {
    let labels: Vec<String> = keys.iter().map(|chord| chord.label()).collect();
    labels.join(" ")
}

/// What is wrong in the keys of these settings.
pub fn key_problems(settings: &Settings) -> Vec<Problem> {
    Keymap::new(settings).1
}

/// What the keys of these settings take away that people will miss; they hold all the same.
pub fn key_warnings(settings: &Settings) -> Vec<Problem> {
    build::taken_away(settings, &Keymap::new(settings).0)
}

/// All commands with their built-in keys, a line each, for people who write settings.
pub fn commands() -> String {
    let (keymap, _) = Keymap::new(&Settings::default());
    let all: Vec<&Command> = super::command::all().collect();
    let names = all.iter().map(|command| command.name.len());
    let widest = names.max().unwrap_or(0);
    let keys = all
        .iter()
        .map(|command| keymap.labels(command.id).chars().count());
    let column = keys.max().unwrap_or(0);
    all.iter()
        .map(|command| {
            let keys = keymap.labels(command.id);
            format!(
                "{:widest$}  {keys:column$}  {}\n",
                command.name, command.help
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
