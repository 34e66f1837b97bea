#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::pipeline::{AliasStats, Outage};

fn status(stats: Stats) -> GeneratorStatus {
    GeneratorStatus {
        id: "a".to_owned(),
        project: "a".into(),
        state: Some(State::Running),
        stats,
        listing: Default::default(),
        previous: None,
    }
}

fn output(written: u64, lost: u64) -> OutputStats {
    OutputStats {
        name: "file".to_owned(),
        received: written + lost,
        written,
        write_failed: lost,
        ..OutputStats::default()
    }
}

fn at(seconds: u64, outputs: Vec<OutputStats>) -> Stats {
    Stats {
        uptime: Duration::from_secs(seconds),
        outputs,
        ..Stats::default()
    }
}

#[test]
fn what_loses_events_now_comes_first() {
    let mut losses = Losses::default();
    let held = OutputStats {
        paused: true,
        ..output(5, 0)
    };
    let down = OutputStats {
        outage: Some(Outage::default()),
        ..output(5, 0)
    };
    for (second, lost) in [(10, 3), (11, 3), (12, 27)] {
        let outputs = vec![output(9, 2), held.clone(), down.clone(), output(9, lost)];
        losses.heard_of(&at(second, outputs));
    }
    let stats = at(
        12,
        vec![output(9, 2), held, down, output(9, 27), output(9, 0)],
    );
    let found = faults(&status(stats), &losses);
    let told: Vec<(&str, &str)> = found
        .iter()
        .map(|fault| (fault.name.as_str(), fault.word.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("output[3] file", "loses 24/s"),
            ("output[2] file", "failing"),
            ("output[1] file", "held"),
            ("output[0] file", "failed before"),
        ]
    );
}

#[test]
fn a_loss_is_over_after_a_while_and_another_run_begins_anew() {
    let mut losses = Losses::default();
    let about = About::Output(0);
    losses.heard_of(&at(10, vec![output(9, 0)]));
    losses.heard_of(&at(12, vec![output(9, 4)]));
    assert_eq!(losses.now(&about, Duration::from_secs(12)), Some(2.0));
    losses.heard_of(&at(16, vec![output(9, 4)]));
    assert_eq!(losses.now(&about, Duration::from_secs(16)), Some(0.0));
    assert_eq!(losses.now(&about, Duration::from_secs(17)), None);
    losses.heard_of(&at(1, vec![output(9, 1)]));
    assert_eq!(losses.now(&about, Duration::from_secs(1)), None);
}

#[test]
fn errors_belong_to_their_output_or_template() {
    let error = |source: &str| ErrorStats {
        source: source.to_owned(),
        count: 2,
        ..ErrorStats::default()
    };
    let stats = Stats {
        outputs: vec![output(1, 0)],
        aliases: vec![
            AliasStats {
                name: "page".to_owned(),
                failed: 2,
                ..AliasStats::default()
            },
            AliasStats {
                name: "quiet".to_owned(),
                off: true,
                ..AliasStats::default()
            },
        ],
        errors: [
            "event template `page`",
            "output[0].file",
            "input[1].http",
            "output[0].file",
        ]
        .map(error)
        .to_vec(),
        ..Stats::default()
    };
    let found = faults(&status(stats), &Losses::default());
    let told: Vec<(&str, usize, u64)> = found
        .iter()
        .map(|fault| (fault.name.as_str(), fault.errors.len(), fault.lost))
        .collect();
    assert_eq!(
        told,
        [
            ("template quiet", 0, 0),
            ("output[0] file", 2, 0),
            ("template page", 1, 2),
            ("input[1].http", 1, 2),
        ]
    );
}

#[test]
fn nothing_fails_is_proved_by_the_counters() {
    let stats = Stats {
        released: 10,
        produced_for: 8,
        empty: 2,
        outputs: vec![OutputStats {
            in_flight: 3,
            ..output(5, 0)
        }],
        ..Stats::default()
    };
    assert!(faults(&status(stats.clone()), &Losses::default()).is_empty());
    let all = equations(&stats);
    assert_eq!(all[0].left, "10 released");
    assert_eq!(all[0].right, "8 gave events + 2 picked nothing");
    assert_eq!((all[0].apart, all[1].apart), (0, 3));
}

#[test]
fn outputs_that_change_places_lose_nothing_by_it() {
    let mut losses = Losses::default();
    let named = |name: &str, lost| OutputStats {
        name: name.to_owned(),
        ..output(9, lost)
    };
    losses.heard_of(&at(10, vec![named("http", 700), named("file", 0)]));
    let after = at(12, vec![named("file", 0), named("http (former)", 700)]);
    losses.heard_of(&after);
    let mut stats = after;
    stats.errors = vec![ErrorStats {
        source: "output[1].http (former)".to_owned(),
        ..ErrorStats::default()
    }];
    let found = faults(&status(stats), &losses);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].name.as_str(), found[0].word.as_str()),
        ("output[1] http (former)", "failed before")
    );
    assert_eq!(found[0].errors.len(), 1);
}

#[test]
fn a_change_that_waits_for_the_next_batch_is_told() {
    let mut stats = at(1, vec![output(9, 0)]);
    stats.reload.pending = Some("they are taken at the next batch: output[0] file is held".into());
    assert!(faults(&status(stats.clone()), &Losses::default()).is_empty());
    stats.reload.stalled = true;
    let found = faults(&status(stats), &Losses::default());
    let word = (found[0].word.as_str(), found[0].degree);
    assert_eq!(word, ("wait", Degree::Held));
    assert!(
        found[0].errors[0]
            .message
            .contains("output[0] file is held")
    );
}

#[test]
fn a_run_that_is_over_loses_nothing_now_and_waits_for_no_target() {
    let mut losses = Losses::default();
    let down = |lost| OutputStats {
        outage: Some(Outage::default()),
        ..output(5, lost)
    };
    losses.heard_of(&at(10, vec![down(0)]));
    losses.heard_of(&at(12, vec![down(4)]));
    let mut one = status(at(12, vec![down(4)]));
    assert_eq!(faults(&one, &losses)[0].word, "failing, loses 2/s");
    one.state = Some(State::Ended(EndReason::Stopped));
    let told = faults(&one, &losses);
    assert_eq!(
        (told[0].degree, told[0].word.as_str(), told[0].lost),
        (Degree::Past, "failed before", 4)
    );
}
