//! The output stage: one thread per output that takes batches from its queue, brings them to the size
//! the target likes, formats them and has them delivered.
//!
//! Formatting is work for a core, so each output has a thread instead of tasks on the asynchronous
//! runtime. Outputs that write with plain calls do so on that thread, with reused buffers. Those that
//! talk to a server have a task for each delivery, as many at once as `concurrency` allows; with one,
//! order is kept and the next batch is formatted while the one before is on its way.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::batch::EventBatch;
use crate::output::{
    FormatEnv, Formatted, Formatter, LocalOutput, Output, OutputConfig, OutputEnv, OutputError,
    OutputErrorKind, Parcel, RemoteOutput, TextSet,
};

use super::EndReason;
use super::delivery::{Courier, Regrouper, Target};
use super::errors::Failure;
use super::meter::Phase;
use super::pool::Pool;
use super::queue::Popped;
use super::shared::Shared;
use super::supervisor::message;

/// How often a wait for a delivery looks whether it still makes sense.
const LOOK: Duration = Duration::from_millis(20);

/// An output that is open, with what goes before it.
pub(super) struct Opened {
    output: Output,
    stage: Stage,
    concurrency: usize,
}

/// Formats what is delivered.
struct Stage {
    formatter: Formatter,
    texts: TextSet,
    separator: String,
    regrouper: Regrouper,
    spare: Arc<Pool<Formatted>>,
    runtime: Handle,
    courier: Arc<Courier>,
}

/// What the stage does next.
enum Next {
    Parcel(Box<Parcel>),
    Tick,
    End,
}

/// Makes and opens an output.
pub(super) fn open(
    config: &dyn OutputConfig,
    env: &OutputEnv<'_>,
    seed: Option<u64>,
    index: usize,
    shared: Arc<Shared>,
) -> Result<Opened, OutputError> {
    let format_env = FormatEnv {
        origins: shared.origins.clone(),
        seed,
        ..FormatEnv::new(env.base, env.files.clone())
    };
    let formatter = config.format().build(&format_env)?;
    let texts = TextSet::build(config.texts(), &format_env)?;
    let mut output = config.build(env)?;
    let delivery = config.delivery().clone();
    let (concurrency, patient) = (delivery.concurrency, delivery.patient);
    let regrouper = Regrouper::new(delivery.batch);
    let courier = Courier::new(shared, index, delivery, env.base, env.write_timeout);
    match &mut output {
        Output::Local(output) => output.open()?,
        Output::Remote(output) => {
            let opening = courier.unless_aborted(output.open());
            match env.runtime.block_on(opening) {
                Err(error) if patient && error.kind == OutputErrorKind::Outage => {
                    courier.record(&error, 1, 0, None);
                }
                opened => opened?,
            }
        }
    }
    Ok(Opened {
        output,
        concurrency,
        stage: Stage {
            formatter,
            texts,
            separator: config.separator().to_owned(),
            regrouper,
            spare: Arc::default(),
            runtime: env.runtime.clone(),
            courier: Arc::new(courier),
        },
    })
}

impl Opened {
    /// Runs until the queue ends or the target is gone. One delivery at a time when `ordered`.
    pub(super) fn run(self, ordered: bool) {
        let concurrency = if ordered { 1 } else { self.concurrency };
        if let Some(lane) = self.stage.courier.lane() {
            lane.meter.enter(Phase::Busy);
        }
        match self.output {
            Output::Local(output) => self.stage.local(output),
            Output::Remote(output) => self.stage.remote(&output, concurrency),
        }
    }
}

impl Stage {
    fn local(mut self, mut output: Box<dyn LocalOutput>) {
        let courier = Arc::clone(&self.courier);
        loop {
            match self.next(output.due()) {
                Next::Parcel(parcel) => {
                    let target = Target::Local(output.as_mut());
                    let delivery = courier.deliver(&parcel, target);
                    courier.metered(|| self.runtime.block_on(delivery));
                    self.done(*parcel);
                }
                Next::Tick => {
                    if let Err(error) = output.tick(Instant::now()) {
                        courier.record(&error, 1, 0, None);
                    }
                }
                Next::End => break,
            }
        }
        self.closed(output.close());
    }

    fn remote(mut self, output: &Arc<dyn RemoteOutput>, concurrency: usize) {
        let slots = Arc::new(Semaphore::new(concurrency));
        loop {
            let parcel = match self.next(None) {
                Next::Parcel(parcel) => parcel,
                Next::Tick => continue,
                Next::End => break,
            };
            let Some(slot) = self.courier.waiting(|| self.slot(&slots)) else {
                self.courier.shed(&parcel);
                self.done(*parcel);
                continue;
            };
            let (courier, spare) = (Arc::clone(&self.courier), Arc::clone(&self.spare));
            let output = Arc::clone(output);
            self.runtime.spawn(async move {
                let delivery = courier.deliver(&parcel, Target::Remote(output.as_ref()));
                let delivery = courier.on_account(delivery);
                if let Err(panic) = AssertUnwindSafe(delivery).catch_unwind().await {
                    courier.shared.halt(EndReason::Failed(format!(
                        "the output stage broke: {}",
                        message(panic.as_ref())
                    )));
                }
                give_back(*parcel, &courier.shared, &spare);
                drop(slot);
            });
        }
        let all = u32::try_from(concurrency).unwrap_or(u32::MAX);
        let closing = self.courier.on_account(self.courier.close(output.as_ref()));
        let closed = self.courier.waiting(|| {
            let _ = self.runtime.block_on(slots.acquire_many(all));
            self.runtime.block_on(closing)
        });
        self.closed(closed);
    }

