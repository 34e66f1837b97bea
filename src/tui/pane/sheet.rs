//! A view that is rows of coloured pieces.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Line, row, scrollbar};
use crate::tui::app::{App, Focus, Ink};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};

/// The style of a piece.
pub(super) fn style(theme: &Theme, ink: Ink) -> Style {
    match ink {
        Ink::Text => theme.text,
        Ink::Muted => theme.muted,
        Ink::Strong => theme.strong,
        Ink::Accent => theme.accent,
        Ink::Ok => theme.ok,
        Ink::Warn => theme.warn,
        Ink::Error => theme.error,
        Ink::Key => theme.token(Token::Key),
        Ink::String => theme.token(Token::String),
        Ink::Number => theme.token(Token::Number),
        Ink::Variable => theme.token(Token::Variable),
    }
}

/// Draws the rows; the first column is for signs.
pub fn draw(app: &App, body: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let sheet = &app.preview.panes.sheet;
    let height = usize::from(body.height);
    let focused = app.focus == Focus::Events;
    let shown = sheet.rows.iter().enumerate().skip(sheet.top).take(height);
    for (index, content) in shown {
        let area = row(body, index - sheet.top);
        let mut line = Line::new(area, screen);
        line.put(if content.changed { "~" } else { " " }, theme.warn);
        for (text, ink) in &content.pieces {
            // The last column is left to the bar that shows where the view stands.
            let room = line.room().saturating_sub(1);
            if text::width(text) > room {
                line.put(&text::fit(text, room), style(theme, *ink));
                break;
            }
            line.put(text, style(theme, *ink));
        }
        if focused && index == sheet.cursor {
            screen.set_style(area, theme.selection);
        }
    }
    scrollbar(body, sheet.top, height, sheet.rows.len(), theme, screen);
}
