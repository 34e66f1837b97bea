//! What watchers see of a run: the time of its stages, latencies, failures, and some of its events.

use std::time::Duration;

use super::source::by_turns;
use super::*;
use crate::output::OnFailure;
use crate::pipeline::meter::{Meter, Phase};
use crate::time::SECOND_US;

#[test]
fn the_stage_that_waits_and_what_it_waits_for_show() {
    let run = setup(0, one, vec![target(|_| Then::Wait)])
        .endless()
        .start();
    run.until_blocked(0);
    run.until(|stats| {
        let [inputs, event, output] = &stats.stages[..] else {
            return false;
        };
        let waits = [inputs.blocked, event.blocked, output.blocked];
        waits.iter().all(|one| *one > Duration::ZERO)
    });
    let names: Vec<String> = run
        .running
        .stats()
        .stages
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, ["inputs", "event", "target"]);
    run.running.abort();
    run.end();
    run.seen[0].open_gate();
}

#[test]
fn a_run_that_has_nothing_to_do_is_idle_and_one_that_is_over_stands_still() {
    let run = setup(2, one, vec![target(|_| Then::Take)]).live().start();
    run.until(|stats| stats.outputs[0].written == 1);
    let before = run.running.stats();
    run.until(|stats| {
        let mut pairs = stats.stages.iter().zip(&before.stages);
        pairs.all(|(now, before)| now.idle > before.idle)
    });
    run.clock.pass(SECOND_US);
    run.running.poke();
    let (_, stats) = run.end();
    assert!(stats.cpu > Duration::ZERO);
    assert_eq!(
        (run.running.stats().stages, run.running.stats().cpu),
        (stats.stages, stats.cpu)
    );
}

#[test]
fn a_live_run_is_late_as_soon_as_events_wait_for_an_output_that_hangs() {
    // Room for many more: nothing is held back, and all is released on time.
    let mut setup = setup(0, one, vec![target(|_| Then::Wait)]).endless().live();
    setup.parameters.queue.max_event_batches = 1_000;
    let run = setup.start();
    run.until_blocked(0);
    assert!(run.running.stats().lag < Duration::from_secs(1));
    // Nothing waits behind what hangs yet.
    let before = run.running.stats().lag;
    for _ in 0..60 {
        run.clock.pass(SECOND_US);
        run.running.poke();
    }
    let lag = run.running.stats().lag;
    assert_eq!(lag - before, Duration::from_secs(60));
    assert!(
        !run.running
            .shared_for_tests()
            .lanes
            .iter()
            .any(|lane| lane.queue.holds_up())
    );
    run.seen[0].open_gate();
    run.until(|stats| stats.lag < Duration::from_secs(1));
    run.running.stop(PATIENCE);
    run.end();
}

#[test]
fn a_live_run_that_a_target_holds_up_falls_behind_as_long_as_that_lasts() {
    let mut setup = setup(0, one, vec![target(|_| Then::Wait)]).endless().live();
    setup.parameters.queue.max_event_batches = 1;
    setup.parameters.queue.max_timestamp_batches = 1;
    let run = setup.start();
    run.until_blocked(0);
    let shared = run.running.shared_for_tests();
    // One batch is being written, one waits, one waits for room, and the same before the event stage.
    let stands = |meter: &Meter| meter.phase() == Phase::Blocked;
    run.until(|_| {
        run.clock.pass(SECOND_US);
        run.running.poke();
        stands(shared.event_meter()) && stands(shared.input_meter())
    });
    let before = run.running.stats().lag;
    run.clock.pass(1_000 * SECOND_US);
    let lag = run.running.stats().lag;
    assert_eq!(lag - before, Duration::from_secs(1_000));
    run.seen[0].open_gate();
    run.until(|stats| {
        run.clock.pass(SECOND_US);
        run.running.poke();
        stats.lag < Duration::from_secs(100)
    });
    run.running.stop(PATIENCE);
    let (_, stats) = run.end();
    assert_eq!(stats.outputs[0].written, stats.events);
}

#[test]
fn writes_of_which_something_arrives_have_a_latency() {
    let outputs = vec![target(|_| Then::Take), target(|_| Then::Refuse)];
    let (_, stats) = setup(20_000, one, outputs).start().end();
    let [taken, refused] = [&stats.outputs[0].latency, &stats.outputs[1].latency];
    assert!(taken.count > 0 && taken.max >= taken.p99 && taken.p99 >= taken.p50);
    assert_eq!(*refused, Latency::default());
}

