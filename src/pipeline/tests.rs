#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Runs over small plugins of their own: every end, and the equations at each.

mod delivery;
mod divided;
mod going_back;
mod lints;
mod ordered;
mod random;
mod remote;
mod source;
mod starting;
mod stateful;
mod steer;
mod watched;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use source::{Produce, Source};

pub(super) use source::one;

use super::*;
use crate::batch::EventBatch;
use crate::config::{Disk, Parameters, Place, RunParameters};
use crate::event::{EventConfig, EventError, Globals, Outcome};
use crate::input::{Input, InputConfig, InputEnv, InputError};
use crate::output::{
    DeliveryConfig, FormatConfig, Items, LocalOutput, Output, OutputConfig, OutputEnv, OutputError,
    OutputErrorKind, Receipt, Streams,
};
use crate::time::{FakeClock, Moment};

/// Longest a test waits for what must come; passing it is a failure.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Timestamps a second apart from the epoch on; `None` never ends.
#[derive(Clone, Debug)]
pub(super) struct Ticks {
    count: Option<i64>,
    fails_after: Option<i64>,
    pub(super) step_us: i64,
    /// The first is at the present, not at the epoch.
    pub(super) from_now: bool,
    /// Asking for timestamps panics.
    breaks: bool,
}

fn ticks(count: i64) -> Ticks {
    Ticks {
        count: Some(count),
        fails_after: None,
        step_us: 1_000_000,
        from_now: false,
        breaks: false,
    }
}

impl InputConfig for Ticks {
    fn tags(&self) -> &[Arc<str>] {
        &[]
    }

    fn count(&self, _env: &InputEnv<'_>) -> Option<u64> {
        self.count.map(i64::unsigned_abs)
    }

    fn start(&self, env: &InputEnv<'_>) -> Result<Box<dyn Input>, InputError> {
        let start_us = if self.from_now { env.now.wall_us } else { 0 };
        Ok(Box::new(Ticking(self.clone(), 0, start_us)))
    }
}

#[derive(Debug)]
struct Ticking(Ticks, i64, i64);

impl Input for Ticking {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        assert!(!self.0.breaks, "the input fell over");
        for _ in 0..max {
            if self.0.fails_after == Some(self.1) {
                return Err(InputError {
                    message: "no more of it".to_owned(),
                    help: None,
                });
            }
            if self.0.count == Some(self.1) {
                return Ok(());
            }
            out.push(Moment {
                wall_us: self.2 + self.1 * self.0.step_us,
                offset_s: 0,
            });
            self.1 += 1;
        }
        Ok(())
    }
}

/// What a [`Target`] does with batch number n (from 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Take,
    Refuse,
    Down,
    Closed,
    Panic,
    /// Waits until the gate opens.
    Wait,
}

#[derive(Debug)]
pub(super) struct Target {
    pub(super) format: FormatConfig,
    pub(super) delivery: DeliveryConfig,
    then: fn(usize) -> Then,
    open: Result<(), String>,
    seen: Arc<Seen>,
}

/// What reached a target, and the gate that holds it back.
#[derive(Debug, Default)]
pub(super) struct Seen {
    text: Mutex<String>,
    waiting: AtomicUsize,
    opened: AtomicUsize,
    gate: Mutex<bool>,
    moved: Condvar,
}

impl Seen {
    pub(super) fn lines(&self) -> Vec<String> {
        let text = self.text.lock().unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn wait(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut open = self.gate.lock().unwrap();
        while !*open {
            open = self.moved.wait(open).unwrap();
        }
    }

    fn open_gate(&self) {
        *self.gate.lock().unwrap() = true;
        self.moved.notify_all();
    }
}

pub(super) fn target(then: fn(usize) -> Then) -> Target {
    Target {
        format: FormatConfig::Plain,
        delivery: DeliveryConfig::once(),
        then,
        open: Ok(()),
        seen: Arc::new(Seen::default()),
    }
}

impl OutputConfig for Target {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &str {
        "\n"
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, _env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(Output::Local(Box::new(Writing {
            then: self.then,
            open: self.open.clone(),
            seen: self.seen.clone(),
            batches: 0,
        })))
    }
}

#[derive(Debug)]
struct Writing {
    then: fn(usize) -> Then,
    open: Result<(), String>,
    seen: Arc<Seen>,
    batches: usize,
}

impl LocalOutput for Writing {
    fn open(&mut self) -> Result<(), OutputError> {
        self.seen.opened.fetch_add(1, Ordering::SeqCst);
        self.open.clone().map_err(OutputError::failed)
    }

