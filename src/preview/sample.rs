//! Timestamps per bucket for inputs that cannot tell without generating: all are counted as far as
//! patience goes, the rest is scaled up from samples.

use crate::input::{Counts, Input, InputError, Window};
use crate::time::Moment;

use super::evaluate::Patience;

/// Timestamps asked for at a time.
const CHUNK: usize = 4_096;

/// Most timestamps that are counted one by one.
const MOST_COUNTED: usize = 3_000_000;

/// Timestamps that one sample should hold.
const SAMPLE: usize = 1_000;

/// What was found, and whether the limits cut it short (later buckets are empty then).
#[derive(Debug)]
pub(super) struct Measured {
    pub counts: Counts,
    pub truncated: bool,
}

/// An input at an instant, with the timestamps that were generated to get there.
#[derive(Debug)]
pub(super) struct Ahead {
    ready: Vec<Moment>,
    input: Box<dyn Input>,
    ended: bool,
}

impl Ahead {
    /// Goes on to an instant; `None` when patience ends before it is reached.
    pub(super) fn reach(
        mut input: Box<dyn Input>,
        instant_us: i64,
        patience: &Patience<'_>,
    ) -> Result<Option<Self>, InputError> {
        input.seek(instant_us);
        let mut ready = Vec::new();
        loop {
            input.fill(CHUNK, &mut ready)?;
            let ended = ready.len() < CHUNK;
            let early = |at: &&Moment| at.instant_us() < instant_us;
            ready.drain(..ready.iter().take_while(early).count());
            if ended || !ready.is_empty() {
                return Ok(Some(Self {
                    ready,
                    input,
                    ended,
                }));
            }
            if patience.is_over() {
                return Ok(None);
            }
        }
    }
}

impl Input for Ahead {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let given = self.ready.len().min(max);
        out.extend(self.ready.drain(..given));
        if given < max && !self.ended {
            return self.input.fill(max - given, out);
        }
        Ok(())
    }
}

/// Counts what an input gives within a window.
pub(super) fn measure(
    mut input: Box<dyn Input>,
    window: &Window,
    patience: &Patience<'_>,
) -> Result<Measured, InputError> {
    let mut measured = Measured {
        counts: Counts {
            buckets: vec![0; window.buckets],
            exact: true,
        },
        truncated: false,
    };
    let counting = patience.part(2);
    let Some(mut ahead) = Ahead::reach(input, window.from_us, &counting)? else {
        measured.truncated = true;
        return Ok(measured);
    };
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut counted = 0;
    loop {
        chunk.clear();
        ahead.fill(CHUNK, &mut chunk)?;
        let inside = tally(&chunk, window, &mut measured.counts.buckets);
        counted += inside;
        let (true, Some(last)) = (inside == CHUNK, chunk.last()) else {
            return Ok(measured);
        };
        if counted >= MOST_COUNTED || counting.is_over() {
            let done_us = last.instant_us();
            input = ahead.input;
            let elapsed_us = (done_us - window.from_us).max(1);
            let guess_us = (elapsed_us as f64 / counted as f64 * SAMPLE as f64) as i64;
            sample(input, window, (done_us, guess_us), patience, &mut measured)?;
            return Ok(measured);
        }
    }
}

/// Adds timestamps to their buckets; gives how many lie in the window.
fn tally(moments: &[Moment], window: &Window, buckets: &mut [u64]) -> usize {
    let mut inside = 0;
    for at in moments {
        let bucket = window.bucket(at.instant_us());
        if let Some(count) = bucket.and_then(|bucket| buckets.get_mut(bucket)) {
            *count += 1;
            inside += 1;
        }
    }
    inside
}

