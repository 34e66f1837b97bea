//! The line typed behind `:`, `/` or `?`, in place of the status.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Line;
use crate::tui::app::App;
use crate::tui::editor::vim::Vim;

/// Draws the line when there is one; gives the place of the cursor.
pub fn prompt(app: &App, status: Option<Rect>, screen: &mut Buffer) -> Option<Position> {
    let prompt = app.vim()?.prompt()?;
    let offered = app.vim().and_then(Vim::offered);
    let which = match offered {
        None | Some((_, 1)) => String::new(),
        Some((_, 0)) => "no name begins like that ".to_owned(),
        Some((at, all)) => format!("Tab {at} of {all} "),
    };
    let last = Rect {
        y: app.size.bottom().saturating_sub(1),
        height: app.size.height.min(1),
        ..app.size
    };
    let row = status.unwrap_or(last);
    screen.set_style(row, app.theme.bar);
    let room = usize::from(row.width).saturating_sub(2);
    // The end of what is typed stays in view.
    let skipped = (prompt.input.cursor() + 1).saturating_sub(room);
    let shown: String = prompt.input.text().chars().skip(skipped).collect();
    let mut sign = [0; 4];
    Line::new(row, screen)
        .put(prompt.sign.encode_utf8(&mut sign), app.theme.hint_key)
        .put(&shown, app.theme.bar)
        .right(&which, app.theme.hint_key)
        .fill(" ", app.theme.bar);
    let at = prompt.input.cursor().saturating_sub(skipped) + 1;
    let x = row.x.saturating_add(u16::try_from(at).unwrap_or(u16::MAX));
    (row.height > 0 && x < row.right()).then_some(Position { x, y: row.y })
}
