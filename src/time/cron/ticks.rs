//! The fire times of a schedule in a zone, across clock changes.
//!
//! Time is walked in stretches of constant offset. Within one, wall clock and instant run together, so
//! that both passes of a repeated hour fire. Where a clock change skips wall-clock time, a schedule
//! with restricted hours that would have fired in the skipped part fires once, as soon as whole
//! minutes lead out of it.

use super::Schedule;
use super::schedule::Walk;
use crate::time::{DAY_US, Moment, SECOND_US, Steady, Zone};

/// Fire times in order, lazily.
#[derive(Clone, Debug)]
pub struct Ticks {
    schedule: Schedule,
    zone: Zone,
    /// First instant.
    start_us: i64,
    /// Last instant, inclusive.
    end_us: i64,
    steady: Steady,
    walk: Option<Walk>,
    /// A fire made up for a skipped time, wall-clock seconds.
    extra_s: Option<i64>,
    /// A fire that was reached and is not given completely.
    current: Option<Moment>,
    /// How often the current one is still to be given; without, it was not begun.
    left: Option<u64>,
}

/// Longest range for which [`Ticks::count`] looks through all clock changes.
const COUNT_LIMIT_US: i64 = 400 * 366 * DAY_US;

impl Ticks {
    /// Fire times within `start_us..=end_us`, microseconds since the Unix epoch.
    pub fn new(schedule: Schedule, zone: Zone, start_us: i64, end_us: i64) -> Self {
        let steady = zone.steady(start_us);
        let wall_us = start_us.saturating_add(offset_us(steady));
        let walk = schedule.seek(ceil_s(wall_us));
        let years_end_us = schedule.end_s().map_or(i64::MAX, |end_s| {
            // A day more, for any offset.
            end_s.saturating_mul(SECOND_US).saturating_add(DAY_US)
        });
        let mut ticks = Self {
            schedule,
            zone,
            start_us,
            end_us: end_us.min(years_end_us),
            steady,
            walk,
            extra_s: None,
            current: None,
            left: None,
        };
        // The start may lie in the minute after a change whose skipped time fires then.
        let before = zone.steady(start_us.saturating_sub(60 * SECOND_US));
        if before.until_us <= start_us {
            let extra = ticks.extra_at(before, steady);
            ticks.extra_s =
                extra.filter(|&extra_s| extra_s * SECOND_US - offset_us(steady) >= start_us);
        }
        ticks
    }

    /// Appends up to `max` moments, each fire time `repeat` times in a row. Fewer mean that it ended.
    pub fn fill(&mut self, max: usize, repeat: u64, out: &mut Vec<Moment>) {
        let target = out.len().saturating_add(max);
        loop {
            if let Some(current) = self.current {
                let left = self.left.unwrap_or(repeat);
                let room = (target - out.len()) as u64;
                let count = left.min(room);
                out.extend(std::iter::repeat_n(
                    current,
                    usize::try_from(count).unwrap_or(usize::MAX),
                ));
                if count < left {
                    self.left = Some(left - count);
                    return;
                }
                self.current = None;
                self.left = None;
            }
            if out.len() >= target {
                return;
            }
            if repeat == 1 {
                self.run(target, out);
                if out.len() >= target {
                    return;
                }
            }
            let Some(next) = self.step() else { return };
            self.current = Some(next);
        }
    }

    /// Leaves out what fires before an instant (microseconds since the Unix epoch) and was not given
    /// yet, without walking there.
    pub fn seek(&mut self, instant_us: i64) {
        if self.current.is_none() {
            self.current = self.step();
            self.left = None;
        }
        if self.current.is_some_and(|at| at.instant_us() < instant_us) {
            *self = Self::new(self.schedule.clone(), self.zone, instant_us, self.end_us);
        }
    }

    /// The fast path: plain fire times up to the end of the current stretch.
    fn run(&mut self, target: usize, out: &mut Vec<Moment>) {
        if self.extra_s.is_some() {
            return;
        }
        let Some(walk) = &mut self.walk else { return };
        let limit_us = self.steady.until_us.min(self.end_us.saturating_add(1));
        let limit_s = limit_us
            .saturating_add(offset_us(self.steady) + SECOND_US - 1)
            .div_euclid(SECOND_US);
        let offset_s = self.steady.offset_s;
        while out.len() < target && walk.wall_s < limit_s {
            out.push(Moment {
                wall_us: walk.wall_s * SECOND_US,
                offset_s,
            });
            if !self.schedule.advance(walk) {
                self.walk = None;
                return;
            }
        }
    }

    /// The next fire time.
    fn step(&mut self) -> Option<Moment> {
        loop {
            let wall_s = match (self.extra_s, &self.walk) {
                (Some(extra), Some(walk)) => extra.min(walk.wall_s),
                (Some(extra), None) => extra,
                (None, Some(walk)) => walk.wall_s,
                (None, None) => return None,
            };
            let wall_us = wall_s * SECOND_US;
            let instant_us = wall_us - offset_us(self.steady);
            if instant_us < self.steady.until_us {
                if instant_us > self.end_us {
                    return None;
                }
                self.pass(wall_s);
                return Some(Moment {
                    wall_us,
                    offset_s: self.steady.offset_s,
                });
            }
            if self.steady.until_us > self.end_us {
                return None;
            }
            self.next_stretch(instant_us);
        }
    }

