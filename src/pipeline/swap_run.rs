//! A swap as its owner sees it: examined beside the run, then taken.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::config::{Files, ReloadMode};

use super::event_stage::Setup;
use super::run::Running;
use super::swap::{COPY_PATIENCE, Examined, Handover, Maker, Request, answer, needs_restart};
use super::swap_parts::{self, Now};
use super::{Plan, State};

/// How long an event may take before a change is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a wait looks whether the run is over.
const LOOK: Duration = Duration::from_millis(50);

impl Running {
    /// Finds out what a changed project changes and whether it holds: it is built, and renders and
    /// formats some events, beside the run and on copies of its state. `files` must read for the swap what
    /// it reads now. Blocks; nothing of the run changes.
    ///
    /// # Errors
    /// Why it does not hold, with the place where there is one; or that the run is over.
    pub fn examine(&self, plan: Plan, files: Arc<dyn Files>) -> Result<Examined, String> {
        let plan = Arc::new(plan);
        let mut now = self.now()?;
        now.position_us = self.stats().position_us;
        let copy = self.copy_state();
        let parts = swap_parts::examine(&now, &plan, &files, copy)?;
        Ok(Examined { plan, files, parts })
    }

    /// Takes a change at the next batch; gives in words what was changed. Blocks until then. State and
    /// counters go on. It is taken back when renders fail right after it, which
    /// [`ReloadStats`](super::ReloadStats) shows.
    ///
    /// # Errors
    /// Why the run goes on as it was.
    pub fn take(&self, examined: Examined) -> Result<String, String> {
        let Examined { plan, files, parts } = examined;
        let shared = &self.shared;
        let now = self.now()?;
        let words = parts.words(&plan);
        let mut rest = Vec::new();
        let mut options = now.maker.options.clone();
        options.files = files;
        let maker = Arc::new(Maker::new(plan.clone(), options));
        if parts.inputs.is_some() {
            rest.push("inputs".to_owned());
        }
        if parts.outputs.is_some() {
            rest.push("outputs".to_owned());
        }
        if parts.event {
            let running = now.maker.plan.clone();
            let handover = Handover {
                setup: Setup::new(&maker.plan, &running, &maker.options, tags(shared)),
                maker: Some(maker.clone()),
                closed: Vec::new(),
                opened: Vec::new(),
            };
            let lost = self.hand_over(handover)?;
            for lost in lost {
                tracing::warn!(generator = shared.id, "{lost}");
            }
        }
        shared.with_now(|now| {
            if parts.event {
                now.maker = maker;
            }
        });
        shared
            .desk
            .taken(shared.clock.now_us(), needs_restart(&rest));
        tracing::info!(generator = shared.id, "change of files taken: {words}");
        Ok(words)
    }

    /// What is done with changes.
    pub fn reload_mode(&self) -> ReloadMode {
        self.shared.desk.stats().mode
    }

    /// Says what is known of a change that was not taken: that it waits for a word, or why it is refused.
    pub fn note_reload(&self, pending: Option<String>, refused: Option<String>) {
        self.shared.desk.note(pending, refused);
    }

    fn now(&self) -> Result<Now, String> {
        match self.state() {
            State::Running => {}
            State::Starting => return Err("the run is starting".to_owned()),
            State::Stopping | State::Ended(_) => return Err("the run is ending".to_owned()),
        }
        let now = self.shared.with_now(|now| now.clone());
        now.ok_or_else(|| "the run is starting".to_owned())
    }

    fn ask(&self, request: Request) {
        self.shared.desk.put(request);
        self.shared.timestamps.wake();
        self.shared.control.poke();
    }

    fn copy_state(&self) -> Option<crate::event::LegacyCopy> {
        let (sender, answer) = answer();
        self.ask(Request::Copy(sender));
        answer.recv_timeout(COPY_PATIENCE).ok().flatten()
    }

    fn hand_over(&self, handover: Handover) -> Result<Vec<String>, String> {
        let (sender, answer) = answer();
        self.ask(Request::Swap(Box::new(handover), sender));
        self.wait_for(&answer)
    }

    fn wait_for(
        &self,
        answer: &Receiver<Result<Vec<String>, String>>,
    ) -> Result<Vec<String>, String> {
        let patience = Instant::now() + PATIENCE;
        loop {
            match answer.recv_timeout(LOOK) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Disconnected) => return Err("the run is ending".to_owned()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if matches!(self.state(), State::Ended(_)) {
                return Err("the run is over".to_owned());
            }
            // What is taken from the desk is answered soon.
            if Instant::now() >= patience && self.shared.desk.take().is_some() {
                return Err("the run did not come to the end of an event in time".to_owned());
            }
        }
    }
}

/// Tags by number of the input.
fn tags(shared: &super::shared::Shared) -> Vec<Vec<Arc<str>>> {
    let count = u16::try_from(shared.inputs.len()).unwrap_or(u16::MAX);
    let numbers = 0..count;
    numbers
        .map(|number| shared.origins.tags(number).to_vec())
        .collect()
}
