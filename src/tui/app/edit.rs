//! Commands that change or select text of the shown file.

use super::App;
use crate::tui::editor::Buffer;

impl App {
    /// Changes the shown file, when it can be changed.
    pub fn edit(&mut self, change: fn(&mut Buffer)) {
        if self.refuse_read_only() {
            return;
        }
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        let before = buffer.revision();
        change(buffer);
        if buffer.revision() != before {
            self.touch_preview();
        }
    }

    /// Makes comments of the touched lines, or texts of comments.
    pub fn toggle_comment(&mut self) {
        if self.refuse_read_only() {
            return;
        }
        match self.buffer_mut().map(Buffer::toggle_comment) {
            Some(Err(why)) => self.warn(why),
            Some(Ok(())) => self.touch_preview(),
            None => {}
        }
    }

    /// Goes to the bracket that belongs to the one at the cursor.
    pub fn go_to_bracket(&mut self) {
        let found = self.buffer_mut().map(|buffer| buffer.go_to_partner(false));
        if found == Some(false) {
            self.info("there is no bracket here that another one belongs to");
        }
    }

    /// Does something with the cursor or the selection of the shown file.
    pub fn with_text(&mut self, act: fn(&mut Buffer)) {
        if let Some(buffer) = self.buffer_mut() {
            act(buffer);
        }
    }
}
