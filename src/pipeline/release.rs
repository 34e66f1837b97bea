//! When timestamps are released: a decision without threads, so that tests can ask it.

use crate::batch::TimestampBatch;
use crate::input::Merge;
use crate::time::{Moment, Reading};

use super::gain::Gain;
use super::timeline::{Horizon, Timeline};

/// Shortest time between two releases, in microseconds: what falls due meanwhile goes out together,
/// so that high rates do not cost a wake-up an event.
const GROUP_US: i64 = 1_000;

/// Portions of timestamps that are left out before somebody may look whether that goes on.
const SKIPPED_AT_ONCE: usize = 64;

/// Releases timestamps of a source when they are due, as often as the gain says.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) source: Merge,
    pub(super) timeline: Timeline,
    gain: Gain,
    pub(super) ahead: TimestampBatch,
    /// Timestamps of `ahead` that were released.
    pub(super) taken: usize,
    /// Copies of the timestamp at `taken` that are still to be released, once that is decided.
    pub(super) owed: Option<u64>,
    pub(super) look_ahead: usize,
    pub(super) ended: bool,
    /// Instant of the last timestamp that was dealt with; the smallest number before the first.
    pub(super) last_us: i64,
    /// Timestamps up to this instant are left out.
    skip_until_us: i64,
    skipped: u64,
    /// Timestamps of the source that were dealt with, before the gain.
    passed: u64,
}

/// What to do after a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// More is due already.
    Now,
    /// Nothing to do before this moment of the monotonic clock, in microseconds.
    At(i64),
    /// Nothing to do until something is changed.
    Held,
    /// Nothing comes any more.
    Ended,
}

impl Release {
    pub(super) fn new(source: Merge, timeline: Timeline, gain: f64, look_ahead: usize) -> Self {
        Self {
            source,
            timeline,
            gain: Gain::new(gain),
            ahead: TimestampBatch::default(),
            taken: 0,
            owed: None,
            look_ahead: look_ahead.max(1),
            ended: false,
            last_us: i64::MIN,
            skip_until_us: i64::MIN,
            skipped: 0,
            passed: 0,
        }
    }

    pub(super) fn source(&mut self) -> &mut Merge {
        &mut self.source
    }

    pub(super) fn timeline(&mut self) -> &mut Timeline {
        &mut self.timeline
    }

    pub(super) fn gain(&mut self) -> &mut Gain {
        &mut self.gain
    }

    /// Moves what came in together from outside, at most `max` timestamps before the gain; false
    /// when nothing comes any more.
    pub(super) fn arrivals(&mut self, max: usize, out: &mut TimestampBatch) -> bool {
        if self.gain.is_one() {
            return self.source.arrivals(max, out);
        }
        let mut came = TimestampBatch::default();
        loop {
            let open = self.source.arrivals(max, &mut came);
            for (&at, &input) in came.moments.iter().zip(&came.inputs) {
                for _ in 0..self.gain.copies(input) {
                    out.push(at, input);
                }
            }
            // What was thinned away is not nothing: more may follow it.
            if !open || came.is_empty() || !out.is_empty() {
                return open;
            }
            came.clear();
        }
    }

    /// Leaves out timestamps up to an instant that were not released yet.
    pub(super) fn skip_until(&mut self, instant_us: i64) {
        self.skip_until_us = self.skip_until_us.max(instant_us);
    }

    /// Lets event time go on at an instant; what lies before it and was not released is left out.
    pub(super) fn skip_to(&mut self, instant_us: i64, now: Reading) {
        self.timeline.skip_to(instant_us, now);
        self.skip_until(instant_us.saturating_sub(1));
    }

    /// Timestamps left out so far.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Timestamps of the source that were dealt with, before the gain.
    pub(super) fn passed(&self) -> u64 {
        self.passed
    }

    /// The next timestamp, as far as it is known already.
    pub(super) fn head(&self) -> Option<Moment> {
        self.ahead.moments.get(self.taken).copied()
    }

    /// How late a timestamp is, in microseconds; negative when it is not due.
    pub(super) fn late_us(&self, at: Moment, now: Reading) -> i64 {
        self.timeline.wait_us(at, now).saturating_neg()
    }

