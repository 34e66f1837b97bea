//! The search of the shown file: its keys, its commands.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Focus};
use crate::tui::editor::bar::Part;
use crate::tui::editor::{Buffer, Field, Reading};
use crate::tui::text;

impl App {
    /// Opens the search in the file.
    pub fn open_find(&mut self) {
        self.open_search(false);
    }

    /// Opens the search in the file with a line for what is put in place of what is found.
    pub fn open_replace(&mut self) {
        self.open_search(true);
    }

    fn open_search(&mut self, replacing: bool) {
        self.set_focus(Focus::Editor);
        if let Some(buffer) = self.buffer_mut() {
            buffer.open_find(replacing);
        }
    }

    /// Goes to the next match.
    pub fn find_next(&mut self) {
        if let Some(buffer) = self.buffer_mut() {
            buffer.find_next(true);
        }
    }

    /// Goes to the match before.
    pub fn find_previous(&mut self) {
        if let Some(buffer) = self.buffer_mut() {
            buffer.find_next(false);
        }
    }

    /// Reads what is looked for in another way.
    pub fn change_reading(&mut self, change: fn(&mut Reading)) {
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        if let Some(find) = &mut buffer.find {
            change(&mut find.reading);
            buffer.refind();
        }
    }

    /// Searches the selected lines alone, or the whole file again.
    pub fn find_in_selection(&mut self) {
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        let selection = buffer.selection();
        let Some(find) = &mut buffer.find else {
            return;
        };
        find.within = match find.within.take() {
            Some(_) => None,
            None => selection,
        };
        let none = find.within.is_none();
        buffer.refind();
        if none {
            self.info("the whole file is searched");
        }
    }

    /// Replaces the match that is selected.
    pub fn replace_one(&mut self) {
        if !self.refuse_read_only()
            && let Some(buffer) = self.buffer_mut()
            && buffer.replace_found()
        {
            self.touch_preview();
        }
    }

    /// Replaces all matches and says how many there were.
    pub fn replace_all(&mut self) {
        if self.refuse_read_only() {
            return;
        }
        let Some(count) = self.buffer_mut().map(Buffer::replace_all) else {
            return;
        };
        if count > 0 {
            self.touch_preview();
            self.info(format!(
                "{} replaced; one undo brings them back",
                text::grouped(count as u64)
            ));
        } else {
            self.info("nothing to replace");
        }
    }

    /// Keys while a search is open; false leaves them to the rest.
    pub(super) fn find_key(&mut self, key: &KeyEvent) -> bool {
        let Some(buffer) = self.buffer_mut() else {
            return false;
        };
        let Some(find) = &mut buffer.find else {
            return false;
        };
        let replacing = find.with.is_some() && find.field == Field::Replace;
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        match key.code {
            KeyCode::Esc => buffer.find = None,
            KeyCode::Enter if replacing && key.modifiers.contains(KeyModifiers::ALT) => {
                self.replace_all();
            }
            KeyCode::Enter if replacing => self.replace_one(),
            KeyCode::Enter => buffer.find_next(!shift),
            KeyCode::Tab | KeyCode::BackTab if find.with.is_some() => {
                find.field = match find.field {
                    Field::Find => Field::Replace,
                    Field::Replace => Field::Find,
                };
                find.line().select_all();
            }
            KeyCode::Down => buffer.find_next(true),
            KeyCode::Up => buffer.find_next(false),
            _ => {
                if !find.line().key(key) {
                    return false;
                }
                if !replacing {
                    buffer.refind();
                }
            }
        }
        true
    }

    /// Takes a text pasted into the search; false when none is open.
    pub(super) fn find_paste(&mut self, text: &str) -> bool {
        let Some(buffer) = self.buffer_mut() else {
            return false;
        };
        let Some(find) = &mut buffer.find else {
            return false;
        };
        find.line().insert(text);
        if find.field == Field::Find {
            buffer.refind();
        }
        true
    }

    /// A click on the lines of the search.
    pub(super) fn click_find(&mut self, part: Part) {
        match part {
            Part::Line(field) => {
                if let Some(find) = self.buffer_mut().and_then(|buffer| buffer.find.as_mut()) {
                    find.field = field;
                }
            }
            Part::Regex => self.change_reading(|reading| reading.regex = !reading.regex),
            Part::Exact => self.change_reading(|reading| reading.exact = !reading.exact),
            Part::Word => self.change_reading(|reading| reading.word = !reading.word),
            Part::Within => self.find_in_selection(),
        }
    }
}