/// Fills the buckets from `done_us` on with what a sample of `length_us` in each lets expect.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive number that a float holds well enough"
)]
fn sample(
    mut input: Box<dyn Input>,
    window: &Window,
    (done_us, length_us): (i64, i64),
    patience: &Patience<'_>,
    measured: &mut Measured,
) -> Result<(), InputError> {
    measured.counts.exact = false;
    let mut moments: Vec<Moment> = Vec::with_capacity(4 * SAMPLE);
    let mut ended = false;
    for (index, (from_us, to_us)) in window.ranges().enumerate() {
        // The last of those that were counted is scaled up too, by what is left of it.
        let from_us = from_us.max(done_us + 1);
        if to_us <= from_us {
            continue;
        }
        if patience.is_over() {
            measured.truncated = true;
            return Ok(());
        }
        let length_us = length_us.clamp(1, to_us - from_us);
        // Somewhere else in each bucket, so that what repeats with the buckets is not seen alone.
        let shift = (index as f64 * 0.618_034).fract();
        let start_us = from_us + ((to_us - from_us - length_us) as f64 * shift) as i64;
        // What was read beyond the sample before may belong to this one.
        moments.retain(|at| at.instant_us() >= start_us);
        if !ended {
            input.seek(start_us);
            input.fill(4 * SAMPLE - moments.len(), &mut moments)?;
            ended = moments.len() < 4 * SAMPLE;
        }
        if moments.last().is_some_and(|at| at.instant_us() < start_us) && !ended {
            // It has to be walked, which took too long already.
            measured.truncated = true;
            return Ok(());
        }
        let mut end_us = start_us + length_us;
        if let Some(last) = moments.last().filter(|_| !ended) {
            end_us = end_us.min(last.instant_us().max(start_us + 1));
        }
        let range = start_us..end_us;
        let found = moments.iter().filter(|at| range.contains(&at.instant_us()));
        let share = (to_us - from_us) as f64 / (end_us - start_us) as f64;
        let expected = (found.count() as f64 * share).round() as u64;
        if let Some(count) = measured.counts.buckets.get_mut(index) {
            *count = count.saturating_add(expected);
        }
        if ended && moments.is_empty() {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::{Duration, Instant};

    use super::*;
    use crate::time::SECOND_US;

    /// Fires every so many microseconds up to an end, with or without the gift to seek.
    #[derive(Debug)]
    struct Every {
        next_us: i64,
        step_us: i64,
        end_us: i64,
        seeks: bool,
    }

    impl Input for Every {
        fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
            for _ in 0..max {
                if self.next_us >= self.end_us {
                    break;
                }
                out.push(Moment {
                    wall_us: self.next_us,
                    offset_s: 0,
                });
                self.next_us += self.step_us;
            }
            Ok(())
        }

        fn seek(&mut self, instant_us: i64) {
            let steps = (instant_us - self.next_us).max(0) / self.step_us;
            self.next_us += if self.seeks { steps * self.step_us } else { 0 };
        }
    }

    fn every(step_us: i64, seeks: bool, to_s: i64, buckets: usize) -> Measured {
        let input = Every {
            next_us: 0,
            step_us,
            end_us: 90_000 * SECOND_US,
            seeks,
        };
        let window = Window {
            from_us: 0,
            to_us: to_s * SECOND_US,
            buckets,
        };
        let patience = Patience::new(Instant::now() + Duration::from_secs(600), &|| false);
        measure(Box::new(input), &window, &patience).unwrap()
    }

    #[test]
    fn few_are_counted() {
        let measured = every(10_000, false, 300, 3);
        assert!(measured.counts.exact && !measured.truncated);
        assert_eq!(measured.counts.buckets, [10_000; 3]);
    }

    #[test]
    fn many_are_scaled_up_from_samples() {
        let measured = every(997, true, 100_000, 100);
        assert!(!measured.counts.exact && !measured.truncated);
        let expected = 1_000.0 * 1e6 / 997.0;
        for (bucket, &count) in measured.counts.buckets.iter().enumerate() {
            let off = (count as f64 / expected - 1.0).abs();
            assert!(
                if bucket < 90 { off < 0.01 } else { count == 0 },
                "{bucket}: {count}"
            );
        }
    }

    #[test]
    fn what_can_neither_be_counted_nor_sampled_is_cut() {
        let measured = every(997, false, 100_000, 100);
        assert!(measured.truncated);
        assert_eq!(measured.counts.buckets[0], 1_003_010);
        assert_eq!(measured.counts.buckets[50], 0);
    }

    #[test]
    fn patience_ends_the_way_to_a_window() {
        let input = Every {
            next_us: 0,
            step_us: 1,
            end_us: i64::MAX,
            seeks: false,
        };
        let patience = Patience::new(Instant::now(), &|| true);
        let ahead = Ahead::reach(Box::new(input), i64::MAX / 2, &patience).unwrap();
        assert!(ahead.is_none());
    }
}
