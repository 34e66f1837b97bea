//! The input stage: releases timestamps when they are due, and sleeps until the next one is.
//!
//! It sleeps on the monotonic clock and is woken by whoever changes something: a stop, a setting, an
//! input that has something after a time without, the system when the wall clock was set. So nothing
//! wakes it while nothing is due.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::batch::TimestampBatch;
use crate::time::{Jumps, Reading, Wake};

use super::EndReason;
use super::batching::Batching;
use super::ceiling::{Ceiling, Flow};
use super::control::Level;
use super::errors::Failure;
use super::meter::Phase;
use super::release::{Next, Release};
use super::settings::Change;
use super::shared::Shared;
use super::swap_inputs::Exchange;
use crate::input::Merge;

/// Longest sleep where the system does not tell when the wall clock was set.
const LOOK: Duration = Duration::from_secs(5);

/// How the stage works in one run.
pub(super) struct Setup {
    pub(super) batching: Batching,
    /// Most events in a second to begin with.
    pub(super) rate_limit: Option<f64>,
    /// Wakes the stage.
    pub(super) wake: Wake,
}

/// Runs until the inputs end or the run is told to.
pub(super) fn run(release: Release, setup: Setup, shared: &Shared) {
    let now = shared.clock.read();
    let tells = !shared.live || shared.clock.on_jump(&setup.wake);
    let mut stage = Stage {
        jumps: Jumps::from(now),
        version: 0,
        paused: false,
        open: true,
        ceiling: None,
        pushed: 0,
        release,
        setup,
        shared,
        tells,
    };
    stage.limit(stage.setup.rate_limit, now);
    shared.input_meter().enter(Phase::Busy);
    while stage.step() {}
}

struct Stage<'a> {
    release: Release,
    setup: Setup,
    shared: &'a Shared,
    /// Which settings were taken over.
    version: u64,
    paused: bool,
    /// Something may come in from outside.
    open: bool,
    /// The system tells when the wall clock was set.
    tells: bool,
    jumps: Jumps,
    ceiling: Option<Ceiling>,
    /// Timestamps handed on.
    pushed: u64,
}

