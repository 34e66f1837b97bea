//! What becomes of events whose target does not take them.

use std::time::Duration;

use super::*;
use crate::output::OnFailure;
use crate::pipeline::DeadLetter;

/// A target that is tried again after next to no time.
fn stubborn(then: fn(usize) -> Then, on_failure: OnFailure, attempts: u32) -> Target {
    let mut target = target(then);
    target.delivery.on_failure = on_failure;
    target.delivery.retry.attempts = attempts;
    target.delivery.retry.initial = Duration::from_micros(1);
    target.delivery.retry.max = Duration::from_micros(1);
    target.delivery.circuit.probe = Duration::from_micros(1);
    target
}

#[test]
fn a_target_that_blocks_gets_every_event_in_order_once_it_works() {
    let outage = |batch| {
        if (1..40).contains(&batch) {
            Then::Down
        } else {
            Then::Take
        }
    };
    let targets = vec![stubborn(outage, OnFailure::Block, 0)];
    let run = setup(30_000, one, targets).start();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    let output = &stats.outputs[0];
    assert_eq!((output.written, output.write_failed), (30_000, 0));
    assert_eq!(output.retries, 39);
    assert!(output.outage.is_none());
    assert_eq!(run.seen[0].lines(), numbers(0..30_000));
}

#[test]
fn attempts_that_are_used_up_lose_the_batch_and_the_next_one_is_tried() {
    let outage = |call| if call < 3 { Then::Down } else { Then::Take };
    let targets = vec![stubborn(outage, OnFailure::Drop, 2)];
    let (reason, stats) = setup(30_000, one, targets).start().end();
    assert_eq!(reason, EndReason::Finished);
    let output = &stats.outputs[0];
    assert!(output.write_failed > 0 && output.written > 0, "{output:?}");
    assert_eq!(output.written + output.write_failed, 30_000);
    assert_eq!(output.retries, 2);
    assert_eq!(stats.errors[0].message, "nobody there");
}

#[test]
fn what_cannot_be_delivered_is_kept_with_its_time_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let targets = vec![stubborn(|_| Then::Down, OnFailure::DeadLetter, 1)];
    let mut setup = setup(5, one, targets);
    setup.base = folder.path().to_owned();
    let (reason, stats) = setup.start().end();
    assert_eq!(reason, EndReason::Finished);
    let output = &stats.outputs[0];
    assert_eq!((output.dead_lettered, output.write_failed), (5, 0));
    let path = folder.path().join("dead-letters/1-target.ndjson");
    let text = std::fs::read_to_string(path).unwrap();
    let letters: Vec<DeadLetter> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<&str> = letters.iter().map(|one| one.event.as_str()).collect();
    assert_eq!(events, ["0", "1", "2", "3", "4"]);
    assert_eq!(
        letters[0].time.as_deref(),
        Some("1970-01-01T00:00:00+00:00")
    );
    assert_eq!(letters[0].output, "output[0].target");
    assert_eq!(letters[0].reason, "nobody there");
    assert_eq!(letters[0].attempts, 2);
}

#[test]
fn a_target_that_is_down_does_not_hold_up_another_one() {
    let targets = vec![
        stubborn(|_| Then::Down, OnFailure::Drop, 0),
        target(|_| Then::Take),
    ];
    let run = setup(600_000, one, targets).start();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Finished);
    assert_eq!(stats.outputs[0].write_failed, 600_000);
    assert_eq!(stats.outputs[1].written, 600_000);
    assert_eq!(run.seen[1].lines(), numbers(0..600_000));
}

#[test]
fn an_outage_is_shown_and_an_abort_ends_the_wait() {
    let mut down = stubborn(|_| Then::Down, OnFailure::Block, 0);
    down.delivery.retry.initial = Duration::from_secs(3_600);
    down.delivery.retry.max = Duration::from_secs(3_600);
    down.delivery.circuit.failures = 1;
    let run = setup(0, one, vec![down]).endless().start();
    run.until(|stats| stats.outputs[0].outage.as_ref().is_some_and(|one| one.open));
    run.until(|stats| stats.queues[1].len == stats.queues[1].capacity);
    let outage = run.running.stats().outputs[0].outage.clone().unwrap();
    assert_eq!(outage.reason, "nobody there");
    assert!(outage.next.unwrap() > Duration::from_secs(1_000));
    run.running.abort();
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Aborted);
    assert_eq!(stats.outputs[0].in_flight, 0);
    assert_eq!(stats.outputs[0].write_failed, stats.events);
}
