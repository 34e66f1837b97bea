//! The bounded queue between two stages: bounded by batches and by bytes, closed by its producer,
//! cancelled by whoever gives up.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::meter::{Meter, Phase};

/// A queue of batches with the bytes each weighs.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    not_full: Condvar,
    not_empty: Condvar,
    max_items: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct State<T> {
    /// Each with its bytes and the moment at which it was put there.
    items: VecDeque<(T, usize, i64)>,
    bytes: usize,
    /// When the batch was ready that is being worked on.
    taken: Option<i64>,
    closed: bool,
    cancelled: bool,
    /// Whoever waits for a batch is to look at something else first.
    woken: bool,
    /// Producers that wait for room.
    waiting: usize,
    /// Consumers that wait for a batch.
    hungry: usize,
}

/// What taking from a queue gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Popped<T> {
    /// The oldest batch.
    Item(T),
    /// The deadline passed first, or it was woken.
    Timeout,
    /// Nothing is left and nothing comes.
    Ended,
}

impl<T> Queue<T> {
    /// A queue of at most `max_items` batches (at least one is always let in) and about `max_bytes`.
    pub(super) fn new(max_items: usize, max_bytes: usize) -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                bytes: 0,
                taken: None,
                closed: false,
                cancelled: false,
                woken: false,
                waiting: 0,
                hungry: 0,
            }),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
            max_items: max_items.max(1),
            max_bytes,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a batch, waiting while the queue is full; the wait goes to the meter of who adds. `at_us` is
    /// when it was ready, for [`Queue::since`].
    ///
    /// # Errors
    /// Gives the batch back when nobody will take it.
    pub(super) fn push(&self, item: T, bytes: usize, at_us: i64, meter: &Meter) -> Result<(), T> {
        let mut state = self.lock();
        let mut wait = Wait::new(meter, Phase::Blocked);
        while !state.cancelled && self.full(&state, bytes) {
            wait.begin();
            state.waiting += 1;
            state = self
                .not_full
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        if state.cancelled || state.closed {
            return Err(item);
        }
        state.items.push_back((item, bytes, at_us));
        state.bytes += bytes;
        // Waking is a call of the system, whether or not anyone sleeps.
        let wake = state.hungry > 0;
        drop(state);
        if wake {
            self.not_empty.notify_one();
        }
        Ok(())
    }

    fn full(&self, state: &State<T>, bytes: usize) -> bool {
        state.items.len() >= self.max_items
            || (!state.items.is_empty() && state.bytes + bytes > self.max_bytes)
    }

    /// Takes the oldest batch, waiting until `deadline` (for ever without one); the wait goes to the
    /// meter of who takes.
    pub(super) fn pop(&self, deadline: Option<Instant>, meter: &Meter) -> Popped<T> {
        let mut state = self.lock();
        let mut wait = Wait::new(meter, Phase::Idle);
        loop {
            if std::mem::take(&mut state.woken) {
                return Popped::Timeout;
            }
            state.taken = None;
            if let Some((item, bytes, at_us)) = state.items.pop_front() {
                state.bytes -= bytes;
                state.taken = Some(at_us);
                let wake = state.waiting > 0;
                drop(state);
                if wake {
                    self.not_full.notify_one();
                }
                return Popped::Item(item);
            }
            if state.closed || state.cancelled {
                return Popped::Ended;
            }
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Popped::Timeout;
            }
            wait.begin();
            state.hungry += 1;
            state = match left {
                None => self.not_empty.wait(state),
                Some(left) => {
                    let waited = self.not_empty.wait_timeout(state, left);
                    waited
                        .map(|(state, _)| state)
                        .map_err(|error| PoisonError::new(error.into_inner().0))
                }
            }
            .unwrap_or_else(PoisonError::into_inner);
            state.hungry -= 1;
        }
    }

    /// Makes the next wait for a batch end at once.
    pub(super) fn wake(&self) {
        self.lock().woken = true;
        self.not_empty.notify_all();
    }

    /// No more batches come; those inside are still taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.not_empty.notify_all();
    }

    /// Gives up: nothing more is let in, what is inside is handed to the caller.
    pub(super) fn cancel(&self) -> Vec<T> {
        let mut state = self.lock();
        state.cancelled = true;
        state.bytes = 0;
        let items = state.items.drain(..).map(|(item, ..)| item).collect();
        drop(state);
        self.not_full.notify_all();
        self.not_empty.notify_all();
        items
    }

    /// True while a producer waits for room.
    pub(super) fn holds_up(&self) -> bool {
        self.lock().waiting > 0
    }

    /// What was taken is done.
    pub(super) fn done(&self) {
        self.lock().taken = None;
    }

    /// When the oldest batch was ready that waits or is being worked on.
    pub(super) fn since(&self) -> Option<i64> {
        let state = self.lock();
        let front = state.items.front().map(|(.., at_us)| *at_us);
        state.taken.or(front)
    }

    /// Batches waiting.
    pub(super) fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Batches it may hold.
    pub(super) fn capacity(&self) -> usize {
        self.max_items
    }
}

