//! Date and time values: Python's `datetime` module on wall-clock microseconds.

mod arithmetic;
mod class;
mod classes;
mod construct;
mod iso;
mod methods;
mod named;
mod parse;
mod replace;
mod strftime;
mod strptime;
mod zone;
mod zone_value;

use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::rc::Rc;

use chrono::Datelike;

pub(super) use arithmetic::binary;
pub(super) use class::Class;
pub(super) use classes::{date_class, datetime_class, time_class, timedelta_class, timezone_class};
pub(super) use methods::{attribute, method, method_names};
pub(super) use named::struct_time;
pub(super) use strftime::{Fields, LastText, fields_of, strftime_value, write_strftime};
pub use zone::Tz;
pub(super) use zone::{process_offset_of_wall, process_zone_at};
pub(crate) use zone_value::TzValue;

use super::{Error, Value};
use crate::time::{Moment, Zone};

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;
/// Days of 0001-01-01 and 9999-12-31 from the Unix epoch.
pub(crate) const FIRST_DAY: i32 = -719_162;
pub(crate) const LAST_DAY: i32 = 2_932_896;

/// A day: days since 1970-01-01, from year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub(crate) i32);

/// A duration in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delta(pub i64);

/// A time of day: microseconds since midnight.
#[derive(Clone, Debug)]
pub struct TimeOfDay {
    pub(crate) us: i64,
    pub(crate) tz: Option<Tz>,
    pub(crate) fold: bool,
}

/// A wall-clock time, with a zone or without.
#[derive(Clone, Debug)]
pub struct DateTime {
    /// Microseconds since 1970-01-01T00:00:00 on the wall clock.
    pub(crate) wall_us: i64,
    pub(crate) tz: Option<Tz>,
    /// True for the second of two equal wall-clock times.
    pub(crate) fold: bool,
}

/// Year, month, day.
pub(crate) fn civil(day: i32) -> (i32, u32, u32) {
    // Howard Hinnant's days-to-civil: years begin in March, so that the leap day comes last.
    let shifted = i64::from(day) + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year + era * 400 + next;
    (year as i32, month as u32, day as u32)
}

pub(crate) fn naive(day: i32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_num_days_from_ce_opt(day.saturating_add(719_163)).unwrap_or_default()
}

