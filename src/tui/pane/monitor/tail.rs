//! Events of one generator as they are made.
//!
//! ```text
//! shown of seen, filter, frozen
//! ▸ 09:30:00.250  page  {"at": ...
//! ```

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::instance::TailEvent;
use crate::pipeline::State;
use crate::tui::app::{App, inner};
use crate::tui::canvas::Canvas;
use crate::tui::monitor::filter::Filter;
use crate::tui::monitor::tail::{FILTER_HELP, PREFIX};
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    counts(app, area, screen);
    let body = inner(area);
    let tail = &app.monitor.tail;
    if tail.shown.is_empty() {
        return nothing(app, body, screen);
    }
    if tail.turns() {
        return turned(app, body, screen);
    }
    let height = usize::from(body.height);
    let (mut y, mut skip) = (0, tail.list.skip);
    for (index, event) in tail.shown.iter().enumerate().skip(tail.list.top) {
        if y >= height {
            break;
        }
        let rows = tail.rows(event);
        for (part, content) in rows.iter().enumerate().skip(skip) {
            if y >= height {
                break;
            }
            let place = beside_bar(row(body, y));
            event_row(
                app,
                event,
                part,
                content,
                index == tail.list.chosen,
                place,
                screen,
            );
            y += 1;
        }
        skip = 0;
    }
    scrollbar(
        body,
        tail.list.top,
        height,
        tail.shown.len(),
        &app.theme,
        screen,
    );
}

/// The same over a slow connection: an event is written over the oldest one in view, in one colour, so that
/// the others stay as they are.
fn turned(app: &App, body: Rect, screen: &mut Buffer) {
    let (theme, tail) = (&app.theme, &app.monitor.tail);
    for (y, index, latest) in tail.turned() {
        let Some(event) = tail.shown.get(index) else {
            continue;
        };
        let place = beside_bar(row(body, y));
        let mut line = Line::new(place, screen);
        let time = text::pad(time(&event.at), PREFIX - 3);
        line.put(if latest { "▸ " } else { "  " }, theme.focus)
            .put(&format!("{time} "), theme.text);
        if let Some(alias) = &event.alias {
            line.put(&format!("{alias}  "), theme.text);
        }
        paint::text(&mut line, &event.text, theme.text, &[], theme);
        if line.room() == 0 {
            edge(place, screen, theme.text);
        }
    }
}

/// `1,204 shown of 8,400,310 seen  filter status>=500: 37 of 1,204 kept match  ‖ frozen, 12 wait`
fn counts(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let tail = &app.monitor.tail;
    let mut line = Line::new(area, screen);
    line.put(" ", theme.text);
    if tail.frozen {
        line.put("‖ frozen", theme.warn);
        if tail.waits() > 0 {
            line.put(
                &format!(", {} wait", text::grouped(tail.waits() as u64)),
                theme.warn,
            );
        }
        if tail.passed > 0 {
            line.put(
                &format!(", {} went by", text::grouped(tail.passed)),
                theme.warn,
            );
        }
        line.put("  ", theme.text);
    }
    line.put(&text::grouped(tail.given), theme.strong)
        .put(" shown of ", theme.muted)
        .put(&text::grouped(tail.seen), theme.strong)
        .put(" seen", theme.muted);
    if tail.given < tail.seen && tail.given > 0 {
        let share = tail.given as f64 * 100.0 / tail.seen as f64;
        let share = if share < 1.0 {
            "under 1 %".to_owned()
        } else {
            format!("{share:.0} %")
        };
        line.put(&format!(": a sample, {share}"), theme.muted);
    }
    if let Some(filter) = &tail.filter {
        line.put("  filter ", theme.muted)
            .put(filter.text(), theme.accent);
        line.put(&format!(": {}", tail.matches()), theme.muted);
    }
    if !tail.follows() && !tail.frozen {
        line.right("End: follow ", theme.muted);
    } else if tail.turns() && line.room() > 40 {
        line.right("▸ the latest, over the oldest ", theme.muted);
    }
}

