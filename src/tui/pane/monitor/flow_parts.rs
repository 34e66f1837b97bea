//! The flow itself: inputs, event source, outputs, and what passes from one to the next; below them the
//! templates.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{above, below, columns, gauge, right};
use crate::instance::GeneratorStatus;
use crate::pipeline::{AliasStats, OutputStats, QueueStats, Stats};
use crate::time::short_duration;
use crate::tui::app::App;
use crate::tui::monitor::flow_meter::{Meter, Shares};
use crate::tui::monitor::history::is_active;
use crate::tui::pane::{Line, row};
use crate::tui::text;
use crate::tui::theme::Theme;

/// Least columns in which the stages stand beside each other.
const BESIDE: u16 = 112;
/// Most templates shown at once.
const ALIASES: u16 = 6;
/// Where the columns begin when they do: arrow, event source, arrow, outputs.
const PLACES: [usize; 5] = [0, 22, 39, 61, 78];
/// Cells of a queue's gauge.
const GAUGE: usize = 8;

/// Rows that the flow takes at a width.
pub fn height(status: &GeneratorStatus, width: u16) -> u16 {
    let stats = &status.stats;
    let outputs: u16 = stats.outputs.iter().map(output_rows).sum();
    let inputs = u16::try_from(stats.inputs.len()).unwrap_or(u16::MAX);
    let flow = if width >= BESIDE {
        outputs
            .max(inputs.saturating_add(1))
            .max(3)
            .saturating_add(1)
    } else {
        outputs.saturating_add(inputs).saturating_add(2)
    };
    flow.saturating_add(alias_rows(stats))
}

/// Rows that the flow cannot do without: of the templates, the chosen one.
pub fn least(status: &GeneratorStatus, width: u16) -> u16 {
    let aliases = alias_rows(&status.stats);
    height(status, width) - aliases + aliases.min(2)
}

/// Rows that the templates get: what the flow leaves, and two at least.
fn alias_share(status: &GeneratorStatus, area: Rect) -> u16 {
    let wanted = alias_rows(&status.stats);
    let flow = height(status, area.width).saturating_sub(wanted);
    let left = area.height.saturating_sub(flow).max(2);
    wanted.min(left).min(area.height)
}

fn alias_rows(stats: &Stats) -> u16 {
    match u16::try_from(stats.aliases.len()).unwrap_or(u16::MAX) {
        0 => 0,
        many => many.min(ALIASES) + 1,
    }
}

fn output_rows(output: &OutputStats) -> u16 {
    2 + u16::from(
        output.outage.is_some() || output.paused || lost(output) > 0 || output.letters_kept > 0,
    )
}

fn lost(output: &OutputStats) -> u64 {
    output.format_failed + output.write_failed
}

/// What the rows are drawn from.
struct View<'a> {
    stats: &'a Stats,
    meter: &'a Meter,
    theme: &'a Theme,
    /// Number of the chosen part.
    chosen: usize,
    active: bool,
}

impl View<'_> {
    fn rate(&self, count: impl Fn(&Stats) -> u64) -> String {
        match self.meter.rate(count) {
            _ if !self.active => "·".to_owned(),
            Some(rate) => format!("{}/s", text::short(rate)),
            None => "…".to_owned(),
        }
    }

    fn marker(&self, part: usize) -> &'static str {
        if self.chosen == part { "▸" } else { " " }
    }
}

/// Draws it.
pub fn draw(app: &App, status: &GeneratorStatus, area: Rect, screen: &mut Buffer) {
    let view = View {
        stats: &status.stats,
        meter: &app.monitor.flow.meter,
        theme: &app.theme,
        chosen: app.monitor.flow.chosen,
        active: is_active(status.state.as_ref()),
    };
    let aliases = alias_share(status, area);
    let flow = above(area, area.height - aliases);
    if area.width >= BESIDE {
        beside(&view, flow, screen);
    } else {
        stacked(&view, flow, screen);
    }
    templates(&view, below(area, area.height - aliases), screen);
}

