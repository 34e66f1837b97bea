//! `replace()` and the constructors: dates and times from their parts.

use super::zone_value::tz_arg;
use super::{DAY, Date, DateTime, SECOND, TimeOfDay, civil, day_of};
use crate::template::methods::int_arg;
use crate::template::{Args, Error, Value};

/// An integer argument, or what it was before.
pub(super) fn part(function: &str, value: Option<&Value>, before: i64) -> Result<i64, Error> {
    match value {
        None => Ok(before),
        Some(value) => int_arg(value, &format!("{function}()")),
    }
}

/// Microseconds since midnight of hour, minute, second and microsecond.
pub(super) fn time_us(parts: [i64; 4]) -> Result<i64, Error> {
    let [hour, minute, second, us] = parts;
    for (name, value, most) in [
        ("hour", hour, 23),
        ("minute", minute, 59),
        ("second", second, 59),
        ("microsecond", us, 999_999),
    ] {
        if !(0..=most).contains(&value) {
            let message = format!("{name} must be in 0..{most}, not {value}");
            return Err(Error::value_error(message));
        }
    }
    Ok(((hour * 60 + minute) * 60 + second) * SECOND + us)
}

fn fold(function: &str, value: Option<&Value>, before: bool) -> Result<bool, Error> {
    match part(function, value, i64::from(before))? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::value_error("fold must be either 0 or 1")),
    }
}

fn zone(
    function: &str,
    value: Option<&Value>,
    before: Option<&super::Tz>,
) -> Result<Option<super::Tz>, Error> {
    match value {
        None => Ok(before.cloned()),
        given => tz_arg(function, given),
    }
}

fn parts_of(us: i64) -> [i64; 4] {
    let seconds = us / SECOND;
    [seconds / 3600, seconds / 60 % 60, seconds % 60, us % SECOND]
}

const DATETIME: [&str; 9] = [
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "microsecond",
    "tzinfo",
    "fold",
];

/// The date-time `before` with the parts that are given.
fn datetime_from(
    function: &str,
    args: &Args<'_>,
    before: &DateTime,
    required: usize,
) -> Result<Value, Error> {
    // `fold` can only be given by name.
    if args.positional.len() > 8 {
        let message = format!("{function}() takes at most 8 positional arguments");
        return Err(Error::type_error(message));
    }
    let [year, month, day, hour, minute, second, us, tz, fold_arg] =
        args.bind(function, DATETIME, required)?;
    let (was_year, was_month, was_day) = civil(before.day());
    let [was_hour, was_minute, was_second, was_us] = parts_of(before.time_us());
    let day = day_of(
        part(function, year, i64::from(was_year))?,
        part(function, month, i64::from(was_month))?,
        part(function, day, i64::from(was_day))?,
    )?;
    let time = time_us([
        part(function, hour, was_hour)?,
        part(function, minute, was_minute)?,
        part(function, second, was_second)?,
        part(function, us, was_us)?,
    ])?;
    let tz = zone(function, tz, before.tz.as_ref())?;
    let fold = fold(function, fold_arg, before.fold)?;
    Ok(DateTime::checked(i64::from(day) * DAY + time, tz, fold)?.into_value())
}

pub(super) fn datetime(at: &DateTime, args: &Args<'_>) -> Result<Value, Error> {
    datetime_from("replace", args, at, 0)
}

pub(super) fn new_datetime(args: &Args<'_>) -> Result<Value, Error> {
    let midnight = DateTime {
        wall_us: 0,
        tz: None,
        fold: false,
    };
    datetime_from("datetime", args, &midnight, 3)
}

fn date_from(
    function: &str,
    args: &Args<'_>,
    before: Date,
    required: usize,
) -> Result<Value, Error> {
    let [year, month, day] = args.bind(function, ["year", "month", "day"], required)?;
    let (was_year, was_month, was_day) = civil(before.0);
    let day = day_of(
        part(function, year, i64::from(was_year))?,
        part(function, month, i64::from(was_month))?,
        part(function, day, i64::from(was_day))?,
    )?;
    Ok(Value::Date(Date(day)))
}

pub(super) fn date(day: Date, args: &Args<'_>) -> Result<Value, Error> {
    date_from("replace", args, day, 0)
}

pub(super) fn new_date(args: &Args<'_>) -> Result<Value, Error> {
    date_from("date", args, Date(0), 3)
}

fn time_from(function: &str, args: &Args<'_>, before: &TimeOfDay) -> Result<Value, Error> {
    let names = ["hour", "minute", "second", "microsecond", "tzinfo", "fold"];
    let [hour, minute, second, us, tz, fold_arg] = args.bind(function, names, 0)?;
    let [was_hour, was_minute, was_second, was_us] = parts_of(before.us);
    let us = time_us([
        part(function, hour, was_hour)?,
        part(function, minute, was_minute)?,
        part(function, second, was_second)?,
        part(function, us, was_us)?,
    ])?;
    let tz = zone(function, tz, before.tz.as_ref())?;
    let fold = fold(function, fold_arg, before.fold)?;
    Ok(Value::Time(TimeOfDay { us, tz, fold }.into()))
}

pub(super) fn time(at: &TimeOfDay, args: &Args<'_>) -> Result<Value, Error> {
    time_from("replace", args, at)
}

pub(super) fn new_time(args: &Args<'_>) -> Result<Value, Error> {
    let midnight = TimeOfDay {
        us: 0,
        tz: None,
        fold: false,
    };
    time_from("time", args, &midnight)
}
