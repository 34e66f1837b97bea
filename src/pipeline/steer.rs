//! Changes to a run that are not settings of a stage: moments to go on at, outputs that are held or
//! try again, templates that are switched off. Each is looked at here and refused in words.

use crate::time::{DAY_US, Reading};

use super::State;
use super::settings::{Change, ChangeError};
use super::shared::{Lane, Shared};

/// Farthest that event time can be moved on, in microseconds: what lies between is run through.
const FARTHEST_US: i64 = 100 * 365 * DAY_US;

/// The instants there are, in microseconds: the years 1 to 9999.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

fn refuse<T>(why: impl Into<String>) -> Result<T, ChangeError> {
    Err(ChangeError(why.into()))
}

impl Shared {
    /// Makes a change that concerns no setting, or looks whether one that does makes sense.
    pub(super) fn steer(&self, change: &Change, now: Reading) -> Result<(), ChangeError> {
        match change {
            Change::SkipTo(us) => self.can_skip(*us, now),
            Change::Output { index, paused } => self.hold(*index, *paused),
            Change::Retry(index) => self.again(*index),
            Change::Alias { name, off } => self.aliases.switch(name, *off).map(drop),
            _ => Ok(()),
        }
    }

    /// Refuses moments that are not ahead of event time, or that make no sense.
    fn can_skip(&self, to_us: i64, now: Reading) -> Result<(), ChangeError> {
        if matches!(self.control.state(), State::Stopping | State::Ended(_)) {
            return refuse("the run is ending: no more timestamps are released");
        }
        if !INSTANTS.contains(&to_us) {
            return refuse("a moment to go on at lies in the years 1 to 9999");
        }
        let shown = |us| self.zone.at_instant(us).to_string();
        let Some(stands_us) = self.stands_us(now) else {
            return Ok(());
        };
        if to_us <= stands_us {
            return refuse(format!(
                "event time stands at {} already, and goes only forward",
                shown(stands_us)
            ));
        }
        if to_us.saturating_sub(stands_us) > FARTHEST_US {
            return refuse(format!(
                "{} is more than 100 years ahead of {}, where event time stands",
                shown(to_us),
                shown(stands_us)
            ));
        }
        Ok(())
    }

    /// Where event time stands, as far as it is known without asking the input stage.
    fn stands_us(&self, now: Reading) -> Option<i64> {
        let settings = self.settings.get();
        let position_us = self.position_us();
        if !self.live || settings.pace.is_some() || settings.paused {
            return position_us;
        }
        let lag_us = i64::try_from(self.release_lag().as_micros()).unwrap_or(i64::MAX);
        let due_us = now.wall_us.saturating_add(settings.shift_us);
        // What is behind can be moved on to the present.
        let behind_us = due_us.saturating_sub(lag_us);
        let history = self.counters.backfilled.get() == 0 && self.backfill.get().is_some();
        match position_us {
            Some(at_us) if history => Some(at_us),
            Some(at_us) => Some(behind_us.max(at_us)),
            None if history => self.backfill.get().map(|one| one.from_us),
            None => Some(behind_us),
        }
    }

    fn output(&self, index: usize) -> Result<&Lane, ChangeError> {
        let count = self.order().len();
        let missing = || {
            ChangeError(format!(
                "there is no output[{index}]; the run has {count}, from 0 on"
            ))
        };
        self.lane_at(index).ok_or_else(missing)
    }

    fn hold(&self, index: usize, paused: bool) -> Result<(), ChangeError> {
        if self.output(index)?.hold.set(paused) {
            return Ok(());
        }
        refuse("the run is ending: what is queued is delivered")
    }

    fn again(&self, index: usize) -> Result<(), ChangeError> {
        let lane = self.output(index)?;
        if !lane.circuit.again() {
            let name = &lane.name;
            return refuse(format!(
                "output[{index}].{name} waits for nothing: its target works"
            ));
        }
        lane.hold.again();
        Ok(())
    }
}
