//! `calendar`

use std::cmp::Ordering;
use std::fmt::Write;

use chrono::Datelike;

use super::{Members, int_of, missing};
use crate::template::datetime::{day_of, naive};
use crate::template::ops::{self, BinaryOp};
use crate::template::{Args, Ctx, Error, Object, Value, compare};
use crate::time::{MONTHS, WEEKDAYS};

pub(super) fn members() -> Members {
    let names = |names: &[&'static str], letters: usize, blank: bool| {
        let short = names.iter().map(|name| name.get(..letters).unwrap_or(name));
        let first = blank.then(|| Value::from(""));
        Value::tuple(first.into_iter().chain(short.map(Value::from)).collect())
    };
    let mut members = vec![
        ("day_name", names(&WEEKDAYS, usize::MAX, false)),
        ("day_abbr", names(&WEEKDAYS, 3, false)),
        ("month_name", names(&MONTHS, usize::MAX, true)),
        ("month_abbr", names(&MONTHS, 3, true)),
    ];
    for (at, name) in (0..).zip(DAYS) {
        members.push((name, Value::object(Day(at))));
    }
    members.extend(super::functions(&[
        ("timegm", timegm),
        ("monthrange", monthrange),
        ("isleap", isleap),
        ("leapdays", leapdays),
        ("weekday", weekday),
    ]));
    members
}

const DAYS: [&str; 7] = [
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
];

/// Seconds of year, month, day, hour, minute and second since the epoch.
pub(super) fn seconds_of(function: &str, tuple: &Value) -> Result<i64, Error> {
    let wrong = || {
        let message = format!("{function}() takes a time tuple of at least six integers");
        Error::type_error(message).help("`timestamp.utctimetuple()` gives one")
    };
    let items = tuple.as_tuple().ok_or_else(wrong)?;
    let mut parts = [0; 6];
    for (at, slot) in parts.iter_mut().enumerate() {
        let part = items.get(at).and_then(Value::as_int);
        *slot = part.ok_or_else(wrong)?;
    }
    let [year, month, day, hour, minute, second] = parts;
    let first = i64::from(day_of(year, month, 1)?);
    let far = || Error::value_error(format!("{function}(): the time is out of range"));
    let days = first.checked_add(day).map(|days| days - 1);
    let fold = |sum: Option<i64>, by: i64, part: i64| sum?.checked_mul(by)?.checked_add(part);
    fold(fold(fold(days, 24, hour), 60, minute), 60, second).ok_or_else(far)
}

fn timegm(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [tuple] = args.bind("timegm", ["tuple"], 1)?;
    seconds_of("timegm", tuple.unwrap_or(missing())).map(Value::Int)
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn isleap(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [year] = args.bind("isleap", ["year"], 1)?;
    Ok(Value::Bool(leap(int_of("isleap", year)?)))
}

fn leapdays(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [from, to] = args.bind("leapdays", ["y1", "y2"], 2)?;
    let before = |year: i64| {
        let year = year.saturating_sub(1);
        year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
    };
    let (from, to) = (int_of("leapdays", from)?, int_of("leapdays", to)?);
    Ok(Value::Int(before(to) - before(from)))
}

fn day_in_week(year: i64, month: i64, day: i64) -> Result<Value, Error> {
    let date = naive(day_of(year, month, day)?);
    let at = i64::from(date.weekday().num_days_from_monday());
    Ok(Value::object(Day(at)))
}

fn weekday(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [year, month, day] = args.bind("weekday", ["year", "month", "day"], 3)?;
    let part = |value| int_of("weekday", value);
    day_in_week(part(year)?, part(month)?, part(day)?)
}

fn monthrange(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [year, month] = args.bind("monthrange", ["year", "month"], 2)?;
    let (year, month) = (int_of("monthrange", year)?, int_of("monthrange", month)?);
    let first = day_in_week(year, month, 1)?;
    let days = match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    Ok(Value::tuple(vec![first, Value::Int(days)]))
}

/// A day of the week: an integer that shows its name inside containers.
struct Day(i64);

impl Object for Day {
    fn type_name(&self) -> &str {
        "Day"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        match name {
            "value" => Some(Value::Int(self.0)),
            "name" => Some(Value::from(self.label())),
            _ => None,
        }
    }

    fn truth(&self) -> bool {
        self.0 != 0
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "{}", self.0)
    }

    fn repr(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "calendar.{}", self.label())
    }

    fn equals(&self, other: &Value) -> bool {
        Value::Int(self.0) == plain(other)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        compare::compare_numbers(&Value::Int(self.0), &plain(other))?
    }

    fn hash(&self) -> Option<u64> {
        Value::Int(self.0).hash_code().ok()
    }

    fn binary(&self, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        let (this, other) = (Value::Int(self.0), plain(other));
        other.as_float()?;
        Some(if reflected {
            ops::binary(op, &other, &this, usize::MAX)
        } else {
            ops::binary(op, &this, &other, usize::MAX)
        })
    }
}

impl Day {
    fn label(&self) -> &'static str {
        let at = usize::try_from(self.0).ok();
        at.and_then(|at| DAYS.get(at).copied()).unwrap_or_default()
    }
}

fn plain(value: &Value) -> Value {
    match value.downcast::<Day>() {
        Some(day) => Value::Int(day.0),
        None => value.clone(),
    }
}
