//! What is done to a run by hand: moved on, held, tried again, switched off.

use std::time::Duration;

use super::source::{both, by_turns};
use super::*;
use crate::output::OnFailure;
use crate::pipeline::meter::Phase;
use crate::time::{Pace, SECOND_US};

fn live(count: i64) -> Setup {
    let mut setup = setup(count, one, vec![target(|_| Then::Take)]).live();
    setup.parameters.skip_past = false;
    setup
}

fn pass(run: &Run, us: i64) {
    run.clock.pass(us);
    run.running.poke();
}

fn written(run: &Run, events: u64) {
    run.until(|stats| stats.outputs[0].written == events);
}

/// Why a change is refused.
fn refused(run: &Run, change: Change) -> String {
    run.running.control().apply(change).unwrap_err().to_string()
}

fn apply(run: &Run, change: Change) {
    run.running.control().apply(change).unwrap();
}

fn hold(run: &Run, index: usize, paused: bool) {
    apply(run, Change::Output { index, paused });
}

fn switch(run: &Run, name: &str, off: bool) -> Result<(), ChangeError> {
    let name = Arc::from(name);
    run.running.control().apply(Change::Alias { name, off })
}

#[test]
fn a_live_run_moved_on_ahead_of_the_clock_goes_on_from_there_as_fast_as_it() {
    let run = live(1_000).start();
    written(&run, 1);
    pass(&run, 10 * SECOND_US);
    written(&run, 11);
    apply(&run, Change::SkipTo(60 * SECOND_US));
    run.until(|stats| stats.skipped == 49);
    written(&run, 12);
    let settings = run.running.control().settings();
    assert_eq!(settings.shift_us, 50 * SECOND_US);
    pass(&run, 5 * SECOND_US);
    written(&run, 17);
    // Setting the wall clock is nothing to a time of its own.
    run.clock.jump(-3_600 * SECOND_US);
    pass(&run, SECOND_US);
    written(&run, 18);
    run.clock.jump(3_600 * SECOND_US);
    // Back to the wall clock: it waits until that gets there.
    run.running.control().set_pace(None);
    pass(&run, 50 * SECOND_US);
    assert_eq!(run.running.stats().outputs[0].written, 18);
    pass(&run, SECOND_US);
    written(&run, 19);
    assert_eq!(run.running.control().settings().shift_us, 0);
    let lines = run.seen[0].lines();
    assert_eq!(lines.last().unwrap(), "18");
    pass(&run, 10_000 * SECOND_US);
    let (_, stats) = run.end();
    assert_eq!((stats.events, stats.skipped), (951, 49));
    assert_eq!(stats.expected, Some(951));
}

#[test]
fn a_live_run_that_is_behind_can_be_moved_on_to_the_present() {
    let mut setup = live(1_000);
    setup.parameters.run.rate_limit = Some(1.0);
    setup.inputs[0].step_us = SECOND_US / 10;
    let run = setup.start();
    written(&run, 1);
    pass(&run, 50 * SECOND_US);
    run.until(|stats| stats.lag > Duration::from_secs(40));
    apply(&run, Change::SkipTo(40 * SECOND_US));
    run.until(|stats| stats.skipped > 350);
    assert_eq!(run.running.control().settings().shift_us, 0);
    run.running.control().set_rate_limit(None).unwrap();
    pass(&run, 1_000 * SECOND_US);
    let (_, stats) = run.end();
    assert_eq!(stats.events + stats.skipped, 1_000);
}

#[test]
fn a_sample_run_is_moved_on_with_and_without_a_pace() {
    for pace in [None, Pace::speed(1.0), Pace::parse("hour/1s").ok()] {
        let mut setup = setup(0, one, vec![target(|_| Then::Take)]).endless();
        setup.parameters.run.pace = pace;
        let run = setup.start();
        run.until(|stats| stats.outputs[0].written > 0);
        run.running.control().pause();
        let stands_us = run.running.stats().position_us.unwrap();
        let to_us = stands_us + 1_000_000 * SECOND_US;
        apply(&run, Change::SkipTo(to_us));
        run.running.control().resume(false);
        run.until(|stats| stats.position_us.is_some_and(|at| at >= to_us));
        assert!(run.running.stats().skipped > 900_000);
        run.running.stop(PATIENCE);
        let (reason, stats) = run.end();
        assert_eq!(reason, EndReason::Stopped);
        assert_eq!(stats.outputs[0].written, stats.events);
    }
}

