//! A phrase's tokens, read one after the other.

use super::lexer::{Number, Token};
use super::words::{self, Unit, Word};
use super::{What, Which};
use crate::time::SECOND_US;
use crate::time::civil::{DAY_US, month_len};

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// A clock time, microseconds since midnight.
    pub clock_us: Option<i64>,
    shift: Option<Shift>,
    forward: Option<bool>,
    numbers: Vec<Number>,
    month: Option<u32>,
    weekday: Option<(u32, Option<Which>)>,
}

/// A relative distance. `loose` are the items without a sign of their own, whose direction the whole
/// phrase decides.
#[derive(Debug, Default)]
struct Shift {
    months: i64,
    us: i64,
    loose_months: i64,
    loose_us: i64,
}

impl Reader {
    /// Reads one thing off the front; `None` when it makes no sense.
    pub fn step<'t>(&mut self, tokens: &'t [Token]) -> Option<&'t [Token]> {
        match tokens {
            [Token::Separator(_), rest @ ..] => Some(rest),
            [Token::Clock { us, sign: 0 }, rest @ ..] => {
                self.set_clock(*us)?;
                Some(rest)
            }
            [Token::Number(number), rest @ ..] => self.number(number, rest),
            [Token::Word(name), rest @ ..] => self.word(words::lookup(name)?, rest),
            _ => None,
        }
    }

    fn number<'t>(&mut self, number: &Number, rest: &'t [Token]) -> Option<&'t [Token]> {
        if let [Token::Word(name), rest @ ..] = rest {
            if number.glued && matches!(name.as_str(), "st" | "nd" | "rd" | "th") {
                self.numbers.push(Number {
                    ordinal: true,
                    ..*number
                });
                return Some(rest);
            }
            if let Some(unit) = words::unit(name, number.glued) {
                self.add(number.value, number.sign, unit)?;
                return Some(rest);
            }
        }
        if let Some(parts) = number.parts() {
            self.numbers.extend(parts);
            return Some(rest);
        }
        if number.sign != 0 || number.whole().is_none() {
            return None;
        }
        self.numbers.push(*number);
        Some(rest)
    }

    fn word<'t>(&mut self, word: Word, rest: &'t [Token]) -> Option<&'t [Token]> {
        match word {
            Word::Filler => {}
            Word::In | Word::Later => self.forward = Some(true),
            Word::Ago => self.forward = Some(false),
            Word::From => {
                let [Token::Word(now), rest @ ..] = rest else {
                    return None;
                };
                if now != "now" {
                    return None;
                }
                self.forward = Some(true);
                return Some(rest);
            }
            Word::Days(days) => {
                self.shift.get_or_insert_default().us += days * DAY_US;
            }
            Word::Clock(us) => self.set_clock(us)?,
            Word::Month(month) => {
                if self.month.replace(month).is_some() {
                    return None;
                }
            }
            Word::Weekday(day) => self.weekday = Some((day, None)),
            Word::Number(number) => {
                let [Token::Word(name), rest @ ..] = rest else {
                    return None;
                };
                self.add(f64::from(number), 0, words::unit(name, false)?)?;
                return Some(rest);
            }
            Word::Day => return self.day_beside(rest),
            Word::Turn(turn) => {
                let [Token::Word(name), rest @ ..] = rest else {
                    return None;
                };
                self.turn(turn, name)?;
                return Some(rest);
            }
        }
        Some(rest)
    }

    /// `day before yesterday`, `day after tomorrow`.
    fn day_beside<'t>(&mut self, rest: &'t [Token]) -> Option<&'t [Token]> {
        let [Token::Word(side), Token::Word(day), rest @ ..] = rest else {
            return None;
        };
        let days = match (side.as_str(), day.as_str()) {
            ("before", "yesterday") => -2,
            ("after", "tomorrow") => 2,
            _ => return None,
        };
        self.shift.get_or_insert_default().us += days * DAY_US;
        Some(rest)
    }

    /// `this`, `next` or `last` (0, 1, -1) with a week, month, year or day of the week.
    fn turn(&mut self, turn: i64, name: &str) -> Option<()> {
        if let Some(Word::Weekday(day)) = words::lookup(name) {
            let which = match turn {
                1 => Which::Next,
                -1 => Which::Last,
                _ => Which::Coming,
            };
            self.weekday = Some((day, Some(which)));
            return Some(());
        }
        let shift = self.shift.get_or_insert_default();
        match name {
            "week" => shift.us += turn * 7 * DAY_US,
            "month" => shift.months += turn,
            "year" => shift.months += turn * 12,
            _ => return None,
        }
        Some(())
    }

    fn set_clock(&mut self, us: i64) -> Option<()> {
        self.clock_us.replace(us).is_none().then_some(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounded just before the cast"
    )]
    fn add(&mut self, amount: f64, sign: i8, unit: Unit) -> Option<()> {
        let shift = self.shift.get_or_insert_default();
        let (months, us) = match unit {
            Unit::Months(each) => {
                let months = amount * each as f64;
                if months.fract() != 0.0 || months.abs() > 1e6 {
                    return None;
                }
                (months as i64, 0)
            }
            Unit::Seconds(each) => {
                let us = (amount * each as f64 * SECOND_US as f64).round();
                if us.abs() > 4e17 {
                    return None;
                }
                (0, us as i64)
            }
        };
        if sign == 0 {
            shift.loose_months = shift.loose_months.saturating_add(months);
            shift.loose_us = shift.loose_us.saturating_add(us);
        } else {
            let sign = i64::from(sign);
            shift.months = shift.months.saturating_add(months * sign);
            shift.us = shift.us.saturating_add(us * sign);
        }
        Some(())
    }

    /// What all of it means.
    pub fn what(&self) -> Option<What> {
        if let Some(shift) = &self.shift {
            if self.month.is_some() || !self.numbers.is_empty() {
                return None;
            }
            let sign = if self.forward == Some(true) { 1 } else { -1 };
            return Some(What::Shift {
                months: shift.months.saturating_add(sign * shift.loose_months),
                us: shift.us.saturating_add(shift.loose_us.saturating_mul(sign)),
            });
        }
        if self.month.is_some() || !self.numbers.is_empty() {
            return self.date();
        }
        if let Some((day, which)) = self.weekday {
            return Some(What::Weekday {
                day,
                which: which.unwrap_or(Which::Latest),
            });
        }
        self.clock_us.map(|_| What::Date {
            year: None,
            month: None,
            day: None,
        })
    }

    fn date(&self) -> Option<What> {
        let (year, month, day) = match self.month {
            Some(month) => {
                let (year, day) = year_and_day(&self.numbers)?;
                (year, Some(month), day)
            }
            None => numeric_date(&self.numbers)?,
        };
        let longest = month_len(year.unwrap_or(2024), month.unwrap_or(1));
        let exists = month.is_none_or(|month| (1..=12).contains(&month))
            && day.is_none_or(|day| day >= 1 && day <= longest)
            && year.is_none_or(|year| (1..=9999).contains(&year));
        exists.then_some(What::Date { year, month, day })
    }
}

