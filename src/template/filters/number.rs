//! Filters about numbers.

use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use super::select::Path;
use crate::template::methods::{int_arg, is_python_space};
use crate::template::ops::{self, BinaryOp};
use crate::template::{Args, Ctx, Error, Value};

/// Python refuses to read integers of more digits from a text.
const MOST_DIGITS: usize = 4300;

pub(super) fn abs(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("abs")?;
    match value {
        Value::Float(number) => Ok(Value::Float(number.abs())),
        Value::Delta(delta) if delta.0 < 0 => ops::negate(value),
        Value::Delta(_) => Ok(value.clone()),
        value => match ops::to_big(value) {
            Some(number) => Ok(Value::big(number.abs())),
            None => Err(wrong("abs", value)),
        },
    }
}

fn wrong(filter: &str, value: &Value) -> Error {
    if value.is_undefined() {
        return Error::undefined(format!("{filter}: the value is undefined"));
    }
    Error::type_error(format!(
        "{filter} takes a number, not '{}'",
        value.type_name()
    ))
}

pub(super) fn int(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [default, base] = args.bind("int", ["default", "base"], 0)?;
    let default = || default.cloned().unwrap_or(Value::Int(0));
    match value {
        Value::Int(_) | Value::Big(_) => Ok(value.clone()),
        Value::Bool(flag) => Ok(Value::Int(i64::from(*flag))),
        Value::Float(number) if number.is_infinite() => {
            Err(Error::value_error("int: infinity has no integer value"))
        }
        Value::Float(number) => Ok(whole(*number).unwrap_or_else(default)),
        Value::Undefined => Err(wrong("int", value).help("`| default(0) | int` helps")),
        value => {
            let bytes_text;
            let text = match value {
                Value::Bytes(bytes) => {
                    bytes_text = String::from_utf8_lossy(bytes);
                    Some(&*bytes_text)
                }
                value => value.as_str(),
            };
            let Some(text) = text else {
                return Ok(default());
            };
            let base = base.map_or(Some(10), Value::as_int);
            let parsed = base.and_then(|base| parse_int(text, base));
            let parsed = parsed.map(Value::big);
            let parsed = parsed.or_else(|| parse_float(text).and_then(whole));
            Ok(parsed.unwrap_or_else(default))
        }
    }
}

fn whole(number: f64) -> Option<Value> {
    if let Some(small) = number.trunc().to_i64() {
        return Some(Value::Int(small));
    }
    BigInt::from_f64(number.trunc()).map(Value::big)
}

/// Python's `int(text, base)`.
pub(in crate::template) fn parse_int(text: &str, base: i64) -> Option<BigInt> {
    let text = text.trim_matches(is_python_space);
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let prefixed = |letter: char| {
        let rest = digits.strip_prefix('0')?;
        let rest = rest.strip_prefix([letter, letter.to_ascii_uppercase()])?;
        Some(rest.strip_prefix('_').unwrap_or(rest))
    };
    let (radix, digits) = match base {
        0 => {
            let known = [(16, 'x'), (8, 'o'), (2, 'b')];
            let found = known.into_iter().find_map(|(radix, letter)| Some((radix, prefixed(letter)?)));
            match found {
                Some(found) => found,
                // A leading zero is ambiguous without a base.
                None if digits.starts_with('0') && digits.bytes().any(|byte| matches!(byte, b'1'..=b'9')) => {
                    return None;
                }
                None => (10, digits),
            }
        }
        16 => (16, prefixed('x').unwrap_or(digits)),
        8 => (8, prefixed('o').unwrap_or(digits)),
        2 => (2, prefixed('b').unwrap_or(digits)),
        base => (u32::try_from(base).ok().filter(|base| (2..=36).contains(base))?, digits),
    };
    let digits = without_underscores(digits)?;
    let plain = digits.chars().all(|one| one.is_digit(radix));
    if !plain || (digits.len() > MOST_DIGITS && !radix.is_power_of_two()) {
        return None;
    }
    let number = BigInt::parse_bytes(digits.as_bytes(), radix)?;
    Some(if negative { -number } else { number })
}

