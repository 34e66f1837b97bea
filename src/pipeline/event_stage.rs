//! The event stage: one thread that owns the event source and turns timestamps into batches of events.

use std::sync::Arc;

use crate::batch::{EventBatch, TimestampBatch};
use crate::config::Place;
use crate::event::{EventError, EventSource, Outcome};
use crate::time::Moment;

use super::EndReason;
use super::control::Level;
use super::errors::Failure;
use super::queue::Popped;
use super::shared::Shared;

/// Bytes at which a batch goes on: large enough that handing over costs nothing beside rendering,
/// small enough to stay in a core's cache until it is written.
const BATCH_BYTES: usize = 128 << 10;

/// Bytes at which a batch goes on even when its size is visible in the output.
const JOINED_BYTES: usize = 64 << 20;

/// How the stage works in one run.
#[derive(Debug)]
pub(super) struct Setup {
    /// Plugin name of the source.
    pub(super) name: String,
    /// Tags by input.
    pub(super) tags: Vec<Vec<Arc<str>>>,
    /// One batch of events per batch of timestamps, because a formatter joins batches.
    pub(super) joined: bool,
}

/// Runs until there are no more timestamps, the source is exhausted or the run is told to end.
pub(super) fn run(source: Box<dyn EventSource>, setup: &Setup, shared: &Shared) {
    Stage {
        source,
        setup,
        shared,
        batch: shared.spare_events.take(),
        made: 0,
    }
    .run();
}

struct Stage<'a> {
    source: Box<dyn EventSource>,
    setup: &'a Setup,
    shared: &'a Shared,
    /// Events produced and not yet handed on.
    batch: EventBatch,
    /// Events produced so far.
    made: u64,
}

/// Timestamps of a batch that wait for their turn; counted as unused when they never get it, also
/// when the source panics.
struct Waiting<'a> {
    shared: &'a Shared,
    count: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.counters.unused.add(self.count);
    }
}

