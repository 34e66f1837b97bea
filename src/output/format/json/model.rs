//! What was printed before, as a model of what is to come.
//!
//! Events of one template differ in some values only. Between two such values stands a run of bytes
//! that is always the same, and so is its output: as long as a text has the bytes of a known run where
//! that run may stand, they are compared and the output is copied. Whatever follows a value in one of
//! the events is a run of its own, so optional parts and lists are known too.
//!
//! A run starts with the same containers open as when it was learned. So a model never changes what
//! is printed, only how fast.

use super::copy::{self, Pattern, Piece};
use super::token;

/// Most bytes of texts in a model.
pub(super) const ROOM: usize = 96 << 10;

/// Most places of a model at which events may differ.
const MOST_NODES: usize = 1000;

/// Open containers that a place can tell apart.
pub(super) const DEEPEST: usize = 64;

/// The place before a text.
pub(super) const ROOT: u32 = 0;

/// The place behind a text.
const END: u32 = u32::MAX;

/// Runs that are tried behind one value.
const RUNS: usize = 6;

/// Events unlike the first model that it takes to begin another.
const PATIENCE: u32 = 8;

/// What searching for known places may cost, in places looked at, before it has to wait for further
/// events: those that are never alike are not worth it.
const CREDIT: u32 = 1 << 14;

/// What an event adds to it.
const EARNED: u32 = 1 << 6;

/// A point between two tokens of a text: right before a value or right behind one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Offset in the text, from where it is learned.
    pub from: u32,
    /// Offset in the output, likewise.
    pub to: u32,
    pub open: Containers,
    /// True before a value.
    pub before: bool,
}

/// The containers that are open somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Containers {
    /// Arrays (0) and objects (1).
    pub bits: u64,
    /// How many there are, at most [`DEEPEST`].
    pub depth: usize,
}

/// Bytes that are known, and their output.
#[derive(Debug)]
struct Run {
    text: Pattern,
    output: Piece,
    /// The place behind.
    node: u32,
    /// Where both stand in the model's texts and outputs.
    from: u32,
    to: u32,
}

impl Run {
    /// True when it comes next, and then what stands behind it: the end, or a value.
    fn is_next(&self, rest: &[u8]) -> bool {
        let fits = match rest.get(self.text.len()) {
            Some(&byte) => self.node != END && copy::starts_scalar(byte),
            None => self.node == END && rest.len() == self.text.len(),
        };
        fits && self.text.starts(rest)
    }

    /// Where it ends in the model's texts.
    fn end(&self) -> u32 {
        self.from + self.text.len() as u32
    }
}

/// A place before a value at which events differ.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// What may follow the value; those behind `count` mean nothing.
    runs: [u32; RUNS],
    count: usize,
    open: Containers,
}

/// Pieces of events, and how they follow each other.
#[derive(Debug)]
pub(super) struct Model {
    text: Vec<u8>,
    output: Vec<u8>,
    /// By offset in `text`.
    marks: Vec<Mark>,
    runs: Vec<Run>,
    nodes: Vec<Node>,
    credit: u32,
    /// True when something of the present event was not learned.
    full: bool,
    /// Bytes of the present event that were not known.
    unknown: usize,
}

/// How far a text was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// To its end.
    End,
    /// To the value of the present place.
    Value,
    /// To what follows the value of the present place, which no run is like.
    Unlike,
    /// The output has no room.
    Room,
}

/// Where a text stands: offsets into it and into the output.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub from: usize,
    pub to: usize,
}

impl At {
    /// Further by as many bytes on both sides.
    #[inline(always)]
    pub fn on(self, bytes: usize) -> Self {
        Self {
            from: self.from + bytes,
            to: self.to + bytes,
        }
    }
}

impl Default for Model {
    fn default() -> Self {
        let root = Node {
            runs: [0; RUNS],
            count: 0,
            // Unlike any other.
            open: Containers {
                bits: 0,
                depth: usize::MAX,
            },
        };
        Self {
            text: Vec::new(),
            output: Vec::new(),
            marks: Vec::new(),
            runs: Vec::new(),
            nodes: vec![root],
            credit: CREDIT,
            full: false,
            unknown: 0,
        }
    }
}

