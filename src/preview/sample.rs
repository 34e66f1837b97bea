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
    let mut moments = Vec::with_capacity(4 * SAMPLE);
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
        input.seek(start_us);
        moments.clear();
        input.fill(4 * SAMPLE, &mut moments)?;
        let ended = moments.len() < 4 * SAMPLE;
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
