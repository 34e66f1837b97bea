//! The courier of one output: makes attempts until all events of a parcel are decided.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::output::{
    DeliveryConfig, Items, LocalOutput, OnFailure, OutputError, OutputErrorKind, Parcel, Receipt,
    RemoteOutput,
};
use crate::pipeline::EndReason;
use crate::pipeline::control::Level;
use crate::pipeline::counters::OutputCounters;
use crate::pipeline::errors::Failure;
use crate::pipeline::hold::Nudges;
use crate::pipeline::shared::{Lane, Shared};

use super::account::Account;
use super::circuit::{Admission, asked};
use super::dead_letter::DeadLetters;
use super::{backoff, default_letters};

/// Batches in a row that every output has to lose before a run that does not follow the clock is
/// given up: nobody is served by an endless run into nothing.
const PATIENCE: u32 = 200;

/// A target that was slow to take events is slow to take the last of them.
const CLOSING: Duration = Duration::from_secs(10);

/// How often a wait looks whether there is still time for it.
const LOOK: Duration = Duration::from_millis(20);

/// Different errors of one attempt that are told apart.
const ERRORS: usize = 8;

/// What attempts are made on.
pub(in crate::pipeline) enum Target<'a> {
    Local(&'a mut dyn LocalOutput),
    Remote(&'a dyn RemoteOutput),
}

/// Delivers the parcels of one output.
#[derive(Debug)]
pub(in crate::pipeline) struct Courier {
    pub(in crate::pipeline) shared: Arc<Shared>,
    pub(in crate::pipeline) index: usize,
    /// The output's setting, for errors and dead letters.
    pub(in crate::pipeline) source: String,
    pub(super) config: DeliveryConfig,
    timeout: Duration,
    pub(super) dead_letters: Mutex<DeadLetters>,
    chance: RandomState,
}

/// Items that are to be tried again.
struct Rest {
    numbers: Vec<usize>,
    error: OutputError,
}

impl Courier {
    /// `base` is the project's folder; `timeout` the limit of an attempt.
    pub(in crate::pipeline) fn new(
        shared: Arc<Shared>,
        index: usize,
        config: DeliveryConfig,
        base: &std::path::Path,
        timeout: Duration,
    ) -> Self {
        let lane = shared.lanes.get(index);
        let source = lane.map_or_else(String::new, |lane| {
            format!("output[{}].{}", lane.position, lane.name)
        });
        let name = lane.map_or("output", |lane| lane.name.as_str());
        let default = || default_letters(lane.map_or(index, |lane| lane.position), name);
        let path = base.join(config.dead_letter.clone().unwrap_or_else(default));
        Self {
            timeout: config.write_timeout.unwrap_or(timeout),
            index,
            source,
            config,
            dead_letters: Mutex::new(DeadLetters::new(path)),
            chance: RandomState::new(),
            shared,
        }
    }

    pub(in crate::pipeline) fn lane(&self) -> Option<&Lane> {
        self.shared.lanes.get(self.index)
    }

    pub(in crate::pipeline) fn counters(&self) -> Option<&OutputCounters> {
        self.shared.counters.outputs.get(self.index)
    }

    /// Does a part of the output's life, unless the run is given up meanwhile.
    ///
    /// # Errors
    /// That it was, or those of the work itself.
    pub(in crate::pipeline) async fn unless_aborted<T>(
        &self,
        work: impl Future<Output = Result<T, OutputError>>,
    ) -> Result<T, OutputError> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.shared.control.abort_token().cancelled() => Err(aborted(None)),
        }
    }

    /// Lets go of the target, in the time that an attempt may take, but not less than [`CLOSING`].
    ///
    /// # Errors
    /// When it took longer, or those of the output.
    pub(in crate::pipeline) async fn close(
        &self,
        remote: &dyn RemoteOutput,
    ) -> Result<(), OutputError> {
        let limit = self.timeout.max(CLOSING);
        let closing = tokio::time::timeout(limit, remote.close());
        let late = || {
            Err(OutputError::outage(format!(
                "closing took longer than {limit:?}"
            )))
        };
        self.unless_aborted(async { closing.await.unwrap_or_else(|_| late()) })
            .await
    }

    /// Delivers a parcel, whatever it takes, or decides what becomes of it.
    pub(in crate::pipeline) async fn deliver(&self, parcel: &Parcel, target: Target<'_>) {
        let (Some(lane), Some(counters)) = (self.lane(), self.counters()) else {
            return;
        };
        let mut account = Account::of(parcel, counters);
        self.decide(parcel, target, lane, &mut account).await;
        if account.saved {
            lane.lost.store(0, Ordering::Relaxed);
        } else {
            self.look_for_an_end(lane);
        }
    }

    async fn decide(
        &self,
        parcel: &Parcel,
        mut target: Target<'_>,
        lane: &Lane,
        account: &mut Account<'_>,
    ) {
        let mut numbers = self.sendable(parcel, account);
        let mut attempts = 0;
        loop {
            let items = match &numbers {
                None => parcel.items(),
                Some(numbers) => parcel.some(numbers),
            };
            if items.is_empty() {
                return;
            }
            lane.hold.passed().await;
            if self.shared.control.abort_token().is_cancelled() {
                return self.give_up(&items, &aborted(None), attempts, account);
            }
            let mut nudges = lane.hold.nudges();
            if let Admission::Wait(until) = lane.circuit.admit(Instant::now()) {
                if self.config.on_failure == OnFailure::Block {
                    let time = until.saturating_duration_since(Instant::now());
                    self.pause(time, &mut nudges).await;
                } else {
                    let error = untried(lane.circuit.reason());
                    self.give_up(&items, &error, attempts, account);
                    return;
                }
                continue;
            }
            attempts += 1;
            if attempts > 1 {
                account.counters.retries.add(1);
            }
            let receipt = self.timed(&mut target, &items, lane).await;
            let Some(rest) = self.settle(&items, receipt, attempts, account) else {
                return;
            };
            let items = parcel.some(&rest.numbers);
            let spent = attempts > self.config.retry.attempts || self.hurried(lane);
            if spent && self.config.on_failure != OnFailure::Block {
                return self.give_up(&items, &rest.error, attempts, account);
            }
            let wait = self.wait(attempts, asked(&rest.error));
            lane.circuit.plan(Instant::now().checked_add(wait));
            self.rest(wait, lane, &mut nudges).await;
            if nudges.came() {
                // Somebody wants it now, whatever was planned meanwhile.
                lane.circuit.again();
            }
            if self.shared.control.abort_token().is_cancelled() {
                return self.give_up(&items, &aborted(Some(&rest.error)), attempts, account);
            }
            numbers = Some(rest.numbers);
        }
    }

    /// The items whose texts could be evaluated, when that is not all of them.
    fn sendable(&self, parcel: &Parcel, account: &mut Account<'_>) -> Option<Vec<usize>> {
        let bad = parcel.texts.failures();
        if bad.is_empty() {
            return None;
        }
        for (number, message) in bad {
            let one = [*number];
            let items = parcel.some(&one);
            let count = account.decide(items.all_events());
            account.counters.format_failed.add(count);
            let error = OutputError::failed(message.as_str());
            self.record(&error, count, count, Some(&items));
        }
        let bad = |number: &usize| {
            bad.binary_search_by_key(number, |(other, _)| *other)
                .is_ok()
        };
        Some(
            (0..parcel.formatted.len())
                .filter(|number| !bad(number))
                .collect(),
        )
    }

    /// Makes an attempt and notes how long it took, if something of it arrived.
    async fn timed(&self, target: &mut Target<'_>, items: &Items<'_>, lane: &Lane) -> Receipt {
        let begin = Instant::now();
        let receipt = self.attempt(target, items).await;
        if receipt.written(items) > 0 {
            let end = Instant::now();
            lane.latency.add(end.saturating_duration_since(begin), end);
        }
        receipt
    }

    async fn attempt(&self, target: &mut Target<'_>, items: &Items<'_>) -> Receipt {
        let remote = match target {
            Target::Local(output) => return output.write(items, Instant::now()),
            Target::Remote(remote) => *remote,
        };
        let sending = tokio::time::timeout(self.timeout, remote.send(items.clone()));
        tokio::select! {
            biased;
            sent = sending => sent.unwrap_or_else(|_| {
                let limit = self.timeout;
                let error = OutputError::outage(format!("the write took longer than {limit:?}"))
                    .help("raise `write_timeout`, or make the batches smaller");
                if let (true, Some(lane)) = (self.config.on_failure != OnFailure::Block, self.lane()) {
                    lane.circuit.hung();
                }
                items.interrupted(&error)
            }),
            () = self.shared.control.abort_token().cancelled() => {
                Receipt::refused(items, aborted(None))
            }
        }
    }

    /// Counts what an attempt came to; what is to be tried again.
    fn settle(
        &self,
        items: &Items<'_>,
        receipt: Receipt,
        attempts: u32,
        account: &mut Account<'_>,
    ) -> Option<Rest> {
        let lane = self.lane()?;
        let written = account.decide(receipt.written(items));
        account.counters.written.add(written);
        account.counters.bytes.add(receipt.bytes);
        account.saved |= written > 0;
        let mut again = Vec::new();
        let mut outage: Option<OutputError> = None;
        let mut lost: Vec<(Vec<usize>, OutputError)> = Vec::new();
        for (range, error) in receipt.failures {
            match error.kind {
                OutputErrorKind::Outage => {
                    again.extend(range.map(|position| items.number(position)));
                    outage.get_or_insert(error);
                }
                OutputErrorKind::Closed => {
                    let parcel = items.parcel();
                    let numbers = part(items, range);
                    let count = account.decide(parcel.some(&numbers).all_events());
                    account.counters.write_failed.add(count);
                    self.shared.halt(EndReason::OutputClosed);
                    self.shared.cancel_lane(self.index);
                }
                OutputErrorKind::Failed => {
                    let numbers = part(items, range);
                    match lost
                        .iter_mut()
                        .rev()
                        .take(ERRORS)
                        .find(|(_, known)| *known == error)
                    {
                        Some((known, _)) => known.extend(numbers),
                        None => lost.push((numbers, error)),
                    }
                }
            }
        }
        for (numbers, error) in lost {
            self.give_up(&items.parcel().some(&numbers), &error, attempts, account);
        }
        // A target that took a part is not down.
        if (outage.is_none() || written > 0) && lane.circuit.worked() {
            let source = &self.source;
            tracing::info!(
                generator = self.shared.id,
                output = source,
                "the target works again"
            );
        }
        let error = outage?;
        if written == 0 && lane.circuit.failed(Instant::now(), &error) {
            let reason = error.message.as_str();
            let source = &self.source;
            tracing::warn!(
                generator = self.shared.id,
                output = source,
                "the target is down and only probed now: {reason}"
            );
        }
        Some(Rest {
            numbers: again,
            error,
        })
    }

    /// Ends a run that does not follow the clock and of which nothing arrives anywhere.
    fn look_for_an_end(&self, lane: &Lane) {
        let lost = lane.lost.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let mut lanes = self.shared.lanes.iter();
        let hopeless = |lane: &Lane| lane.closed() || lane.lost.load(Ordering::Relaxed) >= PATIENCE;
        if lost == PATIENCE && !self.shared.live && lanes.all(hopeless) {
            let source = &self.source;
            self.shared.halt(EndReason::Failed(format!(
                "{source}: {PATIENCE} writes failed in a row"
            )));
        }
    }

    /// The wait before the next attempt.
    fn wait(&self, attempts: u32, asked: Duration) -> Duration {
        let random = self.chance.hash_one(Instant::now());
        let chance = f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX);
        let wait = backoff::wait(&self.config.retry, attempts, chance);
        wait.max(asked)
    }

    /// True when parcels that wait for their turn are to be given up: the target is down, what fails is
    /// lost or kept, and the queue is full.
    pub(in crate::pipeline) fn sheds(&self) -> bool {
        let lane = self.lane();
        self.config.on_failure != OnFailure::Block
            && lane.is_some_and(|lane| {
                lane.circuit.is_open() && self.hurried(lane) && !lane.hold.is_held()
            })
    }

    /// Gives a parcel up without an attempt.
    pub(in crate::pipeline) fn shed(&self, parcel: &Parcel) {
        let (Some(lane), Some(counters)) = (self.lane(), self.counters()) else {
            return;
        };
        let mut account = Account::of(parcel, counters);
        let error = untried(lane.circuit.reason());
        self.give_up(&parcel.items(), &error, 0, &mut account);
    }

    /// True when events that may be lost or kept must not be waited for any longer: the run is ending, or
    /// the queue is full and holds up the other outputs.
    fn hurried(&self, lane: &Lane) -> bool {
        self.shared.control.is(Level::Drain) || lane.queue.holds_up()
    }

    /// Sleeps before another attempt; shorter when there is no more time for it.
    async fn rest(&self, time: Duration, lane: &Lane, nudges: &mut Nudges) {
        if self.config.on_failure == OnFailure::Block {
            return self.pause(time, nudges).await;
        }
        let mut left = time;
        while !left.is_zero() && !self.hurried(lane) && !nudges.came() {
            let part = left.min(LOOK);
            self.pause(part, nudges).await;
            left -= part;
        }
    }

    /// Sleeps, or until somebody wants another attempt or the run is aborted.
    async fn pause(&self, time: Duration, nudges: &mut Nudges) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = nudges.wait() => {}
            () = self.shared.control.abort_token().cancelled() => {}
        }
    }

    /// Counts and shows an error that concerned `count` events, `lost` of which are lost by it.
    pub(in crate::pipeline) fn record(
        &self,
        error: &OutputError,
        count: u64,
        lost: u64,
        items: Option<&Items<'_>>,
    ) {
        let message = match &error.help {
            Some(help) => format!("{}; {help}", error.message),
            None => error.message.clone(),
        };
        self.shared.record(&Failure {
            source: &self.source,
            lane: Some(self.index),
            kind: &error.message,
            message: &message,
            count: count.max(1),
            lost,
            sample: items.map(|items| items.batch().get(items.event(0))),
        });
    }
}

/// The numbers of the items at some positions.
fn part(items: &Items<'_>, range: Range<usize>) -> Vec<usize> {
    range.map(|position| items.number(position)).collect()
}

/// What is said of events that were not tried because the target is down: the cause first, so that it
/// also shows where there is little room.
fn untried(mut error: OutputError) -> OutputError {
    error.message.push_str(" (not tried while it was down)");
    error
}

fn aborted(last: Option<&OutputError>) -> OutputError {
    OutputError::outage(match last {
        Some(error) => format!(
            "the run was given up while the target was down: {}",
            error.message
        ),
        None => "the run was given up".to_owned(),
    })
}
