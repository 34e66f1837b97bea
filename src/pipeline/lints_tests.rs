#![allow(clippy::unwrap_used)]

use super::*;
use crate::time::SECOND_US;

/// A sound run after so many seconds: a hundred events a second, all written.
fn sound(second: i64) -> Sample {
    let count = u64::try_from(second).unwrap() * 100;
    Sample {
        at_us: second * SECOND_US,
        timed: true,
        gain: 1.0,
        released: count,
        events: count,
        bytes: count * 10,
        outputs: vec![OutputSample {
            stats: OutputStats {
                name: "file".to_owned(),
                received: count,
                written: count,
                ..OutputStats::default()
            },
            queue: QueueStats {
                capacity: 10,
                ..QueueStats::default()
            },
            ..OutputSample::default()
        }],
        next: NextTime::At((second + 1) * SECOND_US),
        ..Sample::default()
    }
}

/// A sample every five seconds for a minute.
fn history(change: impl Fn(i64, &mut Sample)) -> VecDeque<Sample> {
    let seconds = (0..=60).step_by(5);
    seconds
        .map(|second| {
            let mut sample = sound(second);
            change(second, &mut sample);
            sample
        })
        .collect()
}

fn names(history: &VecDeque<Sample>) -> Vec<String> {
    judge(history)
        .into_iter()
        .map(|found| found.lint.name)
        .collect()
}

/// What to do to a sample of a second.
type Do = fn(i64, &mut Sample);

#[test]
fn each_oddity_has_its_name_and_its_opposite_has_none() {
    let cases: &[(&str, Do)] = &[
        ("", |_, _| {}),
        ("slow-output", |second, one| {
            one.outputs[0].queue.len = 10;
            one.lag = Duration::from_secs(u64::try_from(second).unwrap());
        }),
        // As fast as possible some stage has to be the slowest.
        ("", |_, one| {
            one.outputs[0].queue.len = 10;
            one.timed = false;
        }),
        // Held on purpose.
        ("", |_, one| {
            one.outputs[0].queue.len = 10;
            one.outputs[0].stats.paused = true;
        }),
        ("queue-growing", |second, one| {
            one.outputs[0].queue.len = usize::try_from(second / 8).unwrap();
        }),
        ("", |second, one| {
            one.outputs[0].queue.len = usize::try_from(second % 10).unwrap();
        }),
        ("nothing-taken", |second, one| {
            one.outputs[0].stats.written = 0;
            one.outputs[0].stats.in_flight = 100 + second.unsigned_abs();
        }),
        ("nothing-taken", |second, one| {
            one.outputs[0].stats.written = 0;
            one.outputs[0].stats.write_failed = second.unsigned_abs();
        }),
        ("format-check", |second, one| {
            one.outputs[0].stats.format_failed = second.unsigned_abs();
        }),
        ("json-check", |second, one| {
            one.outputs[0].stats.format_failed = second.unsigned_abs();
            one.outputs[0].json = true;
        }),
        // Long past.
        ("", |second, one| {
            one.outputs[0].stats.format_failed = second.unsigned_abs().min(5);
        }),
        ("all-failed", |_, one| {
            one.failed = one.released;
            one.events = 0;
        }),
        ("all-dropped", |_, one| {
            one.dropped = one.released;
            one.events = 0;
        }),
        ("nothing-picked", |_, one| {
            one.events = 0;
        }),
        ("empty-template", |_, one| {
            one.blank = vec![("a".to_owned(), 50)];
        }),
        ("", |_, one| one.blank = vec![("a".to_owned(), 2)]),
        ("silent-schedule", |_, one| one.next = NextTime::Never),
        ("silent-schedule", |_, one| {
            one.next = NextTime::At(400 * 86_400 * SECOND_US);
        }),
        ("silent-schedule", |_, one| one.gain = 0.0),
        ("", |_, one| {
            one.next = NextTime::Never;
            one.paused = true;
        }),
        ("same-event", |_, one| one.same = 100),
        ("", |_, one| one.same = 99),
        ("unverified", |_, one| one.outputs[0].unverified = true),
    ];
    for (index, (name, change)) in cases.iter().enumerate() {
        let found = names(&history(change));
        let expected: Vec<&str> = Some(*name)
            .into_iter()
            .filter(|one| !one.is_empty())
            .collect();
        assert_eq!(found, expected, "case {index}");
    }
}

