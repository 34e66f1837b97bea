//! The options `start` and `end`: a document's value to a [`Versatile`] moment.

use crate::config::{Context, Node, Scalar, Section, Span, Tree};
use crate::time::versatile::{self, RangeError, VersatileError, always_reversed};
use crate::time::{DAY_US, SECOND_US, Versatile, Zone, days_from_civil};

use super::{InputEnv, InputError};

/// Years for which a bare number of four digits is taken as a year, not as Unix time.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2199;

/// Checks a `start` or `end` that must be given.
pub(super) fn check(node: &Node, cx: &mut Context<'_>) {
    if node.is_null() {
        cx.error_help(node.span, "a moment is missing", versatile::FORMS);
        return;
    }
    check_optional(node, cx);
}

/// Checks a `start` or `end` that may be null.
pub(super) fn check_optional(node: &Node, cx: &mut Context<'_>) {
    match read(node, cx) {
        Ok(Some(Reading {
            warning: Some((message, help)),
            ..
        })) => cx.warn(node.span, message, help),
        Ok(_) => {}
        Err(error) => cx.error_help(node.span, error.message, error.help),
    }
}

/// A checked option; `None` when it is absent or null. A parameter without value counts as `now`.
pub(super) fn option(section: &Section, name: &str, cx: &mut Context<'_>) -> Option<Versatile> {
    let node = section.node(name)?;
    if node.unknown {
        return Some(Versatile::Now);
    }
    read_moment(node, cx).ok().flatten()
}

/// Reads a moment as `start` and `end` do: text in any of the forms, a date of the document, Unix time;
/// `None` for null. A number that YAML made of an unquoted time of day (`14:30`) counts as that time,
/// and one of four digits that looks like a year as that year.
///
/// # Errors
/// When the value names no moment.
pub fn read_moment(node: &Node, cx: &Context<'_>) -> Result<Option<Versatile>, VersatileError> {
    Ok(read(node, cx)?.map(|reading| reading.value))
}

struct Reading {
    value: Versatile,
    /// What was probably not meant as written, and the fix.
    warning: Option<(String, String)>,
}

fn read(node: &Node, cx: &Context<'_>) -> Result<Option<Reading>, VersatileError> {
    let Tree::Scalar(scalar) = &node.tree else {
        return Err(wrong(node));
    };
    let value = match scalar {
        Scalar::Null => return Ok(None),
        Scalar::Int(value) => return number(*value as f64, node, cx).map(Some),
        Scalar::Float(value) => return number(*value, node, cx).map(Some),
        Scalar::Str(text) => match text.parse::<i64>() {
            Ok(value) => return Ok(Some(whole(value)?)),
            Err(_) => Versatile::parse(text)?,
        },
        Scalar::Date(date) => Versatile::date(*date),
        Scalar::DateTime(at) => Versatile::datetime(*at),
        Scalar::DateTimeOffset(at) => Versatile::instant(*at),
        Scalar::Bool(_) | Scalar::BigInt(_) | Scalar::Bytes(_) => return Err(wrong(node)),
    };
    Ok(Some(Reading {
        value,
        warning: None,
    }))
}

fn wrong(node: &Node) -> VersatileError {
    VersatileError {
        message: format!("expected a moment, not {}", node.describe()),
        help: versatile::FORMS,
    }
}

/// A number of the document: perhaps a time of day that lacks its quotes.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float without fraction, far below 2^53 where it matters"
)]
fn number(value: f64, node: &Node, cx: &Context<'_>) -> Result<Reading, VersatileError> {
    if let Some(text) = source_text(node.span, cx)
        && text.contains(':')
        && let Some(tod_us) = clock(&text)
    {
        return Ok(Reading {
            value: Versatile::TimeOfDay(tod_us),
            warning: Some((
                format!(
                    "`{text}` without quotes is the number {value} in YAML; it is taken as a time of day"
                ),
                format!("put it in quotes: \"{}\"", padded(&text)),
            )),
        });
    }
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return whole(value as i64);
    }
    Ok(Reading {
        value: Versatile::unix(value)?,
        warning: None,
    })
}

