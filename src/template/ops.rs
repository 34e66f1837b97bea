//! Arithmetic operators: Python's.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::{Error, Str, Value, datetime, markup, printf};

/// Larger integers than this many bits are refused.
const MOST_BITS: u64 = 1 << 20;

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
}

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::FloorDiv => "//",
            Self::Mod => "%",
            Self::Pow => "**",
        }
    }
}

/// Applies an operator; texts and lists beyond `largest` are refused.
pub(super) fn binary(op: BinaryOp, a: &Value, b: &Value, largest: usize) -> Result<Value, Error> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => {
            if let Some(value) = small(op, *x, *y) {
                return Ok(value);
            }
        }
        (Value::Float(x), Value::Float(y)) => return floats(op, *x, *y),
        (Value::DateTime(_), Value::Delta(_)) => {
            if let Some(done) = datetime::binary(op, a, b) {
                return done;
            }
        }
        _ => {}
    }
    if let Some(value) = numbers(op, a, b)? {
        return Ok(value);
    }
    if let Some(value) = sequences(op, a, b, largest)? {
        return Ok(value);
    }
    if let Some(done) = datetime::binary(op, a, b) {
        return done;
    }
    let hosted = match (a, b) {
        (Value::Object(host), _) => host.binary(op, b, false),
        _ => None,
    };
    let hosted = hosted.or_else(|| match b {
        Value::Object(host) => host.binary(op, a, true),
        _ => None,
    });
    hosted.unwrap_or_else(|| Err(unsupported(op, a, b)))
}

fn unsupported(op: BinaryOp, a: &Value, b: &Value) -> Error {
    let message = format!(
        "unsupported operand types for {}: '{}' and '{}'",
        op.symbol(),
        a.type_name(),
        b.type_name()
    );
    if a.is_undefined() || b.is_undefined() {
        return Error::undefined(message).help("one side is undefined; `| default(...)` helps");
    }
    let text_and_number = |a: &Value, b: &Value| a.as_str().is_some() && b.as_float().is_some();
    let error = Error::type_error(message);
    if op == BinaryOp::Add && (text_and_number(a, b) || text_and_number(b, a)) {
        return error.help("`~` joins anything as text; `| int` makes a number of a text");
    }
    if a.is_none() || b.is_none() {
        return error
            .help("one side is none, as is a key of the state that was not set: `get(key, 0)`");
    }
    let is_time = |value: &Value| matches!(value, Value::DateTime(_) | Value::Date(_));
    if (is_time(a) || is_time(b)) && (a.as_float().is_some() || b.as_float().is_some()) {
        return error.help("write `module.datetime.timedelta(seconds=...)` for the number");
    }
    error
}

pub(super) fn small(op: BinaryOp, x: i64, y: i64) -> Option<Value> {
    match op {
        BinaryOp::Add => x.checked_add(y).map(Value::Int),
        BinaryOp::Sub => x.checked_sub(y).map(Value::Int),
        BinaryOp::Mul => x.checked_mul(y).map(Value::Int),
        BinaryOp::FloorDiv if y != 0 && y != -1 => {
            let quotient = x / y;
            let down = x % y != 0 && (x < 0) != (y < 0);
            Some(Value::Int(quotient - i64::from(down)))
        }
        BinaryOp::Mod if y != 0 && y != -1 => {
            let rest = x % y;
            let up = rest != 0 && (rest < 0) != (y < 0);
            Some(Value::Int(if up { rest + y } else { rest }))
        }
        BinaryOp::Div if y != 0 && x.unsigned_abs() < 1 << 53 && y.unsigned_abs() < 1 << 53 => {
            Some(Value::Float(x as f64 / y as f64))
        }
        _ => None,
    }
}

pub(super) fn to_big(value: &Value) -> Option<BigInt> {
    match value {
        Value::Big(big) => Some(BigInt::clone(big)),
        value => value.as_int().map(BigInt::from),
    }
}

