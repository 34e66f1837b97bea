//! Windows by themselves, and what the plugins tell of a window against what they generate there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::input::testing::{decode, env_in};
use crate::input::{InputConfig, InputEnv};
use crate::time::{DAY_US, Moment, SECOND_US};

proptest! {
    #[test]
    fn edges_and_buckets_agree(
        from_us in -1_000_000_i64..1_000_000, length in 1_i64..100_000, buckets in 1_usize..300,
    ) {
        let window = Window { from_us, to_us: from_us + length, buckets };
        prop_assert_eq!(window.edge(0), window.from_us);
        prop_assert_eq!(window.edge(buckets), window.to_us);
        for (bucket, (from_us, to_us)) in window.ranges().enumerate() {
            if from_us < to_us {
                prop_assert_eq!(window.bucket(from_us), Some(bucket));
                prop_assert_eq!(window.bucket(to_us - 1), Some(bucket));
            }
        }
        prop_assert_eq!(window.bucket(window.to_us), None);
        prop_assert_eq!(window.bucket(window.from_us - 1), None);
    }
}

/// Inputs around noon of 2024-01-15 UTC, some of them finite, over clock changes in both directions.
const INPUTS: &[&str] = &[
    "cron: {expression: '*/7 * * * *', count: 1, start: '-2d'}",
    "cron: {expression: '30 1,2 * * *', count: 3}",
    "cron: {expression: '15 2 L mar-nov sun 0,30', count: 2}",
    "cron: {expression: '0 0 31 2 *', count: 1}",
    "cron: {expression: '*/9 2 * * *', count: 1, start: '2024-01-01', end: '2024-03-10T12:00'}",
    "cron: {expression: '0 12 * * * 0 2024', count: 1}",
    "cron: {expression: 'R R * * *', count: 1}",
    "timer: {seconds: 977.77, count: 1}",
    "timer: {seconds: 3600, count: 4, repeat: 90, start: '-3d'}",
    "timer: {seconds: 1, count: 1, repeat: 5, start: '-3d'}",
    "linspace: {start: '-1d', end: '+60d', count: 1777}",
    "linspace: {start: '-1d', end: '+90d', count: 50, endpoint: false}",
    "linspace: {start: now, end: now, count: 7}",
    "static: {count: 11}",
    "timestamps: {source: ['2024-01-16T00:00:00', '2024-03-10T02:30:00', '2024-01-15T12:00:00Z', 1730613600, '2024-11-03T01:30:00']}",
];

const ZONES: [&str; 4] = [
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe",
    "Europe/Berlin",
];

/// All that a sequence gives before an instant, in its order.
fn generated(
    config: &dyn InputConfig,
    env: &InputEnv<'_>,
    seek: Option<i64>,
    to_us: i64,
) -> Vec<Moment> {
    let mut input = config.start(env).unwrap();
    if let Some(instant_us) = seek {
        // Some were given before.
        input.fill(3, &mut Vec::new()).unwrap();
        input.seek(instant_us);
    }
    let mut all = Vec::new();
    loop {
        let before = all.len();
        input.fill(500, &mut all).unwrap();
        let passed = all
            .last()
            .is_some_and(|at: &Moment| at.instant_us() >= to_us);
        if all.len() < before + 500 || (passed && all.len() > 5) {
            return all;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_told_of_a_window_is_what_is_generated_there(
        text in prop::sample::select(INPUTS), zone in prop::sample::select(&ZONES[..]), skip_past in any::<bool>(),
        seed in 0_u64..4, from_h in -80_i64..7_000, length_s in 1_i64..200_000, buckets in 1_usize..50,
    ) {
        let config = decode(text).unwrap();
        let env = InputEnv { skip_past, seed: Some(seed), ..env_in(zone) };
        let from_us = env.now.instant_us() + from_h * 3_600 * SECOND_US + 17;
        let window = Window { from_us, to_us: from_us + length_s * SECOND_US, buckets };
        let all = generated(config.as_ref(), &env, None, window.to_us);
        let counts = config.counts(&env, &window).unwrap();
        let expected = Counts::of_instants(&window, all.iter().copied().map(Moment::instant_us));
        prop_assert_eq!(&counts, &expected, "{} in {}", text, zone);

        let inside = |at: &Moment| (from_us..window.to_us).contains(&at.instant_us());
        let mut sought = generated(config.as_ref(), &env, Some(from_us), window.to_us);
        sought.retain(inside);
        // A list need not be in order, so those given before are the first three of the whole sequence.
        let rest: Vec<Moment> = all.iter().skip(3).copied().filter(inside).collect();
        prop_assert_eq!(sought, rest, "after a seek: {} in {}", text, zone);
    }
}

#[test]
fn the_last_timestamp_is_that_of_the_whole_sequence() {
    for (text, zone) in INPUTS.iter().zip(ZONES.iter().cycle()) {
        for skip_past in [false, true] {
            let config = decode(text).unwrap();
            let env = InputEnv {
                skip_past,
                seed: Some(1),
                ..env_in(zone)
            };
            let horizon = env.now.instant_us() + 500 * DAY_US;
            let all = generated(config.as_ref(), &env, None, horizon);
            let endless = config.count(&env).is_none();
            let expected = all.iter().copied().max().filter(|_| !endless);
            assert_eq!(config.last(&env), expected, "{text} {skip_past}");
            if !endless {
                assert_eq!(config.count(&env), Some(all.len() as u64), "{text}");
            }
        }
    }
}

#[test]
fn silence_is_explained_in_words() {
    let why = |text: &str, skip_past| {
        let config = decode(text).unwrap();
        let env = InputEnv {
            skip_past,
            ..env_in("UTC")
        };
        config.silence(&env).unwrap()
    };
    let cron = |rest: &str| why(&format!("cron: {{count: 1, {rest}}}"), true);
    assert_eq!(
        cron("expression: '0 0 31 2 *'"),
        "no date matches `0 0 31 2 *`"
    );
    assert!(cron("expression: '* * * * *', start: '-2d', end: '+1d'").contains("lies before now"));
    assert!(
        cron("expression: '0 0 * * *', end: '+1h'")
            .contains("the next time would be 2024-01-16T00:00:00+00:00")
    );
    assert!(cron("expression: '0 0 * * * 0 2020'").contains("the years of"));
    assert!(
        why(
            "timer: {seconds: 1, count: 1, repeat: 5, start: '-3d'}",
            true
        )
        .contains("2024-01-12T12:00:05+00:00")
    );
    assert!(why("timer: {seconds: 1, count: 1, start: never}", false).contains("9999"));
    assert!(why("linspace: {start: '-2h', end: '+1h', count: 3}", true).contains("11:00:00"));
    assert!(why("timestamps: {source: ['2020-01-01']}", true).contains("all 1 listed"));
}
