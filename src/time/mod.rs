//! Zones, wall clock and instant, clocks, versatile datetimes and cron.
//!
//! Knows nothing of configuration documents, plugins or pipelines.

mod clock;
mod moment;
mod zone;

pub use clock::{Clock, FakeClock, WallClock};
pub use moment::Moment;
pub use zone::Zone;

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;
