//! What ends a run before it works.

use super::*;

#[test]
fn what_cannot_start_says_why_and_opens_nothing_after_it() {
    let mut broken = setup(1, one, vec![target(|_| Then::Take)]);
    broken.build = Err("unknown filter".to_owned());
    let run = broken.start();
    let problems = run.running.wait_started().unwrap_err();
    assert_eq!(problems.0[0].message, "unknown filter");
    assert_eq!(run.end().0, EndReason::Failed("unknown filter".to_owned()));

    let mut closed = target(|_| Then::Take);
    closed.open = Err("cannot open".to_owned());
    let run = setup(1, one, vec![target(|_| Then::Take), closed])
        .endless()
        .start();
    let problems = run.running.wait_started().unwrap_err();
    assert_eq!(problems.0[0].setting, "output[1].target");
    let (reason, stats) = run.end();
    assert_eq!(reason, EndReason::Failed("cannot open".to_owned()));
    assert_eq!(stats.events, 0);
}

#[test]
fn a_stop_while_the_source_is_built_opens_nothing() {
    let gate = Arc::new(Seen::default());
    let mut setup = setup(0, one, vec![target(|_| Then::Take)]).endless();
    setup.gate = Some(gate.clone());
    let run = setup.start();
    assert_eq!(run.running.state(), State::Starting);
    run.running.stop(PATIENCE);
    gate.open_gate();
    let (reason, stats) = run.end();
    assert_eq!((reason, stats.events), (EndReason::Stopped, 0));
    assert_eq!(run.seen[0].opened.load(Ordering::SeqCst), 0);
}

#[test]
fn an_abort_does_not_wait_for_a_source_that_never_gets_built() {
    let gate = Arc::new(Seen::default());
    let mut setup = setup(0, one, vec![target(|_| Then::Take)]).endless();
    setup.gate = Some(gate.clone());
    let run = setup.start();
    run.running.abort();
    assert_eq!(run.end().0, EndReason::Aborted);
    gate.open_gate();
}
