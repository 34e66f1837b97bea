//! How fast something flows, from a few points at which it had flowed: the one measure behind table, flow
//! and charts, so that they show the same number.
//!
//! Events come in bursts as a rule, ten at each full second. Between two looks at a counter there may lie
//! one burst or two, and a rate measured between looks jumps. Measured between the moments at which events
//! flowed it does not: from burst to burst there is a whole number of bursts.

use std::collections::VecDeque;
use std::time::Duration;

/// Time over which a rate is measured.
const WINDOW: Duration = Duration::from_secs(5);
/// The same for what comes so seldom that the window holds little.
const LONG: Duration = Duration::from_secs(15);
/// Bursts in the window from which it is enough.
const STEADY: usize = 4;
/// Points kept at least, however old: they tell what comes once a minute.
const LEAST: usize = 3;
/// Points kept at most.
const MOST: usize = 96;
/// A pause up to which nothing is said to have slowed down.
const CALM: Duration = Duration::from_millis(1_250);
/// How long after events what follows them (bytes written) is still theirs.
const TRAIL: Duration = Duration::from_millis(500);
/// Least time over which anything is measured.
const SHORT: Duration = Duration::from_secs(1);

/// A moment at which something had flowed, with what was counted until then.
#[derive(Clone, Debug)]
struct Point<T> {
    at: Duration,
    events: u64,
    counts: T,
}

/// The points of one run, the latest last.
#[derive(Clone, Debug)]
pub struct Flowing<T> {
    points: VecDeque<Point<T>>,
    /// What was counted of late, and when: for what goes on while no events flow.
    looks: VecDeque<(Duration, T)>,
    /// The latest look.
    now: Duration,
    /// The first point is the beginning of the run.
    whole: bool,
}

impl<T> Default for Flowing<T> {
    fn default() -> Self {
        Self {
            points: VecDeque::new(),
            looks: VecDeque::new(),
            now: Duration::ZERO,
            whole: false,
        }
    }
}

