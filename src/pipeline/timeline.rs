//! Which timestamps are due, and when the next one is: event time against the clock.
//!
//! - **Live mode** follows the wall clock. Set forward, or after a suspend, it has passed the
//!   timestamps between: they are due at once, in order. Set back, it has yet to reach the next one,
//!   which waits; what was released is not released again. Changes to and from daylight saving time
//!   are no jumps, because a timestamp is due at its instant, not when a local clock shows it.
//! - **At a pace** event time is its own: it starts at the present (live mode) or at the first
//!   timestamp (sample mode) and goes by the monotonic clock, which nobody sets and which stands still
//!   while the machine sleeps. A new pace goes on from where event time stands.
//! - **Sample mode** without a pace takes everything as due.
//! - **Moved on** by someone, event time goes on from there: at its pace, or, when it followed the wall
//!   clock and is ahead of it now, by the monotonic clock.
//!
//! A pause stops event time at a pace; the wall clock goes on, and what it passes meanwhile is due at
//! the end of the pause.

use crate::time::{Moment, Pace, Reading, Zone};

#[derive(Debug)]
pub(super) struct Timeline {
    zone: Zone,
    /// What there is without a pace: the wall clock, or no waiting.
    live: bool,
    base: Base,
    /// The monotonic clock when the pause began.
    paused_us: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    Wall,
    Free,
    Paced {
        pace: Pace,
        /// The monotonic clock when event time stood at `at`.
        mono_us: i64,
        /// `None`: at the first timestamp that comes.
        at: Option<Moment>,
    },
}

/// What is due.
#[derive(Clone, Copy, Debug)]
pub(super) enum Horizon {
    /// Everything up to an instant.
    Instant(i64),
    /// Everything up to the end of a unit of a pace.
    Unit { unit_us: i64, last: i64 },
}

impl Horizon {
    pub(super) fn has(self, at: Moment) -> bool {
        match self {
            Self::Instant(last) => at.instant_us() <= last,
            Self::Unit { unit_us, last } => Pace::unit_of(unit_us, at) <= last,
        }
    }
}

impl Timeline {
    pub(super) fn new(live: bool, zone: Zone, pace: Option<Pace>, now: Reading) -> Self {
        let mut new = Self {
            zone,
            live,
            base: if live { Base::Wall } else { Base::Free },
            paused_us: None,
        };
        new.set_pace(pace, now);
        new
    }

    /// True when the wall clock says what is due.
    pub(super) fn follows_wall(&self) -> bool {
        matches!(self.base, Base::Wall)
    }

    /// True when nothing waits.
    pub(super) fn is_free(&self) -> bool {
        matches!(self.base, Base::Free)
    }

    /// The monotonic clock, standing still in a pause.
    fn mono(&self, now: Reading) -> i64 {
        self.paused_us.unwrap_or(now.mono_us)
    }

    pub(super) fn set_pace(&mut self, pace: Option<Pace>, now: Reading) {
        self.base = match pace {
            None if self.live => Base::Wall,
            None => Base::Free,
            // The wall clock passes at this speed already.
            Some(Pace::Speed(1.0)) if self.follows_wall() => Base::Wall,
            Some(pace) => Base::Paced {
                pace,
                mono_us: self.mono(now),
                at: self.position(now),
            },
        };
    }

    /// Where event time stands; `None` when that shows only with the next timestamp.
    pub(super) fn position(&self, now: Reading) -> Option<Moment> {
        match self.base {
            Base::Wall => Some(self.zone.at_instant(now.wall_us)),
            Base::Free => None,
            Base::Paced { pace, mono_us, at } => {
                let passed = (self.mono(now) - mono_us).max(0) as f64;
                let at = at?;
                match pace {
                    Pace::Speed(speed) => {
                        let instant_us = after(at.instant_us(), passed * speed);
                        Some(self.zone.at_instant(instant_us))
                    }
                    Pace::Steps { every_us: 0, .. } => None,
                    Pace::Steps { unit_us, every_us } => {
                        let units = passed / every_us as f64;
                        let wall_us = after(at.wall_us, units * unit_us as f64);
                        Some(self.zone.at_wall(wall_us))
                    }
                }
            }
        }
    }

    /// Lets event time go on at an instant, if that is ahead of where it stands.
    pub(super) fn skip_to(&mut self, instant_us: i64, now: Reading) {
        let ahead = |at: Moment| at.instant_us() < instant_us;
        if !self.position(now).is_some_and(ahead) {
            return;
        }
        let pace = match self.base {
            Base::Free => return,
            // Ahead of the wall clock it goes on as fast as that.
            Base::Wall => Pace::Speed(1.0),
            Base::Paced { pace, .. } => pace,
        };
        self.base = Base::Paced {
            pace,
            mono_us: self.mono(now),
            at: Some(self.zone.at_instant(instant_us)),
        };
    }

