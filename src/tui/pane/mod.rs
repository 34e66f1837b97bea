//! Drawing: one small function a part, from the state, without changing it.

mod assist;
mod bars;
mod editor;
mod events;
mod files;
mod histogram;
mod monitor;
mod notices;
mod overlay;
mod pipeline;
mod samples;
mod sheet;
mod start;
mod tabs;
mod targets;
mod timestamps;
mod vim;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::app::{App, Screen};
use super::theme::Theme;
use super::{signs, text};
use crate::tui::canvas::Canvas;

pub use assist::{told_reach, word_at};
pub use monitor::space_at;
pub use monitor::{part_at as flow_part_at, screen_name_at, table_area, table_columns};
pub use overlay::{Hit, hit, reach};
pub use start::project_at;
pub use tabs::{Lead, right_tabs};
pub use targets::{Target, bar_command, bar_press, targets};
pub use timestamps::chart as time_chart;

/// Draws everything; gives the place of the cursor when there is one. A terminal that has another size
/// by now gets what it has room for, until the new size is heard of: panes rely on the size they were
/// laid out for.
pub fn draw(app: &App, screen: &mut Buffer) -> Option<Position> {
    if screen.area == app.size {
        let cursor = whole(app, screen);
        if app.ascii() {
            signs::flatten(screen);
        }
        return cursor;
    }
    let mut made = Buffer::empty(app.size);
    let cursor = whole(app, &mut made);
    if app.ascii() {
        signs::flatten(&mut made);
    }
    let seen = screen.area.intersection(app.size);
    for position in seen.positions() {
        if let (Some(to), Some(from)) = (screen.cell_mut(position), made.cell(position)) {
            to.clone_from(from);
        }
    }
    cursor.filter(|position| seen.contains(*position))
}

fn whole(app: &App, screen: &mut Buffer) -> Option<Position> {
    let area = app.size;
    screen.set_style(area, app.theme.text);
    let layout = app.layout();
    #[cfg(debug_assertions)]
    app.fail_when_asked();
    if let Some(area) = layout.title {
        bars::title(app, area, screen);
    }
    if let Some(area) = layout.status {
        bars::status(app, area, screen);
    }
    if let Some(area) = layout.hints {
        bars::hints(app, area, screen);
    }
    let cursor = if app.screen != Screen::Design {
        let body = super::layout::between(area, &layout);
        monitor::draw(app, body, screen);
        None
    } else if app.start.is_some() {
        start::draw(app, area, &layout, screen);
        None
    } else {
        let cursor = panes(app, &layout, screen);
        if let Some(cursor) = cursor {
            let body = super::layout::between(area, &layout);
            assist::draw(app, cursor, body, screen);
        }
        vim::prompt(app, layout.status, screen).or(cursor)
    };
    notices::older(app, &layout, cursor, screen);
    notices::following(app, &layout, screen);
    if app.overlays.is_empty() {
        cursor
    } else {
        overlay::draw(app, area, screen)
    }
}

fn panes(app: &App, layout: &super::layout::Layout, screen: &mut Buffer) -> Option<Position> {
    for rule in layout.rules.into_iter().flatten() {
        for y in rule.top()..rule.bottom() {
            let symbol = if y == rule.y { "┬" } else { "│" };
            screen.set_within(rule.x, y, symbol, 1, app.theme.border);
        }
    }
    if let Some(area) = layout.files {
        files::draw(app, area, screen);
    }
    if let Some(area) = layout.timestamps {
        timestamps::draw(app, area, screen);
    }
    if let Some(area) = layout.events {
        events::draw(app, area, screen);
    }
    if let Some(area) = layout.pipeline {
        pipeline::draw(app, area, screen);
    }
    layout
        .editor
        .and_then(|area| editor::draw(app, area, screen))
}

/// Writes pieces of text one after the other, within an area's first row.
pub struct Line<'a> {
    at: u16,
    end: u16,
    y: u16,
    screen: &'a mut Buffer,
}

impl<'a> Line<'a> {
    /// A line in the first row of an area; nothing is written when the area has no row.
    pub fn new(area: Rect, screen: &'a mut Buffer) -> Self {
        let area = area.intersection(screen.area);
        let end = if area.height == 0 {
            area.x
        } else {
            area.right()
        };
        Self {
            at: area.x,
            end,
            y: area.y,
            screen,
        }
    }

    /// Appends a text, cut where the line ends.
    pub fn put(&mut self, text: &str, style: Style) -> &mut Self {
        let room = self.room();
        if room > 0 {
            let (x, _) = self.screen.set_within(self.at, self.y, text, room, style);
            self.at = x;
        }
        self
    }

    /// Cells left.
    pub fn room(&self) -> usize {
        usize::from(self.end.saturating_sub(self.at))
    }

    /// Appends a text at the right end, when it fits with a blank before it.
    pub fn right(&mut self, text: &str, style: Style) -> &mut Self {
        let wide = text::width(text);
        if wide > 0 && wide < self.room() {
            let x = self.end - u16::try_from(wide).unwrap_or(0);
            self.screen.set_within(x, self.y, text, wide, style);
            self.end = x;
        }
        self
    }

    /// Fills what is left.
    pub fn fill(&mut self, symbol: &str, style: Style) -> &mut Self {
        while self.at < self.end {
            self.screen.set_within(self.at, self.y, symbol, 1, style);
            self.at += 1;
        }
        self
    }
}

/// A pane's first row: its name in a rule, heavy where the keys are, and a remark at the right.
fn heading(
    area: Rect,
    names: &[(&str, bool)],
    remark: &str,
    focused: bool,
    theme: &Theme,
    screen: &mut Buffer,
) {
    let rule = if focused { "━" } else { "─" };
    let style = if focused { theme.focus } else { theme.border };
    let mut line = Line::new(area, screen);
    line.put(rule, style);
    for (name, chosen) in names {
        let marked = focused && *chosen;
        line.put(if marked { "▸ " } else { " " }, style);
        let look = match (*chosen, focused) {
            (true, true) => theme.focus,
            (true, false) => theme.strong,
            _ => theme.muted,
        };
        line.put(name, look).put(" ", style);
    }
    if !remark.is_empty() {
        let remark = format!(" {} ", text::fit(remark, line.room().saturating_sub(4)));
        line.right(rule, style);
        line.right(&remark, theme.muted);
    }
    line.fill(rule, style);
}

/// A row of an area, counted from its top; empty when there is none.
fn row(area: Rect, index: usize) -> Rect {
    let offset = u16::try_from(index).unwrap_or(u16::MAX);
    let y = area.y.saturating_add(offset);
    Rect {
        y,
        height: u16::from(y < area.bottom()),
        ..area
    }
}

/// A bar that shows where a view stands in something longer, in an area's last column.
fn scrollbar(
    area: Rect,
    top: usize,
    shown: usize,
    whole: usize,
    theme: &Theme,
    screen: &mut Buffer,
) {
    let height = usize::from(area.height);
    if whole <= shown || height == 0 || area.width < 2 {
        return;
    }
    let length = (height * shown / whole).max(1);
    let start = (height - length) * top.min(whole - shown) / (whole - shown);
    let x = area.right() - 1;
    for index in start..start + length {
        let y = area.y + u16::try_from(index).unwrap_or(0);
        screen.set_within(x, y, "▐", 1, theme.border);
    }
}
