//! Named time zones over the IANA database.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::{Moment, SECOND_US};

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

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
        let offset_s = naive(instant_us).map_or(0, |utc| {
            self.0
                .offset_from_utc_datetime(&utc)
                .fix()
                .local_minus_utc()
        });
        Moment {
            wall_us: instant_us + i64::from(offset_s) * SECOND_US,
            offset_s,
        }
    }

    /// Attaches the zone to a wall-clock time: the earlier offset when the time occurs twice, the
    /// offset before the change when it does not exist (the wall clock is kept as given).
    pub fn at_wall(self, wall_us: i64) -> Moment {
        let offset_s = naive(wall_us).map_or(0, |local| self.offset_of_local(&local));
        Moment { wall_us, offset_s }
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
    DateTime::from_timestamp_micros(us).map(|at| at.naive_utc())
}
