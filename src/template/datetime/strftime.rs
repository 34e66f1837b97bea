//! `strftime`: the directives, flags and widths of glibc in the C locale, as Python reaches them.

use std::cell::RefCell;
use std::fmt::{self, Write};

use chrono::Datelike;

use super::zone::{offset_text, process_offset_of_wall};
use super::{Date, DateTime, SECOND, TimeOfDay, Tz, civil, naive};
use crate::template::{Str, Value};
use crate::time::{MONTHS, WEEKDAYS};

/// 1900-01-01, the day of a time without date.
const NO_DAY: i32 = -25_567;
/// Wider fields than this are cut to it.
const WIDEST: usize = 4096;

/// What a format can show: a day and a time, perhaps in a zone.
pub(crate) struct Fields<'a> {
    /// Since the epoch, on the wall clock.
    wall_us: i64,
    tz: Option<&'a Tz>,
    fold: bool,
}

impl Fields<'_> {
    fn day(&self) -> i32 {
        i32::try_from(self.wall_us.div_euclid(super::DAY)).unwrap_or(0)
    }

    fn time_us(&self) -> i64 {
        self.wall_us.rem_euclid(super::DAY)
    }

    fn offset_s(&self) -> Option<i32> {
        self.tz.map(|tz| tz.offset_s(self.wall_us, self.fold))
    }
}

impl DateTime {
    /// Writes as `strftime(format)` does.
    pub(crate) fn write_strftime(&self, format: &str, out: &mut dyn Write) -> fmt::Result {
        write_strftime(&self.fields(), format, out)
    }

    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields {
            wall_us: self.wall_us,
            tz: self.tz.as_ref(),
            fold: self.fold,
        }
    }
}

impl Date {
    pub(crate) fn fields(self) -> Fields<'static> {
        Fields {
            wall_us: i64::from(self.0) * super::DAY,
            tz: None,
            fold: false,
        }
    }
}

impl TimeOfDay {
    pub(crate) fn fields(&self) -> Fields<'_> {
        // Without a day, other zones have no offset.
        let fixed = |tz: &&Tz| tz.fixed_offset_s().is_some();
        Fields {
            wall_us: i64::from(NO_DAY) * super::DAY + self.us,
            tz: self.tz.as_ref().filter(fixed),
            fold: self.fold,
        }
    }
}

/// The fields of a value that `strftime` can show.
pub(crate) fn fields_of(value: &Value) -> Option<Fields<'_>> {
    match value {
        Value::DateTime(at) => Some(at.fields()),
        Value::Date(day) => Some(day.fields()),
        Value::Time(at) => Some(at.fields()),
        _ => None,
    }
}

/// Writes a date and time in a format.
pub(crate) fn write_strftime(
    fields: &Fields<'_>,
    format: &str,
    out: &mut dyn Write,
) -> fmt::Result {
    let (year, month, day) = civil(fields.day());
    let seconds = fields.time_us() / SECOND;
    let parts = Parts {
        fields,
        year: i64::from(year),
        month: i64::from(month),
        day: i64::from(day),
        hour: seconds / 3600,
        minute: seconds / 60 % 60,
        second: seconds % 60,
    };
    parts.write(format, out)
}

/// Longest text of a plain format.
const PLAIN: usize = 48;

/// Where the characters of each directive of a plain format lie in [`Plain::parts`], and how many.
const PARTS: [(u8, u8, u8); 9] = [
    (b'Y', 0, 4),
    (b'y', 2, 2),
    (b'm', 4, 2),
    (b'd', 6, 2),
    (b'H', 8, 2),
    (b'M', 10, 2),
    (b'S', 12, 2),
    (b'f', 14, 6),
    (b'b', 20, 3),
];

/// A format of literal ASCII and the commonest directives only, whose characters are always as many: a
/// byte each of the text, either literal or, with the highest bit set, the number of one in
/// [`Plain::parts`].
struct Plain(Box<[u8]>);

