//! Tables that templates choose from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, row, scrollbar};
use crate::event::{Sample, SampleInfo};
use crate::tui::app::{App, Focus};
use crate::tui::text;
use crate::tui::theme::Token;

/// Widest column that is shown.
const WIDEST: usize = 28;

/// ```text
///  ▸ pages csv 2 rows   hosts json 40
///      path     weight
///    1 /        10  83.3 %
///    2 /about   2   16.7 %
///  path: /about
/// ```
pub fn draw(app: &App, body: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let samples = &app.preview.panes.samples;
    let say = |text: &str, screen: &mut Buffer| {
        Line::new(row(body, 0), screen)
            .put(" ", theme.muted)
            .put(text, theme.muted);
    };
    let Some(infos) = &samples.infos else {
        return say(
            match app.preview.took {
                None => "working it out …",
                Some(_) => "samples belong to templates; this event source has none",
            },
            screen,
        );
    };
    let Some(info) = samples.info() else {
        return say("the project has no samples", screen);
    };
    list(app, infos, info, row(body, 0), screen);
    if let Some((message, place)) = &info.problem {
        let width = usize::from(body.width.saturating_sub(4));
        for (index, part) in text::wrap(message, width).iter().enumerate() {
            let sign = if index == 0 { " ✗ " } else { "   " };
            Line::new(row(body, index + 1), screen)
                .put(sign, theme.error)
                .put(part, theme.text);
        }
        let lines = text::wrap(message, width).len();
        if place.is_some() {
            Line::new(row(body, lines + 1), screen).put("   Enter goes there", theme.muted);
        }
        return;
    }
    let Some(table) = &samples.table else {
        return;
    };
    let rows = info.rows.unwrap_or(0);
    let digits = rows.to_string().len().max(2);
    let (first, columns) = columns(
        app,
        table,
        usize::from(body.width).saturating_sub(digits + 4),
    );
    let mut line = Line::new(row(body, 1), screen);
    line.put(&" ".repeat(digits + 3), theme.muted);
    for (index, wide) in &columns {
        let name = table.columns.get(*index).map_or("", String::as_str);
        let look = if table.header {
            theme.strong
        } else {
            theme.muted
        };
        line.put(&text::pad(name, *wide), look)
            .put("  ", theme.muted);
    }
    if first + columns.len() < table.columns.len() {
        line.right("› ", theme.muted);
    }
    let shown = samples.top..rows.min(samples.top + samples.height);
    for (offset, index) in shown.enumerate() {
        let area = row(body, offset + 2);
        cells(app, table, index, digits, &columns, area, screen);
    }
    if rows == 0 {
        Line::new(row(body, 2), screen).put("   no rows", theme.muted);
    }
    let below = Rect {
        y: body.y + 2.min(body.height),
        height: body.height.saturating_sub(5),
        ..body
    };
    scrollbar(below, samples.top, samples.height, rows, theme, screen);
    whole_cell(app, table, body, screen);
}

/// The tables, the shown one marked; those that have no room are left out at the left.
fn list(app: &App, infos: &[SampleInfo], shown: &SampleInfo, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let words = |info: &SampleInfo| match info.rows {
        Some(1) => format!(" {} 1 row", info.kind),
        Some(rows) => format!(" {} {} rows", info.kind, text::grouped(rows as u64)),
        None => format!(" {} ✗", info.kind),
    };
    let mut line = Line::new(area, screen);
    let chosen = infos
        .iter()
        .position(|one| one.name == shown.name)
        .unwrap_or(0);
    // Those before the chosen one are shown as long as all up to it fit.
    let wide = |info: &SampleInfo| text::width(&info.name) + text::width(&words(info)) + 4;
    let mut start = chosen;
    let mut room = line.room().saturating_sub(wide(shown));
    while let Some(before) = start.checked_sub(1).and_then(|index| infos.get(index)) {
        if wide(before) > room {
            break;
        }
        room -= wide(before);
        start -= 1;
    }
    line.put(if start > 0 { "‹" } else { " " }, theme.muted);
    for (index, info) in infos.iter().enumerate().skip(start) {
        let is = index == chosen;
        // One that is cut could be taken for another.
        if index > chosen && wide(info) > line.room() {
            line.right("› ", theme.muted);
            break;
        }
        let name = if is { theme.strong } else { theme.muted };
        let remark = match info.problem {
            Some(_) => theme.error,
            None => theme.muted,
        };
        line.put(if is { "▸ " } else { "  " }, theme.accent)
            .put(&info.name, name)
            .put(&words(info), remark);
    }
}

