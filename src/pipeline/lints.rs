//! What is odd about a run, in words: judged from samples of its counters, off the hot path.
//!
//! [`judge`] is a plain function of a short history. [`Watcher`] keeps the history, says when a lint
//! begins and ends, and lets one go only when it was absent for a while, so that nothing flickers.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Lint, OutputStats, QueueStats};

/// How far back judging looks, in microseconds.
const WINDOW_US: i64 = 30_000_000;
/// Samples kept: some more than a window's at the usual pace.
const SAMPLES: usize = 64;
/// A lint that is not seen for so long has ended, in microseconds.
const CALM_US: i64 = 10_000_000;
/// Least time between two records of the same lint beginning, in microseconds.
const QUIET_US: i64 = 60_000_000;
/// Events in a row that are the same before that is odd.
const SAME: u64 = 100;
/// A next timestamp that is further away is told, in microseconds.
const FAR_US: i64 = 7 * 86_400_000_000;
/// Events of a template that were looked at before it is called empty.
const BLANK: u64 = 10;

/// A run's counters at one moment, as far as lints go by them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// When, microseconds since the Unix epoch.
    pub(super) at_us: i64,
    /// Timestamps wait for a clock.
    pub(super) timed: bool,
    pub(super) paused: bool,
    pub(super) gain: f64,
    pub(super) released: u64,
    pub(super) dropped: u64,
    pub(super) failed: u64,
    pub(super) events: u64,
    pub(super) bytes: u64,
    pub(super) lag: Duration,
    pub(super) outputs: Vec<OutputSample>,
    /// Events in a row that are the same.
    pub(super) same: u64,
    /// Templates whose events were all empty, with how many of them were looked at.
    pub(super) blank: Vec<(String, u64)>,
    pub(super) next: NextTime,
}

/// An output in a sample.
#[derive(Clone, Debug, Default)]
pub(super) struct OutputSample {
    pub(super) stats: OutputStats,
    pub(super) queue: QueueStats,
    /// Its formatter takes JSON only.
    pub(super) json: bool,
    /// It does not check who its target is.
    pub(super) unverified: bool,
}

/// When the schedules fire next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum NextTime {
    /// Nobody knows yet.
    #[default]
    Unknown,
    /// At this instant, microseconds since the Unix epoch.
    At(i64),
    /// Never again; what still may come comes from outside.
    Never,
}

/// A lint, and what it is about where there may be several of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) lint: Lint,
    pub(super) about: String,
}

impl Found {
    fn is(&self, other: &Self) -> bool {
        self.lint.name == other.lint.name && self.about == other.about
    }
}

/// Everything odd that a history shows, the most serious first. `since_us` is when the latest sample was
/// taken, or when the window began in which it was seen.
pub(super) fn judge(history: &VecDeque<Sample>) -> Vec<Found> {
    let Some(last) = history.back() else {
        return Vec::new();
    };
    let window: Vec<&Sample> = history
        .iter()
        .filter(|one| one.at_us >= last.at_us.saturating_sub(WINDOW_US))
        .collect();
    let long = history
        .front()
        .is_some_and(|first| last.at_us.saturating_sub(first.at_us) >= WINDOW_US);
    let look = Look {
        first: window.first().copied().unwrap_or(last),
        window,
        last,
        long,
    };
    let mut found = Vec::new();
    look.nothing_taken(&mut found);
    look.outputs(&mut found);
    look.nothing_made(&mut found);
    look.schedule(&mut found);
    look.same(&mut found);
    look.unverified(&mut found);
    found
}

struct Look<'h> {
    window: Vec<&'h Sample>,
    first: &'h Sample,
    last: &'h Sample,
    /// The window is whole.
    long: bool,
}

