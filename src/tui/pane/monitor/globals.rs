//! Globals that generators share, to be seen and changed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::app::App;
use crate::tui::pane::Line;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    Line::new(area, screen).put(
        " Globals that generators share, to be seen and changed",
        app.theme.muted,
    );
}
