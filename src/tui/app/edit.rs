//! Commands that change or select text of the shown file.

use super::{App, Prompt};
use crate::tui::editor::{Buffer, Motion, parse_place};
use crate::tui::text;

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

    /// Asks for a line of the shown file to go to.
    pub fn ask_place(&mut self) {
        let lines = self.buffer().map_or(0, Buffer::lines);
        let title = format!("Go to line, 1 to {}", text::grouped(lines as u64));
        let here = self.buffer().map_or(0, |buffer| buffer.place().0 - 1);
        let prompt = Prompt::new(
            title,
            "12, or 12:5 with the column, or +10 and -3",
            move |app, typed| {
                let (line, column) = parse_place(typed, here)?;
                if let Some(buffer) = app.buffer_mut() {
                    buffer.mark_jump();
                    buffer.go_to(line, column);
                }
                Ok(())
            },
        );
        let meaning = move |app: &App, typed: &str| {
            let (line, _) = parse_place(typed, here)?;
            let last = app.buffer().map_or(0, |buffer| buffer.lines() - 1);
            let shown = line.min(last);
            let words = app
                .buffer()
                .map(|buffer| buffer.line(shown).trim().to_owned());
            Ok(format!("line {}: {}", shown + 1, words.unwrap_or_default()))
        };
        self.ask(prompt.meaning(meaning));
    }

    /// Goes to the bracket that belongs to the one at the cursor.
    pub fn go_to_bracket(&mut self) {
        let found = self.buffer_mut().map(|buffer| buffer.go_to_partner(false));
        if found == Some(false) {
            self.info("there is no bracket here that another one belongs to");
        }
    }

    /// Moves the cursor of the shown file; `selects` what it passes over.
    pub fn go(&mut self, motion: Motion, selects: bool) {
        if let Some(buffer) = self.buffer_mut() {
            buffer.go(motion, selects);
        }
    }

    /// Does something with the cursor or the selection of the shown file.
    pub fn with_text(&mut self, act: fn(&mut Buffer)) {
        if let Some(buffer) = self.buffer_mut() {
            act(buffer);
        }
    }
}
