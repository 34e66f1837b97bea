//! `arrival`: timestamps at a rate, evenly or by chance: as customers, requests or failures arrive.

mod chance;
mod even;
mod rate;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Node, Schema, Section};
use crate::fake::entropy;
use crate::time::versatile::{Missing, resolve_range};
use crate::time::{DAY_US, MAX_WALL_US, Versatile};

use self::chance::{Chance, Gap};
use self::even::Even;
use self::rate::Rate;
use super::calendars::{self, Calendar};
use super::hours::{BUILTIN, PEAKS, check_weights, weights, with_peaks};
use super::moment::{check_optional, check_range, option, range_error};
use super::{Counts, Input, InputConfig, InputEnv, InputError, TAGS, Window, positive, tags};

pub(super) static SCHEMA: Schema = Schema {
    name: "arrival",
    doc: "Timestamps at a rate, evenly (`uniform`) or by chance: `poisson`, `nhpp` (poisson with busy and \
          calm hours), `burst`. Not known to Eventum.",
    fields: &[
        Field::optional(
            "pattern",
            Kind::Enum(&["uniform", "poisson", "nhpp", "burst"]),
            "uniform",
            "How timestamps follow one another.",
        ),
        Field::optional(
            "rate",
            Kind::OrNull(&Kind::FloatMin(LOWEST_RATE)),
            "null",
            "Timestamps a second, 0.000001 to 10000000; wins over `base_daily_volume`. Mean of `poisson`; \
             hours and bursts multiply it.",
        ),
        Field::optional(
            "base_daily_volume",
            Kind::FloatMin(1.0),
            "1000",
            "Timestamps a day, at least 1: another way to give the rate.",
        ),
        Field::optional(
            "start",
            Kind::Custom(check_optional),
            "now",
            "Moment from which they arrive: a date, a time of day, `now`, a distance from now such as \
             `-1h`, or an English phrase.",
        ),
        Field::optional(
            "end",
            Kind::Custom(check_optional),
            "null",
            "Moment before which they arrive, in the same forms; without it they go on for ever.",
        ),
        Field::optional(
            "count",
            Kind::OrNull(&Kind::Int(1, i64::MAX)),
            "null",
            "Most timestamps in all, at least 1.",
        ),
        Field::optional(
            "peak_hours",
            Kind::List(&Kind::Int(0, 23), 0),
            "[12, 19]",
            "Hours (0 to 23) with five times the rate, in `nhpp`.",
        ),
        Field::optional(
            "hour_profile",
            Kind::Custom(check_weights),
            "null",
            "24 factors of the rate, from midnight on, in `nhpp`; peak hours win over them.",
        ),
        Field::optional(
            "burst_intensity",
            Kind::FloatMin(1.0),
            "2.0",
            "By how much the rate is higher in a burst, at least 1.",
        ),
        Field::optional(
            "burst_probability",
            Kind::FloatMin(0.0),
            "0.1",
            "Share of gaps that are of a burst, 0 to 1; the others are 1.25 times as long as without \
             bursts.",
        ),
        Field::optional(
            "time_compression",
            Kind::FloatMin(0.1),
            "1.0",
            "How many times faster the hours of `nhpp` pass, 0.1 to 1000; the rate stays.",
        ),
        Field::optional(
            "calendar",
            Kind::OrNull(&Kind::NonEmpty),
            "null",
            "Calendar whose factor of the day multiplies the rate: `us_retail` or one of the document's \
             `calendars`.",
        ),
        TAGS,
    ],
};

const LOWEST_RATE: f64 = 1e-6;
const HIGHEST_RATE: f64 = 1e7;

const DAY_S: f64 = 86_400.0;

/// No timestamp comes after this instant, so that every zone can show it.
const LAST_US: i64 = MAX_WALL_US - DAY_US;

/// Expected timestamps up to which a window is counted instead of estimated.
const MOST_COUNTED: f64 = 50_000.0;

#[derive(Debug)]
struct Config {
    pattern: Pattern,
    rate: f64,
    start: Option<Versatile>,
    end: Option<Versatile>,
    count: Option<u64>,
    hours: Option<[f64; 24]>,
    compression: f64,
    calendar: Option<Arc<Calendar>>,
    tags: Vec<Arc<str>>,
}

