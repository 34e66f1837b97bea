//! One field of a cron expression: its grammar and the values it stands for.

use super::CronError;
use super::item::{Random, Reason, nearest, nth_days, parse_step, random, upper, value};

/// What a field may hold.
#[derive(Debug)]
pub(super) struct Spec {
    pub name: &'static str,
    pub min: u32,
    pub max: u32,
    pub names: &'static [&'static str],
}

pub(super) const DAY_OF_MONTH: usize = 2;
pub(super) const DAY_OF_WEEK: usize = 4;
pub(super) const SECOND: usize = 5;
pub(super) const YEAR: usize = 6;

const fn spec(name: &'static str, min: u32, max: u32) -> Spec {
    Spec {
        name,
        min,
        max,
        names: &[],
    }
}

/// All fields in the order in which they are written.
pub(super) static FIELDS: [Spec; 7] = [
    spec("minute", 0, 59),
    spec("hour", 0, 23),
    spec("day-of-month", 1, 31),
    Spec {
        name: "month",
        min: 1,
        max: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Spec {
        name: "day-of-week",
        min: 0,
        max: 6,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
    spec("seconds", 0, 59),
    spec("year", 1970, 2099),
];

/// First year; years are kept as bits counted from it.
pub(super) const FIRST_YEAR: u32 = 1970;

/// A set of values as bits: the value itself, years counted from 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set([u64; 3]);

impl Set {
    fn insert(&mut self, value: u32) {
        let bit = bit_of(value);
        if let Some(word) = self.0.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    pub fn contains(&self, value: u32) -> bool {
        let bit = bit_of(value);
        self.0
            .get(bit / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The values below 64, as one word.
    pub fn low(&self) -> u64 {
        self.0[0]
    }
}

fn bit_of(value: u32) -> usize {
    let bit = if value >= FIRST_YEAR {
        value - FIRST_YEAR
    } else {
        value
    };
    bit as usize
}

/// Bit of [`Field::nth`] that means the last such weekday of the month.
pub(super) const LAST_NTH: u32 = 6;

/// A field, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// The values, plain items only.
    pub set: Set,
    /// It has a `*` or is `?`.
    star: bool,
    /// Its plain items produce every value.
    full: bool,
    /// `L` in the day of month.
    pub last: bool,
    /// `nW`: the weekday nearest to a day.
    pub nearest: Option<u32>,
    /// By weekday: bits 1-5 for `#1`-`#5`, [`LAST_NTH`] for `Ln`.
    pub nth: [u8; 7],
    random: Option<Random>,
}

impl Field {
    pub fn any() -> Self {
        Self {
            star: true,
            ..Self::default()
        }
    }

    pub fn only(value: u32) -> Self {
        let mut field = Self::default();
        field.set.insert(value);
        field
    }

    /// It has an asterisk of its own, or produces every value.
    pub fn is_any(&self) -> bool {
        self.star || self.full
    }

    /// It has an asterisk of its own.
    pub fn is_star(&self) -> bool {
        self.star
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    pub fn is_random(&self) -> bool {
        self.random.is_some()
    }

    pub fn has_nth(&self) -> bool {
        self.nth.iter().any(|&bits| bits != 0)
    }

    /// Reads a token (lower case).
    pub fn parse(token: &str, spec: &Spec) -> Result<Self, CronError> {
        let mut field = Self::default();
        let parsed = match token.strip_prefix('r') {
            Some(rest) => random(rest, spec).map(|random| field.random = Some(random)),
            None => field.items(token, spec),
        };
        parsed.map_err(|reason| CronError {
            message: format!("{} field `{token}`: {}", spec.name, reason.text),
            help: reason.help,
        })?;
        field.full = field.set.len() == spec.max - spec.min + 1;
        Ok(field)
    }

    /// The field with its random value drawn.
    pub fn drawn(mut self, draw: &mut dyn FnMut(u64) -> u64) -> Self {
        let Some(Random { lo, hi, step }) = self.random.take() else {
            return self;
        };
        let width = match step {
            Some(step) => step.min(hi - lo + 1),
            None => hi - lo + 1,
        };
        let drawn = u32::try_from(draw(u64::from(width))).unwrap_or(0);
        let first = lo + drawn.min(width - 1);
        match step {
            Some(step) => {
                for value in (first..=hi).step_by(step as usize) {
                    self.set.insert(value);
                }
            }
            None => self.set.insert(first),
        }
        self
    }

    fn items(&mut self, token: &str, spec: &Spec) -> Result<(), Reason> {
        let is_day = matches!(spec.name, "day-of-month" | "day-of-week");
        if token == "?" {
            self.star = is_day;
            return if is_day {
                Ok(())
            } else {
                Err("`?` stands only in the day fields".into())
            };
        }
        if spec.name == "day-of-month"
            && let Some(day) = nearest(token)
        {
            self.nearest = Some(day?);
            return Ok(());
        }
        for item in token.split(',') {
            if item.is_empty() {
                return Err("an item of the list is empty".into());
            }
            if !self.special(item, spec)? {
                self.plain(item, spec)?;
            }
        }
        self.check_mix()
    }

    /// `L`, `Ln` and `D#k`.
    fn special(&mut self, item: &str, spec: &Spec) -> Result<bool, Reason> {
        if spec.name == "day-of-month" && item == "l" {
            self.last = true;
            return Ok(true);
        }
        if spec.name != "day-of-week" {
            return Ok(false);
        }
        if let Some((days, k)) = item.split_once('#') {
            let k = match k.parse::<u32>() {
                Ok(k @ 1..=5) => k,
                _ => return Err("the number after `#` must be 1 to 5".into()),
            };
            for day in nth_days(days, spec)? {
                self.add_nth(day, k);
            }
            return Ok(true);
        }
        if let Some(day) = item.strip_prefix('l') {
            if day.is_empty() || !day.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Reason::new(
                    "`L` needs the number of a weekday",
                    "the last Friday of a month is `L5`",
                ));
            }
            self.add_nth(value(day, spec)?, LAST_NTH);
            return Ok(true);
        }
        Ok(false)
    }

    fn add_nth(&mut self, day: u32, k: u32) {
        if let Some(bits) = self.nth.get_mut(day as usize) {
            *bits |= 1 << k;
        }
    }

    fn plain(&mut self, item: &str, spec: &Spec) -> Result<(), Reason> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(parse_step(step)?)),
            None => (item, None),
        };
        let (from, to) = if range == "*" {
            self.star |= step.is_none();
            (spec.min, spec.max)
        } else if let Some((from, to)) = range.split_once('-') {
            let from = value(from, spec)?;
            let to = upper(to, spec)?;
            if from == to {
                (spec.min, spec.max)
            } else {
                (from, to)
            }
        } else {
            let from = value(range, spec)?;
            (from, if step.is_some() { spec.max } else { from })
        };
        self.insert_range(from, to, step.unwrap_or(1), spec)
    }

    /// `from..=to` by `step`; a reversed range goes over the field's end.
    pub(super) fn insert_range(
        &mut self,
        from: u32,
        to: u32,
        step: u32,
        spec: &Spec,
    ) -> Result<(), Reason> {
        if from <= to {
            return self.insert_series(from, to, step, spec);
        }
        self.insert_series(from, spec.max, step, spec)?;
        let last = from + (spec.max - from) / step * step;
        let left = spec.max - last;
        let values = spec.max - spec.min + 1;
        let skip = if last - spec.min + step > values && left < step {
            step - left
        } else {
            0
        };
        self.insert_series(spec.min + skip, to, step, spec)
    }

    fn insert_series(&mut self, from: u32, to: u32, step: u32, spec: &Spec) -> Result<(), Reason> {
        if from < spec.min && from <= to {
            return Err(format!("{from} is below {}", spec.min).into());
        }
        for value in (from..=to).step_by(step as usize) {
            self.set.insert(value);
        }
        Ok(())
    }

    /// Plain weekdays beside `#` or `Ln` are taken only when they change nothing.
    fn check_mix(&self) -> Result<(), Reason> {
        if !self.has_nth() || self.set.len() == 0 {
            return Ok(());
        }
        let covered = (0_u32..)
            .zip(&self.nth)
            .all(|(day, &bits)| !self.set.contains(day) || bits != 0);
        let every_day = (0_u32..)
            .zip(&self.nth)
            .all(|(day, &bits)| self.set.contains(day) || bits != 0);
        if covered || every_day {
            Ok(())
        } else {
            Err("weekdays cannot be mixed with `#` or `L` items".into())
        }
    }
}
