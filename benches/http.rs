//! How fast events leave by HTTP.
//!
//! ```text
//! cargo bench --bench http
//! EVTUI_BENCH_SECONDS=20 cargo bench --bench http
//! ```
//!
//! The sink is a process of its own that only reads and answers 201, so that the processor time is that
//! of the sender. The baseline in the same run is a loop over one plain socket that posts the same
//! bytes, formatted before. Bars: 500,000 events a second in batches of 1,000 (`json-batch`, keep-alive),
//! and 20,000 requests a second with one event each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "../tests/suites/decisions.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod decisions;
#[path = "../tests/suites/driven.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod driven;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use evtui::batch::EventBatch;
use evtui::config::{BatchParameters, Disk, Parameters};
use evtui::event::Globals;
use evtui::instance::{discard, prepare};
use evtui::output::{FormatEnv, Formatted, Output, OutputEnv, Parcel, RemoteOutput, Streams};
use evtui::pipeline::{self, RunOptions};
use evtui::time::WallClock;
use serde_json::json;

const BATCH: usize = 1_000;
const ANSWER: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

fn main() {
    if std::env::args().any(|arg| arg == "--sink") {
        return sink();
    }
    let seconds = std::env::var("EVTUI_BENCH_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(5);
    let time = Duration::from_secs(seconds);
    let sink = Sink::start();
    let batch = events();
    println!(
        "events of {} bytes, {seconds} s each",
        batch.byte_len() / batch.len()
    );

    println!("\nbatches of {BATCH}, json-batch, one request each");
    let format = json!({"format": "json-batch"});
    let bytes = formatted(&format, &batch);
    let plain = socket(&sink, &[bytes.bytes()], BATCH, time);
    plain.show("plain socket, formatted before", None);
    send(&sink, &format, &batch, false, time).show("http output, formatted before", Some(&plain));
    let whole = send(&sink, &format, &batch, true, time);
    whole.show("http output, formatting included", Some(&plain));
    run(&sink, time).show("whole run: replay of lines", Some(&plain));
    println!("bar: 500,000 events/s");

    println!("\none request per event, json");
    let format = json!({"format": "json"});
    let bytes = formatted(&format, &batch);
    let each: Vec<&[u8]> = bytes.items().collect();
    let plain = socket(&sink, &each, 1, time);
    plain.show("plain socket, one connection", None);
    let whole = send(&sink, &format, &batch, true, time);
    whole.show("http output, 100 in flight", Some(&plain));
    println!("bar: 20,000 requests/s");
}

/// What was sent in a time.
struct Measure {
    events: u64,
    bytes: u64,
    time: Duration,
    cpu: Option<Duration>,
}

impl Measure {
    /// Measures calls of `work`, which tells how many events and bytes it sent.
    fn of(time: Duration, mut work: impl FnMut() -> (u64, u64)) -> Self {
        for _ in 0..20 {
            work();
        }
        let before = cpu();
        let began = Instant::now();
        let (mut events, mut bytes) = (0, 0);
        while began.elapsed() < time {
            let (more, length) = work();
            events += more;
            bytes += length;
        }
        let time = began.elapsed();
        let cpu = before.zip(cpu()).map(|(before, after)| after - before);
        Self {
            events,
            bytes,
            time,
            cpu,
        }
    }

    fn rate(&self) -> f64 {
        self.events as f64 / self.time.as_secs_f64()
    }

    fn show(&self, name: &str, baseline: Option<&Self>) {
        let ratio = baseline.map_or(1.0, |baseline| self.rate() / baseline.rate());
        let per_gb = |cpu: Duration| cpu.as_secs_f64() / (self.bytes as f64 / 1e9);
        println!(
            "{name:<36} {:>10.0} events/s  {:>7.1} MB/s  ratio {ratio:>5.2}  {:>6.2} CPU s/GB",
            self.rate(),
            self.bytes as f64 / 1e6 / self.time.as_secs_f64(),
            self.cpu.map_or(f64::NAN, per_gb),
        );
    }
}

/// Processor time of this process so far, where the system tells.
fn cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // A tick is a hundredth of a second on every Linux there is today.
    Some(Duration::from_millis(ticks * 10))
}

fn line(n: usize) -> String {
    format!(
        "{{\"timestamp\": \"2026-01-01T00:00:{:02}.{:03}Z\", \"id\": {n}, \"user\": \"user-{}\", \"source\": {{\"ip\": \"10.0.{}.{}\", \"port\": {}}}, \"message\": \"GET /api/items/{n} took {} ms\", \"status\": 200}}",
        n / 1_000 % 60,
        n % 1_000,
        n % 97,
        n % 251,
        n % 241,
        1_024 + n % 60_000,
        n % 500,
    )
}

fn events() -> Arc<EventBatch> {
    let mut batch = EventBatch::default();
    for n in 0..BATCH {
        batch.push(line(n).as_bytes(), 0);
    }
    Arc::new(batch)
}

fn formatted(format: &serde_json::Value, batch: &EventBatch) -> Formatted {
    let options = json!({"url": "http://localhost/", "formatter": format});
    let config = driven::decode("http", &options, Path::new("/")).unwrap();
    let env = FormatEnv::new(Path::new("/"), Arc::new(Disk));
    let mut out = Formatted::default();
    config
        .format()
        .build(&env)
        .unwrap()
        .format(batch, "", &mut out);
    out
}

