//! Most events in a second: a bucket that fills with time and that released timestamps empty.
//!
//! A timestamp may give several events or none, and that shows only later, so each is reckoned with
//! as many as those before it gave and the bucket is corrected as the truth comes in. What is held
//! back is not lost: it is released later, and the lag shows by how much.

/// The bucket holds what comes in so many seconds: what may go out at once after a quiet time, and
/// what a sleep may last too long without the rate falling behind.
const BURST_S: f64 = 0.1;

/// Least time between two releases when the limit is what holds back.
const GROUP_S: f64 = 0.001;

/// What the stages behind have counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    /// Timestamps released.
    pub(super) released: u64,
    /// Timestamps of these that were produced for, whatever came of it.
    pub(super) answered: u64,
    /// Events that those gave.
    pub(super) events: u64,
}

#[derive(Debug)]
pub(super) struct Ceiling {
    /// Events in a second.
    rate: f64,
    tokens: f64,
    filled_us: i64,
    /// Events reckoned with so far.
    spent: f64,
}

impl Ceiling {
    pub(super) fn new(rate: f64, now_us: i64, flow: Flow) -> Self {
        Self {
            rate,
            tokens: (rate * GROUP_S).max(1.0),
            filled_us: now_us,
            spent: Self::reckon(flow).0,
        }
    }

    fn depth(rate: f64) -> f64 {
        (rate * BURST_S).max(1.0)
    }

    /// Events that the timestamps released so far give, and those of one.
    fn reckon(flow: Flow) -> (f64, f64) {
        let each = if flow.answered == 0 {
            1.0
        } else {
            (flow.events as f64 / flow.answered as f64).max(1e-3)
        };
        let open = flow.released.saturating_sub(flow.answered);
        (flow.events as f64 + open as f64 * each, each)
    }

    /// How many timestamps may be released now, at least one.
    ///
    /// # Errors
    /// The moment before which none may, on the clock of `now_us` (microseconds).
    pub(super) fn allow(&mut self, now_us: i64, flow: Flow) -> Result<usize, i64> {
        let depth = Self::depth(self.rate);
        let passed = now_us.saturating_sub(self.filled_us).max(0);
        self.filled_us = now_us;
        let (spent, each) = Self::reckon(flow);
        if spent > self.spent {
            // Those went out before the time that passed since.
            self.tokens -= spent - self.spent;
            self.spent = spent;
        }
        self.tokens = (self.tokens + passed as f64 / 1e6 * self.rate).min(depth);
        let wanted = each.max(self.rate * GROUP_S).min(depth);
        // A rounding error is no reason to sleep once more.
        if self.tokens + 1e-6 >= wanted {
            return Ok(((self.tokens / each) as usize).max(1));
        }
        let wait = ((wanted - self.tokens) / self.rate * 1e6).ceil();
        Err(now_us.saturating_add((wait as i64).max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Releases whenever it is allowed for so many seconds; each timestamp gives `each` events.
    fn events_in(rate: f64, seconds: i64, each: u64) -> u64 {
        let mut flow = Flow::default();
        let mut ceiling = Ceiling::new(rate, 0, flow);
        let mut now_us = 0;
        while now_us < seconds * 1_000_000 {
            match ceiling.allow(now_us, flow) {
                Ok(count) => {
                    assert!(count >= 1);
                    flow.released += count as u64;
                    // What was released before is produced by now.
                    flow.answered = flow.released - count as u64;
                    flow.events = flow.answered * each;
                }
                Err(at) => {
                    assert!(at > now_us);
                    now_us = at;
                }
            }
        }
        flow.released * each
    }

    #[test]
    fn the_rate_holds_whatever_a_timestamp_gives() {
        for rate in [0.5, 7.0, 100.0, 12_345.0] {
            for each in [1, 3, 10] {
                let seconds = 200;
                let wanted = rate * seconds as f64;
                let got = events_in(rate, seconds, each) as f64;
                let slack = (rate * 0.11).max(2.0 * each as f64 + 1.0);
                assert!(
                    (got - wanted).abs() <= wanted * 0.01 + slack,
                    "{rate} {each}: {got}, not {wanted}"
                );
            }
        }
    }

    #[test]
    fn a_quiet_time_is_not_saved_up() {
        let mut ceiling = Ceiling::new(1_000.0, 0, Flow::default());
        assert_eq!(ceiling.allow(0, Flow::default()), Ok(1));
        assert_eq!(ceiling.allow(3_600_000_000, Flow::default()), Ok(100));
    }

    #[test]
    fn timestamps_without_events_are_not_held_back_for_long() {
        let flow = Flow {
            released: 1_000,
            answered: 1_000,
            events: 0,
        };
        let mut ceiling = Ceiling::new(100.0, 0, flow);
        assert!(ceiling.allow(0, flow).is_ok_and(|count| count >= 1_000));
    }
}
