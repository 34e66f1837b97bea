//! A pattern file: its options and their checks.

use std::path::Path;

use crate::config::{Context, Field, Kind, Node, Schema, Section, parse_yaml};
use crate::time::{DAY_US, SECOND_US};

use super::factor::Factors;
use super::pattern::Pattern;
use crate::input::TAGS;
use crate::input::moment::{check, check_range, option};
use crate::input::scatter::Shape;

/// Larger files are refused: a pattern is a handful of lines.
const MAX_BYTES: u64 = 1 << 20;

/// No longer than the calendar.
const LONGEST_US: f64 = 315_537_897_600e6;

static FILE: Schema = Schema {
    name: "pattern file",
    doc: "How many timestamps each period has, and how they spread over it.",
    fields: &[
        Field::required(
            "label",
            Kind::NonEmpty,
            "What the pattern stands for; for people only.",
        ),
        Field::required(
            "oscillator",
            Kind::Section(&OSCILLATOR),
            "The periods: how long one is, from when to when.",
        ),
        Field::required(
            "multiplier",
            Kind::Section(&MULTIPLIER),
            "How many timestamps a period has.",
        ),
        Field::required(
            "randomizer",
            Kind::Section(&RANDOMIZER),
            "By how much the number varies from period to period.",
        ),
        Field::required(
            "spreader",
            Kind::Section(&SPREADER),
            "How timestamps spread over a period.",
        ),
        TAGS,
    ],
};

static OSCILLATOR: Schema = Schema {
    name: "oscillator",
    doc: "The periods: how long one is, from when to when.",
    fields: &[
        Field::required(
            "period",
            Kind::FloatAbove(0.0),
            "Length of a period in `unit`s, more than 0.",
        ),
        Field::required(
            "unit",
            Kind::Enum(&[
                "weeks",
                "days",
                "hours",
                "minutes",
                "seconds",
                "milliseconds",
                "microseconds",
            ]),
            "Unit of `period`. Periods of whole days and weeks follow the calendar across clock changes.",
        ),
        Field::required(
            "start",
            Kind::Custom(check),
            "Begin of the first period: a date, a time of day, `now`, a distance from now such as `-1h`, \
             or an English phrase.",
        ),
        Field::required(
            "end",
            Kind::Custom(check),
            "Last moment, in the same forms or `never`; distances count from `start`.",
        ),
    ],
};

static MULTIPLIER: Schema = Schema {
    name: "multiplier",
    doc: "How many timestamps a period has.",
    fields: &[Field::required(
        "ratio",
        Kind::Int(1, i64::MAX),
        "Timestamps in a period, at least 1.",
    )],
};

static RANDOMIZER: Schema = Schema {
    name: "randomizer",
    doc: "By how much the number of timestamps varies from period to period.",
    fields: &[
        Field::required(
            "deviation",
            Kind::Float,
            "Largest share by which it differs from `ratio`, 0 to 1.",
        ),
        Field::required(
            "direction",
            Kind::Enum(&["decrease", "increase", "mixed"]),
            "Whether there are fewer, more, or both.",
        ),
        Field::optional(
            "sampling",
            Kind::Int(16, i64::MAX),
            "1024",
            "Number of factors that are drawn, at least 16; each is used once in as many periods.",
        ),
    ],
};

static SPREADER: Schema = Schema {
    name: "spreader",
    doc: "How timestamps spread over a period.",
    fields: &[
        Field::required(
            "distribution",
            Kind::Enum(&["uniform", "triangular", "beta"]),
            "Its name decides the parameters.",
        ),
        Field::required(
            "parameters",
            Kind::Map,
            "`low`, `high` of uniform; `left`, `mode`, `right` of triangular, all as shares of the period \
             from 0 to 1; `a`, `b` of beta.",
        ),
    ],
};

