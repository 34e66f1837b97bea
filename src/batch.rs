//! The two data types that flow through a pipeline: batches of timestamps and batches of events.
//!
//! Both are contiguous buffers that are recycled; neither knows any plugin. What the numbers in them
//! stand for (aliases, inputs) stands in lists that only grow ([`Growing`]), so that a batch means the
//! same however long it waits.

mod growing;

pub use growing::Growing;

use crate::time::Moment;

/// Timestamps that are due together, in time order, as parallel arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimestampBatch {
    /// When each fires.
    pub moments: Vec<Moment>,
    /// Index of the input (position in `input:`, from 0) each came from; selects its tags.
    pub inputs: Vec<u16>,
}

impl TimestampBatch {
    /// Number of timestamps.
    pub fn len(&self) -> usize {
        self.moments.len()
    }

    /// True when nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.moments.is_empty()
    }

    /// Appends one timestamp of the input with index `input`.
    pub fn push(&mut self, at: Moment, input: u16) {
        self.moments.push(at);
        self.inputs.push(input);
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.moments.clear();
        self.inputs.clear();
    }
}

/// Events end to end in one buffer, with the offset at which each ends.
///
/// Invariant: `ends` is non-decreasing and its last entry is at most `bytes.len()`; what lies behind
/// it is an event being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventBatch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    aliases: Vec<u16>,
    /// When each event is of, and the index of its input; may be shorter than `ends` while a batch is
    /// being filled.
    moments: Vec<Moment>,
    inputs: Vec<u16>,
}

impl EventBatch {
    /// Number of finished events.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when no event is finished.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all finished events together.
    pub fn byte_len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The buffer to render into; finish the event with [`EventBatch::commit`] or give it up with
    /// [`EventBatch::rollback`].
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the event being written; `alias` is an index into [`crate::event::EventSource::aliases`].
    pub fn commit(&mut self, alias: u16) {
        self.ends.push(self.bytes.len());
        self.aliases.push(alias);
    }

    /// Replaces the alias numbers of the events from `start` on by those that `map` has in their place;
    /// numbers beyond it stay.
    pub fn renumber(&mut self, start: usize, map: &[u16]) {
        if map.is_empty() {
            return;
        }
        for alias in self.aliases.iter_mut().skip(start) {
            if let Some(&new) = map.get(usize::from(*alias)) {
                *alias = new;
            }
        }
    }

    /// Drops what was written since the last commit.
    pub fn rollback(&mut self) {
        self.bytes.truncate(self.byte_len());
    }

    /// Drops finished events beyond the first `len`, and what is being written.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.aliases.truncate(len);
        self.moments.truncate(len);
        self.inputs.truncate(len);
        self.rollback();
    }

    /// Appends a whole event.
    pub fn push(&mut self, event: &[u8], alias: u16) {
        self.bytes.extend_from_slice(event);
        self.commit(alias);
    }

    /// Appends all finished events of another batch; what is being written here is dropped.
    pub fn append(&mut self, other: &Self) {
        self.rollback();
        let start = self.bytes.len();
        let added = other.bytes.get(..other.byte_len()).unwrap_or_default();
        self.bytes.extend_from_slice(added);
        self.ends.extend(other.ends.iter().map(|end| start + end));
        self.aliases.extend_from_slice(&other.aliases);
        self.moments.extend_from_slice(&other.moments);
        self.inputs.extend_from_slice(&other.inputs);
    }

    /// Says which timestamp the events are of that were committed since the last call.
    pub fn stamp(&mut self, at: Moment, input: u16) {
        self.moments.resize(self.len(), at);
        self.inputs.resize(self.len(), input);
    }

    /// The timestamp that event `index` is of; `None` when nobody said.
    pub fn moment(&self, index: usize) -> Option<Moment> {
        self.moments.get(index).copied()
    }

    /// Index of the input whose timestamp event `index` is of.
    pub fn input(&self, index: usize) -> u16 {
        self.inputs.get(index).copied().unwrap_or(0)
    }

    /// The events of a part, as a batch of their own.
    pub fn slice(&self, part: std::ops::Range<usize>) -> Self {
        let part = part.start.min(self.len())..part.end.min(self.len());
        let start = part
            .start
            .checked_sub(1)
            .map_or(0, |before| self.ends[before]);
        let ends = self.ends.get(part.clone()).unwrap_or_default();
        let end = ends.last().copied().unwrap_or(start);
        Self {
            bytes: self.bytes.get(start..end).unwrap_or_default().to_vec(),
            ends: ends.iter().map(|end| end - start).collect(),
            aliases: self.aliases.get(part.clone()).unwrap_or_default().to_vec(),
            moments: self.moments.get(part.clone()).unwrap_or_default().to_vec(),
            inputs: self.inputs.get(part).unwrap_or_default().to_vec(),
        }
    }

    /// The bytes of event `index`; empty when there is no such event. Valid UTF-8 by construction of
    /// the event sources.
    pub fn get(&self, index: usize) -> &[u8] {
        let Some(&end) = self.ends.get(index) else {
            return &[];
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..end]
    }

    /// The bytes of event `index` and all of the events behind it, and how many are its own.
    pub fn onward(&self, index: usize) -> (&[u8], usize) {
        let len = self.get(index).len();
        let end = self.ends.get(index).copied().unwrap_or_default();
        let all = self.bytes.get(end - len..self.byte_len());
        (all.unwrap_or_default(), len)
    }

    /// Alias index of event `index`.
    pub fn alias(&self, index: usize) -> u16 {
        self.aliases.get(index).copied().unwrap_or(0)
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.aliases.clear();
        self.moments.clear();
        self.inputs.clear();
    }
}
