#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::pipeline::EndReason;

fn report(ms: u64, events: u64) -> Overview {
    Overview {
        state: Some(State::Running),
        uptime: Duration::from_millis(ms),
        events,
        bytes: events * 100,
        cpu: Duration::from_millis(ms / 4),
        ..Overview::default()
    }
}

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A report every quarter of a second, a thousand events a second.
fn steady(history: &mut History, from: u64, to: u64) {
    for step in from * 4..=to * 4 {
        history.heard(at(step * 250), &report(step * 250, step * 250));
    }
}

#[test]
fn the_rate_is_that_of_the_last_second_and_of_longer_when_little_happens() {
    let mut history = History::default();
    steady(&mut history, 0, 20);
    assert!((history.rate - 1_000.0).abs() < 1e-6, "{}", history.rate);
    assert!((history.byte_rate - 100_000.0).abs() < 1e-3);
    assert!((history.cpu - 0.25).abs() < 0.01, "{}", history.cpu);
    let mut slow = History::default();
    for second in 0..=20u64 {
        slow.heard(at(second * 1_000), &report(second * 1_000, second / 2));
    }
    assert!((slow.rate - 0.5).abs() < 0.11, "{}", slow.rate);
}

#[test]
fn every_span_shows_what_was_and_memory_is_bounded() {
    let mut history = History::default();
    let hours = 30;
    for second in 0..hours * 3_600u64 {
        history.heard(at(second * 1_000), &report(second * 1_000, second * 50));
    }
    let now = at(hours * 3_600_000);
    for span in Span::ALL {
        let shown = history.rings.series(now, span, Measure::Rate);
        assert_eq!(shown.len(), span.count());
        let known: Vec<f32> = shown.iter().flatten().copied().collect();
        assert!(known.len() + 1 >= span.count(), "{span:?} {}", known.len());
        assert!(
            known.iter().all(|rate| (rate - 50.0).abs() < 0.5),
            "{span:?} {known:?}"
        );
    }
    let kept: usize = history.rings.0.iter().map(|ring| ring.buckets.len()).sum();
    assert_eq!(kept, 60 + 180 + 120 + 144 + 4);
}

#[test]
fn a_machine_that_slept_leaves_a_gap_not_a_spike() {
    let mut history = History::default();
    steady(&mut history, 0, 10);
    // Nobody looked for twenty seconds; meanwhile a lot came.
    history.heard(at(30_000), &report(30_000, 900_000));
    for step in 121..=160u64 {
        let events = 900_000 + (step - 120) * 250;
        history.heard(at(step * 250), &report(step * 250, events));
    }
    let shown = history
        .rings
        .series(at(40_000), Span::Minute, Measure::Rate);
    let known: Vec<f32> = shown.iter().flatten().copied().collect();
    assert_eq!(known.len(), 20);
    assert!(
        known.iter().all(|rate| (rate - 1_000.0).abs() < 1.0),
        "{known:?}"
    );
    assert!((history.rate - 1_000.0).abs() < 1.0);
    // The same when only the other side's clock went on.
    let mut history = History::default();
    steady(&mut history, 0, 10);
    history.heard(at(10_250), &report(3_600_000, 9_000_000));
    let shown = history
        .rings
        .series(at(12_000), Span::Minute, Measure::Rate);
    assert!(
        shown.iter().flatten().all(|rate| *rate < 1_001.0),
        "{shown:?}"
    );
}

#[test]
fn another_run_begins_anew() {
    let mut history = History::default();
    steady(&mut history, 0, 10);
    history.heard(at(10_500), &report(100, 7));
    let shown = history
        .rings
        .series(at(12_000), Span::Minute, Measure::Rate);
    assert!(
        shown.iter().flatten().all(|rate| *rate < 1_001.0),
        "{shown:?}"
    );
    let over = Overview {
        state: Some(State::Ended(EndReason::Stopped)),
        ..report(200, 14)
    };
    history.heard(at(10_600), &over);
    assert!(history.rate.abs() < 1e-9);
    // Nothing is known of the time in which it does not run.
    let shown = history
        .rings
        .series(at(20_000), Span::Minute, Measure::Rate);
    assert!(shown.iter().rev().take(8).all(Option::is_none), "{shown:?}");
}

#[test]
fn the_last_minute_in_a_few_cells_does_not_shift_while_a_cell_fills() {
    let mut history = History::default();
    steady(&mut history, 0, 60);
    let cells = history.rings.minute(at(61_000), 12);
    assert_eq!(cells.len(), 12);
    assert!(
        cells
            .iter()
            .flatten()
            .all(|rate| (rate - 1_000.0).abs() < 1.0)
    );
    let early = history.rings.minute(at(60_000), 12);
    assert_eq!(early.last().copied().flatten(), None);
    assert_eq!(history.rings.minute(at(60_900), 12), early);
    assert!(history.rings.minute(at(0), 12).iter().all(Option::is_none));
}

#[test]
fn what_has_just_started_is_known_from_its_start() {
    let mut history = History::default();
    history.heard(at(10_000), &report(2_000, 600));
    let shown = history
        .rings
        .series(at(12_000), Span::Minute, Measure::Rate);
    assert_eq!(shown.iter().flatten().count(), 2);
    // What ran long before is not.
    let mut history = History::default();
    history.heard(at(10_000), &report(200_000, 600_000));
    let shown = history
        .rings
        .series(at(12_000), Span::Minute, Measure::Rate);
    assert_eq!(shown.iter().flatten().count(), 0);
}

/// Reports every so often of a run that makes ten events at 370 ms past each full second, and how it is
/// known by the table and by the chart.
#[test]
fn what_comes_in_bursts_is_one_number_in_table_and_chart() {
    for every in [250, 333, 1_000] {
        let mut history = History::default();
        let mut ms: u64 = 0;
        while ms < 30_000 {
            let bursts = (ms + 630) / 1_000;
            let one = Overview {
                flowed: at((bursts * 1_000).saturating_sub(630)),
                ..report(ms, bursts * 10)
            };
            // They come late, and not always as late.
            history.heard(at(7_000 + ms + ms % 40), &one);
            ms += every;
        }
        assert!((history.rate - 10.0).abs() < 1e-9, "{}", history.rate);
        let shown = history
            .rings
            .series(at(36_000), Span::Minute, Measure::Rate);
        let known: Vec<f32> = shown.iter().flatten().copied().collect();
        assert!(known.len() >= 28, "{known:?}");
        assert!(
            known.iter().all(|rate| (rate - 10.0).abs() < 0.5),
            "{every}: {known:?}"
        );
    }
}
