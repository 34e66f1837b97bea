//! What becomes of items that are not tried again: counted as lost, or kept as dead letters.

use std::sync::PoisonError;

use crate::output::{Items, OnFailure, OutputError};

use super::account::Account;
use super::courier::Courier;
use super::dead_letter::DeadLetter;

impl Courier {
    /// Decides items that will not be tried again.
    pub(super) fn give_up(
        &self,
        items: &Items<'_>,
        error: &OutputError,
        attempts: u32,
        account: &mut Account<'_>,
    ) {
        let count = account.decide(items.all_events());
        let keeps = self.config.on_failure == OnFailure::DeadLetter;
        let kept = keeps.then(|| self.keep(items, error, attempts));
        if let Some(Ok(())) = kept {
            self.record(error, count, 0, Some(items));
            account.saved = true;
            return account.counters.dead_lettered.add(count);
        }
        self.record(error, count, count, Some(items));
        if let Some(Err(problem)) = kept {
            self.record(&problem, count, 0, Some(items));
        }
        account.counters.write_failed.add(count);
    }

    /// Writes dead letters for the events of items.
    fn keep(
        &self,
        items: &Items<'_>,
        error: &OutputError,
        attempts: u32,
    ) -> Result<(), OutputError> {
        let mut letters = self
            .dead_letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let batch = items.batch();
        for event in items.event_numbers() {
            letters.add(&DeadLetter {
                event: String::from_utf8_lossy(batch.get(event)).into_owned(),
                time: batch.moment(event).map(|moment| moment.to_string()),
                alias: self.shared.origins.alias(batch.alias(event)).to_owned(),
                output: self.source.clone(),
                reason: error.message.clone(),
                attempts,
                tags: {
                    let tags = self.shared.origins.tags(batch.input(event)).iter();
                    tags.map(|tag| tag.to_string()).collect()
                },
            });
        }
        letters.send().map_err(|error| {
            let path = letters.path().display().to_string();
            OutputError::path("cannot keep dead letters in", &path, &error)
        })
    }
}
