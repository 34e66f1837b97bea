//! How two texts differ: a row a line, with a sign before each that only one of them has.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::frame::{Frame, Place, roomy};
use super::{Hit, on_popup};
use crate::tui::app::{App, ShownDifference};
use crate::tui::difference::Row;
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;

/// As large as what it shows, as far as there is room between the bars.
fn frame(shown: &ShownDifference, area: Rect) -> Frame {
    let rows = u16::try_from(shown.rows.len().max(1)).unwrap_or(u16::MAX);
    let height = rows.saturating_add(2);
    let room = area.height.saturating_sub(4).max(1);
    let width = area.width.saturating_sub(4).clamp(1, 120);
    let height = if roomy(area) {
        height.min(room)
    } else {
        height
    };
    Frame::new(area, width, height, Place::Middle)
}

/// What a click is on: beside the box is the way back.
pub fn hit(shown: &ShownDifference, area: Rect, at: Position) -> Hit {
    if frame(shown, area).whole.contains(at) {
        Hit::Inside
    } else {
        Hit::Outside
    }
}

pub fn draw(app: &App, shown: &ShownDifference, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let frame = frame(shown, area);
    frame.draw(app, &shown.title, screen);
    let body = frame.body;
    if shown.rows.is_empty() {
        Line::new(row(body, 0), screen).put("  no line differs", theme.popup);
        return;
    }
    let height = usize::from(body.height);
    let rows = shown.rows.iter().skip(shown.top).take(height);
    for (index, one) in rows.enumerate() {
        let (sign, words, style) = match one {
            Row::Same(words) => ("   ", words.clone(), theme.popup),
            Row::Gone(words) => (" - ", words.clone(), on_popup(app, theme.error)),
            Row::Come(words) => (" + ", words.clone(), on_popup(app, theme.ok)),
            Row::Skipped(count) => {
                let words = format!("··· {}", text::count(*count, "same line"));
                ("   ", words, on_popup(app, theme.muted))
            }
        };
        let shown: String = words
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut line = Line::new(row(body, index), screen);
        let room = usize::from(body.width).saturating_sub(5);
        line.put(sign, style).put(&text::fit(&shown, room), style);
    }
    scrollbar(body, shown.top, height, shown.rows.len(), theme, screen);
}
