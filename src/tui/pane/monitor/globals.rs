//! Globals that generators share, to be seen and changed.
//!
//! ```text
//! scenarios
//! ▾ users      2 keys
//!     alice    number   3
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::tui::app::{App, inner};
use crate::tui::monitor::globals::space_name;
use crate::tui::monitor::globals_tree::Row;
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    spaces(app, area, screen);
    let body = inner(area);
    let state = &app.monitor.globals;
    if state.rows.is_empty() {
        let said = match state.known {
            false => "waiting for the values …",
            true => {
                "there are no globals yet: a template makes one with globals.set(), a makes one here"
            }
        };
        let room = usize::from(body.width.saturating_sub(1));
        for (index, part) in text::wrap(said, room).iter().enumerate() {
            Line::new(row(body, index), screen).put(&format!(" {part}"), app.theme.muted);
        }
        return;
    }
    let height = usize::from(body.height);
    let widest = state
        .rows
        .iter()
        .map(|row| row.depth * 2 + text::width(&row.name))
        .max();
    let names = widest
        .unwrap_or(0)
        .clamp(8, (usize::from(body.width) * 2 / 5).max(8));
    let rows = state
        .rows
        .iter()
        .enumerate()
        .skip(state.list.top)
        .take(height);
    for (index, content) in rows {
        let place = row(body, index - state.list.top);
        value_row(app, content, names, place, screen);
        if index == state.list.chosen {
            screen.set_style(place, app.theme.selection);
        }
    }
    scrollbar(
        body,
        state.list.top,
        height,
        state.rows.len(),
        &app.theme,
        screen,
    );
}

/// Names of the scenarios, the shown one marked.
fn spaces(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let shown = app.monitor.globals.wants();
    let mut line = Line::new(area, screen);
    for label in labels(app) {
        let chosen = label.0 == shown;
        let style = if chosen { theme.strong } else { theme.muted };
        line.put(if chosen { " ▸" } else { "  " }, theme.focus)
            .put(&label.1, style);
    }
    let count = app.monitor.globals.count();
    if app.monitor.globals.known {
        line.right(&format!("{} ", text::count(count, "global")), theme.muted);
    }
}

/// Scenarios and how they are written.
fn labels(app: &App) -> Vec<(String, String)> {
    let spaces = app.monitor.spaces();
    let written = |name: &str| match name {
        "" if spaces.len() == 1 => space_name(name).to_owned(),
        "" => "(no scenario)".to_owned(),
        name => text::fit(name, 24),
    };
    spaces
        .iter()
        .map(|name| (name.clone(), written(name)))
        .collect()
}

/// The scenario at a column of the line of scenarios.
pub fn space_at(app: &App, column: u16) -> Option<usize> {
    let mut from = 0;
    labels(app).iter().position(|(_, label)| {
        from += 2 + text::width(label);
        usize::from(column) < from
    })
}

fn value_row(app: &App, content: &Row, names: usize, place: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let chosen = app.monitor.globals.row() == Some(content);
    let sign = match content.open {
        Some(true) => "▾ ",
        Some(false) => "▸ ",
        None => "  ",
    };
    let mut line = Line::new(place, screen);
    line.put(if chosen { "›" } else { " " }, theme.focus)
        .put(&"  ".repeat(content.depth.min(20)), theme.text)
        .put(sign, theme.accent);
    let room = (names + 1).saturating_sub(content.depth * 2);
    line.put(&text::pad(&content.name, room), theme.text)
        .put(" ", theme.text);
    let kind = if content.fixed.is_some() {
        theme.warn
    } else {
        theme.muted
    };
    line.put(&text::pad(&content.kind, 10), kind)
        .put(" ", theme.text);
    match content.fixed {
        None => paint::json(&mut line, &content.text, &[], theme),
        Some(_) => paint::text(&mut line, &content.text, theme.muted, &[], theme),
    }
}
