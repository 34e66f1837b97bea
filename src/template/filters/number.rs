//! Filters on numbers.

use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive};

use super::sequence::key_function;
use crate::template::methods::{int_arg, is_decimal, is_python_space, text_arg};
use crate::template::ops::{self, BinaryOp};
use crate::template::{Args, Ctx, Error, Value, digits};

fn undefined(input: &Value, filter: &str) -> Result<(), Error> {
    if input.is_undefined() {
        let message = format!("the input of the filter '{filter}' is undefined");
        return Err(Error::undefined(message).help("`| default(...)` before it gives it a value"));
    }
    Ok(())
}

pub(super) fn abs(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    args.none("abs")?;
    undefined(input, "abs")?;
    match input {
        Value::Float(number) => Ok(Value::Float(number.abs())),
        Value::Delta(delta) => Ok(Value::Delta(crate::template::Delta(
            delta.0.saturating_abs(),
        ))),
        input => match ops::to_big(input) {
            Some(number) => Ok(Value::big(number.abs())),
            None => Err(Error::type_error(format!(
                "abs takes a number, not '{}'",
                input.type_name()
            ))),
        },
    }
}

/// The digit of any script as one of ASCII; other characters stay.
fn ascii_digit(one: char) -> char {
    if one.is_ascii() || !is_decimal(one) {
        return one;
    }
    // Digits come in runs of ten.
    let run = (1..50).take_while(|back| {
        let before = u32::from(one).checked_sub(*back).and_then(char::from_u32);
        before.is_some_and(is_decimal)
    });
    let value = u32::try_from(run.count() % 10).unwrap_or(0);
    char::from_digit(value, 10).unwrap_or(one)
}

/// A text without surrounding blanks and with underscores between digits removed.
fn digits(text: &str) -> Option<String> {
    let text = text.trim_matches(is_python_space);
    let ascii: String;
    let text = if text.is_ascii() {
        text
    } else {
        ascii = text.chars().map(ascii_digit).collect();
        &ascii
    };
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let digit = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_alphanumeric)
        };
        if *byte == b'_' && !(digit(at.checked_sub(1)) && digit(Some(at + 1))) {
            return None;
        }
    }
    Some(text.replace('_', ""))
}

/// Python's `int(text, base)`.
pub(in crate::template) fn parse_int(text: &str, base: u32) -> Option<BigInt> {
    let text = digits(text)?;
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let lower = body.to_ascii_lowercase();
    let prefix = |known: &str, of: u32| {
        (base == of || base == 0)
            .then(|| lower.strip_prefix(known))
            .flatten()
            .map(|body| (body.to_owned(), of))
    };
    let (body, base) = prefix("0x", 16)
        .or_else(|| prefix("0o", 8))
        .or_else(|| prefix("0b", 2))
        .unwrap_or((lower.clone(), if base == 0 { 10 } else { base }));
    let valid = !body.is_empty() && body.chars().all(|one| one.is_digit(base));
    let number = valid
        .then(|| BigInt::parse_bytes(body.as_bytes(), base))
        .flatten()?;
    Some(if negative { -number } else { number })
}

/// Python's `float(text)`.
pub(in crate::template) fn parse_float(text: &str) -> Option<f64> {
    let text = digits(text)?.to_ascii_lowercase();
    let body = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let named = matches!(body, "inf" | "infinity" | "nan");
    let numeric = body.starts_with(|one: char| one.is_ascii_digit() || one == '.')
        && body.contains(|one: char| one.is_ascii_digit());
    (named || numeric).then(|| text.parse().ok()).flatten()
}

/// The integer in most inputs: a small float, or a few digits.
fn plain_int(input: &Value) -> Option<i64> {
    match input {
        Value::Float(number) if number.abs() < 9e15 => Some(*number as i64),
        Value::Str(text) => {
            let text = text.as_bytes();
            let (negative, digits) = match text {
                [b'-', digits @ ..] => (true, digits),
                digits => (false, digits),
            };
            if digits.is_empty() || digits.len() > 18 {
                return None;
            }
            let number = digits.iter().try_fold(0_i64, |number, digit| {
                let digit = digit.wrapping_sub(b'0');
                (digit < 10).then(|| number * 10 + i64::from(digit))
            })?;
            Some(if negative { -number } else { number })
        }
        _ => None,
    }
}

