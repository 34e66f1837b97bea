//! Making the map: rows of the command table, then layers of bindings over them, checked.

use super::{Keymap, label};
use crate::tui::app::Focus;
use crate::tui::command::{self, Command, Context, Id, Place};
use crate::tui::editor::KeySet;
use crate::tui::key::Chord;
use crate::tui::settings::{Binding, Problem, Settings, Spot, bindings_of};

/// Keys that the vim key set adds; a settings file.
const VIM: &str = include_str!("../../../keymaps/vim.yml");

/// Keys of one command.
#[derive(Clone, Debug)]
struct Row {
    chords: Vec<Chord>,
    plain: bool,
    command: &'static Command,
    /// 0 for the table's own, then by layer.
    layer: usize,
}

pub fn build(settings: &Settings) -> (Keymap, Vec<Problem>) {
    let mut rows = table();
    let mut problems = Vec::new();
    let mut layers: Vec<Vec<Binding>> = Vec::new();
    if settings.key_set == KeySet::Vim {
        let (bindings, wrong) = bindings_of(VIM, "keymaps/vim.yml");
        layers.push(bindings);
        problems.extend(wrong);
    }
    layers.extend(settings.keys.iter().cloned());
    for (index, bindings) in layers.iter().enumerate() {
        overlay(&mut rows, bindings, index + 1, &mut problems);
    }
    // Later layers first: their keys are the ones to show.
    rows.sort_by_key(|row| std::cmp::Reverse(row.layer));
    let mut keymap = Keymap::default();
    for row in &rows {
        keymap.add(&row.chords, row.plain, row.command);
    }
    (keymap, problems)
}

/// Commands that people look for a key of, and what else there is in the key set of vi.
const VITAL: [(Id, Option<&str>); 4] = [
    (Id::Save, Some(":w")),
    (Id::Quit, Some(":q")),
    (Id::Undo, Some("u")),
    (Id::Palette, None),
];

/// Keys of one's own that leave a vital command without any in the editor, though nobody said that it is
/// to have none.
pub fn taken_away(settings: &Settings, keymap: &Keymap) -> Vec<Problem> {
    let place = Place::Pane(Focus::Editor);
    let modes = settings.key_set == KeySet::Vim;
    let lost = VITAL.iter().filter(|(id, other)| {
        !(modes && other.is_some()) && keymap.label_at(*id, place).is_empty()
    });
    let lost = lost.filter_map(|(id, _)| Command::get(*id));
    lost.filter_map(|command| {
        let own: Vec<Vec<Chord>> = command
            .keys
            .iter()
            .filter_map(|keys| Chord::sequence(keys).ok())
            .collect();
        let took = |one: &&Binding| own.iter().any(|keys| keys.starts_with(&one.keys));
        let binding = settings.keys.iter().flatten().rev().find(took)?;
        let other = binding.commands.first()?;
        Some(Problem {
            spot: Spot::clone(&binding.spot),
            message: format!(
                "{} has no key any more: `{}` is {other}; give it another, such as \"alt-…\": {}",
                command.title,
                label(&binding.keys),
                command.name
            ),
        })
    })
    .collect()
}

fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    for command in command::all() {
        let typed = command.keys.iter().map(|keys| (keys, false));
        let plain = command.plain_keys.iter().map(|keys| (keys, true));
        for (keys, plain) in typed.chain(plain) {
            // A test reads every key of the table.
            if let Ok(chords) = Chord::sequence(keys) {
                rows.push(Row {
                    chords,
                    plain,
                    command,
                    layer: 0,
                });
            }
        }
    }
    rows
}

/// Puts one layer of bindings over the rows.
fn overlay(rows: &mut Vec<Row>, bindings: &[Binding], layer: usize, problems: &mut Vec<Problem>) {
    for binding in bindings.iter().filter(|one| one.commands.is_empty()) {
        rows.retain(|row| !row.chords.starts_with(&binding.keys));
    }
    for binding in bindings {
        for name in &binding.commands {
            let Some(command) = command::all().find(|one| one.name == name) else {
                continue;
            };
            let row = Row {
                chords: binding.keys.clone(),
                plain: binding.keys.first().is_some_and(|first| first.is_plain())
                    && command.context != Context::Editor,
                command,
                layer,
            };
            match objection(&row, rows) {
                Some(message) => problems.push(Problem {
                    spot: Spot::clone(&binding.spot),
                    message,
                }),
                None => {
                    rows.retain(|other| {
                        other.layer == layer
                            || !other.chords.starts_with(&row.chords)
                            || !meet(other, &row)
                    });
                    rows.push(row);
                }
            }
        }
    }
}

/// Why a row cannot stand beside the others.
fn objection(row: &Row, rows: &[Row]) -> Option<String> {
    let own = label(&row.chords);
    if row.command.context == Context::Editor && row.chords.first().is_some_and(|one| one.is_text())
    {
        return Some(format!(
            "`{own}` is text in the editor, it cannot be {}; put ctrl- or alt- before it",
            row.command.name
        ));
    }
    rows.iter().filter(|other| meet(other, row)).find_map(|other| {
        let (key, name) = (label(&other.chords), other.command.name);
        let written = written(&other.chords);
        if other.chords == row.chords {
            let twice = other.layer == row.layer && other.command.id != row.command.id;
            return twice.then(|| format!("`{own}` means both {name} and {}", row.command.name));
        }
        if row.chords.starts_with(&other.chords) {
            return Some(format!(
                "`{own}` cannot be reached: `{key}` alone is {name}; free it with \"{written}\": none"
            ));
        }
        // Longer keys of earlier layers give way.
        let hides = other.layer == row.layer && other.chords.starts_with(&row.chords);
        hides.then(|| {
            format!(
                "`{own}` would hide `{key}`, which is {name}; keep one of them"
            )
        })
    })
}

fn written(chords: &[Chord]) -> String {
    let parts: Vec<String> = chords.iter().map(|chord| chord.written()).collect();
    parts.join(" ")
}

/// True when there is a place where the keys of both work.
fn meet(a: &Row, b: &Row) -> bool {
    Place::all().any(|place| {
        let contexts = place.contexts();
        let typed = place.types() && (a.plain || b.plain);
        !typed && contexts.contains(&a.command.context) && contexts.contains(&b.command.context)
    })
}
