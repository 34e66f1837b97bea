//! Moments as settings name them: dates, times of day, `now`, `+1h`, English phrases.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use super::civil::{DAY_US, MAX_WALL_US, MIN_WALL_US, in_range};
use super::human::{self, Phrase};
use super::iso::{self, IsoError};
use super::{Moment, SECOND_US, Zone, relative};

/// A moment as a setting names it; becomes a [`Moment`] with a zone, a "now" and a base.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Versatile {
    /// An instant, microseconds since the Unix epoch (a date with an offset, or Unix time).
    Instant(i64),
    /// A wall-clock time without offset, local to the generator's zone.
    Wall(i64),
    /// A time of day on the base's date, microseconds since midnight.
    TimeOfDay(i64),
    /// The moment the run started, whatever the base is.
    Now,
    /// The end of the calendar.
    Never,
    /// A distance from the base on the wall clock, in microseconds.
    Relative(i64),
    /// An English phrase.
    Phrase(Phrase),
}

/// Which of the forms a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A date, a date with time, or Unix time.
    Datetime,
    /// A time of day.
    Time,
    /// `now` or `never`.
    Keyword,
    /// `+1h` and the like.
    Relative,
    /// An English phrase.
    Human,
}

/// Why a text names no moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct VersatileError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: &'static str,
}

/// A moment lies outside years 1 to 9999, or its date does not exist in the year it falls into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the moment lies outside years 0001 to 9999, or its date does not exist in that year")]
pub struct OutOfCalendar;

/// Why a pair of moments is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The start is `never`.
    #[error("`start` cannot be `never`")]
    StartNever,
    /// `start`, as resolved, has no place in the calendar.
    #[error("`start` lies outside years 0001 to 9999, or its date does not exist in that year")]
    Start,
    /// The same for `end`.
    #[error("`end` lies outside years 0001 to 9999, or its date does not exist in that year")]
    End,
    /// It ends before it starts; the two as resolved.
    #[error("`end` ({end}) is earlier than `start` ({start})")]
    Reversed {
        /// The start.
        start: Moment,
        /// The end.
        end: Moment,
    },
}

/// What a missing bound means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The moment the run started.
    Now,
    /// The start of the calendar.
    Min,
    /// The end of the calendar.
    Max,
}

/// The forms to choose from, for messages.
pub const FORMS: &str = "write a date (2025-01-31, 2025-01-31T14:30:00Z), a time of day (14:30), `now`, \
                         a distance (+1d12h, -30m), or an English phrase (tomorrow 9am, in 2 weeks)";

/// Unix times above this are milliseconds.
const MILLISECONDS_ABOVE: f64 = 2e10;

/// `never`, on the wall clock of any zone.
const NEVER_WALL_US: i64 = MAX_WALL_US - 1;

impl Versatile {
    /// Reads the text of a setting.
    ///
    /// # Errors
    /// When it has none of the forms, or one of them with an impossible number.
    pub fn parse(text: &str) -> Result<Self, VersatileError> {
        let date = parse_datetime(text);
        if let Ok(datetime) = date {
            return Ok(datetime);
        }
        let time = iso::strict_time(text);
        if let Ok(tod_us) = time {
            return Ok(Self::TimeOfDay(tod_us));
        }
        match text {
            "now" => return Ok(Self::Now),
            "never" => return Ok(Self::Never),
            _ => {}
        }
        if let Some(us) = relative::parse(text) {
            return Ok(Self::Relative(us));
        }
        if let Some(phrase) = human::parse(text) {
            return Ok(Self::Phrase(phrase));
        }
        let reason = match (date, time) {
            (Err(IsoError::Value(reason)), _) | (_, Err(IsoError::Value(reason))) => {
                format!("`{text}` is not a moment: {reason}")
            }
            _ => format!("`{text}` is not a moment that can be understood"),
        };
        Err(VersatileError {
            message: reason,
            help: FORMS,
        })
    }

    /// Unix time in seconds, or in milliseconds when its size is above 2*10^10.
    ///
    /// # Errors
    /// When it lies outside years 1 to 9999.
    pub fn unix(value: f64) -> Result<Self, VersatileError> {
        unix(value).ok_or_else(|| VersatileError {
            message: format!("Unix time {value} lies outside years 0001 to 9999"),
            help: FORMS,
        })
    }

    /// A date that the document's own typing recognised.
    pub fn date(date: NaiveDate) -> Self {
        Self::Wall(i64::from(date.to_epoch_days()) * DAY_US)
    }

    /// The same for a datetime without offset.
    pub fn datetime(at: NaiveDateTime) -> Self {
        Self::Wall(at.and_utc().timestamp_micros())
    }

    /// The same for a datetime with offset.
    pub fn instant(at: DateTime<FixedOffset>) -> Self {
        Self::Instant(at.timestamp_micros())
    }

    /// Which form it has.
    pub fn form(&self) -> Form {
        match self {
            Self::Instant(_) | Self::Wall(_) => Form::Datetime,
            Self::TimeOfDay(_) => Form::Time,
            Self::Now | Self::Never => Form::Keyword,
            Self::Relative(_) => Form::Relative,
            Self::Phrase(_) => Form::Human,
        }
    }

