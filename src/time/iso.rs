//! ISO 8601 text: the strict form that settings accept, and the wide form of timestamp files.

use super::civil::{DAY_US, days_from_civil, month_len, weekday};
use super::{Moment, SECOND_US, Zone};

/// A date and time as written, with its offset if it had one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Wall-clock microseconds since 1970-01-01T00:00:00.
    pub wall_us: i64,
    /// Microseconds east of UTC; `None` when no zone was written.
    pub offset_us: Option<i64>,
}

impl Stamp {
    /// The moment in a zone: a stamp without offset is local to that zone.
    pub fn in_zone(self, zone: Zone) -> Moment {
        match self.offset_us {
            Some(offset) => zone.at_instant(self.wall_us - offset),
            None => zone.at_wall(self.wall_us),
        }
    }
}

/// Why a text is no ISO date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IsoError {
    /// It does not look like one at all.
    #[error("not an ISO 8601 date and time")]
    Shape,
    /// It looks like one, but this part of it is impossible.
    #[error("{0}")]
    Value(&'static str),
}

/// `YYYY-MM-DD`, optionally with `T`, `_` or a space and `HH:MM[:SS[.fraction]][zone]`; the zone is
/// `Z`, `+HH:MM` or `+HHMM`.
///
/// # Errors
/// When it has another shape, or a number out of its range.
pub fn strict(text: &str) -> Result<Stamp, IsoError> {
    let mut scan = Scan::new(text);
    let days = scan.dashed_date()?;
    if scan.done() {
        return Ok(Stamp {
            wall_us: days * DAY_US,
            offset_us: None,
        });
    }
    if !scan.eat_any(b"Tt _") {
        return Err(IsoError::Shape);
    }
    let (tod_us, offset_us) = scan.strict_time()?;
    Ok(Stamp {
        wall_us: days * DAY_US + tod_us,
        offset_us,
    })
}

/// `HH:MM[:SS[.fraction]]`: microseconds since midnight. A zone is accepted and has no effect.
///
/// # Errors
/// When it has another shape, or a number out of its range.
pub fn strict_time(text: &str) -> Result<i64, IsoError> {
    Scan::new(text).strict_time().map(|(tod_us, _)| tod_us)
}

/// The wider grammar of timestamp files: extended or basic format, week dates, hours alone, any
/// separator character, offsets down to fractions of a second.
///
/// # Errors
/// When it has another shape, or a number out of its range.
pub fn wide(text: &str) -> Result<Stamp, IsoError> {
    let mut scan = Scan::new(text);
    let days = scan.wide_date()?;
    let mut stamp = Stamp {
        wall_us: days * DAY_US,
        offset_us: None,
    };
    if scan.done() {
        return Ok(stamp);
    }
    let mut rest = text.get(scan.at..).ok_or(IsoError::Shape)?.chars();
    rest.next();
    scan.at = text.len() - rest.as_str().len();
    stamp.wall_us += scan.wide_clock()?;
    if !scan.done() {
        stamp.offset_us = Some(scan.wide_offset()?);
    }
    if scan.done() {
        Ok(stamp)
    } else {
        Err(IsoError::Shape)
    }
}

/// A position in the bytes of a text.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.eat_any(&[byte])
    }

    fn eat_any(&mut self, set: &[u8]) -> bool {
        let found = self.peek().is_some_and(|byte| set.contains(&byte));
        self.at += usize::from(found);
        found
    }

    /// Exactly `count` digits.
    fn digits(&mut self, count: usize) -> Result<i64, IsoError> {
        let end = self.at + count;
        let digits = self.bytes.get(self.at..end).ok_or(IsoError::Shape)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IsoError::Shape);
        }
        self.at = end;
        Ok(digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }

    fn next_is_digit(&self) -> bool {
        self.peek().is_some_and(|byte| byte.is_ascii_digit())
    }

    fn dashed_date(&mut self) -> Result<i64, IsoError> {
        let year = self.digits(4)?;
        if !self.eat(b'-') {
            return Err(IsoError::Shape);
        }
        let month = self.digits(2)?;
        if !self.eat(b'-') {
            return Err(IsoError::Shape);
        }
        let day = self.digits(2)?;
        date(year, month, day)
    }

    /// `HH:MM[:SS[.f]][zone]` to the end of the text.
    fn strict_time(&mut self) -> Result<(i64, Option<i64>), IsoError> {
        let hour = self.digits(2)?;
        if !self.eat(b':') {
            return Err(IsoError::Shape);
        }
        let minute = self.digits(2)?;
        let (mut second, mut micro) = (0, 0);
        if self.eat(b':') {
            second = self.digits(2)?;
            if self.eat_any(b".,") {
                micro = self.fraction()?;
            }
        }
        let offset = self.strict_offset()?;
        if !self.done() {
            return Err(IsoError::Shape);
        }
        Ok((time_of_day(hour, minute, second, micro)?, offset))
    }

    fn strict_offset(&mut self) -> Result<Option<i64>, IsoError> {
        if self.eat_any(b"Zz") {
            return Ok(Some(0));
        }
        let Some(sign) = self.sign() else {
            return Ok(None);
        };
        let hours = self.digits(2)?;
        self.eat(b':');
        let minutes = self.digits(2)?;
        Ok(Some(sign * time_of_day(hours, minutes, 0, 0)?))
    }

    fn sign(&mut self) -> Option<i64> {
        if self.eat(b'+') {
            Some(1)
        } else if self.eat(b'-') {
            Some(-1)
        } else {
            None
        }
    }

    /// One or more digits as microseconds; what is finer is cut off.
    fn fraction(&mut self) -> Result<i64, IsoError> {
        if !self.next_is_digit() {
            return Err(IsoError::Shape);
        }
        let (mut micro, mut unit) = (0, 100_000);
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            micro += i64::from(digit - b'0') * unit;
            unit /= 10;
            self.at += 1;
        }
        Ok(micro)
    }

    fn wide_date(&mut self) -> Result<i64, IsoError> {
        let year = self.digits(4)?;
        let dashed = self.eat(b'-');
        if self.eat(b'W') {
            let week = self.digits(2)?;
            let has_day = if dashed {
                self.peek() == Some(b'-')
                    && !self.bytes.get(self.at + 2).is_some_and(u8::is_ascii_digit)
                    && self.eat(b'-')
            } else {
                self.next_is_digit()
            };
            let day = if has_day { self.digits(1)? } else { 1 };
            return week_date(year, week, day);
        }
        let month = self.digits(2)?;
        if dashed && !self.eat(b'-') {
            return Err(IsoError::Shape);
        }
        let day = self.digits(2)?;
        date(year, month, day)
    }

    /// `HH`, `HH:MM`, `HHMM` and so on down to a fraction.
    fn wide_clock(&mut self) -> Result<i64, IsoError> {
        let hour = self.digits(2)?;
        let colons = self.peek() == Some(b':');
        let (mut minute, mut second, mut micro) = (0, 0, 0);
        if self.more(colons) {
            minute = self.digits(2)?;
            if self.more(colons) {
                second = self.digits(2)?;
                if self.eat_any(b".,") {
                    micro = self.fraction()?;
                }
            }
        }
        time_of_day(hour, minute, second, micro)
    }

    fn more(&mut self, colons: bool) -> bool {
        if colons {
            self.eat(b':')
        } else {
            self.next_is_digit()
        }
    }

    fn wide_offset(&mut self) -> Result<i64, IsoError> {
        if self.eat(b'Z') {
            return Ok(0);
        }
        let sign = self.sign().ok_or(IsoError::Shape)?;
        Ok(sign * self.wide_clock()?)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "two digits"
)]
fn date(year: i64, month: i64, day: i64) -> Result<i64, IsoError> {
    if year < 1 {
        return Err(IsoError::Value("the first year is 0001"));
    }
    if !(1..=12).contains(&month) {
        return Err(IsoError::Value("the month must be 01 to 12"));
    }
    if day < 1 || day > i64::from(month_len(year, month as u32)) {
        return Err(IsoError::Value("the month does not have that day"));
    }
    Ok(days_from_civil(year, month as u32, day as u32))
}