impl Model {
    /// The containers that are open at a place.
    pub fn open(&self, node: u32) -> Containers {
        let found = self.nodes.get(node as usize);
        found.map(|node| node.open).unwrap_or_default()
    }

    /// Copies what is known from `at` on, which is behind the value of `node`, with the values
    /// between.
    #[inline(never)]
    pub fn follow(&mut self, text: &[u8], at: &mut At, node: &mut u32, out: &mut [u8]) -> Stop {
        let mut rest = text.get(at.from..).unwrap_or_default();
        let mut room = out.get_mut(at.to..).unwrap_or_default();
        let (texts, rooms) = (at.from + rest.len(), at.to + room.len());
        let runs = self.runs.as_slice();
        let mut now = *node;
        let (stop, room) = loop {
            let place = self.nodes.get(now as usize);
            let mut found = place.and_then(|place| first(runs, place, rest));
            if found.is_none() {
                let place = self.nodes.get_mut(now as usize);
                found = place.and_then(|place| any(runs, place, rest));
            }
            let Some(run) = found else {
                break (Stop::Unlike, room);
            };
            if !run.output.copy(room) {
                break (Stop::Room, room);
            }
            let Some((_, next)) = rest.split_at_checked(run.text.len()) else {
                break (Stop::Unlike, room);
            };
            let (_, left) = room
                .split_at_mut_checked(run.output.len())
                .unwrap_or_default();
            (rest, room, now) = (next, left, run.node);
            let value = match rest.first() {
                Some(b'"') => copy::string(rest, room),
                Some(_) => copy::scalar(rest, room),
                None => break (Stop::End, room),
            };
            let Some((_, next)) = value.and_then(|len| rest.split_at_checked(len)) else {
                break (Stop::Value, room);
            };
            let (_, left) = room
                .split_at_mut_checked(rest.len() - next.len())
                .unwrap_or_default();
            (rest, room) = (next, left);
        };
        *node = now;
        (at.from, at.to) = (texts - rest.len(), rooms - room.len());
        stop
    }

    /// Makes a place where `rest` becomes unlike the runs behind the value of `node`; false when it is
    /// unlike them before any value.
    pub fn split(&mut self, node: u32, rest: &[u8]) -> bool {
        let Some(known) = self.nodes.get(node as usize).copied() else {
            return false;
        };
        let ends = known.runs.iter().take(known.count).filter_map(|&id| {
            let run = self.runs.get(id as usize)?;
            let mark = self.parting(run, rest)?;
            Some((self.marks.get(mark)?.from - run.from, id, mark))
        });
        let Some((_, id, mark)) = ends.max_by_key(|&(len, ..)| len) else {
            return false;
        };
        if self.nodes.len() >= MOST_NODES {
            self.full = true;
            return false;
        }
        self.cut(id, mark).is_some()
    }

    /// The last mark before a value of `run` that `rest` reaches too.
    fn parting(&self, run: &Run, rest: &[u8]) -> Option<usize> {
        let model = self.text.get(run.from as usize..run.end() as usize)?;
        let same = token::common(rest, model) as u32;
        let first = self.marks.partition_point(|mark| mark.from < run.from);
        let end = self
            .marks
            .partition_point(|mark| mark.from <= run.from + same);
        let is_value = |byte: Option<&u8>| byte.is_some_and(|&byte| copy::starts_scalar(byte));
        (first..end).rev().find(|&at| {
            let (Some(mark), Some(behind)) = (self.marks.get(at), self.marks.get(at + 1)) else {
                return false;
            };
            // Both have a value here that holds no others, and what follows it belongs to the run.
            mark.before
                && !behind.before
                && behind.from <= run.end()
                && is_value(rest.get((mark.from - run.from) as usize))
                && is_value(self.text.get(mark.from as usize))
        })
    }

