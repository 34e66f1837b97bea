//! Days and times around now.

use std::fmt::Write as _;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::super::FakeError;
use super::table::Words;
use super::{Answer, Call, Datum, Provider};

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("date_time", &["tzinfo", "end_datetime"], |call| {
        let end = bound(call, 1, call.now)?;
        date_time(call, epoch(), end)
    }),
    Provider::new(
        "date_time_ad",
        &["tzinfo", "end_datetime", "start_datetime"],
        |call| {
            let (start, end) = (bound(call, 2, day(1, 1, 1))?, bound(call, 1, call.now)?);
            date_time(call, start, end)
        },
    ),
    Provider::new(
        "date_time_between",
        &["start_date", "end_date", "tzinfo"],
        |call| {
            let (start, end) = span(call, years(call, -30), call.now)?;
            date_time(call, start, end)
        },
    ),
    Provider::new(
        "date_time_between_dates",
        &["datetime_start", "datetime_end", "tzinfo"],
        |call| {
            let (start, end) = span(call, call.now, call.now)?;
            date_time(call, start, end)
        },
    ),
    Provider::new("date_time_this_century", AROUND, |call| {
        let start = day(
            call.now.year() - (call.now.year() - 1).rem_euclid(100),
            1,
            1,
        );
        around(call, start, day(start.year() + 100, 1, 1))
    }),
    Provider::new("date_time_this_decade", AROUND, |call| {
        let start = day(call.now.year() - call.now.year().rem_euclid(10), 1, 1);
        around(call, start, day(start.year() + 10, 1, 1))
    }),
    Provider::new("date_time_this_year", AROUND, |call| {
        let start = day(call.now.year(), 1, 1);
        around(call, start, day(start.year() + 1, 1, 1))
    }),
    Provider::new("date_time_this_month", AROUND, |call| {
        let (start, end) = month_of(call.now);
        around(call, start, end)
    }),
    Provider::new("past_datetime", &["start_date", "tzinfo"], |call| {
        let start = bound(call, 0, days(call.now, -30))?;
        let end = call.now - Duration::seconds(1);
        date_time(call, start, end)
    }),
    Provider::new("future_datetime", &["end_date", "tzinfo"], |call| {
        let end = bound(call, 0, days(call.now, 30))?;
        let start = call.now + Duration::seconds(1);
        date_time(call, start, end)
    }),
    Provider::new("date", &["pattern", "end_datetime"], |call| {
        formatted(call, "%Y-%m-%d")
    }),
    Provider::new("time", &["pattern", "end_datetime"], |call| {
        formatted(call, "%H:%M:%S")
    }),
    Provider::new("date_object", &["end_datetime"], |call| {
        let end = bound(call, 0, call.now)?;
        Ok(Datum::Date(instant(call, epoch(), end).date()))
    }),
    Provider::new("time_object", &["end_datetime"], |call| {
        let end = bound(call, 0, call.now)?;
        Ok(Datum::Time(instant(call, epoch(), end).time()))
    }),
    Provider::new("time_delta", &["end_datetime"], |call| {
        let end = bound(call, 0, call.now)?;
        let span = (end - call.now).num_seconds();
        let seconds = call.between(span.min(0), span.max(0));
        Ok(Datum::Delta(seconds.saturating_mul(1_000_000)))
    }),
    Provider::new(
        "time_series",
        &["start_date", "end_date", "precision", "distrib", "tzinfo"],
        time_series,
    ),
    Provider::new("date_between", &["start_date", "end_date"], |call| {
        let (start, end) = span(call, years(call, -30), call.now)?;
        date(call, start, end)
    }),
    Provider::new("date_between_dates", &["date_start", "date_end"], |call| {
        let (start, end) = span(call, call.now, call.now)?;
        date(call, start, end)
    }),
    Provider::new("date_this_century", DAYS_AROUND, |call| {
        let start = day(
            call.now.year() - (call.now.year() - 1).rem_euclid(100),
            1,
            1,
        );
        days_around(call, start, day(start.year() + 100, 1, 1))
    }),
    Provider::new("date_this_decade", DAYS_AROUND, |call| {
        let start = day(call.now.year() - call.now.year().rem_euclid(10), 1, 1);
        days_around(call, start, day(start.year() + 10, 1, 1))
    }),
    Provider::new("date_this_year", DAYS_AROUND, |call| {
        let start = day(call.now.year(), 1, 1);
        days_around(call, start, day(start.year() + 1, 1, 1))
    }),
    Provider::new("date_this_month", DAYS_AROUND, |call| {
        let (start, end) = month_of(call.now);
        days_around(call, start, end)
    }),
    Provider::new("past_date", &["start_date", "tzinfo"], |call| {
        let start = bound(call, 0, days(call.now, -30))?;
        date(call, start, days(call.now, -1))
    }),
    Provider::new("future_date", &["end_date", "tzinfo"], |call| {
        let end = bound(call, 0, days(call.now, 30))?;
        date(call, days(call.now, 1), end)
    }),
    Provider::new(
        "date_of_birth",
        &["tzinfo", "minimum_age", "maximum_age"],
        |call| {
            let (young, old) = (call.int(1, 0)?, call.int(2, 115)?);
            Ok(Datum::Date(birth(call, young, old)?))
        },
    ),
    Provider::new("passport_dob", &[], |call| {
        Ok(Datum::Date(birth(call, 0, 115)?))
    }),
    Provider::new(
        "iso8601",
        &["tzinfo", "end_datetime", "sep", "timespec"],
        iso8601,
    ),
    Provider::new("unix_time", &["end_datetime", "start_datetime"], |call| {
        let (start, end) = (bound(call, 1, epoch())?, bound(call, 0, call.now)?);
        let at = instant(call, start, end).and_utc().timestamp_micros();
        Ok(Datum::Float(at as f64 / 1e6))
    }),
    Provider::new("year", &[], |call| {
        Ok(call
            .between(1970, i64::from(call.now.year()))
            .to_string()
            .into())
    }),
    Provider::new("month", &[], |call| {
        Ok(format!("{:02}", call.between(1, 12)).into())
    }),
    Provider::new("month_name", &[], |call| call.one(call.locale.data.months)),
    Provider::new("day_of_month", &[], |call| {
        let at = instant(call, epoch(), call.now);
        Ok(format!("{:02}", at.day()).into())
    }),
    Provider::new("day_of_week", &[], |call| {
        call.one(call.locale.data.weekdays)
    }),
    Provider::new("am_pm", &[], |call| call.one(&["AM", "PM"])),
    Provider::new("century", &[], |call| call.one(CENTURIES)),
    Provider::new("timezone", &[], |call| Ok(timezone(call, |_| true).into())),
];

