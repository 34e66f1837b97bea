//! A run as its owner sees it: started, asked, stopped.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::config::{Diagnostic, Diagnostics, Files, Parameters};
use crate::event::Globals;
use crate::output::{Origins, Streams};
use crate::time::Clock;

use super::control::{Control, Level};
use super::counters::Counters;
use super::lint_samples::Looks;
use super::pool::Pool;
use super::queue::Queue;
use super::settings::{Live, LiveControl, Settings};
use super::shared::{Lane, Shared};
use super::supervisor::{News, Supervisor, message};
use super::swap::Desk;
use super::swap_inputs::Schedule;
use super::{EndReason, Plan, State, Stats, Tapped};

/// Most threads that render: beyond it handing on in order is what takes the time.
const MOST_WORKERS: usize = 32;

/// "Now" of sample runs with a seed: a schedule that starts now would otherwise make two of them
/// differ. 2026-01-01T00:00:00Z in microseconds since the Unix epoch.
pub const SEEDED_NOW_US: i64 = 1_767_225_600_000_000;

/// What a run needs beside its plan.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Name of the generator, for logs.
    pub id: String,
    /// Zone, batches, queues, mode.
    pub parameters: Parameters,
    /// Makes the run repeatable: in sample mode "now" stands at [`SEEDED_NOW_US`] then.
    pub seed: Option<u64>,
    /// What inputs take as "now" in sample mode instead, microseconds since the Unix epoch.
    pub now_us: Option<i64>,
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
    /// Threads that may render events, as far as these do not depend on each other; as many as the
    /// machine has cores when not given. What is written does not depend on it.
    pub workers: Option<NonZeroUsize>,
}

/// A run, from its start until its counters are no longer of interest. Dropping it aborts the run.
#[derive(Debug)]
pub struct Running {
    pub(super) shared: Arc<Shared>,
    pub(super) news: Sender<News>,
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
        start_us: 0,
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
    let lanes = plan.outputs.iter().enumerate();
    let lanes = lanes
        .map(|(position, output)| Lane::new(output, position, &plan.base, queue.max_event_batches));
    Shared {
        id: options.id.clone(),
        control: Control::new(),
        counters: Counters::new(plan.inputs.len(), plan.outputs.len()),
        errors: super::errors::Errors::default(),
        aliases: super::aliases::Aliases::default(),
        tap: super::tap::Tap::default(),
        meters: Default::default(),
        clock: options.clock.clone(),
        settings: Live::new(
            Settings::of(&options.parameters.run),
            options.parameters.live_mode,
        ),
        backfill: OnceLock::new(),
        zone: options.parameters.zone,
        live: options.parameters.live_mode,
        timestamps: Queue::new(queue.max_timestamp_batches, usize::MAX),
        lanes: lanes.collect(),
        spare_timestamps: Pool::default(),
        spare_events: Pool::default(),
        origins: Origins::default(),
        inputs: plan
            .inputs
            .iter()
            .map(|input| input.name.to_owned())
            .collect(),
        desk: Desk::new(options.parameters.run.reload),
        schedule: Schedule::default(),
        expected_less: AtomicBool::new(false),
        looks: Looks::default(),
        now: Mutex::default(),
        taking: Mutex::default(),
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

impl RunOptions {
    /// Threads that may render.
    pub(super) fn render_threads(&self) -> usize {
        let wanted = self
            .workers
            .or_else(|| thread::available_parallelism().ok());
        wanted.map_or(1, NonZeroUsize::get).min(MOST_WORKERS)
    }

    /// What inputs take as "now".
    pub(super) fn start_us(&self) -> i64 {
        let seeded = self.seed.map(|_| SEEDED_NOW_US);
        let pinned = self.now_us.or(seeded);
        let pinned = pinned.filter(|_| !self.parameters.live_mode);
        pinned.unwrap_or_else(|| self.clock.now_us())
    }
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

    /// The handle to change it with while it works.
    pub fn control(&self) -> LiveControl {
        LiveControl {
            shared: self.shared.clone(),
            news: self.news.clone(),
        }
    }

    /// Counters and gauges now, or at the end when it is over.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Some of the events it makes: those that are kept after the one with number `after`, at most the
    /// latest `most`. The first call switches the tap on; it goes off when nobody asks for some seconds.
    pub fn tail(&self, after: u64, most: usize) -> Tapped {
        self.shared.tap.page(after, most, Instant::now())
    }

    /// Asks for the end: what is queued is delivered, but no longer than `drain`. Outputs that are held
    /// are let go.
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
