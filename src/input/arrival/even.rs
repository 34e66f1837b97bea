//! Arrivals at even distances, computed from their index.

use super::Plan;
use super::rate::Segment;
use crate::input::{Input, InputError};
use crate::time::{Moment, SECOND_US, ZoneCursor};

/// Arrival `n` comes when `n` were due since the start.
#[derive(Debug)]
pub(super) struct Even {
    plan: Plan,
    next: u64,
    /// Begin of the current segment, and how many arrivals were due before it.
    begin_us: i64,
    due: f64,
    segment: Segment,
    zone: ZoneCursor,
}

impl Even {
    pub(super) fn new(plan: Plan) -> Self {
        let begin_us = plan.rate.start_us;
        let mut even = Self {
            next: 0,
            begin_us,
            due: 0.0,
            segment: plan.rate.segment(begin_us),
            zone: ZoneCursor::new(plan.rate.zone),
            plan,
        };
        even.seek(even.plan.from_us);
        even
    }

    /// When arrival `index` comes, in the current segment; beyond its end when it comes later.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the calendar, or saturating beyond it"
    )]
    fn at(&self, index: u64) -> i64 {
        let after = index as f64 - self.due;
        let after_us = if self.plan.rate.is_constant() {
            after * SECOND_US as f64 / self.plan.rate.per_second
        } else if self.segment.rate > 0.0 {
            after / self.segment.rate
        } else {
            f64::INFINITY
        };
        // What rounding put before the segment belongs to its begin.
        self.begin_us
            .saturating_add((after_us.round() as i64).max(0))
    }

    /// Goes on to the next segment.
    fn turn(&mut self) {
        let until_us = self.segment.until_us;
        self.due += self.segment.rate * (until_us - self.begin_us) as f64;
        self.begin_us = until_us;
        self.segment = self.plan.rate.segment(until_us);
    }

    /// Arrivals before an instant; the instants asked for must not fall.
    pub(super) fn given_before(&mut self, instant_us: i64) -> u64 {
        let most = self.plan.count.unwrap_or(u64::MAX);
        if instant_us <= self.plan.rate.start_us {
            return self.next.min(most);
        }
        while self.segment.until_us < instant_us {
            self.pass(self.segment.until_us);
            self.turn();
        }
        self.pass(instant_us);
        self.next.min(most)
    }

    /// Passes over the arrivals of the segment before an instant.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and a float saturates"
    )]
    fn pass(&mut self, instant_us: i64) {
        if self.segment.rate <= 0.0 {
            return;
        }
        let passed = (instant_us - self.begin_us) as f64;
        let mut index = (self.due + passed * self.segment.rate).ceil() as u64;
        while index > 0 && self.at(index - 1) >= instant_us {
            index -= 1;
        }
        while self.at(index) < instant_us {
            index += 1;
        }
        self.next = self.next.max(index);
    }
}

impl Input for Even {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let target = out.len().saturating_add(max);
        let most = self.plan.count.unwrap_or(u64::MAX);
        while out.len() < target && self.next < most && self.begin_us < self.plan.until_us {
            let at_us = self.at(self.next);
            if at_us >= self.segment.until_us {
                self.turn();
            } else if at_us >= self.plan.until_us {
                break;
            } else {
                out.push(self.zone.moment(at_us));
                self.next += 1;
            }
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        self.given_before(instant_us.min(self.plan.until_us));
    }
}
