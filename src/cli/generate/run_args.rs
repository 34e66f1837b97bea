//! Options of `evtui generate` that say how fast, how much and how long it runs.

use std::time::Duration;

use crate::cli::values::positive;
use crate::config::{BACKFILL_FORMS, GAIN, Past, RATE_LIMIT, ReloadMode, RunParameters};
use crate::time::{PACE_FORMS, Pace, duration_us};

/// How fast, how much, how long
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How fast, how much, how long")]
pub(super) struct RunArgs {
    /// Let time pass so many times as fast: 60 gives an hour of timestamps in a minute. In sample mode
    /// (the default then) it starts at the first timestamp, with --live-mode true at the present
    #[arg(long, value_name = "FACTOR", value_parser = speed, conflicts_with = "pace")]
    speed: Option<Pace>,
    /// Give the timestamps of a whole unit at once, then wait: day/1s is a simulated day a second. Units
    /// are second, minute, hour, day, week or a duration such as 15m; modes as for --speed
    #[arg(long, value_name = "UNIT/TIME", value_parser = pace)]
    pace: Option<Pace>,
    /// Use each timestamp so often: 2.5 is two or three times, 0.1 every tenth; the shape stays
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = gain)]
    gain: f64,
    /// Most events in a second; what exceeds it comes later and shows as lag
    #[arg(long, visible_alias = "max-rate", value_name = "EVENTS", value_parser = rate_limit)]
    rate_limit: Option<f64>,
    /// End after that many events
    #[arg(long, value_name = "COUNT", value_parser = positive::<u64>)]
    max_events: Option<u64>,
    /// End after that time, such as 90s, 10m or 1h30m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_duration: Option<Duration>,
    /// First give the history of that long, such as 7d or 12h, as fast as possible; then go on live.
    /// The inputs work as if they had been started then
    #[arg(long, value_name = "TIME", value_parser = backfill)]
    backfill: Option<Past>,
    /// As --backfill, from a moment on: 2026-01-31, 08:00, "yesterday", -3h
    #[arg(long, value_name = "MOMENT", value_parser = since, allow_hyphen_values = true, conflicts_with = "backfill")]
    from: Option<Past>,
}

impl RunArgs {
    /// As parameters of the run.
    pub(super) fn parameters(&self) -> RunParameters {
        RunParameters {
            pace: self.pace.or(self.speed),
            gain: self.gain,
            rate_limit: self.rate_limit,
            max_events: self.max_events,
            max_duration: self.max_duration,
            backfill: self.backfill.clone().or_else(|| self.from.clone()),
            // A run of its own goes on with what it read.
            reload: ReloadMode::Off,
        }
    }
}

fn speed(text: &str) -> Result<Pace, String> {
    let speed = text.trim_start_matches(['x', '×']).parse().ok();
    speed
        .and_then(Pace::speed)
        .ok_or_else(|| "expected a number above 0".to_owned())
}

fn pace(text: &str) -> Result<Pace, String> {
    Pace::parse(text).map_err(|error| format!("{error}; {PACE_FORMS}"))
}

fn gain(text: &str) -> Result<f64, String> {
    let gain = text.parse().ok().filter(|gain| GAIN.contains(gain));
    gain.ok_or_else(|| format!("expected a number from {} to {}", GAIN.start(), GAIN.end()))
}

fn rate_limit(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| RATE_LIMIT.contains(rate));
    rate.ok_or_else(|| "expected a number of events in a second, above 0".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    match duration_us(text)? {
        0 => Err("expected a time longer than nothing".to_owned()),
        us => Ok(Duration::from_micros(us.unsigned_abs())),
    }
}

fn backfill(text: &str) -> Result<Past, String> {
    match Past::parse(text) {
        Ok(past @ Past::Span(_)) => Ok(past),
        Ok(Past::Since(_)) => {
            Err("expected a length of time such as 7d; --from takes a moment".to_owned())
        }
        Err(error) => Err(format!("{error}; {BACKFILL_FORMS}")),
    }
}

fn since(text: &str) -> Result<Past, String> {
    Past::parse(text).map_err(|error| format!("{error}; {BACKFILL_FORMS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_is_expected() {
        for text in ["0", "-1", "x", "nan", "inf"] {
            assert!(
                speed(text).is_err_and(|why| why.contains("above 0")),
                "{text}"
            );
            assert!(
                rate_limit(text).is_err_and(|why| why.contains("above 0")),
                "{text}"
            );
        }
        assert_eq!(speed("60"), Ok(Pace::Speed(60.0)));
        assert!(gain("-0.5").is_err_and(|why| why.contains("from 0")));
        assert!(pace("day").is_err_and(|why| why.contains("day/1s")));
        assert!(duration("0").is_err() && duration("soon").is_err());
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1_500)));
        assert!(backfill("2024-01-01").is_err_and(|why| why.contains("--from")));
        assert!(backfill("0d").is_err_and(|why| why.contains("longer than nothing")));
        assert!(since("-3h").is_ok() && since("2024-01-01").is_ok());
        assert!(since("blah").is_err_and(|why| why.contains("7d")));
    }
}
