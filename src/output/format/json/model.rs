//! Events that were printed before, as models of those to come.
//!
//! Events of one template differ in some values only. Where an event has the bytes of its model, from
//! a point at which both have the same containers open, its output is that of the model and is copied.
//! So a model never changes what is printed, only how fast.

use std::cell::Cell;

use super::token;

/// Longer events are no models.
const LONGEST: usize = 32 << 10;

/// Marks that are tried, from the last one on, to find the place in the model again.
const WINDOW: usize = 16;

/// Places of one event that may be unlike the model before it is given up for this event.
const MOST_MISSES: u32 = 24;

/// Open containers that a mark can tell apart.
pub(super) const DEEPEST: usize = 64;

/// A point between two tokens: right before a value or right behind one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Offset in the text.
    pub from: usize,
    /// Offset in the output.
    pub to: usize,
    /// The open arrays (0) and objects (1).
    pub open: u64,
    /// How many there are, at most [`DEEPEST`].
    pub depth: usize,
    /// True before a value.
    pub before: bool,
}

impl Mark {
    /// True when what follows is printed alike at both.
    fn is_like(&self, other: &Self) -> bool {
        self.open == other.open && self.depth == other.depth && self.before == other.before
    }

    /// True when a text that is like the model up to this mark has it too. `next` and `model` are the
    /// bytes there, absent at the end.
    fn fits(&self, next: Option<u8>, model: Option<u8>) -> bool {
        // A number ends here in both; a value starts in both, unless an array ends before one.
        next == model || (self.before && next.is_some_and(|byte| byte > b' ' && byte != b']'))
    }
}

/// An event, its output, and the marks of both in order.
#[derive(Debug, Default)]
pub(super) struct Model {
    text: Vec<u8>,
    output: Vec<u8>,
    marks: Vec<Mark>,
    /// Where the last text that was followed from a mark stopped: events mostly differ at the same
    /// places.
    stops: Vec<Cell<usize>>,
}

impl Model {
    /// Of an event that was printed; `None` when it is too long.
    pub fn new(text: &[u8], output: &[u8], marks: Vec<Mark>) -> Option<Self> {
        (text.len() <= LONGEST).then(|| Self {
            text: text.to_vec(),
            output: output.to_vec(),
            stops: vec![Cell::new(0); marks.len()],
            marks,
        })
    }

    /// The mark that `rest` is like the model up to, from mark `first` on.
    fn reached(&self, first: usize, start: &Mark, rest: &[u8]) -> Option<(usize, &Mark)> {
        let stop = self.stops.get(first)?;
        let last = stop.get();
        if let Some(mark) = self.marks.get(last)
            && let Some(model) = self.text.get(start.from..mark.from)
            && !model.is_empty()
            && rest.get(..model.len()) == Some(model)
            && mark.fits(
                rest.get(model.len()).copied(),
                self.text.get(mark.from).copied(),
            )
        {
            return Some((last, mark));
        }
        let same = token::common(rest, self.text.get(start.from..).unwrap_or_default());
        let last = self.last(first, start.from + same, rest.get(same).copied());
        stop.set(last);
        let mark = self.marks.get(last).filter(|_| last > first)?;
        Some((last, mark))
    }

    /// The last mark that a text reaches which has the same bytes as the model from mark `first` on up
    /// to `reach`, and then `next` (nothing at its end).
    fn last(&self, first: usize, reach: usize, next: Option<u8>) -> usize {
        let rest = self.marks.get(first + 1..).unwrap_or_default();
        // The byte at a mark is equal too: a number ends there in both.
        let passed = rest.iter().take_while(|mark| mark.from < reach).count();
        let at_reach = rest.get(passed).is_some_and(|mark| {
            mark.from == reach && mark.fits(next, self.text.get(reach).copied())
        });
        first + passed + usize::from(at_reach)
    }
}

/// A walk through a text beside its model.
pub(super) struct Follow<'m> {
    model: &'m Model,
    /// The first mark that comes into question next.
    next: usize,
    misses: u32,
    /// Bytes of the text that were like the model.
    pub copied: usize,
}

impl<'m> Follow<'m> {
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            next: 0,
            misses: 0,
            copied: 0,
        }
    }

    /// How far the text is like the model from `here` on: the mark reached, with the offset in this
    /// text, and the output up to it.
    pub fn leap(&mut self, text: &[u8], here: Mark) -> Option<(Mark, &'m [u8])> {
        if self.misses > MOST_MISSES {
            return None;
        }
        let model = self.model;
        let rest = text.get(here.from..).unwrap_or_default();
        for first in self.next..(self.next + WINDOW).min(model.marks.len()) {
            let Some(start) = model.marks.get(first).filter(|mark| mark.is_like(&here)) else {
                continue;
            };
            let Some((last, mark)) = model.reached(first, start, rest) else {
                continue;
            };
            // Behind a value, what comes next may be the text's alone.
            self.next = last + usize::from(mark.before);
            let len = mark.from - start.from;
            self.copied += len;
            let output = model.output.get(start.to..mark.to).unwrap_or_default();
            let from = here.from + len;
            return Some((Mark { from, ..*mark }, output));
        }
        self.misses += 1;
        None
    }
}

/// The models of one formatter, by the alias of the event.
#[derive(Debug, Default)]
pub(in crate::output::format) struct Models(Vec<Slot>);

#[derive(Debug, Default)]
pub(super) struct Slot {
    model: Option<Model>,
    /// Events since that were mostly unlike it.
    misses: u32,
    /// How many of them it takes to choose another; more each time, as some events are never alike.
    patience: u32,
}

impl Models {
    pub(super) fn slot(&mut self, alias: u16) -> Option<&mut Slot> {
        let at = usize::from(alias);
        if self.0.len() <= at {
            self.0.resize_with(at + 1, Slot::default);
        }
        self.0.get_mut(at)
    }
}

impl Slot {
    /// The model to follow; `None` when the next event shall become the model.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref().filter(|_| self.misses <= self.patience)
    }

    /// Says how much of an event was like the model.
    pub fn followed(&mut self, copied: usize, len: usize) {
        self.misses += u32::from(copied < len / 2);
    }

    /// Takes another model.
    pub fn learn(&mut self, model: Option<Model>) {
        self.model = Some(model.unwrap_or_default());
        self.misses = 0;
        self.patience = self.patience.saturating_mul(2).clamp(8, 1 << 20);
    }
}
