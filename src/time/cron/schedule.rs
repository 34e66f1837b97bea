//! What a cron expression means: bit masks of times of day, months and years, and a rule for days.

use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, Field, LAST_NTH, SECOND, Set, YEAR};
use crate::time::civil::{civil_from_days, days_from_civil, month_len, weekday};

/// A cron expression with its random fields drawn, over wall-clock time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    seconds: u64,
    minutes: u64,
    hours: u64,
    months: u64,
    years: Option<Set>,
    days: DayRule,
    /// Its hours are not restricted, so that nothing is made up for an hour that a clock change skips.
    pub(super) any_hour: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct DayRule {
    /// Listed days of the month; all when not restricted.
    month: u32,
    month_any: bool,
    last: bool,
    nearest: Option<u32>,
    /// Listed weekdays; all when not restricted.
    week: u64,
    week_any: bool,
    nth: Option<[u8; 7]>,
}

const ALL_DAYS: u32 = 0xffff_fffe;

/// Wall-clock seconds of a day.
const DAY_S: i64 = 86_400;

/// The last year of the calendar.
const LAST_YEAR: i64 = 9999;

/// After so many years the calendar repeats, weekdays included.
const CYCLE_YEARS: i64 = 400;

impl Schedule {
    pub(super) fn new(fields: &[Field; 7], asterisk: (bool, bool)) -> Self {
        let mask = |field: &Field, all: u64| if field.is_any() { all } else { field.set.low() };
        let [minute, hour, _, month, _, _, year] = fields;
        Self {
            seconds: mask(&fields[SECOND], (1 << 60) - 1),
            minutes: mask(minute, (1 << 60) - 1),
            hours: mask(hour, (1 << 24) - 1),
            months: mask(month, 0x1ffe),
            years: (!fields[YEAR].is_any()).then_some(year.set),
            days: DayRule::new(&fields[DAY_OF_MONTH], &fields[DAY_OF_WEEK], asterisk),
            any_hour: hour.is_any(),
        }
    }

    /// True when any date at all matches (`0 0 30 2 *` has none).
    pub fn fires(&self) -> bool {
        self.seek(0).is_some()
    }

    /// The wall-clock second after the last year of the year field; `None` without such a field.
    pub(super) fn end_s(&self) -> Option<i64> {
        let years = self.years?;
        let last = (1970..=2099).rev().find(|&year| years.contains(year))?;
        Some(days_from_civil(i64::from(last) + 1, 1, 1) * DAY_S)
    }

    /// Fires in one matching day.
    pub(super) fn per_day(&self) -> u64 {
        let ones = |mask: u64| u64::from(mask.count_ones());
        ones(self.hours) * ones(self.minutes) * ones(self.seconds)
    }

    /// The first match at or after a wall-clock second; `None` when the calendar has no more.
    pub(super) fn seek(&self, wall_s: i64) -> Option<Walk> {
        let days = wall_s.div_euclid(DAY_S);
        let (year, month, day) = civil_from_days(days);
        let time = split(wall_s.rem_euclid(DAY_S));
        let mut walk = Walk {
            year,
            month,
            days: self.month_days(year, month) & (u32::MAX << day),
            month_start: days_from_civil(year, month, 1) - 1,
            time: self.first_time(),
            wall_s,
        };
        let today = walk.days >> day & 1 == 1;
        if today && let Some(time) = self.time_from(time) {
            walk.time = time;
            walk.place(i64::from(day));
            return Some(walk);
        }
        walk.days &= !(1 << day);
        self.next_day(&mut walk).then_some(walk)
    }

    /// Moves to the next match; false when the calendar has no more.
    pub(super) fn advance(&self, walk: &mut Walk) -> bool {
        let [hour, minute, second] = walk.time;
        if let Some(next) = bit_from(self.seconds, second + 1) {
            walk.time[2] = next;
            walk.wall_s += i64::from(next - second);
            return true;
        }
        if let Some(time) = self.time_from([hour, minute + 1, 0]) {
            walk.wall_s += seconds_of(time) - seconds_of(walk.time);
            walk.time = time;
            return true;
        }
        walk.days &= walk.days - 1;
        walk.time = self.first_time();
        self.next_day(walk)
    }

