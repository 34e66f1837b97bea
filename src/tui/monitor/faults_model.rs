//! What fails in a run, put together from its counters: one fault for each output, template or stage that
//! has something to tell, what loses events now first.

use std::collections::HashMap;
use std::time::Duration;

use crate::instance::GeneratorStatus;
use crate::pipeline::{EndReason, ErrorStats, Lint, OutputStats, State, Stats};

/// Shortest time over which a rate of losses is told.
const WINDOW: Duration = Duration::from_secs(1);
/// How long something counts as going on after it last happened.
const NOW: Duration = Duration::from_secs(5);

/// What a fault is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// Something odd about the run, by its name.
    Lint(String),
    /// The run as a whole.
    Run,
    /// The entry in the startup list.
    Entry,
    /// A change to the files.
    Files,
    /// An output, by its number in the document.
    Output(usize),
    /// A template, by its alias.
    Template(String),
    /// Whatever else has errors, by its source.
    Source(String),
}

/// How bad it is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Odd: told in words above everything else.
    Odd,
    /// Events are lost now.
    Loses,
    /// Nothing goes on: it ended badly, or events wait for a target.
    Stuck,
    /// It is held or switched off on purpose.
    Held,
    /// It failed before; nothing is lost at the moment.
    Past,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What it is about.
    pub about: About,
    /// How bad it is.
    pub degree: Degree,
    /// As shown: `output[1] http`, `template page`.
    pub name: String,
    /// A few words: `down`, `loses 12/s`.
    pub word: String,
    /// Events that were lost of it.
    pub lost: u64,
    /// Its errors, the most recent first.
    pub errors: Vec<ErrorStats>,
}

/// How losses go on, by what they are about.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    by: HashMap<About, Loss>,
    /// Names of the outputs by their numbers, which mean others when files are changed.
    outputs: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Loss {
    /// Losses and running time at the start of the window.
    from: (u64, Duration),
    /// When the latest was seen.
    latest: Option<Duration>,
    per_second: f64,
}

impl Losses {
    /// Takes in how many were lost after so much running time.
    fn heard(&mut self, about: &About, lost: u64, uptime: Duration) {
        let entry = self.by.entry(about.clone()).or_insert(Loss {
            from: (lost, uptime),
            ..Loss::default()
        });
        let (before, since) = entry.from;
        if uptime < since || lost < before {
            // Another run.
            *entry = Loss {
                from: (lost, uptime),
                ..Loss::default()
            };
            return;
        }
        let over = uptime - since;
        if lost > before {
            entry.latest = Some(uptime);
        }
        if over >= WINDOW {
            entry.per_second = (lost - before) as f64 / over.as_secs_f64();
            entry.from = (lost, uptime);
        }
    }

    /// Events lost in a second; `None` when none was lost of late.
    fn now(&self, about: &About, uptime: Duration) -> Option<f64> {
        let entry = self.by.get(about)?;
        let latest = entry.latest?;
        (uptime.saturating_sub(latest) < NOW).then_some(entry.per_second)
    }

    /// Takes a report in.
    pub fn heard_of(&mut self, stats: &Stats) {
        let names = stats.outputs.iter().map(|one| &one.name);
        if !self.outputs.iter().eq(names.clone()) {
            self.outputs = names.cloned().collect();
            self.by
                .retain(|about, _| !matches!(about, About::Output(_)));
        }
        for (index, output) in stats.outputs.iter().enumerate() {
            self.heard(&About::Output(index), lost_of(output), stats.uptime);
        }
        for alias in &stats.aliases {
            let about = About::Template(alias.name.clone());
            self.heard(&about, alias.failed, stats.uptime);
        }
        if stats.aliases.is_empty() {
            for error in &stats.errors {
                let about = about_of(&error.source);
                if !matches!(about, About::Output(_)) {
                    self.heard(&about, error.count, stats.uptime);
                }
            }
        }
    }
}

/// Events that an output lost for good.
pub fn lost_of(output: &OutputStats) -> u64 {
    output.format_failed + output.write_failed
}

