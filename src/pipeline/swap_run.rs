//! A swap as its owner sees it: examined beside the run, then taken.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crate::config::{Files, ReloadMode};
use crate::input::{InputEnv, Outside, input_seed};

use super::event_stage::Setup;
use super::run::{RunOptions, Running};
use super::shared::Shared;
use super::supervisor::News;
use super::swap::{COPY_PATIENCE, Examined, Handover, Maker, Request, answer, needs_restart};
use super::swap_inputs::{Exchange, Slots};
use super::swap_outputs::{self, Opening};
use super::swap_parts::{self, Key, Moves, Now, Slot};
use super::{Plan, State};

/// How long an event may take before a change is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a wait lasts before it is told of.
const TOLD: Duration = Duration::from_millis(500);
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
        let shared = &self.shared;
        let _turn = shared.taking.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now()?;
        let words = examined.words();
        let Examined { plan, files, parts } = examined;
        let mut options = now.maker.options.clone();
        options.files = files;
        let mut rest = Vec::new();
        let over = shared.schedule.is_closed();
        let inputs = parts.inputs.as_ref().filter(|_| !over);
        if parts.inputs.is_some() && over {
            rest.push("the inputs, which are over".to_owned());
        }
        let inputs = inputs.map(|moves| start_inputs(shared, &now, &plan, &options, moves));
        let inputs = inputs.transpose()?;
        let opened = parts.outputs.as_ref();
        let opened = opened.map(|moves| self.open_outputs(&plan, &options, moves));
        let (numbers, waiting) = opened.transpose()?.unwrap_or_default();
        let maker = Arc::new(Maker::new(plan.clone(), options));
        let event = if parts.event { &plan } else { &now.maker.plan };
        if let Some(inputs) = &inputs {
            inputs.enlist(shared);
        }
        let backs = shared.desk.backs();
        let lost = self.hand_over(Handover {
            setup: Setup::new(event, &plan, &maker.options, tags(shared)),
            maker: parts.event.then(|| maker.clone()),
            closed: parts
                .outputs
                .as_ref()
                .map_or_else(Vec::new, |moves| moves.gone.clone()),
            opened: waiting.lanes,
            rest: parts.besides_event(),
        })?;
        for go in waiting.go {
            // It ended meanwhile, which shows elsewhere.
            let _ = go.send(());
        }
        for lost in lost {
            tracing::warn!(generator = shared.id, "{lost}");
        }
        let joined = plan.joins();
        let slots = self.exchange(&now, inputs, &plan, &maker.options);
        shared.with_now(|now| {
            if let Some(moves) = &parts.outputs {
                now.outputs = slots_of(&numbers, &moves.keys);
            }
            match slots {
                Some(Some(slots)) => now.inputs = slots,
                Some(None) => rest.push("the inputs, which are over".to_owned()),
                None => {}
            }
            now.joined = joined;
        });
        let rest = needs_restart(&rest);
        shared.desk.taken(shared.clock.now_us(), rest, backs);
        tracing::info!(generator = shared.id, "change of files taken: {words}");
        Ok(words)
    }

    /// Has the input stage go on with other inputs, or with other batches. Gives what runs then; nothing
    /// inside when the inputs are over.
    fn exchange(
        &self,
        now: &Now,
        inputs: Option<Started>,
        plan: &Plan,
        options: &RunOptions,
    ) -> Option<Option<Vec<Slot>>> {
        let changed = plan.joins() != now.joined;
        let batching = changed.then(|| super::supervisor::batching(plan, options));
        let (slots, known) = match inputs {
            Some(started) => (started.slots, started.known),
            None if !changed => return None,
            None => {
                let numbers = now.inputs.iter().map(|slot| (number(slot.number), None));
                (numbers.collect(), now.inputs.clone())
            }
        };
        let (done, heard) = answer();
        self.shared.schedule.put(Exchange {
            slots,
            batching,
            done,
        });
        self.shared.control.poke();
        loop {
            match heard.recv_timeout(LOOK) {
                Ok(()) => return Some(Some(known)),
                Err(RecvTimeoutError::Disconnected) => return Some(None),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if matches!(self.state(), State::Ended(_)) {
                return Some(None);
            }
        }
    }

    /// Opens the new outputs of a plan; they wait for a word. Gives the number of each output.
    fn open_outputs(
        &self,
        plan: &Arc<Plan>,
        options: &RunOptions,
        moves: &Moves,
    ) -> Result<(Vec<usize>, swap_outputs::Waiting), String> {
        let shared = &self.shared;
        let batches = options.parameters.queue.max_event_batches;
        let (numbers, positions) = swap_outputs::add_lanes(shared, plan, moves, batches);
        let mut waiting = swap_outputs::Waiting::default();
        let mut answers = Vec::new();
        for position in positions {
            let lane = numbers.get(position).copied().unwrap_or(usize::MAX);
            let file = shared.lanes.get(lane).and_then(|lane| lane.file.clone());
            let gone = moves.gone.iter().filter_map(|&gone| shared.lanes.get(gone));
            // Two writers of one file take turns.
            let before = gone.filter(|gone| file.is_some() && gone.file == file);
            let after: Vec<_> = before.map(|gone| gone.over.clone()).collect();
            let (opened, heard) = answer();
            let (go, word) = answer();
            let opening = Opening {
                plan: plan.clone(),
                files: options.files.clone(),
                position,
                lane,
                resumes: !after.is_empty(),
                opened,
                go: word,
                after,
            };
            let _ = self.news.send(News::Open(Box::new(opening)));
            waiting.lanes.push(lane);
            waiting.go.push(go);
            answers.push(heard);
        }
        for heard in answers {
            let ending = || Err("the run is ending".to_owned());
            heard.recv().unwrap_or_else(|_| ending())?;
        }
        Ok((numbers, waiting))
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
        let result = self.wait_for(&answer);
        if result.is_err() {
            self.shared.desk.stalls(None);
        }
        result
    }

    fn wait_for(
        &self,
        answer: &Receiver<Result<Vec<String>, String>>,
    ) -> Result<Vec<String>, String> {
        let began = Instant::now();
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
            if began.elapsed() >= PATIENCE && self.shared.desk.take().is_some() {
                let why = self.shared.hindrance();
                return Err(format!(
                    "the run did not come to its next batch in time: {why}"
                ));
            }
            if began.elapsed() >= TOLD {
                self.shared.desk.stalls(Some(self.shared.hindrance()));
            }
        }
    }
}