    /// The moment it means. `base` is what distances, times of day and phrases count from; `now` is
    /// when the run started.
    ///
    /// # Errors
    /// When that lies outside the calendar.
    pub fn resolve(&self, zone: Zone, now: Moment, base: Moment) -> Result<Moment, OutOfCalendar> {
        let base = zone.at_instant_of(base);
        let moment = match self {
            Self::Instant(us) => zone.at_instant(*us),
            Self::Wall(us) => zone.at_wall(*us),
            Self::TimeOfDay(us) => zone.at_wall(base.wall_us.div_euclid(DAY_US) * DAY_US + us),
            Self::Now => zone.at_instant_of(now),
            Self::Never => zone.at_wall(NEVER_WALL_US),
            Self::Relative(us) => {
                let wall_us = base.wall_us.checked_add(*us).and_then(in_range);
                zone.at_wall(wall_us.ok_or(OutOfCalendar)?)
            }
            Self::Phrase(phrase) => phrase.resolve(base, zone).ok_or(OutOfCalendar)?,
        };
        in_range(moment.wall_us)
            .map(|_| moment)
            .ok_or(OutOfCalendar)
    }
}

impl Missing {
    /// The moment a missing bound means.
    pub fn resolve(self, zone: Zone, now: Moment) -> Moment {
        match self {
            Self::Now => zone.at_instant_of(now),
            Self::Min => zone.at_wall(MIN_WALL_US),
            Self::Max => zone.at_wall(NEVER_WALL_US),
        }
    }
}

impl Zone {
    /// The same instant as this zone shows it; kept as it is when the offset agrees already.
    fn at_instant_of(self, moment: Moment) -> Moment {
        self.at_instant(moment.instant_us())
    }
}

/// Resolves a pair, the end seen from the start.
///
/// # Errors
/// When one lies outside the calendar, or the end before the start.
pub fn resolve_range(
    start: Option<&Versatile>,
    end: Option<&Versatile>,
    missing: (Missing, Missing),
    zone: Zone,
    now: Moment,
) -> Result<(Moment, Moment), RangeError> {
    if start == Some(&Versatile::Never) {
        return Err(RangeError::StartNever);
    }
    let start = match start {
        Some(start) => start
            .resolve(zone, now, now)
            .map_err(|_| RangeError::Start)?,
        None => missing.0.resolve(zone, now),
    };
    let end = match end {
        Some(end) => end.resolve(zone, now, start).map_err(|_| RangeError::End)?,
        None => missing.1.resolve(zone, now),
    };
    if start.instant_us() > end.instant_us() {
        return Err(RangeError::Reversed { start, end });
    }
    Ok((start, end))
}

/// True when a pair is reversed in every zone and at any time, so that it can be refused on loading.
pub fn always_reversed(start: Option<&Versatile>, end: Option<&Versatile>) -> bool {
    match (start, end) {
        (_, Some(Versatile::Relative(us))) => *us < 0,
        (Some(Versatile::Instant(start)), Some(Versatile::Instant(end)))
        | (Some(Versatile::Wall(start)), Some(Versatile::Wall(end)))
        | (Some(Versatile::TimeOfDay(start)), Some(Versatile::TimeOfDay(end))) => start > end,
        // No two zones are further apart than 26 hours.
        (Some(Versatile::Wall(start)), Some(Versatile::Instant(end)))
        | (Some(Versatile::Instant(start)), Some(Versatile::Wall(end))) => start - end > 2 * DAY_US,
        _ => false,
    }
}

/// Reads the first form alone: a date, a date with time, or Unix time as text.
///
/// # Errors
/// When it is neither.
pub fn parse_datetime(text: &str) -> Result<Versatile, IsoError> {
    if let Some(number) = plain_number(text) {
        return unix(number).ok_or(IsoError::Value(
            "the Unix time is outside years 0001 to 9999",
        ));
    }
    let stamp = iso::strict(text)?;
    Ok(match stamp.offset_us {
        Some(offset) => Versatile::Instant(stamp.wall_us - offset),
        None => Versatile::Wall(stamp.wall_us),
    })
}