static UNIFORM: Schema = Schema {
    name: "uniform",
    doc: "Evenly between two places of the period.",
    fields: &[
        Field::required("low", Kind::Float, "First place, 0 to less than 1."),
        Field::required("high", Kind::Float, "Last place, more than `low` up to 1."),
    ],
};

static TRIANGULAR: Schema = Schema {
    name: "triangular",
    doc: "Rising to a peak and falling from it.",
    fields: &[
        Field::required("left", Kind::Float, "Where it begins, 0 to less than 1."),
        Field::required("mode", Kind::Float, "Its peak, `left` to `right`."),
        Field::required("right", Kind::Float, "Where it ends, more than 0 up to 1."),
    ],
};

static BETA: Schema = Schema {
    name: "beta",
    doc: "The beta distribution over the period.",
    fields: &[
        Field::required(
            "a",
            Kind::FloatAbove(0.0),
            "More than 0; the larger, the later.",
        ),
        Field::required(
            "b",
            Kind::FloatAbove(0.0),
            "More than 0; the larger, the earlier.",
        ),
    ],
};

/// Reads the pattern file that an item of `patterns` names, reporting problems where they stand.
pub(super) fn read(item: &Node, cx: &mut Context<'_>) -> Option<Pattern> {
    let name = item.as_str()?;
    let help = "paths start from the project's folder";
    let bytes = match cx.files.read_limited(&cx.base.join(name), MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) => {
            cx.error_help(
                item.span,
                format!("cannot read the pattern file `{name}`: {error}"),
                help,
            );
            return None;
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        cx.error_help(
            item.span,
            format!("the pattern file `{name}` is not UTF-8 text"),
            "save it in the encoding UTF-8",
        );
        return None;
    };
    let shown = cx.path.parent().unwrap_or(Path::new("")).join(name);
    let root = parse_yaml(&text, &shown, cx.diagnostics)?;
    let mut cx = Context {
        diagnostics: &mut *cx.diagnostics,
        path: &shown,
        base: cx.base,
        files: cx.files,
        calendars: None,
        setting: String::new(),
    };
    decode(name, &root, &mut cx)
}

fn decode(name: &str, root: &Node, cx: &mut Context<'_>) -> Option<Pattern> {
    let before = cx.errors();
    let file = Section::open(root, &FILE, cx)?;
    let oscillator = file.section("oscillator", &OSCILLATOR, cx)?;
    let multiplier = file.section("multiplier", &MULTIPLIER, cx)?;
    let randomizer = file.section("randomizer", &RANDOMIZER, cx)?;
    let spreader = file.section("spreader", &SPREADER, cx)?;
    let period = cx.within(".oscillator", |cx| period(&oscillator, cx));
    let range = cx.within(".oscillator", |cx| {
        let range = (
            option(&oscillator, "start", cx)?,
            option(&oscillator, "end", cx)?,
        );
        check_range(&oscillator, Some(&range.0), Some(&range.1), cx).then_some(range)
    });
    let ratio = multiplier
        .int("ratio")
        .and_then(|ratio| u64::try_from(ratio).ok())?;
    let factors = cx.within(".randomizer", |cx| factors(&randomizer, cx));
    let shape = cx.within(".spreader", |cx| shape(&spreader, cx));
    let (factors, (period_us, whole_days)) = (factors?, period?);
    if factors.most(ratio) == 0 {
        cx.warn(
            randomizer.span,
            format!("no period has any timestamp: {ratio} times a factor below 1 is cut to 0"),
            "raise `multiplier.ratio`, or choose another `direction`",
        );
    }
    let (start, end) = range?;
    let pattern = Pattern {
        name: name.to_owned(),
        start,
        end,
        period_us,
        whole_days,
        ratio,
        factors,
        shape: shape?,
    };
    (cx.errors() == before).then_some(pattern)
}

