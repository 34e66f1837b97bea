//! Values as people type them: gain, ceiling, pace, a moment to go on at.

use std::time::Duration;

use crate::config::{GAIN, RATE_LIMIT};
use crate::time::{Moment, Pace, Versatile, Zone, short_duration};

/// What can be typed for a gain.
pub const GAINS: &str = "how often each timestamp is used: 2, 0.5, 150%; 1 is plain";
/// The same for a ceiling.
pub const CEILINGS: &str =
    "most events in a second: 500, 2.5k, 100/min; none: as many as there are";
/// The same for a pace.
pub const PACES: &str = "how fast event time passes: 2x, 0.5x, 1d/s, hour/500ms; none: plain";
/// The same for a moment.
pub const MOMENTS: &str = "where event time goes on: +2h, 14:30, tomorrow 08:00, 2027-01-31T14:30";

/// Words for nothing.
fn is_none(text: &str) -> bool {
    matches!(text, "none" | "no" | "off" | "plain" | "-")
}

/// Reads a gain.
///
/// # Errors
/// What is wrong with it.
pub fn gain(text: &str) -> Result<f64, String> {
    let bare = text
        .trim_start_matches(['x', '×'])
        .trim_end_matches(['x', '×']);
    let value = match bare.strip_suffix('%') {
        _ if is_none(text) => Some(1.0),
        Some(number) => number.trim().parse().ok().map(|one: f64| one / 100.0),
        None => bare.trim().parse().ok(),
    };
    value.filter(|value| GAIN.contains(value)).ok_or_else(|| {
        format!(
            "the gain is a number from {} to {}, such as 2 or 150%",
            GAIN.start(),
            GAIN.end()
        )
    })
}

/// Reads a ceiling in events a second; `None` is none.
///
/// # Errors
/// What is wrong with it.
pub fn ceiling(text: &str) -> Result<Option<f64>, String> {
    if is_none(text) {
        return Ok(None);
    }
    let (amount, unit) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match unit.trim() {
        "s" | "sec" | "second" => 1.0,
        "min" | "m" | "minute" => 60.0,
        "h" | "hour" => 3_600.0,
        "d" | "day" => 86_400.0,
        _ => return Err(format!("`{unit}` is no unit: write s, min, h or day")),
    };
    let amount = amount.trim();
    let (number, scale) = match amount.chars().next_back() {
        Some('k' | 'K') => (amount.get(..amount.len() - 1), 1e3),
        Some('M') => (amount.get(..amount.len() - 1), 1e6),
        _ => (Some(amount), 1.0),
    };
    let value = number.and_then(|number| number.trim().parse::<f64>().ok());
    let limit = value.map(|value| value * scale / seconds);
    limit
        .filter(|limit| RATE_LIMIT.contains(limit))
        .map(Some)
        .ok_or_else(|| {
            "the ceiling is a number of events above 0, such as 500 or 2.5k; none: no ceiling"
                .to_owned()
        })
}

/// Reads a pace; `None` is the plain one.
///
/// # Errors
/// What is wrong with it.
pub fn pace(text: &str) -> Result<Option<Pace>, String> {
    if is_none(text) || text == "clock" {
        return Ok(None);
    }
    if let Some((unit, every)) = text.split_once('/') {
        // `1d/s` is a day in one second.
        let every = every.trim();
        let one = every.starts_with(|c: char| c.is_ascii_alphabetic());
        let every = if one {
            format!("1{every}")
        } else {
            every.to_owned()
        };
        return Pace::parse(&format!("{}/{every}", unit.trim())).map(Some);
    }
    let bare = text
        .trim_start_matches(['x', '×'])
        .trim_end_matches(['x', '×']);
    let speed = bare.trim().parse().ok().and_then(Pace::speed);
    speed.map(Some).ok_or_else(|| {
        format!("`{text}` is no pace: write 2x, 0.5x, 1d/s or hour/500ms; none: plain")
    })
}

