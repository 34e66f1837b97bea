//! Many independent draws over a stretch of time, given in order with flat memory, from any place on.
//!
//! The stretch is halved again and again: how many of a part's draws fall into its first half is itself
//! a draw (binomial), from a stream that depends on the key and the part alone. So any part can be
//! worked out without what lies before it, and only a small part is ever held and sorted.

mod beta;
mod binomial;
mod shape;

use crate::fake::{Fast, Random};

pub(super) use shape::{Shape, Step};

/// Draws that are held and sorted together.
const LEAF: u64 = 512;

/// An independent seed for part `index` of what `seed` stands for.
pub(super) fn derive(seed: u64, index: u64) -> u64 {
    Fast::for_event(seed, index).below(u64::MAX)
}

/// What is drawn: `count` times from a shape over `length` ticks, keyed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Draws {
    /// Two with the same key, count and length are the same.
    pub key: u64,
    /// How many.
    pub count: u64,
    /// Ticks that the shape is stretched over; nothing is drawn when it is not positive.
    pub length: i64,
}

/// A part of the stretch and how many draws fall into it.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Ticks, the second exclusive.
    from: i64,
    to: i64,
    count: u64,
    /// 1 for the whole, then 2n and 2n + 1 for the halves of n.
    node: u64,
}

impl Draws {
    fn whole(&self) -> Part {
        Part {
            from: 0,
            to: self.length.max(0),
            count: if self.length > 0 { self.count } else { 0 },
            node: 1,
        }
    }

    fn share(&self, shape: &Shape, tick: i64) -> f64 {
        shape.share(tick as f64 / self.length as f64)
    }

    fn halves(&self, shape: &Shape, part: Part) -> (Part, Part) {
        let middle = part.from + (part.to - part.from) / 2;
        let (from, to) = (self.share(shape, part.from), self.share(shape, part.to));
        let first = (self.share(shape, middle) - from) / (to - from);
        let first = if first.is_finite() { first } else { 0.5 };
        let mut random = Fast::for_event(self.key, part.node);
        let left = binomial::draw(part.count, first, &mut random);
        let node = part.node << 1;
        (
            Part {
                to: middle,
                count: left,
                node,
                ..part
            },
            Part {
                from: middle,
                count: part.count - left,
                node: node | 1,
                ..part
            },
        )
    }

    /// The draws of a small part, in order.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a share of a length that fits"
    )]
    fn draw(&self, shape: &Shape, part: Part, out: &mut Vec<i64>) {
        let length = self.length as f64;
        let within = shape.within(part.from as f64 / length, part.to as f64 / length);
        let mut random = Fast::for_event(self.key, part.node);
        let first = out.len();
        out.extend((0..part.count).map(|_| {
            let tick = (within.draw(&mut random) * length) as i64;
            tick.clamp(part.from, part.to - 1)
        }));
        if let Some(drawn) = out.get_mut(first..) {
            drawn.sort_unstable();
        }
    }

    /// How many draws lie before a tick.
    pub(super) fn before(&self, shape: &Shape, tick: i64) -> u64 {
        let mut part = self.whole();
        let mut sure = 0;
        loop {
            if tick <= part.from || part.count == 0 {
                return sure;
            }
            if tick >= part.to {
                return sure + part.count;
            }
            if part.count <= LEAF {
                let mut drawn = Vec::new();
                self.draw(shape, part, &mut drawn);
                return sure + drawn.partition_point(|&one| one < tick) as u64;
            }
            let (left, right) = self.halves(shape, part);
            if tick <= left.to {
                part = left;
            } else {
                sure += left.count;
                part = right;
            }
        }
    }
}

/// Gives out [`Draws`] in order.
#[derive(Debug, Default)]
pub(super) struct Scatter {
    draws: Draws,
    /// Parts still to come, the next one last.
    parts: Vec<Part>,
    ready: Vec<i64>,
    taken: usize,
    /// Ticks before this are left out.
    from: i64,
}

impl Scatter {
    /// Begins anew with `draws`, leaving out what lies before the tick `from`.
    pub(super) fn begin(&mut self, draws: Draws, from: i64) {
        self.draws = draws;
        self.parts.clear();
        self.parts.push(draws.whole());
        self.ready.clear();
        self.taken = 0;
        self.from = from;
    }

    /// Leaves out what lies before a tick, also of what is ready.
    pub(super) fn skip_to(&mut self, tick: i64) {
        self.from = self.from.max(tick);
        let rest = self.ready.get(self.taken..).unwrap_or_default();
        self.taken += rest.partition_point(|&one| one < tick);
    }

    /// The next ticks in order, a handful at a time; empty when all were taken.
    pub(super) fn ready(&mut self, shape: &Shape) -> &[i64] {
        while self.taken >= self.ready.len() {
            let Some(part) = self.parts.pop() else {
                return &[];
            };
            if part.count > 0 && part.to > self.from {
                self.open(shape, part);
            }
        }
        self.ready.get(self.taken..).unwrap_or_default()
    }

    /// Counts `count` of the ready ones as taken.
    pub(super) fn take(&mut self, count: usize) {
        self.taken += count;
    }