#[test]
fn an_output_that_keeps_letters_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let mut keeping = target(|_| Then::Refuse);
    keeping.delivery.on_failure = OnFailure::DeadLetter;
    let mut setup = setup(5, one, vec![keeping, target(|_| Then::Take)]);
    setup.base = folder.path().to_owned();
    let (_, stats) = setup.start().end();
    let path = stats.outputs[0].letters.as_ref().unwrap();
    assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 5);
    assert_eq!(stats.outputs[1].letters, None);
}

#[test]
fn failures_count_for_their_template_and_know_when_they_began() {
    fn fails(index: u64, out: &mut EventBatch) -> Outcome {
        if index < 3 {
            return by_turns(index, out);
        }
        Outcome::Failed(Box::new(EventError {
            message: "no such name".to_owned(),
            alias: Some(Arc::from("b")),
            places: Vec::new(),
            help: None,
        }))
    }
    let run = setup(10, fails, vec![target(|_| Then::Take)])
        .live()
        .start();
    for number in 1..10 {
        run.until(|stats| {
            let noted: u64 = stats.errors.iter().map(|one| one.count).sum();
            stats.produced_for + noted == number
        });
        run.clock.pass(SECOND_US);
        run.running.poke();
    }
    let (_, stats) = run.end();
    let counted = |at: usize| (stats.aliases[at].events, stats.aliases[at].failed);
    assert_eq!((counted(0), counted(1)), ((2, 0), (1, 7)));
    let error = &stats.errors[0];
    assert_eq!(
        (error.first_us, error.last_us),
        (3 * SECOND_US, 9 * SECOND_US)
    );
}

#[test]
fn the_tap_shows_events_as_they_come_with_time_and_template() {
    let run = setup(0, by_turns, vec![target(|_| Then::Take)])
        .endless()
        .live()
        .start();
    run.until(|stats| stats.events == 1);
    assert_eq!(run.running.tail(0, 100), Tapped::default());
    run.clock.pass(3 * SECOND_US);
    run.running.poke();
    run.until(|stats| stats.events == 4);
    let tapped = run.running.tail(1, 100);
    assert_eq!(tapped.seen, 3);
    let shown: Vec<String> = tapped
        .events
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one.number,
                one.at.unwrap(),
                one.alias,
                one.text
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "2 1970-01-01T00:00:02+00:00 a 2",
            "3 1970-01-01T00:00:03+00:00 b 3"
        ]
    );
    run.running.stop(PATIENCE);
    run.end();
    assert_eq!(run.running.tail(0, 100).events.len(), 3);
}

#[test]
fn a_panic_ends_its_own_run_and_no_other() {
    fn breaks(_: u64, _: &mut EventBatch) -> Outcome {
        panic!("the source fell over");
    }
    let other = setup(0, one, vec![target(|_| Then::Take)])
        .endless()
        .start();
    let (reason, stats) = setup(10, breaks, vec![target(|_| Then::Take)])
        .start()
        .end();
    let said = "the event stage broke: the source fell over".to_owned();
    assert_eq!(reason, EndReason::Failed(said));
    assert_eq!((stats.events, stats.unused), (0, 10));
    let mut setup = setup(10, one, vec![target(|_| Then::Take)]);
    setup.inputs[0].breaks = true;
    let (reason, _) = setup.start().end();
    let said = "the input stage broke: the input fell over".to_owned();
    assert_eq!(reason, EndReason::Failed(said));
    let before = other.running.stats().events;
    other.until(|stats| stats.events > before);
    other.running.stop(PATIENCE);
    assert_eq!(other.end().0, EndReason::Stopped);
}

#[test]
fn a_storm_of_errors_is_bounded_and_counted() {
    fn storm(index: u64, _: &mut EventBatch) -> Outcome {
        Outcome::Failed(Box::new(EventError {
            message: format!("{index} {}", "x".repeat(10_000)),
            alias: Some(Arc::from("a")),
            places: Vec::new(),
            help: None,
        }))
    }
    let (_, stats) = setup(20_000, storm, vec![target(|_| Then::Take)])
        .start()
        .end();
    assert_eq!((stats.failed, stats.aliases[0].failed), (20_000, 20_000));
    assert_eq!(
        stats.errors.iter().map(|one| one.count).sum::<u64>(),
        20_000
    );
    assert!(stats.errors.len() <= 65);
    let kept: usize = stats.errors.iter().map(|one| one.message.len()).sum();
    assert!(kept < 400_000, "{kept}");
}
