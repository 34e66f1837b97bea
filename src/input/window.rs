//! Windows of time in buckets, and how many timestamps fall into each. Knows no plugin.

/// A stretch of time in buckets of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first instant, microseconds since the Unix epoch.
    pub from_us: i64,
    /// The instant after its last.
    pub to_us: i64,
    /// Number of buckets, at least 1.
    pub buckets: usize,
}

/// Timestamps per bucket of a [`Window`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// As many as the window has buckets.
    pub buckets: Vec<u64>,
    /// False when they are expected numbers, not counted ones.
    pub exact: bool,
}

impl Window {
    /// The instant at which a bucket begins; with the number of buckets, the window's end.
    pub fn edge(&self, bucket: usize) -> i64 {
        let buckets = self.buckets.max(1) as i128;
        let length = i128::from(self.to_us) - i128::from(self.from_us);
        let offset = (bucket as i128 * length + buckets - 1).div_euclid(buckets);
        i64::try_from(i128::from(self.from_us) + offset).unwrap_or(i64::MAX)
    }

    /// The bucket that holds an instant; `None` outside the window.
    pub fn bucket(&self, instant_us: i64) -> Option<usize> {
        if !(self.from_us..self.to_us).contains(&instant_us) {
            return None;
        }
        let after = i128::from(instant_us) - i128::from(self.from_us);
        let length = i128::from(self.to_us) - i128::from(self.from_us);
        usize::try_from(after * self.buckets as i128 / length).ok()
    }

    /// First instants and ends of all buckets in their order.
    pub fn ranges(&self) -> impl Iterator<Item = (i64, i64)> + use<> {
        let window = *self;
        (0..self.buckets).map(move |bucket| (window.edge(bucket), window.edge(bucket + 1)))
    }
}

impl Counts {
    /// Exact counts from the number of timestamps before an instant, which must not fall with time.
    pub fn from_totals(window: &Window, mut before: impl FnMut(i64) -> u64) -> Self {
        let mut last = before(window.from_us);
        let buckets = window.ranges().map(|(_, to_us)| {
            let total = before(to_us);
            let count = total.saturating_sub(last);
            last = total;
            count
        });
        Self {
            buckets: buckets.collect(),
            exact: true,
        }
    }

    /// Exact counts of instants in any order.
    pub fn of_instants(window: &Window, instants: impl Iterator<Item = i64>) -> Self {
        let mut buckets = vec![0; window.buckets];
        for instant_us in instants {
            if let Some(count) = window
                .bucket(instant_us)
                .and_then(|bucket| buckets.get_mut(bucket))
            {
                *count += 1;
            }
        }
        Self {
            buckets,
            exact: true,
        }
    }

    /// Timestamps in the whole window.
    pub fn total(&self) -> u64 {
        self.buckets
            .iter()
            .fold(0, |sum, &count| sum.saturating_add(count))
    }
}

#[cfg(test)]
mod tests;
