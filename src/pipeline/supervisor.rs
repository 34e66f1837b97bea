//! Starts the threads of a run in order, watches over them and ends the run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::config::{BACKFILL_FORMS, Diagnostic, Diagnostics};
use crate::input::{InputEnv, Merge, Outside, input_seed};
use crate::output::OutputError;

use super::batching::Batching;
use super::control::Level;
use super::event_stage::{self, Setup};
use super::reads::Reads;
use super::release::Release;
use super::run::RunOptions;
use super::shared::Shared;
use super::swap::Maker;
use super::swap_outputs::{self, Opening};
use super::swap_parts::{Key, Now, Slot, output_keys};
use super::timeline::Timeline;
use super::{Backfill, EndReason, OutputPlan, Plan, State, input_stage, output_stage};

/// Timestamps of a batch when its size shows nowhere: small, so that the first events come soon and
/// memory stays flat.
const TIMESTAMPS: usize = 2_048;

/// Timestamps looked ahead when they wait for a clock.
const AHEAD: usize = 1_024;

/// How long stages may take to notice that the run was aborted.
const GRACE: Duration = Duration::from_millis(500);

/// Stack of the event thread: templates may nest deeply.
pub(super) const EVENT_STACK: usize = 16 << 20;

/// What the supervisor hears.
#[derive(Debug)]
pub(super) enum News {
    /// A stage is ready, or why it is not.
    Ready(Result<(), Diagnostics>),
    /// A stage is over.
    Over,
    /// Look at the state again.
    Look,
    /// Open another output.
    Open(Box<Opening>),
}

/// Owns the threads of a run.
pub(super) struct Supervisor {
    pub(super) plan: Arc<Plan>,
    pub(super) options: RunOptions,
    pub(super) shared: Arc<Shared>,
    pub(super) news: Sender<News>,
    pub(super) heard: Receiver<News>,
    /// Threads that work.
    pub(super) stages: usize,
    /// What inputs took as "now", once they did.
    pub(super) start_us: i64,
}

impl Supervisor {
    /// Starts the stages, waits for their end and says how it went.
    pub(super) fn run(mut self) {
        let result = self.start().map_err(Diagnostics::hushed);
        if let Err(problems) = &result {
            let reason = problems.0.first().map_or_else(
                || "it could not start".to_owned(),
                |first| first.message.clone(),
            );
            self.shared.halt(EndReason::Failed(reason));
            for lane in self.shared.lanes.iter() {
                lane.queue.cancel();
            }
        }
        if self.shared.control.is(Level::Drain) {
            // Stopped while starting: not every stage may be there to end the next one.
            self.shared.halt(EndReason::Stopped);
        }
        let _ = self.shared.start.set(result);
        let _ = self.shared.began.set(Instant::now());
        self.shared.control.started();
        tracing::info!(
            generator = self.shared.id,
            "run {}",
            self.shared.control.state()
        );
        self.watch();
        self.shared.cancel_lanes();
        if let Some(began) = self.shared.began.get() {
            let _ = self.shared.lasted.set(began.elapsed());
        }
        self.shared.control.ended();
        if let State::Ended(EndReason::Finished) = self.shared.control.state()
            && let Some(lint) = self.shared.never_fired()
        {
            let generator = self.shared.id.as_str();
            tracing::warn!(
                generator,
                lint = lint.name,
                "{} ({})",
                lint.message,
                lint.help
            );
        }
        let events = self.shared.counters.events.get();
        tracing::info!(
            generator = self.shared.id,
            events,
            "run {}",
            self.shared.control.state()
        );
    }

