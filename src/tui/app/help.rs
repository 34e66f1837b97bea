//! Help: every command with its keys, by where they work, found by typing and run with Enter.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::palette::fuzzy;
use super::{App, Overlay};
use crate::tui::command::{self, Command, Context, Id};
use crate::tui::editor::Input;

/// Keys that are no commands.
const MOVING: &[(&str, &str)] = &[
    (
        "Arrows, Home, PgUp, …",
        "Move; with Shift select, with Ctrl by words or to the ends",
    ),
    (
        "Tab, Shift-Tab",
        "In the editor: indent, or take a level back",
    ),
    (
        "Enter",
        "In the files: open; in the events: go to the problem, or zoom",
    ),
    ("← →", "In the timestamps: shorter and longer span"),
    (
        "Mouse",
        "Click anything, wheel to scroll, drag to select, drag rules to resize",
    ),
];

/// What help shows.
#[derive(Clone, Debug, Default)]
pub struct Help {
    /// What was typed.
    pub input: Input,
    /// Index of the chosen one among the commands shown.
    pub chosen: usize,
}

/// One line of help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Where the commands below work.
    Heading(&'static str),
    /// A command.
    Command {
        /// Which.
        id: Id,
        /// All its keys.
        keys: String,
        /// What it does.
        text: String,
        /// Why it cannot be run now.
        refused: Option<&'static str>,
    },
    /// Keys that are no command, and what they do.
    Moving(&'static str, &'static str),
}

impl App {
    /// Opens the help.
    pub fn open_help(&mut self) {
        self.overlays.push(Overlay::Help(Help::default()));
    }

    /// The lines of help that match what was typed, the contexts of this place first.
    pub fn help_rows(&self, help: &Help) -> Vec<Row> {
        let wanted = help.input.text();
        let here = self.place().contexts();
        let mut contexts: Vec<Context> = here.to_vec();
        for command in command::all() {
            if !contexts.contains(&command.context) {
                contexts.push(command.context);
            }
        }
        let mut out = Vec::new();
        for context in contexts {
            let own = command::all().filter(|one| one.context == context);
            let rows: Vec<Row> = own.filter_map(|one| self.help_row(one, wanted)).collect();
            if !rows.is_empty() {
                out.push(Row::Heading(context.title()));
                out.extend(rows);
            }
        }
        let moving = MOVING
            .iter()
            .filter(|(keys, text)| fits(&[keys, text], wanted));
        let moving: Vec<Row> = moving.map(|(keys, text)| Row::Moving(keys, text)).collect();
        if !moving.is_empty() {
            out.push(Row::Heading("Moving"));
            out.extend(moving);
        }
        out
    }

    fn help_row(&self, command: &'static Command, wanted: &str) -> Option<Row> {
        let keys = self.keymap.labels(command.id);
        let texts = [command.title, command.help, command.name, &keys];
        fits(&texts, wanted).then(|| {
            let asks = if command.asks { " (may ask)" } else { "" };
            Row::Command {
                id: command.id,
                text: format!("{}: {}{asks}", command.title, command.help),
                refused: (command.available)(self).err(),
                keys,
            }
        })
    }

    /// How many commands help shows.
    fn help_commands(&self) -> Vec<Id> {
        let Some(Overlay::Help(help)) = self.overlays.last() else {
            return Vec::new();
        };
        let rows = self.help_rows(help).into_iter();
        rows.filter_map(|row| match row {
            Row::Command { id, .. } => Some(id),
            _ => None,
        })
        .collect()
    }

    pub(super) fn help_key(&mut self, key: &KeyEvent) {
        let last = self.help_commands().len().saturating_sub(1);
        let Some(Overlay::Help(help)) = self.overlays.last_mut() else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Up | KeyCode::BackTab => help.chosen = help.chosen.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => help.chosen = (help.chosen + 1).min(last),
            KeyCode::PageUp => help.chosen = help.chosen.saturating_sub(10),
            KeyCode::PageDown => help.chosen = (help.chosen + 10).min(last),
            KeyCode::Home => help.chosen = 0,
            KeyCode::End => help.chosen = last,
            KeyCode::Enter => self.take_help(),
            KeyCode::Esc | KeyCode::F(1) => drop(self.overlays.pop()),
            KeyCode::Char('c' | 'g' | 'q') if control => drop(self.overlays.pop()),
            _ => {
                if help.input.key(key) {
                    help.chosen = 0;
                }
            }
        }
    }

    /// Runs the chosen command of help.
    pub(super) fn take_help(&mut self) {
        let Some(Overlay::Help(help)) = self.overlays.last() else {
            return;
        };
        let picked = self.help_commands().get(help.chosen).copied();
        self.overlays.pop();
        if let Some(id) = picked {
            self.run_picked(id);
        }
    }
}

fn fits(texts: &[&str], wanted: &str) -> bool {
    // Scattered letters would find nearly everything in so much text.
    let whole = texts.join(" ").to_lowercase();
    let wanted = wanted.to_lowercase();
    wanted.split_whitespace().all(|word| whole.contains(word))
        || texts
            .first()
            .is_some_and(|title| fuzzy(title, &wanted).is_some())
}