#[derive(Clone, Copy, Debug)]
enum Pattern {
    Even,
    Chance(Gap),
}

pub(super) fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn InputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let before = cx.errors();
    let name = section.str("pattern").unwrap_or("uniform");
    let rate = section.float("rate");
    let volume = section.float("base_daily_volume").unwrap_or(1_000.0);
    at_most(&section, "rate", HIGHEST_RATE, cx);
    at_most(&section, "base_daily_volume", HIGHEST_RATE * DAY_S, cx);
    at_most(&section, "burst_intensity", 1e6, cx);
    at_most(&section, "burst_probability", 1.0, cx);
    at_most(&section, "time_compression", 1_000.0, cx);
    unused(&section, name, cx);
    let calendar = section.str("calendar").and_then(|name| {
        let span = section
            .node("calendar")
            .map_or(section.span, |node| node.span);
        cx.within(".calendar", |cx| calendars::named(name, span, cx))
    });
    let pattern = match name {
        "uniform" => Pattern::Even,
        "burst" => Pattern::Chance(Gap::Burst {
            probability: section.float("burst_probability").unwrap_or(0.1),
            intensity: section.float("burst_intensity").unwrap_or(2.0),
        }),
        _ => Pattern::Chance(Gap::Memoryless),
    };
    let start = option(&section, "start", cx);
    let end = option(&section, "end", cx);
    check_range(&section, start.as_ref(), end.as_ref(), cx);
    (cx.errors() == before).then(|| {
        Box::new(Config {
            pattern,
            rate: rate.unwrap_or(volume / DAY_S),
            start,
            end,
            count: positive(&section, "count"),
            hours: (name == "nhpp").then(|| hours(&section)),
            compression: section.float("time_compression").unwrap_or(1.0),
            calendar: calendar.map(Arc::new),
            tags: tags(&section),
        }) as Box<dyn InputConfig>
    })
}

fn hours(section: &Section) -> [f64; 24] {
    let profile = section.node("hour_profile").and_then(weights);
    let peaks = section.node("peak_hours").and_then(Node::as_seq);
    let peaks = peaks.map_or(PEAKS.to_vec(), |peaks| {
        let hours = peaks.iter().filter_map(calendars::float);
        // Whole and small: checked by the schema.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 23"
        )]
        hours.map(|hour| hour as usize).collect()
    });
    with_peaks(profile.unwrap_or(BUILTIN.web), &peaks)
}

fn at_most(section: &Section, name: &str, most: f64, cx: &mut Context<'_>) {
    let too_high = section.float(name).filter(|&value| value > most);
    if let (Some(value), Some(node)) = (too_high, section.node(name)) {
        let message = format!("expected a number of at most {most}, not {value}");
        cx.within(&format!(".{name}"), |cx| cx.error(node.span, message));
    }
}

/// Warns of options that the pattern does not look at.
fn unused(section: &Section, pattern: &str, cx: &mut Context<'_>) {
    let options = [
        ("nhpp", "peak_hours"),
        ("nhpp", "hour_profile"),
        ("nhpp", "time_compression"),
        ("burst", "burst_intensity"),
        ("burst", "burst_probability"),
    ];
    for (of, name) in options.into_iter().filter(|(of, _)| *of != pattern) {
        if let Some(node) = section.node(name).filter(|node| !node.is_null()) {
            cx.within(&format!(".{name}"), |cx| {
                cx.warn(
                    node.span,
                    format!("`{name}` has no effect on the pattern `{pattern}`"),
                    format!("set `pattern: {of}`, or remove it"),
                );
            });
        }
    }
    let both = section.float("rate").and(section.node("base_daily_volume"));
    if let Some(node) = both {
        cx.warn(
            node.span,
            "`base_daily_volume` has no effect beside `rate`",
            "remove one of them",
        );
    }
}

/// What a run decides.
#[derive(Clone, Debug)]
struct Plan {
    rate: Rate,
    /// The instant at which it is over.
    until_us: i64,
    /// Instants before this are left out.
    from_us: i64,
    count: Option<u64>,
    seed: u64,
}

