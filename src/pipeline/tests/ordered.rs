//! Runs with workers end, count and write as runs of one thread do.

use std::num::NonZeroUsize;

use super::*;

/// What a run came to.
#[derive(Debug, PartialEq)]
pub(super) struct Came {
    pub(super) reason: EndReason,
    pub(super) lines: Vec<String>,
    pub(super) counted: [u64; 7],
    pub(super) errors: Vec<(String, u64)>,
    /// Events, failures and what was left out, by template.
    pub(super) aliases: Vec<[u64; 3]>,
}

fn came(workers: usize, make: &dyn Fn() -> Setup) -> Came {
    let mut setup = make();
    setup.workers = NonZeroUsize::new(workers);
    ended(&setup.start())
}

/// What a run comes to.
pub(super) fn ended(run: &Run) -> Came {
    let (reason, stats) = run.end();
    let errors = stats
        .errors
        .iter()
        .map(|one| (one.message.clone(), one.count));
    Came {
        reason,
        lines: run.seen[0].lines(),
        counted: [
            stats.released,
            stats.produced_for,
            stats.empty,
            stats.dropped,
            stats.failed,
            stats.unused,
            stats.events,
        ],
        errors: errors.collect(),
        aliases: stats
            .aliases
            .iter()
            .map(|one| [one.events, one.failed, one.dropped])
            .collect(),
    }
}

/// Compares runs of one to four threads and gives what they came to.
fn alike(make: impl Fn() -> Setup) -> Came {
    let alone = came(1, &make);
    for workers in 2..=4 {
        assert_eq!(came(workers, &make), alone, "{workers} workers");
    }
    alone
}

/// Every outcome, with an error of its own now and then and events of very different sizes.
fn mixed(index: u64, out: &mut EventBatch) -> Outcome {
    match index % 7 {
        1 => Outcome::Produced(0),
        2 => Outcome::Dropped,
        3 if index % 5_000 == 3 => Outcome::Failed(Box::new(EventError {
            message: format!("event {index} is bad"),
            alias: None,
            places: Vec::new(),
            help: None,
        })),
        4 => {
            out.push(format!("{index}a").as_bytes(), 0);
            out.push(format!("{index}b").as_bytes(), 0);
            Outcome::Produced(2)
        }
        5 if index % 1_000 == 5 => {
            out.push("x".repeat(300_000).as_bytes(), 0);
            Outcome::Produced(1)
        }
        _ => one(index, out),
    }
}

#[test]
fn what_is_written_and_counted_does_not_depend_on_the_workers() {
    let came = alike(|| setup(40_000, mixed, vec![target(|_| Then::Take)]));
    assert_eq!(came.reason, EndReason::Finished);
    assert_eq!(came.counted[0], 40_000);
    assert!(came.errors.len() > 1, "{:?}", came.errors);
}

#[test]
fn batches_that_are_joined_are_those_of_the_timestamps() {
    let came = alike(|| {
        let mut target = target(|_| Then::Take);
        target.format = FormatConfig::JsonBatch(0);
        let mut setup = setup(10_000, one, vec![target]);
        setup.parameters.batch.size = Some(700);
        setup
    });
    assert_eq!(came.lines.len(), 15);
}

#[test]
fn the_most_events_are_met_exactly_and_the_rest_is_unused() {
    for most in [1, 5_000, 30_001] {
        let came = alike(|| Setup {
            max_events: Some(most),
            ..setup(0, mixed, vec![target(|_| Then::Take)]).endless()
        });
        assert_eq!(came.lines.len() as u64, most);
    }
}

#[test]
fn an_exhausted_source_ends_with_what_came_before() {
    fn until(index: u64, out: &mut EventBatch) -> Outcome {
        if index < 25_000 {
            return one(index, out);
        }
        out.push(b"last", 0);
        Outcome::Exhausted
    }
    let came = alike(|| setup(0, until, vec![target(|_| Then::Take)]).endless());
    assert_eq!(came.lines.len(), 25_001);
    assert_eq!(came.lines.last().unwrap(), "last");
}

#[test]
fn a_panic_in_a_worker_is_that_of_the_stage() {
    fn falls(index: u64, out: &mut EventBatch) -> Outcome {
        assert!(index != 20_000, "it fell over");
        one(index, out)
    }
    let make = || setup(0, falls, vec![target(|_| Then::Take)]).endless();
    let broken = EndReason::Failed("the event stage broke: it fell over".to_owned());
    for workers in 1..=3 {
        let came = came(workers, &make);
        assert_eq!(came.reason, broken);
        assert_eq!(came.lines, numbers(0..came.lines.len() as u64));
    }
}

#[test]
fn a_stop_ends_the_workers() {
    for live in [false, true] {
        let setup = setup(0, one, vec![target(|_| Then::Take)]).endless();
        let setup = if live { setup.live() } else { setup };
        setup.clock.set(i64::MAX / 4);
        let mut setup = setup;
        setup.workers = NonZeroUsize::new(3);
        let run = setup.start();
        run.until(|stats| stats.events > 20_000);
        run.running.stop(Duration::from_secs(10));
        let (reason, stats) = run.end();
        assert_eq!(reason, EndReason::Stopped);
        let written = stats.outputs[0].written;
        assert_eq!(run.seen[0].lines(), numbers(0..written));
    }
}

#[test]
fn an_output_that_goes_away_ends_the_workers() {
    let make = || {
        let closed = target(|batch| if batch < 3 { Then::Take } else { Then::Closed });
        setup(0, one, vec![closed]).endless()
    };
    for workers in 1..=3 {
        let came = came(workers, &make);
        assert_eq!(came.reason, EndReason::OutputClosed);
        assert_eq!(came.lines, numbers(0..came.lines.len() as u64));
    }
}
