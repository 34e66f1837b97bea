//! Rates of generators over the last minute, quarter hour, hour and day, in bounded memory: rings of
//! buckets of different lengths, all filled at once, so that nothing has to be worked out when a span is
//! shown. Times are given from outside; knows nothing of screens.

use std::collections::VecDeque;
use std::time::Duration;

use super::flowing::Flowing;
use crate::instance::Overview;
use crate::pipeline::State;

/// Longest time between two reports that belong together. What lies further apart is not known: a gap.
pub const GAP: Duration = Duration::from_secs(5);
/// The least lag that is worth a word.
pub const LEAST_LAG: Duration = Duration::from_millis(1);
/// Events that came at once stand for so much time before them: what comes every second is no row of
/// spikes.
pub const SPREAD: Duration = Duration::from_secs(1);
/// Time over which the use of the processor is measured.
const CPU_WINDOW: Duration = Duration::from_secs(10);
/// How far reports may come late before it is taken for a pause of the machine.
const LATE: Duration = Duration::from_millis(500);

/// A stretch of time up to now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// 60 buckets of a second.
    #[default]
    Minute,
    /// 180 of five seconds.
    Quarter,
    /// 120 of half a minute.
    Hour,
    /// 144 of ten minutes.
    Day,
}

impl Span {
    /// From short to long.
    pub const ALL: [Self; 4] = [Self::Minute, Self::Quarter, Self::Hour, Self::Day];

    /// As shown.
    pub fn title(self) -> &'static str {
        match self {
            Self::Minute => "last minute",
            Self::Quarter => "last 15 min",
            Self::Hour => "last hour",
            Self::Day => "last day",
        }
    }

    /// Its length, and half of it, as they stand on an axis.
    pub fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Minute => ("-60 s", "-30 s"),
            Self::Quarter => ("-15 min", "-7.5 min"),
            Self::Hour => ("-60 min", "-30 min"),
            Self::Day => ("-24 h", "-12 h"),
        }
    }

    /// Length of a bucket in seconds.
    pub fn step(self) -> u64 {
        match self {
            Self::Minute => 1,
            Self::Quarter => 5,
            Self::Hour => 30,
            Self::Day => 600,
        }
    }

    /// Number of buckets.
    pub fn count(self) -> usize {
        match self {
            Self::Minute => 60,
            Self::Quarter => 180,
            Self::Hour => 120,
            Self::Day => 144,
        }
    }

    /// The next longer, or shorter one; stays at the ends.
    #[must_use]
    pub fn other(self, longer: bool) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        let to = if longer { at + 1 } else { at.saturating_sub(1) };
        Self::ALL.get(to).copied().unwrap_or(self)
    }
}

/// What a chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// Events per second.
    #[default]
    Rate,
    /// Bytes per second.
    Bytes,
    /// The longest delay behind the schedule, in seconds.
    Lag,
    /// Lost events per second.
    Lost,
}

impl Measure {
    /// In the order of the keys.
    pub const ALL: [Self; 4] = [Self::Rate, Self::Bytes, Self::Lag, Self::Lost];

    /// As shown.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rate => "events/s",
            Self::Bytes => "bytes/s",
            Self::Lag => "lag",
            Self::Lost => "lost/s",
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        Self::ALL
            .get((at + 1) % Self::ALL.len())
            .copied()
            .unwrap_or(self)
    }
}

/// What happened in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Delta {
    /// Events produced.
    pub events: f32,
    /// Bytes written.
    pub bytes: f32,
    /// Events lost.
    pub lost: f32,
    /// The longest delay, in seconds.
    pub lag: f32,
}

/// One bucket: what happened, and for how many of its seconds that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bucket {
    seconds: f32,
    sum: Delta,
}

impl Bucket {
    fn value(&self, measure: Measure) -> Option<f32> {
        if self.seconds <= 0.0 {
            return None;
        }
        Some(match measure {
            Measure::Rate => self.sum.events / self.seconds,
            Measure::Bytes => self.sum.bytes / self.seconds,
            Measure::Lost => self.sum.lost / self.seconds,
            Measure::Lag => self.sum.lag,
        })
    }
}

