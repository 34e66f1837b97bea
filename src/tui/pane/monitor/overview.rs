//! The table of generators.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::chart::{self, Chart};
use super::{above, bar, below, brief, columns, delay, look, right};
use crate::instance::{Link, Overview};
use crate::pipeline::{EndReason, State};
use crate::tui::app::App;
use crate::tui::monitor::history::{History, Measure, Span, is_active};
use crate::tui::monitor::overview::Row;
use crate::tui::monitor::overview_table::{self as table, Column, Placed, note, standing};
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;

/// Least rows with a chart above the table, and the rows of the chart.
const WITH_CHART: u16 = 26;
const CHART: u16 = 6;
/// Most lines of what is to be said of the chosen one.
const NOTED: usize = 4;
/// Least rows with two lines about the chosen one.
const WITH_DETAILS: u16 = 12;

/// The rows above the table: totals, a chart where there is room, the heading.
fn head(area: Rect) -> u16 {
    match area.height {
        0..3 => 0,
        3..5 => 1,
        WITH_CHART.. => CHART + 2,
        _ => 2,
    }
}

/// Rows about the chosen one: more where what is to be said of it is long.
fn foot(app: &App, area: Rect) -> u16 {
    match area.height {
        0..6 => 0,
        WITH_DETAILS.. => 1 + u16::try_from(noted(app, area.width).len().max(1)).unwrap_or(1),
        _ => 1,
    }
}

/// What is to be said of the chosen one, broken to lines.
fn noted(app: &App, width: u16) -> Vec<String> {
    let words = app
        .monitor
        .of_chosen()
        .and_then(note)
        .map(|(words, _)| words);
    let Some(words) = words.filter(|_| app.monitor.overview.group.is_none()) else {
        return Vec::new();
    };
    let mut lines = text::wrap(&words, usize::from(width.saturating_sub(5)).max(8));
    lines.truncate(NOTED);
    lines
}

/// Where the rows of the table are.
pub fn table(app: &App, area: Rect) -> Rect {
    let head = head(area);
    let silent = u16::from(app.monitor.silent.is_some() && head > 1);
    let rest = below(area, head + silent);
    above(rest, rest.height.saturating_sub(foot(app, area)))
}

/// Its columns.
pub fn placed(app: &App, area: Rect) -> Vec<Placed> {
    // One column is the scroll bar's.
    let width = usize::from(area.width.saturating_sub(1));
    table::columns(width, app.monitor.longest_name())
}

/// ```text
/// 48 running  1 paused  1 failed  200 in all     52.3k ev/s   7.1 MB/s
/// ▁▂▃▄ chart of the last minute
///    generator      state        up   rate  ...
/// ▸● web-access     ● running  12:03  1.2k
/// what there is to say about the chosen one
/// ```
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    let monitor = &app.monitor;
    let mut top = area;
    if let Some(why) = &monitor.silent {
        let mut line = Line::new(row(top, 0), screen);
        let (sign, words, style) = match app.link {
            Link::Gone { orderly: true, .. } => (" ○ ", why.clone(), app.theme.warn),
            Link::Gone { .. } => (" ✗ ", why.clone(), app.theme.error),
            _ => {
                let words = format!("the instance does not answer: {why}");
                (" ✗ ", words, app.theme.error)
            }
        };
        line.put(sign, style);
        let room = line.room();
        line.put(&text::fit(&words, room), style);
        top = below(area, 1);
    }
    if monitor.generators.is_empty() {
        return nothing(app, top, screen);
    }
    let rows = head(area);
    if rows >= 1 {
        totals(app, row(top, 0), screen);
    }
    if rows > 2 {
        let place = above(below(top, 1), CHART);
        let series = monitor
            .total
            .series(app.monitor_time(), Span::Minute, Measure::Rate);
        chart::draw(
            &Chart {
                measure: Measure::Rate,
                span: Span::Minute,
                series: &series,
                title: "all together",
                now: Some(rates(app).0),
            },
            place,
            &app.theme,
            screen,
        );
    }
    let body = table(app, area);
    let placed = placed(app, area);
    if rows >= 2 {
        let place = Rect {
            y: body.y - 1,
            height: 1,
            ..body
        };
        heading(app, place, &placed, screen);
    }
    lines(app, body, &placed, screen);
    details(
        app,
        below(area, area.height.saturating_sub(foot(app, area))),
        screen,
    );
}

/// Events and bytes per second of all of them together.
fn rates(app: &App) -> (f64, f64) {
    let histories = app.monitor.histories.values();
    let rate = histories.clone().map(|one| one.rate).sum();
    (rate, histories.map(|one| one.byte_rate).sum())
}

