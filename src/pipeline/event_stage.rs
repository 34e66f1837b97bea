//! The event stage: one thread that owns the event source and turns timestamps into batches of events.
//! While timestamps wait and the source allows it, workers help (`ordered`).

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::{EventBatch, TimestampBatch};
use crate::config::Place;
use crate::event::{EventError, EventSource, Outcome};
use crate::time::Moment;

use super::aliases::Switches;
use super::control::Level;
use super::errors::Failure;
use super::meter::Phase;
use super::queue::Popped;
use super::run::RunOptions;
use super::shared::{Lane, Shared};
use super::swap::Maker;
use super::swap_trial::{Lately, Trial};
use super::{EndReason, Plan};

/// Bytes at which a batch goes on: large enough that waking the outputs costs little beside rendering,
/// small enough to stay in a core's cache until it is written. Tests have several of few events.
pub(super) const BATCH_BYTES: usize = if cfg!(test) { 128 << 10 } else { 256 << 10 };

/// Bytes at which a batch goes on even when its size is visible in the output; few enough in tests for
/// them to come to it.
const JOINED_BYTES: usize = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// How long timestamps have to wait for the source, and the outputs not, before workers are started:
/// a schedule that one thread keeps up with needs none.
const PATIENCE: Duration = Duration::from_millis(30);

/// How the stage works in one run.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    /// Plugin name of the source.
    pub(super) name: String,
    /// Tags by number of the input.
    pub(super) tags: Vec<Vec<Arc<str>>>,
    /// Numbers of the source's aliases in the run; none when they are the same.
    pub(super) aliases: Vec<u16>,
    /// One batch of events per batch of timestamps, because a formatter joins batches.
    pub(super) joined: bool,
    /// Threads that may render, this one included.
    pub(super) workers: usize,
    /// Workers are started as soon as any timestamp waits.
    pub(super) eager: bool,
}

impl Setup {
    /// For the event source of one plan and the outputs of another.
    pub(super) fn new(
        event: &Plan,
        outputs: &Plan,
        options: &RunOptions,
        tags: Vec<Vec<Arc<str>>>,
    ) -> Self {
        Self {
            name: event.event_name.to_owned(),
            tags,
            aliases: Vec::new(),
            joined: outputs.joins(),
            workers: options.render_threads(),
            eager: options.workers.is_some(),
        }
    }

    /// The tags of an input.
    pub(super) fn tags_of(&self, input: u16) -> &[Arc<str>] {
        let tags = self.tags.get(usize::from(input));
        tags.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Runs until there are no more timestamps, the source is exhausted or the run is told to end.
pub(super) fn run(
    source: Box<dyn EventSource>,
    mut setup: Setup,
    maker: Arc<Maker>,
    shared: &Shared,
) {
    setup.aliases = shared.numbers_of(source.aliases());
    shared.origins.add(Vec::new(), setup.tags.clone());
    shared.aliases.set(source.as_ref(), &setup.aliases);
    shared.event_meter().enter(Phase::Busy);
    let mut stage = Stage::new(source, setup, maker, shared);
    while let Some(help) = stage.run() {
        stage.crewed = true;
        let go_on = stage.run_ordered(help);
        stage.crewed = false;
        if !go_on {
            break;
        }
    }
}

/// What workers can do for the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Help {
    /// Produce.
    Whole,
    /// Finish what it began.
    Finish,
}

pub(super) struct Stage<'a> {
    pub(super) source: Box<dyn EventSource>,
    pub(super) setup: Arc<Setup>,
    /// What the source was made of.
    pub(super) maker: Arc<Maker>,
    pub(super) shared: &'a Shared,
    /// Events produced and not yet handed on.
    pub(super) batch: EventBatch,
    /// Events produced so far.
    pub(super) made: u64,
    /// Timestamps produced for so far: the number of the next one.
    pub(super) index: u64,
    /// What the source knows of templates that are switched off.
    pub(super) switches: Switches,
    /// Since when timestamps have been waiting for the source alone.
    pub(super) behind: Option<Instant>,
    /// It is known that nobody can help.
    pub(super) alone: bool,
    /// Workers help: the source cannot be replaced before they went home.
    crewed: bool,
    /// A change that may be taken back.
    pub(super) trial: Option<Box<Trial>>,
    /// The source on trial panicked.
    pub(super) broke: bool,
    pub(super) lately: Lately,
}

