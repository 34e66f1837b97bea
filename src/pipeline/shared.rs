//! What the stages of one run share, and the snapshot that faces see of it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::batch::{EventBatch, Growing, TimestampBatch};
use crate::config::Diagnostics;
use crate::output::{FormatConfig, OnFailure, Origins};
use crate::time::{Clock, Zone};

use super::aliases::Aliases;
use super::control::{Control, Level};
use super::counters::Counters;
use super::delivery::{Circuit, Kept};
use super::errors::{Errors, Failure};
use super::hold::Hold;
use super::latency::Latencies;
use super::lint_samples::Looks;
use super::meter::Meter;
use super::plan::plain;
use super::pool::Pool;
use super::queue::Queue;
use super::settings::Live;
use super::stats::FORMER;
use super::swap::{Desk, Maker};
use super::swap_inputs::Schedule;
use super::swap_parts::Now;
use super::tap::Tap;
use super::{Backfill, EndReason, InputStats, OutputPlan, QueueStats, StageStats, Stats};

/// Bytes of events that wait for one output, beside the number of batches.
const LANE_BYTES: usize = 4 << 20;

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
    pub(super) lanes: Growing<Lane>,
    pub(super) spare_timestamps: Pool<TimestampBatch>,
    pub(super) spare_events: Pool<EventBatch>,
    /// Plugin names by number of the input.
    pub(super) inputs: Growing<String>,
    /// Changes of its files.
    pub(super) desk: Desk,
    /// Changes of its inputs.
    pub(super) schedule: Schedule,
    /// The inputs are not those whose timestamps were counted at the start.
    pub(super) expected_less: AtomicBool,
    /// What is odd about the run.
    pub(super) looks: Looks,
    /// What runs, once it does.
    pub(super) now: Mutex<Option<Now>>,
    /// One change is taken at a time.
    pub(super) taking: Mutex<()>,
    /// Names of what the numbers in batches of events stand for.
    pub(super) origins: Origins,
    /// How starting went, once it is decided.
    pub(super) start: OnceLock<Result<(), Diagnostics>>,
    /// Timestamps of the whole run, when that is known.
    pub(super) expected: OnceLock<u64>,
    pub(super) began: OnceLock<Instant>,
    pub(super) lasted: OnceLock<Duration>,
}

/// A path that may hold a secret: not shown where the rest is, for those who look for faults.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Unshown(pub(super) PathBuf);

impl std::fmt::Debug for Unshown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// One output's queue.
#[derive(Debug)]
pub(super) struct Lane {
    /// Its position in the document when it began.
    pub(super) position: usize,
    pub(super) name: String,
    pub(super) queue: Queue<Arc<EventBatch>>,
    /// Whether its target works.
    pub(super) circuit: Circuit,
    /// Batches in a row of which nothing arrived.
    pub(super) lost: AtomicU32,
    /// It gets nothing: it is not part of the run yet, or not any more.
    pub(super) gone: AtomicBool,
    /// It was part of the run, and its output is gone from the document.
    pub(super) former: AtomicBool,
    /// Its stage is over.
    pub(super) over: CancellationToken,
    /// The file it writes, when it writes one.
    pub(super) file: Option<Unshown>,
    /// Its formatter takes JSON only.
    pub(super) json: bool,
    /// It does not check who its target is.
    pub(super) unverified: bool,
    /// Holds it, or has it try again.
    pub(super) hold: Hold,
    pub(super) meter: Meter,
    pub(super) latency: Latencies,
    /// Its file of dead letters, when it keeps them.
    pub(super) letters: Option<PathBuf>,
    /// How many of them there are.
    pub(super) kept: Option<Kept>,
}

impl Lane {
    /// The lane of an output at a position of its document.
    pub(super) fn new(output: &OutputPlan, position: usize, base: &Path, batches: usize) -> Self {
        let delivery = output.config.delivery();
        let letters = delivery.on_failure == OnFailure::DeadLetter;
        let letters = letters.then(|| output.letters(position, base));
        let format = output.config.format();
        Self {
            position,
            name: output.name.to_owned(),
            queue: Queue::new(batches, LANE_BYTES),
            circuit: Circuit::new(delivery.circuit),
            lost: AtomicU32::new(0),
            gone: AtomicBool::new(false),
            former: AtomicBool::new(false),
            over: CancellationToken::new(),
            file: output
                .config
                .file()
                .map(|file| Unshown(plain(&base.join(file)))),
            json: matches!(format, FormatConfig::Json(_) | FormatConfig::JsonBatch(_)),
            unverified: output.unverified,
            hold: Hold::default(),
            meter: Meter::default(),
            latency: Latencies::default(),
            kept: letters
                .as_deref()
                .map(|path| Kept::new(path, super::redelivery::aside_of(path))),
            letters,
        }
    }

