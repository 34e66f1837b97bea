//! Durations and amounts of time as text.

use std::time::Duration;

/// A duration for status lines and panes, two units at most: `340 ms`, `12.5 s`, `3 min 20 s`,
/// `2 h 5 min`, `4 d 3 h`.
pub fn short_duration(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 => format!("{} ms", span.as_millis()),
        1..60 => format!("{:.1} s", span.as_secs_f64()),
        60..3_600 => two(seconds, 60, "min", 1, "s"),
        3_600..86_400 => two(seconds, 3_600, "h", 60, "min"),
        _ => two(seconds, 86_400, "d", 3_600, "h"),
    }
}

/// A duration as a stopwatch shows it: `00:03:20`, with days in front when there are any:
/// `4d 03:00:10`.
pub fn stopwatch(span: Duration) -> String {
    let seconds = span.as_secs();
    let clock = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3_600 % 24,
        seconds / 60 % 60,
        seconds % 60
    );
    match seconds / 86_400 {
        0 => clock,
        days => format!("{days}d {clock}"),
    }
}

/// A rate in the unit that gives it a whole part: `25/s`, `1.5/min`, `3/h`, `2/day`, `4/year`. `per_second`
/// is not negative.
pub fn rate(per_second: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1.0, "s"), (60.0, "min"), (3_600.0, "h"), (86_400.0, "day")];
    let (length, unit) = UNITS
        .into_iter()
        .find(|(length, _)| per_second * length >= 0.999_5)
        .unwrap_or((31_536_000.0, "year"));
    let value = per_second * length;
    let text = match value {
        _ if value >= 99.95 => grouped(whole(value)),
        _ => {
            let text = format!("{value:.1}");
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        }
    };
    format!("{text}/{unit}")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative; no rate comes near the bounds"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// A number with its thousands set apart: `12,345,678`.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn two(seconds: u64, large: u64, large_name: &str, small: u64, small_name: &str) -> String {
    let rest = seconds % large / small;
    let count = seconds / large;
    if rest == 0 {
        format!("{count} {large_name}")
    } else {
        format!("{count} {large_name} {rest} {small_name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let text = |seconds| short_duration(Duration::from_secs_f64(seconds));
        assert_eq!(text(0.34), "340 ms");
        assert_eq!(text(12.5), "12.5 s");
        assert_eq!(text(200.0), "3 min 20 s");
        assert_eq!(text(7_200.0), "2 h");
        assert_eq!(text(7_500.0), "2 h 5 min");
        assert_eq!(text(356_400.0), "4 d 3 h");
        assert_eq!(stopwatch(Duration::from_secs(200)), "00:03:20");
        assert_eq!(stopwatch(Duration::from_secs(356_410)), "4d 03:00:10");
    }
}
