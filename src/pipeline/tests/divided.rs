//! Runs whose events depend on each other come to the same with workers as with one thread, whatever
//! goes wrong.

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;

use super::ordered::{Came, ended};
use super::stateful::{Faults, State, Stateful, Watch, never};
use super::*;

/// Timestamps of a run that ends.
const COUNT: i64 = 60_000;

/// A run of some timestamps, or one that does not end.
fn run_of(count: Option<i64>, source: &Stateful) -> Setup {
    let mut setup = setup(count.unwrap_or(0), one, vec![target(|_| Then::Take)]);
    if count.is_none() {
        setup = setup.endless();
    }
    setup.parameters.batch.size = Some(5_000);
    setup.event = Some(Box::new(source.clone()));
    setup
}

fn with(workers: usize, setup: Setup) -> Run {
    let workers = NonZeroUsize::new(workers);
    Setup { workers, ..setup }.start()
}

/// What a run came to, and what was seen of it.
struct Ended {
    came: Came,
    watch: Arc<Watch>,
}

fn end(workers: usize, faults: Faults, make: &dyn Fn(&Stateful) -> Setup) -> Ended {
    let source = Stateful {
        mixed: true,
        faults,
        ..Stateful::default()
    };
    let came = ended(&with(workers, make(&source)));
    let watch = source.watch;
    Ended { came, watch }
}

impl Ended {
    fn last(&self) -> Option<State> {
        self.watch.last.lock().unwrap().clone()
    }
}

/// Compares runs of two to four threads with one of one thread, and gives that and the others.
fn alike(faults: Faults, make: impl Fn(&Stateful) -> Setup) -> (Came, Vec<Arc<Watch>>) {
    let alone = end(1, faults, &make);
    assert_eq!(Watch::count(&alone.watch.begun), 0);
    let mut watches = Vec::new();
    for workers in 2..=4 {
        let divided = end(workers, faults, &make);
        // Not with `assert_eq`: it would be much to read.
        let other = divided.came.lines.iter().zip(&alone.came.lines);
        let other = other.into_iter().position(|(here, there)| here != there);
        assert_eq!(other, None, "{workers} workers: first line that differs");
        assert!(divided.came == alone.came, "{workers} workers");
        assert!(Watch::count(&divided.watch.begun) > 0);
        if alone.came.reason == EndReason::Finished && alone.came.counted[5] == 0 {
            assert!(divided.last() == alone.last(), "{workers} workers: state");
        }
        watches.push(divided.watch);
    }
    (alone.came, watches)
}

/// All timestamps of a run with those faults.
fn all(faults: Faults) -> (Came, Vec<Arc<Watch>>) {
    let (came, watches) = alike(faults, |source| run_of(Some(COUNT), source));
    assert_eq!(came.reason, EndReason::Finished);
    assert_eq!(came.counted[0], COUNT.unsigned_abs());
    (came, watches)
}

fn each_has(watches: &[Arc<Watch>], counter: fn(&Watch) -> &AtomicU64) -> bool {
    watches.iter().all(|watch| Watch::count(counter(watch)) > 0)
}

#[test]
fn what_is_written_counted_and_kept_does_not_depend_on_the_workers() {
    let (came, watches) = all(Faults::default());
    assert!(came.errors.is_empty());
    // It never had to go back.
    assert!(!watches.iter().any(|watch| Watch::count(&watch.backs) > 0));
}

#[test]
fn workers_finish_what_the_stage_began() {
    let faults = Faults {
        waits: true,
        ..Faults::default()
    };
    let (_, watches) = all(faults);
    assert!(watches.iter().all(|watch| watch.helped() > 0));
    assert!(!watches.iter().any(|watch| Watch::count(&watch.backs) > 0));
}

#[test]
fn events_that_fail_are_those_that_fail_in_order() {
    fn seldom(index: u64) -> bool {
        index % 9_000 == 8_111
    }
    fn often(index: u64) -> bool {
        index % 700 == 693
    }
    fn in_a_row(index: u64) -> bool {
        (20_000..20_009).contains(&index) || index == COUNT.unsigned_abs() - 1
    }
    for fails in [seldom, often, in_a_row] {
        for slow_copies in [false, true] {
            let faults = Faults {
                fails,
                slow_copies,
                ..Faults::default()
            };
            let (came, watches) = all(faults);
            assert!(came.counted[4] > 5 && !came.errors.is_empty());
            // Then one does in every piece, also in those that are begun.
            let sure = fails(693);
            assert!(!sure || each_has(&watches, |watch| &watch.backs));
        }
    }
}

