//! Drawing the screens about running generators: one file a screen, a bar of their names above.

mod chart;
mod faults;
mod flow;
mod flow_parts;
mod globals;
mod logs;
mod overview;
mod paint;
mod tail;

pub use globals::space_at;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::Line;
use crate::tui::app::{App, Screen};
use crate::tui::monitor::history::LEAST_LAG;
use crate::tui::monitor::overview_table::{Placed, Standing};
use crate::tui::text;
use crate::tui::theme::Theme;

pub use flow::part_at;

/// Draws the shown screen.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    names(app, area, screen);
    let body = below(area, 1);
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

/// The place of the shown screen, below the names.
fn body(app: &App) -> Rect {
    below(crate::tui::layout::between(app.size, &app.layout()), 1)
}

/// Where the rows of the table of generators are.
pub fn table_area(app: &App) -> Rect {
    overview::table(app, body(app))
}

/// Its columns.
pub fn table_columns(app: &App) -> Vec<Placed> {
    overview::placed(app, body(app))
}

/// The screen whose name stands at a place of the bar above.
pub fn screen_name_at(app: &App, at: Position) -> Option<Screen> {
    let area = crate::tui::layout::between(app.size, &app.layout());
    if area.is_empty() || at.y != area.y {
        return None;
    }
    let mut x = usize::from(area.x) + 1;
    let at = usize::from(at.x);
    labels(app, area).into_iter().find_map(|(one, label)| {
        let from = x;
        x += text::width(&label) + 1;
        (from..x).contains(&at).then_some(one)
    })
}

/// The names of the screens as they stand in the bar. Where they would leave no room for the generator
/// that the shown one is about, those of the others are their numbers only.
fn labels(app: &App, area: Rect) -> Vec<(Screen, String)> {
    let all = |brief: bool| -> Vec<(Screen, String)> {
        let screens = Screen::MONITOR.into_iter().enumerate();
        screens
            .map(|(index, one)| {
                let title = one.title();
                let label = if brief && one != app.screen {
                    format!("{} ", index + 1)
                } else {
                    format!("{} {title} ", index + 1)
                };
                (one, label)
            })
            .collect()
    };
    let long = all(false);
    let wide = |list: &[(Screen, String)]| -> usize {
        list.iter().map(|(_, label)| text::width(label) + 1).sum()
    };
    let id = match &app.monitor.chosen {
        Some(id) if app.screen.is_about_one() => text::width(id) + 5,
        _ => 0,
    };
    if id > 0 && wide(&long) + id > usize::from(area.width) {
        all(true)
    } else {
        long
    }
}

fn names(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let mut line = Line::new(area, screen);
    line.put("━", theme.focus);
    for (one, label) in labels(app, area) {
        let shown = one == app.screen;
        let style = if shown { theme.focus } else { theme.muted };
        line.put(if shown { "▸" } else { " " }, theme.focus)
            .put(&label, style);
    }
    if app.screen.is_about_one()
        && let Some(id) = &app.monitor.chosen
    {
        line.right("━", theme.focus)
            .right(&format!(" {id} "), theme.strong);
    }
    line.fill("━", theme.focus);
}

/// The area without its first rows.
fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    }
}

/// The first rows of an area.
fn above(area: Rect, rows: u16) -> Rect {
    Rect {
        height: rows.min(area.height),
        ..area
    }
}

/// Columns of an area.
fn columns(area: Rect, at: usize, cells: usize) -> Rect {
    let at = u16::try_from(at).unwrap_or(u16::MAX).min(area.width);
    let cells = u16::try_from(cells).unwrap_or(u16::MAX);
    Rect {
        x: area.x + at,
        width: cells.min(area.width - at),
        ..area
    }
}

/// How a state looks.
fn look(standing: Standing, theme: &Theme) -> Style {
    match standing {
        Standing::Bad => theme.error,
        Standing::Between => theme.warn,
        Standing::Good => theme.ok,
        Standing::Over => theme.muted,
    }
}

/// A text at the right end of so many cells.
fn right(text: &str, cells: usize) -> String {
    let text = text::fit(text, cells);
    let missing = cells.saturating_sub(text::width(&text));
    format!("{}{text}", " ".repeat(missing))
}

/// How long, in at most six cells: `12:34`, `5h 02m`, `12d 3h`.
fn brief(time: std::time::Duration) -> String {
    let s = time.as_secs();
    match s {
        0..3_600 => format!("{:02}:{:02}", s / 60, s % 60),
        3_600..86_400 => format!("{}h {:02}m", s / 3_600, s / 60 % 60),
        86_400..864_000 => format!("{}d {:02}h", s / 86_400, s / 3_600 % 24),
        _ => format!("{}d", s / 86_400),
    }
}

/// A delay in at most six cells: `0`, `250ms`, `1.5s`, `12m`.
fn delay(time: std::time::Duration) -> String {
    if time < LEAST_LAG {
        return "0".to_owned();
    }
    let us = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    text::ahead(us).trim_start_matches('+').to_owned()
}

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A level of a bar for a value; what is not nothing is never drawn as nothing.
fn bar(value: f32, most: f32) -> &'static str {
    if value <= 0.0 || most <= 0.0 {
        return " ";
    }
    BARS.get(eighths(value, most, 1).clamp(1, 8) - 1)
        .copied()
        .unwrap_or("█")
}

/// How many eighths of `rows` rows a value fills.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the height of the screen"
)]
fn eighths(value: f32, most: f32, rows: usize) -> usize {
    let whole = rows * 8;
    if most <= 0.0 || !value.is_finite() {
        return 0;
    }
    let share = (value / most).clamp(0.0, 1.0);
    let filled = (f64::from(share) * whole as f64).round() as usize;
    if value > 0.0 { filled.max(1) } else { 0 }
}

/// A row of cells, filled from the left, and how full it is.
fn gauge(line: &mut Line<'_>, share: f32, cells: usize, theme: &Theme) {
    let eighths = eighths(share, 1.0, cells);
    let filled = eighths.div_ceil(8).min(cells);
    let style = if share >= 0.9 {
        theme.warn
    } else {
        theme.accent
    };
    line.put(&"█".repeat(filled), style)
        .put(&"░".repeat(cells - filled), theme.border);
}