/// A whole number: a year, or Unix time.
fn whole(value: i64) -> Result<Reading, VersatileError> {
    if YEARS.contains(&value) {
        return Ok(Reading {
            value: Versatile::Wall(days_from_civil(value, 1, 1) * DAY_US),
            warning: Some((
                format!("`{value}` is taken as the year {value}, not as Unix time"),
                format!("write the whole date: \"{value}-01-01\""),
            )),
        });
    }
    let moment = Versatile::unix(value as f64)?;
    let near_1970 = value.unsigned_abs() < 100_000_000;
    let warning = near_1970.then(|| {
        let at = Zone::UTC.at_instant(value * SECOND_US);
        (
            format!("`{value}` is Unix time: {at}"),
            "a time of day is written in quotes with minutes (\"14:00\"), a date as \"2025-01-31\""
                .to_owned(),
        )
    });
    Ok(Reading {
        value: moment,
        warning,
    })
}

/// `H:MM[:SS[.f]]` as YAML's base-60 numbers allow it.
fn clock(text: &str) -> Option<i64> {
    crate::time::iso::strict_time(&padded(text)).ok()
}

fn padded(text: &str) -> String {
    if text.find(':') == Some(1) {
        format!("0{text}")
    } else {
        text.to_owned()
    }
}

/// What stands at a span of the document, when it lies on one line.
fn source_text(span: Span, cx: &Context<'_>) -> Option<String> {
    let bytes = cx.files.read(cx.path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    if span.start.line != span.end.line {
        return None;
    }
    let line = text.lines().nth(span.start.line.checked_sub(1)? as usize)?;
    let from = span.start.column.checked_sub(1)? as usize;
    let len = span.end.column.checked_sub(span.start.column)? as usize;
    Some(line.chars().skip(from).take(len).collect())
}

/// Reports a pair that cannot be a range whatever the zone and time. False when it did.
pub(super) fn check_range(
    section: &Section,
    start: Option<&Versatile>,
    end: Option<&Versatile>,
    cx: &mut Context<'_>,
) -> bool {
    let (name, message) = if start == Some(&Versatile::Never) {
        ("start", "`start` cannot be `never`")
    } else if always_reversed(start, end) {
        ("end", "`end` is earlier than `start`")
    } else {
        return true;
    };
    let span = section.node(name).map_or(section.span, |node| node.span);
    cx.within(&format!(".{name}"), |cx| cx.error(span, message));
    false
}

/// A range that could not be resolved, for the person at the terminal.
pub(super) fn range_error(error: RangeError, env: &InputEnv<'_>) -> InputError {
    let help = match error {
        RangeError::Reversed { .. } => format!(
            "now is {} in zone {}; `end` distances count from `start`",
            env.now,
            env.zone.name()
        ),
        RangeError::StartNever => "give the moment of the first timestamp".to_owned(),
        RangeError::Start | RangeError::End => {
            "the calendar ends with year 9999; `never` stands for its end".to_owned()
        }
    };
    InputError::new(error.to_string(), help)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::input::testing::{decode, env, fill, problems};

    fn first(start: &str) -> String {
        let config = decode(&format!("timer: {{seconds: 1, count: 1, start: {start}}}")).unwrap();
        fill(config.as_ref(), &env(None), 1)[0].to_string()
    }

    #[test]
    fn a_time_without_quotes_is_a_time_of_day() {
        assert_eq!(first("14:30"), "2024-01-15T14:30:01+00:00");
        assert_eq!(first("9:30:15"), "2024-01-15T09:30:16+00:00");
        let found = problems("timer: {seconds: 1, count: 1, start: 9:30}");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].contains("`9:30` without quotes is the number 570"),
            "{found:?}"
        );
        assert!(found[0].contains("\"09:30\""), "{found:?}");
    }

    #[test]
    fn a_number_like_a_year_is_that_year_and_other_small_ones_are_pointed_out() {
        assert_eq!(first("2025"), "2025-01-01T00:00:01+00:00");
        assert!(problems("timer: {seconds: 1, count: 1, start: 2025}")[0].contains("2025-01-01"));
        assert_eq!(first("900"), "1970-01-01T00:15:01+00:00");
        assert!(problems("timer: {seconds: 1, count: 1, start: '900'}")[0].contains("Unix time"));
        assert!(problems("timer: {seconds: 1, count: 1, start: 1735689600}").is_empty());
    }

    #[test]
    fn what_is_no_moment_is_told_with_the_forms() {
        for value in ["true", "[1]", "gibberish", "24:00", "2024-02-30"] {
            let found = problems(&format!(
                "timer: {{seconds: 1, count: 1, start: '{value}'}}"
            ));
            assert!(
                found[0].contains("timer.start") || found[0].starts_with("start"),
                "{found:?}"
            );
            assert!(found[0].contains("write a date"), "{found:?}");
        }
    }
}
