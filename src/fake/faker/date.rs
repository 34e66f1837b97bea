//! Days and times around the event's own.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};

use super::super::FakeError;
use super::{Answer, Call, Datum, Provider, provider_of};
use crate::time::{MONTHS, WEEKDAYS};

pub(super) static PROVIDERS: &[Provider] = &[
    provider_of("date_time", &["tzinfo", "end_datetime"], |call| {
        date_time(call, epoch(), call.now)
    }),
    provider_of(
        "date_time_between",
        &["start_date", "end_date", "tzinfo"],
        |call| {
            let (start, end) = span(call, days(call.now, -30 * 365), call.now)?;
            date_time(call, start, end)
        },
    ),
    provider_of(
        "date_time_this_year",
        &["before_now", "after_now", "tzinfo"],
        |call| {
            let start = day(call.now.year(), 1, 1);
            date_time(call, start, call.now)
        },
    ),
    provider_of(
        "date_time_this_month",
        &["before_now", "after_now", "tzinfo"],
        |call| {
            let start = day(call.now.year(), call.now.month(), 1);
            date_time(call, start, call.now)
        },
    ),
    provider_of(
        "date_time_this_decade",
        &["before_now", "after_now", "tzinfo"],
        |call| {
            let start = day(call.now.year() - call.now.year().rem_euclid(10), 1, 1);
            date_time(call, start, call.now)
        },
    ),
    provider_of("past_datetime", &["start_date", "tzinfo"], |call| {
        let (start, _) = span(call, days(call.now, -30), call.now)?;
        date_time(call, start, call.now - Duration::seconds(1))
    }),
    provider_of("future_datetime", &["end_date", "tzinfo"], |call| {
        date_time(call, call.now + Duration::seconds(1), days(call.now, 30))
    }),
    provider_of("date", &["pattern", "end_datetime"], |call| {
        let at = instant(call, epoch(), call.now);
        format_with(call, at, "%Y-%m-%d")
    }),
    provider_of("time", &["pattern", "end_datetime"], |call| {
        let at = instant(call, epoch(), call.now);
        format_with(call, at, "%H:%M:%S")
    }),
    provider_of("date_object", &["end_datetime"], |call| {
        date(call, epoch(), call.now)
    }),
    provider_of("date_between", &["start_date", "end_date"], |call| {
        let (start, end) = span(call, days(call.now, -30 * 365), call.now)?;
        date(call, start, end)
    }),
    provider_of("date_this_year", &["before_today", "after_today"], |call| {
        let start = day(call.now.year(), 1, 1);
        date(call, start, call.now)
    }),
    provider_of(
        "date_this_month",
        &["before_today", "after_today"],
        |call| {
            let start = day(call.now.year(), call.now.month(), 1);
            date(call, start, call.now)
        },
    ),
    provider_of("past_date", &["start_date", "tzinfo"], |call| {
        date(call, days(call.now, -30), days(call.now, -1))
    }),
    provider_of("future_date", &["end_date", "tzinfo"], |call| {
        date(call, days(call.now, 1), days(call.now, 30))
    }),
    provider_of(
        "date_of_birth",
        &["tzinfo", "minimum_age", "maximum_age"],
        |call| {
            let (young, old) = (
                call.int(1, 0)?.clamp(0, 200),
                call.int(2, 115)?.clamp(0, 200),
            );
            date(
                call,
                days(call.now, -old * 365),
                days(call.now, -young * 365),
            )
        },
    ),
    provider_of("iso8601", &["tzinfo", "end_datetime"], |call| {
        let at = instant(call, epoch(), call.now);
        Ok(at.format("%Y-%m-%dT%H:%M:%S").to_string().into())
    }),
    provider_of("unix_time", &["end_datetime", "start_datetime"], |call| {
        let at = instant(call, epoch(), call.now);
        Ok(Datum::Float(at.and_utc().timestamp() as f64))
    }),
    provider_of("year", &[], |call| {
        Ok(call
            .between(1970, i64::from(call.now.year()))
            .to_string()
            .into())
    }),
    provider_of("month", &[], |call| {
        Ok(format!("{:02}", call.between(1, 12)).into())
    }),
    provider_of("month_name", &[], |call| Ok(call.word(&MONTHS).into())),
    provider_of("day_of_month", &[], |call| {
        Ok(format!("{:02}", call.between(1, 28)).into())
    }),
    provider_of("day_of_week", &[], |call| Ok(call.word(&WEEKDAYS).into())),
    provider_of("am_pm", &[], |call| Ok(call.word(&["AM", "PM"]).into())),
    provider_of("century", &[], |call| {
        Ok(call
            .word(&["XV", "XVI", "XVII", "XVIII", "XIX", "XX", "XXI"])
            .into())
    }),
    provider_of("timezone", &[], |call| {
        let at = call.between(0, chrono_tz::TZ_VARIANTS.len() as i64 - 1);
        Ok(chrono_tz::TZ_VARIANTS
            .get(at as usize)
            .map_or("UTC", |zone| zone.name())
            .into())
    }),
];

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

fn instant(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> NaiveDateTime {
    let seconds = (end - start).num_seconds();
    start + Duration::seconds(call.between(0, seconds.max(0)))
}

fn date_time(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> Answer {
    Ok(Datum::DateTime(instant(call, start, end)))
}

fn date(call: &mut Call<'_>, start: NaiveDateTime, end: NaiveDateTime) -> Answer {
    Ok(Datum::Date(instant(call, start, end).date()))
}

/// Formats with the caller's pattern; a pattern chrono cannot take is an error, not a panic.
fn format_with(call: &mut Call<'_>, at: NaiveDateTime, default: &str) -> Answer {
    use std::fmt::Write as _;
    let pattern = call.text(0)?.unwrap_or(default);
    let mut out = String::new();
    write!(out, "{}", at.format(pattern))
        .map_err(|_| FakeError::new(format!("`{pattern}` is no date pattern")))?;
    Ok(out.into())
}

/// The bounds given as first and second argument.
fn span(
    call: &Call<'_>,
    start: NaiveDateTime,
    end: NaiveDateTime,
) -> Result<(NaiveDateTime, NaiveDateTime), FakeError> {
    Ok((bound(call, 0, start)?, bound(call, 1, end)?))
}

/// A bound: a day, a moment, `now`, `today`, or an offset such as `-30d` or `+2w`.
fn bound(
    call: &Call<'_>,
    index: usize,
    default: NaiveDateTime,
) -> Result<NaiveDateTime, FakeError> {
    match call.given(index) {
        Some(Datum::Date(date)) => Ok(date.and_time(NaiveTime::MIN)),
        Some(Datum::DateTime(at)) => Ok(*at),
        Some(Datum::Text(text)) => offset(call.now, text).ok_or_else(|| {
            FakeError::new(format!("`{text}` is no date bound"))
                .help("write `now`, `today` or an offset such as `-30d` or `+2w`")
        }),
        _ => Ok(default),
    }
}

fn offset(now: NaiveDateTime, text: &str) -> Option<NaiveDateTime> {
    if text == "now" || text == "today" {
        return Some(now);
    }
    let unit = text.chars().last()?;
    let number: i64 = text.get(..text.len() - unit.len_utf8())?.parse().ok()?;
    let seconds = match unit {
        'y' => 365 * 86_400,
        'M' => 30 * 86_400,
        'w' => 7 * 86_400,
        'd' => 86_400,
        'h' => 3600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    now.checked_add_signed(Duration::try_seconds(number.checked_mul(seconds)?)?)
}
