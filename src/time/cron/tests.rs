#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::obvious::Obvious;
use super::*;
use crate::time::{DAY_US, Moment, SECOND_US, Zone, civil_from_days, month_len, weekday};

fn schedule(text: &str) -> Schedule {
    Cron::parse(text).unwrap().schedule(&mut |_| 0)
}

/// Fire times as text, at most `max`.
fn fires(text: &str, zone: &str, start: &str, end: &str, max: usize) -> Vec<String> {
    let zone = Zone::parse(zone).unwrap();
    let instant = |text: &str| {
        crate::time::iso::strict(text)
            .unwrap()
            .in_zone(zone)
            .instant_us()
    };
    let mut ticks = Ticks::new(schedule(text), zone, instant(start), instant(end));
    let mut out = Vec::new();
    ticks.fill(max, 1, &mut out);
    out.iter().map(Moment::to_string).collect()
}

#[test]
fn both_passes_of_a_repeated_hour_fire_with_their_own_offsets() {
    assert_eq!(
        fires(
            "30 1 * * *",
            "America/New_York",
            "2024-11-03",
            "2024-11-04",
            9
        ),
        ["2024-11-03T01:30:00-04:00", "2024-11-03T01:30:00-05:00"]
    );
}

#[test]
fn the_second_pass_fires_also_when_the_next_match_is_far_away() {
    let found = fires(
        "30,59 1 * 4 0",
        "Australia/Lord_Howe",
        "2024-04-07",
        "2025-04-01",
        9,
    );
    assert_eq!(
        found.get(..4).unwrap(),
        [
            "2024-04-07T01:30:00+11:00",
            "2024-04-07T01:59:00+11:00",
            "2024-04-07T01:30:00+10:30",
            "2024-04-07T01:59:00+10:30",
        ]
    );
}

#[test]
fn a_start_in_the_second_pass_or_at_the_end_of_a_gap_is_an_instant() {
    assert_eq!(
        fires(
            "*/30 * * * *",
            "America/New_York",
            "2024-11-03T06:00:00Z",
            "2024-11-03T06:59:00Z",
            9
        ),
        ["2024-11-03T01:00:00-05:00", "2024-11-03T01:30:00-05:00"]
    );
    assert_eq!(
        fires(
            "*/30 * * * *",
            "America/New_York",
            "2024-03-10T07:00:00Z",
            "2024-03-10T07:59:00Z",
            9
        ),
        ["2024-03-10T03:00:00-04:00", "2024-03-10T03:30:00-04:00"]
    );
}

#[test]
fn skipped_times_are_made_up_for_once() {
    let spring = |text| {
        fires(
            text,
            "America/New_York",
            "2024-03-10",
            "2024-03-10T04:00:00",
            9,
        )
    };
    assert_eq!(spring("30 2 * * *"), ["2024-03-10T03:00:00-04:00"]);
    assert_eq!(spring("0 2,3 * * *"), ["2024-03-10T03:00:00-04:00"]);
    assert_eq!(spring("30 2 * * * 15,45"), ["2024-03-10T03:00:15-04:00"]);
    assert_eq!(spring("30 * 10 * * 0").len(), 3, "no restricted hour");
    assert_eq!(
        fires(
            "30 2 * * * 15",
            "America/New_York",
            "2024-03-10T07:00:10Z",
            "2024-03-10T08:00:00Z",
            9
        ),
        ["2024-03-10T03:00:15-04:00"],
        "also when the start lies between the change and the fire"
    );
    assert!(
        fires(
            "30 2 * * * 15",
            "America/New_York",
            "2024-03-10T07:00:16Z",
            "2024-03-10T08:00:00Z",
            9
        )
        .is_empty()
    );
}

#[test]
fn impossible_dates_end_at_once() {
    assert!(!schedule("0 0 30 2 *").fires());
    assert!(fires("0 0 30 2 *", "UTC", "2024-01-01", "9999-01-01", 9).is_empty());
    assert!(schedule("0 0 29 2 1#5").fires());
}

