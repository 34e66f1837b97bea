//! `cloudevents`: each event in an envelope of CloudEvents 1.0, in the JSON format.
//!
//! The event itself is copied as it is written, without a tree. Knows nothing of how envelopes are
//! sent.

mod config;
mod envelope;
mod uri;

#[cfg(test)]
mod tests;

use crate::batch::EventBatch;
use crate::output::{FormatEnv, Formatted, OutputError};

use super::{FormatFailure, Reason};

pub use config::CloudEventsConfig;
pub(super) use config::{
    BATCH, DATACONTENTTYPE, DATASCHEMA, EXTENSIONS, ID, SCOPE, SOURCE, SUBJECT, TYPE,
};
use envelope::Envelope;

/// Media type of one envelope.
pub(super) const MEDIA_TYPE: &str = "application/cloudevents+json";
/// Media type of an array of them.
pub(super) const BATCH_MEDIA_TYPE: &str = "application/cloudevents-batch+json";

/// Writes envelopes.
#[derive(Debug)]
pub(super) struct Engine {
    batch: bool,
    envelope: Envelope,
}

impl Engine {
    pub(super) fn new(
        config: &CloudEventsConfig,
        env: &FormatEnv<'_>,
    ) -> Result<Self, OutputError> {
        Ok(Self {
            batch: config.is_batch(),
            envelope: Envelope::new(config, env)?,
        })
    }

    /// One item per event, or one array of all of them; nothing when none fits.
    pub(super) fn format(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        out.buffer().reserve(batch.byte_len() + batch.len() * 200);
        if self.batch {
            self.joined(batch, separator, out);
        } else {
            self.each(batch, separator, out);
        }
    }

    fn each(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        for index in 0..batch.len() {
            match self.envelope.write(batch, index, out.buffer()) {
                Ok(()) => out.commit(separator, 1),
                Err(reason) => out.fail(failure(index, reason), 1),
            }
        }
    }

    fn joined(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        let mut count = 0;
        for index in 0..batch.len() {
            let before = out.buffer().len();
            out.buffer().push(if count == 0 { b'[' } else { b',' });
            match self.envelope.write(batch, index, out.buffer()) {
                Ok(()) => count += 1,
                Err(reason) => {
                    out.buffer().truncate(before);
                    out.note(failure(index, reason), 1);
                }
            }
        }
        if count > 0 {
            out.buffer().push(b']');
            out.commit(separator, count);
        }
    }
}

fn failure(index: usize, reason: Reason) -> FormatFailure {
    FormatFailure {
        event: Some(index),
        reason,
    }
}
