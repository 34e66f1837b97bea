//! The merge against a plain sort.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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

fn feeds(lists: &[(Vec<i64>, bool)]) -> Merge {
    let inputs = lists.iter().map(|(list, fails)| {
        Box::new(List(list.iter().copied().collect(), *fails)) as Box<dyn Input>
    });
    Merge::new(inputs.collect())
}

/// Everything that is left, asked for `max` at a time.
fn rest(merge: &mut Merge, max: usize) -> Vec<(i64, u16)> {
    let mut all = Vec::new();
    loop {
        let mut batch = TimestampBatch::default();
        let more = merge.fill(max, &mut batch);
        assert!(batch.len() <= max);
        assert!(!more || batch.len() == max);
        all.extend(batch.moments.iter().map(|at| at.wall_us).zip(batch.inputs));
        if !more {
            return all;
        }
    }
}

/// All of them in order of time, then of inputs.
fn sorted(lists: &[(Vec<i64>, bool)]) -> Vec<(i64, u16)> {
    let mut all: Vec<(i64, u16)> = lists
        .iter()
        .zip(0..)
        .flat_map(|((list, _), index)| list.iter().map(move |&at| (at, index)))
        .collect();
    all.sort_unstable();
    all
}

/// Inputs with their timestamps in order; some of them fail at their end.
fn lists(most: usize, len: usize) -> impl Strategy<Value = Vec<(Vec<i64>, bool)>> {
    let list = prop::collection::vec(0_i64..50, 0..len).prop_map(|mut list| {
        list.sort_unstable();
        list
    });
    prop::collection::vec((list, prop::bool::weighted(0.2)), 0..most)
}

proptest! {
    #[test]
    fn is_a_stable_sort_of_everything(lists in lists(5, 2_000), max in 1_usize..700) {
        let mut merge = feeds(&lists);
        prop_assert_eq!(rest(&mut merge, max), sorted(&lists));
        let mut failed: Vec<usize> =
            std::iter::from_fn(|| merge.failure()).map(|(index, _)| index).collect();
        failed.sort_unstable();
        let expected: Vec<usize> = (0..lists.len()).filter(|&index| lists[index].1).collect();
        prop_assert_eq!(failed, expected);
    }

    #[test]
    fn any_number_of_inputs_stays_in_order(lists in lists(70, 40), max in 1_usize..100) {
        prop_assert_eq!(rest(&mut feeds(&lists), max), sorted(&lists));
    }

    #[test]
    fn a_seek_leaves_out_exactly_what_lies_before(
        lists in lists(6, 3_000), taken in 0_usize..4_000, instant in 0_i64..60, max in 1_usize..700,
    ) {
        let mut merge = feeds(&lists);
        let mut batch = TimestampBatch::default();
        merge.fill(taken, &mut batch);
        merge.seek(instant);
        let expected: Vec<(i64, u16)> = sorted(&lists)
            .into_iter()
            .skip(batch.len())
            .filter(|&(at, _)| at >= instant)
            .collect();
        prop_assert_eq!(rest(&mut merge, max), expected);
    }
}

#[test]
fn a_failing_input_is_reported_and_left_out() {
    let mut merge = feeds(&[(vec![1, 3], true), (vec![2], true)]);
    assert_eq!(rest(&mut merge, 2), [(1, 0), (2, 1), (3, 0)]);
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
