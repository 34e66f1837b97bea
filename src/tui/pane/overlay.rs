//! Boxes over the panes: help, lists to choose from, questions.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Line, row};
use crate::tui::app::{App, Dialog, Overlay, Palette, Prompt};
use crate::tui::command;
use crate::tui::text;

/// What help says about keys that are no commands.
const MOVING: &[(&str, &str)] = &[
    (
        "Arrows, Home, PgUp, …",
        "Move; with Shift select, with Ctrl by words or to the ends",
    ),
    (
        "Tab, Shift-Tab",
        "In the editor: indent, or take a level back",
    ),
    (
        "Enter",
        "In the files: open; in the events: go to the problem, or zoom",
    ),
    ("← →", "In the timestamps: shorter and longer span"),
    (
        "Mouse",
        "Click to go there, wheel to scroll, drag to select",
    ),
];

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) -> Option<Position> {
    match app.overlays.last()? {
        Overlay::Help(top) => {
            help(app, *top, area, screen);
            None
        }
        Overlay::Palette(palette) => palette_box(app, palette, area, screen),
        Overlay::Dialog(dialog) => {
            dialog_box(app, dialog, area, screen);
            None
        }
        Overlay::Prompt(prompt) => prompt_line(app, prompt, area, screen),
    }
}

/// Over the lowest rows above status and hints, so that what it changes stays in view.
fn prompt_line(app: &App, prompt: &Prompt, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let body = crate::tui::layout::between(area, &app.layout());
    let height = body.height.min(3);
    let place = Rect {
        y: body.bottom() - height,
        height,
        ..body
    };
    for position in place.intersection(screen.area).positions() {
        if let Some(cell) = screen.cell_mut(position) {
            cell.reset();
            cell.set_style(theme.popup);
        }
    }
    // The line itself comes first where there is no room for all three.
    let (title, typed) = if height >= 2 { (Some(0), 1) } else { (None, 0) };
    if let Some(title) = title {
        Line::new(row(place, title), screen)
            .put("━ ", on_popup(app, theme.focus))
            .put(&prompt.title, on_popup(app, theme.focus))
            .put(" ", theme.popup)
            .fill("━", on_popup(app, theme.focus));
    }
    let line = row(place, typed);
    Line::new(line, screen)
        .put(" > ", on_popup(app, theme.accent))
        .put(prompt.input.text(), theme.popup);
    let (remark, style) = match &prompt.remark {
        Ok(words) => (words, on_popup(app, theme.muted)),
        Err(why) => (why, on_popup(app, theme.error)),
    };
    if height >= 3 {
        let room = usize::from(place.width).saturating_sub(2);
        Line::new(row(place, 2), screen)
            .put(" ", style)
            .put(&text::fit(remark, room), style);
    }
    let x = line.x.saturating_add(3);
    let x = x.saturating_add(u16::try_from(prompt.input.cursor()).unwrap_or(u16::MAX));
    (line.height > 0 && x < line.right()).then_some(Position { x, y: line.y })
}

/// A framed box of at most that size, clear inside; gives its inner area.
fn framed(
    app: &App,
    area: Rect,
    width: u16,
    height: u16,
    at: Place,
    title: &str,
    screen: &mut Buffer,
) -> Rect {
    let theme = &app.theme;
    let (width, height) = (width.min(area.width), height.min(area.height));
    let room = area.height - height;
    let y = match at {
        Place::Middle => area.y + room / 2,
        Place::Top => area.y + room.min(2),
    };
    let area = Rect {
        x: area.x + (area.width - width) / 2,
        y,
        width,
        height,
    };
    for place in area.intersection(screen.area).positions() {
        if let Some(cell) = screen.cell_mut(place) {
            cell.reset();
            cell.set_style(theme.popup);
        }
    }
    if width < 2 || height < 2 {
        return area;
    }
    let edge = on_popup(app, theme.focus);
    for index in 0..height {
        let place = row(area, usize::from(index));
        let (left, right) = match index {
            0 => ("┏", "┓"),
            _ if index == height - 1 => ("┗", "┛"),
            _ => ("┃", "┃"),
        };
        let mut line = Line::new(place, screen);
        line.put(left, edge).right(right, edge);
        if index == 0 || index == height - 1 {
            line.fill("━", edge);
        }
    }
    let heading = Rect {
        x: area.x + 2,
        width: width.saturating_sub(4),
        height: 1,
        ..area
    };
    if !title.is_empty() && heading.width > 4 {
        Line::new(heading, screen)
            .put(" ", edge)
            .put(title, edge)
            .put(" ", edge);
    }
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: width - 2,
        height: height - 2,
    }
}

enum Place {
    Middle,
    Top,
}

fn on_popup(app: &App, style: Style) -> Style {
    let mut out = style;
    out.bg = app.theme.popup.bg;
    out
}

/// Keys and texts of help.
fn help_lines() -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for command in command::all() {
        let keys = command.key_labels();
        if !keys.is_empty() {
            let asks = if command.asks { " (may ask)" } else { "" };
            lines.push((keys, format!("{}: {}{asks}", command.title, command.help)));
        }
    }
    lines.push((String::new(), String::new()));
    lines.extend(
        MOVING
            .iter()
            .map(|(keys, text)| ((*keys).to_owned(), (*text).to_owned())),
    );
    lines
}

/// Rows that help has.
pub fn help_rows(_app: &App) -> usize {
    help_lines().len()
}