    fn write(&mut self, items: &Items<'_>, _now: Instant) -> Receipt {
        self.batches += 1;
        match (self.then)(self.batches - 1) {
            Then::Take => {}
            Then::Wait => self.seen.wait(),
            Then::Panic => panic!("the target fell over"),
            Then::Refuse => return Receipt::refused(items, OutputError::failed("no room")),
            Then::Down => return Receipt::refused(items, OutputError::outage("nobody there")),
            Then::Closed => {
                let gone = OutputError {
                    kind: OutputErrorKind::Closed,
                    ..OutputError::failed("gone")
                };
                return Receipt::refused(items, gone);
            }
        }
        let mut room = (Vec::new(), Vec::new());
        let text = std::str::from_utf8(items.joined(&mut room).0).unwrap();
        self.seen.text.lock().unwrap().push_str(text);
        Receipt::taken(text.len())
    }

    fn close(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

pub(super) struct Setup {
    pub(super) inputs: Vec<Ticks>,
    produce: Produce,
    build: Result<(), String>,
    targets: Vec<Target>,
    pub(super) parameters: Parameters,
    pub(super) clock: Arc<FakeClock>,
    max_events: Option<u64>,
    gate: Option<Arc<Seen>>,
    /// Makes the events instead of what produces.
    event: Option<Box<dyn EventConfig>>,
    /// Threads that render; more than one only if given.
    workers: Option<NonZeroUsize>,
    /// Letters that are sent to the first output instead of what the source makes.
    letters: Option<Redelivery>,
    /// The project's folder.
    base: std::path::PathBuf,
}

pub(super) fn setup(count: i64, produce: Produce, targets: Vec<Target>) -> Setup {
    Setup {
        inputs: vec![ticks(count)],
        produce,
        build: Ok(()),
        targets,
        parameters: Parameters {
            live_mode: false,
            ..Parameters::default()
        },
        clock: Arc::new(FakeClock::at(0)),
        max_events: None,
        gate: None,
        event: None,
        workers: None,
        letters: None,
        base: std::path::PathBuf::new(),
    }
}

/// A plan of those parts.
fn plan(
    inputs: Vec<Ticks>,
    event: Box<dyn EventConfig>,
    outputs: Vec<Box<dyn OutputConfig>>,
) -> Plan {
    let place = || Place::file("generator.yml");
    let inputs = inputs.into_iter().enumerate();
    let inputs = inputs.map(|(index, config)| InputPlan {
        name: "ticks",
        setting: format!("input[{index}].ticks"),
        place: place(),
        config: Box::new(config),
        digest: 0,
    });
    let outputs = outputs.into_iter().enumerate();
    let outputs = outputs.map(|(index, config)| OutputPlan {
        name: "target",
        setting: format!("output[{index}].target"),
        place: place(),
        config,
        digest: 0,
        unverified: false,
    });
    Plan {
        inputs: inputs.collect(),
        event_name: "source",
        event_place: place(),
        event,
        event_digest: 0,
        outputs: outputs.collect(),
        path: "generator.yml".into(),
        base: std::path::PathBuf::new(),
    }
}

impl Setup {
    pub(super) fn endless(mut self) -> Self {
        self.inputs = vec![Ticks {
            count: None,
            ..ticks(0)
        }];
        self
    }

    pub(super) fn live(mut self) -> Self {
        self.parameters.live_mode = true;
        self
    }

    pub(super) fn start(mut self) -> Run {
        let targets = std::mem::take(&mut self.targets);
        let seen = targets.iter().map(|one| one.seen.clone()).collect();
        let boxed = |target| Box::new(target) as Box<dyn OutputConfig>;
        let mut run = self.start_with(targets.into_iter().map(boxed).collect());
        run.seen = seen;
        run
    }

    /// Starts it with other outputs than its targets.
    pub(super) fn start_with(self, outputs: Vec<Box<dyn OutputConfig>>) -> Run {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap();
        let source = Source {
            produce: self.produce,
            build: self.build,
            gate: self.gate,
            parallel: self.workers.is_some(),
        };
        let event = self.event.unwrap_or_else(|| Box::new(source));
        let plan = Plan {
            base: self.base,
            ..plan(self.inputs, event, outputs)
        };
        let plan = match &self.letters {
            Some(letters) => letters.plan(plan, 0).unwrap(),
            None => plan,
        };
        let running = start(
            plan,
            RunOptions {
                id: "test".to_owned(),
                parameters: Parameters {
                    run: RunParameters {
                        max_events: self.max_events,
                        ..self.parameters.run
                    },
                    ..self.parameters
                },
                seed: None,
                now_us: None,
                globals: Globals::default(),
                clock: self.clock.clone(),
                files: Arc::new(Disk),
                streams: Streams::default(),
                runtime: runtime.handle().clone(),
                workers: self.workers,
            },
        );
        Run {
            running,
            seen: Vec::new(),
            clock: self.clock,
            _runtime: runtime,
        }
    }
}

pub(super) struct Run {
    pub(super) running: Running,
    pub(super) seen: Vec<Arc<Seen>>,
    pub(super) clock: Arc<FakeClock>,
    _runtime: tokio::runtime::Runtime,
}

impl Run {
    /// Waits for the end and checks the equations.
    pub(super) fn end(&self) -> (EndReason, Stats) {
        let reason = self.running.wait(Instant::now().checked_add(PATIENCE));
        let stats = self.running.stats();
        assert_equations(&stats);
        (reason.expect("the run did not end"), stats)
    }

    /// Waits until `met` holds for the counters.
    pub(super) fn until(&self, met: impl Fn(&Stats) -> bool) {
        let patience = Instant::now() + PATIENCE;
        while !met(&self.running.stats()) {
            assert!(Instant::now() < patience, "{:?}", self.running.stats());
            std::thread::yield_now();
        }
    }

    fn until_blocked(&self, output: usize) {
        let patience = Instant::now() + PATIENCE;
        while self.seen[output].waiting.load(Ordering::SeqCst) == 0 {
            assert!(Instant::now() < patience);
            std::thread::yield_now();
        }
    }
}

fn assert_equations(stats: &Stats) {
    assert_eq!(
        stats.released,
        stats.produced_for + stats.empty + stats.dropped + stats.failed + stats.unused,
        "{stats:?}"
    );
    assert_eq!(
        stats.released,
        stats.inputs.iter().map(|input| input.released).sum::<u64>()
    );
    for output in &stats.outputs {
        assert_eq!(output.received, stats.events, "{stats:?}");
        assert_eq!(
            output.received,
            output.written
                + output.format_failed
                + output.write_failed
                + output.dead_lettered
                + output.in_flight,
            "{stats:?}"
        );
    }
}

fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[test]
fn a_finite_run_delivers_everything_in_order_to_every_output() {
    let run = setup(
        50_000,
        one,
        vec![target(|_| Then::Take), target(|_| Then::Take)],
    )
    .start();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!((stats.released, stats.events), (50_000, 50_000));
    assert_eq!(stats.expected, Some(50_000));
    for (seen, output) in run.seen.iter().zip(&stats.outputs) {
        assert_eq!(seen.lines(), numbers(0..50_000));
        assert_eq!((output.written, output.in_flight), (50_000, 0));
    }
}

#[test]
fn every_outcome_has_its_counter() {
    fn mixed(index: u64, out: &mut EventBatch) -> Outcome {
        match index % 5 {
            0 => one(index, out),
            1 => Outcome::Produced(0),
            2 => Outcome::Dropped,
            3 => Outcome::Failed(Box::new(EventError {
                message: "no such name".to_owned(),
                alias: None,
                places: Vec::new(),
                help: None,
            })),
            _ => {
                out.push(b"a", 0);
                out.push(b"b", 0);
                Outcome::Produced(2)
            }
        }
    }
    let run = setup(500, mixed, vec![target(|_| Then::Take)]).start();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    let counted = [stats.produced_for, stats.empty, stats.dropped, stats.failed];
    assert_eq!(counted, [200, 100, 100, 100]);
    assert_eq!((stats.unused, stats.events), (0, 300));
    assert_eq!((stats.errors.len(), stats.errors[0].count), (1, 100));
}

#[test]
fn an_exhausted_source_ends_an_endless_run_at_once_with_what_it_gave() {
    fn ten(index: u64, out: &mut EventBatch) -> Outcome {
        if index < 10 {
            return one(index, out);
        }
        out.push(b"last", 0);
        Outcome::Exhausted
    }
    for live in [false, true] {
        let setup = setup(0, ten, vec![target(|_| Then::Take)]).endless();
        let setup = if live { setup.live() } else { setup };
        setup.clock.set(3_600_000_000);
        let run = setup.start();
        let (reason, stats) = run.end();
        assert_eq!(reason, EndReason::Finished);
        assert_eq!((stats.produced_for, stats.events), (10, 11));
        assert_eq!(run.seen[0].lines().last().unwrap(), "last");
    }
}

#[test]
fn a_limit_on_events_is_exact() {
    let mut setup = setup(0, one, vec![target(|_| Then::Take)]).endless();
    setup.max_events = Some(12_345);
    let run = setup.start();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(stats.events, 12_345);
    assert_eq!(run.seen[0].lines(), numbers(0..12_345));
}

#[test]
fn a_stop_delivers_what_was_produced() {
    let run = setup(0, one, vec![target(|_| Then::Take)])
        .endless()
        .start();
    run.until(|stats| stats.events > 10_000);
    run.running.stop(PATIENCE);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Stopped);
    assert_eq!(stats.outputs[0].written, stats.events);
    assert_eq!(run.seen[0].lines(), numbers(0..stats.events));
}

#[test]
fn an_abort_gives_up_a_target_that_hangs_and_names_the_loss() {
    let run = setup(0, one, vec![target(|_| Then::Wait)])
        .endless()
        .start();
    run.until_blocked(0);
    run.running.abort();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Aborted);
    assert_eq!(stats.outputs[0].written, 0);
    assert!(stats.outputs[0].write_failed + stats.outputs[0].in_flight > 0);
    run.seen[0].open_gate();
}

#[test]
fn a_drain_that_does_not_end_is_given_up_at_its_deadline() {
    let run = setup(0, one, vec![target(|_| Then::Wait)])
        .endless()
        .start();
    run.until_blocked(0);
    run.running.stop(Duration::ZERO);
    assert_eq!(run.end().0, EndReason::Aborted);
    run.seen[0].open_gate();
}

#[test]
fn a_closed_reader_ends_the_run_and_the_other_output_keeps_what_was_produced() {
    let outputs = vec![
        target(|batch| if batch < 2 { Then::Take } else { Then::Closed }),
        target(|_| Then::Take),
    ];
    let run = setup(0, one, outputs).endless().start();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::OutputClosed);
    assert_eq!(stats.outputs[1].written, stats.events);
    assert_eq!(stats.outputs[0].in_flight, 0);
}

