//! The account of one parcel: what of it is still to be decided.

use crate::pipeline::counters::OutputCounters;

/// Events of a parcel that are not yet decided; they count as lost when it is dropped.
pub(super) struct Account<'a> {
    pub(super) counters: &'a OutputCounters,
    pub(super) undecided: u64,
    /// Some of them arrived, or are kept.
    pub(super) saved: bool,
}

impl Account<'_> {
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
