//! How long writes took in the last minute, in memory of a fixed size.
//!
//! Times are counted in classes a sixteenth apart, for six stretches of ten seconds each; the oldest
//! stretch makes room for the newest. Nothing is allocated for a write.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Latency;

/// Length of a stretch, in seconds.
const STRETCH_S: u64 = 10;

/// Stretches that are kept: what is shown goes back fifty to sixty seconds.
const STRETCHES: u64 = 6;

/// Bits below the leading one that tell classes apart: a time is known to a sixteenth.
const BITS: u32 = 4;

/// Times from this power of two microseconds on (a day and a half) are one class.
const LARGEST: u32 = 37;

const CLASSES: usize = ((LARGEST - BITS + 1) as usize) << BITS;

/// How long the writes of one output took.
#[derive(Debug)]
pub(super) struct Latencies {
    began: Instant,
    stretches: Mutex<Vec<Stretch>>,
}

#[derive(Debug)]
struct Stretch {
    /// Counted from the beginning.
    number: u64,
    count: u64,
    longest: Duration,
    classes: Box<[u32]>,
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            stretches: Mutex::default(),
        }
    }
}

impl Latencies {
    fn number(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.began).as_secs() / STRETCH_S
    }

    /// Counts a write that ended at `now`.
    pub(super) fn add(&self, took: Duration, now: Instant) {
        let number = self.number(now);
        let mut stretches = self
            .stretches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(number % STRETCHES).unwrap_or(0);
        while stretches.len() <= place {
            stretches.push(Stretch {
                number,
                count: 0,
                longest: Duration::ZERO,
                classes: vec![0; CLASSES].into(),
            });
        }
        let Some(stretch) = stretches.get_mut(place) else {
            return;
        };
        if stretch.number != number {
            stretch.number = number;
            stretch.count = 0;
            stretch.longest = Duration::ZERO;
            stretch.classes.fill(0);
        }
        stretch.count += 1;
        stretch.longest = stretch.longest.max(took);
        if let Some(count) = stretch.classes.get_mut(class(took)) {
            *count = count.saturating_add(1);
        }
    }

    /// The last minute, as of `now`.
    pub(super) fn stats(&self, now: Instant) -> Latency {
        let number = self.number(now);
        let stretches = self
            .stretches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let fresh = |one: &&Stretch| one.count > 0 && one.number + STRETCHES > number;
        let mut classes = [0_u64; CLASSES];
        let mut stats = Latency::default();
        for stretch in stretches.iter().filter(fresh) {
            stats.count += stretch.count;
            stats.max = stats.max.max(stretch.longest);
            for (sum, count) in classes.iter_mut().zip(&stretch.classes) {
                *sum += u64::from(*count);
            }
        }
        if stats.count == 0 {
            return stats;
        }
        let at = |percent: u64| {
            let rank = (stats.count * percent).div_ceil(100);
            let mut below = 0;
            let found = classes.iter().position(|count| {
                below += count;
                below >= rank
            });
            found.map_or(stats.max, |class| longest_of(class).min(stats.max))
        };
        (stats.p50, stats.p90, stats.p99) = (at(50), at(90), at(99));
        stats
    }
}

/// The class of a time.
fn class(took: Duration) -> usize {
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let us = us.min((1 << LARGEST) - 1);
    let power = us.checked_ilog2().unwrap_or(0);
    if power < BITS {
        return usize::try_from(us).unwrap_or(0);
    }
    let step = power - BITS;
    // The leading bit and those that tell apart; the leading one counts the step too.
    let kept = us >> step;
    usize::try_from((u64::from(step) << BITS) + kept).unwrap_or(CLASSES - 1)
}

/// The longest time of a class.
fn longest_of(class: usize) -> Duration {
    let class = class as u64;
    let each = 1 << BITS;
    if class < 2 * each {
        return Duration::from_micros(class);
    }
    let step = class / each - 1;
    let kept = class % each + each;
    Duration::from_micros(((kept + 1) << step) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_go_up_without_a_gap_and_know_their_longest_time() {
        let mut last = 0;
        for us in (0..100_000).chain((17..37).map(|power| (1 << power) - 1)) {
            let took = Duration::from_micros(us);
            let found = class(took);
            assert!(found == last || us >= 100_000 || found == last + 1, "{us}");
            last = found;
            let longest = longest_of(found);
            assert!(longest >= took, "{us} {longest:?}");
            assert!(
                longest.as_micros() <= u128::from(us + us / 16),
                "{us} {longest:?}"
            );
        }
        assert!(class(Duration::MAX) < CLASSES);
    }

    #[test]
    fn percentiles_are_right_to_a_sixteenth() {
        let all = Latencies::default();
        let now = all.began;
        assert_eq!(all.stats(now), Latency::default());
        for us in 1..=1_000 {
            all.add(Duration::from_micros(us), now);
        }
        let stats = all.stats(now);
        assert_eq!(stats.count, 1_000);
        for (found, wanted) in [(stats.p50, 500), (stats.p90, 900), (stats.p99, 990)] {
            let us = found.as_micros();
            assert!(
                (wanted..=wanted + wanted / 16).contains(&us),
                "{us} {wanted}"
            );
        }
        assert_eq!(stats.max, Duration::from_micros(1_000));
    }

    #[test]
    fn what_is_older_than_a_minute_is_forgotten_and_memory_stays() {
        let all = Latencies::default();
        let at = |seconds| all.began + Duration::from_secs(seconds);
        all.add(Duration::from_secs(5), at(0));
        for second in 1..600 {
            all.add(Duration::from_millis(1), at(second));
        }
        let stats = all.stats(at(599));
        assert_eq!((stats.count, stats.max), (60, Duration::from_millis(1)));
        assert_eq!(all.stats(at(599 + 61)).count, 0);
        assert_eq!(all.stretches.lock().map(|all| all.len()).ok(), Some(6));
    }
}
