//! The pipeline: one line, or queues, outputs and errors.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Line, heading, row};
use crate::pipeline::{Outage, Stats};
use crate::time::short_duration;
use crate::tui::app::{App, Focus, Phase, inner};
use crate::tui::text;
use crate::tui::theme::Theme;

/// Lateness that is worth a word.
const LAG: Duration = Duration::from_secs(1);

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    if area.height < 4 {
        return strip(app, area, screen);
    }
    let remark = phase_text(app);
    heading(
        area,
        &[("Pipeline", true)],
        &remark,
        app.focus == Focus::Pipeline,
        &app.theme,
        screen,
    );
    let body = inner(area);
    if app.pipeline.phase == Phase::Idle {
        let text = " not started yet: Run starts it";
        Line::new(row(body, 0), screen).put(text, app.theme.muted);
        return;
    }
    strip(app, row(body, 0), screen);
    let mut rest = Rect {
        y: body.y + 1,
        height: body.height - 1,
        ..body
    };
    for (words, bad) in app
        .pipeline
        .said()
        .into_iter()
        .take(usize::from(rest.height / 4))
    {
        let style = if bad { app.theme.warn } else { app.theme.muted };
        let mut line = Line::new(rest, screen);
        let room = line.room().saturating_sub(4);
        line.put(" ▲ ", style).put(&text::fit(&words, room), style);
        rest.y += 1;
        rest.height -= 1;
    }
    let wide = rest.width >= 90;
    let lines = match app.pipeline.stats.errors.len().min(3) {
        0 if failure(app).is_some() => 3,
        errors => u16::try_from(errors).unwrap_or(0),
    };
    let (left, right) = if wide {
        let half = rest.width / 2;
        (
            Rect {
                width: half,
                ..rest
            },
            Rect {
                x: rest.x + half,
                width: rest.width - half,
                ..rest
            },
        )
    } else {
        let half = rest.height - lines.min(rest.height);
        (
            Rect {
                height: half,
                ..rest
            },
            Rect {
                y: rest.y + half,
                height: rest.height - half,
                ..rest
            },
        )
    };
    flow(app, left, screen);
    errors(app, right, screen);
}

fn phase_text(app: &App) -> String {
    match &app.pipeline.phase {
        Phase::Idle => String::new(),
        Phase::Starting => "starting".to_owned(),
        Phase::Running if app.pipeline.stats.settings.paused => "paused".to_owned(),
        Phase::Running => "running".to_owned(),
        Phase::Stopping => "stopping: delivering what is queued".to_owned(),
        Phase::Ended(why, _) => why.clone(),
    }
}

/// `● 00:12  12.3k ev/s ▁▂▅▇  1,234,567 events  45.6 MB  queue 30 %  errors 0`
fn strip(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let pipeline = &app.pipeline;
    let stats = &pipeline.stats;
    let (sign, style) = sign(app);
    let width = usize::from(area.width);
    let mut line = Line::new(area, screen);
    line.put(" ", theme.text).put(sign, style);
    line.put(&format!(" {:>6}", text::clock(stats.uptime)), theme.text);
    if let Phase::Ended(why, _) = &pipeline.phase {
        line.put(" ", theme.text)
            .put(why.split(':').next().unwrap_or_default(), style);
    }
    if pipeline.active() {
        line.put(
            &format!("  {:>5}", text::short(pipeline.rate)),
            theme.strong,
        );
        line.put(" ev/s", theme.muted);
        conditions(stats, theme, &mut line);
    }
    line.put(" ", theme.muted);
    sparkline(app, &mut line, (width / 5).clamp(8, 60));
    let events = if app.low_bandwidth() {
        text::short(stats.events as f64)
    } else {
        text::grouped(stats.events)
    };
    line.put(&format!("  {events:>9}"), theme.text)
        .put(" events", theme.muted);
    if width >= 100 {
        line.put(
            &format!("  {:>8}", text::bytes(pipeline.written_bytes() as f64)),
            theme.text,
        );
        line.put(
            &format!("  {:>8}/s", text::bytes(pipeline.byte_rate)),
            theme.muted,
        );
    }
    if let Some((name, fill)) = fullest(stats) {
        let full = if fill >= 90 { theme.warn } else { theme.muted };
        let name = if width >= 120 {
            format!("  queue {name} ")
        } else {
            "  queue ".to_owned()
        };
        line.put(&name, theme.muted)
            .put(&format!("{fill:>3} %"), full);
    }
    trouble(app, &mut line);
}