pub(super) fn int(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    undefined(input, "int")?;
    let [default, base] = args.bind("int", ["default", "base"], 0)?;
    let base = base.map_or(Ok(10), |base| int_arg(base, "int"))?;
    let base = match u32::try_from(base) {
        Ok(base @ (0 | 2..=36)) => base,
        _ => return Err(Error::value_error("int: the base must be 0 or 2 to 36")),
    };
    let default = || default.cloned().unwrap_or(Value::Int(0));
    if let (10, Some(number)) = (base, plain_int(input)) {
        return Ok(Value::Int(number));
    }
    Ok(match input {
        Value::Int(_) | Value::Big(_) => input.clone(),
        Value::Bool(flag) => Value::Int(i64::from(*flag)),
        Value::Float(number) if number.is_infinite() => {
            return Err(Error::value_error(
                "cannot convert float infinity to integer",
            ));
        }
        Value::Float(number) => BigInt::from_f64(number.trunc()).map_or_else(default, Value::big),
        Value::Str(_) | Value::Safe(_) => {
            let text = input.as_str().unwrap_or_default();
            if let Some(number) = parse_int(text, base) {
                return Ok(Value::big(number));
            }
            match parse_float(text) {
                Some(number) => BigInt::from_f64(number.trunc()).map_or_else(default, Value::big),
                None => default(),
            }
        }
        _ => default(),
    })
}

pub(super) fn float(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    undefined(input, "float")?;
    let [default] = args.bind("float", ["default"], 0)?;
    let number = match input.as_str() {
        Some(text) => parse_float(text),
        None => input.as_float(),
    };
    Ok(match number {
        Some(number) => Value::Float(number),
        None => default.cloned().unwrap_or(Value::Float(0.0)),
    })
}

pub(super) fn round(_: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    undefined(input, "round")?;
    let [precision, method] = args.bind("round", ["precision", "method"], 0)?;
    let to_int = precision.is_some_and(Value::is_none);
    let precision = precision.filter(|precision| !precision.is_none());
    let precision = precision.map_or(Ok(0), |precision| int_arg(precision, "round"))?;
    let method = method.map_or(Ok("common"), |method| text_arg(method, "round"))?;
    match method {
        "common" => match round_half_even(input, precision)? {
            Value::Float(number) if to_int => BigInt::from_f64(number)
                .map(Value::big)
                .ok_or_else(|| Error::value_error("round: infinity and nan are no integers")),
            rounded => Ok(rounded),
        },
        "ceil" | "floor" => {
            let Some(number) = input.as_float() else {
                return Err(not_a_number(input));
            };
            let scale = 10_f64.powi(i32::try_from(precision.clamp(-400, 400)).unwrap_or(0));
            let scaled = number * scale;
            if !scaled.is_finite() {
                return Err(Error::value_error("round: the number is too large"));
            }
            let whole = if method == "ceil" {
                scaled.ceil()
            } else {
                scaled.floor()
            };
            // Python rounds to an integer first, which has no negative zero.
            Ok(Value::Float((whole + 0.0) / scale))
        }
        _ => Err(Error::value_error(
            "round: the method must be common, ceil or floor",
        )),
    }
}

fn not_a_number(input: &Value) -> Error {
    Error::type_error(format!("round takes a number, not '{}'", input.type_name()))
}

/// Python's `round(number, digits)`: the exact binary value, ties to even.
pub(in crate::template) fn round_half_even(input: &Value, precision: i64) -> Result<Value, Error> {
    if let Value::Float(number) = input {
        if !number.is_finite() || precision > 330 {
            return Ok(input.clone());
        }
        if let Some(rounded) = round_plainly(*number, precision) {
            return Ok(Value::Float(rounded));
        }
        if let Ok(precision) = usize::try_from(precision) {
            let text = format!("{number:.precision$}");
            return Ok(Value::Float(text.parse().unwrap_or(*number)));
        }
        let exact = BigInt::from_f64(number.trunc()).unwrap_or_default();
        let half = number.fract() != 0.0;
        let rounded = round_big(&exact, precision, half).to_f64().unwrap_or(0.0);
        return Ok(Value::Float(rounded.copysign(*number)));
    }
    let Some(number) = ops::to_big(input) else {
        return Err(not_a_number(input));
    };
    if precision >= 0 {
        return Ok(Value::big(number));
    }
    Ok(Value::big(round_big(&number, precision, false)))
}

/// A float rounded to some places, when it is clear without its exact value which way.
fn round_plainly(number: f64, places: i64) -> Option<f64> {
    const POWERS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let power = *POWERS.get(usize::try_from(places).ok()?)?;
    let scaled = number * power;
    // Below this the product is wrong by less than a thousandth.
    let clear = scaled.abs() < 1e12 && (scaled.fract().abs() - 0.5).abs() > 1e-3;
    // Both are exact, so their quotient is the float nearest to the decimal.
    clear.then(|| scaled.round() / power)
}

