//! The proleptic Gregorian calendar as plain arithmetic on days and microseconds.

use super::SECOND_US;

/// Microseconds in a day.
pub const DAY_US: i64 = 86_400 * SECOND_US;

/// First wall-clock value: 0001-01-01T00:00:00.
pub const MIN_WALL_US: i64 = -62_135_596_800 * SECOND_US;

/// Last wall-clock value: 9999-12-31T23:59:59.999999.
pub const MAX_WALL_US: i64 = 253_402_300_800 * SECOND_US - 1;

/// Days since 1970-01-01 of a date. `month` is 1-12; `day` may lie outside its month and carries over.
pub const fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = ((month + 9) % 12) as i64;
    let day_of_year = (153 * shifted + 2) / 5 + day as i64 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month (1-12) and day (1-31) of a day counted from 1970-01-01.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "months and days are small and positive"
)]
pub const fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    } as u32;
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Day of the week of a day counted from 1970-01-01; 0 is Sunday.
#[expect(clippy::cast_possible_truncation, reason = "0 to 6")]
pub const fn weekday(days: i64) -> u32 {
    (days + 4).rem_euclid(7) as u32
}

/// True when the year has a 29 February.
pub const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month (1-12).
pub const fn month_len(year: i64, month: u32) -> u32 {
    match month {
        2 => 28 + is_leap(year) as u32,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A wall-clock time taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year.
    pub year: i64,
    /// Month, 1-12.
    pub month: u32,
    /// Day of the month, 1-31.
    pub day: u32,
    /// Microseconds since midnight.
    pub tod_us: i64,
}

impl Civil {
    /// Takes wall-clock microseconds apart.
    pub const fn of(wall_us: i64) -> Self {
        let (year, month, day) = civil_from_days(wall_us.div_euclid(DAY_US));
        Self {
            year,
            month,
            day,
            tod_us: wall_us.rem_euclid(DAY_US),
        }
    }

    /// Puts them together again; `None` outside years 1-9999 or when the date does not exist.
    pub fn wall_us(self) -> Option<i64> {
        if !(1..=9999).contains(&self.year)
            || !(1..=12).contains(&self.month)
            || self.day < 1
            || self.day > month_len(self.year, self.month)
        {
            return None;
        }
        Some(days_from_civil(self.year, self.month, self.day) * DAY_US + self.tod_us)
    }

    /// Adds months, clipping the day to the length of the month it lands in; `None` outside years
    /// 1-9999.
    pub fn add_months(self, months: i64) -> Option<Self> {
        let index = (self.year * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = index.div_euclid(12);
        if !(1..=9999).contains(&year) {
            return None;
        }
        let month = u32::try_from(index.rem_euclid(12)).ok()? + 1;
        Some(Self {
            year,
            month,
            day: self.day.min(month_len(year, month)),
            ..self
        })
    }
}

/// `wall_us` when it lies within years 1-9999.
pub fn in_range(wall_us: i64) -> Option<i64> {
    (MIN_WALL_US..=MAX_WALL_US)
        .contains(&wall_us)
        .then_some(wall_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        let mut expected = days_from_civil(1600, 1, 1);
        for year in 1600..2010 {
            for month in 1..=12 {
                for day in 1..=month_len(year, month) {
                    assert_eq!(days_from_civil(year, month, day), expected);
                    assert_eq!(civil_from_days(expected), (year, month, day));
                    expected += 1;
                }
            }
        }
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(weekday(0), 4, "1970-01-01 was a Thursday");
    }

    #[test]
    fn limits_are_the_first_and_last_microsecond() {
        let first = Civil::of(MIN_WALL_US);
        assert_eq!(
            (first.year, first.month, first.day, first.tod_us),
            (1, 1, 1, 0)
        );
        let last = Civil::of(MAX_WALL_US);
        assert_eq!((last.year, last.month, last.day), (9999, 12, 31));
        assert_eq!(last.tod_us, DAY_US - 1);
    }

    #[test]
    fn months_clip_to_the_last_day() {
        let end_of_january = Civil {
            year: 2024,
            month: 1,
            day: 31,
            tod_us: 0,
        };
        let february = end_of_january.add_months(1);
        assert_eq!(february.map(|at| (at.month, at.day)), Some((2, 29)));
        assert_eq!(end_of_january.add_months(-12 * 2024), None);
    }
}
