//! The recorded rhythm: the time each line had, and the time it gets.

use crate::template::DateTime;
use crate::time::{SECOND_US, iso};

/// A line that is older than the one before it by less than this came late; by more, the log began anew.
const LATE_US: i64 = 60 * SECOND_US;

/// Ways in which logs commonly write the time, tried after ISO 8601 and seconds since 1970.
const FORMATS: [&str; 12] = [
    "%d/%b/%Y:%H:%M:%S %z",
    "%b %d %H:%M:%S",
    "%b %d %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S GMT",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S.%f %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S.%f",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
];

/// Reads the times of lines.
#[derive(Clone, Debug)]
pub(super) enum Times {
    /// As the user says they are written.
    Format(String),
    /// As it finds out; the format of the output is tried first.
    Guess {
        formats: Vec<String>,
        /// The way that took the last one.
        last: Way,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Epoch,
    Iso,
    Format(usize),
}

impl Times {
    pub(super) fn new(original: Option<String>, output: Option<&str>) -> Self {
        match original {
            Some(format) => Self::Format(format),
            None => {
                let common = FORMATS.into_iter();
                let formats: Vec<String> = output
                    .into_iter()
                    .chain(common)
                    .map(str::to_owned)
                    .collect();
                let last = if output.is_some() {
                    Way::Format(0)
                } else {
                    Way::Iso
                };
                Self::Guess { formats, last }
            }
        }
    }

    /// Microseconds since 1970, on the wall clock where no zone is written: only the distances count.
    pub(super) fn read(&mut self, text: &str) -> Option<i64> {
        let text = text.trim();
        match self {
            Self::Format(format) => formatted(text, format),
            Self::Guess { formats, last } => {
                let ways = [*last, Way::Epoch, Way::Iso]
                    .into_iter()
                    .chain((0..formats.len()).map(Way::Format));
                for way in ways {
                    let found = match way {
                        Way::Epoch => epoch(text),
                        Way::Iso => written(text),
                        Way::Format(index) => formats
                            .get(index)
                            .and_then(|format| formatted(text, format)),
                    };
                    if found.is_some() {
                        *last = way;
                        return found;
                    }
                }
                None
            }
        }
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their digits.
fn epoch(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => {
            let micros: String = part.chars().chain("000000".chars()).take(6).collect();
            Some(value * SECOND_US + micros.parse::<i64>().ok()?)
        }
        12 | 13 => Some(value * 1_000),
        15 | 16 => Some(value),
        18 | 19 => Some(value / 1_000),
        _ => None,
    }
}

fn written(text: &str) -> Option<i64> {
    let stamp = iso::wide(text).ok()?;
    Some(stamp.wall_us - stamp.offset_us.unwrap_or(0))
}

fn formatted(text: &str, format: &str) -> Option<i64> {
    if format.contains("%Y") || format.contains("%y") || format.contains("%G") {
        return DateTime::read_us(text, format);
    }
    // Without a year any leap year will do, as every date exists in it.
    DateTime::read_us(&format!("2000 {text}"), &format!("%Y {format}"))
}

/// Gives each line its time.
#[derive(Debug)]
pub(super) struct Rhythm {
    speed: f64,
    most_us: i64,
    /// The time the last line had.
    own_us: Option<i64>,
    /// The time it got.
    given_us: Option<i64>,
}

impl Rhythm {
    /// Gaps are divided by `speed` and then at most `most_us` long.
    pub(super) fn new(speed: f64, most_us: Option<i64>) -> Self {
        Self {
            speed,
            most_us: most_us.unwrap_or(i64::MAX),
            own_us: None,
            given_us: None,
        }
    }

    /// The time of a line that had `own_us` (`None`: it shows none) and may come from `from_us` on.
    pub(super) fn next(&mut self, own_us: Option<i64>, from_us: i64) -> i64 {
        let gap = match (own_us, self.own_us) {
            (Some(new), Some(old)) => new.saturating_sub(old),
            _ => 0,
        };
        if own_us.is_some() && !(-LATE_US..0).contains(&gap) {
            self.own_us = own_us;
        }
        let gap = if self.speed == 1.0 {
            gap
        } else {
            // A gap beyond what a number can hold is as good as endless.
            (gap as f64 / self.speed).round() as i64
        };
        let gap = gap.clamp(0, self.most_us);
        let due = self
            .given_us
            .map_or(from_us, |given| given.saturating_add(gap).max(from_us));
        self.given_us = Some(due);
        due
    }

