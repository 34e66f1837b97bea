//! Starting a run, watching over its threads, and ending it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::config::{Diagnostic, Diagnostics, Files, Parameters};
use crate::event::{EventEnv, Globals, Limits};
use crate::input::{InputEnv, Merge, input_seed};
use crate::output::{FormatEnv, OutputEnv, OutputError, Streams};
use crate::time::Clock;

use super::control::{Control, Level};
use super::counters::Counters;
use super::event_stage::{self, Setup};
use super::pool::Pool;
use super::queue::Queue;
use super::shared::{Lane, Shared};
use super::{EndReason, OutputPlan, Plan, State, Stats, input_stage, output_stage};

/// Bytes of events that wait for one output, beside the number of batches.
const LANE_BYTES: usize = 4 << 20;

/// Timestamps of a batch when its size shows nowhere: small, so that the first events come soon and
/// memory stays flat.
const TIMESTAMPS: usize = 2_048;

/// How long stages may take to notice that the run was aborted.
const GRACE: Duration = Duration::from_millis(500);

/// Stack of the event thread: templates may nest deeply.
const EVENT_STACK: usize = 16 << 20;

/// What a run needs beside its plan.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Zone, batches, queues, mode.
    pub parameters: Parameters,
    /// Makes the run repeatable.
    pub seed: Option<u64>,
    /// State shared with other generators.
    pub globals: Globals,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Reads the project's files.
    pub files: Arc<dyn Files>,
    /// What stands behind the standard streams.
    pub streams: Streams,
    /// Drives asynchronous outputs.
    pub runtime: tokio::runtime::Handle,
    /// Ends the run after that many events.
    pub max_events: Option<u64>,
}

/// A run, from its start until its counters are no longer of interest. Dropping it aborts the run.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    news: Sender<News>,
}

/// What the supervisor hears.
#[derive(Debug)]
enum News {
    /// A stage is ready, or why it is not.
    Ready(Result<(), Diagnostics>),
    /// A stage is over.
    Over,
    /// Look at the state again.
    Look,
}

/// Starts a run and returns at once; see [`Running::wait_started`].
pub fn start(plan: Plan, options: RunOptions) -> Running {
    let shared = Arc::new(shared(&plan, &options));
    let (news, heard) = channel();
    let supervisor = Supervisor {
        plan: Arc::new(plan),
        options,
        shared: shared.clone(),
        news: news.clone(),
        heard,
        stages: 0,
    };
    let watched = shared.clone();
    let spawned = thread::Builder::new()
        .name("evtui-run".to_owned())
        .spawn(move || {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| supervisor.run())) {
                watched.control.end(
                    Level::Halt,
                    EndReason::Failed(format!("the run broke: {}", message(panic.as_ref()))),
                );
                watched.abort();
                watched.control.ended();
            }
        });
    if let Err(error) = spawned {
        fail_start(&shared, &format!("cannot start a thread: {error}"));
        shared.control.ended();
    }
    Running { shared, news }
}

fn shared(plan: &Plan, options: &RunOptions) -> Shared {
    let queue = options.parameters.queue;
    let lanes = plan.outputs.iter().map(|output| Lane {
        name: output.name.to_owned(),
        queue: Queue::new(queue.max_event_batches, LANE_BYTES),
    });
    Shared {
        control: Control::new(),
        counters: Counters::new(plan.inputs.len(), plan.outputs.len()),
        errors: super::errors::Errors::default(),
        clock: options.clock.clone(),
        live: options.parameters.live_mode,
        timestamps: Queue::new(queue.max_timestamp_batches, usize::MAX),
        lanes: lanes.collect(),
        spare_timestamps: Pool::default(),
        spare_events: Pool::default(),
        inputs: plan
            .inputs
            .iter()
            .map(|input| input.name.to_owned())
            .collect(),
        start: OnceLock::new(),
        expected: OnceLock::new(),
        began: OnceLock::new(),
        lasted: OnceLock::new(),
    }
}