    /// Takes the first timestamp as where event time starts, if it starts there.
    pub(super) fn begin(&mut self, first: Moment, now: Reading) {
        let here = self.mono(now);
        if let Base::Paced {
            at: at @ None,
            mono_us,
            ..
        } = &mut self.base
        {
            *at = Some(first);
            *mono_us = here;
        }
    }

    /// What is due now. Call [`Timeline::begin`] before.
    pub(super) fn horizon(&self, now: Reading) -> Horizon {
        match self.base {
            Base::Wall => Horizon::Instant(now.wall_us),
            Base::Free | Base::Paced { at: None, .. } => Horizon::Instant(i64::MAX),
            Base::Paced {
                pace,
                mono_us,
                at: Some(at),
            } => {
                let passed = (self.mono(now) - mono_us).max(0);
                match pace {
                    Pace::Speed(speed) => {
                        Horizon::Instant(after(at.instant_us(), passed as f64 * speed))
                    }
                    Pace::Steps { every_us: 0, .. } => Horizon::Instant(i64::MAX),
                    Pace::Steps { unit_us, every_us } => Horizon::Unit {
                        unit_us,
                        last: Pace::unit_of(unit_us, at) + passed / every_us,
                    },
                }
            }
        }
    }

    /// How long until `at` is due, in microseconds; for how long it has been when negative. Nothing
    /// when nothing waits.
    pub(super) fn wait_us(&self, at: Moment, now: Reading) -> i64 {
        match self.base {
            Base::Wall => at.instant_us().saturating_sub(now.wall_us),
            Base::Free | Base::Paced { at: None, .. } => 0,
            Base::Paced {
                pace,
                mono_us,
                at: Some(from),
            } => {
                let after_us = match pace {
                    Pace::Speed(speed) => {
                        let distance = at.instant_us().saturating_sub(from.instant_us());
                        (distance as f64 / speed).ceil() as i64
                    }
                    Pace::Steps { unit_us, every_us } => {
                        let units = Pace::unit_of(unit_us, at) - Pace::unit_of(unit_us, from);
                        units.saturating_mul(every_us)
                    }
                };
                mono_us.saturating_add(after_us) - self.mono(now)
            }
        }
    }

    pub(super) fn pause(&mut self, now: Reading) {
        self.paused_us.get_or_insert(now.mono_us);
    }

    pub(super) fn resume(&mut self, now: Reading) {
        let Some(since) = self.paused_us.take() else {
            return;
        };
        if let Base::Paced { mono_us, .. } = &mut self.base {
            *mono_us += now.mono_us - since;
        }
    }
}

