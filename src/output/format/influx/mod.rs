//! `influx`: each event as a line of InfluxDB's line protocol.
//!
//! Only the members that a line needs are read, where they stand; numbers keep their spelling. Knows
//! nothing of how lines are sent.

mod config;
mod line;
mod value;

#[cfg(test)]
mod tests;

use crate::batch::EventBatch;
use crate::output::text::{Row, TextSet};
use crate::output::{FormatEnv, Formatted, OutputError};

use super::{FormatFailure, Reason};

pub use config::{
    FIELDS, INTEGER_OVERFLOW, InfluxConfig, MEASUREMENT, PRECISION, Precision, TAGS,
    TIMESTAMP_FIELD,
};
use line::Plan;

/// Writes lines.
#[derive(Debug)]
pub(super) struct Engine {
    plan: Plan,
    /// The measurement.
    texts: TextSet,
    row: Row,
}

impl Engine {
    pub(super) fn new(config: &InfluxConfig, env: &FormatEnv<'_>) -> Result<Self, OutputError> {
        Ok(Self {
            plan: Plan::new(config),
            texts: TextSet::build(std::slice::from_ref(&config.measurement), env)?,
            row: Row::default(),
        })
    }

    /// One line per event that has a field.
    pub(super) fn each(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        out.buffer().reserve(batch.byte_len());
        for index in 0..batch.len() {
            match self.line(batch, index, out.buffer()) {
                Ok(()) => out.commit(separator, 1),
                Err(reason) => {
                    let event = Some(index);
                    out.fail(FormatFailure { event, reason }, 1);
                }
            }
        }
    }

    fn line(&mut self, batch: &EventBatch, event: usize, out: &mut Vec<u8>) -> Result<(), Reason> {
        let members = self.plan.members(batch.get(event))?;
        self.texts
            .evaluate_event(batch, event, &mut self.row)
            .map_err(Reason::unfit)?;
        let measurement = self.texts.value(&self.row, 0);
        self.plan
            .write(measurement, &members, batch.moment(event), out)
    }
}
