#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Use;
use super::builtin::find;
use crate::input::testing::problems;
use crate::time::days_from_civil;

fn active(year: i64, month: u32, day: u32) -> Vec<String> {
    let calendar = find("us_retail").unwrap();
    let day = days_from_civil(year, month, day);
    calendar
        .active(day)
        .map(|named| named.name.to_string())
        .collect()
}

#[test]
fn names_of_days() {
    assert_eq!(active(2024, 5, 12), ["mothers_day", "mothers_day_week"]);
    assert_eq!(active(2024, 6, 16), ["fathers_day", "summer_holidays"]);
    assert_eq!(active(2025, 1, 5), ["year_end_holidays"]);
    assert_eq!(active(2025, 1, 2), ["post_christmas", "year_end_holidays"]);
    assert_eq!(
        active(2024, 12, 2),
        ["cyber_monday", "black_friday_week", "christmas_shopping"]
    );
    assert_eq!(active(2024, 3, 3), Vec::<String>::new());
}

/// Factors of days of a calendar written as YAML, by the volume that an input over it gives.
fn factors(definition: &str, days: &[(i64, u32, u32)]) -> Vec<f64> {
    let text = format!(
        "{{calendar: {{start: 2024-01-01, calendar: mine}}, calendars: {{mine: {definition}}}}}"
    );
    crate::input::testing::run_with(&text, |cx| {
        let span = cx.calendars.unwrap().span;
        let calendar =
            super::named("mine", span, cx).unwrap_or_else(|| panic!("{:?}", cx.diagnostics));
        let of = Use {
            dates: true,
            weekend: None,
        };
        days.iter()
            .map(|&(year, month, day)| calendar.factor(days_from_civil(year, month, day), of))
            .collect()
    })
}

#[test]
fn every_form_of_a_date() {
    let definition = "{dates: {summer_sale: {from: 07-01, to: 07-14}, winter: {from: 12-20, to: 01-05}, \
                      payday: {day: 31}, city_day: {nth_weekday: [5, sunday, 2]}, \
                      after_sale: {relative: [summer_sale, 14]}, outage: {on: 2026-03-14}, \
                      good_friday: {easter: -2}}, \
                      factors: {summer_sale: 2, winter: 3, payday: 5, city_day: 7, after_sale: 11, outage: 13, \
                      good_friday: 17}}";
    let days = [
        (2026, 7, 14),
        (2026, 7, 15),
        (2026, 1, 5),
        (2025, 12, 20),
        (2026, 2, 28),
        (2026, 5, 10),
        (2026, 3, 14),
        (2027, 3, 14),
        (2026, 4, 3),
        (2026, 6, 1),
    ];
    assert_eq!(
        factors(definition, &days),
        [2.0, 11.0, 3.0, 3.0, 5.0, 7.0, 13.0, 1.0, 17.0, 1.0]
    );
}

#[test]
fn combinations_and_overrides() {
    let dates = "dates: {a: {day: 1}, b: {from: 01-01, to: 01-02}}, factors: {a: 0.5, b: 3}";
    let first = [(2024, 1, 1)];
    for (combine, expected) in [
        ("min_suppressive", 0.5),
        ("product", 1.5),
        ("max", 3.0),
        ("min", 0.5),
    ] {
        assert_eq!(
            factors(&format!("{{{dates}, combine: {combine}}}"), &first),
            [expected],
            "{combine}"
        );
    }
    let extended = "{extends: us_retail, weekday: [1,1,1,1,1,1,1], week_of_month: [1,1,1,1], \
                    month: [1,1,1,1,1,1,1,1,1,1,1,1], factors: {halloween: 4}}";
    assert_eq!(
        factors(extended, &[(2024, 10, 31), (2024, 7, 4)]),
        [4.0, 0.8]
    );
}

#[test]
fn definitions_are_checked_where_they_stand() {
    for (definition, words) in [
        ("{mine: {weekday: [1, 2]}}", "weekday"),
        ("{mine: {extends: us_retial}}", "us_retail"),
        ("{mine: {extends: mine}}", "in a circle"),
        (
            "{mine: {dates: {a: {relative: [b, 1]}, b: {relative: [a, 1]}}}}",
            "counts from",
        ),
        (
            "{mine: {dates: {a: {relative: [c, 1]}}}}",
            "there is no date `c`",
        ),
        (
            "{mine: {dates: {a: {from: 13-01, to: 02-01}}}}",
            "month-day",
        ),
        (
            "{mine: {dates: {a: {nth_weekday: [5, sunday, 6]}}}}",
            "1 to 5 or -1",
        ),
        ("{mine: {dates: {a: {on: tomorrow}}}}", "2026-03-14"),
        ("{mine: {dates: {a: {}}}}", "one of the forms"),
        (
            "{mine: {factors: {hallowen: 2}, extends: us_retail}}",
            "`halloween`",
        ),
        ("{mine: {sigma: 99}}", "at most 10"),
        ("{us_retail: {}}", "built-in"),
        ("[1]", "names with definitions"),
    ] {
        let found = problems(&format!(
            "{{timer: {{seconds: 1, count: 1}}, calendars: {definition}}}"
        ));
        assert!(
            found.iter().any(|one| one.contains(words)),
            "{definition}: {found:?}"
        );
    }
}
