//! The output stage: one thread per output that formats batches and writes them, in order.
//!
//! Formatting is work for a core and most targets are written with one blocking call, so each output
//! has a thread instead of tasks on the asynchronous runtime: no hop between formatting and writing,
//! one reused buffer, and order comes by itself. Outputs whose clients are asynchronous drive them
//! from their thread with the runtime's `block_on`, and may have several writes in flight inside.

use std::sync::Arc;
use std::time::Instant;

use crate::batch::EventBatch;
use crate::output::{
    Delivery, FormatEnv, Formatted, Formatter, Output, OutputConfig, OutputEnv, OutputError,
    OutputErrorKind,
};

use super::EndReason;
use super::counters::OutputCounters;
use super::errors::Failure;
use super::queue::Popped;
use super::shared::Shared;

/// Writes in a row that may fail before the run is given up: long enough for a rotated log or a short
/// fault, short enough that a full disk does not swallow an endless run.
const PATIENCE: u32 = 200;

/// An output that is open, with its formatter.
#[derive(Debug)]
pub(super) struct Opened {
    output: Box<dyn Output>,
    formatter: Formatter,
}

/// Makes and opens an output.
pub(super) fn open(config: &dyn OutputConfig, env: &OutputEnv<'_>) -> Result<Opened, OutputError> {
    let formatter = config.format().build(&FormatEnv {
        base: env.base,
        files: env.files.clone(),
    })?;
    let mut output = config.build(env)?;
    output.open()?;
    Ok(Opened { output, formatter })
}

/// Runs until the queue ends or the target is gone.
pub(super) fn run(opened: Opened, separator: &str, index: usize, shared: &Shared) {
    let (Some(lane), Some(counters)) =
        (shared.lanes.get(index), shared.counters.outputs.get(index))
    else {
        return;
    };
    let mut stage = Stage {
        output: opened.output,
        formatter: opened.formatter,
        formatted: Formatted::default(),
        separator,
        source: format!("output[{index}].{}", lane.name),
        failures: 0,
        shared,
        account: Account {
            counters,
            undecided: 0,
        },
    };
    loop {
        let result = match lane.queue.pop(stage.output.due()) {
            Popped::Item(batch) => stage.write(batch),
            Popped::Timeout => stage.call(|output, done| output.tick(Instant::now(), done)),
            Popped::Ended => break,
        };
        if result == Err(OutputErrorKind::Closed) {
            shared.halt(EndReason::OutputClosed);
            break;
        }
        if stage.failures >= PATIENCE {
            let source = &stage.source;
            shared.halt(EndReason::Failed(format!(
                "{source}: {PATIENCE} writes failed in a row"
            )));
            break;
        }
    }
    let closed = stage.call(|output, done| output.close(done));
    if closed.is_err() && stage.account.undecided == 0 {
        shared
            .control
            .blemish(format!("{} could not be closed", stage.source));
    }
}

struct Stage<'a> {
    output: Box<dyn Output>,
    formatter: Formatter,
    formatted: Formatted,
    separator: &'a str,
    /// Name of the setting, for errors.
    source: String,
    /// Writes that failed since the last one that brought something to the target.
    failures: u32,
    shared: &'a Shared,
    account: Account<'a>,
}

/// Events taken from the queue and not yet decided; lost when the stage ends, also by a panic.
struct Account<'a> {
    counters: &'a OutputCounters,
    undecided: u64,
}

impl Account<'_> {
    fn settle(&mut self, done: Delivery) {
        self.counters.written.add(done.written);
        self.counters.write_failed.add(done.failed);
        self.counters.bytes.add(done.bytes);
        self.undecided = self.undecided.saturating_sub(done.written + done.failed);
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.counters.write_failed.add(self.undecided);
    }
}

impl Stage<'_> {
    fn write(&mut self, batch: Arc<EventBatch>) -> Result<(), OutputErrorKind> {
        self.account.undecided += batch.len() as u64;
        self.formatter
            .format(&batch, self.separator, &mut self.formatted);
        self.refused(&batch);
        self.shared.recycle(batch);
        if self.formatted.is_empty() {
            return Ok(());
        }
        let formatted = std::mem::take(&mut self.formatted);
        let result = self.call(|output, done| output.write(&formatted, Instant::now(), done));
        self.formatted = formatted;
        result
    }

    /// Counts and shows the events that the formatter refused.
    fn refused(&mut self, batch: &EventBatch) {
        let lost = self.formatted.lost();
        if lost == 0 {
            return;
        }
        self.account.counters.format_failed.add(lost);
        self.account.undecided = self.account.undecided.saturating_sub(lost);
        let failures = self.formatted.failures();
        for failure in failures {
            let count = match failure.event {
                Some(_) => 1,
                None => lost,
            };
            self.shared.record(&Failure {
                source: &self.source,
                kind: failure.reason.kind(),
                message: &format!("an event could not be formatted: {}", failure.reason),
                count,
                sample: failure.event.map(|index| batch.get(index)),
            });
        }
    }

    /// Calls the output and settles what it decided.
    fn call(
        &mut self,
        call: impl FnOnce(&mut dyn Output, &mut Delivery) -> Result<(), OutputError>,
    ) -> Result<(), OutputErrorKind> {
        let mut done = Delivery::default();
        let result = call(self.output.as_mut(), &mut done);
        self.account.settle(done);
        if done.written > 0 {
            self.failures = 0;
        } else if result.is_err() {
            self.failures += 1;
        }
        result.map_err(|error| {
            if error.kind != OutputErrorKind::Closed {
                self.shared.record(&Failure {
                    source: &self.source,
                    kind: &error.message,
                    message: &error.message,
                    count: done.failed.max(1),
                    sample: None,
                });
            }
            error.kind
        })
    }
}

/// What follows when the stage is over, also by a panic.
pub(super) fn finish(panic: Option<String>, index: usize, shared: &Shared) {
    shared.cancel_lane(index);
    if let Some(message) = panic {
        shared.halt(EndReason::Failed(format!(
            "the output stage broke: {message}"
        )));
    }
}
