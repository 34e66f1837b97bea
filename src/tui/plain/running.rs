//! The screens about running generators, in lines. States and faults are told when they change, counters
//! from time to time, records and events as they come.

use crate::instance::Overview;
use crate::pipeline::Stats;
use crate::tui::app::{App, Screen};
use crate::tui::monitor::faults_model::equations;
use crate::tui::monitor::flow_words as words;
use crate::tui::monitor::globals::space_name;
use crate::tui::monitor::logs::{self, Entry};
use crate::tui::monitor::overview_table::{note, standing};
use crate::tui::text;

/// Most records or events told at once.
const LINES: usize = 50;
/// Longest event, in cells.
const EVENT: usize = 400;

/// What was told last.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Running {
    screen: Screen,
    steady: Vec<String>,
    numbers: Vec<String>,
    /// The counters of the shown screen were not told yet.
    owes: bool,
    /// Number of the last record and of the last event.
    record: u64,
    event: u64,
}

impl Running {
    /// What is new on the shown screen; the second is true when counters were among it, which are told
    /// only when they are due.
    pub(super) fn news(&mut self, app: &App, due: bool) -> (Vec<String>, bool) {
        let mut out = Vec::new();
        if self.screen != app.screen {
            *self = Self {
                screen: app.screen,
                owes: true,
                ..Self::default()
            };
            let about = app.monitor.chosen.as_deref();
            let about = about.filter(|_| app.screen.is_about_one());
            let about = about.map_or(String::new(), |id| format!(", {id}"));
            out.push(format!("screen: {}{about}", app.screen.title()));
        }
        // A screen is told line by line: what did not change is not said again.
        let steady = steady(app);
        let fresh = steady.iter().filter(|line| !self.steady.contains(line));
        out.extend(fresh.cloned());
        self.steady = steady;
        self.stream(app, &mut out);
        let numbers = if due || self.owes {
            numbers(app)
        } else {
            Vec::new()
        };
        let fresh = numbers.iter().filter(|line| !self.numbers.contains(line));
        let before = out.len();
        out.extend(fresh.cloned());
        let told = out.len() > before;
        if !numbers.is_empty() {
            self.owes = false;
            self.numbers = numbers;
        }
        (out, told)
    }

    /// Records and events that came since the last time.
    fn stream(&mut self, app: &App, out: &mut Vec<String>) {
        let monitor = &app.monitor;
        match app.screen {
            Screen::Logs => {
                let count = monitor.logs.count();
                for index in count.saturating_sub(LINES)..count {
                    let Some(Entry::Record(record)) = monitor.logs.entry(index) else {
                        continue;
                    };
                    if record.number > self.record {
                        self.record = record.number;
                        let about = record.generator.as_deref().unwrap_or("instance");
                        let at = text::date_time(app.zone().at_instant(record.at_us));
                        let level = logs::word(record.level);
                        out.push(format!("log: {at} {level} {about}: {}", record.message));
                    }
                }
            }
            Screen::Tail => {
                let shown = &monitor.tail.shown;
                for event in shown.iter().skip(shown.len().saturating_sub(LINES)) {
                    if event.number > self.event {
                        self.event = event.number;
                        let alias = event.alias.as_deref().unwrap_or_default();
                        let words = text::fit(event.text.trim_end(), EVENT);
                        out.push(format!("event: {} {alias}: {words}", event.at));
                    }
                }
            }
            _ => {}
        }
    }
}