const AROUND: &[&str] = &["before_now", "after_now", "tzinfo"];
const DAYS_AROUND: &[&str] = &["before_today", "after_today"];
const CENTURIES: Words = &[
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
    "XVI", "XVII", "XVIII", "XIX", "XX", "XXI",
];

/// A time zone of a region whose name passes the test.
pub(in crate::fake) fn timezone(call: &mut Call<'_>, fits: impl Fn(&str) -> bool) -> &'static str {
    let usual =
        |name: &str| name.contains('/') && !name.starts_with("Etc") && !name.starts_with("US/");
    let zones = || {
        chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| zone.name())
            .filter(|name| usual(name) && fits(name))
    };
    let at = super::super::rand::index(call.random, zones().count()).unwrap_or(0);
    zones().nth(at).unwrap_or("UTC")
}

fn epoch() -> NaiveDateTime {
    NaiveDateTime::default()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day)
        .unwrap_or_default()
        .and_time(NaiveTime::MIN)
}

fn days(now: NaiveDateTime, offset: i64) -> NaiveDateTime {
    now.checked_add_signed(Duration::days(offset))
        .unwrap_or(now)
}

fn years(call: &Call<'_>, offset: i64) -> NaiveDateTime {
    days(call.now, offset * 36_525 / 100)
}

/// The first moments of this month and of the next.
fn month_of(now: NaiveDateTime) -> (NaiveDateTime, NaiveDateTime) {
    let start = day(now.year(), now.month(), 1);
    let end = start.checked_add_months(chrono::Months::new(1));
    (start, end.unwrap_or(start))
}

