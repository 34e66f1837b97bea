//! `datetime`

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};

use super::super::FakeError;
use super::super::faker::{Datum, Provider, day_between, strftime, timezone};
use super::{Answer, Call, bounds, member};

pub(super) const DATETIME: &[Provider] = &[
    Provider::new("date", &["start", "end"], |call| {
        let (low, high) = bounds(call, 0, 2000, this_year(call))?;
        day_in_years(call, low, high)
    }),
    Provider::new("datetime", &["start", "end", "timezone"], |call| {
        Ok(Datum::DateTime(moment(call, 0)?))
    }),
    Provider::new("time", &[], |call| Ok(Datum::Time(clock(call)))),
    Provider::new("timestamp", &["fmt", "start", "end"], |call| {
        let format = member(call, 0, "TimestampFormat")?.unwrap_or("1");
        let at = moment(call, 1)?;
        Ok(match format {
            "1" => Datum::Int(at.and_utc().timestamp()),
            "2" => strftime(at, "%Y-%m-%dT%H:%M:%S%.6f")?.into(),
            _ => strftime(at, "%Y-%m-%dT%H:%M:%SZ")?.into(),
        })
    }),
    Provider::new("formatted_date", &["fmt", "start", "end"], |call| {
        let at = moment_since(call, 1, 2000)?;
        formatted(call, at, local(call).0)
    }),
    Provider::new("formatted_datetime", &["fmt", "start", "end"], |call| {
        let at = moment(call, 1)?;
        formatted(call, at, local(call).1)
    }),
    Provider::new("formatted_time", &["fmt"], |call| {
        let at = call.now.date().and_time(clock(call));
        formatted(call, at, "%H:%M:%S")
    }),
    Provider::new("year", &["minimum", "maximum"], |call| {
        let (low, high) = bounds(call, 0, 1990, this_year(call))?;
        Ok(Datum::Int(call.between(low, high)))
    }),
    Provider::new("century", &[], |call| call.other("century")),
    Provider::new("month", &["abbr"], |call| {
        let name = call.word(call.locale.data.months);
        Ok(short(name, call.flag(0, false)))
    }),
    Provider::new("day_of_week", &["abbr"], |call| {
        let name = call.word(call.locale.data.weekdays);
        Ok(short(name, call.flag(0, false)))
    }),
    Provider::new("day_of_month", &[], |call| {
        Ok(Datum::Int(call.between(1, 31)))
    }),
    Provider::new("week_date", &["start", "end"], |call| {
        let (low, high) = bounds(call, 0, 2017, this_year(call))?;
        Ok(format!("{}-W{:02}", call.between(low, high), call.between(1, 52)).into())
    }),
    Provider::new("periodicity", &[], |call| {
        call.one(&[
            "Once",
            "Daily",
            "Weekly",
            "Monthly",
            "Quarterly",
            "Yearly",
            "Never",
        ])
    }),
    Provider::new("timezone", &["region"], |call| {
        let region = member(call, 0, "TimezoneRegion")?.unwrap_or("");
        Ok(timezone(call, |name| name.starts_with(region)).into())
    }),
    Provider::new("gmt_offset", &[], |call| {
        call.one(&[
            "UTC -12:00",
            "UTC -10:00",
            "UTC -08:00",
            "UTC -07:00",
            "UTC -05:00",
            "UTC -03:30",
            "UTC -03:00",
            "UTC -01:00",
            "UTC +00:00",
            "UTC +01:00",
            "UTC +02:00",
            "UTC +03:00",
            "UTC +03:30",
            "UTC +04:30",
            "UTC +05:30",
            "UTC +05:45",
            "UTC +08:00",
            "UTC +09:00",
            "UTC +10:00",
            "UTC +12:00",
        ])
    }),
    Provider::new(
        "duration",
        &["min_duration", "max_duration", "duration_unit"],
        |call| {
            let (low, high) = bounds(call, 0, 1, 10)?;
            let unit = match member(call, 2, "DurationUnit")?.unwrap_or("minutes") {
                "weeks" => 604_800_000_000,
                "days" => 86_400_000_000,
                "hours" => 3_600_000_000,
                "minutes" => 60_000_000,
                "seconds" => 1_000_000,
                "milliseconds" => 1000,
                _ => 1,
            };
            let count = call.between(low, high);
            let micros = count.checked_mul(unit);
            micros
                .map(Datum::Delta)
                .ok_or_else(|| FakeError::new(format!("a duration of {count} units is too long")))
        },
    ),
    Provider::new("past_date", &["days"], |call| {
        let days = ahead(call, 0)?;
        let day = call.now.date() - Duration::days(call.between(1, days));
        Ok(Datum::Date(day))
    }),
    Provider::new("future_date", &["days"], |call| {
        let days = ahead(call, 0)?;
        let day = call.now.date() + Duration::days(call.between(1, days));
        Ok(Datum::Date(day))
    }),
    Provider::new("past_datetime", &["days", "seconds", "timezone"], |call| {
        let seconds = seconds(call)?;
        Ok(Datum::DateTime(call.now - Duration::seconds(seconds)))
    }),
    Provider::new(
        "future_datetime",
        &["days", "seconds", "timezone"],
        |call| {
            let seconds = seconds(call)?;
            Ok(Datum::DateTime(call.now + Duration::seconds(seconds)))
        },
    ),
    Provider::new(
        "bulk_create_datetimes",
        &[
            "date_start",
            "date_end",
            "weeks",
            "days",
            "hours",
            "minutes",
            "seconds",
        ],
        bulk,
    ),
    Provider::new("get_current_locale", &[], super::place::current_locale),
];