/// Buckets of one length, the latest last.
#[derive(Clone, Debug)]
struct Ring {
    span: Span,
    /// Number of the latest bucket, counted from the beginning of time.
    newest: u64,
    buckets: VecDeque<Bucket>,
}

impl Ring {
    fn new(span: Span) -> Self {
        Self {
            span,
            newest: 0,
            buckets: VecDeque::new(),
        }
    }

    /// The bucket with that number; empty ones come up to it. `None` when it is too old.
    fn bucket(&mut self, number: u64) -> Option<&mut Bucket> {
        if self.buckets.is_empty() {
            self.newest = number;
            self.buckets.push_back(Bucket::default());
        }
        let missing = number.saturating_sub(self.newest);
        for _ in 0..missing.min(self.span.count() as u64 + 1) {
            self.buckets.push_back(Bucket::default());
        }
        self.newest = self.newest.max(number);
        // One more than is shown: the latest one is not over yet.
        while self.buckets.len() > self.span.count() + 1 {
            self.buckets.pop_front();
        }
        let back = usize::try_from(self.newest - number).ok()?;
        let index = self.buckets.len().checked_sub(back + 1)?;
        self.buckets.get_mut(index)
    }

    fn get(&self, number: u64) -> Option<&Bucket> {
        let back = usize::try_from(self.newest.checked_sub(number)?).ok()?;
        self.buckets.get(self.buckets.len().checked_sub(back + 1)?)
    }

    /// Shares what happened between two moments (in seconds) among the buckets; with `known` the time
    /// itself, too.
    fn add(&mut self, from: f64, to: f64, delta: Delta, known: bool) {
        let step = self.span.step() as f64;
        let whole = to - from;
        let (mut at, mut number) = (from, bucket_of(from, step));
        while at < to {
            let end = ((number + 1) as f64 * step).min(to);
            let share = ((end - at) / whole) as f32;
            if let Some(bucket) = self.bucket(number) {
                if known {
                    bucket.seconds += (end - at) as f32;
                }
                bucket.sum.events += delta.events * share;
                bucket.sum.bytes += delta.bytes * share;
                bucket.sum.lost += delta.lost * share;
                bucket.sum.lag = bucket.sum.lag.max(delta.lag);
            }
            at = end;
            number += 1;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds since the start, never negative"
)]
fn bucket_of(seconds: f64, step: f64) -> u64 {
    (seconds / step) as u64
}

/// Rings of all lengths.
#[derive(Clone, Debug)]
pub struct Rings([Ring; 4]);

impl Default for Rings {
    fn default() -> Self {
        Self(Span::ALL.map(Ring::new))
    }
}

impl Rings {
    /// Takes in what happened between two moments, which are not more than some seconds apart.
    pub fn add(&mut self, from: Duration, to: Duration, delta: Delta) {
        self.put(from, to, delta, true);
    }

    /// As [`Rings::add`], of several that go on side by side: the time is told by [`Rings::pass`].
    pub fn sum(&mut self, from: Duration, to: Duration, delta: Delta) {
        self.put(from, to, delta, false);
    }

    /// All that happened between two moments has been told.
    pub fn pass(&mut self, from: Duration, to: Duration) {
        self.put(from, to, Delta::default(), true);
    }

    fn put(&mut self, from: Duration, to: Duration, delta: Delta, known: bool) {
        if from < to {
            for ring in &mut self.0 {
                ring.add(from.as_secs_f64(), to.as_secs_f64(), delta, known);
            }
        }
    }