fn help(app: &App, top: usize, area: Rect, screen: &mut Buffer) {
    let lines = help_lines();
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let body = framed(
        app,
        area,
        110,
        height,
        Place::Middle,
        "Keys and commands",
        screen,
    );
    let top = top.min(lines.len().saturating_sub(usize::from(body.height)));
    let widest = lines.iter().map(|(keys, _)| text::width(keys)).max();
    let column = widest
        .unwrap_or(0)
        .min(usize::from(body.width) * 3 / 10)
        .max(8);
    for (index, (keys, text)) in lines
        .iter()
        .skip(top)
        .take(usize::from(body.height))
        .enumerate()
    {
        let mut line = Line::new(row(body, index), screen);
        line.put(" ", app.theme.popup);
        line.put(&text::pad(keys, column), on_popup(app, app.theme.accent));
        // A blank before the text, and one column for the scroll bar.
        let room = line.room().saturating_sub(2);
        line.put(" ", app.theme.popup)
            .put(&text::fit(text, room), app.theme.popup);
    }
    super::scrollbar(
        body,
        top,
        usize::from(body.height),
        lines.len(),
        &app.theme,
        screen,
    );
}

fn palette_box(app: &App, palette: &Palette, area: Rect, screen: &mut Buffer) -> Option<Position> {
    let theme = &app.theme;
    let matching = palette.matching();
    let height = u16::try_from(matching.len().clamp(1, 14) + 3).unwrap_or(17);
    let body = framed(app, area, 78, height, Place::Top, palette.title, screen);
    let mut line = Line::new(row(body, 0), screen);
    line.put(" > ", on_popup(app, theme.accent))
        .put(palette.input.text(), theme.popup);
    let list = Rect {
        y: body.y + 1.min(body.height),
        height: body.height.saturating_sub(1),
        ..body
    };
    let shown = usize::from(list.height).max(1);
    let first = (palette.chosen + 1).saturating_sub(shown);
    if matching.is_empty() {
        Line::new(row(list, 0), screen).put("   nothing matches", on_popup(app, theme.muted));
    }
    for (index, item) in matching.iter().enumerate().skip(first).take(shown) {
        let place = row(list, index - first);
        let chosen = index == palette.chosen;
        let plain = if item.refused.is_some() {
            on_popup(app, theme.muted)
        } else {
            theme.popup
        };
        let mut line = Line::new(place, screen);
        line.put(
            if chosen { " ▸ " } else { "   " },
            on_popup(app, theme.accent),
        );
        line.put(&item.title, plain);
        if !item.key.is_empty() {
            line.right(&format!("{} ", item.key), on_popup(app, theme.accent));
        }
        let detail = item.refused.unwrap_or(&item.detail);
        let room = line.room().saturating_sub(3);
        line.put("  ", plain)
            .put(&text::fit(detail, room), on_popup(app, theme.muted));
        if chosen {
            screen.set_style(place, theme.selection);
        }
    }
    let x = body
        .x
        .saturating_add(3)
        .saturating_add(u16::try_from(palette.input.cursor()).unwrap_or(0));
    (body.height > 0 && x < body.right()).then_some(Position { x, y: body.y })
}

fn dialog_box(app: &App, dialog: &Dialog, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let buttons: usize = dialog
        .choices
        .iter()
        .map(|choice| text::width(choice.label) + 9)
        .sum();
    let widest = dialog
        .lines
        .iter()
        .map(|line| text::width(line) + 4)
        .max()
        .unwrap_or(0);
    let width = u16::try_from(buttons.max(widest).max(30) + 2).unwrap_or(u16::MAX);
    // The frame and a blank at the start of a row of answers leave that much to them.
    let room = usize::from(width.min(area.width)).saturating_sub(4);
    let rows = button_rows(dialog, room);
    let height = u16::try_from(dialog.lines.len() + rows.len() + 4).unwrap_or(u16::MAX);
    let body = framed(
        app,
        area,
        width,
        height,
        Place::Middle,
        &dialog.title,
        screen,
    );
    // Where there is no room for air, the answers come first.
    let high = usize::from(body.height);
    let airy = high >= dialog.lines.len() + rows.len() + 2;
    let first = usize::from(airy);
    for (index, text) in dialog.lines.iter().enumerate() {
        let mut line = Line::new(row(body, first + index), screen);
        line.put("  ", theme.popup).put(text, theme.popup);
    }
    let at = (dialog.lines.len() + 2 * first).min(high.saturating_sub(rows.len()));
    let chosen = rows.iter().position(|row| row.contains(&dialog.chosen));
    // Where even the answers do not fit, the chosen one is in view.
    let skipped = (chosen.unwrap_or(0) + 1).saturating_sub(high.max(1));
    for (index, shown) in rows.into_iter().skip(skipped).enumerate() {
        let mut line = Line::new(row(body, at + index), screen);
        line.put("  ", theme.popup);
        for index in shown {
            let style = if index == dialog.chosen {
                theme.selection
            } else {
                theme.popup
            };
            line.put(&button(dialog, index), style)
                .put("  ", theme.popup);
        }
        line.fill(" ", theme.popup);
    }
}

/// An answer as shown.
fn button(dialog: &Dialog, index: usize) -> String {
    let open = if index == dialog.chosen { "▸" } else { " " };
    dialog
        .choices
        .get(index)
        .map_or_else(String::new, |choice| {
            format!("{open}{} [{}] ", choice.label, choice.key)
        })
}

/// The answers in rows of at most that many cells; one that is wider has a row to itself.
fn button_rows(dialog: &Dialog, room: usize) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    let mut used = 0;
    for index in 0..dialog.choices.len() {
        let wide = text::width(&button(dialog, index));
        match rows.last_mut().filter(|_| used + 2 + wide <= room) {
            Some(row) => {
                row.end = index + 1;
                used += 2 + wide;
            }
            None => {
                rows.push(index..index + 1);
                used = wide;
            }
        }
    }
    rows
}
