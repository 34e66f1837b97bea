//! What fails in one generator, and what can be done.
//!
//! ```text
//! counts
//! ▸ ✗ output[1] http   loses 12/s     1,204 lost   cannot reach ...
//! ─ details ──────
//!   why       cannot reach ...
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint;
use crate::instance::GeneratorStatus;
use crate::tui::app::App;
use crate::tui::canvas::Canvas;
use crate::tui::monitor::faults_facts::{self as facts, Fact, LABEL, Tone};
use crate::tui::monitor::faults_model::{self as model, Degree, Fault};
use crate::tui::monitor::faults_place as place;
use crate::tui::pane::{Line, row, scrollbar};
use crate::tui::text;
use crate::tui::theme::Theme;

/// Draws it.
pub fn draw(app: &App, area: Rect, screen: &mut Buffer) {
    let state = &app.monitor.faults;
    let Some(status) = app.monitor.status.as_deref() else {
        let said = match &app.monitor.chosen {
            None => " no generator is chosen: there are none",
            Some(_) => " waiting for its counters …",
        };
        Line::new(area, screen).put(said, app.theme.muted);
        return;
    };
    if state.faults.is_empty() {
        return calm(app, status, area, screen);
    }
    counts(app, area, screen);
    let (list, details) = facts::places(area, state.faults.len());
    let height = usize::from(list.height);
    for (index, fault) in state
        .faults
        .iter()
        .enumerate()
        .skip(state.list.top)
        .take(height)
    {
        let place = row(list, index - state.list.top);
        let chosen = index == state.list.chosen;
        fault_row(app, fault, chosen, place, screen);
        if chosen {
            screen.set_style(place, app.theme.selection);
        }
    }
    scrollbar(
        list,
        state.list.top,
        height,
        state.faults.len(),
        &app.theme,
        screen,
    );
    rule(app, list, details, screen);
    let rows = app.fault_rows(details.width);
    let height = usize::from(details.height);
    for (index, fact) in rows.iter().skip(state.top).take(height).enumerate() {
        fact_row(app, fact, row(details, index), screen);
    }
    scrollbar(details, state.top, height, rows.len(), &app.theme, screen);
}

/// What lies between list and details: a column, or a row with the name of the chosen one.
fn rule(app: &App, list: Rect, details: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    if details.x > list.x {
        for y in list.top()..list.bottom() {
            screen.set_within(list.right(), y, "│", 1, theme.border);
        }
        return;
    }
    let place = Rect {
        y: list.bottom(),
        height: details.y - list.bottom(),
        ..list
    };
    let name = app
        .monitor
        .faults
        .fault()
        .map_or("", |fault| fault.name.as_str());
    let mut line = Line::new(place, screen);
    let room = line.room().saturating_sub(6);
    line.put("─ ", theme.border)
        .put(&text::fit(name, room), theme.strong)
        .put(" ", theme.border)
        .fill("─", theme.border);
}

/// `2 odd  1 loses events now  1 stuck  3 failed before`
fn counts(app: &App, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let mut line = Line::new(area, screen);
    let all = [
        (Degree::Loses, "losing events now"),
        (Degree::Stuck, "stuck"),
        (Degree::Held, "held"),
        (Degree::Past, "failed before"),
        (Degree::Odd, "odd"),
    ];
    line.put(" ", theme.text);
    for (degree, what) in all {
        let those = app
            .monitor
            .faults
            .faults
            .iter()
            .filter(|one| one.degree == degree);
        let count = those.count();
        if count > 0 {
            let (sign, style) = sign(degree, theme);
            line.put(&format!("{sign} {count} {what}   "), style);
        }
    }
}

fn sign(degree: Degree, theme: &Theme) -> (&'static str, Style) {
    match degree {
        Degree::Odd => ("▲", theme.warn),
        Degree::Loses => ("✗", theme.error),
        Degree::Stuck => ("!", theme.error),
        Degree::Held => ("‖", theme.warn),
        Degree::Past => ("·", theme.muted),
    }
}

