//! What there is to say about a fault, line by line: a label, a text, how it is meant.

use std::path::Path;
use std::time::Duration;

use ratatui::layout::Rect;

use super::faults_model::{About, Fault, lost_of};
use super::faults_place::{self as place, Excerpt};
use crate::instance::GeneratorStatus;
use crate::pipeline::{ErrorStats, OutputStats, State};
use crate::time::{Zone, short_duration};
use crate::tui::text;

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// Less important.
    Muted,
    /// Worth a look.
    Warn,
    /// Wrong.
    Error,
    /// What can be done.
    Help,
    /// A line of a file, not to be broken.
    Code,
    /// The line of a file that the error points to.
    Here,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it tells; empty for more of the same.
    pub label: String,
    /// The text.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

fn fact(label: &str, text: impl Into<String>, tone: Tone) -> Fact {
    Fact {
        label: label.to_owned(),
        text: text.into(),
        tone,
    }
}

/// What can be done about a run that failed.
const AFTER_FAILURE: &str = "mend what is told below, then start it again: `s` on the table of generators (1) or on the flow (2)";

/// Cells of a label and the blanks round it.
pub const LABEL: usize = 11;
/// Narrowest screen with the details beside the list.
const BESIDE: u16 = 150;

/// Where the list and the details are; the row or column between them is for a rule.
///
/// ```text
/// counts
/// list
/// ─ details
/// ```
pub fn places(body: Rect, faults: usize) -> (Rect, Rect) {
    let top = body.height.min(1);
    let body = Rect {
        y: body.y + top,
        height: body.height - top,
        ..body
    };
    if body.width >= BESIDE {
        let left = body.width * 9 / 20;
        let list = Rect {
            width: left,
            ..body
        };
        let details = Rect {
            x: body.x + left + 1,
            width: body.width - left - 1,
            ..body
        };
        return (list, details);
    }
    let most = (body.height * 2 / 5).max(1).min(body.height);
    let rows = u16::try_from(faults)
        .unwrap_or(u16::MAX)
        .clamp(1, most.max(1))
        .min(body.height);
    let rest = body.height - rows;
    let rule = rest.min(1);
    (
        Rect {
            height: rows,
            ..body
        },
        Rect {
            y: body.y + rows + rule,
            height: rest - rule,
            ..body
        },
    )
}

/// Everything there is to say about a fault.
pub fn facts(
    fault: &Fault,
    status: &GeneratorStatus,
    excerpt: Option<&Excerpt>,
    zone: Zone,
) -> Vec<Fact> {
    let root = place::root_of(&status.project);
    let over = matches!(status.state, Some(State::Ended(_)));
    let mut out = match &fault.about {
        About::Lint(name) => return of_lint(name, status, zone),
        About::Output(index) => status
            .stats
            .outputs
            .get(*index)
            .map_or_else(Vec::new, |output| of_output(output, over)),
        About::Template(alias) => of_template(alias, status),
        About::Files => vec![fact(
            "",
            "The run goes on with the files as they were before the change.",
            Tone::Plain,
        )],
        About::Entry => vec![fact(
            "",
            "The run goes on as it was started, or does not start.",
            Tone::Plain,
        )],
        About::Run => vec![fact("what to do", AFTER_FAILURE, Tone::Help)],
        About::Source(_) => Vec::new(),
    };
    let mut shown = excerpt;
    for error in &fault.errors {
        if !out.is_empty() {
            out.push(fact("", "", Tone::Plain));
        }
        of_error(error, root, shown, zone, &mut out);
        // The lines belong to the first error that points somewhere.
        if place::split(&error.message, root).is_some() {
            shown = None;
        }
    }
    out
}

fn of_lint(name: &str, status: &GeneratorStatus, zone: Zone) -> Vec<Fact> {
    let Some(lint) = status.stats.lints.iter().find(|one| one.name == name) else {
        return Vec::new();
    };
    vec![
        fact("seen", &lint.message, Tone::Warn),
        fact("since", when(lint.since_us, zone), Tone::Plain),
        fact("", "", Tone::Plain),
        fact("what to do", &lint.help, Tone::Help),
    ]
}