    /// Its name for people.
    pub(super) fn shown(&self) -> String {
        if self.is_former() {
            format!("{}{FORMER}", self.name)
        } else {
            self.name.clone()
        }
    }

    /// True when it was part of the run and is gone from the document.
    pub(super) fn is_former(&self) -> bool {
        self.former.load(Ordering::Relaxed)
    }

    /// True when it gets nothing.
    pub(super) fn closed(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
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
        for lane in self.lanes.iter() {
            lane.hold.end();
        }
    }

    /// Gives up what is queued.
    pub(super) fn abort(&self) {
        self.let_go();
        self.control.abort();
        self.cancel_timestamps();
        for (index, lane) in self.lanes.iter().enumerate() {
            // Nothing is sent any more: what waits for one that keeps letters becomes some at once.
            if lane.letters.is_none() {
                self.cancel_lane(index);
            }
        }
    }

    /// Counts what still waits for outputs whose stages were left alone as lost.
    pub(super) fn cancel_lanes(&self) {
        (0..self.lanes.len()).for_each(|index| self.cancel_lane(index));
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

    /// Nothing more goes to an output; what waits for it is delivered.
    pub(super) fn close_lane(&self, index: usize) {
        if let Some(lane) = self.lanes.get(index) {
            lane.gone.store(true, Ordering::Relaxed);
            lane.former.store(true, Ordering::Relaxed);
            lane.queue.close();
        }
    }

    /// Numbers of the lanes as people see them: those of the document in its order, then former ones that
    /// got something.
    pub(super) fn order(&self) -> Vec<usize> {
        let listed = self.with_now(|now| now.outputs.iter().map(|slot| slot.number).collect());
        let mut order: Vec<usize> = listed.unwrap_or_else(|| (0..self.lanes.len()).collect());
        let lanes = self.lanes.iter().zip(self.counters.outputs.iter());
        let former = lanes.enumerate().filter(|(number, (lane, counters))| {
            let former = lane.former.load(Ordering::Relaxed) && counters.received.get() > 0;
            former && !order.contains(number)
        });
        let former: Vec<usize> = former.map(|(number, _)| number).collect();
        order.extend(former);
        order
    }

    /// The inputs of the document in its order, then former ones that gave something.
    fn input_stats(&self) -> Vec<InputStats> {
        let all = self.counters.inputs(&self.inputs);
        let listed = self.with_now(|now| now.inputs.iter().map(|slot| slot.number).collect());
        let Some(listed): Option<Vec<usize>> = listed else {
            return all;
        };
        let here = listed.iter().filter_map(|&number| all.get(number).cloned());
        let former = all.iter().enumerate();
        let former = former.filter(|(number, one)| !listed.contains(number) && one.released > 0);
        let former = former.map(|(_, one)| InputStats {
            name: format!("{} (former)", one.name),
            ..one.clone()
        });
        here.chain(former).collect()
    }

    /// The lane of an output by its position in the document.
    pub(super) fn lane_at(&self, position: usize) -> Option<&Lane> {
        self.lanes.get(*self.order().get(position)?)
    }

    /// The numbers of aliases in the run, in their order; new ones get one. Nothing when they are the
    /// same. For the event stage.
    pub(super) fn numbers_of(&self, aliases: &[Arc<str>]) -> Vec<u16> {
        let nameless = [Arc::from("")];
        let aliases = if aliases.is_empty() {
            &nameless
        } else {
            aliases
        };
        let mut known: Vec<Arc<str>> = self.origins.aliases().cloned().collect();
        let before = known.len();
        let numbers: Vec<u16> = aliases
            .iter()
            .map(|alias| {
                let found = known.iter().position(|one| one == alias);
                let at = found.unwrap_or_else(|| {
                    known.push(Arc::clone(alias));
                    known.len() - 1
                });
                u16::try_from(at).unwrap_or(u16::MAX)
            })
            .collect();
        self.origins.add(known.split_off(before), Vec::new());
        let same = numbers
            .iter()
            .zip(0..)
            .all(|(&number, index)| number == index);
        if same { Vec::new() } else { numbers }
    }

    /// Says what runs from now on.
    pub(super) fn begins(&self, now: Now) {
        let mut known = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(now);
    }

    /// What runs, for a moment.
    pub(super) fn with_now<T>(&self, look: impl FnOnce(&mut Now) -> T) -> Option<T> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.as_mut().map(look)
    }