/// The part at a place.
pub fn part_at(app: &App, status: &GeneratorStatus, area: Rect, at: Position) -> Option<usize> {
    if !area.contains(at) {
        return None;
    }
    let stats = &status.stats;
    let aliases = alias_share(status, area);
    let flow = area.height - aliases;
    let line = at.y - area.y;
    if line > flow {
        let index =
            usize::from(line - flow - 1) + first_alias(app.monitor.flow.chosen, stats, aliases);
        return (index < stats.aliases.len()).then_some(stats.outputs.len() + index);
    }
    let mut from = if area.width >= BESIDE {
        1
    } else {
        u16::try_from(stats.inputs.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2)
    };
    for (index, output) in stats.outputs.iter().enumerate() {
        let to = from.saturating_add(output_rows(output));
        if (from..to).contains(&line) {
            return Some(index);
        }
        from = to;
    }
    None
}

/// ```text
/// inputs                   timestamps      event source           queues          outputs
/// cron      1.00k/s ─┬── 1.02k/s ──▶       1.02k events/s ─┬── 998/s ──▶   ▸ opensearch  12.3M …
/// timer        20/s ─┘   ███░░ 3/10        busy 39 %       │   ██████ 10/10  p50 3 ms …
/// ```
fn beside(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let heads = row(area, 0);
    for (at, title) in PLACES
        .iter()
        .zip(["inputs", "", "event source", "", "outputs"])
    {
        Line::new(columns(heads, *at, 20), screen)
            .put(" ", theme.muted)
            .put(title, theme.muted);
    }
    let rows = below(area, 1);
    inputs(view, columns(rows, PLACES[0], PLACES[1]), screen);
    let arrow = columns(rows, PLACES[1], PLACES[2] - PLACES[1]);
    let rate = view.rate(|one| one.released);
    pass(view, arrow, &rate, view.stats.queues.first(), screen);
    source(
        view,
        columns(rows, PLACES[2], PLACES[3] - PLACES[2]),
        screen,
    );
    let mut from = 0;
    let last = view.stats.outputs.len().saturating_sub(1);
    for (index, output) in view.stats.outputs.iter().enumerate() {
        let high = output_rows(output);
        let place = above(below(rows, from), high);
        let joint = match (index, index == last) {
            (0, true) => "─",
            (0, false) => "┬",
            (_, false) => "├",
            (_, true) => "└",
        };
        let arrow = columns(place, PLACES[3], PLACES[4] - PLACES[3]);
        Line::new(row(arrow, 0), screen).put(joint, theme.border);
        for lower in 1..usize::from(high) {
            let rest = if index == last { " " } else { "│" };
            Line::new(row(arrow, lower), screen).put(rest, theme.border);
        }
        let rate = view.rate(|one| one.outputs.get(index).map_or(0, |one| one.received));
        let arrow = columns(arrow, 1, PLACES[4] - PLACES[3] - 1);
        pass(view, arrow, &rate, view.stats.queues.get(index + 1), screen);
        let wide = usize::from(place.width).saturating_sub(PLACES[4]);
        out(view, index, output, columns(place, PLACES[4], wide), screen);
        from += high;
    }
}

/// An arrow with the rate on it, and the queue below.
fn pass(view: &View<'_>, area: Rect, rate: &str, queue: Option<&QueueStats>, screen: &mut Buffer) {
    let theme = view.theme;
    let width = usize::from(area.width);
    let text = format!(" {rate} ");
    let rest = width.saturating_sub(text::width(&text) + 3);
    Line::new(row(area, 0), screen)
        .put(&"─".repeat(rest / 2 + 1), theme.border)
        .put(&text, theme.strong)
        .put(&"─".repeat(rest - rest / 2), theme.border)
        .put("▶", theme.border);
    if let Some(queue) = queue {
        let mut line = Line::new(row(area, 1), screen);
        line.put(" ", theme.muted);
        fill(&mut line, queue, theme);
    }
}

fn fill(line: &mut Line<'_>, queue: &QueueStats, theme: &Theme) {
    let share = queue.len as f32 / queue.capacity.max(1) as f32;
    gauge(line, share, GAUGE, theme);
    line.put(
        &format!(" {:>3}/{}", queue.len, queue.capacity),
        theme.muted,
    );
}

