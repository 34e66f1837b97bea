//! When timestamps of a live run are due: a decision without threads, so that tests can ask it.

use crate::batch::TimestampBatch;
use crate::input::Merge;

/// Shortest time between two releases, in microseconds: what falls due meanwhile goes out together,
/// so that high rates do not cost a wake-up an event.
const GROUP_US: i64 = 1_000;

/// Releases timestamps of a source when they are due.
#[derive(Debug)]
pub(super) struct Release {
    source: Merge,
    ahead: TimestampBatch,
    /// Timestamps of `ahead` that were released.
    taken: usize,
    look_ahead: usize,
    ended: bool,
}

/// What to do after a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// More is due already.
    Now,
    /// Nothing to do before this instant, microseconds since the Unix epoch.
    At(i64),
    /// Nothing comes any more.
    Ended,
}

impl Release {
    pub(super) fn new(source: Merge, look_ahead: usize) -> Self {
        Self {
            source,
            ahead: TimestampBatch::default(),
            taken: 0,
            look_ahead: look_ahead.max(1),
            ended: false,
        }
    }

    pub(super) fn source(&mut self) -> &mut Merge {
        &mut self.source
    }

    /// Moves what is due at `now_us`, at most `size`, to `out`.
    pub(super) fn take_due(&mut self, now_us: i64, size: usize, out: &mut TimestampBatch) -> Next {
        while out.len() < size {
            if self.taken == self.ahead.len() && !self.refill() {
                return Next::Ended;
            }
            let rest = self.ahead.moments.get(self.taken..).unwrap_or_default();
            let due = rest
                .iter()
                .take(size - out.len())
                .take_while(|moment| moment.instant_us() <= now_us)
                .count();
            let range = self.taken..self.taken + due;
            self.taken += due;
            out.moments
                .extend_from_slice(self.ahead.moments.get(range.clone()).unwrap_or_default());
            out.inputs
                .extend_from_slice(self.ahead.inputs.get(range).unwrap_or_default());
            if let Some(next) = self.ahead.moments.get(self.taken)
                && out.len() < size
            {
                let after = if out.is_empty() {
                    now_us
                } else {
                    now_us + GROUP_US
                };
                return Next::At(next.instant_us().max(after));
            }
        }
        Next::Now
    }

    fn refill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.ahead.clear();
        self.taken = 0;
        self.ended = !self.source.fill(self.look_ahead, &mut self.ahead);
        !self.ahead.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Input, InputError};
    use crate::time::Moment;

    /// Fires every so many microseconds from 0 on.
    #[derive(Debug)]
    struct Every {
        step_us: i64,
        given: i64,
        count: i64,
    }

    impl Input for Every {
        fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
            for _ in 0..max {
                if self.given == self.count {
                    break;
                }
                out.push(Moment {
                    wall_us: self.given * self.step_us,
                    offset_s: 0,
                });
                self.given += 1;
            }
            Ok(())
        }
    }

    fn every(step_us: i64, count: i64) -> Release {
        let input = Every {
            step_us,
            given: 0,
            count,
        };
        Release::new(Merge::new(vec![Box::new(input)]), 16)
    }

    fn take(release: &mut Release, now_us: i64, size: usize) -> (usize, Next) {
        let mut out = TimestampBatch::default();
        let next = release.take_due(now_us, size, &mut out);
        assert!(out.moments.iter().all(|one| one.instant_us() <= now_us));
        (out.len(), next)
    }

    #[test]
    fn the_next_release_is_when_the_next_timestamp_is_due() {
        let mut release = every(1_000_000, 3);
        assert_eq!(take(&mut release, -5, 100), (0, Next::At(0)));
        assert_eq!(take(&mut release, 0, 100), (1, Next::At(1_000_000)));
        assert_eq!(take(&mut release, 1_000_300, 100), (1, Next::At(2_000_000)));
        assert_eq!(take(&mut release, 2_000_000, 100), (1, Next::Ended));
    }

    #[test]
    fn high_rates_go_out_in_groups_a_millisecond_apart() {
        let mut release = every(10, 10_000);
        assert_eq!(take(&mut release, 0, 100), (1, Next::At(1_000)));
        assert_eq!(take(&mut release, 1_000, 1_000), (100, Next::At(2_000)));
    }

    #[test]
    fn what_is_overdue_goes_out_in_batches_without_waiting() {
        let mut release = every(10, 50);
        assert_eq!(take(&mut release, 1_000_000, 30), (30, Next::Now));
        assert_eq!(take(&mut release, 1_000_000, 30), (20, Next::Ended));
    }
}
