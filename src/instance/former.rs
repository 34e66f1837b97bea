//! Runs that nothing else tells of any more: a run was started again, or its generator left the list. Their
//! counts are still part of what the instance did.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::{FormerRuns, LastRun};

/// Runs that are kept whole; of those before them only sums are.
const KEPT: usize = 100;

/// Former runs, in the order of their ends.
#[derive(Debug, Default)]
pub(super) struct Former(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    runs: VecDeque<(String, LastRun)>,
    more: u64,
    more_events: u64,
    more_lost: bool,
}

impl Former {
    /// Keeps a run of a generator that is over.
    pub(super) fn keep(&self, id: &str, run: LastRun) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.runs.push_back((id.to_owned(), run));
        if kept.runs.len() > KEPT
            && let Some((_, oldest)) = kept.runs.pop_front()
        {
            kept.more += 1;
            kept.more_events += oldest.stats.events;
            kept.more_lost |= oldest.stats.has_losses();
        }
    }

    pub(super) fn runs(&self) -> FormerRuns {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        FormerRuns {
            runs: kept.runs.iter().cloned().collect(),
            more: kept.more,
            more_events: kept.more_events,
            more_lost: kept.more_lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{EndReason, Stats};

    #[test]
    fn runs_without_end_are_bounded_and_lose_no_count() {
        let former = Former::default();
        for number in 0..250 {
            let run = LastRun {
                started_us: number,
                reason: EndReason::Stopped,
                stats: Stats {
                    events: 10,
                    failed: u64::from(number == 3),
                    ..Stats::default()
                },
            };
            former.keep("web", run);
        }
        let all = former.runs();
        assert_eq!(
            (all.runs.len(), all.more, all.more_events),
            (KEPT, 150, 1_500)
        );
        assert!(all.more_lost);
        assert_eq!(all.runs.first().map(|(_, run)| run.started_us), Some(150));
    }
}