    /// Moves what is due to `out`, until that has `size`; nothing at or after the instant `until_us`.
    pub(super) fn take(
        &mut self,
        now: Reading,
        size: usize,
        until_us: i64,
        out: &mut TimestampBatch,
    ) -> Next {
        if self.timeline.is_free() {
            if self.gain.is_none() {
                // There is no time that could pass, and a schedule is not run through for nothing.
                return Next::Held;
            }
            if let Some(next) = self.pass(size, until_us, out) {
                return next;
            }
        }
        let before = out.len();
        while out.len() < size {
            if !self.skip() {
                return Next::Now;
            }
            if self.taken == self.ahead.len() && !self.refill() {
                return Next::Ended;
            }
            let Some(head) = self.head() else { continue };
            self.timeline.begin(head, now);
            if head.instant_us() >= until_us {
                return Next::Now;
            }
            let horizon = self.timeline.horizon(now);
            if !horizon.has(head) {
                let wait = self.timeline.wait_us(head, now).max(1);
                let wait = if out.len() > before {
                    wait.max(GROUP_US)
                } else {
                    wait
                };
                return Next::At(now.mono_us.saturating_add(wait));
            }
            self.copy(horizon, size, until_us, out);
        }
        if self.is_over() {
            Next::Ended
        } else {
            Next::Now
        }
    }

    /// True when it is known that nothing comes after the moment of the next timestamp.
    pub(super) fn is_last(&self) -> bool {
        self.ended && self.head().is_some() && self.head() == self.ahead.moments.last().copied()
    }

    /// True when it is known that nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.taken == self.ahead.len()
    }

    /// Takes straight from the source when every timestamp is due and used once.
    fn pass(&mut self, size: usize, until_us: i64, out: &mut TimestampBatch) -> Option<Next> {
        let straight = self.taken == self.ahead.len()
            && self.gain.is_one()
            && self.skip_until_us == i64::MIN
            && until_us == i64::MAX
            // Less shows sooner whether there is more.
            && size >= self.look_ahead
            && !self.ended;
        if !straight {
            return None;
        }
        let before = out.len();
        let more = self.source.fill(size.saturating_sub(before), out);
        self.passed += (out.len() - before) as u64;
        let last = out.moments.get(before..).and_then(<[Moment]>::last);
        self.dealt(last.copied());
        self.ended = !more;
        Some(if more { Next::Now } else { Next::Ended })
    }

    /// Copies what is due of what is known, beginning with a timestamp that is.
    fn copy(&mut self, horizon: Horizon, size: usize, until_us: i64, out: &mut TimestampBatch) {
        let rest = self.ahead.moments.get(self.taken..).unwrap_or_default();
        let due = rest
            .iter()
            .take(size - out.len())
            .take_while(|&&moment| horizon.has(moment) && moment.instant_us() < until_us);
        let range = self.taken..self.taken + due.count();
        if self.gain.is_one() && self.owed.is_none() {
            let moments = self.ahead.moments.get(range.clone()).unwrap_or_default();
            let inputs = self.ahead.inputs.get(range.clone()).unwrap_or_default();
            out.moments.extend_from_slice(moments);
            out.inputs.extend_from_slice(inputs);
            self.passed += range.len() as u64;
            self.dealt(moments.last().copied());
            self.taken = range.end;
            return;
        }
        for index in range {
            let (Some(&at), Some(&input)) =
                (self.ahead.moments.get(index), self.ahead.inputs.get(index))
            else {
                return;
            };
            let owed = self.owed.take().unwrap_or_else(|| self.gain.copies(input));
            let room = (size - out.len()) as u64;
            for _ in 0..owed.min(room) {
                out.push(at, input);
            }
            if owed > room {
                self.owed = Some(owed - room);
                return;
            }
            self.dealt(Some(at));
            self.taken = index + 1;
            self.passed += 1;
        }
    }

    /// Leaves out what is to be left out; false when there may be more of it, so that a run that is
    /// moved on by years can be stopped.
    pub(super) fn skip(&mut self) -> bool {
        for _ in 0..SKIPPED_AT_ONCE {
            if self.skip_until_us == i64::MIN {
                return true;
            }
            if self.taken == self.ahead.len() && !self.refill() {
                return true;
            }
            let rest = self.ahead.moments.get(self.taken..).unwrap_or_default();
            let until_us = self.skip_until_us;
            let passed = rest.iter().take_while(|at| at.instant_us() <= until_us);
            let count = passed.count();
            if count < rest.len() {
                self.skip_until_us = i64::MIN;
            }
            let last = count.checked_sub(1).and_then(|last| rest.get(last));
            let last = last.copied();
            if count > 0 {
                self.owed = None;
            }
            self.dealt(last);
            self.taken += count;
            self.passed += count as u64;
            self.skipped += count as u64;
        }
        false
    }

    /// Notes the last timestamp that was dealt with.
    fn dealt(&mut self, last: Option<Moment>) {
        if let Some(last) = last {
            self.last_us = last.instant_us();
        }
    }

    pub(super) fn refill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.ahead.clear();
        self.taken = 0;
        self.ended = !self.source.fill(self.look_ahead, &mut self.ahead);
        !self.ahead.is_empty()
    }
}
