//! Errors of a run, counted by source and kind instead of logged one by one.

use std::sync::{Mutex, PoisonError};

use super::ErrorStats;
use crate::config::hush;

/// Most kinds kept apart; what comes later counts as "other errors".
const KINDS: usize = 64;

/// Longest sample of an event, in bytes.
const SAMPLE_BYTES: usize = 2_048;

/// Longest message kept and logged, in bytes: it may tell of a value.
const MESSAGE_BYTES: usize = 4_096;

/// Errors by source and kind.
#[derive(Debug, Default)]
pub(super) struct Errors(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    kind: String,
    lane: Option<usize>,
    stats: ErrorStats,
}

/// One kind of failure that happened `count` times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure<'a> {
    /// Stage and plugin or template alias.
    pub(super) source: &'a str,
    /// Number of the lane, when it is an output's: positions in the document change.
    pub(super) lane: Option<usize>,
    /// What alike failures share: the place, or the message without what varies.
    pub(super) kind: &'a str,
    /// The message of the latest.
    pub(super) message: &'a str,
    /// How often.
    pub(super) count: u64,
    /// Events or timestamps that were lost by it.
    pub(super) lost: u64,
    /// An event it happened to.
    pub(super) sample: Option<&'a [u8]>,
}

impl Entry {
    /// It happened where that one did.
    fn is_of(&self, failure: &Failure<'_>) -> bool {
        self.lane == failure.lane && self.stats.source == failure.source
    }
}

impl Errors {
    /// Counts failures, and logs the first of their kind and then every power of ten.
    pub(super) fn record(&self, failure: &Failure<'_>, id: &str, now_us: i64) {
        let message = hush(failure.message);
        let message = short(&message, MESSAGE_BYTES);
        let failure = &Failure {
            kind: short(failure.kind, MESSAGE_BYTES),
            message,
            ..*failure
        };
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries
            .iter()
            .position(|one| one.kind == failure.kind && one.is_of(failure));
        let index = match found {
            Some(index) => index,
            None => add(&mut entries, failure, now_us),
        };
        let Some(entry) = entries.get_mut(index) else {
            return;
        };
        let stats = &mut entry.stats;
        let before = stats.count;
        stats.count += failure.count;
        stats.lost += failure.lost;
        stats.last_us = now_us;
        if entry.kind == failure.kind {
            stats.message.clear();
            stats.message.push_str(message);
        }
        if before == 0 || before.ilog10() != stats.count.ilog10() {
            tracing::error!(
                generator = id,
                source = stats.source,
                count = stats.count,
                "{}",
                message
            );
        }
    }

    /// All kinds, the most recent first. `named` gives the source of a lane as it is now.
    pub(super) fn snapshot(&self, named: impl Fn(usize) -> Option<String>) -> Vec<ErrorStats> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = |entry: &Entry| {
            let mut stats = entry.stats.clone();
            if let Some(source) = entry.lane.and_then(&named) {
                stats.source = source;
            }
            stats
        };
        let mut all: Vec<ErrorStats> = entries.iter().map(shown).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.last_us));
        all
    }
}

fn add(entries: &mut Vec<Entry>, failure: &Failure<'_>, now_us: i64) -> usize {
    let full = entries.len() >= KINDS;
    if entries.len() <= KINDS {
        let stats = ErrorStats {
            source: if full { "all" } else { failure.source }.to_owned(),
            message: if full {
                "other errors"
            } else {
                failure.message
            }
            .to_owned(),
            sample: failure.sample.filter(|_| !full).map(text),
            first_us: now_us,
            ..ErrorStats::default()
        };
        entries.push(Entry {
            kind: if full { "" } else { failure.kind }.to_owned(),
            lane: failure.lane.filter(|_| !full),
            stats,
        });
    }
    entries.len() - 1
}

/// The beginning of a text, not longer than that.
fn short(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn text(sample: &[u8]) -> String {
    // A secret that is cut in two would not be recognised.
    let cut = sample.get(..2 * SAMPLE_BYTES).unwrap_or(sample);
    short(&hush(&String::from_utf8_lossy(cut)), SAMPLE_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure<'a>(kind: &'a str, message: &'a str) -> Failure<'a> {
        Failure {
            source: "output file",
            lane: None,
            kind,
            message,
            count: 2,
            lost: 1,
            sample: Some(b"event"),
        }
    }

    #[test]
    fn alike_failures_are_one_entry_with_the_latest_message() {
        let errors = Errors::default();
        errors.record(&failure("bad", "bad at 1"), "g", 10);
        errors.record(&failure("worse", "worse"), "g", 20);
        errors.record(&failure("bad", "bad at 2"), "g", 30);
        let all = errors.snapshot(|_| None);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].message.as_str(), all[0].count), ("bad at 2", 4));
        assert_eq!(all[0].lost, 2);
        assert_eq!((all[0].first_us, all[0].last_us), (10, 30));
        assert_eq!(all[0].sample.as_deref(), Some("event"));
    }

    #[test]
    fn outputs_at_one_place_are_told_apart_and_named_as_they_are_now() {
        let errors = Errors::default();
        for lane in [0, 1] {
            let failure = Failure {
                source: "output[0].file",
                lane: Some(lane),
                ..failure("bad", "bad")
            };
            errors.record(&failure, "g", 0);
        }
        let all = errors.snapshot(|lane| (lane == 0).then(|| "output[1].file (former)".to_owned()));
        let told: Vec<(&str, u64)> = all
            .iter()
            .map(|one| (one.source.as_str(), one.count))
            .collect();
        assert_eq!(
            told,
            [("output[1].file (former)", 2), ("output[0].file", 2)]
        );
    }

    #[test]
    fn kinds_without_end_are_bounded_and_lose_no_count() {
        let errors = Errors::default();
        for index in 0..1_000 {
            errors.record(&failure(&index.to_string(), "x"), "g", index);
        }
        let all = errors.snapshot(|_| None);
        assert_eq!(all.len(), KINDS + 1);
        assert_eq!(all.iter().map(|one| one.count).sum::<u64>(), 2_000);
    }

    #[test]
    fn messages_without_end_are_bounded() {
        let errors = Errors::default();
        for index in 0..10 {
            let message = format!("{}{index}", "ä".repeat(1 << 20));
            errors.record(&failure(&message, &message), "g", index);
        }
        let all = errors.snapshot(|_| None);
        assert_eq!((all.len(), all[0].message.len()), (1, MESSAGE_BYTES));
        assert_eq!(all[0].count, 20);
    }
}