#[test]
fn refused_writes_are_counted_and_shown_and_the_run_goes_on() {
    let run = setup(
        200_000,
        one,
        vec![target(
            |batch| if batch == 1 { Then::Refuse } else { Then::Take },
        )],
    );
    let (reason, stats) = run.start().end();
    assert_eq!(reason, EndReason::Finished);
    let output = &stats.outputs[0];
    assert!(output.write_failed > 0 && output.written > 0);
    assert_eq!(output.in_flight, 0);
    assert_eq!(stats.errors[0].message, "no room");
    assert_eq!(stats.errors[0].count, output.write_failed);
}

#[test]
fn a_run_of_which_nothing_arrives_any_more_is_ended() {
    let outputs = vec![target(
        |batch| if batch < 2 { Then::Take } else { Then::Refuse },
    )];
    let (reason, stats) = setup(0, one, outputs).endless().start().end();
    assert_eq!(
        reason,
        EndReason::Failed("output[0].target: 200 writes failed in a row".to_owned())
    );
    assert_eq!(stats.outputs[0].in_flight, 0);
}

#[test]
fn events_that_are_not_json_are_counted_one_by_one() {
    fn half(index: u64, out: &mut EventBatch) -> Outcome {
        out.push(
            if index.is_multiple_of(2) {
                b"{\"a\":1}"
            } else {
                b"no!! no"
            },
            0,
        );
        Outcome::Produced(1)
    }
    let mut output = target(|_| Then::Take);
    output.format = FormatConfig::Json(0);
    let run = setup(1_000, half, vec![output]).start();
    let (_, stats) = run.end();
    assert_eq!(
        (stats.outputs[0].written, stats.outputs[0].format_failed),
        (500, 500)
    );
    assert_eq!(stats.errors[0].count, 500);
    assert_eq!(stats.errors[0].sample.as_deref(), Some("no!! no"));
}

