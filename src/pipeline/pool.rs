//! Spare buffers: batches come back here when the last stage is done with them.

use std::sync::{Mutex, PoisonError};

/// Most spare buffers kept; more than the stages hold at once in a steady run is waste.
const KEPT: usize = 16;

/// Spare buffers of one type.
#[derive(Debug, Default)]
pub(super) struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// A spare buffer, or a new one.
    pub(super) fn take(&self) -> T {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default()
    }

    /// Gives an emptied buffer back.
    pub(super) fn give(&self, spare: T) {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spares.len() < KEPT {
            spares.push(spare);
        }
    }
}
