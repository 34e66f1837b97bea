#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::input::testing::{decode, env_in, fill, problems};
use crate::input::{InputConfig, InputEnv, Window};
use crate::time::{Moment, SECOND_US};

fn seeded(zone: &str, seed: u64) -> InputEnv<'static> {
    InputEnv {
        seed: Some(seed),
        ..env_in(zone)
    }
}

fn instants(options: &str, max: usize) -> Vec<i64> {
    let config = decode(&format!("arrival: {{{options}}}")).unwrap();
    let all = fill(config.as_ref(), &seeded("UTC", 42), max);
    all.iter().map(|at| at.instant_us()).collect()
}

fn gaps(all: &[i64]) -> Vec<f64> {
    all.windows(2)
        .map(|two| (two[1] - two[0]) as f64 / 1e6)
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn uniform_is_exact() {
    let all = instants("rate: 4, start: 2024-01-01, end: +1h", usize::MAX);
    assert_eq!(all.len(), 14_400);
    assert!(all.windows(2).all(|two| two[1] - two[0] == 250_000));
    assert_eq!(all[0], 1_704_067_200 * SECOND_US);
    let thirds = instants("rate: 3, start: 2024-01-01", 30_000_001);
    assert_eq!(
        thirds[30_000_000] - thirds[0],
        10_000_000 * SECOND_US,
        "no drift"
    );
    let day = instants("start: 2024-01-01, end: +1d", usize::MAX);
    assert_eq!(day.len(), 1_000, "the default volume");
}

#[test]
fn poisson_has_exponential_gaps_and_repeats() {
    let all = instants("pattern: poisson, rate: 10, start: 2024-01-01", 100_001);
    let gaps = gaps(&all);
    let mean = mean(&gaps);
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    assert!((mean - 0.1).abs() < 0.001, "{mean}");
    assert!(
        (variance.sqrt() / mean - 1.0).abs() < 0.02,
        "{}",
        variance.sqrt() / mean
    );
    assert_eq!(
        all,
        instants("pattern: poisson, rate: 10, start: 2024-01-01", 100_001)
    );
    // Counts a second, of which ten are expected: variance is the mean, also over borders of cells.
    let mut seconds = vec![0.0; 10_000];
    for at in &all {
        if let Some(count) = seconds.get_mut(((at - 1_704_067_200_000_000) / SECOND_US) as usize) {
            *count += 1.0;
        }
    }
    let spread = seconds[..9_000]
        .iter()
        .map(|one| (one - 10.0_f64).powi(2))
        .sum::<f64>()
        / 9_000.0;
    assert!((spread - 10.0).abs() < 0.8, "{spread}");
}

#[test]
fn nhpp_follows_the_hours() {
    let all = instants(
        "pattern: nhpp, rate: 1, start: 2024-01-01, end: +1d",
        usize::MAX,
    );
    assert!((146_000..=149_200).contains(&all.len()), "{}", all.len());
    let hour = |wanted: i64| {
        all.iter()
            .filter(|&&at| at / (3_600 * SECOND_US) % 24 == wanted)
            .count() as f64
    };
    let ratio = hour(12) / hour(3);
    assert!((22.0..=28.0).contains(&ratio), "{ratio}");
    let fast = instants(
        "pattern: nhpp, rate: 1, start: 2024-01-01, end: +1h, time_compression: 24, hour_profile: \
         [1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1], peak_hours: []",
        usize::MAX,
    );
    let from = 1_704_067_200 * SECOND_US;
    assert!(
        fast.iter()
            .all(|at| (at - from) < 150 * SECOND_US || (at - from) >= 3_450 * SECOND_US)
    );
    assert!((200..400).contains(&fast.len()), "{}", fast.len());
}

#[test]
fn bursts_have_the_mean_that_follows_from_the_options() {
    let all = instants("pattern: burst, rate: 1, start: 2024-01-01", 200_000);
    let rate = 200_000.0 / ((all[199_999] - all[0]) as f64 / 1e6);
    assert!((rate - 0.851).abs() < 0.01, "{rate}");
    let steep = instants(
        "pattern: burst, rate: 1, start: 2024-01-01, burst_probability: 0.5, burst_intensity: 100",
        100_000,
    );
    let short = gaps(&steep).iter().filter(|&&gap| gap < 0.02).count() as f64 / 1e5;
    // Half of the gaps have a mean of 0.01 s, the others one of 1.25 s.
    assert!(
        (short - (0.5 * (1.0 - (-2.0_f64).exp()) + 0.5 * (1.0 - (-0.016_f64).exp()))).abs() < 0.01,
        "{short}"
    );
}

#[test]
fn a_calendar_multiplies_the_rate_of_its_days() {
    for pattern in ["uniform", "poisson"] {
        let options = format!(
            "pattern: {pattern}, base_daily_volume: 10000, start: 2024-11-28, end: 2024-11-30, calendar: us_retail"
        );
        let all = instants(&options, usize::MAX);
        let midnight = 1_732_838_400 * SECOND_US;
        let (thanksgiving, friday) = (
            all.iter().filter(|&&at| at < midnight).count() as f64,
            all.iter().filter(|&&at| at >= midnight).count() as f64,
        );
        // Weekday, week and month of the two days: 1.10 and 1.25, both 0.90 and 1.10.
        assert!(
            (thanksgiving - 2_178.0).abs() < 260.0,
            "{pattern} {thanksgiving}"
        );
        assert!((friday - 19_800.0).abs() < 700.0, "{pattern} {friday}");
    }
}

#[test]
fn problems_and_useless_options_are_told() {
    for (options, words) in [
        ("pattern: possion", "poisson"),
        ("rate: 0", "at least 0.000001"),
        ("rate: 1e8", "expected"),
        ("rate: 100000000.0", "at most 10000000"),
        ("pattern: burst, burst_probability: 1.5", "at most 1"),
        ("pattern: nhpp, peak_hours: [24]", "23"),
        ("pattern: nhpp, hour_profile: [1, 2]", "24 numbers"),
        ("calendar: us_retial", "us_retail"),
        ("peak_hours: [3]", "no effect on the pattern `uniform`"),
        ("rate: 1, base_daily_volume: 5", "no effect beside `rate`"),
        ("start: now, end: -1h", "earlier"),
    ] {
        let found = problems(&format!("arrival: {{{options}}}"));
        assert!(
            found.iter().any(|one| one.contains(words)),
            "{options}: {found:?}"
        );
    }
}

fn any_options() -> impl Strategy<Value = String> {
    let pattern = prop_oneof![
        Just("uniform"),
        Just("poisson"),
        Just("nhpp"),
        Just("nhpp, time_compression: 7.5"),
        Just("burst"),
        Just("uniform, calendar: us_retail"),
        Just("nhpp, calendar: us_retail"),
    ];
    (pattern, 0.0005..0.08_f64).prop_map(|(pattern, rate)| {
        format!("arrival: {{pattern: {pattern}, rate: {rate:.6}, start: 2024-11-02, end: +3d}}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn windows_need_nothing_of_what_came_before(
        options in any_options(), seed in any::<u64>(), at in 0.0..1.0_f64, length in 1_i64..30, skip in any::<bool>(),
    ) {
        let config = decode(&options).unwrap();
        let mut env = seeded("America/New_York", seed);
        env.now = env.zone.at_instant((1_730_592_000 + 86_400) * SECOND_US);
        env.skip_past = skip;
        let all = fill(config.as_ref(), &env, usize::MAX);
        prop_assert!(all.is_sorted_by_key(|at| at.instant_us()));
        if let Some(count) = config.count(&env) {
            prop_assert_eq!(count, all.len() as u64);
        }
        let whole = fill(config.as_ref(), &InputEnv { skip_past: false, ..env }, usize::MAX);
        let from_now = |one: &&Moment| !skip || one.instant_us() >= env.now.instant_us();
        prop_assert_eq!(&all, &whole.iter().filter(from_now).copied().collect::<Vec<_>>());
        let from_us = (1_730_505_600.0 + at * 250_000.0) as i64 * SECOND_US;
        let window = Window { from_us, to_us: from_us + length * 3_600 * SECOND_US, buckets: 5 };
        let counts = config.counts(&env, &window).unwrap();
        prop_assert!(counts.exact);
        let mut seen = vec![0; 5];
        for at in &all {
            if let Some(bucket) = window.bucket(at.instant_us()) {
                seen[bucket] += 1;
            }
        }
        prop_assert_eq!(counts.buckets, seen);
        let mut input = config.start(&env).unwrap();
        input.seek(from_us);
        let mut later = Vec::new();
        input.fill(usize::MAX, &mut later).unwrap();
        later.retain(|one| one.instant_us() >= from_us);
        let rest: Vec<Moment> = all.iter().filter(|one| one.instant_us() >= from_us).copied().collect();
        prop_assert_eq!(later, rest);
    }
}

#[test]
fn long_windows_are_estimated_and_a_limit_is_kept() {
    let config: Box<dyn InputConfig> =
        decode("arrival: {pattern: nhpp, rate: 100, start: 2024-01-01}").unwrap();
    let env = seeded("UTC", 1);
    let from_us = 1_735_689_600 * SECOND_US;
    let window = Window {
        from_us,
        to_us: from_us + 365 * 86_400 * SECOND_US,
        buckets: 12,
    };
    let counts = config.counts(&env, &window).unwrap();
    let expected = 100.0 * 147_600.0 * 365.0;
    assert!(!counts.exact);
    assert!(
        (counts.total() as f64 / expected - 1.0).abs() < 1e-6,
        "{}",
        counts.total()
    );
    let limited =
        decode("arrival: {pattern: poisson, rate: 1, start: 2024-01-01, count: 1000}").unwrap();
    assert_eq!(limited.count(&env), Some(1_000));
    assert_eq!(fill(limited.as_ref(), &env, usize::MAX).len(), 1_000);
    assert_eq!(limited.counts(&env, &window).unwrap().total(), 0);
}

#[test]
fn days_without_any_rate_are_passed_over() {
    for pattern in ["uniform", "poisson"] {
        let config = decode(&format!(
            "{{arrival: {{pattern: {pattern}, base_daily_volume: 100, start: 2024-06-06, end: 2024-06-13, \
             calendar: closed}}, calendars: {{closed: {{weekday: [1, 1, 1, 1, 1, 0, 0]}}}}}}"
        ))
        .unwrap();
        let env = seeded("UTC", 5);
        let all = fill(config.as_ref(), &env, usize::MAX);
        let weekend = ["2024-06-08", "2024-06-09"];
        assert!(
            all.iter()
                .all(|at| !weekend.contains(&at.date_text().as_str()))
        );
        let from_us = 1_717_632_000 * SECOND_US;
        let window = Window {
            from_us,
            to_us: from_us + 7 * 86_400 * SECOND_US,
            buckets: 7,
        };
        let counts = config.counts(&env, &window).unwrap();
        assert_eq!(counts.buckets[2..4], [0, 0], "{pattern}");
        assert_eq!(counts.total(), all.len() as u64);
        if pattern == "uniform" {
            assert_eq!(counts.buckets, [100, 100, 0, 0, 100, 100, 100]);
        }
        for day in 0..7 {
            let mut input = config.start(&env).unwrap();
            let at_us = from_us + (day * 24 + 5) * 3_600 * SECOND_US;
            input.seek(at_us);
            let mut later = Vec::new();
            input.fill(usize::MAX, &mut later).unwrap();
            let rest = all.iter().filter(|one| one.instant_us() >= at_us).count();
            assert_eq!(later.len(), rest, "{pattern} {day}");
        }
    }
}