fn inputs(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let all = &view.stats.inputs;
    let room = usize::from(area.height.saturating_sub(1)).max(1);
    let shown = if all.len() > room {
        room.saturating_sub(1)
    } else {
        all.len()
    };
    for (index, input) in all.iter().enumerate().take(shown) {
        let rate = view.rate(|one| one.inputs.get(index).map_or(0, |one| one.released));
        let joint = match (index, index + 1 == all.len()) {
            (0, true) => "──",
            (0, false) => "─┬",
            (_, false) => "─┤",
            (_, true) => "─┘",
        };
        let mut line = Line::new(row(area, index), screen);
        line.put(" ", theme.text)
            .put(&text::pad(&input.name, 9), theme.text)
            .put(&right(&rate, 9), theme.text)
            .put(" ", theme.text)
            .put(joint, theme.border);
    }
    if shown < all.len() {
        Line::new(row(area, shown), screen)
            .put(&format!(" and {} more", all.len() - shown), theme.muted);
    }
    let at = shown + usize::from(shown < all.len());
    Line::new(row(area, at), screen)
        .put(" ", theme.muted)
        .put(&spent(view.meter.shares(0)), theme.muted);
}

fn source(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let stats = view.stats;
    let rate = view.rate(|one| one.events);
    Line::new(row(area, 0), screen)
        .put(" ", theme.text)
        .put(&rate, theme.strong)
        .put(" ", theme.text)
        .put(&text::short(stats.events as f64), theme.text)
        .put(" ", theme.text)
        .fill("─", theme.border);
    let mut at = 1;
    Line::new(row(area, at), screen)
        .put(" ", theme.muted)
        .put(&spent(view.meter.shares(1)), theme.muted);
    for (count, what, style) in [
        (stats.failed, "failed", theme.error),
        (stats.dropped, "dropped", theme.muted),
        (stats.empty, "nothing picked", theme.muted),
    ] {
        if count > 0 {
            at += 1;
            Line::new(row(area, at), screen)
                .put(&format!(" {} {what}", text::grouped(count)), style);
        }
    }
}

/// How a stage spends its time. What it does not say it rests: it waits for the stage before it.
fn spent(shares: Option<Shares>) -> String {
    let Some(shares) = shares else {
        return String::new();
    };
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    if shares.blocked >= 0.05 {
        format!(
            "busy {} waits {}",
            percent(shares.busy),
            percent(shares.blocked)
        )
    } else {
        format!("busy {}", percent(shares.busy))
    }
}

/// An output: its counters, then latency and time, then what is wrong.
fn out(view: &View<'_>, index: usize, output: &OutputStats, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let mut line = Line::new(row(area, 0), screen);
    let name = if view.chosen == index {
        theme.focus
    } else {
        theme.strong
    };
    line.put(view.marker(index), theme.focus)
        .put(&text::pad(&output.name, 12), name)
        .put(
            &format!("{:>6} ", text::short(output.written as f64)),
            theme.text,
        );
    if area.width >= 56 {
        line.put("written ", theme.muted);
    }
    line.put(
        &format!("{:>8} ", text::bytes(output.bytes as f64)),
        theme.text,
    );
    let bytes = |one: &Stats| one.outputs.get(index).map_or(0, |one| one.bytes);
    if let Some(rate) = view.meter.rate(bytes).filter(|_| view.active) {
        line.put(&format!("{:>8}/s", text::bytes(rate)), theme.muted);
    }
    let mut line = Line::new(row(area, 1), screen);
    line.put(" ", theme.muted);
    times(view, index, output, &mut line);
    trouble(output, &mut Line::new(row(area, 2), screen), theme);
}

/// How the output spends its time, and as many of its latencies as there is room for.
fn times(view: &View<'_>, index: usize, output: &OutputStats, line: &mut Line<'_>) {
    let theme = view.theme;
    let spent = spent(view.meter.shares(index + 2));
    if !spent.is_empty() {
        line.put(&spent, theme.muted).put("  ", theme.muted);
    }
    let latency = &output.latency;
    if latency.count == 0 {
        return;
    }
    let all = [
        ("p50", latency.p50),
        ("p90", latency.p90),
        ("p99", latency.p99),
        ("max", latency.max),
    ];
    let shown: &[usize] = match line.room() / 13 {
        0 => &[],
        1 => &[2],
        2 => &[0, 2],
        3 => &[0, 1, 2],
        _ => &[0, 1, 2, 3],
    };
    for (name, time) in shown.iter().filter_map(|index| all.get(*index)) {
        line.put(name, theme.muted)
            .put(&format!(" {}  ", took(*time)), theme.text);
    }
}

/// A time that may be far below a millisecond.
fn took(time: Duration) -> String {
    match time.as_micros() {
        us @ 0..1_000 => format!("{us} µs"),
        1_000..10_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => short_duration(time),
    }
}

