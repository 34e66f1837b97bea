//! ISO 8601 text to dates and times, as Python's `fromisoformat()` reads it.

use super::{DAY, DateTime, TimeOfDay, Tz, day_of, naive, replace};
use crate::template::Error;

fn invalid(text: &str) -> Error {
    Error::value_error(format!("invalid isoformat string: '{text}'"))
}

/// A day of an ISO week, counted from the epoch.
pub(super) fn iso_week_day(year: i64, week: i64, weekday: i64) -> Result<i32, Error> {
    if !(1..=7).contains(&weekday) {
        return Err(Error::value_error(format!(
            "invalid weekday: {weekday} (range is 1 to 7)"
        )));
    }
    let first = day_of(year, 1, 4)?;
    let from_monday = chrono::Datelike::weekday(&naive(first)).num_days_from_monday();
    let monday = i64::from(first) - i64::from(from_monday);
    let day = monday + (week - 1) * 7;
    let thursday = i32::try_from(day + 3).unwrap_or(0);
    let same_year = i64::from(chrono::Datelike::year(&naive(thursday))) == year;
    if !(1..=53).contains(&week) || !same_year {
        return Err(Error::value_error(format!("invalid week: {week}")));
    }
    Ok(i32::try_from(day + weekday - 1).unwrap_or(0))
}

/// Exactly `digits` digits at the start.
fn number(text: &str, digits: usize) -> Option<(i64, &str)> {
    let (head, rest) = text.split_at_checked(digits)?;
    let plain = head.bytes().all(|byte| byte.is_ascii_digit());
    Some((head.parse().ok().filter(|_| plain)?, rest))
}

/// The day at the start, and what follows it.
fn day_prefix(text: &str) -> Option<(Result<i32, Error>, &str)> {
    let (year, rest) = number(text, 4)?;
    let (dashed, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let dash = |rest: &'_ str| -> Option<usize> {
        if dashed {
            rest.starts_with('-').then_some(1)
        } else {
            Some(0)
        }
    };
    if let Some(rest) = rest.strip_prefix('W') {
        let (week, rest) = number(rest, 2)?;
        let with_day = dash(rest).and_then(|skip| number(rest.get(skip..)?, 1));
        let (weekday, rest) = with_day.unwrap_or((1, rest));
        return Some((iso_week_day(year, week, weekday), rest));
    }
    let (month, rest) = number(rest, 2)?;
    let (day, rest) = number(rest.get(dash(rest)?..)?, 2)?;
    Some((day_of(year, month, day), rest))
}

/// A fraction of a second after `.` or `,`, cut to microseconds.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(digits) = text.strip_prefix(['.', ',']) else {
        return Some((0, text));
    };
    let end = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = digits.split_at_checked(end)?;
    if digits.is_empty() {
        return None;
    }
    let kept = digits.get(..6).unwrap_or(digits);
    let us: i64 = format!("{kept:0<6}").parse().ok()?;
    Some((us, rest))
}

/// Hour, minute, second and microsecond at the start.
fn clock(text: &str) -> Option<([i64; 4], &str)> {
    let (hour, mut rest) = number(text, 2)?;
    let colon = rest.starts_with(':');
    let mut parts = [hour, 0, 0, 0];
    for slot in parts.iter_mut().skip(1).take(2) {
        let next = if colon {
            rest.strip_prefix(':')
        } else {
            Some(rest)
        };
        let Some(next) = next.filter(|next| next.starts_with(|one: char| one.is_ascii_digit()))
        else {
            break;
        };
        let (value, after) = number(next, 2)?;
        *slot = value;
        rest = after;
    }
    let (us, rest) = fraction(rest)?;
    let [hour, minute, second, _] = parts;
    Some(([hour, minute, second, us], rest))
}

fn zone(text: &str) -> Option<Option<Tz>> {
    if text.is_empty() {
        return Some(None);
    }
    if text == "Z" {
        return Some(Some(Tz::UTC));
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let ([hours, minutes, seconds, _], rest) = clock(text.strip_prefix(['+', '-'])?)?;
    if !rest.is_empty() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let offset = sign * ((hours * 60 + minutes) * 60 + seconds);
    Some(Some(Tz::Fixed(i32::try_from(offset).ok()?, None)))
}

fn clock_and_zone(text: &str, whole: &str) -> Result<(i64, Option<Tz>), Error> {
    let (parts, rest) = clock(text).ok_or_else(|| invalid(whole))?;
    let tz = zone(rest).ok_or_else(|| invalid(whole))?;
    Ok((replace::time_us(parts)?, tz))
}

pub(super) fn date(text: &str) -> Result<i32, Error> {
    match day_prefix(text) {
        Some((day, "")) => day,
        _ => Err(invalid(text)),
    }
}

pub(super) fn datetime(text: &str) -> Result<DateTime, Error> {
    let (day, rest) = day_prefix(text).ok_or_else(|| invalid(text))?;
    let midnight = i64::from(day?) * DAY;
    let mut rest = rest.chars();
    if rest.next().is_none() {
        return DateTime::checked(midnight, None, false);
    }
    let (us, tz) = clock_and_zone(rest.as_str(), text)?;
    DateTime::checked(midnight + us, tz, false)
}

pub(super) fn time(text: &str) -> Result<TimeOfDay, Error> {
    let bare = text.strip_prefix('T').unwrap_or(text);
    let (us, tz) = clock_and_zone(bare, text)?;
    Ok(TimeOfDay {
        us,
        tz,
        fold: false,
    })
}

/// An offset such as `+01:00`, `+0100`, `-05` or `Z` at the start of a text, and what follows.
pub(super) fn offset_prefix(text: &str) -> Option<(i32, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((0, rest));
    }
    let end = text.bytes().skip(1);
    let end = 1 + end
        .take_while(|byte| byte.is_ascii_digit() || *byte == b':')
        .count();
    let (head, rest) = text.split_at_checked(end)?;
    let offset = zone(head)??.fixed_offset_s()?;
    Some((offset, rest))
}

/// Microseconds of up to six digits of a fraction at the start of a text.
pub(super) fn digits(text: &str, most: usize) -> Option<(i64, usize, &str)> {
    let count = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let (head, rest) = text.split_at_checked(count)?;
    Some((head.parse().ok()?, count, rest))
}
