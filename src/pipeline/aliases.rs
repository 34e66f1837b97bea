//! Templates by alias: what each gave, and which are switched off.
//!
//! Counted once a batch, by number. Knows nothing of what a template is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::batch::EventBatch;
use crate::config::names_help;
use crate::event::EventSource;

use super::{AliasStats, ChangeError};

/// The templates of a run.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    inner: Mutex<Inner>,
    /// Grows with every switch.
    version: AtomicU64,
}

#[derive(Debug, Default)]
struct Inner {
    /// By number; behind them those of a source before, as far as they gave something.
    known: Vec<AliasStats>,
    /// How many have a number.
    numbered: usize,
    /// The source can switch them.
    switches: bool,
}

impl Aliases {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over the names of a source, by number. What a template of the same name gave before goes on
    /// counting. Batches of the source before have to be counted already.
    pub(super) fn set(&self, source: &dyn EventSource) {
        let mut inner = self.lock();
        let mut before = std::mem::take(&mut inner.known);
        let mut take = |name: &Arc<str>| {
            let found = before.iter().position(|one| *one.name == **name);
            found.map_or_else(
                || AliasStats {
                    name: name.to_string(),
                    ..AliasStats::default()
                },
                |at| before.remove(at),
            )
        };
        inner.known = source.aliases().iter().map(&mut take).collect();
        inner.numbered = inner.known.len();
        inner.switches = source.switches();
        before.retain(|one| one.events + one.failed + one.dropped > 0);
        inner.known.extend(before);
        drop(inner);
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Counts the events of a batch.
    pub(super) fn count(&self, batch: &EventBatch) {
        let mut inner = self.lock();
        let numbered = inner.numbered;
        let Some(known) = inner
            .known
            .get_mut(..numbered)
            .filter(|all| !all.is_empty())
        else {
            return;
        };
        for event in 0..batch.len() {
            if let Some(one) = known.get_mut(usize::from(batch.alias(event))) {
                one.events += 1;
            }
        }
    }

    /// Counts a render that failed.
    pub(super) fn failed(&self, alias: &str) {
        let mut inner = self.lock();
        if let Some(one) = inner.known.iter_mut().find(|one| one.name == alias) {
            one.failed += 1;
        }
    }

    /// Counts what was picked of templates that are off, by number.
    pub(super) fn dropped(&self, picks: &[(u16, u64)]) {
        if picks.is_empty() {
            return;
        }
        let mut inner = self.lock();
        for (number, count) in picks {
            if let Some(one) = inner.known.get_mut(usize::from(*number)) {
                one.dropped += count;
            }
        }
    }

    /// Switches a template off or on; false when it is so already.
    ///
    /// # Errors
    /// When there is no such template, or none can be switched.
    pub(super) fn switch(&self, name: &str, off: bool) -> Result<bool, ChangeError> {
        let mut inner = self.lock();
        if !inner.switches {
            let why = "its event source has no templates that could be switched off";
            return Err(ChangeError(why.to_owned()));
        }
        let numbered = inner.numbered;
        let known = inner.known.get_mut(..numbered).unwrap_or_default();
        let Some(one) = known.iter_mut().find(|one| one.name == name) else {
            let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
            let help = names_help(name, names);
            return Err(ChangeError(format!(
                "no template has the alias `{name}`; {help}"
            )));
        };
        let changed = one.off != off;
        one.off = off;
        drop(inner);
        self.version.fetch_add(1, Ordering::Release);
        Ok(changed)
    }

    fn off(&self) -> Vec<bool> {
        let inner = self.lock();
        let numbered = inner.known.iter().take(inner.numbered);
        numbered.map(|one| one.off).collect()
    }

    pub(super) fn stats(&self) -> Vec<AliasStats> {
        self.lock().known.clone()
    }
}

/// Keeps the switches of one source as they are set.
#[derive(Debug, Default)]
pub(super) struct Switches {
    version: u64,
    any: bool,
}

impl Switches {
    /// Tells the source what was switched since the last call. Cheap when that is nothing.
    pub(super) fn follow(&mut self, aliases: &Aliases, source: &mut dyn EventSource) {
        let version = aliases.version.load(Ordering::Acquire);
        if self.version == version {
            return;
        }
        self.version = version;
        let off = aliases.off();
        let any = off.contains(&true);
        if any || self.any {
            source.switch(&off);
        }
        self.any = any;
    }

    /// What was picked of templates that are off since the last call.
    pub(super) fn dropped(&self, source: &mut dyn EventSource) -> Vec<(u16, u64)> {
        if self.any {
            source.left_out()
        } else {
            Vec::new()
        }
    }
}
