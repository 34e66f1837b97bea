//! Equality, order and hashes of values: Python's.

use std::cmp::Ordering;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};

use super::{Error, Value};

/// Deeper nesting than this is never equal and has no order.
const DEEPEST: u32 = 100;

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        equal(self, other, 0)
    }
}

fn equal(a: &Value, b: &Value, depth: u32) -> bool {
    use Value as V;
    if depth > DEEPEST {
        return false;
    }
    match (a, b) {
        (V::Int(a), V::Int(b)) => a == b,
        (V::Str(a), V::Str(b)) => a == b,
        (V::Undefined, V::Undefined) | (V::None, V::None) => true,
        (V::Bytes(a), V::Bytes(b)) => a == b,
        (V::List(a), V::List(b)) => {
            a.address() == b.address() || equal_items(&a.borrow(), &b.borrow(), depth)
        }
        (V::Dict(a), V::Dict(b)) => Rc::ptr_eq(&a.0, &b.0) || equal_dicts(a, b, depth),
        (V::DateTime(a), V::DateTime(b)) => a.equals(b),
        (V::Date(a), V::Date(b)) => a == b,
        (V::Time(a), V::Time(b)) => a.compare(b) == Some(Ordering::Equal),
        (V::Delta(a), V::Delta(b)) => a == b,
        (V::Object(x), V::Object(y)) => {
            if std::ptr::addr_eq(Rc::as_ptr(x), Rc::as_ptr(y)) {
                return true;
            }
            match (x.as_tuple(), y.as_tuple()) {
                (Some(x), Some(y)) => equal_items(x, y, depth),
                _ => x.equals(b) || y.equals(a),
            }
        }
        (V::Str(_) | V::Safe(_), V::Str(_) | V::Safe(_)) => text_bytes(a) == text_bytes(b),
        (V::Object(x), _) => match (x.as_tuple(), b.as_tuple()) {
            (Some(x), Some(y)) => equal_items(x, y, depth),
            _ => x.equals(b),
        },
        (_, V::Object(y)) => match (a.as_tuple(), y.as_tuple()) {
            (Some(x), Some(y)) => equal_items(x, y, depth),
            _ => y.equals(a),
        },
        (V::Tuple(a), V::Tuple(b)) => equal_items(a, b, depth),
        _ => compare_numbers(a, b).flatten() == Some(Ordering::Equal),
    }
}

fn text_bytes(value: &Value) -> &[u8] {
    match value {
        Value::Str(text) => text.as_bytes(),
        Value::Safe(text) => text.as_bytes(),
        _ => &[],
    }
}

fn equal_items(a: &[Value], b: &[Value], depth: u32) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b, depth + 1))
}

fn equal_dicts(a: &super::Dict, b: &super::Dict, depth: u32) -> bool {
    let (a, b) = (a.borrow(), b.borrow());
    a.len() == b.len()
        && a.iter().all(|(key, value)| match b.get(key) {
            Ok(Some(other)) => equal(value, other, depth + 1),
            _ => false,
        })
}

/// `None` when either is no number; `Some(None)` when one is NaN.
pub(super) fn compare_numbers(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    use Value as V;
    Some(match (a, b) {
        (V::Int(a), V::Int(b)) => Some(a.cmp(b)),
        (V::Float(a), V::Float(b)) => a.partial_cmp(b),
        (V::Big(a), V::Big(b)) => Some(a.cmp(b)),
        (V::Float(a), _) => compare_to_float(b, *a)?.map(Ordering::reverse),
        (_, V::Float(b)) => compare_to_float(a, *b)?,
        (V::Big(a), _) => {
            b.as_int()?;
            Some(sign(a))
        }
        (_, V::Big(b)) => {
            a.as_int()?;
            Some(sign(b).reverse())
        }
        _ => Some(a.as_int()?.cmp(&b.as_int()?)),
    })
}

/// How a big integer compares to any small one.
fn sign(big: &BigInt) -> Ordering {
    big.cmp(&BigInt::default())
}

fn compare_to_float(a: &Value, b: f64) -> Option<Option<Ordering>> {
    let exact = match a {
        Value::Big(a) => BigInt::clone(a),
        _ => {
            let a = a.as_int()?;
            if a.unsigned_abs() < 1 << 53 {
                return Some((a as f64).partial_cmp(&b));
            }
            BigInt::from(a)
        }
    };
    if !b.is_finite() {
        return Some(0.0_f64.partial_cmp(&b));
    }
    let whole = BigInt::from_f64(b.floor())?;
    let order = exact.cmp(&whole);
    Some(Some(match order {
        Ordering::Equal if b.fract() != 0.0 => Ordering::Less,
        other => other,
    }))
}

/// The order of two values for `operator`; an error when they have none, `Ok(None)` beside a NaN.
pub(super) fn order(a: &Value, b: &Value, operator: &str) -> Result<Option<Ordering>, Error> {
    order_at(a, b, operator, 0)
}