impl Stage<'_> {
    /// Releases what is due and sleeps until more is; false at the end.
    fn step(&mut self) -> bool {
        let wakes = self.shared.control.wakes();
        self.shared.input_meter().tick();
        if self.shared.control.is(Level::Drain) {
            self.close();
            return false;
        }
        let now = self.shared.clock.read();
        self.refresh();
        if self.shared.schedule.waiting() && !self.exchange(now) {
            return false;
        }
        self.look(now);
        let all = self.release.skip();
        self.shared.counters.skipped.set(self.release.skipped());
        if !all {
            return true;
        }
        if self.paused {
            self.rest(wakes, None);
            return true;
        }
        let room = match self.room(now) {
            Ok(room) => room,
            Err(_) if self.release.is_over() && !self.open => return false,
            Err(at_us) => {
                self.hold(now);
                self.sleep(wakes, at_us);
                return true;
            }
        };
        let Some(came) = self.arrivals(room) else {
            return false;
        };
        if came >= room {
            return true;
        }
        let batching = &mut self.setup.batching;
        let next = batching.take(&mut self.release, now, room - came);
        report(self.release.source(), self.shared);
        self.measure(now, next);
        let last = self.batch().moments.last().copied();
        if self.setup.batching.complete(&self.release, next) && !self.push() {
            return false;
        }
        if let Some(last) = last {
            // Who reads it finds everything until then released, unless that is being collected.
            let position_us = &self.shared.counters.position_us;
            position_us.set(last.instant_us().cast_unsigned());
        }
        match next {
            Next::Now => {}
            // There may be more from outside already.
            _ if came > 0 => {}
            Next::At(at_us) => self.sleep(wakes, at_us),
            Next::Held => self.rest(wakes, None),
            Next::Ended if self.open => self.rest(wakes, None),
            Next::Ended => return false,
        }
        true
    }

    /// Goes on with other inputs, if it is asked to; false when nobody takes timestamps any more.
    fn exchange(&mut self, now: Reading) -> bool {
        let Some(Exchange {
            slots,
            batching,
            done,
        }) = self.shared.schedule.take()
        else {
            return true;
        };
        if let Some(batching) = batching {
            if !self.push() {
                return false;
            }
            self.setup.batching = batching;
        }
        self.release.exchange(slots, now);
        // The next question shows whether something may come from outside.
        self.open = true;
        self.shared.counters.open.set(0);
        self.shared.expected_less.store(true, Ordering::Relaxed);
        // Who asked may have lost patience.
        let _ = done.send(());
        true
    }

    /// Hands on what came in from outside, whatever the schedules have, and says how much that was;
    /// `None` when nobody takes timestamps any more.
    fn arrivals(&mut self, max: usize) -> Option<usize> {
        if !self.open {
            return Some(0);
        }
        let mut batch = self.shared.spare_timestamps.take();
        self.open = self.release.arrivals(max, &mut batch);
        if self.open {
            self.shared.counters.open.set(1);
        }
        report(self.release.source(), self.shared);
        let came = batch.len();
        self.hand_on(batch).then_some(came)
    }

    /// The end of a run that was told to end: what outsiders were promised is still handed on.
    fn close(&mut self) {
        self.release.source().close();
        while self.open {
            if self.arrivals(self.setup.batching.size()).is_none() {
                return;
            }
        }
    }

    /// Takes over what was changed, as of when it was changed.
    fn refresh(&mut self) {
        let version = self.shared.settings.version();
        if self.version == version {
            return;
        }
        self.version = version;
        for (change, at) in self.shared.settings.take_changes() {
            let timeline = self.release.timeline();
            match change {
                Change::Pause => {
                    timeline.pause(at);
                    self.paused = true;
                }
                Change::Resume { skip } => {
                    timeline.resume(at);
                    self.paused = false;
                    if skip && timeline.follows_wall() {
                        self.release.skip_until(at.wall_us);
                    }
                }
                Change::Pace(pace) => timeline.set_pace(pace, at),
                Change::SkipTo(us) => self.release.skip_to(us, at),
                Change::Gain(gain) => self.release.gain().set(gain),
                Change::RateLimit(limit) => self.limit(limit, at),
                _ => {}
            }
        }
    }

    fn limit(&mut self, limit: Option<f64>, now: Reading) {
        let flow = self.flow();
        self.ceiling = limit.map(|rate| Ceiling::new(rate, now.mono_us, flow));
    }

    /// Notices that the wall clock jumped, and says once what follows.
    fn look(&mut self, now: Reading) {
        let Some(by_us) = self.jumps.look(now) else {
            return;
        };
        if !self.release.timeline().follows_wall() {
            return;
        }
        self.shared.counters.jumps.add(1);
        self.shared.counters.jumped_us.set(by_us.cast_unsigned());
        let generator = self.shared.id.as_str();
        let seconds = by_us as f64 / 1e6;
        if by_us > 0 {
            tracing::warn!(
                generator,
                "the clock jumped forward by {seconds:.1} s: what fell due meanwhile is released now"
            );
        } else {
            tracing::warn!(
                generator,
                "the clock was set back by {:.1} s: the next timestamp waits until it gets there",
                -seconds
            );
        }
    }

    fn batch(&self) -> &TimestampBatch {
        self.setup.batching.batch()
    }

    fn flow(&self) -> Flow {
        let counters = &self.shared.counters;
        Flow {
            released: self.pushed + self.batch().len() as u64,
            answered: counters.answered(),
            events: counters.events.get(),
        }
    }

    /// How many more timestamps may be released, or when some may.
    fn room(&mut self, now: Reading) -> Result<usize, i64> {
        let size = self.setup.batching.size();
        let flow = self.flow();
        match &mut self.ceiling {
            None => Ok(size),
            Some(ceiling) => Ok(ceiling.allow(now.mono_us, flow)?.min(size)),
        }
    }

    /// Notes how late the latest timestamps are, and how far a backfill has come.
    fn measure(&mut self, now: Reading, next: Next) {
        let counters = &self.shared.counters;
        counters.skipped.set(self.release.skipped());
        counters.passed.set(self.release.passed());
        counters.used.set(self.pushed + self.batch().len() as u64);
        counters.next_us.set(match self.release.head() {
            Some(head) => head.instant_us().cast_unsigned(),
            None if next == Next::Ended => i64::MAX.cast_unsigned(),
            None => i64::MIN.cast_unsigned(),
        });
        let seam_us = self.shared.backfill.get().map(|one| one.until_us);
        if let Some(&last) = self.batch().moments.last() {
            let mut late = self.release.late_us(last, now);
            if let Some(seam_us) = seam_us.filter(|_| self.release.timeline().follows_wall()) {
                // History is not late.
                late = late.min(now.wall_us.saturating_sub(seam_us));
            }
            counters.lag_us.set(late.max(0).unsigned_abs());
            counters.held_us.set(if next == Next::Now && late > 0 {
                now.mono_us.saturating_sub(late).cast_unsigned()
            } else {
                u64::MAX
            });
        }
        if let Some(seam_us) = seam_us {
            let after = |at: crate::time::Moment| at.instant_us() > seam_us;
            let head = self.release.head().or(self.batch().moments.last().copied());
            if next == Next::Ended || head.is_some_and(after) {
                counters.backfilled.set(1);
            }
        }
    }

    /// The rate limit holds back what may be due.
    fn hold(&mut self, now: Reading) {
        let Some(head) = self.release.head() else {
            return;
        };
        let late = self.release.late_us(head, now);
        if late > 0 {
            let due_us = now.mono_us.saturating_sub(late);
            self.shared.counters.held_us.set(due_us.cast_unsigned());
        }
    }

    /// Hands on what was collected; false when nobody takes timestamps any more.
    fn push(&mut self) -> bool {
        if self.batch().is_empty() {
            return true;
        }
        let empty = self.shared.spare_timestamps.take();
        let batch = self.setup.batching.hand_over(empty);
        self.hand_on(batch)
    }

    fn hand_on(&mut self, batch: TimestampBatch) -> bool {
        if batch.is_empty() {
            self.shared.spare_timestamps.give(batch);
            return true;
        }
        self.pushed += batch.len() as u64;
        self.stall(&batch);
        let meter = self.shared.input_meter();
        match self.shared.timestamps.push(batch, 0, meter) {
            Ok(()) => true,
            Err(batch) => {
                self.shared.discard(&batch);
                false
            }
        }
    }

    /// Notes since when a batch is due that has to wait for room.
    fn stall(&mut self, batch: &TimestampBatch) {
        let queue = &self.shared.timestamps;
        if queue.len() < queue.capacity() || self.release.timeline().is_free() {
            return;
        }
        let Some(&first) = batch.moments.first() else {
            return;
        };
        let now = self.shared.clock.read();
        let late_us = self.release.late_us(first, now);
        let due_us = now.mono_us.saturating_sub(late_us.max(0));
        self.shared.counters.held_us.set(due_us.cast_unsigned());
    }

    /// Sleeps until a moment of the monotonic clock, or until woken.
    fn sleep(&mut self, wakes: u64, at_us: i64) {
        let left = at_us.saturating_sub(self.shared.clock.read().mono_us);
        if left <= 0 {
            return;
        }
        let mut left = Duration::from_micros(left.unsigned_abs());
        if !self.tells && self.release.timeline().follows_wall() {
            left = left.min(LOOK);
        }
        self.rest(wakes, Some(left));
    }

    fn rest(&self, wakes: u64, time: Option<Duration>) {
        let sleep = || self.shared.control.sleep(wakes, time);
        self.shared.input_meter().during(Phase::Idle, sleep);
    }
}

