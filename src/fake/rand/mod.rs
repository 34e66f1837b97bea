//! The primitives of `module.rand`: numbers, text, networks, identifiers, weights.
//!
//! Each draws as the reference does, so that a recorded stream gives recorded values. Text is
//! appended to a caller's buffer and is ASCII unless said otherwise.

pub mod crypto;
pub mod network;
pub mod number;
pub mod text;
pub mod weights;

use super::Random;

/// An index of a sequence of `len` elements; `None` (and no draw) when it is empty.
pub fn index(random: &mut (impl Random + ?Sized), len: usize) -> Option<usize> {
    (len > 0).then(|| random.below(len as u64) as usize)
}

/// True with probability `probability`; certain outcomes draw nothing.
pub fn chance(random: &mut (impl Random + ?Sized), probability: f64) -> bool {
    if probability <= 0.0 {
        false
    } else if probability >= 1.0 {
        true
    } else {
        random.unit() < probability
    }
}

/// Shuffles in place, uniformly.
pub fn shuffle<T>(random: &mut (impl Random + ?Sized), items: &mut [T]) {
    for i in (1..items.len()).rev() {
        let j = random.below(i as u64 + 1) as usize;
        items.swap(i, j);
    }
}

/// A point between 0 and `span_us` (microseconds, may be negative), uniform, rounded half to even.
pub fn duration(random: &mut (impl Random + ?Sized), span_us: i64) -> i64 {
    // A unit draw is a multiple of 2^-53, so the product is exact in 128 bits.
    let scaled = i128::from(span_us) * (random.unit() * (1_u64 << 53) as f64) as i128;
    let (whole, rest) = (scaled >> 53, scaled & ((1 << 53) - 1));
    let half = 1_i128 << 52;
    let up = rest > half || (rest == half && whole & 1 == 1);
    (whole + i128::from(up)) as i64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::fake::Recorded;

    #[test]
    fn the_recorded_stream_gives_the_published_values() {
        let mut random = Recorded::seeded(7);
        let below: Vec<u64> = (0..8).map(|_| random.below(10)).collect();
        assert_eq!(below, [4, 9, 9, 2, 2, 1, 4, 3]);

        let mut items = [0, 1, 2, 3, 4, 5];
        shuffle(&mut Recorded::seeded(7), &mut items);
        assert_eq!(items, [1, 5, 0, 3, 4, 2]);

        let mut random = Recorded::seeded(7);
        let ints: Vec<i64> = (0..8)
            .map(|_| number::integer(&mut random, -5, 5).unwrap())
            .collect();
        assert_eq!(ints, [0, 5, 4, -2, -3, -4, -1, -2]);

        let table = weights::Table::new([70.0, 20.0, 10.0]).unwrap();
        let mut random = Recorded::seeded(7);
        let picked: String = (0..12)
            .map(|_| ['a', 'b', 'c'][table.pick(&mut random)])
            .collect();
        assert_eq!(picked, "accaaaaacbaa");
    }

    #[test]
    fn the_recorded_distributions_match() {
        let stream = || Recorded::seeded(7);
        assert_eq!(
            number::floating(&mut stream(), 1.0, 2.0),
            1.493_212_266_839_229_6
        );
        assert_eq!(
            number::gauss(&mut stream(), 5.0, 2.0),
            4.972_849_067_356_918
        );
        assert_eq!(
            number::lognormal(&mut stream(), 0.0, 1.0),
            0.986_516_264_754_833_7
        );
        assert_eq!(
            number::exponential(&mut stream(), 0.5).unwrap(),
            1.359_326_070_650_764_8
        );
        assert_eq!(
            number::pareto(&mut stream(), 2.0, 1.0).unwrap(),
            1.404_710_901_649_249_8
        );
        assert_eq!(
            number::triangular(&mut stream(), 0.0, 10.0, 3.0),
            4.043_898_815_394_929
        );
    }

    #[test]
    fn chance_draws_only_when_the_outcome_is_open() {
        let mut random = Recorded::seeded(1);
        assert!(!chance(&mut random, 0.0));
        assert!(chance(&mut random, 1.0));
        assert_eq!(random.draws(), 0);
        chance(&mut random, 0.5);
        assert_eq!(random.draws(), 1);
    }

    #[test]
    fn durations_round_to_even_and_run_backwards() {
        // The first draw of seed 7 is 0.4932122668392295.
        assert_eq!(duration(&mut Recorded::seeded(7), 1_000_000), 493_212);
        assert_eq!(duration(&mut Recorded::seeded(7), -1_000_000), -493_212);
        assert_eq!(duration(&mut Recorded::seeded(7), 0), 0);
    }
}
