//! What is on its way to a target: a batch of events with what the formatter made of it, the part of
//! it that one attempt is about, and what came of the attempt.
//!
//! Knows nothing of retries; those who deliver ask for attempts on ever smaller parts.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::batch::EventBatch;

use super::text::Texts;
use super::{Formatted, OutputError};

/// A batch of events and its items, kept together until all of them are decided.
#[derive(Debug, Default)]
pub struct Parcel {
    /// The events as they were produced.
    pub batch: Arc<EventBatch>,
    /// What is sent for them.
    pub formatted: Formatted,
    /// The values of the output's texts (topics, keys, ...) for each item.
    pub texts: Texts,
    /// Numbers of items that an attempt under way knows to be taken.
    pub taken: Mutex<Vec<usize>>,
}

impl Parcel {
    /// All items, for an attempt.
    pub fn items(&self) -> Items<'_> {
        Items {
            parcel: self,
            chosen: Chosen::Range(0..self.formatted.len()),
        }
    }

    /// Some items by number, for another attempt.
    pub fn some<'a>(&'a self, numbers: &'a [usize]) -> Items<'a> {
        Items {
            parcel: self,
            chosen: Chosen::List(numbers),
        }
    }
}

/// The items of one attempt, in order. Positions count from 0 within the attempt.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    parcel: &'a Parcel,
    chosen: Chosen<'a>,
}

#[derive(Clone, Debug)]
enum Chosen<'a> {
    Range(Range<usize>),
    List(&'a [usize]),
}

impl<'a> Items<'a> {
    /// Number of items.
    pub fn len(&self) -> usize {
        match &self.chosen {
            Chosen::Range(range) => range.len(),
            Chosen::List(list) => list.len(),
        }
    }

    /// True when there is nothing to send; attempts are never made on that.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in the parcel of the item at `position`.
    pub fn number(&self, position: usize) -> usize {
        match &self.chosen {
            Chosen::Range(range) => range.start + position,
            Chosen::List(list) => list.get(position).copied().unwrap_or(usize::MAX),
        }
    }

    /// The bytes of an item, its separator included; empty beyond the last.
    pub fn get(&self, position: usize) -> &'a [u8] {
        let number = self.number(position);
        let ends = self.parcel.formatted.ends();
        let Some(&end) = ends.get(number) else {
            return &[];
        };
        let start = number.checked_sub(1).and_then(|before| ends.get(before));
        let start = start.copied().unwrap_or(0);
        self.parcel
            .formatted
            .bytes()
            .get(start..end)
            .unwrap_or_default()
    }

    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(|position| self.get(position))
    }

    /// All items as one slice with the offsets at which they end in it: no copy when the attempt is
    /// about all or the last items of a parcel, as it mostly is; otherwise they are put together in
    /// `room`.
    pub fn joined<'b>(&'b self, room: &'b mut (Vec<u8>, Vec<usize>)) -> (&'b [u8], &'b [usize]) {
        let formatted = &self.parcel.formatted;
        if let Chosen::Range(range) = &self.chosen
            && range.start == 0
            && range.end == formatted.len()
        {
            return (formatted.bytes(), formatted.ends());
        }
        room.0.clear();
        room.1.clear();
        for item in self.iter() {
            room.0.extend_from_slice(item);
            room.1.push(room.0.len());
        }
        (&room.0, &room.1)
    }

    /// The value of the output's text number `text` (position in
    /// [`super::OutputConfig::texts`]) for an item.
    pub fn text(&self, text: usize, position: usize) -> &'a str {
        self.parcel.texts.get(text, self.number(position))
    }

    /// The first event that an item stands for, as an index into [`Items::batch`].
    pub fn event(&self, position: usize) -> usize {
        self.parcel.formatted.event_of(self.number(position))
    }

    /// The events behind the items.
    pub fn batch(&self) -> &'a EventBatch {
        &self.parcel.batch
    }

    /// How many events an item of these stands for.
    pub fn events(&self) -> u64 {
        let formatted = &self.parcel.formatted;
        if formatted.joins() {
            formatted.events()
        } else {
            1
        }
    }

    /// How many events all the items stand for.
    pub fn all_events(&self) -> u64 {
        self.len() as u64 * self.events()
    }

    /// Notes that the target took an item, for outputs that send the items of an attempt one by one: an
    /// attempt that is ended early keeps what was confirmed.
    pub fn took(&self, position: usize) {
        let mut taken = self
            .parcel
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        taken.push(self.number(position));
    }

    /// What came of an attempt that was ended by `error`: all but those noted as taken have failed.
    pub fn interrupted(&self, error: &OutputError) -> Receipt {
        let mut taken = self
            .parcel
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        taken.sort_unstable();
        let mut receipt = Receipt::default();
        for position in 0..self.len() {
            if taken.binary_search(&self.number(position)).is_ok() {
                receipt.bytes += self.get(position).len() as u64;
            } else {
                receipt.fail(position, error.clone());
            }
        }
        receipt
    }

    /// The parcel they are of.
    pub fn parcel(&self) -> &'a Parcel {
        self.parcel
    }

    /// The events that the items stand for, as indices into [`Items::batch`].
    pub fn event_numbers(&self) -> Vec<usize> {
        let formatted = &self.parcel.formatted;
        if !formatted.joins() {
            return (0..self.len())
                .map(|position| self.event(position))
                .collect();
        }
        let refused: Vec<usize> = formatted
            .failures()
            .iter()
            .filter_map(|one| one.event)
            .collect();
        let kept = (0..self.batch().len()).filter(|event| refused.binary_search(event).is_err());
        kept.collect()
    }
}

/// What came of an attempt: every item that is not in `failures` was taken by the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Bytes the target took.
    pub bytes: u64,
    /// Items that were not taken, and why; ranges of positions that do not overlap, in order.
    pub failures: Vec<(Range<usize>, OutputError)>,
}

impl Receipt {
    /// The target took everything.
    pub fn taken(bytes: usize) -> Self {
        Self {
            bytes: bytes as u64,
            failures: Vec::new(),
        }
    }

    /// The target took nothing.
    pub fn refused(items: &Items<'_>, error: OutputError) -> Self {
        Self {
            bytes: 0,
            failures: vec![(0..items.len(), error)],
        }
    }

    /// The target took the items before `position`.
    pub fn until(items: &Items<'_>, position: usize, bytes: usize, error: OutputError) -> Self {
        Self {
            bytes: bytes as u64,
            failures: vec![(position..items.len(), error)],
        }
    }

    /// Adds that the item at `position` was not taken; positions must come in order.
    pub fn fail(&mut self, position: usize, error: OutputError) {
        if let Some((range, last)) = self.failures.last_mut()
            && range.end == position
            && *last == error
        {
            range.end = position + 1;
            return;
        }
        self.failures.push((position..position + 1, error));
    }

    /// Events of the items that were taken.
    pub fn written(&self, items: &Items<'_>) -> u64 {
        items.all_events().saturating_sub(self.failed(items))
    }

    /// Events of the items that were not taken.
    pub fn failed(&self, items: &Items<'_>) -> u64 {
        let ranges = self.failures.iter().map(|(range, _)| range.len() as u64);
        ranges.sum::<u64>() * items.events()
    }
}
