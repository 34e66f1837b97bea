//! The inputs' side of a swap: the schedule goes on from the moment event time stands at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::batch::TimestampBatch;
use crate::input::Input;
use crate::time::Reading;

use super::batching::Batching;
use super::release::Release;

/// Each input of the schedule to come, in order: its number, and the input when it is not one that runs.
pub(super) type Slots = Vec<(u16, Option<Box<dyn Input>>)>;

/// What the input stage goes on with.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) slots: Slots,
    /// How timestamps become batches, when that changes.
    pub(super) batching: Option<Batching>,
    /// Hears when it is done.
    pub(super) done: Sender<()>,
}

/// Where an exchange waits for the input stage.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    waiting: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    exchange: Option<Exchange>,
    closed: bool,
}

impl Schedule {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// True when the inputs are over.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Puts an exchange down; it is dropped when the inputs are over.
    pub(super) fn put(&self, exchange: Exchange) {
        let mut inner = self.lock();
        if !inner.closed {
            inner.exchange = Some(exchange);
            self.waiting.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn take(&self) -> Option<Exchange> {
        let mut inner = self.lock();
        self.waiting.store(false, Ordering::Relaxed);
        inner.exchange.take()
    }

    /// Nothing is taken any more.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.exchange = None;
        self.waiting.store(false, Ordering::Relaxed);
    }
}

impl Release {
    /// Goes on with other inputs from where event time stands: what the old ones have up to there is
    /// still released, what the new ones have comes from there on.
    pub(super) fn exchange(&mut self, slots: Slots, now: Reading) {
        let cut_us = self.cut(now);
        self.ahead.moments.drain(..self.taken);
        self.ahead.inputs.drain(..self.taken);
        self.taken = 0;
        let before = |at: &&crate::time::Moment| at.instant_us() <= cut_us;
        // Those at the same instant belong together.
        while !self.ended && self.ahead.moments.last().as_ref().is_none_or(before) {
            self.ended = !self.source.fill(self.look_ahead, &mut self.ahead);
        }
        let kept = self.ahead.moments.iter().take_while(before).count();
        let back = TimestampBatch {
            moments: self.ahead.moments.split_off(kept),
            inputs: self.ahead.inputs.split_off(kept),
        };
        self.source.exchange(slots, &back, cut_us);
        self.ended = false;
    }

    /// The last instant that belongs to the inputs there are.
    fn cut(&mut self, now: Reading) -> i64 {
        if self.taken == self.ahead.moments.len() {
            self.refill();
        }
        let head_us = self.head().map(crate::time::Moment::instant_us);
        // A timestamp of which some copies are released belongs to the past.
        let done_us = match (self.owed, head_us) {
            (Some(_), Some(head_us)) => self.last_us.max(head_us),
            _ => self.last_us,
        };
        let here_us = self
            .timeline
            .position(now)
            .map(crate::time::Moment::instant_us);
        match (here_us, head_us) {
            // It is behind: event time stands at what was released last.
            (Some(here_us), Some(head_us)) if head_us <= here_us => done_us,
            (Some(here_us), _) => here_us.max(done_us),
            (None, _) => done_us,
        }
    }
}

#[cfg(test)]
#[path = "swap_inputs_tests.rs"]
mod tests;