fn numbers(op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>, Error> {
    if matches!(a, Value::Float(_)) || matches!(b, Value::Float(_)) {
        return match (a.as_float(), b.as_float()) {
            (Some(x), Some(y)) => floats(op, x, y).map(Some),
            _ => Ok(None),
        };
    }
    match (to_big(a), to_big(b)) {
        (Some(x), Some(y)) => bigs(op, &x, &y).map(Some),
        _ => Ok(None),
    }
}

fn zero_division(op: BinaryOp) -> Error {
    Error::value_error(match op {
        BinaryOp::Mod => "modulo by zero",
        _ => "division by zero",
    })
}

fn floats(op: BinaryOp, x: f64, y: f64) -> Result<Value, Error> {
    if y == 0.0 && matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod) {
        return Err(zero_division(op));
    }
    Ok(Value::Float(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div => x / y,
        BinaryOp::FloorDiv => div_mod(x, y).0,
        BinaryOp::Mod => div_mod(x, y).1,
        BinaryOp::Pow => {
            if x == 0.0 && y < 0.0 {
                return Err(Error::value_error(
                    "zero cannot be raised to a negative power",
                ));
            }
            let power = x.powf(y);
            if power.is_nan() && !x.is_nan() && !y.is_nan() {
                return Err(Error::value_error("the power is not a real number"));
            }
            if power.is_infinite() && x.is_finite() && y.is_finite() {
                return Err(Error::value_error("the result is too large"));
            }
            power
        }
    }))
}

fn div_mod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(x / y), rest);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    (floor, rest)
}

fn bigs(op: BinaryOp, x: &BigInt, y: &BigInt) -> Result<Value, Error> {
    if y.is_zero() && matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod) {
        return Err(zero_division(op));
    }
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => {
            limit_bits(x.bits().saturating_add(y.bits()))?;
            x * y
        }
        BinaryOp::Div => return divide(x, y),
        BinaryOp::FloorDiv => floor_div_mod(x, y).0,
        BinaryOp::Mod => floor_div_mod(x, y).1,
        BinaryOp::Pow => {
            if y.is_negative() {
                let (x, y) = (x.to_f64(), y.to_f64());
                return floats(op, x.unwrap_or(f64::NAN), y.unwrap_or(f64::NAN));
            }
            let exponent = y.to_u32().unwrap_or(u32::MAX);
            if x.bits() > 1 {
                limit_bits(x.bits().saturating_mul(u64::from(exponent)))?;
                x.pow(exponent)
            } else if y.is_zero() {
                BigInt::from(1)
            } else if y.bit(0) {
                x.clone()
            } else {
                x * x
            }
        }
    };
    Ok(Value::big(result))
}

fn limit_bits(bits: u64) -> Result<(), Error> {
    if bits > MOST_BITS {
        return Err(Error::limit("the integer is too large"));
    }
    Ok(())
}

fn floor_div_mod(x: &BigInt, y: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = (x / y, x % y);
    if !rest.is_zero() && rest.is_negative() != y.is_negative() {
        (quotient - 1, rest + y)
    } else {
        (quotient, rest)
    }
}

/// True division, rounded once.
fn divide(x: &BigInt, y: &BigInt) -> Result<Value, Error> {
    let bits = |big: &BigInt| i64::try_from(big.bits()).unwrap_or(i64::MAX);
    // Scaled so that the quotient has 64 or 65 significant bits, with the rest folded into the last.
    let shift = 65 - (bits(x) - bits(y));
    let (numerator, denominator) = if shift >= 0 {
        (x << shift, y.clone())
    } else {
        (x.clone(), y << -shift)
    };
    let mut quotient = (&numerator / &denominator).magnitude().clone();
    if !(&numerator % &denominator).is_zero() {
        quotient |= num_bigint::BigUint::from(1_u8);
    }
    let scaled = quotient.to_f64().unwrap_or(f64::INFINITY);
    let exponent = i32::try_from(-shift).unwrap_or(0);
    let half = exponent / 2;
    let result = scaled * 2.0_f64.powi(half) * 2.0_f64.powi(exponent - half);
    if result.is_infinite() {
        return Err(Error::value_error(
            "the result of the division is too large",
        ));
    }
    let negative = x.is_negative() != y.is_negative();
    Ok(Value::Float(if negative { -result } else { result }))
}

