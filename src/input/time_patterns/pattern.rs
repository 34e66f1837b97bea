//! One pattern at work: period after period, each from its own random stream.

use std::sync::Arc;

use crate::time::versatile::{Missing, resolve_range};
use crate::time::{MAX_WALL_US, Moment, Versatile, Zone, ZoneCursor};

use super::factor::{Factors, Numbers};
use crate::input::moment::range_error;
use crate::input::scatter::{Draws, Scatter, Shape, derive};
use crate::input::{Input, InputEnv, InputError};

/// Streams of a pattern's seed: of the factors and of the places within periods.
const FACTORS: u64 = 1;
const PLACES: u64 = 2;

/// A checked pattern file.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// As the document names it.
    pub name: String,
    pub start: Versatile,
    pub end: Versatile,
    pub period_us: i64,
    /// Periods are whole days of the wall clock, some of which have 23 or 25 hours.
    pub whole_days: bool,
    pub ratio: u64,
    pub factors: Factors,
    pub shape: Shape,
}

/// A pattern with everything that a run decides.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pattern: Arc<Pattern>,
    zone: Zone,
    start: Moment,
    /// The instant after the last one.
    until_us: i64,
    /// Instants before this are left out.
    from_us: i64,
    numbers: Numbers,
    places: u64,
}

impl Plan {
    /// # Errors
    /// When the pattern's range is none.
    pub(super) fn new(
        pattern: &Arc<Pattern>,
        env: &InputEnv<'_>,
        seed: u64,
    ) -> Result<Self, InputError> {
        let range = resolve_range(
            Some(&pattern.start),
            Some(&pattern.end),
            (Missing::Now, Missing::Max),
            env.zone,
            env.now,
        );
        let (start, end) = range.map_err(|error| {
            let error = range_error(error, env);
            InputError {
                message: format!("pattern `{}`: {}", pattern.name, error.message),
                ..error
            }
        })?;
        let until_us = if start.instant_us() == end.instant_us() {
            start.instant_us()
        } else {
            end.instant_us().min(MAX_WALL_US) + 1
        };
        Ok(Self {
            pattern: Arc::clone(pattern),
            zone: env.zone,
            start,
            until_us,
            from_us: if env.skip_past {
                env.now.instant_us() + 1
            } else {
                i64::MIN
            },
            numbers: Numbers::new(pattern.factors, pattern.ratio, derive(seed, FACTORS)),
            places: derive(seed, PLACES),
        })
    }

    /// When a period begins; the end of time beyond the calendar.
    fn begin(&self, period: u64) -> i64 {
        let base = if self.pattern.whole_days {
            self.start.wall_us
        } else {
            self.start.instant_us()
        };
        let offset = i128::from(period) * i128::from(self.pattern.period_us);
        match i64::try_from(i128::from(base) + offset) {
            Ok(at) if at <= MAX_WALL_US && self.pattern.whole_days => {
                self.zone.at_wall(at).instant_us()
            }
            Ok(at) if at <= MAX_WALL_US => at,
            _ => i64::MAX,
        }
    }

    /// The period that holds an instant, the first one for what lies before.
    fn period_at(&self, instant_us: i64) -> u64 {
        let after = if self.pattern.whole_days {
            self.zone
                .at_instant(instant_us)
                .wall_us
                .saturating_sub(self.start.wall_us)
        } else {
            instant_us.saturating_sub(self.start.instant_us())
        };
        let period = u64::try_from(after.div_euclid(self.pattern.period_us)).unwrap_or(0);
        // At a change of the clock the wall may be off by one.
        if period > 0 && self.begin(period) > instant_us {
            return period - 1;
        }
        if self.begin(period + 1) <= instant_us {
            return period + 1;
        }
        period
    }

    /// A period's draws; nothing where the period starts at the end or later.
    fn draws(&mut self, period: u64) -> Draws {
        let begin = self.begin(period);
        let end = self.begin(period + 1);
        if begin >= self.until_us - 1 {
            return Draws::default();
        }
        let length = if end == i64::MAX {
            self.pattern.period_us
        } else {
            end - begin
        };
        Draws {
            key: derive(self.places, period),
            count: self.numbers.of(period),
            length,
        }
    }

