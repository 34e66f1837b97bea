//! Rates of one generator over the last minute, quarter hour, hour and day, in bounded memory.

use crate::instance::Overview;

/// What is kept of one generator.
#[derive(Clone, Debug, Default)]
pub struct History {
    last: Option<(std::time::Duration, u64)>,
    /// Events per second between the last two reports.
    pub rate: f64,
}

impl History {
    /// Takes in a report.
    pub fn heard(&mut self, report: &Overview) {
        if let Some((uptime, events)) = self.last
            && let Some(time) = report.uptime.checked_sub(uptime)
            && !time.is_zero()
        {
            self.rate = report.events.saturating_sub(events) as f64 / time.as_secs_f64();
        }
        self.last = Some((report.uptime, report.events));
    }
}