/// What is told when it changes.
fn steady(app: &App) -> Vec<String> {
    let monitor = &app.monitor;
    let mut out: Vec<String> = Vec::new();
    if app.screen == Screen::Design {
        return out;
    }
    if let Some(why) = &monitor.silent {
        out.push(format!("the instance does not answer: {why}"));
    }
    match app.screen {
        Screen::Overview if monitor.heard && monitor.generators.is_empty() => {
            out.push("there are no generators".to_owned());
        }
        Screen::Overview => out.extend(monitor.generators.iter().map(generator)),
        Screen::Flow | Screen::Faults => {
            let Some(status) = monitor.status.as_deref() else {
                return out;
            };
            let stats = &status.stats;
            if app.screen == Screen::Flow {
                let brake = words::brake(stats, &monitor.flow.meter);
                out.extend(brake.map(|brake| format!("flow: {}", brake.words)));
                let settings = words::settings(&stats.settings);
                out.extend(settings.into_iter().map(|one| format!("setting: {one}")));
            } else {
                out.extend(faults(app));
            }
            out.extend(
                stats
                    .lints
                    .iter()
                    .map(|one| format!("odd: {}", one.message)),
            );
        }
        Screen::Globals => {
            let spaces = monitor.spaces();
            out.extend(
                spaces
                    .iter()
                    .map(|one| format!("scenario: {}", space_name(one))),
            );
            let rows = monitor.globals.rows.iter();
            out.extend(rows.map(|row| format!("global: {} = {}", row.path.join("."), row.text)));
        }
        Screen::Design | Screen::Tail | Screen::Logs => {}
    }
    out
}

fn generator(one: &Overview) -> String {
    let mut line = format!("generator {}: {}", one.id, standing(one).1);
    if let Some((note, _)) = note(one) {
        line.push_str(&format!(", {note}"));
    }
    for lint in &one.lints {
        line.push_str(&format!(", {lint}"));
    }
    line
}

fn faults(app: &App) -> Vec<String> {
    let found = &app.monitor.faults.faults;
    if found.is_empty() {
        return vec!["faults: nothing fails".to_owned()];
    }
    let line = |one: &crate::tui::monitor::faults_model::Fault| {
        let why = one.errors.first();
        let why = why.map_or(String::new(), |error| format!("; {}", error.message));
        format!("fault {}: {}{why}", one.name, one.word)
    };
    found.iter().map(line).collect()
}

/// Counters.
fn numbers(app: &App) -> Vec<String> {
    let monitor = &app.monitor;
    match app.screen {
        Screen::Overview => monitor.generators.iter().map(counted).collect(),
        Screen::Flow => monitor
            .status
            .as_deref()
            .map_or_else(Vec::new, |status| flow(&status.stats)),
        Screen::Faults => {
            let Some(status) = monitor.status.as_deref() else {
                return Vec::new();
            };
            let sums = equations(&status.stats).into_iter();
            sums.map(|one| format!("{}: {} = {}", one.about, one.left, one.right))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn counted(one: &Overview) -> String {
    format!(
        "counters {}: {} events, {} written, {} lost, {} errors, {} late, queue {:.0} %, up {}",
        one.id,
        text::grouped(one.events),
        text::bytes(one.bytes as f64),
        text::grouped(one.lost),
        text::grouped(one.errors),
        text::clock(one.lag),
        one.queue * 100.0,
        text::clock(one.uptime),
    )
}

fn flow(stats: &Stats) -> Vec<String> {
    let mut out = vec![format!(
        "timestamps: {} released, {} made events, {} dropped, {} failed; {} events",
        text::grouped(stats.released),
        text::grouped(stats.produced_for),
        text::grouped(stats.dropped),
        text::grouped(stats.failed),
        text::grouped(stats.events),
    )];
    out.extend(stats.queues.iter().map(|queue| {
        let (len, most) = (queue.len, queue.capacity);
        format!("queue {}: {len} of {most}", queue.name)
    }));
    out.extend(stats.outputs.iter().enumerate().map(|(index, one)| {
        let lost = one.format_failed + one.write_failed;
        format!(
            "output[{index}] {}: {} received, {} written, {lost} lost, {} dead letters, {} on the way",
            one.name,
            text::grouped(one.received),
            text::grouped(one.written),
            one.dead_lettered,
            one.in_flight,
        )
    }));
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::pipeline::State;

    #[test]
    fn a_generator_says_its_state_in_words() {
        let one = Overview {
            id: "web".to_owned(),
            state: Some(State::Running),
            outages: 1,
            lints: vec!["slow-output".to_owned()],
            lost: 1_234,
            ..Overview::default()
        };
        assert_eq!(
            generator(&one),
            "generator web: no target, an output is down, slow-output"
        );
        assert!(counted(&one).contains("1,234 lost"), "{}", counted(&one));
    }
}