    /// The file begins anew.
    pub(super) fn restart(&mut self) {
        self.own_us = None;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn common_times_are_read_and_distances_are_right() {
        let pairs = [
            ("2026-03-01T08:00:00Z", "2026-03-01T10:00:10.5+02:00", 10.5),
            ("2026-03-01 08:00:00,250", "2026-03-01 08:00:01,000", 0.75),
            ("1772352000", "1772352010", 10.0),
            ("1772352000.5", "1772352001", 0.5),
            ("1772352000123", "1772352000124", 0.001),
            (
                "01/Mar/2026:08:00:00 +0000",
                "01/Mar/2026:09:00:05 +0100",
                5.0,
            ),
            ("Feb 29 23:59:59", "Mar  1 00:00:00", 1.0),
            ("Sun Mar  1 08:00:00 2026", "Sun Mar  1 08:00:02 2026", 2.0),
            ("2026/03/01 08:00:00", "2026/03/01 08:01:00", 60.0),
            ("03/01/2026 08:00:00", "03/02/2026 08:00:00", 86_400.0),
        ];
        for (first, second, seconds) in pairs {
            let mut times = Times::new(None, Some("%H.%M"));
            let (first, second) = (times.read(first), times.read(second));
            let gap = second.expect("second") - first.expect("first");
            assert_eq!(gap, (seconds * 1e6_f64).round() as i64, "{seconds}");
        }
        for bad in [
            "",
            "-",
            "12",
            "soon",
            "2026-13-01",
            "99/Mar/2026:08:00:00 +0000",
        ] {
            assert_eq!(Times::new(None, None).read(bad), None, "{bad}");
        }
        let mut own = Times::new(Some("%H.%M".to_owned()), None);
        assert_eq!(
            own.read("08.01").unwrap() - own.read("08.00").unwrap(),
            60 * SECOND_US
        );
        assert_eq!(own.read("2026-03-01T08:00:00Z"), None);
    }

    fn times(speed: f64, most: Option<i64>, own: &[Option<i64>], from: i64) -> Vec<i64> {
        let mut rhythm = Rhythm::new(speed, most);
        own.iter().map(|own| rhythm.next(*own, from)).collect()
    }

    #[test]
    fn gaps_are_kept_scaled_and_capped() {
        let own = [Some(1_000), Some(1_010), None, Some(1_030), Some(9_030)];
        assert_eq!(times(1.0, None, &own, 5), [5, 15, 15, 35, 8_035]);
        assert_eq!(times(2.0, None, &own, 5), [5, 10, 10, 20, 4_020]);
        assert_eq!(times(0.5, None, &own, 5), [5, 25, 25, 65, 16_065]);
        assert_eq!(times(2.0, Some(100), &own, 5), [5, 10, 10, 20, 120]);
        assert_eq!(times(1.0, Some(0), &own, 5), [5; 5]);
    }

    #[test]
    fn a_late_line_takes_nothing_back_and_a_new_beginning_starts_over() {
        let own = [Some(100), Some(90), Some(110)];
        assert_eq!(times(1.0, None, &own, 0), [0, 0, 10]);
        let own = [Some(2 * LATE_US), Some(0), Some(10)];
        assert_eq!(times(1.0, None, &own, 0), [0, 0, 10]);
        let own = [Some(i64::MIN), Some(i64::MAX), Some(i64::MIN)];
        times(1e-300, None, &own, i64::MAX);
    }

    #[test]
    fn a_line_never_comes_before_its_timestamp() {
        let mut rhythm = Rhythm::new(1.0, None);
        assert_eq!(rhythm.next(Some(0), 100), 100);
        assert_eq!(rhythm.next(Some(5), 100), 105);
        assert_eq!(rhythm.next(Some(6), 500), 500);
        assert_eq!(rhythm.next(Some(7), 500), 501);
        rhythm.restart();
        assert_eq!(rhythm.next(Some(0), 500), 501);
    }
}
