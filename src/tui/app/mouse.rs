//! The mouse: clicks give the keys to a pane and put the cursor, the wheel scrolls.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{App, Focus, Overlay, inner};
use crate::tui::editor::View;

/// Lines that one notch of the wheel scrolls.
const NOTCH: isize = 3;

impl App {
    pub(super) fn mouse(&mut self, mouse: &MouseEvent) {
        // Terminals may report places outside of the screen.
        let at = Position {
            x: mouse.column.min(self.size.width.saturating_sub(1)),
            y: mouse.row.min(self.size.height.saturating_sub(1)),
        };
        if !self.overlays.is_empty() {
            self.overlay_wheel(mouse.kind);
            return;
        }
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                self.click(at, mouse.modifiers.contains(KeyModifiers::SHIFT));
            }
            MouseEventKind::Drag(MouseButton::Left) => self.drag_to(at),
            MouseEventKind::Up(_) => self.drag = None,
            MouseEventKind::ScrollUp => self.wheel(at, -NOTCH),
            MouseEventKind::ScrollDown => self.wheel(at, NOTCH),
            _ => {}
        }
    }

    fn overlay_wheel(&mut self, kind: MouseEventKind) {
        let by = match kind {
            MouseEventKind::ScrollUp => -NOTCH,
            MouseEventKind::ScrollDown => NOTCH,
            _ => return,
        };
        match self.overlays.last_mut() {
            Some(Overlay::Help(top)) => *top = top.saturating_add_signed(by),
            Some(Overlay::Palette(palette)) => {
                let last = palette.matching().len().saturating_sub(1);
                palette.chosen = palette.chosen.saturating_add_signed(by.signum()).min(last);
            }
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

    fn click(&mut self, at: Position, extend: bool) {
        if let Some(start) = &mut self.start {
            let row = usize::from(at.y.saturating_sub(super::super::pane::START_TOP));
            if start.found.as_ref().is_some_and(|found| row < found.len()) {
                start.chosen = row;
            }
            return;
        }
        let Some((focus, area)) = self.pane_at(at) else {
            return;
        };
        if matches!(focus, Focus::Events | Focus::Timestamps) && at.y == area.y {
            let tabs = super::super::pane::right_tabs(self, focus, area);
            match tabs.into_iter().find(|tab| tab.cells.contains(&at.x)) {
                Some(tab) => self.choose_tab(tab.leads),
                None => self.set_focus(focus),
            }
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
            Focus::Events => self.click_events(body, at),
            Focus::Timestamps => self.click_timestamps(body, at),
            Focus::Pipeline => {}
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
            Some(Focus::Events) => self.wheel_events(by),
            Some(Focus::Timestamps) => {
                self.preview.list_top = self.preview.list_top.saturating_add_signed(by);
            }
            Some(Focus::Pipeline) | None => {}
        }
    }
}
