//! Arrivals by chance. Time is cut into cells, each with a random stream of its own: what arrives in
//! a cell needs nothing of what came before.

use super::Plan;
use super::rate::Segment;
use crate::fake::{Fast, Random};
use crate::input::{Input, InputError};
use crate::time::{Moment, SECOND_US, ZoneCursor};

/// Arrivals expected in a cell at the base rate.
const CELL: f64 = 256.0;

/// Longest cell, in microseconds: some 35 years.
const LONGEST_US: f64 = (1_u64 << 50) as f64;

/// Rate outside bursts.
const CALM: f64 = 0.8;

/// How long it is to the next arrival, in units of the mean distance.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gap {
    Memoryless,
    /// With this probability the gap is one of a burst, that many times shorter.
    Burst {
        probability: f64,
        intensity: f64,
    },
}

impl Gap {
    fn draw(self, random: &mut Fast) -> f64 {
        match self {
            Self::Memoryless => exponential(random),
            Self::Burst {
                probability,
                intensity,
            } => within(random.unit() < probability, intensity, random),
        }
    }

    /// The rest of a gap that is met at any moment: long gaps are met more often. A gap over the border
    /// of two cells is drawn in two parts.
    fn rest(self, random: &mut Fast) -> f64 {
        match self {
            Self::Memoryless => exponential(random),
            Self::Burst {
                probability,
                intensity,
            } => {
                let time = probability / intensity;
                let share = time / (time + (1.0 - probability) / CALM);
                within(random.unit() < share, intensity, random)
            }
        }
    }

    /// Arrivals a unit of time.
    pub(super) fn mean_rate(self) -> f64 {
        match self {
            Self::Memoryless => 1.0,
            Self::Burst {
                probability,
                intensity,
            } => 1.0 / (probability / intensity + (1.0 - probability) / CALM),
        }
    }
}

fn within(burst: bool, intensity: f64, random: &mut Fast) -> f64 {
    exponential(random) / if burst { intensity } else { CALM }
}

fn exponential(random: &mut Fast) -> f64 {
    -(1.0 - random.unit()).ln()
}

/// Gives out arrivals by chance.
#[derive(Debug)]
pub(super) struct Chance {
    pub(super) plan: Plan,
    gap: Gap,
    cell_us: i64,
    /// The cell after the current one, and where the current one begins and ends.
    next: u64,
    begin_us: i64,
    end_us: i64,
    segment: Segment,
    random: Fast,
    /// Microseconds since the begin of the cell.
    passed: f64,
    /// What is left of the gap.
    left: f64,
    given: u64,
    zone: ZoneCursor,
}

impl Chance {
    #[expect(clippy::cast_possible_truncation, reason = "bounded")]
    pub(super) fn new(plan: Plan, gap: Gap) -> Self {
        let cell = CELL * SECOND_US as f64 / plan.rate.per_second;
        let start_us = plan.rate.start_us;
        let mut chance = Self {
            gap,
            cell_us: cell.clamp(1.0, LONGEST_US) as i64,
            next: 0,
            begin_us: start_us,
            end_us: start_us,
            segment: Segment {
                rate: 0.0,
                until_us: start_us,
            },
            random: Fast::seeded(0),
            passed: 0.0,
            left: 0.0,
            given: 0,
            zone: ZoneCursor::new(plan.rate.zone),
            plan,
        };
        chance.seek(chance.plan.from_us);
        chance
    }

    /// Begins the next cell; false when it lies beyond the end.
    fn turn(&mut self) -> bool {
        let begin = i128::from(self.next) * i128::from(self.cell_us);
        let begin = begin + i128::from(self.plan.rate.start_us);
        self.begin_us = i64::try_from(begin).unwrap_or(i64::MAX);
        if self.begin_us >= self.plan.until_us {
            return false;
        }
        self.end_us = self.begin_us.saturating_add(self.cell_us);
        self.segment = self.plan.rate.segment(self.begin_us);
        self.random = Fast::for_event(self.plan.seed, self.next);
        self.left = self.gap.rest(&mut self.random);
        self.passed = 0.0;
        self.next += 1;
        true
    }

    /// The next arrival; `None` after the last one.
    #[expect(clippy::cast_possible_truncation, reason = "within the cell")]
    fn arrival(&mut self) -> Option<i64> {
        loop {
            let until_us = self.segment.until_us.min(self.end_us);
            let length = (until_us - self.begin_us) as f64;
            let room = self.segment.rate * (length - self.passed);
            if self.left < room {
                self.passed += self.left / self.segment.rate;
                self.left = self.gap.draw(&mut self.random);
                return Some((self.begin_us + self.passed as i64).min(until_us - 1));
            }
            self.left -= room;
            self.passed = length;
            if until_us < self.end_us {
                if until_us >= self.plan.until_us {
                    return None;
                }
                self.segment = self.plan.rate.segment(until_us);
            } else if !self.turn() {
                return None;
            }
        }
    }
}

impl Input for Chance {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let target = out.len().saturating_add(max);
        let most = self.plan.count.unwrap_or(u64::MAX);
        while out.len() < target && self.given < most {
            match self.arrival() {
                Some(at_us) if at_us < self.plan.until_us => {
                    self.given += 1;
                    if at_us >= self.plan.from_us {
                        out.push(self.zone.moment(at_us));
                    }
                }
                _ => {
                    self.given = most;
                }
            }
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        self.plan.from_us = self.plan.from_us.max(instant_us);
        let after = instant_us.saturating_sub(self.plan.rate.start_us);
        let cell = u64::try_from(after.div_euclid(self.cell_us)).unwrap_or(0);
        // A limited number counts from the first one.
        if self.plan.count.is_none() && cell >= self.next {
            self.next = cell;
            self.end_us = self.begin_us;
            self.segment.until_us = self.begin_us;
            self.passed = 0.0;
        }
    }
}