fn fault_row(app: &App, fault: &Fault, chosen: bool, place: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let (sign, style) = sign(fault.degree, theme);
    let mut line = Line::new(place, screen);
    line.put(if chosen { "▸ " } else { "  " }, theme.focus)
        .put(sign, style)
        .put(" ", theme.text);
    if fault.degree == Degree::Odd {
        let room = line.room().saturating_sub(1);
        line.put(&text::fit(&fault.name, room), theme.text);
        return;
    }
    let width = usize::from(place.width);
    let (name, word) = match width {
        0..60 => (width.saturating_sub(22).max(8), 16),
        60..100 => (22, 18),
        _ => (28, 20),
    };
    line.put(&text::pad(&fault.name, name), theme.strong)
        .put(" ", theme.text)
        .put(&text::pad(&fault.word, word), style);
    if fault.lost > 0 && width >= 50 {
        line.put(
            &format!(" {:>9} lost", text::grouped(fault.lost)),
            theme.text,
        );
    }
    if width >= 76 {
        let root = app
            .monitor
            .status
            .as_ref()
            .map(|status| place::root_of(&status.project));
        let message = match (fault.errors.first(), root) {
            (Some(error), Some(root)) => facts::said(&error.message, root),
            _ => String::new(),
        };
        let column = 4 + name + 1 + word + 15 + 2;
        let used = width - line.room();
        line.put(&" ".repeat(column.saturating_sub(used)), theme.text);
        let room = line.room().saturating_sub(1);
        let message = text::fit(message.lines().next().unwrap_or_default(), room);
        paint::text(&mut line, &message, theme.muted, &[], theme);
    }
}

fn fact_row(app: &App, fact: &Fact, place: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let code = matches!(fact.tone, Tone::Code | Tone::Here);
    let style = match fact.tone {
        Tone::Plain => theme.text,
        Tone::Muted | Tone::Code => theme.muted,
        Tone::Warn => theme.warn,
        Tone::Error | Tone::Here => theme.error,
        Tone::Help => theme.ok,
    };
    let mut line = Line::new(place, screen);
    let label = if code {
        let mark = if fact.tone == Tone::Here { "▸" } else { " " };
        format!("{mark}{:>1$} ", fact.label, LABEL - 1)
    } else {
        text::pad(&format!(" {}", fact.label), LABEL + 1)
    };
    line.put(
        &label,
        if fact.tone == Tone::Here {
            theme.focus
        } else {
            theme.muted
        },
    );
    let room = line.room().saturating_sub(1);
    paint::text(&mut line, &text::fit(&fact.text, room), style, &[], theme);
}

/// Nothing fails, and the counters that prove it.
fn calm(app: &App, status: &GeneratorStatus, area: Rect, screen: &mut Buffer) {
    let theme = &app.theme;
    let stats = &status.stats;
    let (said, style) = match &status.state {
        None => (
            "  It has not run yet: there is nothing that could fail",
            theme.muted,
        ),
        Some(_) => ("  ✓ Nothing fails", theme.ok),
    };
    Line::new(row(area, 1), screen).put(said, style);
    if status.state.is_none() {
        return;
    }
    let mut y = 3;
    let equations = model::equations(stats);
    let widest = equations.iter().map(|one| text::width(&one.about)).max();
    let column = widest.unwrap_or(0).min(usize::from(area.width) / 3);
    let narrow = area.width < 90;
    for one in equations {
        let mut line = Line::new(row(area, y), screen);
        let sign = if one.apart == 0 { "  ✓ " } else { "  ≈ " };
        line.put(sign, if one.apart == 0 { theme.ok } else { theme.warn })
            .put(&text::pad(&one.about, column), theme.strong)
            .put("  ", theme.text)
            .put(&one.left, theme.text);
        let mut right = format!("= {}", one.right);
        if one.apart > 0 {
            right.push_str(&format!(" + {} being moved", text::grouped(one.apart)));
        }
        if narrow {
            y += 1;
            Line::new(row(area, y), screen).put(&format!("      {right}"), theme.muted);
        } else {
            line.put(&format!("  {right}"), theme.muted);
        }
        y += 1;
    }
    let tried = stats.outputs.iter().map(|one| one.retries).sum::<u64>();
    let more = match tried {
        0 => "no write had to be repeated, no target is down, no error was met".to_owned(),
        1 => "1 write had to be repeated and was taken then".to_owned(),
        count => format!(
            "{} writes had to be repeated and were taken then",
            text::grouped(count)
        ),
    };
    Line::new(row(area, y + 1), screen).put(&format!("    {more}"), theme.muted);
}
