#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Runs that follow a clock, and what is changed while they work.

use std::sync::Arc;
use std::time::Duration;

use super::tests::{PATIENCE, Run, Setup, Then, one, setup, target};
use super::*;
use crate::config::{Past, RunParameters};
use crate::time::{Pace, SECOND_US};

fn live(count: i64) -> Setup {
    let mut setup = setup(count, one, vec![target(|_| Then::Take)]).live();
    setup.parameters.skip_past = false;
    setup
}

fn with(mut setup: Setup, run: RunParameters) -> Run {
    setup.parameters.run = run;
    setup.start()
}

/// Lets time pass for the run.
fn pass(run: &Run, us: i64) {
    run.clock.pass(us);
    run.running.poke();
}

/// Waits until so many events are written and the input stage sleeps.
fn written(run: &Run, events: u64) {
    run.until(|stats| stats.outputs[0].written == events);
}

#[test]
fn nothing_wakes_while_nothing_is_due() {
    let mut setup = live(2);
    setup.inputs[0].step_us = 3_600 * SECOND_US;
    let run = setup.start();
    written(&run, 1);
    let shared = run.running.shared_for_tests();
    // It asks for one sleep as long as it takes: the clock tells when it jumps.
    let patience = std::time::Instant::now() + PATIENCE;
    while shared.control.asleep() != Duration::from_secs(3_600) {
        assert!(std::time::Instant::now() < patience);
        std::thread::yield_now();
    }
    assert_eq!(run.running.stats().wakeups, 0);
    pass(&run, 3_600 * SECOND_US);
    assert_eq!(run.end().0, EndReason::Finished);
}

#[test]
fn a_pause_holds_back_and_a_resume_catches_up_or_skips() {
    for (skip, events, skipped) in [(false, 10, 0), (true, 6, 4)] {
        let run = live(10).start();
        written(&run, 1);
        let control = run.running.control();
        control.pause();
        assert!(run.running.stats().settings.paused);
        pass(&run, 4 * SECOND_US);
        assert_eq!(run.running.stats().outputs[0].written, 1);
        control.resume(skip);
        run.until(|stats| stats.skipped + stats.outputs[0].written == 5);
        pass(&run, 60 * SECOND_US);
        let (reason, stats) = run.end();
        assert_eq!(reason, EndReason::Finished);
        assert_eq!((stats.events, stats.skipped), (events, skipped));
        assert_eq!(stats.expected, Some(events));
    }
}

#[test]
fn a_paused_run_stops_at_once_and_in_sample_mode_too() {
    for live_mode in [true, false] {
        let mut setup = live(0).endless();
        setup.parameters.live_mode = live_mode;
        let run = setup.start();
        run.until(|stats| stats.events > 0);
        run.running.control().pause();
        run.running.stop(PATIENCE);
        assert_eq!(run.end().0, EndReason::Stopped);
    }
}

#[test]
fn an_accelerated_run_goes_as_fast_as_it_is_told_and_by_no_wall_clock() {
    let run = with(
        live(1_000),
        RunParameters {
            pace: Pace::speed(60.0),
            ..RunParameters::default()
        },
    );
    written(&run, 1);
    pass(&run, SECOND_US);
    written(&run, 61);
    run.clock.jump(-3_600 * SECOND_US);
    run.running.poke();
    pass(&run, SECOND_US);
    written(&run, 121);
    run.running.control().set_speed(1.0).unwrap();
    pass(&run, SECOND_US);
    written(&run, 122);
    assert_eq!(run.running.stats().jumps, 0);
    run.running.control().set_pace(Pace::parse("hour/1s").ok());
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.events), (EndReason::Finished, 1_000));
}

#[test]
fn a_gain_that_changes_keeps_the_equations() {
    let run = with(
        live(30),
        RunParameters {
            gain: 2.0,
            ..RunParameters::default()
        },
    );
    written(&run, 2);
    pass(&run, 9 * SECOND_US);
    written(&run, 20);
    assert_eq!(run.running.stats().expected, Some(60));
    run.running.control().set_gain(0.0).unwrap();
    pass(&run, 10 * SECOND_US);
    let shared = run.running.shared_for_tests();
    run.until(|_| shared.counters.passed.get() == 20);
    assert_eq!(run.running.stats().expected, Some(20));
    run.running.control().set_gain(5.0).unwrap();
    pass(&run, 60 * SECOND_US);
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!((stats.released, stats.expected), (70, Some(70)));
    assert!(run.running.control().set_gain(-1.0).is_err());
    assert!(run.running.control().set_gain(f64::NAN).is_err());
}

