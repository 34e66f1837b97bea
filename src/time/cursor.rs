//! Instants to wall-clock times of one zone, cheap when they come in order.

use super::{DAY_US, Moment, SECOND_US, Steady, Zone};

/// Turns instants into moments of a zone, remembering the stretch of constant offset it is in.
#[derive(Clone, Debug)]
pub struct ZoneCursor {
    zone: Zone,
    from_us: i64,
    steady: Steady,
}

impl ZoneCursor {
    /// A cursor for a zone.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            from_us: 0,
            steady: Steady {
                offset_s: 0,
                until_us: 0,
            },
        }
    }

    /// The moment at an instant (microseconds since the Unix epoch).
    pub fn moment(&mut self, instant_us: i64) -> Moment {
        let steady = self.steady(instant_us);
        Moment {
            wall_us: instant_us + i64::from(steady.offset_s) * SECOND_US,
            offset_s: steady.offset_s,
        }
    }

    /// The offset at an instant and how far ahead it holds.
    pub fn steady(&mut self, instant_us: i64) -> Steady {
        if instant_us < self.from_us || instant_us >= self.steady.until_us {
            self.from_us = instant_us;
            self.steady = self.zone.steady(instant_us);
        }
        self.steady
    }

    /// Attaches the zone to a wall-clock time, as [`Zone::at_wall`] does.
    pub fn at_wall(&mut self, wall_us: i64) -> Moment {
        let offset_us = i64::from(self.steady.offset_s) * SECOND_US;
        let instant_us = wall_us.saturating_sub(offset_us);
        // Far enough from the stretch's begin it cannot be the second pass of a repeated time.
        if instant_us.saturating_sub(DAY_US) >= self.from_us && instant_us < self.steady.until_us {
            return Moment {
                wall_us,
                offset_s: self.steady.offset_s,
            };
        }
        let moment = self.zone.at_wall(wall_us);
        self.from_us = moment.instant_us().saturating_sub(DAY_US);
        self.steady = self.zone.steady(self.from_us);
        moment
    }
}
