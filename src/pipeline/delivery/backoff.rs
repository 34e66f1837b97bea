//! The waits between attempts: they grow by a factor up to a limit, and are shortened at random so
//! that many clients do not come back at once.

use std::time::Duration;

use crate::output::Retry;

/// The wait after `attempt` failed attempts (from 1); `chance` from 0 to 1 is the random part.
pub(super) fn wait(retry: &Retry, attempt: u32, chance: f64) -> Duration {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let seconds = retry.initial.as_secs_f64() * retry.factor.powi(exponent);
    let seconds = seconds.min(retry.max.as_secs_f64());
    let share = if retry.jitter {
        1.0 - chance / 2.0
    } else {
        1.0
    };
    Duration::try_from_secs_f64(seconds * share).unwrap_or(retry.max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        attempts: 3,
        initial: Duration::from_millis(100),
        factor: 2.0,
        max: Duration::from_secs(5),
        jitter: true,
    };

    #[test]
    fn waits_grow_up_to_the_limit() {
        let waits = [1, 2, 3, 6, 7, 1_000, u32::MAX].map(|attempt| wait(&RETRY, attempt, 0.0));
        let ms = [100, 200, 400, 3_200, 5_000, 5_000, 5_000];
        assert_eq!(waits, ms.map(Duration::from_millis));
    }

    #[test]
    fn chance_shortens_them_by_up_to_half() {
        assert_eq!(wait(&RETRY, 2, 1.0), Duration::from_millis(100));
        assert_eq!(wait(&RETRY, 2, 0.5), Duration::from_millis(150));
        let steady = Retry {
            jitter: false,
            ..RETRY
        };
        assert_eq!(wait(&steady, 2, 1.0), Duration::from_millis(200));
    }
}