#[test]
fn what_cannot_be_begun_is_produced() {
    let seldom = Faults {
        stops: |index| index % 8_500 == 8_400,
        stumbles: |index| index % 30_000 == 29_000,
        ..Faults::default()
    };
    let (came, _) = all(seldom);
    assert!(came.errors.is_empty());
    let often = Faults {
        stops: |index| index > 10_000 && index % 1_000 == 900,
        stumbles: |index| index > 30_000 && index % 1_000 == 800,
        ..Faults::default()
    };
    let (came, watches) = all(often);
    assert!(came.errors.is_empty());
    assert!(each_has(&watches, |watch| &watch.backs));
}

#[test]
fn who_panics_while_finishing_leaves_it_to_the_stage() {
    let seldom = Faults {
        falls: |index| index % 10_000 == 9_999,
        ..Faults::default()
    };
    all(seldom);
    let often = Faults {
        falls: |index| index % 1_000 == 999,
        ..Faults::default()
    };
    let (_, watches) = all(often);
    assert!(each_has(&watches, |watch| &watch.backs));
    let faults = Faults {
        weak_workers: true,
        waits: true,
        ..Faults::default()
    };
    let (_, watches) = all(faults);
    assert!(watches.iter().all(|watch| watch.helped() > 0));
    assert!(each_has(&watches, |watch| &watch.backs));
}

#[test]
fn a_panic_of_the_source_comes_after_all_that_was_before_it() {
    let make = |workers| {
        let faults = Faults {
            breaks: |index| index == 40_000,
            ..Faults::default()
        };
        end(workers, faults, &|source| run_of(None, source))
    };
    let broken = EndReason::Failed("the event stage broke: it fell over".to_owned());
    let all = make(1).came.lines;
    for workers in 2..=4 {
        let came = make(workers).came;
        assert_eq!(came.reason, broken);
        // What was not yet handed on is lost with the stage.
        let both = came.lines.len().min(all.len());
        assert!(came.lines[..both] == all[..both], "{workers} workers");
        assert_eq!(came.counted[0] - came.counted[5], 40_000);
    }
}

#[test]
fn the_most_events_are_met_exactly() {
    for most in [1, 5_000, 30_001] {
        let (came, _) = alike_or_alone(most);
        assert_eq!(came.lines.len() as u64, most);
    }
}

/// Runs to a number of events; so few that nothing need be divided.
fn alike_or_alone(most: u64) -> (Came, Vec<Arc<Watch>>) {
    let make = |source: &Stateful| Setup {
        max_events: Some(most),
        ..run_of(None, source)
    };
    if most > 20_000 {
        return alike(Faults::default(), make);
    }
    let alone = end(1, Faults::default(), &make).came;
    for workers in 2..=4 {
        let came = end(workers, Faults::default(), &make).came;
        assert_eq!(came.lines, alone.lines);
    }
    (alone, Vec::new())
}

#[test]
fn an_exhausted_source_ends_with_what_came_before() {
    let faults = Faults {
        ends: 33_333,
        ..Faults::default()
    };
    let (came, watches) = alike(faults, |source| run_of(None, source));
    assert_eq!(came.reason, EndReason::Finished);
    assert_eq!(came.lines.last().unwrap(), "last");
    assert!(each_has(&watches, |watch| &watch.backs));
}

#[test]
fn batches_that_are_joined_are_those_of_the_timestamps_and_of_their_size() {
    for size in [700, 20_000] {
        let make = |source: &Stateful| {
            let mut setup = run_of(Some(COUNT), source);
            setup.targets[0].format = FormatConfig::JsonBatch(0);
            setup.parameters.batch.size = Some(size);
            setup
        };
        let (came, watches) = alike(Faults::default(), make);
        assert_eq!(came.reason, EndReason::Finished);
        let batches = COUNT.unsigned_abs().div_ceil(size as u64) as usize;
        if size == 700 {
            assert_eq!(came.lines.len(), batches);
        } else {
            // They are larger than what is joined.
            assert!(came.lines.len() > batches);
            assert!(each_has(&watches, |watch| &watch.backs));
        }
    }
}

#[test]
fn too_much_state_is_not_copied_again_and_again() {
    let faults = Faults {
        most_copied: 500,
        fails: |index| index % 12_000 == 11_000,
        ..Faults::default()
    };
    let (_, watches) = all(faults);
    assert!(each_has(&watches, |watch| &watch.refused));
    let refused = watches.iter().map(|watch| Watch::count(&watch.refused));
    // Rests double: 4,096, 8,192, 16,384 of what is left.
    assert!(refused.max().unwrap() <= 4);
}

