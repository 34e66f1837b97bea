//! One running generator: stages, queues, counters, stop.
//!
//! ```text
//! evtui-input --timestamps--> evtui-event --batches, shared--> evtui-output (one thread each)
//!                     evtui-run watches over them, starts and ends the run
//! ```
//!
//! Workers (evtui-worker) join the event stage while it is behind and its events do not depend on each
//! other, or can be finished by others once they are begun in order; batches stay in order. Every stage
//! is a plain thread that ends when a neighbour ends; queues are bounded by batches and by bytes, so
//! memory is flat whatever the rates are. There is one way to end a run (`control`), with the first
//! reason given, and one way to change one that works ([`LiveControl`]). A panic in a stage ends this run
//! alone, with its message.
//!
//! Knows nothing of screens, command lines or other generators.

mod aliases;
mod batching;
mod ceiling;
mod change_words;
mod check;
mod control;
mod counters;
mod crew;
mod delivery;
mod divided;
mod errors;
mod event_stage;
mod gain;
mod hold;
mod input_stage;
mod job;
mod latency;
mod lint_samples;
mod lints;
#[cfg(test)]
mod live_tests;
mod meter;
mod ordered;
mod output_stage;
mod plan;
#[cfg(test)]
mod plan_tests;
mod pool;
mod queue;
mod reads;
mod redelivery;
mod release;
#[cfg(test)]
mod release_tests;
mod run;
mod same_files;
mod settings;
mod shared;
mod stats;
mod steer;
mod supervisor;
mod swap;
mod swap_event;
mod swap_inputs;
mod swap_outputs;
mod swap_parts;
mod swap_run;
mod swap_trial;
mod tap;
#[cfg(test)]
mod tests;
mod timeline;
mod window;

pub use crate::config::ReloadMode;
pub use batching::batches;
pub use check::{CheckOptions, CheckReport, Need, check};
pub use delivery::DeadLetter;
pub use plan::{Decoded, EventPlan, InputPlan, OutputPlan, Plan, plan};
pub use redelivery::{Left, LetterBox, Redelivery};
pub use run::{RunOptions, Running, SEEDED_NOW_US, start};
pub use settings::{Change, ChangeError, LiveControl, Settings};
pub use stats::{
    AliasStats, Backfill, EndReason, ErrorStats, InputStats, Latency, Lint, Outage, OutputStats,
    QueueStats, ReloadStats, StageStats, State, Stats,
};
pub use swap::Examined;
pub use tap::{Tapped, TappedEvent};