/// Timestamps of a batch that wait for their turn, and those that were produced for. Counted when it
/// is over, also when the source panics: those that never got their turn as unused.
pub(super) struct Waiting<'a> {
    shared: &'a Shared,
    pub(super) count: u64,
    pub(super) produced_for: u64,
}

impl<'a> Waiting<'a> {
    /// All timestamps of a batch.
    pub(super) fn new(timestamps: &TimestampBatch, shared: &'a Shared) -> Self {
        Self {
            shared,
            count: timestamps.len() as u64,
            produced_for: 0,
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.counters.unused.add(self.count);
        self.shared.counters.produced_for.add(self.produced_for);
    }
}

impl<'a> Stage<'a> {
    /// One that has produced nothing yet.
    pub(super) fn new(
        source: Box<dyn EventSource>,
        setup: Setup,
        maker: Arc<Maker>,
        shared: &'a Shared,
    ) -> Self {
        Self {
            alone: setup.workers < 2,
            source,
            setup: Arc::new(setup),
            maker,
            shared,
            batch: shared.spare_events.take(),
            made: 0,
            index: 0,
            switches: Switches::default(),
            behind: None,
            crewed: false,
            trial: None,
            broke: false,
            lately: Lately::default(),
        }
    }

    /// Produces alone; gives something when it ended because workers should help.
    fn run(&mut self) -> Option<Help> {
        let meter = self.shared.event_meter();
        loop {
            if self.shared.desk.waiting() {
                self.attend();
            }
            let mut timestamps = match self.shared.timestamps.pop(None, meter) {
                Popped::Item(timestamps) => timestamps,
                // Woken to attend to something.
                Popped::Timeout => continue,
                Popped::Ended => return None,
            };
            meter.tick();
            self.shared.counters.release(&timestamps.inputs);
            let mut waiting = Waiting::new(&timestamps, self.shared);
            self.announce(&timestamps);
            let go_on = self.produce(&timestamps, 0..timestamps.len(), &mut waiting);
            drop(waiting);
            timestamps.clear();
            self.shared.spare_timestamps.give(timestamps);
            let waiting = self.shared.timestamps.len();
            if self.ends_batch() || !go_on || waiting == 0 {
                self.flush();
            }
            if !go_on {
                self.shared.halt(EndReason::Finished);
                return None;
            }
            let counters = &self.shared.counters;
            self.lately.note(counters.answered(), counters.failed.get());
            let help = self.wants_help(waiting);
            if help.is_some() {
                self.flush();
                return help;
            }
        }
    }

    /// True when events go on at the end of every batch of timestamps.
    pub(super) fn ends_batch(&self) -> bool {
        self.setup.joined || self.shared.live
    }

    /// Bytes at which a batch of events goes on.
    pub(super) fn limit_bytes(&self) -> usize {
        if self.setup.joined {
            JOINED_BYTES
        } else {
            BATCH_BYTES
        }
    }

    /// Gives something when rendering holds up the run, for some time, and others can render too.
    fn wants_help(&mut self, waiting: usize) -> Option<Help> {
        if self.alone || self.trial.is_some() {
            return None;
        }
        let full = |lane: &Lane| !lane.closed() && lane.queue.len() >= lane.queue.capacity();
        if waiting == 0 || (!self.setup.eager && self.shared.lanes.iter().any(full)) {
            self.behind = None;
            return None;
        }
        let since = *self.behind.get_or_insert_with(Instant::now);
        if !self.setup.eager && since.elapsed() < PATIENCE {
            return None;
        }
        let help = self.help();
        self.alone = help.is_none();
        help
    }

