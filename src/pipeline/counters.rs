//! The counters of a run: atomics that stages add to and faces sample.
//!
//! The equations stand in [`super::stats`]. Each counter has one writing stage, so relaxed order is
//! enough; the end of a run is a synchronisation point, after which they are exact.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::delivery::Kept;
use super::shared::Lane;
use super::{InputStats, OutputStats};
use crate::batch::Growing;

/// A counter that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn at(value: u64) -> Self {
        Self(AtomicU64::new(value))
    }

    /// Replaces the value; for gauges.
    pub(super) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }
}

/// Counters of the input and event stages. `released = produced_for + empty + dropped + failed +
/// unused`.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Timestamps handed to the event stage, by input; their sum is `released`.
    pub(super) released: Growing<Counter>,
    pub(super) produced_for: Counter,
    pub(super) empty: Counter,
    pub(super) dropped: Counter,
    pub(super) failed: Counter,
    pub(super) unused: Counter,
    /// Events handed to the outputs: each output's `received` equals it.
    pub(super) events: Counter,
    pub(super) bytes: Counter,
    /// When that was last, in microseconds since the start (gauge).
    pub(super) flowed_us: Counter,
    /// Microseconds the last release was late (gauge).
    pub(super) lag_us: Counter,
    /// When what is due and held back fell due, on the monotonic clock (gauge); the largest number
    /// when nothing is held back.
    pub(super) held_us: Counter,
    /// Timestamps left out by wish.
    pub(super) skipped: Counter,
    /// Timestamps of the inputs that were dealt with, before the gain.
    pub(super) passed: Counter,
    /// What the gain made of those, less what was skipped: on its way to the event stage.
    pub(super) used: Counter,
    /// Instant of the last timestamp released (gauge); the smallest number before the first.
    pub(super) position_us: Counter,
    /// Instant of the next timestamp (gauge); the largest number when none comes, the smallest when it
    /// is not known.
    pub(super) next_us: Counter,
    /// Jumps of the wall clock, and how far the last one went (gauge, signed).
    pub(super) jumps: Counter,
    pub(super) jumped_us: Counter,
    /// 1 when inputs are fed from outside (gauge).
    pub(super) open: Counter,
    /// 1 when the history is released.
    pub(super) backfilled: Counter,
    pub(super) outputs: Growing<OutputCounters>,
}

/// Counters of one output. `received = written + format_failed + write_failed + dead_lettered + in
/// flight`.
#[derive(Debug, Default)]
pub(super) struct OutputCounters {
    pub(super) received: Counter,
    pub(super) written: Counter,
    pub(super) format_failed: Counter,
    pub(super) write_failed: Counter,
    pub(super) dead_lettered: Counter,
    pub(super) bytes: Counter,
    pub(super) retries: Counter,
}

impl Counters {
    pub(super) fn new(inputs: usize, outputs: usize) -> Self {
        Self {
            released: (0..inputs).map(|_| Counter::default()).collect(),
            outputs: (0..outputs).map(|_| OutputCounters::default()).collect(),
            held_us: Counter::at(u64::MAX),
            position_us: Counter::at(i64::MIN.cast_unsigned()),
            next_us: Counter::at(i64::MIN.cast_unsigned()),
            ..Self::default()
        }
    }

    /// Timestamps that were produced for, whatever came of it.
    pub(super) fn answered(&self) -> u64 {
        let outcomes = [&self.produced_for, &self.empty, &self.dropped, &self.failed];
        outcomes.map(Counter::get).iter().sum()
    }

    /// Counts the timestamps of one batch as released.
    pub(super) fn release(&self, inputs: &[u16]) {
        let mut rest = inputs;
        while let Some((&first, _)) = rest.split_first() {
            let alike = rest.iter().take_while(|&&one| one == first).count();
            if let Some(counter) = self.released.get(usize::from(first)) {
                counter.add(alike as u64);
            }
            rest = rest.get(alike..).unwrap_or_default();
        }
    }

    pub(super) fn inputs(&self, names: &Growing<String>) -> Vec<InputStats> {
        names
            .iter()
            .zip(self.released.iter())
            .map(|(name, released)| InputStats {
                name: name.clone(),
                released: released.get(),
            })
            .collect()
    }
}

impl OutputCounters {
    pub(super) fn stats(&self, lane: &Lane) -> OutputStats {
        let decided = [
            &self.written,
            &self.format_failed,
            &self.write_failed,
            &self.dead_lettered,
        ];
        let decided = decided.map(Counter::get);
        let received = self.received.get();
        let now = Instant::now();
        let [written, format_failed, write_failed, dead_lettered] = decided;
        OutputStats {
            name: lane.shown(),
            received,
            written,
            format_failed,
            write_failed,
            dead_lettered,
            in_flight: received.saturating_sub(decided.iter().sum()),
            bytes: self.bytes.get(),
            retries: self.retries.get(),
            // Nobody waits for a target that is gone from the document.
            outage: lane.circuit.outage(now).filter(|_| !lane.is_former()),
            paused: lane.hold.is_held(),
            latency: lane.latency.stats(now),
            letters: lane.letters.clone(),
            letters_kept: lane.kept.as_ref().map_or(0, Kept::count),
        }
    }
}