/// Uniform between the two, to the microsecond; the start when they are the wrong way round.
fn instant(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> NaiveDateTime {
    let seconds = (end - start).num_seconds().max(0);
    let whole = Duration::seconds(call.between(0, seconds));
    let at = start.checked_add_signed(whole).unwrap_or(start);
    if seconds == 0 {
        return at;
    }
    let micros = Duration::microseconds(call.between(0, 999_999));
    let exact = at.checked_add_signed(micros).unwrap_or(at);
    if exact > end { at } else { exact }
}

fn date_time(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> Answer {
    ordered(start, end)?;
    Ok(Datum::DateTime(instant(call, start, end)))
}

fn ordered(start: NaiveDateTime, end: NaiveDateTime) -> Result<(), FakeError> {
    if start > end {
        return Err(FakeError::new(format!(
            "the start, {start}, is after the end, {end}"
        )));
    }
    Ok(())
}

/// A day between two, both included.
pub(in crate::fake) fn day_between(
    call: &mut Call<'_>,
    start: NaiveDate,
    end: NaiveDate,
) -> NaiveDate {
    let span = (end - start).num_days().max(0);
    let offset = Duration::days(call.between(0, span));
    start.checked_add_signed(offset).unwrap_or(start)
}

fn date(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> Answer {
    ordered(start.date().into(), end.date().into())?;
    Ok(Datum::Date(day_between(call, start.date(), end.date())))
}

/// The bounds of "this year" and the like, as the flags before and after now ask.
fn sides(
    call: &Call<'_>,
    start: NaiveDateTime,
    end: NaiveDateTime,
) -> (NaiveDateTime, NaiveDateTime) {
    match (call.flag(0, true), call.flag(1, false)) {
        (true, true) => (start, end - Duration::seconds(1)),
        (false, true) => (call.now, end - Duration::seconds(1)),
        (true, false) => (start, call.now),
        (false, false) => (call.now, call.now),
    }
}

fn around(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> Answer {
    let (start, end) = sides(call, start, end);
    date_time(call, start, end)
}

fn days_around(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> Answer {
    let (start, end) = sides(call, start, end);
    date(call, start, end)
}

/// A day of birth of someone of that age.
pub(in crate::fake) fn birth(
    call: &mut Call<'_>,
    young: i64,
    old: i64,
) -> Result<NaiveDate, FakeError> {
    if young < 0 || old > 2000 || young > old {
        return Err(FakeError::new(format!(
            "ages from {young} to {old}: they must be from 0, the lower first"
        )));
    }
    let back = |years: i64| {
        let months = chrono::Months::new((years * 12) as u32);
        call.now
            .date()
            .checked_sub_months(months)
            .unwrap_or_default()
    };
    let (first, last) = (back(old + 1) + Duration::days(1), back(young));
    Ok(day_between(call, first, last))
}

/// Formats with a pattern of Python's; one chrono cannot take is an error, not a panic.
pub(in crate::fake) fn strftime(at: NaiveDateTime, pattern: &str) -> Result<String, FakeError> {
    let mut out = String::new();
    // Fractions are 6 digits in Python and 9 here.
    let python = pattern.replace("%f", "%6f");
    write!(out, "{}", at.format(&python))
        .map_err(|_| FakeError::new(format!("`{pattern}` is no date pattern")))?;
    Ok(out)
}

fn formatted(call: &mut Call<'_>, default: &str) -> Answer {
    let end = bound(call, 1, call.now)?;
    let at = instant(call, epoch(), end);
    Ok(strftime(at, call.text(0)?.unwrap_or(default))?.into())
}

fn iso8601(call: &mut Call<'_>) -> Answer {
    let end = bound(call, 1, call.now)?;
    let separator = call.text(2)?.unwrap_or("T").to_owned();
    let fraction = match call.text(3)?.unwrap_or("auto") {
        "hours" => "%H",
        "minutes" => "%H:%M",
        "seconds" => "%H:%M:%S",
        "milliseconds" => "%H:%M:%S%.3f",
        "microseconds" => "%H:%M:%S%.6f",
        "auto" => "",
        other => {
            return Err(FakeError::new(format!("`{other}` is no timespec"))
                .help("known are auto, hours, minutes, seconds, milliseconds and microseconds"));
        }
    };
    let at = instant(call, epoch(), end);
    let fraction = match (fraction, at.nanosecond()) {
        ("", 0) => "%H:%M:%S",
        ("", _) => "%H:%M:%S%.6f",
        (given, _) => given,
    };
    Ok(format!(
        "{}{separator}{}",
        at.format("%Y-%m-%d"),
        at.format(fraction)
    )
    .into())
}

fn time_series(call: &mut Call<'_>) -> Answer {
    if call.given(3).is_some() {
        return Err(FakeError::new("`distrib` cannot be a function here").help("leave it out"));
    }
    let (start, end) = span(call, days(call.now, -30), call.now)?;
    let seconds = (end - start).num_seconds().max(0);
    let step = match call.float(2)? {
        Some(step) if step >= 1.0 => step.min(1e12) as i64,
        Some(_) => return Err(FakeError::new("`precision` must be at least 1 second")),
        None => (seconds / 30).max(1),
    };
    if seconds / step > 1_000_000 {
        return Err(FakeError::new(
            "the series would have more than 1000000 entries",
        ));
    }
    let mut out = Vec::new();
    let mut at = 0;
    while at < seconds {
        let moment = start + Duration::seconds(at);
        let value = call.random.unit();
        out.push(Datum::Tuple(vec![
            Datum::DateTime(moment),
            Datum::Float(value),
        ]));
        at += step;
    }
    Ok(Datum::List(out))
}

/// The bounds given as first and second argument.
fn span(
    call: &Call<'_>,
    start: NaiveDateTime,
    end: NaiveDateTime,
) -> Result<(NaiveDateTime, NaiveDateTime), FakeError> {
    Ok((bound(call, 0, start)?, bound(call, 1, end)?))
}

/// A bound: a day, a moment, seconds since 1970, a duration from now, `now`, `today`, or an offset
/// such as `-30d` or `+1y6M`.
pub(in crate::fake) fn bound(
    call: &Call<'_>,
    index: usize,
    default: NaiveDateTime,
) -> Result<NaiveDateTime, FakeError> {
    let seconds = |seconds: i64| {
        chrono::DateTime::from_timestamp(seconds, 0)
            .map(|at| at.naive_utc())
            .ok_or_else(|| FakeError::new(format!("{seconds} seconds are beyond the calendar")))
    };
    match call.given(index) {
        None => Ok(default),
        Some(Datum::Date(date)) => Ok(date.and_time(NaiveTime::MIN)),
        Some(Datum::DateTime(at)) => Ok(*at),
        Some(Datum::Int(at)) => seconds(*at),
        Some(Datum::Float(at)) => seconds(*at as i64),
        Some(Datum::Delta(micros)) => {
            let at = call.now.checked_add_signed(Duration::microseconds(*micros));
            at.ok_or_else(|| FakeError::new("the duration leads beyond the calendar"))
        }
        Some(Datum::Text(text)) => offset(call.now, text).ok_or_else(|| {
            FakeError::new(format!("`{text}` is no date bound"))
                .help("write `now`, `today` or an offset such as `-30d`, `+2w` or `+1y6M`")
        }),
        Some(_) => Err(call.unfit(
            index,
            "a date, a datetime, seconds or an offset such as '-30d'",
        )),
    }
}

/// `now`, `today`, or signed numbers with units: y M w d h m s.
fn offset(now: NaiveDateTime, text: &str) -> Option<NaiveDateTime> {
    if text == "now" || text == "today" {
        return Some(now);
    }
    let (mut sign, mut seconds) = (1, 0_i64);
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('-') {
            (sign, rest) = (-1, after);
        } else if let Some(after) = rest.strip_prefix('+') {
            (sign, rest) = (1, after);
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = rest.get(digits..)?.chars().next()?;
        let length = match unit {
            'y' => 365 * 86_400,
            'M' => 30 * 86_400,
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(length)?.checked_mul(sign)?)?;
        rest = rest.get(digits + unit.len_utf8()..)?;
    }
    now.checked_add_signed(Duration::try_seconds(seconds)?)
}