#[test]
fn errors_name_the_field_and_the_way_out() {
    let error = |text| Cron::parse(text).unwrap_err();
    assert_eq!(
        error("61 * * * *").message,
        "minute field `61`: 61 is above 59"
    );
    assert_eq!(
        error("0 0 * * monday").help.as_deref(),
        Some("names have three letters: `mon`")
    );
    assert_eq!(
        error("0 0 * * 5L").help.as_deref(),
        Some("the last such weekday is written `L5`")
    );
    assert!(
        error("* * 9-17 * * MON-FRI")
            .help
            .unwrap()
            .contains("`* 9-17 * * mon-fri *`")
    );
    assert!(error("@hourl").help.unwrap().contains("@hourly"));
}

#[test]
fn seconds_written_first_are_noticed() {
    let moved = |text| Cron::parse(text).unwrap().seconds_first();
    assert_eq!(moved("*/5 * * * * *").as_deref(), Some("* * * * * */5"));
    assert_eq!(moved("0 */5 * * * *").as_deref(), Some("*/5 * * * * 0"));
    assert_eq!(moved("* * * * * *"), None);
    assert_eq!(moved("*/5 * * * *"), None);
    assert_eq!(moved("0 */5 * * * 30"), None);
}

#[test]
fn random_fields_draw_within_their_bounds() {
    let cron = Cron::parse("R(10-20) R/6 * * *").unwrap();
    assert!(cron.is_random());
    let mut bounds = Vec::new();
    cron.schedule(&mut |bound| {
        bounds.push(bound);
        bound - 1
    });
    assert_eq!(bounds, [11, 6]);
}

#[test]
fn each_fire_is_repeated_across_fills() {
    let mut ticks = Ticks::new(schedule("* * * * *"), Zone::UTC, 0, 120 * SECOND_US);
    let mut out = Vec::new();
    for _ in 0..3 {
        ticks.fill(4, 3, &mut out);
    }
    let minutes: Vec<i64> = out.iter().map(|at| at.wall_us / (60 * SECOND_US)).collect();
    assert_eq!(minutes, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}

/// Fire times found by looking at every minute (or second) and asking whether it matches.
fn slowly(expression: &Plain, zone: Zone, start_us: i64, end_us: i64, step_us: i64) -> Vec<Moment> {
    let mut found = Vec::new();
    // A change just before the start may be made up for just after it.
    let mut at = start_us - start_us.rem_euclid(step_us) - 120 * SECOND_US;
    let mut before = zone.at_instant(at - step_us);
    while at <= end_us {
        let now = zone.at_instant(at);
        let skipped = now.offset_s - before.offset_s;
        if skipped > 0 && !expression.any_hour() {
            let first = before.wall_us + step_us;
            let due = (0..i64::from(skipped) * SECOND_US / step_us)
                .map(|index| first + index * step_us)
                .find(|&wall| expression.matches(wall));
            if let Some(mut wall) = due {
                while wall < first + i64::from(skipped) * SECOND_US {
                    wall += 60 * SECOND_US;
                }
                found.push(Moment {
                    wall_us: wall,
                    offset_s: now.offset_s,
                });
            }
        }
        if expression.matches(now.wall_us) {
            found.push(now);
        }
        before = now;
        at += step_us;
    }
    found.sort();
    found.dedup();
    found.retain(|at| (start_us..=end_us).contains(&at.instant_us()));
    found
}

/// An expression of plain lists, and its meaning spelled out.
#[derive(Clone, Debug)]
struct Plain {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Vec<u32>,
    months: Vec<u32>,
    weekdays: Vec<u32>,
    seconds: Vec<u32>,
}

impl Plain {
    fn text(&self) -> String {
        let list = |values: &[u32]| {
            if values.is_empty() {
                return "*".to_owned();
            }
            let texts: Vec<String> = values.iter().map(u32::to_string).collect();
            texts.join(",")
        };
        let fields = [
            &self.minutes,
            &self.hours,
            &self.days,
            &self.months,
            &self.weekdays,
        ];
        let text = fields.map(|values| list(values)).join(" ");
        if self.seconds.is_empty() {
            text
        } else {
            format!("{text} {}", list(&self.seconds))
        }
    }

    fn any_hour(&self) -> bool {
        self.hours.is_empty() || (0..24).all(|hour| self.hours.contains(&hour))
    }

    fn matches(&self, wall_us: i64) -> bool {
        let days = wall_us.div_euclid(DAY_US);
        let second = u32::try_from(wall_us.rem_euclid(DAY_US) / SECOND_US).unwrap();
        let (_, month, day) = civil_from_days(days);
        let has = |values: &[u32], value: u32| values.is_empty() || values.contains(&value);
        let by_day = self.days.contains(&day);
        let by_week = self.weekdays.contains(&weekday(days));
        let date = match (self.days.is_empty(), self.weekdays.is_empty()) {
            (true, true) => true,
            (false, true) => by_day,
            (true, false) => by_week,
            (false, false) => by_day || by_week,
        };
        date && has(&self.months, month)
            && has(&self.hours, second / 3_600)
            && has(&self.minutes, second / 60 % 60)
            && if self.seconds.is_empty() {
                second.is_multiple_of(60)
            } else {
                self.seconds.contains(&(second % 60))
            }
    }
}

fn plain(with_seconds: bool) -> impl Strategy<Value = Plain> {
    let list = |from: u32, to: u32, most: usize| prop::collection::vec(from..=to, 0..=most);
    let seconds = prop::collection::vec(
        0_u32..=59,
        usize::from(with_seconds)..=usize::from(with_seconds) * 3,
    );
    (
        list(0, 59, 3),
        list(0, 23, 5),
        list(1, 31, 3),
        list(1, 12, 6),
        list(0, 6, 2),
        seconds,
    )
        .prop_map(|(minutes, hours, days, months, weekdays, seconds)| Plain {
            minutes,
            hours,
            days,
            months,
            weekdays,
            seconds,
        })
}

const ZONES: [&str; 5] = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
];