    fn open(&mut self, shape: &Shape, part: Part) {
        self.ready.clear();
        self.taken = 0;
        if part.to - part.from == 1 {
            let some = part.count.min(LEAF);
            self.ready.extend((0..some).map(|_| part.from));
            self.parts.push(Part {
                count: part.count - some,
                ..part
            });
        } else if part.count <= LEAF {
            self.draws.draw(shape, part, &mut self.ready);
            self.taken = self.ready.partition_point(|&one| one < self.from);
        } else {
            let (left, right) = self.draws.halves(shape, part);
            self.parts.push(right);
            self.parts.push(left);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    fn shapes() -> impl Strategy<Value = Shape> {
        let steps = [(0.0, 1.0), (0.25, 0.0), (0.5, 3.0), (1.0, 0.0)];
        prop_oneof![
            Just(Shape::uniform(0.0, 1.0)),
            Just(Shape::uniform(0.25, 0.5)),
            Just(Shape::triangular(0.0, 0.0, 1.0)),
            Just(Shape::triangular(0.2, 0.8, 0.8)),
            Just(Shape::beta(2.0, 5.0)),
            Just(Shape::beta(0.3, 0.4)),
            Just(Shape::beta(0.01, 3.0)),
            Just(Shape::beta(900.0, 400.0)),
            Just(Shape::beta(1.0, 1.0)),
            Just(Shape::steps(
                steps.map(|(from, weight)| Step { from, weight })
            )),
        ]
    }

    fn all(draws: Draws, shape: &Shape, from: i64) -> Vec<i64> {
        let mut scatter = Scatter::default();
        scatter.begin(draws, from);
        let mut all = Vec::new();
        loop {
            let ready = scatter.ready(shape);
            if ready.is_empty() {
                return all;
            }
            let some = ready.len().min(100);
            all.extend_from_slice(&ready[..some]);
            scatter.take(some);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn sorted_complete_and_the_same_from_any_tick(
            shape in shapes(),
            key in any::<u64>(),
            count in prop_oneof![0_u64..5, 500_u64..530, 0_u64..20_000],
            length in prop_oneof![1_i64..4, 1_i64..1_000_000_000_000],
            at in 0.0..1.0_f64,
        ) {
            let draws = Draws { key, count, length };
            let whole = all(draws, &shape, 0);
            prop_assert_eq!(whole.len() as u64, count);
            prop_assert!(whole.is_sorted());
            prop_assert!(whole.iter().all(|tick| (0..length).contains(tick)));
            let tick = (at * length as f64) as i64;
            let before = whole.partition_point(|&one| one < tick);
            prop_assert_eq!(draws.before(&shape, tick), before as u64);
            prop_assert_eq!(&all(draws, &shape, tick)[..], &whole[before..]);
        }
    }

    /// Observed against expected shares of 20 equal bins, for few draws at a time and for many.
    #[test]
    fn the_density_is_that_of_the_shape() {
        let length = 1_000_000_000;
        for shape in [
            Shape::uniform(0.1, 0.9),
            Shape::triangular(0.2, 0.8, 0.9),
            Shape::beta(2.0, 5.0),
            Shape::beta(0.3, 0.4),
            Shape::beta(0.5, 40.0),
            Shape::beta(30.0, 30.0),
            Shape::beta(1.0, 3.0),
            Shape::beta(4.0, 1.0),
            Shape::beta(0.7, 1.0),
        ] {
            for (rounds, count) in [(1_000, 200), (2, 100_000)] {
                let mut bins = [0_u64; 20];
                for round in 0..rounds {
                    let draws = Draws {
                        key: derive(5, round),
                        count,
                        length,
                    };
                    for tick in all(draws, &shape, 0) {
                        bins[(tick * 20 / length) as usize] += 1;
                    }
                }
                let total = (rounds * count) as f64;
                let mut chi = 0.0;
                for (bin, &seen) in bins.iter().enumerate() {
                    let edge = |bin: usize| shape.share(bin as f64 / 20.0);
                    let expected = (edge(bin + 1) - edge(bin)) * total;
                    if expected < 5.0 {
                        assert!(
                            (seen as f64 - expected).abs() < 25.0,
                            "{shape:?} {bin} {seen}"
                        );
                    } else {
                        chi += (seen as f64 - expected).powi(2) / expected;
                    }
                }
                // 19 degrees of freedom: one in a million is above 65.
                assert!(chi < 65.0, "{shape:?} {count}: chi-square {chi}, {bins:?}");
            }
        }
    }

    #[test]
    fn more_draws_than_could_be_held_begin_and_end_at_once() {
        let shape = Shape::beta(0.5, 2.0);
        let draws = Draws {
            key: 9,
            count: 1 << 50,
            length: 1_000_000,
        };
        let mut scatter = Scatter::default();
        scatter.begin(draws, 0);
        assert_eq!(scatter.ready(&shape)[0], 0);
        scatter.begin(draws, 999_000);
        assert!(scatter.ready(&shape)[0] >= 999_000);
        let half = draws.before(&shape, 250_000) as f64 / (1_u64 << 50) as f64;
        assert!((half - shape.share(0.25)).abs() < 1e-6, "{half}");
    }
}