    /// The event source is made by that one again.
    pub(super) fn settle_maker(&self, maker: Arc<Maker>) {
        self.with_now(|now| now.maker = maker);
    }

    pub(super) fn record(&self, failure: &Failure<'_>) {
        self.errors.record(failure, &self.id, self.clock.now_us());
    }

    pub(super) fn stats(&self) -> Stats {
        // First: what it tells of shows in the rest.
        let reload = self.desk.stats();
        let position_us = self.position_us();
        let counters = &self.counters;
        let settings = self.settings.get();
        let inputs = self.input_stats();
        let uptime = self.lasted.get().copied();
        let uptime = uptime.or_else(|| self.began.get().map(Instant::elapsed));
        let order = self.order();
        let outputs = order
            .iter()
            .filter_map(|&number| Some((self.lanes.get(number)?, counters.outputs.get(number)?)));
        Stats {
            uptime: uptime.unwrap_or_default(),
            flowed: Duration::from_micros(counters.flowed_us.get()),
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
            position_us,
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
            errors: self
                .errors
                .snapshot(|number| self.source_of(&order, number)),
            reload,
            lints: self.lints(),
            stages: self.stages(),
            aliases: self.aliases.stats(),
            cpu: self.cpu(),
        }
    }

    /// The source of an output's errors, by the place at which people see it.
    fn source_of(&self, order: &[usize], number: usize) -> Option<String> {
        let name = self.lanes.get(number)?.shown();
        let place = order.iter().position(|&one| one == number);
        Some(place.map_or_else(|| name.clone(), |place| format!("output[{place}].{name}")))
    }

    /// What the event stage waits for before it comes to its next batch, in words.
    pub(super) fn hindrance(&self) -> String {
        let now = Instant::now();
        let told = self.order().into_iter().enumerate();
        let mut told = told.filter_map(|(place, number)| {
            let lane = self.lanes.get(number)?;
            let what = if !lane.queue.holds_up() {
                return None;
            } else if lane.hold.is_held() {
                "is held"
            } else if lane.circuit.outage(now).is_some() {
                "is down"
            } else {
                "takes nothing"
            };
            Some(format!("output[{place}] {} {what}", lane.shown()))
        });
        let told = told.next();
        told.unwrap_or_else(|| "the run has not come to it yet".to_owned())
    }

    /// Timestamps of the whole run: those released, and what the gain makes of the rest.
    fn expected(&self, gain: f64) -> Option<u64> {
        let all = self.expected.get().copied()?;
        if self.expected_less.load(Ordering::Relaxed) {
            return None;
        }
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

    /// How late the schedule is: what is released is behind its due moment, or events wait for an output.
    fn lag(&self) -> Duration {
        self.release_lag().max(self.waiting())
    }

    /// How long the oldest events that are ready wait for an output; nothing where nothing waits for a
    /// clock, as for the history before a live run.
    fn waiting(&self) -> Duration {
        let timed = self.live || self.settings.get().pace.is_some();
        let history = self.backfill.get().is_some() && self.counters.backfilled.get() == 0;
        if !timed || history || matches!(self.control.state(), super::State::Ended(_)) {
            return Duration::ZERO;
        }
        let lanes = self.lanes.iter().filter(|lane| !lane.closed());
        let Some(since_us) = lanes.filter_map(|lane| lane.queue.since()).min() else {
            return Duration::ZERO;
        };
        let us = self.clock.read().mono_us.saturating_sub(since_us);
        Duration::from_micros(us.max(0).unsigned_abs())
    }

    /// How far what is released is behind its due moment.
    pub(super) fn release_lag(&self) -> Duration {
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
        let order = self.order();
        let lanes = order.iter().filter_map(|&number| self.lanes.get(number));
        let lanes = lanes.map(|lane| lane.meter.stats(&lane.shown()));
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
        let order = self.order();
        let lanes = order.iter().filter_map(|&number| self.lanes.get(number));
        let lanes = lanes.map(|lane| QueueStats {
            name: lane.shown(),
            len: lane.queue.len(),
            capacity: lane.queue.capacity(),
        });
        std::iter::once(timestamps).chain(lanes).collect()
    }
}
