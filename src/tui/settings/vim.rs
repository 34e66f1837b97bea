//! The mapping `vim` of a settings file: keys of normal and visual mode, and the keys or the command that
//! each stands for.

use super::file::Reader;
use super::value::{Placed, Value};
use super::{Meaning, VimBinding};
use crate::config::near;
use crate::tui::command;
use crate::tui::key::Chord;

impl Reader<'_> {
    /// The keys of one's own that a mapping tells; complains about what is wrong.
    pub(super) fn vim(&mut self, value: &Placed) -> Vec<VimBinding> {
        let mut out: Vec<VimBinding> = Vec::new();
        let entries = match &value.value {
            Value::Null => return out,
            Value::Map(entries) => entries,
            other => {
                let spot = self.spot(value.referenced);
                self.say(
                    spot,
                    format!(
                        "vim: write `\"H\": \"^\"` or `\"space w\": file.save` lines, not {other}"
                    ),
                );
                return out;
            }
        };
        for (keys, meaning) in entries {
            let (spot, at) = (self.spot(keys.referenced), self.spot(meaning.referenced));
            let parsed = match own_keys(&keys.value) {
                Ok(parsed) => parsed,
                Err(why) => {
                    self.say(spot, why);
                    continue;
                }
            };
            let hidden = out
                .iter()
                .find(|one| one.keys.starts_with(&parsed) || parsed.starts_with(&one.keys));
            if let Some(other) = hidden {
                let message = format!(
                    "`{}` and `{}` begin alike: the longer one could not be typed",
                    keys.value, other.written
                );
                self.say(spot, message);
                continue;
            }
            match meaning_of(&meaning.value) {
                Ok(meaning) => out.push(VimBinding {
                    keys: parsed,
                    meaning,
                    written: keys.value.clone(),
                    spot,
                }),
                Err(why) => self.say(at, why),
            }
        }
        out
    }
}

/// Keys of one's own. Counts, registers and Esc have to stay what they are.
fn own_keys(text: &str) -> Result<Vec<Chord>, String> {
    let keys = typed(text)?;
    let first = keys.first().map(|chord| chord.written());
    match first.as_deref() {
        Some("esc") => Err("Esc stays the way back to normal mode".to_owned()),
        Some(one) if one.len() == 1 && one.chars().all(|c| c.is_ascii_digit()) => Err(format!(
            "{one} begins a count, it cannot stand for something else"
        )),
        _ => Ok(keys),
    }
}

/// Keys with blanks between, where letters without blanks are typed one after the other: `g g`, `gg`,
/// `ctrl-d z z`.
fn typed(text: &str) -> Result<Vec<Chord>, String> {
    let mut out = Vec::new();
    for part in text.split_whitespace() {
        let single = Chord::sequence(part);
        let letters = || -> Option<Vec<Chord>> {
            let modified = ["ctrl-", "alt-", "shift-"];
            let lower = part.to_ascii_lowercase();
            let plain = part.is_ascii() && !modified.iter().any(|one| lower.starts_with(one));
            // A word with a dash is a name that was mistyped.
            let plain = plain && !(part.len() > 2 && part.contains('-'));
            let mut each = part
                .chars()
                .map(|c| Chord::parse(c.encode_utf8(&mut [0; 4])));
            plain.then(|| each.by_ref().collect()).flatten()
        };
        match (single, letters()) {
            (Ok(chords), _) => out.extend(chords),
            (Err(_), Some(chords)) => out.extend(chords),
            (Err(why), None) => return Err(why),
        }
    }
    if out.is_empty() {
        return Err("there is no key; write for example H, or ctrl-h".to_owned());
    }
    Ok(out)
}

/// A name of a command has a dot between words; everything else is keys.
fn meaning_of(value: &Value) -> Result<Meaning, String> {
    let text = match value {
        Value::Null => return Ok(Meaning::Nothing),
        Value::Text(text) if text == "none" => return Ok(Meaning::Nothing),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return Err(format!("{other} is neither keys nor a name of a command")),
    };
    if command::all().any(|one| one.name == text) {
        return Ok(Meaning::Command(text));
    }
    let word =
        |part: &str| part.len() > 1 && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if text.contains('.') && text.split('.').all(word) {
        let known = command::all().map(|one| one.name);
        return Err(near(&text, known).map_or_else(
            || format!("there is no command {text:?}; `evtui settings --commands` lists all"),
            |meant| format!("there is no command {text:?}; did you mean {meant}?"),
        ));
    }
    typed(&text).map(Meaning::Keys)
}
