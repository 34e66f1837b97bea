//! One running generator: stages, queues, counters, stop.
//!
//! Knows nothing of screens, command lines or other generators.

mod check;
mod plan;
#[cfg(test)]
mod plan_tests;
mod stats;

pub use check::{CheckOptions, CheckReport, Need, check};
pub use plan::{InputPlan, OutputPlan, Plan, plan};
pub use stats::{EndReason, ErrorStats, InputStats, OutputStats, QueueStats, State, Stats};
