//! What watching costs, and how late many generators are in one instance.
//!
//! ```text
//! cargo bench --bench monitoring
//! EVTUI_BENCH_SECONDS=30 EVTUI_BENCH_ROUNDS=9 cargo bench --bench monitoring
//! ```
//!
//! First a generator that produces as fast as it can, left alone and watched by turns: overview, status
//! and tail ten times a second each, as the screens ask. The ratio of the two is what watching costs; it
//! may be 2 %. It is taken pair by pair, because the machine is not the same from one minute to the next.
//!
//! Then fifty generators at a thousand events a second each in one instance, left alone and watched:
//! how late their events are against the schedule when an output has them. The 99th percentile may be
//! 10 ms. The baseline is a thread that only sleeps until the same moments.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use evtui::config::Parameters;
use evtui::instance::{GeneratorSpec, Handle, TailQuery, discard, local};
use evtui::output::Streams;

/// Generators that run side by side.
const GENERATORS: usize = 50;

/// How often each question of the screens is asked.
const REFRESH: Duration = Duration::from_millis(100);

/// The most that watching may cost, in percent.
const COST_BAR: f64 = 2.0;

/// The latest the 99th percentile may be, in milliseconds.
const LATE_BAR: f64 = 10.0;

fn main() {
    let seconds = number("EVTUI_BENCH_SECONDS", 4);
    let rounds = number("EVTUI_BENCH_ROUNDS", 7);
    throughput(Duration::from_secs(seconds), rounds);
    let seconds = seconds.max(10);
    sleeping(seconds);
    for watched in [false, true] {
        many(seconds, watched);
    }
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future)
}

fn project(folder: &Path, input: &str, template: &str, output: &str) {
    let document = format!(
        "input:\n- {input}\nevent:\n  template:\n    mode: all\n    templates:\n    - event: {{template: event.jinja}}\noutput:\n- {output}\n"
    );
    std::fs::write(folder.join("generator.yml"), document).unwrap();
    std::fs::write(folder.join("event.jinja"), template).unwrap();
}

fn spec(id: String, project: &Path, live_mode: bool) -> GeneratorSpec {
    GeneratorSpec {
        id,
        project: project.to_owned(),
        parameters: Parameters {
            live_mode,
            ..Parameters::default()
        },
        seed: None,
    }
}

