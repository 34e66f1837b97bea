//! Numbers and distributions.

use num_bigint::{BigInt, BigUint, Sign};

use super::super::{FakeError, Random};

/// Uniform integer in `a..=b`.
///
/// # Errors
/// When `a` is above `b`.
pub fn integer(random: &mut (impl Random + ?Sized), a: i64, b: i64) -> Result<i64, FakeError> {
    if a > b {
        return Err(empty_range(a, b));
    }
    let span = b.wrapping_sub(a) as u64;
    let offset = match span.checked_add(1) {
        Some(bound) => random.below(bound),
        None => random.below_wide(1 << 64) as u64,
    };
    Ok(a.wrapping_add(offset as i64))
}

/// Uniform integer in `a..=b` of any size.
///
/// # Errors
/// When `a` is above `b`.
pub fn integer_big(
    random: &mut (impl Random + ?Sized),
    a: &BigInt,
    b: &BigInt,
) -> Result<BigInt, FakeError> {
    if a > b {
        return Err(empty_range(a, b));
    }
    let span = (b - a).to_biguint().unwrap_or_default() + BigUint::from(1_u8);
    let offset = random.below_big(&span);
    Ok(a + BigInt::from_biguint(Sign::Plus, offset))
}

fn empty_range(a: impl std::fmt::Display, b: impl std::fmt::Display) -> FakeError {
    FakeError::new(format!("no integer lies between {a} and {b}"))
        .help("give the smaller bound first")
}

/// Uniform between the bounds, which may be in either order.
pub fn floating(random: &mut (impl Random + ?Sized), a: f64, b: f64) -> f64 {
    a + (b - a) * random.unit()
}

/// Normal with mean `mu` and deviation `sigma`.
pub fn gauss(random: &mut (impl Random + ?Sized), mu: f64, sigma: f64) -> f64 {
    mu + random.normal() * sigma
}

/// The exponential of a normal variate.
pub fn lognormal(random: &mut (impl Random + ?Sized), mu: f64, sigma: f64) -> f64 {
    gauss(random, mu, sigma).exp()
}

/// Exponential with rate `lambda`; a negative rate gives negative values.
///
/// # Errors
/// When the rate is zero.
pub fn exponential(random: &mut (impl Random + ?Sized), lambda: f64) -> Result<f64, FakeError> {
    if lambda == 0.0 {
        return Err(FakeError::new(
            "the rate of an exponential distribution must not be zero",
        ));
    }
    Ok(-(1.0 - random.unit()).ln() / lambda)
}

/// Pareto with shape `alpha` and smallest value `xmin`.
///
/// # Errors
/// When the shape is zero.
pub fn pareto(
    random: &mut (impl Random + ?Sized),
    alpha: f64,
    xmin: f64,
) -> Result<f64, FakeError> {
    if alpha == 0.0 {
        return Err(FakeError::new(
            "the shape of a Pareto distribution must not be zero",
        ));
    }
    Ok(xmin * (1.0 - random.unit()).powf(-1.0 / alpha))
}

/// Triangular between `low` and `high` with its peak at `mode`; `low` when both bounds are equal.
pub fn triangular(random: &mut (impl Random + ?Sized), low: f64, high: f64, mode: f64) -> f64 {
    let mut u = random.unit();
    if high == low {
        return low;
    }
    let mut c = (mode - low) / (high - low);
    let (mut from, mut to) = (low, high);
    if u > c {
        u = 1.0 - u;
        c = 1.0 - c;
        std::mem::swap(&mut from, &mut to);
    }
    from + (to - from) * (u * c).sqrt()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::fake::{Fast, Recorded};

    #[test]
    fn integers_reach_both_ends_of_the_widest_range() {
        let mut random = Fast::seeded(3);
        assert!(integer(&mut random, i64::MIN, i64::MAX).is_ok());
        assert_eq!(integer(&mut random, 5, 5), Ok(5));
        assert_eq!(
            integer(&mut random, 5, 1).unwrap_err().message,
            "no integer lies between 5 and 1"
        );
    }

    #[test]
    fn big_and_small_integers_agree_on_the_recorded_stream() {
        let small = integer(&mut Recorded::seeded(4), -1000, 1_000_000).unwrap();
        let big = integer_big(
            &mut Recorded::seeded(4),
            &BigInt::from(-1000),
            &BigInt::from(1_000_000),
        );
        assert_eq!(big.unwrap(), BigInt::from(small));
    }
}
