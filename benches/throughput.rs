//! How fast events are formatted, and how fast a whole project runs beside the reference in the same
//! run.
//!
//! ```text
//! cargo bench --bench throughput
//! EVTUI_BENCH_PROJECT=path/to/project EVTUI_REFERENCE=path/to/eventum cargo bench --bench throughput
//! ```
//!
//! The project's inputs should be endless or long: evtui runs `EVTUI_BENCH_EVENTS` events (1,000,000)
//! of it, the reference `EVTUI_REFERENCE_SECONDS` seconds (20) until it is asked to stop, and until it
//! has written what it produced; both write to a copy of the project,
//! in sample mode with batches by size only. Without the variables that part says so and is left out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "support/copy.rs"]
mod copy;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use copy::copied;
use evtui::output::format::reprint;

fn main() {
    formatters();
    match std::env::var_os("EVTUI_BENCH_PROJECT") {
        Some(project) => projects(Path::new(&project)),
        None => println!("project: not run, EVTUI_BENCH_PROJECT is not set"),
    }
}

/// A web server's event as templates of content packs render it.
fn event(index: usize) -> String {
    let original = format!("/api/v1/products/{index}?page={}", index % 17);
    format!(
        r#"{{
    "@timestamp": "2026-01-01T00:00:{:02}+00:00",
    "agent": {{
        "ephemeral_id": "80a28d6d-a346-4e9a-8621-8fc2b7bccf9c",
        "name": "web-srv-01",
        "type": "filebeat",
        "version": "8.17.0"
    }},
    "event": {{
        "category": ["web"],
        "dataset": "nginx.access",
        "kind": "event",
        "outcome": "success",
        "type": ["access"]
    }},
    "http": {{
        "request": {{
            "method": "GET"
        }},
        "response": {{
            "body": {{
                "bytes": {}
            }},
            "status_code": 200
        }},
        "version": "1.1"
    }},
    "related": {{
        "ip": ["192.18.138.{}"]
    }},
    "url": {{
        "original": "{original}",
        "path": "/api/v1/products"
    }},
    "user_agent": {{
        "device": {{
            "name": "Spider"
        }},
        "original": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "version": "2.1"
    }}
}}"#,
        index % 60,
        index * 37 % 90_000,
        index % 256,
    )
}

fn formatters() {
    let events: Vec<String> = (0..200).map(event).collect();
    let lines: Vec<String> = events
        .iter()
        .map(|event| {
            let mut line = Vec::new();
            reprint(event.as_bytes(), 0, &mut line).expect("the events are JSON");
            String::from_utf8(line).unwrap()
        })
        .collect();
    for (name, events, indent) in [
        ("one line", &events, 0),
        ("indent 2", &events, 2),
        ("already on one line", &lines, 0),
    ] {
        let bytes: usize = events.iter().map(String::len).sum();
        let mut out = Vec::new();
        let mut rate = |format: &dyn Fn(&[u8], &mut Vec<u8>)| {
            measure(bytes, || {
                out.clear();
                for event in events {
                    format(event.as_bytes(), &mut out);
                }
                out.len()
            })
        };
        let ours = rate(&|event, out| reprint(event, indent, out).expect("it is JSON"));
        let tree = rate(&|event, out| {
            let tree: serde_json::Value = serde_json::from_slice(event).expect("it is JSON");
            serde_json::to_writer(out, &tree).expect("a vector takes it");
        });
        let copy = rate(&|event, out| out.extend_from_slice(event));
        println!(
            "json, {name}: {ours:.0} MB/s of rendered text; {:.1} times serde_json's tree, 1 : {:.1} beside a plain copy",
            ours / tree,
            copy / ours
        );
    }
}

/// The best of some rounds, in MB/s.
fn measure(bytes: usize, mut round: impl FnMut() -> usize) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..200 {
        let start = Instant::now();
        std::hint::black_box(round());
        best = best.min(start.elapsed().as_secs_f64());
    }
    bytes as f64 / best / 1e6
}

/// What a run of a whole process took.
struct Measured {
    seconds: f64,
    events: u64,
    bytes: u64,
    peak_mb: f64,
}

