//! Timestamps as a histogram whose bucket width follows from their range.

/// Bucket widths to choose from, in seconds.
const WIDTHS_S: [i64; 18] = [
    1, 5, 10, 15, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
    604_800, 2_592_000,
];

/// Buckets aimed at.
const BUCKETS: i64 = 30;

/// Most buckets that are made, whatever the width.
const MOST_BUCKETS: i64 = 100_000;

/// Timestamps that are listed in full; of more, the first and last half as many.
const LISTED: usize = 100;

/// Sizes of a bucket in seconds that people can think in.
const SIZES_S: &[u64] = &[
    1, 2, 3, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1_200, 1_800, 2_400, 3_600, 5_400,
    7_200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400, 172_800, 432_000, 604_800, 1_209_600,
    2_592_000,
];

/// A histogram over wall-clock time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aggregate {
    /// Left edge of every bucket from the first used to the last used one, wall-clock microseconds.
    /// Edges are multiples of the width counted from 1970-01-01T00:00.
    pub edges: Vec<i64>,
    /// Counts per input, in the order of inputs: as many as `edges` each.
    pub counts: Vec<Vec<u64>>,
    /// Timestamps in all.
    pub total: usize,
}

/// Counts timestamps (wall-clock microseconds and the index of their input, in any order) into buckets.
/// Without a width, the largest usual one is taken that still gives about 30 buckets. `None` when a given
/// width is not positive, or makes more than 100,000 buckets.
pub fn aggregate(timestamps: &[(i64, u16)], width_us: Option<i64>) -> Option<Aggregate> {
    let times = || timestamps.iter().map(|&(at, _)| at);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Some(Aggregate::default());
    };
    let width = match width_us {
        Some(width) => width,
        None => usual_width_us(first, last, timestamps.len()),
    };
    if width <= 0 {
        return None;
    }
    let (from, to) = (first.div_euclid(width), last.div_euclid(width));
    if to - from >= MOST_BUCKETS {
        return None;
    }
    let edges: Vec<i64> = (from..=to).map(|bucket| bucket * width).collect();
    let inputs = timestamps.iter().map(|&(_, input)| input).max()?;
    let mut counts = vec![vec![0; edges.len()]; usize::from(inputs) + 1];
    for &(at, input) in timestamps {
        let bucket = usize::try_from(at.div_euclid(width) - from).ok()?;
        let count = counts.get_mut(usize::from(input))?.get_mut(bucket)?;
        *count += 1;
    }
    Some(Aggregate {
        edges,
        counts,
        total: timestamps.len(),
    })
}

fn usual_width_us(first: i64, last: i64, len: usize) -> i64 {
    let aimed = (last - first) / BUCKETS.min(i64::try_from(len).unwrap_or(BUCKETS));
    WIDTHS_S
        .iter()
        .map(|seconds| seconds * crate::time::SECOND_US)
        .rfind(|&width| width <= aimed)
        .unwrap_or(crate::time::SECOND_US)
}

/// The timestamps worth listing: all of a few, otherwise the first and the last ones.
pub fn ends<T>(items: &[T]) -> (&[T], &[T]) {
    if items.len() <= LISTED {
        return (items, &[]);
    }
    let half = LISTED / 2;
    let (head, _) = items.split_at(half);
    let (_, tail) = items.split_at(items.len() - half);
    (head, tail)
}

/// The largest number of buckets for a span, up to `most`, each of a size that people can think in.
pub fn finest_buckets(span_s: u64, most: usize) -> usize {
    let counts = SIZES_S.iter().map(|size| span_s.div_ceil(*size));
    counts
        .filter_map(|count| usize::try_from(count).ok())
        .filter(|count| *count <= most)
        .max()
        .unwrap_or(most.max(1))
}

/// Number of buckets for a span that fills a width (in columns) best, each of a size that people can
/// think in.
pub fn buckets_for(span_s: u64, width: usize) -> usize {
    let width = u64::try_from(width.clamp(8, 240)).unwrap_or(240);
    let candidates = SIZES_S
        .iter()
        .map(|size| span_s.div_ceil(*size))
        .filter(|count| *count <= width);
    let best = candidates.max_by_key(|count| {
        let enough = (*count).min(16);
        (enough, width / count * count, *count)
    });
    best.and_then(|count| usize::try_from(count).ok())
        .unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_round_and_fill_the_width() {
        assert_eq!(buckets_for(60, 60), 60);
        assert_eq!(buckets_for(3_600, 44), 40);
        assert_eq!(buckets_for(86_400, 50), 48);
        assert_eq!(buckets_for(31_536_000, 80), 73);
        assert_eq!(finest_buckets(604_800, 76), 56);
        assert_eq!(finest_buckets(u64::MAX, 76), 76);
        for span in [60, 600, 3_600, 86_400, 604_800, 2_592_000, 31_536_000, 77] {
            for width in 0..300 {
                let count = buckets_for(span, width);
                assert!(
                    (1..=width.clamp(8, 240)).contains(&count),
                    "{span} {width} {count}"
                );
            }
        }
    }
}
