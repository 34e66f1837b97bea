//! How fast timestamps are made and merged, beside a plain loop that pushes as many of them, and beside
//! the slow and obvious way to read cron; and how long a window of the future takes.
//!
//! ```text
//! cargo bench --bench schedules
//! EVTUI_REFERENCE_PYTHON=path/to/python cargo bench --bench schedules
//! ```
//!
//! With the variable (a Python that has the reference installed) the reference's own plugins run on the
//! same configurations, and their figures stand beside ours; without it that part says so and is left
//! out. Times are those for which the thread was running. Each line gives millions of timestamps a second, the ratio to the plain loop of the same run,
//! and by how much the process's memory grew while they were made.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use evtui::batch::TimestampBatch;
use evtui::config::{Context, Diagnostics, Overlay, parse_yaml};
use evtui::input::{Input, InputConfig, InputEnv, Merge, PLUGINS, Window};
use evtui::time::{Civil, DAY_US, Moment, SECOND_US, Zone, month_len, weekday};

/// 2024-01-15T12:00:00Z.
const NOW_US: i64 = 1_705_320_000_000_000;

/// Timestamps asked for at a time, as a run does.
const CHUNK: usize = 4_096;

/// Timestamps of one round of the fast inputs.
const MANY: usize = 20_000_000;

/// Rounds, of which the best counts.
const ROUNDS: usize = 5;

/// One line of the table: an input, its zone, and the target in millions a second.
struct Case {
    name: &'static str,
    yaml: &'static str,
    zone: &'static str,
    count: usize,
    target: f64,
}

const CASES: &[Case] = &[
    Case {
        name: "cron, every second",
        yaml: "cron: {expression: '* * * * * *', count: 1}",
        zone: "UTC",
        count: MANY,
        target: 5.0,
    },
    Case {
        name: "cron, every second, New York",
        yaml: "cron: {expression: '* * * * * *', count: 1}",
        zone: "America/New_York",
        count: MANY,
        target: 5.0,
    },
    Case {
        name: "cron, names and L",
        yaml: "cron: {expression: '*/20 9 L jan-nov fri 15', count: 1}",
        zone: "UTC",
        count: 1_000_000,
        target: 0.5,
    },
    Case {
        name: "cron, names and L, New York",
        yaml: "cron: {expression: '*/20 9 L jan-nov fri 15', count: 1}",
        zone: "America/New_York",
        count: 1_000_000,
        target: 0.5,
    },
    Case {
        name: "cron, once a year, New York",
        yaml: "cron: {expression: '30 2 L mar *', count: 1}",
        zone: "America/New_York",
        count: 50_000,
        target: 0.1,
    },
    Case {
        name: "timer",
        yaml: "timer: {seconds: 0.1, count: 1}",
        zone: "UTC",
        count: MANY,
        target: 100.0,
    },
    Case {
        name: "timer, New York",
        yaml: "timer: {seconds: 0.1, count: 1}",
        zone: "America/New_York",
        count: MANY,
        target: 100.0,
    },
    Case {
        name: "timer, three at each tick",
        yaml: "timer: {seconds: 0.1, count: 3}",
        zone: "America/New_York",
        count: MANY,
        target: 100.0,
    },
    Case {
        name: "linspace",
        yaml: "linspace: {start: now, end: +30d, count: 100000000}",
        zone: "UTC",
        count: MANY,
        target: 100.0,
    },
    Case {
        name: "linspace, New York",
        yaml: "linspace: {start: now, end: +365d, count: 100000000}",
        zone: "America/New_York",
        count: MANY,
        target: 100.0,
    },
    Case {
        name: "static",
        yaml: "static: {count: 100000000}",
        zone: "UTC",
        count: MANY,
        target: 100.0,
    },
    Case {
        name: "time_patterns, uniform",
        yaml: "time_patterns: {patterns: [uniform]}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "time_patterns, triangular",
        yaml: "time_patterns: {patterns: [triangular]}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "time_patterns, beta",
        yaml: "time_patterns: {patterns: [beta]}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "time_patterns, few a period",
        yaml: "time_patterns: {patterns: [few]}",
        zone: "America/New_York",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "time_patterns, a million a period",
        yaml: "time_patterns: {patterns: [many]}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "time_patterns, three merged",
        yaml: "time_patterns: {patterns: [uniform, triangular, beta]}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "arrival, uniform",
        yaml: "arrival: {rate: 1000}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "arrival, poisson",
        yaml: "arrival: {pattern: poisson, rate: 1000}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "arrival, nhpp, New York",
        yaml: "arrival: {pattern: nhpp, rate: 1000}",
        zone: "America/New_York",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "arrival, burst",
        yaml: "arrival: {pattern: burst, rate: 1000}",
        zone: "UTC",
        count: MANY,
        target: 10.0,
    },
    Case {
        name: "calendar",
        yaml: "calendar: {start: now, base_daily_volume: 100000}",
        zone: "America/New_York",
        count: MANY,
        target: 10.0,
    },
];

