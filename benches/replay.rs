//! How fast a log is replayed with its timestamps replaced: lines a second and memory, beside a
//! hand-written loop that makes the same bytes, and beside the reference.
//!
//! ```text
//! cargo bench --bench replay
//! EVTUI_REFERENCE=path/to/eventum cargo bench --bench replay
//! ```
//!
//! The log has `EVTUI_BENCH_MB` megabytes (256; 1024 shows that memory stays flat), of which the reference
//! gets a fortieth. The loop and evtui take turns, `EVTUI_BENCH_ROUNDS` times (5); the medians are
//! compared. The event source runs alone ("source") and as a whole program into a file ("program").
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, parse_yaml};
use evtui::event::{EventEnv, Globals, Limits, Outcome, PLUGINS};
use evtui::time::{Moment, Zone};

const PATTERN: &str = r"^(?P<timestamp>\S+) ";
const FORMAT: &str = "%Y-%m-%dT%H:%M:%S%z";
const START_US: i64 = 1_772_352_000_000_000;

fn number(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    let bytes = number("EVTUI_BENCH_MB", 256) << 20;
    let lines = write_log(&log, bytes);
    println!("log: {lines} lines, {} MB", bytes >> 20);
    let (mut hand, mut source, mut program) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak = 0;
    for _ in 0..number("EVTUI_BENCH_ROUNDS", 5) {
        hand.push(by_hand(&log));
        source.push(by_source(folder.path(), lines));
        let (took, memory) = by_program(folder.path(), lines);
        program.push(took);
        peak = peak.max(memory);
    }
    let (hand, source, program) = (median(hand), median(source), median(program));
    let tell = |name: &str, seconds: f64| {
        println!(
            "{name}: {:.2} M lines/s, {:.0} MB/s, {:.2} of the loop",
            lines as f64 / seconds / 1e6,
            bytes as f64 / seconds / 1e6,
            hand / seconds
        );
    };
    tell("hand-written loop", hand);
    tell("source", source);
    tell("program", program);
    println!("program: peak memory {} MB", peak / 1024);
    match std::env::var_os("EVTUI_REFERENCE") {
        None => println!("reference: not run, EVTUI_REFERENCE is not set"),
        Some(reference) => {
            let lines_few = write_log(&log, bytes / 40);
            let few = by_reference(&reference.into(), folder.path(), 1_000);
            let all = by_reference_all(folder.path(), lines_few);
            let theirs = (lines_few - 1_000) as f64 / (all - few);
            let ours = lines as f64 / program;
            println!("reference: {theirs:.0} lines/s, ratio {:.1}", ours / theirs);
        }
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn write_log(path: &Path, bytes: u64) -> u64 {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let (mut written, mut lines) = (0, 0_u64);
    while written < bytes {
        let line = format!(
            "2025-01-15T12:30:{:02}+0000 10.0.{}.{} GET /api/v1/items/{} 200 {} \"agent\"\n",
            lines % 60,
            lines % 256,
            lines * 7 % 256,
            lines % 100_000,
            lines * 37 % 90_000,
        );
        out.write_all(line.as_bytes()).unwrap();
        written += line.len() as u64;
        lines += 1;
    }
    out.flush().unwrap();
    lines
}

/// What one would write for this log alone.
fn by_hand(log: &Path) -> f64 {
    let began = Instant::now();
    let mut reader = BufReader::with_capacity(1 << 20, File::open(log).unwrap());
    let (mut line, mut out) = (Vec::new(), Vec::new());
    let mut total = 0;
    while reader.read_until(b'\n', &mut line).unwrap() > 0 {
        std::str::from_utf8(&line).unwrap();
        let end = memchr::memchr(b' ', &line).unwrap_or(0);
        out.extend_from_slice(b"2026-03-01T08:00:00+0000");
        out.extend_from_slice(&line[end..]);
        if out.len() > 128 << 10 {
            total += std::hint::black_box(&out).len();
            out.clear();
        }
        line.clear();
    }
    std::hint::black_box(total);
    began.elapsed().as_secs_f64()
}

fn by_source(base: &Path, lines: u64) -> f64 {
    let mut problems = Diagnostics::default();
    let name = Path::new("generator.yml");
    let text =
        format!("{{path: a.log, timestamp_pattern: '{PATTERN}', timestamp_format: '{FORMAT}'}}");
    let node = parse_yaml(&text, name, &mut problems).unwrap();
    let mut cx = Context {
        diagnostics: &mut problems,
        path: name,
        base,
        files: &Disk,
        calendars: None,
        setting: "event.replay".to_owned(),
    };
    let mut plugins = PLUGINS.iter();
    let plugin = plugins
        .find(|plugin| plugin.schema.name == "replay")
        .unwrap();
    let config = (plugin.decode)(&node, &mut cx).unwrap();
    let env = EventEnv {
        base,
        files: Arc::new(Disk),
        zone: Zone::parse("UTC").unwrap(),
        seed: None,
        globals: Globals::default(),
        limits: Limits::RUN,
    };
    let mut source = config.build(&env, &mut problems).unwrap();
    let mut out = EventBatch::default();
    let mut made = 0;
    let began = Instant::now();
    loop {
        let at = Moment {
            wall_us: START_US + made as i64,
            offset_s: 0,
        };
        match source.produce(at, &[], &mut out) {
            Outcome::Produced(count) => made += count as u64,
            _ => break,
        }
        if out.byte_len() > 128 << 10 {
            std::hint::black_box(&out);
            out.clear();
        }
    }
    assert_eq!(made, lines);
    began.elapsed().as_secs_f64()
}

fn write_project(base: &Path, lines: u64) {
    let document = format!(
        "input:\n  - static: {{count: {lines}}}\nevent:\n  replay: {{path: a.log, timestamp_pattern: '{PATTERN}', timestamp_format: '{FORMAT}'}}\noutput:\n  - file: {{path: out.log, write_mode: overwrite}}\n"
    );
    std::fs::write(base.join("generator.yml"), document).unwrap();
}

/// Seconds, and the most memory in kB.
fn by_program(base: &Path, lines: u64) -> (f64, u64) {
    write_project(base, lines);
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_evtui"))
        .args(["generate", "--sample"])
        .arg(base)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        let about = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let about = about.unwrap_or_default();
        let line = about.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let memory = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(memory.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = began.elapsed().as_secs_f64();
    assert!(status.success());
    check_out(base, lines);
    (took, peak)
}

fn check_out(base: &Path, lines: u64) {
    let mut reader = BufReader::with_capacity(1 << 20, File::open(base.join("out.log")).unwrap());
    let mut found = 0;
    loop {
        let buffer = reader.fill_buf().unwrap();
        let len = buffer.len();
        if len == 0 {
            break;
        }
        found += memchr::memchr_iter(b'\n', buffer).count() as u64;
        reader.consume(len);
    }
    assert_eq!(found, lines);
}

fn by_reference_all(base: &Path, lines: u64) -> f64 {
    let reference = PathBuf::from(std::env::var_os("EVTUI_REFERENCE").unwrap());
    by_reference(&reference, base, lines)
}

fn by_reference(reference: &PathBuf, base: &Path, lines: u64) -> f64 {
    write_project(base, lines);
    let began = Instant::now();
    let status = Command::new(reference)
        .args(["generate", "--path"])
        .arg(base.join("generator.yml"))
        .args([
            "--id",
            "bench",
            "--live-mode",
            "false",
            "--batch.size",
            "10000",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    check_out(base, lines);
    began.elapsed().as_secs_f64()
}
