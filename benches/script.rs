//! How fast events of a Python script are, beside the reference that calls the same script in its own
//! process.
//!
//! ```text
//! cargo bench --bench script
//! EVTUI_REFERENCE=path/to/eventum cargo bench --bench script
//! ```
//!
//! Both run the same project in sample mode into a file, one after the other, `EVTUI_BENCH_ROUNDS` times
//! (3); the medians are compared. The time of a run with few events is taken off, so that starting up
//! does not count. Without the variable only evtui runs. `PYTHON` names the interpreter for evtui; take
//! that of the reference for a fair comparison.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const SCRIPTS: [(&str, &str); 2] = [
    ("constant", "def produce(params):\n    return 'a line'\n"),
    (
        "json",
        "import json, random\n\ndef produce(params):\n    return json.dumps({\n        '@timestamp': params['timestamp'].isoformat(),\n        'tags': list(params['tags']),\n        'user': random.choice(['ada', 'grace', 'alan']),\n        'bytes': random.randint(100, 90000),\n    })\n",
    ),
];

const FEW: u64 = 1_000;

fn main() {
    let rounds = std::env::var("EVTUI_BENCH_ROUNDS").ok();
    let rounds: usize = rounds.and_then(|text| text.parse().ok()).unwrap_or(3);
    let reference = std::env::var_os("EVTUI_REFERENCE").map(PathBuf::from);
    if reference.is_none() {
        println!("reference: not run, EVTUI_REFERENCE is not set");
    }
    for (name, script) in SCRIPTS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            ours.push(rate(script, 400_000, |project, out| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
                command.args(["generate", "--sample"]).arg(project);
                command.stderr(Stdio::null());
                let _ = out;
                command
            }));
            if let Some(reference) = &reference {
                theirs.push(rate(script, 60_000, |project, _| {
                    let mut command = Command::new(reference);
                    command
                        .args(["generate", "--path"])
                        .arg(project.join("generator.yml"));
                    command.args(["--id", "bench", "--live-mode", "false"]);
                    command.args(["--batch.size", "10000"]);
                    command.stderr(Stdio::null());
                    command
                }));
            }
        }
        let ours = median(ours);
        println!("{name}: evtui {ours:.0} events/s");
        if reference.is_some() {
            let theirs = median(theirs);
            println!(
                "{name}: reference {theirs:.0} events/s, ratio {:.1}",
                ours / theirs
            );
        }
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Events per second beyond the first few.
fn rate(script: &str, events: u64, command: impl Fn(&Path, &Path) -> Command) -> f64 {
    let few = seconds(script, FEW, &command);
    let all = seconds(script, events, &command);
    (events - FEW) as f64 / (all - few).max(1e-9)
}

fn seconds(script: &str, events: u64, command: &impl Fn(&Path, &Path) -> Command) -> f64 {
    let project = tempfile::tempdir().unwrap();
    let out = project.path().join("events.log");
    std::fs::write(project.path().join("s.py"), script).unwrap();
    let document = format!(
        "input:\n  - static: {{count: {events}, tags: [bench]}}\nevent:\n  script: {{path: s.py}}\noutput:\n  - file: {{path: {}, write_mode: overwrite}}\n",
        out.display()
    );
    std::fs::write(project.path().join("generator.yml"), document).unwrap();
    let began = Instant::now();
    let mut command = command(project.path(), &out);
    let status = command.stdout(Stdio::null()).status().expect("it starts");
    let took = began.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?}: {status}");
    let written = std::fs::read(&out).unwrap();
    let lines = memchr::memchr_iter(b'\n', &written).count() as u64;
    assert_eq!(lines, events, "{command:?}");
    took
}
