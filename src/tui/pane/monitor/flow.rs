//! How events flow through one generator: what is to be said first, then the flow, then charts.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::chart::{self, Chart};
use super::{above, below, body, columns, flow_parts, look};
use crate::instance::{GeneratorStatus, Link};
use crate::pipeline::{EndReason, ReloadMode, ReloadStats, State, Stats};
use crate::time::{Moment, short_duration};
use crate::tui::app::App;
use crate::tui::monitor::flow_words as words;
use crate::tui::monitor::history::{LEAST_LAG, Measure, is_active};
use crate::tui::monitor::overview_table::standing;
use crate::tui::pane::{Line, row};
use crate::tui::text;
use crate::tui::theme::Theme;

/// Most lints shown.
const LINTS: usize = 3;
/// Least rows of a chart, its title and its axis with it.
const CHART: u16 = 4;
/// Least columns for two charts beside each other.
const TWO: u16 = 96;

/// A line at the top: what it says, and how it looks.
type Said = (String, Style);

/// ```text
/// ● running 01:12:33 …  what differs
/// the brake, lints, what became of changed files
/// ─ flow ─────
/// inputs ──▶ event source ──▶ outputs
/// ─ charts ───
/// ```
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    let Some(status) = app.monitor.status.as_deref() else {
        return waiting(app, area, screen);
    };
    state(app, status, row(area, 0), screen);
    for (index, (text, style)) in words_in(app, status, area).iter().enumerate() {
        let mut line = Line::new(row(area, index + 1), screen);
        let room = line.room().saturating_sub(1);
        line.put(" ", *style).put(&text::fit(text, room), *style);
    }
    let place = flow_area(app, status, area);
    rule(app, "flow", row(place, 0), screen);
    flow_parts::draw(app, status, below(place, 1), screen);
    charts(app, status, below(area, place.bottom() - area.y), screen);
}

/// The part of the flow at a place: its number among those that can be chosen.
pub fn part_at(app: &App, at: Position) -> Option<usize> {
    let status = app.monitor.status.as_deref()?;
    let place = below(flow_area(app, status, body(app)), 1);
    flow_parts::part_at(app, status, place, at)
}

/// What is to be said, in lines of the width, as many as there is room for.
fn words_in(app: &App, status: &GeneratorStatus, area: Rect) -> Vec<Said> {
    let width = usize::from(area.width.saturating_sub(4));
    let wrapped = said(app, status).into_iter().flat_map(|(text, style)| {
        // What goes on stands below the words, not below the sign.
        let mut chars = text.chars();
        let sign = chars.next().unwrap_or(' ');
        let lines = text::wrap(chars.as_str().trim_start(), width);
        let lines: Vec<Said> = lines
            .into_iter()
            .enumerate()
            .map(|(index, line)| {
                let sign = if index == 0 { sign } else { ' ' };
                (format!("{sign} {line}"), style)
            })
            .collect();
        lines
    });
    wrapped.take(usize::from(area.height / 3)).collect()
}

fn flow_area(app: &App, status: &GeneratorStatus, area: Rect) -> Rect {
    let words = words_in(app, status, area).len() + 1;
    let rest = below(area, u16::try_from(words).unwrap_or(u16::MAX));
    let wanted = flow_parts::height(status, rest.width).saturating_add(1);
    // A chart keeps its place, where that leaves the flow whole.
    let least = flow_parts::least(status, rest.width).saturating_add(1);
    let most = rest.height.saturating_sub(CHART + 1).max(least);
    above(rest, wanted.min(most))
}

fn rule(app: &App, name: &str, area: Rect, screen: &mut Buffer) {
    Line::new(area, screen)
        .put("─ ", app.theme.border)
        .put(name, app.theme.strong)
        .put(" ", app.theme.border)
        .fill("─", app.theme.border);
}

fn waiting(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let own = app.monitor.chosen.as_ref() == Some(&app.pipeline.id);
    let text = match (&app.monitor.silent, &app.monitor.chosen) {
        (Some(why), _) if matches!(app.link, Link::Gone { .. }) => why.clone(),
        (Some(why), _) => format!("the instance does not answer: {why}"),
        (None, None) => "no generator is chosen: 1 shows all of them".to_owned(),
        (None, Some(_)) if own && app.monitor.of_chosen().is_none() => {
            "not started yet: s starts it".to_owned()
        }
        (None, Some(_)) => "asking the instance …".to_owned(),
    };
    Line::new(row(area, 1), screen)
        .put("   ", theme.muted)
        .put(&text, theme.muted);
}

