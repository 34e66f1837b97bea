//! How fast lines are made, beside loops written by hand that make the same bytes in the same run; what
//! a second core brings; and that memory does not grow with the run.
//!
//! ```text
//! cargo bench --bench lines
//! EVTUI_BENCH_EVENTS=0 cargo bench --bench lines     # rendering alone
//! ```
//!
//! Rendering is measured on one thread in CPU time, where the system tells it, and ours and the loop
//! take turns; each figure is the median of the rounds. A whole pipeline is measured as a process of
//! its own that writes a file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, parse_yaml};
use evtui::event::template::TemplateConfig;
use evtui::event::{EventConfig, EventEnv, EventSource, Globals, Limits};
use evtui::fake::rand::{self, network, number, weights::Table};
use evtui::fake::{Fast, Random};
use evtui::time::{Moment, Zone};

/// 2026-01-01T00:00:00Z in microseconds: "now" of sample runs with a seed.
const START_US: i64 = 1_767_225_600_000_000;

/// Events of one round of rendering: enough that the steps in which the system counts CPU time (some
/// milliseconds) do not show.
const ROUND: u64 = 2_000_000;

/// Rounds of rendering each, unless `EVTUI_BENCH_ROUNDS` says otherwise.
const ROUNDS: u64 = 7;

/// Bytes at which a batch is full and starts anew.
const BATCH: usize = 128 << 10;

const CONSTANT: &str = "2026-01-01T00:00:00Z web-01 app[1234]: INFO a constant line of some hundred bytes, as heartbeats have";

const PATHS: [&str; 8] = [
    "/",
    "/index.html",
    "/api/v1/products",
    "/api/v1/orders?page=2",
    "/static/app.js",
    "/static/style.css",
    "/login",
    "/favicon.ico",
];

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0.0.0 Safari/537.36",
    "curl/8.17.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
];

const ACCESS: &str = r#"{{ module.rand.network.ip_v4() }} - - [{{ timestamp.strftime('%d/%b/%Y:%H:%M:%S +0000') }}] "{{ module.rand.weighted_choice(['GET', 'POST', 'PUT'], [80, 15, 5]) }} {{ module.rand.choice(params.paths) }} HTTP/1.1" {{ module.rand.weighted_choice([200, 304, 404, 500], [90, 5, 4, 1]) }} {{ module.rand.number.integer(100, 50000) }} "-" "{{ module.rand.choice(params.agents) }}""#;

/// A stateless set that is work to render: what the second core is for.
const HEAVY: &str = r#"{% set user = module.rand.choice(['root', 'www', 'backup', 'alice', 'bob']) -%}
{"@timestamp": "{{ timestamp.isoformat() }}", "id": "{{ module.rand.crypto.uuid4() }}", "user": {{ user | tojson }}, "ports": [{% for i in range(12) %}{{ module.rand.number.integer(1, 65535) }}{{ ", " if not loop.last }}{% endfor %}], "hash": "{{ module.rand.crypto.sha256() }}", "ips": [{% for i in range(6) %}"{{ module.rand.network.ip_v4_public() }}"{{ ", " if not loop.last }}{% endfor %}], "message": "{{ user | upper }} did {{ module.rand.string.letters(24) }}"}"#;

fn main() {
    rendering("constant line", CONSTANT, &mut |_, _, out| {
        out.extend_from_slice(CONSTANT.as_bytes());
    });
    let mut by_hand = ByHand::new();
    rendering(
        "access log, six random fields",
        ACCESS,
        &mut |at, index, out| {
            by_hand.line(at, index, out);
        },
    );
    let events = number_of("EVTUI_BENCH_EVENTS", 2_000_000);
    if events == 0 {
        return;
    }
    pipeline("constant line", CONSTANT, events);
    pipeline("access log", ACCESS, events);
    second_core(events / 4);
    memory();
}

/// A loop that makes the access log as a program for nothing else would.
struct ByHand {
    methods: Table,
    statuses: Table,
    second: i64,
    time: Vec<u8>,
}

impl ByHand {
    fn new() -> Self {
        Self {
            methods: Table::new([80.0, 15.0, 5.0]).unwrap(),
            statuses: Table::new([90.0, 5.0, 4.0, 1.0]).unwrap(),
            second: i64::MIN,
            time: Vec::new(),
        }
    }

