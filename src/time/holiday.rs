//! Dates of the year by rule: fixed days, nth weekdays, Easter, distances from other dates.

use super::civil::{civil_from_days, days_from_civil, month_len, weekday};

/// A rule for a date in a year. Days of the week count from Sunday, 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateRule {
    /// A day of a month (1-12); a year without it has no such date.
    Fixed {
        /// The month.
        month: u32,
        /// The day, 1-31.
        day: u32,
    },
    /// The nth of a weekday in a month; -1 is the last one.
    Nth {
        /// The month.
        month: u32,
        /// The weekday.
        weekday: u32,
        /// 1 to 5, or -1.
        nth: i32,
    },
    /// Easter Sunday of the western churches.
    Easter,
    /// One date of one year, days since 1970-01-01.
    Once(i64),
}

impl DateRule {
    /// The date in a year, days since 1970-01-01; `None` when the year has none.
    pub fn in_year(self, year: i64) -> Option<i64> {
        match self {
            Self::Fixed { month, day } => (1..=month_len(year, month))
                .contains(&day)
                .then(|| days_from_civil(year, month, day)),
            Self::Nth {
                month,
                weekday,
                nth,
            } => nth_weekday(year, month, weekday, nth),
            Self::Easter => Some(easter(year)),
            Self::Once(date) => (civil_from_days(date).0 == year).then_some(date),
        }
    }
}

fn nth_weekday(year: i64, month: u32, wanted: u32, nth: i32) -> Option<i64> {
    let first = days_from_civil(year, month, 1);
    let length = i64::from(month_len(year, month));
    let ahead = (i64::from(wanted) - i64::from(weekday(first))).rem_euclid(7);
    let day = match nth {
        -1 => ahead + (length - 1 - ahead) / 7 * 7,
        _ => ahead + (i64::from(nth) - 1) * 7,
    };
    (0..length).contains(&day).then_some(first + day)
}

/// The Gregorian computus, by the paschal full moon.
fn easter(year: i64) -> i64 {
    let golden = year.rem_euclid(19);
    let century = year.div_euclid(100);
    let corrected = century - century / 4 - (8 * century + 13) / 25;
    let moon = (19 * golden + corrected + 15) % 30;
    // Two moons a cycle come a day early, so that none repeats.
    let early = i64::from(moon == 29 || (moon == 28 && golden > 10));
    let full_moon = days_from_civil(year, 3, 21) + moon - early;
    full_moon + 7 - i64::from(weekday(full_moon))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(rule: DateRule, year: i64) -> Option<(u32, u32)> {
        rule.in_year(year).map(|day| {
            let (_, month, day) = civil_from_days(day);
            (month, day)
        })
    }

    #[test]
    fn easter_of_many_years() {
        for (year, expected) in [
            (1818, (3, 22)),
            (1943, (4, 25)),
            (1954, (4, 18)),
            (1981, (4, 19)),
            (2000, (4, 23)),
            (2024, (3, 31)),
            (2025, (4, 20)),
            (2026, (4, 5)),
            (2038, (4, 25)),
            (2049, (4, 18)),
            (2285, (3, 22)),
        ] {
            assert_eq!(date(DateRule::Easter, year), Some(expected), "{year}");
        }
    }

    #[test]
    fn nth_weekdays() {
        let nth = |month, weekday, nth| DateRule::Nth {
            month,
            weekday,
            nth,
        };
        assert_eq!(date(nth(5, 0, 2), 2024), Some((5, 12)));
        assert_eq!(date(nth(11, 4, 4), 2024), Some((11, 28)));
        assert_eq!(date(nth(9, 1, 1), 2024), Some((9, 2)));
        assert_eq!(date(nth(5, 1, -1), 2024), Some((5, 27)));
        assert_eq!(date(nth(2, 4, 5), 2024), Some((2, 29)));
        assert_eq!(date(nth(2, 4, 5), 2025), None);
    }

    #[test]
    fn dates_that_a_year_lacks() {
        let leap = DateRule::Fixed { month: 2, day: 29 };
        assert_eq!(date(leap, 2024), Some((2, 29)));
        assert_eq!(date(leap, 2023), None);
        let once = DateRule::Once(days_from_civil(2026, 3, 14));
        assert_eq!((date(once, 2026), date(once, 2027)), (Some((3, 14)), None));
    }
}