#[test]
fn a_panic_in_any_stage_fails_the_run_with_its_message() {
    fn breaks(index: u64, out: &mut EventBatch) -> Outcome {
        assert!(index < 100, "the source fell over");
        one(index, out)
    }
    let run = setup(0, breaks, vec![target(|_| Then::Take)])
        .endless()
        .start();
    let (reason, stats) = run.end();
    assert_eq!(
        reason,
        EndReason::Failed("the event stage broke: the source fell over".to_owned())
    );
    assert_eq!(stats.produced_for, 100);

    let run = setup(
        0,
        one,
        vec![target(|_| Then::Panic), target(|_| Then::Take)],
    )
    .endless();
    let (reason, stats) = run.start().end();
    assert_eq!(
        reason,
        EndReason::Failed("the output stage broke: the target fell over".to_owned())
    );
    assert_eq!(stats.outputs[0].in_flight, 0);
    assert_eq!(stats.outputs[1].written, stats.events);
}

#[test]
fn a_failing_input_leaves_the_others_and_is_no_success() {
    let mut setup = setup(100, one, vec![target(|_| Then::Take)]);
    setup.inputs.push(Ticks {
        fails_after: Some(10),
        ..ticks(100)
    });
    let (reason, stats) = setup.start().end();
    assert_eq!(
        reason,
        EndReason::Failed("input[1].ticks failed: no more of it".to_owned())
    );
    assert_eq!(
        (stats.inputs[0].released, stats.inputs[1].released),
        (100, 10)
    );
    assert_eq!(stats.outputs[0].written, 110);
}