impl Plain {
    /// `None` for what is less plain.
    fn of(format: &str) -> Option<Self> {
        let mut text = Vec::with_capacity(PLAIN);
        let mut bytes = format.bytes();
        while let Some(byte) = bytes.next() {
            if byte == b'%' {
                let wanted = bytes.next()?;
                let (_, from, len) = PARTS.iter().find(|(name, ..)| *name == wanted)?;
                text.extend((*from..from + len).map(|part| part | 0x80));
            } else {
                text.push(byte);
            }
        }
        let plain = format.is_ascii() && text.len() <= PLAIN;
        plain.then(|| Self(text.into_boxed_slice()))
    }

    /// What all directives show of a moment, with room for as many characters as the bits that number
    /// them can tell; `None` for a year that has not four digits.
    fn parts(fields: &Fields<'_>) -> Option<[u8; 32]> {
        let (year, month, day) = civil(fields.day());
        let year = u32::try_from(year)
            .ok()
            .filter(|year| (1000..10_000).contains(year))?;
        let time_us = fields.time_us();
        let second = u32::try_from(time_us / SECOND).ok()?;
        let fraction = u32::try_from(time_us % SECOND).ok()?;
        let pairs = [
            year / 100,
            year % 100,
            month,
            day,
            second / 3600,
            second / 60 % 60,
            second % 60,
            fraction / 10_000,
            fraction / 100 % 100,
            fraction % 100,
        ];
        let mut parts = [0; 32];
        for (two, number) in parts.chunks_exact_mut(2).zip(pairs) {
            two.copy_from_slice(pair(i64::from(number)).as_bytes());
        }
        let name = short(nth(&MONTHS, i64::from(month) - 1));
        parts[20..23].copy_from_slice(name.as_bytes().get(..3)?);
        Some(parts)
    }

    /// Appends the text of a moment; false when it is not plain.
    fn write(&self, fields: &Fields<'_>, out: &mut Vec<u8>) -> bool {
        let Some(parts) = Self::parts(fields) else {
            return false;
        };
        out.extend(self.0.iter().map(|&byte| {
            if byte < 0x80 {
                byte
            } else {
                parts[usize::from(byte & 31)]
            }
        }));
        true
    }
}

/// Formats remembered: those that templates use side by side.
const REMEMBERED: usize = 8;

/// A format and the text made of it last: events of a run come close after one another, many within a
/// second.
pub(crate) struct LastText {
    format: String,
    plain: Option<Plain>,
    /// Shows fractions of a second, or what only the zone knows.
    fine: bool,
    /// Of the wall clock, since the epoch; none before the first text.
    second: Option<i64>,
    tz: Option<Tz>,
    fold: bool,
    text: Vec<u8>,
}

impl LastText {
    /// Of a format, and no moment yet.
    pub(crate) fn new(format: &str) -> Self {
        Self {
            format: format.to_owned(),
            plain: Plain::of(format),
            fine: memchr::memchr3(b'f', b's', b'Z', format.as_bytes()).is_some(),
            second: None,
            tz: None,
            fold: false,
            text: Vec::new(),
        }
    }

    /// Appends the text of a moment.
    #[inline]
    pub(crate) fn append(&mut self, fields: &Fields<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(self.of(fields));
    }

    /// The text of a moment.
    fn of(&mut self, fields: &Fields<'_>) -> &[u8] {
        let second = fields.wall_us.div_euclid(SECOND);
        // Clocks change between seconds, so the offset is the same too.
        let same = self.second == Some(second)
            && self.tz.as_ref() == fields.tz
            && self.fold == fields.fold;
        if !same || self.fine {
            self.text.clear();
            let plain = self.plain.as_ref();
            if !plain.is_some_and(|plain| plain.write(fields, &mut self.text)) {
                let mut text = String::with_capacity(32);
                // Writing to a text cannot fail.
                let _ = write_strftime(fields, &self.format, &mut text);
                self.text = text.into_bytes();
            }
            self.second = Some(second);
            (self.tz, self.fold) = (fields.tz.cloned(), fields.fold);
        }
        &self.text
    }
}

thread_local! {
    static MADE: RefCell<Vec<LastText>> = const { RefCell::new(Vec::new()) };
}

fn with_text<T>(fields: &Fields<'_>, format: &str, done: impl FnOnce(&[u8]) -> T) -> T {
    MADE.with_borrow_mut(|all| {
        if let Some(known) = all.iter_mut().find(|known| known.format == format) {
            return done(known.of(fields));
        }
        let mut made = LastText::new(format);
        let result = done(made.of(fields));
        if all.len() >= REMEMBERED {
            all.remove(0);
        }
        all.push(made);
        result
    })
}

