//! `calendar`: a daily volume over a range of dates, busier and calmer as a calendar says.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::fake::{Fast, Random, entropy};
use crate::time::{
    DAY_US, MAX_WALL_US, Moment, SECOND_US, Versatile, Zone, ZoneCursor, versatile::Missing,
    versatile::resolve_range,
};

use super::calendars::{self, Calendar, Use};
use super::hours::{BUILTIN, check_hours, read_hours};
use super::moment::{check, check_optional, check_range, option, range_error};
use super::scatter::{Draws, Scatter, Shape, Step, derive};
use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "calendar",
    doc: "A daily volume over a range of dates: each day has its number of timestamps by weekday, week of \
          the month, month, holidays and noise, and they spread over its hours. Not known to Eventum.",
    fields: &[
        Field::required(
            "start",
            Kind::Custom(check),
            "First day: a date, `now`, a distance from now such as `-30d`, or an English phrase.",
        ),
        Field::optional(
            "end",
            Kind::Custom(check_optional),
            "null",
            "Last day, included, in the same forms; without it the days go on for ever.",
        ),
        Field::optional(
            "base_daily_volume",
            Kind::FloatMin(1.0),
            "1000",
            "Timestamps of a day whose factors are 1, at least 1.",
        ),
        Field::optional(
            "volume_variation",
            Kind::Bool,
            "true",
            "Whether days differ; without, `count` (or the volume of all days) spreads evenly over them.",
        ),
        Field::optional(
            "calendar",
            Kind::NonEmpty,
            "us_retail",
            "Calendar with the factors of days: `us_retail` or one of the document's `calendars`.",
        ),
        Field::optional(
            "include_holidays",
            Kind::Bool,
            "true",
            "Whether the calendar's named dates count.",
        ),
        Field::optional(
            "weekend_multiplier",
            Kind::OrNull(&Kind::FloatMin(0.0)),
            "null",
            "Takes the place of the factors of Saturday and Sunday.",
        ),
        Field::optional(
            "hours",
            Kind::Custom(check_hours),
            "business",
            "How a day spreads over its hours: `business`, `flat`, `nhpp`, or 24 weights.",
        ),
        Field::optional(
            "resolution",
            Kind::Enum(&["second", "millisecond", "microsecond"]),
            "second",
            "Unit in which timestamps are drawn.",
        ),
        Field::optional(
            "count",
            Kind::OrNull(&Kind::Int(1, i64::MAX)),
            "null",
            "Most timestamps in all, at least 1.",
        ),
        TAGS,
    ],
};

/// The most timestamps of a day.
const MOST_A_DAY: f64 = 1e15;

/// The last day that begins within the calendar, with one to spare.
const LAST_DAY: i64 = MAX_WALL_US / DAY_US - 1;

/// Streams of the seed: the noise of days, and the places within them.
const NOISE: u64 = 1;
const PLACES: u64 = 2;

#[derive(Debug)]
struct Config {
    start: Versatile,
    end: Option<Versatile>,
    volume: f64,
    variation: bool,
    calendar: Arc<Calendar>,
    of: Use,
    hours: [f64; 24],
    /// Microseconds between two possible timestamps.
    tick_us: i64,
    count: Option<u64>,
    tags: Vec<Arc<str>>,
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let name = section.str("calendar").unwrap_or("us_retail");
    let span = section
        .node("calendar")
        .map_or(section.span, |node| node.span);
    let calendar = cx.within(".calendar", |cx| calendars::named(name, span, cx))?;
    let volume = section.float("base_daily_volume").unwrap_or(1_000.0);
    if volume > MOST_A_DAY {
        cx.within(".base_daily_volume", |cx| {
            cx.error(
                section.span,
                format!("a day has at most {MOST_A_DAY} timestamps"),
            );
        });
        return None;
    }
    let start = option(&section, "start", cx)?;
    let end = option(&section, "end", cx);
    check_range(&section, Some(&start), end.as_ref(), cx).then_some(())?;
    Some(Box::new(Config {
        start,
        end,
        volume,
        variation: section.bool("volume_variation").unwrap_or(true),
        calendar: Arc::new(calendar),
        of: Use {
            dates: section.bool("include_holidays").unwrap_or(true),
            weekend: section.float("weekend_multiplier"),
        },
        hours: section
            .node("hours")
            .and_then(read_hours)
            .unwrap_or(BUILTIN.business),
        tick_us: match section.str("resolution") {
            Some("millisecond") => 1_000,
            Some("microsecond") => 1,
            _ => SECOND_US,
        },
        count: positive(&section, "count"),
        tags: tags(&section),
    }))
}

/// What a run decides, and the volume of any day. Days count from 1970-01-01.
#[derive(Clone, Debug)]
struct Plan {
    calendar: Arc<Calendar>,
    of: Use,
    volume: f64,
    zone: Zone,
    first: i64,
    /// Included.
    last: i64,
    /// Timestamps in all, when they spread evenly over the days.
    even: Option<u64>,
    variation: bool,
    most: u64,
    from_us: i64,
    noise: u64,
    places: u64,
    hours: [f64; 24],
    tick_us: i64,
    /// The shape of a day without a change of the clock.
    usual: Shape,
}

