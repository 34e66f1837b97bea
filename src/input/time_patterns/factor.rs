//! The factors by which periods differ in their number of timestamps.

use crate::fake::{Fast, Random};
use crate::input::scatter::derive;

/// Most factors whose sum is worked out to count timestamps in advance.
const MOST_SUMMED: u64 = 1 << 20;

/// Streams of a seed: the factors themselves, and the order of each round.
const VALUES: u64 = 1;
const ORDERS: u64 = 2;

/// A set of factors drawn once, used in another order in each round of as many periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factors {
    low: f64,
    high: f64,
    sampling: u64,
}

/// The order of one round: period `i` uses factor `(i * step + first) mod sampling`.
#[derive(Clone, Copy, Debug)]
struct Order {
    round: u64,
    step: u64,
    first: u64,
}

/// The numbers of timestamps of a pattern's periods.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    factors: Factors,
    ratio: u64,
    seed: u64,
    order: Option<Order>,
    /// Timestamps of a whole round.
    round_total: Option<u64>,
}

impl Factors {
    /// `sampling` (at least 1) factors from `low` up to less than `high`.
    pub(super) fn new(low: f64, high: f64, sampling: u64) -> Self {
        Self {
            low,
            high,
            sampling: sampling.max(1),
        }
    }

    /// True when every factor is 1.
    pub(super) fn constant(&self) -> bool {
        self.low >= self.high
    }

    /// The most timestamps a period may have.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and a float saturates"
    )]
    pub(super) fn most(&self, ratio: u64) -> u64 {
        if self.constant() {
            return ratio;
        }
        ((ratio as f64 * self.high).ceil() as u64).saturating_sub(1)
    }

    fn value(&self, seed: u64, index: u64) -> f64 {
        let unit = Fast::for_event(derive(seed, VALUES), index).unit();
        self.low + (self.high - self.low) * unit
    }

    fn order(&self, seed: u64, round: u64) -> Order {
        let mut random = Fast::for_event(derive(seed, ORDERS), round);
        let mut step = 1 + random.below(self.sampling);
        while common_divisor(step, self.sampling) > 1 {
            step += 1;
        }
        Order {
            round,
            step,
            first: random.below(self.sampling),
        }
    }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

impl Numbers {
    pub(super) fn new(factors: Factors, ratio: u64, seed: u64) -> Self {
        Self {
            factors,
            ratio,
            seed,
            order: None,
            round_total: None,
        }
    }

    /// Timestamps of a period, counted from 0.
    pub(super) fn of(&mut self, period: u64) -> u64 {
        if self.factors.constant() {
            return self.ratio;
        }
        let (round, place) = (
            period / self.factors.sampling,
            period % self.factors.sampling,
        );
        let order = match self.order {
            Some(order) if order.round == round => order,
            _ => self.factors.order(self.seed, round),
        };
        self.order = Some(order);
        let index = u128::from(place) * u128::from(order.step) + u128::from(order.first);
        self.with(u64::try_from(index % u128::from(self.factors.sampling)).unwrap_or_default())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and a float saturates"
    )]
    fn with(&self, factor: u64) -> u64 {
        (self.ratio as f64 * self.factors.value(self.seed, factor)) as u64
    }

    /// Timestamps of all periods before one; `None` when that takes too long to tell.
    pub(super) fn before(&mut self, period: u64) -> Option<u64> {
        if self.factors.constant() {
            return Some(self.ratio.saturating_mul(period));
        }
        let sampling = self.factors.sampling;
        let (rounds, rest) = (period / sampling, period % sampling);
        if sampling > MOST_SUMMED {
            return None;
        }
        let mut total = 0_u64;
        if rounds > 0 {
            let round = match self.round_total {
                Some(total) => total,
                None => (0..sampling).fold(0, |sum, index| self.with(index).saturating_add(sum)),
            };
            self.round_total = Some(round);
            total = round.saturating_mul(rounds);
        }
        for period in period - rest..period {
            total = total.saturating_add(self.of(period));
        }
        Some(total)
    }

    /// Timestamps of a period on average.
    pub(super) fn mean(&self) -> f64 {
        if self.factors.constant() {
            return self.ratio as f64;
        }
        let (low, high) = (self.factors.low, self.factors.high);
        (self.ratio as f64 * (low + high) / 2.0 - 0.5).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_agree_with_the_periods_and_rounds_hold_the_same_numbers(
            sampling in 16_u64..60, ratio in 1_u64..100_000, seed in any::<u64>(), period in 0_u64..300,
        ) {
            let mut numbers = Numbers::new(Factors::new(0.5, 1.5, sampling), ratio, seed);
            let sum: u64 = (0..period).map(|one| numbers.of(one)).sum();
            prop_assert_eq!(numbers.before(period), Some(sum));
            let mut round = |index: u64| {
                let mut all: Vec<u64> =
                    (index * sampling..(index + 1) * sampling).map(|one| numbers.of(one)).collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(round(0), round(1));
            prop_assert_eq!(round(0), round(777));
        }
    }

    #[test]
    fn any_number_of_samples_needs_no_memory() {
        let mut numbers = Numbers::new(Factors::new(0.0, 2.0, i64::MAX as u64), 1_000, 3);
        assert!(numbers.of(u64::MAX / 3) < 2_000);
        assert_eq!(numbers.before(1), None);
    }
}
