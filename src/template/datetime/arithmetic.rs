//! Operators between dates, times and durations.

use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use super::{DAY, Date, DateTime, Delta};
use crate::template::ops::{self, BinaryOp};
use crate::template::{Error, Value};

/// Applies an operator; `None` when neither side is of these types or they don't go together.
pub(crate) fn binary(op: BinaryOp, a: &Value, b: &Value) -> Option<Result<Value, Error>> {
    use BinaryOp::{Add, Mul, Sub};
    Some(match (op, a, b) {
        (Add, Value::DateTime(at), Value::Delta(by))
        | (Add, Value::Delta(by), Value::DateTime(at)) => shift(at, Some(by.0)),
        (Sub, Value::DateTime(at), Value::Delta(by)) => shift(at, by.0.checked_neg()),
        (Sub, Value::DateTime(x), Value::DateTime(y)) => between(x, y),
        (Add, Value::Date(day), Value::Delta(by)) | (Add, Value::Delta(by), Value::Date(day)) => {
            shift_day(*day, by.0.div_euclid(DAY))
        }
        (Sub, Value::Date(day), Value::Delta(by)) => shift_day(*day, -by.0.div_euclid(DAY)),
        (Sub, Value::Date(x), Value::Date(y)) => {
            Ok(Value::Delta(Delta((i64::from(x.0) - i64::from(y.0)) * DAY)))
        }
        (Mul, Value::Delta(by), other) | (Mul, other, Value::Delta(by)) => scale(*by, other)?,
        (_, Value::Delta(x), Value::Delta(y)) => durations(op, *x, *y)?,
        (_, Value::Delta(by), other) => divide(op, *by, other)?,
        _ => return None,
    })
}

fn shift(at: &DateTime, by: Option<i64>) -> Result<Value, Error> {
    let wall_us = by.and_then(|by| at.wall_us.checked_add(by));
    let moved = DateTime::checked(wall_us.unwrap_or(i64::MAX), at.tz.clone(), false)?;
    Ok(moved.into_value())
}

fn shift_day(day: Date, days: i64) -> Result<Value, Error> {
    let moved = i64::from(day.0).saturating_add(days);
    i32::try_from(moved)
        .ok()
        .filter(|day| (super::FIRST_DAY..=super::LAST_DAY).contains(day))
        .map(|day| Value::Date(Date(day)))
        .ok_or_else(|| Error::value_error("date value out of range"))
}

/// Within one zone the difference of the wall clocks, as Python does it.
fn between(x: &DateTime, y: &DateTime) -> Result<Value, Error> {
    if x.tz.is_some() != y.tz.is_some() {
        return Err(Error::type_error(
            "can't subtract offset-naive and offset-aware datetimes",
        ));
    }
    Ok(Value::Delta(Delta(if x.tz == y.tz {
        x.wall_us - y.wall_us
    } else {
        x.instant_us() - y.instant_us()
    })))
}

/// A duration of any integer number of microseconds, checked.
pub(super) fn duration(us: &BigInt) -> Result<Value, Error> {
    let us = us.to_i64();
    us.map(|us| Value::Delta(Delta(us)))
        .ok_or_else(|| Error::value_error("the duration is too long"))
}

fn durations(op: BinaryOp, x: Delta, y: Delta) -> Option<Result<Value, Error>> {
    let (x, y) = (x.0, y.0);
    match op {
        BinaryOp::Add => Some(duration(&(BigInt::from(x) + y))),
        BinaryOp::Sub => Some(duration(&(BigInt::from(x) - y))),
        BinaryOp::Div | BinaryOp::FloorDiv => {
            Some(ops::binary(op, &Value::Int(x), &Value::Int(y), usize::MAX))
        }
        BinaryOp::Mod => {
            let rest = ops::binary(op, &Value::Int(x), &Value::Int(y), usize::MAX);
            Some(rest.map(|rest| Value::Delta(Delta(rest.as_int().unwrap_or(0)))))
        }
        _ => None,
    }
}

/// A number as an exact fraction; `None` when it is no number or not finite.
fn fraction(number: &Value) -> Option<(BigInt, BigInt)> {
    let Value::Float(number) = number else {
        return ops::to_big(number).map(|whole| (whole, BigInt::from(1)));
    };
    let (mut top, mut power) = (*number, 0_u32);
    if !top.is_finite() {
        return None;
    }
    while top.fract() != 0.0 {
        top *= 2.0;
        power += 1;
    }
    Some((BigInt::from_f64(top)?, BigInt::from(1) << power))
}

/// Rounded to the nearest integer, ties to even.
fn divide_rounded(top: &BigInt, bottom: &BigInt) -> BigInt {
    let (top, bottom) = if bottom.is_negative() {
        (-top, -bottom)
    } else {
        (top.clone(), bottom.clone())
    };
    let mut quotient = &top / &bottom;
    let mut rest = &top % &bottom;
    if rest.is_negative() {
        quotient -= 1;
        rest += &bottom;
    }
    let twice: BigInt = rest * 2;
    if twice > bottom || (twice == bottom && quotient.bit(0)) {
        quotient += 1;
    }
    quotient
}

fn not_finite() -> Error {
    Error::value_error("a duration cannot be scaled by a number that is not finite")
}

fn scale(by: Delta, number: &Value) -> Option<Result<Value, Error>> {
    number.as_float()?;
    Some(match fraction(number) {
        Some((top, bottom)) => duration(&divide_rounded(&(top * by.0), &bottom)),
        None => Err(not_finite()),
    })
}

fn divide(op: BinaryOp, by: Delta, number: &Value) -> Option<Result<Value, Error>> {
    number.as_float()?;
    let whole = !matches!(number, Value::Float(_));
    if op != BinaryOp::Div && !(op == BinaryOp::FloorDiv && whole) {
        return None;
    }
    let Some((top, bottom)) = fraction(number) else {
        return Some(Err(not_finite()));
    };
    if top.is_zero() {
        return Some(Err(Error::value_error("division by zero")));
    }
    if op == BinaryOp::FloorDiv {
        let us = ops::binary(op, &Value::Int(by.0), number, usize::MAX);
        return Some(us.map(|us| Value::Delta(Delta(us.as_int().unwrap_or(0)))));
    }
    Some(duration(&divide_rounded(&(bottom * by.0), &top)))
}