fn week_date(year: i64, week: i64, day: i64) -> Result<i64, IsoError> {
    if year < 1 {
        return Err(IsoError::Value("the first year is 0001"));
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Value("the day of a week must be 1 to 7"));
    }
    let week_one = |year| {
        // The week with 4 January in it, from its Monday.
        let fourth = days_from_civil(year, 1, 4);
        fourth - i64::from((weekday(fourth) + 6) % 7)
    };
    let start = week_one(year) + (week - 1) * 7;
    if week < 1 || start >= week_one(year + 1) {
        return Err(IsoError::Value("the year does not have that week"));
    }
    Ok(start + day - 1)
}

fn time_of_day(hour: i64, minute: i64, second: i64, micro: i64) -> Result<i64, IsoError> {
    if hour > 23 {
        return Err(IsoError::Value("the hour must be 00 to 23"));
    }
    if minute > 59 {
        return Err(IsoError::Value("the minute must be 00 to 59"));
    }
    if second > 59 {
        return Err(IsoError::Value("the second must be 00 to 59"));
    }
    Ok(((hour * 60 + minute) * 60 + second) * SECOND_US + micro)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shown(stamp: Stamp) -> String {
        stamp.in_zone(Zone::UTC).to_string()
    }

    #[test]
    fn strict_forms() {
        for (text, expected) in [
            ("2024-01-01", "2024-01-01T00:00:00+00:00"),
            ("2024-01-01_12:30", "2024-01-01T12:30:00+00:00"),
            ("2024-01-01t12:30:45,5", "2024-01-01T12:30:45.500000+00:00"),
            (
                "2024-01-01 12:30:45.1234567+0200",
                "2024-01-01T10:30:45.123456+00:00",
            ),
        ] {
            assert_eq!(shown(strict(text).unwrap()), expected, "{text}");
        }
        for text in [
            "2024-1-1",
            "2024-01-01T12",
            "2024-01-01T12:30-05",
            "20240101",
            "",
            "ü",
        ] {
            assert_eq!(strict(text), Err(IsoError::Shape), "{text}");
        }
        assert!(matches!(strict("2023-02-29"), Err(IsoError::Value(_))));
        assert!(matches!(strict_time("24:00"), Err(IsoError::Value(_))));
    }

    #[test]
    fn wide_forms() {
        for (text, expected) in [
            ("20240101T010203", "2024-01-01T01:02:03+00:00"),
            ("2024-W01-1", "2024-01-01T00:00:00+00:00"),
            ("2024W012", "2024-01-02T00:00:00+00:00"),
            ("2024-W53-1", "error"),
            ("2020-W53-7", "2021-01-03T00:00:00+00:00"),
            ("2024-01-01T05", "2024-01-01T05:00:00+00:00"),
            ("2024-01-01é0506", "2024-01-01T05:06:00+00:00"),
            (
                "2024-01-01T05:06:07+01:02:03.5",
                "2024-01-01T04:04:03.500000+00:00",
            ),
            ("2024-01-01T0506Z", "2024-01-01T05:06:00+00:00"),
            ("2024-01-01T", "error"),
            ("2024-01-01T24:00:00", "error"),
            ("\u{feff}2024-01-01", "error"),
        ] {
            let text_of = wide(text).map_or_else(|_| "error".to_owned(), shown);
            assert_eq!(text_of, expected, "{text}");
        }
    }
}