/// Length of a period in microseconds (half to even), and whether it follows the calendar.
#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded by the length of the calendar"
)]
fn period(section: &Section, cx: &mut Context<'_>) -> Option<(i64, bool)> {
    let unit = section.str("unit")?;
    let unit_us = match unit {
        "weeks" => 7 * DAY_US,
        "days" => DAY_US,
        "hours" => 3_600 * SECOND_US,
        "minutes" => 60 * SECOND_US,
        "seconds" => SECOND_US,
        "milliseconds" => 1_000,
        _ => 1,
    };
    let us = (section.float("period")? * unit_us as f64).round_ties_even();
    if !(1.0..=LONGEST_US).contains(&us) {
        let message = if us < 1.0 {
            "a period shorter than half a microsecond has no length"
        } else {
            "a period longer than the calendar never ends"
        };
        fail(section, "period", message, cx);
        return None;
    }
    let us = us as i64;
    Some((us, unit_us >= DAY_US && us % DAY_US == 0))
}

fn factors(section: &Section, cx: &mut Context<'_>) -> Option<Factors> {
    let deviation = bounded(section, "deviation", 0.0, 1.0, cx)?;
    let sampling = section
        .int("sampling")
        .map_or(Some(1_024), |count| u64::try_from(count).ok())?;
    let (low, high) = match section.str("direction")? {
        "decrease" => (1.0 - deviation, 1.0),
        "increase" => (1.0, 1.0 + deviation),
        _ => (1.0 - deviation, 1.0 + deviation),
    };
    Some(Factors::new(low, high, sampling))
}

fn shape(section: &Section, cx: &mut Context<'_>) -> Option<Shape> {
    match section.str("distribution")? {
        "uniform" => {
            let section = section.section("parameters", &UNIFORM, cx)?;
            cx.within(".parameters", |cx| {
                let low = bounded(&section, "low", 0.0, 1.0, cx);
                let high = bounded(&section, "high", 0.0, 1.0, cx);
                let (low, high) = (low?, high?);
                ordered(low < high, &section, "`low` must be less than `high`", cx)?;
                Some(Shape::uniform(low, high))
            })
        }
        "triangular" => {
            let section = section.section("parameters", &TRIANGULAR, cx)?;
            cx.within(".parameters", |cx| {
                let [left, mode, right] =
                    ["left", "mode", "right"].map(|name| bounded(&section, name, 0.0, 1.0, cx));
                let (left, mode, right) = (left?, mode?, right?);
                ordered(
                    left <= mode && mode <= right && left < right,
                    &section,
                    "the order must be `left`, `mode`, `right`, and `left` less than `right`",
                    cx,
                )?;
                Some(Shape::triangular(left, mode, right))
            })
        }
        _ => {
            let section = section.section("parameters", &BETA, cx)?;
            cx.within(".parameters", |cx| {
                let a = bounded(&section, "a", 0.0, f64::MAX, cx);
                let b = bounded(&section, "b", 0.0, f64::MAX, cx);
                Some(Shape::beta(a?, b?))
            })
        }
    }
}

/// A number between two bounds, both included.
fn bounded(
    section: &Section,
    name: &str,
    low: f64,
    high: f64,
    cx: &mut Context<'_>,
) -> Option<f64> {
    let value = section.float(name)?;
    if (low..=high).contains(&value) {
        return Some(value);
    }
    let message = if high < f64::MAX {
        format!("expected a number from {low} to {high}, not {value}")
    } else {
        format!("expected a finite number, not {value}")
    };
    fail(section, name, &message, cx);
    None
}

fn ordered(sound: bool, section: &Section, message: &str, cx: &mut Context<'_>) -> Option<()> {
    if !sound {
        cx.error(section.span, message);
    }
    sound.then_some(())
}

fn fail(section: &Section, name: &str, message: &str, cx: &mut Context<'_>) {
    let span = section.node(name).map_or(section.span, |node| node.span);
    cx.within(&format!(".{name}"), |cx| cx.error(span, message));
}