/// The phase in one cell.
fn sign(app: &App) -> (&'static str, Style) {
    let theme = &app.theme;
    match &app.pipeline.phase {
        Phase::Idle => ("○", theme.muted),
        Phase::Starting | Phase::Stopping => ("◌", theme.warn),
        Phase::Running if app.pipeline.stats.settings.paused => ("‖", theme.warn),
        Phase::Running => ("●", theme.ok),
        Phase::Ended(_, true) => ("○", theme.muted),
        Phase::Ended(_, false) => ("✗", theme.error),
    }
}

/// The errors and the latest of them; without errors, why it ended or what holds it up.
fn trouble(app: &App, line: &mut Line<'_>) {
    let theme = &app.theme;
    let pipeline = &app.pipeline;
    let errors = pipeline.error_count();
    if errors > 0 {
        let count = text::count(usize::try_from(errors).unwrap_or(usize::MAX), "error");
        let latest = pipeline.stats.errors.first();
        line.put(&format!("  {count}"), theme.error);
        say(
            line,
            latest.map_or("", |error| &error.message),
            theme.error,
            theme,
        );
    } else if let Some(why) = failure(app) {
        say(line, why, theme.error, theme);
    } else if let Some(why) = remark(app) {
        say(line, why, theme.warn, theme);
    } else if let Some((words, _)) = pipeline.said().first() {
        say(line, words, theme.warn, theme);
    } else {
        line.put("  no errors", theme.muted);
    }
}

/// Words after a gap, in the room there is.
fn say(line: &mut Line<'_>, words: &str, style: Style, theme: &Theme) {
    let room = line.room().saturating_sub(2);
    line.put("  ", theme.muted)
        .put(&text::fit(words, room), style);
}

/// What is not as in a plain run.
fn conditions(stats: &Stats, theme: &Theme, line: &mut Line<'_>) {
    let settings = &stats.settings;
    if settings.paused {
        line.put("  paused", theme.warn);
    }
    if let Some(percent) = stats.backfill_percent().filter(|percent| *percent < 100) {
        line.put(&format!("  backfill {percent} %"), theme.accent);
    }
    if let Some(pace) = settings.pace {
        line.put(&format!("  {pace}"), theme.accent);
    }
    if settings.gain != 1.0 {
        line.put(&format!("  gain {}", settings.gain), theme.accent);
    }
    if let Some(limit) = settings.rate_limit {
        line.put(&format!("  ≤ {limit}/s"), theme.accent);
    }
    let down = stats.outputs.iter().find(|one| one.outage.is_some());
    if let Some(output) = down {
        line.put(&format!("  {} down", output.name), theme.error);
    }
    if stats.lag >= LAG {
        let lag = short_duration(stats.lag);
        line.put(&format!("  {lag} late"), theme.warn);
    }
}

/// Why the pipeline ended badly, without the words that name the phase.
fn failure(app: &App) -> Option<&str> {
    match &app.pipeline.phase {
        Phase::Ended(why, false) => why.split_once(": ").map(|(_, why)| why),
        _ => None,
    }
}

/// What there is to say about an end that was well.
fn remark(app: &App) -> Option<&str> {
    match &app.pipeline.phase {
        Phase::Ended(why, true) => why.split_once(": ").map(|(_, why)| why),
        _ => None,
    }
}

/// The fullest queue and how full it is, in percent.
fn fullest(stats: &Stats) -> Option<(&str, usize)> {
    stats
        .queues
        .iter()
        .map(|queue| (queue.name.as_str(), queue.len * 100 / queue.capacity.max(1)))
        .max_by_key(|(_, fill)| *fill)
}

/// The last minutes, the present at the right; what is not nothing is never drawn as nothing.
fn sparkline(app: &App, line: &mut Line<'_>, width: usize) {
    if app.low_bandwidth() {
        // All of it moves each second.
        return;
    }
    let (shown, _) = app.pipeline.stretches(width);
    let most = shown.iter().max().copied().unwrap_or(0).max(1);
    for _ in shown.len()..width {
        line.put("·", app.theme.border);
    }
    for value in shown {
        let level = usize::try_from(u128::from(value) * 7 / u128::from(most)).unwrap_or(7);
        let (symbol, style) = match value {
            0 => ("·", app.theme.border),
            _ => (BARS.get(level).copied().unwrap_or("█"), app.theme.accent),
        };
        line.put(symbol, style);
    }
}

