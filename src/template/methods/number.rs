//! Methods of numbers.

use num_bigint::{BigInt, Sign};
use num_traits::FromPrimitive;

use super::{Method, int_arg};
use crate::template::{Args, Error, Value, ops};

pub(super) fn call(
    object: &Value,
    method: Method,
    args: &Args<'_>,
) -> Option<Result<Value, Error>> {
    let float = match object {
        Value::Float(number) => Some(*number),
        _ => None,
    };
    let big = ops::to_big(object);
    Some(match (method, float, &big) {
        (Method::IsInteger, Some(number), _) => args
            .none("is_integer")
            .map(|()| Value::Bool(number.is_finite() && number.fract() == 0.0)),
        (Method::IsInteger, None, _) => args.none("is_integer").map(|()| Value::Bool(true)),
        (Method::BitLength, None, Some(big)) => {
            args.none("bit_length").map(|()| Value::from(big.bits()))
        }
        (Method::BitCount, None, Some(big)) => args
            .none("bit_count")
            .map(|()| Value::from(big.magnitude().count_ones())),
        (Method::ToBytes, None, Some(big)) => to_bytes(big, args),
        (Method::AsIntegerRatio, None, Some(big)) => args
            .none("as_integer_ratio")
            .map(|()| Value::tuple(vec![Value::big(big.clone()), Value::Int(1)])),
        (Method::AsIntegerRatio, Some(number), _) => {
            args.none("as_integer_ratio").and_then(|()| ratio(number))
        }
        (Method::Conjugate, ..) => args.none("conjugate").map(|()| match object {
            Value::Bool(flag) => Value::Int(i64::from(*flag)),
            _ => object.clone(),
        }),
        (Method::Hex, Some(number), _) => args.none("hex").map(|()| Value::from(hex(number))),
        _ => return None,
    })
}

fn to_bytes(big: &BigInt, args: &Args<'_>) -> Result<Value, Error> {
    let [length, order, signed] = args.bind("to_bytes", ["length", "byteorder", "signed"], 0)?;
    let length = length.map_or(Ok(1), |length| int_arg(length, "to_bytes"))?;
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= 1 << 20)
        .ok_or_else(|| Error::value_error("to_bytes: the length is out of range"))?;
    let little = match order.and_then(Value::as_str) {
        None | Some("big") => false,
        Some("little") => true,
        Some(_) => return Err(Error::value_error("byteorder must be 'little' or 'big'")),
    };
    let negative = big.sign() == Sign::Minus;
    if negative && !signed.is_some_and(Value::truth) {
        return Err(Error::value_error("can't convert negative int to unsigned"));
    }
    let mut bytes = if signed.is_some_and(Value::truth) {
        big.to_signed_bytes_le()
    } else {
        big.magnitude().to_bytes_le()
    };
    // The bytes of a signed number are no more than it needs, so none can go.
    if bytes.len() > length.max(1) || (length == 0 && bytes.iter().any(|byte| *byte != 0)) {
        return Err(Error::value_error("int too big to convert"));
    }
    bytes.resize(length, if negative { 0xFF } else { 0 });
    if !little {
        bytes.reverse();
    }
    Ok(Value::Bytes(bytes.into()))
}

fn ratio(number: f64) -> Result<Value, Error> {
    if !number.is_finite() {
        return Err(Error::value_error("this float has no integer ratio"));
    }
    let (mut numerator, mut power) = (number, 0_u32);
    while numerator.fract() != 0.0 {
        numerator *= 2.0;
        power += 1;
    }
    let numerator = BigInt::from_f64(numerator).unwrap_or_default();
    let denominator = BigInt::from(1) << power;
    Ok(Value::tuple(vec![
        Value::big(numerator),
        Value::big(denominator),
    ]))
}

fn hex(number: f64) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if !number.is_finite() {
        return Value::Float(number).text().to_string();
    }
    if number == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = number.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = i64::try_from((bits >> 52) & 0x7FF).unwrap_or(0);
    let (lead, exponent) = if exponent == 0 {
        (0, -1022)
    } else {
        (1, exponent - 1023)
    };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}