fn sequences(op: BinaryOp, a: &Value, b: &Value, largest: usize) -> Result<Option<Value>, Error> {
    match op {
        BinaryOp::Add => add(a, b, largest),
        BinaryOp::Mul => match (b.as_int(), a.as_int()) {
            (Some(times), _) => repeat(a, times, largest),
            (None, Some(times)) => repeat(b, times, largest),
            _ => Ok(None),
        },
        BinaryOp::Mod => match a {
            Value::Str(format) => printf::percent(format.as_str(), b, false, largest).map(Some),
            Value::Safe(format) => printf::percent(format, b, true, largest).map(Some),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn too_large(len: usize, largest: usize) -> Result<(), Error> {
    if len > largest {
        return Err(Error::limit(format!(
            "the result is too large: {len}, at most {largest}"
        )));
    }
    Ok(())
}

fn add(a: &Value, b: &Value, largest: usize) -> Result<Option<Value>, Error> {
    Ok(match (a, b) {
        (Value::Str(x), Value::Str(y)) => {
            too_large(x.byte_len() + y.byte_len(), largest)?;
            Some(Value::Str(Str::concat(&[x, y])))
        }
        (Value::Str(_) | Value::Safe(_), Value::Str(_) | Value::Safe(_)) => {
            let text = markup::escape_value(a) + &markup::escape_value(b);
            too_large(text.len(), largest)?;
            Some(Value::safe(text))
        }
        (Value::List(x), Value::List(y)) => {
            let mut items = x.borrow().to_vec();
            too_large(items.len(), largest)?;
            items.extend(y.borrow().iter().cloned());
            Some(Value::list(items))
        }
        (Value::Bytes(x), Value::Bytes(y)) => {
            Some(Value::Bytes(x.iter().chain(y.iter()).copied().collect()))
        }
        _ => match (a.as_tuple(), b.as_tuple()) {
            (Some(x), Some(y)) => {
                too_large(x.len() + y.len(), largest)?;
                Some(Value::tuple(x.iter().chain(y).cloned().collect()))
            }
            _ => None,
        },
    })
}

fn repeat(value: &Value, times: i64, largest: usize) -> Result<Option<Value>, Error> {
    let times = usize::try_from(times).unwrap_or(0);
    let check = |len: usize| too_large(len.saturating_mul(times), largest);
    let items = |items: &[Value]| {
        let total = items.len().saturating_mul(times);
        let repeated = items.iter().cycle().take(total);
        repeated.cloned().collect::<Vec<_>>()
    };
    Ok(Some(match value {
        Value::Str(text) => {
            check(text.byte_len())?;
            Value::from(text.as_str().repeat(times))
        }
        Value::Safe(text) => {
            check(text.len())?;
            Value::safe(text.repeat(times))
        }
        Value::Bytes(bytes) => {
            check(bytes.len())?;
            Value::Bytes(bytes.repeat(times).into())
        }
        Value::List(list) => {
            check(list.borrow().len())?;
            Value::list(items(&list.borrow()))
        }
        value => match value.as_tuple() {
            Some(tuple) => {
                check(tuple.len())?;
                Value::tuple(items(tuple))
            }
            None => return Ok(None),
        },
    }))
}

/// `-value`
pub(super) fn negate(value: &Value) -> Result<Value, Error> {
    match value {
        Value::Float(number) => Ok(Value::Float(-number)),
        Value::Delta(delta) => Ok(Value::Delta(datetime::Delta(delta.0.saturating_neg()))),
        value => match to_big(value) {
            Some(number) => Ok(Value::big(-number)),
            None => Err(bad_unary("-", value)),
        },
    }
}

/// `+value`
pub(super) fn plus(value: &Value) -> Result<Value, Error> {
    match value {
        Value::Float(_) | Value::Delta(_) | Value::Int(_) | Value::Big(_) => Ok(value.clone()),
        value => match value.as_int() {
            Some(number) => Ok(Value::Int(number)),
            None => Err(bad_unary("+", value)),
        },
    }
}

fn bad_unary(op: &str, value: &Value) -> Error {
    let message = format!("bad operand type for unary {op}: '{}'", value.type_name());
    if value.is_undefined() {
        return Error::undefined(message);
    }
    Error::type_error(message)
}
