//! Questions.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Hit, Place, boxed, framed, within};
use crate::tui::app::{App, Dialog};
use crate::tui::pane::{Line, row};
use crate::tui::text;

struct Geometry {
    whole: Rect,
    /// Row of the first line of text.
    first: usize,
    /// Row of the first answers.
    at: usize,
    /// Answers by rows.
    rows: Vec<Range<usize>>,
    /// Rows of answers left out at the top.
    skipped: usize,
}

fn geometry(dialog: &Dialog, area: Rect) -> Geometry {
    let buttons: usize = dialog
        .choices
        .iter()
        .map(|choice| text::width(choice.label) + 9)
        .sum();
    let widest = dialog
        .lines
        .iter()
        .map(|line| text::width(line) + 4)
        .max()
        .unwrap_or(0);
    let width = u16::try_from(buttons.max(widest).max(30) + 2).unwrap_or(u16::MAX);
    // The frame and a blank at the start of a row of answers leave that much to them.
    let room = usize::from(width.min(area.width)).saturating_sub(4);
    let rows = button_rows(dialog, room);
    let height = u16::try_from(dialog.lines.len() + rows.len() + 4).unwrap_or(u16::MAX);
    let whole = boxed(area, width, height, Place::Middle);
    let high = usize::from(within(whole).height);
    // Where there is no room for air, the answers come first.
    let airy = high >= dialog.lines.len() + rows.len() + 2;
    let first = usize::from(airy);
    let chosen = rows.iter().position(|row| row.contains(&dialog.chosen));
    Geometry {
        whole,
        first,
        at: (dialog.lines.len() + 2 * first).min(high.saturating_sub(rows.len())),
        // Where even the answers do not fit, the chosen one is in view.
        skipped: (chosen.unwrap_or(0) + 1).saturating_sub(high.max(1)),
        rows,
    }
}

/// What a click is on.
pub fn hit(dialog: &Dialog, area: Rect, at: Position) -> Hit {
    let places = geometry(dialog, area);
    if !places.whole.contains(at) {
        return Hit::Outside;
    }
    let body = within(places.whole);
    for (line, shown) in places.rows.into_iter().skip(places.skipped).enumerate() {
        let place = row(body, places.at + line);
        let mut x = place.x.saturating_add(2);
        for index in shown {
            let wide = u16::try_from(text::width(&button(dialog, index))).unwrap_or(u16::MAX);
            let own = Rect {
                x,
                width: wide,
                ..place
            };
            if own.contains(at) {
                return Hit::Choice(index);
            }
            x = x.saturating_add(wide).saturating_add(2);
        }
    }
    Hit::Inside
}

pub fn draw(app: &App, dialog: &Dialog, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let places = geometry(dialog, area);
    let body = framed(app, places.whole, &dialog.title, screen);
    for (index, text) in dialog.lines.iter().enumerate() {
        let mut line = Line::new(row(body, places.first + index), screen);
        line.put("  ", theme.popup).put(text, theme.popup);
    }
    for (index, shown) in places.rows.into_iter().skip(places.skipped).enumerate() {
        let mut line = Line::new(row(body, places.at + index), screen);
        line.put("  ", theme.popup);
        for index in shown {
            let style = if index == dialog.chosen {
                theme.selection
            } else {
                theme.popup
            };
            line.put(&button(dialog, index), style)
                .put("  ", theme.popup);
        }
        line.fill(" ", theme.popup);
    }
}

/// An answer as shown.
fn button(dialog: &Dialog, index: usize) -> String {
    let open = if index == dialog.chosen { "▸" } else { " " };
    dialog
        .choices
        .get(index)
        .map_or_else(String::new, |choice| {
            format!("{open}{} [{}] ", choice.label, choice.key)
        })
}

/// The answers in rows of at most that many cells; one that is wider has a row to itself.
fn button_rows(dialog: &Dialog, room: usize) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    let mut used = 0;
    for index in 0..dialog.choices.len() {
        let wide = text::width(&button(dialog, index));
        match rows.last_mut().filter(|_| used + 2 + wide <= room) {
            Some(row) => {
                row.end = index + 1;
                used += 2 + wide;
            }
            None => {
                rows.push(index..index + 1);
                used = wide;
            }
        }
    }
    rows
}
