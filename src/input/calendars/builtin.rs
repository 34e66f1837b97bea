//! The calendar `us_retail`: how shops in the United States are visited.

use super::{Calendar, Combine, Edge, Named, When};
use crate::time::DateRule;

/// Names of the built-in calendars.
pub(super) const NAMES: [&str; 1] = ["us_retail"];

const THANKSGIVING: DateRule = DateRule::Nth {
    month: 11,
    weekday: 4,
    nth: 4,
};
const MOTHERS_DAY: DateRule = DateRule::Nth {
    month: 5,
    weekday: 0,
    nth: 2,
};
const FATHERS_DAY: DateRule = DateRule::Nth {
    month: 6,
    weekday: 0,
    nth: 3,
};
const LABOR_DAY: DateRule = DateRule::Nth {
    month: 9,
    weekday: 1,
    nth: 1,
};

const fn fixed(month: u32, day: u32) -> DateRule {
    DateRule::Fixed { month, day }
}

const fn on(rule: DateRule) -> When {
    When::On(rule)
}

const fn shifted(rule: DateRule, from: i64, to: i64) -> When {
    When::Period(Edge { rule, shift: from }, Edge { rule, shift: to })
}

const fn between(from: (u32, u32), to: (u32, u32)) -> When {
    When::Period(
        Edge {
            rule: fixed(from.0, from.1),
            shift: 0,
        },
        Edge {
            rule: fixed(to.0, to.1),
            shift: 0,
        },
    )
}

const DATES: [(&str, When, f64); 21] = [
    ("new_years_day", on(fixed(1, 1)), 0.2),
    ("valentines_day", on(fixed(2, 14)), 1.15),
    ("mothers_day", on(MOTHERS_DAY), 1.2),
    ("fathers_day", on(FATHERS_DAY), 1.1),
    ("independence_day", on(fixed(7, 4)), 0.8),
    ("labor_day", on(LABOR_DAY), 1.05),
    ("halloween", on(fixed(10, 31)), 1.05),
    ("thanksgiving", on(THANKSGIVING), 0.2),
    ("black_friday", shifted(THANKSGIVING, 1, 1), 1.6),
    ("cyber_monday", shifted(THANKSGIVING, 4, 4), 1.4),
    ("christmas_eve", on(fixed(12, 24)), 0.3),
    ("christmas_day", on(fixed(12, 25)), 0.1),
    ("new_years_eve", on(fixed(12, 31)), 0.4),
    ("valentines_week", shifted(fixed(2, 14), -3, 1), 1.1),
    ("mothers_day_week", shifted(MOTHERS_DAY, -3, 1), 1.15),
    ("summer_holidays", between((6, 15), (8, 15)), 1.0),
    ("back_to_school", between((8, 15), (9, 15)), 1.2),
    ("black_friday_week", shifted(THANKSGIVING, -1, 4), 1.3),
    ("christmas_shopping", between((12, 1), (12, 23)), 1.2),
    ("post_christmas", between((12, 26), (1, 2)), 1.3),
    ("year_end_holidays", between((12, 20), (1, 5)), 0.5),
];

/// A built-in calendar by its name.
pub(super) fn find(name: &str) -> Option<Calendar> {
    (name == "us_retail").then(us_retail)
}

fn us_retail() -> Calendar {
    Calendar {
        weekday: [1.15, 1.10, 1.05, 1.10, 1.25, 0.85, 0.70],
        week_of_month: [1.15, 0.95, 1.10, 0.90],
        month: [
            0.75, 0.85, 0.95, 1.00, 1.00, 1.05, 1.05, 1.05, 1.00, 1.05, 1.10, 1.20,
        ],
        sigma: 0.1,
        combine: Combine::MinSuppressive,
        dates: DATES
            .iter()
            .map(|&(name, when, factor)| Named {
                name: name.into(),
                when,
                factor,
            })
            .collect(),
    }
}
