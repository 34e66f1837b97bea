//! Where requests wait for the generator: a bounded line that can be closed.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::input::Outside;

/// The line of accepted requests.
#[derive(Debug)]
pub(super) struct Gate {
    line: Mutex<Line>,
    limit: u64,
    outside: Outside,
}

#[derive(Debug)]
struct Line {
    /// Timestamps that each request wants.
    waiting: VecDeque<u64>,
    closed: bool,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Taken,
    Full,
    Closed,
}

impl Gate {
    pub(super) fn new(limit: u64, outside: Outside) -> Self {
        Self {
            line: Mutex::new(Line {
                waiting: VecDeque::new(),
                closed: false,
            }),
            limit,
            outside,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now_us(&self) -> i64 {
        self.outside.clock.now_us()
    }

    /// Puts a request for `count` timestamps into the line.
    pub(super) fn offer(&self, count: u64) -> Offer {
        let mut line = self.lock();
        if line.closed {
            return Offer::Closed;
        }
        if line.waiting.len() as u64 >= self.limit {
            return Offer::Full;
        }
        line.waiting.push_back(count);
        drop(line);
        self.outside.wake();
        Offer::Taken
    }

    /// The first request of the line.
    pub(super) fn take(&self) -> Option<u64> {
        self.lock().waiting.pop_front()
    }

    pub(super) fn is_open(&self) -> bool {
        !self.lock().closed
    }

    /// Lets no more requests in.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.outside.wake();
    }
}