/// What errors of a source are about.
fn about_of(source: &str) -> About {
    let number = source
        .strip_prefix("output[")
        .and_then(|rest| rest.split_once(']'))
        .and_then(|(number, _)| number.parse().ok());
    if let Some(index) = number {
        return About::Output(index);
    }
    let alias = source
        .strip_prefix("event ")
        .and_then(|rest| rest.split_once('`'))
        .and_then(|(_, rest)| rest.strip_suffix('`'));
    match alias {
        Some(alias) => About::Template(alias.to_owned()),
        None => About::Source(source.to_owned()),
    }
}

/// All faults of a generator, the odd first, then the worst.
pub fn faults(status: &GeneratorStatus, losses: &Losses) -> Vec<Fault> {
    let stats = &status.stats;
    // Nothing is lost any more, and no target waited for, when the run is over.
    let over = matches!(status.state, Some(State::Ended(_)));
    let now = |about: &About| losses.now(about, stats.uptime).filter(|_| !over);
    let mut out: Vec<Fault> = stats.lints.iter().map(odd).collect();
    let mut errors: Vec<(About, Vec<ErrorStats>)> = Vec::new();
    for error in &stats.errors {
        let about = about_of(&error.source);
        match errors.iter_mut().find(|(known, _)| *known == about) {
            Some((_, list)) => list.push(error.clone()),
            None => errors.push((about, vec![error.clone()])),
        }
    }
    let mut take = |about: &About| -> Vec<ErrorStats> {
        let at = errors.iter().position(|(known, _)| known == about);
        at.map_or_else(Vec::new, |at| errors.remove(at).1)
    };
    for (index, output) in stats.outputs.iter().enumerate() {
        let about = About::Output(index);
        let errors = take(&about);
        let now = now(&about);
        out.extend(of_output(index, output, errors, now, over));
    }
    for alias in &stats.aliases {
        let about = About::Template(alias.name.clone());
        let errors = take(&about);
        if alias.failed > 0 || alias.off || !errors.is_empty() {
            let now = now(&about);
            let name = format!("template {}", alias.name);
            let mut fault = failing(about, name, alias.failed, errors, now);
            if alias.off && fault.degree != Degree::Loses {
                (fault.degree, fault.word) = (Degree::Held, "switched off".to_owned());
            }
            out.push(fault);
        }
    }
    for (about, errors) in errors {
        let name = match &about {
            About::Template(alias) => format!("template {alias}"),
            About::Source(source) => source.clone(),
            _ => String::new(),
        };
        let lost = errors.iter().map(|one| one.count).sum();
        let now = now(&about);
        out.push(failing(about, name, lost, errors, now));
    }
    out.extend(of_run(status));
    out.sort_by_key(|fault| fault.degree);
    out
}

fn odd(lint: &Lint) -> Fault {
    Fault {
        about: About::Lint(lint.name.clone()),
        degree: Degree::Odd,
        name: lint.message.clone(),
        word: String::new(),
        lost: 0,
        errors: Vec::new(),
    }
}

fn failing(
    about: About,
    name: String,
    lost: u64,
    errors: Vec<ErrorStats>,
    now: Option<f64>,
) -> Fault {
    let (degree, word) = match now {
        Some(rate) => (Degree::Loses, loses(rate)),
        None => (Degree::Past, "failed before".to_owned()),
    };
    Fault {
        about,
        degree,
        name,
        word,
        lost,
        errors,
    }
}

fn loses(rate: f64) -> String {
    if rate > 0.0 {
        format!("loses {}/s", crate::tui::text::short(rate))
    } else {
        "loses events".to_owned()
    }
}

