//! Samples of a run for lints: taken now and then by whoever owns it, from counters and from a look at a
//! few events of each batch.

use std::hash::{DefaultHasher, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::batch::EventBatch;

use super::lints::{NextTime, OutputSample, Sample, Turn, Watcher};
use super::run::Running;
use super::shared::Shared;
use super::{EndReason, Lint, State};

/// Bytes of an event that are compared.
const COMPARED: usize = 4 << 10;
/// Templates whose events are looked at.
const TEMPLATES: usize = 256;

/// What lints go by.
#[derive(Debug, Default)]
pub(super) struct Looks {
    watcher: Mutex<Watcher>,
    events: Mutex<Seen>,
}

/// What was seen of events.
#[derive(Debug, Default)]
struct Seen {
    /// The latest event.
    hash: Option<u64>,
    /// How many in a row are as it.
    same: u64,
    /// By number of the template: events that were looked at, and whether one of them held something.
    templates: Vec<(u64, bool)>,
}

impl Seen {
    fn look(&mut self, batch: &EventBatch) {
        let count = batch.len();
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let mut all_same = true;
        let first_hash = hash(batch.get(0));
        for index in [1, count / 2, last] {
            all_same &= index > last || hash(batch.get(index)) == first_hash;
        }
        if all_same && self.hash == Some(first_hash) {
            self.same += count as u64;
        } else {
            self.same = if all_same { count as u64 } else { 1 };
            self.hash = Some(hash(batch.get(last)));
        }
        for index in [0, last].into_iter().skip(usize::from(last == 0)) {
            let number = usize::from(batch.alias(index)).min(TEMPLATES);
            if self.templates.len() <= number {
                self.templates.resize(number + 1, (0, false));
            }
            if let Some((looked, full)) = self.templates.get_mut(number) {
                *looked += 1;
                *full |= !batch.get(index).trim_ascii().is_empty();
            }
        }
    }
}

fn hash(event: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(event.get(..COMPARED).unwrap_or(event));
    hasher.write_usize(event.len());
    hasher.finish()
}

impl Looks {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watcher(&self) -> MutexGuard<'_, Watcher> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a few events of a batch.
    pub(super) fn offer(&self, batch: &EventBatch) {
        self.seen().look(batch);
    }

    /// Templates are looked at anew: they are others now.
    pub(super) fn forget(&self) {
        *self.seen() = Seen::default();
    }

    pub(super) fn lints(&self) -> Vec<Lint> {
        self.watcher().lints()
    }
}

impl Shared {
    /// What is odd about the run now; of one that is over, what was odd about its end.
    pub(super) fn lints(&self) -> Vec<Lint> {
        match self.control.state() {
            State::Ended(EndReason::Finished) => self.never_fired().into_iter().collect(),
            State::Ended(_) => Vec::new(),
            _ => self.looks.lints(),
        }
    }

    /// A live run that came to its end without a single timestamp.
    pub(super) fn never_fired(&self) -> Option<Lint> {
        let released = self.counters.released.iter().any(|one| one.get() > 0);
        (self.live && !released).then(|| Lint {
            name: "silent-schedule".to_owned(),
            message: "the schedule has no timestamp in the future, so nothing was released"
                .to_owned(),
            help:
                "check `start`, `end` and the zone; `skip_past: false` gives what lies in the past"
                    .to_owned(),
            since_us: self.with_now(|now| now.start_us).unwrap_or_default(),
        })
    }

    fn sample(&self) -> Sample {
        let stats = self.stats();
        let order = self.order();
        let lanes = order.iter().filter_map(|&number| self.lanes.get(number));
        let outputs = stats.outputs.iter().zip(stats.queues.iter().skip(1));
        let outputs = outputs
            .zip(lanes)
            .map(|((stats, queue), lane)| OutputSample {
                stats: stats.clone(),
                queue: queue.clone(),
                json: lane.json,
                unverified: lane.unverified && !lane.closed(),
            });
        let seen = self.looks.seen();
        let blank = seen.templates.iter().enumerate();
        let blank = blank
            .filter(|(_, (_, full))| !full)
            .map(|(number, (looked, _))| {
                let alias = self
                    .origins
                    .alias(u16::try_from(number).unwrap_or(u16::MAX));
                (alias.to_owned(), *looked)
            });
        Sample {
            at_us: self.clock.now_us(),
            timed: self.live || stats.settings.pace.is_some(),
            paused: stats.settings.paused,
            gain: stats.settings.gain,
            released: stats.released,
            dropped: stats.dropped,
            failed: stats.failed,
            events: stats.events,
            bytes: stats.bytes,
            lag: stats.lag,
            outputs: outputs.collect(),
            same: seen.same,
            blank: blank.collect(),
            next: match self.counters.next_us.get().cast_signed() {
                i64::MIN => NextTime::Unknown,
                i64::MAX => NextTime::Never,
                at_us => NextTime::At(at_us),
            },
        }
    }
}

impl Running {
    /// Takes a sample for lints, by the clock of the run; every few seconds is often enough. `more` is
    /// what its owner finds odd about it. What begins or ends is put on record; what is odd shows in
    /// [`Stats::lints`](super::Stats::lints).
    pub fn observe(&self, more: Vec<Lint>) {
        if !matches!(self.state(), State::Running) {
            return;
        }
        let sample = self.shared.sample();
        let turns = self.shared.looks.watcher().add(sample, more);
        let generator = self.shared.id.as_str();
        for turn in turns {
            match turn {
                Turn::Begins(lint) => {
                    tracing::warn!(
                        generator,
                        lint = lint.name,
                        "{} ({})",
                        lint.message,
                        lint.help
                    );
                }
                Turn::Ends(lint) => {
                    tracing::info!(generator, lint = lint.name, "no longer: {}", lint.message);
                }
            }
        }
    }

    /// The files that its outputs write at the moment, absolute as the project's folder is.
    pub fn files_written(&self) -> Vec<std::path::PathBuf> {
        let lanes = self.shared.lanes.iter().filter(|lane| !lane.closed());
        lanes
            .filter_map(|lane| lane.file.as_ref().map(|one| one.0.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(events: &[&str]) -> EventBatch {
        let mut batch = EventBatch::default();
        for event in events {
            batch.push(event.as_bytes(), 0);
        }
        batch
    }

    #[test]
    fn the_same_event_is_counted_across_batches() {
        let mut seen = Seen::default();
        seen.look(&batch(&[]));
        seen.look(&batch(&["a"]));
        seen.look(&batch(&["a", "a", "a"]));
        assert_eq!(seen.same, 4);
        seen.look(&batch(&["a", "b"]));
        assert_eq!(seen.same, 1);
        seen.look(&batch(&["b"; 9]));
        assert_eq!(seen.same, 10);
        seen.look(&batch(&["c"]));
        assert_eq!(seen.same, 1);
        assert_eq!(seen.templates, [(8, true)]);
    }

    #[test]
    fn blanks_are_seen_by_template() {
        let mut seen = Seen::default();
        for _ in 0..5 {
            let mut both = batch(&["", " \n"]);
            both.push(b"full", 1);
            seen.look(&both);
        }
        assert_eq!(seen.templates, [(5, false), (5, true)]);
    }
}
