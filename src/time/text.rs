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
