//! Runs that last and runs that go wrong all the time: memory and log stay small.
//!
//! One test, because memory is that of the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(target_os = "linux")]

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use evtui::config::{Disk, Parameters};
use evtui::event::Globals;
use evtui::instance::{discard, prepare};
use evtui::pipeline::{self, Change, EndReason, RunOptions, Running, Stats};
use evtui::time::{FakeClock, SECOND_US};

const PATIENCE: Duration = Duration::from_secs(60);

/// 2026-01-01T00:00:00Z
const START_US: i64 = 1_767_225_600_000_000;

/// What a day may leave behind in memory: less than eight bytes an event.
const GROWTH: u64 = 6 << 20;

/// What a storm of errors may take: a fiftieth of its messages. Allocators of threads keep some.
const STORM: u64 = 32 << 20;

/// Timestamps a second of the long run.
const RATE: i64 = 10;

/// Counts the lines of the log.
#[derive(Clone, Default)]
struct Lines(Arc<AtomicU64>, Arc<Mutex<usize>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.fetch_add(1, Ordering::SeqCst);
        *self.1.lock().unwrap() += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4_096
}

struct Run {
    running: Running,
    clock: Arc<FakeClock>,
    _runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

fn start(input: &str, templates: &[(&str, &str)], live_mode: bool) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let mut document =
        format!("input:\n- {input}\nevent:\n  template:\n    mode: spin\n    templates:\n");
    for (name, text) in templates {
        document.push_str(&format!("    - {name}: {{template: {name}.jinja}}\n"));
        std::fs::write(folder.path().join(format!("{name}.jinja")), text).unwrap();
    }
    document.push_str("output:\n- stdout: {formatter: {format: json}}\n- drop: {}\n");
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    let parameters = Parameters {
        live_mode,
        ..Parameters::default()
    };
    let (plan, _) = prepare(folder.path(), &Disk, &parameters).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let clock = Arc::new(FakeClock::at(START_US));
    let running = pipeline::start(
        plan,
        RunOptions {
            id: "long".to_owned(),
            parameters,
            seed: Some(1),
            now_us: None,
            globals: Globals::default(),
            clock: clock.clone(),
            files: Arc::new(Disk),
            streams: discard(),
            runtime: runtime.handle().clone(),
            workers: None,
        },
    );
    running.wait_started().unwrap();
    Run {
        running,
        clock,
        _runtime: runtime,
        _folder: folder,
    }
}

impl Run {
    /// Lets simulated time pass and waits until what fell due is produced and delivered.
    fn pass(&self, seconds: i64) -> Stats {
        let passed = (self.clock_us() - START_US) / SECOND_US + seconds;
        // The first second counts at both of its ends.
        let due = (RATE * (passed + 1)).cast_unsigned();
        self.clock.pass(seconds * SECOND_US);
        self.running.poke();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let stats = self.running.stats();
            let answered = stats.produced_for + stats.empty + stats.dropped + stats.failed;
            let taken = stats.outputs.iter().all(|one| one.in_flight == 0);
            if stats.released >= due && answered == stats.released && taken {
                return stats;
            }
            assert!(Instant::now() < deadline, "{stats:?}");
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    fn clock_us(&self) -> i64 {
        use evtui::time::Clock as _;
        self.clock.now_us()
    }

    fn apply(&self, change: Change) {
        self.running.control().apply(change).unwrap();
    }
}

/// What people do in an hour.
fn meddle(run: &Run) {
    for (off, gain) in [(true, 0.5), (false, 1.0)] {
        run.apply(Change::Alias {
            name: Arc::from("state"),
            off,
        });
        run.apply(Change::Gain(gain));
        run.apply(Change::Output {
            index: 0,
            paused: off,
        });
    }
    run.apply(Change::Pause);
    run.apply(Change::Resume { skip: false });
}

/// Ten events a second for a day, watched and steered; one in thirty fails.
fn a_day_leaves_memory_flat() {
    let templates = [
        (
            "state",
            "{% set n = shared.get('n', 0) + 1 %}{{ shared.set('n', n) or '' }}{\"n\": {{ n }}}",
        ),
        (
            "text",
            "{\"at\": \"{{ timestamp.isoformat() }}\", \"who\": \"{{ module.rand.choice(['a', 'b']) }}\"}",
        ),
        ("fails", "{\"x\": {{ 1 // (timestamp.second % 10) }}}"),
    ];
    let run = start(
        &format!("cron: {{expression: '* * * * * *', count: {RATE}}}"),
        &templates,
        true,
    );
    let mut warm = 0;
    let mut stats = Stats::default();
    for hour in 0..24 {
        for _ in 0..60 {
            stats = run.pass(60);
            run.running.tail(0, 100);
        }
        meddle(&run);
        if hour == 1 {
            warm = resident();
        }
    }
    let grown = resident().saturating_sub(warm);
    assert_eq!(stats.released, 864_010, "{stats:?}");
    assert!(stats.failed > 20_000, "{stats:?}");
    assert!(grown < GROWTH, "{grown} bytes more than after two hours");
    run.running.stop(PATIENCE);
    assert_eq!(run.running.wait(None), Some(EndReason::Stopped));
}

/// Every render fails, each with another message.
fn a_storm_of_errors_leaves_memory_and_log_small(lines: &Lines) {
    let input =
        "arrival: {pattern: uniform, rate: 1000, start: 2026-01-01, end: 2026-01-01T00:03:20}";
    let templates = [(
        "a",
        "{% set at = timestamp.isoformat() * 300 %}{{ {}[at] + 1 }}",
    )];
    let before = (resident(), lines.0.load(Ordering::SeqCst));
    let run = start(input, &templates, false);
    assert_eq!(run.running.wait(None), Some(EndReason::Finished));
    let stats = run.running.stats();
    assert!(
        stats.failed > 190_000 && stats.failed == stats.released,
        "{stats:?}"
    );
    assert_eq!(
        stats.errors.iter().map(|one| one.count).sum::<u64>(),
        stats.failed
    );
    assert!(stats.errors.iter().all(|one| one.message.len() <= 4_096));
    let grown = resident().saturating_sub(before.0);
    assert!(grown < STORM, "{grown}");
    let logged = lines.0.load(Ordering::SeqCst) - before.1;
    assert!((1..500).contains(&logged), "{logged} lines");
    assert!(*lines.1.lock().unwrap() < 4 << 20);
}

#[test]
fn what_lasts_and_what_goes_wrong_stays_small() {
    let lines = Lines::default();
    let writer = lines.clone();
    tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .init();
    a_storm_of_errors_leaves_memory_and_log_small(&lines);
    a_day_leaves_memory_flat();
}
