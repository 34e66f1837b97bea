#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::input::testing::{decode, env_in, fill, problems};
use crate::input::{InputConfig, InputEnv, Window};
use crate::time::{Civil, DAY_US, Moment, SECOND_US, days_from_civil};

/// An input over a calendar like `us_retail` with another noise.
fn config(options: &str, sigma: f64) -> Box<dyn InputConfig> {
    decode(&format!(
        "{{calendar: {{calendar: mine, {options}}}, calendars: {{mine: {{extends: us_retail, sigma: {sigma}}}}}}}"
    ))
    .unwrap()
}

fn seeded(zone: &str, seed: u64) -> InputEnv<'static> {
    InputEnv {
        seed: Some(seed),
        ..env_in(zone)
    }
}

fn days(config: &dyn InputConfig, env: &InputEnv<'_>, first: i64, days: usize) -> Vec<u64> {
    let window = Window {
        from_us: first * DAY_US,
        to_us: (first + days as i64) * DAY_US,
        buckets: days,
    };
    config.counts(env, &window).unwrap().buckets
}

#[test]
fn a_year_of_us_retail_has_the_volumes_of_its_table() {
    let config = config("start: 2024-01-01, end: 2025-01-31", 0.0);
    let env = seeded("UTC", 1);
    let first = days_from_civil(2024, 1, 1);
    let volumes = days(config.as_ref(), &env, first, 397);
    assert_eq!(volumes[..366].iter().sum::<u64>(), 387_047);
    let mut months = [0; 12];
    for (day, volume) in volumes[..366].iter().enumerate() {
        months[Civil::of((first + day as i64) * DAY_US).month as usize - 1] += volume;
    }
    assert_eq!(
        months,
        [
            21_618, 26_389, 30_421, 31_541, 33_328, 32_528, 33_834, 37_634, 34_363, 34_105, 34_975,
            36_311
        ]
    );
    let on = |year, month, day| volumes[(days_from_civil(year, month, day) - first) as usize];
    assert_eq!(
        [
            on(2024, 1, 1),
            on(2024, 7, 4),
            on(2024, 11, 28),
            on(2024, 11, 29),
            on(2024, 12, 2),
            on(2024, 12, 25),
            on(2025, 1, 5)
        ],
        [198, 1_062, 217, 1_980, 2_221, 113, 301]
    );
    assert_eq!(config.count(&env), Some(volumes.iter().sum()));
}

#[test]
fn a_days_volume_does_not_depend_on_the_range() {
    let env = seeded("UTC", 42);
    let day = days_from_civil(2024, 6, 15);
    let volume = |range: &str| days(config(range, 0.1).as_ref(), &env, day, 1)[0];
    let june = volume("start: 2024-06-01, end: 2024-06-30");
    assert_eq!(june, volume("start: 2024-01-01, end: 2024-12-31"));
    assert_eq!(june, volume("start: 2024-06-15, end: 2024-06-15"));
    let noisy = days(config("start: 2024-01-01", 0.1).as_ref(), &env, day, 300);
    let calm = days(config("start: 2024-01-01", 0.0).as_ref(), &env, day, 300);
    let logs: Vec<f64> = noisy
        .iter()
        .zip(&calm)
        .map(|(a, b)| (*a as f64 / *b as f64).ln())
        .collect();
    let spread = (logs.iter().map(|one| one * one).sum::<f64>() / 300.0).sqrt();
    assert!((0.085..0.115).contains(&spread), "{spread}");
}

#[test]
fn hours_have_their_shares() {
    for (hours, shares) in [
        ("business", [0.7, 0.2, 0.1]),
        ("flat", [9.0 / 24.0, 5.0 / 24.0, 10.0 / 24.0]),
    ] {
        let config = config(
            &format!("start: 2024-06-03, base_daily_volume: 1000, hours: {hours}"),
            0.1,
        );
        let all = fill(config.as_ref(), &seeded("UTC", 3), 100_000);
        let mut seen = [0.0_f64; 3];
        for at in &all {
            assert_eq!(at.wall_us % SECOND_US, 0, "whole seconds");
            let hour = at.wall_us.rem_euclid(DAY_US) / (3_600 * SECOND_US);
            seen[match hour {
                9..=17 => 0,
                18..=22 => 1,
                _ => 2,
            }] += 1e-5;
        }
        for (seen, share) in seen.iter().zip(shares) {
            assert!((seen - share).abs() < 0.01, "{hours}: {seen} {share}");
        }
    }
    let fine = config("start: 2024-06-03, resolution: microsecond", 0.1);
    let all = fill(fine.as_ref(), &seeded("UTC", 3), 1_000);
    assert!(all.iter().filter(|at| at.wall_us % SECOND_US == 0).count() < 10);
}