/// What is wrong with an output, or held on purpose.
fn trouble(output: &OutputStats, line: &mut Line<'_>, theme: &Theme) {
    line.put(" ", theme.muted);
    if output.paused {
        // How long its target is down must not be cut for what goes without saying.
        let words = match output.outage {
            Some(_) => "‖ held  ",
            None => "‖ held: what is for it waits  ",
        };
        line.put(words, theme.warn);
    }
    if let Some(outage) = &output.outage {
        let what = if outage.open { "down" } else { "failing" };
        let lasted = text::clock(outage.lasted);
        line.put(&format!("✗ {what} {lasted}  "), theme.error);
    }
    // What it costs comes before why: the reason may be as long as it likes, and stands on screen 3, too.
    let (lost, kept) = (lost(output), output.letters_kept);
    let mut costs = cost(lost, kept, text::grouped, "dead letters");
    if costs.iter().map(|one| text::width(one)).sum::<usize>() > line.room() {
        costs = cost(lost, kept, |count| text::short(count as f64), "letters");
    }
    for (words, style) in costs.iter().zip([theme.error, theme.warn]) {
        line.put(words, style);
    }
    let Some(outage) = &output.outage else { return };
    if let Some(next) = outage.next {
        line.put(&format!("next try in {} s  ", next.as_secs()), theme.warn);
    }
    let room = line.room();
    line.put(&text::fit(&outage.reason, room), theme.text);
}

/// What an output lost, and what it keeps of what it could not deliver; empty for nothing.
fn cost(lost: u64, kept: u64, number: impl Fn(u64) -> String, letters: &str) -> [String; 2] {
    [(lost, "lost"), (kept, letters)].map(|(count, what)| match count {
        0 => String::new(),
        count => format!("{} {what}  ", number(count)),
    })
}

/// The same from above to below, where it is narrow.
///
/// ```text
/// input   cron          1.00k/s  1,234,567 released
///   ▼ 1.02k/s  ███░░░ 3/10                        busy 3 %
/// event                 1.02k/s  1,234,560 produced
///   ▼ 998/s    ██████ 10/10
/// output ▸opensearch …
/// ```
fn stacked(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let stats = view.stats;
    let mut at = 0;
    let mut next = || {
        at += 1;
        row(area, at - 1)
    };
    for (index, input) in stats.inputs.iter().enumerate() {
        let rate = view.rate(|one| one.inputs.get(index).map_or(0, |one| one.released));
        let released = text::short(input.released as f64);
        counted(
            next(),
            screen,
            theme,
            ("input ", &input.name),
            &rate,
            &released,
            "released",
        );
    }
    released(view, next(), screen);
    produced(view, next(), screen);
    for (index, output) in stats.outputs.iter().enumerate() {
        delivered(view, index, output, &mut next, screen);
    }
}

/// What passes from the inputs to the event source, and how full the queue between them is.
fn released(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let mut line = Line::new(area, screen);
    line.put("   ▼   ", theme.border)
        .put(&right(&view.rate(|one| one.released), 8), theme.strong)
        .put("  ", theme.text);
    if let Some(queue) = view.stats.queues.first() {
        fill(&mut line, queue, theme);
    }
    line.put("  ", theme.muted)
        .put(&spent(view.meter.shares(0)), theme.muted);
}

/// What the event source makes, how it spends its time, and what becomes no event.
fn produced(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    let stats = view.stats;
    let rate = view.rate(|one| one.events);
    let events = text::short(stats.events as f64);
    counted(
        area,
        screen,
        theme,
        ("event ", ""),
        &rate,
        &events,
        "produced",
    );
    let mut line = Line::new(columns(area, 46, 200), screen);
    line.put(&spent(view.meter.shares(1)), theme.muted);
    for (count, what, style) in [
        (stats.failed, "failed", theme.error),
        (stats.dropped, "dropped", theme.muted),
    ] {
        if count > 0 {
            line.put(&format!("  {} {what}", text::short(count as f64)), style);
        }
    }
}

