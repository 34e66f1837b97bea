//! What type a plain scalar has: the implicit rules of PyYAML's safe loader (YAML 1.1).
//!
//! Knows text and types only, nothing of places or documents.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use num_bigint::BigInt;

use super::Scalar;

/// Python refuses longer decimal integers; so that a hostile document stays cheap, we do too.
const MAX_DIGITS: usize = 4300;

/// A tag of the YAML type repository that a scalar can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Str,
    Binary,
    Merge,
    Value,
}

impl Type {
    /// The type of a full tag such as `tag:yaml.org,2002:int`.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        Some(match tag.strip_prefix("tag:yaml.org,2002:")? {
            "null" => Self::Null,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "float" => Self::Float,
            "timestamp" => Self::Timestamp,
            "str" => Self::Str,
            "binary" => Self::Binary,
            "merge" => Self::Merge,
            "value" => Self::Value,
            _ => return None,
        })
    }

    /// The type that a plain scalar without a tag has.
    pub(super) fn implicit(text: &str) -> Self {
        let Some(first) = text.bytes().next() else {
            return Self::Null;
        };
        match first {
            b'0'..=b'9' | b'+' | b'-' | b'.' => numeric(text),
            b'<' if text == "<<" => Self::Merge,
            b'=' if text == "=" => Self::Value,
            b'~' | b'n' | b'N' if matches!(text, "~" | "null" | "Null" | "NULL") => Self::Null,
            _ if boolean(text).is_some() => Self::Bool,
            _ => Self::Str,
        }
    }
}

/// Types a plain scalar, or says why it cannot be read as what it looks like.
pub(super) fn plain(text: &str) -> Result<Scalar, String> {
    construct(Type::implicit(text), text)
}

