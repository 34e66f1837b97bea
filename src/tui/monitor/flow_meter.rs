//! What happens in one run now: rates, and how stages spend their time, from the differences between its
//! last samples.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::flowing::Flowing;
use crate::pipeline::Stats;

/// Time that the samples go back.
const WINDOW: Duration = Duration::from_secs(10);
/// Time over which it is said how stages spend it: what was is soon no more.
const LATELY: Duration = Duration::from_secs(3);
/// Samples at most, however often they come.
const MOST: usize = 64;
/// Samples in which counters have to disagree before it is said: they are not read at one moment.
const CERTAIN: usize = 5;

/// Shares of the last seconds, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Working.
    pub busy: f64,
    /// Waiting for the stage before, or the clock.
    pub idle: f64,
    /// Waiting for the stage behind, or the target.
    pub blocked: f64,
}

/// The last samples of a run, the latest last.
#[derive(Debug, Default)]
pub struct Meter {
    samples: VecDeque<Arc<Stats>>,
    flowing: Flowing<Arc<Stats>>,
}

impl Meter {
    /// Takes a sample in; one of another run begins anew.
    pub fn heard(&mut self, stats: &Stats) {
        if let Some(last) = self.samples.back() {
            if is_other(last, stats) {
                self.clear();
            } else if stats.uptime == last.uptime {
                self.samples.pop_back();
            }
        }
        let sample = Arc::new(Stats {
            errors: Vec::new(),
            lints: Vec::new(),
            ..stats.clone()
        });
        let now = stats.uptime;
        let flowed = match stats.flowed {
            Duration::ZERO => now,
            flowed => flowed,
        };
        self.flowing
            .heard(now, flowed, stats.events, sample.clone());
        self.samples.push_back(sample);
        let old = |one: &Arc<Stats>| now.saturating_sub(one.uptime) >= WINDOW;
        while self.samples.len() > MOST || self.samples.get(1).is_some_and(old) {
            self.samples.pop_front();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.samples.clear();
        self.flowing.clear();
    }

    /// How much a counter grows in a second; `None` while that is not known.
    pub fn rate(&self, count: impl Fn(&Stats) -> u64) -> Option<f64> {
        self.flowing.rate(|one| count(one))
    }

    /// How a stage spent the last seconds, by its number: inputs, event source, outputs. `None` while
    /// nothing is known of it.
    pub fn shares(&self, stage: usize) -> Option<Shares> {
        let now = self.samples.back()?;
        let lately = |one: &&Arc<Stats>| now.uptime.saturating_sub(one.uptime) >= LATELY;
        let old = self.samples.iter().rev().find(lately);
        let old = old.or(self.samples.front())?;
        let (old, now) = (old.stages.get(stage)?, now.stages.get(stage)?);
        let busy = now.busy.saturating_sub(old.busy).as_secs_f64();
        let idle = now.idle.saturating_sub(old.idle).as_secs_f64();
        let blocked = now.blocked.saturating_sub(old.blocked).as_secs_f64();
        let all = busy + idle + blocked;
        (all > 0.01).then(|| Shares {
            busy: busy / all,
            idle: idle / all,
            blocked: blocked / all,
        })
    }

    /// Share of a processor that the run uses; 1 is a whole core.
    pub fn cpu(&self) -> f64 {
        let (Some(old), Some(now)) = (self.samples.front(), self.samples.back()) else {
            return 0.0;
        };
        let seconds = now.uptime.saturating_sub(old.uptime).as_secs_f64();
        if seconds > 0.0 {
            now.cpu.saturating_sub(old.cpu).as_secs_f64() / seconds
        } else {
            0.0
        }
    }

    /// The equations of the counters that do not hold, written out. While a run works, counters are read
    /// one after the other: only what disagrees in several samples is told.
    pub fn unbalanced(&self, over: bool) -> Vec<String> {
        let Some(now) = self.samples.back() else {
            return Vec::new();
        };
        let certain = over || self.samples.len() >= CERTAIN;
        let always = |wrong: &dyn Fn(&Stats) -> bool| {
            certain && wrong(now) && (over || self.samples.iter().all(|one| wrong(one)))
        };
        let mut out = Vec::new();
        let first = |one: &Stats| match released_less_decided(one) {
            0 => false,
            // What waits in the queue is not decided yet.
            rest => over || rest < 0,
        };
        if always(&first) {
            out.push(format!(
                "released {} ≠ produced for {} + nothing picked {} + dropped {} + failed {} + unused {}",
                now.released, now.produced_for, now.empty, now.dropped, now.failed, now.unused
            ));
        }
        for (index, output) in now.outputs.iter().enumerate() {
            let wrong = |one: &Stats| received_less_decided(one, index) != 0;
            if always(&wrong) {
                out.push(format!(
                    "{}: received {} ≠ written {} + refused by the formatter {} + lost in writing {} + dead letters {} + in flight {}",
                    output.name,
                    output.received,
                    output.written,
                    output.format_failed,
                    output.write_failed,
                    output.dead_lettered,
                    output.in_flight
                ));
            }
        }
        out
    }
}

/// True when a sample cannot be compared with the one before: of another run, or the parts of the run are
/// others since its files were changed.
fn is_other(last: &Stats, now: &Stats) -> bool {
    let inputs = |one: &Stats| -> Vec<(String, u64)> {
        let all = one.inputs.iter();
        all.map(|one| (one.name.clone(), one.released)).collect()
    };
    let outputs = |one: &Stats| -> Vec<(String, u64)> {
        let all = one.outputs.iter();
        all.map(|one| (one.name.clone(), one.received)).collect()
    };
    let aliases = |one: &Stats| -> Vec<(String, u64)> {
        let all = one.aliases.iter();
        all.map(|one| (one.name.clone(), one.events)).collect()
    };
    now.uptime < last.uptime
        || now.events < last.events
        || differs(&inputs(last), &inputs(now))
        || differs(&outputs(last), &outputs(now))
        || differs(&aliases(last), &aliases(now))
}

/// True when names are others, or counters went back.
fn differs(last: &[(String, u64)], now: &[(String, u64)]) -> bool {
    last.len() != now.len()
        || last
            .iter()
            .zip(now)
            .any(|((name, count), (other, later))| name != other || later < count)
}

/// Released timestamps less those of which is known what became; while a run works, those that wait.
pub(super) fn released_less_decided(one: &Stats) -> i128 {
    let decided = [
        one.produced_for,
        one.empty,
        one.dropped,
        one.failed,
        one.unused,
    ];
    i128::from(one.released) - decided.into_iter().map(i128::from).sum::<i128>()
}

fn received_less_decided(one: &Stats, output: usize) -> i128 {
    let Some(one) = one.outputs.get(output) else {
        return 0;
    };
    let decided = [
        one.written,
        one.format_failed,
        one.write_failed,
        one.dead_lettered,
        one.in_flight,
    ];
    i128::from(one.received) - decided.into_iter().map(i128::from).sum::<i128>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::pipeline::{OutputStats, StageStats};

    fn sample(ms: u64, events: u64) -> Stats {
        let part = |share: u64| Duration::from_millis(ms * share / 100);
        Stats {
            uptime: Duration::from_millis(ms),
            released: events,
            produced_for: events,
            events,
            cpu: Duration::from_millis(ms / 2),
            stages: vec![StageStats {
                name: "inputs".to_owned(),
                busy: part(10),
                idle: part(30),
                blocked: part(60),
            }],
            outputs: vec![OutputStats {
                name: "file".to_owned(),
                received: events,
                written: events,
                ..OutputStats::default()
            }],
            ..Stats::default()
        }
    }

    #[test]
    fn rates_and_shares_are_those_of_the_last_seconds() {
        let mut meter = Meter::default();
        for step in 0..200u64 {
            meter.heard(&sample(step * 250, step * 100));
        }
        let rate = meter.rate(|stats| stats.events).unwrap();
        assert!((rate - 400.0).abs() < 1e-6);
        let shares = meter.shares(0).unwrap();
        assert!((shares.blocked - 0.6).abs() < 0.01 && (shares.busy - 0.1).abs() < 0.01);
        assert!((meter.cpu() - 0.5).abs() < 0.01);
        assert_eq!(meter.shares(7), None);
        assert!(meter.samples.len() < 50);
        // A run that began anew is not compared with the one before.
        meter.heard(&sample(100, 3));
        let rate = meter.rate(|stats| stats.events).unwrap();
        assert!(rate <= 3.0, "{rate}");
    }

    #[test]
    fn what_a_stage_did_is_forgotten_soon_and_other_parts_are_not_compared() {
        let mut meter = Meter::default();
        for step in 0..80u64 {
            meter.heard(&sample(step * 250, step * 100));
        }
        let mut busy = sample(79 * 250, 7_900);
        for step in 80..95u64 {
            busy.uptime = Duration::from_millis(step * 250);
            busy.stages[0].idle += Duration::from_millis(250);
            meter.heard(&busy);
        }
        let shares = meter.shares(0).unwrap();
        assert!(shares.idle > 0.99, "{shares:?}");
        // Files were changed: the first output is another one now, and the old one is former.
        let mut changed = busy.clone();
        changed.uptime += Duration::from_millis(250);
        changed.events += 100;
        changed.outputs[0].name = "file (former)".to_owned();
        changed.outputs.insert(
            0,
            OutputStats {
                name: "http".to_owned(),
                received: 3,
                ..OutputStats::default()
            },
        );
        meter.heard(&changed);
        assert_eq!(meter.rate(|stats| stats.outputs[0].received), None);
    }

    #[test]
    fn counters_that_do_not_balance_are_told_once_that_is_certain() {
        let mut meter = Meter::default();
        for step in 0..4u64 {
            let mut one = sample(step * 250, step * 100);
            one.outputs[0].written = one.outputs[0].received.saturating_sub(5);
            one.outputs[0].received += 2;
            meter.heard(&one);
        }
        assert_eq!(meter.unbalanced(false), Vec::<String>::new());
        assert_eq!(meter.unbalanced(true).len(), 1);
        for step in 4..50u64 {
            let mut one = sample(step * 250, step * 100);
            one.outputs[0].written -= 5;
            meter.heard(&one);
        }
        let told = meter.unbalanced(false);
        assert!(told[0].starts_with("file: received"), "{told:?}");
        // What waits in the queue is no fault while it runs, and one at the end.
        let mut meter = Meter::default();
        for step in 1..50u64 {
            let mut one = sample(step * 250, step * 100);
            one.released += 20;
            meter.heard(&one);
        }
        assert_eq!(meter.unbalanced(false), Vec::<String>::new());
        assert!(meter.unbalanced(true)[0].starts_with("released"));
    }
}