/// Python's `float(text)`.
pub(in crate::template) fn parse_float(text: &str) -> Option<f64> {
    let text = without_underscores(text.trim_matches(is_python_space))?;
    text.parse().ok()
}

/// Without underscores, each of which must stand between digits.
fn without_underscores(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let is_digit = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(one) = chars.next() {
        if one == '_' && !(is_digit(before) && is_digit(chars.peek().copied())) {
            return None;
        }
        before = Some(one);
    }
    Some(text.replace('_', "").into())
}

pub(super) fn float(_: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [default] = args.bind("float", ["default"], 0)?;
    let default = || default.cloned().unwrap_or(Value::Float(0.0));
    match value {
        Value::Undefined => Err(wrong("float", value).help("`| default(0) | float` helps")),
        Value::Big(_) => as_float(value, "float").map(Value::Float),
        Value::Bytes(bytes) => {
            let parsed = parse_float(&String::from_utf8_lossy(bytes));
            Ok(parsed.map_or_else(default, Value::Float))
        }
        value => {
            let number = value.as_float();
            let number = number.or_else(|| value.as_str().and_then(parse_float));
            Ok(number.map_or_else(default, Value::Float))
        }
    }
}

fn as_float(value: &Value, filter: &str) -> Result<f64, Error> {
    match value.as_float() {
        Some(number) if number.is_infinite() && matches!(value, Value::Big(_)) => Err(
            Error::value_error(format!("{filter}: the integer is too large for a float")),
        ),
        Some(number) => Ok(number),
        None => Err(wrong(filter, value)),
    }
}

pub(super) fn round(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [precision, method] = args.bind("round", ["precision", "method"], 0)?;
    let method = method.map_or("common", |method| method.as_str().unwrap_or(""));
    if !matches!(method, "common" | "ceil" | "floor") {
        return Err(Error::value_error(
            "round: the method must be 'common', 'ceil' or 'floor'",
        ));
    }
    if value.as_float().is_none() {
        return Err(wrong("round", value));
    }
    if method != "common" {
        return round_directed(ctx, value, precision, method == "ceil");
    }
    let to_int = precision.is_some_and(Value::is_none);
    let digits = match precision {
        None | Some(Value::None) => 0,
        Some(digits) => int_arg(digits, "round: precision")?,
    };
    match value {
        Value::Float(number) if to_int => whole(round_float(*number, 0))
            .filter(|_| number.is_finite())
            .ok_or_else(|| Error::value_error("round: infinity and nan have no integer value")),
        Value::Float(number) => Ok(Value::Float(round_float(*number, digits))),
        value => {
            let number = ops::to_big(value).unwrap_or_default();
            if digits >= 0 {
                return Ok(Value::big(number));
            }
            Ok(Value::big(round_to_tens(&number, false, digits.unsigned_abs())))
        }
    }
}

/// Rounds the exact binary value to decimals, ties to even.
fn round_float(number: f64, digits: i64) -> f64 {
    if !number.is_finite() || digits > 330 {
        return number;
    }
    if let Ok(digits) = usize::try_from(digits) {
        return format!("{number:.digits$}").parse().unwrap_or(number);
    }
    if digits < -310 {
        return 0.0_f64.copysign(number);
    }
    let exact = BigInt::from_f64(number.trunc()).unwrap_or_default();
    let rounded = round_to_tens(&exact, number.fract() != 0.0, digits.unsigned_abs());
    rounded.to_f64().unwrap_or(number).copysign(number)
}

/// Rounds to a multiple of a power of ten, ties to even; `more` says that the magnitude is a
/// fraction above `number`.
fn round_to_tens(number: &BigInt, more: bool, tens: u64) -> BigInt {
    let digits = number.bits() / 3 + 2;
    if tens > digits {
        return BigInt::default();
    }
    let unit = BigInt::from(10).pow(u32::try_from(tens).unwrap_or(u32::MAX));
    let (quotient, rest) = (number.abs() / &unit, number.abs() % &unit);
    let twice = rest * 2;
    let odd = quotient.bit(0);
    let up = twice > unit || (twice == unit && (more || odd));
    let magnitude = (quotient + u8::from(up)) * unit;
    if number.is_negative() { -magnitude } else { magnitude }
}