    /// What workers can do, which is told.
    fn help(&self) -> Option<Help> {
        let (generator, workers) = (&self.shared.id, self.setup.workers);
        let Err(why) = self.source.parallel() else {
            tracing::info!(generator, "events are rendered by {workers} threads");
            return Some(Help::Whole);
        };
        let place = why.place.as_ref().map(text_of).unwrap_or_default();
        let reason = why.reason;
        if self.source.divided().is_ok() {
            tracing::info!(
                generator,
                place,
                "events are rendered by {workers} threads, in part: one of them does what has to be \
                 in order, because {reason}"
            );
            return Some(Help::Finish);
        }
        tracing::info!(
            generator,
            place,
            "events are rendered by one thread, because {reason}"
        );
        None
    }

    /// Produces for a part of a batch, which the source has come to; false when there is nothing more
    /// to produce.
    pub(super) fn produce(
        &mut self,
        timestamps: &TimestampBatch,
        part: Range<usize>,
        waiting: &mut Waiting<'_>,
    ) -> bool {
        self.switches
            .follow(&self.shared.aliases, self.source.as_mut());
        let go_on = self.produce_each(timestamps, part, waiting);
        let dropped = self.switches.dropped(self.source.as_mut());
        self.shared.aliases.dropped(&dropped);
        go_on
    }

    fn produce_each(
        &mut self,
        timestamps: &TimestampBatch,
        part: Range<usize>,
        waiting: &mut Waiting<'_>,
    ) -> bool {
        let limit = self.limit_bytes();
        let moments = timestamps.moments.get(part.clone()).unwrap_or_default();
        let inputs = timestamps.inputs.get(part).unwrap_or_default();
        for (done, (&at, &input)) in moments.iter().zip(inputs).enumerate() {
            if self.shared.desk.waiting() && !self.crewed && !self.setup.joined && self.attend() {
                self.expect(moments, inputs, done);
            }
            if self.left() == 0 {
                return false;
            }
            if self.shared.control.is(Level::Halt) {
                return false;
            }
            if self.shared.live && !self.hold(at) {
                return false;
            }
            let before = self.batch.len();
            let outcome = if self.trial.is_some() {
                self.try_out(at, input)
            } else {
                let tags = self.setup.tags_of(input);
                self.source.produce(at, tags, &mut self.batch)
            };
            self.batch.stamp(at, input);
            self.batch.renumber(before, &self.setup.aliases);
            self.index += 1;
            if matches!(outcome, Outcome::Exhausted) {
                self.limit(before);
                return false;
            }
            waiting.count -= 1;
            let failure = self.failure_of(&outcome);
            self.count(outcome, at, waiting);
            self.limit(before);
            if self.trial.is_some() && self.judge(failure) {
                self.expect(moments, inputs, done + 1);
            }
            if self.batch.byte_len() >= limit {
                self.flush();
            }
        }
        self.left() > 0
    }

    /// Events that may still be produced; the limit may change.
    pub(super) fn left(&self) -> u64 {
        self.shared.settings.max_events().saturating_sub(self.made)
    }

    /// Waits until what the source makes next is due by its own time; false when the run ends before.
    fn hold(&mut self, at: Moment) -> bool {
        let (clock, control) = (self.shared.clock.as_ref(), &self.shared.control);
        loop {
            let wakes = control.wakes();
            if self.shared.desk.waiting() && !self.crewed && !self.setup.joined {
                self.attend();
            }
            let Some(due_us) = self.source.due(at) else {
                return true;
            };
            let now_us = clock
                .now_us()
                .saturating_add(self.shared.settings.shift_us());
            let left = due_us.saturating_sub(now_us);
            if left <= 0 {
                return true;
            }
            if control.is(Level::Drain) {
                return false;
            }
            self.flush();
            let left = Duration::from_micros(left.unsigned_abs());
            let sleep = || control.sleep(wakes, Some(left));
            self.shared.event_meter().during(Phase::Idle, sleep);
        }
    }