/// `[+-]digits[.digits]`.
fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction))
        .then(|| text.parse().ok())
        .flatten()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked against the calendar's limits, which doubles hold exactly enough"
)]
fn unix(value: f64) -> Option<Versatile> {
    let unit = if value.abs() > MILLISECONDS_ABOVE {
        1_000.0
    } else {
        SECOND_US as f64
    };
    // Whole and fraction apart: the product of a large double would lose microseconds.
    let micros = (value.fract() * unit).round();
    let whole = value.trunc();
    if !whole.is_finite() || whole.abs() > 1e15 {
        return None;
    }
    let us = (whole as i64)
        .checked_mul(unit as i64)?
        .checked_add(micros as i64)?;
    in_range(us).map(Versatile::Instant)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn resolve(text: &str, zone: &str) -> String {
        let zone = Zone::parse(zone).unwrap();
        let now = zone.at_instant(1_715_768_430_123_456);
        match Versatile::parse(text) {
            Ok(value) => value
                .resolve(zone, now, now)
                .map_or_else(|error| error.to_string(), |at| at.to_string()),
            Err(error) => error.message,
        }
    }

    #[test]
    fn dates_without_offset_are_local_to_the_generator() {
        assert_eq!(
            resolve("2024-01-01", "America/New_York"),
            "2024-01-01T00:00:00-05:00"
        );
        assert_eq!(
            resolve("2024-01-01T00:00:00Z", "America/New_York"),
            "2023-12-31T19:00:00-05:00"
        );
    }

    #[test]
    fn impossible_numbers_are_named() {
        assert_eq!(
            resolve("2024-02-30", "UTC"),
            "`2024-02-30` is not a moment: the month does not have that day"
        );
        assert_eq!(
            resolve("24:00", "UTC"),
            "`24:00` is not a moment: the hour must be 00 to 23"
        );
    }

    #[test]
    fn phrases_in_a_zone_with_changing_offset() {
        assert_eq!(
            resolve("9:30", "Europe/Berlin"),
            "2024-05-15T09:30:00+02:00"
        );
        assert_eq!(
            resolve("2 hours ago UTC", "Europe/Berlin"),
            "2024-05-15T10:20:30.123456+02:00"
        );
        assert_eq!(
            resolve("29 February", "Europe/Berlin"),
            "2024-02-29T00:00:00+01:00"
        );
    }

    #[test]
    fn offsets_stand_behind_dates_and_clock_times_alike() {
        for (text, moment) in [
            ("1 June 2024 +0300", "2024-05-31T21:00:00+00:00"),
            ("midnight +05:30", "2024-05-14T18:30:00+00:00"),
            ("10:00 +5", "2024-05-15T05:00:00+00:00"),
            ("June 1 2024 10:00 UTC+3", "2024-06-01T07:00:00+00:00"),
            ("June 1 2024 10:00 GMT-03:30", "2024-06-01T13:30:00+00:00"),
            ("2 days -3 hours", "2024-05-13T07:20:30.123456+00:00"),
        ] {
            assert_eq!(resolve(text, "UTC"), moment, "{text}");
        }
        assert_eq!(
            resolve("00:30 Z", "America/New_York"),
            "2024-05-14T20:30:00-04:00",
            "the date is that of the generator's zone"
        );
        assert_eq!(
            resolve("23:30 PST", "Asia/Tokyo"),
            "2024-05-16T16:30:00+09:00"
        );
    }

    #[test]
    fn phrases_as_people_write_them() {
        for (text, moment) in [
            ("this wednesday", "2024-05-15T00:00:00+00:00"),
            ("this tuesday at 9 a.m.", "2024-05-21T09:00:00+00:00"),
            ("in one week", "2024-05-22T10:20:30.123456+00:00"),
            (
                "two days, 1.5 hours ago",
                "2024-05-13T08:50:30.123456+00:00",
            ),
            ("5.2020 10:00", "2020-05-15T10:00:00+00:00"),
            ("3.1982, midnight", "1982-03-15T00:00:00+00:00"),
            ("1 June '25", "2025-06-01T00:00:00+00:00"),
            ("0:30 am tomorrow", "2024-05-16T00:30:00+00:00"),
            ("+1 day 2 hours", "2024-05-16T08:20:30.123456+00:00"),
        ] {
            assert_eq!(resolve(text, "UTC"), moment, "{text}");
        }
    }

    #[test]
    fn milliseconds_start_above_the_year_2603() {
        assert_eq!(resolve("20000000000", "UTC"), "2603-10-11T11:33:20+00:00");
        assert_eq!(
            resolve("20000000001", "UTC"),
            "1970-08-20T11:33:20.001000+00:00"
        );
    }

    const WORDS: &[&str] = &[
        "in", "ago", "99999999", "9999", "1.5", "years", "weeks", "days", "h", "+", "-", "next",
        "last", "monday", "february", "31", "29", "10:30", "pm", "tomorrow", "day", "after",
        "noon", "utc", ",", "/", "a", "century", "from now", "+0300", "2024", "24:00", "5th",
        "the",
    ];

    proptest! {
        #[test]
        fn no_phrase_panics(words in prop::collection::vec(prop::sample::select(WORDS), 1..9), glue in " ?") {
            let text = words.join(&glue);
            for zone in ["UTC", "America/New_York"] {
                let zone = Zone::parse(zone).unwrap();
                for base in [MIN_WALL_US, 0, MAX_WALL_US] {
                    let base = zone.at_wall(base);
                    if let Ok(value) = Versatile::parse(&text)
                        && let Ok(moment) = value.resolve(zone, base, base)
                    {
                        prop_assert!((MIN_WALL_US..=MAX_WALL_US).contains(&moment.wall_us));
                    }
                }
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = Versatile::parse(&text);
            let _ = iso::wide(&text);
        }
    }
}