/// What passes to an output and what it wrote, then latency and time, then what is wrong; each in the
/// next row.
fn delivered(
    view: &View<'_>,
    index: usize,
    output: &OutputStats,
    mut next: impl FnMut() -> Rect,
    screen: &mut Buffer,
) {
    let theme = view.theme;
    let mut line = Line::new(next(), screen);
    let name = if view.chosen == index {
        theme.focus
    } else {
        theme.strong
    };
    let received = view.rate(|one| one.outputs.get(index).map_or(0, |one| one.received));
    line.put("   ▶   ", theme.border)
        .put(&right(&received, 8), theme.strong)
        .put(" ", theme.text)
        .put(view.marker(index), theme.focus)
        .put(&text::pad(&output.name, 12), name)
        .put(
            &format!("{:>6} ", text::short(output.written as f64)),
            theme.text,
        )
        .put("written ", theme.muted)
        .put(
            &format!("{:>8}  ", text::bytes(output.bytes as f64)),
            theme.text,
        );
    if let Some(queue) = view.stats.queues.get(index + 1) {
        fill(&mut line, queue, theme);
    }
    let mut line = Line::new(next(), screen);
    line.put("                 ", theme.muted);
    times(view, index, output, &mut line);
    if output_rows(output) > 2 {
        let mut line = Line::new(next(), screen);
        line.put("              ", theme.muted);
        trouble(output, &mut line, theme);
    }
}

/// A stage with its rate and its count.
fn counted(
    area: Rect,
    screen: &mut Buffer,
    theme: &Theme,
    (stage, name): (&str, &str),
    rate: &str,
    count: &str,
    what: &str,
) {
    Line::new(area, screen)
        .put(" ", theme.muted)
        .put(stage, theme.muted)
        .put(&right(rate, 8), theme.strong)
        .put("  ", theme.text)
        .put(&text::pad(name, 12), theme.text)
        .put(&format!("{count:>6} "), theme.text)
        .put(what, theme.muted);
}

/// First template shown, so that the chosen one is.
fn first_alias(chosen: usize, stats: &Stats, rows: u16) -> usize {
    let shown = usize::from(rows.saturating_sub(1)).max(1);
    let last = stats.aliases.len().saturating_sub(shown);
    let at = chosen.saturating_sub(stats.outputs.len());
    (at + 1).saturating_sub(shown).min(last)
}

/// Templates by alias: how many events each gives, what fails, which are off.
fn templates(view: &View<'_>, area: Rect, screen: &mut Buffer) {
    let theme = view.theme;
    if area.height < 2 {
        return;
    }
    let all = &view.stats.aliases;
    let first = first_alias(view.chosen, view.stats, area.height);
    let shown = usize::from(area.height) - 1;
    let more = all.len().saturating_sub(shown);
    let mut line = Line::new(row(area, 0), screen);
    line.put(" templates", theme.muted);
    if more > 0 {
        line.put(&format!("  {} of {}", shown, all.len()), theme.muted);
    }
    for (index, alias) in all.iter().enumerate().skip(first).take(shown) {
        let part = view.stats.outputs.len() + index;
        template(
            view,
            part,
            index,
            alias,
            row(area, index - first + 1),
            screen,
        );
    }
}

fn template(
    view: &View<'_>,
    part: usize,
    index: usize,
    alias: &AliasStats,
    area: Rect,
    screen: &mut Buffer,
) {
    let theme = view.theme;
    let rate = view.rate(|one| one.aliases.get(index).map_or(0, |one| one.events));
    let all = view.stats.aliases.iter().map(|one| one.events).sum::<u64>();
    let share = alias.events as f32 / all.max(1) as f32;
    let name = match (view.chosen == part, alias.off) {
        (true, _) => theme.focus,
        (false, true) => theme.muted,
        (false, false) => theme.text,
    };
    let mut line = Line::new(area, screen);
    line.put(view.marker(part), theme.focus)
        .put(
            &text::pad(&alias.name, if area.width < 100 { 14 } else { 24 }),
            name,
        )
        .put(&right(&rate, 8), theme.text)
        .put(
            &format!("{:>7} events  ", text::short(alias.events as f64)),
            theme.muted,
        );
    gauge(&mut line, share.min(0.89), 12, theme);
    line.put(&format!(" {:>3.0} %", share * 100.0), theme.muted);
    if alias.off {
        line.put("  off", theme.warn);
    }
    if alias.dropped > 0 {
        line.put(
            &format!("  {} dropped", text::grouped(alias.dropped)),
            theme.muted,
        );
    }
    if alias.failed > 0 {
        line.put(
            &format!("  {} failed", text::grouped(alias.failed)),
            theme.error,
        );
    }
}