#[test]
fn queues_are_bounded_by_bytes() {
    fn large(_index: u64, out: &mut EventBatch) -> Outcome {
        out.push(&[b'x'; 1 << 20], 0);
        Outcome::Produced(1)
    }
    let mut setup = setup(0, large, vec![target(|_| Then::Wait)]).endless();
    setup.parameters.queue.max_event_batches = 1_000;
    let run = setup.start();
    run.until_blocked(0);
    run.until(|stats| stats.queues[1].len == 4);
    // One batch is being written, four wait, one waits for room.
    run.until(|stats| stats.events == 6);
    assert_eq!(run.running.stats().queues[1].len, 4);
    run.running.abort();
    run.end();
    run.seen[0].open_gate();
}

#[test]
fn a_live_run_releases_a_timestamp_when_it_is_due_and_not_before() {
    let run = setup(4, one, vec![target(|_| Then::Take)]).live().start();
    run.until(|stats| stats.outputs[0].written == 1);
    assert_eq!(run.running.state(), State::Running);
    run.clock.set(2_500_000);
    run.running.poke();
    run.until(|stats| stats.outputs[0].written == 3);
    assert_eq!(run.running.stats().released, 3);
    run.clock.set(3_000_000);
    run.running.poke();
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.events), (EndReason::Finished, 4));
}

#[test]
fn a_live_run_with_nothing_due_stops_at_once() {
    let setup = setup(0, one, vec![target(|_| Then::Take)]).endless().live();
    setup.clock.set(-3_600_000_000);
    let run = setup.start();
    run.running.wait_started().unwrap();
    run.running.stop(PATIENCE);
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.released), (EndReason::Stopped, 0));
}

#[test]
fn batches_that_a_formatter_joins_follow_the_batch_size() {
    let mut output = target(|_| Then::Take);
    output.format = FormatConfig::JsonBatch(0);
    let mut setup = setup(5, one, vec![output]);
    setup.parameters.batch.size = Some(2);
    let run = setup.start();
    let (_, stats) = run.end();
    assert_eq!(run.seen[0].lines(), ["[0, 1]", "[2, 3]", "[4]"]);
    assert_eq!(stats.outputs[0].written, 5);
}

#[test]
fn a_dropped_run_ends() {
    let (sent, ended) = mpsc::channel();
    let run = setup(0, one, vec![target(|_| Then::Take)])
        .endless()
        .start();
    run.running.wait_started().unwrap();
    let shared = run.running.shared_for_tests();
    drop(run);
    std::thread::spawn(move || {
        shared
            .control
            .wait(None, |state| matches!(state, State::Ended(_)).then_some(()));
        sent.send(()).unwrap();
    });
    ended.recv_timeout(PATIENCE).unwrap();
}
