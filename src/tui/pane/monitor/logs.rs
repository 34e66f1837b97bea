//! What was logged.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::app::App;
use crate::tui::pane::Line;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    Line::new(area, screen).put(" What was logged", app.theme.muted);
}