/// How many there are in which state, and what flows.
fn totals(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let monitor = &app.monitor;
    let all = &monitor.generators;
    let count = |fits: &dyn Fn(&Overview) -> bool| all.iter().filter(|one| fits(one)).count();
    let running = count(&|one| is_active(one.state.as_ref()) && !one.paused);
    let paused = count(&|one| is_active(one.state.as_ref()) && one.paused);
    let failed = count(&|one| matches!(one.state, Some(State::Ended(EndReason::Failed(_)))));
    let bad = count(&|one| one.listing.problem.is_some());
    let down = count(&|one| one.outages > 0);
    let (rate, bytes) = rates(app);
    let mut line = Line::new(area, screen);
    // What flows is the most important of all.
    let written = format!("{:>8}/s ", text::bytes(bytes));
    line.right(&written, theme.muted);
    line.right(&format!("{:>7} events/s ", text::short(rate)), theme.strong);
    line.put(" ", theme.text);
    let marked = monitor.overview.marked.len();
    for (number, word, style) in [
        (running, "running", theme.ok),
        (paused, "paused", theme.warn),
        (failed, "failed", theme.error),
        (down, "no target", theme.error),
        (bad, "bad entry", theme.error),
        (marked, "marked", theme.accent),
        (all.len(), "in all", theme.muted),
    ] {
        let text = format!(" {word}  ");
        let digits = number.to_string();
        if number > 0 && line.room() > digits.len() + text.len() {
            line.put(&digits, style).put(&text, theme.muted);
        }
    }
    let filter = &monitor.overview.filter_text;
    if !filter.is_empty() && line.room() > 12 {
        let room = line.room().saturating_sub(9);
        line.put("filter ", theme.muted)
            .put(&text::fit(filter, room), theme.accent);
    }
}

fn heading(app: &App, area: Rect, placed: &[Placed], screen: &mut Buffer) {
    let state = &app.monitor.overview;
    for one in placed {
        let sorted = one.column == state.sort;
        let sign = match (sorted, state.backwards) {
            (false, _) => "",
            (true, true) => "▼",
            (true, false) => "▲",
        };
        let style = if sorted {
            app.theme.accent
        } else {
            app.theme.muted
        };
        let title = format!("{}{sign}", one.column.title());
        let text = if one.column.is_number() {
            // The sign may take the blank before the column.
            let cells = one.cells + 1;
            let place = columns(area, one.at.saturating_sub(1), cells);
            Line::new(place, screen).put(&right(&title, cells), style);
            continue;
        } else {
            text::fit(&title, one.cells)
        };
        Line::new(columns(area, one.at, one.cells), screen).put(&text, style);
    }
}

fn lines(app: &App, area: Rect, placed: &[Placed], screen: &mut Buffer) {
    let monitor = &app.monitor;
    let rows = monitor.rows();
    let cursor = monitor.cursor(&rows);
    let shown = usize::from(area.height);
    let top = monitor.overview.top.min(rows.len().saturating_sub(shown));
    if rows.is_empty() {
        Line::new(row(area, 0), screen).put("   nothing matches the filter", app.theme.muted);
    }
    for (index, one) in rows.iter().enumerate().skip(top).take(shown) {
        let place = row(area, index - top);
        let chosen = cursor == Some(index);
        match one {
            Row::Group {
                name,
                members,
                active,
            } => group(app, place, (name, *members, *active), screen),
            Row::One(index, _) => {
                if let Some(one) = monitor.generators.get(*index) {
                    generator(app, one, place, placed, screen);
                }
            }
        }
        if chosen {
            Line::new(place, screen).put("▸", app.theme.focus);
            screen.set_style(place, app.theme.selection);
        }
    }
    scrollbar(area, top, shown, rows.len(), &app.theme, screen);
}

fn group(app: &App, area: Rect, group: (&str, usize, usize), screen: &mut Buffer) {
    let (name, members, active) = group;
    let name = if name.is_empty() {
        "without a scenario"
    } else {
        name
    };
    Line::new(area, screen)
        .put(" ", app.theme.muted)
        .put(name, app.theme.strong)
        .put(&format!("  {active} of {members} active "), app.theme.muted);
}

