//! `zoneinfo`

use super::{Members, text_of};
use crate::template::datetime::{Class, TzValue};
use crate::template::{Args, Ctx, Error, Tz, Value, nearest};

pub(super) fn members() -> Members {
    let class = Class {
        name: "zoneinfo.ZoneInfo",
        construct: zone_info,
        member: |_| None,
        members: &[],
        methods: &["utcoffset", "tzname", "dst"],
    };
    let names = super::functions(&[("available_timezones", available)]);
    let mut members = vec![("ZoneInfo", Value::object(class))];
    members.extend(names);
    members
}

fn zone_info(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [key] = args.bind("ZoneInfo", ["key"], 1)?;
    let key = text_of("ZoneInfo", key)?;
    match key.parse() {
        Ok(zone) => Ok(TzValue::value(Tz::Named(zone))),
        Err(_) => {
            let error = Error::value_error(format!("no time zone found with key '{key}'"));
            let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            Err(match nearest(key, names) {
                Some(near) => error.help(format!("did you mean '{near}'?")),
                None => error.help("a name of the IANA database, such as 'Europe/Berlin'"),
            })
        }
    }
}

fn available(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    args.none("available_timezones")?;
    let names = chrono_tz::TZ_VARIANTS.iter();
    Ok(Value::list(names.map(|zone| Value::from(zone.name())).collect()))
}
