//! English phrases for moments: `tomorrow 9am`, `in 2 weeks`, `1 August 2025 14:30 UTC`.
//!
//! A phrase without direction means the past (`2 hours` is two hours ago), as in the date parser that
//! existing projects were written for.

mod lexer;
mod words;

use super::civil::{Civil, DAY_US, month_len, weekday};
use super::{Moment, SECOND_US, Zone};
use lexer::Token;
use words::{Unit, Word};

/// A phrase that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    what: What,
    clock_us: Option<i64>,
    offset_s: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// A distance from the base on the wall clock; keeps the base's time of day.
    Shift { months: i64, us: i64 },
    /// A date; what is missing comes from the base.
    Date {
        year: Option<i64>,
        month: Option<u32>,
        day: Option<u32>,
    },
    /// A day of the week near the base.
    Weekday { day: u32, which: Which },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Latest,
    Next,
    Last,
}

/// Reads a phrase; `None` when it is not understood or names an impossible date.
pub fn parse(text: &str) -> Option<Phrase> {
    let mut tokens = lexer::tokens(text)?;
    let offset_s = take_zone(&mut tokens);
    let mut reader = Reader::default();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        rest = reader.step(rest)?;
    }
    let what = reader.what()?;
    Some(Phrase {
        what,
        clock_us: reader.clock_us,
        offset_s,
    })
}

impl Phrase {
    /// The moment it means in `zone`, seen from `base`; `None` when the calendar has no such moment.
    pub fn resolve(&self, base: Moment, zone: Zone) -> Option<Moment> {
        let base_us = match self.offset_s {
            Some(offset) => base.instant_us() + i64::from(offset) * SECOND_US,
            None => base.wall_us,
        };
        let date_us = self.date(Civil::of(base_us))?;
        let wall_us = match (self.clock_us, &self.what) {
            (Some(clock), _) => date_us.div_euclid(DAY_US) * DAY_US + clock,
            (None, What::Shift { .. }) => date_us,
            (None, _) => date_us.div_euclid(DAY_US) * DAY_US,
        };
        let wall_us = super::civil::in_range(wall_us)?;
        Some(match self.offset_s {
            Some(offset) => zone.at_instant(wall_us - i64::from(offset) * SECOND_US),
            None => zone.at_wall(wall_us),
        })
    }

    fn date(&self, base: Civil) -> Option<i64> {
        match &self.what {
            What::Shift { months, us } => base.add_months(*months)?.wall_us()?.checked_add(*us),
            What::Date { year, month, day } => {
                let year = year.unwrap_or(base.year);
                let month = month.unwrap_or(base.month);
                let day = day.unwrap_or_else(|| base.day.min(month_len(year, month)));
                let date = Civil {
                    year,
                    month,
                    day,
                    tod_us: 0,
                };
                date.wall_us()
            }
            What::Weekday { day, which } => {
                let base_us = base.wall_us()?;
                let today = i64::from(weekday(base_us.div_euclid(DAY_US)));
                let wanted = i64::from(*day);
                let days = match which {
                    Which::Latest => -(today - wanted).rem_euclid(7),
                    Which::Next => (wanted - today - 1).rem_euclid(7) + 1,
                    Which::Last => -(today - wanted - 1).rem_euclid(7) - 1,
                };
                Some(base_us + days * DAY_US)
            }
        }
    }
}

/// Takes a zone name or an offset off the end.
fn take_zone(tokens: &mut Vec<Token>) -> Option<i32> {
    let has_clock = tokens
        .iter()
        .any(|token| matches!(token, Token::Clock { sign: 0, .. }));
    let offset = match tokens.last()? {
        Token::Word(name) => words::zone_offset(name)?,
        Token::Clock { us, sign } if *sign != 0 && has_clock => {
            i32::try_from(us / SECOND_US).ok()? * i32::from(*sign)
        }
        Token::Number(number) if number.sign != 0 && number.digits == 4 && has_clock => {
            let value = i32::try_from(number.whole()?).ok()?;
            let (hours, minutes) = (value / 100, value % 100);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * 60 * i32::from(number.sign)
        }
        _ => return None,
    };
    tokens.pop();
    Some(offset)
}

/// What was read so far.
#[derive(Debug, Default)]
struct Reader {
    clock_us: Option<i64>,
    shift: Option<Shift>,
    forward: Option<bool>,
    numbers: Vec<lexer::Number>,
    month: Option<u32>,
    weekday: Option<(u32, Option<Which>)>,
}

/// A relative distance. `loose` is the part without a sign of its own, whose direction the whole
/// phrase decides.
#[derive(Debug, Default)]
struct Shift {
    months: i64,
    us: i64,
    loose_months: i64,
    loose_us: i64,
    sign: i8,
}

impl Reader {
    /// Reads one thing off the front; `None` when it makes no sense.
    fn step<'t>(&mut self, tokens: &'t [Token]) -> Option<&'t [Token]> {
        match tokens {
            [Token::Separator, rest @ ..] => Some(rest),
            [Token::Clock { us, sign: 0 }, rest @ ..] => {
                self.set_clock(*us)?;
                Some(rest)
            }
            [Token::Number(number), rest @ ..] => self.number(number, rest),
            [Token::Word(name), rest @ ..] => self.word(words::lookup(name)?, rest),
            _ => None,
        }
    }

    fn number<'t>(&mut self, number: &lexer::Number, rest: &'t [Token]) -> Option<&'t [Token]> {
        if let [Token::Word(name), rest @ ..] = rest {
            if number.glued && matches!(name.as_str(), "st" | "nd" | "rd" | "th") {
                self.numbers.push(lexer::Number {
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
            Word::One => {
                let [Token::Word(name), rest @ ..] = rest else {
                    return None;
                };
                self.add(1.0, 0, words::unit(name, false)?)?;
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
                _ => Which::Latest,
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
        if sign != 0 {
            shift.sign = sign;
        }
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
        if shift.sign == 0 {
            shift.loose_months += months;
            shift.loose_us += us;
        } else {
            shift.months += months * i64::from(shift.sign);
            shift.us += us * i64::from(shift.sign);
        }
        Some(())
    }

    fn what(&self) -> Option<What> {
        if let Some(shift) = &self.shift {
            if self.month.is_some() || !self.numbers.is_empty() {
                return None;
            }
            let sign = if self.forward == Some(true) { 1 } else { -1 };
            return Some(What::Shift {
                months: shift.months + sign * shift.loose_months,
                us: shift.us + sign * shift.loose_us,
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
fn year_and_day(numbers: &[lexer::Number]) -> Option<(Option<i64>, Option<u32>)> {
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
fn numeric_date(numbers: &[lexer::Number]) -> Option<Parts> {
    let small = |number: &lexer::Number| {
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

fn full_year(number: &lexer::Number) -> Option<i64> {
    let value = number.whole()?;
    match (number.digits, value) {
        (1 | 2, 0..=68) => Some(2000 + value),
        (2, 69..=99) => Some(1900 + value),
        (4, _) => Some(value),
        _ => None,
    }
}