fn agree(plain: &Plain, zone: &str, start_us: i64, end_us: i64, step_us: i64) {
    let zone = Zone::parse(zone).unwrap();
    let mut ticks = Ticks::new(schedule(&plain.text()), zone, start_us, end_us);
    let counted = ticks.count();
    let mut out = Vec::new();
    ticks.fill(usize::MAX, 1, &mut out);
    assert_eq!(
        out,
        slowly(plain, zone, start_us, end_us, step_us),
        "{}",
        plain.text()
    );
    assert_eq!(counted, Some(out.len() as u64), "count of {}", plain.text());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn minutes_agree_with_a_slow_search(
        plain in plain(false), zone in prop::sample::select(&ZONES[..]), day in 0_i64..366, length in 1_i64..12,
    ) {
        let start_us = 1_704_067_200 * SECOND_US + day * DAY_US + 12_345;
        agree(&plain, zone, start_us, start_us + length * DAY_US, 60 * SECOND_US);
    }

    #[test]
    fn clock_changes_agree_with_a_slow_search(
        plain in plain(true), zone in prop::sample::select(&ZONES[1..4]), shift in -9_000_i64..9_000, change in 0_usize..2,
    ) {
        let around = [1_710_054_000, 1_730_613_600, 1_711_846_800, 1_729_990_800, 1_712_415_600, 1_728_142_200];
        let index = ZONES.iter().position(|name| *name == zone).unwrap() - 1;
        let start_us = (around[index * 2 + change] - 4_000 + shift) * SECOND_US;
        let hours = plain.hours.iter().map(|hour| hour % 4).collect();
        let plain = Plain { hours, months: Vec::new(), days: Vec::new(), ..plain };
        agree(&plain, zone, start_us, start_us + 8_000 * SECOND_US, SECOND_US);
    }

    #[test]
    fn no_text_panics(text in "[0-9a-zA-Z*/,?#()@ -]{0,24}") {
        if let Ok(cron) = Cron::parse(&text) {
            let mut ticks = Ticks::new(cron.schedule(&mut |bound| bound - 1), Zone::UTC, 0, i64::MAX);
            ticks.fill(50, 1, &mut Vec::new());
        }
    }
}

/// A number of a field, sometimes by its name.
fn value(spec: &'static field::Spec, lowest: u32, highest: u32) -> BoxedStrategy<String> {
    (lowest..=highest, any::<bool>())
        .prop_map(move |(value, named)| {
            let name = spec.names.get((value - spec.min) as usize);
            match name {
                Some(name) if named => (*name).to_owned(),
                _ => value.to_string(),
            }
        })
        .boxed()
}

