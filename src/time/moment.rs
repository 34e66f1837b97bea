//! A point in time as a wall clock shows it: local microseconds and the offset in force.

use std::cmp::Ordering;
use std::fmt;

use super::SECOND_US;
use super::civil::Civil;

/// Wall-clock time with the UTC offset that belongs to it.
///
/// A zone's own datetime cannot hold local times that do not exist (spring gap), which inputs may
/// produce; hence the pair. Order and equality of instants: compare [`Moment::instant_us`].
///
/// Displays as ISO 8601: `2024-01-15T12:30:05.123456+01:00`, the fraction only when there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Local time: microseconds since 1970-01-01T00:00:00 on the wall clock.
    pub wall_us: i64,
    /// Seconds east of UTC.
    pub offset_s: i32,
}

impl Moment {
    /// Microseconds since the Unix epoch (UTC).
    pub fn instant_us(self) -> i64 {
        self.wall_us
            .saturating_sub(i64::from(self.offset_s) * SECOND_US)
    }

    /// Time of day for narrow panes, with milliseconds: `12:30:05.123`.
    pub fn clock_text(self) -> String {
        let (hour, minute, second, micro) = clock(Civil::of(self.wall_us).tod_us);
        format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1_000)
    }

    /// Date for panes: `2024-01-15`.
    pub fn date_text(self) -> String {
        let at = Civil::of(self.wall_us);
        format!("{:04}-{:02}-{:02}", at.year, at.month, at.day)
    }
}

/// Hour, minute, second, microsecond of a time of day.
pub(super) fn clock(tod_us: i64) -> (i64, i64, i64, i64) {
    let seconds = tod_us / SECOND_US;
    (
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        tod_us % SECOND_US,
    )
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Civil::of(self.wall_us);
        let (hour, minute, second, micro) = clock(at.tod_us);
        write!(
            f,
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
            at.year, at.month, at.day
        )?;
        if micro != 0 {
            write!(f, ".{micro:06}")?;
        }
        let sign = if self.offset_s < 0 { '-' } else { '+' };
        let offset = self.offset_s.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", offset / 3_600, offset / 60 % 60)?;
        match offset % 60 {
            0 => Ok(()),
            seconds => write!(f, ":{seconds:02}"),
        }
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.instant_us(), self.wall_us).cmp(&(other.instant_us(), other.wall_us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_as_iso_8601() {
        let at = |wall_us, offset_s| Moment { wall_us, offset_s };
        assert_eq!(at(0, 0).to_string(), "1970-01-01T00:00:00+00:00");
        assert_eq!(
            at(1_500_000, -18_000).to_string(),
            "1970-01-01T00:00:01.500000-05:00"
        );
        assert_eq!(at(0, -17_762).to_string(), "1970-01-01T00:00:00-04:56:02");
        assert_eq!(
            at(45_005_123_456, 0).clock_text(),
            "12:30:05.123",
            "milliseconds are cut, not rounded"
        );
        assert_eq!(at(-1, 0).date_text(), "1969-12-31");
    }
}
