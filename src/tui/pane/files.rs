//! The list of files.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, heading, row, scrollbar};
use crate::tui::app::{App, Focus, inner};

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let focused = app.focus == Focus::Files;
    heading(area, &[("Files", true)], "", focused, theme, screen);
    let Some(project) = &app.project else {
        return;
    };
    let body = inner(area);
    let shown = project.shown();
    let height = usize::from(body.height);
    for (index, entry) in shown.iter().enumerate().skip(project.top).take(height) {
        let place = row(body, index - project.top);
        let buffer = project
            .buffers
            .iter()
            .find(|buffer| buffer.is_at(&entry.path));
        let active = project
            .buffer()
            .is_some_and(|buffer| buffer.is_at(&entry.path));
        let sign = match (entry.folder, buffer) {
            (true, _) if project.is_closed(entry) => "▸ ",
            (true, _) => "▾ ",
            (false, Some(buffer)) if buffer.dirty() => "● ",
            _ => "  ",
        };
        let style = match () {
            () if active => theme.strong,
            () if entry.folder => theme.muted,
            () => theme.text,
        };
        let chosen = index == project.chosen;
        let mut line = Line::new(place, screen);
        let marker = if chosen && focused { "›" } else { " " };
        line.put(marker, theme.accent)
            .put(&"  ".repeat(entry.depth.min(8)), style)
            .put(sign, if sign == "● " { theme.warn } else { style })
            .put(&entry.name, style);
        if chosen && focused {
            line.fill(" ", style);
            screen.set_style(place, theme.selection);
        }
    }
    if shown.is_empty() {
        let text = project.missing.as_deref().unwrap_or("reading …");
        Line::new(row(body, 0), screen)
            .put(" ", theme.muted)
            .put(text, theme.muted);
    } else if project.tree.cut && shown.len() < project.top + height {
        Line::new(row(body, shown.len() - project.top), screen).put("   and more", theme.muted);
    }
    scrollbar(body, project.top, height, shown.len(), theme, screen);
}