/// A date and time in a format, as a value.
pub(crate) fn strftime_value(fields: &Fields<'_>, format: &str) -> Value {
    with_text(fields, format, |text| Value::Str(Str::from_utf8(text)))
}

struct Parts<'f> {
    fields: &'f Fields<'f>,
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

/// The numbers from 0 to 99 in two digits each.
const PAIRS: &str = "00010203040506070809101112131415161718192021222324252627282930313233343536373839\
    40414243444546474849505152535455565758596061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899";

/// A number from 0 to 99 in two digits.
fn pair(value: i64) -> &'static str {
    let at = usize::try_from(value).unwrap_or(0) * 2;
    PAIRS.get(at..at + 2).unwrap_or_default()
}

fn nth(names: &[&'static str], at: i64) -> &'static str {
    let at = usize::try_from(at).ok();
    at.and_then(|at| names.get(at).copied()).unwrap_or_default()
}

/// The short form of the name of a month or weekday.
fn short(name: &'static str) -> &'static str {
    name.get(..3).unwrap_or_default()
}

/// How one directive is to be shown.
#[derive(Clone, Copy, Default)]
struct Style {
    pad: Option<u8>,
    upper: bool,
    swap: bool,
    width: usize,
}

impl Style {
    /// Flags, width and modifier at the start of `rest`; the directive and the length before it.
    fn parse(rest: &str) -> Option<(Self, char, usize)> {
        let mut style = Self::default();
        let mut at = 0;
        let bytes = rest.as_bytes();
        if let Some(letter) = bytes.first().filter(|byte| byte.is_ascii_alphabetic())
            && !matches!(letter, b'E' | b'O')
        {
            return Some((style, char::from(*letter), 0));
        }
        while let Some(flag) = bytes.get(at) {
            match flag {
                b'_' | b'-' | b'0' => style.pad = Some(*flag),
                b'^' => style.upper = true,
                b'#' => style.swap = true,
                _ => break,
            }
            at += 1;
        }
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            style.width = (style.width * 10 + usize::from(digit - b'0')).min(WIDEST);
            at += 1;
        }
        let modifier = bytes.get(at).filter(|byte| matches!(byte, b'E' | b'O'));
        if modifier.is_some() {
            at += 1;
        }
        let directive = rest.get(at..)?.chars().next()?;
        let fits = match modifier {
            Some(b'E') => "cCxXyY".contains(directive),
            Some(_) => "deHImMSuUVwWy".contains(directive),
            None => true,
        };
        fits.then_some((style, directive, at))
    }

    fn text(self, text: &str, out: &mut dyn Write) -> fmt::Result {
        let fill = if self.pad == Some(b'0') { '0' } else { ' ' };
        for _ in text.chars().count()..self.width {
            out.write_char(fill)?;
        }
        if self.upper {
            out.write_str(&text.to_uppercase())
        } else {
            out.write_str(text)
        }
    }

    fn number(self, value: i64, digits: usize, out: &mut dyn Write) -> fmt::Result {
        if digits == 2 && self.pad.is_none() && self.width <= 2 && (0..100).contains(&value) {
            return out.write_str(pair(value));
        }
        if digits == 1 && self.pad.is_none() && self.width <= 1 {
            return out.write_str(itoa::Buffer::new().format(value));
        }
        let width = self.width.max(digits);
        match self.pad {
            Some(b'-') => write!(out, "{value:>0$}", self.width),
            Some(b'_') => write!(out, "{value:>width$}"),
            _ => write!(out, "{value:0>width$}"),
        }
    }

    /// A number that is padded with blanks unless a flag says otherwise.
    fn blank(mut self, value: i64, digits: usize, out: &mut dyn Write) -> fmt::Result {
        self.pad = self.pad.or(Some(b'_'));
        self.number(value, digits, out)
    }
}

impl Parts<'_> {
    fn write(&self, format: &str, out: &mut dyn Write) -> fmt::Result {
        let mut rest = format;
        while let Some(at) = memchr::memchr(b'%', rest.as_bytes()) {
            out.write_str(rest.get(..at).unwrap_or_default())?;
            rest = rest.get(at + 1..).unwrap_or_default();
            if let Some(after) = self.python(rest, out)? {
                rest = rest.get(after..).unwrap_or_default();
                continue;
            }
            let Some((style, directive, before)) = Style::parse(rest) else {
                out.write_char('%')?;
                continue;
            };
            let end = before + directive.len_utf8();
            if !self.directive(style, directive, out)? {
                write!(out, "%{}", rest.get(..end).unwrap_or_default())?;
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        out.write_str(rest)
    }

    /// The directives that Python fills in before the C library sees the format.
    fn python(&self, rest: &str, out: &mut dyn Write) -> Result<Option<usize>, fmt::Error> {
        let offset = |colon| {
            let offset = self.fields.offset_s();
            offset.map_or(String::new(), |offset| offset_text(offset, colon))
        };
        match rest.as_bytes() {
            [b'f', ..] => {
                let fraction = self.fields.time_us() % SECOND;
                for part in [fraction / 10_000, fraction / 100 % 100, fraction % 100] {
                    out.write_str(pair(part))?;
                }
            }
            [b'z', ..] => out.write_str(&offset(false))?,
            [b'Z', ..] => out.write_str(&self.zone())?,
            [b':', b'z', ..] => {
                out.write_str(&offset(true))?;
                return Ok(Some(2));
            }
            _ => return Ok(None),
        }
        Ok(Some(1))
    }

    fn zone(&self) -> String {
        let fields = self.fields;
        let name = |tz: &Tz| tz.name_at(fields.wall_us, fields.fold);
        fields.tz.map(name).unwrap_or_default()
    }

    /// False for an unknown directive.
    fn directive(
        &self,
        style: Style,
        directive: char,
        out: &mut dyn Write,
    ) -> Result<bool, fmt::Error> {
        let twelve = (self.hour + 11) % 12 + 1;
        match directive {
            'Y' => style.number(self.year, 1, out)?,
            'm' => style.number(self.month, 2, out)?,
            'd' => style.number(self.day, 2, out)?,
            'H' => style.number(self.hour, 2, out)?,
            'M' => style.number(self.minute, 2, out)?,
            'S' => style.number(self.second, 2, out)?,
            'I' => style.number(twelve, 2, out)?,
            'e' => style.blank(self.day, 2, out)?,
            'k' => style.blank(self.hour, 2, out)?,
            'l' => style.blank(twelve, 2, out)?,
            'y' => style.number(self.year.rem_euclid(100), 2, out)?,
            'C' => style.number(self.year.div_euclid(100), 1, out)?,
            's' => style.number(self.epoch(), 1, out)?,
            'a' | 'A' | 'b' | 'B' | 'h' | 'p' | 'P' | 'Z' => self.name(style, directive, out)?,
            'j' | 'u' | 'w' | 'U' | 'W' | 'V' | 'G' | 'g' => self.week(style, directive, out)?,
            'c' => self.composed(style, "%a %b %e %H:%M:%S %Y", out)?,
            'D' | 'x' => self.composed(style, "%m/%d/%y", out)?,
            'F' => self.composed(style, "%Y-%m-%d", out)?,
            'r' => self.composed(style, "%I:%M:%S %p", out)?,
            'R' => self.composed(style, "%H:%M", out)?,
            'T' | 'X' => self.composed(style, "%H:%M:%S", out)?,
            'z' => self.composed(style, "%z", out)?,
            'n' => style.text("\n", out)?,
            't' => style.text("\t", out)?,
            '%' => style.text("%", out)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn composed(&self, style: Style, format: &str, out: &mut dyn Write) -> fmt::Result {
        let mut text = String::new();
        self.write(format, &mut text)?;
        style.text(&text, out)
    }

    fn weekday(&self) -> i64 {
        i64::from(naive(self.fields.day()).weekday().num_days_from_monday())
    }

    fn name(&self, mut style: Style, directive: char, out: &mut dyn Write) -> fmt::Result {
        let half = if self.hour < 12 { "AM" } else { "PM" };
        let zone;
        let name = match directive {
            'a' => short(nth(&WEEKDAYS, self.weekday())),
            'A' => nth(&WEEKDAYS, self.weekday()),
            'B' => nth(&MONTHS, self.month - 1),
            'p' => half,
            'P' => {
                if self.hour < 12 {
                    "am"
                } else {
                    "pm"
                }
            }
            'Z' => {
                zone = self.zone();
                zone.as_str()
            }
            _ => short(nth(&MONTHS, self.month - 1)),
        };
        if directive == 'P' {
            // glibc's flags do not reach it.
            style.upper = false;
            return style.text(name, out);
        }
        if style.swap && matches!(directive, 'p' | 'Z') {
            style.upper = false;
            return style.text(&name.to_lowercase(), out);
        }
        style.upper |= style.swap;
        style.text(name, out)
    }

    fn week(&self, style: Style, directive: char, out: &mut dyn Write) -> fmt::Result {
        let day = naive(self.fields.day());
        let ordinal = i64::from(day.ordinal0());
        let from_monday = self.weekday();
        let from_sunday = (from_monday + 1) % 7;
        let iso = day.iso_week();
        match directive {
            'j' => style.number(ordinal + 1, 3, out),
            'u' => style.number(from_monday + 1, 1, out),
            'w' => style.number(from_sunday, 1, out),
            'U' => style.number((ordinal + 7 - from_sunday) / 7, 2, out),
            'W' => style.number((ordinal + 7 - from_monday) / 7, 2, out),
            'V' => style.number(i64::from(iso.week()), 2, out),
            'G' => style.number(i64::from(iso.year()), 1, out),
            _ => style.number(i64::from(iso.year()).rem_euclid(100), 2, out),
        }
    }

    /// Seconds since the epoch, the wall clock taken for the process's own.
    fn epoch(&self) -> i64 {
        let wall_us = self.fields.wall_us;
        let offset = process_offset_of_wall(wall_us, self.fields.fold);
        wall_us.div_euclid(SECOND) - i64::from(offset)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn at(wall_us: i64) -> DateTime {
        DateTime {
            wall_us,
            tz: None,
            fold: false,
        }
    }

    #[test]
    fn texts_made_before_are_those_that_would_be_made_now() {
        let formats = [
            "%d/%b/%Y:%H:%M:%S",
            "%F",
            "%j %e",
            "%H:%M:%S.%f",
            "%Y",
            "x",
            "%-d",
        ];
        for step in 0..4_000 {
            let at = at(1_767_225_598_000_000 + step * 700_000 * (1 + step % 3));
            let format = formats[step as usize * 5 % formats.len()];
            let mut text = String::new();
            write_strftime(&at.fields(), format, &mut text).unwrap();
            let value = strftime_value(&at.fields(), format);
            assert_eq!(value.as_str(), Some(text.as_str()), "{format}");
        }
    }

    #[test]
    fn the_zone_counts_within_a_second() {
        // The second 02:30 of the night in which clocks are set back.
        let wall_us = 1_792_895_400_000_000;
        let berlin = Tz::Named(chrono_tz::Europe::Berlin);
        let mut last = LastText::new("%H:%M %z");
        let mut text = |tz: Option<Tz>, fold| {
            let at = DateTime { wall_us, tz, fold };
            let mut out = Vec::new();
            last.append(&at.fields(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(None, false), "02:30 ");
        assert_eq!(text(Some(berlin.clone()), false), "02:30 +0200");
        assert_eq!(text(Some(berlin.clone()), true), "02:30 +0100");
        assert_eq!(text(Some(Tz::UTC), true), "02:30 +0000");
        assert_eq!(text(Some(Tz::Fixed(-3600, None)), true), "02:30 -0100");
        assert_eq!(text(Some(berlin), false), "02:30 +0200");
    }

    #[test]
    fn flags_modifiers_and_letters_of_no_meaning() {
        let shown = |format: &str| {
            let mut text = String::new();
            let at = at(1_767_571_508_045_678);
            write_strftime(&at.fields(), format, &mut text).unwrap();
            text
        };
        assert_eq!(
            shown("%Y %y %m %d %b %H:%M:%S.%f"),
            "2026 26 01 05 Jan 00:05:08.045678"
        );
        assert_eq!(shown("%-m %_d %^b %EY %Od %5Y"), "1  5 JAN 2026 05 02026");
        assert_eq!(shown("%q %E %! %"), "%q %E %! %");
    }
}
