//! The rate of arrivals over time: constant within an hour or a day.

use std::sync::Arc;

use crate::input::calendars::{Calendar, Use};
use crate::time::{DAY_US, SECOND_US, Zone};

const HOUR_US: i64 = 3_600 * SECOND_US;

/// Segments that are added up one by one; beyond, the mean rate has to do.
const MOST_SEGMENTS: f64 = 2e6;

/// A rate that follows the hour and the day.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    pub per_second: f64,
    /// Factors of the hours.
    pub hours: Option<[f64; 24]>,
    /// How many times faster than the clock hours pass.
    pub compression: f64,
    pub calendar: Option<Arc<Calendar>>,
    pub zone: Zone,
    /// From where compressed hours count.
    pub start_us: i64,
}

/// A stretch of constant rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// Arrivals a microsecond.
    pub rate: f64,
    /// The instant after its last.
    pub until_us: i64,
}

impl Rate {
    /// True when the rate never changes.
    pub(super) fn is_constant(&self) -> bool {
        self.hours.is_none() && self.calendar.is_none()
    }

    /// The rate at an instant and how long it stays.
    pub(super) fn segment(&self, instant_us: i64) -> Segment {
        let mut segment = Segment {
            rate: self.per_second / SECOND_US as f64,
            until_us: i64::MAX,
        };
        if let Some(hours) = &self.hours {
            self.hour(hours, instant_us, &mut segment);
        }
        if let Some(calendar) = &self.calendar {
            let mut day = self.zone.at_instant(instant_us).wall_us.div_euclid(DAY_US);
            let mut next_us = self.zone.at_wall((day + 1) * DAY_US).instant_us();
            if next_us <= instant_us {
                // Midnight comes twice in this night.
                day += 1;
                next_us = self.zone.at_wall((day + 1) * DAY_US).instant_us();
            }
            let of = Use {
                dates: true,
                weekend: None,
            };
            segment.rate *= calendar.factor(day, of);
            segment.until_us = segment.until_us.min(next_us);
        }
        segment.until_us = segment.until_us.max(instant_us.saturating_add(1));
        segment
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the calendar, or saturating beyond it"
    )]
    fn hour(&self, hours: &[f64; 24], instant_us: i64, segment: &mut Segment) {
        let passed = (instant_us - self.start_us) as f64 * self.compression;
        let simulated = self.start_us.saturating_add(passed as i64);
        let steady_us = self.zone.steady(simulated).until_us;
        let wall_us = self.zone.at_instant(simulated).wall_us;
        let hour = wall_us.rem_euclid(DAY_US) / HOUR_US;
        let left = (HOUR_US - wall_us.rem_euclid(HOUR_US)).min(steady_us.saturating_sub(simulated));
        let factor = usize::try_from(hour).ok().and_then(|hour| hours.get(hour));
        segment.rate *= factor.copied().unwrap_or(1.0);
        let until = self.start_us as f64 + (passed + left as f64) / self.compression;
        // Whole hours of the clock, without the rounding of large floats.
        segment.until_us = if self.compression == 1.0 {
            instant_us.saturating_add(left)
        } else {
            until.ceil() as i64
        };
    }

    /// Expected arrivals between two instants.
    pub(super) fn expected(&self, from_us: i64, to_us: i64) -> f64 {
        if from_us >= to_us {
            return 0.0;
        }
        let span = (to_us - from_us) as f64;
        let hours = span * self.compression / HOUR_US as f64;
        if self.hours.is_some() && hours > MOST_SEGMENTS {
            let mean = self
                .hours
                .map_or(1.0, |hours| hours.iter().sum::<f64>() / 24.0);
            return span * self.per_second / SECOND_US as f64 * mean;
        }
        let (mut at_us, mut sum) = (from_us, 0.0);
        while at_us < to_us {
            let segment = self.segment(at_us);
            let until_us = segment.until_us.min(to_us);
            sum += segment.rate * (until_us - at_us) as f64;
            at_us = until_us;
        }
        sum
    }
}
