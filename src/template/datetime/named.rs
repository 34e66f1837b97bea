//! Tuples with named fields: `time.struct_time`, `datetime.IsoCalendarDate`.

use std::fmt::Write;

use chrono::Datelike;

use super::{Date, Fields, SECOND, civil, naive};
use crate::template::{Object, Value};

/// A tuple whose items have names as well.
pub(crate) struct NamedTuple {
    name: &'static str,
    fields: &'static [&'static str],
    items: Vec<Value>,
}

impl NamedTuple {
    /// As a value; `name` is the printed name of the type.
    pub fn value(name: &'static str, fields: &'static [&'static str], items: Vec<Value>) -> Value {
        Value::object(Self {
            name,
            fields,
            items,
        })
    }
}

impl Object for NamedTuple {
    fn type_name(&self) -> &str {
        self.name
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|field| *field == name)?;
        self.items.get(at).cloned()
    }

    fn as_tuple(&self) -> Option<&[Value]> {
        Some(&self.items)
    }

    fn len(&self) -> Option<usize> {
        Some(self.items.len())
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "{}(", self.name)?;
        for (at, (field, item)) in self.fields.iter().zip(&self.items).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(out, "{comma}{field}={}", item.repr())?;
        }
        out.write_char(')')
    }

    fn names(&self) -> Vec<String> {
        self.fields.iter().map(|name| (*name).to_owned()).collect()
    }
}

const STRUCT_TIME: &[&str] = &[
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
];

/// `time.struct_time` of a day and a time of it; `daylight` is -1 when it is not known.
pub(crate) fn struct_time(day: i32, time_us: i64, daylight: i64) -> Value {
    let (year, month, month_day) = civil(day);
    let seconds = time_us / SECOND;
    let date = naive(day);
    let items = [
        i64::from(year),
        i64::from(month),
        i64::from(month_day),
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        i64::from(date.weekday().num_days_from_monday()),
        i64::from(date.ordinal()),
        daylight,
    ];
    let items = items.map(Value::Int).to_vec();
    NamedTuple::value("time.struct_time", STRUCT_TIME, items)
}

impl Date {
    /// `isocalendar()`
    pub(super) fn iso_calendar(self) -> Value {
        let date = naive(self.0);
        let week = date.iso_week();
        let items = vec![
            Value::from(week.year()),
            Value::from(week.week()),
            Value::from(date.weekday().number_from_monday()),
        ];
        NamedTuple::value(
            "datetime.IsoCalendarDate",
            &["year", "week", "weekday"],
            items,
        )
    }
}

/// `ctime()`
pub(super) fn ctime(fields: &Fields<'_>) -> Value {
    let mut text = String::new();
    let _ = super::write_strftime(fields, "%a %b %e %H:%M:%S %4Y", &mut text);
    Value::from(text)
}