#[test]
fn without_workers_the_stage_does_it_alone() {
    let faults = Faults {
        no_workers: true,
        fails: |index| index % 7_000 == 6_999,
        ..Faults::default()
    };
    let make = |source: &Stateful| run_of(Some(COUNT), source);
    let alone = end(1, faults, &make);
    for workers in 2..=4 {
        let none = end(workers, faults, &make);
        assert!(none.came == alone.came, "{workers} workers");
        assert!(none.last() == alone.last(), "{workers} workers");
        assert_eq!(none.watch.helped(), 0);
    }
}

/// Checks every line against the state that led to it: a line of `b` is missing when it was off, and
/// those of `fails` always are. Gives the lines of `b` that are missing.
fn follow(lines: &[String], prefixes: &[&str], fails: fn(u64) -> bool) -> u64 {
    let mut state = State::default();
    let mut lines = lines.iter().peekable();
    let mut missing = 0;
    while let Some(line) = lines.peek() {
        let index = state.index;
        let cast = state.before();
        let here = prefixes.iter().any(|prefix| **line == cast.text(prefix));
        if here {
            state.after(&cast);
            lines.next();
        } else if !fails(index) {
            assert_eq!(cast.alias, 1, "timestamp {index} at {line}");
            missing += 1;
        }
    }
    missing
}

#[test]
fn templates_switched_off_and_on_meanwhile_leave_one_history() {
    fn fails(index: u64) -> bool {
        index % 15_000 == 14_000
    }
    for slow_copies in [false, true] {
        let source = Stateful {
            faults: Faults {
                fails,
                slow_copies,
                ..Faults::default()
            },
            ..Stateful::default()
        };
        let run = with(3, run_of(None, &source));
        run.until(|stats| stats.events > 10_000);
        let watch = &source.watch;
        let mut off = false;
        // Until it was in force and some more had to be produced again.
        while Watch::count(&watch.backs) < 5 || run.running.stats().aliases[1].dropped == 0 {
            off = !off;
            let name = Arc::from("b");
            let control = run.running.control();
            control.apply(Change::Alias { name, off }).unwrap();
            let events = run.running.stats().events;
            run.until(|stats| stats.events > events + 1_000);
        }
        run.running.stop(PATIENCE);
        let came = ended(&run);
        assert_eq!(came.reason, EndReason::Stopped);
        let missing = follow(&came.lines, &[""], fails);
        let [[_, a_failed, 0], [_, b_failed, dropped]] = came.aliases[..] else {
            panic!("{:?}", came.aliases);
        };
        // Those behind the last line cannot be told from the lines.
        assert!((0..3).contains(&(dropped - missing)), "{dropped} {missing}");
        assert_eq!(a_failed + b_failed, came.counted[4]);
        assert_eq!(dropped, came.counted[3]);
    }
}

#[test]
fn a_source_that_takes_the_place_of_another_goes_on_with_its_state() {
    let source = |prefix| Stateful {
        prefix,
        ..Stateful::default()
    };
    let (old, new) = (source("old "), source("new "));
    let run = with(3, run_of(None, &old));
    let begun = |source: &Stateful| Watch::count(&source.watch.begun);
    run.until(|_| begun(&old) > 20_000);
    let plan = Plan {
        event_digest: 1,
        ..plan(
            vec![Ticks {
                count: None,
                ..ticks(0)
            }],
            Box::new(new.clone()),
            vec![Box::new(target(|_| Then::Take))],
        )
    };
    let examined = run.running.examine(plan, Arc::new(Disk)).unwrap();
    assert_eq!(examined.words(), "the event source");
    run.running.take(examined).unwrap();
    // It is divided too, after its trial.
    run.until(|_| begun(&new) > 20_000);
    run.running.stop(PATIENCE);
    let came = ended(&run);
    assert_eq!(came.reason, EndReason::Stopped);
    assert_eq!(follow(&came.lines, &["old ", "new "], never), 0);
    let prefixes: HashSet<&str> = came.lines.iter().map(|line| &line[1..4]).collect();
    assert_eq!(prefixes.len(), 2);
    let change = came.lines.windows(2);
    let changes = change.filter(|pair| pair[0][1..4] != pair[1][1..4]).count();
    assert_eq!(changes, 1);
}
