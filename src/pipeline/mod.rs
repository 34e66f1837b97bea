//! One running generator: stages, queues, counters, stop.
//!
//! Knows nothing of screens, command lines or other generators.

mod stats;

pub use stats::{EndReason, ErrorStats, InputStats, OutputStats, QueueStats, State, Stats};
