//! Delivery: attempts, waits, the circuit, and what becomes of events that a target does not take.
//!
//! A [`Courier`] belongs to one output and is shared by its deliveries. Every event handed to
//! [`Courier::deliver`] is decided exactly once: written, failed, or kept as a dead letter; also when
//! the delivery is dropped or panics half-way.

mod account;
mod backoff;
mod circuit;
mod courier;
mod dead_letter;
mod kept;
mod regroup;
mod undeliverable;
mod upkeep;

use std::path::PathBuf;

pub use dead_letter::DeadLetter;

pub(super) use circuit::Circuit;
pub(super) use courier::{Courier, Target};
pub(super) use dead_letter::DeadLetters;
pub(super) use kept::Kept;
pub(super) use regroup::Regrouper;

/// File of the dead letters of the output at a position, relative to the project's folder, unless the
/// output names another.
pub(super) fn default_letters(index: usize, name: &str) -> PathBuf {
    PathBuf::from(format!("dead-letters/{}-{name}.ndjson", index + 1))
}