/// The first column that is shown, and those that fit with their widths.
fn columns(app: &App, table: &Sample, room: usize) -> (usize, Vec<(usize, usize)>) {
    let samples = &app.preview.panes.samples;
    let top = samples.top.saturating_sub(table.from);
    let visible = table.rows.iter().skip(top).take(samples.height.max(1));
    let mut widths: Vec<usize> = table.columns.iter().map(|name| text::width(name)).collect();
    for cells in visible {
        for (index, (cell, wide)) in cells.iter().zip(&mut widths).enumerate() {
            let own = text::width(cell) + share(table, index, cell).map_or(0, |one| one.len() + 1);
            *wide = (*wide).max(own);
        }
    }
    let widths: Vec<usize> = widths.iter().map(|wide| (*wide).clamp(1, WIDEST)).collect();
    let fit = |first: usize| {
        let mut left = room;
        let mut found = Vec::new();
        for (index, wide) in widths.iter().enumerate().skip(first) {
            let wide = (*wide).min(left.max(4));
            if wide > left && !found.is_empty() {
                break;
            }
            found.push((index, wide));
            left = left.saturating_sub(wide + 2);
        }
        found
    };
    // As far to the left as shows the chosen one whole.
    let chosen = samples.column;
    let first = (0..=chosen).find(|first| fit(*first).iter().any(|(index, _)| *index == chosen));
    let first = first.unwrap_or(chosen);
    (first, fit(first))
}

/// What share of the choices a weight stands for.
fn share(table: &Sample, column: usize, cell: &str) -> Option<String> {
    let name = table.columns.get(column)?;
    if !table.weights.contains(name) {
        return None;
    }
    let sum = (*table.sums.get(column)?)?;
    let weight: f64 = cell.trim().parse().ok()?;
    (sum > 0.0).then(|| format!("{:.1} %", weight / sum * 100.0))
}

fn cells(
    app: &App,
    table: &Sample,
    index: usize,
    digits: usize,
    columns: &[(usize, usize)],
    area: Rect,
    screen: &mut Buffer,
) {
    let theme = &app.theme;
    let samples = &app.preview.panes.samples;
    let chosen = samples.row == index;
    let focused = app.focus == Focus::Events;
    let search = samples.search.to_lowercase();
    let mut line = Line::new(area, screen);
    let number = if chosen {
        theme.gutter_current
    } else {
        theme.gutter
    };
    line.put(if chosen { "▸" } else { " " }, theme.accent)
        .put(&format!("{:>digits$}  ", index + 1), number);
    let Some(row) = samples.cells(index) else {
        line.put("…", theme.muted);
        return;
    };
    for (column, wide) in columns {
        let cell = row.get(*column).map_or("", String::as_str);
        let share = share(table, *column, cell);
        let look = match () {
            () if chosen && focused && samples.column == *column => theme.selection,
            () if !search.is_empty() && cell.to_lowercase().contains(&search) => theme.found,
            () if cell.parse::<f64>().is_ok() => theme.token(Token::Number),
            () => theme.text,
        };
        let room = share
            .as_ref()
            .map_or(*wide, |one| wide.saturating_sub(one.len() + 1));
        let clean = text::pad(&clean(cell), room);
        line.put(&clean, look);
        if let Some(share) = share {
            line.put(" ", theme.muted).put(&share, theme.muted);
        }
        line.put("  ", theme.muted);
    }
}

/// A cell in one line.
fn clean(cell: &str) -> String {
    let visible = |c: char| match c {
        '\n' => '↵',
        c if c.is_control() => '·',
        c => c,
    };
    match cell.chars().any(char::is_control) {
        true => cell.chars().map(visible).collect(),
        false => cell.to_owned(),
    }
}

/// The chosen cell in full, in the last rows.
fn whole_cell(app: &App, table: &Sample, body: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let samples = &app.preview.panes.samples;
    let (Some(cell), Some(name)) = (samples.cell(), table.columns.get(samples.column)) else {
        return;
    };
    if body.height < 7 {
        return;
    }
    let width = usize::from(body.width.saturating_sub(2));
    let whole = format!("{name}: {}", clean(cell));
    for (index, part) in text::wrap(&whole, width).iter().take(3).enumerate() {
        let at = usize::from(body.height) - 3 + index;
        Line::new(row(body, at), screen)
            .put(" ", theme.muted)
            .put(part, theme.token(Token::String));
    }
}
