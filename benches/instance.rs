//! Two hundred generators in one instance: how long they take to start and stop, and what they cost
//! while none of them has anything to do.
//!
//! ```text
//! cargo bench --bench instance
//! EVTUI_BENCH_SECONDS=60 cargo bench --bench instance
//! ```
//!
//! Each generator is a project of its own, with a template and a sample, whose files are watched. Start
//! and stop together may take 5 s; idle they may use 2 % of a core. The baseline of the first is one
//! generator two hundred times in a row, that of the second an instance without generators.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use evtui::instance::secrets::Secrets;
use evtui::instance::{Handle, Home, HostOptions, Redactor, discard, host};
use evtui::pipeline::State;

/// Generators in one instance.
const GENERATORS: usize = 200;

/// The longest that starting and stopping may take together, in seconds.
const TIME_BAR: f64 = 5.0;

/// The most that idle generators may use of a core, in percent.
const IDLE_BAR: f64 = 2.0;

fn main() {
    let seconds = std::env::var("EVTUI_BENCH_SECONDS");
    let seconds = seconds.ok().and_then(|text| text.parse().ok());
    let idle = Duration::from_secs(seconds.unwrap_or(20));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("startup.yml"), "").unwrap();
    let none = instance(folder.path());
    block_on(none.reload()).unwrap();
    let empty = share(idle);
    drop(none);
    println!("idle, no generators: {empty:.3} % of a core");
    let alone: f64 = (0..GENERATORS).map(|_| cycle(1, None)).sum();
    println!("one generator, {GENERATORS} times: {alone:.2} s");
    let together = cycle(GENERATORS, Some(idle));
    let ratio = together / alone;
    println!(
        "{GENERATORS} generators started and stopped: {together:.2} s, {ratio:.2} times the baseline, bar {TIME_BAR} s: {}",
        verdict(together <= TIME_BAR)
    );
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Starts and stops so many; gives the seconds that took. Between them they may be idle for a while.
fn cycle(count: usize, idle: Option<Duration>) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut list = String::new();
    for n in 0..count {
        project(&folder.path().join(format!("p{n}")));
        writeln!(list, "- {{id: g{n}, path: p{n}}}").unwrap();
    }
    std::fs::write(folder.path().join("startup.yml"), list).unwrap();
    let instance = instance(folder.path());
    let began = Instant::now();
    let done = block_on(instance.reload()).unwrap();
    assert_eq!(done.started.len(), count, "{:?}", done.failed);
    let mut took = began.elapsed();
    if let Some(time) = idle {
        println!("{count} generators started: {:.2} s", took.as_secs_f64());
        let used = share(time);
        println!(
            "idle, {count} generators: {used:.3} % of a core, bar {IDLE_BAR} %: {}",
            verdict(used <= IDLE_BAR)
        );
    }
    let stopping = Instant::now();
    block_on(instance.shutdown());
    took += stopping.elapsed();
    let over = |state: &Option<State>| matches!(state, Some(State::Ended(_)));
    assert!(
        block_on(instance.states())
            .iter()
            .all(|(_, state)| over(state))
    );
    took.as_secs_f64()
}

fn project(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "event.jinja",
        "{{ samples.words | random }} {{ timestamp }}",
    );
    write("words.csv", "word\none\ntwo\n");
    write(
        "generator.yml",
        "input:\n- cron: {expression: '0 0 1 1 *', count: 1}\nevent:\n  template:\n    mode: all\n    samples:\n      words: {type: csv, source: words.csv, header: true}\n    templates:\n    - event: {template: event.jinja}\noutput:\n- drop: {}\n",
    );
}

fn instance(folder: &Path) -> Handle {
    host(HostOptions {
        streams: discard(),
        secrets: Secrets::default(),
        redactor: Redactor::default(),
        home: Some(Home::List {
            startup: folder.join("startup.yml"),
            generators: folder.to_owned(),
        }),
    })
    .unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// Share of a core that this process uses for a while, in percent.
fn share(time: Duration) -> f64 {
    let before = processor_time();
    std::thread::sleep(time);
    let used = processor_time().saturating_sub(before);
    used.as_secs_f64() / time.as_secs_f64() * 100.0
}

/// Processor time of this process so far; nothing where the system does not tell.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let of_tasks = tasks.flatten().filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    let all: u64 = of_tasks.sum();
    let own = text
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok());
    Duration::from_nanos(all.max(own.unwrap_or(0)))
}