#[test]
fn a_rate_limit_delays_and_shows_by_how_much() {
    let mut setup = live(100);
    setup.inputs[0].step_us = 1_000;
    let run = with(
        setup,
        RunParameters {
            rate_limit: Some(10.0),
            ..RunParameters::default()
        },
    );
    written(&run, 1);
    for second in 1..=5 {
        for _ in 0..10 {
            let events = run.running.stats().outputs[0].written;
            pass(&run, SECOND_US / 10);
            written(&run, events + 1);
        }
        assert_eq!(run.running.stats().events, 1 + second * 10);
    }
    let lag = run.running.stats().lag;
    assert!(lag > Duration::from_millis(4_900), "{lag:?}");
    run.running.control().set_rate_limit(None).unwrap();
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.events), (EndReason::Finished, 100));
}

#[test]
fn a_jump_is_counted_once_and_nothing_is_lost_or_doubled() {
    let run = live(100).start();
    written(&run, 1);
    run.clock.jump(50 * SECOND_US);
    run.running.poke();
    written(&run, 51);
    run.until(|stats| stats.jumps == 1);
    run.clock.jump(-20 * SECOND_US);
    run.running.poke();
    run.until(|stats| stats.jumps == 2);
    assert_eq!(run.running.stats().last_jump_us, -20 * SECOND_US);
    pass(&run, 20 * SECOND_US);
    assert_eq!(run.running.stats().outputs[0].written, 51);
    pass(&run, 100 * SECOND_US);
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.jumps), (EndReason::Finished, 2));
    let all: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    assert_eq!(run.seen[0].lines(), all);
}

#[test]
fn a_backfill_goes_over_into_the_live_run_without_a_seam() {
    let mut setup = live(100);
    setup.clock.set(30 * SECOND_US);
    setup.inputs[0].from_now = true;
    let run = with(
        setup,
        RunParameters {
            backfill: Some(Past::Span(25 * SECOND_US)),
            ..RunParameters::default()
        },
    );
    // From the fifth second to the thirtieth.
    written(&run, 26);
    run.until(|stats| stats.backfill.is_some_and(|one| one.done));
    let stats = run.running.stats();
    assert_eq!(stats.backfill_percent(), Some(100));
    assert_eq!(stats.position_us, Some(30 * SECOND_US));
    assert_eq!(stats.lag, Duration::ZERO);
    for second in 1..=10 {
        pass(&run, SECOND_US);
        written(&run, 26 + second);
    }
    run.running.stop(PATIENCE);
    assert_eq!(run.end().0, EndReason::Stopped);
}

#[test]
fn a_backfill_that_cannot_be_is_refused() {
    for (past, live_mode, why) in [
        (Past::Span(SECOND_US), false, "goes over into a live run"),
        (Past::parse("now").unwrap(), true, "not in the past"),
        (Past::Span(i64::MAX), true, "0001"),
    ] {
        let mut setup = live(10);
        setup.parameters.live_mode = live_mode;
        setup.parameters.run.backfill = Some(past);
        let run = setup.start();
        let problems = run.running.wait_started().unwrap_err();
        assert!(problems.0[0].message.contains(why), "{problems:?}");
    }
}

#[test]
fn a_run_ends_when_its_time_is_over_also_in_a_pause() {
    for paused in [false, true] {
        let run = live(0).endless().start();
        run.until(|stats| stats.events > 0);
        if paused {
            run.running.control().pause();
        }
        run.running
            .control()
            .set_max_duration(Some(Duration::from_millis(1)));
        let (reason, stats) = run.end();
        assert_eq!(reason, EndReason::Finished);
        assert_eq!(stats.outputs[0].written, stats.events);
    }
}

#[test]
fn a_limit_on_events_can_be_set_and_lifted_while_it_runs() {
    let run = with(
        live(100),
        RunParameters {
            max_events: Some(20),
            ..RunParameters::default()
        },
    );
    written(&run, 1);
    run.running.control().set_max_events(Some(40));
    pass(&run, 29 * SECOND_US);
    written(&run, 30);
    // Fewer than there are already.
    run.running.control().set_max_events(Some(10));
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.events), (EndReason::Finished, 30));
}

#[test]
fn batches_that_a_formatter_joins_span_the_delay() {
    use crate::output::FormatConfig;
    let mut output = target(|_| Then::Take);
    output.format = FormatConfig::JsonBatch(0);
    let mut setup = setup(6, one, vec![output]).live();
    setup.inputs[0].step_us = 400_000;
    setup.parameters.batch.delay = Some(1.0);
    let run = setup.start();
    for _ in 0..5 {
        pass(&run, 400_000);
    }
    let (_, stats) = run.end();
    assert_eq!(run.seen[0].lines(), ["[0, 1, 2]", "[3, 4, 5]"]);
    assert_eq!(stats.events, 6);
}

#[test]
fn the_settings_are_seen_and_kept_after_the_end() {
    let run = with(
        live(1),
        RunParameters {
            gain: 1.0,
            rate_limit: Some(5.0),
            pace: Pace::speed(2.0),
            ..RunParameters::default()
        },
    );
    let (_, stats) = run.end();
    assert_eq!(stats.settings.rate_limit, Some(5.0));
    assert_eq!(stats.settings.pace, Pace::speed(2.0));
    assert!(Arc::strong_count(&run.clock) >= 1);
}