#[test]
fn half_a_minute_has_to_pass_before_an_output_is_slow() {
    let full = |_: i64, one: &mut Sample| {
        one.outputs[0].queue.len = 10;
        one.lag = Duration::from_secs(9);
    };
    let all = history(full);
    for length in 1..=6 {
        let short: VecDeque<Sample> = all.iter().take(length).cloned().collect();
        assert!(names(&short).is_empty(), "{length}");
    }
    let enough: VecDeque<Sample> = all.iter().take(7).cloned().collect();
    assert_eq!(names(&enough), ["slow-output"]);
    assert!(judge(&VecDeque::new()).is_empty());
}

#[test]
fn beginning_and_end_are_told_once_and_nothing_flickers() {
    let mut watcher = Watcher::default();
    let mut turns = Vec::new();
    for second in (0..600).step_by(5) {
        let mut sample = sound(second);
        // On and off, then off for good.
        if second < 300 && second % 10 == 0 {
            sample.same = 500;
        }
        for turn in watcher.add(sample, Vec::new()) {
            turns.push((second, turn));
        }
        let shown = watcher.lints();
        let since: Vec<i64> = shown.iter().map(|lint| lint.since_us).collect();
        if (10..300).contains(&second) {
            assert_eq!(since, [10 * SECOND_US], "{second}");
        }
    }
    let told: Vec<(i64, bool)> = turns
        .iter()
        .map(|(second, turn)| (*second, matches!(turn, Turn::Begins(_))))
        .collect();
    assert_eq!(told, [(10, true), (300, false)]);
    assert!(watcher.lints().is_empty());
}

#[test]
fn what_comes_back_again_and_again_is_told_at_most_once_a_minute() {
    let mut watcher = Watcher::default();
    let mut begins = 0;
    for second in (0..600).step_by(5) {
        let mut sample = sound(second);
        sample.same = if second % 30 == 0 { 500 } else { 0 };
        let turns = watcher.add(sample, Vec::new());
        begins += turns
            .iter()
            .filter(|turn| matches!(turn, Turn::Begins(_)))
            .count();
    }
    assert!((5..=10).contains(&begins), "{begins}");
}

#[test]
fn what_others_found_is_shown_with_the_rest() {
    let mut watcher = Watcher::default();
    let lint = Lint {
        name: "same-file".to_owned(),
        message: "two".to_owned(),
        ..Lint::default()
    };
    let turns = watcher.add(sound(0), vec![lint.clone()]);
    assert_eq!(turns, [Turn::Begins(lint.clone())]);
    assert_eq!(watcher.lints(), [lint]);
}

#[test]
fn an_output_that_is_gone_is_not_judged() {
    let cases: &[Do] = &[
        |second, one| {
            one.outputs[1].queue.len = 10;
            one.lag = Duration::from_secs(second.unsigned_abs());
        },
        |second, one| one.outputs[1].queue.len = usize::try_from(second / 8).unwrap(),
        |second, one| one.outputs[1].stats.format_failed = second.unsigned_abs(),
        |second, one| {
            one.outputs[0].stats.written = 0;
            one.outputs[1].stats.written = 0;
            one.outputs[1].stats.in_flight = 100;
            one.outputs[1].stats.write_failed = second.unsigned_abs();
        },
    ];
    for (index, change) in cases.iter().enumerate() {
        for (name, judged) in [("http", true), ("http (former)", false)] {
            let all = history(|second, one| {
                let mut other = one.outputs[0].clone();
                other.stats.name = name.to_owned();
                one.outputs.push(other);
                change(second, one);
            });
            assert_eq!(!names(&all).is_empty(), judged, "case {index} {name}");
        }
    }
}
