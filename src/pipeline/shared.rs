//! What the stages of one run share, and the snapshot that faces see of it.

use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::batch::{EventBatch, TimestampBatch};
use crate::config::Diagnostics;
use crate::output::Origins;
use crate::time::{Clock, Zone};

use super::aliases::Aliases;
use super::control::{Control, Level};
use super::counters::Counters;
use super::delivery::Circuit;
use super::errors::{Errors, Failure};
use super::hold::Hold;
use super::latency::Latencies;
use super::meter::Meter;
use super::pool::Pool;
use super::queue::Queue;
use super::settings::Live;
use super::tap::Tap;
use super::{Backfill, EndReason, QueueStats, StageStats, Stats};

/// Bytes above which a spare buffer has to be worth its memory.
const LARGE_BYTES: usize = 1 << 20;

/// Shared by all stages of a run.
#[derive(Debug)]
pub(super) struct Shared {
    /// Name of the generator, for logs.
    pub(super) id: String,
    pub(super) control: Control,
    pub(super) counters: Counters,
    pub(super) errors: Errors,
    /// Templates by alias.
    pub(super) aliases: Aliases,
    /// Where watchers take some events.
    pub(super) tap: Tap,
    /// The time of the input stage, and that of the event stage.
    pub(super) meters: [Meter; 2],
    pub(super) clock: Arc<dyn Clock>,
    /// What can be changed while the run works.
    pub(super) settings: Live,
    /// The history before the live part, once it is known.
    pub(super) backfill: OnceLock<Backfill>,
    /// The zone of all timestamps.
    pub(super) zone: Zone,
    /// Timestamps are released when they are due.
    pub(super) live: bool,
    pub(super) timestamps: Queue<TimestampBatch>,
    pub(super) lanes: Vec<Lane>,
    pub(super) spare_timestamps: Pool<TimestampBatch>,
    pub(super) spare_events: Pool<EventBatch>,
    pub(super) inputs: Vec<String>,
    /// Names of what the numbers in batches of events stand for.
    pub(super) origins: Origins,
    /// How starting went, once it is decided.
    pub(super) start: OnceLock<Result<(), Diagnostics>>,
    /// Timestamps of the whole run, when that is known.
    pub(super) expected: OnceLock<u64>,
    pub(super) began: OnceLock<Instant>,
    pub(super) lasted: OnceLock<Duration>,
}

/// One output's queue.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) queue: Queue<Arc<EventBatch>>,
    /// Whether its target works.
    pub(super) circuit: Circuit,
    /// Batches in a row of which nothing arrived.
    pub(super) lost: AtomicU32,
    /// Holds it, or has it try again.
    pub(super) hold: Hold,
    pub(super) meter: Meter,
    pub(super) latency: Latencies,
    /// Its file of dead letters, when it keeps them.
    pub(super) letters: Option<PathBuf>,
}

impl Shared {
    /// Ends inputs and event source at once for `reason`; produced events are delivered.
    pub(super) fn halt(&self, reason: EndReason) {
        if reason != EndReason::Finished {
            self.let_go();
        }
        self.control.end(Level::Halt, reason);
        self.cancel_timestamps();
    }

    /// Ends the run as someone asked for it, with what is queued delivered. Timestamps that are only
    /// looked ahead are left.
    pub(super) fn stop(&self) {
        self.finish(EndReason::Stopped);
    }

    /// Ends the run as its time is over; as [`Shared::stop`], but a success of its own.
    pub(super) fn time_over(&self) {
        self.finish(EndReason::Finished);
    }

    fn finish(&self, reason: EndReason) {
        self.let_go();
        if self.owed() {
            self.control.end(Level::Drain, reason);
        } else {
            self.halt(reason);
        }
    }

    /// True when queued timestamps are due, or promised to someone outside.
    fn owed(&self) -> bool {
        self.live || self.settings.get().pace.is_some() || self.counters.open.get() == 1
    }

    /// Lets go of outputs that are held. A run whose inputs or events come to their end goes on holding
    /// them: nobody has said that their targets may be written to.
    fn let_go(&self) {
        for lane in &self.lanes {
            lane.hold.end();
        }
    }

    /// Gives up what is queued.
    pub(super) fn abort(&self) {
        self.let_go();
        self.control.abort();
        self.cancel_timestamps();
        for index in 0..self.lanes.len() {
            self.cancel_lane(index);
        }
    }

    pub(super) fn cancel_timestamps(&self) {
        for batch in self.timestamps.cancel() {
            self.discard(&batch);
        }
    }

    /// Counts timestamps that were due and found no one to produce for them.
    pub(super) fn discard(&self, batch: &TimestampBatch) {
        if self.owed() {
            self.counters.release(&batch.inputs);
            self.counters.unused.add(batch.len() as u64);
        }
    }

    /// Counts what waits for an output as lost and lets nothing more in.
    pub(super) fn cancel_lane(&self, index: usize) {
        let Some(lane) = self.lanes.get(index) else {
            return;
        };
        for batch in lane.queue.cancel() {
            self.lose(index, &batch);
        }
    }