impl Look<'_> {
    /// A lint by its kind, with what it is about behind a colon.
    fn lint(&self, name: &str, message: String, help: &str, since_us: i64) -> Found {
        let (name, about) = name.split_once(':').unwrap_or((name, ""));
        Found {
            about: about.to_owned(),
            lint: Lint {
                name: name.to_owned(),
                message,
                help: help.to_owned(),
                since_us,
            },
        }
    }

    fn gained(&self, of: impl Fn(&Sample) -> u64) -> u64 {
        of(self.last).saturating_sub(of(self.first))
    }

    /// No output takes anything, though there is something.
    fn nothing_taken(&self, found: &mut Vec<Found>) {
        let taken = self.gained(|one| one.outputs.iter().map(|out| out.stats.written).sum());
        let here = |out: &&OutputSample| !out.stats.is_former();
        let waits = |out: &OutputSample| out.stats.in_flight > 0 && !out.stats.paused;
        let waiting = self
            .window
            .iter()
            .all(|one| one.outputs.iter().filter(here).any(waits));
        let lost = |out: &OutputSample| out.stats.write_failed;
        let losing = self.gained(|one| one.outputs.iter().filter(here).map(lost).sum());
        if self.long && taken == 0 && (waiting || losing > 0) && !self.last.outputs.is_empty() {
            found.push(self.lint(
                "nothing-taken",
                "no output has taken an event for 30 s".to_owned(),
                "look at the errors of the outputs; `retry` tries again now",
                self.first.at_us,
            ));
        }
    }

    fn outputs(&self, found: &mut Vec<Found>) {
        for (index, output) in self.last.outputs.iter().enumerate() {
            if output.stats.is_former() {
                continue;
            }
            let name = &output.stats.name;
            let at = |one: &&Sample| one.outputs.get(index).cloned().unwrap_or_default();
            let seen: Vec<OutputSample> = self.window.iter().map(at).collect();
            if self.slow(&seen) {
                found.push(self.lint(
                    &format!("slow-output:{index}"),
                    format!("output[{index}] `{name}` has been slower than the input for 30 s"),
                    "raise its `concurrency` or batch size, lower the rate, or give its target more room",
                    self.first.at_us,
                ));
            } else if self.growing(&seen) {
                let (len, most) = (output.queue.len, output.queue.capacity);
                found.push(self.lint(
                    &format!("queue-growing:{index}"),
                    format!(
                        "what waits for output[{index}] `{name}` grows: {len} of {most} batches"
                    ),
                    "when it is full the run waits for this output",
                    self.first.at_us,
                ));
            }
            self.refused(index, output, found);
        }
    }

    /// Its queue was full all the time, and what is due comes late.
    fn slow(&self, seen: &[OutputSample]) -> bool {
        let full = |one: &OutputSample| one.queue.len >= one.queue.capacity.max(1);
        let held = seen.iter().any(|one| one.stats.paused);
        let late = self.last.lag > self.first.lag.max(Duration::from_millis(100));
        self.long
            && self.last.timed
            && !self.last.paused
            && !held
            && seen.len() >= 3
            && (seen.iter().all(full)
                || late && seen.iter().filter(|one| full(one)).count() * 2 > seen.len())
    }

    /// More and more waits, and it is half full.
    fn growing(&self, seen: &[OutputSample]) -> bool {
        let lens: Vec<usize> = seen.iter().map(|one| one.queue.len).collect();
        let up = lens.windows(2).all(|two| matches!(two, [a, b] if a <= b));
        let (first, last) = (lens.first().copied(), lens.last().copied());
        let most = seen.last().map_or(0, |one| one.queue.capacity);
        let held = seen.last().is_some_and(|one| one.stats.paused);
        self.last.timed
            && !held
            && lens.len() >= 4
            && up
            && last > first
            && last.unwrap_or(0) * 2 >= most
    }

    /// Events its formatter refuses.
    fn refused(&self, index: usize, output: &OutputSample, found: &mut Vec<Found>) {
        let of = |one: &Sample, get: fn(&OutputStats) -> u64| {
            one.outputs.get(index).map_or(0, |out| get(&out.stats))
        };
        let refused = self.gained(|one| of(one, |stats| stats.format_failed));
        if refused == 0 {
            return;
        }
        let name = &output.stats.name;
        let all = self
            .gained(|one| of(one, |stats| stats.received))
            .max(refused);
        let what = if output.json {
            "are no JSON"
        } else {
            "do not fit its format"
        };
        let kind = if output.json {
            "json-check"
        } else {
            "format-check"
        };
        found.push(self.lint(
            &format!("{kind}:{index}"),
            format!("{refused} of the last {all} events for output[{index}] `{name}` {what}"),
            "they are left out; the errors show one of them with the place",
            self.last.at_us,
        ));
    }

    /// Templates and picks that give nothing.
    fn nothing_made(&self, found: &mut Vec<Found>) {
        let answered = self.gained(|one| one.released);
        let since_us = self.first.at_us;
        if answered > 0 && self.gained(|one| one.events) == 0 && self.window.len() > 1 {
            let (dropped, failed) = (
                self.gained(|one| one.dropped),
                self.gained(|one| one.failed),
            );
            let (name, message, help) = if failed * 2 >= answered {
                (
                    "all-failed",
                    format!("all of the last {answered} timestamps failed to render"),
                    "the errors show the line at fault",
                )
            } else if dropped * 2 >= answered {
                (
                    "all-dropped",
                    format!("all of the last {answered} timestamps were dropped"),
                    "`dispatch.drop()` is called every time, or the template is switched off",
                )
            } else {
                (
                    "nothing-picked",
                    format!("nothing was picked for the last {answered} timestamps"),
                    "look at the weights or conditions of the templates",
                )
            };
            found.push(self.lint(name, message, help, since_us));
        }
        for (alias, looked) in &self.last.blank {
            if *looked >= BLANK {
                let what = match alias.as_str() {
                    "" => "the events are empty".to_owned(),
                    alias => format!("the template `{alias}` renders nothing"),
                };
                found.push(self.lint(
                    &format!("empty-template:{alias}"),
                    what,
                    "call `dispatch.drop()` where no event is wanted",
                    self.last.at_us,
                ));
            }
        }
    }

    fn schedule(&self, found: &mut Vec<Found>) {
        if !self.last.timed || self.last.paused {
            return;
        }
        let since_us = self.last.at_us;
        let (message, help) = match self.last.next {
            _ if self.last.gain == 0.0 => (
                "the gain is 0, so nothing is released".to_owned(),
                "set the gain above 0",
            ),
            NextTime::Never => (
                "the schedules have ended: only what comes from outside is released".to_owned(),
                "nothing, if that is meant",
            ),
            NextTime::At(at_us) if at_us.saturating_sub(self.last.at_us) >= FAR_US => {
                let days = at_us.saturating_sub(self.last.at_us) / 86_400_000_000;
                (
                    format!("the next timestamp is {days} days away"),
                    "check the schedule and its zone",
                )
            }
            _ => return,
        };
        found.push(self.lint("silent-schedule", message, help, since_us));
    }

    fn same(&self, found: &mut Vec<Found>) {
        let same = self.last.same;
        if same >= SAME && self.gained(|one| one.events) > 0 && self.last.bytes > self.first.bytes {
            found.push(self.lint(
                "same-event",
                format!("the last {same} events are the same, byte for byte"),
                "use `timestamp`, `module.rand` or a sample in the template",
                self.last.at_us,
            ));
        }
    }

    fn unverified(&self, found: &mut Vec<Found>) {
        let open = self.last.outputs.iter().enumerate();
        for (index, output) in open.filter(|(_, output)| output.unverified) {
            let name = &output.stats.name;
            found.push(self.lint(
                &format!("unverified:{index}"),
                format!("output[{index}] `{name}` does not check the certificate of its target"),
                "name the authority with `ca_cert` instead of switching the check off",
                self.last.at_us,
            ));
        }
    }
}

