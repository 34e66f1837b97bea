//! The tap on a run's events, for people who want to see some of them as they come.
//!
//! Off it costs the look at a flag for each batch. While somebody asks, some events are copied: all of
//! them as long as they are few, so many a second otherwise, spread over the batches at random so that
//! no regular pattern hides one kind of them. What is kept is bounded in events and in bytes. It goes
//! off when nobody has asked for some time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::batch::EventBatch;
use crate::config::hush;
use crate::output::Origins;
use crate::time::Moment;

/// Most events kept.
const KEPT: usize = 1_000;

/// Most bytes of events kept.
const KEPT_BYTES: usize = 1 << 20;

/// Events sampled in a second; as many may come at once.
const RATE: f64 = 1_000.0;

/// How much of an event is shown, in bytes.
const SHOWN: usize = 4 << 10;

/// How much is kept of it: a secret that begins in what is shown must be recognised.
const COPIED: usize = 2 * SHOWN;

/// The tap goes off when nobody has asked for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Some events of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tapped {
    /// The oldest first.
    pub events: Vec<TappedEvent>,
    /// Events produced since the tap is on, sampled or not.
    pub seen: u64,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TappedEvent {
    /// Grows with every event that is kept; from 1.
    pub number: u64,
    /// Its timestamp.
    pub at: Option<Moment>,
    /// Alias of its template; empty without one.
    pub alias: Arc<str>,
    /// The event as produced, cut at some kilobytes; secrets are not shown.
    pub text: String,
}

#[derive(Debug, Default)]
pub(super) struct Tap {
    on: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    kept: VecDeque<Arc<Kept>>,
    bytes: usize,
    /// Events kept so far, also those that are gone.
    number: u64,
    seen: u64,
    asked: Option<Instant>,
    /// Events that may be taken now, as of when.
    allowed: f64,
    counted: Option<Instant>,
    /// State of the picks.
    chance: u64,
}

#[derive(Debug)]
struct Kept {
    number: u64,
    at: Option<Moment>,
    alias: Arc<str>,
    bytes: Box<[u8]>,
    cut: bool,
}

impl Tap {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a batch to the tap.
    #[inline]
    pub(super) fn offer(&self, batch: &EventBatch, origins: &Origins) {
        if self.on.load(Ordering::Relaxed) {
            self.take(batch, origins, Instant::now());
        }
    }

    fn take(&self, batch: &EventBatch, origins: &Origins, now: Instant) {
        let mut inner = self.lock();
        let asked = inner.asked.unwrap_or(now);
        if now.saturating_duration_since(asked) > PATIENCE {
            self.on.store(false, Ordering::Relaxed);
            let (number, chance) = (inner.number, inner.chance);
            *inner = Inner {
                number,
                chance,
                ..Inner::default()
            };
            return;
        }
        inner.take(batch, origins, now);
    }

    /// What is kept after the event with number `after`, at most the latest `most`. Switches the tap on.
    pub(super) fn page(&self, after: u64, most: usize, now: Instant) -> Tapped {
        let mut inner = self.lock();
        inner.asked = Some(now);
        if !self.on.swap(true, Ordering::Relaxed) {
            inner.allowed = RATE;
            inner.counted = Some(now);
        }
        let newer = inner.kept.iter().rev().take_while(|one| one.number > after);
        let mut kept: Vec<Arc<Kept>> = newer.take(most).cloned().collect();
        let seen = inner.seen;
        drop(inner);
        kept.reverse();
        Tapped {
            events: kept.iter().map(|one| one.shown()).collect(),
            seen,
        }
    }
}

impl Inner {
    fn take(&mut self, batch: &EventBatch, origins: &Origins, now: Instant) {
        self.seen += batch.len() as u64;
        let since = self.counted.replace(now).unwrap_or(now);
        let passed = now.saturating_duration_since(since).as_secs_f64();
        self.allowed = (self.allowed + passed * RATE).min(RATE);
        let count = batch.len().min(self.allowed as usize);
        if count == 0 {
            return;
        }
        self.allowed -= count as f64;
        for part in 0..count {
            // One of each stretch of the batch.
            let start = part * batch.len() / count;
            let end = (part + 1) * batch.len() / count;
            let index = start + self.draw(end - start);
            let alias = origins.alias(batch.alias(index));
            self.keep(batch, index, alias);
        }
    }

