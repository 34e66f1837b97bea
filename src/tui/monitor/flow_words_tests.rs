#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::pipeline::{Outage, OutputStats, QueueStats, StageStats};

/// A run of `ms` whose stages spend these percents of it busy, idle and blocked.
fn run(ms: u64, stages: &[(u64, u64, u64)]) -> Stats {
    let part = |share: u64| Duration::from_millis(ms * share / 100);
    let queue = |name: &str| QueueStats {
        name: name.to_owned(),
        len: 1,
        capacity: 10,
    };
    Stats {
        uptime: Duration::from_millis(ms),
        events: ms * 10,
        stages: stages
            .iter()
            .map(|(busy, idle, blocked)| StageStats {
                name: String::new(),
                busy: part(*busy),
                idle: part(*idle),
                blocked: part(*blocked),
            })
            .collect(),
        outputs: ["opensearch", "file"]
            .map(|name| OutputStats {
                name: name.to_owned(),
                ..OutputStats::default()
            })
            .to_vec(),
        queues: ["timestamps", "opensearch", "file"].map(queue).to_vec(),
        ..Stats::default()
    }
}

fn told(stages: &[(u64, u64, u64)], change: impl Fn(&mut Stats)) -> Option<Brake> {
    let mut meter = Meter::default();
    let mut last = Stats::default();
    for step in 0..20u64 {
        last = run(step * 250, stages);
        change(&mut last);
        meter.heard(&last);
    }
    brake(&last, &meter)
}

const WAITING: [(u64, u64, u64); 4] = [(1, 9, 90), (30, 9, 61), (7, 0, 93), (10, 90, 0)];

#[test]
fn the_output_that_the_rest_waits_for_is_named() {
    let brake = told(&WAITING, |_| {}).unwrap();
    assert_eq!(
        brake.words,
        "output opensearch is the brake: 93 % of its time it waits for the target; the event source waits for it 61 %"
    );
    assert!(brake.bad);
    let busy = told(&[(1, 9, 90), (30, 9, 61), (95, 0, 5), (10, 90, 0)], |_| {}).unwrap();
    assert!(
        busy.words
            .contains("95 % of its time it formats and writes"),
        "{}",
        busy.words
    );
}

#[test]
fn what_is_meant_to_be_slow_is_no_fault() {
    let held = told(&WAITING, |stats| stats.outputs[0].paused = true).unwrap();
    assert!(
        !held.bad && held.words.contains("opensearch is held"),
        "{}",
        held.words
    );
    let paused = told(&WAITING, |stats| stats.settings.paused = true).unwrap();
    assert!(!paused.bad && paused.words.starts_with("paused"));
    let easy = [(2, 98, 0), (5, 95, 0), (1, 99, 0), (1, 99, 0)];
    let clock = told(&easy, |_| {}).unwrap();
    assert!(
        !clock.bad && clock.words.contains("wait for the clock 98 %"),
        "{}",
        clock.words
    );
    let ceiling = told(&easy, |stats| stats.settings.rate_limit = Some(10_000.0)).unwrap();
    assert_eq!(ceiling.words, "the ceiling of 10000/s holds it");
}

#[test]
fn the_event_source_the_inputs_and_a_target_that_is_down_are_named() {
    let source = told(&[(5, 0, 95), (97, 0, 3), (9, 91, 0), (1, 99, 0)], |_| {}).unwrap();
    assert!(
        source
            .words
            .starts_with("the event source is the brake: 97 %"),
        "{}",
        source.words
    );
    let inputs = told(&[(99, 1, 0), (20, 80, 0), (9, 91, 0), (1, 99, 0)], |_| {}).unwrap();
    assert!(
        inputs.words.starts_with("the inputs are the brake"),
        "{}",
        inputs.words
    );
    let down = told(&WAITING, |stats| {
        stats.outputs[0].outage = Some(Outage::default())
    })
    .unwrap();
    assert!(
        down.words.contains("its target takes nothing"),
        "{}",
        down.words
    );
}

#[test]
fn an_output_that_is_gone_is_no_brake() {
    let gone = told(&WAITING, |stats| {
        stats.outputs[0].name = "opensearch (former)".to_owned()
    });
    assert!(
        gone.as_ref()
            .is_none_or(|one| !one.words.contains("former")),
        "{gone:?}"
    );
}

#[test]
fn without_times_of_stages_full_queues_tell() {
    let full = |queue: usize| {
        told(&[], move |stats| stats.queues[queue].len = 10).map(|brake| brake.words)
    };
    assert_eq!(
        full(2).unwrap(),
        "output file is the brake: its queue is full"
    );
    assert_eq!(
        full(0).unwrap(),
        "the event source is the brake: its queue is full"
    );
    assert_eq!(told(&[], |_| {}), None);
}

#[test]
fn changes_are_told_as_what_was_and_what_is() {
    let began = Settings::default();
    let now = Settings {
        gain: 2.5,
        rate_limit: Some(500.0),
        pace: Pace::speed(2.0),
        max_events: Some(10_000),
        ..Settings::default()
    };
    assert_eq!(
        changed(&began, &now),
        [
            "pace plain → ×2",
            "gain 1 → 2.5",
            "ceiling none → 500/s",
            "events none → 10,000"
        ]
    );
    assert!(changed(&now, &now).is_empty());
    assert_eq!(settings(&now).len(), 4);
}

#[test]
fn what_became_of_changed_files_is_told() {
    let mut stats = ReloadStats::default();
    assert_eq!(reload(&stats), None);
    stats.taken = 2;
    stats.last_us = Some(1_795_253_400_000_000);
    let (words, bad) = reload(&stats).unwrap();
    assert_eq!(
        words,
        "changed files: taken 2 times, last 2026-11-21 09:30:00 UTC"
    );
    assert!(!bad);
    stats.pending = Some("templates/page.jinja".to_owned());
    assert!(reload(&stats).unwrap().1);
    stats.refused = Some("no such sample".to_owned());
    assert!(reload(&stats).unwrap().0.contains("no such sample"));
}

#[test]
fn what_a_run_that_failed_had_under_way_is_counted() {
    let mut one = run(1_000, &[(0, 0, 0); 4]);
    assert_eq!(under_way(&one), None);
    (one.released, one.produced_for, one.failed) = (10_125, 120, 4);
    one.outputs[1].in_flight = 6_126;
    one.outputs[0].in_flight = 1;
    assert_eq!(
        under_way(&one).unwrap(),
        "under way when it failed: 1 event for opensearch, 6,126 events for file, 10,001 timestamps; \
         what arrived of them is not known"
    );
    // More became of timestamps than were released: that is for the equations to say.
    one = run(1_000, &[(0, 0, 0); 4]);
    one.produced_for = 3;
    assert_eq!(under_way(&one), None);
}