fn fail_start(shared: &Shared, message: &str) {
    let mut problems = Diagnostics::default();
    problems.push(Diagnostic::error(message, None));
    let _ = shared.start.set(Err(problems));
    shared
        .control
        .end(Level::Halt, EndReason::Failed(message.to_owned()));
}

impl Running {
    /// Waits until the run works or could not start.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn wait_started(&self) -> Result<(), Diagnostics> {
        self.shared
            .control
            .wait(None, |state| (*state != State::Starting).then_some(()));
        self.shared.start.get().cloned().unwrap_or(Ok(()))
    }

    /// Waits for the end, at most until `deadline`.
    pub fn wait(&self, deadline: Option<Instant>) -> Option<EndReason> {
        self.shared.control.wait(deadline, |state| match state {
            State::Ended(reason) => Some(reason.clone()),
            _ => None,
        })
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.shared.control.state()
    }

    /// Counters and gauges now, or at the end when it is over.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Asks for the end: what is queued is delivered, but no longer than `drain`.
    pub fn stop(&self, drain: Duration) {
        if let Some(deadline) = Instant::now().checked_add(drain) {
            self.shared.control.drain_until(deadline);
        }
        self.shared.stop();
        self.look();
    }

    /// Ends it now: what is queued is lost and counted so.
    pub fn abort(&self) {
        self.shared.abort();
        self.look();
    }

    /// Makes sleeping inputs look at the clock again; for clocks that are not the wall's.
    pub fn poke(&self) {
        self.shared.control.poke();
    }

    #[cfg(test)]
    pub(super) fn shared_for_tests(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    fn look(&self) {
        let _ = self.news.send(News::Look);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.state(), State::Ended(_)) {
            self.abort();
        }
    }
}

/// Owns the threads of a run.
struct Supervisor {
    plan: Arc<Plan>,
    options: RunOptions,
    shared: Arc<Shared>,
    news: Sender<News>,
    heard: Receiver<News>,
    /// Threads that work.
    stages: usize,
}

