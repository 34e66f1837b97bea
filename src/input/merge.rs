//! All inputs of a run as one sequence in exact order of time. An input that fails is left out, the
//! others go on. Inputs that are fed from outside stand apart: what they give is due at once, whatever
//! the schedules have.

use std::collections::VecDeque;

use crate::batch::TimestampBatch;
use crate::time::Moment;

use super::{Input, InputConfig, InputEnv, InputError, input_seed};

/// Timestamps asked of an input at a time when there are several.
const CHUNK: usize = 1_024;

/// The inputs of a run, merged. At the same moment the input that stands first in the document comes
/// first. Looks ahead by a fixed number of timestamps for each input, and by none for a single one.
#[derive(Debug)]
pub struct Merge {
    feeds: Vec<Feed>,
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
        let feeds = inputs.into_iter().map(|(input, index)| Feed {
            index,
            input,
            ready: Vec::new(),
            taken: 0,
            ended: false,
        });
        let (open, feeds) = feeds.partition(|feed: &Feed| feed.input.is_open());
        Self {
            feeds,
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

    /// Appends up to `max` timestamps of the schedules; false when there are no more after them.
    pub fn fill(&mut self, max: usize, out: &mut TimestampBatch) -> bool {
        let target = out.len().saturating_add(max);
        while out.len() < target {
            let wanted = target - out.len();
            if let [feed] = self.feeds.as_mut_slice()
                && feed.taken == feed.ready.len()
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
        for feed in &mut self.feeds {
            feed.refill(&mut self.failures);
        }
        self.feeds.retain(|feed| feed.head().is_some());
        // (instant, position) of the earliest head and of the one after it.
        let mut first = None;
        let mut second = None;
        for (position, feed) in self.feeds.iter().enumerate() {
            let key = feed.head().map(|head| (head.instant_us(), position));
            if first.is_none() || key < first {
                second = first;
                first = key;
            } else if second.is_none() || key < second {
                second = key;
            }
        }
        let Some((_, position)) = first else {
            return false;
        };
        let Some(feed) = self.feeds.get_mut(position) else {
            return false;
        };
        let waiting = feed.ready.get(feed.taken..).unwrap_or_default();
        let run = waiting
            .iter()
            .take(wanted)
            .take_while(|at| second.is_none_or(|limit| (at.instant_us(), position) < limit))
            .count();
        out.moments.extend(waiting.iter().take(run));
        out.inputs.resize(out.moments.len(), feed.index);
        feed.taken += run;
        true
    }
}

impl Feed {
    fn head(&self) -> Option<Moment> {
        self.ready.get(self.taken).copied()
    }

    /// Fills straight into the batch: there is nothing to merge with.
    fn pass(
        &mut self,
        wanted: usize,
        out: &mut TimestampBatch,
        failures: &mut VecDeque<(usize, InputError)>,
    ) {
        if self.ended {
            return;
        }
        let before = out.moments.len();
        let result = self.input.fill(wanted, &mut out.moments);
        out.inputs.resize(out.moments.len(), self.index);
        self.ended = result.is_err() || out.moments.len() - before < wanted;
        if let Err(error) = result {
            failures.push_back((usize::from(self.index), error));
        }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// Gives out a list, then ends or fails.
    #[derive(Debug)]
    struct List(VecDeque<i64>, bool);

    impl Input for List {
        fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
            for _ in 0..max {
                match self.0.pop_front() {
                    Some(wall_us) => out.push(Moment {
                        wall_us,
                        offset_s: 0,
                    }),
                    None if self.1 => return Err(InputError::new("broken", "")),
                    None => break,
                }
            }
            Ok(())
        }
    }

    fn merged(lists: &[Vec<i64>], fails: bool, max: usize) -> (Vec<(i64, u16)>, Merge) {
        let inputs = lists
            .iter()
            .map(|list| Box::new(List(list.iter().copied().collect(), fails)) as Box<dyn Input>);
        let mut merge = Merge::new(inputs.collect());
        let mut all = Vec::new();
        loop {
            let mut batch = TimestampBatch::default();
            let more = merge.fill(max, &mut batch);
            assert!(batch.len() <= max);
            assert!(!more || batch.len() == max);
            all.extend(batch.moments.iter().map(|at| at.wall_us).zip(batch.inputs));
            if !more {
                return (all, merge);
            }
        }
    }

    proptest! {
        #[test]
        fn is_a_stable_sort_of_everything(
            mut lists in prop::collection::vec(prop::collection::vec(0_i64..50, 0..2_000), 0..5),
            max in 1_usize..700,
        ) {
            lists.iter_mut().for_each(|list| list.sort_unstable());
            let mut expected: Vec<(i64, u16)> = lists
                .iter()
                .zip(0..)
                .flat_map(|(list, index)| list.iter().map(move |&at| (at, index)))
                .collect();
            expected.sort();
            prop_assert_eq!(merged(&lists, false, max).0, expected);
        }
    }

    #[test]
    fn a_failing_input_is_reported_and_left_out() {
        let (all, mut merge) = merged(&[vec![1, 3], vec![2]], true, 2);
        assert_eq!(all, [(1, 0), (2, 1), (3, 0)]);
        let mut failed: Vec<usize> = std::iter::from_fn(|| merge.failure())
            .map(|(index, _)| index)
            .collect();
        failed.sort_unstable();
        assert_eq!(failed, [0, 1]);
    }

    /// Fed from outside: gives a list piece by piece.
    #[derive(Debug)]
    struct Door(VecDeque<usize>, bool);

    impl Input for Door {
        fn fill(&mut self, max: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
            let Some(count) = self.0.front_mut() else {
                return Ok(());
            };
            let given = max.min(*count);
            *count -= given;
            if *count == 0 {
                self.0.pop_front();
            }
            let at = Moment {
                wall_us: 7,
                offset_s: 0,
            };
            out.extend(std::iter::repeat_n(at, given));
            Ok(())
        }

        fn is_open(&self) -> bool {
            self.1
        }

        fn close(&mut self) {
            self.1 = false;
        }
    }

    #[test]
    fn what_comes_from_outside_keeps_no_schedule_waiting_and_stays_apart() {
        let door = Door(VecDeque::from([3, 1]), true);
        let list = List(VecDeque::from([5, 9]), false);
        let mut merge = Merge::new(vec![Box::new(list), Box::new(door)]);
        let mut batch = TimestampBatch::default();
        assert!(!merge.fill(9, &mut batch));
        assert_eq!(batch.inputs, [0, 0]);
        let mut sizes = Vec::new();
        let mut open = true;
        while open {
            let mut batch = TimestampBatch::default();
            open = merge.arrivals(2, &mut batch);
            assert!(batch.inputs.iter().all(|&input| input == 1));
            sizes.push(batch.len());
            if sizes.len() == 2 {
                merge.close();
            }
        }
        assert_eq!(sizes, [2, 1, 1, 0]);
    }

    #[test]
    fn second_passes_of_a_repeated_hour_stay_in_order() {
        // 01:30 standard time is later than 01:45 daylight time.
        let at = |wall_us, offset_s| Moment { wall_us, offset_s };
        #[derive(Debug)]
        struct Fixed(Vec<Moment>);
        impl Input for Fixed {
            fn fill(&mut self, _: usize, out: &mut Vec<Moment>) -> Result<(), InputError> {
                out.append(&mut self.0);
                Ok(())
            }
        }
        let mut merge = Merge::new(vec![
            Box::new(Fixed(vec![at(5_400_000_000, -18_000)])),
            Box::new(Fixed(vec![at(6_300_000_000, -14_400)])),
        ]);
        let mut batch = TimestampBatch::default();
        assert!(!merge.fill(9, &mut batch));
        assert_eq!(batch.inputs, [1, 0]);
    }
}
