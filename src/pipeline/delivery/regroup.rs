//! Splits and merges batches to the liking of an output's target.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::batch::EventBatch;
use crate::output::Regroup;

/// Most bytes of events that wait for others when the options set no bound.
const PENDING_BYTES: usize = 8 << 20;

/// Batches between the queue and the formatter of one output.
#[derive(Debug)]
pub(in crate::pipeline) struct Regrouper {
    limits: Regroup,
    /// Events that wait for others, and since when.
    pending: EventBatch,
    since: Option<Instant>,
    ready: VecDeque<Arc<EventBatch>>,
}

impl Regrouper {
    pub(in crate::pipeline) fn new(limits: Regroup) -> Self {
        Self {
            limits,
            pending: EventBatch::default(),
            since: None,
            ready: VecDeque::new(),
        }
    }

    /// Takes a batch in.
    pub(in crate::pipeline) fn push(&mut self, batch: Arc<EventBatch>, now: Instant) {
        let mut start = 0;
        while start < batch.len() {
            let end = self.room(&batch, start);
            if end == start {
                self.flush();
                continue;
            }
            let whole = start == 0 && end == batch.len();
            let full = end < batch.len();
            if whole && self.pending.is_empty() && self.limits.max_wait.is_none() {
                self.ready.push_back(batch);
                return;
            }
            self.pending.append(&batch.slice(start..end));
            self.since.get_or_insert(now);
            if full || self.limits.max_wait.is_none() || self.is_full() {
                self.flush();
            }
            start = end;
        }
    }

    /// How far events of `batch` from `start` on fit to those that wait: at least one event, unless
    /// some wait already.
    fn room(&self, batch: &EventBatch, start: usize) -> usize {
        let events = self.limits.max_events.unwrap_or(usize::MAX);
        let bytes = self.most_bytes();
        let mut used = self.pending.byte_len();
        let mut end = start;
        while end < batch.len() && self.pending.len() + (end - start) < events {
            used = used.saturating_add(batch.get(end).len());
            let first = self.pending.is_empty() && end == start;
            if used > bytes && !first {
                break;
            }
            end += 1;
        }
        end
    }

    fn is_full(&self) -> bool {
        let Regroup { max_events, .. } = self.limits;
        max_events.is_some_and(|most| self.pending.len() >= most)
            || self.pending.byte_len() >= self.most_bytes()
    }

    /// Events that wait for others are bounded, whatever the options say.
    fn most_bytes(&self) -> usize {
        let default = match self.limits.max_wait {
            Some(_) => PENDING_BYTES,
            None => usize::MAX,
        };
        self.limits.max_bytes.unwrap_or(default)
    }

    /// Lets what waits go on.
    pub(in crate::pipeline) fn flush(&mut self) {
        self.since = None;
        if !self.pending.is_empty() {
            self.ready
                .push_back(Arc::new(std::mem::take(&mut self.pending)));
        }
    }

    /// When what waits has waited long enough.
    pub(in crate::pipeline) fn due(&self) -> Option<Instant> {
        self.since?.checked_add(self.limits.max_wait?)
    }

    /// The next batch to format.
    pub(in crate::pipeline) fn next(&mut self, now: Instant) -> Option<Arc<EventBatch>> {
        if self.ready.is_empty() && self.due().is_some_and(|due| due <= now) {
            self.flush();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn batch(events: &[&str]) -> Arc<EventBatch> {
        let mut batch = EventBatch::default();
        for event in events {
            batch.push(event.as_bytes(), 0);
        }
        Arc::new(batch)
    }

    fn all(regrouper: &mut Regrouper, now: Instant) -> Vec<Vec<String>> {
        let text = |event: &[u8]| String::from_utf8_lossy(event).into_owned();
        std::iter::from_fn(|| regrouper.next(now))
            .map(|batch| batch.iter().map(text).collect())
            .collect()
    }

    #[test]
    fn without_limits_batches_pass_as_they_are() {
        let mut regrouper = Regrouper::new(Regroup::default());
        let now = Instant::now();
        let one = batch(&["a", "b"]);
        regrouper.push(one.clone(), now);
        assert!(Arc::ptr_eq(&regrouper.ready[0], &one));
    }

    #[test]
    fn without_a_wait_batches_are_only_split() {
        let limits = Regroup {
            max_events: Some(2),
            ..Regroup::default()
        };
        let mut regrouper = Regrouper::new(limits);
        let now = Instant::now();
        regrouper.push(batch(&["a", "b", "c"]), now);
        regrouper.push(batch(&["d"]), now);
        let found = all(&mut regrouper, now);
        assert_eq!(found, [vec!["a", "b"], vec!["c"], vec!["d"]]);
    }

    #[test]
    fn a_large_event_goes_alone() {
        let limits = Regroup {
            max_bytes: Some(3),
            ..Regroup::default()
        };
        let mut regrouper = Regrouper::new(limits);
        let now = Instant::now();
        regrouper.push(batch(&["a", "bbbbb", "cc", "d", "e"]), now);
        let found = all(&mut regrouper, now);
        assert_eq!(
            found,
            [vec!["a"], vec!["bbbbb"], vec!["cc", "d"], vec!["e"]]
        );
    }

    #[test]
    fn events_wait_for_others_until_there_are_enough_or_it_takes_too_long() {
        let limits = Regroup {
            max_events: Some(3),
            max_bytes: None,
            max_wait: Some(Duration::from_secs(1)),
        };
        let mut regrouper = Regrouper::new(limits);
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        regrouper.push(batch(&["a"]), now);
        assert!(regrouper.next(now).is_none());
        assert_eq!(regrouper.due(), Some(later));
        regrouper.push(batch(&["b", "c", "d"]), now);
        assert_eq!(all(&mut regrouper, now), [["a", "b", "c"]]);
        assert_eq!(all(&mut regrouper, later), [["d"]]);
        assert_eq!(regrouper.due(), None);
    }

    #[test]
    fn events_that_wait_are_bounded_without_a_limit_too() {
        let limits = Regroup {
            max_wait: Some(Duration::from_secs(3_600)),
            ..Regroup::default()
        };
        let mut regrouper = Regrouper::new(limits);
        let now = Instant::now();
        let large = "x".repeat(PENDING_BYTES / 2 + 1);
        for _ in 0..3 {
            regrouper.push(batch(&[&large]), now);
        }
        assert_eq!(all(&mut regrouper, now).len(), 2);
    }
}
