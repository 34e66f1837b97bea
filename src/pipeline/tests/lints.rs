//! What is odd about runs, as their owner sees it.

use super::super::*;
use super::{EventBatch, Outcome, Run, Then, one, setup, target};
use crate::time::{Clock as _, SECOND_US};

fn same(_: u64, out: &mut EventBatch) -> Outcome {
    out.push(b"same", 0);
    Outcome::Produced(1)
}

fn nothing(_: u64, _: &mut EventBatch) -> Outcome {
    Outcome::Dropped
}

fn names(run: &Run) -> Vec<String> {
    let lints = run.running.stats().lints;
    lints.into_iter().map(|lint| lint.name).collect()
}

/// Lets so many seconds pass, with a look every five of them, once everything has arrived: how fast this
/// machine is just now is none of the lints' business.
fn watch(run: &Run, seconds: i64) {
    for _ in 0..seconds / 5 {
        run.clock.pass(5 * SECOND_US);
        run.running.poke();
        let due = run.clock.now_us() / SECOND_US;
        run.until(|stats| {
            let released = stats.position_us.is_some_and(|at| at / SECOND_US >= due);
            let done = stats.produced_for + stats.empty + stats.dropped + stats.failed;
            let arrived = stats.outputs.iter().all(|output| output.in_flight == 0);
            released && done == stats.released && arrived
        });
        run.running.observe(Vec::new());
    }
}

#[test]
fn a_sound_run_has_no_lints_and_the_same_event_for_long_is_one() {
    for (produce, expected) in [(one as super::Produce, vec![]), (same, vec!["same-event"])] {
        let mut setup = setup(0, produce, vec![target(|_| Then::Take)])
            .live()
            .endless();
        setup.parameters.skip_past = false;
        let run = setup.start();
        watch(&run, 200);
        run.until(|stats| stats.outputs[0].written > 150);
        run.running.observe(Vec::new());
        // What is odd is told in the end, also when this machine had other things to do meanwhile.
        for _ in 0..20 {
            if expected.is_empty() || !names(&run).is_empty() {
                break;
            }
            watch(&run, 5);
        }
        assert_eq!(names(&run), expected, "{:?}", run.running.stats());
        run.running.stop(super::PATIENCE);
        run.end();
        // What was odd about it is over with it.
        assert!(names(&run).is_empty());
    }
}

#[test]
fn timestamps_that_are_all_dropped_are_told() {
    let mut setup = setup(0, nothing, vec![target(|_| Then::Take)])
        .live()
        .endless();
    setup.parameters.skip_past = false;
    let run = setup.start();
    watch(&run, 40);
    run.until(|stats| stats.dropped > 30);
    run.running.observe(Vec::new());
    assert_eq!(names(&run), ["all-dropped"]);
    run.running.stop(super::PATIENCE);
    run.end();
}

#[test]
fn an_output_that_hangs_is_slower_than_the_input() {
    let mut setup = setup(0, one, vec![target(|_| Then::Wait)]).live().endless();
    setup.parameters.skip_past = false;
    setup.inputs[0].step_us = 100_000;
    let run = setup.start();
    run.until_blocked(0);
    // Its queue fills first.
    while run.running.stats().queues[1].len < run.running.stats().queues[1].capacity {
        run.clock.pass(SECOND_US);
        run.running.poke();
        std::thread::yield_now();
    }
    for _ in 0..8 {
        run.clock.pass(5 * SECOND_US);
        run.running.poke();
        run.running.observe(Vec::new());
    }
    let found = names(&run);
    assert!(found.contains(&"slow-output".to_owned()), "{found:?}");
    assert!(found.contains(&"nothing-taken".to_owned()), "{found:?}");
    run.seen[0].open_gate();
    run.running.stop(super::PATIENCE);
    run.end();
}

#[test]
fn a_live_run_that_never_fired_says_so_at_its_end() {
    let setup = setup(0, one, vec![target(|_| Then::Take)]).live();
    let run = setup.start();
    let (reason, _) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(names(&run), ["silent-schedule"]);
}
