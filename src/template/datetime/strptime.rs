//! `strptime`: text to a date-time by a format.

use super::parse::{digits, iso_week_day, offset_prefix};
use super::{DAY, DateTime, Tz, day_of, replace};
use crate::template::Error;
use crate::time::{MONTHS, WEEKDAYS};

/// What has been read so far.
#[derive(Default)]
struct Read {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    ordinal: Option<i64>,
    iso: (Option<i64>, Option<i64>, Option<i64>),
    hour: i64,
    half: Option<bool>,
    minute: i64,
    second: i64,
    us: i64,
    tz: Option<Tz>,
}

/// Reads a text by a format, both as Python's `strptime` takes them.
pub(super) fn strptime(text: &str, format: &str) -> Result<DateTime, Error> {
    let mut read = Read::default();
    let failed = || {
        Error::value_error(format!(
            "time data '{text}' does not match format '{format}'"
        ))
    };
    let rest = read.all(text, format)?.ok_or_else(failed)?;
    if !rest.is_empty() {
        return Err(Error::value_error(format!(
            "unconverted data remains: {rest}"
        )));
    }
    read.finish()
}

impl DateTime {
    /// Reads a text by a format, both as Python's `strptime` takes them: microseconds since the Unix
    /// epoch, on the wall clock when the text has no offset. `None` when it does not match.
    pub fn read_us(text: &str, format: &str) -> Option<i64> {
        let found = strptime(text, format).ok()?;
        Some(found.wall_us - i64::from(found.offset_s().unwrap_or(0)) * crate::time::SECOND_US)
    }
}

/// One of several names at the start, in any case, from 1.
fn name<'t>(text: &'t str, names: &[&str], short: bool) -> Option<(i64, &'t str)> {
    for (at, name) in names.iter().enumerate() {
        let name = if short { name.get(..3)? } else { name };
        let head = text.get(..name.len());
        if head.is_some_and(|head| head.eq_ignore_ascii_case(name)) {
            return Some((i64::try_from(at).ok()? + 1, text.get(name.len()..)?));
        }
    }
    None
}

impl Read {
    /// What is left of the text; `Ok(None)` when it does not match.
    fn all<'t>(&mut self, text: &'t str, format: &str) -> Result<Option<&'t str>, Error> {
        let mut rest = text;
        let mut format = format.chars();
        while let Some(one) = format.next() {
            let next = if one.is_whitespace() {
                let trimmed = rest.trim_start();
                (trimmed.len() < rest.len()).then_some(trimmed)
            } else if one == '%' {
                match format.next() {
                    Some('%') => rest.strip_prefix('%'),
                    Some(directive) if "aAbBcdfGHIjmMpSTDFRuVxXyYzZwe".contains(directive) => {
                        self.directive(rest, directive)?
                    }
                    Some(directive) => {
                        let message = format!("'{directive}' is a bad directive in a format");
                        return Err(Error::value_error(message));
                    }
                    None => return Err(Error::value_error("stray % in a format")),
                }
            } else {
                let same = |first: char| first.to_lowercase().eq(one.to_lowercase());
                rest.strip_prefix(same)
            };
            match next {
                Some(next) => rest = next,
                None => return Ok(None),
            }
        }
        Ok(Some(rest))
    }

    fn directive<'t>(&mut self, text: &'t str, directive: char) -> Result<Option<&'t str>, Error> {
        let composed = match directive {
            'c' => "%a %b %d %H:%M:%S %Y",
            'x' | 'D' => "%m/%d/%y",
            'X' | 'T' => "%H:%M:%S",
            'F' => "%Y-%m-%d",
            'R' => "%H:%M",
            _ => return Ok(self.simple(text, directive)),
        };
        self.all(text, composed)
    }

    fn simple<'t>(&mut self, text: &'t str, directive: char) -> Option<&'t str> {
        match directive {
            'a' | 'A' => Some(name(text, &WEEKDAYS, directive == 'a')?.1),
            'b' | 'B' => {
                let (month, rest) = name(text, &MONTHS, directive == 'b')?;
                self.month = Some(month);
                Some(rest)
            }
            'p' => {
                let (half, rest) = name(text, &["AM", "PM"], false)?;
                self.half = Some(half == 2);
                Some(rest)
            }
            'z' => {
                let (offset, rest) = offset_prefix(text)?;
                self.tz = Some(Tz::Fixed(offset, None));
                Some(rest)
            }
            'Z' => ["UTC", "GMT"]
                .iter()
                .find_map(|zone| text.strip_prefix(zone)),
            _ => self.number(text, directive),
        }
    }

    fn number<'t>(&mut self, text: &'t str, directive: char) -> Option<&'t str> {
        let text = if directive == 'd' || directive == 'e' {
            text.strip_prefix(' ').unwrap_or(text)
        } else {
            text
        };
        let (most, range) = match directive {
            'Y' | 'G' => (4, 0..=9999),
            'f' => (6, 0..=999_999),
            'j' => (3, 1..=366),
            'm' => (2, 1..=12),
            'd' | 'e' => (2, 1..=31),
            'H' => (2, 0..=23),
            'I' => (2, 1..=12),
            'M' => (2, 0..=59),
            'S' => (2, 0..=61),
            'u' => (1, 1..=7),
            'w' => (1, 0..=6),
            'V' => (2, 1..=53),
            _ => (2, 0..=99),
        };
        let mut taken = most;
        let (value, count, rest) = loop {
            let (value, count, rest) = digits(text, taken)?;
            // "311" for a day of the month is 31 and then 1; "45" is 4 and then 5.
            if range.contains(&value) || count <= 1 {
                break (value, count, rest);
            }
            taken = count - 1;
        };
        if !range.contains(&value) || (matches!(directive, 'Y' | 'G') && count != 4) {
            return None;
        }
        match directive {
            'Y' => self.year = Some(value),
            'y' => self.year = Some(if value < 69 { 2000 } else { 1900 } + value),
            'm' => self.month = Some(value),
            'd' | 'e' => self.day = Some(value),
            'j' => self.ordinal = Some(value),
            'H' | 'I' => self.hour = value,
            'M' => self.minute = value,
            'S' => self.second = value,
            'f' => self.us = value * 10_i64.pow(u32::try_from(6 - count).unwrap_or(0)),
            'G' => self.iso.0 = Some(value),
            'V' => self.iso.1 = Some(value),
            'u' => self.iso.2 = Some(value),
            _ => {}
        }
        Some(rest)
    }

    fn finish(self) -> Result<DateTime, Error> {
        let day = match self.iso {
            (Some(year), Some(week), Some(weekday)) => iso_week_day(year, week, weekday)?,
            _ => {
                let year = self.year.unwrap_or(1900);
                match self.ordinal {
                    Some(ordinal) if self.month.is_none() && self.day.is_none() => {
                        day_of(year, 1, 1)? + i32::try_from(ordinal - 1).unwrap_or(0)
                    }
                    _ => day_of(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
                }
            }
        };
        let hour = match self.half {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let us = replace::time_us([hour, self.minute, self.second, self.us])?;
        DateTime::checked(i64::from(day) * DAY + us, self.tz, false)
    }
}
