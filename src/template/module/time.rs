//! `time`

use super::{Members, calendar, float_of, given, missing, text_of};
use crate::template::datetime::{
    DAY, Fields, SECOND, process_offset_of_wall, process_zone_at, struct_time, write_strftime,
};
use crate::template::{Args, Ctx, DateTime, Error, Value};

pub(super) fn members() -> Members {
    super::functions(&[
        ("time", seconds),
        ("monotonic", seconds),
        ("perf_counter", seconds),
        ("time_ns", time_ns),
        ("gmtime", gmtime),
        ("localtime", localtime),
        ("mktime", mktime),
        ("strftime", strftime),
    ])
}

fn seconds(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    args.none("time")?;
    Ok(Value::Float(ctx.now_us() as f64 / 1e6))
}

fn time_ns(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    args.none("time_ns")?;
    Ok(Value::Int(ctx.now_us().saturating_mul(1000)))
}

/// Microseconds of the seconds given, or now.
fn instant(ctx: &Ctx<'_>, function: &str, args: &Args<'_>) -> Result<i64, Error> {
    let [seconds] = args.bind(function, ["seconds"], 0)?;
    let Some(seconds) = given(seconds) else {
        return Ok(ctx.now_us());
    };
    let seconds = float_of(function, Some(seconds))?.floor();
    if !(-6.2e10..2.5e11).contains(&seconds) {
        return Err(Error::value_error(format!("{function}(): the year is out of range")));
    }
    Ok(seconds as i64 * SECOND)
}

fn split(wall_us: i64, daylight: i64) -> Result<Value, Error> {
    let day = DateTime::checked(wall_us, None, false)?.day();
    Ok(struct_time(day, wall_us.rem_euclid(DAY), daylight))
}

fn gmtime(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    split(instant(ctx, "gmtime", args)?, 0)
}

fn localtime(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let at = instant(ctx, "localtime", args)?;
    split(process_zone_at(at).at_instant(at).0, 0)
}

fn mktime(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [tuple] = args.bind("mktime", ["tuple"], 1)?;
    let seconds = calendar::seconds_of("mktime", tuple.unwrap_or(missing()))?;
    let offset = process_offset_of_wall(seconds.saturating_mul(SECOND), false);
    Ok(Value::Float((seconds - i64::from(offset)) as f64))
}

fn strftime(ctx: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [format, tuple] = args.bind("strftime", ["format", "tuple"], 1)?;
    let format = text_of("strftime", format)?;
    let wall_us = match given(tuple) {
        Some(tuple) => calendar::seconds_of("strftime", tuple)?.saturating_mul(SECOND),
        None => {
            let now = ctx.now_us();
            process_zone_at(now).at_instant(now).0
        }
    };
    let at = DateTime::checked(wall_us, None, false)?;
    let fields: Fields<'_> = at.fields();
    let mut text = String::new();
    let _ = write_strftime(&fields, format, &mut text);
    Ok(Value::from(text))
}
