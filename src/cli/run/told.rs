//! What the person or the journal reads: one short line a thing that happened.

use std::collections::BTreeMap;
use std::io;

use crate::cli::generate::headless::say;
use crate::cli::generate::summary;
use crate::cli::log_records::QUIETLY;
use crate::cli::report::{count, visible};
use crate::instance::{FormerRuns, GeneratorStatus, Reloaded};
use crate::pipeline::{EndReason, State, Stats};

/// Most names in one line.
const NAMES: usize = 10;

/// Remembers what was said.
#[derive(Debug, Default)]
pub(super) struct Told {
    states: BTreeMap<String, State>,
    quiet: bool,
}

/// How it stands, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) busy: usize,
    pub(super) ended: usize,
    pub(super) failed: usize,
}

impl Tally {
    /// The numbers of these states.
    pub(super) fn of(states: &[(String, Option<State>)]) -> Self {
        let mut tally = Self::default();
        for (_, state) in states {
            match state {
                None => {}
                Some(State::Ended(EndReason::Failed(_))) => tally.failed += 1,
                Some(State::Ended(_)) => tally.ended += 1,
                Some(_) => tally.busy += 1,
            }
        }
        tally
    }

    /// `3 run, 1 ended, 1 failed`.
    pub(super) fn words(self) -> String {
        let mut parts = vec![format!("{} running", self.busy)];
        for (number, word) in [(self.ended, "ended"), (self.failed, "failed")] {
            if number > 0 {
                parts.push(format!("{number} {word}"));
            }
        }
        parts.join(", ")
    }
}

impl Told {
    pub(super) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            ..Self::default()
        }
    }

    /// The generators whose state is news.
    pub(super) fn news(&mut self, states: &[(String, Option<State>)]) -> Vec<String> {
        let mut news = Vec::new();
        for (id, state) in states {
            let Some(state) = state.clone().filter(|state| *state != State::Starting) else {
                continue;
            };
            if self.states.get(id) != Some(&state) {
                self.states.insert(id.clone(), state);
                news.push(id.clone());
            }
        }
        self.states
            .retain(|id, _| states.iter().any(|(known, _)| known == id));
        news
    }

    /// Says where a generator stands now.
    pub(super) fn state(&self, status: &GeneratorStatus, hide: impl Fn(&str) -> String) {
        let id = visible(&status.id);
        match &status.state {
            Some(State::Ended(EndReason::Failed(why))) => {
                let why = hide(why);
                say(&format!("{id}: failed: {}", visible(&why)));
                tracing::error!(target: QUIETLY, generator = status.id, "failed: {why}");
            }
            Some(State::Ended(reason)) => {
                let stats = &status.stats;
                let lost = if stats.has_losses() {
                    ", with losses"
                } else {
                    ""
                };
                let events = count(usize::try_from(stats.events).unwrap_or(usize::MAX), "event");
                let time = summary::clock(stats.uptime);
                self.say(&format!("{id}: {reason} after {time}, {events}{lost}"));
            }
            Some(state) => self.say(&format!("{id}: {state}")),
            None => {}
        }
    }

    /// Says what a reload did.
    pub(super) fn reloaded(&self, done: &Reloaded, hide: impl Fn(&str) -> String) {
        let parts = [
            ("started", &done.started),
            ("restarted", &done.restarted),
            ("removed", &done.removed),
            ("noted", &done.updated),
        ];
        let mut words: Vec<String> = parts
            .iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(word, ids)| format!("{word} {}", names(ids)))
            .collect();
        if done.kept > 0 {
            words.push(format!("{} unchanged", done.kept));
        }
        if words.is_empty() {
            words.push("nothing to do".to_owned());
        }
        let line = format!("reloaded: {}", words.join("; "));
        tracing::info!("{line}");
        self.say(&line);
        for (id, why) in &done.held {
            let why = hide(why);
            say(&visible(&format!("{id}: goes on as it was: {why}")));
            tracing::warn!(target: QUIETLY, generator = id, "goes on as it was: {why}");
        }
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            say(&visible(line));
        }
    }
}

/// What each generator did, on standard error; true when all went well.
pub(super) fn summaries(
    all: &[GeneratorStatus],
    print: bool,
    hide: impl Fn(&str) -> String,
) -> bool {
    let mut sound = true;
    for status in all {
        let reason = match &status.state {
            Some(State::Ended(reason)) => reason.clone(),
            Some(_) => EndReason::Aborted,
            None => {
                if print {
                    say(&format!("{}: not started", visible(&status.id)));
                }
                continue;
            }
        };
        let well = matches!(
            reason,
            EndReason::Finished | EndReason::Stopped | EndReason::OutputClosed
        );
        sound &= well && !status.stats.has_losses();
        if print {
            show(&status.id, &reason, &status.stats, &hide);
        }
    }
    sound
}

/// The same for runs before the last one of each, and of generators that left the list; true when they lost
/// nothing. How they ended is of no matter: something was changed since.
pub(super) fn former_summaries(
    former: &FormerRuns,
    print: bool,
    hide: impl Fn(&str) -> String,
) -> bool {
    if print && former.more > 0 {
        let runs = count(usize::try_from(former.more).unwrap_or(usize::MAX), "run");
        let events = summary::number(former.more_events);
        say(&format!("{runs} before those below: {events} events"));
    }
    let mut sound = !former.more_lost;
    for (id, run) in &former.runs {
        sound &= !run.stats.has_losses();
        if print {
            let name = format!("{id} (former run)");
            show(&name, &run.reason, &run.stats, &hide);
        }
    }
    sound
}

fn show(name: &str, reason: &EndReason, stats: &Stats, hide: impl Fn(&str) -> String) {
    let mut text = Vec::new();
    let written = summary::write(&mut text, name, reason, stats, false);
    let text = String::from_utf8_lossy(&text).into_owned();
    if written.is_ok() {
        // Nowhere is left to tell when this fails.
        let _ = io::Write::write_all(&mut io::stderr(), hide(&text).as_bytes());
    }
}

fn names(ids: &[String]) -> String {
    let shown: Vec<&str> = ids.iter().take(NAMES).map(String::as_str).collect();
    let rest = ids.len().saturating_sub(NAMES);
    if rest == 0 {
        shown.join(", ")
    } else {
        format!("{} and {rest} more", shown.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_news() {
        let mut told = Told::new(true);
        let states = |a, b| [("a".to_owned(), a), ("b".to_owned(), b)];
        assert!(told.news(&states(None, Some(State::Starting))).is_empty());
        let running = || Some(State::Running);
        assert_eq!(told.news(&states(running(), running())), ["a", "b"]);
        assert!(told.news(&states(running(), running())).is_empty());
        let ended = Some(State::Ended(EndReason::Finished));
        assert_eq!(told.news(&states(ended.clone(), running())), ["a"]);
        assert_eq!(
            Tally::of(&states(ended, running())).words(),
            "1 running, 1 ended"
        );
        assert_eq!(names(&vec!["x".to_owned(); 12]).matches('x').count(), 10);
    }
}
