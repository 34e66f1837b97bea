#![allow(clippy::unwrap_used, clippy::panic)]
//! What is released when, asked without threads.

use super::release::{Next, Release};
use super::timeline::Timeline;
use crate::batch::TimestampBatch;
use crate::input::{Input, InputError, Merge};
use crate::time::{Clock as _, DAY_US, FakeClock, Moment, Pace, Reading, SECOND_US, Zone};

/// Fires every so many microseconds from 0 on.
#[derive(Debug)]
struct Every {
    step_us: i64,
    given: i64,
    count: i64,
}

impl Input for Every {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        for _ in 0..max {
            if self.given == self.count {
                break;
            }
            out.push(Moment {
                wall_us: self.given * self.step_us,
                offset_s: 0,
            });
            self.given += 1;
        }
        Ok(())
    }
}

fn source(step_us: i64, count: i64) -> Merge {
    Merge::new(vec![Box::new(Every {
        step_us,
        given: 0,
        count,
    })])
}

fn release(step_us: i64, count: i64, live: bool, pace: Option<Pace>, gain: f64) -> Release {
    let now = Reading::default();
    let timeline = Timeline::new(live, Zone::UTC, pace, now);
    Release::new(source(step_us, count), timeline, gain, 16)
}

fn every(step_us: i64, count: i64) -> Release {
    release(step_us, count, true, None, 1.0)
}

/// Both clocks at the same number.
fn at(us: i64) -> Reading {
    Reading {
        wall_us: us,
        mono_us: us,
    }
}

fn take(release: &mut Release, now: Reading, size: usize) -> (Vec<i64>, Next) {
    let mut out = TimestampBatch::default();
    let next = release.take(now, size, i64::MAX, &mut out);
    assert_eq!(out.moments.len(), out.inputs.len());
    (out.moments.iter().map(|at| at.wall_us).collect(), next)
}

fn count(release: &mut Release, now: Reading, size: usize) -> (usize, Next) {
    let (moments, next) = take(release, now, size);
    (moments.len(), next)
}

#[test]
fn the_next_release_is_when_the_next_timestamp_is_due() {
    let mut release = every(1_000_000, 3);
    assert_eq!(count(&mut release, at(-5), 100), (0, Next::At(0)));
    assert_eq!(count(&mut release, at(0), 100), (1, Next::At(1_000_000)));
    assert_eq!(
        count(&mut release, at(1_000_300), 100),
        (1, Next::At(2_000_000))
    );
    assert_eq!(count(&mut release, at(2_000_000), 100), (1, Next::Ended));
}

#[test]
fn high_rates_go_out_in_groups_a_millisecond_apart() {
    let mut release = every(10, 10_000);
    assert_eq!(count(&mut release, at(0), 100), (1, Next::At(1_000)));
    assert_eq!(
        count(&mut release, at(1_000), 1_000),
        (100, Next::At(2_000))
    );
}

#[test]
fn what_is_overdue_goes_out_in_batches_without_waiting() {
    let mut release = every(10, 50);
    assert_eq!(count(&mut release, at(1_000_000), 30), (30, Next::Now));
    assert_eq!(count(&mut release, at(1_000_000), 30), (20, Next::Ended));
}

#[test]
fn jumps_of_the_wall_clock_lose_and_double_nothing() {
    let clock = FakeClock::at(0);
    let mut release = every(SECOND_US, 1_000);
    let mut all = Vec::new();
    let mut go = |release: &mut Release, clock: &FakeClock| {
        let (moments, next) = take(release, clock.read(), 10_000);
        all.extend(moments);
        next
    };
    assert_eq!(go(&mut release, &clock), Next::At(SECOND_US));
    // Suspended for a minute, or set forward: what was passed is due at once.
    clock.jump(60 * SECOND_US + 500_000);
    assert_eq!(go(&mut release, &clock), Next::At(500_000));
    // Set back by half an hour: silence until the clock is there again.
    clock.jump(-1_800 * SECOND_US);
    assert_eq!(go(&mut release, &clock), Next::At(1_800_500_000));
    clock.pass(1_800_500_000);
    assert_eq!(go(&mut release, &clock), Next::At(1_801_500_000));
    let expected: Vec<i64> = (0..=61).map(|second| second * SECOND_US).collect();
    assert_eq!(all, expected);
}

#[test]
fn a_pace_of_days_gives_a_day_at_a_time() {
    let pace = Pace::parse("day/1s").ok();
    let mut release = release(DAY_US / 4, 40, false, pace, 1.0);
    let clock = FakeClock::at(123);
    let mut waits = 0;
    let mut days = 0;
    loop {
        let (moments, next) = take(&mut release, clock.read(), 1_000);
        assert_eq!(moments.len(), 4);
        assert!(moments.iter().all(|at| at / DAY_US == days));
        days += 1;
        match next {
            Next::At(mono_us) => {
                waits += 1;
                assert_eq!(mono_us - clock.read().mono_us, SECOND_US);
                clock.pass(SECOND_US);
            }
            Next::Ended => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((days, waits), (10, 9));
}

#[test]
fn a_gain_multiplies_and_thins_and_copies_share_the_timestamp() {
    let mut release = release(1, 1_000, false, None, 2.5);
    let mut all = Vec::new();
    loop {
        // A batch that is smaller than what one timestamp gives.
        let (moments, next) = take(&mut release, at(0), 2);
        assert!(moments.len() <= 2);
        all.extend(moments);
        if next == Next::Ended {
            break;
        }
    }
    assert!((2_497..=2_503).contains(&all.len()), "{}", all.len());
    assert!(all.is_sorted());
    let mut thin = self::release(1, 10_000, false, None, 0.1);
    let (moments, next) = take(&mut thin, at(0), 100_000);
    assert_eq!(next, Next::Ended);
    assert!((997..=1_003).contains(&moments.len()), "{}", moments.len());
    assert_eq!(thin.passed(), 10_000);
}

#[test]
fn a_gain_of_nothing_is_silent_and_does_not_run_through_a_schedule() {
    let mut sample = release(1, 1_000, false, None, 0.0);
    assert_eq!(count(&mut sample, at(0), 100), (0, Next::Held));
    assert_eq!(sample.passed(), 0);
    sample.gain().set(1.0);
    assert_eq!(count(&mut sample, at(0), 2_000), (1_000, Next::Ended));
    // On the clock, time passes.
    let mut live = release(SECOND_US, 1_000, true, None, 0.0);
    assert_eq!(
        count(&mut live, at(5 * SECOND_US), 100),
        (0, Next::At(6 * SECOND_US))
    );
    live.gain().set(2.0);
    assert_eq!(
        count(&mut live, at(6 * SECOND_US), 100),
        (2, Next::At(7 * SECOND_US))
    );
}

#[test]
fn what_is_skipped_is_counted_and_not_released() {
    let mut release = every(SECOND_US, 100);
    assert_eq!(count(&mut release, at(0), 100).0, 1);
    release.skip_until(10 * SECOND_US);
    assert_eq!(
        count(&mut release, at(10 * SECOND_US), 100),
        (0, Next::At(11 * SECOND_US))
    );
    assert_eq!(release.skipped(), 10);
}

#[test]
fn nothing_at_or_after_a_bound_is_taken() {
    let mut release = every(SECOND_US, 10);
    let mut out = TimestampBatch::default();
    let next = release.take(at(60 * SECOND_US), 100, 4 * SECOND_US, &mut out);
    assert_eq!((out.len(), next), (4, Next::Now));
}