fn nothing(app: &App, body: Rect, screen: &mut Buffer) {
    let tail = &app.monitor.tail;
    let one = app.monitor.of_chosen();
    let said = match one.map(|one| (&one.state, one.paused)) {
        None => "no generator is chosen",
        _ if tail.filter.is_some() && tail.kept() > 0 => "no event that is kept matches the filter",
        Some((Some(State::Running), true)) => "it is paused: no events are made",
        Some((Some(State::Running), false)) => "no event yet",
        Some((Some(State::Starting | State::Stopping), _)) => "it is starting or stopping",
        Some(_) => "it does not run: start it to see its events",
    };
    Line::new(row(body, 0), screen).put(&format!(" {said}"), app.theme.muted);
    if tail.filter.is_some() && tail.kept() > 0 {
        let mut line = Line::new(row(body, 1), screen);
        let words = format!("it takes {FILTER_HELP}");
        let room = line.room().saturating_sub(2);
        line.put(" ", app.theme.muted)
            .put(&text::fit(&words, room), app.theme.muted);
    }
}

fn event_row(
    app: &App,
    event: &TailEvent,
    part: usize,
    content: &str,
    chosen: bool,
    place: Rect,
    screen: &mut Buffer,
) {
    let theme = &app.theme;
    let open = app.monitor.tail.is_open(event);
    let mut line = Line::new(place, screen);
    if part == 0 {
        line.put(if chosen { "▸ " } else { "  " }, theme.focus);
        line.put(&text::pad(time(&event.at), PREFIX - 3), theme.muted)
            .put(" ", theme.text);
        if let Some(alias) = event
            .alias
            .as_ref()
            .filter(|_| open || !app.monitor.tail.wrap)
        {
            line.put(alias, theme.accent).put("  ", theme.text);
        }
        if open {
            line.put(&event.at, theme.muted).put(
                &format!("  {}", text::bytes(event.text.len() as f64)),
                theme.muted,
            );
        }
    } else {
        line.put(&" ".repeat(PREFIX), theme.text);
    }
    // No more than fits can be seen, and lines may be long.
    let most = line.room().saturating_mul(4);
    let cut = content
        .char_indices()
        .nth(most)
        .map_or(content.len(), |(at, _)| at);
    let shown = content.get(..cut).unwrap_or(content);
    let marks = marks(app.monitor.tail.filter.as_ref(), shown);
    if event.text.trim_start().starts_with(['{', '[']) {
        paint::json(&mut line, shown, &marks, theme);
    } else {
        paint::text(&mut line, shown, theme.text, &marks, theme);
    }
    if cut < content.len() || text::width(shown) > most / 4 {
        edge(place, screen, theme.muted);
    }
    if chosen && part == 0 {
        screen.set_style(place, theme.selection);
    }
}

/// A row without the column of the scroll bar.
pub(super) fn beside_bar(row: Rect) -> Rect {
    Rect {
        width: row.width.saturating_sub(1),
        ..row
    }
}

/// A mark in the last column, where a line is cut.
pub(super) fn edge(place: Rect, screen: &mut Buffer, style: ratatui::style::Style) {
    if place.width > 2 && place.height > 0 {
        screen.set_within(place.right() - 1, place.y, "…", 1, style);
    }
}

fn marks(filter: Option<&Filter>, text: &str) -> Vec<Range<usize>> {
    filter
        .into_iter()
        .flat_map(Filter::patterns)
        .flat_map(|pattern| pattern.places(text).collect::<Vec<_>>())
        .collect()
}

/// The time of day of an ISO timestamp.
fn time(at: &str) -> &str {
    at.split_once('T').map_or(at, |(_, time)| {
        let end = time.find(['+', '-', 'Z']).unwrap_or(time.len());
        time.get(..end.min(12)).unwrap_or(time)
    })
}
