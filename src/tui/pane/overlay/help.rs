//! Help: keys and commands by where they work.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::frame::{Frame, Place, roomy};
use super::{Hit, field, on_popup};
use crate::tui::app::{App, Help, HelpRow};
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;

struct Geometry {
    frame: Frame,
    list: Rect,
    /// Rows with the line of their text: the chosen one is shown whole, all others in one line.
    lines: Vec<(usize, usize)>,
    /// Index of the first of them that is shown.
    first: usize,
    /// Index of the chosen row.
    chosen: Option<usize>,
    /// Cells that keys take.
    column: usize,
    /// What the chosen row says, in lines.
    words: Vec<String>,
}

fn geometry(rows: &[HelpRow], help: &Help, area: Rect) -> Geometry {
    let height = u16::try_from(rows.len().max(1) + 3).unwrap_or(u16::MAX);
    // The box keeps its height while typing, so that nothing jumps about.
    let height = if help.input.text().is_empty() {
        height
    } else {
        u16::MAX
    };
    let height = if roomy(area) {
        height.min(area.height)
    } else {
        height
    };
    let frame = Frame::new(area, 112, height, Place::Middle);
    let body = frame.body;
    let list = Rect {
        y: body.y + 1.min(body.height),
        height: body.height.saturating_sub(1),
        ..body
    };
    let mut commands = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| matches!(row, HelpRow::Command { .. }));
    let chosen = commands.nth(help.chosen).map(|(index, _)| index);
    let shown = usize::from(list.height).max(1);
    let column = column(rows, list.width);
    // Keys with a mark before them, a blank behind them, and the column of the scroll bar.
    let room = usize::from(list.width).saturating_sub(column + 6).max(1);
    let words = chosen.and_then(|chosen| rows.get(chosen));
    let words = words.map_or_else(Vec::new, |row| text::wrap(&words_of(row), room));
    let lines: Vec<(usize, usize)> = (0..rows.len())
        .flat_map(|row| {
            let own = chosen == Some(row);
            let count = if own { words.len().max(1) } else { 1 };
            (0..count).map(move |line| (row, line))
        })
        .collect();
    // The first command's heading stays in view with it.
    let end = chosen.map_or(0, |chosen| chosen + words.len().max(1));
    let first = (end + 1).saturating_sub(shown);
    Geometry {
        frame,
        list,
        first: first.min(lines.len().saturating_sub(shown)),
        lines,
        chosen,
        column,
        words,
    }
}

/// What a click is on.
pub fn hit(app: &App, help: &Help, area: Rect, at: Position) -> Hit {
    let rows = app.help_rows(help);
    let places = geometry(&rows, help, area);
    if !places.frame.whole.contains(at) {
        return Hit::Outside;
    }
    let index = places.first + usize::from(at.y.saturating_sub(places.list.y));
    let command = |row: &&HelpRow| matches!(row, HelpRow::Command { .. });
    let inside = places.list.contains(at);
    let index = places.lines.get(index).map(|(row, _)| *row);
    let index = index.filter(|_| inside).unwrap_or(usize::MAX);
    match rows.get(index) {
        Some(HelpRow::Command { .. }) => Hit::Help(rows.iter().take(index).filter(command).count()),
        _ => Hit::Inside,
    }
}

pub fn draw(app: &App, help: &Help, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let rows = app.help_rows(help);
    let places = geometry(&rows, help, area);
    places.frame.draw(app, "Keys and commands", screen);
    let body = places.frame.body;
    let muted = on_popup(app, theme.muted);
    let mut line = Line::new(row(body, 0), screen);
    line.put(" > ", on_popup(app, theme.accent));
    if help.input.text().is_empty() {
        line.put("type to find, Enter runs", muted);
    }
    let list = places.list;
    if rows.is_empty() {
        Line::new(row(list, 0), screen).put("   nothing matches", muted);
    }
    let shown = usize::from(list.height);
    let lines = places.lines.iter().skip(places.first).take(shown);
    for (index, (item, line)) in lines.enumerate() {
        let place = row(list, index);
        let own = places.chosen == Some(*item);
        let words = places.words.get(*line).filter(|_| own);
        match (rows.get(*item), words) {
            (Some(item), Some(words)) => {
                chosen(app, item, words, *line == 0, place, places.column, screen);
            }
            (Some(item), None) => one(app, item, place, places.column, screen),
            (None, _) => {}
        }
    }
    scrollbar(list, places.first, shown, places.lines.len(), theme, screen);
    field(app, &help.input, body, 0, screen)
}

/// Cells that keys take.
fn column(rows: &[HelpRow], width: u16) -> usize {
    let keys = rows.iter().map(|row| match row {
        HelpRow::Command { keys, .. } => text::width(keys),
        HelpRow::Moving(keys, _) => text::width(keys),
        HelpRow::Heading(_) => 0,
    });
    keys.max()
        .unwrap_or(0)
        .min(usize::from(width) * 3 / 10)
        .max(8)
}

/// What a row says behind its keys.
fn words_of(row: &HelpRow) -> String {
    match row {
        HelpRow::Heading(title) => (*title).to_owned(),
        HelpRow::Command { text, refused, .. } => match refused {
            Some(why) => format!("{text} (not now: {why})"),
            None => text.clone(),
        },
        HelpRow::Moving(_, text) => (*text).to_owned(),
    }
}

/// A line of the chosen row.
fn chosen(
    app: &App,
    item: &HelpRow,
    words: &str,
    begins: bool,
    place: Rect,
    column: usize,
    screen: &mut Buffer,
) {
    let keys = match item {
        HelpRow::Command { keys, .. } if begins => keys.as_str(),
        _ => "",
    };
    let accent = on_popup(app, app.theme.accent);
    Line::new(place, screen)
        .put(if begins { " ▸ " } else { "   " }, accent)
        .put(&text::pad(keys, column), accent)
        .put(" ", app.theme.popup)
        .put(words, app.theme.popup);
    let width = place.width.saturating_sub(1);
    screen.set_style(Rect { width, ..place }, app.theme.selection);
}

fn one(app: &App, item: &HelpRow, place: Rect, column: usize, screen: &mut Buffer) {
    let theme = &app.theme;
    let muted = on_popup(app, theme.muted);
    let mut line = Line::new(place, screen);
    let (keys, look) = match item {
        HelpRow::Heading(title) => {
            line.put(" ", theme.popup)
                .put(title, on_popup(app, theme.strong));
            return;
        }
        HelpRow::Command { keys, refused, .. } => {
            let refused = refused.is_some();
            (keys.as_str(), if refused { muted } else { theme.popup })
        }
        HelpRow::Moving(keys, _) => (*keys, theme.popup),
    };
    let words = words_of(item);
    line.put("   ", theme.popup);
    line.put(&text::pad(keys, column), on_popup(app, theme.accent));
    // A blank before the text, and one column for the scroll bar.
    let room = line.room().saturating_sub(2);
    line.put(" ", theme.popup)
        .put(&text::fit(&words, room), look);
}
