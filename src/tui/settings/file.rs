//! Settings files: their values taken over, every problem with its place.

use serde_yaml::Location;

use super::value::{Placed, Value};
use super::{Binding, OPTIONS, Problem, Settings, Spot, options};
use crate::config::near;
use crate::tui::command;
use crate::tui::key::Chord;

/// Takes a file's values over; gives the names of those it sets, and what is wrong.
pub fn apply(text: &str, source: &str, to: &mut Settings) -> (Vec<&'static str>, Vec<Problem>) {
    let mut reader = Reader {
        source,
        problems: Vec::new(),
    };
    let mut set = Vec::new();
    let Some(entries) = reader.document(text) else {
        return (set, reader.problems);
    };
    for (name, value) in entries {
        let (spot, at) = (reader.spot(name.referenced), reader.spot(value.referenced));
        if name.value == "keys" {
            let bindings = reader.bindings(&value);
            if !bindings.is_empty() {
                to.keys.push(bindings);
                set.push("keys");
            }
        } else if name.value == "vim" {
            let bindings = reader.vim(&value);
            if !bindings.is_empty() {
                to.vim.push(bindings);
                set.push("vim");
            }
        } else if let Some(option) = options::find(&name.value) {
            match (option.set)(to, &value.value) {
                Ok(()) => set.push(option.name),
                Err(why) => reader.say(at, format!("{}: {why}", option.name)),
            }
        } else {
            reader.say(spot, unknown(&name.value));
        }
    }
    (set, reader.problems)
}

/// The bindings of a file that has nothing but `keys`; for key sets that are built in.
pub fn bindings_of(text: &str, source: &str) -> (Vec<Binding>, Vec<Problem>) {
    let mut settings = Settings::default();
    let (_, problems) = apply(text, source, &mut settings);
    (settings.keys.concat(), problems)
}

/// What to say about a name that is no setting.
pub fn unknown(name: &str) -> String {
    let known = OPTIONS
        .iter()
        .map(|option| option.name)
        .chain(["keys", "vim"]);
    match near(name, known.clone()) {
        Some(meant) => format!("there is no setting {name:?}; did you mean {meant}?"),
        None => {
            let known: Vec<&str> = known.collect();
            format!(
                "there is no setting {name:?}; there are {}",
                known.join(", ")
            )
        }
    }
}

/// A value of the environment or a flag: read as in a file, text when that fails.
pub fn scalar(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|_| Value::Text(text.to_owned()))
}

pub(super) struct Reader<'a> {
    source: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn spot(&self, at: Location) -> Spot {
        Spot {
            source: self.source.to_owned(),
            line: at.line(),
            column: at.column(),
        }
    }

    pub(super) fn say(&mut self, spot: Spot, message: String) {
        self.problems.push(Problem { spot, message });
    }

    fn document(&mut self, text: &str) -> Option<Vec<(serde_yaml::Spanned<String>, Placed)>> {
        if text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
        {
            return Some(Vec::new());
        }
        match serde_yaml::from_str::<Placed>(text) {
            Ok(placed) => match placed.value {
                Value::Map(entries) => Some(entries),
                Value::Null => Some(Vec::new()),
                other => {
                    let spot = self.spot(placed.referenced);
                    self.say(spot, format!("settings are names and values, not {other}"));
                    None
                }
            },
            Err(error) => {
                let spot = error.location().map_or_else(
                    || Spot {
                        source: self.source.to_owned(),
                        line: 0,
                        column: 0,
                    },
                    |at| self.spot(at),
                );
                let plain = error.without_snippet().to_string();
                let first = plain.lines().next().unwrap_or_default();
                self.say(spot, format!("this is no YAML: {first}"));
                None
            }
        }
    }

    fn bindings(&mut self, value: &Placed) -> Vec<Binding> {
        let mut out = Vec::new();
        match &value.value {
            Value::Null => {}
            Value::Map(entries) => {
                for (keys, meaning) in entries {
                    let spot = self.spot(keys.referenced);
                    let parsed = match Chord::sequence(&keys.value) {
                        Ok(parsed) => parsed,
                        Err(why) => {
                            self.say(spot, why);
                            continue;
                        }
                    };
                    if let Some(commands) = self.commands(meaning) {
                        out.push(Binding {
                            keys: parsed,
                            commands,
                            spot,
                        });
                    }
                }
            }
            other => {
                let message = format!("keys: write `\"ctrl-p\": app.palette` lines, not {other}");
                let spot = self.spot(value.referenced);
                self.say(spot, message);
            }
        }
        out
    }

    /// Names of commands; `None` after a complaint.
    fn commands(&mut self, value: &Placed) -> Option<Vec<String>> {
        let single = std::slice::from_ref(&value.value);
        let names = match &value.value {
            Value::List(items) => items.as_slice(),
            _ => single,
        };
        let mut out = Vec::new();
        for name in names {
            let why = match name {
                Value::Null => continue,
                Value::Text(name) if name == "none" => continue,
                Value::Text(name) if command::all().any(|one| one.name == name) => {
                    out.push(name.clone());
                    continue;
                }
                Value::Text(name) => {
                    let known = command::all().map(|one| one.name);
                    near(name, known).map_or_else(
                        || format!("there is no command {name:?}; `evtui settings --commands` lists all"),
                        |meant| format!("there is no command {name:?}; did you mean {meant}?"),
                    )
                }
                other => format!("{other} is no name of a command; `none` takes a key away"),
            };
            let spot = self.spot(value.referenced);
            self.say(spot, why);
            return None;
        }
        Some(out)
    }
}
