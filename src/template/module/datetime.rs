//! `datetime`

use super::Members;
use crate::template::datetime::{
    TzValue, date_class, datetime_class, time_class, timedelta_class, timezone_class,
};
use crate::template::{Tz, Value};

pub(super) fn members() -> Members {
    vec![
        ("datetime", datetime_class()),
        ("date", date_class()),
        ("time", time_class()),
        ("timedelta", timedelta_class()),
        ("timezone", timezone_class()),
        ("UTC", TzValue::value(Tz::UTC)),
        ("MINYEAR", Value::Int(1)),
        ("MAXYEAR", Value::Int(9999)),
    ]
}
