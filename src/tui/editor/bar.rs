//! The lines below a text in which a search and its replacement are typed.

use ratatui::buffer::Buffer as Screen;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Field, Find, Input};
use crate::tui::canvas::Canvas;
use crate::tui::text;
use crate::tui::theme::Theme;

/// Cells of the labels.
const LABEL: u16 = 10;
/// Least cells left to type into where the switches are shown.
const ROOM: u16 = 12;

/// A part of the lines that can be clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A line to type into.
    Line(Field),
    /// Whether it is a regular expression.
    Regex,
    /// Whether case matters.
    Exact,
    /// Whether only whole words are found.
    Word,
    /// Whether only the selection is searched.
    Within,
}

/// The switches: sign, whether it is on, what it is.
fn switches(find: &Find) -> [(&'static str, bool, Part); 4] {
    [
        (".*", find.reading.regex, Part::Regex),
        ("Aa", find.reading.exact, Part::Exact),
        ("wd", find.reading.word, Part::Word),
        ("sel", find.within.is_some(), Part::Within),
    ]
}

/// Where the switches begin; `None` when there is no room for them.
fn switches_at(find: &Find, row: Rect) -> Option<u16> {
    let wide: usize = switches(find).iter().map(|(sign, ..)| sign.len() + 2).sum();
    let wide = u16::try_from(wide).unwrap_or(u16::MAX);
    let left = row.width.checked_sub(wide)?;
    (left >= LABEL + ROOM).then(|| row.right() - wide)
}

/// What is at a place of the lines.
pub fn hit(find: &Find, rows: Rect, at: Position) -> Option<Part> {
    if !rows.contains(at) {
        return None;
    }
    if at.y > rows.y {
        return Some(Part::Line(Field::Replace));
    }
    let mut x = switches_at(find, rows).unwrap_or(u16::MAX);
    for (sign, _, part) in switches(find) {
        let end = x.saturating_add(u16::try_from(sign.len() + 2).unwrap_or(0));
        if (x..end).contains(&at.x) {
            return Some(part);
        }
        x = end;
    }
    Some(Part::Line(Field::Find))
}

/// Draws the lines; gives the place of the cursor.
pub fn draw(find: &Find, rows: Rect, theme: &Theme, screen: &mut Screen) -> Option<Position> {
    screen.set_style(rows, theme.bar);
    let first = Rect { height: 1, ..rows };
    let active = |field| find.field == field || find.with.is_none();
    let mut end = first.right();
    if let Some(mut x) = switches_at(find, first) {
        end = x;
        for (sign, on, _) in switches(find) {
            let (text, style) = if on {
                (format!("[{sign}]"), theme.hint_key)
            } else {
                (format!(" {sign} "), theme.bar)
            };
            let room = usize::from(first.right().saturating_sub(x));
            (x, _) = screen.set_within(x, first.y, text, room, style);
        }
    }
    let room = usize::from(end.saturating_sub(first.x + LABEL.min(first.width)));
    let (state, style) = state(find, theme, room);
    let wide = u16::try_from(text::width(&state)).unwrap_or(u16::MAX);
    if wide > 0 && usize::from(wide) < room {
        end -= wide + 1;
        screen.set_within(end, first.y, &state, usize::from(wide), style);
    }
    let area = Rect {
        width: end - first.x,
        ..first
    };
    let on = active(Field::Find);
    let place = line((" Find", on), &find.input, area, theme, screen);
    let mut cursor = active(Field::Find).then_some(place);
    if let Some(with) = &find.with
        && rows.height > 1
    {
        let second = Rect {
            y: rows.y + 1,
            ..first
        };
        let on = !active(Field::Find);
        let place = line((" Replace", on), with, second, theme, screen);
        if !active(Field::Find) {
            cursor = Some(place);
        }
    }
    cursor
}

/// How many there are, or what is wrong; cut where there is no room.
fn state(find: &Find, theme: &Theme, room: usize) -> (String, Style) {
    let warn = theme
        .bar
        .patch(theme.warn.fg.map_or(Style::new(), |fg| Style::new().fg(fg)));
    let typed = text::width(find.input.text());
    let room = room.saturating_sub(typed + 2);
    match (&find.wrong, find.count) {
        (Some(why), _) => (text::fit(&format!("! {why}"), room.max(8)), warn),
        (None, _) if find.input.text().is_empty() => (String::new(), theme.bar),
        (None, _) if find.failed => ("nothing found".to_owned(), warn),
        (None, Some((0, all))) => (text::grouped(all as u64), theme.bar),
        (None, Some((at, all))) => {
            let (at, all) = (text::grouped(at as u64), text::grouped(all as u64));
            (format!("{at} of {all}"), theme.bar)
        }
        (None, None) => (String::new(), theme.bar),
    }
}

/// Draws a label and what is typed behind it, the part around the cursor when it is long; gives the
/// cursor's place.
fn line(
    (label, active): (&str, bool),
    input: &Input,
    row: Rect,
    theme: &Theme,
    screen: &mut Screen,
) -> Position {
    let width = usize::from(row.width);
    screen.set_within(row.x, row.y, label, width, theme.hint_key);
    let x = row.x.saturating_add(LABEL).min(row.right());
    let area = Rect {
        x,
        width: row.right() - x,
        ..row
    };
    let selection = if active { theme.selection } else { theme.bar };
    typed(input, area, (theme.bar, selection), screen)
}

/// Draws what is typed into an input, with its selection; gives the cursor's place.
pub fn typed(
    input: &Input,
    area: Rect,
    (style, selection): (Style, Style),
    screen: &mut Screen,
) -> Position {
    let room = usize::from(area.width);
    let (window, cursor) = input.window(room);
    let selected = input.selection().unwrap_or(0..0);
    let mut x = area.x;
    let mut put = |from: usize, to: usize, style: Style| {
        let part = input.text().get(from..to.max(from)).unwrap_or_default();
        let room = usize::from(area.right().saturating_sub(x));
        (x, _) = screen.set_within(x, area.y, part, room, style);
    };
    let (start, end) = (
        selected.start.clamp(window.start, window.end),
        selected.end.clamp(window.start, window.end),
    );
    put(window.start, start, style);
    put(start, end, selection);
    put(end, window.end, style);
    let shift = u16::try_from(cursor).unwrap_or(u16::MAX);
    Position {
        x: (area.x.saturating_add(shift)).min(area.right().saturating_sub(1)),
        y: area.y,
    }
}
