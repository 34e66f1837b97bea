//! `syslog`: each event as the message of RFC 5424 or RFC 3164, its time and origin in the header.
//!
//! Knows nothing of how messages are sent; where a stream has to be cut into messages, framing by
//! length is offered here, as it is a part of the bytes.

mod config;
mod message;

#[cfg(test)]
mod tests;

use crate::batch::EventBatch;
use crate::output::{FormatEnv, Formatted, OutputError};

use super::FormatFailure;

pub use config::SyslogConfig;
pub(super) use config::{
    APP_NAME, BOM, FACILITY, FRAMING, HOSTNAME, MSG_ID, PROC_ID, RFC, SEVERITY, STRUCTURED_DATA,
};
use message::Writer;

/// Writes messages.
#[derive(Debug)]
pub(super) struct Engine {
    writer: Writer,
    counted: bool,
    message: Vec<u8>,
}

impl Engine {
    pub(super) fn new(config: &SyslogConfig, env: &FormatEnv<'_>) -> Result<Self, OutputError> {
        Ok(Self {
            writer: Writer::new(config, env)?,
            counted: config.counted,
            message: Vec::new(),
        })
    }

    /// One message per event.
    pub(super) fn each(&mut self, batch: &EventBatch, separator: &[u8], out: &mut Formatted) {
        out.buffer().reserve(batch.byte_len() + batch.len() * 80);
        for index in 0..batch.len() {
            let written = if self.counted {
                self.message.clear();
                self.writer.write(batch, index, &mut self.message)
            } else {
                self.writer.write(batch, index, out.buffer())
            };
            match written {
                Ok(()) if self.counted => {
                    let len = self.message.len();
                    let buffer = out.buffer();
                    buffer.extend_from_slice(itoa::Buffer::new().format(len).as_bytes());
                    buffer.push(b' ');
                    buffer.extend_from_slice(&self.message);
                    out.commit(b"", 1);
                }
                Ok(()) => out.commit(separator, 1),
                Err(reason) => {
                    let event = Some(index);
                    out.fail(FormatFailure { event, reason }, 1);
                }
            }
        }
    }
}