/// Inputs that are started and not yet part of the run.
struct Started {
    slots: Slots,
    /// All inputs of the plan, by their numbers in the run.
    known: Vec<Slot>,
    /// Names and tags of the new ones.
    names: Vec<String>,
    tags: Vec<Vec<Arc<str>>>,
}

impl Started {
    /// Gives the new ones their numbers.
    fn enlist(&self, shared: &Shared) {
        shared.inputs.extend(self.names.clone());
        let counters = self.names.iter().map(|_| Default::default()).collect();
        shared.counters.released.extend(counters);
        shared.origins.add(Vec::new(), self.tags.clone());
    }
}

/// Starts the new inputs of a plan, as if they had started with the run.
fn start_inputs(
    shared: &Arc<Shared>,
    now: &Now,
    plan: &Plan,
    options: &RunOptions,
    moves: &Moves,
) -> Result<Started, String> {
    let woken = shared.clone();
    let outside = Outside::new(shared.clock.clone(), move || woken.control.poke());
    let mut started = Started {
        slots: Vec::new(),
        known: Vec::new(),
        names: Vec::new(),
        tags: Vec::new(),
    };
    let inputs = plan.inputs.iter().zip(&moves.kept).zip(&moves.keys);
    for (((input, kept), key), index) in inputs.zip(0..=u16::MAX) {
        let new = shared.inputs.len() + started.names.len();
        let at = kept.unwrap_or(new);
        if at > usize::from(u16::MAX) {
            return Err("needs a restart: too many inputs were changed in one run".to_owned());
        }
        let running = match kept {
            Some(_) => None,
            None => {
                let env = InputEnv {
                    zone: options.parameters.zone,
                    now: options.parameters.zone.at_instant(now.start_us),
                    skip_past: now.skip_past,
                    base: &plan.base,
                    files: options.files.as_ref(),
                    seed: input_seed(options.seed, index),
                    outside: Some(&outside),
                };
                let begun = input.config.start(&env);
                let begun = begun.map_err(|error| {
                    let at = super::swap_parts::place_of(&input.place);
                    format!("{at}{}: {error}", input.setting)
                })?;
                started.names.push(input.name.to_owned());
                started.tags.push(input.config.tags().to_vec());
                Some(begun)
            }
        };
        started.slots.push((number(at), running));
        started.known.push(Slot {
            number: at,
            key: key.clone(),
        });
    }
    Ok(started)
}

fn number(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn slots_of(numbers: &[usize], keys: &[Key]) -> Vec<Slot> {
    let pairs = numbers.iter().zip(keys);
    pairs
        .map(|(&number, key)| Slot {
            number,
            key: key.clone(),
        })
        .collect()
}

/// Tags by number of the input.
fn tags(shared: &Shared) -> Vec<Vec<Arc<str>>> {
    let count = u16::try_from(shared.inputs.len()).unwrap_or(u16::MAX);
    let numbers = 0..count;
    numbers
        .map(|number| shared.origins.tags(number).to_vec())
        .collect()
}