/// Where it stands, and what of its settings is not plain.
fn state(app: &App, status: &GeneratorStatus, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let stats = &status.stats;
    let (sign, word, how) = standing(&crate::instance::Overview::of(status));
    let mut line = Line::new(area, screen);
    line.put(&format!(" {sign} {word}"), look(how, theme));
    line.put(&format!("  {}", text::clock(stats.uptime)), theme.text);
    if is_active(status.state.as_ref()) {
        let cpu = app.monitor.flow.meter.cpu() * 100.0;
        line.put(&format!("  cpu {cpu:.0} %"), theme.muted);
    }
    if let Some(percent) = stats.backfill_percent().filter(|percent| *percent < 100) {
        line.put("  backfill ", theme.muted);
        super::gauge(&mut line, f32::from(percent) / 100.0, 10, theme);
        line.put(&format!(" {percent:>2} %"), theme.text);
    }
    if let Some(expected) = stats.expected.filter(|expected| *expected > 0) {
        let done = (u128::from(stats.released) * 100 / u128::from(expected)).min(100);
        line.put(
            &format!("  {done} % of {}", text::grouped(expected)),
            theme.text,
        );
    }
    if is_active(status.state.as_ref()) && stats.lag >= LEAST_LAG {
        let late = stats.lag >= Duration::from_secs(1);
        let style = if late { theme.warn } else { theme.muted };
        line.put(&format!("  {} late", short_duration(stats.lag)), style);
    }
    if stats.skipped > 0 {
        let skipped = text::grouped(stats.skipped);
        line.put(&format!("  {skipped} left out"), theme.muted);
    }
    for one in words::settings(&stats.settings) {
        line.put(&format!("  {one}"), theme.accent);
    }
    match stats.reload.mode {
        ReloadMode::Auto => {}
        ReloadMode::Ask => {
            line.put("  reload ask", theme.accent);
        }
        ReloadMode::Off => {
            line.put("  reload off", theme.accent);
        }
    }
    if let Some(us) = stats.position_us {
        let at = text::date_second(Moment {
            wall_us: us,
            offset_s: 0,
        });
        line.right(&format!(" event time {at} UTC "), theme.muted);
    }
}

/// What is to be said at the top, the most serious first.
fn said(app: &App, status: &GeneratorStatus) -> Vec<Said> {
    let mut out = faults(app, status);
    out.extend(brake(app, status));
    out.extend(lints(&status.stats, &app.theme));
    out.extend(reload(&status.stats.reload, &app.theme));
    out.extend(changed(app, status));
    out.extend(previous(status, &app.theme));
    out
}

/// How the last run ended, what is wrong with the entry, and what is lost or does not add up.
fn faults(app: &App, status: &GeneratorStatus) -> Vec<Said> {
    let theme = &app.theme;
    let mut out: Vec<Said> = Vec::new();
    if let Some(State::Ended(reason)) = &status.state {
        let bad = matches!(reason, EndReason::Failed(_));
        let style = if bad { theme.error } else { theme.muted };
        out.push((
            format!("{} the last run is over: {reason}", sign(bad)),
            style,
        ));
    }
    if let Some(problem) = &status.listing.problem {
        out.push((format!("✗ {problem}"), theme.error));
    }
    // What failed may have been killed: the counters last seen are those of a run at work then.
    let failed = matches!(&status.state, Some(State::Ended(EndReason::Failed(_))));
    let over = !is_active(status.state.as_ref()) && !failed && status.state.is_some();
    if failed && let Some(text) = words::under_way(&status.stats) {
        out.push((format!("✗ {text}"), theme.error));
    }
    for equation in app.monitor.flow.meter.unbalanced(over) {
        out.push((
            format!("✗ counters do not balance: {equation}"),
            theme.error,
        ));
    }
    out
}

