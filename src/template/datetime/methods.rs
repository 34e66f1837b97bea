//! Attributes and methods of dates, times and durations.

use chrono::Datelike;

use super::iso::TimeSpec;
use super::named::ctime;
use super::zone::{process_offset_of_wall, process_zone_at};
use super::zone_value::{seconds, tz_arg};
use super::{
    DAY, Date, DateTime, Delta, Fields, SECOND, TimeOfDay, Tz, TzValue, civil, classes, naive,
    named, replace,
};
use crate::template::methods::{Method, text_arg};
use crate::template::{Args, Ctx, Error, Value};

type Called = Option<Result<Value, Error>>;

const DATETIME: &[&str] = &[
    "isoformat",
    "strftime",
    "timestamp",
    "date",
    "time",
    "timetz",
    "weekday",
    "isoweekday",
    "isocalendar",
    "toordinal",
    "timetuple",
    "utctimetuple",
    "ctime",
    "utcoffset",
    "tzname",
    "dst",
    "astimezone",
    "replace",
];
const DATE: &[&str] = &[
    "isoformat",
    "strftime",
    "weekday",
    "isoweekday",
    "isocalendar",
    "toordinal",
    "timetuple",
    "ctime",
    "replace",
];
const TIME: &[&str] = &[
    "isoformat",
    "strftime",
    "utcoffset",
    "tzname",
    "dst",
    "replace",
];
const DELTA: &[&str] = &["total_seconds"];

/// Names of the methods of a value; empty when it is of another type.
pub(crate) fn method_names(value: &Value) -> &'static [&'static str] {
    match value {
        Value::DateTime(_) => DATETIME,
        Value::Date(_) => DATE,
        Value::Time(_) => TIME,
        Value::Delta(_) => DELTA,
        _ => &[],
    }
}

/// An attribute of a date, time or duration, or a member of its class.
pub(crate) fn attribute(object: &Value, name: &str) -> Result<Option<Value>, Error> {
    let tzinfo = |tz: &Option<Tz>| tz.clone().map_or(Value::None, TzValue::value);
    Ok(match object {
        Value::DateTime(at) => day_part(at.day(), name)
            .or_else(|| time_part(at.time_us(), name))
            .or_else(|| match name {
                "tzinfo" => Some(tzinfo(&at.tz)),
                "fold" => Some(Value::from(i64::from(at.fold))),
                _ => classes::datetime_member(name),
            }),
        Value::Date(day) => day_part(day.0, name).or_else(|| classes::date_member(name)),
        Value::Time(at) => time_part(at.us, name).or_else(|| match name {
            "tzinfo" => Some(tzinfo(&at.tz)),
            "fold" => Some(Value::from(i64::from(at.fold))),
            _ => classes::time_member(name),
        }),
        Value::Delta(delta) => {
            let us = delta.0.rem_euclid(DAY);
            match name {
                "days" => Some(Value::Int(delta.0.div_euclid(DAY))),
                "seconds" => Some(Value::Int(us / SECOND)),
                "microseconds" => Some(Value::Int(us % SECOND)),
                _ => classes::timedelta_member(name),
            }
        }
        _ => None,
    })
}

fn day_part(day: i32, name: &str) -> Option<Value> {
    let (year, month, month_day) = match name {
        "year" | "month" | "day" => civil(day),
        _ => return None,
    };
    Some(match name {
        "year" => Value::from(year),
        "month" => Value::from(month),
        _ => Value::from(month_day),
    })
}

fn time_part(us: i64, name: &str) -> Option<Value> {
    let all = us / SECOND;
    Some(Value::Int(match name {
        "hour" => all / 3600,
        "minute" => all / 60 % 60,
        "second" => all % 60,
        "microsecond" => us % SECOND,
        _ => return None,
    }))
}

/// Calls a method; `None` when the value has none of this name.
pub(crate) fn method(
    _: &mut Ctx<'_>,
    object: &Value,
    method: Method,
    name: &str,
    args: &Args<'_>,
) -> Called {
    match object {
        Value::DateTime(at) => of_datetime(at, method, name, args),
        Value::Date(day) => of_date(*day, method, name, args),
        Value::Time(at) => of_time(at, method, name, args),
        Value::Delta(delta) if method == Method::TotalSeconds => {
            Some(args.none(name).map(|()| Value::Float(delta.0 as f64 / 1e6)))
        }
        _ => None,
    }
}

fn strftime(fields: &Fields<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [format] = args.bind("strftime", ["format"], 1)?;
    let format = text_arg(format.unwrap_or(&Value::Undefined), "strftime()")?;
    Ok(super::strftime_value(fields, format))
}

fn timespec(value: Option<&Value>) -> Result<TimeSpec, Error> {
    match value {
        None => Ok(TimeSpec::Auto),
        Some(value) => TimeSpec::parse(text_arg(value, "isoformat()")?),
    }
}

fn isoformat(at: &DateTime, args: &Args<'_>) -> Result<Value, Error> {
    let [separator, spec] = args.bind("isoformat", ["sep", "timespec"], 0)?;
    if let (None, None) = (separator, spec) {
        return Ok(Value::Str(at.iso()));
    }
    let separator = match separator {
        None => 'T',
        Some(value) => {
            let mut all = text_arg(value, "isoformat()")?.chars();
            match (all.next(), all.next()) {
                (Some(one), None) => one,
                _ => return Err(Error::type_error("isoformat(): sep must be one character")),
            }
        }
    };
    let mut text = String::new();
    let _ = at.write_iso_spec(&mut text, separator, timespec(spec)?);
    Ok(Value::from(text))
}