/// Pattern files: name, timestamps a period, period, randomizer and spreader.
const PATTERNS: &[(&str, &str)] = &[
    (
        "uniform",
        "1000, minutes, deviation: 0.2, uniform, {low: 0, high: 1}",
    ),
    (
        "triangular",
        "1000, minutes, deviation: 0.2, triangular, {left: 0, mode: 0.3, right: 1}",
    ),
    ("beta", "1000, minutes, deviation: 0.2, beta, {a: 2, b: 5}"),
    (
        "few",
        "10, seconds, deviation: 0.5, uniform, {low: 0, high: 1}",
    ),
    ("many", "1000000, days, deviation: 0, beta, {a: 4, b: 3}"),
];

/// Inputs to merge.
const MERGES: &[(&str, [&str; 4])] = &[
    (
        "merge of four, one by one",
        [
            "timer: {seconds: 0.4, count: 1, start: '2024-01-15T12:00:00Z'}",
            "timer: {seconds: 0.4, count: 1, start: '2024-01-15T12:00:00.1Z'}",
            "timer: {seconds: 0.4, count: 1, start: '2024-01-15T12:00:00.2Z'}",
            "timer: {seconds: 0.4, count: 1, start: '2024-01-15T12:00:00.3Z'}",
        ],
    ),
    (
        "merge of four, all alike",
        ["timer: {seconds: 0.1, count: 1}"; 4],
    ),
    (
        "merge of four kinds",
        [
            "cron: {expression: '* * * * * *', count: 1}",
            "timer: {seconds: 0.1, count: 1}",
            "timer: {seconds: 0.7, count: 5}",
            "linspace: {start: now, end: +30d, count: 50000000}",
        ],
    ),
];

fn main() {
    let plain = plain_loop();
    println!("{:<34} {plain:>9.1} M/s", "plain loop");
    for case in CASES {
        let config = decode(case.yaml);
        report(case.name, plain, case.target, || {
            one(config.as_ref(), case.zone, case.count)
        });
    }
    for (name, yamls) in MERGES {
        let configs = yamls.map(decode);
        report(name, plain, 20.0, || four(&configs));
    }
    slow_cron();
    windows();
    match std::env::var_os("EVTUI_REFERENCE_PYTHON") {
        Some(python) => reference(Path::new(&python)),
        None => println!("reference: not run, EVTUI_REFERENCE_PYTHON is not set"),
    }
}

/// The best rate of some rounds, in millions a second, and how much memory they took.
fn report(name: &str, plain: f64, target: f64, mut round: impl FnMut() -> usize) {
    round();
    let before = peak_kb();
    let best = best(&mut round);
    let verdict = if best >= target { "" } else { "  BELOW" };
    println!(
        "{name:<34} {best:>9.1} M/s  {:>6.3} of the loop  memory +{} KB  target {target}{verdict}",
        best / plain,
        peak_kb() - before,
    );
}

fn best(round: &mut dyn FnMut() -> usize) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        let start = Watch::start();
        let made = round();
        best = best.max(made as f64 / start.elapsed().as_secs_f64() / 1e6);
    }
    best
}

/// Time that this thread was running, so that other work on the machine does not count; wall-clock time
/// where the system does not tell.
struct Watch {
    wall: Instant,
    running: Option<Duration>,
}

impl Watch {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            running: running(),
        }
    }

    fn elapsed(&self) -> Duration {
        match (self.running, running()) {
            (Some(from), Some(to)) => to - from,
            _ => self.wall.elapsed(),
        }
    }
}

fn running() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// The baseline: the same chunks of the same kind of values, by nothing but an addition.
fn plain_loop() -> f64 {
    let mut out: Vec<Moment> = Vec::with_capacity(CHUNK);
    best(&mut || {
        let mut wall_us = NOW_US;
        for _ in 0..MANY / CHUNK {
            out.clear();
            for _ in 0..CHUNK {
                out.push(Moment {
                    wall_us,
                    offset_s: 0,
                });
                wall_us += SECOND_US;
            }
            black_box(&out);
        }
        MANY / CHUNK * CHUNK
    })
}

fn one(config: &dyn InputConfig, zone: &str, count: usize) -> usize {
    let mut input = start(config, zone);
    let mut out = Vec::with_capacity(CHUNK);
    let mut made = 0;
    while made < count {
        out.clear();
        input.fill(CHUNK, &mut out).unwrap();
        if out.len() < CHUNK {
            input = start(config, zone);
        }
        made += black_box(&out).len();
    }
    made
}

