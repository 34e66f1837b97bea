//! Class methods and constructors of dates, times, durations and zones.

use std::rc::Rc;

use num_bigint::BigInt;

use super::arithmetic::duration;
use super::zone::process_zone_at;
use super::zone_value::tz_arg;
use super::{
    DAY, Date, DateTime, Delta, FIRST_DAY, LAST_DAY, SECOND, TimeOfDay, Tz, TzValue, parse,
    replace, strptime as format,
};
use crate::template::methods::text_arg;
use crate::template::{Args, Ctx, Error, Value};

type Made = Result<Value, Error>;

/// A wall clock of the process's own zone, or of a given one.
fn at_instant(instant_us: i64, tz: Option<Tz>) -> Made {
    let (wall_us, fold) = match &tz {
        Some(tz) => tz.at_instant(instant_us),
        None => process_zone_at(instant_us).at_instant(instant_us),
    };
    Ok(DateTime::checked(wall_us, tz, fold)?.into_value())
}

pub(super) fn now(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [tz] = args.bind("now", ["tz"], 0)?;
    at_instant(ctx.now_us(), tz_arg("now", tz)?)
}

pub(super) fn utcnow(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    args.none("utcnow")?;
    Ok(DateTime::checked(ctx.now_us(), None, false)?.into_value())
}

/// Microseconds of a number of seconds, rounded to the nearest, ties to even.
fn epoch_us(function: &str, value: Option<&Value>) -> Result<i64, Error> {
    let value = value.unwrap_or(&Value::Undefined);
    let seconds = match value {
        Value::Float(number) if number.is_finite() => *number,
        value => match value.as_int().and_then(|all| all.checked_mul(SECOND)) {
            Some(us) => return Ok(us),
            None if value.as_float().is_some() => f64::MAX,
            None => {
                let message = format!(
                    "{function}() takes a number of seconds, not '{}'",
                    value.type_name()
                );
                return Err(Error::type_error(message));
            }
        },
    };
    if seconds.abs() > 1e12 {
        return Err(Error::value_error(format!(
            "{function}(): the year is out of range"
        )));
    }
    let whole = seconds.trunc();
    let fraction = ((seconds - whole) * 1e6).round_ties_even();
    // Both are far within the range of the type.
    Ok(whole as i64 * SECOND + fraction as i64)
}

pub(super) fn fromtimestamp(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [seconds, tz] = args.bind("fromtimestamp", ["timestamp", "tz"], 1)?;
    at_instant(
        epoch_us("fromtimestamp", seconds)?,
        tz_arg("fromtimestamp", tz)?,
    )
}

pub(super) fn utcfromtimestamp(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [seconds] = args.bind("utcfromtimestamp", ["timestamp"], 1)?;
    let us = epoch_us("utcfromtimestamp", seconds)?;
    Ok(DateTime::checked(us, None, false)?.into_value())
}

fn one_text<'a>(function: &str, args: &Args<'a>) -> Result<&'a str, Error> {
    let [text] = args.bind_positional::<1>(function, 1)?;
    text_arg(text.unwrap_or(&Value::Undefined), &format!("{function}()"))
}

pub(super) fn fromisoformat(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let text = one_text("fromisoformat", args)?;
    parse::datetime(text).map(DateTime::into_value)
}

pub(super) fn date_fromisoformat(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let text = one_text("fromisoformat", args)?;
    parse::date(text).map(|day| Value::Date(Date(day)))
}

pub(super) fn time_fromisoformat(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let text = one_text("fromisoformat", args)?;
    parse::time(text).map(|at| Value::Time(at.into()))
}

pub(super) fn strptime(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [text, pattern] = args.bind("strptime", ["date_string", "format"], 2)?;
    let text = text_arg(text.unwrap_or(&Value::Undefined), "strptime()")?;
    let pattern = text_arg(pattern.unwrap_or(&Value::Undefined), "strptime()")?;
    format::strptime(text, pattern).map(DateTime::into_value)
}

pub(super) fn fromordinal(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [ordinal] = args.bind("fromordinal", ["ordinal"], 1)?;
    let ordinal = replace::part("fromordinal", ordinal, 0)?;
    let day = ordinal.saturating_sub(719_163);
    if !(i64::from(FIRST_DAY)..=i64::from(LAST_DAY)).contains(&day) {
        return Err(Error::value_error(format!(
            "ordinal {ordinal} is out of range"
        )));
    }
    Ok(DateTime::checked(day * DAY, None, false)?.into_value())
}

