//! The mouse: clicks give the keys to a pane and put the cursor, the wheel scrolls.

use crossterm::event::{
    KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::{Position, Rect};

use super::{App, Focus, Overlay, Screen, inner};
use crate::tui::editor::View;
use crate::tui::pane::{self, Hit};

/// Lines that one notch of the wheel scrolls.
const NOTCH: isize = 3;

impl App {
    pub(super) fn mouse(&mut self, mouse: &MouseEvent) {
        // Terminals may report places outside of the screen.
        let at = Position {
            x: mouse.column.min(self.size.width.saturating_sub(1)),
            y: mouse.row.min(self.size.height.saturating_sub(1)),
        };
        self.touched = true;
        self.pending = super::Pending::default();
        if !self.overlays.is_empty() {
            match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => self.overlay_click(at),
                kind => self.overlay_wheel(kind),
            }
            return;
        }
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let design = self.screen == Screen::Design && self.start.is_none();
                self.dragged = self.rule_at(at).filter(|_| design);
                if let Some(id) = pane::bar_command(self, at) {
                    self.run(id);
                } else if self.screen == Screen::Design {
                    self.click(at, mouse.modifiers.contains(KeyModifiers::SHIFT));
                }
            }
            MouseEventKind::Drag(MouseButton::Left) => match self.dragged {
                Some(rule) => self.drag_rule(rule, at),
                None => self.drag_to(at),
            },
            MouseEventKind::Up(_) => (self.drag, self.dragged) = (None, None),
            MouseEventKind::ScrollUp => self.wheel(at, -NOTCH),
            MouseEventKind::ScrollDown => self.wheel(at, NOTCH),
            _ => {}
        }
    }

    /// A click on what lies over the panes; one beside it is the way out, where there is one.
    fn overlay_click(&mut self, at: Position) {
        match pane::hit(self, at) {
            Hit::Choice(index) => self.answer(Some(index)),
            Hit::Item(index) => {
                if let Some(Overlay::Palette(palette)) = self.overlays.last_mut() {
                    palette.chosen = index;
                }
                self.pick();
            }
            Hit::Help(index) => {
                if let Some(Overlay::Help(help)) = self.overlays.last_mut() {
                    help.chosen = index;
                }
                self.take_help();
            }
            Hit::Inside => self.step_tour(true),
            Hit::Outside => match self.overlays.last() {
                Some(Overlay::Dialog(dialog)) => self.answer(dialog.way_out()),
                Some(Overlay::Prompt(_)) | None => {}
                Some(_) => drop(self.overlays.pop()),
            },
        }
    }

    fn overlay_wheel(&mut self, kind: MouseEventKind) {
        let by = match kind {
            MouseEventKind::ScrollUp => -NOTCH,
            MouseEventKind::ScrollDown => NOTCH,
            _ => return,
        };
        let key = match by {
            by if by < 0 => KeyCode::Up,
            _ => KeyCode::Down,
        };
        let key = KeyEvent::new(key, KeyModifiers::NONE);
        match self.overlays.last() {
            Some(Overlay::Help(_)) => self.help_key(&key),
            Some(Overlay::Palette(_)) => self.palette_key(&key),
            _ => {}
        }
    }

    fn pane_at(&self, at: Position) -> Option<(Focus, Rect)> {
        let layout = self.layout();
        [
            (Focus::Files, layout.files),
            (Focus::Editor, layout.editor),
            (Focus::Timestamps, layout.timestamps),
            (Focus::Events, layout.events),
            (Focus::Pipeline, layout.pipeline),
        ]
        .into_iter()
        .find_map(|(focus, area)| {
            area.filter(|area| area.contains(at))
                .map(|area| (focus, area))
        })
    }

    pub(super) fn click(&mut self, at: Position, extend: bool) {
        if let Some(start) = &mut self.start {
            let row = usize::from(at.y.saturating_sub(super::super::pane::START_TOP));
            if start.found.as_ref().is_some_and(|found| row < found.len()) {
                // A second click opens.
                if start.chosen == row {
                    self.open_chosen_project();
                } else {
                    start.chosen = row;
                }
            }
            return;
        }
        let Some((focus, area)) = self.pane_at(at) else {
            return;
        };
        if self.layout().tabs
            && at.y == area.y
            && matches!(focus, Focus::Events | Focus::Timestamps)
        {
            let left = at.x < area.x + area.width / 2;
            self.set_focus(if left {
                Focus::Timestamps
            } else {
                Focus::Events
            });
            return;
        }
        self.set_focus(focus);
        let body = inner(area);
        if !body.contains(at) {
            return;
        }
        let row = usize::from(at.y - body.y);
        match focus {
            Focus::Editor => {
                if let Some(buffer) = self.buffer_mut() {
                    let (line, cell) = View::of(buffer, body).hit(buffer, at);
                    let to = buffer.at_cell(line, cell);
                    let again = buffer.head() == to && buffer.selection().is_none();
                    buffer.point(to, extend);
                    if again {
                        buffer.select_word();
                    }
                    self.drag = Some(to);
                }
            }
            Focus::Files => {
                let chosen = self.project.as_ref().map_or(0, |project| project.top + row);
                if let Some(project) = &mut self.project
                    && chosen < project.shown().len()
                {
                    project.chosen = chosen;
                    self.files_enter();
                }
            }
            Focus::Events => {
                let hit = self.preview.rows.get(self.preview.top + row);
                if let Some(item) = hit.and_then(|row| self.preview.item_of(row)) {
                    self.preview.chosen = item;
                }
            }
            Focus::Timestamps | Focus::Pipeline => {}
        }
    }

    fn drag_to(&mut self, at: Position) {
        let (Some(_), Some(area)) = (self.drag, self.layout().editor) else {
            return;
        };
        if let Some(buffer) = self.buffer_mut() {
            let (line, cell) = View::of(buffer, inner(area)).hit(buffer, at);
            let to = buffer.at_cell(line, cell);
            buffer.point(to, true);
        }
    }

    fn wheel(&mut self, at: Position, by: isize) {
        if let Some(start) = &mut self.start {
            let last = start.found.as_ref().map_or(0, Vec::len).saturating_sub(1);
            start.chosen = start.chosen.saturating_add_signed(by.signum()).min(last);
            return;
        }
        match self.pane_at(at).map(|(focus, _)| focus) {
            Some(Focus::Editor) => {
                if let Some(buffer) = self.buffer_mut() {
                    buffer.scroll(by);
                }
            }
            Some(Focus::Files) => self.files_move(by),
            Some(Focus::Events) => self.preview.scroll(by),
            Some(Focus::Timestamps) => {
                self.preview.list_top = self.preview.list_top.saturating_add_signed(by);
            }
            Some(Focus::Pipeline) | None => {}
        }
    }
}
