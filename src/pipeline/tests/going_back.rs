//! The event stage comes again to where it was before a piece that it began.

use super::stateful::{State, Stateful};
use super::*;
use crate::batch::TimestampBatch;
use crate::event::LegacyCopy;
use crate::pipeline::crew::Board;
use crate::pipeline::divided::Divided;
use crate::pipeline::event_stage::{self, Stage, Waiting};
use crate::pipeline::job::Piece;
use crate::pipeline::shared::Shared;

const LEN: usize = 100;

/// A run that waits for what is never due, for what a stage knows of a run.
fn waiting() -> Run {
    let setup = setup(0, one, vec![target(|_| Then::Take)]).endless().live();
    setup.clock.set(-3_600_000_000);
    let run = setup.start();
    run.running.wait_started().unwrap();
    // The event stage made its source known.
    run.until(|stats| stats.aliases.len() == 2);
    run
}

/// A stage of its own beside that of the run.
fn stage<'a>(shared: &'a Shared, source: &Stateful) -> Stage<'a> {
    let setup = event_stage::Setup {
        name: "source".to_owned(),
        tags: Vec::new(),
        aliases: Vec::new(),
        joined: false,
        workers: 2,
        eager: true,
    };
    let maker = shared.with_now(|now| now.maker.clone()).unwrap();
    Stage::new(source.source(), setup, maker, shared)
}

/// The piece with that number.
fn piece(number: usize) -> Piece {
    let mut timestamps = TimestampBatch::default();
    for _ in 0..LEN {
        let at = Moment {
            wall_us: 0,
            offset_s: 0,
        };
        timestamps.push(at, 0);
    }
    Piece {
        index: (number * LEN) as u64,
        timestamps: Arc::new(timestamps),
        range: 0..LEN,
    }
}

fn produce(stage: &mut Stage<'_>, piece: &Piece) {
    let mut waiting = Waiting::new(&piece.timestamps, stage.shared);
    assert!(stage.produce(&piece.timestamps, piece.range.clone(), &mut waiting));
}

fn state(stage: &Stage<'_>) -> State {
    let copy: LegacyCopy = stage.source.legacy_copy().unwrap();
    copy.get::<State>().unwrap().clone()
}

/// The state after pieces, in each of which `b` is on or off.
fn after(off: &[bool]) -> State {
    let mut state = State::default();
    for &off in off {
        for _ in 0..LEN {
            let cast = state.before();
            if cast.alias == 0 || !off {
                state.after(&cast);
            }
        }
    }
    state
}

/// Copies take so long that there is one only.
fn source() -> Stateful {
    let mut source = Stateful::default();
    source.faults.slow_copies = true;
    source
}

#[test]
fn what_was_off_then_is_off_again_and_what_is_on_now_is_on() {
    let run = waiting();
    let shared = run.running.shared_for_tests();
    let source = source();
    let mut stage = stage(&shared, &source);
    let (board, mut divided) = (Board::default(), Divided::default());
    let _worker = board.enlist();
    for (number, off) in [false, true, false].into_iter().enumerate() {
        shared.aliases.switch("b", off).unwrap();
        let (_, left_out) = divided.begin(&mut stage, &piece(number), &board).unwrap();
        // A third of them are of `b`.
        let count = left_out.iter().map(|(_, count)| count).sum::<u64>();
        assert_eq!(count, if off { 34 } else { 0 });
    }
    assert_eq!(state(&stage), after(&[false, true, false]));
    divided.give_up(&piece(2), LEN as u64, true);
    assert!(divided.begin(&mut stage, &piece(3), &board).is_none());
    assert!(divided.come_to(&mut stage, &piece(2)));
    assert_eq!(state(&stage), after(&[false, true]));
    assert!(stage.source.left_out().is_empty());
    produce(&mut stage, &piece(2));
    assert_eq!(state(&stage), after(&[false, true, false]));
    assert_eq!(stage.batch.len(), LEN);
    // It rests.
    assert!(divided.begin(&mut stage, &piece(3), &board).is_none());
    run.running.abort();
}

#[test]
fn pieces_produced_between_those_that_were_begun_are_produced_again() {
    let run = waiting();
    let shared = run.running.shared_for_tests();
    let source = source();
    let mut stage = stage(&shared, &source);
    let (board, mut divided) = (Board::default(), Divided::default());
    let _worker = board.enlist();
    divided.begin(&mut stage, &piece(0), &board).unwrap();
    divided.passed(LEN as u64);
    produce(&mut stage, &piece(1));
    divided.produced_alone(piece(1), stage.switches.off());
    divided.begin(&mut stage, &piece(2), &board).unwrap();
    divided.give_up(&piece(2), LEN as u64, false);
    assert!(divided.come_to(&mut stage, &piece(2)));
    assert_eq!(state(&stage), after(&[false, false]));
    // Nothing failed, so it does not rest.
    produce(&mut stage, &piece(2));
    assert!(divided.begin(&mut stage, &piece(3), &board).is_some());
    assert_eq!(state(&stage), after(&[false; 4]));
    run.running.abort();
}

#[test]
fn without_workers_nothing_is_begun() {
    let run = waiting();
    let shared = run.running.shared_for_tests();
    let mut stage = stage(&shared, &Stateful::default());
    let (board, mut divided) = (Board::default(), Divided::default());
    let worker = board.enlist();
    assert!(divided.begin(&mut stage, &piece(0), &board).is_some());
    drop(worker);
    assert!(divided.begin(&mut stage, &piece(1), &board).is_none());
    // What was begun can still be taken back.
    divided.give_up(&piece(0), LEN as u64, true);
    assert!(divided.come_to(&mut stage, &piece(0)));
    assert_eq!(state(&stage), State::default());
    run.running.abort();
}

#[test]
fn what_is_given_up_can_end_with_the_run() {
    let run = waiting();
    let shared = run.running.shared_for_tests();
    let mut stage = stage(&shared, &source());
    let (board, mut divided) = (Board::default(), Divided::default());
    let _worker = board.enlist();
    for number in 0..2 {
        divided.begin(&mut stage, &piece(number), &board).unwrap();
    }
    divided.give_up(&piece(1), LEN as u64, true);
    run.running.abort();
    run.end();
    assert!(!divided.come_to(&mut stage, &piece(1)));
}
