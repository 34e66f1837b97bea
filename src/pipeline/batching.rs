//! How timestamps that are released become batches.
//!
//! As a rule what is due together goes together. Where an output shows what a batch is (one document
//! for all its events), live mode honours the delay of the batch: it spans so much event time from its
//! first timestamp on, and is released when its last one is due.

use crate::batch::TimestampBatch;
use crate::config::BatchParameters;
use crate::input::Merge;
use crate::time::{Reading, Zone};

use super::release::{Next, Release};
use super::timeline::Timeline;

/// Most timestamps of a batch that is limited by time only.
const LARGEST: usize = 1 << 20;

/// What is being collected.
#[derive(Debug)]
pub(super) struct Batching {
    /// Most timestamps of a batch, at least 1.
    size: usize,
    /// Microseconds of event time that a batch spans, where it does.
    window_us: Option<i64>,
    batch: TimestampBatch,
}

impl Batching {
    /// Batches of at most `size`, which span `delay_s` seconds of event time if that is given.
    pub(super) fn new(size: Option<usize>, delay_s: Option<f64>) -> Self {
        let largest = if delay_s.is_some() { LARGEST } else { 10_000 };
        Self {
            size: size.unwrap_or(largest).max(1),
            window_us: delay_s.map(|seconds| (seconds * 1e6).round() as i64),
            batch: TimestampBatch::default(),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn batch(&self) -> &TimestampBatch {
        &self.batch
    }

    /// Gives away what was collected for an empty batch.
    pub(super) fn hand_over(&mut self, empty: TimestampBatch) -> TimestampBatch {
        std::mem::replace(&mut self.batch, empty)
    }

    /// The instant at which the next batch begins. The last moment of all makes no batch of its own when
    /// it lies exactly there.
    fn bound_us(&self, release: &Release) -> i64 {
        let Some((first, window_us)) = self.batch.moments.first().zip(self.window_us) else {
            return i64::MAX;
        };
        let bound_us = first.instant_us().saturating_add(window_us);
        bound_us.saturating_add(i64::from(release.is_last()))
    }

    /// Collects up to `more` timestamps that are due.
    pub(super) fn take(&mut self, release: &mut Release, now: Reading, more: usize) -> Next {
        let room = self.batch.len().saturating_add(more).min(self.size);
        if self.window_us.is_some() && self.batch.is_empty() {
            // The first one says where the batch ends.
            let next = release.take(now, 1, i64::MAX, &mut self.batch);
            if self.batch.is_empty() || next == Next::Ended {
                return next;
            }
        }
        let bound_us = self.bound_us(release);
        release.take(now, room, bound_us, &mut self.batch)
    }

    /// True when the batch goes on as it is, after a take that ended with `next`.
    pub(super) fn complete(&self, release: &Release, next: Next) -> bool {
        if self.window_us.is_none() || matches!(next, Next::Ended | Next::Held) {
            return true;
        }
        self.batch.len() >= self.size
            || release
                .head()
                .is_some_and(|head| head.instant_us() >= self.bound_us(release))
    }
}

/// Cuts a whole sequence into the batches that a live run with an output that joins them gives out,
/// as if everything were due at once. For a sequence that ends.
pub fn batches(source: Merge, limits: &BatchParameters) -> Vec<TimestampBatch> {
    let now = Reading {
        wall_us: i64::MAX,
        mono_us: 0,
    };
    let timeline = Timeline::new(true, Zone::UTC, None, now);
    let mut release = Release::new(source, timeline, 1.0, 1_024);
    let mut batching = Batching::new(limits.size, limits.delay);
    let mut all = Vec::new();
    loop {
        let next = batching.take(&mut release, now, usize::MAX);
        if batching.complete(&release, next) && !batching.batch().is_empty() {
            all.push(batching.hand_over(TimestampBatch::default()));
        }
        if next == Next::Ended {
            return all;
        }
    }
}