fn generator(app: &App, one: &Overview, area: Rect, placed: &[Placed], screen: &mut Buffer) {
    let theme = &app.theme;
    let marked = app.monitor.overview.marked.contains(&one.id);
    if marked {
        Line::new(columns(area, 1, 1), screen).put("●", theme.accent);
    }
    let history = app.monitor.histories.get(&one.id);
    for column in placed {
        let place = columns(area, column.at, column.cells);
        if column.column == Column::Minute {
            minute(app, history, place, screen);
            continue;
        }
        let (text, style) = cell(app, one, history, column.column);
        let text = if column.column.is_number() {
            right(&text, column.cells)
        } else {
            text::fit(&text, column.cells)
        };
        Line::new(place, screen).put(&text, style);
    }
}

/// What stands in a column, and how it looks. Plain numbers share one style: where it changes, the
/// terminal is told so, and fifty rows change every second.
fn cell(app: &App, one: &Overview, history: Option<&History>, column: Column) -> (String, Style) {
    let theme = &app.theme;
    let active = is_active(one.state.as_ref());
    let ran = one.state.is_some();
    let plain = if active { theme.text } else { theme.muted };
    let number = |there: bool, text: String| if there { text } else { "·".to_owned() };
    match column {
        Column::Name => {
            let style = if active { theme.strong } else { theme.text };
            (one.id.clone(), style)
        }
        Column::State => {
            let (sign, word, how) = standing(one);
            (format!("{sign} {word}"), look(how, theme))
        }
        Column::Uptime => (number(ran, brief(one.uptime)), plain),
        Column::Rate => {
            let rate = match history.filter(|history| history.measured) {
                Some(history) => format!("{}/s", text::short(history.rate)),
                None => "…".to_owned(),
            };
            (number(active, rate), plain)
        }
        Column::Events => (number(ran, text::short(one.events as f64)), plain),
        Column::Bytes => (number(ran, text::bytes(one.bytes as f64)), plain),
        Column::Lag => {
            let late = one.lag >= std::time::Duration::from_secs(1);
            let style = if active && late { theme.warn } else { plain };
            (number(active, delay(one.lag)), style)
        }
        Column::Queue => {
            let full = one.queue >= 0.9;
            let style = if active && full { theme.warn } else { plain };
            (number(active, format!("{:.0} %", one.queue * 100.0)), style)
        }
        Column::Lost => {
            let style = if one.lost > 0 { theme.error } else { plain };
            (number(ran, text::short(one.lost as f64)), style)
        }
        Column::Errors => {
            let style = if one.errors > 0 { theme.warn } else { plain };
            (number(ran, text::short(one.errors as f64)), style)
        }
        Column::Cpu => {
            let cpu = history.map_or(0.0, |history| history.cpu);
            (number(active, format!("{:.0} %", cpu * 100.0)), plain)
        }
        Column::Auto => {
            let word = if one.listing.autostart { "auto" } else { "" };
            (word.to_owned(), theme.muted)
        }
        Column::Scenarios => (one.listing.scenarios.join(", "), theme.muted),
        Column::Note => match note(one) {
            Some((words, true)) => (words, theme.error),
            Some((words, false)) => (words, theme.warn),
            None => (String::new(), theme.muted),
        },
        Column::Minute => (String::new(), plain),
    }
}

/// The last minute in bars; they move when a stretch is over, not with every frame.
fn minute(app: &App, history: Option<&History>, area: Rect, screen: &mut Buffer) {
    let cells = usize::from(area.width);
    if app.low_bandwidth() {
        return;
    }
    let Some(history) = history else {
        return;
    };
    // Stretches of whole seconds.
    let count = [30, 20, 15, 12, 10, 6]
        .into_iter()
        .find(|one| *one <= cells);
    let Some(count) = count else {
        return;
    };
    let values = history.rings.minute(app.monitor_time(), count);
    let most = values.iter().flatten().copied().fold(0.0, f32::max);
    let most = chart::round_up(most);
    let mut line = Line::new(area, screen);
    for value in values {
        let symbol = match value {
            None => " ",
            Some(value) if value <= 0.0 => "·",
            Some(value) => bar(value, most),
        };
        line.put(symbol, app.theme.accent);
    }
}

