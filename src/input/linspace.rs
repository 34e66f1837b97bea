//! `linspace`: a number of timestamps evenly over a range.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::time::versatile::{Missing, resolve_range};
use crate::time::{Moment, Versatile, ZoneCursor};

use super::moment::{check, check_range, option, range_error};
use super::{Input, InputConfig, InputEnv, InputError, TAGS, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "linspace",
    doc: "A number of timestamps evenly over a range of time.",
    fields: &[
        Field::required(
            "start",
            Kind::Custom(check),
            "First timestamp: a date, a time of day, `now`, a distance from now such as `-1h`, or an \
             English phrase.",
        ),
        Field::required(
            "end",
            Kind::Custom(check),
            "End of the range, in the same forms; distances count from `start`.",
        ),
        Field::required(
            "count",
            Kind::Int(1, i64::MAX),
            "Timestamps in all, at least 1.",
        ),
        Field::optional(
            "endpoint",
            Kind::Bool,
            "true",
            "Whether `end` itself is the last timestamp.",
        ),
        TAGS,
    ],
};

#[derive(Debug)]
struct Config {
    start: Versatile,
    end: Versatile,
    count: u64,
    endpoint: bool,
    tags: Vec<Arc<str>>,
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let config = Config {
        start: option(&section, "start", cx)?,
        end: option(&section, "end", cx)?,
        count: positive(&section, "count")?,
        endpoint: section.bool("endpoint").unwrap_or(true),
        tags: tags(&section),
    };
    if config.end == Versatile::Never {
        let span = section.node("end").map_or(section.span, |node| node.span);
        cx.within(".end", |cx| {
            cx.error_help(
                span,
                "`end` cannot be `never`",
                "timestamps are spread evenly up to it",
            );
        });
        return None;
    }
    check_range(&section, Some(&config.start), Some(&config.end), cx)
        .then(|| Box::new(config) as Box<dyn InputConfig>)
}

/// The timestamps of one run, as a function of their index.
#[derive(Clone, Copy, Debug)]
struct Line {
    start_us: i64,
    /// Length of the range in microseconds, as a double on purpose: existing data has its rounding.
    length: f64,
    step: f64,
    count: u64,
    endpoint: bool,
}

impl Line {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most the length of the calendar"
    )]
    fn at(&self, index: u64) -> i64 {
        let share = if self.endpoint && self.count > 1 && index + 1 == self.count {
            1.0
        } else {
            index as f64 * self.step
        };
        self.start_us + (self.length * share) as i64
    }

    /// Index of the first timestamp after an instant.
    fn first_after(&self, instant_us: i64) -> u64 {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) <= instant_us {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Config {
    /// The line, and the index at which this run begins.
    fn line(&self, env: &InputEnv<'_>) -> Result<(Line, u64), InputError> {
        let (start, end) = resolve_range(
            Some(&self.start),
            Some(&self.end),
            (Missing::Now, Missing::Now),
            env.zone,
            env.now,
        )
        .map_err(|error| range_error(error, env))?;
        let parts = if self.endpoint {
            self.count - 1
        } else {
            self.count
        };
        let line = Line {
            start_us: start.instant_us(),
            length: (end.instant_us() - start.instant_us()) as f64,
            step: if parts == 0 { 0.0 } else { 1.0 / parts as f64 },
            count: self.count,
            endpoint: self.endpoint,
        };
        let first = if env.skip_past {
            line.first_after(env.now.instant_us())
        } else {
            0
        };
        Ok((line, first))
    }
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let (line, next) = self.line(env)?;
        Ok(Box::new(Running {
            line,
            next,
            zone: ZoneCursor::new(env.zone),
        }))
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        let (line, first) = self.line(env).ok()?;
        Some(line.count - first)
    }
}

#[derive(Debug)]
struct Running {
    line: Line,
    next: u64,
    zone: ZoneCursor,
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let end = self.line.count.min(self.next.saturating_add(max as u64));
        let (line, zone) = (self.line, &mut self.zone);
        out.extend((self.next..end).map(|index| zone.moment(line.at(index))));
        self.next = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::input::testing::{decode, env, fill, problems};

    #[test]
    fn a_reversed_range_is_reported_when_it_starts() {
        let config = decode("linspace: {start: tomorrow, end: now, count: 3}").unwrap();
        let error = config.start(&env(None)).unwrap_err();
        assert!(error.message.contains("earlier than `start`"), "{error}");
        assert!(problems("linspace: {start: now, end: -1h, count: 3}")[0].contains("earlier"));
        assert!(problems("linspace: {start: now, end: never, count: 3}")[0].contains("never"));
    }

    #[test]
    fn skip_past_counts_what_is_left() {
        let config = decode("linspace: {start: -1h, end: +2h, count: 7}").unwrap();
        let mut env = env(None);
        env.skip_past = true;
        assert_eq!(config.count(&env), Some(3));
        assert_eq!(fill(config.as_ref(), &env, 99).len(), 3);
    }
}
