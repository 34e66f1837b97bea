//! English phrases for moments: `tomorrow 9am`, `in 2 weeks`, `1 August 2025 14:30 UTC`.
//!
//! A phrase without direction means the past (`2 hours` is two hours ago), as in the date parser that
//! existing projects were written for.

mod lexer;
mod reader;
mod words;

use super::civil::{Civil, DAY_US, in_range, month_len, weekday};
use super::{Moment, SECOND_US, Zone};
use lexer::Token;
use reader::Reader;

/// A phrase that was understood.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Phrase {
    what: What,
    clock_us: Option<i64>,
    offset_s: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Which {
    /// Today or before.
    Latest,
    /// Today or after.
    Coming,
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
        // A date takes what it lacks from the base as the generator's zone shows it, a distance from an
        // instant counts in the zone that the phrase names.
        let base_us = match (self.offset_s, &self.what) {
            (Some(offset), What::Shift { .. }) => base.instant_us() + i64::from(offset) * SECOND_US,
            _ => base.wall_us,
        };
        let date_us = in_range(self.date(Civil::of(base_us))?)?;
        let wall_us = match (self.clock_us, &self.what) {
            (Some(clock), _) => date_us.div_euclid(DAY_US) * DAY_US + clock,
            (None, What::Shift { .. }) => date_us,
            (None, _) => date_us.div_euclid(DAY_US) * DAY_US,
        };
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
                    Which::Coming => (wanted - today).rem_euclid(7),
                    Which::Next => (wanted - today - 1).rem_euclid(7) + 1,
                    Which::Last => -(today - wanted - 1).rem_euclid(7) - 1,
                };
                Some(base_us + days * DAY_US)
            }
        }
    }
}

/// Takes a zone name or an offset off the end: `EST`, `+0300`, `-05:00`, `+5`, `UTC+3`.
fn take_zone(tokens: &mut Vec<Token>) -> Option<i32> {
    if let [.., Token::Word(name)] = tokens.as_slice() {
        let offset = words::zone_offset(name)?;
        tokens.pop();
        return Some(offset);
    }
    let [before @ .., last] = tokens.as_slice() else {
        return None;
    };
    let named = matches!(before.last(), Some(Token::Word(name)) if name == "utc" || name == "gmt");
    let has_clock = before.iter().any(is_clock);
    let offset = offset(last, has_clock || named)?;
    if before.is_empty() {
        return None;
    }
    let left = before.len() - usize::from(named);
    tokens.truncate(left);
    Some(offset)
}

fn is_clock(token: &Token) -> bool {
    match token {
        Token::Clock { sign, .. } => *sign == 0,
        Token::Word(name) => matches!(words::lookup(name), Some(words::Word::Clock(_))),
        _ => false,
    }
}

/// Seconds that a signed number or clock time stands for as an offset; hours alone only where that can
/// be nothing else.
fn offset(token: &Token, hours_too: bool) -> Option<i32> {
    match token {
        Token::Clock { us, sign } if *sign != 0 => {
            Some(i32::try_from(us / SECOND_US).ok()? * i32::from(*sign))
        }
        Token::Number(number) if number.sign != 0 => {
            let value = i32::try_from(number.whole()?).ok()?;
            let (hours, minutes) = match number.digits {
                4 => (value / 100, value % 100),
                1 | 2 if hours_too => (value, 0),
                _ => return None,
            };
            let valid = hours <= 23 && minutes <= 59;
            valid.then_some((hours * 60 + minutes) * 60 * i32::from(number.sign))
        }
        _ => None,
    }
}