/// The loop by hand: head and body, then the answer.
fn socket(sink: &Sink, bodies: &[&[u8]], events: usize, time: Duration) -> Measure {
    let mut stream = TcpStream::connect(("127.0.0.1", sink.port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let port = sink.port;
    let heads: Vec<Vec<u8>> = bodies
        .iter()
        .map(|body| {
            format!(
                "POST /e HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            )
            .into_bytes()
        })
        .collect();
    let mut answer = vec![0; ANSWER.len()];
    Measure::of(time, || {
        let mut bytes = 0;
        for (head, body) in heads.iter().zip(bodies) {
            if body.len() < 4_096 {
                // One call, as a careful hand would write it.
                stream.write_all(&[head, *body].concat()).unwrap();
            } else {
                stream.write_all(head).unwrap();
                stream.write_all(body).unwrap();
            }
            stream.read_exact(&mut answer).unwrap();
            bytes += body.len() as u64;
        }
        (bodies.len() as u64 * events as u64, bytes)
    })
}

/// The output alone, driven as its thread drives it.
fn send(
    sink: &Sink,
    format: &serde_json::Value,
    batch: &Arc<EventBatch>,
    formatting: bool,
    time: Duration,
) -> Measure {
    let url = format!("http://127.0.0.1:{}/e", sink.port);
    let options = json!({"url": url, "formatter": format});
    let config = driven::decode("http", &options, Path::new("/")).unwrap();
    let runtime = runtime();
    let built = config.build(&OutputEnv {
        base: Path::new("/"),
        files: Arc::new(Disk),
        streams: Streams::default(),
        runtime: runtime.handle().clone(),
        write_timeout: Duration::from_secs(10),
        max_concurrency: 100,
        resumes: false,
    });
    let Output::Remote(output) = built.unwrap() else {
        panic!("it is remote");
    };
    let output: Arc<dyn RemoteOutput> = output;
    runtime.block_on(output.open()).unwrap();
    let env = FormatEnv::new(Path::new("/"), Arc::new(Disk));
    let mut formatter = config.format().build(&env).unwrap();
    let mut parcel = Parcel {
        batch: batch.clone(),
        ..Parcel::default()
    };
    formatter.format(batch, "", &mut parcel.formatted);
    Measure::of(time, || {
        if formatting {
            formatter.format(batch, "", &mut parcel.formatted);
        }
        let items = parcel.items();
        let receipt = runtime.block_on(output.send(items.clone()));
        assert!(receipt.failures.is_empty(), "{receipt:?}");
        (receipt.written(&items), receipt.bytes)
    })
}

/// A generator from its document to the sink.
fn run(sink: &Sink, time: Duration) -> Measure {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<String> = (0..10 * BATCH).map(line).collect();
    std::fs::write(folder.path().join("lines.log"), text.join("\n")).unwrap();
    let document = format!(
        "input:\n- cron: {{expression: '* * * * * *', count: {BATCH}}}\nevent:\n  replay: {{path: lines.log, repeat: true}}\n\
         output:\n- http: {{url: 'http://127.0.0.1:{}/e'}}\n",
        sink.port
    );
    std::fs::write(folder.path().join("generator.yml"), document).unwrap();
    let parameters = Parameters {
        live_mode: false,
        batch: BatchParameters {
            size: Some(BATCH),
            ..BatchParameters::default()
        },
        ..Parameters::default()
    };
    let (plan, _) = prepare(folder.path(), &Disk, &parameters).unwrap();
    let runtime = runtime();
    let before = cpu();
    let running = pipeline::start(
        plan,
        RunOptions {
            id: "http".to_owned(),
            parameters,
            seed: None,
            now_us: None,
            globals: Globals::default(),
            clock: Arc::new(WallClock),
            files: Arc::new(Disk),
            streams: discard(),
            runtime: runtime.handle().clone(),
            workers: None,
        },
    );
    running.wait_started().unwrap();
    let began = Instant::now();
    running.wait(Some(began + time));
    let stats = running.stats();
    let time = began.elapsed();
    let cpu = before.zip(cpu()).map(|(before, after)| after - before);
    running.abort();
    running.wait(None);
    Measure {
        events: stats.outputs[0].written,
        bytes: stats.outputs[0].bytes,
        time,
        cpu,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// The process that only reads.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--sink")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        Self {
            port: said.trim().parse().unwrap(),
            child,
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn sink() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    // It ends with the one who started it.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        stream.set_nodelay(true).unwrap();
        std::thread::spawn(move || swallow(stream));
    }
}

/// Reads requests and answers each.
fn swallow(mut stream: TcpStream) {
    let mut buffer = vec![0; 256 << 10];
    let mut filled = 0;
    loop {
        let head = buffer[..filled]
            .windows(4)
            .position(|four| four == b"\r\n\r\n");
        let Some(head) = head else {
            match stream.read(&mut buffer[filled..]) {
                Ok(count @ 1..) => filled += count,
                _ => return,
            }
            continue;
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.split("content-length:").nth(1).unwrap();
        let length: usize = length.split_whitespace().next().unwrap().parse().unwrap();
        let have = (filled - head - 4).min(length);
        let mut left = length - have;
        buffer.copy_within(head + 4 + have..filled, 0);
        filled -= head + 4 + have;
        while left > 0 {
            let room = left.min(buffer.len());
            match stream.read(&mut buffer[..room]) {
                Ok(count @ 1..) => left -= count,
                _ => return,
            }
        }
        if stream.write_all(ANSWER).is_err() {
            return;
        }
    }
}
