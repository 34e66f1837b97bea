//! What the thread of an output does beside deliveries: it waits while the output is held, and keeps the
//! account of its time.

use std::time::Instant;

use super::courier::Courier;
use crate::pipeline::meter::Phase;

impl Courier {
    /// Waits on the stage's thread while the output is held, but not longer than until `deadline`.
    pub(in crate::pipeline) fn held(&self, deadline: Option<Instant>) {
        let Some(lane) = self.lane() else { return };
        lane.meter.tick();
        if lane.hold.is_held() {
            let wait = || lane.hold.wait(deadline);
            lane.meter.during(Phase::Blocked, wait);
        }
    }

    pub(in crate::pipeline) fn is_held(&self) -> bool {
        self.lane().is_some_and(|lane| lane.hold.is_held())
    }

    /// Does something on the stage's thread that waits for the target.
    pub(in crate::pipeline) fn waiting<T>(&self, wait: impl FnOnce() -> T) -> T {
        match self.lane() {
            Some(lane) => lane.meter.during(Phase::Blocked, wait),
            None => wait(),
        }
    }

    /// Does something on the stage's thread that waits for the target and works itself too.
    pub(in crate::pipeline) fn metered(&self, work: impl FnOnce()) {
        match self.lane() {
            Some(lane) => lane.meter.delivering(work),
            None => work(),
        }
    }

    /// Counts what a task of the output takes of the processor.
    pub(in crate::pipeline) async fn on_account<T>(&self, task: impl Future<Output = T>) -> T {
        match self.lane() {
            Some(lane) => lane.meter.task(task).await,
            None => task.await,
        }
    }
}
