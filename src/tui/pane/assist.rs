//! Help while typing, drawn beside the cursor: words that could stand there, or what a word is.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Line, row};
use crate::language::Hover;
use crate::tui::app::{App, POPUP_ROWS, Popup};
use crate::tui::text;

/// Widest box.
const WIDEST: u16 = 72;

/// Draws what there is, below the cursor, or above it where there is more room.
pub fn draw(app: &App, cursor: Position, area: Rect, screen: &mut Buffer) {
    if let Some(popup) = &app.assist.popup {
        words(app, popup, cursor, area, screen);
    } else if let Some(told) = &app.assist.told {
        hover(app, told, cursor, area, screen);
    }
}

/// The word of the list that is at a place, by its index.
pub fn word_at(app: &App, at: Position) -> Option<usize> {
    let popup = app.assist.popup.as_ref()?;
    // Where the cursor is, drawing alone knows.
    let cursor = super::draw(app, &mut Buffer::empty(app.size))?;
    let area = crate::tui::layout::between(app.size, &app.layout());
    let place = measured(popup, cursor, area).place;
    let index = popup.top + usize::from(at.y.checked_sub(place.y)?);
    let rows = popup.items.len().min(popup.top + POPUP_ROWS);
    (place.contains(at) && index < rows).then_some(index)
}

/// A place of at most that size beside the cursor.
fn place(cursor: Position, area: Rect, width: u16, height: u16) -> Rect {
    let below = area.bottom().saturating_sub(cursor.y + 1);
    let above = cursor.y.saturating_sub(area.y);
    let down = below >= height || below >= above;
    let height = height.min(if down { below } else { above });
    let width = width.min(area.width);
    Rect {
        x: cursor.x.min(area.right().saturating_sub(width)).max(area.x),
        y: if down {
            cursor.y + 1
        } else {
            cursor.y - height
        },
        width,
        height,
    }
}

/// Clears a place.
fn cleared(app: &App, place: Rect, screen: &mut Buffer) {
    for position in place.intersection(screen.area).positions() {
        if let Some(cell) = screen.cell_mut(position) {
            cell.reset();
            cell.set_style(app.theme.popup);
        }
    }
}

/// The list of words, laid out.
struct Measured {
    place: Rect,
    /// Cells of the words.
    labels: usize,
    /// What is known of the chosen one.
    lines: Vec<String>,
}

fn measured(popup: &Popup, cursor: Position, area: Rect) -> Measured {
    let shown = popup.items.iter().skip(popup.top).take(POPUP_ROWS);
    let wide = |width: usize| u16::try_from(width).unwrap_or(u16::MAX);
    let labels = shown.clone().map(|one| text::width(&one.label)).max();
    let labels = labels.unwrap_or(0).min(36);
    let details = shown.clone().map(|one| text::width(&one.detail)).max();
    let doc = popup
        .items
        .get(popup.chosen)
        .map_or("", |one| one.doc.as_str());
    let width = wide(labels + 4 + details.unwrap_or(0).min(30))
        .clamp(if doc.is_empty() { 16 } else { 40 }, WIDEST);
    let lines = text::wrap(doc, usize::from(width).saturating_sub(2));
    let lines: Vec<String> = lines.into_iter().take(3).collect();
    let rows = shown.count();
    Measured {
        place: place(cursor, area, width, wide(rows + lines.len())),
        labels,
        lines,
    }
}

fn words(app: &App, popup: &Popup, cursor: Position, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let Measured {
        place,
        labels,
        lines,
    } = measured(popup, cursor, area);
    cleared(app, place, screen);
    let shown = popup.items.iter().skip(popup.top).take(POPUP_ROWS);
    let rows = shown.len();
    for (index, item) in shown.enumerate() {
        let chosen = popup.top + index == popup.chosen;
        let style = if chosen { theme.selection } else { theme.popup };
        let faint = if chosen {
            theme.selection
        } else {
            on(app, theme.muted)
        };
        let mut line = Line::new(row(place, index), screen);
        line.put(if chosen { "▸" } else { " " }, style);
        line.put(&text::fit(&item.label, labels), style);
        line.right(" ", style);
        let room = line.room().saturating_sub(2);
        line.right(&text::fit(&item.detail, room), faint);
        line.fill(" ", style);
    }
    for (index, words) in lines.iter().enumerate() {
        Line::new(row(place, rows + index), screen)
            .put(" ", theme.popup)
            .put(words, on(app, theme.muted));
    }
}

fn hover(app: &App, told: &Hover, cursor: Position, area: Rect, screen: &mut Buffer) {
    let width = WIDEST.min(area.width);
    let room = usize::from(width).saturating_sub(2);
    let title = text::wrap(&told.title, room);
    let doc = text::wrap(&told.doc, room);
    let height = u16::try_from(title.len() + doc.len()).unwrap_or(u16::MAX);
    let longest = title.iter().chain(&doc).map(|one| text::width(one)).max();
    let width = u16::try_from(longest.unwrap_or(0) + 2).unwrap_or(width);
    let place = place(cursor, area, width, height);
    cleared(app, place, screen);
    let titles = title.iter().map(|one| (one, on(app, app.theme.strong)));
    let docs = doc.iter().map(|one| (one, app.theme.popup));
    for (index, (words, style)) in titles.chain(docs).enumerate() {
        Line::new(row(place, index), screen)
            .put(" ", app.theme.popup)
            .put(words, style);
    }
}

/// A style's letters on the box's ground.
fn on(app: &App, style: Style) -> Style {
    Style {
        bg: app.theme.popup.bg,
        ..style
    }
}
