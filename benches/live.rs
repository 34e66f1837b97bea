//! How late live runs release, and how often they wake for it.
//!
//! ```text
//! cargo bench --bench live
//! EVTUI_BENCH_SECONDS=60 cargo bench --bench live
//! ```
//!
//! Each schedule runs live for some seconds (10) with the clock of the system. The lateness of an event
//! is the time from its timestamp until an output has it, so rendering and formatting are part of it.
//! Beside it: sleeps of the input stage that ended because the time had come, and the processor time
//! of the whole process. The baseline is a thread that only sleeps until the same moments: what the
//! system itself is late by in the same minute.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use evtui::config::{Disk, Parameters, RunParameters};
use evtui::event::Globals;
use evtui::instance::prepare;
use evtui::output::Streams;
use evtui::pipeline::{self, RunOptions, Stats};
use evtui::time::WallClock;

fn main() {
    let seconds = std::env::var("EVTUI_BENCH_SECONDS");
    let seconds: u64 = seconds
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    println!("{seconds} s each; lateness in milliseconds");
    baseline("thread that sleeps, 1 ms apart", seconds, 1_000);
    baseline("thread that sleeps, 1 s apart", seconds, 1_000_000);
    for (name, input) in [
        (
            "10,000 a second",
            "arrival: {pattern: uniform, rate: 10000}",
        ),
        ("1,000 a second", "arrival: {pattern: uniform, rate: 1000}"),
        (
            "10,000 each second",
            "cron: {expression: '* * * * * *', count: 10000}",
        ),
        ("1 a second", "cron: {expression: '* * * * * *', count: 1}"),
        ("idle", "cron: {expression: '0 0 1 1 *', count: 1}"),
    ] {
        live(name, input, seconds);
    }
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

fn baseline(name: &str, seconds: u64, step_us: i64) {
    let mut late = Vec::new();
    let start = now_us();
    let end = start + i64::try_from(seconds).unwrap() * 1_000_000;
    let mut due = start + step_us;
    while due <= end {
        while now_us() < due {
            let left = u64::try_from(due - now_us()).unwrap_or(0);
            std::thread::sleep(Duration::from_micros(left));
        }
        let now = now_us();
        while due <= now {
            late.push(now - due);
            due += step_us;
        }
    }
    report(name, late, None);
}

fn live(name: &str, input: &str, seconds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let document = format!(
        "input:\n- {input}\nevent:\n  template:\n    mode: all\n    templates:\n    - at: {{template: at.jinja}}\noutput:\n- stdout: {{formatter: {{format: plain}}}}\n"
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    let template = "{{ (timestamp.timestamp() * 1000000) | round | int }}";
    std::fs::write(folder.path().join("at.jinja"), template).unwrap();
    let late = Arc::new(Mutex::new(Vec::new()));
    let sink = late.clone();
    let streams = Streams::Captured(Arc::new(move |_, bytes| {
        let now = now_us();
        let text = std::str::from_utf8(bytes).unwrap();
        let due = text
            .split_ascii_whitespace()
            .map(|line| line.parse::<i64>().unwrap());
        sink.lock().unwrap().extend(due.map(|due| now - due));
        Ok(())
    }));
    let parameters = Parameters {
        run: RunParameters {
            max_duration: Some(Duration::from_secs(seconds)),
            ..RunParameters::default()
        },
        ..Parameters::default()
    };
    let (plan, _) = prepare(folder.path(), &Disk, &parameters).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let cpu = cpu();
    let began = Instant::now();
    let running = pipeline::start(
        plan,
        RunOptions {
            id: name.to_owned(),
            parameters,
            seed: None,
            now_us: None,
            globals: Globals::default(),
            clock: Arc::new(WallClock),
            files: Arc::new(Disk),
            streams,
            runtime: runtime.handle().clone(),
            workers: None,
        },
    );
    running.wait(None);
    let share = cpu.zip(self::cpu()).map(|(before, after)| {
        (after - before).as_secs_f64() / began.elapsed().as_secs_f64() * 100.0
    });
    let late = std::mem::take(&mut *late.lock().unwrap());
    report(name, late, Some((running.stats(), share)));
}

/// Processor time of this process so far, where the system tells.
fn cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // A tick is a hundredth of a second on every Linux there is today.
    Some(Duration::from_millis(ticks * 10))
}

fn report(name: &str, mut late: Vec<i64>, run: Option<(Stats, Option<f64>)>) {
    late.sort_unstable();
    let share = |of: usize| {
        let index = (late.len() * of / 1_000).min(late.len().saturating_sub(1));
        late.get(index).map_or(f64::NAN, |us| *us as f64 / 1e3)
    };
    print!(
        "{name:<32} {:>7} events  p50 {:>6.2}  p99 {:>6.2}  p99.9 {:>6.2}  max {:>6.2}",
        late.len(),
        share(500),
        share(990),
        share(999),
        share(1_000)
    );
    if let Some((stats, cpu)) = run {
        print!("  {} wake-ups", stats.wakeups);
        if let Some(cpu) = cpu {
            print!("  {cpu:.1} % of a core");
        }
    }
    println!();
}
