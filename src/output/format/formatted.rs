//! What a formatter makes of a batch: items end to end, and the events it refused.

use std::fmt;

use super::json::JsonError;

/// Bytes above which an unused buffer is given back.
const LARGE_BYTES: usize = 1 << 20;

/// Characters of a value that are shown.
const SHOWN: usize = 60;

/// Items ready to be sent, end to end in one buffer, each with the output's separator behind it.
#[derive(Clone, Debug, Default)]
pub struct Formatted {
    /// The items, what is being written, and bytes that mean nothing: to keep those spares filling
    /// the same memory again and again.
    bytes: Vec<u8>,
    /// How many of the bytes, at the end, mean nothing.
    unused: usize,
    ends: Vec<usize>,
    events: u64,
    failures: Vec<FormatFailure>,
    lost: u64,
}

/// An event (or a whole batch) that could not be formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatFailure {
    /// Its index in the batch; absent when the batch as a whole failed.
    pub event: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// Why an event could not be formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is not JSON.
    Json(JsonError),
    /// The template failed.
    Template(String),
    /// It lacks what the format needs: what is wrong, and the value at fault where there is one.
    Unfit(String, Option<String>),
}

impl Reason {
    /// That an event does not fit the format; `what` is the same for events that fail alike.
    pub(super) fn unfit(what: impl Into<String>) -> Self {
        Self::Unfit(what.into(), None)
    }

    /// As [`Reason::unfit`], with the value at fault, of which the beginning is shown.
    pub(super) fn unfit_value(what: impl Into<String>, value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value);
        let mut shown: String = text.chars().take(SHOWN).collect();
        if text.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        Self::Unfit(what.into(), Some(shown))
    }

    /// The kind of failure without what changes from event to event; for counting alike ones.
    pub fn kind(&self) -> &str {
        match self {
            Self::Json(error) => error.kind.text(),
            Self::Template(text) | Self::Unfit(text, _) => text,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Template(text) | Self::Unfit(text, None) => f.write_str(text),
            Self::Unfit(text, Some(value)) => write!(f, "{text}: {value}"),
        }
    }
}

impl PartialEq for Formatted {
    fn eq(&self, other: &Self) -> bool {
        let counts = |all: &Self| (all.events, all.lost);
        self.bytes() == other.bytes()
            && self.ends == other.ends
            && counts(self) == counts(other)
            && self.failures == other.failures
    }
}

impl Eq for Formatted {}

impl Formatted {
    /// All items end to end.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.end()).unwrap_or_default()
    }

    /// The end of what is written.
    fn end(&self) -> usize {
        self.bytes.len() - self.unused
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Offsets at which the items end, separators included.
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// The items in order, each with its separator.
    pub fn items(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let item = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            item
        })
    }

    /// Events that the items stand for.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Events that could not be formatted.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Why, one entry an event or one for the whole batch.
    pub fn failures(&self) -> &[FormatFailure] {
        &self.failures
    }

    /// Index in the batch of the event that item `item` stands for, or of the first when it stands for
    /// several.
    pub fn event_of(&self, item: usize) -> usize {
        let nth = if self.joins() { 0 } else { item };
        // Refused events are reported in order: the n-th kept one lies behind as many of them as have
        // at most n kept ones before.
        let (mut low, mut high) = (0, self.failures.len());
        while low < high {
            let middle = low.midpoint(high);
            let refused = self.failures.get(middle).and_then(|one| one.event);
            if refused.is_some_and(|event| event <= nth + middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        nth + low
    }

    /// True when one item stands for several events.
    pub fn joins(&self) -> bool {
        self.ends.len() as u64 != self.events
    }

    /// The buffer to format into; end the item with [`Formatted::commit`] or give it up with
    /// [`Formatted::fail`].
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.bytes.truncate(self.end());
        self.unused = 0;
        &mut self.bytes
    }

    /// As [`Formatted::buffer`] where bytes are written over others: the buffer, filled with anything
    /// from the offset on that is given too. To be followed by [`Formatted::wrote`].
    pub(super) fn filled(&mut self) -> (&mut Vec<u8>, usize) {
        let end = self.end();
        (&mut self.bytes, end)
    }

    /// Says where what was written into [`Formatted::filled`] ends.
    pub(super) fn wrote(&mut self, end: usize) {
        self.unused = self.bytes.len().saturating_sub(end);
    }

    /// Ends the item being written, which stands for `events` events.
    pub fn commit(&mut self, separator: &[u8], events: u64) {
        let (start, end) = (self.end(), self.end() + separator.len());
        match self.bytes.get_mut(start..end) {
            Some(room) => room.copy_from_slice(separator),
            None => self.buffer().extend_from_slice(separator),
        }
        self.wrote(end);
        self.ends.push(end);
        self.events += events;
    }

    /// Drops what was written since the last commit and reports `events` events as lost.
    pub fn fail(&mut self, failure: FormatFailure, events: u64) {
        self.rollback();
        self.note(failure, events);
    }

    /// Reports `events` events as lost, keeping what is being written.
    pub fn note(&mut self, failure: FormatFailure, events: u64) {
        self.failures.push(failure);
        self.lost += events;
    }

    /// Drops what was written since the last commit.
    pub fn rollback(&mut self) {
        self.wrote(self.ends.last().copied().unwrap_or_default());
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        // A buffer that grew for a rare huge batch is not kept for the rest of the run.
        if self.bytes.capacity() > LARGE_BYTES && self.end() < self.bytes.capacity() / 4 {
            self.bytes = Vec::new();
        }
        self.wrote(0);
        self.ends.clear();
        self.failures.clear();
        self.events = 0;
        self.lost = 0;
    }
}
