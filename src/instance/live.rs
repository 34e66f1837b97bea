//! What watchers and helpers of a running generator ask for: some of its events as they come, and its
//! dead letters sent again.

use std::sync::{Arc, PoisonError};

use super::project::prepare_hidden;
use super::registry::{Registry, Run};
use super::{InstanceError, Replayed, TailEvent, TailPage, TailQuery};
use crate::config::{Diagnostic, Diagnostics, Disk, Parameters, RunParameters};
use crate::pipeline::{self, EndReason, Left, Redelivery, RunOptions, Running, TappedEvent};
use crate::time::WallClock;

impl Registry {
    /// See [`super::Instance::tail`]. Of a run that is over, what is kept.
    pub(super) fn tail(&self, id: &str, query: &TailQuery) -> Result<TailPage, InstanceError> {
        let Run::Known(running) = self.run_of(id)? else {
            return Err(InstanceError::Idle(id.to_owned()));
        };
        let tapped = running.tail(query.after, query.most);
        Ok(TailPage {
            events: tapped
                .events
                .into_iter()
                .map(|one| self.shown(one))
                .collect(),
            seen: tapped.seen,
        })
    }

    fn shown(&self, event: TappedEvent) -> TailEvent {
        TailEvent {
            number: event.number,
            at: event.at.map_or_else(String::new, |at| at.to_string()),
            alias: (!event.alias.is_empty()).then(|| event.alias.to_string()),
            text: self.redactor.hide(&event.text).into_owned(),
        }
    }

    /// See [`super::Instance::replay_letters`]: a run of its own, beside that of the generator, with the
    /// project as it is on disk now. Waits for its end.
    pub(super) fn replay_letters(
        &self,
        id: &str,
        output: usize,
    ) -> Result<Replayed, InstanceError> {
        let spec = self.spec_of(id)?;
        let parameters = Parameters {
            live_mode: false,
            run: RunParameters::default(),
            ..spec.parameters
        };
        let secrets = self.secrets_of(id);
        let prepared = prepare_hidden(&spec.project, &Disk, &parameters, &secrets, &self.redactor);
        let (plan, _) = prepared.map_err(InstanceError::Invalid)?;
        let boxes = plan.letters().map_err(one)?;
        let Some(found) = boxes.get(output) else {
            let count = boxes.len();
            return Err(InstanceError::Refused(format!(
                "there is no output[{output}]; the project has {count}, from 0 on"
            )));
        };
        let Some(letters) = Redelivery::prepare(&found.path).map_err(one)? else {
            return Ok(Replayed::default());
        };
        if letters.torn > 0 {
            let path = letters.damaged();
            let (count, path) = (letters.torn, path.display());
            tracing::warn!(
                generator = id,
                "{count} lines were no dead letters; they are in {path} now"
            );
        }
        let Some(plan) = letters.plan(plan, output) else {
            return Ok(Replayed::default());
        };
        let running = Arc::new(pipeline::start(
            plan,
            RunOptions {
                id: format!("{id} (dead letters)"),
                parameters,
                seed: None,
                now_us: None,
                globals: crate::event::Globals::default(),
                clock: Arc::new(WallClock),
                files: Arc::new(Disk),
                streams: self.streams.clone(),
                runtime: self.runtime.clone(),
                workers: None,
            },
        ));
        self.watch_over(&running);
        self.account(id, &letters, &running)
    }

    /// Waits for the end of letters that are sent again, and says what became of them.
    fn account(
        &self,
        id: &str,
        letters: &Redelivery,
        running: &Running,
    ) -> Result<Replayed, InstanceError> {
        running.wait_started().map_err(InstanceError::Invalid)?;
        let reason = running.wait(None).unwrap_or(EndReason::Aborted);
        let stats = running.stats();
        let outputs = stats.outputs.iter();
        let replayed = Replayed {
            letters: letters.count,
            written: outputs.clone().map(|one| one.written).sum(),
            kept: outputs.map(|one| one.dead_lettered).sum(),
        };
        let Replayed { written, kept, .. } = replayed;
        tracing::info!(
            generator = id,
            written,
            kept,
            "dead letters were sent again"
        );
        let aside = letters.aside().display().to_string();
        match letters.finish(&stats, &reason) {
            Ok(Left::Nothing) => Ok(replayed),
            Ok(Left::Some(rest)) => Err(InstanceError::Refused(format!(
                "not all letters were sent ({written} were); {rest} stay in {aside} and are sent the next time"
            ))),
            Ok(Left::All) => Err(InstanceError::Refused(format!(
                "not all letters were sent ({written} were, and which is not known); they stay in {aside}, and all of them are sent the next time"
            ))),
            Err(error) => Err(InstanceError::Refused(format!(
                "all letters were sent, but those of {aside} cannot be cleared up: {error}; they are sent again the next time"
            ))),
        }
    }

    /// Ends letters on their way with the instance.
    fn watch_over(&self, running: &Arc<Running>) {
        let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        replays.retain(|one| one.strong_count() > 0);
        replays.push(Arc::downgrade(running));
    }

    /// Gives up letters that are on their way; they stay where they wait.
    pub(super) fn end_replays(&self) {
        let replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        for running in replays.iter().filter_map(std::sync::Weak::upgrade) {
            running.abort();
        }
    }
}

fn one(problem: Diagnostic) -> InstanceError {
    InstanceError::Invalid(Diagnostics(vec![problem]))
}
