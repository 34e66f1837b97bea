//! Questions. Their text wraps and scrolls where there is little room; some of the answers can always be
//! seen, among them the chosen one.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::frame::{Frame, Place, columns, roomy};
use super::{Hit, Reach};
use crate::tui::app::{App, Dialog};
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;

struct Geometry {
    frame: Frame,
    /// The question, in rows.
    text: Vec<String>,
    /// Where it stands.
    words: Rect,
    /// First row of it that is shown.
    top: usize,
    /// Where the answers stand.
    answers: Rect,
    /// Answers by rows.
    rows: Vec<Range<usize>>,
    /// Rows of answers left out at the top.
    skipped: usize,
    /// Cells before each row.
    indent: usize,
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
    let room = usize::from(columns(area, width));
    let indent = if roomy(area) { 2 } else { 1 };
    let rows = button_rows(dialog, room.saturating_sub(indent));
    let room = room.saturating_sub(indent + 1);
    let lines = dialog.lines.iter();
    let text: Vec<String> = lines
        .flat_map(|line| text::wrap_indented(line, room))
        .collect();
    let height = u16::try_from(text.len() + rows.len() + 4).unwrap_or(u16::MAX);
    // Air goes before the frame does.
    let tight = u16::try_from(text.len() + rows.len() + 2).unwrap_or(u16::MAX);
    let height = if height > area.height { tight } else { height };
    let frame = Frame::new(area, width, height, Place::Middle);
    let high = usize::from(frame.body.height);
    let airy = high >= text.len() + rows.len() + 2;
    let first = usize::from(airy);
    // Where both do not fit, the answers leave two rows to what is asked, which scrolls.
    let most = (high / 2).max(high.saturating_sub(text.len().min(2)));
    let answers = rows.len().min(most.max(1));
    let shown = text.len().min(high.saturating_sub(answers));
    let at = if airy { text.len() + 2 } else { shown };
    let chosen = rows.iter().position(|row| row.contains(&dialog.chosen));
    Geometry {
        words: part(frame.body, first, shown),
        top: dialog.top.min(text.len() - shown),
        answers: part(frame.body, at, answers),
        skipped: (chosen.unwrap_or(0) + 1).saturating_sub(answers.max(1)),
        frame,
        text,
        rows,
        indent,
    }
}

/// Some rows of an area.
fn part(area: Rect, from: usize, rows: usize) -> Rect {
    let from = u16::try_from(from).unwrap_or(u16::MAX).min(area.height);
    let rows = u16::try_from(rows).unwrap_or(u16::MAX);
    Rect {
        y: area.y + from,
        height: rows.min(area.height - from),
        ..area
    }
}

/// How far the question can be scrolled.
pub fn reach(dialog: &Dialog, area: Rect) -> Reach {
    let places = geometry(dialog, area);
    let shown = usize::from(places.words.height);
    Reach {
        page: shown,
        last: places.text.len().saturating_sub(shown),
    }
}

/// What a click is on.
pub fn hit(dialog: &Dialog, area: Rect, at: Position) -> Hit {
    let places = geometry(dialog, area);
    if !places.frame.whole.contains(at) {
        return Hit::Outside;
    }
    let left = u16::try_from(places.indent).unwrap_or(0);
    for (line, shown) in places.rows.into_iter().skip(places.skipped).enumerate() {
        let place = row(places.answers, line);
        let mut x = place.x.saturating_add(left);
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
    places.frame.draw(app, &dialog.title, screen);
    let indent = " ".repeat(places.indent);
    let shown = usize::from(places.words.height);
    let lines = places.text.iter().skip(places.top).take(shown);
    for (index, text) in lines.enumerate() {
        let mut line = Line::new(row(places.words, index), screen);
        line.put(&indent, theme.popup).put(text, theme.popup);
    }
    let whole = places.text.len();
    scrollbar(places.words, places.top, shown, whole, theme, screen);
    for (index, shown) in places.rows.into_iter().skip(places.skipped).enumerate() {
        let mut line = Line::new(row(places.answers, index), screen);
        line.put(&indent, theme.popup);
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