/// Year and day among the numbers beside a month's name.
fn year_and_day(numbers: &[Number]) -> Option<(Option<i64>, Option<u32>)> {
    let (mut year, mut day) = (None, None);
    for number in numbers {
        let value = number.whole()?;
        let is_day = number.ordinal || (number.digits <= 2 && day.is_none());
        if is_day && day.is_none() {
            day = Some(u32::try_from(value).ok()?);
        } else if year.is_none() {
            year = Some(full_year(number)?);
        } else {
            return None;
        }
    }
    Some((year, day))
}

type Parts = (Option<i64>, Option<u32>, Option<u32>);

/// A date of numbers alone: month-day-year or, where that is impossible, day-month-year; with the year
/// first, year-month-day or year-day-month.
fn numeric_date(numbers: &[Number]) -> Option<Parts> {
    let small = |number: &Number| {
        let value = u32::try_from(number.whole()?).ok()?;
        (number.digits <= 2).then_some(value)
    };
    match numbers {
        [day] if day.ordinal => Some((None, None, Some(small(day)?))),
        [year, month] | [month, year] if year.digits == 4 => {
            let month = small(month)?;
            (1..=12)
                .contains(&month)
                .then_some((Some(full_year(year)?), Some(month), None))
        }
        [first, second] => {
            let (month, day) = month_and_day(small(first)?, small(second)?)?;
            Some((None, Some(month), Some(day)))
        }
        [year, first, second] if year.digits == 4 => {
            let (month, day) = month_and_day(small(first)?, small(second)?)?;
            Some((Some(full_year(year)?), Some(month), Some(day)))
        }
        [first, second, year] => {
            let (month, day) = month_and_day(small(first)?, small(second)?)?;
            Some((Some(full_year(year)?), Some(month), Some(day)))
        }
        _ => None,
    }
}

fn month_and_day(first: u32, second: u32) -> Option<(u32, u32)> {
    if (1..=12).contains(&first) {
        Some((first, second))
    } else if (1..=12).contains(&second) {
        Some((second, first))
    } else {
        None
    }
}

fn full_year(number: &Number) -> Option<i64> {
    let value = number.whole()?;
    match (number.digits, value) {
        (1 | 2, 0..=68) => Some(2000 + value),
        (2, 69..=99) => Some(1900 + value),
        (4, _) => Some(value),
        _ => None,
    }
}
