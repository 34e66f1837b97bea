//! The reference's events per CPU second.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::copy::copied;
use super::number;
use super::project::{self, Project};

/// Figures of former runs, when asked for.
pub struct Cache(Option<PathBuf>);

impl Cache {
    pub fn open() -> Self {
        Self(std::env::var_os("EVTUI_BENCH_CACHE").map(PathBuf::from))
    }

    /// Events per CPU second of the reference, measured now unless it is known.
    pub fn rate(&self, reference: &Path, project: &Project) -> f64 {
        let Some(file) = &self.0 else {
            return rate(reference, project);
        };
        let mut known = std::fs::read_to_string(file).unwrap_or_default();
        let mark = format!("{} ", project.name);
        if let Some(found) = known.lines().find_map(|line| line.strip_prefix(&mark)) {
            return found.parse().expect("a number");
        }
        let rate = rate(reference, project);
        known.push_str(&format!("{mark}{rate:.1}\n"));
        std::fs::write(file, known).unwrap();
        rate
    }
}

fn rate(reference: &Path, project: &Project) -> f64 {
    let events = number("EVTUI_REFERENCE_EVENTS", 30_000);
    let short = run(reference, project, events / 4);
    let long = run(reference, project, events);
    (events - events / 4) as f64 / (long - short).max(0.01)
}

/// CPU seconds of a whole run that makes `events` events.
fn run(reference: &Path, project: &Project, events: u64) -> f64 {
    let copy = copied(&project.path);
    let config = project::finite(copy.path(), events);
    for _ in 0..8 {
        let spent = finished(reference, &config);
        let written = std::fs::read(copy.path().join(project::OUTPUT)).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', &written).count() as u64;
        // It may lose its last batch on its way out.
        if lines * 2 > events {
            return spent * events as f64 / lines as f64;
        }
    }
    panic!("{}: the reference hangs or fails", project.name);
}

/// CPU seconds of a run. One that stands still is ended: the reference sometimes hangs in its start, and
/// sometimes when it has written everything.
fn finished(reference: &Path, config: &Path) -> f64 {
    let before = children();
    let mut child = Command::new(reference)
        .args(["generate", "--id", "bench", "--live-mode", "false"])
        .args(["--keep-order", "true", "--batch.size", "10000", "--path"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the reference starts");
    let own = format!("/proc/{}/stat", child.id());
    let (mut last, mut since) = (0.0, Instant::now());
    loop {
        if child.try_wait().unwrap().is_some() {
            return children() - before;
        }
        let spent = ticks(&own, 11);
        if spent - last > 0.05 {
            (last, since) = (spent, Instant::now());
        } else if since.elapsed() > Duration::from_secs(8) {
            let _ = child.kill();
            child.wait().unwrap();
            return children() - before;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// CPU seconds of all processes waited for.
fn children() -> f64 {
    ticks("/proc/self/stat", 13)
}

/// The sum of a time in user mode and the one in the system that follows it, in seconds.
fn ticks(stat: &str, at: usize) -> f64 {
    let stat = std::fs::read_to_string(stat).expect("a system with /proc");
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> f64 { fields[at].parse().unwrap() };
    // The kernel counts in hundredths of a second.
    (ticks(at) + ticks(at + 1)) / 100.0
}
