//! Whatever is done to a run, in whatever order, its accounts balance at every look and at its end.

use proptest::prelude::*;

use super::source::{both, by_turns};
use super::stateful::{Faults, Stateful};
use super::*;
use crate::output::OnFailure;
use crate::time::{Pace, SECOND_US};

/// Something that somebody does, or that happens.
#[derive(Clone, Debug)]
enum Act {
    Change(Change),
    /// Event time is moved on by so many seconds.
    Skip(i64),
    Pass(i64),
    Jump(i64),
    Ask,
    /// Others have their turn.
    Yield,
}

fn act() -> impl Strategy<Value = Act> {
    let change = prop_oneof![
        2 => Just(Change::Pause),
        3 => any::<bool>().prop_map(|skip| Change::Resume { skip }),
        1 => prop_oneof![Just(None), Just(Pace::speed(3.0)), Just(Pace::parse("minute/1s").ok())]
            .prop_map(Change::Pace),
        2 => prop_oneof![Just(0.0), Just(0.3), Just(1.0), Just(2.5)].prop_map(Change::Gain),
        1 => proptest::option::of(Just(1_000.0)).prop_map(Change::RateLimit),
        4 => (0_usize..3, any::<bool>())
            .prop_map(|(index, paused)| Change::Output { index, paused }),
        2 => (0_usize..3).prop_map(Change::Retry),
        4 => (prop_oneof![Just("a"), Just("b"), Just("c")], any::<bool>())
            .prop_map(|(name, off)| Change::Alias { name: Arc::from(name), off }),
    ];
    prop_oneof![
        6 => change.prop_map(Act::Change),
        2 => (-10_i64..100).prop_map(Act::Skip),
        4 => (0_i64..50).prop_map(Act::Pass),
        1 => (-50_i64..50).prop_map(Act::Jump),
        1 => Just(Act::Ask),
        4 => Just(Act::Yield),
    ]
}

fn flaky(on_failure: OnFailure) -> Target {
    let mut target = target(|call| match call % 7 {
        2 | 3 => Then::Down,
        5 => Then::Refuse,
        _ => Then::Take,
    });
    target.delivery.on_failure = on_failure;
    target.delivery.retry.attempts = 1;
    target.delivery.retry.initial = Duration::from_micros(1);
    target.delivery.retry.max = Duration::from_micros(50);
    target.delivery.circuit.failures = 2;
    target.delivery.circuit.probe = Duration::from_micros(20);
    target
}

fn perform(run: &Run, act: &Act) {
    // What is refused is refused; the accounts have to balance all the same.
    match act {
        Act::Change(change) => drop(run.running.control().apply(change.clone())),
        Act::Skip(seconds) => {
            let at_us = run.running.stats().position_us.unwrap_or(0);
            let change = Change::SkipTo(at_us + seconds * SECOND_US);
            drop(run.running.control().apply(change));
        }
        Act::Pass(seconds) => run.clock.pass(seconds * SECOND_US),
        Act::Jump(seconds) => run.clock.jump(seconds * SECOND_US),
        Act::Ask => drop(run.running.tail(0, 10)),
        Act::Yield => (0..20).for_each(|_| std::thread::yield_now()),
    }
    run.running.poke();
}

fn balanced(reason: &EndReason, stats: &Stats) {
    let events: u64 = stats.aliases.iter().map(|one| one.events).sum();
    assert_eq!(events, stats.events, "{stats:?}");
    // A run that is given up does not wait for a write that is under way.
    for output in stats
        .outputs
        .iter()
        .filter(|_| *reason != EndReason::Aborted)
    {
        assert_eq!(output.in_flight, 0, "{stats:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The equations are checked by `end`.
    #[test]
    fn accounts_balance_whatever_is_done(
        acts in proptest::collection::vec(act(), 0..60),
        live in any::<bool>(),
        step in prop_oneof![Just(SECOND_US), Just(SECOND_US / 50)],
        several in any::<bool>(),
        divided in any::<bool>(),
        workers in prop_oneof![Just(None), Just(NonZeroUsize::new(3))],
        end in prop_oneof![3 => Just(PATIENCE), 1 => Just(Duration::ZERO)],
        abort in prop_oneof![4 => Just(false), 1 => Just(true)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let targets = vec![flaky(OnFailure::Block), flaky(OnFailure::DeadLetter)];
        let produce = if several { both } else { by_turns };
        let mut setup = setup(0, produce, targets).endless();
        setup.inputs[0].step_us = step;
        setup.parameters.live_mode = live;
        setup.parameters.skip_past = false;
        if divided {
            let faults = Faults { fails: |index| index % 6_000 == 5_999, ..Faults::default() };
            setup.event = Some(Box::new(Stateful { faults, ..Stateful::default() }));
        }
        let (workers, base) = (workers, folder.path().to_owned());
        let run = Setup { workers, base, ..setup }.start();
        run.running.wait_started().unwrap();
        for act in &acts {
            perform(&run, act);
        }
        let hopeless = matches!(run.running.state(), State::Ended(_));
        if abort {
            run.running.abort();
        } else {
            run.running.stop(end);
        }
        let (reason, stats) = run.end();
        balanced(&reason, &stats);
        let [blocking, keeping] = &stats.outputs[..] else {
            panic!("{stats:?}");
        };
        if reason == EndReason::Stopped && !hopeless {
            // Two attempts in seven are refused for good; nothing else is lost.
            let letters = std::fs::read_to_string(folder.path().join("dead-letters/2-target.ndjson"));
            let letters = letters.unwrap_or_default().lines().count() as u64;
            prop_assert_eq!(letters, keeping.dead_lettered);
            prop_assert_eq!(keeping.write_failed, 0);
            prop_assert_eq!(keeping.written + keeping.dead_lettered, stats.events);
            prop_assert_eq!(blocking.written + blocking.write_failed, stats.events);
        }
        for (seen, output) in run.seen.iter().zip(&stats.outputs) {
            let lines = seen.lines();
            prop_assert!(lines.len() as u64 == output.written || reason == EndReason::Aborted);
            let mut once = lines.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), lines.len(), "sent twice");
        }
    }
}