    /// The values over a span, the present last; `None` where nothing is known. The second that is not
    /// over yet is left out.
    pub fn series(&self, now: Duration, span: Span, measure: Measure) -> Vec<Option<f32>> {
        let count = span.count();
        let Some(ring) = self.0.iter().find(|ring| ring.span == span) else {
            return Vec::new();
        };
        let present = now.as_secs() / span.step();
        let last = if span == Span::Minute {
            present.checked_sub(1)
        } else {
            Some(present)
        };
        let value = |back: usize| {
            let number = last?.checked_sub(u64::try_from(back).ok()?)?;
            ring.get(number)?.value(measure)
        };
        (0..count).rev().map(value).collect()
    }

    /// Events per second over the last minute in `cells` equal stretches, which stay where they are until
    /// the next one begins.
    pub fn minute(&self, now: Duration, cells: usize) -> Vec<Option<f32>> {
        let step = 60 / cells.clamp(1, 60) as u64;
        let [ring, ..] = &self.0;
        let present = now.as_secs() / step;
        let cell = |back: usize| {
            let number = present.checked_sub(u64::try_from(back).ok()?)?;
            let mut whole = Bucket::default();
            for second in number * step..(number + 1) * step {
                if let Some(one) = ring.get(second).filter(|_| second < now.as_secs()) {
                    whole.seconds += one.seconds;
                    whole.sum.events += one.sum.events;
                }
            }
            whole.value(Measure::Rate)
        };
        (0..cells).rev().map(cell).collect()
    }
}

/// Counters at a moment.
#[derive(Clone, Copy, Debug)]
struct Count {
    uptime: Duration,
    /// When events had last flowed.
    flowed: Duration,
    events: u64,
    bytes: u64,
    lost: u64,
    cpu: Duration,
}

impl Count {
    const NONE: Self = Self {
        uptime: Duration::ZERO,
        flowed: Duration::ZERO,
        events: 0,
        bytes: 0,
        lost: 0,
        cpu: Duration::ZERO,
    };

    fn of(report: &Overview) -> Self {
        let flowed = match report.flowed {
            // Whoever does not tell is taken to have had something just now.
            Duration::ZERO => report.uptime,
            flowed => flowed.min(report.uptime),
        };
        Self {
            uptime: report.uptime,
            flowed,
            events: report.events,
            bytes: report.bytes,
            lost: report.lost,
            cpu: report.cpu,
        }
    }
}

/// What happened, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// Since then.
    pub from: Duration,
    /// Until then.
    pub to: Duration,
    /// What.
    pub delta: Delta,
}

/// What is kept of one generator.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Its past.
    pub rings: Rings,
    last: Option<(Duration, Count)>,
    /// Up to when it is in the rings.
    known: Option<Duration>,
    /// A moment on the axis of the histories, and the run's own time then.
    anchor: Option<(Duration, Duration)>,
    recent: VecDeque<Count>,
    flowing: Flowing<Count>,
    /// Events per second now; 0 while that is not known.
    pub rate: f64,
    /// The rate is known.
    pub measured: bool,
    /// Bytes per second now.
    pub byte_rate: f64,
    /// Share of a processor that it uses now; 1 is a whole core.
    pub cpu: f64,
}

impl History {
    /// Up to when all of it is told, while it runs.
    pub fn known(&self) -> Option<Duration> {
        self.last.and(self.known)
    }

    /// Takes in a report that came at a moment; gives what happened since what was told before.
    pub fn heard(&mut self, at: Duration, report: &Overview) -> Option<Told> {
        let count = Count::of(report);
        let active = is_active(report.state.as_ref());
        let before = self.last.take().or_else(|| {
            // What has just started is known from its start on.
            (self.known, self.anchor) = (None, None);
            let start = at.saturating_sub(count.uptime);
            (active && count.uptime < GAP).then_some((start, Count::NONE))
        });
        if active {
            self.last = Some((at, count));
            self.window(count);
        } else {
            self.rest();
        }
        let (from, old) = before?;
        if is_gap(at, count, from, old) {
            (self.known, self.anchor) = (None, None);
            self.forget();
            if active {
                self.window(count);
            }
            return None;
        }
        self.told(at, count, old, report)
    }