    /// Cuts a run in two, before and behind the value at a mark.
    fn cut(&mut self, id: u32, mark: usize) -> Option<()> {
        let (before, behind) = (*self.marks.get(mark)?, *self.marks.get(mark + 1)?);
        let second = u32::try_from(self.runs.len()).ok()?;
        let node = self.node(before.open, second);
        let run = self.runs.get(id as usize)?;
        let (from, to) = (run.from, run.to);
        let (end, output) = (run.end(), run.to + run.output.len() as u32);
        let first = self.run((from, before.from), (to, before.to), node);
        let second = self.run((behind.from, end), (behind.to, output), run.node);
        *self.runs.get_mut(id as usize)? = first;
        self.runs.push(second);
        Some(())
    }

    /// A run of these parts of the model's texts and outputs.
    fn run<'m>(&'m self, (from, end): (u32, u32), (to, output): (u32, u32), node: u32) -> Run {
        let part = |all: &'m [u8], from: u32, end: u32| {
            all.get(from as usize..end as usize).unwrap_or_default()
        };
        Run {
            text: Pattern::new(part(&self.text, from, end)),
            output: Piece::new(part(&self.output, to, output)),
            node,
            from,
            to,
        }
    }

    /// A new place, behind whose value one run may stand.
    fn node(&mut self, open: Containers, run: u32) -> u32 {
        let node = self.nodes.len() as u32;
        let mut runs = [0; RUNS];
        runs[0] = run;
        self.nodes.push(Node {
            runs,
            count: 1,
            open,
        });
        node
    }

    /// Lets `rest`, which comes behind the value of `node`, go on as behind another; false when it
    /// is unlike all that is known.
    pub fn link(&mut self, node: u32, rest: &[u8]) -> bool {
        let open = self.open(node);
        let Some((_, run)) = self.find(open, rest) else {
            return false;
        };
        self.allow(node, run);
        true
    }

    /// The place behind whose value `rest` may stand.
    pub fn place(&mut self, open: Containers, rest: &[u8]) -> Option<u32> {
        self.find(open, rest).map(|(node, _)| node)
    }

    fn find(&mut self, open: Containers, rest: &[u8]) -> Option<(u32, u32)> {
        self.credit = self.credit.checked_sub(self.nodes.len() as u32)?;
        self.nodes.iter().enumerate().find_map(|(at, node)| {
            let mut runs = node.runs.iter().take(node.count);
            let id = runs.find(|&&id| {
                let run = self.runs.get(id as usize);
                node.open == open && run.is_some_and(|run| run.is_next(rest))
            });
            id.map(|&id| (at as u32, id))
        })
    }

    /// Lets a run stand behind the value of a place.
    fn allow(&mut self, node: u32, run: u32) {
        let Some(node) = self.nodes.get_mut(node as usize) else {
            return;
        };
        // With too many, the last one is the least frequent.
        if let Some(last) = node.runs.get_mut(node.count.min(RUNS - 1)) {
            *last = run;
        }
        node.count = (node.count + 1).min(RUNS);
    }

    /// Learns what was unknown behind the value of a place: text, output and the marks in both, up to
    /// another place or the end.
    pub fn learn(
        &mut self,
        node: u32,
        (text, output): (&[u8], &[u8]),
        marks: &[Mark],
        next: Option<u32>,
    ) {
        self.unknown += text.len();
        let (from, to) = (self.text.len(), self.output.len());
        if from + text.len() > ROOM
            || to + output.len() > 2 * ROOM
            || self.runs.len() > RUNS * MOST_NODES
        {
            self.full = true;
            return;
        }
        self.text.extend_from_slice(text);
        self.output.extend_from_slice(output);
        // All of this is far below the largest number.
        let (from, to) = (from as u32, to as u32);
        self.marks.extend(marks.iter().map(|mark| Mark {
            from: from + mark.from,
            to: to + mark.to,
            ..*mark
        }));
        let run = self.runs.len() as u32;
        let ends = (self.text.len() as u32, self.output.len() as u32);
        let next = next.unwrap_or(END);
        self.runs.push(self.run((from, ends.0), (to, ends.1), next));
        self.allow(node, run);
    }
}