    /// A number below `below`.
    fn draw(&mut self, below: usize) -> usize {
        if below < 2 {
            return 0;
        }
        // A Weyl sequence, mixed: good enough to break up patterns.
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.chance ^ (self.chance >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        usize::try_from((mixed >> 33) % below as u64).unwrap_or(0)
    }

    fn keep(&mut self, batch: &EventBatch, index: usize, alias: &str) {
        let event = batch.get(index);
        let copied = event.get(..COPIED).unwrap_or(event);
        let last = self.kept.back();
        let alias = match last.filter(|one| *one.alias == *alias) {
            Some(last) => last.alias.clone(),
            None => Arc::from(alias),
        };
        self.number += 1;
        self.bytes += copied.len();
        self.kept.push_back(Arc::new(Kept {
            number: self.number,
            at: batch.moment(index),
            alias,
            bytes: copied.into(),
            cut: copied.len() < event.len(),
        }));
        while self.kept.len() > KEPT || self.bytes > KEPT_BYTES {
            let gone = self.kept.pop_front();
            self.bytes -= gone.map_or(0, |one| one.bytes.len());
        }
    }
}

impl Kept {
    fn shown(&self) -> TappedEvent {
        let text = String::from_utf8_lossy(&self.bytes);
        let clean = hush(&text);
        let mut end = clean.len().min(SHOWN);
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        let mut text = clean.get(..end).unwrap_or_default().to_owned();
        if self.cut || end < clean.len() {
            text.push('…');
        }
        TappedEvent {
            number: self.number,
            at: self.at,
            alias: self.alias.clone(),
            text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(events: usize, text: &[u8]) -> EventBatch {
        let mut batch = EventBatch::default();
        for index in 0..events {
            batch.push(text, u16::try_from(index % 2).unwrap_or(0));
        }
        batch
    }

    fn names() -> Origins {
        let origins = Origins::default();
        origins.add(vec![Arc::from("even"), Arc::from("odd")], Vec::new());
        origins
    }

    #[test]
    fn nothing_is_kept_before_somebody_asks_and_after_nobody_does() {
        let (tap, origins) = (Tap::default(), names());
        tap.offer(&batch(10, b"x"), &origins);
        let start = Instant::now();
        assert_eq!(tap.page(0, 100, start), Tapped::default());
        tap.take(&batch(3, b"x"), &origins, start);
        let page = tap.page(1, 100, start);
        let numbers: Vec<u64> = page.events.iter().map(|one| one.number).collect();
        assert_eq!((numbers, page.seen), (vec![2, 3], 3));
        assert_eq!(tap.page(0, 1, start).events[0].number, 3);
        let late = start + PATIENCE + Duration::from_millis(1);
        tap.take(&batch(3, b"x"), &origins, late);
        assert!(!tap.on.load(Ordering::Relaxed));
        assert_eq!(tap.page(0, 100, late), Tapped::default());
        // Numbers go on.
        tap.take(&batch(1, b"x"), &origins, late);
        assert_eq!(tap.page(0, 100, late).events[0].number, 4);
    }

    #[test]
    fn a_flood_is_sampled_evenly_and_bounded() {
        let (tap, origins) = (Tap::default(), names());
        let start = Instant::now();
        tap.page(0, 0, start);
        let flood = batch(1_000, b"x");
        for millisecond in 0..10_000 {
            let now = start + Duration::from_millis(millisecond);
            tap.page(0, 0, now);
            tap.take(&flood, &origins, now);
        }
        let page = tap.page(0, usize::MAX, start + Duration::from_secs(10));
        assert_eq!((page.events.len(), page.seen), (KEPT, 10_000_000));
        let taken = page.events.last().map_or(0, |one| one.number);
        assert!((10_000..=11_100).contains(&taken), "{taken}");
        let odd = page.events.iter().filter(|one| &*one.alias == "odd");
        assert!((350..=650).contains(&odd.count()));
    }

    #[test]
    fn large_events_are_cut_and_few_of_them_are_kept() {
        let (tap, origins) = (Tap::default(), names());
        let now = Instant::now();
        tap.page(0, 0, now);
        let text = "ä".repeat(1 << 20);
        tap.take(&batch(500, text.as_bytes()), &origins, now);
        let page = tap.page(0, usize::MAX, now);
        assert_eq!(page.events.len(), KEPT_BYTES / COPIED);
        let shown = &page.events[0].text;
        assert!(shown.ends_with("ä…") && shown.len() <= SHOWN + 3);
        tap.take(&batch(1, b"a\xFFb"), &origins, now);
        assert_eq!(tap.page(0, 1, now).events[0].text, "a\u{FFFD}b");
    }
}