fn round_directed(
    ctx: &Ctx<'_>,
    value: &Value,
    precision: Option<&Value>,
    up: bool,
) -> Result<Value, Error> {
    let digits = precision.cloned().unwrap_or(Value::Int(0));
    let scale = ops::binary(BinaryOp::Pow, &Value::Int(10), &digits, ctx.largest())?;
    let scaled = match ops::binary(BinaryOp::Mul, value, &scale, ctx.largest())? {
        Value::Float(number) if !number.is_finite() => {
            return Err(Error::value_error("round: infinity and nan cannot be rounded"));
        }
        Value::Float(number) => {
            let rounded = if up { number.ceil() } else { number.floor() };
            whole(rounded).unwrap_or(Value::Int(0))
        }
        number => number,
    };
    ops::binary(BinaryOp::Div, &scaled, &scale, ctx.largest())
}

pub(super) fn filesizeformat(
    _: &mut Ctx<'_>,
    value: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    const DECIMAL: [&str; 8] = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    const BINARY: [&str; 8] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
    let [binary] = args.bind("filesizeformat", ["binary"], 0)?;
    let binary = binary.is_some_and(Value::truth);
    let size = match value.as_str() {
        Some(text) => parse_float(text)
            .ok_or_else(|| Error::value_error(format!("filesizeformat: '{text}' is no number")))?,
        None => as_float(value, "filesizeformat")?,
    };
    let (base, names): (f64, _) = if binary { (1024.0, BINARY) } else { (1000.0, DECIMAL) };
    if size == 1.0 {
        return Ok(Value::from("1 Byte"));
    }
    if size < base {
        let count = whole(size).ok_or_else(|| {
            Error::value_error("filesizeformat: infinity and nan are no sizes")
        })?;
        return Ok(Value::from(format!("{} Bytes", count.text())));
    }
    let mut unit = base;
    let mut chosen = "";
    for name in names {
        unit *= base;
        chosen = name;
        if size < unit {
            break;
        }
    }
    Ok(Value::from(format!("{:.1} {chosen}", base * size / unit)))
}

pub(super) fn sum(ctx: &mut Ctx<'_>, value: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [attribute, start] = args.bind("sum", ["attribute", "start"], 0)?;
    let attribute = attribute.filter(|attribute| !attribute.is_none());
    let mut items = ctx.collect(value)?;
    ctx.step(items.len() as u64)?;
    if attribute.is_some() {
        let path = Path::new(attribute);
        for item in &mut items {
            *item = path.get(item, None)?;
        }
    }
    let start = start.cloned().unwrap_or(Value::Int(0));
    if start.as_str().is_some() {
        return Err(Error::type_error("sum: texts cannot be summed").help("`| join` joins texts"));
    }
    add_up(ctx, start, &items)
}

/// Python's `sum`: floats are added with compensation for lost digits.
fn add_up(ctx: &Ctx<'_>, start: Value, items: &[Value]) -> Result<Value, Error> {
    let mut total = start;
    let mut lost = 0.0;
    for item in items {
        total = match (&total, item) {
            (Value::Float(high), Value::Float(more)) => {
                let next = high + more;
                lost += if high.abs() >= more.abs() {
                    (high - next) + more
                } else {
                    (more - next) + high
                };
                Value::Float(next)
            }
            (Value::Float(high), Value::Int(more)) => Value::Float(high + *more as f64),
            (total, item) => {
                let total = with_lost(total.clone(), &mut lost);
                ops::binary(BinaryOp::Add, &total, item, ctx.largest())?
            }
        };
    }
    Ok(with_lost(total, &mut lost))
}

fn with_lost(total: Value, lost: &mut f64) -> Value {
    let lost = std::mem::take(lost);
    match total {
        Value::Float(high) if !lost.is_zero() && lost.is_finite() => Value::Float(high + lost),
        total => total,
    }
}
