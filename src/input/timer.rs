//! `timer`: timestamps at a fixed period.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::time::{MAX_WALL_US, Moment, SECOND_US, Versatile, ZoneCursor};

use super::moment::{check_optional, option};
use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "timer",
    doc: "Timestamps at a fixed period: one period after `start`, then period after period.",
    fields: &[
        Field::required(
            "seconds",
            Kind::FloatMin(0.1),
            "Period in seconds, at least 0.1.",
        ),
        Field::required(
            "count",
            Kind::Int(1, i64::MAX),
            "Timestamps at each tick, at least 1.",
        ),
        Field::optional(
            "start",
            Kind::Custom(check_optional),
            "now",
            "Moment from which the first period runs: a date, a time of day, `now`, a distance from now \
             such as `-1h`, or an English phrase.",
        ),
        Field::optional(
            "repeat",
            Kind::OrNull(&Kind::Int(1, i64::MAX)),
            "null",
            "Number of ticks, at least 1; without it the timer goes on for ever.",
        ),
        TAGS,
    ],
};

/// No longer than the calendar, so that it fits microseconds many times.
const LONGEST_S: f64 = 315_537_897_600.0;

#[derive(Debug)]
struct Config {
    period_us: i64,
    count: u64,
    start: Option<Versatile>,
    repeat: Option<u64>,
    tags: Vec<Arc<str>>,
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let seconds = section.float("seconds")?;
    if seconds > LONGEST_S {
        let span = section
            .node("seconds")
            .map_or(section.span, |node| node.span);
        cx.within(".seconds", |cx| {
            cx.error(
                span,
                format!("a period of {seconds} seconds is longer than the calendar"),
            );
        });
        return None;
    }
    Some(Box::new(Config {
        period_us: microseconds(seconds),
        count: positive(&section, "count")?,
        start: option(&section, "start", cx),
        repeat: positive(&section, "repeat"),
        tags: tags(&section),
    }))
}

/// Seconds to microseconds, half to even.
#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded by the length of the calendar"
)]
fn microseconds(seconds: f64) -> i64 {
    seconds.trunc() as i64 * SECOND_US
        + (seconds.fract() * SECOND_US as f64).round_ties_even() as i64
}

/// The ticks of one run: the first, and how many (for ever without).
#[derive(Clone, Copy, Debug)]
struct Plan {
    first_us: i64,
    ticks: Option<u64>,
}

impl Plan {
    /// Ticks before an instant.
    fn before(&self, instant_us: i64, period_us: i64) -> u64 {
        let last_us = instant_us.min(MAX_WALL_US + 1).saturating_sub(1);
        let Ok(after) = u64::try_from(last_us.saturating_sub(self.first_us)) else {
            return 0;
        };
        let ticks = after / period_us.cast_unsigned() + 1;
        ticks.min(self.ticks.unwrap_or(u64::MAX))
    }
}

impl Config {
    fn plan(&self, env: &InputEnv<'_>) -> Result<Plan, InputError> {
        let start = match &self.start {
            Some(start) => start.resolve(env.zone, env.now, env.now).map_err(|error| {
                InputError::new(format!("`start`: {error}"), "name an earlier moment")
            })?,
            None => env.now,
        };
        let start_us = start.instant_us();
        if let Some(repeat) = self.repeat {
            let end = i128::from(start_us) + i128::from(self.period_us) * i128::from(repeat);
            if end > i128::from(MAX_WALL_US) {
                return Err(InputError::new(
                    format!("the timer ends after year 9999: {repeat} periods from {start}"),
                    "lower `repeat`, or leave it out for a timer without end",
                ));
            }
        }
        let skipped = if env.skip_past {
            self.skipped(env.now.instant_us() - start_us)
        } else {
            0
        };
        Ok(Plan {
            first_us: start_us.saturating_add(
                self.period_us
                    .saturating_mul(i64::try_from(skipped).unwrap_or(i64::MAX).saturating_add(1)),
            ),
            ticks: self.repeat.map(|repeat| repeat.saturating_sub(skipped)),
        })
    }

