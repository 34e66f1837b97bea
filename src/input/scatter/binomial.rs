//! Binomial draws for any number of trials.

use crate::fake::{Fast, Random};

/// Below this mean the draw counts failures between successes, above it it is accepted or rejected.
const SMALL_MEAN: f64 = 10.0;

/// How many of `trials` succeed, each with probability `p` (taken as 0 to 1).
pub(super) fn draw(trials: u64, p: f64, random: &mut Fast) -> u64 {
    if p > 0.5 {
        return trials - rare(trials, 1.0 - p, random);
    }
    rare(trials, p, random)
}

/// The same for `p` up to one half.
fn rare(trials: u64, p: f64, random: &mut Fast) -> u64 {
    if p <= 0.0 || trials == 0 {
        0
    } else if trials as f64 * p < SMALL_MEAN {
        by_gaps(trials, p, random)
    } else {
        by_rejection(trials, p, random)
    }
}

/// Adds up geometric gaps between successes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and a float saturates"
)]
fn by_gaps(trials: u64, p: f64, random: &mut Fast) -> u64 {
    let scale = (-p).ln_1p();
    let mut at = 0_u64;
    let mut successes = 0;
    loop {
        let gap = ((1.0 - random.unit()).ln() / scale) as u64;
        at = at.saturating_add(gap).saturating_add(1);
        if at > trials {
            return successes;
        }
        successes += 1;
    }
}

/// Hörmann's transformed rejection (BTRS, 1993), for means of 10 and more.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to lie within 0 and the number of trials"
)]
fn by_rejection(trials: u64, p: f64, random: &mut Fast) -> u64 {
    let n = trials as f64;
    let deviation = (n * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let centre = n * p + 0.5;
    let odds = p / (1.0 - p);
    let alpha = (2.83 + 5.1 / b) * deviation;
    let mode = ((n + 1.0) * p).floor();
    let sure = 0.92 - 4.2 / b;
    loop {
        let u = random.unit() - 0.5;
        let v = random.unit();
        let edge = 0.5 - u.abs();
        let k = ((2.0 * a / edge + b) * u + centre).floor();
        if !(0.0..=n).contains(&k) {
            continue;
        }
        if edge >= 0.07 && v <= sure {
            return (k as u64).min(trials);
        }
        let v = (v * alpha / (a / (edge * edge) + b)).ln();
        let bound = (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
            + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
            + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
            + tail(mode)
            + tail(n - mode)
            - tail(k)
            - tail(n - k);
        if v <= bound {
            return (k as u64).min(trials);
        }
    }
}

/// What Stirling's formula leaves out of ln k!.
fn tail(k: f64) -> f64 {
    const FIRST: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_3,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_09,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    if let Some(exact) = FIRST.get(k as usize) {
        return *exact;
    }
    let next = k + 1.0;
    let square = next * next;
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_variance_are_those_of_the_distribution() {
        for (trials, p) in [
            (1_u64, 0.5),
            (1_000, 0.002),
            (1_000, 0.5),
            (1_000, 0.97),
            (40, 0.3),
            (1 << 40, 0.25),
        ] {
            let mut random = Fast::seeded(trials);
            let n = 20_000;
            let draws: Vec<f64> = (0..n)
                .map(|_| draw(trials, p, &mut random) as f64)
                .collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let variance = draws.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / f64::from(n);
            let expected = trials as f64 * p * (1.0 - p);
            let off = (mean - trials as f64 * p) / (expected / f64::from(n)).sqrt();
            assert!(off.abs() < 5.0, "{trials} {p}: mean {mean}");
            assert!(
                (variance / expected - 1.0).abs() < 0.06,
                "{trials} {p}: {variance}"
            );
        }
    }

    #[test]
    fn certain_and_impossible_successes() {
        let mut random = Fast::seeded(1);
        assert_eq!(draw(77, 0.0, &mut random), 0);
        assert_eq!(draw(77, 1.0, &mut random), 77);
        assert_eq!(draw(0, 0.4, &mut random), 0);
        assert!(draw(u64::MAX, 0.5, &mut random) > u64::MAX / 3);
    }
}