    fn line(&mut self, at: Moment, index: u64, out: &mut Vec<u8>) {
        let random = &mut Fast::for_event(1, index);
        network::ip_v4(random, out);
        out.extend_from_slice(b" - - [");
        let second = at.wall_us.div_euclid(1_000_000);
        if second != self.second {
            self.second = second;
            let time = chrono::DateTime::from_timestamp(second, 0).unwrap();
            self.time = time
                .format("%d/%b/%Y:%H:%M:%S +0000")
                .to_string()
                .into_bytes();
        }
        out.extend_from_slice(&self.time);
        out.extend_from_slice(b"] \"");
        let method: &str = ["GET", "POST", "PUT"][self.methods.pick(random)];
        out.extend_from_slice(method.as_bytes());
        out.push(b' ');
        out.extend_from_slice(pick(random, &PATHS).as_bytes());
        out.extend_from_slice(b" HTTP/1.1\" ");
        let status: &str = ["200", "304", "404", "500"][self.statuses.pick(random)];
        out.extend_from_slice(status.as_bytes());
        out.push(b' ');
        let size = number::integer(random, 100, 50_000).unwrap();
        out.extend_from_slice(itoa::Buffer::new().format(size).as_bytes());
        out.extend_from_slice(b" \"-\" \"");
        out.extend_from_slice(pick(random, &AGENTS).as_bytes());
        out.push(b'"');
    }
}

fn pick<'a>(random: &mut impl Random, items: &[&'a str]) -> &'a str {
    items[rand::index(random, items.len()).unwrap()]
}

/// The event plugin's options over one template.
fn options() -> String {
    format!(
        "mode: all\nparams: {}\ntemplates:\n- line: {{template: line.jinja}}\n",
        serde_json::json!({ "paths": PATHS, "agents": AGENTS })
    )
}

fn source(template: &str) -> (TempDir, Box<dyn EventSource>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("line.jinja"), template).unwrap();
    let mut problems = Diagnostics::default();
    let path = Path::new("generator.yml");
    let node = parse_yaml(&options(), path, &mut problems).unwrap();
    let mut cx = Context {
        diagnostics: &mut problems,
        path,
        base: folder.path(),
        files: &Disk,
        calendars: None,
        setting: "event.template".to_owned(),
    };
    let config = TemplateConfig::decode(&node, &mut cx).unwrap();
    let env = EventEnv {
        base: folder.path(),
        files: Arc::new(Disk),
        zone: Zone::UTC,
        seed: Some(1),
        globals: Globals::default(),
        limits: Limits::RUN,
    };
    let source = config.build(&env, &mut problems);
    (folder, source.unwrap_or_else(|| panic!("{problems:?}")))
}

/// A millisecond after the other.
fn moment(index: u64) -> Moment {
    Moment {
        wall_us: START_US + index as i64 * 1_000,
        offset_s: 0,
    }
}

type Line<'a> = &'a mut dyn FnMut(Moment, u64, &mut Vec<u8>);

fn rendering(name: &str, template: &str, line: Line<'_>) {
    let (_folder, mut ours) = source(template);
    compare(ours.as_mut(), line);
    let (mut our_times, mut hand_times) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..number_of("EVTUI_BENCH_ROUNDS", ROUNDS) {
        our_times.push(cpu(|| bytes = render(ours.as_mut())));
        hand_times.push(cpu(|| {
            std::hint::black_box(loop_of(line));
        }));
    }
    let (ours, hand) = (median(our_times), median(hand_times));
    let rate = |seconds: f64| ROUND as f64 / seconds / 1e6;
    println!(
        "{name}: {:.2} million events, {:.0} MB per CPU second; by hand {:.2} million; ratio 1 : {:.2}",
        rate(ours),
        bytes as f64 / ours / 1e6,
        rate(hand),
        ours / hand
    );
}

/// Both make the same bytes.
fn compare(ours: &mut dyn EventSource, line: Line<'_>) {
    let (mut batch, mut text) = (EventBatch::default(), Vec::new());
    for index in 0..2_000 {
        ours.produce(moment(index), &[], &mut batch);
        text.clear();
        line(moment(index), index, &mut text);
        let made = batch.get(batch.len() - 1);
        assert_eq!(
            String::from_utf8_lossy(made),
            String::from_utf8_lossy(&text),
            "line {index}"
        );
    }
}

fn render(source: &mut dyn EventSource) -> usize {
    let (mut batch, mut bytes) = (EventBatch::default(), 0);
    for index in 0..ROUND {
        source.produce(moment(index), &[], &mut batch);
        if batch.byte_len() >= BATCH {
            bytes += std::hint::black_box(&batch).byte_len();
            batch.clear();
        }
    }
    bytes + batch.byte_len()
}

fn loop_of(line: Line<'_>) -> usize {
    let (mut text, mut bytes) = (Vec::new(), 0);
    for index in 0..ROUND {
        line(moment(index), index, &mut text);
        if text.len() >= BATCH {
            bytes += std::hint::black_box(&text).len();
            text.clear();
        }
    }
    bytes + text.len()
}

