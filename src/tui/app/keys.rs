//! Keys and pasted text: to what lies on top, then commands, then the pane that has the keys.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::which_key::Strike;
use super::{App, Focus, Overlay, Screen};
use crate::tui::command;
use crate::tui::editor::{Typed, plain_key};
use crate::tui::key::Chord;

impl App {
    pub(super) fn key(&mut self, key: &KeyEvent) {
        self.take_key(key);
        let asked = matches!(self.overlays.last(), Some(Overlay::Dialog(_)));
        self.guard.done(asked);
    }

    fn take_key(&mut self, key: &KeyEvent) {
        if key.kind == KeyEventKind::Release {
            return;
        }
        self.touched = true;
        self.drop_remarks();
        if self.guard.press(key.code, self.now) {
            return;
        }
        if !matches!(self.overlays.last(), Some(Overlay::Dialog(_))) {
            self.guard.forget();
        }
        let tour = matches!(self.overlays.last(), Some(Overlay::Tour(_)));
        if tour && self.tour_key(key) {
            return;
        }
        match self.overlays.last() {
            Some(Overlay::Dialog(_)) => return self.dialog_key(key),
            Some(Overlay::Palette(_)) => return self.palette_key(key),
            Some(Overlay::Help(_)) => return self.help_key(key),
            Some(Overlay::Jump(_)) => return self.jump_key(key),
            Some(Overlay::Prompt(_)) => return self.prompt_key(key),
            Some(Overlay::Difference(_)) => return self.difference_key(key),
            Some(Overlay::Tour(_)) | None => {}
        }
        if self.screen != Screen::Design {
            if self.monitor_types() && self.pending.keys.is_empty() {
                self.monitor_key(key);
                return;
            }
            match self.strike(Chord::of(key)) {
                Strike::Run(id) => self.run(id),
                Strike::Taken => {}
                Strike::Free => self.monitor_key(key),
            }
            return;
        }
        let begun = !self.pending.keys.is_empty();
        if !begun && self.start.is_some() && self.start_key(key) {
            return;
        }
        self.pane_key(key);
    }

    /// A key for the pane that has the keys, or a command.
    pub(super) fn pane_key(&mut self, key: &KeyEvent) {
        let begun = !self.pending.keys.is_empty();
        if !begun && self.focus == Focus::Editor && self.assist_key(key) {
            return;
        }
        if !begun
            && self.focus == Focus::Editor
            && (self.keep_key(key) || self.find_key(key) || self.vim_key(key))
        {
            return;
        }
        match self.strike(Chord::of(key)) {
            Strike::Run(id) => return self.run(id),
            Strike::Taken => return,
            Strike::Free => {}
        }
        match self.focus {
            Focus::Editor => self.editor_key(key),
            Focus::Files => self.files_key(key),
            Focus::Timestamps => self.timestamps_key(key),
            Focus::Events => self.events_key(key),
            Focus::Pipeline => {}
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        match self.overlays.last_mut() {
            Some(Overlay::Palette(palette)) => {
                palette.input.insert(text);
                palette.chosen = 0;
                return;
            }
            Some(Overlay::Help(help)) => {
                help.input.insert(text);
                help.chosen = 0;
                return;
            }
            Some(Overlay::Prompt(_)) => return self.prompt_paste(text),
            Some(_) => return,
            None => {}
        }
        if self.focus == Focus::Editor && !self.keep_text(text) {
            self.paste_into_editor(text);
        }
    }

    pub(super) fn paste_into_editor(&mut self, text: &str) {
        if self.find_paste(text) || self.vim_paste(text) {
            return;
        }
        if !self.refuse_read_only()
            && let Some(buffer) = self.buffer_mut()
        {
            buffer.insert(text);
            self.touch_preview();
        }
    }

    fn start_key(&mut self, key: &KeyEvent) -> bool {
        let Some(start) = &mut self.start else {
            return false;
        };
        let last = start.found.as_ref().map_or(0, Vec::len).saturating_sub(1);
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => start.chosen = start.chosen.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => start.chosen = (start.chosen + 1).min(last),
            KeyCode::Home => start.chosen = 0,
            KeyCode::End => start.chosen = last,
            KeyCode::PageUp => start.chosen = start.chosen.saturating_sub(10),
            KeyCode::PageDown => start.chosen = (start.chosen + 10).min(last),
            KeyCode::Enter => self.open_chosen_project(),
            KeyCode::Char('q') | KeyCode::Esc if key.modifiers.is_empty() => self.quit(),
            KeyCode::Char('?') => self.run(command::Id::Help),
            KeyCode::Char('n') if key.modifiers.is_empty() => self.run(command::Id::NewProject),
            _ => return false,
        }
        true
    }

    fn editor_key(&mut self, key: &KeyEvent) {
        let page = self.page();
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        let before = buffer.revision();
        if plain_key(buffer, key, page) == Typed::Refused {
            self.refuse_read_only();
        } else if buffer.revision() != before {
            self.touch_preview();
        }
    }

    fn files_key(&mut self, key: &KeyEvent) {
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.files_move(-1),
            KeyCode::Down | KeyCode::Char('j') => self.files_move(1),
            KeyCode::PageUp => self.files_move(-10),
            KeyCode::PageDown => self.files_move(10),
            KeyCode::Home => self.files_move(isize::MIN),
            KeyCode::End => self.files_move(isize::MAX),
            KeyCode::Enter | KeyCode::Char(' ') => self.files_enter(),
            KeyCode::Left | KeyCode::Right => {
                if let Some(project) = &mut self.project {
                    let entry = project
                        .shown()
                        .get(project.chosen)
                        .map(|entry| (*entry).clone());
                    if let Some(entry) = entry.filter(|entry| entry.folder) {
                        let closes = key.code == KeyCode::Left;
                        if project.is_closed(&entry) != closes {
                            project.toggle(&entry.path);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}
