//! Cron read slowly: every day and second asked against the words of the dialect's description. The
//! measure for the fast reading, in tests alone.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::field::{FIELDS, Spec};
use crate::time::civil::{civil_from_days, days_from_civil, month_len, weekday};

/// One field: values, `*`-ness, and the special items.
#[derive(Debug, Default)]
struct Slow {
    values: BTreeSet<u32>,
    any: bool,
    last: bool,
    nearest: Option<u32>,
    /// Weekday and which one of the month; 0 is the last.
    nth: Vec<(u32, u32)>,
}

/// An expression whose fields are taken at their word.
#[derive(Debug)]
pub(super) struct Obvious {
    fields: Vec<Slow>,
    seconds: bool,
}

impl Obvious {
    /// Reads a valid expression of 5 to 7 fields without `R`, lower case.
    pub(super) fn new(text: &str) -> Self {
        let tokens: Vec<&str> = text.split(' ').collect();
        let mut fields: Vec<Slow> = tokens
            .iter()
            .zip(&FIELDS)
            .map(|(token, spec)| slow(token, spec))
            .collect();
        let asterisk = |index: usize| tokens[index].contains('*');
        for (index, (field, spec)) in fields.iter_mut().zip(&FIELDS).enumerate() {
            let all = (spec.min..=spec.max).all(|value| field.values.contains(&value));
            let collapses = match index {
                2 => asterisk(4),
                4 => asterisk(2),
                _ => true,
            };
            field.any |= all && collapses;
        }
        Self {
            fields,
            seconds: tokens.len() > 5,
        }
    }

    fn has(&self, field: usize, value: u32) -> bool {
        let Some(field) = self.fields.get(field) else {
            return true;
        };
        field.any || field.values.contains(&value)
    }

    /// Wall-clock seconds of all matches within `from..to` days.
    pub(super) fn matches(&self, from: i64, to: i64) -> Vec<i64> {
        let mut found = Vec::new();
        for days in (from..to).filter(|&days| self.day(days)) {
            for hour in (0..24).filter(|&hour| self.has(1, hour)) {
                for minute in (0..60).filter(|&minute| self.has(0, minute)) {
                    let seconds = (0..60).filter(|&second| {
                        if self.seconds {
                            self.has(5, second)
                        } else {
                            second == 0
                        }
                    });
                    found.extend(seconds.map(|second| {
                        days * 86_400 + i64::from((hour * 60 + minute) * 60 + second)
                    }));
                }
            }
        }
        found
    }

    fn day(&self, days: i64) -> bool {
        let (year, month, _) = civil_from_days(days);
        let (of_month, of_week) = (&self.fields[2], &self.fields[4]);
        let by_month = self.by_month(days);
        let by_week = self.by_week(days);
        let date = match (of_month.any, of_week.any) {
            (false, false) => match (of_month.nearest.is_some(), !of_week.nth.is_empty()) {
                (true, true) => by_month && by_week,
                (true, false) => by_month,
                (false, true) => by_week,
                (false, false) => by_month || by_week,
            },
            _ => by_month && by_week,
        };
        let year_fits = u32::try_from(year).is_ok_and(|year| self.has(6, year));
        date && self.has(3, month) && year_fits
    }

    fn by_month(&self, days: i64) -> bool {
        let (year, month, day) = civil_from_days(days);
        let field = &self.fields[2];
        let len = month_len(year, month);
        if let Some(wanted) = field.nearest {
            // The working day of the month that is least days away, before or after.
            let wanted = wanted.min(len);
            let working = |day: &u32| {
                let weekday = weekday(days_from_civil(year, month, *day));
                (1..=5).contains(&weekday)
            };
            return (1..=len)
                .filter(working)
                .min_by_key(|day| day.abs_diff(wanted))
                == Some(day);
        }
        field.any || field.values.contains(&day) || (field.last && day == len)
    }

    fn by_week(&self, days: i64) -> bool {
        let (year, month, day) = civil_from_days(days);
        let field = &self.fields[4];
        if field.nth.is_empty() {
            return field.any || field.values.contains(&weekday(days));
        }
        let len = month_len(year, month);
        field.nth.iter().any(|&(wanted, nth)| {
            let which = match nth {
                0 => day + 7 > len,
                nth => (day - 1) / 7 + 1 == nth,
            };
            which && weekday(days) == wanted
        })
    }
}

fn slow(token: &str, spec: &Spec) -> Slow {
    let mut field = Slow::default();
    if token == "?" {
        field.any = true;
        return field;
    }
    if let Some(day) = token.strip_suffix('w').or(token.strip_prefix('w'))
        && spec.name == "day-of-month"
    {
        field.nearest = Some(day.parse().unwrap());
        return field;
    }
    for item in token.split(',') {
        if item == "l" {
            field.last = true;
        } else if let Some((days, nth)) = item.split_once('#') {
            let of_range = walk(days, spec);
            let nth = nth.parse().unwrap();
            field.nth.extend(of_range.into_iter().map(|day| (day, nth)));
        } else if let Some(day) = item.strip_prefix('l') {
            field.nth.push((number(day, spec), 0));
        } else {
            field.any |= item == "*";
            field.values.extend(walk(item, spec));
        }
    }
    field
}

/// The values of a plain item, walked through one by one.
fn walk(item: &str, spec: &Spec) -> Vec<u32> {
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, step.parse().unwrap()),
        None => (item, 1),
    };
    let (from, to) = match range.split_once('-') {
        _ if range == "*" => (spec.min, spec.max),
        Some((from, to)) => (number(from, spec), number(to, spec)),
        None if item.contains('/') => (number(range, spec), spec.max),
        None => return vec![number(range, spec)],
    };
    if from == to && range.contains('-') {
        return (spec.min..=spec.max).step_by(step).collect();
    }
    if from <= to {
        return (from..=to).step_by(step).collect();
    }
    // Over the end: the second part goes on in step, where the first took a whole turn of it.
    let first: Vec<u32> = (from..=spec.max).step_by(step).collect();
    let last = *first.last().unwrap();
    let step = u32::try_from(step).unwrap();
    let (left, values) = (spec.max - last, spec.max - spec.min + 1);
    let skip = match last - spec.min + step > values && left < step {
        true => step - left,
        false => 0,
    };
    let second = (spec.min + skip..=to).step_by(step as usize);
    first.into_iter().chain(second).collect()
}

fn number(text: &str, spec: &Spec) -> u32 {
    if text == "l" {
        return spec.max;
    }
    let name = (spec.min..)
        .zip(spec.names)
        .find(|(_, name)| **name == text);
    let value = name.map_or_else(|| text.parse().unwrap(), |(value, _)| value);
    match spec.name {
        "day-of-week" if value == 7 => 0,
        _ => value,
    }
}
