#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::super::release::Next;
use super::super::timeline::Timeline;
use super::*;
use crate::input::{InputError, Merge};
use crate::time::{Clock as _, FakeClock, Moment, Pace, SECOND_US, Zone};

/// Fires every so many seconds, from zero on.
#[derive(Debug)]
struct Every(i64, i64);

impl Input for Every {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        for _ in 0..max {
            out.push(Zone::UTC.at_instant(self.1 * SECOND_US));
            self.1 += self.0;
        }
        Ok(())
    }
}

fn every(seconds: i64) -> Box<dyn Input> {
    Box::new(Every(seconds, 0))
}

fn release(
    inputs: Vec<Box<dyn Input>>,
    live: bool,
    pace: Option<Pace>,
    clock: &FakeClock,
) -> Release {
    let timeline = Timeline::new(live, Zone::UTC, pace, clock.read());
    Release::new(Merge::new(inputs), timeline, 1.0, 16)
}

/// What is due, as seconds and inputs.
fn due(release: &mut Release, clock: &FakeClock, most: usize) -> Vec<(i64, u16)> {
    let mut out = TimestampBatch::default();
    while out.len() < most {
        match release.take(clock.read(), most, i64::MAX, &mut out) {
            Next::Now => {}
            _ => break,
        }
    }
    let seconds = out.moments.iter().map(|at| at.instant_us() / SECOND_US);
    seconds.zip(out.inputs.iter().copied()).collect()
}

#[test]
fn a_live_schedule_changes_at_the_present() {
    let clock = FakeClock::at(0);
    let mut release = release(vec![every(1)], true, None, &clock);
    clock.pass(5 * SECOND_US);
    assert_eq!(due(&mut release, &clock, 100).len(), 6);
    clock.pass(SECOND_US / 2);
    release.exchange(vec![(1, Some(every(2)))], clock.read());
    assert!(due(&mut release, &clock, 100).is_empty());
    clock.pass(5 * SECOND_US);
    assert_eq!(due(&mut release, &clock, 100), [(6, 1), (8, 1), (10, 1)]);
}

#[test]
fn what_is_behind_changes_where_it_stands() {
    let clock = FakeClock::at(0);
    let mut release = release(vec![every(1)], true, None, &clock);
    clock.pass(9 * SECOND_US);
    assert_eq!(due(&mut release, &clock, 4).len(), 4);
    release.exchange(vec![(1, Some(every(2)))], clock.read());
    assert_eq!(due(&mut release, &clock, 100), [(4, 1), (6, 1), (8, 1)]);
}

#[test]
fn an_input_that_stays_loses_and_doubles_nothing_wherever_it_is_cut() {
    for cut in 0..40 {
        let clock = FakeClock::at(0);
        let mut release = release(vec![every(1), every(3)], false, None, &clock);
        let mut all = due(&mut release, &clock, cut);
        release.exchange(vec![(0, None), (2, Some(every(5)))], clock.read());
        all.extend(due(&mut release, &clock, 100));
        let of = |input: u16| -> Vec<i64> {
            let own = all.iter().filter(|(_, from)| *from == input);
            own.map(|(second, _)| *second).collect()
        };
        let stays = of(0);
        assert!(
            stays
                .iter()
                .copied()
                .eq(0..i64::try_from(stays.len()).unwrap()),
            "{cut}"
        );
        // The old one up to somewhere, the new one from there on, at no instant both.
        let (old, new) = (of(1), of(2));
        assert!(old.iter().zip(0..).all(|(at, nth)| *at == nth * 3), "{cut}");
        let last = old.last().copied().unwrap_or(-1);
        assert!(
            new.iter().all(|at| *at > last && at % 5 == 0),
            "{cut}: {all:?}"
        );
        assert!(
            all.is_sorted_by_key(|(second, _)| *second),
            "{cut}: {all:?}"
        );
        let first = new.first().copied().unwrap();
        assert!(first - last <= 5 + 3, "{cut}: {old:?} {new:?}");
    }
}

#[test]
fn event_time_at_a_pace_and_in_a_pause_stays_where_it_is() {
    let clock = FakeClock::at(0);
    let mut release = release(vec![every(1)], true, Pace::speed(10.0), &clock);
    clock.pass(SECOND_US);
    assert_eq!(due(&mut release, &clock, 100).len(), 11);
    release.timeline().pause(clock.read());
    clock.pass(100 * SECOND_US);
    release.exchange(vec![(1, Some(every(4)))], clock.read());
    assert!(due(&mut release, &clock, 100).is_empty());
    release.timeline().resume(clock.read());
    clock.pass(SECOND_US);
    assert_eq!(due(&mut release, &clock, 100), [(12, 1), (16, 1), (20, 1)]);
}

#[test]
fn before_the_first_timestamp_nothing_is_left_out() {
    let clock = FakeClock::at(0);
    let mut release = release(vec![every(1)], false, None, &clock);
    release.exchange(vec![(1, Some(every(7)))], clock.read());
    assert_eq!(due(&mut release, &clock, 2), [(0, 1), (7, 1)]);
}
