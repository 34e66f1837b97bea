//! Weighted choice by cumulative sums.

use super::super::{FakeError, Random};

/// Prepared cumulative weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    cumulative: Box<[f64]>,
    total: f64,
}

impl Table {
    /// Sums the weights.
    ///
    /// # Errors
    /// When there are none, or their total is not finite and above zero.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Result<Self, FakeError> {
        let mut total = 0.0;
        let cumulative: Box<[f64]> = weights
            .into_iter()
            .map(|weight| {
                total += weight;
                total
            })
            .collect();
        if cumulative.is_empty() {
            return Err(FakeError::new("cannot choose from nothing"));
        }
        check_total(total)?;
        Ok(Self { cumulative, total })
    }

    /// The index of one choice; one draw.
    pub fn pick(&self, random: &mut (impl Random + ?Sized)) -> usize {
        let point = random.unit() * self.total;
        let index = self.cumulative.partition_point(|&sum| sum <= point);
        index.min(self.cumulative.len() - 1)
    }

    /// Number of weights.
    pub fn len(&self) -> usize {
        self.cumulative.len()
    }

    /// Never true: a table has at least one weight.
    pub fn is_empty(&self) -> bool {
        self.cumulative.is_empty()
    }
}

/// Chooses an index by weights that were not prepared, without allocating; one draw.
///
/// # Errors
/// Those of [`Table::new`].
pub fn pick<I>(random: &mut (impl Random + ?Sized), weights: I) -> Result<usize, FakeError>
where
    I: Iterator<Item = f64> + Clone,
{
    let mut total = 0.0;
    let mut count = 0_usize;
    for weight in weights.clone() {
        total += weight;
        count += 1;
    }
    if count == 0 {
        return Err(FakeError::new("cannot choose from nothing"));
    }
    check_total(total)?;
    let point = random.unit() * total;
    let mut sum = 0.0;
    for (index, weight) in weights.enumerate() {
        sum += weight;
        if sum > point {
            return Ok(index);
        }
    }
    Ok(count - 1)
}

fn check_total(total: f64) -> Result<(), FakeError> {
    if !total.is_finite() {
        return Err(FakeError::new("the total of the weights must be finite"));
    }
    if total <= 0.0 {
        return Err(FakeError::new(
            "the total of the weights must be greater than zero",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::fake::Recorded;

    #[test]
    fn prepared_and_direct_choice_agree() {
        let weights = [0.0, 3.5, 0.0, 1.25, 9.0];
        let table = Table::new(weights).unwrap();
        let (mut one, mut two) = (Recorded::seeded(11), Recorded::seeded(11));
        for _ in 0..200 {
            let direct = pick(&mut two, weights.iter().copied()).unwrap();
            assert_eq!(table.pick(&mut one), direct);
            assert!(weights[direct] > 0.0);
        }
    }

    #[test]
    fn senseless_weights_are_errors() {
        for bad in [
            vec![],
            vec![0.0],
            vec![1.0, -1.0],
            vec![f64::NAN],
            vec![f64::INFINITY],
        ] {
            assert!(Table::new(bad.iter().copied()).is_err(), "{bad:?}");
            assert!(pick(&mut Recorded::seeded(1), bad.iter().copied()).is_err());
        }
    }
}
