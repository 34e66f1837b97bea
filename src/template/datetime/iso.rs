//! ISO 8601 text of dates and times, as `isoformat()` writes it.

use std::cell::RefCell;
use std::fmt::{self, Write};

use super::zone::offset_text;
use super::{DateTime, SECOND, TimeOfDay, Tz, civil};
use crate::template::{Error, Str};

/// The two digits of the numbers below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// How much of the time to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeSpec {
    Auto,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Microseconds,
}

impl TimeSpec {
    pub(crate) fn parse(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "auto" => Self::Auto,
            "hours" => Self::Hours,
            "minutes" => Self::Minutes,
            "seconds" => Self::Seconds,
            "milliseconds" => Self::Milliseconds,
            "microseconds" => Self::Microseconds,
            _ => {
                return Err(Error::value_error(format!("unknown timespec '{name}'"))
                    .help("one of auto, hours, minutes, seconds, milliseconds, microseconds"));
            }
        })
    }
}

/// The text made last: an event shows its timestamp in several places.
struct Made {
    at: DateTime,
    text: Str,
}

thread_local! {
    static MADE: RefCell<Option<Made>> = const { RefCell::new(None) };
}

impl DateTime {
    /// `isoformat()`
    pub(crate) fn iso(&self) -> Str {
        MADE.with_borrow_mut(|made| {
            if let Some(Made { at, text }) = made
                && at.wall_us == self.wall_us
                && at.fold == self.fold
                && at.tz == self.tz
            {
                return text.clone();
            }
            let mut text = String::with_capacity(32);
            // Writing to a text cannot fail.
            let _ = self.write_iso(&mut text, 'T');
            let text = Str::from(text);
            *made = Some(Made {
                at: self.clone(),
                text: text.clone(),
            });
            text
        })
    }

    pub(crate) fn write_iso(&self, out: &mut dyn Write, separator: char) -> fmt::Result {
        self.write_iso_spec(out, separator, TimeSpec::Auto)
    }

    pub(crate) fn write_iso_spec(
        &self,
        out: &mut dyn Write,
        separator: char,
        spec: TimeSpec,
    ) -> fmt::Result {
        let mut buffer = [0; 32];
        let length = self.iso_bytes(&mut buffer);
        if spec == TimeSpec::Auto && separator.is_ascii() && length > 0 {
            if let Some(slot) = buffer.get_mut(10) {
                *slot = u8::try_from(separator).unwrap_or(b'T');
            }
            let text = std::str::from_utf8(buffer.get(..length).unwrap_or_default());
            out.write_str(text.unwrap_or_default())?;
        } else {
            let (year, month, day) = civil(self.day());
            write!(out, "{year:04}-{month:02}-{day:02}{separator}")?;
            write_time(self.time_us(), spec, out)?;
        }
        match self.offset_s() {
            Some(0) => out.write_str("+00:00"),
            Some(offset) => out.write_str(&offset_text(offset, true)),
            None => Ok(()),
        }
    }

    /// The text without offset; its length. The hottest conversion there is.
    fn iso_bytes(&self, buffer: &mut [u8; 32]) -> usize {
        let (year, month, day) = civil(self.day());
        let us = self.time_us();
        let (seconds, fraction) = ((us / SECOND) as u32, (us % SECOND) as u32);
        let year = u32::try_from(year).unwrap_or(0);
        *buffer = *b"0000-00-00T00:00:00.000000      ";
        let mut put = |at: usize, value: u32| {
            if let Some(place) = buffer.get_mut(at..at + 2) {
                place.copy_from_slice(&PAIRS[(value % 100) as usize]);
            }
        };
        put(0, year / 100);
        put(2, year);
        put(5, month);
        put(8, day);
        put(11, seconds / 3600);
        put(14, seconds / 60 % 60);
        put(17, seconds % 60);
        if fraction == 0 {
            return 19;
        }
        put(20, fraction / 10_000);
        put(22, fraction / 100);
        put(24, fraction);
        26
    }

    pub(crate) fn write_repr(&self, out: &mut dyn Write) -> fmt::Result {
        let (year, month, day) = civil(self.day());
        write!(out, "datetime.datetime({year}, {month}, {day}")?;
        let us = self.time_us();
        let seconds = us / SECOND;
        write!(out, ", {}, {}", seconds / 3600, seconds / 60 % 60)?;
        write_repr_tail(seconds % 60, us % SECOND, self.fold, self.tz.as_ref(), out)
    }
}

impl TimeOfDay {
    pub(crate) fn write_iso(&self, out: &mut dyn Write) -> fmt::Result {
        self.write_iso_spec(out, TimeSpec::Auto)
    }

    pub(crate) fn write_iso_spec(&self, out: &mut dyn Write, spec: TimeSpec) -> fmt::Result {
        write_time(self.us, spec, out)?;
        match self.tz.as_ref().and_then(Tz::fixed_offset_s) {
            Some(offset) => out.write_str(&offset_text(offset, true)),
            None => Ok(()),
        }
    }

    pub(crate) fn write_repr(&self, out: &mut dyn Write) -> fmt::Result {
        let seconds = self.us / SECOND;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(out, "datetime.time({hours}, {minutes}")?;
        let us = self.us % SECOND;
        write_repr_tail(seconds % 60, us, self.fold, self.tz.as_ref(), out)
    }
}

fn write_repr_tail(
    seconds: i64,
    us: i64,
    fold: bool,
    tz: Option<&Tz>,
    out: &mut dyn Write,
) -> fmt::Result {
    if us != 0 {
        write!(out, ", {seconds}, {us}")?;
    } else if seconds != 0 {
        write!(out, ", {seconds}")?;
    }
    if fold {
        out.write_str(", fold=1")?;
    }
    if let Some(tz) = tz {
        write!(out, ", tzinfo={}", tz.repr())?;
    }
    out.write_char(')')
}

fn write_time(us: i64, spec: TimeSpec, out: &mut dyn Write) -> fmt::Result {
    let seconds = us / SECOND;
    let (hours, minutes, fraction) = (seconds / 3600, seconds / 60 % 60, us % SECOND);
    let seconds = seconds % 60;
    match spec {
        TimeSpec::Hours => write!(out, "{hours:02}"),
        TimeSpec::Minutes => write!(out, "{hours:02}:{minutes:02}"),
        TimeSpec::Auto if fraction == 0 => write!(out, "{hours:02}:{minutes:02}:{seconds:02}"),
        TimeSpec::Seconds => write!(out, "{hours:02}:{minutes:02}:{seconds:02}"),
        TimeSpec::Milliseconds => {
            write!(
                out,
                "{hours:02}:{minutes:02}:{seconds:02}.{:03}",
                fraction / 1000
            )
        }
        TimeSpec::Auto | TimeSpec::Microseconds => {
            write!(out, "{hours:02}:{minutes:02}:{seconds:02}.{fraction:06}")
        }
    }
}
