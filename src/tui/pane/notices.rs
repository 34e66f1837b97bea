//! What shows up by itself: messages that wait their turn, and what can follow on keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::bars::on_bar;
use super::{Line, row};
use crate::tui::app::{App, Level, Toast, inner};
use crate::tui::command::Id;
use crate::tui::editor::View;
use crate::tui::layout::Layout;
use crate::tui::text;

/// Widest of the messages above the status line.
const WIDEST: usize = 72;
/// Fewest cells of a message beside the key that leads to the rest of it.
const LEAST: usize = 12;
/// Cells of a column of what can follow.
const COLUMN: u16 = 30;

/// One message in a line.
pub fn toast(app: &App, toast: &Toast, line: &mut Line<'_>) {
    let (sign, style) = match toast.level {
        Level::Info => ("", app.theme.bar),
        Level::Warn => ("! ", on_bar(app, app.theme.warn)),
        Level::Error => ("✗ ", on_bar(app, app.theme.error)),
    };
    let room = line.room().saturating_sub(3);
    line.put(sign, style);
    let key = app.keymap.label(Id::Messages);
    let rest = format!(" {key}: all");
    // Where a message is cut, the list of messages has the rest.
    let cut = text::width(&toast.text) > room && !key.is_empty();
    let less = room.checked_sub(text::width(&rest));
    match less.filter(|less| cut && *less >= LEAST) {
        Some(less) => line
            .put(&text::fit_paths(&toast.text, less), style)
            .put(&rest, app.theme.hint_key),
        None => line.put(&text::fit_paths(&toast.text, room), style),
    };
}

/// The messages before the newest one, above the status line at the right. They keep off the cursor's
/// line and what is typed into.
pub fn older(app: &App, layout: &Layout, cursor: Option<Position>, screen: &mut Buffer) {
    let Some(status) = layout.status else {
        return;
    };
    let waiting = app.toasts.len().saturating_sub(1);
    let find = find_rows(app, layout);
    let free = |y: u16| {
        let typed = find.is_some_and(|rows| (rows.top()..rows.bottom()).contains(&y));
        !typed && cursor.is_none_or(|at| at.y != y)
    };
    let mut rows = (3..status.y).rev().filter(|y| free(*y));
    for shown in app.toasts.iter().take(waiting).rev() {
        let Some(y) = rows.next() else {
            return;
        };
        let wide = (text::width(&shown.text) + 6)
            .min(WIDEST)
            .min(usize::from(status.width));
        let width = u16::try_from(wide).unwrap_or(status.width);
        let place = Rect {
            x: status.right().saturating_sub(width),
            y,
            width,
            height: 1,
        };
        let mut line = Line::new(place, screen);
        line.put(" ", app.theme.bar);
        toast(app, shown, &mut line);
        line.fill(" ", app.theme.bar);
    }
}

/// The lines of an open search.
fn find_rows(app: &App, layout: &Layout) -> Option<Rect> {
    let (area, buffer) = (layout.editor?, app.buffer()?);
    View::of(buffer, inner(area)).find
}

/// After a pause: all that can follow on the keys pressed, in columns above the status line.
pub fn following(app: &App, layout: &Layout, screen: &mut Buffer) {
    let Some(status) = layout.status.filter(|_| app.pending.visible) else {
        return;
    };
    let next = app.following();
    let columns = usize::from((status.width / COLUMN).max(1));
    let rows = next.len().div_ceil(columns);
    let height = u16::try_from(rows + 1).unwrap_or(u16::MAX).min(status.y);
    let area = Rect {
        y: status.y - height,
        height,
        ..status
    };
    for place in area.intersection(screen.area).positions() {
        if let Some(cell) = screen.cell_mut(place) {
            cell.reset();
            cell.set_style(app.theme.popup);
        }
    }
    let on_ground = |style: Style| Style {
        bg: app.theme.popup.bg,
        ..style
    };
    let style = on_ground(app.theme.focus);
    let key_style = on_ground(app.theme.accent).add_modifier(Modifier::BOLD);
    let pressed = crate::tui::keymap::label(&app.pending.keys);
    Line::new(row(area, 0), screen)
        .put("━ ", style)
        .put(&pressed, style)
        .put(" ", style)
        .fill("━", style);
    let width = status.width / u16::try_from(columns).unwrap_or(1).max(1);
    for (index, (key, title)) in next.iter().enumerate() {
        let column = u16::try_from(index / rows.max(1)).unwrap_or(u16::MAX);
        let place = row(area, 1 + index % rows.max(1));
        let x = area.x.saturating_add(column.saturating_mul(width));
        let place = Rect { x, width, ..place };
        Line::new(place, screen)
            .put(" ", app.theme.popup)
            .put(&text::pad(key, 6), key_style)
            .put(" ", app.theme.popup)
            .put(
                &text::fit(title, usize::from(width).saturating_sub(9)),
                app.theme.popup,
            );
    }
}