fn after(start_us: i64, us: f64) -> i64 {
    start_us.saturating_add(us as i64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::time::{Clock as _, DAY_US, FakeClock, SECOND_US};

    fn utc(instant_us: i64) -> Moment {
        Zone::UTC.at_instant(instant_us)
    }

    fn due(timeline: &Timeline, at: Moment, now: Reading) -> bool {
        let due = timeline.horizon(now).has(at);
        assert_eq!(
            due,
            timeline.wait_us(at, now) <= 0,
            "{at} {now:?} {timeline:?}"
        );
        due
    }

    #[test]
    fn live_mode_follows_the_wall_clock_whichever_way_it_jumps() {
        let clock = FakeClock::at(0);
        let timeline = Timeline::new(true, Zone::UTC, None, clock.read());
        let at = utc(100 * SECOND_US);
        assert_eq!(timeline.wait_us(at, clock.read()), 100 * SECOND_US);
        clock.jump(99 * SECOND_US);
        assert!(!due(&timeline, at, clock.read()));
        clock.pass(SECOND_US);
        assert!(due(&timeline, at, clock.read()));
        clock.jump(-50 * SECOND_US);
        assert_eq!(timeline.wait_us(at, clock.read()), 50 * SECOND_US);
    }

    #[test]
    fn a_speed_goes_by_the_monotonic_clock_and_changes_without_a_jump() {
        let clock = FakeClock::at(0);
        let mut timeline = Timeline::new(true, Zone::UTC, Pace::speed(60.0), clock.read());
        assert!(due(&timeline, utc(0), clock.read()));
        clock.pass(SECOND_US);
        clock.jump(-3_600 * SECOND_US);
        assert!(due(&timeline, utc(60 * SECOND_US), clock.read()));
        assert!(!due(&timeline, utc(60 * SECOND_US + 1), clock.read()));
        for speed in [2.0, 0.5, 1.0, 1_000.0] {
            let before = timeline.position(clock.read()).unwrap();
            timeline.set_pace(Pace::speed(speed), clock.read());
            assert_eq!(timeline.position(clock.read()).unwrap(), before);
            clock.pass(SECOND_US);
            let passed =
                timeline.position(clock.read()).unwrap().instant_us() - before.instant_us();
            assert_eq!(passed, (speed * 1e6) as i64);
        }
    }

    #[test]
    fn sample_mode_at_a_pace_starts_at_the_first_timestamp() {
        let clock = FakeClock::at(5);
        let pace = Pace::parse("day/1s").unwrap();
        let mut timeline = Timeline::new(false, Zone::UTC, Some(pace), clock.read());
        let noon = utc(10 * DAY_US + DAY_US / 2);
        clock.pass(77);
        timeline.begin(noon, clock.read());
        // The whole day, and not the next one.
        assert!(due(&timeline, noon, clock.read()));
        assert!(due(&timeline, utc(11 * DAY_US - 1), clock.read()));
        assert_eq!(timeline.wait_us(utc(11 * DAY_US), clock.read()), SECOND_US);
        // Empty days wait too.
        assert_eq!(
            timeline.wait_us(utc(14 * DAY_US), clock.read()),
            4 * SECOND_US
        );
        clock.pass(SECOND_US);
        assert!(due(&timeline, utc(12 * DAY_US - 1), clock.read()));
        assert!(!due(&timeline, utc(12 * DAY_US), clock.read()));
    }

    #[test]
    fn event_time_stands_still_in_a_pause_and_the_wall_clock_does_not() {
        let clock = FakeClock::at(0);
        let mut paced = Timeline::new(true, Zone::UTC, Pace::speed(10.0), clock.read());
        let mut live = Timeline::new(true, Zone::UTC, None, clock.read());
        let at = utc(20 * SECOND_US);
        clock.pass(SECOND_US);
        for timeline in [&mut paced, &mut live] {
            timeline.pause(clock.read());
        }
        clock.pass(60 * SECOND_US);
        assert_eq!(paced.wait_us(at, clock.read()), SECOND_US);
        // A new pace in the pause counts from the end of the pause.
        paced.set_pace(Pace::speed(5.0), clock.read());
        for timeline in [&mut paced, &mut live] {
            timeline.resume(clock.read());
        }
        assert_eq!(paced.wait_us(at, clock.read()), 2 * SECOND_US);
        assert_eq!(live.wait_us(at, clock.read()), -41 * SECOND_US);
    }

    #[test]
    fn back_to_the_wall_clock_waits_until_it_gets_there() {
        let clock = FakeClock::at(0);
        let mut timeline = Timeline::new(true, Zone::UTC, Pace::speed(100.0), clock.read());
        clock.pass(SECOND_US);
        timeline.set_pace(None, clock.read());
        assert_eq!(
            timeline.wait_us(utc(100 * SECOND_US), clock.read()),
            99 * SECOND_US
        );
        timeline.set_pace(Pace::speed(1.0), clock.read());
        assert!(timeline.follows_wall());
    }

    #[test]
    fn a_repeated_hour_is_due_in_the_order_of_instants() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        // 2024-10-27 00:30 UTC is 02:30 for the first time, 01:30 UTC for the second.
        let first = zone.at_instant(1_729_989_000 * SECOND_US);
        let second = zone.at_instant(1_729_992_600 * SECOND_US);
        assert_eq!(first.wall_us, second.wall_us);
        let clock = FakeClock::at(first.instant_us());
        let timeline = Timeline::new(true, zone, None, clock.read());
        assert!(due(&timeline, first, clock.read()));
        assert!(!due(&timeline, second, clock.read()));
        assert_eq!(timeline.wait_us(second, clock.read()), 3_600 * SECOND_US);
        // 2024-03-31: 02:00 does not exist; 01:59:59 and 03:00 are a second apart.
        let before = zone.at_instant(1_711_846_799 * SECOND_US);
        let after = zone.at_instant(1_711_846_800 * SECOND_US);
        assert_eq!(after.wall_us - before.wall_us, 3_601 * SECOND_US);
        let clock = FakeClock::at(before.instant_us());
        let timeline = Timeline::new(true, zone, None, clock.read());
        assert_eq!(timeline.wait_us(after, clock.read()), SECOND_US);
    }
}