    /// Goes to the first day left in the month of `walk`, or of a later month.
    fn next_day(&self, walk: &mut Walk) -> bool {
        // What does not come in one cycle of the calendar never does.
        let last = (walk.year + CYCLE_YEARS).min(LAST_YEAR);
        while walk.days == 0 {
            walk.month += 1;
            if walk.month > 12 {
                walk.month = 1;
                walk.year += 1;
                if !self.reach_year(walk, last) {
                    return false;
                }
            }
            walk.days = self.month_days(walk.year, walk.month);
            walk.month_start = days_from_civil(walk.year, walk.month, 1) - 1;
        }
        walk.place(i64::from(walk.days.trailing_zeros()));
        true
    }

    /// Skips years that do not match; false behind the last one.
    fn reach_year(&self, walk: &mut Walk, last: i64) -> bool {
        while walk.year <= last {
            if self.year_matches(walk.year) {
                return true;
            }
            walk.year += 1;
        }
        false
    }

    fn year_matches(&self, year: i64) -> bool {
        self.years.is_none_or(|years| {
            u32::try_from(year)
                .is_ok_and(|year| (1970..=2099).contains(&year) && years.contains(year))
        })
    }

    /// Matching days of a month as bits 1-31.
    fn month_days(&self, year: i64, month: u32) -> u32 {
        if self.months >> month & 1 == 0 || !self.year_matches(year) || year > LAST_YEAR {
            return 0;
        }
        self.days.of_month(year, month)
    }

    fn first_time(&self) -> [u32; 3] {
        [self.hours, self.minutes, self.seconds].map(u64::trailing_zeros)
    }

    /// The first matching time of day at or after hour, minute, second.
    fn time_from(&self, [hour, minute, second]: [u32; 3]) -> Option<[u32; 3]> {
        let [_, first_minute, first_second] = self.first_time();
        if self.hours >> hour & 1 == 1 {
            if self.minutes.checked_shr(minute).unwrap_or(0) & 1 == 1
                && let Some(second) = bit_from(self.seconds, second)
            {
                return Some([hour, minute, second]);
            }
            if let Some(minute) = bit_from(self.minutes, minute + 1) {
                return Some([hour, minute, first_second]);
            }
        }
        bit_from(self.hours, hour + 1).map(|hour| [hour, first_minute, first_second])
    }

    /// Number of matches in the wall-clock seconds `from..to`.
    pub(super) fn count(&self, from: i64, to: i64) -> u64 {
        if from >= to {
            return 0;
        }
        let (first, last) = (from.div_euclid(DAY_S), to.div_euclid(DAY_S));
        let before = |day: i64, wall_s: i64| {
            let tod = wall_s.rem_euclid(DAY_S);
            if tod > 0 && self.day_matches(day) {
                self.count_before(split(tod))
            } else {
                0
            }
        };
        // Days as wholes, then the parts at both ends.
        self.matching_days(first, last) * self.per_day() + before(last, to) - before(first, from)
    }

    fn day_matches(&self, day: i64) -> bool {
        let (year, month, day) = civil_from_days(day);
        self.month_days(year, month) >> day & 1 == 1
    }

    /// Matching days among `first..last`.
    fn matching_days(&self, first: i64, last: i64) -> u64 {
        let mut sum = 0;
        let mut day = first;
        while day < last {
            let (year, month, of_month) = civil_from_days(day);
            let left = i64::from(month_len(year, month) - of_month + 1);
            let take = left.min(last - day);
            let end = of_month + u32::try_from(take).unwrap_or(0);
            let mask = (u64::from(u32::MAX) << of_month) & ((1_u64 << end) - 1);
            sum += u64::from((u64::from(self.month_days(year, month)) & mask).count_ones());
            day += take;
        }
        sum
    }

    /// Matches of a day before a time.
    fn count_before(&self, [hour, minute, second]: [u32; 3]) -> u64 {
        let below = |mask: u64, bit: u32| u64::from((mask & ((1 << bit) - 1)).count_ones());
        let ones = |mask: u64| u64::from(mask.count_ones());
        let mut sum = below(self.hours, hour) * ones(self.minutes) * ones(self.seconds);
        if self.hours >> hour & 1 == 1 {
            sum += below(self.minutes, minute) * ones(self.seconds);
            if self.minutes >> minute & 1 == 1 {
                sum += below(self.seconds, second);
            }
        }
        sum
    }
}