    /// Lets the source work ahead, but not on more timestamps than events are wanted.
    pub(super) fn announce(&mut self, timestamps: &TimestampBatch) {
        let most = usize::try_from(self.left()).unwrap_or(usize::MAX);
        let count = timestamps.len().min(most);
        self.source.expect(
            timestamps.moments.get(..count).unwrap_or_default(),
            timestamps.inputs.get(..count).unwrap_or_default(),
            &self.setup.tags,
        );
    }

    /// Names what is left of a batch to a source that has taken the place of another.
    fn expect(&mut self, moments: &[Moment], inputs: &[u16], done: usize) {
        let setup = Arc::clone(&self.setup);
        self.switches
            .follow(&self.shared.aliases, self.source.as_mut());
        self.source.expect(
            moments.get(done..).unwrap_or_default(),
            inputs.get(done..).unwrap_or_default(),
            &setup.tags,
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

    fn count(&self, outcome: Outcome, at: Moment, waiting: &mut Waiting<'_>) {
        let counters = &self.shared.counters;
        match outcome {
            Outcome::Produced(0) => counters.empty.add(1),
            Outcome::Produced(_) => waiting.produced_for += 1,
            Outcome::Dropped => counters.dropped.add(1),
            Outcome::Exhausted => {}
            Outcome::Failed(error) => {
                counters.failed.add(1);
                self.failed(&error, at);
            }
        }
    }

    pub(super) fn failed(&self, error: &EventError, at: Moment) {
        if let Some(alias) = &error.alias {
            self.shared.aliases.failed(alias);
        }
        let name = &self.setup.name;
        let message = words(error);
        let source = match &error.alias {
            Some(alias) => format!("event {name} `{alias}`"),
            None => format!("event {name}"),
        };
        let place = error.places.first().map(text_of);
        self.shared.record(&Failure {
            source: &source,
            lane: None,
            kind: place.as_deref().unwrap_or(&error.message),
            message: &message,
            count: 1,
            lost: 1,
            sample: Some(at.to_string().as_bytes()),
        });
    }

    /// Hands the batch to every output.
    pub(super) fn flush(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let next = self.shared.spare_events.take();
        let batch = Arc::new(std::mem::replace(&mut self.batch, next));
        let events = batch.len() as u64;
        let bytes = batch.byte_len();
        if let Some(began) = self.shared.began.get() {
            let us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.shared.counters.flowed_us.set(us);
        }
        self.shared.counters.events.add(events);
        self.shared.counters.bytes.add(bytes as u64);
        self.shared.aliases.count(&batch);
        self.shared.tap.offer(&batch, &self.shared.origins);
        self.shared.looks.offer(&batch);
        let meter = self.shared.event_meter();
        meter.tick();
        let ready_us = self.shared.clock.read().mono_us;
        let outputs = self.shared.counters.outputs.iter();
        for (index, (lane, counters)) in self.shared.lanes.iter().zip(outputs).enumerate() {
            if lane.closed() {
                continue;
            }
            counters.received.add(events);
            if let Err(batch) = lane.queue.push(batch.clone(), bytes, ready_us, meter) {
                self.shared.lose(index, &batch);
            }
        }
        self.shared.recycle(batch);
    }
}

/// What failed and where, in words.
pub(super) fn words(error: &EventError) -> String {
    let place = error.places.first().map(text_of);
    let mut message = match place {
        Some(place) => format!("{place}: {}", error.message),
        None => error.message.clone(),
    };
    for outer in error.places.iter().skip(1).take(MOST_OUTER) {
        message.push_str(&format!(", from {}", text_of(outer)));
    }
    if let Some(help) = &error.help {
        message.push_str(&format!(" ({help})"));
    }
    message
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
    shared.desk.close();
    shared.cancel_timestamps();
    shared.event_meter().tick();
    shared.event_meter().enter(Phase::Off);
    for lane in shared.lanes.iter() {
        lane.queue.close();
    }
}