/// The first run behind the value of a place, if `rest` starts with it and goes on with a value.
#[inline(always)]
fn first<'r>(runs: &'r [Run], node: &Node, rest: &[u8]) -> Option<&'r Run> {
    let run = runs.get(node.runs[0] as usize)?;
    let is_value = |byte: u8| byte == b'"' || copy::starts_scalar(byte);
    let found = run.node != END && run.text.starts(rest) && is_value(*rest.get(run.text.len())?);
    found.then_some(run)
}

/// The run behind the value of a place that `rest` starts with.
#[inline(never)]
fn any<'r>(runs: &'r [Run], node: &mut Node, rest: &[u8]) -> Option<&'r Run> {
    let ids = node.runs.iter().take(node.count);
    let (nth, run) = ids.enumerate().find_map(|(nth, &id)| {
        let run = runs.get(id as usize)?;
        run.is_next(rest).then_some((nth, run))
    })?;
    if nth > 0 {
        // What is frequent comes to the front.
        node.runs.swap(nth, nth - 1);
    }
    Some(run)
}

/// The models of one formatter, by the alias of the event.
#[derive(Debug, Default)]
pub(in crate::output::format) struct Models(Vec<Slot>);

/// The model of one alias.
#[derive(Debug, Default)]
pub(super) struct Slot {
    model: Model,
    /// Events that were mostly unlike it.
    misses: u32,
    /// How many of them it takes to begin another; more each time, as some events are never alike.
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
    /// The model to follow and to teach, for the next event.
    pub fn model(&mut self) -> &mut Model {
        let patience = self.patience.max(PATIENCE);
        if self.misses > patience {
            self.model = Model::default();
            self.misses = 0;
            self.patience = patience.saturating_mul(2).min(1 << 20);
        }
        self.model.unknown = 0;
        self.model.full = false;
        self.model.credit = (self.model.credit + EARNED).min(CREDIT);
        &mut self.model
    }

    /// Says how long the event was; to be told behind it.
    pub fn followed(&mut self, len: usize) {
        self.misses += u32::from(self.model.unknown > len / 2 || self.model.full);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::printer::print_like;
    use super::*;

    /// An event of a template with an optional part and a list.
    fn event(number: usize) -> String {
        let extra = match number % 3 {
            0 => "",
            1 => "\n  \"extra\": {\"why\": \"so\"},",
            _ => "\n  \"other\": null,",
        };
        let items: Vec<String> = (0..1 + number % 4)
            .map(|item| format!("{{\"item\": {}}}", item * number))
            .collect();
        let items = items.join(",\n    ");
        format!(
            "{{\n  \"n\": {number},\n  \"same\": [1, 2],{extra}\n  \"items\": [\n    {items}\n  ],\n  \
             \"name\": \"{}\"\n}}\n",
            "x".repeat(number % 50)
        )
    }

    #[test]
    fn soon_nothing_of_events_of_one_template_is_unknown() {
        let mut slot = Slot::default();
        let mut out = Vec::new();
        for number in 0..400 {
            let text = event(number);
            print_like((text.as_bytes(), text.len()), &mut slot, &mut out, 0).unwrap();
            assert!(slot.misses <= PATIENCE, "event {number}");
            if number > 100 {
                assert_eq!(slot.model.unknown, 0, "event {number}");
            }
        }
    }

    #[test]
    fn events_that_are_never_alike_fill_no_more_than_their_room() {
        let mut slot = Slot::default();
        let mut out = Vec::new();
        for number in 0..300_usize {
            let keys: Vec<String> = (0..200)
                .map(|key| format!("\"{}\": {number}", number.wrapping_mul(key * key + 7919)))
                .collect();
            let text = format!("{{{}}}", keys.join(", "));
            print_like((text.as_bytes(), text.len()), &mut slot, &mut out, 0).unwrap();
            assert!(slot.model.text.len() <= ROOM);
            assert!(slot.model.nodes.len() <= MOST_NODES);
        }
    }
}
