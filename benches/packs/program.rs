//! Events per second of the program itself, as a user runs it on two cores, by the clock.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::copy::copied;
use super::number;
use super::project::{self, Project};

/// Bytes of the longer run's output: few enough to stay in the system's memory.
const OUTPUT_BYTES: f64 = 512e6;

/// Events per second of a project whose events have `size` bytes, where one thread makes `expected` of
/// them in a second: from the difference of a long and a short run, so that starting up is left out.
pub fn rate(project: &Project, expected: f64, size: f64) -> f64 {
    let seconds = number("EVTUI_BENCH_MILLISECONDS", 400) as f64 / 1000.0;
    let most = (OUTPUT_BYTES / size).min(12e6);
    let events = (expected * seconds * 5.0).min(most) as u64;
    let short = run(project, events / 5);
    let long = run(project, events);
    (events - events / 5) as f64 / (long - short)
}

/// Seconds of a whole run that makes `events` events.
fn run(project: &Project, events: u64) -> f64 {
    let copy = copied(&project.path);
    let config = project::finite(copy.path(), events);
    let start = Instant::now();
    let done = generate(&config);
    let spent = start.elapsed().as_secs_f64();
    assert!(done, "{}: the run failed", project.name);
    let written = std::fs::File::open(copy.path().join(project::OUTPUT)).unwrap();
    assert!(
        written.metadata().unwrap().len() >= events,
        "nothing is lost"
    );
    spent
}

fn generate(config: &Path) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command
        .args(["generate", "--id", "bench", "--live-mode", "false"])
        .arg("--path")
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().expect("the program starts").success()
}