impl<T: Clone> Flowing<T> {
    /// Takes in a look at time `now` of the run: `events` had flowed until `at`.
    pub fn heard(&mut self, now: Duration, at: Duration, events: u64, counts: T) {
        if self.points.is_empty() {
            self.whole = now < WINDOW;
        }
        self.now = now;
        let at = at.min(now);
        self.looks.push_back((now, counts.clone()));
        let past = |(then, _): &(Duration, T)| now.saturating_sub(*then) >= WINDOW;
        while self.looks.get(1).is_some_and(past) {
            self.looks.pop_front();
        }
        match self.points.back_mut() {
            Some(last) if last.events == events => {
                if now.saturating_sub(last.at) <= TRAIL {
                    last.counts = counts;
                }
            }
            None if events == 0 => {}
            _ => self.points.push_back(Point { at, events, counts }),
        }
        let old = |one: &Point<T>| now.saturating_sub(one.at) >= LONG;
        while self.points.len() > MOST
            || (self.points.len() > LEAST && self.points.get(1).is_some_and(old))
        {
            self.points.pop_front();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// How much a counter grows in a second; `None` while that is not known.
    pub fn rate(&self, count: impl Fn(&T) -> u64) -> Option<f64> {
        let Some(last) = self.points.back() else {
            return self.looked(count);
        };
        let quiet = self.now.saturating_sub(last.at);
        let base = self.base(last);
        let gap = base.map(|(base, bursts)| {
            let span = last.at.saturating_sub(base.at);
            span / u32::try_from(bursts).unwrap_or(u32::MAX).max(1)
        });
        if let (Some((base, _)), Some(gap)) = (base, gap)
            && quiet <= CALM.max(gap * 2)
        {
            return per_second(
                (base.at, count(&base.counts)),
                (last.at, count(&last.counts)),
            );
        }
        if base.is_none() && self.whole && quiet <= CALM && last.events > 0 {
            // The first burst of a run: nothing is known but that it came.
            let seconds = self.now.as_secs_f64().max(1.0);
            return Some(count(&last.counts) as f64 / seconds);
        }
        if base.is_none() && quiet <= CALM {
            return None;
        }
        // It slows down, or has ended, or never was what gives events.
        self.looked(count)
    }

    /// How much a counter grew in a second, from look to look.
    fn looked(&self, count: impl Fn(&T) -> u64) -> Option<f64> {
        let ((since, before), (now, after)) = (self.looks.front()?, self.looks.back()?);
        if now.saturating_sub(*since) < SHORT {
            return None;
        }
        per_second((*since, count(before)), (*now, count(after)))
    }

    /// The point to measure from, and how many bursts came since.
    fn base(&self, last: &Point<T>) -> Option<(&Point<T>, usize)> {
        let before = self.points.iter().rev().skip(1).zip(1..);
        let within = |most: Duration| {
            let here = before.clone().take_while(|(one, _)| {
                // What was first seen has flowed at an unknown moment before.
                last.at.saturating_sub(one.at) <= most
            });
            here.last()
        };
        within(WINDOW)
            .filter(|(_, bursts)| *bursts >= STEADY)
            .or_else(|| within(LONG))
            .or_else(|| before.clone().next())
    }
}

fn per_second(from: (Duration, u64), to: (Duration, u64)) -> Option<f64> {
    let seconds = to.0.saturating_sub(from.0).as_secs_f64();
    (seconds > 0.0).then(|| to.1.saturating_sub(from.1) as f64 / seconds)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Looks every so often at a run that makes ten events at each 370 ms past a full second.
    fn looked(flowing: &mut Flowing<u64>, from: u64, to: u64, every: u64) -> Vec<Option<f64>> {
        let mut rates = Vec::new();
        let mut now = from;
        while now < to {
            let bursts = (now + 630) / 1_000;
            let at = (bursts * 1_000).saturating_sub(630);
            flowing.heard(ms(now), ms(at), bursts * 10, bursts * 10);
            rates.push(flowing.rate(|count| *count));
            // Looks are not punctual.
            now += every + now % 17;
        }
        rates
    }

    #[test]
    fn a_steady_rate_is_one_number_whenever_one_looks() {
        for every in [200, 250, 333, 500, 1_000] {
            let mut flowing = Flowing::default();
            let rates = looked(&mut flowing, 0, 60_000, every);
            for (index, rate) in rates.iter().enumerate().skip(8) {
                assert!(
                    (rate.unwrap() - 10.0).abs() < 1e-9,
                    "{every} {index} {rate:?}"
                );
            }
            // From its start on it is about that.
            let early = rates.iter().flatten();
            assert!(early.clone().all(|rate| *rate <= 10.0 + 1e-9), "{rates:?}");
            // And who comes later sees it as soon as two bursts came.
            let mut later = Flowing::default();
            let rates = looked(&mut later, 3_600_100, 3_610_000, every);
            let known: Vec<f64> = rates.iter().flatten().copied().collect();
            assert!(
                known.iter().all(|rate| (rate - 10.0).abs() < 1e-9),
                "{rates:?}"
            );
            assert!(
                rates[0].is_none() && known.len() + 7 >= rates.len(),
                "{rates:?}"
            );
        }
    }

    #[test]
    fn what_gives_no_events_is_measured_too() {
        let mut flowing = Flowing::default();
        for now in (0..20_000).step_by(250) {
            // A hundred timestamps a second, and none of them renders.
            flowing.heard(ms(now), ms(now), 0, now / 10);
        }
        let rate = flowing.rate(|count| *count).unwrap();
        assert!((rate - 100.0).abs() < 1e-6, "{rate}");
    }

    #[test]
    fn what_ends_goes_to_nothing_and_what_comes_seldom_does_not() {
        let mut flowing = Flowing::default();
        looked(&mut flowing, 0, 20_000, 250);
        let mut last = f64::MAX;
        for now in (21_500..30_000).step_by(250) {
            flowing.heard(ms(now), ms(19_370), 200, 200);
            let rate = flowing.rate(|count| *count).unwrap();
            assert!(rate <= last + 0.5, "{now}: {rate} after {last}");
            last = rate;
        }
        assert!(last.abs() < 1e-9);
        let mut seldom = Flowing::default();
        for now in (0..600_000).step_by(1_000) {
            seldom.heard(
                ms(now),
                ms(now / 60_000 * 60_000),
                now / 60_000,
                now / 60_000,
            );
        }
        let rate = seldom.rate(|count| *count).unwrap();
        assert!((rate * 60.0 - 1.0).abs() < 1e-6, "{rate}");
        assert!(seldom.points.len() <= LEAST + 1);
    }
}
