//! The outputs' side of a swap: new ones are open before anything changes, those that are gone deliver
//! what they have, the others go on with their queues.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use tokio_util::sync::CancellationToken;

use crate::config::Files;
use crate::output::OutputEnv;

use super::run::RunOptions;
use super::shared::{Lane, Shared};
use super::supervisor::{message, not_open};
use super::swap_parts::{Moves, located};
use super::{Plan, output_stage};

/// An output that is to be opened while the run works.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) plan: Arc<Plan>,
    pub(super) files: Arc<dyn Files>,
    /// Its position in the plan.
    pub(super) position: usize,
    /// Its number in the run.
    pub(super) lane: usize,
    /// What its target has is to be kept.
    pub(super) resumes: bool,
    /// Hears that it is open, or why not.
    pub(super) opened: Sender<Result<(), String>>,
    /// Says that it is part of the run now. Without a word it is closed again.
    pub(super) go: Receiver<()>,
    /// What has to be over before it writes.
    pub(super) after: Vec<CancellationToken>,
}

impl Opening {
    /// The life of its stage, on its thread.
    pub(super) fn run(self, options: &RunOptions, shared: &Arc<Shared>) {
        let Some(output) = self.plan.outputs.get(self.position) else {
            return;
        };
        let env = env(&self.plan, options, self.files.clone(), self.resumes);
        let (seed, lane) = (options.seed, self.lane);
        let opened = catch_unwind(AssertUnwindSafe(|| {
            output_stage::open(output.config.as_ref(), &env, seed, lane, shared.clone())
        }));
        let opened = match opened {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => {
                let _ = self.opened.send(Err(located(&not_open(error, output))));
                return;
            }
            Err(panic) => {
                let why = format!("opening it broke: {}", message(panic.as_ref()));
                let _ = self.opened.send(Err(why));
                return;
            }
        };
        let _ = self.opened.send(Ok(()));
        if self.go.recv().is_err()
            && let Some(lane) = shared.lanes.get(lane)
        {
            // It ends at once.
            lane.queue.close();
        }
        let abort = shared.control.abort_token();
        for over in &self.after {
            options.runtime.block_on(async {
                tokio::select! {
                    () = over.cancelled() => {}
                    () = abort.cancelled() => {}
                }
            });
        }
        opened.run(options.parameters.keep_order);
    }
}

/// What an output of a plan may know about the run.
pub(super) fn env<'p>(
    plan: &'p Plan,
    options: &RunOptions,
    files: Arc<dyn Files>,
    resumes: bool,
) -> OutputEnv<'p> {
    let parameters = &options.parameters;
    OutputEnv {
        base: &plan.base,
        files,
        streams: options.streams.clone(),
        runtime: options.runtime.clone(),
        write_timeout: std::time::Duration::from_secs(parameters.write_timeout),
        resumes,
        max_concurrency: parameters.max_concurrency,
    }
}

/// Outputs of a plan that are open and wait for the word that they are part of the run.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Their numbers in the run.
    pub(super) lanes: Vec<usize>,
    /// The word for each.
    pub(super) go: Vec<Sender<()>>,
}

/// Adds lanes for the new outputs of a plan; gives the number of each output in document order, and of
/// the new ones their positions.
pub(super) fn add_lanes(
    shared: &Shared,
    plan: &Plan,
    moves: &Moves,
    batches: usize,
) -> (Vec<usize>, Vec<usize>) {
    let first = shared.lanes.len();
    let mut lanes = Vec::new();
    let (mut numbers, mut positions) = (Vec::new(), Vec::new());
    let outputs = plan.outputs.iter().zip(&moves.kept).enumerate();
    for (position, (output, kept)) in outputs {
        numbers.push(kept.unwrap_or(first + lanes.len()));
        if kept.is_none() {
            let lane = Lane::new(output, position, &plan.base, batches);
            // It gets nothing before the word.
            lane.gone.store(true, std::sync::atomic::Ordering::Relaxed);
            lanes.push(lane);
            positions.push(position);
        }
    }
    let counters = lanes.iter().map(|_| Default::default()).collect();
    shared.counters.outputs.extend(counters);
    shared.lanes.extend(lanes);
    (numbers, positions)
}
