//! How fast event time passes in a run that does not follow the wall clock.

use std::fmt;

use super::{DAY_US, Moment, SECOND_US, relative};

/// Microseconds of a week.
const WEEK_US: i64 = 7 * DAY_US;

/// From the Monday before the epoch to the epoch, so that weeks begin on Mondays.
const MONDAY_US: i64 = 3 * DAY_US;

/// What a pace looks like, for messages.
pub const PACE_FORMS: &str =
    "write a unit and how often one passes, such as `day/1s`, `hour/500ms` or `15m/2s`";

/// How event time passes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Pace {
    /// So many seconds of event time in a second; more than 0.
    Speed(#[serde(with = "super::wire::exact")] f64),
    /// The timestamps of a whole unit at once, then the next unit after a while. Units lie on the
    /// local clock: a day begins at midnight, a week on Monday.
    Steps {
        /// Length of a unit of event time in microseconds, more than 0.
        unit_us: i64,
        /// Time between the starts of two units in microseconds; 0 does not wait.
        every_us: i64,
    },
}

impl Pace {
    /// A steady speed; `None` unless it is a number above 0.
    pub fn speed(speed: f64) -> Option<Self> {
        let sound = speed.is_finite() && (1e-6..=1e12).contains(&speed);
        sound.then_some(Self::Speed(speed))
    }

    /// A unit in a time; `spread` hands out its timestamps in proportion instead of at once. `None`
    /// unless the unit is above 0 and the time not below (above 0 when spread).
    pub fn steps(unit_us: i64, every_us: i64, spread: bool) -> Option<Self> {
        if unit_us <= 0 || every_us < 0 {
            return None;
        }
        if spread {
            return Self::speed(unit_us as f64 / every_us as f64);
        }
        Some(Self::Steps { unit_us, every_us })
    }

    /// Reads `unit/every`: `day/1s`. The unit is `second`, `minute`, `hour`, `day`, `week` or a
    /// duration.
    ///
    /// # Errors
    /// What is wrong with it; [`PACE_FORMS`] is the help.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some((unit, every)) = text.split_once('/') else {
            return Err(format!("`{text}` is no pace"));
        };
        let unit_us = unit_us(unit.trim())?;
        let every_us = duration_us(every.trim())?;
        Self::steps(unit_us, every_us, false).ok_or_else(|| format!("`{text}` is no pace"))
    }

    /// Seconds of event time that pass in a second; infinite when it does not wait.
    pub fn factor(self) -> f64 {
        match self {
            Self::Speed(speed) => speed,
            Self::Steps { unit_us, every_us } => unit_us as f64 / every_us as f64,
        }
    }

    /// The number of the unit in which a moment lies.
    pub fn unit_of(unit_us: i64, at: Moment) -> i64 {
        let shift = if unit_us % WEEK_US == 0 { MONDAY_US } else { 0 };
        at.wall_us.saturating_add(shift).div_euclid(unit_us)
    }
}

/// Reads the unit of a pace in microseconds.
///
/// # Errors
/// When it is neither a name nor a duration above 0.
pub fn unit_us(text: &str) -> Result<i64, String> {
    let named = match text {
        "second" => SECOND_US,
        "minute" => 60 * SECOND_US,
        "hour" => 3_600 * SECOND_US,
        "day" => DAY_US,
        "week" => WEEK_US,
        _ => duration_us(text).map_err(|_| {
            format!("`{text}` is neither second, minute, hour, day, week nor a duration")
        })?,
    };
    if named <= 0 {
        return Err("a unit is longer than nothing".to_owned());
    }
    Ok(named)
}

/// Reads a duration that is not negative: `1h30m`, `90s`, `500ms`, `1.5s`, or a number of seconds.
/// In microseconds.
///
/// # Errors
/// When it is none.
pub fn duration_us(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let bad = || format!("`{text}` is no duration; write one such as `1h30m`, `10s` or `500ms`");
    if text.starts_with(['+', '-']) {
        return Err(bad());
    }
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e3),
        None => (text.strip_suffix('s').unwrap_or(text), 1e6),
    };
    if number.contains(|c: char| !c.is_ascii_digit() && c != '.') {
        return relative::parse(text).ok_or_else(bad);
    }
    let amount: f64 = number.trim().parse().map_err(|_| bad())?;
    let us = (amount * unit).round();
    if us.is_finite() && us < i64::MAX as f64 {
        Ok(us as i64)
    } else {
        Err(bad())
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Speed(speed) if speed >= 100.0 => write!(f, "×{speed:.0}"),
            Self::Speed(speed) => {
                let text = format!("{speed:.2}");
                write!(f, "×{}", text.trim_end_matches('0').trim_end_matches('.'))
            }
            Self::Steps { unit_us, every_us } => {
                match unit_us {
                    SECOND_US => f.write_str("second")?,
                    60_000_000 => f.write_str("minute")?,
                    3_600_000_000 => f.write_str("hour")?,
                    DAY_US => f.write_str("day")?,
                    WEEK_US => f.write_str("week")?,
                    _ => seconds(unit_us, f)?,
                }
                f.write_str("/")?;
                seconds(every_us, f)
            }
        }
    }
}

fn seconds(us: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = format!("{}.{:06}", us / SECOND_US, us % SECOND_US);
    write!(f, "{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paces_are_read_and_shown() {
        for (text, unit_us, every_us, shown) in [
            ("day/1s", DAY_US, 1_000_000, "day/1s"),
            (" hour / 500ms ", 3_600_000_000, 500_000, "hour/0.5s"),
            ("15m/2s", 900_000_000, 2_000_000, "900s/2s"),
            ("week/1.5", WEEK_US, 1_500_000, "week/1.5s"),
            ("second/0", SECOND_US, 0, "second/0s"),
            ("1d12h/1m", DAY_US * 3 / 2, 60_000_000, "129600s/60s"),
        ] {
            let pace = Pace::parse(text.trim()).unwrap();
            assert_eq!(pace, Pace::Steps { unit_us, every_us }, "{text}");
            assert_eq!(pace.to_string(), shown);
        }
        for text in [
            "day",
            "day/",
            "/1s",
            "days/1s",
            "0s/1s",
            "day/-1s",
            "day/x",
            "day/1.2.3",
        ] {
            assert!(Pace::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_spread_pace_is_a_speed() {
        assert_eq!(
            Pace::steps(DAY_US, SECOND_US, true),
            Some(Pace::Speed(86_400.0))
        );
        assert_eq!(Pace::steps(DAY_US, 0, true), None);
        assert_eq!(Pace::speed(0.0), None);
        assert_eq!(Pace::speed(f64::NAN), None);
        let shown = [60.0, 2.5, 0.25, 3_600.0].map(|speed| Pace::Speed(speed).to_string());
        assert_eq!(shown.join(" "), "×60 ×2.5 ×0.25 ×3600");
    }

    #[test]
    fn weeks_begin_on_mondays_and_days_at_local_midnight() {
        let at = |wall_us, offset_s| Moment { wall_us, offset_s };
        // 1970-01-05 was a Monday.
        let monday = 4 * DAY_US;
        assert_ne!(
            Pace::unit_of(WEEK_US, at(monday, 0)),
            Pace::unit_of(WEEK_US, at(monday - 1, 0))
        );
        assert_eq!(
            Pace::unit_of(DAY_US, at(DAY_US, 3_600)),
            Pace::unit_of(DAY_US, at(2 * DAY_US - 1, 7_200))
        );
    }
}