    /// Waits until another delivery may begin; nothing when it must not be waited for.
    fn slot(&self, slots: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        loop {
            let free = Arc::clone(slots).acquire_owned();
            // The limit has to be made inside of the runtime.
            let waiting = async { tokio::time::timeout(LOOK, free).await };
            match self.runtime.block_on(waiting) {
                Ok(slot) => return slot.ok(),
                Err(_) if self.courier.sheds() => return None,
                Err(_) => {}
            }
        }
    }

    /// Waits for what is to be done next.
    fn next(&mut self, due: Option<Instant>) -> Next {
        if let Some(lane) = self.courier.lane() {
            lane.queue.done();
        }
        loop {
            self.courier.held(due);
            if due.is_some_and(|due| self.courier.is_held() && due <= Instant::now()) {
                return Next::Tick;
            }
            if let Some(batch) = self.regrouper.next(Instant::now()) {
                match self.format(batch) {
                    Some(parcel) => return Next::Parcel(Box::new(parcel)),
                    None => continue,
                }
            }
            let Some(lane) = self.courier.lane() else {
                return Next::End;
            };
            let wakes = [due, self.regrouper.due()];
            let wake = wakes.into_iter().flatten().min();
            match lane.queue.pop(wake, &lane.meter) {
                Popped::Item(batch) => self.regrouper.push(batch, Instant::now()),
                Popped::Timeout if due.is_some_and(|due| due <= Instant::now()) => {
                    return Next::Tick;
                }
                Popped::Timeout => {}
                Popped::Ended => {
                    self.regrouper.flush();
                    let Some(batch) = self.regrouper.next(Instant::now()) else {
                        return Next::End;
                    };
                    if let Some(parcel) = self.format(batch) {
                        return Next::Parcel(Box::new(parcel));
                    }
                }
            }
        }
    }

    /// Formats a batch; nothing when nothing of it is to be sent.
    fn format(&mut self, batch: Arc<EventBatch>) -> Option<Parcel> {
        let mut formatted = self.spare.take();
        self.formatter
            .format(&batch, &self.separator, &mut formatted);
        self.refused(&batch, &formatted);
        let texts = self.texts.evaluate(&batch, &formatted);
        let parcel = Parcel {
            batch,
            formatted,
            texts,
            ..Parcel::default()
        };
        if parcel.formatted.is_empty() {
            self.done(parcel);
            return None;
        }
        Some(parcel)
    }

    /// Counts and shows the events that the formatter refused.
    fn refused(&self, batch: &EventBatch, formatted: &Formatted) {
        let lost = formatted.lost();
        let shared = &self.courier.shared;
        let counters = self.courier.counters();
        let (true, Some(counters)) = (lost > 0, counters) else {
            return;
        };
        counters.format_failed.add(lost);
        for failure in formatted.failures() {
            let count = match failure.event {
                Some(_) => 1,
                None => lost,
            };
            shared.record(&Failure {
                source: &self.courier.source,
                lane: Some(self.courier.index),
                kind: failure.reason.kind(),
                message: &format!("an event could not be formatted: {}", failure.reason),
                count,
                lost: count,
                sample: failure.event.map(|index| batch.get(index)),
            });
        }
    }

    fn done(&self, parcel: Parcel) {
        give_back(parcel, &self.courier.shared, &self.spare);
    }

    fn closed(&self, result: Result<(), OutputError>) {
        if let Err(error) = result {
            self.courier.record(&error, 1, 0, None);
            let source = &self.courier.source;
            let shared = &self.courier.shared;
            shared
                .control
                .blemish(format!("{source} could not be closed"));
        }
    }
}

/// Gives the buffers of a parcel back.
fn give_back(parcel: Parcel, shared: &Shared, spare: &Pool<Formatted>) {
    let Parcel {
        batch,
        mut formatted,
        ..
    } = parcel;
    shared.recycle(batch);
    formatted.clear();
    spare.give(formatted);
}

/// What follows when the stage is over, also by a panic.
pub(super) fn finish(panic: Option<String>, index: usize, shared: &Shared) {
    shared.cancel_lane(index);
    if let Some(lane) = shared.lanes.get(index) {
        lane.meter.tick();
        lane.meter.enter(Phase::Off);
        lane.over.cancel();
    }
    if let Some(message) = panic {
        shared.halt(EndReason::Failed(format!(
            "the output stage broke: {message}"
        )));
    }
}
