//! Parameters of a run (`spec/engine.md` section 5): zone, batches, queues, mode.

use serde_json::{Map, Value};

use crate::time::Zone;

/// Everything about a run that is not in `generator.yml`.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Zone of all timestamps.
    pub zone: Zone,
    /// Batch limits.
    pub batch: BatchParameters,
    /// Queue capacities, in batches.
    pub queue: QueueParameters,
    /// Batches of one output in order. Always honoured; kept for compatibility.
    pub keep_order: bool,
    /// Writes in flight, at least 1.
    pub max_concurrency: usize,
    /// Seconds one write may take, at least 1.
    pub write_timeout: u64,
    /// True releases timestamps when they are due, false as fast as possible.
    pub live_mode: bool,
    /// In live mode: leave out what lies before the start.
    pub skip_past: bool,
    /// Values for `${params.*}`.
    pub params: Map<String, Value>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            zone: Zone::UTC,
            batch: BatchParameters::default(),
            queue: QueueParameters::default(),
            keep_order: false,
            max_concurrency: 100,
            write_timeout: 10,
            live_mode: true,
            skip_past: true,
            params: Map::new(),
        }
    }
}

/// Limits of a batch; at least one is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchParameters {
    /// Most timestamps, at least 1.
    pub size: Option<usize>,
    /// Longest span in seconds, at least 0.1. Ignored in sample mode.
    pub delay: Option<f64>,
}

impl Default for BatchParameters {
    fn default() -> Self {
        Self {
            size: Some(10_000),
            delay: Some(1.0),
        }
    }
}

/// Capacities of the queues between stages, in batches, at least 1 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueParameters {
    /// Input to event stage.
    pub max_timestamp_batches: usize,
    /// Event stage to each output.
    pub max_event_batches: usize,
}

impl Default for QueueParameters {
    fn default() -> Self {
        Self {
            max_timestamp_batches: 10,
            max_event_batches: 10,
        }
    }
}
