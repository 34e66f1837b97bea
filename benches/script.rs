//! How fast events of a Python script are, beside the reference that calls the same script in its own
//! process.
//!
//! ```text
//! cargo bench --bench script
//! PYTHON=path/to/python EVTUI_REFERENCE_PYTHON=path/to/python cargo bench --bench script
//! ```
//!
//! Ours is a whole run in sample mode into a file, less a run with few events, so that starting up does
//! not count. The reference's is its script plugin alone, called in a loop by the interpreter that
//! `EVTUI_REFERENCE_PYTHON` names (one that can import `eventum`): no timestamps, no output. They
//! alternate, `EVTUI_BENCH_ROUNDS` times (3), and medians are compared. `PYTHON` names the interpreter of
//! evtui's worker; take the same for a fair comparison.
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
const EVENTS: u64 = 400_000;

/// Calls the reference's plugin and prints the seconds that it took.
const LOOP: &str = "
import sys, time
from datetime import datetime, timezone
from pathlib import Path
from eventum.plugins.event.plugins.script.config import ScriptEventPluginConfig
from eventum.plugins.event.plugins.script.plugin import ScriptEventPlugin

folder, count = Path(sys.argv[1]), int(sys.argv[2])
plugin = ScriptEventPlugin(
    ScriptEventPluginConfig(path=Path('s.py')), {'id': 1, 'base_path': folder}
)
now = datetime.now(tz=timezone.utc)
began = time.perf_counter()
for _ in range(count):
    plugin.produce({'timestamp': now, 'tags': ('bench',)})
print(time.perf_counter() - began)
";

fn main() {
    let rounds = std::env::var("EVTUI_BENCH_ROUNDS").ok();
    let rounds: usize = rounds.and_then(|text| text.parse().ok()).unwrap_or(3);
    let reference = std::env::var_os("EVTUI_REFERENCE_PYTHON").map(PathBuf::from);
    if reference.is_none() {
        println!("reference: not run, EVTUI_REFERENCE_PYTHON is not set");
    }
    for (name, script) in SCRIPTS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let few = seconds(script, FEW);
            let all = seconds(script, EVENTS);
            ours.push((EVENTS - FEW) as f64 / (all - few).max(1e-9));
            if let Some(python) = &reference {
                theirs.push(EVENTS as f64 / in_process(python, script));
            }
        }
        let ours = median(ours);
        println!("{name}: evtui {ours:.0} events/s");
        if reference.is_some() {
            let theirs = median(theirs);
            let ratio = ours / theirs;
            println!("{name}: the reference's plugin {theirs:.0} events/s, ratio {ratio:.2}");
        }
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Seconds of the reference's plugin in a loop.
fn in_process(python: &Path, script: &str) -> f64 {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("s.py"), script).unwrap();
    let mut command = Command::new(python);
    command.args(["-c", LOOP]).arg(project.path());
    let out = command.arg(EVENTS.to_string()).output().expect("it starts");
    let said = String::from_utf8_lossy(&out.stdout);
    let last = said.lines().last().and_then(|line| line.parse().ok());
    last.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&out.stderr)))
}

/// Seconds of a whole run.
fn seconds(script: &str, events: u64) -> f64 {
    let project = tempfile::tempdir().unwrap();
    let out = project.path().join("events.log");
    std::fs::write(project.path().join("s.py"), script).unwrap();
    let document = format!(
        "input:\n  - static: {{count: {events}, tags: [bench]}}\nevent:\n  script: {{path: s.py}}\noutput:\n  - file: {{path: {}, write_mode: overwrite}}\n",
        out.display()
    );
    std::fs::write(project.path().join("generator.yml"), document).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command.args(["generate", "--sample"]).arg(project.path());
    let began = Instant::now();
    let status = command.stderr(Stdio::null()).status().expect("it starts");
    let took = began.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?}: {status}");
    let written = std::fs::read(&out).unwrap();
    let lines = memchr::memchr_iter(b'\n', &written).count() as u64;
    assert_eq!(lines, events, "{command:?}");
    took
}