fn of_output(
    index: usize,
    output: &OutputStats,
    errors: Vec<ErrorStats>,
    now: Option<f64>,
    over: bool,
) -> Option<Fault> {
    let lost = lost_of(output);
    let calm = lost == 0 && output.letters_kept == 0 && errors.is_empty();
    if calm && output.outage.is_none() && !output.paused {
        return None;
    }
    let name = format!("output[{index}] {}", output.name);
    let mut fault = failing(About::Output(index), name, lost, errors, now);
    if fault.degree == Degree::Past && output.letters_kept > 0 {
        let letters = crate::tui::text::short(output.letters_kept as f64);
        fault.word = format!("{letters} letters kept");
    }
    match &output.outage {
        Some(outage) if !over => {
            let word = if outage.open { "down" } else { "failing" };
            if fault.degree == Degree::Loses {
                fault.word = format!("{word}, {}", fault.word);
            } else {
                (fault.degree, fault.word) = (Degree::Stuck, word.to_owned());
            }
        }
        _ if output.paused && fault.degree != Degree::Loses => {
            (fault.degree, fault.word) = (Degree::Held, "held".to_owned());
        }
        _ => {}
    }
    Some(fault)
}

/// What is wrong with the run as a whole, with its files, with its entry.
fn of_run(status: &GeneratorStatus) -> Vec<Fault> {
    let fault = |about, name: &str, word: &str, why: &str| Fault {
        about,
        degree: Degree::Stuck,
        name: name.to_owned(),
        word: word.to_owned(),
        lost: 0,
        errors: vec![ErrorStats {
            message: why.to_owned(),
            ..ErrorStats::default()
        }],
    };
    let mut out = Vec::new();
    let problem = status.listing.problem.as_ref();
    // An entry that is no good never ran: that is told once.
    if let Some(State::Ended(EndReason::Failed(why))) = &status.state
        && problem != Some(why)
    {
        out.push(fault(About::Run, "the run", "failed", why));
    }
    let reload = &status.stats.reload;
    match (&reload.refused, &reload.pending) {
        (Some(why), _) => out.push(fault(About::Files, "changed files", "not taken", why)),
        (None, Some(what)) if reload.stalled => out.push(Fault {
            degree: Degree::Held,
            ..fault(About::Files, "changed files", "wait", what)
        }),
        _ => {}
    }
    if let Some(why) = problem {
        out.push(fault(About::Entry, "startup list", "not in force", why));
    }
    out
}

/// An equation of the counters: what it is about, both sides in words, how far they are apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    /// `timestamps`, or the output.
    pub about: String,
    /// What came.
    pub left: String,
    /// What became of it.
    pub right: String,
    /// What came and is in no counter yet; while it runs that is the batch being moved.
    pub apart: u64,
}

/// The equations that prove that nothing got lost.
pub fn equations(stats: &Stats) -> Vec<Equation> {
    let mut out = vec![equation(
        "timestamps".to_owned(),
        ("released", stats.released),
        &[
            ("gave events", stats.produced_for),
            ("picked nothing", stats.empty),
            ("dropped", stats.dropped),
            ("failed", stats.failed),
            ("unused", stats.unused),
        ],
    )];
    for (index, output) in stats.outputs.iter().enumerate() {
        out.push(equation(
            format!("output[{index}] {}", output.name),
            ("received", output.received),
            &[
                ("written", output.written),
                ("not formatted", output.format_failed),
                ("lost in writing", output.write_failed),
                ("dead letters", output.dead_lettered),
                ("on the way", output.in_flight),
            ],
        ));
    }
    out
}

fn equation(about: String, left: (&str, u64), right: &[(&str, u64)]) -> Equation {
    let grouped = crate::tui::text::grouped;
    let parts: Vec<String> = right
        .iter()
        .enumerate()
        .filter(|(index, (_, count))| *index == 0 || *count > 0)
        .map(|(_, (name, count))| format!("{} {name}", grouped(*count)))
        .collect();
    let sum: u64 = right.iter().map(|(_, count)| count).sum();
    Equation {
        about,
        left: format!("{} {}", grouped(left.1), left.0),
        right: parts.join(" + "),
        apart: left.1.abs_diff(sum),
    }
}

#[cfg(test)]
#[path = "faults_model_tests.rs"]
mod tests;