    /// Puts what happened since the report before to where it belongs.
    fn told(&mut self, at: Duration, count: Count, old: Count, report: &Overview) -> Option<Told> {
        // Reports come by a way of their own; the run's time is exact.
        let near =
            |anchor: &(Duration, Duration)| moment(*anchor, count.uptime).abs_diff(at) < LATE;
        let anchor = self.anchor.filter(near).unwrap_or((at, count.uptime));
        self.anchor = Some(anchor);
        let on_axis = |time: Duration| moment(anchor, time);
        let now = on_axis(count.uptime);
        let known = self.known.unwrap_or_else(|| on_axis(old.uptime)).min(now);
        let delta = Delta {
            events: (count.events - old.events) as f32,
            bytes: count.bytes.saturating_sub(old.bytes) as f32,
            lost: count.lost.saturating_sub(old.lost) as f32,
            // Less than that is told as nothing, in numbers and in bars.
            lag: match report.lag {
                lag if lag < LEAST_LAG => 0.0,
                lag => lag.as_secs_f32(),
            },
        };
        let ends = !is_active(report.state.as_ref());
        let flowed = on_axis(count.flowed);
        let (from, to) = if count.events > old.events && flowed > known && !ends {
            let least = on_axis(old.uptime).min(flowed.saturating_sub(SPREAD));
            // What came first of all stands for a whole second, too.
            let first = old.events == 0;
            (if first { least } else { known.max(least) }, flowed)
        } else if ends || count.events > old.events || delta.bytes > 0.0 || delta.lost > 0.0 {
            (known, now)
        } else {
            // What comes next may stand for the last second.
            let calm = now.saturating_sub(SPREAD).max(known);
            (calm, calm)
        };
        let quiet = Delta {
            lag: delta.lag,
            ..Delta::default()
        };
        self.rings.add(known, from, quiet);
        self.rings.add(from, to, delta);
        self.known = Some(to);
        (from < to).then_some(Told { from, to, delta })
    }

    /// Nothing flows any more.
    fn rest(&mut self) {
        self.forget();
        (self.rate, self.byte_rate, self.cpu) = (0.0, 0.0, 0.0);
    }

    fn forget(&mut self) {
        self.recent.clear();
        self.flowing.clear();
        self.measured = false;
    }

    fn window(&mut self, now: Count) {
        if self.recent.back().is_some_and(|last| {
            last.uptime > now.uptime || last.events > now.events || now.uptime - last.uptime > GAP
        }) {
            self.rest();
        }
        self.flowing.heard(now.uptime, now.flowed, now.events, now);
        let rate = self.flowing.rate(|one| one.events);
        self.measured = rate.is_some();
        self.rate = rate.unwrap_or(0.0);
        self.byte_rate = self.flowing.rate(|one| one.bytes).unwrap_or(0.0);
        self.recent.push_back(now);
        let age = |one: &Count| now.uptime.saturating_sub(one.uptime);
        while self.recent.get(1).is_some_and(|old| age(old) >= CPU_WINDOW) {
            self.recent.pop_front();
        }
        let Some(oldest) = self.recent.front().copied() else {
            return;
        };
        let seconds = age(&oldest).as_secs_f64();
        if seconds > 0.0 {
            self.cpu = now.cpu.saturating_sub(oldest.cpu).as_secs_f64() / seconds;
        }
    }
}

/// Where a time of a run stands on the axis of the histories.
fn moment((at, uptime): (Duration, Duration), time: Duration) -> Duration {
    (at + time.saturating_sub(uptime)).saturating_sub(uptime.saturating_sub(time))
}

/// True when what lies between two reports is not known: another run, or nobody looked for a while.
fn is_gap(at: Duration, count: Count, from: Duration, old: Count) -> bool {
    count.events < old.events
        || count.uptime < old.uptime
        || count.uptime - old.uptime > GAP
        || at.saturating_sub(from) > GAP
}

/// True from the start of a run to its end.
pub fn is_active(state: Option<&State>) -> bool {
    matches!(
        state,
        Some(State::Starting | State::Running | State::Stopping)
    )
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
