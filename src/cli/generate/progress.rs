//! One line on the terminal while a generator runs: how far, how fast, how long still.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use super::summary::{amount, clock, number};
use crate::cli::report::visible;
use crate::pipeline::{State, Stats};
use crate::time::short_duration;

/// Samples the rate is taken over: about two seconds.
const WINDOW: usize = 10;

/// Lateness that is worth a word.
const LAG: Duration = Duration::from_secs(1);

/// Characters of why a target is down: the line must not be wrapped.
const REASON: usize = 48;

/// Columns of the bar.
const BAR: u64 = 20;

/// Draws progress on standard error.
#[derive(Debug)]
pub(super) struct Progress {
    id: String,
    /// Uptime, events and bytes at the last draws.
    window: VecDeque<(Duration, u64, u64)>,
}

impl Progress {
    /// Progress, unless standard error is no terminal that can redraw a line.
    pub(super) fn new(id: String) -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        (io::stderr().is_terminal() && !dumb).then(|| Self {
            id,
            window: VecDeque::new(),
        })
    }

    pub(super) fn draw(&mut self, stats: &Stats, state: &State) {
        let line = self.line(stats, state);
        let mut err = io::stderr().lock();
        let _ = write!(err, "\r\x1b[K{line}");
        let _ = err.flush();
    }

    pub(super) fn clear(&mut self) {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }

    fn line(&mut self, stats: &Stats, state: &State) -> String {
        self.window
            .push_back((stats.uptime, stats.events, stats.bytes));
        while self.window.len() > WINDOW {
            self.window.pop_front();
        }
        let (events, bytes) = self.rates();
        let mut line = format!(
            "{}  {}  {} events  {}/s  {}/s",
            self.id,
            clock(stats.uptime),
            number(stats.events),
            number(events),
            amount(bytes),
        );
        if let Some((done, all)) = Self::share(stats) {
            let share = done * 100 / all.max(1);
            let filled = usize::try_from(share * BAR / 100).unwrap_or(0);
            let empty = usize::try_from(BAR).unwrap_or(0) - filled;
            let _ = write!(
                line,
                "  [{}{}] {share}%",
                "#".repeat(filled),
                "-".repeat(empty)
            );
            if let Some(left) = left(stats.uptime, done, all) {
                let _ = write!(line, "  {} left", clock(left));
            }
        }
        conditions(&mut line, stats);
        let lost: u64 = stats
            .outputs
            .iter()
            .map(|output| output.format_failed + output.write_failed)
            .sum();
        if lost + stats.failed > 0 {
            let _ = write!(line, "  {} failed", number(lost + stats.failed));
        }
        outages(&mut line, stats);
        if *state == State::Stopping {
            line.push_str("  stopping, once more to give up");
        }
        line
    }

    /// Events and bytes per second over the window.
    fn rates(&self) -> (u64, u64) {
        let (Some(first), Some(last)) = (self.window.front(), self.window.back()) else {
            return (0, 0);
        };
        let millis = last.0.saturating_sub(first.0).as_millis().max(1);
        let per_second =
            |count: u64| u64::try_from(u128::from(count) * 1_000 / millis).unwrap_or(u64::MAX);
        (per_second(last.1 - first.1), per_second(last.2 - first.2))
    }

    /// What is done of what, when the end is known.
    fn share(stats: &Stats) -> Option<(u64, u64)> {
        if let Some(all) = stats.settings.max_events {
            return Some((stats.events.min(all), all));
        }
        let all = stats.expected.filter(|&all| all > 0)?;
        Some((stats.released.min(all), all))
    }
}

/// Targets that do not take events.
fn outages(line: &mut String, stats: &Stats) {
    let kept: u64 = stats.outputs.iter().map(|one| one.dead_lettered).sum();
    if kept > 0 {
        let _ = write!(line, "  {} dead letters", number(kept));
    }
    for output in &stats.outputs {
        if let Some(outage) = &output.outage {
            let reason: String = visible(&outage.reason).chars().take(REASON).collect();
            let _ = write!(line, "  {} is down: {reason}", output.name);
        }
    }
}

/// What is not as in a plain run.
fn conditions(line: &mut String, stats: &Stats) {
    let settings = &stats.settings;
    if let Some(percent) = stats.backfill_percent().filter(|percent| *percent < 100) {
        let _ = write!(line, "  backfill {percent}%");
    }
    if let Some(pace) = settings.pace {
        let _ = write!(line, "  {pace}");
    }
    if settings.gain != 1.0 {
        let _ = write!(line, "  gain {}", settings.gain);
    }
    if let Some(limit) = settings.rate_limit {
        let _ = write!(line, "  at most {limit}/s");
    }
    if stats.lag >= LAG {
        let _ = write!(line, "  {} late", short_duration(stats.lag));
    }
    if settings.paused {
        line.push_str("  paused");
    }
}

fn left(uptime: Duration, done: u64, all: u64) -> Option<Duration> {
    if done == 0 {
        return None;
    }
    let millis = uptime.as_millis() * u128::from(all - done) / u128::from(done);
    u64::try_from(millis).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_rate_share_and_time_left() {
        let mut progress = Progress {
            id: "web".to_owned(),
            window: VecDeque::new(),
        };
        let at = |seconds, events| Stats {
            uptime: Duration::from_secs(seconds),
            events,
            released: events,
            bytes: events * 100,
            expected: Some(40_000),
            ..Stats::default()
        };
        progress.line(&at(1, 0), &State::Running);
        let line = progress.line(&at(10, 10_000), &State::Running);
        assert_eq!(
            line,
            "web  0:10  10,000 events  1,111/s  111.1 kB/s  [#####---------------] 25%  0:30 left"
        );
    }
}