/// A wait that may not come to be; only then a clock is read.
struct Wait<'m> {
    meter: &'m Meter,
    phase: Phase,
    begun: bool,
}

impl<'m> Wait<'m> {
    fn new(meter: &'m Meter, phase: Phase) -> Self {
        Self {
            meter,
            phase,
            begun: false,
        }
    }

    fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            self.meter.enter(self.phase);
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.begun {
            self.meter.enter(Phase::Busy);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn the_byte_bound_holds_back_a_batch_until_there_is_room() {
        let queue = Arc::new(Queue::new(10, 100));
        queue.push('a', 80, 0, &Meter::default()).unwrap();
        let (sent, pushed) = mpsc::channel();
        let other = queue.clone();
        let thread = std::thread::spawn(move || {
            let result = other.push('b', 30, 0, &Meter::default());
            sent.send(()).unwrap();
            result
        });
        assert!(queue.full(&queue.lock(), 30));
        assert!(pushed.try_recv().is_err());
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Item('a'));
        thread.join().unwrap().unwrap();
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Item('b'));
    }

    #[test]
    fn a_batch_larger_than_the_byte_bound_passes_alone() {
        let queue = Queue::new(10, 100);
        queue.push('a', 1_000, 0, &Meter::default()).unwrap();
        assert!(queue.full(&queue.lock(), 0));
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Item('a'));
        assert!(!queue.full(&queue.lock(), 1_000));
    }

    #[test]
    fn closing_lets_the_rest_out_and_cancelling_gives_it_back() {
        let queue = Queue::new(10, 100);
        queue.push(1, 1, 0, &Meter::default()).unwrap();
        queue.close();
        assert_eq!(queue.push(2, 1, 0, &Meter::default()), Err(2));
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Item(1));
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Ended);

        let queue = Queue::new(10, 100);
        queue.push(1, 1, 0, &Meter::default()).unwrap();
        assert_eq!(queue.cancel(), [1]);
        assert_eq!(queue.push(2, 1, 0, &Meter::default()), Err(2));
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Ended);
    }

    #[test]
    fn cancelling_wakes_a_producer_that_waits() {
        let queue = Arc::new(Queue::new(1, 100));
        queue.push(1, 1, 0, &Meter::default()).unwrap();
        let other = queue.clone();
        let thread = std::thread::spawn(move || other.push(2, 1, 0, &Meter::default()));
        queue.cancel();
        assert_eq!(thread.join().unwrap(), Err(2));
    }

    #[test]
    fn the_oldest_that_waits_says_since_when() {
        let queue = Queue::new(10, 100);
        assert_eq!(queue.since(), None);
        queue.push('a', 1, 5, &Meter::default()).unwrap();
        queue.push('b', 1, 9, &Meter::default()).unwrap();
        assert_eq!(queue.since(), Some(5));
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Item('a'));
        // What is worked on waits as well, until somebody comes for more.
        assert_eq!(queue.since(), Some(5));
        assert_eq!(queue.pop(None, &Meter::default()), Popped::Item('b'));
        assert_eq!(queue.since(), Some(9));
        let now = Some(Instant::now());
        assert_eq!(queue.pop(now, &Meter::default()), Popped::Timeout);
        assert_eq!(queue.since(), None);
    }

    #[test]
    fn a_deadline_in_the_past_does_not_wait() {
        let queue = Queue::<()>::new(1, 1);
        assert_eq!(
            queue.pop(Some(Instant::now()), &Meter::default()),
            Popped::Timeout
        );
    }
}
