//! Our events per CPU second, in this process.

use std::io::{Seek, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use evtui::batch::EventBatch;
use evtui::config::Disk;
use evtui::event::template::TemplateSource;
use evtui::event::{EventSource, Outcome};
use evtui::output::format::{FormatConfig, FormatEnv, Formatted, Formatter};
use evtui::time::Zone;

use super::copy;
use super::number;
use super::project::{self, Project};

/// 2026-03-01T00:00:00 in microseconds; five events a second follow.
const START_US: i64 = 1_772_323_200_000_000;
const STEP_US: i64 = 200_000;
const BATCH_BYTES: usize = 256 << 10;

/// Events per second.
pub struct Rates {
    /// Rendering alone, of a thread's CPU time.
    pub render: f64,
    /// Formatting alone.
    pub format: f64,
    /// Rendering and formatting on one thread.
    pub both: f64,
    /// With formatting and writing on a thread of their own, by the clock.
    pub apart: f64,
    /// Mean bytes of a rendered event.
    pub size: f64,
}

struct Renderer {
    source: TemplateSource,
    index: i64,
}

impl Renderer {
    fn new(project: &Project) -> Self {
        Self {
            source: project.source(),
            index: 0,
        }
    }

    fn fill(&mut self, batch: &mut EventBatch) {
        batch.clear();
        while batch.byte_len() < BATCH_BYTES {
            let at = Zone::UTC.at_wall(START_US + self.index * STEP_US);
            let outcome = self.source.produce(at, &[], batch);
            assert!(matches!(outcome, Outcome::Produced(_)), "{outcome:?}");
            self.index += 1;
        }
    }
}

fn formatter(project: &Project) -> Formatter {
    let env = FormatEnv::new(&project.path, Arc::new(Disk));
    FormatConfig::Json(0).build(&env).unwrap()
}

/// CPU seconds of this thread.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux system");
    let spent: f64 = text.split(' ').next().unwrap().parse().unwrap();
    spent / 1e9
}

pub fn rates(project: &Project) -> Rates {
    let mut renderer = Renderer::new(project);
    let mut formatter = formatter(project);
    let (mut batch, mut formatted) = (EventBatch::default(), Formatted::default());
    // State grows into its usual size, memory is made.
    for _ in 0..4 {
        renderer.fill(&mut batch);
        formatter.format(&batch, "\n", &mut formatted);
    }
    let enough = number("EVTUI_BENCH_MILLISECONDS", 400) as f64 / 1000.0;
    let (mut render, mut format, mut events, mut bytes) = (0.0, 0.0, 0, 0);
    while render + format < enough {
        let start = cpu();
        renderer.fill(&mut batch);
        let middle = cpu();
        formatter.format(&batch, "\n", &mut formatted);
        let end = cpu();
        assert_eq!(formatted.lost(), 0, "{:?}", formatted.failures());
        render += middle - start;
        format += end - middle;
        events += batch.len();
        bytes += batch.byte_len();
    }
    let events = events as f64;
    Rates {
        render: events / render,
        format: events / format,
        both: events / (render + format),
        apart: apart(project, &mut renderer, enough),
        size: bytes as f64 / events,
    }
}

/// Events per second by the clock while another thread formats and writes.
fn apart(project: &Project, renderer: &mut Renderer, enough: f64) -> f64 {
    let (full, filled) = sync_channel::<EventBatch>(4);
    let (empty, emptied) = sync_channel::<EventBatch>(8);
    for _ in 0..6 {
        empty.send(EventBatch::default()).unwrap();
    }
    let start = Instant::now();
    let mut events = 0;
    std::thread::scope(|scope| {
        scope.spawn(move || write(formatter(project), &filled, &empty));
        while start.elapsed().as_secs_f64() < enough {
            let mut batch = emptied.recv().unwrap();
            renderer.fill(&mut batch);
            events += batch.len();
            full.send(batch).unwrap();
        }
        drop(full);
    });
    events as f64 / start.elapsed().as_secs_f64()
}

/// Bytes after which the file is written anew from its start. It then stays in the system's memory, as
/// files of a second's events do: what is measured is the program and not how fast the disk takes them.
const FILE_BYTES: usize = 64 << 20;

fn write(mut formatter: Formatter, filled: &Receiver<EventBatch>, empty: &SyncSender<EventBatch>) {
    let mut file = tempfile::tempfile().unwrap();
    let mut formatted = Formatted::default();
    let mut written = 0;
    for batch in filled {
        formatter.format(&batch, "\n", &mut formatted);
        file.write_all(formatted.bytes()).unwrap();
        written += formatted.bytes().len();
        if written >= FILE_BYTES {
            file.rewind().unwrap();
            written = 0;
        }
        let _ = empty.send(batch);
    }
}

/// How long a project of `count` templates takes from its options to being ready, samples loaded.
pub fn compile(largest: &Project, count: usize) {
    let copy = copy::copied(&largest.path);
    let mut event = largest.event();
    let list = project::templates(&mut event);
    let first = list.len();
    let mut bytes = 0;
    for at in 0..count {
        let mut entry = list[at % first].clone();
        let file = format!("templates/copy-{at}.jinja");
        let former = project::rename(&mut entry, &format!("copy_{at}"), &file);
        bytes += std::fs::copy(copy.path().join(former), copy.path().join(&file)).unwrap();
        list.push(entry);
    }
    list.drain(..first);
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = cpu();
        std::hint::black_box(project::source(copy.path(), &event));
        best = best.min(cpu() - start);
    }
    println!(
        "compile: {count} templates like those of {}, {bytes} bytes, with their samples: {:.1} ms",
        largest.name,
        best * 1000.0
    );
}

/// Resident memory while ten million events go by.
pub fn memory(project: &Project) {
    let mut renderer = Renderer::new(project);
    let mut formatter = formatter(project);
    let (mut batch, mut formatted) = (EventBatch::default(), Formatted::default());
    let all = number("EVTUI_BENCH_EVENTS", 10_000_000);
    let (mut events, mut mark) = (0_u64, 10_000);
    while events < all {
        renderer.fill(&mut batch);
        formatter.format(&batch, "\n", &mut formatted);
        events += batch.len() as u64;
        if events >= mark {
            println!("{}: {events} events, {:.1} MiB", project.name, resident());
            mark = if mark < 1_000_000 {
                mark * 10
            } else {
                mark + 1_000_000
            };
        }
    }
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux system");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes: f64 = line
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap();
    kilobytes / 1024.0
}
