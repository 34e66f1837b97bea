//! A changed project takes the place of the one that runs, at a batch boundary.
//!
//! ```text
//! Running::examine   beside the run: what changed, does it build, does it render    -> Examined, or why not
//! Running::take      desk --> event stage builds it, hands over its state  -> taken, on trial
//!                    event stage: errors rise while on trial               -> back to the former one
//! ```
//!
//! Whoever asks waits for the answer; the run never waits for who asks. Everything that is refused leaves
//! the run as it was.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::{Diagnostics, Files, ReloadMode, hush};
use crate::event::{EventEnv, EventSource, LegacyCopy, Limits};

use super::event_stage::Setup;
use super::run::RunOptions;
use super::same_files::SameFiles;
use super::{Plan, ReloadStats};

/// How long the event stage may take to give a copy of its state; without one the trial begins from
/// nothing.
pub(super) const COPY_PATIENCE: Duration = Duration::from_millis(500);

/// What event sources of a run are made of.
#[derive(Debug)]
pub(super) struct Maker {
    pub(super) plan: Arc<Plan>,
    pub(super) files: Arc<SameFiles>,
    pub(super) options: RunOptions,
}

impl Maker {
    pub(super) fn new(plan: Arc<Plan>, options: RunOptions) -> Self {
        Self {
            plan,
            files: Arc::new(SameFiles::new(options.files.clone())),
            options,
        }
    }

    fn env(&self) -> EventEnv<'_> {
        EventEnv {
            base: &self.plan.base,
            files: self.files.clone(),
            zone: self.options.parameters.zone,
            seed: self.options.seed,
            globals: self.options.globals.clone(),
            limits: Limits::RUN,
        }
    }

    /// Makes the source, on the thread that will produce.
    pub(super) fn make(&self) -> Result<Box<dyn EventSource>, Diagnostics> {
        let mut problems = Diagnostics::default();
        let source = self.plan.event.build(&self.env(), &mut problems);
        let sound = source.filter(|_| !problems.has_errors());
        sound.ok_or_else(|| super::supervisor::or_unknown(problems, "the event source"))
    }

    /// Makes another one that shares the work; `None` when that is not possible any more.
    pub(super) fn another(&self, streams: u64) -> Option<Box<dyn EventSource>> {
        let mut problems = Diagnostics::default();
        let source = self
            .plan
            .event
            .build_another(&self.env(), streams, &mut problems)?;
        (!problems.has_errors() && !self.files.changed()).then_some(source)
    }
}

/// What the event stage is asked for.
pub(super) enum Request {
    /// A copy of its state.
    Copy(Sender<Option<LegacyCopy>>),
    /// To go on with something else.
    Swap(Box<Handover>, Sender<Result<Vec<String>, String>>),
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Copy(_) => "Copy",
            Self::Swap(..) => "Swap",
        })
    }
}

/// What the event stage goes on with.
#[derive(Debug)]
pub(super) struct Handover {
    /// What makes the new source; the source stays without.
    pub(super) maker: Option<Arc<Maker>>,
    pub(super) setup: Setup,
    /// Lanes that get nothing more, by number.
    pub(super) closed: Vec<usize>,
    /// Lanes that get what comes from now on.
    pub(super) opened: Vec<usize>,
    /// What a way back leaves as it is changed, in words.
    pub(super) rest: Option<String>,
}

/// Where requests wait for the event stage, and what became of them.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// Something waits. Asked for every timestamp.
    waiting: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    request: Option<Request>,
    /// The event stage is over.
    closed: bool,
    /// Changes that were taken back.
    backs: u64,
    /// The latest change is among those that count as taken.
    counted: bool,
    stats: ReloadStats,
}

impl Desk {
    pub(super) fn new(mode: ReloadMode) -> Self {
        let desk = Self::default();
        desk.lock().stats.mode = mode;
        desk
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(super) fn waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Puts a request down; wake the event stage then. What waited before is dropped, which tells its
    /// sender.
    pub(super) fn put(&self, request: Request) {
        let mut inner = self.lock();
        if !inner.closed {
            inner.request = Some(request);
            self.waiting.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn take(&self) -> Option<Request> {
        let mut inner = self.lock();
        self.waiting.store(false, Ordering::Relaxed);
        inner.request.take()
    }

    /// Nothing is taken any more.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.request = None;
        self.waiting.store(false, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> ReloadStats {
        self.lock().stats.clone()
    }

    pub(super) fn set_mode(&self, mode: ReloadMode) {
        let mut inner = self.lock();
        inner.stats.mode = mode;
        if mode == ReloadMode::Off && !inner.stats.stalled {
            inner.stats.pending = None;
        }
    }

    /// How many changes were taken back so far; to be read before a change is made.
    pub(super) fn backs(&self) -> u64 {
        self.lock().backs
    }

    /// A change was taken, all but `rest`; unless it was taken back meanwhile.
    pub(super) fn taken(&self, now_us: i64, rest: Option<String>, backs: u64) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.stats.pending = None;
        inner.stats.stalled = false;
        if inner.backs == backs {
            inner.counted = true;
            inner.stats.taken += 1;
            inner.stats.last_us = Some(now_us);
            inner.stats.refused = rest;
        }
    }

    /// A change that was taken did not hold.
    pub(super) fn taken_back(&self, why: String) {
        let mut inner = self.lock();
        inner.backs += 1;
        if std::mem::take(&mut inner.counted) {
            inner.stats.taken = inner.stats.taken.saturating_sub(1);
        }
        inner.stats.refused = Some(why);
    }

    /// A change that is being taken waits for the next batch, because of that; or does not any more.
    pub(super) fn stalls(&self, why: Option<String>) {
        let stats = &mut self.lock().stats;
        match why {
            Some(why) => {
                stats.pending = Some(format!("they are taken at the next batch: {why}"));
                stats.stalled = true;
                // It told of the change before.
                stats.refused = None;
            }
            None if stats.stalled => {
                stats.pending = None;
                stats.stalled = false;
            }
            None => {}
        }
    }

    pub(super) fn note(&self, pending: Option<String>, refused: Option<String>) {
        let stats = &mut self.lock().stats;
        stats.pending = pending;
        stats.stalled = false;
        stats.refused = refused.map(|why| hush(&why).into_owned());
    }
}

/// A channel for one answer.
pub(super) fn answer<T>() -> (Sender<T>, Receiver<T>) {
    channel()
}

/// The words for what the run has to be restarted for.
pub(super) fn needs_restart(what: &[String]) -> Option<String> {
    (!what.is_empty()).then(|| format!("needs a restart: {}", what.join(", ")))
}

/// A changed project that holds as far as can be told without running it.
#[derive(Debug)]
pub struct Examined {
    pub(super) plan: Arc<Plan>,
    pub(super) files: Arc<dyn Files>,
    pub(super) parts: super::swap_parts::Parts,
}

impl Examined {
    /// True when the run would go on as it is: a comment was changed.
    pub fn is_nothing(&self) -> bool {
        let parts = &self.parts;
        !parts.event && parts.inputs.is_none() && parts.outputs.is_none()
    }

    /// What it changes, in words: `the event source, input[0].cron`.
    pub fn words(&self) -> String {
        self.parts.words(&self.plan)
    }
}
