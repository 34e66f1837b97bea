//! Weights of the hours of a day, as `calendar` and `arrival` take them.

use crate::config::{Context, Node, names_help};

use super::calendars::float;

/// Weights by name.
pub(super) struct Builtin {
    /// 70 % evenly from 9 to 18 o'clock, 20 % to 23 o'clock, 10 % in the night.
    pub business: [f64; 24],
    pub flat: [f64; 24],
    /// How much busier an hour of the web is, besides its peaks.
    pub web: [f64; 24],
}

pub(super) const BUILTIN: Builtin = Builtin {
    business: business(),
    flat: [1.0; 24],
    web: web(),
};

/// Factor of an hour that is a peak.
pub(super) const PEAK: f64 = 5.0;

/// Hours that are peaks unless others are named.
pub(super) const PEAKS: [usize; 2] = [12, 19];

const NAMES: [&str; 3] = ["business", "flat", "nhpp"];

const fn business() -> [f64; 24] {
    let mut hours = [0.01; 24];
    let mut hour = 9;
    while hour < 23 {
        hours[hour] = if hour < 18 { 0.7 / 9.0 } else { 0.04 };
        hour += 1;
    }
    hours
}

const fn web() -> [f64; 24] {
    let mut hours = [1.0; 24];
    let mut hour = 0;
    while hour < 24 {
        hours[hour] = match hour {
            2..=6 => 0.2,
            8..=10 => 2.0,
            12..=14 => 3.0,
            19..=21 => 4.0,
            _ => 1.0,
        };
        hour += 1;
    }
    hours
}

/// Factors with the peaks over them.
pub(super) fn with_peaks(mut hours: [f64; 24], peaks: &[usize]) -> [f64; 24] {
    for (hour, factor) in hours.iter_mut().enumerate() {
        if peaks.contains(&hour) {
            *factor = PEAK;
        }
    }
    hours
}

/// Reads `business`, `flat`, `nhpp` or 24 weights that are not all 0.
pub(super) fn read_hours(node: &Node) -> Option<[f64; 24]> {
    match node.as_str() {
        Some("business") => Some(BUILTIN.business),
        Some("flat") => Some(BUILTIN.flat),
        Some("nhpp") => Some(with_peaks(BUILTIN.web, &PEAKS)),
        Some(_) => None,
        None => weights(node),
    }
}

/// Reads 24 weights that are not all 0.
pub(super) fn weights(node: &Node) -> Option<[f64; 24]> {
    let values: Option<Vec<f64>> = node.as_seq()?.iter().map(float).collect();
    let values: [f64; 24] = values?.try_into().ok()?;
    let sound = values.iter().all(|one| one.is_finite() && *one >= 0.0);
    (sound && values.iter().any(|&one| one > 0.0)).then_some(values)
}

pub(super) fn check_hours(node: &Node, cx: &mut Context<'_>) {
    if read_hours(node).is_some() {
        return;
    }
    match node.as_str() {
        Some(name) => cx.error_help(
            node.span,
            format!("there are no hours `{name}`"),
            names_help(name, NAMES),
        ),
        None => refuse(node, cx),
    }
}

pub(super) fn check_weights(node: &Node, cx: &mut Context<'_>) {
    if !node.is_null() && weights(node).is_none() {
        refuse(node, cx);
    }
}

fn refuse(node: &Node, cx: &mut Context<'_>) {
    cx.error_help(
        node.span,
        "hours take 24 numbers of at least 0, not all of them 0",
        "the first one stands for the hour after midnight",
    );
}