/// Rounds to a power of ten above one; `more` says that a fraction was cut off before.
fn round_big(number: &BigInt, precision: i64, more: bool) -> BigInt {
    let places = u32::try_from(-precision).unwrap_or(u32::MAX);
    if u64::from(places) > number.bits() + 1 {
        return BigInt::default();
    }
    let unit = BigInt::from(10).pow(places);
    let magnitude = number.abs();
    let quotient = &magnitude / &unit;
    let rest: BigInt = (&magnitude % &unit) * 2;
    let up = match rest.cmp(&unit) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => more || quotient.bit(0),
        std::cmp::Ordering::Less => false,
    };
    let rounded = (quotient + u32::from(up)) * unit;
    if number.is_negative() {
        -rounded
    } else {
        rounded
    }
}

/// Adds up as Python does: floats with compensation.
pub(in crate::template) fn add_up(
    ctx: &Ctx<'_>,
    start: Value,
    items: impl IntoIterator<Item = Value>,
) -> Result<Value, Error> {
    let mut total = start;
    let mut compensation = 0.0;
    for item in items {
        if let Value::Float(sum) = &total
            && let Some(number) = item.as_float()
        {
            let next = sum + number;
            compensation += if sum.abs() >= number.abs() {
                (sum - next) + number
            } else {
                (number - next) + sum
            };
            total = Value::Float(next);
            continue;
        }
        total = ops::binary(BinaryOp::Add, &total, &item, ctx.largest())?;
    }
    if let Value::Float(sum) = total
        && compensation != 0.0
        && f64::is_finite(compensation)
    {
        return Ok(Value::Float(sum + compensation));
    }
    Ok(total)
}

pub(super) fn sum(ctx: &mut Ctx<'_>, input: &Value, args: &Args<'_>) -> Result<Value, Error> {
    let [attribute, start] = args.bind("sum", ["attribute", "start"], 0)?;
    let mut items = ctx.collect(input)?;
    if let Some(key) = key_function(attribute, false)? {
        items = items
            .iter()
            .map(|item| key.of(item))
            .collect::<Result<_, _>>()?;
    }
    if start.is_some_and(|start| start.as_str().is_some()) {
        let error = Error::type_error("sum adds numbers, its start cannot be a text");
        return Err(error.help("`join` puts texts together"));
    }
    add_up(ctx, start.cloned().unwrap_or(Value::Int(0)), items)
}

pub(super) fn filesizeformat(
    _: &mut Ctx<'_>,
    input: &Value,
    args: &Args<'_>,
) -> Result<Value, Error> {
    undefined(input, "filesizeformat")?;
    let [binary] = args.bind("filesizeformat", ["binary"], 0)?;
    let binary = binary.is_some_and(Value::truth);
    let bytes = match input.as_str() {
        Some(text) => parse_float(text),
        None => input.as_float(),
    };
    let Some(bytes) = bytes else {
        return Err(Error::type_error(format!(
            "filesizeformat takes a number, not '{}'",
            input.type_name()
        )));
    };
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    let units = if binary {
        ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    } else {
        ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    };
    if bytes == 1.0 {
        return Ok(Value::from("1 Byte"));
    }
    if bytes < base {
        let whole = digits::fixed(bytes.trunc(), 0);
        let sign = if bytes <= -1.0 { "-" } else { "" };
        return Ok(Value::from(format!("{sign}{whole} Bytes")));
    }
    let mut text = String::new();
    for (power, unit) in (2..).zip(units) {
        let limit = base.powi(power);
        text = format!("{} {unit}", digits::fixed(base * bytes / limit, 1));
        if bytes < limit {
            break;
        }
    }
    Ok(Value::from(text))
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_float_is_rounded_as_its_exact_value_is(
            number in prop_oneof![-1e13..1e13, -1e3..1e3, -1.0..1.0, Just(-0.0), Just(2.5), Just(0.125)],
            places in 0_usize..11,
        ) {
            if let Some(rounded) = round_plainly(number, i64::try_from(places).unwrap_or(0)) {
                let exact: f64 = format!("{number:.places$}").parse().unwrap_or(f64::NAN);
                prop_assert_eq!(rounded.to_bits(), exact.to_bits());
            }
        }

        #[test]
        fn short_integers_are_read_as_all_are(text in "[-+0-9_ a]{0,3}[0-9]{0,20}") {
            if let Some(number) = plain_int(&Value::from(text.as_str())) {
                prop_assert_eq!(Some(BigInt::from(number)), parse_int(&text, 10));
            }
        }
    }
}