fn of_output(output: &OutputStats, over: bool) -> Vec<Fact> {
    let grouped = text::grouped;
    let mut out = Vec::new();
    if let Some(outage) = &output.outage {
        let what = match (over, outage.open) {
            (true, true) => "was down when the run ended",
            (true, false) => "was failing when the run ended",
            (false, true) => "down: it is only probed until it answers",
            (false, false) => "failing: writes are tried again",
        };
        let lasted = short_duration(Duration::from_secs(outage.lasted.as_secs()));
        out.push(fact("target", what, Tone::Error));
        out.push(fact("why", &outage.reason, Tone::Error));
        out.push(fact("lasted", lasted, Tone::Plain));
        let attempts = format!(
            "{} in a row, {} repeated in all",
            grouped(u64::from(outage.attempts)),
            grouped(output.retries)
        );
        out.push(fact("attempts", attempts, Tone::Plain));
        let next = match outage.next {
            _ if over => "none: the run is over".to_owned(),
            Some(next) if next < Duration::from_secs(1) => "now".to_owned(),
            Some(next) => format!("in {} s", next.as_secs()),
            None => "none is planned".to_owned(),
        };
        out.push(fact("next try", next, Tone::Warn));
    }
    if output.paused {
        let text =
            "on purpose: what is for it waits in its queue, and the run waits when that is full";
        out.push(fact("held", text, Tone::Warn));
    }
    let lost = lost_of(output);
    if lost > 0 {
        let parts: Vec<String> = [
            (output.format_failed, "could not be formatted"),
            (output.write_failed, "lost in writing"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
        out.push(fact("lost", parts.join(", "), Tone::Error));
    }
    if let Some(path) = &output.letters {
        let text = match (output.letters_kept, output.dead_lettered) {
            (0, 0) => format!("none in {}", path.display()),
            (0, _) => format!(
                "none in {} any more; this run put {} there",
                path.display(),
                grouped(output.dead_lettered)
            ),
            (kept, put) => format!(
                "{} in {}; this run put {} there",
                grouped(kept),
                path.display(),
                grouped(put)
            ),
        };
        let tone = if output.letters_kept > 0 {
            Tone::Warn
        } else {
            Tone::Muted
        };
        out.push(fact("letters", text, tone));
    }
    let written = format!(
        "{} of {} received, {} on the way",
        grouped(output.written),
        grouped(output.received),
        grouped(output.in_flight)
    );
    out.push(fact("written", written, Tone::Muted));
    out
}

fn of_template(alias: &str, status: &GeneratorStatus) -> Vec<Fact> {
    let Some(one) = status.stats.aliases.iter().find(|one| one.name == alias) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    if one.off {
        let text = "on purpose: what is picked of it is dropped and counted";
        out.push(fact("off", text, Tone::Warn));
    }
    if one.failed > 0 {
        let text = format!("{} renders failed", text::grouped(one.failed));
        out.push(fact("lost", text, Tone::Error));
    }
    out.push(fact(
        "gave",
        text::count(usize::try_from(one.events).unwrap_or(usize::MAX), "event"),
        Tone::Muted,
    ));
    out
}

fn of_error(
    error: &ErrorStats,
    root: &Path,
    excerpt: Option<&Excerpt>,
    zone: Zone,
    out: &mut Vec<Fact>,
) {
    let spot = place::split(&error.message, root);
    out.push(fact("error", said(&error.message, root), Tone::Error));
    if error.count > 0 {
        let times = if error.count == 1 { "time" } else { "times" };
        let mut text = format!("{} {times}", text::grouped(error.count));
        if error.first_us > 0 {
            text.push_str(&format!(", first {}", when(error.first_us, zone)));
        }
        if error.last_us > 0 {
            let (first, last) = (when(error.first_us, zone), when(error.last_us, zone));
            // The day is told once.
            let day = first.get(..11).filter(|_| error.first_us > 0);
            let short = day.and_then(|day| last.strip_prefix(day));
            text.push_str(&format!(", last {}", short.unwrap_or(&last)));
        }
        out.push(fact("count", text, Tone::Plain));
    }
    if let Some((spot, _)) = &spot {
        let path = spot.path.strip_prefix(root).unwrap_or(&spot.path);
        let text = format!("{}:{}:{}", path.display(), spot.line, spot.column);
        out.push(fact("place", text, Tone::Plain));
        if let Some(excerpt) = excerpt.filter(|excerpt| excerpt.spot == *spot) {
            of_excerpt(excerpt, out);
        }
    }
    if let Some(sample) = error.sample.as_ref().filter(|sample| !sample.is_empty()) {
        out.push(fact("sample", sample, Tone::Muted));
    }
}

/// A message without the place it begins with, paths as the project names them.
pub fn said(message: &str, root: &Path) -> String {
    let rest = place::split(message, root).map_or(message, |(_, rest)| rest);
    rest.replace(&format!("{}/", root.display()), "")
}

fn of_excerpt(excerpt: &Excerpt, out: &mut Vec<Fact>) {
    match &excerpt.lines {
        None => {}
        Some(Err(why)) => out.push(fact("", why, Tone::Muted)),
        Some(Ok(lines)) => {
            for (number, line) in lines {
                let here = *number == excerpt.spot.line;
                let tone = if here { Tone::Here } else { Tone::Code };
                out.push(fact(&format!("{number} │"), line, tone));
            }
        }
    }
}

/// `2026-11-21 09:30:05`.
fn when(us: i64, zone: Zone) -> String {
    text::date_second(zone.at_instant(us))
}

/// Lines as shown: texts broken to a width, files' lines left as they are.
pub fn broken(facts: Vec<Fact>, width: usize) -> Vec<Fact> {
    let room = width.saturating_sub(LABEL + 2).max(8);
    let mut out = Vec::new();
    for one in facts {
        if matches!(one.tone, Tone::Code | Tone::Here) || text::width(&one.text) <= room {
            out.push(one);
            continue;
        }
        for (index, part) in text::wrap(&one.text, room).into_iter().enumerate() {
            let label = if index == 0 { one.label.as_str() } else { "" };
            out.push(fact(label, part, one.tone));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Outage;

    #[test]
    fn of_a_target_is_told_in_the_past_when_the_run_is_over() {
        let output = OutputStats {
            outage: Some(Outage {
                open: true,
                next: Some(Duration::from_secs(4)),
                ..Outage::default()
            }),
            ..OutputStats::default()
        };
        let told = |label: &str, over: bool| {
            let found = of_output(&output, over).into_iter();
            let mut texts = found.filter(|one| one.label == label).map(|one| one.text);
            texts.next().unwrap_or_default()
        };
        assert_eq!(
            told("target", false),
            "down: it is only probed until it answers"
        );
        assert_eq!(told("next try", false), "in 4 s");
        assert_eq!(told("target", true), "was down when the run ended");
        assert_eq!(told("next try", true), "none: the run is over");
    }
}
