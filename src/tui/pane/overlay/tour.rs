//! A step of the tour.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Hit, Place, boxed, framed, on_popup};
use crate::tui::app::{App, TOUR};
use crate::tui::command::Command;
use crate::tui::pane::{Line, row};
use crate::tui::text;

fn whole(step: usize, area: Rect) -> Rect {
    let rows = TOUR
        .get(step)
        .map_or(0, |step| step.lines.len() + step.commands.len());
    let height = u16::try_from(rows + 5).unwrap_or(u16::MAX);
    boxed(area, 84, height, Place::Middle)
}

/// What a click is on: anywhere in the box goes on.
pub fn hit(step: usize, area: Rect, at: Position) -> Hit {
    if whole(step, area).contains(at) {
        Hit::Inside
    } else {
        Hit::Outside
    }
}

pub fn draw(app: &App, index: usize, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let Some(step) = TOUR.get(index) else {
        return;
    };
    let title = format!("{} of {}: {}", index + 1, TOUR.len(), step.title);
    let body = framed(app, whole(index, area), &title, screen);
    let mut at = usize::from(body.height > 6);
    for line in step.lines {
        let room = usize::from(body.width).saturating_sub(4);
        Line::new(row(body, at), screen)
            .put("  ", theme.popup)
            .put(&text::fit(line, room), theme.popup);
        at += 1;
    }
    at += usize::from(body.height > 8);
    let keys = |id| match app.keymap.label(id) {
        none if none.is_empty() => "in the list of commands".to_owned(),
        key => key,
    };
    let widest = step.commands.iter().map(|id| text::width(&keys(*id))).max();
    for command in step.commands.iter().filter_map(|id| Command::get(*id)) {
        let keys = text::pad(&keys(command.id), widest.unwrap_or(0));
        let mut line = Line::new(row(body, at), screen);
        line.put("  ", theme.popup)
            .put(&keys, on_popup(app, theme.accent))
            .put("  ", theme.popup)
            .put(command.title, on_popup(app, theme.strong));
        let room = line.room().saturating_sub(4);
        line.put("  ", theme.popup)
            .put(&text::fit(command.help, room), on_popup(app, theme.muted));
        at += 1;
    }
    let last = usize::from(body.height).saturating_sub(1);
    let next = if index + 1 == TOUR.len() {
        "Enter: start"
    } else {
        "Enter: next"
    };
    let text = format!("{next}   ←: back   Esc: skip   the command Tour shows it again");
    Line::new(row(body, last), screen)
        .put("  ", theme.popup)
        .put(&text, on_popup(app, theme.muted));
}
