//! A point in time as a wall clock shows it: local microseconds and the offset in force.

use std::cmp::Ordering;

use super::SECOND_US;

/// Wall-clock time with the UTC offset that belongs to it.
///
/// A zone's own datetime cannot hold local times that do not exist (spring gap), which inputs may
/// produce; hence the pair. Order and equality of instants: compare [`Moment::instant_us`].
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
