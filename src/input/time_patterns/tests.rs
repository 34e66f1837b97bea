#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::input::testing::{env_in, fill, problems_with, run};
use crate::input::{InputConfig, InputEnv, Window};
use crate::time::{Moment, SECOND_US};

/// A pattern file with parts replaced: `from`, `to`, ...
fn file(changes: &[(&str, &str)]) -> String {
    let mut text = "label: p
oscillator: {start: '2024-01-01T00:00:00Z', end: +1d, period: 10, unit: minutes}
multiplier: {ratio: 100}
randomizer: {deviation: 0, direction: mixed}
spreader: {distribution: uniform, parameters: {low: 0, high: 1}}
"
    .to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

fn config(files: &[String]) -> Box<dyn InputConfig> {
    let names: Vec<String> = (0..files.len())
        .map(|index| format!("p{index}.yml"))
        .collect();
    let named: Vec<(&str, &str)> = names
        .iter()
        .map(String::as_str)
        .zip(files.iter().map(String::as_str))
        .collect();
    let yaml = format!("time_patterns: {{patterns: [{}]}}", names.join(", "));
    run(&yaml, &named, |config, found| {
        config.unwrap_or_else(|| panic!("{found:?}"))
    })
}

fn found(changes: &[(&str, &str)]) -> Vec<String> {
    let text = file(changes);
    problems_with("time_patterns: {patterns: [p.yml]}", &[("p.yml", &text)])
}

fn seeded(zone: &str, seed: u64) -> InputEnv<'static> {
    InputEnv {
        seed: Some(seed),
        ..env_in(zone)
    }
}

#[test]
fn problems_are_told_with_their_place_in_the_pattern_file() {
    for (changes, words) in [
        (("minutes", "minute"), ["p.yml:2", "`minutes`"]),
        (("unit", "unti"), ["p.yml:2", "unit"]),
        (("ratio: 100", "ratio: 0"), ["p.yml:3", "at least 1"]),
        (
            ("deviation: 0", "deviation: 1.5"),
            ["p.yml:4", "from 0 to 1"],
        ),
        (("mixed", "mixed, sampling: 15"), ["p.yml:4", "at least 16"]),
        (("low: 0", "low: 1"), ["p.yml:5", "less than `high`"]),
        (("uniform", "beta"), ["p.yml:5", "needs the option `a`"]),
        (
            (
                "period: 10, unit: minutes",
                "period: 0.1, unit: microseconds",
            ),
            ["p.yml:2", "no length"],
        ),
        (
            ("period: 10", "period: .inf"),
            ["p.yml:2", "longer than the calendar"],
        ),
        (("end: +1d", "end: ~"), ["p.yml:2", "a moment is missing"]),
        (
            ("end: +1d", "end: -1d"),
            ["p.yml:2", "earlier than `start`"],
        ),
        (("label: p", "labl: p"), ["p.yml:1", "`label`"]),
    ] {
        let found = found(&[changes]);
        let told = found
            .iter()
            .any(|one| words.iter().all(|word| one.contains(word)));
        assert!(told, "{changes:?}: {found:?}");
    }
    let nothing = found(&[
        ("ratio: 100", "ratio: 1"),
        (
            "deviation: 0, direction: mixed",
            "deviation: 0.1, direction: decrease",
        ),
    ]);
    assert!(
        nothing[0].contains("no period has any timestamp"),
        "{nothing:?}"
    );
    let missing = problems_with("time_patterns: {patterns: [none.yml]}", &[]);
    assert!(
        missing[0].contains("cannot read the pattern file `none.yml`"),
        "{missing:?}"
    );
    assert!(problems_with("time_patterns: {patterns: []}", &[])[0].contains("patterns"));
}

#[test]
fn days_follow_the_calendar_and_hours_the_time_that_passes() {
    let days = file(&[
        (
            "'2024-01-01T00:00:00Z', end: +1d",
            "2024-11-02, end: 2024-11-05",
        ),
        ("period: 10, unit: minutes", "period: 1, unit: days"),
    ]);
    let all = fill(
        config(&[days]).as_ref(),
        &seeded("America/New_York", 1),
        1_000,
    );
    assert_eq!(all.len(), 300);
    for (index, day) in ["2024-11-02", "2024-11-03", "2024-11-04"]
        .iter()
        .enumerate()
    {
        let here = &all[index * 100..(index + 1) * 100];
        assert!(here.iter().all(|at| at.date_text() == *day), "{day}");
    }
    let hours = file(&[
        (
            "'2024-01-01T00:00:00Z', end: +1d",
            "2024-11-03, end: 2024-11-04",
        ),
        ("period: 10, unit: minutes", "period: 1, unit: hours"),
    ]);
    let all = fill(
        config(&[hours]).as_ref(),
        &seeded("America/New_York", 1),
        9_999,
    );
    assert_eq!(all.len(), 2_500, "the day has 25 hours");
    assert!(all.is_sorted_by_key(|at| at.instant_us()));
}