#[test]
fn a_run_that_is_moved_on_by_many_years_can_still_be_stopped() {
    let mut setup = setup(0, one, vec![target(|_| Then::Take)]).endless();
    setup.inputs[0].step_us = 1_000;
    let run = setup.live().start();
    run.until(|stats| stats.outputs[0].written > 0);
    apply(&run, Change::SkipTo(99 * 365 * 86_400 * SECOND_US));
    run.until(|stats| stats.skipped > 100_000);
    run.running.stop(PATIENCE);
    assert_eq!(run.end().0, EndReason::Stopped);
}

#[test]
fn moments_that_make_no_sense_are_refused_in_words() {
    let run = live(0).endless().start();
    pass(&run, 100 * SECOND_US);
    run.until(|stats| stats.outputs[0].written == 101);
    let why = refused(&run, Change::SkipTo(50 * SECOND_US));
    assert_eq!(
        why,
        "event time stands at 1970-01-01T00:01:40+00:00 already, and goes only forward"
    );
    let why = refused(&run, Change::SkipTo(200 * 365 * 86_400 * SECOND_US));
    assert!(why.contains("more than 100 years ahead"), "{why}");
    let why = refused(&run, Change::SkipTo(i64::MAX));
    assert!(why.contains("years 1 to 9999"), "{why}");
    assert_eq!(run.running.stats().settings.shift_us, 0);
    run.running.stop(PATIENCE);
    run.end();
    let why = refused(&run, Change::SkipTo(500 * SECOND_US));
    assert!(why.starts_with("the run is ending"), "{why}");
}

#[test]
fn a_held_output_gets_nothing_and_the_run_waits_when_its_queue_is_full() {
    let outputs = vec![target(|_| Then::Take), target(|_| Then::Take)];
    let run = setup(0, one, outputs).endless().start();
    run.until(|stats| stats.outputs[1].written > 0);
    hold(&run, 0, true);
    run.until(|stats| stats.queues[1].len == stats.queues[1].capacity);
    let stats = run.running.stats();
    assert!(stats.outputs[0].paused && !stats.outputs[1].paused);
    let held = run.seen[0].lines().len();
    // The event stage stands, and so does what is behind it.
    run.until(|stats| stats.stages[1].blocked > Duration::ZERO && stats.outputs[1].in_flight == 0);
    assert_eq!(run.seen[0].lines().len(), held);
    hold(&run, 0, false);
    let seen = run.running.stats().events;
    run.until(|stats| stats.outputs[0].written > seen);
    run.running.stop(PATIENCE);
    let (_, stats) = run.end();
    assert_eq!(stats.outputs[0].written, stats.events);
    assert_eq!(run.seen[0].lines(), run.seen[1].lines());
}

#[test]
fn a_stop_lets_a_held_output_go_and_nothing_is_lost() {
    let run = setup(0, one, vec![target(|_| Then::Take)])
        .endless()
        .start();
    run.running.wait_started().unwrap();
    hold(&run, 0, true);
    run.until(|stats| stats.queues[1].len == stats.queues[1].capacity);
    run.running.stop(PATIENCE);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Stopped);
    assert_eq!(stats.outputs[0].written, stats.events);
    assert!(!stats.outputs[0].paused);
    let late = Change::Output {
        index: 0,
        paused: true,
    };
    let why = refused(&run, late);
    assert!(why.starts_with("the run is ending"), "{why}");
}

#[test]
fn a_run_whose_inputs_end_waits_for_whoever_holds_its_output() {
    let setup = setup(1_000, one, vec![target(|_| Then::Take)]).live();
    setup.clock.set(-SECOND_US);
    let run = setup.start();
    run.running.wait_started().unwrap();
    hold(&run, 0, true);
    pass(&run, 10_000 * SECOND_US);
    run.until(|stats| stats.events == 1_000);
    let shared = run.running.shared_for_tests();
    // All that could end the run but the output is over.
    run.until(|_| shared.event_meter().phase() == Phase::Off);
    assert_eq!(run.running.state(), State::Running);
    assert_eq!(run.running.stats().outputs[0].written, 0);
    hold(&run, 0, false);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(stats.outputs[0].written, 1_000);
}

#[test]
fn an_abort_ends_a_run_with_a_held_output_and_names_the_loss() {
    let run = setup(0, one, vec![target(|_| Then::Take)])
        .endless()
        .start();
    run.running.wait_started().unwrap();
    hold(&run, 0, true);
    run.until(|stats| stats.queues[1].len == stats.queues[1].capacity);
    run.running.abort();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Aborted);
    let output = &stats.outputs[0];
    assert_eq!(output.in_flight, 0);
    assert!(output.write_failed > 0);
}