    /// How many timestamps lie before an instant; `None` when that takes too long to tell.
    pub(super) fn before(&mut self, instant_us: i64) -> Option<u64> {
        let total = self.all_before(instant_us.min(self.until_us))?;
        let skipped = if self.from_us > self.start.instant_us() {
            self.all_before(self.from_us.min(self.until_us))?
        } else {
            0
        };
        Some(total.saturating_sub(skipped))
    }

    fn all_before(&mut self, instant_us: i64) -> Option<u64> {
        if instant_us <= self.start.instant_us() {
            return Some(0);
        }
        let period = self.period_at(instant_us);
        let begin = self.begin(period);
        let draws = self.draws(period);
        let here = draws.before(&self.pattern.shape, instant_us - begin);
        Some(self.numbers.before(period)?.saturating_add(here))
    }

    /// The expected number of timestamps between two instants.
    pub(super) fn expected(&self, from_us: i64, to_us: i64) -> f64 {
        let low = from_us.max(self.from_us).max(self.start.instant_us());
        let high = to_us.min(self.until_us);
        let place = |instant_us: i64| {
            let period = self.period_at(instant_us);
            let inside = (instant_us - self.begin(period)) as f64 / self.pattern.period_us as f64;
            period as f64 + self.pattern.shape.share(inside)
        };
        if low >= high {
            return 0.0;
        }
        (place(high) - place(low)) * self.numbers.mean()
    }

    /// How many timestamps there are in all; `None` without end, or when it takes too long to tell.
    pub(super) fn total(&mut self) -> Option<u64> {
        if self.pattern.end == Versatile::Never {
            return None;
        }
        self.before(self.until_us)
    }

    /// True when the range has no length.
    pub(super) fn has_no_periods(&self) -> bool {
        self.until_us <= self.start.instant_us()
    }

    /// True when the numbers of timestamps are the same for every seed.
    pub(super) fn is_steady(&self) -> bool {
        let length = self.until_us - 1 - self.start.instant_us();
        self.pattern.factors.constant()
            && !self.pattern.whole_days
            && length % self.pattern.period_us == 0
            && self.from_us <= self.start.instant_us()
    }
}

/// A pattern that gives out its timestamps.
#[derive(Debug)]
pub(super) struct Running {
    plan: Plan,
    /// The period after the current one.
    next: u64,
    /// Begin of the current period.
    begin_us: i64,
    scatter: Scatter,
    zone: ZoneCursor,
    ended: bool,
}

impl Running {
    pub(super) fn new(plan: Plan) -> Self {
        let next = plan.period_at(plan.from_us.max(plan.start.instant_us()));
        Self {
            next,
            begin_us: 0,
            scatter: Scatter::default(),
            zone: ZoneCursor::new(plan.zone),
            ended: false,
            plan,
        }
    }

    /// Goes on to the next period; false when there is none.
    fn turn(&mut self) -> bool {
        self.begin_us = self.plan.begin(self.next);
        if self.begin_us >= self.plan.until_us - 1 {
            return false;
        }
        let draws = self.plan.draws(self.next);
        self.next += 1;
        let from = self.plan.from_us.saturating_sub(self.begin_us);
        self.scatter.begin(draws, from.max(0));
        true
    }
}

impl Input for Running {
    fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
        let mut room = max;
        while room > 0 && !self.ended {
            let ready = self.scatter.ready(&self.plan.pattern.shape);
            if ready.is_empty() {
                self.ended = !self.turn();
                continue;
            }
            let begin_us = self.begin_us;
            let before_end = self.plan.until_us - begin_us;
            let mut given = ready.len().min(room);
            if ready.get(given - 1).is_some_and(|&last| last >= before_end) {
                given = ready.partition_point(|&tick| tick < before_end).min(given);
                self.ended = given < room;
            }
            let zone = &mut self.zone;
            let some = ready.iter().take(given);
            out.extend(some.map(|tick| zone.moment(begin_us + tick)));
            self.scatter.take(given);
            room -= given;
        }
        Ok(())
    }

    fn seek(&mut self, instant_us: i64) {
        if instant_us <= self.plan.from_us {
            return;
        }
        self.plan.from_us = instant_us;
        let period = self.plan.period_at(instant_us);
        if period >= self.next {
            self.next = period;
            self.scatter.begin(Draws::default(), 0);
        } else {
            self.scatter
                .skip_to(instant_us.saturating_sub(self.begin_us));
        }
    }
}
