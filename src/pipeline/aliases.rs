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
    /// By number in the run: those of all sources so far.
    known: Vec<AliasStats>,
    /// The numbers of the source's own, in its order.
    here: Vec<usize>,
    /// The source can switch them.
    switches: bool,
}

impl Aliases {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over the names of a source with their numbers in the run (their positions when there are
    /// none). What a template of the same name gave before goes on counting.
    pub(super) fn set(&self, source: &dyn EventSource, numbers: &[u16]) {
        let mut inner = self.lock();
        let number = |index: usize| numbers.get(index).map_or(index, |&one| usize::from(one));
        inner.here = (0..source.aliases().len()).map(number).collect();
        for (index, name) in source.aliases().iter().enumerate() {
            let number = number(index);
            if inner.known.len() <= number {
                inner.known.resize(number + 1, AliasStats::default());
            }
            if let Some(one) = inner.known.get_mut(number) {
                one.name = name.to_string();
            }
        }
        inner.switches = source.switches();
        drop(inner);
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Counts the events of a batch.
    pub(super) fn count(&self, batch: &EventBatch) {
        let mut inner = self.lock();
        if inner.known.is_empty() {
            return;
        }
        for event in 0..batch.len() {
            if let Some(one) = inner.known.get_mut(usize::from(batch.alias(event))) {
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

    /// Counts what was picked of templates that are off, by the source's number.
    pub(super) fn dropped(&self, picks: &[(u16, u64)]) {
        if picks.is_empty() {
            return;
        }
        let mut inner = self.lock();
        for (index, count) in picks {
            let number = inner.here.get(usize::from(*index)).copied();
            if let Some(one) = number.and_then(|number| inner.known.get_mut(number)) {
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
        let named = |number: &usize| Some((*number, inner.known.get(*number)?.name.as_str()));
        let names: Vec<(usize, &str)> = inner.here.iter().filter_map(named).collect();
        let found = names.iter().find(|(_, known)| *known == name);
        let found = found.map(|(number, _)| *number);
        let Some(number) = found else {
            let names = names.iter().map(|(_, name)| *name);
            let help = names_help(name, names);
            return Err(ChangeError(format!(
                "no template has the alias `{name}`; {help}"
            )));
        };
        let Some(one) = inner.known.get_mut(number) else {
            return Ok(false);
        };
        let changed = one.off != off;
        one.off = off;
        drop(inner);
        self.version.fetch_add(1, Ordering::Release);
        Ok(changed)
    }

    fn off(&self) -> Vec<bool> {
        let inner = self.lock();
        let here = inner.here.iter();
        here.map(|&number| inner.known.get(number).is_some_and(|one| one.off))
            .collect()
    }

    /// Those of the source in its order, then those of sources before that gave something.
    pub(super) fn stats(&self) -> Vec<AliasStats> {
        let inner = self.lock();
        let here = inner.here.iter();
        let mut all: Vec<AliasStats> = here
            .filter_map(|&number| inner.known.get(number).cloned())
            .collect();
        let gone = inner.known.iter().enumerate().filter(|(number, one)| {
            !inner.here.contains(number)
                && !one.name.is_empty()
                && one.events + one.failed + one.dropped > 0
        });
        all.extend(gone.map(|(_, one)| one.clone()));
        all
    }
}

/// Keeps the switches of one source as they are set.
#[derive(Debug, Default)]
pub(super) struct Switches {
    version: u64,
    any: bool,
    /// What the source was told; empty when that is nothing.
    off: Arc<[bool]>,
}

impl Switches {
    /// Has the next source told of every switch.
    pub(super) fn again(&mut self) {
        *self = Self {
            any: true,
            ..Self::default()
        };
    }

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
            self.off = off.into();
        }
        self.any = any;
    }

    /// Which templates are off for the source, by its numbers; those beyond it are on.
    pub(super) fn off(&self) -> Arc<[bool]> {
        Arc::clone(&self.off)
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
