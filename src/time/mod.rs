//! Zones, wall clock and instant, clocks, versatile datetimes and cron.
//!
//! Knows nothing of configuration documents, plugins or pipelines.

mod civil;
mod clock;
pub mod cron;
mod cursor;
pub mod human;
pub mod iso;
mod moment;
pub mod relative;
mod text;
pub mod versatile;
mod zone;

pub use civil::{
    Civil, DAY_US, MAX_WALL_US, MIN_WALL_US, civil_from_days, days_from_civil, is_leap, month_len,
    weekday,
};
pub use clock::{Clock, FakeClock, WallClock};
pub use cursor::ZoneCursor;
pub use moment::Moment;
pub use text::{short_duration, stopwatch};
pub use versatile::Versatile;
pub use zone::{Steady, Zone};

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;