fn four(configs: &[Box<dyn InputConfig>; 4]) -> usize {
    let inputs = configs.iter().map(|config| start(config.as_ref(), "UTC"));
    let mut merge = Merge::new(inputs.collect());
    let mut batch = TimestampBatch::default();
    let mut made = 0;
    while made < MANY {
        batch.clear();
        merge.fill(CHUNK, &mut batch);
        made += black_box(&batch).len();
    }
    made
}

/// Every second of a day asked whether the expression's fields match it, taken apart each time.
fn slow_cron() {
    let rate = |name: &str, matches: &dyn Fn(u32, Civil, u32) -> bool| {
        let mut found = 0_usize;
        let mut seconds = 0_i64;
        let start = Watch::start();
        while start.elapsed().as_secs_f64() < 0.5 {
            for _ in 0..100_000 {
                let wall_us = NOW_US + seconds * SECOND_US;
                let at = Civil::of(wall_us);
                let tod = u32::try_from(at.tod_us / SECOND_US).unwrap();
                let days = wall_us.div_euclid(DAY_US);
                if matches(tod, at, weekday(days)) {
                    found += 1;
                    black_box(Moment {
                        wall_us,
                        offset_s: 0,
                    });
                }
                seconds += 1;
            }
        }
        let rate = found as f64 / start.elapsed().as_secs_f64() / 1e6;
        println!("{name:<34} {rate:>9.4} M/s  (the slow and obvious way)");
    };
    rate("cron, every second", &|_, _, _| true);
    rate("cron, names and L", &|tod, at, week| {
        tod % 60 == 15
            && tod / 60 % 20 == 0
            && tod / 3_600 == 9
            && at.month <= 11
            && (week == 5 || at.day == month_len(at.year, at.month))
    });
}

/// Counts per bucket of a year, which no preview may wait for.
fn windows() {
    let window = Window {
        from_us: NOW_US,
        to_us: NOW_US + 365 * DAY_US,
        buckets: 365,
    };
    for case in CASES {
        let config = decode(case.yaml);
        let start = Watch::start();
        let counts = config.counts(&env(case.zone), &window);
        let took = start.elapsed().as_secs_f64() * 1e3;
        let total = counts.map(|counts| counts.buckets.iter().sum::<u64>());
        match total {
            Some(total) => println!(
                "a year of {:<24} {took:>9.3} ms for {total} timestamps",
                case.name
            ),
            None => println!("a year of {:<24} has no closed form", case.name),
        }
    }
}

fn start(config: &dyn InputConfig, zone: &str) -> Box<dyn Input> {
    config.start(&env(zone)).unwrap()
}

fn env(zone: &str) -> InputEnv<'static> {
    let zone = Zone::parse(zone).unwrap();
    InputEnv {
        zone,
        now: zone.at_instant(NOW_US),
        skip_past: false,
        base: Path::new("."),
        files: &evtui::config::Disk,
        seed: Some(1),
        outside: None,
    }
}

fn decode(yaml: &str) -> Box<dyn InputConfig> {
    let path = Path::new("generator.yml");
    let mut buffers = HashMap::from([(path.to_path_buf(), yaml.into())]);
    for (name, options) in PATTERNS {
        buffers.insert(Path::new(".").join(name), pattern(options).into());
    }
    let files = Overlay { buffers };
    let mut diagnostics = Diagnostics::default();
    let node = parse_yaml(yaml, path, &mut diagnostics).unwrap();
    let [(name, body)] = node.as_map().unwrap() else {
        panic!("one plugin")
    };
    let plugin = PLUGINS
        .iter()
        .find(|plugin| Some(plugin.schema.name) == name.as_str())
        .unwrap();
    let mut cx = Context {
        diagnostics: &mut diagnostics,
        path,
        base: Path::new("."),
        files: &files,
        calendars: None,
        setting: String::new(),
    };
    (plugin.decode)(body, &mut cx).unwrap()
}

/// A pattern file.
fn pattern(options: &str) -> String {
    let parts: Vec<&str> = options.splitn(5, ", ").collect();
    let [ratio, unit, deviation, distribution, parameters] = parts[..] else {
        panic!("five options")
    };
    format!(
        "label: bench\noscillator: {{start: now, end: never, period: 1, unit: {unit}}}\n\
         multiplier: {{ratio: {ratio}}}\nrandomizer: {{{deviation}, direction: mixed}}\n\
         spreader: {{distribution: {distribution}, parameters: {parameters}}}\n"
    )
}

/// Peak memory of this process so far.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kb| kb.parse().ok())
        .unwrap_or(0)
}

/// The reference's plugins and its merger, two seconds each, asked for 10,000 at a time as its runs do.
fn reference(python: &Path) {
    let run = Command::new(python)
        .args(["-c", include_str!("schedules.py")])
        .output();
    match run {
        Ok(output) if output.status.success() => {
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(output) => panic!(
            "the reference failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!("{}: {error}", python.display()),
    }
}