    /// Counts a batch as lost before its output saw it.
    pub(super) fn lose(&self, output: usize, batch: &EventBatch) {
        if let Some(counters) = self.counters.outputs.get(output) {
            counters.write_failed.add(batch.len() as u64);
        }
    }

    /// Gives the buffers of a batch back when this was its last holder.
    pub(super) fn recycle(&self, batch: Arc<EventBatch>) {
        if let Some(mut batch) = Arc::into_inner(batch) {
            let used = batch.byte_len();
            batch.clear();
            let kept = batch.buffer().capacity();
            // A buffer that grew for a rare huge event is not kept for the rest of the run.
            if kept <= LARGE_BYTES || used >= kept / 4 {
                self.spare_events.give(batch);
            }
        }
    }

    pub(super) fn record(&self, failure: &Failure<'_>) {
        self.errors.record(failure, &self.id, self.clock.now_us());
    }

    pub(super) fn stats(&self) -> Stats {
        let counters = &self.counters;
        let settings = self.settings.get();
        let inputs = counters.inputs(&self.inputs);
        let uptime = self.lasted.get().copied();
        let uptime = uptime.or_else(|| self.began.get().map(Instant::elapsed));
        let outputs = self.lanes.iter().zip(&counters.outputs);
        Stats {
            uptime: uptime.unwrap_or_default(),
            released: inputs.iter().map(|one| one.released).sum(),
            inputs,
            produced_for: counters.produced_for.get(),
            empty: counters.empty.get(),
            dropped: counters.dropped.get(),
            failed: counters.failed.get(),
            unused: counters.unused.get(),
            events: counters.events.get(),
            bytes: counters.bytes.get(),
            expected: self.expected(settings.gain),
            lag: self.lag(),
            position_us: self.position_us(),
            backfill: self.backfill.get().map(|one| Backfill {
                done: counters.backfilled.get() == 1,
                ..*one
            }),
            skipped: counters.skipped.get(),
            jumps: counters.jumps.get(),
            last_jump_us: counters.jumped_us.get().cast_signed(),
            wakeups: self.control.timeouts(),
            settings,
            outputs: outputs
                .map(|(lane, counters)| counters.stats(lane))
                .collect(),
            queues: self.queues(),
            errors: self.errors.snapshot(),
            stages: self.stages(),
            aliases: self.aliases.stats(),
            cpu: self.cpu(),
            ..Stats::default()
        }
    }

    /// Timestamps of the whole run: those released, and what the gain makes of the rest.
    fn expected(&self, gain: f64) -> Option<u64> {
        let all = self.expected.get().copied()?;
        let counters = &self.counters;
        let rest = all.saturating_sub(counters.passed.get());
        let rest = if gain == 1.0 {
            rest
        } else {
            (rest as f64 * gain) as u64
        };
        Some(counters.used.get().saturating_add(rest))
    }

    /// Instant of the last timestamp that was released.
    pub(super) fn position_us(&self) -> Option<i64> {
        let position_us = self.counters.position_us.get().cast_signed();
        Some(position_us).filter(|&at| at != i64::MIN)
    }

    /// How far what is released is behind its due moment.
    pub(super) fn lag(&self) -> Duration {
        let last = self.counters.lag_us.get();
        let held = self.counters.held_us.get();
        let over = matches!(self.control.state(), super::State::Ended(_));
        let held = if held == u64::MAX || over {
            0
        } else {
            let since = self.clock.read().mono_us.saturating_sub(held.cast_signed());
            since.max(0).unsigned_abs()
        };
        Duration::from_micros(last.max(held))
    }

    /// Of the input stage.
    pub(super) fn input_meter(&self) -> &Meter {
        let [input, _] = &self.meters;
        input
    }

    /// Of the event stage.
    pub(super) fn event_meter(&self) -> &Meter {
        let [_, event] = &self.meters;
        event
    }

    fn stages(&self) -> Vec<StageStats> {
        let lanes = self.lanes.iter().map(|lane| lane.meter.stats(&lane.name));
        let first = [
            self.input_meter().stats("inputs"),
            self.event_meter().stats("event"),
        ];
        first.into_iter().chain(lanes).collect()
    }

    /// Processor time of all stages.
    fn cpu(&self) -> Duration {
        let lanes = self.lanes.iter().map(|lane| &lane.meter);
        self.meters.iter().chain(lanes).map(Meter::cpu).sum()
    }

    fn queues(&self) -> Vec<QueueStats> {
        let timestamps = QueueStats {
            name: "timestamps".to_owned(),
            len: self.timestamps.len(),
            capacity: self.timestamps.capacity(),
        };
        let lanes = self.lanes.iter().map(|lane| QueueStats {
            name: lane.name.clone(),
            len: lane.queue.len(),
            capacity: lane.queue.capacity(),
        });
        std::iter::once(timestamps).chain(lanes).collect()
    }
}
