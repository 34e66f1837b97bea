//! `linspace`: a number of timestamps evenly over a range.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::time::versatile::{Missing, resolve_range};
use crate::time::{Moment, SECOND_US, Versatile, ZoneCursor};

use super::moment::{check, check_range, option, range_error};
use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, positive, tags};

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

/// Microseconds of a part of the range, toward zero.
#[expect(
    clippy::cast_possible_truncation,
    reason = "at most the length of the calendar"
)]
fn whole(length: f64) -> i64 {
    length as i64
}

impl Line {
    fn at(&self, index: u64) -> i64 {
        let share = if self.endpoint && self.count > 1 && index + 1 == self.count {
            1.0
        } else {
            index as f64 * self.step
        };
        self.start_us + whole(self.length * share)
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

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let (line, first) = self.line(env).ok()?;
        Some(Counts::from_totals(window, |us| {
            line.first_after(us.saturating_sub(1)).max(first)
        }))
    }

    fn last(&self, env: &InputEnv<'_>) -> Option<Moment> {
        let (line, first) = self.line(env).ok()?;
        let last = line.count.checked_sub(1).filter(|&last| last >= first)?;
        Some(env.zone.at_instant(line.at(last)))
    }

    fn silence(&self, env: &InputEnv<'_>) -> Option<String> {
        let (line, first) = self.line(env).ok()?;
        let last = env.zone.at_instant(line.at(line.count.checked_sub(1)?));
        (first == line.count).then(|| {
            format!("its range ended before now ({last}), and `skip_past` leaves out the past")
        })
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
        while self.next < end {
            self.run(end, out);
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        self.next = self
            .next
            .max(self.line.first_after(instant_us.saturating_sub(1)));
    }
}

impl Running {
    /// Timestamps up to index `end` or the end of the stretch of constant offset, at least one.
    fn run(&mut self, end: u64, out: &mut Vec<Moment>) {
        let line = self.line;
        let steady = self.zone.steady(line.at(self.next));
        let offset_s = steady.offset_s;
        let start_us = line.start_us + i64::from(offset_s) * SECOND_US;
        let moment = |length: f64| Moment {
            wall_us: start_us + whole(length),
            offset_s,
        };
        let mut to = end;
        if line.at(end - 1) >= steady.until_us {
            to = line
                .first_after(steady.until_us - 1)
                .clamp(self.next + 1, end);
        }
        // The very last one has a rule of its own; all others are one plain product.
        let plain = to.min(line.count - 1);
        let indexes = self.next.cast_signed()..plain.cast_signed();
        out.extend(indexes.map(|index| moment(line.length * (index as f64 * line.step))));
        if to > plain {
            out.push(Moment {
                wall_us: line.at(plain) + i64::from(offset_s) * SECOND_US,
                offset_s,
            });
        }
        self.next = to;
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
