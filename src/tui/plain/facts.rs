//! What there is to tell, in lines, and which of it is new.

use super::running::Running;
use crate::config::Severity;
use crate::preview::PreviewFailure;
use crate::tui::app::{App, Overlay, Phase, Screen};
use crate::tui::text;

/// Most lines of each kind.
const LINES: usize = 10;
/// Longest line of an event, in cells.
const EVENT: usize = 400;

/// What was told last.
#[derive(Debug, Default, PartialEq)]
pub struct Facts {
    project: Vec<String>,
    problems: Vec<String>,
    next: Vec<String>,
    events: Vec<String>,
    state: Vec<String>,
    rates: Vec<String>,
    question: Vec<String>,
    toasts: Vec<String>,
    running: Running,
}

impl Facts {
    /// What changed since the last time, and whether how fast the pipeline is was among it. How fast is
    /// told only when that is due.
    pub fn news(&mut self, app: &App, rates_due: bool) -> (Vec<String>, bool) {
        let mut out = Vec::new();
        let settled = !app.preview.stale && app.preview.took.is_some();
        put(&mut self.project, project(app), &mut out);
        if settled && app.screen == Screen::Design {
            put(&mut self.problems, problems(app), &mut out);
            put(&mut self.next, next(app), &mut out);
            put(&mut self.events, events(app), &mut out);
        }
        put(&mut self.state, state(app), &mut out);
        let before = out.len();
        if rates_due && app.pipeline.seen() {
            put(&mut self.rates, rates(app), &mut out);
        }
        let mut told_rates = out.len() > before;
        let (lines, counted) = self.running.news(app, rates_due);
        out.extend(lines);
        told_rates |= counted;
        put(&mut self.question, question(app), &mut out);
        // Messages come and go; only those that come are news.
        let toasts: Vec<String> = app.toasts.iter().map(|one| one.text.clone()).collect();
        let fresh = toasts.iter().filter(|one| !self.toasts.contains(one));
        out.extend(fresh.map(|text| format!("message: {text}")));
        self.toasts = toasts;
        (out, told_rates)
    }
}

fn put(told: &mut Vec<String>, now: Vec<String>, out: &mut Vec<String>) {
    if *told != now {
        out.extend(now.iter().cloned());
        *told = now;
    }
}

/// The text without what would act on a terminal, in one line.
pub fn safe(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => '␊',
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

fn project(app: &App) -> Vec<String> {
    match (&app.project, &app.start) {
        (Some(project), _) => {
            let gone = project.missing.is_some();
            let gone = if gone { " (gone from the disk)" } else { "" };
            vec![format!(
                "project: {}, {}{gone}",
                project.name,
                project.root.display()
            )]
        }
        (None, Some(start)) => match &start.found {
            None => Vec::new(),
            Some(found) if found.is_empty() => vec!["no project here".to_owned()],
            Some(found) => {
                let names = found.iter().take(LINES);
                let head = "no project is open; give one of these on the command line".to_owned();
                let names = names.map(|one| format!("found: {} {}", one.name, one.about));
                std::iter::once(head).chain(names).collect()
            }
        },
        (None, None) => Vec::new(),
    }
}

fn problems(app: &App) -> Vec<String> {
    let all = &app.preview.problems;
    if all.is_empty() {
        return vec!["problems: none".to_owned()];
    }
    let mut out = vec![format!("problems: {}", all.len())];
    for problem in all {
        let word = match problem.severity {
            Severity::Error => "error",
            _ => "warning",
        };
        let help = problem
            .help
            .as_ref()
            .map_or(String::new(), |help| format!("; {help}"));
        let place = match problem.label.as_str() {
            "" => String::new(),
            label => format!(" {label}"),
        };
        out.push(format!("{word}{place}: {}{help}", problem.message));
    }
    out
}

fn next(app: &App) -> Vec<String> {
    let Some(schedule) = &app.preview.schedule else {
        return vec!["next: not known while the inputs are unsound".to_owned()];
    };
    if let Some(why) = &schedule.nothing {
        return vec![format!("next: nothing fires, {why}")];
    }
    if let Some(why) = &schedule.skipped {
        return vec![format!("next: a live run gives nothing, {why}")];
    }
    let name = |index: u16| {
        schedule
            .inputs
            .get(usize::from(index))
            .map_or("", String::as_str)
    };
    let all: Vec<String> = schedule
        .next
        .iter()
        .map(|(at, input)| format!("next: {} {}", text::date_time(*at), name(*input)))
        .collect();
    let once = all.chunk_by(|one, other| one == other).take(LINES);
    once.filter_map(|same| {
        let line = same.first()?;
        Some(match same.len() {
            1 => line.clone(),
            many => format!("{line}, {many} at once"),
        })
    })
    .collect()
}

fn events(app: &App) -> Vec<String> {
    let shown = app.preview.events.iter().take(LINES);
    shown
        .map(|event| {
            let alias = event
                .alias
                .as_ref()
                .map_or(String::new(), |alias| format!(" {alias}"));
            let words = match &event.text {
                Ok(text) => text::fit(text.trim_end(), EVENT),
                Err(PreviewFailure::Dropped) => "dropped by the template".to_owned(),
                Err(PreviewFailure::Render(error)) => format!("failed: {}", error.message),
                Err(PreviewFailure::Format(_, why)) => format!("refused by the formatter: {why}"),
            };
            format!("event: {}{alias}: {words}", text::date_time(event.at))
        })
        .collect()
}

fn state(app: &App) -> Vec<String> {
    let paused = app.pipeline.stats.settings.paused;
    let state = match &app.pipeline.phase {
        Phase::Idle => return Vec::new(),
        Phase::Starting => "starting".to_owned(),
        Phase::Running if paused => "paused".to_owned(),
        Phase::Running => "running".to_owned(),
        Phase::Stopping => "stopping".to_owned(),
        Phase::Ended(why, _) => format!("ended, {why}"),
    };
    vec![format!("pipeline: {state}")]
}

fn rates(app: &App) -> Vec<String> {
    let pipeline = &app.pipeline;
    let stats = &pipeline.stats;
    let mut out = vec![format!(
        "events: {} made, {} events/s, {} written, {}/s, {} errors, up {}",
        text::grouped(stats.events),
        text::short(pipeline.rate),
        text::bytes(pipeline.written_bytes() as f64),
        text::bytes(pipeline.byte_rate),
        pipeline.error_count(),
        text::clock(stats.uptime),
    )];
    for output in &stats.outputs {
        if let Some(outage) = &output.outage {
            out.push(format!("output {}: down, {}", output.name, outage.reason));
        }
    }
    out
}

fn question(app: &App) -> Vec<String> {
    let Some(Overlay::Dialog(dialog)) = app.overlays.last() else {
        return Vec::new();
    };
    let mut out: Vec<String> = vec![format!("question: {}", dialog.title)];
    out.extend(dialog.lines.iter().map(|line| format!("  {}", line.trim())));
    let choices = dialog.choices.iter();
    out.extend(choices.map(|choice| format!("answer {}: {}", choice.key, choice.label)));
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_is_told() {
        assert_eq!(safe("a\x1b[31mb\nc\td\u{9b}"), "a�[31mb␊c d�");
    }

    #[test]
    fn only_what_changed_is_told() {
        let mut told = Vec::new();
        let mut out = Vec::new();
        put(&mut told, vec!["one".to_owned()], &mut out);
        put(&mut told, vec!["one".to_owned()], &mut out);
        put(&mut told, vec!["two".to_owned()], &mut out);
        assert_eq!(out, ["one", "two"]);
    }
}
