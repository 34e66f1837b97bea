//! Drawing the screens about running generators: one file a screen, a bar of their names above.

mod faults;
mod flow;
mod globals;
mod logs;
mod overview;
mod tail;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Line;
use crate::tui::app::{App, Screen};

/// Draws the shown screen.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    names(app, area, screen);
    let body = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    match app.screen {
        Screen::Design => {}
        Screen::Overview => overview::draw(app, body, screen),
        Screen::Flow => flow::draw(app, body, screen),
        Screen::Faults => faults::draw(app, body, screen),
        Screen::Tail => tail::draw(app, body, screen),
        Screen::Logs => logs::draw(app, body, screen),
        Screen::Globals => globals::draw(app, body, screen),
    }
}

fn names(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let mut line = Line::new(area, screen);
    line.put("━", theme.focus);
    for (index, one) in Screen::MONITOR.into_iter().enumerate() {
        let shown = one == app.screen;
        let style = if shown { theme.focus } else { theme.muted };
        line.put(if shown { "▸" } else { " " }, theme.focus)
            .put(&format!("{} {} ", index + 1, one.title()), style);
    }
    if app.screen.is_about_one()
        && let Some(id) = &app.monitor.chosen
    {
        line.right("━", theme.focus)
            .right(&format!(" {id} "), theme.strong);
    }
    line.fill("━", theme.focus);
}
