//! The outputs `file` and `stdout` beside plain loops of large writes of the same bytes: to the same
//! disk, and into a pipe.
//!
//! Ours counts formatting (`plain`) and writing of batches of 10,000 events of 200 bytes. Bars: at
//! least half of the plain loop each. CPU seconds per GB are those of the whole process, user and
//! system. `EVTUI_BENCH_DIR` names a folder on the disk to measure; the default is the target folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, parse_yaml};
use evtui::output::{
    FormatEnv, Formatted, Formatter, LocalOutput, Output, OutputEnv, PLUGINS, Parcel, Streams,
    Texts,
};

const EVENTS: usize = 10_000;
const EVENT: usize = 200;
const BATCHES: usize = 500;
const BYTES: usize = EVENTS * (EVENT + 1) * BATCHES;
const LARGE: usize = 1 << 20;
const ROUNDS: usize = 5;

/// An output, its formatter and a batch.
struct Ours {
    output: Box<dyn LocalOutput>,
    formatter: Formatter,
    batch: Arc<EventBatch>,
    _runtime: tokio::runtime::Runtime,
}

impl Ours {
    fn open(plugin: &str, options: &str) -> Self {
        let mut problems = Diagnostics::default();
        let document = Path::new("generator.yml");
        let node = parse_yaml(options, document, &mut problems).unwrap();
        let plugin = PLUGINS
            .iter()
            .find(|one| one.schema.name == plugin)
            .unwrap();
        let mut cx = Context {
            diagnostics: &mut problems,
            path: document,
            base: Path::new("/"),
            files: &Disk,
            calendars: None,
            setting: String::new(),
        };
        let config = (plugin.decode)(&node, &mut cx).expect("sound options");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let env = OutputEnv {
            base: Path::new("/"),
            files: Arc::new(Disk),
            streams: Streams::Process,
            runtime: runtime.handle().clone(),
            write_timeout: Duration::from_secs(60),
            max_concurrency: 1,
            resumes: false,
        };
        let Output::Local(mut output) = config.build(&env).unwrap() else {
            panic!("a local output");
        };
        output.open().unwrap();
        let format = FormatEnv::new(Path::new("/"), Arc::new(Disk));
        let mut batch = EventBatch::default();
        for number in 0..EVENTS {
            batch.push(format!("{number:0>EVENT$}").as_bytes(), 0);
        }
        Self {
            output,
            formatter: config.format().build(&format).unwrap(),
            batch: Arc::new(batch),
            _runtime: runtime,
        }
    }

    fn run(mut self) {
        let mut formatted = Formatted::default();
        for _ in 0..BATCHES {
            formatted.clear();
            self.formatter.format(&self.batch, "\n", &mut formatted);
            let parcel = Parcel {
                batch: self.batch.clone(),
                formatted,
                texts: Texts::default(),
                ..Parcel::default()
            };
            let receipt = self.output.write(&parcel.items(), Instant::now());
            assert!(receipt.failures.is_empty(), "{receipt:?}");
            formatted = parcel.formatted;
        }
        self.output.close().unwrap();
    }
}

fn plain(mut target: impl io::Write) {
    let block = vec![b'0'; LARGE];
    let mut left = BYTES;
    while left > 0 {
        let count = left.min(LARGE);
        target.write_all(&block[..count]).unwrap();
        left -= count;
    }
    target.flush().unwrap();
}

/// CPU seconds of this process so far; 0 where the system does not tell.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| -> f64 {
        let field = after.split_whitespace().nth(at);
        field.and_then(|text| text.parse().ok()).unwrap_or(0.0)
    };
    // Fields 14 and 15, in hundredths of a second.
    (ticks(11) + ticks(12)) / 100.0
}

/// Seconds and CPU seconds of the quickest of some rounds.
fn best(mut round: impl FnMut() -> (f64, f64)) -> (f64, f64) {
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| round()).collect();
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    rounds[0]
}

fn timed(work: impl FnOnce()) -> (f64, f64) {
    let (start, before) = (Instant::now(), cpu());
    work();
    (start.elapsed().as_secs_f64(), cpu() - before)
}

fn report(name: &str, ours: (f64, f64), theirs: (f64, f64)) {
    let gb = BYTES as f64 / 1e9;
    let ratio = theirs.0 / ours.0;
    println!(
        "{name}: {:.2} GB/s, {:.2} of a plain loop's {:.2} GB/s (bar 0.5: {}); CPU {:.2} s/GB beside {:.2}",
        gb / ours.0,
        ratio,
        gb / theirs.0,
        if ratio >= 0.5 { "met" } else { "MISSED" },
        ours.1 / gb,
        theirs.1 / gb,
    );
}

fn files() {
    let folder = std::env::var_os("EVTUI_BENCH_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        PathBuf::from,
    );
    let path = folder.join(format!("evtui-bench-file-{}", std::process::id()));
    let baseline = best(|| {
        drop(std::fs::remove_file(&path));
        timed(|| plain(File::create(&path).unwrap()))
    });
    for (name, more) in [
        ("file", ""),
        (
            "file, rotated at 100 MB, 3 kept",
            ", rotation: {max_size: 100MB, keep: 3}",
        ),
    ] {
        let ours = best(|| {
            drop(std::fs::remove_file(&path));
            let options = format!("{{path: '{}'{more}}}", path.display());
            timed(|| Ours::open("file", &options).run())
        });
        report(name, ours, baseline);
    }
    let prefix = path.file_name().unwrap().to_str().unwrap().to_owned();
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

/// Runs this program again as `role`, reading what it writes; its own time and CPU seconds.
fn piped(role: &str) -> (f64, f64) {
    let start = Instant::now();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg(role)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut room = vec![0; LARGE];
    let mut read = 0;
    loop {
        match out.read(&mut room).unwrap() {
            0 => break,
            count => read += count,
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(read, BYTES);
    let said = child.wait_with_output().unwrap();
    let used = String::from_utf8_lossy(&said.stderr).trim().parse();
    (seconds, used.unwrap_or(0.0))
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("--ours") => {
            Ours::open("stdout", "{}").run();
            eprintln!("{}", cpu());
        }
        Some("--plain") => {
            plain(io::stdout().lock());
            eprintln!("{}", cpu());
        }
        _ => {
            files();
            let baseline = best(|| piped("--plain"));
            report("stdout into a pipe", best(|| piped("--ours")), baseline);
        }
    }
}
