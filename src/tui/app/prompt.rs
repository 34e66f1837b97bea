//! A line to type one thing into: a place to go to, a name for a file.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Overlay};
use crate::tui::editor::{Input, parse_place};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A line of the shown file.
    Place,
    /// A name for a new file or, when it ends with a slash, a folder.
    New,
    /// Another name for a file or folder.
    Rename(PathBuf),
    /// A name for a copy of a file.
    Copy(PathBuf),
}

/// The line.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is about.
    pub title: String,
    /// What was typed.
    pub input: Input,
    /// What can be typed.
    pub hint: &'static str,
    /// Why it cannot be taken, when it cannot.
    pub wrong: Option<String>,
    /// What is asked for.
    pub asked: Asked,
}

impl App {
    pub(super) fn ask_for(&mut self, asked: Asked, title: String, text: &str, hint: &'static str) {
        self.overlays.push(Overlay::Prompt(Prompt {
            title,
            input: Input::new(text),
            hint,
            wrong: None,
            asked,
        }));
    }

    /// Asks for a line of the shown file to go to.
    pub fn ask_place(&mut self) {
        let lines = self.buffer().map_or(0, |buffer| buffer.lines());
        let title = format!("Go to line (1 to {})", crate::tui::text::grouped(lines as u64));
        self.ask_for(Asked::Place, title, "", "12, 12:5, +10, -3");
    }

    pub(super) fn prompt_key(&mut self, key: &KeyEvent) {
        let Some(Overlay::Prompt(prompt)) = self.overlays.last_mut() else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => drop(self.overlays.pop()),
            KeyCode::Char('c' | 'g' | 'q') if control => drop(self.overlays.pop()),
            KeyCode::Enter => self.take_prompt(),
            _ => {
                prompt.input.key(key);
                self.check_prompt();
            }
        }
    }

    pub(super) fn prompt_paste(&mut self, text: &str) {
        if let Some(Overlay::Prompt(prompt)) = self.overlays.last_mut() {
            prompt.input.insert(text);
            self.check_prompt();
        }
    }

    /// Says while one types what would be wrong, but not that nothing was typed yet.
    fn check_prompt(&mut self) {
        let Some(Overlay::Prompt(prompt)) = self.overlays.last() else {
            return;
        };
        let text = prompt.input.text().to_owned();
        let wrong = self.wrong_with(&prompt.asked, &text);
        if let Some(Overlay::Prompt(prompt)) = self.overlays.last_mut() {
            prompt.wrong = wrong.filter(|_| !text.trim().is_empty());
        }
    }

    fn wrong_with(&self, asked: &Asked, text: &str) -> Option<String> {
        match asked {
            Asked::Place => parse_place(text, 0).err(),
            Asked::New => self.new_path(text, None).err(),
            Asked::Rename(path) => self.new_path(text, Some(path)).err(),
            Asked::Copy(_) => self.new_path(text, None).err(),
        }
    }

    fn take_prompt(&mut self) {
        let Some(Overlay::Prompt(prompt)) = self.overlays.last() else {
            return;
        };
        let (asked, text) = (prompt.asked.clone(), prompt.input.text().to_owned());
        if let Some(why) = self.wrong_with(&asked, &text) {
            if let Some(Overlay::Prompt(prompt)) = self.overlays.last_mut() {
                prompt.wrong = Some(why);
            }
            return;
        }
        self.overlays.pop();
        match asked {
            Asked::Place => {
                if let Some(buffer) = self.buffer_mut()
                    && let Ok((line, column)) = parse_place(&text, buffer.place().0 - 1)
                {
                    buffer.go_to(line, column);
                }
            }
            Asked::New => self.create_file(&text),
            Asked::Rename(path) => self.rename_to(path, &text),
            Asked::Copy(path) => self.copy_to(path, &text),
        }
    }
}
