//! Which generators the table shows: words of their names and states, all of which have to hold.

use std::collections::BTreeSet;
use std::time::Duration;

use super::history::is_active;
use crate::config::near;
use crate::instance::Overview;
use crate::pipeline::{EndReason, State};

/// Delay that counts as late.
const LATE: Duration = Duration::from_secs(1);

/// What can be typed.
pub const HELP: &str =
    "a part of the name, is:running, is:failed, scenario:NAME; -word: not that; empty: all";

/// Words after `is:`.
const STATES: [&str; 16] = [
    "running", "paused", "starting", "stopping", "active", "stopped", "finished", "failed", "over",
    "idle", "bad", "late", "down", "odd", "losing", "auto",
];

/// A filter that was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    not: bool,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Text(String),
    Is(&'static str),
    Marked,
    Scenario(String),
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// Which word means nothing, and which ones do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let terms = text.split_whitespace().map(term);
        Ok(Self {
            terms: terms.collect::<Result<_, _>>()?,
        })
    }

    /// What of a filter is understood while it is typed: half a word is left out.
    pub fn understood(text: &str) -> Self {
        let terms = text.split_whitespace().map(term);
        Self {
            terms: terms.flatten().collect(),
        }
    }

    /// True when a generator is shown.
    pub fn shows(&self, one: &Overview, marked: &BTreeSet<String>) -> bool {
        self.terms.iter().all(|term| {
            let holds = match &term.what {
                What::Text(text) => one.id.to_lowercase().contains(text),
                What::Is(state) => is(one, state),
                What::Marked => marked.contains(&one.id),
                What::Scenario(name) => {
                    let mut names = one.listing.scenarios.iter();
                    names.any(|scenario| scenario.to_lowercase().contains(name))
                }
            };
            holds != term.not
        })
    }

    /// True when everything is shown.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

fn term(word: &str) -> Result<Term, String> {
    let (not, word) = match word.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    };
    let word = word.to_lowercase();
    let what = match word.split_once(':') {
        Some(("is", "marked")) => What::Marked,
        Some(("is", state)) => match STATES.iter().find(|known| **known == state) {
            Some(known) => What::Is(known),
            None => return Err(unknown(state)),
        },
        Some(("scenario", name)) => What::Scenario(name.to_owned()),
        _ => What::Text(word),
    };
    Ok(Term { not, what })
}

fn unknown(state: &str) -> String {
    match near(state, STATES) {
        Some(meant) => format!("`is:{state}` is nothing; did you mean `is:{meant}`?"),
        None => format!("is: {}, marked", STATES.join(", ")),
    }
}

fn is(one: &Overview, word: &str) -> bool {
    let state = one.state.as_ref();
    let ended = match state {
        Some(State::Ended(reason)) => Some(reason),
        _ => None,
    };
    match word {
        "running" => state == Some(&State::Running) && !one.paused,
        "paused" => state == Some(&State::Running) && one.paused,
        "starting" => state == Some(&State::Starting),
        "stopping" => state == Some(&State::Stopping),
        "active" => is_active(state),
        "stopped" => matches!(ended, Some(EndReason::Stopped | EndReason::Aborted)),
        "finished" => matches!(ended, Some(EndReason::Finished | EndReason::OutputClosed)),
        "failed" => matches!(ended, Some(EndReason::Failed(_))),
        "over" => ended.is_some(),
        "idle" => !is_active(state),
        "bad" => one.listing.problem.is_some(),
        "late" => is_active(state) && one.lag >= LATE,
        "down" => one.outages > 0,
        "odd" => !one.lints.is_empty(),
        "losing" => one.lost > 0,
        "auto" => one.listing.autostart,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    fn generator() -> Overview {
        let mut one = Overview {
            id: "Web-access".to_owned(),
            state: Some(State::Running),
            lag: Duration::from_secs(3),
            ..Overview::default()
        };
        one.listing.scenarios = vec!["Shop".to_owned()];
        one.listing.autostart = true;
        one
    }

    #[rstest]
    #[case("", true)]
    #[case("web ACC", true)]
    #[case("web dns", false)]
    #[case("is:running is:late is:auto is:active", true)]
    #[case("is:paused", false)]
    #[case("-is:paused -dns", true)]
    #[case("-web", false)]
    #[case("scenario:sho", true)]
    #[case("scenario:other", false)]
    #[case("is:marked", false)]
    #[case("is:idle", false)]
    #[case("-", true)]
    fn words_are_understood(#[case] text: &str, #[case] shown: bool) {
        let filter = Filter::parse(text).unwrap();
        assert_eq!(
            filter.shows(&generator(), &BTreeSet::new()),
            shown,
            "{text}"
        );
    }

    #[test]
    fn a_word_that_means_nothing_is_refused_with_the_one_that_was_meant() {
        let why = Filter::parse("web is:runing").unwrap_err();
        assert!(why.contains("is:running"), "{why}");
        let half = Filter::understood("web is:runing");
        assert_eq!(half, Filter::parse("web").unwrap());
        let why = Filter::parse("is:xyzzy").unwrap_err();
        assert!(why.contains("failed") && why.contains("marked"), "{why}");
    }

    #[test]
    fn every_state_word_is_known_to_the_filter() {
        let states = [
            (None, "idle"),
            (Some(State::Starting), "starting"),
            (Some(State::Stopping), "stopping"),
            (Some(State::Ended(EndReason::Finished)), "finished"),
            (Some(State::Ended(EndReason::Aborted)), "stopped"),
            (
                Some(State::Ended(EndReason::Failed(String::new()))),
                "failed",
            ),
        ];
        for (state, word) in states {
            let one = Overview {
                state,
                ..Overview::default()
            };
            let filter = Filter::parse(&format!("is:{word}")).unwrap();
            assert!(filter.shows(&one, &BTreeSet::new()), "{word}");
        }
    }
}
