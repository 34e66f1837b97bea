//! All inputs of a run as one sequence in time order. An input that fails is left out, the others go on.

use std::collections::VecDeque;

use crate::batch::TimestampBatch;
use crate::input::{Input, InputError};
use crate::time::Moment;

/// Timestamps asked of an input at a time.
const CHUNK: usize = 1_024;

/// The merged inputs.
#[derive(Debug)]
pub(super) struct Source {
    inputs: Vec<Feed>,
    failures: VecDeque<(usize, InputError)>,
}

#[derive(Debug)]
struct Feed {
    index: u16,
    input: Box<dyn Input>,
    ready: Vec<Moment>,
    taken: usize,
    ended: bool,
}

impl Source {
    /// Merges inputs, given in document order.
    pub(super) fn new(inputs: Vec<Box<dyn Input>>) -> Self {
        let feeds = inputs.into_iter().zip(0..=u16::MAX);
        Self {
            inputs: feeds
                .map(|(input, index)| Feed {
                    index,
                    input,
                    ready: Vec::new(),
                    taken: 0,
                    ended: false,
                })
                .collect(),
            failures: VecDeque::new(),
        }
    }

    /// The next input that failed since the last question, with its index.
    pub(super) fn failure(&mut self) -> Option<(usize, InputError)> {
        self.failures.pop_front()
    }

    /// Appends up to `max` timestamps; false when there are no more after them.
    pub(super) fn fill(&mut self, max: usize, out: &mut TimestampBatch) -> bool {
        if let [feed] = self.inputs.as_mut_slice()
            && feed.taken == feed.ready.len()
        {
            return single(feed, max, out, &mut self.failures);
        }
        while out.len() < max {
            if !self.step(max, out) {
                return false;
            }
        }
        true
    }

    /// Moves what the earliest input has before any other; false when all ended.
    fn step(&mut self, max: usize, out: &mut TimestampBatch) -> bool {
        for feed in &mut self.inputs {
            feed.refill(&mut self.failures);
        }
        let mut first: Option<(Moment, usize)> = None;
        let mut second: Option<(Moment, usize)> = None;
        for (position, feed) in self.inputs.iter().enumerate() {
            let Some(head) = feed.head() else { continue };
            if first.is_none_or(|(moment, _)| head < moment) {
                second = first.replace((head, position));
            } else if second.is_none_or(|(moment, _)| head < moment) {
                second = Some((head, position));
            }
        }
        let Some(feed) = first.and_then(|(_, position)| {
            let feed = self.inputs.get_mut(position)?;
            Some((feed, position))
        }) else {
            return false;
        };
        let (feed, position) = feed;
        while let Some(head) = feed.head()
            && out.len() < max
            && second.is_none_or(|(moment, other)| (head, position) <= (moment, other))
        {
            out.push(head, feed.index);
            feed.taken += 1;
        }
        true
    }
}

/// A single input fills the batch without a detour.
fn single(
    feed: &mut Feed,
    max: usize,
    out: &mut TimestampBatch,
    failures: &mut VecDeque<(usize, InputError)>,
) -> bool {
    if feed.ended {
        return false;
    }
    let wanted = max.saturating_sub(out.len());
    let before = out.moments.len();
    let result = feed.input.fill(wanted, &mut out.moments);
    out.inputs.resize(out.moments.len(), feed.index);
    feed.ended = result.is_err() || out.moments.len() - before < wanted;
    if let Err(error) = result {
        failures.push_back((usize::from(feed.index), error));
    }
    !feed.ended
}

impl Feed {
    fn head(&self) -> Option<Moment> {
        self.ready.get(self.taken).copied()
    }

    fn refill(&mut self, failures: &mut VecDeque<(usize, InputError)>) {
        if self.taken < self.ready.len() || self.ended {
            return;
        }
        self.ready.clear();
        self.taken = 0;
        let result = self.input.fill(CHUNK, &mut self.ready);
        self.ended = result.is_err() || self.ready.len() < CHUNK;
        if let Err(error) = result {
            failures.push_back((usize::from(self.index), error));
        }
    }
}