fn this_year(call: &Call<'_>) -> i64 {
    i64::from(call.now.year())
}

/// A day in a span of years, both included.
pub(super) fn day_in_years(call: &mut Call<'_>, low: i64, high: i64) -> Answer {
    let day = |year: i64, month, day| {
        let year = i32::try_from(year)
            .ok()
            .filter(|year| (1..=9999).contains(year));
        year.and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
            .ok_or_else(|| FakeError::new("years must be from 1 to 9999"))
    };
    let (first, last) = (day(low, 1, 1)?, day(high, 12, 31)?);
    Ok(Datum::Date(day_between(call, first, last)))
}

fn clock(call: &mut Call<'_>) -> NaiveTime {
    let micros = call.between(0, 86_399_999_999);
    let (seconds, rest) = ((micros / 1_000_000) as u32, (micros % 1_000_000) as u32);
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, rest * 1000).unwrap_or(NaiveTime::MIN)
}

fn moment(call: &mut Call<'_>, index: usize) -> Result<NaiveDateTime, FakeError> {
    let year = this_year(call);
    moment_since(call, index, year)
}

fn moment_since(call: &mut Call<'_>, index: usize, first: i64) -> Result<NaiveDateTime, FakeError> {
    let (low, high) = bounds(call, index, first, this_year(call))?;
    match day_in_years(call, low, high)? {
        Datum::Date(day) => Ok(day.and_time(clock(call))),
        _ => Ok(call.now),
    }
}

/// How the country writes a day, and a day with its time.
fn local(call: &Call<'_>) -> (&'static str, &'static str) {
    match call.locale.data.country_code {
        "US" => ("%m/%d/%Y", "%m/%d/%Y %H:%M:%S"),
        "GB" | "AU" | "FR" | "IT" | "ES" | "BR" | "MX" | "PT" => ("%d/%m/%Y", "%d/%m/%Y %H:%M:%S"),
        "JP" | "CN" | "TW" => ("%Y/%m/%d", "%Y/%m/%d %H:%M:%S"),
        "CA" | "SE" | "KR" => ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S"),
        "NL" => ("%d-%m-%Y", "%d-%m-%Y %H:%M:%S"),
        _ => ("%d.%m.%Y", "%d.%m.%Y %H:%M:%S"),
    }
}

fn formatted(call: &Call<'_>, at: NaiveDateTime, default: &str) -> Answer {
    let format = call
        .text(0)?
        .filter(|format| !format.is_empty())
        .unwrap_or(default);
    Ok(strftime(at, format)?.into())
}

fn short(name: &'static str, abbreviated: bool) -> Datum {
    if !abbreviated {
        return name.into();
    }
    let letters: String = name.chars().take(3).collect();
    (letters + ".").into()
}

fn ahead(call: &Call<'_>, index: usize) -> Result<i64, FakeError> {
    match call.int(index, 30)? {
        days @ 1..=36_500 => Ok(days),
        days => Err(FakeError::new(format!(
            "`days` is {days}, it must be from 1 to 36500"
        ))),
    }
}

fn seconds(call: &mut Call<'_>) -> Result<i64, FakeError> {
    let most = match call.maybe_int(1)? {
        Some(seconds @ 1..=3_153_600_000) => seconds,
        Some(seconds) => {
            return Err(FakeError::new(format!(
                "`seconds` is {seconds}, it must be at least 1"
            )));
        }
        None => ahead(call, 0)? * 86_400,
    };
    Ok(call.between(1, most))
}

fn bulk(call: &mut Call<'_>) -> Answer {
    let bound = |index| match call.given(index) {
        Some(Datum::DateTime(at)) => Ok(*at),
        Some(Datum::Date(day)) => Ok(day.and_time(NaiveTime::MIN)),
        _ => Err(call.unfit(index, "a datetime")),
    };
    let (mut at, end) = (bound(0)?, bound(1)?);
    let mut step = 0_i64;
    for (index, unit) in [(2, 604_800), (3, 86_400), (4, 3600), (5, 60), (6, 1)] {
        step = step.saturating_add(call.int(index, 0)?.saturating_mul(unit));
    }
    if step < 1 {
        return Err(FakeError::new("the step must be at least a second")
            .help("give `days`, `hours`, `minutes` or `seconds`"));
    }
    let mut out = Vec::new();
    let step = Duration::try_seconds(step).unwrap_or_default();
    while at <= end {
        if out.len() == 1_000_000 {
            return Err(FakeError::new("there would be more than 1000000 datetimes"));
        }
        out.push(Datum::DateTime(at));
        let Some(next) = at.checked_add_signed(step) else {
            break;
        };
        at = next;
    }
    Ok(Datum::List(out))
}