/// Reads `text` as `kind`.
pub(super) fn construct(kind: Type, text: &str) -> Result<Scalar, String> {
    match kind {
        Type::Null => Ok(Scalar::Null),
        Type::Bool => boolean(&text.to_lowercase())
            .map(Scalar::Bool)
            .ok_or_else(|| format!("`{text}` is not a boolean")),
        Type::Int => integer(text).ok_or_else(|| format!("`{text}` is not an integer")),
        Type::Float => float(text)
            .map(Scalar::Float)
            .ok_or_else(|| format!("`{text}` is not a number")),
        Type::Timestamp => {
            timestamp(text).ok_or_else(|| format!("`{text}` is not a valid date or time"))
        }
        Type::Binary => binary(text),
        Type::Value => Err("a lone `=` has a special meaning in YAML".to_owned()),
        Type::Str | Type::Merge => Ok(Scalar::Str(text.into())),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn numeric(text: &str) -> Type {
    if looks_float(text) {
        Type::Float
    } else if looks_int(text) {
        Type::Int
    } else if looks_timestamp(text) {
        Type::Timestamp
    } else {
        Type::Str
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn all(text: &str, accept: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(accept)
}

/// Digits and underscores.
fn digits(text: &str) -> bool {
    all(text, |byte| byte.is_ascii_digit() || byte == b'_')
}

/// Digits and underscores that begin with a digit.
fn number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && digits(text)
}

/// `(:[0-5]?[0-9])+` after the first part.
fn sixties<'a>(parts: impl Iterator<Item = &'a str>) -> bool {
    let mut count = 0;
    for part in parts {
        count += 1;
        let fits = match part.as_bytes() {
            [one] => one.is_ascii_digit(),
            [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    count > 0
}

fn looks_int(text: &str) -> bool {
    let body = unsigned(text);
    if let Some(bits) = body.strip_prefix("0b") {
        return !bits.is_empty() && all(bits, |byte| matches!(byte, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = body.strip_prefix("0x") {
        return !hex.is_empty() && all(hex, |byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    if let Some(octal) = body.strip_prefix('0') {
        return all(octal, |byte| matches!(byte, b'0'..=b'7' | b'_'));
    }
    let mut parts = body.split(':');
    let head = parts.next().unwrap_or_default();
    number(head) && (head.len() == body.len() || sixties(parts))
}

fn looks_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let Some((whole, rest)) = body.split_once('.') else {
        return false;
    };
    if whole.is_empty() {
        // Without a sign only: PyYAML reads `-.5` as text.
        return body.len() == text.len()
            && rest.starts_with(|first: char| first.is_ascii_digit())
            && fraction(rest);
    }
    if number(whole) {
        return fraction(rest);
    }
    let mut parts = whole.split(':');
    number(parts.next().unwrap_or_default()) && sixties(parts) && digits(rest)
}

/// `[0-9_]*([eE][-+][0-9]+)?`
fn fraction(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return digits(text);
    };
    digits(mantissa)
        && exponent.starts_with(['+', '-'])
        && exponent.len() > 1
        && all(unsigned(exponent), |byte| byte.is_ascii_digit())
}

fn integer(text: &str) -> Option<Scalar> {
    let text: String = text.chars().filter(|&one| one != '_').collect();
    let body = unsigned(&text);
    let magnitude = if let Some(bits) = body.strip_prefix("0b") {
        radix(bits, 2)?
    } else if let Some(hex) = body.strip_prefix("0x") {
        radix(hex, 16)?
    } else if body.starts_with('0') {
        radix(body, 8)?
    } else if body.contains(':') {
        body.split(':')
            .try_fold(BigInt::ZERO, |sum, part| Some(sum * 60 + radix(part, 10)?))?
    } else {
        radix(body, 10)?
    };
    let value = if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    };
    Some(
        i64::try_from(&value)
            .map_or_else(|_| Scalar::BigInt(value.to_string().into()), Scalar::Int),
    )
}

fn radix(text: &str, radix: u32) -> Option<BigInt> {
    if text.is_empty() || text.len() > MAX_DIGITS || !all(text, |byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    BigInt::parse_bytes(text.as_bytes(), radix)
}

fn float(text: &str) -> Option<f64> {
    let text: String = text
        .chars()
        .filter(|&one| one != '_')
        .collect::<String>()
        .to_lowercase();
    let body = unsigned(&text);
    let magnitude = match body {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ if body.contains(':') => body.split(':').try_fold(0.0, |sum, part| {
            Some(sum * 60.0 + part.parse::<f64>().ok()?)
        })?,
        _ => body.parse().ok()?,
    };
    Some(if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

/// The parts of a timestamp as the regular expression of PyYAML's resolver splits it.
#[derive(Debug, Default)]
struct Stamp<'a> {
    date: [&'a str; 3],
    time: Option<[&'a str; 3]>,
    fraction: &'a str,
    zone: Option<&'a str>,
}

/// Takes `min` to `max` digits.
fn take<'a>(text: &mut &'a str, min: usize, max: usize) -> Option<&'a str> {
    let count = text
        .bytes()
        .take(max)
        .take_while(u8::is_ascii_digit)
        .count();
    if count < min {
        return None;
    }
    let (head, rest) = text.split_at(count);
    *text = rest;
    Some(head)
}

fn skip(text: &mut &str, one: char) -> Option<()> {
    *text = text.strip_prefix(one)?;
    Some(())
}

fn split_stamp(mut text: &str) -> Option<Stamp<'_>> {
    let mut stamp = Stamp::default();
    let rest = &mut text;
    let year = take(rest, 4, 4)?;
    skip(rest, '-')?;
    let month = take(rest, 1, 2)?;
    skip(rest, '-')?;
    let day = take(rest, 1, 2)?;
    stamp.date = [year, month, day];
    if rest.is_empty() {
        return Some(stamp);
    }
    match rest.strip_prefix(['T', 't']) {
        Some(after) => *rest = after,
        None => {
            let after = rest.trim_start_matches([' ', '\t']);
            if after.len() == rest.len() {
                return None;
            }
            *rest = after;
        }
    }
    let hour = take(rest, 1, 2)?;
    skip(rest, ':')?;
    let minute = take(rest, 2, 2)?;
    skip(rest, ':')?;
    stamp.time = Some([hour, minute, take(rest, 2, 2)?]);
    if skip(rest, '.').is_some() {
        stamp.fraction = take(rest, 0, usize::MAX)?;
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    if zone.is_empty() {
        // Blanks may only stand before a zone; plain scalars never end with one anyway.
        return rest.is_empty().then_some(stamp);
    }
    stamp.zone = Some(zone);
    let mut tail = zone;
    if skip(&mut tail, 'Z').is_none() {
        tail = tail.strip_prefix(['+', '-'])?;
        take(&mut tail, 1, 2)?;
        if skip(&mut tail, ':').is_some() {
            take(&mut tail, 2, 2)?;
        }
    }
    tail.is_empty().then_some(stamp)
}

fn looks_timestamp(text: &str) -> bool {
    let Some(stamp) = split_stamp(text) else {
        return false;
    };
    // A date alone needs two digits each; with a time one is enough.
    stamp.time.is_some() || (stamp.date[1].len() == 2 && stamp.date[2].len() == 2)
}

fn timestamp(text: &str) -> Option<Scalar> {
    let stamp = split_stamp(text)?;
    let [year, month, day] = stamp.date;
    let date = NaiveDate::from_ymd_opt(
        year.parse().ok().filter(|&year| year >= 1)?,
        month.parse().ok()?,
        day.parse().ok()?,
    )?;
    let Some([hour, minute, second]) = stamp.time else {
        return Some(Scalar::Date(date));
    };
    let micros: u32 = format!("{:0<6.6}", stamp.fraction).parse().ok()?;
    let local = date.and_hms_micro_opt(
        hour.parse().ok()?,
        minute.parse().ok()?,
        second.parse().ok()?,
        micros,
    )?;
    match stamp.zone {
        None => Some(Scalar::DateTime(local)),
        Some(zone) => with_offset(local, zone).map(Scalar::DateTimeOffset),
    }
}

fn with_offset(local: NaiveDateTime, zone: &str) -> Option<DateTime<FixedOffset>> {
    let seconds = if zone == "Z" {
        0
    } else {
        let (hours, minutes) = match zone.get(1..)?.split_once(':') {
            Some((hours, minutes)) => (hours, minutes.parse::<i32>().ok()?),
            None => (zone.get(1..)?, 0),
        };
        let seconds = hours.parse::<i32>().ok()? * 3600 + minutes * 60;
        if zone.starts_with('-') {
            -seconds
        } else {
            seconds
        }
    };
    let offset = FixedOffset::east_opt(seconds)?;
    // Guards the subtraction inside chrono at the ends of its range.
    local.checked_sub_signed(TimeDelta::seconds(seconds.into()))?;
    offset.from_local_datetime(&local).single()
}

fn binary(text: &str) -> Result<Scalar, String> {
    use base64::Engine as _;

    if !text.is_ascii() {
        return Err("`!!binary` takes base64 text".to_owned());
    }
    // Python's decoder passes over every other character.
    let letters: String = text
        .chars()
        .filter(|&one| one.is_ascii_alphanumeric() || matches!(one, '+' | '/' | '='))
        .collect();
    base64::engine::general_purpose::STANDARD
        .decode(letters)
        .map(|bytes| Scalar::Bytes(Arc::from(bytes)))
        .map_err(|error| format!("`!!binary` takes base64 text: {error}"))
}
