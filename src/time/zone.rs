//! Named time zones over the IANA database.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::civil::{civil_from_days, days_from_civil, is_leap, weekday};
use super::{DAY_US, Moment, SECOND_US};

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl serde::Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'_, str>>::deserialize(from)?;
        let unknown = || serde::de::Error::custom(format!("there is no time zone {name}"));
        Self::parse(&name).ok_or_else(unknown)
    }
}

/// A stretch of time within which a zone's offset does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steady {
    /// Seconds east of UTC.
    pub offset_s: i32,
    /// First instant to which this may no longer apply, microseconds since the Unix epoch. The offset
    /// may well be the same there: a stretch is as long as it was cheap to look ahead.
    pub until_us: i64,
}

/// How far one [`Zone::steady`] looks ahead, in days. Short enough that no stretch of another offset
/// hides between two probes.
const STEADY_DAYS: i64 = 8;

/// Last year the compiled tables of zones are trusted for; later years repeat an earlier one with the
/// same calendar, which is what the rules in force amount to.
const LAST_TABLE_YEAR: i64 = 2097;

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone with exactly this name (case-sensitive), if the database has it.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// Names of all zones, for suggestions and completion.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What the wall clock shows at an instant (microseconds since the Unix epoch).
    pub fn at_instant(self, instant_us: i64) -> Moment {
        let offset_s = self.offset_at(instant_us);
        Moment {
            wall_us: instant_us.saturating_add(i64::from(offset_s) * SECOND_US),
            offset_s,
        }
    }

    /// Attaches the zone to a wall-clock time: the earlier offset when the time occurs twice, the
    /// offset before the change when it does not exist (the wall clock is kept as given).
    pub fn at_wall(self, wall_us: i64) -> Moment {
        let offset_s = if self == Self::UTC {
            0
        } else {
            naive(wall_us).map_or(0, |local| self.offset_of_local(&local))
        };
        Moment { wall_us, offset_s }
    }

    /// The offset at an instant, and how far ahead it is known to hold.
    pub fn steady(self, instant_us: i64) -> Steady {
        let offset_s = self.offset_at(instant_us);
        let mut known = instant_us;
        for _ in 0..STEADY_DAYS {
            let probe = known.saturating_add(DAY_US);
            if self.offset_at(probe) != offset_s {
                return Steady {
                    offset_s,
                    until_us: self.change_between(known, probe, offset_s),
                };
            }
            known = probe;
        }
        Steady {
            offset_s,
            until_us: known,
        }
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_at(self, instant_us: i64) -> i32 {
        if self == Self::UTC {
            return 0;
        }
        naive(instant_us).map_or(0, |utc| {
            self.0
                .offset_from_utc_datetime(&utc)
                .fix()
                .local_minus_utc()
        })
    }

    /// The first instant after `before` (where the offset is `offset_s`) and up to `after` (where it
    /// is not) with another offset. Changes happen at whole seconds.
    fn change_between(self, before: i64, after: i64, offset_s: i32) -> i64 {
        let mut same = before.div_euclid(SECOND_US);
        let mut changed = after.div_euclid(SECOND_US);
        while changed - same > 1 {
            let middle = same + (changed - same) / 2;
            if self.offset_at(middle * SECOND_US) == offset_s {
                same = middle;
            } else {
                changed = middle;
            }
        }
        changed * SECOND_US
    }

    fn offset_of_local(self, local: &NaiveDateTime) -> i32 {
        match self.0.offset_from_local_datetime(local) {
            LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => {
                offset.fix().local_minus_utc()
            }
            LocalResult::None => {
                let before = local
                    .checked_sub_signed(TimeDelta::hours(24))
                    .unwrap_or(*local);
                match self.0.offset_from_local_datetime(&before) {
                    LocalResult::Single(offset) | LocalResult::Ambiguous(_, offset) => {
                        offset.fix().local_minus_utc()
                    }
                    LocalResult::None => 0,
                }
            }
        }
    }
}

fn naive(us: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(table_time(us)).map(|at| at.naive_utc())
}

/// The time within the compiled tables at which the same rules give the same offset.
fn table_time(us: i64) -> i64 {
    let days = us.div_euclid(DAY_US);
    if days < days_from_civil(LAST_TABLE_YEAR + 1, 1, 1) {
        return us;
    }
    let (year, _, _) = civil_from_days(days);
    let first = days_from_civil(year, 1, 1);
    let twin = (LAST_TABLE_YEAR - 27..=LAST_TABLE_YEAR)
        .find(|&one| {
            is_leap(one) == is_leap(year) && weekday(days_from_civil(one, 1, 1)) == weekday(first)
        })
        .unwrap_or(LAST_TABLE_YEAR);
    us - (first - days_from_civil(twin, 1, 1)) * DAY_US
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn wall(year: i64, month: u32, day: u32, hour: i64, minute: i64) -> i64 {
        days_from_civil(year, month, day) * DAY_US + (hour * 60 + minute) * 60 * SECOND_US
    }

    #[test]
    fn wall_times_that_occur_twice_or_never() {
        let zone = Zone::parse("America/New_York").unwrap();
        let twice = zone.at_wall(wall(2024, 11, 3, 1, 30));
        assert_eq!(twice.to_string(), "2024-11-03T01:30:00-04:00");
        let never = zone.at_wall(wall(2024, 3, 10, 2, 30));
        assert_eq!(never.to_string(), "2024-03-10T02:30:00-05:00");
    }

    #[test]
    fn steady_stretches_end_exactly_at_the_change() {
        let zone = Zone::parse("Australia/Lord_Howe").unwrap();
        let mut at = wall(2024, 1, 1, 0, 0);
        let mut changes = Vec::new();
        while at < wall(2025, 1, 1, 0, 0) {
            let steady = zone.steady(at);
            assert_eq!(zone.offset_at(steady.until_us - 1), steady.offset_s);
            if zone.offset_at(steady.until_us) != steady.offset_s {
                changes.push(zone.at_instant(steady.until_us).to_string());
            }
            at = steady.until_us;
        }
        assert_eq!(
            changes,
            ["2024-04-07T01:30:00+10:30", "2024-10-06T02:30:00+11:00"]
        );
    }

    #[test]
    fn rules_go_on_after_the_tables_end() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(zone.at_wall(wall(2500, 7, 1, 0, 0)).offset_s, 7_200);
        assert_eq!(zone.at_wall(wall(2500, 1, 1, 0, 0)).offset_s, 3_600);
        assert_eq!(zone.at_wall(wall(9999, 12, 31, 23, 59)).offset_s, 3_600);
    }
}
