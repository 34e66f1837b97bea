//! Calendars: by how much a day is busier or calmer than others. One is built in; documents define
//! more below `calendars`.

mod builtin;
mod read;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::time::{DateRule, civil_from_days, month_len, weekday};

pub use read::{BLOCK, check_block};
pub(super) use read::{float, named};

/// Factors of days. Days count from 1970-01-01.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    /// From Monday.
    pub weekday: [f64; 7],
    /// Days 1-7, 8-14, 15-21, and the rest.
    pub week_of_month: [f64; 4],
    /// From January.
    pub month: [f64; 12],
    /// Spread of the day noise: the standard deviation of its logarithm.
    pub sigma: f64,
    /// How the factors of several active dates become one.
    pub combine: Combine,
    /// Dates and periods with their names.
    pub dates: Vec<Named>,
}

/// How the factors of several active dates become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combine {
    /// The smallest when any is below 1, otherwise the largest.
    MinSuppressive,
    Product,
    Max,
    Min,
}

/// A date or period with a name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: Arc<str>,
    pub when: When,
    pub factor: f64,
}

/// When a named date is. Others are named by their position among the calendar's dates.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    On(DateRule),
    /// That day of every month, the last one of shorter months.
    Monthly(u32),
    /// From the first rule, with days added, to the second; over new year when it is before the first.
    Period(Edge, Edge),
    /// Days after the start of another.
    After(usize, i64),
}

/// An end of a period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub rule: DateRule,
    /// Days to add.
    pub shift: i64,
}

/// How a calendar is used by an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Use {
    /// Whether named dates count.
    pub dates: bool,
    /// Takes the place of the factors of Saturday and Sunday.
    pub weekend: Option<f64>,
}

impl Calendar {
    /// All days alike.
    pub(super) fn plain() -> Self {
        Self {
            weekday: [1.0; 7],
            week_of_month: [1.0; 4],
            month: [1.0; 12],
            sigma: 0.0,
            combine: Combine::MinSuppressive,
            dates: Vec::new(),
        }
    }

    /// The factor of a day without noise.
    pub(super) fn factor(&self, day: i64, of: Use) -> f64 {
        let (_, month, date) = civil_from_days(day);
        let from_monday = (weekday(day) as usize + 6) % 7;
        let pick = |list: &[f64], index: usize| list.get(index).copied().unwrap_or(1.0);
        let weekday = match of.weekend {
            Some(factor) if from_monday >= 5 => factor,
            _ => pick(&self.weekday, from_monday),
        };
        let week = ((date - 1) / 7).min(3) as usize;
        let event = if of.dates { self.event(day) } else { 1.0 };
        weekday * pick(&self.week_of_month, week) * pick(&self.month, month as usize - 1) * event
    }

    /// The factor of a day's named dates; 1 without any.
    fn event(&self, day: i64) -> f64 {
        let factors = self.active(day).map(|named| named.factor);
        let (mut low, mut high, mut product) = (f64::INFINITY, f64::NEG_INFINITY, 1.0);
        for factor in factors {
            low = low.min(factor);
            high = high.max(factor);
            product *= factor;
        }
        if low > high {
            return 1.0;
        }
        match self.combine {
            Combine::MinSuppressive if low < 1.0 => low,
            Combine::MinSuppressive | Combine::Max => high,
            Combine::Product => product,
            Combine::Min => low,
        }
    }

    /// The named dates that a day belongs to.
    pub(super) fn active(&self, day: i64) -> impl Iterator<Item = &Named> {
        let (year, month, date) = civil_from_days(day);
        self.dates.iter().filter(move |named| match named.when {
            When::Monthly(wanted) => date == wanted.min(month_len(year, month)),
            When::Period(..) => (year - 1..=year).any(|year| {
                self.period(named.when, year)
                    .is_some_and(|(from, to)| (from..=to).contains(&day))
            }),
            When::On(_) | When::After(..) => (year - 1..=year + 1).any(|year| {
                self.period(named.when, year)
                    .is_some_and(|(from, _)| from == day)
            }),
        })
    }

    /// First and last day of what begins in a year.
    fn period(&self, mut when: When, year: i64) -> Option<(i64, i64)> {
        let mut shift = 0;
        // Checked to be no circle; the bound holds even if one slipped in.
        for _ in 0..=self.dates.len() {
            match when {
                When::On(rule) => return rule.in_year(year).map(|day| (day + shift, day + shift)),
                When::Monthly(_) => return None,
                When::Period(from, to) => {
                    let first = from.rule.in_year(year)? + from.shift;
                    let mut last = to.rule.in_year(year)? + to.shift;
                    if last < first {
                        last = to.rule.in_year(year + 1)? + to.shift;
                    }
                    return Some((first + shift, last + shift));
                }
                When::After(other, days) => {
                    shift += days;
                    when = self.dates.get(other)?.when;
                }
            }
        }
        None
    }
}