impl Config {
    fn plan(&self, env: &InputEnv<'_>) -> Result<Plan, InputError> {
        let range = resolve_range(
            self.start.as_ref(),
            self.end.as_ref(),
            (Missing::Now, Missing::Max),
            env.zone,
            env.now,
        );
        let (start, end) = range.map_err(|error| range_error(error, env))?;
        Ok(Plan {
            rate: Rate {
                per_second: self.rate,
                hours: self.hours,
                compression: self.compression,
                calendar: self.calendar.clone(),
                zone: env.zone,
                start_us: start.instant_us(),
            },
            until_us: end.instant_us().min(LAST_US),
            from_us: if env.skip_past {
                env.now.instant_us()
            } else {
                i64::MIN
            },
            count: self.count,
            seed: env.seed.unwrap_or_else(entropy),
        })
    }

    fn expected(&self, plan: &Plan, gap: Gap, window: &Window, seeded: bool) -> Counts {
        let mean = gap.mean_rate();
        let inside = |from_us: i64, to_us: i64| {
            let from_us = from_us.max(plan.rate.start_us);
            plan.rate.expected(from_us, to_us.min(plan.until_us)) * mean
        };
        let from_us = window.from_us.max(plan.from_us);
        if plan.count.is_none() && inside(from_us, window.to_us) <= MOST_COUNTED {
            return self.counted(plan, gap, window, seeded);
        }
        let most = plan.count.map_or(f64::INFINITY, |count| count as f64);
        let before = if plan.count.is_some() {
            inside(plan.rate.start_us, from_us)
        } else {
            0.0
        };
        let mut total = before.min(most);
        let buckets = window.ranges().map(|(from, to)| {
            let low = total;
            total = (total + inside(from.max(plan.from_us), to)).min(most);
            rounded(total) - rounded(low)
        });
        Counts {
            buckets: buckets.collect(),
            exact: false,
        }
    }

    fn counted(&self, plan: &Plan, gap: Gap, window: &Window, seeded: bool) -> Counts {
        let mut running = Chance::new(plan.clone(), gap);
        running.seek(window.from_us);
        running.plan.until_us = plan.until_us.min(window.to_us);
        let mut all = Vec::new();
        // It ends with the window; it has no way to fail.
        let _ = running.fill(usize::MAX, &mut all);
        let counts = Counts::of_instants(window, all.iter().map(|at| at.instant_us()));
        Counts {
            exact: seeded,
            ..counts
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and a float saturates"
)]
fn rounded(value: f64) -> u64 {
    value.round() as u64
}

impl InputConfig for Config {
    fn tags(&self) -> &[Arc<str>] {
        &self.tags
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let plan = self.plan(env)?;
        Ok(match self.pattern {
            Pattern::Even => Box::new(Even::new(plan)),
            Pattern::Chance(gap) => Box::new(Chance::new(plan, gap)),
        })
    }

    fn count(&self, env: &InputEnv<'_>) -> Option<u64> {
        let plan = self.plan(env).ok()?;
        let finite = plan.until_us < LAST_US || self.count.is_some();
        match self.pattern {
            Pattern::Even if finite => {
                let mut even = Even::new(plan.clone());
                let first = even.given_before(plan.from_us);
                Some(even.given_before(plan.until_us).saturating_sub(first))
            }
            Pattern::Chance(_) if self.end.is_none() && !env.skip_past => self.count,
            _ => None,
        }
    }

    fn counts(&self, env: &InputEnv<'_>, window: &Window) -> Option<Counts> {
        let plan = self.plan(env).ok()?;
        Some(match self.pattern {
            Pattern::Even => {
                let (from_us, until_us) = (plan.from_us, plan.until_us);
                let mut even = Even::new(plan);
                let skipped = even.given_before(from_us);
                Counts::from_totals(window, |instant_us| {
                    even.given_before(instant_us.min(until_us)).max(skipped)
                })
            }
            Pattern::Chance(gap) => self.expected(&plan, gap, window, env.seed.is_some()),
        })
    }
}