    /// Ticks left out when `start` lies that far back. The tick after the past ones is among them: so
    /// existing projects know it.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number of periods"
    )]
    fn skipped(&self, elapsed_us: i64) -> u64 {
        if elapsed_us <= 0 {
            return 0;
        }
        (elapsed_us as f64 / self.period_us as f64).ceil() as u64
    }
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let plan = self.plan(env)?;
        Ok(Box::new(Running {
            next_us: plan.first_us,
            period_us: self.period_us,
            left: plan.ticks.unwrap_or(u64::MAX),
            count: self.count,
            given: 0,
            zone: ZoneCursor::new(env.zone),
        }))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        self.plan(env).ok()?.ticks?.checked_mul(self.count)
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let plan = self.plan(env).ok()?;
        Some(Counts::from_totals(window, |us| {
            plan.before(us, self.period_us).saturating_mul(self.count)
        }))
    }

    fn last(&self, env: &InputEnv<'_>) -> Option<Moment> {
        let plan = self.plan(env).ok()?;
        let more = i64::try_from(plan.ticks?.checked_sub(1)?).ok()?;
        let last_us = self
            .period_us
            .checked_mul(more)?
            .checked_add(plan.first_us)?;
        Some(env.zone.at_instant(last_us))
    }

    fn silence(&self, env: &InputEnv<'_>) -> Option<String> {
        let plan = self.plan(env).ok()?;
        if plan.ticks == Some(0) {
            let all = InputEnv {
                skip_past: false,
                ..*env
            };
            let last = self.last(&all)?;
            return Some(format!(
                "its last tick ({last}) lies before now or is the one that `skip_past` leaves out"
            ));
        }
        (plan.first_us > MAX_WALL_US).then(|| "its first tick lies after year 9999".to_owned())
    }
}

#[derive(Debug)]
struct Running {
    next_us: i64,
    period_us: i64,
    /// Ticks not finished.
    left: u64,
    /// Timestamps a tick.
    count: u64,
    /// Timestamps of the current tick already given.
    given: u64,
    zone: ZoneCursor,
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let target = out.len().saturating_add(max);
        while out.len() < target && self.left > 0 && self.next_us <= MAX_WALL_US {
            if self.count == 1 {
                self.run(target - out.len(), out);
            } else {
                self.tick(target - out.len(), out);
            }
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        let Ok(behind) = u64::try_from(instant_us.saturating_sub(self.next_us)) else {
            return;
        };
        let ticks = behind.div_ceil(self.period_us.cast_unsigned());
        if ticks > 0 {
            self.given = 0;
            self.left = self.left.saturating_sub(ticks);
            self.next_us = self
                .next_us
                .saturating_add(self.period_us.saturating_mul(ticks.cast_signed()));
        }
    }
}

impl Running {
    /// Ticks of one timestamp each, up to the end of the stretch of constant offset.
    fn run(&mut self, room: usize, out: &mut Vec<Moment>) {
        let steady = self.zone.steady(self.next_us);
        let offset_us = i64::from(steady.offset_s) * SECOND_US;
        let last_us = (steady.until_us - 1).min(MAX_WALL_US);
        let ahead = (last_us - self.next_us) / self.period_us + 1;
        let count = u64::try_from(ahead)
            .unwrap_or(1)
            .min(self.left)
            .min(room as u64);
        let (first_us, period_us) = (self.next_us + offset_us, self.period_us);
        let ticks = (0..count.cast_signed()).map(|index| Moment {
            wall_us: first_us + index * period_us,
            offset_s: steady.offset_s,
        });
        out.extend(ticks);
        self.next_us += count.cast_signed() * period_us;
        self.left -= count;
    }

    /// What is left of one tick.
    fn tick(&mut self, room: usize, out: &mut Vec<Moment>) {
        let moment = self.zone.moment(self.next_us);
        let count = (self.count - self.given).min(room as u64);
        out.extend(std::iter::repeat_n(
            moment,
            usize::try_from(count).unwrap_or(room),
        ));
        self.given += count;
        if self.given == self.count {
            self.given = 0;
            self.left -= 1;
            self.next_us = self.next_us.saturating_add(self.period_us);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::input::testing::{decode, env, env_in, fill, problems};

    #[test]
    fn the_period_is_real_time_across_a_clock_change() {
        let config =
            decode("timer: {seconds: 1800, count: 1, repeat: 4, start: 2024-11-03T05:00:00Z}")
                .unwrap();
        let shown: Vec<String> = fill(config.as_ref(), &env_in("America/New_York"), 9)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            shown,
            [
                "2024-11-03T01:30:00-04:00",
                "2024-11-03T01:00:00-05:00",
                "2024-11-03T01:30:00-05:00",
                "2024-11-03T02:00:00-05:00",
            ]
        );
    }

    #[test]
    fn a_run_with_skip_past_keeps_all_repeats_from_now() {
        let config = decode("timer: {seconds: 1, count: 2, repeat: 5}").unwrap();
        let mut env = env(None);
        env.skip_past = true;
        assert_eq!(fill(config.as_ref(), &env, 99).len(), 10);
        assert_eq!(config.count(&env), Some(10));
    }

    #[test]
    fn a_period_longer_than_the_calendar_is_refused() {
        let found = problems("timer: {seconds: .inf, count: 1}");
        assert!(found[0].contains("longer than the calendar"), "{found:?}");
    }
}
