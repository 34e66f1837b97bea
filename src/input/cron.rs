//! `cron`: timestamps by a cron expression.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::fake::{Fast, Random, entropy};
use crate::time::cron::{Cron, Schedule, Ticks};
use crate::time::versatile::{Missing, resolve_range};
use crate::time::{Moment, SECOND_US, Versatile, Zone};

use super::moment::{check_optional, check_range, option, range_error};
use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "cron",
    doc: "Timestamps by a cron expression: minute hour day-of-month month day-of-week, then optionally \
          second and year.",
    fields: &[
        Field::required(
            "expression",
            Kind::Custom(check_expression),
            "Cron expression of 5, 6 or 7 fields; the sixth field is the second, the seventh the year. \
             Names, ranges, lists, steps, `L`, `#`, `W`, `R` (random) and aliases such as `@hourly`.",
        ),
        Field::required(
            "count",
            Kind::Int(1, i64::MAX),
            "Timestamps at each fire time, at least 1.",
        ),
        Field::optional(
            "start",
            Kind::Custom(check_optional),
            "now",
            "First moment (included): a date, a time of day, `now`, a distance from now such as `-1h`, \
             or an English phrase.",
        ),
        Field::optional(
            "end",
            Kind::Custom(check_optional),
            "never",
            "Last moment (included), in the same forms; distances count from `start`.",
        ),
        TAGS,
    ],
};

#[derive(Debug)]
struct Config {
    cron: Cron,
    count: u64,
    start: Option<Versatile>,
    end: Option<Versatile>,
    tags: Vec<Arc<str>>,
}

fn check_expression(node: &Node, cx: &mut Context<'_>) {
    let Some(text) = node.as_str() else {
        cx.error_help(
            node.span,
            format!("expected a cron expression, not {}", node.describe()),
            "put it in quotes: \"*/5 * * * *\"",
        );
        return;
    };
    match Cron::parse(text) {
        Err(error) => match error.help {
            Some(help) => cx.error_help(node.span, error.message, help),
            None => cx.error(node.span, error.message),
        },
        Ok(cron) => warn(&cron, node, cx),
    }
}

/// Points out what is valid and probably not meant.
fn warn(cron: &Cron, node: &Node, cx: &mut Context<'_>) {
    let schedule = cron.schedule(&mut |_| 0);
    if !schedule.fires() {
        cx.warn(
            node.span,
            format!("`{}` never fires: no date matches", cron.text()),
            "see the days and the months, or the year field",
        );
    }
    let Some(moved) = cron.seconds_first() else {
        return;
    };
    let message = format!(
        "the seconds are the sixth field, not the first: `{}` fires at {}",
        cron.text(),
        first_fires(schedule)
    );
    let help = match Cron::parse(&moved) {
        Ok(other) => format!(
            "if the first field was meant as seconds, write `{moved}`: it fires at {}",
            first_fires(other.schedule(&mut |_| 0))
        ),
        Err(_) => format!("if the first field was meant as seconds, write it sixth: `{moved}`"),
    };
    cx.warn(node.span, message, help);
}

/// The first five fire times from the first day of 2024 on, to show what an expression means: always the
/// same, as what is said of a document must not change with the time of day.
fn first_fires(schedule: Schedule) -> String {
    let start_us = 1_704_067_200 * SECOND_US;
    let mut ticks = Ticks::new(schedule, Zone::UTC, start_us, i64::MAX);
    let mut fires = Vec::new();
    ticks.fill(5, 1, &mut fires);
    let one_day = fires.windows(2).all(|two| match two {
        [a, b] => a.date_text() == b.date_text(),
        _ => true,
    });
    let text = |at: &Moment| {
        let clock: String = at.clock_text().chars().take(8).collect();
        if one_day {
            clock
        } else {
            format!("{} {clock}", at.date_text())
        }
    };
    let texts: Vec<String> = fires.iter().map(text).collect();
    texts.join(", ")
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let expression = section.node("expression")?;
    let text = if expression.unknown {
        // A parameter without value stands in its place.
        "* * * * *"
    } else {
        expression.as_str()?
    };
    let config = Config {
        cron: Cron::parse(text).ok()?,
        count: positive(&section, "count")?,
        start: option(&section, "start", cx),
        end: option(&section, "end", cx),
        tags: tags(&section),
    };
    check_range(&section, config.start.as_ref(), config.end.as_ref(), cx)
        .then(|| Box::new(config) as Box<dyn InputConfig>)
}

impl Config {
    /// First and last instant of a run.
    fn range(&self, env: &InputEnv<'_>) -> Result<(Moment, Moment), InputError> {
        resolve_range(
            self.start.as_ref(),
            self.end.as_ref(),
            (Missing::Now, Missing::Max),
            env.zone,
            env.now,
        )
        .map_err(|error| range_error(error, env))
    }

    /// Fire times of a run; `None` when all lie in the past.
    fn ticks(&self, env: &InputEnv<'_>, seed: u64) -> Result<Option<Ticks>, InputError> {
        let (start, end) = self.range(env)?;
        let now_us = env.now.instant_us();
        let (mut start_us, end_us) = (start.instant_us(), end.instant_us());
        if env.skip_past {
            if end_us < now_us {
                return Ok(None);
            }
            start_us = start_us.max(now_us);
        }
        let schedule = self.schedule(seed);
        Ok(Some(Ticks::new(schedule, env.zone, start_us, end_us)))
    }