impl Supervisor {
    fn run(mut self) {
        let result = self.start();
        if let Err(problems) = &result {
            let reason = problems.0.first().map_or_else(
                || "it could not start".to_owned(),
                |first| first.message.clone(),
            );
            self.shared.halt(EndReason::Failed(reason));
            for lane in &self.shared.lanes {
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
        self.watch();
        if let Some(began) = self.shared.began.get() {
            let _ = self.shared.lasted.set(began.elapsed());
        }
        self.shared.control.ended();
    }

    /// Outputs come last, because opening them may empty files.
    fn start(&mut self) -> Result<(), Diagnostics> {
        self.spawn_event()?;
        self.ready(1)?;
        let source = self.inputs()?;
        self.formatters()?;
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
                Ok(News::Look) => {}
                Err(_) => break,
            }
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(())
    }

    fn inputs(&self) -> Result<Merge, Diagnostics> {
        let parameters = &self.options.parameters;
        let env = |index| InputEnv {
            zone: parameters.zone,
            now: parameters.zone.at_instant(self.options.clock.now_us()),
            skip_past: parameters.live_mode && parameters.skip_past,
            base: &self.plan.base,
            files: self.options.files.as_ref(),
            seed: input_seed(self.options.seed, index),
        };
        let mut problems = Diagnostics::default();
        let mut started = Vec::new();
        let mut expected = Some(0_u64);
        for (input, index) in self.plan.inputs.iter().zip(0..=u16::MAX) {
            let env = env(index);
            let count = input.config.count(&env);
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
        }
        if let Some(expected) = expected {
            let _ = self.shared.expected.set(expected);
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(Merge::new(started))
    }

    /// Checks that every formatter can be made: each output makes its own on its thread, but a
    /// template that does not compile must be found before any output is opened.
    fn formatters(&self) -> Result<(), Diagnostics> {
        let env = FormatEnv {
            base: &self.plan.base,
            files: self.options.files.clone(),
        };
        let mut problems = Diagnostics::default();
        for output in &self.plan.outputs {
            if let Err(error) = output.config.format().build(&env) {
                problems.0.extend(not_open(error, output).0);
            }
        }
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(())
    }

    fn spawn_event(&mut self) -> Result<(), Diagnostics> {
        let plan = self.plan.clone();
        let options = self.options.clone();
        let news = self.news.clone();
        let setup = Setup {
            name: plan.event_name.to_owned(),
            tags: plan
                .inputs
                .iter()
                .map(|input| input.config.tags().to_vec())
                .collect(),
            joined: self.joined(),
            max_events: options.max_events,
        };
        let body = move |shared: &Shared| {
            let env = EventEnv {
                base: &plan.base,
                files: options.files.clone(),
                zone: options.parameters.zone,
                seed: options.seed,
                globals: options.globals.clone(),
                limits: Limits::RUN,
            };
            let mut problems = Diagnostics::default();
            let source = plan.event.build(&env, &mut problems);
            let Some(source) = source.filter(|_| !problems.has_errors()) else {
                let _ = news.send(News::Ready(Err(or_unknown(problems, "the event source"))));
                return;
            };
            let _ = news.send(News::Ready(Ok(())));
            event_stage::run(source, &setup, shared);
        };
        self.spawn("evtui-event", EVENT_STACK, body, event_stage::finish)
    }

    /// True when the size of batches shows in what some output writes.
    fn joined(&self) -> bool {
        let mut outputs = self.plan.outputs.iter();
        outputs.any(|output| output.config.format().joins_batch())
    }

    fn spawn_output(&mut self, index: usize) -> Result<(), Diagnostics> {
        let plan = self.plan.clone();
        let options = self.options.clone();
        let news = self.news.clone();
        let body = move |shared: &Shared| {
            let Some(output) = plan.outputs.get(index) else {
                return;
            };
            let env = OutputEnv {
                base: &plan.base,
                files: options.files.clone(),
                streams: options.streams.clone(),
                runtime: options.runtime.clone(),
                abort: shared.control.abort_token().clone(),
                write_timeout: Duration::from_secs(options.parameters.write_timeout),
                max_concurrency: options.parameters.max_concurrency,
            };
            match output_stage::open(output.config.as_ref(), &env) {
                Ok(opened) => {
                    let _ = news.send(News::Ready(Ok(())));
                    output_stage::run(opened, output.config.separator(), index, shared);
                }
                Err(error) => {
                    let _ = news.send(News::Ready(Err(not_open(error, output))));
                }
            }
        };
        let finish = move |panic, shared: &Shared| output_stage::finish(panic, index, shared);
        self.spawn("evtui-output", 0, body, finish)
    }

    fn spawn_input(&mut self, source: Merge) -> Result<(), Diagnostics> {
        let size = self.options.parameters.batch.size.unwrap_or(10_000);
        let visible = self.joined() || self.shared.live;
        let size = if visible { size } else { size.min(TIMESTAMPS) };
        let body = move |shared: &Shared| input_stage::run(source, size.max(1), shared);
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
        while self.stages > 0 {
            if self.shared.control.is(Level::Abort) && gone.is_none() {
                gone = Instant::now().checked_add(GRACE);
            }
            let deadline = gone.or_else(|| self.shared.control.deadline());
            match self.hear(deadline) {
                Ok(News::Over) => self.stages -= 1,
                Ok(News::Ready(_) | News::Look) => {}
                Err(RecvTimeoutError::Timeout) if gone.is_some() => return,
                Err(RecvTimeoutError::Timeout) => self.shared.abort(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
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

fn not_open(error: OutputError, output: &OutputPlan) -> Diagnostics {
    Diagnostics(vec![Diagnostic {
        help: error.help,
        ..Diagnostic::error(error.message, Some(output.place.clone()))
            .setting(output.setting.clone())
    }])
}

fn or_unknown(mut problems: Diagnostics, what: &str) -> Diagnostics {
    if !problems.has_errors() {
        problems.push(Diagnostic::error(
            format!("{what} could not be built"),
            None,
        ));
    }
    problems
}

/// The words of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a message".to_owned())
}
