//! The classes of Python's `datetime` module, and what their objects share with them.

use super::class::Class;
use super::construct as make;
use super::methods::method_names;
use super::{DAY, Date, DateTime, Delta, FIRST_DAY, LAST_DAY, TimeOfDay, Tz, TzValue, replace};
use crate::template::{Function, Value};

fn function(name: &'static str, run: super::class::Construct) -> Option<Value> {
    Some(Function::borrowing(name, run))
}

/// `datetime.datetime`
pub(crate) fn datetime_class() -> Value {
    Value::object(Class {
        name: "datetime.datetime",
        construct: |_, args| replace::new_datetime(args),
        member: datetime_member,
        members: &[
            "now",
            "utcnow",
            "today",
            "fromtimestamp",
            "utcfromtimestamp",
            "fromisoformat",
            "fromordinal",
            "fromisocalendar",
            "strptime",
            "combine",
            "min",
            "max",
            "resolution",
        ],
        methods: method_names(&datetime_at(0)),
    })
}

fn datetime_at(wall_us: i64) -> Value {
    let at = DateTime {
        wall_us,
        tz: None,
        fold: false,
    };
    at.into_value()
}

pub(super) fn datetime_member(name: &str) -> Option<Value> {
    match name {
        "now" => function("now", make::now),
        "utcnow" => function("utcnow", make::utcnow),
        "today" => function("today", make::now),
        "fromtimestamp" => function("fromtimestamp", make::fromtimestamp),
        "utcfromtimestamp" => function("utcfromtimestamp", make::utcfromtimestamp),
        "fromisoformat" => function("fromisoformat", make::fromisoformat),
        "fromordinal" => function("fromordinal", make::fromordinal),
        "fromisocalendar" => function("fromisocalendar", make::fromisocalendar),
        "strptime" => function("strptime", make::strptime),
        "combine" => function("combine", make::combine),
        "min" => Some(datetime_at(i64::from(FIRST_DAY) * DAY)),
        "max" => Some(datetime_at((i64::from(LAST_DAY) + 1) * DAY - 1)),
        "resolution" => Some(Value::Delta(Delta::RESOLUTION)),
        _ => None,
    }
}

/// `datetime.date`
pub(crate) fn date_class() -> Value {
    Value::object(Class {
        name: "datetime.date",
        construct: |_, args| replace::new_date(args),
        member: date_member,
        members: &[
            "today",
            "fromtimestamp",
            "fromisoformat",
            "fromordinal",
            "fromisocalendar",
            "min",
            "max",
            "resolution",
        ],
        methods: method_names(&Value::Date(Date(0))),
    })
}

pub(super) fn date_member(name: &str) -> Option<Value> {
    match name {
        "today" => function("today", |ctx, args| make::now(ctx, args).map(day_of)),
        "fromtimestamp" => function("fromtimestamp", |ctx, args| {
            make::fromtimestamp(ctx, args).map(day_of)
        }),
        "fromisoformat" => function("fromisoformat", make::date_fromisoformat),
        "fromordinal" => function("fromordinal", |ctx, args| {
            make::fromordinal(ctx, args).map(day_of)
        }),
        "fromisocalendar" => function("fromisocalendar", |ctx, args| {
            make::fromisocalendar(ctx, args).map(day_of)
        }),
        "min" => Some(Value::Date(Date(FIRST_DAY))),
        "max" => Some(Value::Date(Date(LAST_DAY))),
        "resolution" => Some(Value::Delta(Delta(DAY))),
        _ => None,
    }
}

fn day_of(value: Value) -> Value {
    match value {
        Value::DateTime(at) => Value::Date(Date(at.day())),
        other => other,
    }
}

/// `datetime.time`
pub(crate) fn time_class() -> Value {
    Value::object(Class {
        name: "datetime.time",
        construct: |_, args| replace::new_time(args),
        member: time_member,
        members: &["fromisoformat", "min", "max", "resolution"],
        methods: method_names(&time_at(0)),
    })
}

fn time_at(us: i64) -> Value {
    let at = TimeOfDay {
        us,
        tz: None,
        fold: false,
    };
    Value::Time(at.into())
}

pub(super) fn time_member(name: &str) -> Option<Value> {
    match name {
        "fromisoformat" => function("fromisoformat", make::time_fromisoformat),
        "min" => Some(time_at(0)),
        "max" => Some(time_at(DAY - 1)),
        "resolution" => Some(Value::Delta(Delta::RESOLUTION)),
        _ => None,
    }
}

/// `datetime.timedelta`
pub(crate) fn timedelta_class() -> Value {
    Value::object(Class {
        name: "datetime.timedelta",
        construct: make::timedelta,
        member: timedelta_member,
        members: &["min", "max", "resolution"],
        methods: method_names(&Value::Delta(Delta(0))),
    })
}

pub(super) fn timedelta_member(name: &str) -> Option<Value> {
    match name {
        "min" => Some(Value::Delta(Delta(i64::MIN))),
        "max" => Some(Value::Delta(Delta(i64::MAX))),
        "resolution" => Some(Value::Delta(Delta::RESOLUTION)),
        _ => None,
    }
}

/// `datetime.timezone`
pub(crate) fn timezone_class() -> Value {
    Value::object(Class {
        name: "datetime.timezone",
        construct: make::timezone,
        member: |name| (name == "utc").then(|| TzValue::value(Tz::UTC)),
        members: &["utc"],
        methods: &["utcoffset", "tzname", "dst"],
    })
}