/// Inputs, timestamps, queues and outputs, in the order in which events flow.
fn flow(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let stats = &app.pipeline.stats;
    let mut at = 0;
    let mut next = || {
        at += 1;
        row(area, at - 1)
    };
    for input in &stats.inputs {
        let mut line = Line::new(next(), screen);
        line.put(" input   ", theme.muted)
            .put(&text::pad(&input.name, 12), theme.text);
        line.put(
            &format!("{:>13}", text::grouped(input.released)),
            theme.text,
        )
        .put(" released", theme.muted);
    }
    let mut line = Line::new(next(), screen);
    line.put(" event   ", theme.muted)
        .put(&text::pad("", 12), theme.text);
    line.put(&format!("{:>13}", text::grouped(stats.events)), theme.text)
        .put(" produced", theme.muted);
    for (count, what, style) in [
        (stats.dropped, "dropped", theme.muted),
        (stats.failed, "failed", theme.error),
    ] {
        if count > 0 {
            line.put(&format!("  {} {what}", text::grouped(count)), style);
        }
    }
    for output in &stats.outputs {
        let mut line = Line::new(next(), screen);
        line.put(" output  ", theme.muted)
            .put(&text::pad(&output.name, 12), theme.text);
        line.put(
            &format!("{:>13}", text::grouped(output.written)),
            theme.text,
        )
        .put(" written", theme.muted);
        line.put(
            &format!("  {:>8}", text::bytes(output.bytes as f64)),
            theme.text,
        );
        let lost = output.format_failed + output.write_failed;
        if lost > 0 {
            line.put(&format!("  {} lost", text::grouped(lost)), theme.error);
        }
        if output.letters_kept > 0 {
            let kept = text::grouped(output.letters_kept);
            Line::new(next(), screen)
                .put("         ", theme.muted)
                .put(&format!("{kept} kept as dead letters"), theme.warn);
        }
        if let Some(outage) = &output.outage {
            down(&mut Line::new(next(), screen), outage, theme);
        }
    }
    for queue in &stats.queues {
        let mut line = Line::new(next(), screen);
        line.put(" queue   ", theme.muted)
            .put(&text::pad(&queue.name, 12), theme.text);
        gauge(&mut line, queue.len, queue.capacity, theme);
    }
    let mut line = Line::new(next(), screen);
    line.put(" lag     ", theme.muted).put(
        &format!("{:.1} ms", stats.lag.as_secs_f64() * 1e3),
        theme.text,
    );
    if let Some(expected) = stats.expected.filter(|expected| *expected > 0) {
        let done = u128::from(stats.events) * 100 / u128::from(expected);
        line.put(
            &format!("   {done} % of {}", text::grouped(expected)),
            theme.text,
        );
    }
}

/// A target that does not take events: since when, why, and what comes next.
fn down(line: &mut Line<'_>, outage: &Outage, theme: &Theme) {
    let what = if outage.open { "down" } else { "failing" };
    let lasted = short_duration(Duration::from_secs(outage.lasted.as_secs()));
    line.put("         ", theme.muted)
        .put(&format!("{what} for {lasted}"), theme.error);
    if let Some(next) = outage.next {
        let next = next.as_secs();
        line.put(&format!(", next try in {next} s"), theme.warn);
    }
    let room = line.room().saturating_sub(2);
    line.put(": ", theme.muted)
        .put(&text::fit(&outage.reason, room), theme.text);
}

fn gauge(line: &mut Line<'_>, len: usize, capacity: usize, theme: &Theme) {
    const CELLS: usize = 20;
    let filled = (len * CELLS).div_ceil(capacity.max(1)).min(CELLS);
    let style = if len * 10 >= capacity * 9 {
        theme.warn
    } else {
        theme.accent
    };
    line.put(&"█".repeat(filled), style)
        .put(&"░".repeat(CELLS - filled), theme.border)
        .put(&format!(" {len:>3}/{capacity}"), theme.muted);
}

fn errors(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let errors = &app.pipeline.stats.errors;
    if errors.is_empty() {
        let Some(why) = failure(app) else {
            Line::new(row(area, 0), screen).put(" no errors", theme.muted);
            return;
        };
        let width = usize::from(area.width.saturating_sub(2));
        for (index, part) in text::wrap(why, width).iter().enumerate() {
            Line::new(row(area, index), screen)
                .put(" ", theme.error)
                .put(part, theme.error);
        }
    }
    for (index, error) in errors.iter().enumerate() {
        let style: Style = theme.error;
        let mut line = Line::new(row(area, index), screen);
        line.put(&format!(" {:>7}× ", text::grouped(error.count)), style);
        line.put(&error.source, theme.strong).put("  ", theme.text);
        let room = line.room();
        line.put(&text::fit(&error.message, room), theme.text);
    }
}