/// A target that is down at first, and waits for an hour before it tries again.
fn patient(on_failure: OnFailure, failures: u32) -> Target {
    let mut down = target(|call| if call < 1 { Then::Down } else { Then::Take });
    down.delivery.on_failure = on_failure;
    down.delivery.retry.attempts = 5;
    down.delivery.retry.initial = Duration::from_secs(3_600);
    down.delivery.retry.max = Duration::from_secs(3_600);
    down.delivery.retry.jitter = false;
    down.delivery.circuit.failures = failures;
    down.delivery.circuit.probe = Duration::from_secs(3_600);
    down
}

#[test]
fn a_retry_ends_the_wait_of_a_back_off_and_of_an_open_circuit() {
    for on_failure in [OnFailure::Block, OnFailure::DeadLetter] {
        for failures in [1, 10] {
            if on_failure == OnFailure::DeadLetter && failures == 1 {
                // An open circuit keeps what comes as letters; nothing waits.
                continue;
            }
            let run = live(2);
            let targets = vec![patient(on_failure, failures)];
            let run = Setup { targets, ..run }.start();
            run.until(|stats| {
                let outage = stats.outputs[0].outage.as_ref();
                outage.is_some_and(|one| one.next > Some(Duration::from_secs(3_000)))
            });
            apply(&run, Change::Retry(0));
            written(&run, 1);
            let stats = run.running.stats();
            assert_eq!(
                (stats.outputs[0].retries, &stats.outputs[0].outage),
                (1, &None)
            );
            let why = refused(&run, Change::Retry(0));
            assert_eq!(why, "output[0].target waits for nothing: its target works");
            pass(&run, SECOND_US);
            assert_eq!(run.end().1.outputs[0].written, 2);
        }
    }
}

#[test]
fn outputs_that_do_not_exist_are_refused_in_words() {
    let run = live(2).start();
    let none = Change::Output {
        index: 3,
        paused: true,
    };
    for change in [none, Change::Retry(3)] {
        let why = refused(&run, change);
        assert_eq!(why, "there is no output[3]; the run has 1, from 0 on");
    }
}

#[test]
fn a_template_that_is_off_gives_nothing_and_is_counted() {
    let run = live(0);
    let produce = by_turns;
    let run = Setup { produce, ..run }.endless().start();
    pass(&run, 9 * SECOND_US);
    written(&run, 10);
    switch(&run, "b", true).unwrap();
    assert!(run.running.stats().aliases[1].off);
    pass(&run, 10 * SECOND_US);
    run.until(|stats| stats.dropped == 5);
    written(&run, 15);
    switch(&run, "b", false).unwrap();
    pass(&run, 10 * SECOND_US);
    written(&run, 25);
    run.running.stop(PATIENCE);
    let (_, stats) = run.end();
    let counted = |at: usize| {
        let one = &stats.aliases[at];
        (one.name.as_str(), one.events, one.dropped, one.off)
    };
    assert_eq!(
        (counted(0), counted(1)),
        (("a", 15, 0, false), ("b", 10, 5, false))
    );
    assert_eq!((stats.produced_for, stats.dropped), (25, 5));
    let why = switch(&run, "c", true).unwrap_err().to_string();
    assert_eq!(why, "no template has the alias `c`; known are `a`, `b`");
}

#[test]
fn of_several_templates_only_the_one_that_is_off_is_left_out_also_with_workers() {
    for workers in [None, NonZeroUsize::new(4)] {
        let run = setup(0, both, vec![target(|_| Then::Take)]).endless();
        let run = Setup { workers, ..run }.start();
        run.until(|stats| stats.outputs[0].written > 1_000);
        switch(&run, "a", true).unwrap();
        run.until(|stats| stats.aliases[0].dropped > 1_000);
        run.running.stop(PATIENCE);
        let (_, stats) = run.end();
        assert_eq!(stats.dropped, 0);
        let [a, b] = &stats.aliases[..] else {
            panic!("{:?}", stats.aliases);
        };
        assert!(a.dropped > 0 && b.dropped == 0);
        assert_eq!(
            (a.events + a.dropped, b.events),
            (b.events, stats.produced_for)
        );
        assert_eq!(a.events + b.events, stats.events);
        switch(&run, "b", true).unwrap();
    }
}