#[test]
fn days_with_a_change_of_the_clock_keep_their_volume_and_their_hours() {
    let env = seeded("America/New_York", 1);
    for (date, missing) in [("2024-03-10", true), ("2024-11-03", false)] {
        let config = config(
            &format!(
                "start: {date}, end: {date}, base_daily_volume: 100000, hours: flat, include_holidays: false"
            ),
            0.0,
        );
        let all = fill(config.as_ref(), &env, usize::MAX);
        assert_eq!(Some(all.len() as u64), config.count(&env));
        assert!(all.is_sorted_by_key(|at| at.instant_us()));
        assert!(all.iter().all(|at| at.date_text() == date));
        let hour = |wanted: i64| {
            all.iter()
                .filter(|at| at.wall_us.rem_euclid(DAY_US) / (3_600 * SECOND_US) == wanted)
                .count() as f64
                / all.len() as f64
        };
        assert!((hour(12) - if missing { 1.0 / 23.0 } else { 1.0 / 24.0 }).abs() < 0.004);
        if missing {
            assert!(hour(2) == 0.0);
        } else {
            assert!((hour(1) - 1.0 / 24.0).abs() < 0.004, "both passes together");
            let first = all
                .iter()
                .filter(|at| {
                    at.wall_us.rem_euclid(DAY_US) / (3_600 * SECOND_US) == 1
                        && at.offset_s == -14_400
                })
                .count();
            assert!(first as f64 / (hour(1) * all.len() as f64) > 0.45);
        }
    }
}

#[test]
fn without_variation_a_total_spreads_evenly() {
    let env = seeded("UTC", 1);
    let config = config(
        "start: 2024-06-01, end: 2024-06-10, volume_variation: false, count: 25",
        0.1,
    );
    let volumes = days(config.as_ref(), &env, days_from_civil(2024, 6, 1), 10);
    assert_eq!(volumes, [3, 2, 3, 2, 3, 2, 3, 2, 3, 2]);
    assert_eq!(
        (config.count(&env), fill(config.as_ref(), &env, 99).len()),
        (Some(25), 25)
    );
}

#[test]
fn weekends_holidays_and_limits() {
    let env = seeded("UTC", 1);
    let day = days_from_civil(2024, 12, 25);
    let one = |options: &str, day| {
        days(
            config(&format!("start: 2024-01-01, {options}"), 0.0).as_ref(),
            &env,
            day,
            1,
        )[0]
    };
    assert_eq!(one("include_holidays: false", day), 1_134);
    let saturday = days_from_civil(2024, 6, 8);
    assert_eq!(one("weekend_multiplier: 2", saturday), 1_995);
    let limited = config("start: 2024-01-01, count: 1234", 0.1);
    assert_eq!(fill(limited.as_ref(), &env, usize::MAX).len(), 1_234);
    let endless = config("start: 9999-12-30", 0.0);
    assert!(!fill(endless.as_ref(), &env, 9_999).is_empty());
}

#[test]
fn problems_are_told() {
    for (options, words) in [
        ("end: 2024-01-01", "needs the option `start`"),
        ("start: 2024-01-02, end: 2024-01-01", "earlier than `start`"),
        ("start: now, hours: busines", "`business`"),
        ("start: now, hours: [1]", "24 numbers"),
        ("start: now, resolution: seconds", "`second`"),
        ("start: now, base_daily_volume: 0", "at least 1"),
        ("start: now, calendar: none", "there is no calendar `none`"),
    ] {
        let found = problems(&format!("calendar: {{{options}}}"));
        assert!(
            found.iter().any(|one| one.contains(words)),
            "{options}: {found:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn windows_need_nothing_of_what_came_before(
        seed in any::<u64>(), at in 0.0..1.0_f64, length in 1_i64..90, skip in any::<bool>(),
        limit in prop_oneof![Just(String::new()), (1_u32..6_000).prop_map(|count| format!(", count: {count}"))],
        resolution in prop_oneof![Just("second"), Just("millisecond")],
    ) {
        let options = format!("start: 2024-10-30, end: 2024-11-05, base_daily_volume: 700, resolution: {resolution}{limit}");
        let config = config(&options, 0.2);
        let mut env = seeded("America/New_York", seed);
        env.now = env.zone.at_instant((1_730_592_000 + 40_000) * SECOND_US);
        env.skip_past = skip;
        let all = fill(config.as_ref(), &env, usize::MAX);
        prop_assert!(all.is_sorted_by_key(|at| at.instant_us()));
        prop_assert_eq!(config.count(&env), Some(all.len() as u64));
        prop_assert!(!skip || all.iter().all(|one| one.instant_us() >= env.now.instant_us()));
        let from_us = (1_730_200_000.0 + at * 700_000.0) as i64 * SECOND_US;
        let window = Window { from_us, to_us: from_us + length * 3_600 * SECOND_US, buckets: 5 };
        let mut seen = vec![0; 5];
        for at in &all {
            if let Some(bucket) = window.bucket(at.instant_us()) {
                seen[bucket] += 1;
            }
        }
        prop_assert_eq!(config.counts(&env, &window).unwrap().buckets, seen);
        let mut input = config.start(&env).unwrap();
        let mut later = Vec::new();
        input.fill(usize::try_from(length).unwrap(), &mut later).unwrap();
        let taken = later.len();
        input.seek(from_us);
        input.fill(usize::MAX, &mut later).unwrap();
        let mut index = 0;
        later.retain(|one| { index += 1; index > taken && one.instant_us() >= from_us });
        let rest: Vec<Moment> = all[taken..].iter().filter(|one| one.instant_us() >= from_us).copied().collect();
        prop_assert_eq!(later, rest);
    }
}