/// What holds a running one up.
fn brake(app: &App, status: &GeneratorStatus) -> Option<Said> {
    if !is_active(status.state.as_ref()) {
        return None;
    }
    let brake = words::brake(&status.stats, &app.monitor.flow.meter)?;
    let (sign, style) = warning(brake.bad, &app.theme);
    Some((format!("{sign} {}", brake.words), style))
}

fn lints(stats: &Stats, theme: &Theme) -> Vec<Said> {
    let mut out: Vec<Said> = Vec::new();
    for lint in stats.lints.iter().take(LINTS) {
        let help = if lint.help.is_empty() {
            String::new()
        } else {
            format!(": {}", lint.help)
        };
        out.push((format!("▲ {}{help}", lint.message), theme.warn));
    }
    if stats.lints.len() > LINTS {
        let more = stats.lints.len() - LINTS;
        out.push((format!("▲ and {more} more"), theme.warn));
    }
    out
}

/// What became of changed files.
fn reload(stats: &ReloadStats, theme: &Theme) -> Option<Said> {
    let (text, needed) = words::reload(stats)?;
    let (sign, style) = warning(needed, theme);
    let what = match (&stats.refused, needed) {
        (None, true) if !stats.stalled => " (y takes them, m keeps what runs)",
        _ => "",
    };
    Some((format!("{sign} {text}{what}"), style))
}

/// The settings that are not those it was started with.
fn changed(app: &App, status: &GeneratorStatus) -> Option<Said> {
    let began = app.monitor.flow.began(&status.id)?;
    let changed = words::changed(began, &status.stats.settings);
    if changed.is_empty() {
        return None;
    }
    let hint = if status.listing.listed {
        " (w writes it to the startup list)"
    } else {
        ""
    };
    let text = format!("  changed while it runs: {}{hint}", changed.join(", "));
    Some((text, app.theme.accent))
}

/// The run before the one that is over.
fn previous(status: &GeneratorStatus, theme: &Theme) -> Option<Said> {
    if is_active(status.state.as_ref()) {
        return None;
    }
    let last = status.previous.as_ref()?;
    let text = format!(
        "  the run before: {} after {}, {} events",
        last.reason,
        short_duration(last.stats.uptime),
        text::grouped(last.stats.events)
    );
    Some((text, theme.muted))
}

fn sign(bad: bool) -> &'static str {
    if bad { "✗" } else { " " }
}

/// Sign and look of what may need a hand, or is only said.
fn warning(needed: bool, theme: &Theme) -> (&'static str, Style) {
    if needed {
        ("▲", theme.warn)
    } else {
        (" ", theme.muted)
    }
}

/// As many charts as there is room for: one, two beside each other, or four.
fn charts(app: &App, status: &GeneratorStatus, area: Rect, screen: &mut Buffer) {
    if area.height < CHART + 1 {
        return;
    }
    rule(app, "past", row(area, 0), screen);
    let area = below(area, 1);
    let wide = area.width >= TWO;
    let high = area.height >= 2 * CHART + 4;
    let first = app.monitor.flow.measure;
    let shown: Vec<Measure> = match (wide, high) {
        (true, true) => Measure::ALL.to_vec(),
        (true, false) | (false, true) => vec![first, first.next()],
        (false, false) => vec![first],
    };
    let across: usize = if wide { 2 } else { 1 };
    let down = shown.len().div_ceil(across);
    let (width, height) = (
        usize::from(area.width) / across,
        area.height / u16::try_from(down).unwrap_or(1),
    );
    let now = app.monitor_time();
    let span = app.monitor.flow.span;
    let history = app.monitor.histories.get(&status.id);
    let rings = history.map(|one| &one.rings);
    let measured = history.filter(|one| one.measured);
    for (index, measure) in shown.into_iter().enumerate() {
        let rows = u16::try_from(index / across).unwrap_or(0) * height;
        let place = above(below(area, rows), height);
        let place = columns(place, index % across * width, width);
        let series = rings.map_or_else(Vec::new, |rings| rings.series(now, span, measure));
        chart::draw(
            &Chart {
                measure,
                span,
                series: &series,
                title: "",
                now: measured.and_then(|one| match measure {
                    Measure::Rate => Some(one.rate),
                    Measure::Bytes => Some(one.byte_rate),
                    Measure::Lag | Measure::Lost => None,
                }),
            },
            place,
            &app.theme,
            screen,
        );
    }
}
