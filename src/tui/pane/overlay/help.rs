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
    /// Index of the first row shown.
    first: usize,
    /// Index of the chosen row.
    chosen: Option<usize>,
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
    // The first command's heading stays in view with it.
    let first = chosen.map_or(0, |chosen| (chosen + 2).saturating_sub(shown));
    Geometry {
        frame,
        list,
        first: first.min(rows.len().saturating_sub(shown)),
        chosen,
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
    match rows.get(index).filter(|_| places.list.contains(at)) {
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
    let column = column(&rows, list.width);
    let shown = usize::from(list.height);
    for (index, item) in rows.iter().enumerate().skip(places.first).take(shown) {
        let place = row(list, index - places.first);
        let chosen = places.chosen == Some(index);
        one(app, item, place, column, chosen, screen);
    }
    scrollbar(list, places.first, shown, rows.len(), theme, screen);
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

fn one(app: &App, item: &HelpRow, place: Rect, column: usize, chosen: bool, screen: &mut Buffer) {
    let theme = &app.theme;
    let muted = on_popup(app, theme.muted);
    let mut line = Line::new(place, screen);
    let (keys, words, look) = match item {
        HelpRow::Heading(title) => {
            line.put(" ", theme.popup)
                .put(title, on_popup(app, theme.strong));
            return;
        }
        HelpRow::Command {
            keys,
            text,
            refused,
            ..
        } => match refused {
            Some(why) => (keys.as_str(), format!("{text} (not now: {why})"), muted),
            None => (keys.as_str(), text.clone(), theme.popup),
        },
        HelpRow::Moving(keys, text) => (*keys, (*text).to_owned(), theme.popup),
    };
    line.put(
        if chosen { " ▸ " } else { "   " },
        on_popup(app, theme.accent),
    );
    line.put(&text::pad(keys, column), on_popup(app, theme.accent));
    // A blank before the text, and one column for the scroll bar.
    let room = line.room().saturating_sub(2);
    line.put(" ", theme.popup)
        .put(&text::fit(&words, room), look);
    if chosen {
        let width = place.width.saturating_sub(1);
        screen.set_style(Rect { width, ..place }, theme.selection);
    }
}
