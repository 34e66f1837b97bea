//! The circuit of an output: after some failed attempts in a row it opens, and then only a probe now
//! and then tries the target. Shared by all deliveries of the output.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::output::{CircuitConfig, OutputError};
use crate::pipeline::Outage;

/// Longest wait that a target can ask for.
const LONGEST: Duration = Duration::from_secs(60);

/// May this attempt be made?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Yes.
    Go,
    /// Not before that moment, when someone may probe.
    Wait(Instant),
}

/// Counts failed attempts and decides whether to make the next one.
#[derive(Debug)]
pub(in crate::pipeline) struct Circuit {
    config: CircuitConfig,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Failed attempts since the last that worked.
    failures: u32,
    since: Option<Instant>,
    reason: Option<OutputError>,
    /// When the next attempt or probe comes.
    next: Option<Instant>,
}

impl Circuit {
    pub(in crate::pipeline) fn new(config: CircuitConfig) -> Self {
        Self {
            config,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks to make an attempt. While it is open, one asker in each probe time is let through.
    pub(super) fn admit(&self, now: Instant) -> Admission {
        let mut state = self.lock();
        if state.failures < self.config.failures {
            return Admission::Go;
        }
        match state.next {
            Some(next) if now < next => Admission::Wait(next),
            _ => {
                state.next = now.checked_add(self.config.probe);
                Admission::Go
            }
        }
    }

    /// An attempt brought something to the target, or at least an answer; true when it was down.
    pub(super) fn worked(&self) -> bool {
        let mut state = self.lock();
        let was_open = state.failures >= self.config.failures;
        *state = State::default();
        was_open
    }

    /// True while the target is only probed.
    pub(in crate::pipeline) fn is_open(&self) -> bool {
        self.lock().failures >= self.config.failures
    }

    /// The target did not answer for the whole time of an attempt: it need not be asked five times.
    pub(super) fn hung(&self) {
        let mut state = self.lock();
        state.failures = state.failures.max(self.config.failures.saturating_sub(1));
    }

    /// An attempt found the target down; true when that opened the circuit. The time until the next
    /// attempt is what the target asked for, if that is longer.
    pub(super) fn failed(&self, now: Instant, error: &OutputError) -> bool {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        state.since.get_or_insert(now);
        state.reason = Some(error.clone());
        if state.failures >= self.config.failures {
            let wait = self.config.probe.max(asked(error));
            state.next = now.checked_add(wait);
        }
        state.failures == self.config.failures
    }

    /// Lets the next asker through, whenever that was planned; false when nothing is wrong.
    pub(in crate::pipeline) fn again(&self) -> bool {
        let mut state = self.lock();
        state.next = None;
        state.since.is_some()
    }

    /// Says when the next attempt is planned, for those who watch.
    pub(super) fn plan(&self, next: Option<Instant>) {
        self.lock().next = next;
    }

    /// Why the target is not tried.
    pub(super) fn reason(&self) -> OutputError {
        let unknown = || OutputError::outage("the target is down");
        self.lock().reason.clone().unwrap_or_else(unknown)
    }

    /// What watchers see: nothing while the target works.
    pub(in crate::pipeline) fn outage(&self, now: Instant) -> Option<Outage> {
        let state = self.lock();
        let since = state.since?;
        Some(Outage {
            open: state.failures >= self.config.failures,
            attempts: state.failures,
            reason: state.reason.as_ref()?.message.clone(),
            lasted: now.saturating_duration_since(since),
            next: state.next.map(|next| next.saturating_duration_since(now)),
        })
    }
}

/// The wait that the target asks for, within bounds.
pub(super) fn asked(error: &OutputError) -> Duration {
    error.retry_after.unwrap_or_default().min(LONGEST)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const CONFIG: CircuitConfig = CircuitConfig {
        failures: 2,
        probe: Duration::from_secs(5),
    };

    #[test]
    fn it_opens_after_failures_in_a_row_lets_one_probe_through_and_closes_when_it_works() {
        let circuit = Circuit::new(CONFIG);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(!circuit.failed(at(0), &OutputError::outage("refused")));
        assert_eq!(circuit.admit(at(0)), Admission::Go);
        assert!(circuit.failed(at(1), &OutputError::outage("refused again")));
        assert_eq!(circuit.admit(at(2)), Admission::Wait(at(6)));
        let outage = circuit.outage(at(2)).unwrap();
        assert!(outage.open);
        assert_eq!(outage.reason, "refused again");
        assert_eq!(outage.lasted, Duration::from_secs(2));
        assert_eq!(outage.next, Some(Duration::from_secs(4)));
        assert_eq!(circuit.admit(at(6)), Admission::Go);
        // The probe is on its way; the others wait for the next.
        assert_eq!(circuit.admit(at(6)), Admission::Wait(at(11)));
        assert!(circuit.worked());
        assert_eq!(circuit.admit(at(7)), Admission::Go);
        assert!(circuit.outage(at(7)).is_none());
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let circuit = Circuit::new(CONFIG);
        let now = Instant::now();
        circuit.failed(now, &OutputError::outage("a"));
        assert!(!circuit.worked());
        assert!(!circuit.failed(now, &OutputError::outage("b")));
        assert_eq!(circuit.admit(now), Admission::Go);
    }

    #[test]
    fn the_target_may_ask_for_a_longer_wait() {
        let circuit = Circuit::new(CONFIG);
        let now = Instant::now();
        circuit.failed(now, &OutputError::outage("a"));
        let asked = OutputError::outage("b").retry_after(Some(Duration::from_secs(60)));
        circuit.failed(now, &asked);
        let later = now + Duration::from_secs(60);
        assert_eq!(circuit.admit(now), Admission::Wait(later));
    }

    #[test]
    fn no_target_is_left_alone_for_a_day() {
        let day = Duration::from_secs(86_400);
        let error = OutputError::outage("later").retry_after(Some(day));
        assert_eq!(asked(&error), LONGEST);
    }
}