/// The day of a year, month and day.
pub(crate) fn day_of(year: i64, month: i64, day: i64) -> Result<i32, Error> {
    if !(1..=9999).contains(&year) {
        return Err(Error::value_error(format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(Error::value_error("month must be in 1..12"));
    }
    let parts = (
        i32::try_from(year).unwrap_or(0),
        u32::try_from(month).unwrap_or(0),
        u32::try_from(day).unwrap_or(0),
    );
    chrono::NaiveDate::from_ymd_opt(parts.0, parts.1, parts.2)
        .map(|date| date.num_days_from_ce() - 719_163)
        .ok_or_else(|| Error::value_error("day is out of range for month"))
}

impl DateTime {
    /// A wall-clock time with a zone attached unchanged.
    pub fn in_zone(moment: Moment, zone: Zone) -> Self {
        Self {
            wall_us: moment.wall_us,
            tz: Some(Tz::from_zone(zone)),
            fold: false,
        }
    }

    /// A wall-clock time of a zone, checked to be in years 1 to 9999.
    pub(crate) fn checked(wall_us: i64, tz: Option<Tz>, fold: bool) -> Result<Self, Error> {
        let day = wall_us.div_euclid(DAY);
        if day < i64::from(FIRST_DAY) || day > i64::from(LAST_DAY) {
            return Err(Error::value_error("date value out of range"));
        }
        Ok(Self { wall_us, tz, fold })
    }

    pub(crate) fn day(&self) -> i32 {
        i32::try_from(self.wall_us.div_euclid(DAY)).unwrap_or(0)
    }

    /// Microseconds since midnight.
    pub(crate) fn time_us(&self) -> i64 {
        self.wall_us.rem_euclid(DAY)
    }

    /// Seconds east of UTC, when there is a zone.
    pub(crate) fn offset_s(&self) -> Option<i32> {
        self.tz
            .as_ref()
            .map(|tz| tz.offset_s(self.wall_us, self.fold))
    }

    /// Microseconds since the Unix epoch; a time without zone counts as UTC.
    pub(crate) fn instant_us(&self) -> i64 {
        self.wall_us - i64::from(self.offset_s().unwrap_or(0)) * SECOND
    }

    fn same_zone(&self, other: &Self) -> bool {
        self.tz == other.tz
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        if self.same_zone(other) {
            return self.wall_us == other.wall_us;
        }
        self.tz.is_some() == other.tz.is_some()
            && self.instant_us() == other.instant_us()
            && !self.depends_on_fold()
            && !other.depends_on_fold()
    }

    /// True for wall-clock times around a change of clocks, which Python never takes for equal to a time
    /// of another zone.
    fn depends_on_fold(&self) -> bool {
        let mut other = self.clone();
        other.fold = !self.fold;
        self.offset_s() != other.offset_s()
    }

    pub(crate) fn hash_key(&self) -> i64 {
        self.instant_us()
    }

    pub(crate) fn order(&self, other: &Self, operator: &str) -> Result<Ordering, Error> {
        if self.same_zone(other) {
            return Ok(self.wall_us.cmp(&other.wall_us));
        }
        if self.tz.is_some() != other.tz.is_some() {
            return Err(Error::type_error(format!(
                "can't compare offset-naive and offset-aware datetimes with '{operator}'"
            )));
        }
        Ok(self.instant_us().cmp(&other.instant_us()))
    }

    pub(crate) fn into_value(self) -> Value {
        Value::DateTime(Rc::new(self))
    }
}

impl TimeOfDay {
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self.fixed_offset(), other.fixed_offset()) {
            (None, None) => Some(self.us.cmp(&other.us)),
            (Some(a), Some(b)) => Some((self.us - a).cmp(&(other.us - b))),
            _ => None,
        }
    }

    fn fixed_offset(&self) -> Option<i64> {
        let offset = self.tz.as_ref()?.fixed_offset_s()?;
        Some(i64::from(offset) * SECOND)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Date {
    pub(crate) fn write_repr(self, out: &mut dyn Write) -> fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(out, "datetime.date({year}, {month}, {day})")
    }
}

impl fmt::Display for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(DAY);
        let us = self.0.rem_euclid(DAY);
        if days != 0 {
            let plural = if days.abs() == 1 { "" } else { "s" };
            write!(f, "{days} day{plural}, ")?;
        }
        let seconds = us / SECOND;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(f, "{hours}:{minutes:02}:{:02}", seconds % 60)?;
        match us % SECOND {
            0 => Ok(()),
            fraction => write!(f, ".{fraction:06}"),
        }
    }
}

impl Delta {
    pub(crate) fn write_repr(self, out: &mut dyn Write) -> fmt::Result {
        let us = self.0.rem_euclid(DAY);
        let parts = [
            ("days", self.0.div_euclid(DAY)),
            ("seconds", us / SECOND),
            ("microseconds", us % SECOND),
        ];
        out.write_str("datetime.timedelta(")?;
        let mut first = true;
        for (name, part) in parts.into_iter().filter(|(_, part)| *part != 0) {
            let comma = if first { "" } else { ", " };
            write!(out, "{comma}{name}={part}")?;
            first = false;
        }
        out.write_str(if first { "0)" } else { ")" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_dates_that_the_calendar_gives_them() {
        // Every day of 400 years, and the ends of the range.
        let all = (-719_162..-719_162 + 146_097)
            .chain(-1000..150_000)
            .chain([LAST_DAY]);
        for day in all {
            let date = naive(day);
            assert_eq!(civil(day), (date.year(), date.month(), date.day()), "{day}");
        }
    }
}
