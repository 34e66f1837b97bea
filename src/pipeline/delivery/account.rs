//! The account of one parcel: what of it is still to be decided.

use crate::output::Parcel;
use crate::pipeline::counters::OutputCounters;

/// Events of a parcel that are not yet decided; they count as lost when it is dropped.
pub(super) struct Account<'a> {
    pub(super) counters: &'a OutputCounters,
    undecided: u64,
    /// Some of them arrived, or are kept.
    pub(super) saved: bool,
}

impl<'a> Account<'a> {
    /// Of all events of a parcel.
    pub(super) fn of(parcel: &Parcel, counters: &'a OutputCounters) -> Self {
        Self {
            counters,
            undecided: parcel.formatted.events(),
            saved: false,
        }
    }

    /// Takes `count` of them out, or as many as there are.
    pub(super) fn decide(&mut self, count: u64) -> u64 {
        let count = count.min(self.undecided);
        self.undecided -= count;
        count
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.counters.write_failed.add(self.undecided);
    }
}