/// Any plain item of a field.
fn item(spec: &'static field::Spec) -> BoxedStrategy<String> {
    // Years near those that are looked at.
    let (lowest, highest) = match spec.name {
        "year" => (2023, 2026),
        _ => (spec.min, spec.max),
    };
    let one = move || value(spec, lowest, highest);
    let step = 1_u32..=20;
    prop_oneof![
        4 => one(),
        3 => (one(), one()).prop_map(|(from, to)| format!("{from}-{to}")),
        2 => (one(), one(), step.clone()).prop_map(|(from, to, step)| format!("{from}-{to}/{step}")),
        1 => step.clone().prop_map(|step| format!("*/{step}")),
        1 => (one(), step).prop_map(|(from, step)| format!("{from}/{step}")),
    ]
    .boxed()
}

fn list(index: usize, most: usize) -> BoxedStrategy<String> {
    prop::collection::vec(item(&FIELDS[index]), 1..=most)
        .prop_map(|items| items.join(","))
        .boxed()
}

/// A field in any of its forms; `any` is the weight of `*`.
fn token(index: usize, any: u32) -> BoxedStrategy<String> {
    let spec = &FIELDS[index];
    let list = |most| list(index, most);
    let star = Just("*".to_owned());
    match index {
        DAY_OF_MONTH => prop_oneof![
            any => star,
            1 => Just("?".to_owned()),
            2 => Just("l".to_owned()),
            1 => list(2).prop_map(|list| format!("{list},l")),
            1 => (20_u32..=31).prop_map(|day| format!("{day}-l")),
            2 => (1_u32..=31).prop_map(|day| format!("{day}w")),
            1 => (1_u32..=31).prop_map(|day| format!("w{day}")),
            6 => list(3),
        ]
        .boxed(),
        DAY_OF_WEEK => prop_oneof![
            any => star,
            1 => Just("?".to_owned()),
            3 => (value(spec, 0, 6), 1_u32..=5).prop_map(|(day, nth)| format!("{day}#{nth}")),
            1 => (0_u32..=7).prop_map(|day| format!("l{day}")),
            1 => Just("mon-wed#2".to_owned()),
            1 => Just("fri-mon#1,l3".to_owned()),
            1 => Just("sun-sat,fri#2".to_owned()),
            1 => Just("*,l5".to_owned()),
            6 => list(2),
        ]
        .boxed(),
        _ => prop_oneof![any => star, 6 => list(3)].boxed(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_whole_dialect_agrees_with_an_obvious_reading(
        minute in list(0, 2), hour in token(1, 2), day in token(DAY_OF_MONTH, 5), month in token(3, 6),
        week in token(DAY_OF_WEEK, 5), second in list(SECOND, 2), year in token(YEAR, 2),
        length in 5_usize..=7, from in 19_358_i64..20_454,
    ) {
        let text = [minute, hour, day, month, week, second, year][..length].join(" ");
        let days = if length > 5 { 2 } else { 300 };
        let cron = Cron::parse(&text).unwrap();
        let schedule = cron.schedule(&mut |_| 0);
        let slow = Obvious::new(&text).matches(from, from + days);
        let (start_us, end_us) = (from * DAY_US, (from + days) * DAY_US - 1);
        let ticks = Ticks::new(schedule, Zone::UTC, start_us, end_us);
        prop_assert_eq!(ticks.count(), Some(slow.len() as u64), "{}", text);
        prop_assert_eq!(ticks.last().map(|at| at.wall_us / SECOND_US), slow.last().copied(), "{}", text);
        let mut fast = Vec::new();
        ticks.clone().fill(usize::MAX, 1, &mut fast);
        prop_assert!(fast.iter().map(|at| at.wall_us / SECOND_US).eq(slow.iter().copied()), "{}", text);
    }
}

#[test]
fn a_century_is_counted_without_walking_it() {
    let day = 36_525 * DAY_US;
    let ticks = Ticks::new(schedule("* * * * * *"), Zone::UTC, 0, day - 1);
    assert_eq!(ticks.count(), Some(36_525 * 86_400));
    assert_eq!(month_len(2000, 2), 29);
}