    fn schedule(&self, seed: u64) -> Schedule {
        let mut stream = Fast::seeded(seed);
        self.cron.schedule(&mut |bound| stream.below(bound))
    }

    /// The fire times that [`InputConfig::start`] gives in the same surroundings; `None` where those are
    /// drawn afresh, or cannot start.
    fn known(&self, env: &InputEnv<'_>) -> Option<Option<Ticks>> {
        if self.cron.is_random() && env.seed.is_none() {
            return None;
        }
        self.ticks(env, env.seed.unwrap_or(0)).ok()
    }
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let ticks = self.ticks(env, env.seed.unwrap_or_else(entropy))?;
        Ok(Box::new(Running {
            ticks,
            count: self.count,
        }))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        match self.known(env)? {
            None => Some(0),
            Some(ticks) => ticks.count()?.checked_mul(self.count),
        }
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let ticks = self.known(env)?;
        let count = |(from_us, to_us)| {
            let fires = match &ticks {
                None => 0,
                Some(ticks) => ticks.count_within(from_us, to_us)?,
            };
            Some(fires.saturating_mul(self.count))
        };
        Some(Counts {
            buckets: window.ranges().map(count).collect::<Option<_>>()?,
            exact: true,
        })
    }

    fn last(&self, env: &InputEnv<'_>) -> Option<Moment> {
        self.known(env)??.last()
    }

    fn silence(&self, env: &InputEnv<'_>) -> Option<String> {
        let text = self.cron.text();
        let (start, end) = self.range(env).ok()?;
        if env.skip_past && end < env.now {
            return Some(format!(
                "its `end` ({end}) lies before now, and `skip_past` leaves out the past"
            ));
        }
        let start = if env.skip_past {
            start.max(env.now)
        } else {
            start
        };
        let schedule = self.schedule(env.seed.unwrap_or(0));
        if !schedule.fires() {
            return Some(format!("no date matches `{text}`"));
        }
        let mut next = Vec::new();
        Ticks::new(schedule, env.zone, start.instant_us(), i64::MAX).fill(1, 1, &mut next);
        Some(match next.first() {
            Some(next) => format!(
                "`{text}` does not fire between {start} and its `end` ({end}); the next time would be {next}"
            ),
            None => format!("the years of `{text}` are over at {start}"),
        })
    }
}

#[derive(Debug)]
struct Running {
    ticks: Option<Ticks>,
    count: u64,
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        if let Some(ticks) = &mut self.ticks {
            ticks.fill(max, self.count, out);
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        if let Some(ticks) = &mut self.ticks {
            ticks.seek(instant_us);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::input::testing::{decode, env, fill, problems};

    #[test]
    fn seconds_first_is_warned_about_with_fire_times() {
        let text = "cron: {expression: '*/20 * * * * *', count: 1}";
        let found = problems(text);
        assert!(
            found[0].contains("fires at 00:00:00, 00:00:01"),
            "{found:?}"
        );
        assert!(
            found[0]
                .contains("`* * * * * */20`: it fires at 00:00:00, 00:00:20, 00:00:40, 00:01:00"),
            "{found:?}"
        );
        assert!(decode(text).is_some(), "it is a warning only");
    }

    #[test]
    fn fires_of_several_days_are_shown_with_their_dates() {
        let found = problems("cron: {expression: '0 30 9 * * *', count: 1}");
        assert!(
            found.iter().any(|one| one.contains("above 23")),
            "{found:?}"
        );
        let found = problems("cron: {expression: '0 9 1 * * *', count: 1}");
        assert!(
            found[0]
                .contains("`9 1 * * * 0`: it fires at 2024-01-01 01:09:00, 2024-01-02 01:09:00"),
            "{found:?}"
        );
    }

    #[test]
    fn what_never_fires_is_warned_about() {
        let found = problems("cron: {expression: '0 0 30 2 *', count: 1}");
        assert!(found[0].contains("never fires"), "{found:?}");
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let found =
            problems("cron: {expression: '61 * * * *', count: 0, start: gibberish, ende: 1}");
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn a_seed_repeats_random_fields() {
        let config = decode("cron: {expression: 'R R * * *', count: 1}").unwrap();
        let first = fill(config.as_ref(), &env(Some(7)), 5);
        assert_eq!(first, fill(config.as_ref(), &env(Some(7)), 5));
        let days: Vec<i64> = first
            .windows(2)
            .map(|two| two[1].wall_us - two[0].wall_us)
            .collect();
        assert!(days.iter().all(|&us| us == crate::time::DAY_US));
        assert_eq!(config.count(&env(None)), None);
    }

    #[test]
    fn counts_without_generating() {
        let config =
            decode("cron: {expression: '*/10 * * * *', count: 3, start: now, end: +1d}").unwrap();
        assert_eq!(config.count(&env(None)), Some(145 * 3));
    }
}