/// What there is to say about the chosen one.
fn details(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    if area.is_empty() {
        return;
    }
    let mut line = Line::new(row(area, 0), screen);
    if app.monitor.overview.group.is_some() {
        line.put(
            " a scenario: what is done is done with all its generators",
            theme.muted,
        );
        return;
    }
    let Some(one) = app.monitor.of_chosen() else {
        return;
    };
    line.put(" ", theme.text).put(&one.id, theme.strong);
    let mut facts = facts(one);
    let told = note(one);
    let second = area.height > 1;
    if !second && let Some((words, bad)) = &told {
        facts.clear();
        let style = if *bad { theme.error } else { theme.warn };
        let room = line.room().saturating_sub(3);
        line.put("  ", style).put(&text::fit(words, room), style);
    }
    let room = line.room().saturating_sub(3);
    let (first, over) = fitting(facts, room);
    line.put("  ", theme.muted)
        .put(&text::fit(&first, room), theme.muted);
    if second && told.is_none() {
        let mut line = Line::new(row(area, 1), screen);
        let room = line.room().saturating_sub(4);
        line.put("   ", theme.muted)
            .put(&text::fit(&over.join(" · "), room), theme.muted);
    }
    if second && let Some((_, bad)) = told {
        remarks(app, bad, below(area, 1), screen);
    }
}

/// How its run went or goes, what starts it, and its scenarios.
fn facts(one: &Overview) -> Vec<String> {
    let mut facts: Vec<String> = Vec::new();
    if let Some(State::Ended(reason)) = &one.state {
        let (why, lost) = match reason {
            // A process that was killed told nothing of what it had under way.
            EndReason::Failed(_) => ("failed".to_owned(), "known to be lost"),
            other => (other.to_string(), "lost"),
        };
        facts.push(format!(
            "last run: {why} after {}, {} events, {} written, {} {lost}",
            brief(one.uptime),
            text::grouped(one.events),
            text::bytes(one.bytes as f64),
            text::grouped(one.lost)
        ));
    } else if one.state.is_some() {
        facts.push(format!("{} events", text::grouped(one.events)));
        facts.push(format!("{} written", text::bytes(one.bytes as f64)));
        if one.errors > 0 {
            facts.push(format!("{} errors", text::grouped(one.errors)));
        }
    } else {
        facts.push("has not run yet".to_owned());
    }
    facts.push(match (one.listing.listed, one.listing.autostart) {
        (true, true) => "starts with the instance".to_owned(),
        (true, false) => "does not start by itself".to_owned(),
        (false, _) => "opened by hand".to_owned(),
    });
    if !one.listing.scenarios.is_empty() {
        facts.push(format!("in {}", one.listing.scenarios.join(", ")));
    }
    facts
}

/// As many of the facts as fit into the room, in one line, and those that are left. The first is taken
/// even where it does not fit.
fn fitting(facts: Vec<String>, room: usize) -> (String, Vec<String>) {
    let mut rest = facts.into_iter();
    let mut first = String::new();
    let mut over: Vec<String> = Vec::new();
    for fact in rest.by_ref() {
        let more = if first.is_empty() { 0 } else { 3 } + text::width(&fact);
        if !first.is_empty() && text::width(&first) + more > room {
            over.push(fact);
            break;
        }
        if !first.is_empty() {
            first.push_str(" · ");
        }
        first.push_str(&fact);
    }
    over.extend(rest);
    (first, over)
}

/// What is to be said of the chosen one, line by line, with its sign before the first.
fn remarks(app: &App, bad: bool, area: Rect, screen: &mut Buffer) {
    let style = if bad { app.theme.error } else { app.theme.warn };
    for (index, words) in noted(app, area.width).iter().enumerate() {
        let mut line = Line::new(row(area, index), screen);
        let sign = match (index, bad) {
            (0, true) => " ✗ ",
            (0, false) => " ▲ ",
            _ => "   ",
        };
        let room = line.room().saturating_sub(4);
        line.put(sign, style).put(&text::fit(words, room), style);
    }
}

fn nothing_yet(app: &App) -> &'static str {
    match app.link {
        Link::Gone { orderly: true, .. } => "What ran here has ended.",
        Link::Gone { .. } => "What ran here is gone.",
        _ => "Nothing runs here yet.",
    }
}

/// An instance without generators: what to do.
fn nothing(app: &App, area: Rect, screen: &mut Buffer) {
    let lines: &[&str] = if app.monitor.heard {
        &[
            nothing_yet(app),
            "",
            "d       the workbench: open a project and run it with Ctrl-R",
            "L       read the startup list again, when this instance has one",
            "",
            "evtui run --startup startup.yml runs a list of generators without a terminal;",
            "evtui attach shows them here.",
        ]
    } else {
        &["asking the instance …"]
    };
    for (index, text) in lines.iter().enumerate() {
        let style = if index == 0 {
            app.theme.strong
        } else {
            app.theme.muted
        };
        let mut line = Line::new(row(area, index + 1), screen);
        let room = line.room().saturating_sub(3);
        line.put("   ", style).put(&text::fit(text, room), style);
    }
}