/// What a pace means.
pub fn pace_words(pace: Option<Pace>) -> String {
    match pace {
        None => "live: with the clock; sample: as fast as possible".to_owned(),
        Some(Pace::Speed(speed)) => {
            let speed = super::flow_words::number(speed);
            format!("event time passes {speed} times as fast as the clock")
        }
        Some(Pace::Steps { unit_us, every_us }) => format!(
            "all timestamps of {} at once, then the next after {}",
            time(unit_us),
            time(every_us)
        ),
    }
}

fn time(us: i64) -> String {
    short_duration(Duration::from_micros(u64::try_from(us).unwrap_or(0)))
}

/// Reads a moment at which event time goes on; it stands at `position` now.
///
/// # Errors
/// What is wrong with it, also when it lies behind.
pub fn moment(
    text: &str,
    zone: Zone,
    now_us: i64,
    position_us: Option<i64>,
) -> Result<Moment, String> {
    let parsed = Versatile::parse(text).map_err(|error| error.message)?;
    let stands = zone.at_instant(position_us.unwrap_or(now_us));
    let to = parsed
        .resolve(zone, zone.at_instant(now_us), stands)
        .map_err(|error| error.to_string())?;
    if to.instant_us() <= stands.instant_us() {
        return Err(format!(
            "{to} is not ahead: event time stands at {stands}, and only goes forward"
        ));
    }
    Ok(to)
}

/// What going on there means.
pub fn moment_words(to: Moment, now_us: i64, position_us: Option<i64>) -> String {
    let ahead = to.instant_us() - position_us.unwrap_or(now_us);
    format!("goes on at {to}; {} are left out", time(ahead))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2", Some(2.0))]
    #[case("x2", Some(2.0))]
    #[case("0.5x", Some(0.5))]
    #[case("150 %", Some(1.5))]
    #[case("none", Some(1.0))]
    #[case("0", Some(0.0))]
    #[case("-1", None)]
    #[case("two", None)]
    #[case("1e9", None)]
    fn gains(#[case] text: &str, #[case] value: Option<f64>) {
        assert_eq!(gain(text).ok(), value);
    }

    #[rstest]
    #[case("500", Some(Some(500.0)))]
    #[case("2.5k/s", Some(Some(2_500.0)))]
    #[case("1M", Some(Some(1e6)))]
    #[case("120/min", Some(Some(2.0)))]
    #[case("none", Some(None))]
    #[case("0", None)]
    #[case("many", None)]
    #[case("5/year", None)]
    #[case("k", None)]
    fn ceilings(#[case] text: &str, #[case] value: Option<Option<f64>>) {
        assert_eq!(ceiling(text).ok(), value);
    }

    #[rstest]
    #[case("2x", "×2")]
    #[case("×10", "×10")]
    #[case("0.5", "×0.5")]
    #[case("1d/s", "day/1s")]
    #[case("hour/500ms", "hour/0.5s")]
    #[case("day / 2s", "day/2s")]
    fn paces(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(pace(text).unwrap().unwrap().to_string(), shown);
    }

    #[test]
    fn what_is_no_pace_is_refused_in_words() {
        assert_eq!(pace("none").unwrap(), None);
        for text in ["fast", "0x", "day/never", "/", "1d/"] {
            assert!(!pace(text).unwrap_err().is_empty(), "{text}");
        }
    }

    #[test]
    fn moments_are_ahead_of_event_time() {
        let zone = Zone::parse("UTC").unwrap();
        // 2026-11-21 09:30:00 UTC; event time is a day behind.
        let now = 1_795_253_400_000_000;
        let stands = now - 86_400_000_000;
        let at = |text: &str| moment(text, zone, now, Some(stands)).map(|to| to.instant_us());
        assert_eq!(at("+2h"), Ok(stands + 7_200_000_000));
        assert_eq!(at("now"), Ok(now));
        assert_eq!(at("tomorrow 08:00"), Ok(now - 5_400_000_000));
        assert_eq!(at("2026-11-22T00:00:00Z"), Ok(now + 52_200_000_000));
        assert!(at("08:00").unwrap_err().contains("only goes forward"));
        assert!(at("soonish").is_err());
    }
}
