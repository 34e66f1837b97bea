//! What was logged.
//!
//! ```text
//! of which generator, from which level, how many, search, follow
//! ▸ 09:30:00.250 error web-access  output[0].file: ...
//! ```

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint;
use super::tail::{beside_bar, edge};
use crate::instance::{LogLevel, LogRecord};
use crate::time::Moment;
use crate::tui::app::{App, inner};
use crate::tui::monitor::logs::{self, Entry, MARK};
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;
use crate::tui::theme::Theme;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    counts(app, area, screen);
    let body = inner(area);
    let state = &app.monitor.logs;
    if state.count() == 0 {
        let said = match state.kept() {
            0 => "nothing was logged yet",
            _ => "nothing that is kept passes: l and g show more",
        };
        Line::new(row(body, 0), screen).put(&format!(" {said}"), app.theme.muted);
        return;
    }
    let height = usize::from(body.height);
    let (mut y, mut index, mut skip) = (0, state.list.top, state.list.skip);
    while let Some(entry) = state.entry(index).filter(|_| y < height) {
        let chosen = index == state.list.chosen;
        match entry {
            Entry::Missed(count) => {
                missed(app, *count, chosen, beside_bar(row(body, y)), screen);
                y += 1;
            }
            Entry::Record(record) => {
                let rows = state.rows(&record.message);
                for (part, content) in rows.iter().enumerate().skip(skip) {
                    if y >= height {
                        break;
                    }
                    let place = beside_bar(row(body, y));
                    record_row(app, record, part, content, chosen, place, screen);
                    y += 1;
                }
            }
        }
        (index, skip) = (index + 1, 0);
    }
    scrollbar(
        body,
        state.list.top,
        height,
        state.count(),
        &app.theme,
        screen,
    );
}

/// `all generators  from warn up  1,204 of 2,000 records  7 missed  search timeout  ● follows`
fn counts(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let state = &app.monitor.logs;
    let mut line = Line::new(area, screen);
    line.put(" ", theme.text);
    match &state.only {
        Some(id) => line.put("of ", theme.muted).put(id, theme.strong),
        None => line.put("of all generators", theme.muted),
    };
    if state.least > LogLevel::Debug {
        line.put("  from ", theme.muted)
            .put(logs::word(state.least), level_style(state.least, theme))
            .put(" up", theme.muted);
    }
    let (shown, kept) = (state.count() as u64, state.kept() as u64);
    line.put(&format!("  {}", text::grouped(shown)), theme.text);
    if shown < kept {
        line.put(&format!(" of {}", text::grouped(kept)), theme.muted);
    }
    line.put(" records", theme.muted);
    if state.missed > 0 {
        line.put(
            &format!("  {} missed", text::grouped(state.missed)),
            theme.warn,
        );
    }
    if let Some((_, text)) = &state.search {
        line.put("  search ", theme.muted).put(text, theme.accent);
    }
    if state.follow {
        line.right("● follows ", theme.ok);
    } else {
        line.right("‖ f: follow ", theme.muted);
    }
    let zone = app.zone().name();
    line.right(&format!("{zone}  "), theme.muted);
}

fn missed(app: &App, count: u64, chosen: bool, place: Rect, screen: &mut Buffer) {
    let count = text::count(usize::try_from(count).unwrap_or(usize::MAX), "record");
    Line::new(place, screen)
        .put(if chosen { "▸ " } else { "  " }, app.theme.focus)
        .put(
            &format!("… {count} came and went too fast to be kept …"),
            app.theme.warn,
        );
    if chosen {
        screen.set_style(place, app.theme.selection);
    }
}

fn record_row(
    app: &App,
    record: &LogRecord,
    part: usize,
    content: &str,
    chosen: bool,
    place: Rect,
    screen: &mut Buffer,
) {
    let theme = &app.theme;
    let [time, level, from] = logs::columns(usize::from(place.width) + 1);
    let mut line = Line::new(place, screen);
    if part == 0 {
        line.put(if chosen { "▸ " } else { "  " }, theme.focus);
        let at = stamp(app.zone().at_instant(record.at_us), time);
        line.put(&text::pad(&at, time + 1), theme.muted);
        let word = logs::word(record.level);
        let word = if level == 1 {
            word.get(..1).unwrap_or(word)
        } else {
            word
        };
        line.put(
            &text::pad(word, level + 1),
            level_style(record.level, theme),
        );
        let name = record.generator.as_deref().unwrap_or("-");
        if from > 0 {
            line.put(&text::pad(name, from + 1), theme.accent);
        } else {
            line.put(" ", theme.text);
        }
    } else {
        line.put(&" ".repeat(MARK + time + level + from + 3), theme.text);
    }
    let marks: Vec<Range<usize>> = match &app.monitor.logs.search {
        Some((pattern, _)) => pattern.places(content).collect(),
        None => Vec::new(),
    };
    let style = match record.level {
        LogLevel::Error => theme.text,
        LogLevel::Debug => theme.muted,
        _ => theme.text,
    };
    let room = line.room();
    paint::text(&mut line, content, style, &marks, theme);
    if text::width(content) > room {
        edge(place, screen, theme.muted);
    }
    if chosen && part == 0 {
        screen.set_style(place, theme.selection);
    }
}

fn stamp(at: Moment, cells: usize) -> String {
    let time = text::time_of_day(at);
    match cells {
        0..12 => time.get(..8).unwrap_or(&time).to_owned(),
        12..23 => time,
        _ => text::date_time(at),
    }
}

fn level_style(level: LogLevel, theme: &Theme) -> Style {
    match level {
        LogLevel::Debug => theme.muted,
        LogLevel::Info => theme.text,
        LogLevel::Warn => theme.warn,
        LogLevel::Error => theme.error,
    }
}