pub(super) fn fromisocalendar(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [year, week, day] = args.bind("fromisocalendar", ["year", "week", "day"], 3)?;
    let part = |value| replace::part("fromisocalendar", value, 0);
    let day = parse::iso_week_day(part(year)?, part(week)?, part(day)?)?;
    Ok(DateTime::checked(i64::from(day) * DAY, None, false)?.into_value())
}

pub(super) fn combine(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [day, time, tz] = args.bind("combine", ["date", "time", "tzinfo"], 2)?;
    let day = match day {
        Some(Value::Date(day)) => day.0,
        Some(Value::DateTime(at)) => at.day(),
        _ => return Err(Error::type_error("combine() takes a date first")),
    };
    let Some(Value::Time(time)) = time else {
        return Err(Error::type_error("combine() takes a time second"));
    };
    let time: &TimeOfDay = time;
    let tz = match tz {
        None => time.tz.clone(),
        given => tz_arg("combine", given)?,
    };
    let wall_us = i64::from(day) * DAY + time.us;
    Ok(DateTime::checked(wall_us, tz, time.fold)?.into_value())
}

/// Units of a duration in microseconds, in the order of Python's parameters.
const UNITS: [(&str, i64); 7] = [
    ("days", DAY),
    ("seconds", SECOND),
    ("microseconds", 1),
    ("milliseconds", 1000),
    ("minutes", 60 * SECOND),
    ("hours", 3600 * SECOND),
    ("weeks", 7 * DAY),
];
/// The order in which Python adds them up.
const SUMMED: [usize; 7] = [2, 3, 1, 4, 5, 0, 6];

pub(super) fn timedelta(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let given = args.bind("timedelta", UNITS.map(|(name, _)| name), 0)?;
    if let Some(sum) = whole_us(&given) {
        return Ok(Value::Delta(Delta(sum)));
    }
    let mut sum = BigInt::from(0);
    let mut rest = 0.0_f64;
    for at in SUMMED {
        let (Some(Some(value)), Some((name, unit))) = (given.get(at), UNITS.get(at)) else {
            continue;
        };
        match value {
            Value::Float(number) if number.is_finite() => {
                let whole = number.trunc();
                let exact = num_traits::FromPrimitive::from_f64(whole);
                sum += exact.unwrap_or_else(|| BigInt::from(0)) * *unit;
                let part = (number - whole) * (*unit as f64);
                sum += part.trunc() as i64;
                rest += part.fract();
            }
            value => match crate::template::ops::to_big(value) {
                Some(number) => sum += number * *unit,
                None => {
                    let message = format!(
                        "timedelta(): {name} must be a number, not '{}'",
                        value.type_name()
                    );
                    return Err(Error::type_error(message));
                }
            },
        }
    }
    sum += round_rest(rest, sum.bit(0));
    duration(&sum)
}

/// The sum of integers, if it fits; any such sum is within the range of a duration.
fn whole_us(given: &[Option<&Value>; 7]) -> Option<i64> {
    let mut sum = 0_i64;
    for (value, (_, unit)) in given.iter().zip(UNITS) {
        match value {
            None => {}
            Some(Value::Int(number)) => sum = sum.checked_add(number.checked_mul(unit)?)?,
            Some(_) => return None,
        }
    }
    Some(sum)
}

/// Rounds what is left to an integer, so that a tie makes the sum even.
fn round_rest(rest: f64, odd: bool) -> i64 {
    let whole = rest.round();
    if (whole - rest).abs() == 0.5 {
        let odd = f64::from(u8::from(odd));
        return (2.0 * ((rest + odd) * 0.5).round_ties_even() - odd) as i64;
    }
    whole as i64
}

pub(super) fn timezone(_: &mut Ctx<'_>, args: &Args<'_>) -> Made {
    let [offset, name] = args.bind("timezone", ["offset", "name"], 1)?;
    let Some(Value::Delta(offset)) = offset else {
        return Err(Error::type_error("timezone() takes a timedelta"));
    };
    if offset.0.abs() >= DAY {
        return Err(Error::value_error(
            "the offset of a timezone must be less than a day",
        ));
    }
    if offset.0 % SECOND != 0 {
        return Err(Error::value_error(
            "the offset of a timezone must be whole seconds",
        ));
    }
    let seconds = i32::try_from(offset.0 / SECOND).unwrap_or(0);
    let name = match name {
        None => None,
        Some(name) => Some(Rc::from(text_arg(name, "timezone()")?)),
    };
    Ok(TzValue::value(Tz::Fixed(seconds, name)))
}