#[test]
fn a_pattern_without_end_ends_with_the_calendar() {
    let late = file(&[(
        "'2024-01-01T00:00:00Z', end: +1d",
        "'9999-12-31T23:00:00Z', end: never",
    )]);
    let all = fill(config(&[late]).as_ref(), &seeded("UTC", 1), 9_999);
    assert_eq!(all.len(), 600);
}

#[test]
fn huge_numbers_begin_at_once_and_are_counted_at_once() {
    let huge = file(&[
        ("ratio: 100", "ratio: 9000000000000000000"),
        ("period: 10, unit: minutes", "period: 52, unit: weeks"),
        (
            "uniform, parameters: {low: 0, high: 1}",
            "beta, parameters: {a: 0.5, b: 7}",
        ),
        ("end: +1d", "end: never"),
    ]);
    let config = config(&[huge]);
    let env = seeded("UTC", 7);
    assert_eq!(fill(config.as_ref(), &env, 1_000).len(), 1_000);
    let start = 1_704_067_200 * SECOND_US;
    let window = Window {
        from_us: start,
        to_us: start + 3_600 * SECOND_US,
        buckets: 60,
    };
    let counts = config.counts(&env, &window).unwrap();
    assert!(counts.exact && counts.buckets[0] > counts.buckets[59]);
}

fn any_pattern() -> impl Strategy<Value = String> {
    let shape = prop_oneof![
        Just("uniform, parameters: {low: 0, high: 1}"),
        Just("uniform, parameters: {low: 0.6, high: 0.7}"),
        Just("triangular, parameters: {left: 0, mode: 0.2, right: 1}"),
        Just("beta, parameters: {a: 2, b: 5}"),
        Just("beta, parameters: {a: 0.2, b: 0.5}"),
    ];
    let factor = prop_oneof![
        Just("deviation: 0, direction: mixed"),
        Just("deviation: 0.9, direction: mixed, sampling: 16"),
        Just("deviation: 0.3, direction: increase"),
    ];
    let period = prop_oneof![
        Just("period: 10, unit: minutes"),
        Just("period: 1, unit: days"),
        Just("period: 2.5, unit: hours"),
    ];
    (shape, factor, period, 1_u32..2_000).prop_map(|(shape, factor, period, ratio)| {
        let ratio = format!("ratio: {ratio}");
        file(&[
            (
                "'2024-01-01T00:00:00Z', end: +1d",
                "2024-11-02, end: +2d12h",
            ),
            ("uniform, parameters: {low: 0, high: 1}", shape),
            ("deviation: 0, direction: mixed", factor),
            ("period: 10, unit: minutes", period),
            ("ratio: 100", &ratio),
        ])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any window is the same however it is reached, and its counts are told in advance.
    #[test]
    fn windows_need_nothing_of_what_came_before(
        files in prop::collection::vec(any_pattern(), 1..3),
        seed in any::<u64>(),
        at in 0.0..1.0_f64,
        length in 1_i64..40,
        skip in any::<bool>(),
    ) {
        let config = config(&files);
        let mut env = seeded("America/New_York", seed);
        env.now = env.zone.at_instant((1_730_592_000 + 86_400) * SECOND_US);
        env.skip_past = skip;
        let all = fill(config.as_ref(), &env, usize::MAX);
        prop_assert!(all.is_sorted_by_key(|at| at.instant_us()));
        prop_assert_eq!(config.count(&env), Some(all.len() as u64));
        if skip {
            prop_assert!(all.iter().all(|one| one.instant_us() > env.now.instant_us()));
        }
        let from_us = (1_730_505_600.0 + at * 200_000.0) as i64 * SECOND_US;
        let window = Window { from_us, to_us: from_us + length * 3_600 * SECOND_US, buckets: 7 };
        let counts = config.counts(&env, &window).unwrap();
        prop_assert!(counts.exact);
        let inside = |one: &&Moment| (window.from_us..window.to_us).contains(&one.instant_us());
        prop_assert_eq!(counts.buckets.iter().sum::<u64>(), all.iter().filter(inside).count() as u64);
        let mut input = config.start(&env).unwrap();
        input.seek(from_us);
        let mut later = Vec::new();
        input.fill(usize::MAX, &mut later).unwrap();
        let rest: Vec<Moment> = all.iter().filter(|one| one.instant_us() >= from_us).copied().collect();
        prop_assert_eq!(later, rest);
    }
}
