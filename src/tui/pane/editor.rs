//! The editor with the open files as tabs in its heading.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Line, row, scrollbar};
use crate::tui::app::{App, Focus, inner, tabs};
use crate::tui::command::{Command, Id};
use crate::tui::editor;

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let focused = app.focus == Focus::Editor;
    let project = app.project.as_ref()?;
    heading(app, area, screen);
    let body = inner(area);
    let Some(buffer) = project.buffer() else {
        empty(app, body, screen);
        return None;
    };
    let cursor = editor::draw(buffer, body, focused, theme, screen);
    let text = editor::View::of(buffer, body).text;
    let bar = Rect {
        height: text.height,
        ..body
    };
    let shown = usize::from(bar.height);
    scrollbar(bar, buffer.top, shown, buffer.lines(), theme, screen);
    cursor.filter(|_| focused)
}

/// ```text
/// ━▸ generator.yml ●   page.json.jinja ━━━━━━━━
/// ```
fn heading(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let focused = app.focus == Focus::Editor;
    let Some(project) = &app.project else {
        return;
    };
    let rule = if focused { "━" } else { "─" };
    let style = if focused { theme.focus } else { theme.border };
    let (shown, before, behind) = tabs(project, usize::from(area.width));
    let mut line = Line::new(area, screen);
    line.put(if before { "‹" } else { rule }, style);
    for tab in shown {
        let look = match (tab.active, focused) {
            (true, true) => theme.focus,
            (true, false) => theme.strong,
            _ => theme.muted,
        };
        let unsaved = tab.sign == "●";
        line.put(if tab.active && focused { "▸ " } else { "  " }, style)
            .put(&tab.label, look);
        if !tab.sign.is_empty() {
            line.put(" ", style)
                .put(tab.sign, if unsaved { theme.warn } else { theme.muted });
        }
        line.put(" ", style);
    }
    if behind {
        line.right("›", style);
    }
    line.fill(rule, style);
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