/// CPU seconds of this thread where the system tells them, else seconds.
fn cpu(work: impl FnOnce()) -> f64 {
    let used = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some(nanoseconds / 1e9)
    };
    let (start, before) = (Instant::now(), used());
    work();
    match (before, used()) {
        (Some(before), Some(after)) if after > before => after - before,
        _ => start.elapsed().as_secs_f64(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn number_of(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// What a run of a whole process took.
struct Measured {
    seconds: f64,
    cpu_seconds: f64,
    peak_mb: f64,
    bytes: u64,
    digest: u64,
}

/// Writes events as they are.
const FILE: &str = "file: {path: events.log, write_mode: overwrite, formatter: {format: plain}}";

/// A project with an endless input and one template.
fn project(template: &str, output: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("line.jinja"), template).unwrap();
    let document = format!(
        "input:\n- cron: {{expression: '* * * * * *', count: 1000}}\nevent:\n  template:\n    {}\noutput:\n- {output}\n",
        options().trim_end().replace('\n', "\n    ")
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    folder
}

fn run(project: &Path, events: u64, workers: usize) -> Measured {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command
        .args(["generate", "--sample", "--seed", "1", "--quiet"])
        .args(["--max-events", &events.to_string()])
        .args(["--workers", &workers.to_string()])
        .arg(project);
    let before = children_cpu();
    let start = Instant::now();
    let mut child = command.spawn().expect("evtui starts");
    let mut peak_mb: f64 = 0.0;
    let status = loop {
        peak_mb = peak_mb.max(peak(child.id()).unwrap_or(0.0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.success(), "evtui failed");
    let cpu_seconds = children_cpu() - before;
    let written = project.join("events.log");
    let (lines, bytes, digest) = if written.exists() {
        read(&written)
    } else {
        (events, 0, 0)
    };
    assert_eq!(lines, events, "lines in the file");
    Measured {
        seconds,
        cpu_seconds,
        peak_mb,
        bytes,
        digest,
    }
}

/// CPU seconds of all ended children, where the system tells them.
fn children_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(13).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap_or(0.0))
        .sum::<f64>()
        / 100.0
}

/// Highest resident memory of a process so far, in MB, where the system tells it.
fn peak(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// Lines, bytes and a checksum of a file.
fn read(path: &Path) -> (u64, u64, u64) {
    use std::hash::Hasher as _;
    let mut file = std::fs::File::open(path).unwrap();
    let mut hasher = std::hash::DefaultHasher::new();
    let (mut lines, mut bytes) = (0, 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer).unwrap();
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            return (lines, bytes, hasher.finish());
        };
        lines += memchr::memchr_iter(b'\n', read).count() as u64;
        bytes += count as u64;
        hasher.write(read);
    }
}

fn pipeline(name: &str, template: &str, events: u64) {
    let project = project(template, FILE);
    let measured = run(project.path(), events, 1);
    println!(
        "{name}, whole pipeline to a file: {:.2} million events/s, {:.0} MB/s; {:.2} million per CPU second",
        events as f64 / measured.seconds / 1e6,
        measured.bytes as f64 / measured.seconds / 1e6,
        events as f64 / measured.cpu_seconds / 1e6,
    );
}

/// One render thread and two, in turns. The events are dropped, so that what writes them takes no share
/// of the second core; that the bytes are the same is seen in files of fewer events.
fn second_core(events: u64) {
    let written = project(HEAVY, FILE);
    let digest = |workers| run(written.path(), (events / 10).max(1), workers).digest;
    assert_eq!(digest(1), digest(2), "the bytes depend on the workers");
    let project = project(HEAVY, "drop: {}");
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        one.push(run(project.path(), events, 1));
        two.push(run(project.path(), events, 2));
    }
    let of =
        |runs: &[Measured], what: fn(&Measured) -> f64| median(runs.iter().map(what).collect());
    let (alone, both) = (of(&one, |run| run.seconds), of(&two, |run| run.seconds));
    println!(
        "stateless set, two workers beside one: {:.2} times as fast ({:.2} s, {:.2} s), the same bytes; CPU time {:.2} times",
        alone / both,
        alone,
        both,
        of(&two, |run| run.cpu_seconds) / of(&one, |run| run.cpu_seconds),
    );
}

fn memory() {
    let project = project(CONSTANT, FILE);
    for events in [1_000_000, 10_000_000] {
        let measured = run(project.path(), events, 1);
        println!(
            "memory: {:.1} MB at most in a run of {events} events",
            measured.peak_mb
        );
    }
}