/// Keeps a history of samples and what it shows.
#[derive(Debug, Default)]
pub(super) struct Watcher {
    history: VecDeque<Sample>,
    shown: Vec<Shown>,
    /// When a lint was last put on record as beginning.
    recorded: Vec<(Found, i64)>,
}

#[derive(Debug)]
struct Shown {
    found: Found,
    seen_us: i64,
    recorded: bool,
}

/// What is to be put on record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Begins(Lint),
    Ends(Lint),
}

impl Watcher {
    /// Takes a sample, with what others found odd about the run; says what begins and ends.
    pub(super) fn add(&mut self, sample: Sample, more: Vec<Lint>) -> Vec<Turn> {
        let now_us = sample.at_us;
        self.history.push_back(sample);
        let keep = |one: &Sample| one.at_us >= now_us.saturating_sub(2 * WINDOW_US);
        while self.history.len() > SAMPLES || self.history.front().is_some_and(|one| !keep(one)) {
            self.history.pop_front();
        }
        let mut found = judge(&self.history);
        found.extend(more.into_iter().map(|lint| Found {
            about: lint.message.clone(),
            lint,
        }));
        self.turn(found, now_us)
    }

    fn turn(&mut self, found: Vec<Found>, now_us: i64) -> Vec<Turn> {
        let mut turns = Vec::new();
        let mut next = Vec::new();
        for mut found in found {
            let known = self.shown.iter().position(|one| one.found.is(&found));
            let recorded = match known.map(|at| self.shown.remove(at)) {
                Some(known) => {
                    found.lint.since_us = known.found.lint.since_us;
                    known.recorded
                }
                None => {
                    let told = self.may_record(&found, now_us);
                    if told {
                        turns.push(Turn::Begins(found.lint.clone()));
                    }
                    told
                }
            };
            next.push(Shown {
                found,
                seen_us: now_us,
                recorded,
            });
        }
        for old in std::mem::take(&mut self.shown) {
            if now_us.saturating_sub(old.seen_us) < CALM_US {
                next.push(old);
            } else if old.recorded {
                turns.push(Turn::Ends(old.found.lint));
            }
        }
        self.shown = next;
        turns
    }

    fn may_record(&mut self, found: &Found, now_us: i64) -> bool {
        self.recorded
            .retain(|(_, at_us)| now_us.saturating_sub(*at_us) < QUIET_US);
        let told = self.recorded.iter().any(|(known, _)| known.is(found));
        if !told {
            self.recorded.push((found.clone(), now_us));
        }
        !told
    }

    /// What is odd now, the most serious first.
    pub(super) fn lints(&self) -> Vec<Lint> {
        let shown = self.shown.iter();
        shown.map(|one| one.found.lint.clone()).collect()
    }
}

#[cfg(test)]
#[path = "lints_tests.rs"]
mod tests;
