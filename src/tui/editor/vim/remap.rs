//! Keys of one's own in normal and visual mode: they stand for other keys, for a command of the program
//! or for nothing. What they stand for is read as if it was typed, but never looked up again.

use crossterm::event::KeyEvent;

use super::Vim;
use super::parse::{self, Key, Move, Parse, Target, Verb};
use crate::tui::key::Chord;

/// What keys of one's own stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Keys of the key set, as typed.
    Keys(Vec<Chord>),
    /// A command of the program, by its name.
    Command(String),
    /// Nothing.
    Nothing,
}

/// What is to happen for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// These keys mean what the key set says.
    Keys(Vec<KeyEvent>),
    /// A command of the program.
    Command(String),
    /// More keys may follow, or nothing is meant.
    Nothing,
}

/// Keys of one's own, and those typed of an unfinished one.
#[derive(Clone, Debug, Default)]
pub struct Remap {
    table: Vec<(Vec<Chord>, Meaning)>,
    typed: Vec<KeyEvent>,
}

impl Remap {
    /// These keys; of equal ones the last holds.
    pub fn new(all: impl IntoIterator<Item = (Vec<Chord>, Meaning)>) -> Self {
        let mut table: Vec<(Vec<Chord>, Meaning)> = Vec::new();
        for (keys, meaning) in all {
            table.retain(|(known, _)| *known != keys);
            table.push((keys, meaning));
        }
        Self {
            table,
            typed: Vec::new(),
        }
    }

    /// What a key comes to. Where the key set waits for a character, or for the rest of a command, the key
    /// is that.
    pub fn take(&mut self, key: &KeyEvent, vim: &Vim) -> Typed {
        if self.table.is_empty() || self.typed.is_empty() && !vim.takes_command() {
            return Typed::Keys(vec![*key]);
        }
        self.typed.push(*key);
        let typed: Vec<Chord> = self.typed.iter().map(Chord::of).collect();
        if let Some((_, meaning)) = self.table.iter().find(|(keys, _)| *keys == typed) {
            self.typed.clear();
            return match meaning {
                Meaning::Keys(keys) => Typed::Keys(keys.iter().map(|one| one.event()).collect()),
                Meaning::Command(name) => Typed::Command(name.clone()),
                Meaning::Nothing => Typed::Nothing,
            };
        }
        if self.table.iter().any(|(keys, _)| keys.starts_with(&typed)) {
            return Typed::Nothing;
        }
        Typed::Keys(std::mem::take(&mut self.typed))
    }

    /// Forgets an unfinished one.
    pub fn forget(&mut self) {
        self.typed.clear();
    }
}

impl Vim {
    /// True where a command, or a motion for an operator, begins: `h` would move there.
    fn takes_command(&self) -> bool {
        if self.prompt.is_some() || self.mode == super::Mode::Insert {
            return false;
        }
        let mut keys = self.keys.clone();
        keys.push(Key::Char('h'));
        let visual = matches!(self.mode, super::Mode::Visual(_));
        match parse::parse(&keys, visual) {
            Parse::Done(command) => matches!(
                command.verb,
                Verb::Move(Move::Left) | Verb::Operate(_, Target::Move(Move::Left))
            ),
            _ => false,
        }
    }
}