impl Config {
    fn plan(&self, env: &InputEnv<'_>) -> Result<Plan, InputError> {
        let points = (Missing::Now, Missing::Max);
        let range = resolve_range(
            Some(&self.start),
            self.end.as_ref(),
            points,
            env.zone,
            env.now,
        );
        let (start, end) = range.map_err(|error| range_error(error, env))?;
        let day = |at: Moment| at.wall_us.div_euclid(DAY_US);
        let (first, last) = (day(start), day(end).min(LAST_DAY));
        let seed = env.seed.unwrap_or_else(entropy);
        let days = (last - first + 1).max(0) as f64;
        let even = (!self.variation && !self.is_endless())
            .then(|| self.count.unwrap_or_else(|| whole(self.volume * days)));
        Ok(Plan {
            calendar: Arc::clone(&self.calendar),
            of: self.of,
            volume: self.volume,
            zone: env.zone,
            first,
            last,
            even,
            variation: self.variation,
            most: self.count.unwrap_or(u64::MAX),
            from_us: if env.skip_past {
                env.now.instant_us()
            } else {
                i64::MIN
            },
            noise: derive(seed, NOISE),
            places: derive(seed, PLACES),
            hours: self.hours,
            tick_us: self.tick_us,
            usual: usual(&self.hours),
        })
    }

    fn is_endless(&self) -> bool {
        matches!(self.end, None | Some(Versatile::Never))
    }

    /// True when volumes are the same for every seed.
    fn is_steady(&self) -> bool {
        !self.variation || self.calendar.sigma == 0.0
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and a float saturates"
)]
fn whole(value: f64) -> u64 {
    value.floor() as u64
}

fn usual(hours: &[f64; 24]) -> Shape {
    let step = |(hour, weight): (u8, f64)| Step {
        from: f64::from(hour) / 24.0,
        weight,
    };
    let weights = hours.iter().copied().chain([0.0]);
    Shape::steps((0..=24).zip(weights).map(step))
}

impl Plan {
    fn begin(&self, day: i64) -> i64 {
        self.zone.at_wall(day * DAY_US).instant_us()
    }

    /// Timestamps of a day.
    fn volume(&self, day: i64) -> u64 {
        if let Some(total) = self.even {
            return self.even_before(day + 1, total) - self.even_before(day, total);
        }
        if !self.variation {
            return whole(self.volume);
        }
        let noise = if self.calendar.sigma > 0.0 {
            let mut random = Fast::for_event(self.noise, day.cast_unsigned());
            (self.calendar.sigma * random.normal()).exp()
        } else {
            1.0
        };
        let volume = self.volume * self.calendar.factor(day, self.of) * noise;
        if volume == 0.0 {
            // A factor of 0 closes the day; otherwise every day has something.
            return 0;
        }
        // Binary rounding must not make 1979 of 1980.
        whole((volume + 1e-9).min(MOST_A_DAY)).max(1)
    }

    /// Timestamps of the days before one, when `total` spread evenly.
    fn even_before(&self, day: i64, total: u64) -> u64 {
        let days = i128::from(self.last - self.first + 1).max(1);
        let before = i128::from(day - self.first).clamp(0, days);
        let records = (before * i128::from(total) + days - 1) / days;
        u64::try_from(records).unwrap_or(u64::MAX)
    }

    fn draws(&self, day: i64) -> Draws {
        let length = self.begin(day + 1) - self.begin(day);
        Draws {
            key: derive(self.places, day.cast_unsigned()),
            count: self.volume(day),
            length: length / self.tick_us,
        }
    }

    /// How a day spreads, whose clock may change: an hour keeps its weight, however long it lasts.
    fn shape(&self, day: i64) -> Shape {
        let (begin, end) = (self.begin(day), self.begin(day + 1));
        if end - begin == DAY_US {
            return self.usual.clone();
        }
        let length = (end - begin) as f64;
        let edges: Vec<f64> = (0..=24)
            .map(|hour| {
                let wall_us = day * DAY_US + hour * 3_600 * SECOND_US;
                let at = self.zone.at_wall(wall_us).instant_us().clamp(begin, end);
                if hour == 24 {
                    1.0
                } else {
                    (at - begin) as f64 / length
                }
            })
            .collect();
        let steps = edges
            .windows(2)
            .zip(&self.hours)
            .filter_map(|(ends, &weight)| match ends {
                [from, to] if from < to => Some(Step {
                    from: *from,
                    weight,
                }),
                _ => None,
            });
        Shape::steps(steps.chain([Step {
            from: 1.0,
            weight: 0.0,
        }]))
    }

