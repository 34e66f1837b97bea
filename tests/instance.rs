//! The instance in this process: start, status, stop, abort, errors, and what is kept after the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/way.rs"]
#[allow(dead_code, reason = "shared by several suites")]
mod way;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use evtui::config::Parameters;
use evtui::instance::{GeneratorSpec, GeneratorStatus, Handle, InstanceError, discard};
use evtui::output::Streams;
use evtui::pipeline::{Change, EndReason, State};
use way::local;

/// Awaits on a runtime of the test's own, as a face would.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

const PATIENCE: Duration = Duration::from_secs(20);

fn project(input: &str, output: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lines.log"), "one\ntwo\n").unwrap();
    let document = format!(
        "input:\n- {input}\nevent:\n  replay: {{path: lines.log, repeat: true}}\noutput:\n- {output}\n"
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    folder
}

fn spec(folder: &Path, live_mode: bool) -> GeneratorSpec {
    GeneratorSpec {
        id: "lines".to_owned(),
        project: folder.to_owned(),
        parameters: Parameters {
            live_mode,
            ..Parameters::default()
        },
        seed: None,
    }
}

fn status(instance: &Handle) -> GeneratorStatus {
    block_on(instance.status("lines")).unwrap()
}

fn until(instance: &Handle, met: impl Fn(&GeneratorStatus) -> bool) -> GeneratorStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = status(instance);
        if met(&status) {
            return status;
        }
        assert!(Instant::now() < deadline, "{status:?}");
        std::thread::yield_now();
    }
}

fn ended(status: &GeneratorStatus) -> bool {
    matches!(status.state, Some(State::Ended(_)))
}

#[test]
fn a_run_is_seen_while_it_works_and_after_its_end() {
    let folder = project("cron: {expression: '* * * * * *', count: 1}", "stdout: {}");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let instance = local(Streams::Captured(Arc::new(move |_, bytes| {
        sink.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    })))
    .unwrap();
    assert!(block_on(instance.status("lines")).is_none());
    block_on(instance.start(spec(folder.path(), false))).unwrap();
    until(&instance, |status| status.stats.events > 1_000);
    assert_eq!(status(&instance).state, Some(State::Running));
    let again = block_on(instance.start(spec(folder.path(), false)));
    assert!(matches!(again, Err(InstanceError::Running(_))));

    block_on(instance.stop("lines")).unwrap();
    let last = until(&instance, ended);
    assert_eq!(last.state, Some(State::Ended(EndReason::Stopped)));
    assert_eq!(last.stats.outputs[0].written, last.stats.events);
    let lines = seen
        .lock()
        .unwrap()
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count();
    assert_eq!(lines as u64, last.stats.events);
    assert_eq!(status(&instance).stats, last.stats);
    assert_eq!(block_on(instance.list()).len(), 1);
}

#[test]
fn a_generator_can_run_again_after_its_end() {
    let folder = project("static: {count: 3}", "drop: {}");
    let instance = local(discard()).unwrap();
    for _ in 0..3 {
        block_on(instance.start(spec(folder.path(), false))).unwrap();
        let last = until(&instance, ended);
        assert_eq!(last.state, Some(State::Ended(EndReason::Finished)));
        assert_eq!(last.stats.events, 3);
    }
}

#[test]
fn an_unsound_project_gives_its_problems_and_stays_listed() {
    let folder = project("static: {count: -1}", "dorp: {}");
    let instance = local(discard()).unwrap();
    let error = block_on(instance.start(spec(folder.path(), false))).unwrap_err();
    let InstanceError::Invalid(problems) = error else {
        panic!("{error:?}");
    };
    assert_eq!(problems.0.len(), 2, "{problems:?}");
    let state = status(&instance).state;
    assert!(matches!(state, Some(State::Ended(EndReason::Failed(_)))));

    // Repaired, it starts.
    let sound = project("static: {count: 1}", "drop: {}");
    block_on(instance.start(spec(sound.path(), false))).unwrap();
}

#[test]
fn a_run_is_changed_while_it_works_and_not_after_its_end() {
    let folder = project("cron: {expression: '* * * * * *', count: 1}", "drop: {}");
    let instance = local(discard()).unwrap();
    block_on(instance.start(spec(folder.path(), false))).unwrap();
    until(&instance, |status| status.stats.events > 0);
    let change = |change| block_on(instance.control("lines", change));
    change(Change::Pause).unwrap();
    assert!(status(&instance).stats.settings.paused);
    change(Change::Gain(3.0)).unwrap();
    assert!(matches!(
        change(Change::Gain(-3.0)),
        Err(InstanceError::Change(_))
    ));
    let before = status(&instance).stats.events;
    change(Change::Resume { skip: false }).unwrap();
    until(&instance, |status| status.stats.events > before + 100_000);
    change(Change::MaxEvents(Some(1))).unwrap();
    let last = until(&instance, ended);
    assert_eq!(last.state, Some(State::Ended(EndReason::Finished)));
    assert!(matches!(change(Change::Pause), Err(InstanceError::Idle(_))));
}

#[test]
fn unknown_generators_are_named() {
    let instance = local(discard()).unwrap();
    let error = block_on(instance.stop("nobody")).unwrap_err();
    assert!(matches!(error, InstanceError::Unknown(id) if id == "nobody"));
}

#[test]
fn shutdown_ends_live_runs_that_wait_for_their_time() {
    let folder = project("cron: {expression: '0 0 1 1 *', count: 1}", "drop: {}");
    let instance = local(discard()).unwrap();
    block_on(instance.start(spec(folder.path(), true))).unwrap();
    assert_eq!(status(&instance).state, Some(State::Running));
    block_on(instance.shutdown());
    let last = status(&instance);
    assert_eq!(last.state, Some(State::Ended(EndReason::Stopped)));
    assert_eq!(last.stats.released, 0);
}

#[test]
fn an_instance_can_be_dropped_inside_a_runtime_of_the_face() {
    let folder = project("cron: {expression: '* * * * * *', count: 1}", "drop: {}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let instance = local(discard()).unwrap();
        instance.start(spec(folder.path(), false)).await.unwrap();
        drop(instance);
    });
}