    /// Outputs come last, because opening them may empty files.
    fn start(&mut self) -> Result<(), Diagnostics> {
        let maker = Arc::new(Maker::new(self.plan.clone(), self.options.clone()));
        self.spawn_event(maker.clone())?;
        self.ready(1)?;
        if self.shared.control.is(Level::Drain) {
            return Ok(());
        }
        let (source, inputs) = self.inputs()?;
        // Each output makes its formatter on its thread, but a template that does not compile must be
        // found before any output is opened.
        let outputs = output_keys(&self.plan, &self.options.files)?;
        self.shared.begins(Now {
            maker,
            inputs: slots(inputs),
            outputs: slots(outputs),
            start_us: self.start_us,
            skip_past: self.skip_past(),
            joined: self.plan.joins(),
            position_us: None,
        });
        for index in 0..self.plan.outputs.len() {
            self.spawn_output(index)?;
        }
        self.ready(self.plan.outputs.len())?;
        self.spawn_input(source)
    }

    /// Waits until `count` stages are ready. A stop meanwhile is obeyed.
    fn ready(&mut self, count: usize) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::default();
        let mut waiting = count;
        while waiting > 0 && !self.shared.control.is(Level::Drain) {
            match self.heard.recv() {
                Ok(News::Ready(result)) => {
                    waiting -= 1;
                    if let Err(more) = result {
                        problems.0.extend(more.0);
                    }
                }
                Ok(News::Over) => self.stages -= 1,
                Ok(News::Look | News::Open(_)) => {}
                Err(_) => break,
            }
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(())
    }