fn of_datetime(at: &DateTime, method: Method, name: &str, args: &Args<'_>) -> Called {
    match method {
        Method::Isoformat => return Some(isoformat(at, args)),
        Method::Strftime => return Some(strftime(&at.fields(), args)),
        Method::Replace => return Some(replace::datetime(at, args)),
        Method::Astimezone => return Some(astimezone(at, args)),
        _ => {}
    }
    let value = match method {
        Method::Timestamp => Value::Float(epoch_us(at) as f64 / 1e6),
        Method::Date => Value::Date(Date(at.day())),
        Method::Time => time_of(at, None),
        Method::Timetz => time_of(at, at.tz.clone()),
        Method::Ctime => ctime(&at.fields()),
        Method::Timetuple => named::struct_time(at.day(), at.time_us(), daylight(at)),
        Method::Utctimetuple => {
            let utc_us = at.instant_us();
            let day = i32::try_from(utc_us.div_euclid(DAY)).unwrap_or(0);
            named::struct_time(day, utc_us.rem_euclid(DAY), 0)
        }
        Method::Utcoffset => at.offset_s().map_or(Value::None, |s| seconds(i64::from(s))),
        Method::Tzname => match &at.tz {
            Some(tz) => Value::from(tz.name_at(at.wall_us, at.fold)),
            None => Value::None,
        },
        Method::Dst => dst_s(at).map_or(Value::None, seconds),
        _ => day_method(at.day(), method)?,
    };
    Some(args.none(name).map(|()| value))
}

fn of_date(day: Date, method: Method, name: &str, args: &Args<'_>) -> Called {
    let value = match method {
        Method::Isoformat => Value::from(day.to_string()),
        Method::Strftime => return Some(strftime(&day.fields(), args)),
        Method::Replace => return Some(replace::date(day, args)),
        Method::Ctime => ctime(&day.fields()),
        Method::Timetuple => named::struct_time(day.0, 0, -1),
        _ => day_method(day.0, method)?,
    };
    Some(args.none(name).map(|()| value))
}

fn of_time(at: &TimeOfDay, method: Method, name: &str, args: &Args<'_>) -> Called {
    let offset_s = at.tz.as_ref().and_then(Tz::fixed_offset_s);
    let value = match method {
        Method::Isoformat => return Some(time_iso(at, args)),
        Method::Strftime => return Some(strftime(&at.fields(), args)),
        Method::Replace => return Some(replace::time(at, args)),
        Method::Utcoffset => offset_s.map_or(Value::None, |s| seconds(i64::from(s))),
        Method::Tzname => match &at.tz {
            Some(tz @ Tz::Fixed(..)) => Value::from(tz.name_at(0, false)),
            _ => Value::None,
        },
        Method::Dst => Value::None,
        _ => return None,
    };
    Some(args.none(name).map(|()| value))
}

fn time_iso(at: &TimeOfDay, args: &Args<'_>) -> Result<Value, Error> {
    let [spec] = args.bind("isoformat", ["timespec"], 0)?;
    let mut text = String::new();
    let _ = at.write_iso_spec(&mut text, timespec(spec)?);
    Ok(Value::from(text))
}

fn day_method(day: i32, method: Method) -> Option<Value> {
    let weekday = i64::from(naive(day).weekday().num_days_from_monday());
    Some(match method {
        Method::Weekday => Value::Int(weekday),
        Method::Isoweekday => Value::Int(weekday + 1),
        Method::Isocalendar => Date(day).iso_calendar(),
        Method::Toordinal => Value::Int(i64::from(day) + 719_163),
        _ => return None,
    })
}

fn time_of(at: &DateTime, tz: Option<Tz>) -> Value {
    let time = TimeOfDay {
        us: at.time_us(),
        tz,
        fold: at.fold,
    };
    Value::Time(time.into())
}

fn dst_s(at: &DateTime) -> Option<i64> {
    at.tz.as_ref()?.dst_s(at.wall_us, at.fold)
}

fn daylight(at: &DateTime) -> i64 {
    dst_s(at).map_or(-1, |seconds| i64::from(seconds != 0))
}

/// Microseconds since the epoch; a time without zone is one of the process's own.
fn epoch_us(at: &DateTime) -> i64 {
    match at.tz {
        Some(_) => at.instant_us(),
        None => at.wall_us - i64::from(process_offset_of_wall(at.wall_us, at.fold)) * SECOND,
    }
}

fn astimezone(at: &DateTime, args: &Args<'_>) -> Result<Value, Error> {
    let [tz] = args.bind("astimezone", ["tz"], 0)?;
    let instant_us = epoch_us(at);
    let tz = tz_arg("astimezone", tz)?.unwrap_or_else(|| process_zone_at(instant_us));
    let (wall_us, fold) = tz.at_instant(instant_us);
    Ok(DateTime::checked(wall_us, Some(tz), fold)?.into_value())
}

impl Delta {
    /// The smallest step.
    pub(super) const RESOLUTION: Self = Self(1);
}