impl Measured {
    fn print(&self, name: &str) {
        println!(
            "{name}: {} events in {:.2} s: {:.0} events/s, {:.1} MB/s, peak memory {:.0} MB",
            self.events,
            self.seconds,
            self.rate(),
            self.bytes as f64 / self.seconds / 1e6,
            self.peak_mb
        );
    }

    fn rate(&self) -> f64 {
        self.events as f64 / self.seconds
    }
}

fn projects(project: &Path) {
    let events = number("EVTUI_BENCH_EVENTS", 1_000_000);
    let ours = ours(project, events);
    ours.print("evtui");
    match std::env::var_os("EVTUI_REFERENCE") {
        Some(reference) => {
            let theirs = theirs(Path::new(&reference), project);
            theirs.print("reference");
            println!(
                "ratio: {:.1} times as many events per second",
                ours.rate() / theirs.rate()
            );
        }
        None => println!("reference: not run, EVTUI_REFERENCE is not set"),
    }
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

fn ours(project: &Path, events: u64) -> Measured {
    let copy = copied(project);
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command
        .args([
            "generate",
            "--sample",
            "--seed",
            "1",
            "--quiet",
            "--max-events",
        ])
        .arg(events.to_string())
        .arg(copy.path());
    let start = Instant::now();
    let (peak_mb, success) = watch(command.spawn().expect("evtui starts"), None);
    let seconds = start.elapsed().as_secs_f64();
    let (lines, bytes) = written(copy.path());
    assert!(success, "evtui failed");
    assert_eq!(lines, events, "events in the files");
    Measured {
        seconds,
        events: lines,
        bytes,
        peak_mb,
    }
}

/// Runs the reference for some seconds, then asks it to stop and waits until it has written all that it
/// produced: while its event thread is busy its outputs hardly get to run, so what is in the file
/// before says little. Its start-up, taken from `--version`, is not held against it.
fn theirs(reference: &Path, project: &Path) -> Measured {
    let start_up = Instant::now();
    let version = Command::new(reference).arg("--version").output();
    assert!(version.is_ok_and(|output| output.status.success()));
    let start_up = start_up.elapsed();
    let copy = copied(project);
    let start = Instant::now();
    let child = Command::new(reference)
        .args(["generate", "--id", "bench", "--live-mode", "false"])
        .args(["--keep-order", "true", "--batch.size", "10000", "--path"])
        .arg(copy.path().join("generator.yml"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the reference starts");
    let process = child.id().to_string();
    let time = start_up + Duration::from_secs(number("EVTUI_REFERENCE_SECONDS", 20));
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(time);
        Command::new("kill").args(["-TERM", &process]).status()
    });
    let (peak_mb, _) = watch(child, Some(time * 10));
    let seconds = (start.elapsed().saturating_sub(start_up)).as_secs_f64();
    assert!(stopper.join().unwrap().unwrap().success(), "it ended early");
    let (events, bytes) = written(copy.path());
    Measured {
        seconds,
        events,
        bytes,
        peak_mb,
    }
}

/// Waits for a process; its highest memory and whether it succeeded.
fn watch(mut child: Child, limit: Option<Duration>) -> (f64, bool) {
    let start = Instant::now();
    let mut highest: f64 = 0.0;
    loop {
        highest = highest.max(peak(child.id()).unwrap_or(0.0));
        if let Some(status) = child.try_wait().unwrap() {
            return (highest, status.success());
        }
        if limit.is_some_and(|limit| start.elapsed() > limit) {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Highest resident memory of a process so far, in MB, where the system tells it.
fn peak(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// Lines and bytes of everything in the project's `output` folder.
fn written(project: &Path) -> (u64, u64) {
    let Ok(entries) = std::fs::read_dir(project.join("output")) else {
        return (0, 0);
    };
    let files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let mut total = (0, 0);
    for file in files {
        use std::io::Read;
        let mut file = std::fs::File::open(file).unwrap();
        let mut buffer = vec![0; 1 << 20];
        loop {
            let count = file.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            let read = &buffer[..count];
            total.0 += memchr::memchr_iter(b'\n', read).count() as u64;
            total.1 += count as u64;
        }
    }
    total
}