    fn pass(&mut self, wall_s: i64) {
        if self.extra_s == Some(wall_s) {
            self.extra_s = None;
        } else if let Some(walk) = &mut self.walk
            && !self.schedule.advance(walk)
        {
            self.walk = None;
        }
    }

    /// Goes on to the stretch after the current one. The next match, seen with the current offset, is
    /// at `next_us`: most of a long time until then needs no look.
    fn next_stretch(&mut self, next_us: i64) {
        let before = self.steady;
        let after = self.zone.steady(before.until_us);
        self.steady = after;
        if after.offset_s != before.offset_s {
            self.extra_s = self.extra_at(before, after);
            let wall_us = before.until_us + offset_us(after);
            self.walk = self.schedule.seek(wall_us.div_euclid(SECOND_US));
            return;
        }
        // A change soon after could repeat a time that fired before; a later one cannot, since nothing
        // matches between there and the next match.
        let calm = after.until_us >= before.until_us + 2 * DAY_US;
        let resume = next_us - 2 * DAY_US;
        if calm && resume > after.until_us {
            self.steady = self.zone.steady(resume);
        }
    }

    /// The fire that a change from one stretch to the next makes up for what it skips, in wall-clock
    /// seconds; `None` when nothing was due there, or something fires at that moment anyway.
    fn extra_at(&self, before: Steady, after: Steady) -> Option<i64> {
        let (from, to) = [before, after]
            .map(|steady| (before.until_us + offset_us(steady)).div_euclid(SECOND_US))
            .into();
        if self.schedule.any_hour || from >= to {
            return None;
        }
        let skipped = self.schedule.seek(from)?.wall_s;
        if skipped >= to {
            return None;
        }
        let moved = skipped + (to - skipped + 59) / 60 * 60;
        let regular = self.schedule.seek(moved)?.wall_s == moved;
        (!regular).then_some(moved)
    }

    /// Number of fire times in the whole range, not repeated, asked before the first is taken; `None`
    /// when the range is too long to tell.
    pub fn count(&self) -> Option<u64> {
        let mut sum = u64::from(self.extra_s.is_some());
        let Some(walk) = &self.walk else {
            return Some(sum);
        };
        let next_us = walk.wall_s * SECOND_US - offset_us(self.steady);
        // Nothing fires before the next match, except what the next clock change makes up for.
        let mut from_us = next_us.min(self.steady.until_us - SECOND_US);
        if self.end_us.saturating_sub(from_us) > COUNT_LIMIT_US {
            return None;
        }
        while from_us <= self.end_us {
            let steady = self.zone.steady(from_us);
            let to_us = steady.until_us.min(self.end_us.saturating_add(1));
            let wall_s = |us: i64| ceil_s(us + offset_us(steady));
            sum += self.schedule.count(wall_s(from_us), wall_s(to_us));
            let after = self.zone.steady(to_us);
            if to_us <= self.end_us
                && let Some(extra_s) = self.extra_at(steady, after)
            {
                sum += u64::from(extra_s * SECOND_US - offset_us(after) <= self.end_us);
            }
            from_us = to_us;
        }
        Some(sum)
    }

    /// Number of fire times within `from_us..to_us` and the whole range, not repeated; `None` when that
    /// is too long to tell.
    pub fn count_within(&self, from_us: i64, to_us: i64) -> Option<u64> {
        let from_us = from_us.max(self.start_us);
        let last_us = to_us.saturating_sub(1).min(self.end_us);
        if last_us < from_us {
            return Some(0);
        }
        Self::new(self.schedule.clone(), self.zone, from_us, last_us).count()
    }

    /// The last fire time of the whole range; `None` when there is none, or the range is too long to
    /// tell.
    pub fn last(&self) -> Option<Moment> {
        let (start_us, end_us) = (self.start_us, self.end_us.saturating_add(1));
        if end_us.saturating_sub(start_us) > COUNT_LIMIT_US {
            return None;
        }
        // Something fires from `low` on and before `high`, and nothing from there on.
        let (mut low, mut high) = (end_us, end_us);
        let mut width_us = DAY_US;
        while self.count_within(low, high)? == 0 {
            if low <= start_us {
                return None;
            }
            high = low;
            low = end_us.saturating_sub(width_us).max(start_us);
            width_us = width_us.saturating_mul(8);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.count_within(middle, high)? > 0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(self.zone.at_instant(low))
    }
}

/// Whole seconds of microseconds, upward.
fn ceil_s(us: i64) -> i64 {
    us.div_euclid(SECOND_US) + i64::from(us.rem_euclid(SECOND_US) > 0)
}

fn offset_us(steady: Steady) -> i64 {
    i64::from(steady.offset_s) * SECOND_US
}
