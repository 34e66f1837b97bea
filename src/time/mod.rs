//! Zones, wall clock and instant, clocks, versatile datetimes and cron.
//!
//! Knows nothing of configuration documents, plugins or pipelines.

mod civil;
mod clock;
pub mod cron;
mod cursor;
mod holiday;
pub mod human;
pub mod iso;
mod jump;
mod moment;
mod pace;
pub mod relative;
mod text;
pub mod versatile;
pub(crate) mod wire;
mod zone;

pub use civil::{
    Civil, DAY_US, MAX_WALL_US, MIN_WALL_US, civil_from_days, days_from_civil, is_leap, month_len,
    weekday,
};
pub use clock::{Clock, FakeClock, Jumps, Reading, Wake, WallClock};
pub use cursor::ZoneCursor;
pub use holiday::DateRule;
pub use moment::Moment;
pub use pace::{PACE_FORMS, Pace, duration_us, unit_us};
pub use text::{grouped, rate, short_duration, stopwatch};
pub use versatile::Versatile;
pub use zone::{Steady, Zone};

/// English names of the days, from Monday.
pub const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// English names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;
