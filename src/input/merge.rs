//! All inputs of a run as one sequence in exact order of time. An input that fails is left out, the
//! others go on. Inputs that are fed from outside stand apart: what they give is due at once, whatever
//! the schedules have.

use std::collections::VecDeque;

use crate::batch::TimestampBatch;
use crate::time::Moment;

use super::tree::Tree;
use super::{Input, InputConfig, InputEnv, InputError, input_seed};

/// Timestamps asked of an input at a time when there are several.
const CHUNK: usize = 1_024;

/// The inputs of a run, merged. At the same moment the input that stands first in the document comes
/// first. Looks ahead by a fixed number of timestamps for each input, and by none for a single one.
#[derive(Debug)]
pub struct Merge {
    feeds: Vec<Feed>,
    /// Which feed comes first; without until the first question.
    tree: Option<Tree>,
    /// Inputs fed from outside.
    open: Vec<Feed>,
    failures: VecDeque<(usize, InputError)>,
}

#[derive(Debug)]
struct Feed {
    index: u16,
    input: Box<dyn Input>,
    ready: Vec<Moment>,
    taken: usize,
    ended: bool,
    /// What it still may give before this instant is left out.
    from_us: Option<i64>,
}

impl Merge {
    /// Merges sequences given in document order; their indexes count from 0.
    pub fn new(inputs: Vec<Box<dyn Input>>) -> Self {
        Self::indexed(inputs.into_iter().zip(0..=u16::MAX))
    }

    /// Starts the inputs of a document and merges those that do start; see [`Merge::failure`] for the
    /// others. `env.seed` is the run's.
    pub fn start<'c>(
        configs: impl IntoIterator<Item = &'c dyn InputConfig>,
        env: &InputEnv<'_>,
    ) -> Self {
        let mut failures = VecDeque::new();
        let mut started = Vec::new();
        for (config, index) in configs.into_iter().zip(0..=u16::MAX) {
            let env = InputEnv {
                seed: input_seed(env.seed, index),
                ..*env
            };
            match config.start(&env) {
                Ok(input) => started.push((input, index)),
                Err(error) => failures.push_back((usize::from(index), error)),
            }
        }
        Self {
            failures,
            ..Self::indexed(started)
        }
    }

    /// Merges sequences with the indexes of their inputs, in ascending order of those.
    pub fn indexed(inputs: impl IntoIterator<Item = (Box<dyn Input>, u16)>) -> Self {
        let feeds = inputs
            .into_iter()
            .map(|(input, index)| Feed::new(input, index));
        let (open, feeds) = feeds.partition(|feed: &Feed| feed.input.is_open());
        Self {
            feeds,
            tree: None,
            open,
            failures: VecDeque::new(),
        }
    }

    /// Appends up to `max` timestamps that came in together from outside: all of one input, and due at
    /// once. False when nothing comes from outside any more; ask again after something was appended.
    pub fn arrivals(&mut self, max: usize, out: &mut TimestampBatch) -> bool {
        let before = out.moments.len();
        let failures = &mut self.failures;
        self.open.retain_mut(|feed| {
            if out.moments.len() > before {
                return true;
            }
            let open = feed.input.is_open();
            let result = feed.input.fill(max, &mut out.moments);
            out.inputs.resize(out.moments.len(), feed.index);
            match result {
                Ok(()) => open || out.moments.len() > before,
                Err(error) => {
                    failures.push_back((usize::from(feed.index), error));
                    false
                }
            }
        });
        !self.open.is_empty()
    }

    /// Takes nothing more from outside; what came in before is still given by [`Merge::arrivals`].
    pub fn close(&mut self) {
        self.open.iter_mut().for_each(|feed| feed.input.close());
    }

    /// The next input that failed since the last question, with its index.
    pub fn failure(&mut self) -> Option<(usize, InputError)> {
        self.failures.pop_front()
    }

    /// Leaves out all timestamps before an instant (microseconds since the Unix epoch) that were not
    /// given yet, where inputs allow it without generating them.
    pub fn seek(&mut self, instant_us: i64) {
        for feed in &mut self.feeds {
            feed.seek(instant_us);
        }
        self.tree = None;
    }

    /// Goes on with other inputs: each by its index, in order, with the input unless it is one of those
    /// there are. `back` are timestamps that were given and are given back; what new inputs have up to
    /// the instant `after_us` is left out. Inputs fed from outside that are gone still give what came in.
    pub fn exchange(
        &mut self,
        slots: Vec<(u16, Option<Box<dyn Input>>)>,
        back: &TimestampBatch,
        after_us: i64,
    ) {
        let mut old: Vec<Feed> = self.feeds.drain(..).chain(self.open.drain(..)).collect();
        for (index, input) in slots {
            let known = old.iter().position(|feed| feed.index == index);
            let mut feed = match (input, known) {
                (Some(input), _) => {
                    let mut feed = Feed::new(input, index);
                    if let (Some(from_us), false) = (after_us.checked_add(1), feed.input.is_open())
                        && after_us > i64::MIN
                    {
                        feed.seek(from_us);
                    }
                    feed
                }
                (None, Some(at)) => old.remove(at),
                (None, None) => Feed {
                    ended: true,
                    ..Feed::new(Box::new(Nothing), index)
                },
            };
            feed.give_back(back);
            if feed.input.is_open() {
                self.open.push(feed);
            } else {
                self.feeds.push(feed);
            }
        }
        for mut feed in old.into_iter().filter(|feed| feed.input.is_open()) {
            feed.input.close();
            self.open.push(feed);
        }
        self.tree = None;
    }

    /// Appends up to `max` timestamps of the schedules; false when there are no more after them.
    pub fn fill(&mut self, max: usize, out: &mut TimestampBatch) -> bool {
        let target = out.len().saturating_add(max);
        while out.len() < target {
            let wanted = target - out.len();
            if let [feed] = self.feeds.as_mut_slice()
                && feed.is_drained()
            {
                feed.pass(wanted, out, &mut self.failures);
                if feed.ended {
                    self.feeds.clear();
                }
            } else if !self.step(wanted, out) {
                return false;
            }
        }
        true
    }

    /// Moves what the earliest input has before any other; false when all ended.
    fn step(&mut self, wanted: usize, out: &mut TimestampBatch) -> bool {
        let Some(first) = self.first() else {
            return !self.feeds.is_empty();
        };
        let (Some(tree), Some(feed)) = (&mut self.tree, self.feeds.get_mut(first)) else {
            return false;
        };
        let waiting = feed.ready.get(feed.taken..).unwrap_or_default();
        let limit = tree.limit();
        let run = waiting
            .iter()
            .take(wanted)
            .take_while(|at| at.instant_us() <= limit)
            .count();
        out.moments.extend(waiting.iter().take(run));
        out.inputs.resize(out.moments.len(), feed.index);
        feed.taken += run;
        if !feed.is_drained() {
            tree.replace_first(feed.key());
        }
        true
    }

    /// Position of the feed with the earliest head. `None` when there is none, or when one has just ended
    /// and it is worth looking again.
    fn first(&mut self) -> Option<usize> {
        let (feeds, failures) = (&mut self.feeds, &mut self.failures);
        let tree = self.tree.get_or_insert_with(|| {
            for feed in feeds.iter_mut() {
                feed.refill(failures);
            }
            feeds.retain(|feed| !feed.is_drained());
            Tree::new(feeds.iter().map(Feed::key))
        });
        let first = tree.first()?;
        let feed = feeds.get_mut(first)?;
        if feed.is_drained() {
            feed.refill(failures);
            if feed.is_drained() {
                feeds.remove(first);
                self.tree = None;
                return None;
            }
            tree.replace_first(feed.key());
        }
        tree.first()
    }
}

