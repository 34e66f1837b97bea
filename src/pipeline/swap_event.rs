//! The event stage's side of a swap: it goes on with another source, and back when that does not hold.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::event::{EventError, EventSource, Outcome};
use crate::time::Moment;

use super::event_stage::{Setup, Stage, words};
use super::supervisor::message;
use super::swap::{Handover, Maker, Request};
use super::swap_trial::{Former, Trial, Verdict};

impl Stage<'_> {
    /// Does what it is asked for, if anything; true when there is another source now.
    pub(super) fn attend(&mut self) -> bool {
        match self.shared.desk.take() {
            None => false,
            Some(Request::Copy(answer)) => {
                // Who asked may have lost patience.
                let _ = answer.send(self.source.legacy_copy());
                false
            }
            Some(Request::Swap(handover, answer)) => {
                let result = self.take_over(*handover);
                let taken = result.is_ok();
                let _ = answer.send(result);
                taken
            }
        }
    }

    /// Goes on with what is handed over; says in words what of the state does not fit.
    fn take_over(&mut self, handover: Handover) -> Result<Vec<String>, String> {
        let Handover {
            maker,
            mut setup,
            closed,
            opened,
            rest,
        } = handover;
        let new = match &maker {
            None => None,
            Some(maker) => Some(make(maker)?),
        };
        let source = new.as_ref().unwrap_or(&self.source);
        setup.aliases = self.shared.numbers_of(source.aliases());
        self.flush();
        for index in opened {
            if let Some(lane) = self.shared.lanes.get(index) {
                lane.gone.store(false, Ordering::Relaxed);
            }
        }
        for index in closed {
            self.shared.close_lane(index);
        }
        let former = std::mem::replace(&mut self.setup, Arc::new(setup));
        let (Some(new), Some(maker)) = (new, maker) else {
            return Ok(Vec::new());
        };
        self.shared.settle_maker(maker.clone());
        let gone = self.replace(new);
        let former = Former {
            source: gone.0,
            setup: former,
            maker: std::mem::replace(&mut self.maker, maker),
            rest,
        };
        self.shared.looks.forget();
        self.begin_trial(former);
        Ok(gone.1)
    }

    /// Puts a source in the place of the one there is, with its state; gives that one, and in words what
    /// of the state does not fit.
    fn replace(&mut self, mut new: Box<dyn EventSource>) -> (Box<dyn EventSource>, Vec<String>) {
        let carried = catch_unwind(AssertUnwindSafe(|| {
            let legacy = self.source.legacy();
            legacy.map_or_else(Vec::new, |legacy| new.adopt(&legacy))
        }));
        let lost = carried.unwrap_or_else(|_| vec!["the state could not be kept".to_owned()]);
        if new.parallel().is_ok() {
            new.seek(self.index);
        }
        if let Some(interrupt) = new.interrupter() {
            self.shared.control.on_halt(interrupt);
        }
        self.alone = self.setup.workers < 2;
        self.behind = None;
        self.shared.aliases.set(new.as_ref(), &self.setup.aliases);
        self.switches.again();
        (std::mem::replace(&mut self.source, new), lost)
    }

    fn begin_trial(&mut self, former: Former) {
        let now_us = self.shared.clock.read().mono_us;
        // One that is still on trial is not what to go back to.
        let (former, before) = match self.trial.take() {
            Some(trial) => {
                let before = trial.before();
                (trial.former, before)
            }
            None => {
                let counters = &self.shared.counters;
                let failed = counters.failed.get();
                (former, self.lately.share(counters.answered(), failed))
            }
        };
        self.trial = Some(Box::new(Trial::new(former, before, now_us)));
    }

    /// Produces with a source that is on trial: a panic is a failure, and the last one.
    pub(super) fn try_out(&mut self, at: Moment, input: u16) -> Outcome {
        let before = self.batch.len();
        let setup = Arc::clone(&self.setup);
        let tags = setup.tags_of(input);
        let produced = catch_unwind(AssertUnwindSafe(|| {
            self.source.produce(at, tags, &mut self.batch)
        }));
        produced.unwrap_or_else(|panic| {
            self.batch.truncate(before);
            self.broke = true;
            Outcome::Failed(Box::new(EventError {
                message: format!("the event source broke: {}", message(panic.as_ref())),
                alias: None,
                places: Vec::new(),
                help: None,
            }))
        })
    }

    /// Counts one timestamp of a trial; true when the former source is back.
    pub(super) fn judge(&mut self, failure: Option<String>) -> bool {
        let now_us = self.shared.clock.read().mono_us;
        let broke = std::mem::take(&mut self.broke);
        let Some(trial) = &mut self.trial else {
            return false;
        };
        match trial.count(failure, now_us) {
            Verdict::Open if !broke => false,
            Verdict::Holds if !broke => {
                tracing::debug!(generator = self.shared.id, "the change holds");
                self.trial = None;
                false
            }
            _ => {
                self.go_back();
                true
            }
        }
    }

    /// Goes on with what was there before the change. State and counters go on from here.
    fn go_back(&mut self) {
        let Some(trial) = self.trial.take() else {
            return;
        };
        self.flush();
        let mut why = format!("taken back: {}", trial.words());
        if let Some(first) = &trial.first {
            why.push_str(&format!("; first: {first}"));
        }
        let Former {
            source,
            setup,
            maker,
            rest,
        } = trial.former;
        if let Some(rest) = rest {
            why.push_str(&format!("; {rest}"));
        }
        // What is gone now is not missed.
        let aliases = setup.aliases.clone();
        let mut back = Setup::clone(&self.setup);
        back.name.clone_from(&setup.name);
        back.aliases = aliases;
        self.setup = Arc::new(back);
        self.maker = Arc::clone(&maker);
        let _ = self.replace(source);
        self.shared.settle_maker(maker);
        tracing::warn!(generator = self.shared.id, "change of files {why}");
        self.shared.desk.taken_back(why);
    }

    /// Why the last timestamp failed, for a trial.
    pub(super) fn failure_of(&self, outcome: &Outcome) -> Option<String> {
        match (outcome, &self.trial) {
            (Outcome::Failed(error), Some(_)) => Some(words(error)),
            _ => None,
        }
    }
}

fn make(maker: &Maker) -> Result<Box<dyn EventSource>, String> {
    let made = catch_unwind(AssertUnwindSafe(|| maker.make()));
    match made {
        Ok(Ok(source)) => Ok(source),
        Ok(Err(problems)) => Err(super::swap_parts::located(&problems)),
        Err(panic) => Err(format!("building it broke: {}", message(panic.as_ref()))),
    }
}