impl Drop for Stage<'_> {
    /// What was collected and is not handed on any more was due.
    fn drop(&mut self) {
        let batch = self.setup.batching.hand_over(TimestampBatch::default());
        if batch.is_empty() {
            return;
        }
        let meter = self.shared.input_meter();
        if let Err(batch) = self.shared.timestamps.push(batch, 0, meter) {
            self.shared.discard(&batch);
        }
    }
}

/// Shows the inputs that failed; the others go on, and the run is no success.
fn report(source: &mut Merge, shared: &Shared) {
    while let Some((index, error)) = source.failure() {
        let name = shared.inputs.get(index).map_or("", String::as_str);
        let place = format!("input[{index}].{name}");
        shared.record(&Failure {
            source: &place,
            lane: None,
            kind: &error.message,
            message: &error.message,
            count: 1,
            sample: None,
        });
        shared
            .control
            .blemish(format!("{place} failed: {}", error.message));
    }
}

/// What follows when the stage is over, also by a panic.
pub(super) fn finish(panic: Option<String>, shared: &Shared) {
    shared.schedule.close();
    shared.timestamps.close();
    shared.input_meter().tick();
    shared.input_meter().enter(Phase::Off);
    if let Some(message) = panic {
        shared.halt(EndReason::Failed(format!(
            "the input stage broke: {message}"
        )));
    }
}