    fn inputs(&mut self) -> Result<(Merge, Vec<Key>), Diagnostics> {
        let parameters = &self.options.parameters;
        let start_us = self.options.start_us();
        let backfill = self.backfill(start_us)?;
        let now_us = backfill.map_or(start_us, |backfill| backfill.from_us);
        self.start_us = now_us;
        if let Some(backfill) = backfill {
            let _ = self.shared.backfill.set(backfill);
        }
        let woken = self.shared.clone();
        let outside = Outside::new(self.shared.clock.clone(), move || woken.control.poke());
        let mut problems = Diagnostics::default();
        let mut started = Vec::new();
        let mut expected = Some(0_u64);
        let mut keys = Vec::new();
        for (input, index) in self.plan.inputs.iter().zip(0..=u16::MAX) {
            let reads = Reads::new(self.options.files.clone());
            let env = InputEnv {
                zone: parameters.zone,
                now: parameters.zone.at_instant(now_us),
                skip_past: self.skip_past(),
                base: &self.plan.base,
                files: &reads,
                seed: input_seed(self.options.seed, index),
                outside: Some(&outside),
            };
            let files = self.options.files.as_ref();
            let count = input.config.count(&InputEnv { files, ..env });
            expected = expected
                .zip(count)
                .map(|(sum, count)| sum.saturating_add(count));
            match input.config.start(&env) {
                Ok(input) => started.push(input),
                Err(error) => problems.push(Diagnostic {
                    help: error.help,
                    ..Diagnostic::error(error.message, Some(input.place.clone()))
                        .setting(input.setting.clone())
                }),
            }
            keys.push(Key {
                name: input.name,
                digest: input.digest,
                reads: reads.sum(),
            });
        }
        if let Some(expected) = expected {
            let _ = self.shared.expected.set(expected);
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok((Merge::new(started), keys))
    }

    fn skip_past(&self) -> bool {
        let parameters = &self.options.parameters;
        parameters.run.backfill.is_some() || parameters.live_mode && parameters.skip_past
    }

    /// The history before the live part: the inputs start as if the run had started where it begins,
    /// and the sequence they give goes on after the start, so that there is no seam to miss.
    fn backfill(&self, start_us: i64) -> Result<Option<Backfill>, Diagnostics> {
        let parameters = &self.options.parameters;
        let Some(back) = &parameters.run.backfill else {
            return Ok(None);
        };
        let bad = |message: &str| {
            let problem = Diagnostic::error(format!("`backfill` {message}"), None);
            Diagnostics(vec![problem.help(BACKFILL_FORMS)])
        };
        if !parameters.live_mode {
            return Err(bad("goes over into a live run, and this one is none"));
        }
        let now = parameters.zone.at_instant(start_us);
        let from = back.from(parameters.zone, now);
        let from = from.map_err(|error| bad(&error.to_string()))?;
        if from.instant_us() >= start_us {
            return Err(bad(&format!("begins at {from}, which is not in the past")));
        }
        Ok(Some(Backfill {
            from_us: from.instant_us(),
            until_us: start_us,
            done: false,
        }))
    }

    fn spawn_event(&mut self, maker: Arc<Maker>) -> Result<(), Diagnostics> {
        let news = self.news.clone();
        let tags = self.plan.inputs.iter();
        let tags = tags.map(|input| input.config.tags().to_vec()).collect();
        let setup = Setup::new(&self.plan, &self.plan, &self.options, tags);
        let body = move |shared: &Shared| {
            let source = match maker.make() {
                Ok(source) => source,
                Err(problems) => {
                    let _ = news.send(News::Ready(Err(problems)));
                    return;
                }
            };
            if let Some(interrupt) = source.interrupter() {
                shared.control.on_halt(interrupt);
            }
            let _ = news.send(News::Ready(Ok(())));
            event_stage::run(source, setup, maker, shared);
        };
        self.spawn("evtui-event", EVENT_STACK, body, event_stage::finish)
    }

    fn spawn_output(&mut self, index: usize) -> Result<(), Diagnostics> {
        let plan = self.plan.clone();
        let options = self.options.clone();
        let news = self.news.clone();
        let shared = self.shared.clone();
        let body = move |_: &Shared| {
            let Some(output) = plan.outputs.get(index) else {
                return;
            };
            let env = swap_outputs::env(&plan, &options, options.files.clone(), false);
            let ordered = options.parameters.keep_order;
            match output_stage::open(output.config.as_ref(), &env, options.seed, index, shared) {
                Ok(opened) => {
                    let _ = news.send(News::Ready(Ok(())));
                    opened.run(ordered);
                }
                Err(error) => {
                    let _ = news.send(News::Ready(Err(not_open(error, output))));
                }
            }
        };
        let finish = move |panic, shared: &Shared| output_stage::finish(panic, index, shared);
        self.spawn("evtui-output", 0, body, finish)
    }

    /// Opens an output while the run works.
    fn open_output(&mut self, opening: Opening) {
        let (options, shared, lane) = (self.options.clone(), self.shared.clone(), opening.lane);
        let body = move |_: &Shared| opening.run(&options, &shared);
        let finish = move |panic, shared: &Shared| output_stage::finish(panic, lane, shared);
        // Who asked for it hears that it is not there.
        let _ = self.spawn("evtui-output", 0, body, finish);
    }

    fn spawn_input(&mut self, source: Merge) -> Result<(), Diagnostics> {
        let parameters = &self.options.parameters;
        let weak = Arc::downgrade(&self.shared);
        let setup = input_stage::Setup {
            batching: batching(&self.plan, &self.options),
            rate_limit: parameters.run.rate_limit,
            wake: Arc::new(move || {
                if let Some(shared) = weak.upgrade() {
                    shared.control.poke();
                }
            }),
        };
        let timeline = Timeline::new(
            parameters.live_mode,
            parameters.zone,
            parameters.run.pace,
            self.shared.clock.read(),
        );
        let release = Release::new(source, timeline, parameters.run.gain, AHEAD);
        let body = move |shared: &Shared| input_stage::run(release, setup, shared);
        self.spawn("evtui-input", 0, body, input_stage::finish)
    }

    /// Starts a stage's thread. Whatever ends it, `finish` runs after it with the message of a panic.
    fn spawn(
        &mut self,
        name: &str,
        stack: usize,
        body: impl FnOnce(&Shared) + Send + 'static,
        finish: impl FnOnce(Option<String>, &Shared) + Send + 'static,
    ) -> Result<(), Diagnostics> {
        let shared = self.shared.clone();
        let news = self.news.clone();
        let mut builder = thread::Builder::new().name(name.to_owned());
        if stack > 0 {
            builder = builder.stack_size(stack);
        }
        let spawned = builder.spawn(move || {
            // Whatever is logged on this thread belongs to this run.
            let _run = tracing::error_span!("run", generator = shared.id).entered();
            let result = catch_unwind(AssertUnwindSafe(|| body(&shared)));
            let panic = result.err().map(|panic| message(panic.as_ref()));
            let broken = panic.clone();
            finish(panic, &shared);
            if let Some(message) = broken {
                // Only heard while the stage was starting.
                let problem = Diagnostic::error(format!("it broke: {message}"), None);
                let _ = news.send(News::Ready(Err(Diagnostics(vec![problem]))));
            }
            let _ = news.send(News::Over);
        });
        match spawned {
            Ok(_) => {
                self.stages += 1;
                Ok(())
            }
            Err(error) => {
                let problem = Diagnostic::error(format!("cannot start a thread: {error}"), None);
                Err(Diagnostics(vec![problem]))
            }
        }
    }

    /// Waits for the stages to end; gives up the drain at its deadline, and stages that hang in a
    /// call of the system some time after an abort.
    fn watch(&mut self) {
        let mut gone: Option<Instant> = None;
        let mut kept = 0;
        while self.stages > 0 {
            if self.shared.control.is(Level::Abort) && gone.is_none() {
                gone = Instant::now().checked_add(GRACE);
            }
            let over = self.time_over();
            let deadline = gone.or_else(|| self.shared.control.deadline()).or(over);
            match self.hear(deadline) {
                Ok(News::Over) => self.stages -= 1,
                Ok(News::Ready(_) | News::Look) => {}
                Ok(News::Open(opening)) => self.open_output(*opening),
                Err(RecvTimeoutError::Timeout) if gone.is_some() => {
                    // What waits is still being written into files of dead letters.
                    let more = self.letters();
                    if more == kept {
                        return;
                    }
                    kept = more;
                    gone = None;
                }
                Err(RecvTimeoutError::Timeout) if self.shared.control.deadline().is_none() => {
                    if over.is_some_and(|over| over <= Instant::now()) {
                        self.shared.time_over();
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.shared.abort(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Dead letters of all outputs.
    fn letters(&self) -> u64 {
        let outputs = self.shared.counters.outputs.iter();
        outputs.map(|output| output.dead_lettered.get()).sum()
    }

    /// When the run has lasted as long as it may, unless it ends already.
    fn time_over(&self) -> Option<Instant> {
        if self.shared.control.is(Level::Drain) {
            return None;
        }
        let most = self.shared.settings.get().max_duration?;
        self.shared.began.get()?.checked_add(most)
    }

    fn hear(&self, deadline: Option<Instant>) -> Result<News, RecvTimeoutError> {
        match deadline {
            None => self
                .heard
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => self
                .heard
                .recv_timeout(at.saturating_duration_since(Instant::now())),
        }
    }
}

pub(super) fn not_open(error: OutputError, output: &OutputPlan) -> Diagnostics {
    Diagnostics(vec![Diagnostic {
        help: error.help,
        ..Diagnostic::error(error.message, Some(output.place.clone()))
            .setting(output.setting.clone())
    }])
}

pub(super) fn or_unknown(mut problems: Diagnostics, what: &str) -> Diagnostics {
    if !problems.has_errors() {
        problems.push(Diagnostic::error(
            format!("{what} could not be built"),
            None,
        ));
    }
    problems
}

/// How timestamps become batches for the outputs of a plan.
pub(super) fn batching(plan: &Plan, options: &RunOptions) -> Batching {
    let parameters = &options.parameters;
    let (joined, live) = (plan.joins(), parameters.live_mode);
    let delay = parameters.batch.delay.filter(|_| joined && live);
    let mut size = parameters.batch.size;
    if !joined && !live {
        size = Some(size.unwrap_or(TIMESTAMPS).min(TIMESTAMPS));
    }
    Batching::new(size, delay)
}

/// Inputs or outputs as they stand at the start: their numbers are their positions.
fn slots(keys: Vec<Key>) -> Vec<Slot> {
    let numbered = keys.into_iter().enumerate();
    numbered.map(|(number, key)| Slot { number, key }).collect()
}

/// The words of a panic.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a message".to_owned())
}
