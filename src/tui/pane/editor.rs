//! The editor with the open files in its heading.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Line, heading, row, scrollbar};
use crate::tui::app::{App, Focus, inner};
use crate::tui::command::{Command, Id};
use crate::tui::editor;

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let focused = app.focus == Focus::Editor;
    let project = app.project.as_ref()?;
    let names: Vec<(String, bool)> = project
        .buffers
        .iter()
        .enumerate()
        .map(|(index, buffer)| {
            let dirty = if buffer.dirty() { " ●" } else { "" };
            let gone = if buffer.gone { " (deleted)" } else { "" };
            (
                format!("{}{gone}{dirty}", buffer.name),
                index == project.active,
            )
        })
        .collect();
    let fitting = fitting(&names, project.active, usize::from(area.width));
    heading(area, &fitting, "", focused, theme, screen);
    let body = inner(area);
    let Some(buffer) = project.buffer() else {
        empty(app, body, screen);
        return None;
    };
    let cursor = editor::draw(buffer, body, focused, theme, screen);
    scrollbar(
        body,
        buffer.top,
        usize::from(body.height),
        buffer.lines(),
        theme,
        screen,
    );
    cursor.filter(|_| focused)
}

/// The names that fit, the active one among them.
fn fitting(names: &[(String, bool)], active: usize, width: usize) -> Vec<(&str, bool)> {
    let wide = |(name, _): &(String, bool)| crate::tui::text::width(name) + 2;
    let mut from = 0;
    while from < active
        && names
            .iter()
            .skip(from)
            .take(active + 1 - from)
            .map(wide)
            .sum::<usize>()
            + 3
            > width
    {
        from += 1;
    }
    names
        .iter()
        .skip(from)
        .map(|(name, chosen)| (name.as_str(), *chosen))
        .collect()
}

fn empty(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    for (index, id) in [Id::QuickOpen, Id::Palette, Id::Help]
        .into_iter()
        .enumerate()
    {
        if let Some(command) = Command::get(id) {
            Line::new(row(area, index + 1), screen)
                .put("  ", theme.muted)
                .put(
                    &crate::tui::text::pad(&app.keymap.label(command.id), 8),
                    theme.accent,
                )
                .put(command.help, theme.muted);
        }
    }
}