impl DayRule {
    fn new(of_month: &Field, of_week: &Field, asterisk: (bool, bool)) -> Self {
        // A full range counts as `*` only beside an asterisk in the other day field.
        let month_any = of_month.is_star() || (of_month.is_full() && asterisk.1);
        let week_any = of_week.is_star() || (of_week.is_full() && asterisk.0);
        let nth = of_week.has_nth().then_some(of_week.nth);
        Self {
            month: u32::try_from(of_month.set.low()).unwrap_or(ALL_DAYS),
            month_any,
            last: of_month.last,
            nearest: of_month.nearest,
            week: of_week.set.low(),
            week_any,
            nth,
        }
    }

    /// Matching days of a month as bits 1-31.
    fn of_month(&self, year: i64, month: u32) -> u32 {
        let len = month_len(year, month);
        let first = weekday(days_from_civil(year, month, 1));
        let all = ALL_DAYS & (u32::MAX >> (31 - len));
        let by_month = self.by_month(len, first) & all;
        let by_week = self.by_week(len, first) & all;
        let both_restricted = !self.month_any && !self.week_any;
        match (self.nearest.is_some(), self.nth.is_some()) {
            (false, true) if both_restricted => by_week,
            (true, false) if both_restricted => by_month,
            (false, false) if both_restricted => by_month | by_week,
            _ => by_month & by_week,
        }
    }

    fn by_month(&self, len: u32, first: u32) -> u32 {
        if let Some(day) = self.nearest {
            return 1 << nearest_weekday(day.min(len), len, first);
        }
        if self.month_any {
            return ALL_DAYS;
        }
        self.month | u32::from(self.last) << len
    }

    fn by_week(&self, len: u32, first: u32) -> u32 {
        if let Some(nth) = &self.nth {
            return nth_days(nth, len, first);
        }
        if self.week_any {
            return ALL_DAYS;
        }
        (1..=len)
            .filter(|day| self.week >> ((first + day - 1) % 7) & 1 == 1)
            .fold(0, |days, day| days | 1 << day)
    }
}

/// The weekday nearest to `day` that stays in the month.
fn nearest_weekday(day: u32, len: u32, first: u32) -> u32 {
    match (first + day - 1) % 7 {
        6 if day == 1 => 3,
        6 => day - 1,
        0 if day == len => day - 2,
        0 => day + 1,
        _ => day,
    }
}

fn nth_days(nth: &[u8; 7], len: u32, first: u32) -> u32 {
    let mut days = 0;
    for (weekday, &bits) in (0_u32..).zip(nth) {
        if bits == 0 {
            continue;
        }
        let earliest = 1 + (weekday + 7 - first) % 7;
        for k in (1..=5).filter(|k| bits >> k & 1 == 1) {
            let day = earliest + (k - 1) * 7;
            if day <= len {
                days |= 1 << day;
            }
        }
        if bits >> LAST_NTH & 1 == 1 {
            days |= 1 << (earliest + (len - earliest) / 7 * 7);
        }
    }
    days
}

/// A position at a match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    year: i64,
    month: u32,
    /// Matching days of the month from the current one on, as bits 1-31.
    days: u32,
    /// Day number (from 1970-01-01) of day 0 of the month.
    month_start: i64,
    /// Hour, minute, second.
    time: [u32; 3],
    /// The match in wall-clock seconds.
    pub wall_s: i64,
}

impl Walk {
    fn place(&mut self, day: i64) {
        self.wall_s = (self.month_start + day) * DAY_S + seconds_of(self.time);
    }
}

fn seconds_of([hour, minute, second]: [u32; 3]) -> i64 {
    i64::from((hour * 60 + minute) * 60 + second)
}

fn split(tod_s: i64) -> [u32; 3] {
    let tod = u32::try_from(tod_s).unwrap_or(0);
    [tod / 3_600, tod / 60 % 60, tod % 60]
}

/// The first bit set at or after `from`.
fn bit_from(mask: u64, from: u32) -> Option<u32> {
    let rest = mask.checked_shr(from).unwrap_or(0);
    (rest != 0).then(|| from + rest.trailing_zeros())
}
