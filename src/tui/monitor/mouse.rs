//! The mouse on the screens about running generators.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::overview_table::MARK;
use crate::tui::app::{App, Screen};
use crate::tui::pane;

/// Rows that one notch of the wheel scrolls.
const NOTCH: isize = 3;

impl App {
    /// The mouse, while one of those screens is shown.
    pub(in crate::tui) fn monitor_mouse(&mut self, mouse: &MouseEvent, at: Position) {
        let detail = !matches!(self.screen, Screen::Overview | Screen::Flow);
        let named = pane::screen_name_at(self, at).is_some();
        if detail && !(named && matches!(mouse.kind, MouseEventKind::Down(_))) {
            self.detail_mouse(mouse.kind, at);
            return;
        }
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => self.monitor_click(at),
            MouseEventKind::ScrollUp => self.monitor_wheel(-NOTCH),
            MouseEventKind::ScrollDown => self.monitor_wheel(NOTCH),
            _ => {}
        }
    }

    fn monitor_click(&mut self, at: Position) {
        if let Some(screen) = pane::screen_name_at(self, at) {
            self.show_screen(screen);
            return;
        }
        match self.screen {
            Screen::Overview => {
                let table = pane::table_area(self);
                if table.contains(at) {
                    self.overview_click(usize::from(at.y - table.y));
                } else if at.y + 1 == table.y && table.x <= at.x && at.x < table.right() {
                    self.header_click(usize::from(at.x - table.x));
                }
            }
            Screen::Flow => {
                if let Some(part) = pane::flow_part_at(self, at) {
                    self.monitor.flow.chosen = part;
                }
            }
            _ => {}
        }
    }

    fn header_click(&mut self, cell: usize) {
        let placed = pane::table_columns(self);
        // The blanks before a title belong to it; what stands before the first is its too.
        let hit = placed
            .iter()
            .find(|one| cell < one.at + one.cells)
            .filter(|_| cell >= MARK.saturating_sub(1));
        if let Some(column) = hit.map(|one| one.column) {
            self.sort_by(column);
        }
    }

    fn monitor_wheel(&mut self, by: isize) {
        match self.screen {
            Screen::Overview => self.overview_move(by),
            _ => {
                let code = if by < 0 { KeyCode::Up } else { KeyCode::Down };
                for _ in 0..by.unsigned_abs() {
                    self.monitor_key(&KeyEvent::new(code, KeyModifiers::NONE));
                }
            }
        }
    }
}