/// Asks what the screens ask until it is dropped.
struct Watcher {
    over: Arc<AtomicBool>,
    asked: Arc<AtomicU64>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Watcher {
    fn of(instance: &Handle, id: &str) -> Self {
        let (over, asked) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (instance, id) = (instance.clone(), id.to_owned());
        let (stop, count) = (over.clone(), asked.clone());
        let thread = std::thread::spawn(move || {
            let mut after = 0;
            while !stop.load(Ordering::SeqCst) {
                let begin = Instant::now();
                std::hint::black_box(block_on(instance.overview()));
                std::hint::black_box(block_on(instance.status(&id)));
                let query = TailQuery { after, most: 200 };
                if let Ok(page) = block_on(instance.tail(&id, query)) {
                    after = page.events.last().map_or(after, |one| one.number);
                }
                count.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(REFRESH.saturating_sub(begin.elapsed()));
            }
        });
        Self {
            over,
            asked,
            thread: Some(thread),
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// The rate of a run alone and of the same run watched, by turns.
fn throughput(time: Duration, rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let template = "{\"at\": \"{{ timestamp.isoformat() }}\", \"user\": \"{{ module.rand.choice(['alice', 'bob', 'carol']) }}\", \"bytes\": {{ module.rand.number.integer(1, 9000) }}}";
    let output = "drop: {}";
    let input = "cron: {expression: '* * * * * *', count: 1000}";
    project(folder.path(), input, template, output);
    let instance = local(discard()).unwrap();
    block_on(instance.start(spec("flood".to_owned(), folder.path(), false))).unwrap();
    rate(&instance, time / 2);
    let mut ratios = Vec::new();
    for round in 0..rounds {
        // Who comes first changes, so that nobody gains from a machine that warms up.
        let watched_first = round % 2 == 1;
        let mut rates = [0.0; 2];
        for watched in [watched_first, !watched_first] {
            let watcher = watched.then(|| Watcher::of(&instance, "flood"));
            // The tap of the turn before is off again, or that of this one is on.
            std::thread::sleep(if watched { REFRESH * 5 } else { REFRESH * 60 });
            rates[usize::from(watched)] = rate(&instance, time);
            if let Some(watcher) = &watcher {
                assert!(watcher.asked.load(Ordering::SeqCst) > 10);
            }
        }
        let [alone, watched] = rates;
        ratios.push(watched / alone);
        println!(
            "alone {alone:>10.0} events/s  watched {watched:>10.0} events/s  ratio {:.3}",
            watched / alone
        );
    }
    block_on(instance.shutdown());
    ratios.sort_by(f64::total_cmp);
    let cost = (1.0 - ratios[ratios.len() / 2]) * 100.0;
    println!("watching costs {cost:.1} % (median of {rounds}); it may cost {COST_BAR} %");
}

fn rate(instance: &Handle, time: Duration) -> f64 {
    let events = || block_on(instance.status("flood")).unwrap().stats.events;
    let (begin, before) = (Instant::now(), events());
    std::thread::sleep(time);
    let made = events() - before;
    made as f64 / begin.elapsed().as_secs_f64()
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

/// What was written, and when.
type Writes = Vec<(i64, Vec<u8>)>;

/// What came out of all generators, in parts so that they do not wait for each other.
#[derive(Default)]
struct Sink(Vec<Mutex<Writes>>);

impl Sink {
    fn take(&self, bytes: &[u8]) {
        let now = now_us();
        let mut hasher = DefaultHasher::new();
        std::thread::current().id().hash(&mut hasher);
        let part = usize::try_from(hasher.finish() % self.0.len() as u64).unwrap();
        self.0[part].lock().unwrap().push((now, bytes.to_vec()));
    }

    /// Lateness of the events that fell due in a span, in microseconds.
    fn late(&self, from_us: i64, until_us: i64) -> Vec<i64> {
        let mut late = Vec::new();
        for part in &self.0 {
            for (at, bytes) in part.lock().unwrap().drain(..) {
                let text = String::from_utf8(bytes).unwrap();
                let due = text
                    .split_ascii_whitespace()
                    .map(|one| one.parse::<i64>().unwrap());
                let due = due.filter(|due| (from_us..until_us).contains(due));
                late.extend(due.map(|due| at - due));
            }
        }
        late
    }
}

fn many(seconds: u64, watched: bool) {
    let folder = tempfile::tempdir().unwrap();
    let template = "{{ (timestamp.timestamp() * 1000000) | round | int }}";
    let input = "arrival: {pattern: uniform, rate: 1000}";
    let output = "stdout: {formatter: {format: plain}}";
    project(folder.path(), input, template, output);
    let sink = Arc::new(Sink((0..64).map(|_| Mutex::default()).collect()));
    let taking = sink.clone();
    let streams = Streams::Captured(Arc::new(move |_, bytes| {
        taking.take(bytes);
        Ok(())
    }));
    let instance = local(streams).unwrap();
    for number in 0..GENERATORS {
        let spec = spec(format!("g{number}"), folder.path(), true);
        block_on(instance.start(spec)).unwrap();
    }
    let watcher = watched.then(|| Watcher::of(&instance, "g0"));
    std::thread::sleep(Duration::from_secs(1));
    let (from_us, cpu_before) = (now_us(), cpu());
    std::thread::sleep(Duration::from_secs(seconds));
    let (until_us, cpu_after) = (now_us(), cpu());
    // What fell due last has to get out.
    std::thread::sleep(Duration::from_millis(500));
    drop(watcher);
    block_on(instance.shutdown());
    let late = sink.late(from_us, until_us);
    let wanted = GENERATORS as u64 * 1_000 * seconds;
    let share = late.len() as f64 / wanted as f64 * 100.0;
    let who = if watched { "watched" } else { "alone" };
    let name = format!("{GENERATORS} generators, {who}");
    report(&name, late);
    if let Some((before, after)) = cpu_before.zip(cpu_after) {
        let used = (after - before).as_secs_f64() / seconds as f64 * 100.0;
        println!("  {share:.1} % of the schedule came, for {used:.0} % of a core");
    }
}

fn sleeping(seconds: u64) {
    let mut late = Vec::new();
    let mut due = now_us() + 1_000;
    let end = due + i64::try_from(seconds).unwrap() * 1_000_000;
    while due <= end {
        while now_us() < due {
            let left = u64::try_from(due - now_us()).unwrap_or(0);
            std::thread::sleep(Duration::from_micros(left));
        }
        let now = now_us();
        while due <= now {
            late.push(now - due);
            due += 1_000;
        }
    }
    report("thread that sleeps, 1 ms apart", late);
}

fn report(name: &str, mut late: Vec<i64>) {
    late.sort_unstable();
    let at = |of: usize| {
        let index = (late.len() * of / 1_000).min(late.len().saturating_sub(1));
        late.get(index).map_or(f64::NAN, |us| *us as f64 / 1e3)
    };
    println!(
        "{name:<32} {:>8} events  late by ms: p50 {:>7.2}  p99 {:>7.2}  max {:>7.2}  (p99 may be {LATE_BAR})",
        late.len(),
        at(500),
        at(990),
        at(1_000)
    );
}

/// Processor time of this process so far, where the system tells.
fn cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // A tick is a hundredth of a second on every Linux there is today.
    Some(Duration::from_millis(ticks * 10))
}
