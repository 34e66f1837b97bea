//! Events of one generator as they are made.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::app::App;
use crate::tui::pane::Line;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    Line::new(area, screen).put(" Events of one generator as they are made", app.theme.muted);
}