    /// Adds up the timestamps before an instant, from day to day on.
    fn before(&self, instant_us: i64, sum: &mut Sum) -> u64 {
        let day = self.zone.at_instant(instant_us).wall_us.div_euclid(DAY_US);
        let day = if self.begin(day) > instant_us {
            day - 1
        } else {
            day
        };
        let upto = day.clamp(self.first, self.last.saturating_add(1).max(self.first));
        if upto < sum.day {
            *sum = Sum {
                day: self.first,
                total: 0,
            };
        }
        while sum.day < upto {
            sum.total = sum.total.saturating_add(self.volume(sum.day));
            sum.day += 1;
        }
        let here = if (self.first..=self.last).contains(&day) {
            let after = instant_us - self.begin(day);
            let tick = after.div_euclid(self.tick_us) + i64::from(after % self.tick_us != 0);
            self.draws(day).before(&self.shape(day), tick)
        } else {
            0
        };
        sum.total.saturating_add(here).min(self.most)
    }

    /// Timestamps that a run gives before an instant.
    fn given_before(&self, instant_us: i64, sum: &mut Sum) -> u64 {
        let skipped = match self.from_us {
            i64::MIN => 0,
            from_us => self.before(from_us.min(instant_us), sum),
        };
        self.before(instant_us, sum) - skipped
    }
}

/// Timestamps of the days before one.
#[derive(Clone, Copy, Debug)]
struct Sum {
    day: i64,
    total: u64,
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let plan = self.plan(env)?;
        let mut running = Running {
            day: plan.first,
            given: 0,
            begin_us: 0,
            shape: plan.usual.clone(),
            scatter: Scatter::default(),
            zone: ZoneCursor::new(plan.zone),
            plan,
        };
        running.seek(running.plan.from_us);
        Ok(Box::new(running))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        let plan = self.plan(env).ok()?;
        let known = env.seed.is_some() || self.is_steady() && !env.skip_past;
        if self.is_endless() || !known {
            return None;
        }
        let mut sum = Sum {
            day: plan.first,
            total: 0,
        };
        Some(plan.given_before(plan.begin(plan.last + 1), &mut sum))
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let plan = self.plan(env).ok()?;
        let start = Sum {
            day: plan.first,
            total: 0,
        };
        let (mut sum, mut skipped) = (start, start);
        let skipped = match plan.from_us {
            i64::MIN => 0,
            from_us => plan.before(from_us, &mut skipped),
        };
        let counts = Counts::from_totals(window, |instant_us| {
            plan.before(instant_us, &mut sum).max(skipped)
        });
        Some(Counts {
            exact: env.seed.is_some(),
            ..counts
        })
    }
}

#[derive(Debug)]
struct Running {
    plan: Plan,
    /// The day after the current one.
    day: i64,
    /// Timestamps of the days up to the current one, and of it those that were given or left out.
    given: u64,
    begin_us: i64,
    shape: Shape,
    scatter: Scatter,
    zone: ZoneCursor,
}

impl Running {
    /// Goes on to the next day; false when there is none.
    fn turn(&mut self) -> bool {
        if self.day > self.plan.last || self.given >= self.plan.most {
            return false;
        }
        self.begin_us = self.plan.begin(self.day);
        self.shape = self.plan.shape(self.day);
        let draws = self.plan.draws(self.day);
        let early = self.plan.from_us.saturating_sub(self.begin_us);
        let from = early.div_euclid(self.plan.tick_us) + i64::from(early % self.plan.tick_us > 0);
        if from > 0 && self.plan.most < u64::MAX {
            self.given = self.given.saturating_add(draws.before(&self.shape, from));
        }
        self.scatter.begin(draws, from.max(0));
        self.day += 1;
        true
    }
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let mut room = max;
        while room > 0 {
            let ready = self.scatter.ready(&self.shape);
            if ready.is_empty() {
                if self.turn() {
                    continue;
                }
                break;
            }
            let left = self.plan.most.saturating_sub(self.given);
            let count = ready
                .len()
                .min(room)
                .min(usize::try_from(left).unwrap_or(room));
            if count == 0 {
                break;
            }
            let (begin_us, tick_us, zone) = (self.begin_us, self.plan.tick_us, &mut self.zone);
            let some = ready.iter().take(count);
            out.extend(some.map(|tick| zone.moment(begin_us + tick * tick_us)));
            self.scatter.take(count);
            self.given += count as u64;
            room -= count;
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        if instant_us == i64::MIN {
            return;
        }
        self.plan.from_us = self.plan.from_us.max(instant_us);
        let target = self
            .plan
            .zone
            .at_instant(instant_us)
            .wall_us
            .div_euclid(DAY_US)
            - 1;
        if target <= self.day {
            return;
        }
        // What was left of the current day is left out, and so are the days up to the target.
        let target = target.min(self.plan.last + 1);
        if self.plan.most < u64::MAX {
            let mut sum = Sum {
                day: self.plan.first,
                total: 0,
            };
            self.given = self.plan.before(self.plan.begin(target), &mut sum);
        }
        self.day = target;
        self.scatter.begin(Draws::default(), 0);
    }
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
