//! The time in which a change that was taken may still be taken back: are more renders failing than
//! before?

use crate::event::EventSource;

use super::event_stage::Setup;
use super::swap::Maker;
use std::sync::Arc;

/// Failures that are needed to tell.
const FEWEST: u64 = 3;
/// By how much the share of failed renders has to be above what it was.
const RISE: f64 = 0.3;
/// Timestamps after which a change holds.
const MOST: u64 = 1_000;
/// As many are enough once some time passed.
const ENOUGH: u64 = 20;
/// That time, in microseconds.
const LONG_US: i64 = 5_000_000;

/// What was replaced, to go back to.
#[derive(Debug)]
pub(super) struct Former {
    pub(super) source: Box<dyn EventSource>,
    pub(super) setup: Arc<Setup>,
    pub(super) maker: Arc<Maker>,
    /// What else was changed and stays so, in words.
    pub(super) rest: Option<String>,
}

/// A change on trial.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) former: Former,
    tally: Tally,
    /// The first failure, with its place.
    pub(super) first: Option<String>,
}

/// How renders went since the change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    /// Share of renders that failed before, from 0 to 1.
    before: f64,
    since_us: i64,
    seen: u64,
    failed: u64,
}

/// What a tally says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Open,
    Holds,
    Broken,
}

impl Tally {
    fn new(before: f64, now_us: i64) -> Self {
        Self {
            before,
            since_us: now_us,
            seen: 0,
            failed: 0,
        }
    }

    fn verdict(&self, now_us: i64) -> Verdict {
        let share = self.failed as f64 / self.seen.max(1) as f64;
        if self.failed >= FEWEST && share > self.before + RISE {
            return Verdict::Broken;
        }
        let late = now_us.saturating_sub(self.since_us) >= LONG_US;
        if self.seen >= MOST || late && self.seen >= ENOUGH {
            return Verdict::Holds;
        }
        Verdict::Open
    }
}

impl Trial {
    /// Begins at a moment of the monotonic clock, in microseconds.
    pub(super) fn new(former: Former, before: f64, now_us: i64) -> Self {
        Self {
            former,
            tally: Tally::new(before, now_us),
            first: None,
        }
    }

    /// Share that failed before the change.
    pub(super) fn before(&self) -> f64 {
        self.tally.before
    }

    /// One timestamp more.
    pub(super) fn count(&mut self, failure: Option<String>, now_us: i64) -> Verdict {
        self.tally.seen += 1;
        if let Some(failure) = failure {
            self.tally.failed += 1;
            self.first.get_or_insert(failure);
        }
        self.tally.verdict(now_us)
    }

    /// How it went, in words.
    pub(super) fn words(&self) -> String {
        format!(
            "{} of {} events failed right after it was taken",
            self.tally.failed, self.tally.seen
        )
    }
}

/// How renders went lately: counts at two earlier moments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lately {
    older: (u64, u64),
    newer: (u64, u64),
}

/// Timestamps between two such moments.
const STEP: u64 = 500;

impl Lately {
    /// Notes how many were answered and failed so far.
    pub(super) fn note(&mut self, answered: u64, failed: u64) {
        if answered >= self.newer.0 + STEP {
            self.older = self.newer;
            self.newer = (answered, failed);
        }
    }

    /// Share that failed of the latest, from 0 to 1.
    pub(super) fn share(&self, answered: u64, failed: u64) -> f64 {
        let all = answered.saturating_sub(self.older.0);
        failed.saturating_sub(self.older.1) as f64 / all.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(before: f64, outcomes: impl IntoIterator<Item = bool>, step_us: i64) -> Verdict {
        let mut tally = Tally::new(before, 0);
        for failed in outcomes {
            tally.seen += 1;
            tally.failed += u64::from(failed);
            let now_us = i64::try_from(tally.seen).unwrap_or(0) * step_us;
            match tally.verdict(now_us) {
                Verdict::Open => {}
                other => return other,
            }
        }
        Verdict::Open
    }

    #[test]
    fn a_rise_breaks_it_and_calm_makes_it_hold() {
        assert_eq!(verdicts(0.0, [true; 3], 1), Verdict::Broken);
        assert_eq!(verdicts(0.0, [true; 2], 1), Verdict::Open);
        assert_eq!(verdicts(0.0, [false; 1_000], 1), Verdict::Holds);
        // A few failures are no rise.
        assert_eq!(
            verdicts(0.0, (0..1_000).map(|n| n % 5 == 4), 1),
            Verdict::Holds
        );
        // What failed before may fail on.
        assert_eq!(verdicts(0.9, [true; 1_000], 1), Verdict::Holds);
        assert_eq!(verdicts(0.5, [true; 1_000], 1), Verdict::Broken);
        // Rare events: some are enough after a while, and fewer never are.
        assert_eq!(verdicts(0.0, [false; 20], 1_000_000), Verdict::Holds);
        assert_eq!(verdicts(0.0, [false; 19], 60_000_000), Verdict::Open);
    }

    #[test]
    fn lately_forgets_what_is_long_past() {
        let mut lately = Lately::default();
        for answered in (0..10_000).step_by(100) {
            // The first half failed.
            lately.note(answered, answered.min(5_000));
        }
        assert!(lately.share(10_000, 5_000) < 1e-9);
        assert!((Lately::default().share(10, 5) - 0.5).abs() < 1e-9);
        assert!(Lately::default().share(0, 0).abs() < 1e-9);
    }
}