fn order_at(a: &Value, b: &Value, operator: &str, depth: u32) -> Result<Option<Ordering>, Error> {
    use Value as V;
    if let Some(order) = compare_numbers(a, b) {
        return Ok(order);
    }
    match (a, b) {
        (V::Str(_) | V::Safe(_), V::Str(_) | V::Safe(_)) => {
            return Ok(Some(text_bytes(a).cmp(text_bytes(b))));
        }
        (V::Bytes(a), V::Bytes(b)) => return Ok(Some(a.cmp(b))),
        (V::List(x), V::List(y)) if depth < DEEPEST => {
            let (x, y) = (x.borrow(), y.borrow());
            return order_items(&x, &y, operator, depth);
        }
        (V::DateTime(a), V::DateTime(b)) => return a.order(b, operator).map(Some),
        (V::Date(a), V::Date(b)) => return Ok(Some(a.cmp(b))),
        (V::Time(a), V::Time(b)) => {
            return match a.compare(b) {
                Some(order) => Ok(Some(order)),
                None => Err(Error::type_error(
                    "can't compare offset-naive and offset-aware times",
                )),
            };
        }
        (V::Delta(a), V::Delta(b)) => return Ok(Some(a.cmp(b))),
        (V::Undefined, _) | (_, V::Undefined) => {
            return Err(Error::undefined(format!(
                "'{operator}' compares '{}' with '{}': one side is undefined",
                a.type_name(),
                b.type_name()
            )));
        }
        _ => {}
    }
    if depth < DEEPEST
        && let (Some(x), Some(y)) = (a.as_tuple(), b.as_tuple())
    {
        return order_items(x, y, operator, depth);
    }
    let by_object = match (a, b) {
        (V::Object(x), _) => x.compare(b),
        (_, V::Object(y)) => y.compare(a).map(Ordering::reverse),
        _ => None,
    };
    match by_object {
        Some(order) => Ok(Some(order)),
        None => Err(Error::type_error(format!(
            "'{operator}' not supported between instances of '{}' and '{}'",
            a.type_name(),
            b.type_name()
        ))),
    }
}

fn order_items(
    a: &[Value],
    b: &[Value],
    operator: &str,
    depth: u32,
) -> Result<Option<Ordering>, Error> {
    for (a, b) in a.iter().zip(b) {
        if !equal(a, b, depth + 1) {
            return order_at(a, b, operator, depth + 1);
        }
    }
    Ok(Some(a.len().cmp(&b.len())))
}

impl Value {
    /// Hash, equal for equal values; an error for what cannot be a key.
    pub fn hash_code(&self) -> Result<u64, Error> {
        self.hash_at(0)
    }

    fn hash_at(&self, depth: u32) -> Result<u64, Error> {
        let hash = match self {
            Self::Undefined => 1,
            Self::None => 2,
            Self::Bool(flag) => mix(u64::from(*flag)),
            Self::Int(number) => mix(number.cast_unsigned()),
            Self::Big(number) => hash_bytes(&number.to_signed_bytes_le()),
            Self::Float(number) => hash_float(*number)?,
            Self::Str(_) | Self::Safe(_) => hash_bytes(text_bytes(self)),
            Self::Bytes(bytes) => hash_bytes(bytes).rotate_left(1),
            Self::DateTime(at) => mix(at.hash_key().cast_unsigned()),
            Self::Date(day) => mix(u64::from(day.0.cast_unsigned())).rotate_left(3),
            Self::Time(at) => mix(at.us.cast_unsigned()).rotate_left(5),
            Self::Delta(delta) => mix(delta.0.cast_unsigned()).rotate_left(7),
            Self::Tuple(_) => self.hash_tuple(depth)?,
            Self::Object(object) if object.as_tuple().is_some() => self.hash_tuple(depth)?,
            Self::Object(object) => match object.hash() {
                Some(hash) => hash,
                None => mix(Rc::as_ptr(object).cast::<u8>() as usize as u64),
            },
            Self::List(_) | Self::Dict(_) => {
                return Err(Error::type_error(format!(
                    "unhashable type: '{}'",
                    self.type_name()
                )));
            }
        };
        Ok(hash)
    }

    fn hash_tuple(&self, depth: u32) -> Result<u64, Error> {
        if depth > DEEPEST {
            return Err(Error::limit("a key is nested too deeply"));
        }
        let mut hash = 0x345_678;
        for item in self.as_tuple().unwrap_or_default() {
            hash = mix(hash ^ item.hash_at(depth + 1)?);
        }
        Ok(hash)
    }
}

fn hash_float(number: f64) -> Result<u64, Error> {
    if number.fract() == 0.0 && number.is_finite() {
        match number.to_i64() {
            Some(whole) => Value::Int(whole),
            None => BigInt::from_f64(number).map_or(Value::Int(0), Value::big),
        }
        .hash_code()
    } else {
        Ok(mix(number.to_bits()))
    }
}

fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash ^ (hash >> 29)
}

fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut hash = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        if let Some(to) = word.get_mut(..chunk.len()) {
            to.copy_from_slice(chunk);
        }
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    mix(hash)
}
