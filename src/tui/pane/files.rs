//! The list of files.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, heading, row, scrollbar};
use crate::tui::app::{App, Focus, inner};
use crate::tui::text;

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
            .put(sign, if sign == "● " { theme.warn } else { style });
        // The last column is the scroll bar's.
        let room = line
            .room()
            .saturating_sub(usize::from(shown.len() > height));
        line.put(&text::fit(&entry.name, room), style);
        if chosen && focused {
            line.fill(" ", style);
            screen.set_style(place, theme.selection);
        }
    }
    if shown.is_empty() {
        let state = project.missing.as_deref().unwrap_or("reading …");
        let width = usize::from(body.width.saturating_sub(2));
        for (index, part) in text::wrap(state, width).iter().enumerate() {
            Line::new(row(body, index), screen)
                .put(" ", theme.muted)
                .put(part, theme.muted);
        }
    } else if project.tree.cut && shown.len() < project.top + height {
        Line::new(row(body, shown.len() - project.top), screen).put("   and more", theme.muted);
    }
    scrollbar(body, project.top, height, shown.len(), theme, screen);
}