/// An input that has nothing more.
#[derive(Debug)]
struct Nothing;

impl Input for Nothing {
    fn fill(&mut self, _: usize, _: &mut Vec<Moment>) -> Result<(), InputError> {
        Ok(())
    }
}

impl Feed {
    fn new(input: Box<dyn Input>, index: u16) -> Self {
        Self {
            index,
            input,
            ready: Vec::new(),
            taken: 0,
            ended: false,
            from_us: None,
        }
    }

    /// Takes back what it gave.
    fn give_back(&mut self, back: &TimestampBatch) {
        let all = back.moments.iter().zip(&back.inputs);
        let own = all.filter(|(_, index)| **index == self.index);
        let mut ready: Vec<Moment> = own.map(|(at, _)| *at).collect();
        ready.extend(self.ready.drain(..).skip(self.taken));
        self.ready = ready;
        self.taken = 0;
    }

    fn is_drained(&self) -> bool {
        self.taken >= self.ready.len()
    }

    /// The instant of its head.
    fn key(&self) -> i64 {
        let head = self.ready.get(self.taken).copied();
        head.map_or(Tree::NONE, Moment::instant_us)
    }

    fn seek(&mut self, instant_us: i64) {
        self.ready.drain(..self.taken);
        self.taken = 0;
        self.ready.retain(|at| at.instant_us() >= instant_us);
        self.from_us = self.from_us.max(Some(instant_us));
        if !self.ended {
            self.input.seek(instant_us);
        }
    }

    /// Fills straight into the batch: there is nothing to merge with.
    fn pass(
        &mut self,
        wanted: usize,
        out: &mut TimestampBatch,
        failures: &mut VecDeque<(usize, InputError)>,
    ) {
        self.fill(wanted, &mut out.moments, failures);
        out.inputs.resize(out.moments.len(), self.index);
    }

    fn refill(&mut self, failures: &mut VecDeque<(usize, InputError)>) {
        if self.is_drained() {
            let mut ready = std::mem::take(&mut self.ready);
            ready.clear();
            self.taken = 0;
            self.fill(CHUNK, &mut ready, failures);
            self.ready = ready;
        }
    }

    /// Appends as many as wanted, or all that come until it ends.
    fn fill(
        &mut self,
        wanted: usize,
        out: &mut Vec<Moment>,
        failures: &mut VecDeque<(usize, InputError)>,
    ) {
        let target = out.len().saturating_add(wanted);
        while out.len() < target && !self.ended {
            let (before, wanted) = (out.len(), target - out.len());
            let result = self.input.fill(wanted, out);
            self.ended = result.is_err() || out.len() - before < wanted;
            if let Err(error) = result {
                failures.push_back((usize::from(self.index), error));
            }
            if let Some(from_us) = self.from_us {
                let new = out.iter().skip(before);
                let early = new.take_while(|at| at.instant_us() < from_us).count();
                out.drain(before..before + early);
                if out.len() > before {
                    self.from_us = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
