//! What fails in one generator, and what can be done.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::app::App;
use crate::tui::pane::Line;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    Line::new(area, screen).put(
        " What fails in one generator, and what can be done",
        app.theme.muted,
    );
}
