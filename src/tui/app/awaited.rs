//! A file that was asked for and is not read yet. What is typed meanwhile is meant for it, never for the
//! file still shown, so it is kept and done once the file is there.

use std::path::PathBuf;

use crossterm::event::KeyEvent;

use super::{App, Focus};
use crate::tui::command::{Command, Context, Id, Place};
use crate::tui::key::Chord;
use crate::tui::keymap::Found;

/// Most keys, texts and commands kept.
const KEPT: usize = 256;

/// A file that is being opened.
#[derive(Debug)]
pub(super) struct Awaited {
    /// Its path, as asked for.
    pub path: PathBuf,
    /// Where to put the cursor: line and character, from 0.
    pub place: Option<(usize, usize)>,
    kept: Vec<Typed>,
}

/// Something meant for the file.
#[derive(Clone, Debug)]
enum Typed {
    Key(KeyEvent),
    Text(String),
    Command(Id),
}

impl Awaited {
    pub(super) fn new(path: PathBuf, place: Option<(usize, usize)>) -> Self {
        Self {
            path,
            place,
            kept: Vec::new(),
        }
    }

    /// True when something was typed for it.
    pub(super) fn typed(&self) -> bool {
        !self.kept.is_empty()
    }
}

impl App {
    /// Keeps a key of the editor while a file is being opened; false leaves it to the rest.
    pub(super) fn keep_key(&mut self, key: &KeyEvent) -> bool {
        let found = self
            .keymap
            .find(&[Chord::of(key)], Place::Pane(Focus::Editor));
        let elsewhere = match found {
            Some(Found::Command(id)) => !of_the_file(id),
            Some(Found::Prefix) => true,
            None => false,
        };
        if elsewhere || !self.pending.keys.is_empty() {
            return false;
        }
        self.keep(Typed::Key(*key))
    }

    /// Keeps a pasted text while a file is being opened.
    pub(super) fn keep_text(&mut self, text: &str) -> bool {
        self.awaits() && self.keep(Typed::Text(text.to_owned()))
    }

    /// Keeps a command about the shown file while another one is being opened.
    pub(super) fn keep_command(&mut self, id: Id) -> bool {
        // Elsewhere, copying is about what that pane shows.
        let elsewhere = id == Id::Copy && self.focus != Focus::Editor;
        of_the_file(id) && !elsewhere && self.keep(Typed::Command(id))
    }

    fn awaits(&self) -> bool {
        let project = self.project.as_ref();
        project.is_some_and(|project| project.awaited.is_some())
    }

    /// False when no file is being opened.
    fn keep(&mut self, typed: Typed) -> bool {
        let Some(project) = &mut self.project else {
            return false;
        };
        let Some(awaited) = &mut project.awaited else {
            return false;
        };
        if awaited.kept.len() < KEPT {
            awaited.kept.push(typed);
        } else {
            let name = awaited.path.clone();
            let name = project.relative(&name);
            self.warn(format!("{name} is still being read; this key is lost"));
        }
        true
    }

    /// Does what was typed for a file that is now shown.
    pub(super) fn replay(&mut self, awaited: Awaited) {
        // The keys may have gone to another pane meanwhile; they stay there.
        let focus = std::mem::replace(&mut self.focus, Focus::Editor);
        for typed in awaited.kept {
            match typed {
                Typed::Key(key) => self.pane_key(&key),
                Typed::Text(text) => self.paste_into_editor(&text),
                Typed::Command(id) => self.run(id),
            }
        }
        self.focus = focus;
    }
}

/// True for commands about the shown file, or that need what was typed into it.
fn of_the_file(id: Id) -> bool {
    let editor = |command: &Command| command.context == Context::Editor;
    Command::get(id).is_some_and(editor)
        || matches!(
            id,
            Id::Save
                | Id::SaveAll
                | Id::CloseFile
                | Id::NextFile
                | Id::PreviousFile
                | Id::TabLeft
                | Id::TabRight
                | Id::GoToLine
                | Id::EditOutside
                | Id::Copy
        )
}
