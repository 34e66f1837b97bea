//! A step of the tour.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::frame::{Frame, Place, roomy};
use super::{Hit, on_popup};
use crate::tui::app::{App, TOUR};
use crate::tui::command::Command;
use crate::tui::pane::{Line, row};
use crate::tui::text;

fn frame(step: usize, area: Rect) -> Frame {
    let rows = TOUR
        .get(step)
        .map_or(0, |step| step.lines.len() + step.commands.len());
    // On a small screen sentences go on in the next row.
    let more = if roomy(area) { 0 } else { rows };
    let height = u16::try_from(rows + more + 6).unwrap_or(u16::MAX);
    Frame::new(area, 84, height, Place::Middle)
}

/// What a click is on: anywhere in the box goes on.
pub fn hit(step: usize, area: Rect, at: Position) -> Hit {
    if frame(step, area).whole.contains(at) {
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
    let frame = frame(index, area);
    frame.draw(app, &title, screen);
    let body = frame.body;
    let airy = roomy(area);
    let indent = if airy { "  " } else { " " };
    let room = usize::from(body.width).saturating_sub(2 * indent.len());
    // What leads on keeps the last row.
    let last = usize::from(body.height).saturating_sub(1);
    let mut at = usize::from(airy && body.height > 6);
    let lines = step.lines.iter();
    for line in lines.flat_map(|line| text::wrap_indented(line, room)) {
        if at < last {
            Line::new(row(body, at), screen)
                .put(indent, theme.popup)
                .put(&line, theme.popup);
        }
        at += 1;
    }
    at += usize::from(airy && body.height > 8);
    let keys = |id| match app.keymap.label(id) {
        none if none.is_empty() => "in the list of commands".to_owned(),
        key => key,
    };
    let widest = step.commands.iter().map(|id| text::width(&keys(*id))).max();
    let room = last.saturating_sub(at);
    let commands = step.commands.iter().filter_map(|id| Command::get(*id));
    for command in commands.take(room) {
        let keys = text::pad(&keys(command.id), widest.unwrap_or(0));
        let mut line = Line::new(row(body, at), screen);
        line.put(indent, theme.popup)
            .put(&keys, on_popup(app, theme.accent))
            .put("  ", theme.popup)
            .put(command.title, on_popup(app, theme.strong));
        let room = line.room().saturating_sub(4);
        line.put("  ", theme.popup)
            .put(&text::fit(command.help, room), on_popup(app, theme.muted));
        at += 1;
    }
    let next = if index + 1 == TOUR.len() {
        "Enter: start"
    } else {
        "Enter: next"
    };
    let more = "   the command Tour shows it again";
    let mut text = format!("{next}   ←: back   Esc: skip");
    if text::width(&text) + text::width(more) + 2 <= usize::from(body.width) {
        text.push_str(more);
    }
    Line::new(row(body, last), screen)
        .put(indent, theme.popup)
        .put(&text, on_popup(app, theme.muted));
}