impl Stage<'_> {
    fn run(mut self) {
        while let Popped::Item(mut timestamps) = self.shared.timestamps.pop(None) {
            self.shared.counters.release(&timestamps.inputs);
            let go_on = self.produce(&timestamps);
            timestamps.clear();
            self.shared.spare_timestamps.give(timestamps);
            let whole = self.setup.joined || self.shared.live;
            if whole || !go_on || self.shared.timestamps.len() == 0 {
                self.flush();
            }
            if !go_on {
                self.shared.halt(EndReason::Finished);
                return;
            }
        }
    }

    /// Produces for a batch; false when there is nothing more to produce.
    fn produce(&mut self, timestamps: &TimestampBatch) -> bool {
        let limit = if self.setup.joined {
            JOINED_BYTES
        } else {
            BATCH_BYTES
        };
        let mut waiting = Waiting {
            shared: self.shared,
            count: timestamps.len() as u64,
        };
        self.announce(timestamps);
        for (&at, &input) in timestamps.moments.iter().zip(&timestamps.inputs) {
            if self.left() == 0 {
                return false;
            }
            if self.shared.control.is(Level::Halt) {
                return false;
            }
            if self.shared.live && !self.hold(at) {
                return false;
            }
            let tags = self.setup.tags.get(usize::from(input));
            let tags = tags.map(Vec::as_slice).unwrap_or_default();
            let before = self.batch.len();
            let outcome = self.source.produce(at, tags, &mut self.batch);
            if matches!(outcome, Outcome::Exhausted) {
                self.limit(before);
                return false;
            }
            waiting.count -= 1;
            self.count(outcome, at);
            self.limit(before);
            if self.batch.byte_len() >= limit {
                self.flush();
            }
        }
        drop(waiting);
        self.left() > 0
    }

    /// Events that may still be produced; the limit may change.
    fn left(&self) -> u64 {
        self.shared.settings.max_events().saturating_sub(self.made)
    }

    /// Waits until what the source makes next is due by its own time; false when the run ends before.
    fn hold(&mut self, at: Moment) -> bool {
        let clock = self.shared.clock.as_ref();
        match self.source.due(at) {
            Some(due_us) if due_us > clock.now_us() => {
                self.flush();
                self.shared.control.sleep_until(clock, due_us)
            }
            _ => true,
        }
    }

    /// Lets the source work ahead, but not on more timestamps than events are wanted.
    fn announce(&mut self, timestamps: &TimestampBatch) {
        let most = usize::try_from(self.left()).unwrap_or(usize::MAX);
        let count = timestamps.len().min(most);
        self.source.expect(
            timestamps.moments.get(..count).unwrap_or_default(),
            timestamps.inputs.get(..count).unwrap_or_default(),
            &self.setup.tags,
        );
    }

    /// Takes the events added behind the first `before` off what may still be produced.
    fn limit(&mut self, before: usize) {
        let added = (self.batch.len() - before) as u64;
        let left = self.left();
        if added > left {
            let kept = usize::try_from(left).unwrap_or(usize::MAX);
            self.batch.truncate(before.saturating_add(kept));
        }
        self.made += added.min(left);
    }

    fn count(&self, outcome: Outcome, at: Moment) {
        let counters = &self.shared.counters;
        match outcome {
            Outcome::Produced(0) => counters.empty.add(1),
            Outcome::Produced(_) => counters.produced_for.add(1),
            Outcome::Dropped => counters.dropped.add(1),
            Outcome::Exhausted => {}
            Outcome::Failed(error) => {
                counters.failed.add(1);
                self.failed(&error, at);
            }
        }
    }

    fn failed(&self, error: &EventError, at: Moment) {
        let name = &self.setup.name;
        let source = match &error.alias {
            Some(alias) => format!("event {name} `{alias}`"),
            None => format!("event {name}"),
        };
        let place = error.places.first().map(text_of);
        let mut message = match &place {
            Some(place) => format!("{place}: {}", error.message),
            None => error.message.clone(),
        };
        for outer in error.places.iter().skip(1).take(MOST_OUTER) {
            message.push_str(&format!(", from {}", text_of(outer)));
        }
        if let Some(help) = &error.help {
            message.push_str(&format!(" ({help})"));
        }
        self.shared.record(&Failure {
            source: &source,
            kind: place.as_deref().unwrap_or(&error.message),
            message: &message,
            count: 1,
            sample: Some(at.to_string().as_bytes()),
        });
    }

    /// Hands the batch to every output.
    fn flush(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let next = self.shared.spare_events.take();
        let batch = Arc::new(std::mem::replace(&mut self.batch, next));
        let events = batch.len() as u64;
        let bytes = batch.byte_len();
        self.shared.counters.events.add(events);
        self.shared.counters.bytes.add(bytes as u64);
        let outputs = self.shared.counters.outputs.iter();
        for (index, (lane, counters)) in self.shared.lanes.iter().zip(outputs).enumerate() {
            counters.received.add(events);
            if let Err(batch) = lane.queue.push(batch.clone(), bytes) {
                self.shared.lose(index, &batch);
            }
        }
        self.shared.recycle(batch);
    }
}

/// Most places told besides the innermost.
const MOST_OUTER: usize = 4;

/// `file:line:column`, as far as it is known.
fn text_of(place: &Place) -> String {
    let path = place.path.display();
    match place.span {
        Some(span) => format!("{path}:{}:{}", span.start.line, span.start.column),
        None => path.to_string(),
    }
}

/// What follows when the stage is over, also by a panic.
pub(super) fn finish(panic: Option<String>, shared: &Shared) {
    if let Some(message) = panic {
        shared.halt(EndReason::Failed(format!(
            "the event stage broke: {message}"
        )));
    }
    shared.cancel_timestamps();
    for lane in &shared.lanes {
        lane.queue.close();
    }
}
