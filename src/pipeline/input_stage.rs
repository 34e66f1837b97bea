//! The input stage: hands timestamps on, in live mode when they are due.

use crate::batch::TimestampBatch;

use super::EndReason;
use super::control::Level;
use super::errors::Failure;
use super::release::{Next, Release};
use super::shared::Shared;
use crate::input::Merge;

/// Timestamps looked ahead in live mode.
const AHEAD: usize = 1_024;

/// Runs until the inputs end or the run is told to. `size` is the most timestamps of a batch.
pub(super) fn run(source: Merge, size: usize, shared: &Shared) {
    if shared.live {
        live(Release::new(source, AHEAD), size, shared);
    } else {
        sample(source, size, shared);
    }
}

fn sample(mut source: Merge, size: usize, shared: &Shared) {
    let mut scheduled = true;
    while !shared.control.is(Level::Drain) {
        let Some(open) = arrivals(&mut source, size, shared) else {
            return;
        };
        if scheduled {
            let mut batch = shared.spare_timestamps.take();
            scheduled = source.fill(size, &mut batch);
            report(&mut source, shared);
            if !push(batch, shared) {
                return;
            }
        } else if open {
            shared.control.sleep_until(shared.clock.as_ref(), i64::MAX);
        } else {
            return;
        }
    }
    close(&mut source, size, shared);
}

/// Hands on what came in from outside, whatever the schedules have. Gives whether more may come, and
/// `None` when nobody takes timestamps any more.
fn arrivals(source: &mut Merge, size: usize, shared: &Shared) -> Option<bool> {
    loop {
        let mut batch = shared.spare_timestamps.take();
        let open = source.arrivals(size, &mut batch);
        report(source, shared);
        let given = !batch.is_empty();
        if !push(batch, shared) {
            return None;
        }
        if !given || !open {
            return Some(open);
        }
    }
}

/// The end of a run that was told to end: what outsiders were promised is still handed on.
fn close(source: &mut Merge, size: usize, shared: &Shared) {
    source.close();
    while arrivals(source, size, shared) == Some(true) {}
}

fn live(mut release: Release, size: usize, shared: &Shared) {
    while !shared.control.is(Level::Drain) {
        let Some(open) = arrivals(release.source(), size, shared) else {
            return;
        };
        let mut batch = shared.spare_timestamps.take();
        let now_us = shared.clock.now_us();
        let next = release.take_due(now_us, size, &mut batch);
        report(release.source(), shared);
        if let Some(last) = batch.moments.last() {
            let late = now_us.saturating_sub(last.instant_us());
            shared.counters.lag_us.set(late.max(0).unsigned_abs());
        }
        if !push(batch, shared) {
            return;
        }
        match next {
            Next::Now => {}
            Next::At(due_us) => {
                shared.control.sleep_until(shared.clock.as_ref(), due_us);
            }
            Next::Ended if open => {
                shared.control.sleep_until(shared.clock.as_ref(), i64::MAX);
            }
            Next::Ended => return,
        }
    }
    close(release.source(), size, shared);
}

/// False when nobody takes timestamps any more.
fn push(batch: TimestampBatch, shared: &Shared) -> bool {
    if batch.is_empty() {
        shared.spare_timestamps.give(batch);
        return true;
    }
    match shared.timestamps.push(batch, 0) {
        Ok(()) => true,
        Err(batch) => {
            shared.discard(&batch);
            false
        }
    }
}

/// Shows the inputs that failed; the others go on, and the run is no success.
fn report(source: &mut Merge, shared: &Shared) {
    while let Some((index, error)) = source.failure() {
        let name = shared.inputs.get(index).map_or("", String::as_str);
        let place = format!("input[{index}].{name}");
        shared.record(&Failure {
            source: &place,
            kind: &error.message,
            message: &error.message,
            count: 1,
            sample: None,
        });
        shared
            .control
            .blemish(format!("{place} failed: {}", error.message));
    }
}

/// What follows when the stage is over, also by a panic.
pub(super) fn finish(panic: Option<String>, shared: &Shared) {
    shared.timestamps.close();
    if let Some(message) = panic {
        shared.halt(EndReason::Failed(format!(
            "the input stage broke: {message}"
        )));
    }
}
