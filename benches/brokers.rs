//! How fast events go to redis and nats, beside the brokers' own tools in the same run.
//!
//! ```text
//! cargo bench --bench brokers
//! EVTUI_BENCH_EVENTS=500000 cargo bench --bench brokers
//! ```
//!
//! Servers are started on free ports and ended. The baseline of redis is `redis-benchmark` of its own
//! package, with the same payload, one connection and as many commands in a pipeline as we send; that of
//! nats is a bare loop of the client library that publishes and flushes at the end, because Debian's
//! package has no tool of its own. Beside the rates: processor seconds of this process per gigabyte of
//! payload, where the baseline runs in this process too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "../tests/support/engine.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod engine;
#[path = "../tests/support/servers.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod servers;

use std::process::Command;
use std::time::{Duration, Instant};

use engine::Run;
use servers::{Recipe, Server, find};

/// Bytes of an event.
const SIZE: usize = 200;

/// Commands in a pipeline.
const PIPELINE: usize = 1_000;

fn main() {
    let count = std::env::var("EVTUI_BENCH_EVENTS");
    let count = count
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let events: Vec<String> = (0..count)
        .map(|n| format!("{n:0>width$}", width = SIZE))
        .collect();
    println!("{count} events of {SIZE} bytes, sample mode, from the replayed file to the server");
    redis(&events);
    nats(&events);
}

/// Rate and processor time of one way.
struct Measured {
    rate: f64,
    /// Per gigabyte of payload; none where another process did the work.
    cpu: Option<f64>,
}

fn measured(count: usize, work: impl FnOnce()) -> Measured {
    let (cpu, start) = (processor_time(), Instant::now());
    work();
    let (took, cpu) = (start.elapsed(), processor_time().saturating_sub(cpu));
    let gigabytes = (count * SIZE) as f64 / 1e9;
    Measured {
        rate: count as f64 / took.as_secs_f64(),
        cpu: Some(cpu.as_secs_f64() / gigabytes),
    }
}

/// Processor time of this process so far: clock ticks of a hundredth of a second.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| -> u64 {
        let value = after_name.split_whitespace().nth(field);
        value.and_then(|value| value.parse().ok()).unwrap_or(0)
    };
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn line(name: &str, ours: &Measured, baseline: &Measured) {
    let cpu = |one: &Measured| one.cpu.map_or("-".to_owned(), |cpu| format!("{cpu:.1}"));
    println!(
        "{name:<28} {:>10.0}/s  baseline {:>10.0}/s  ratio {:.2}  CPU s/GB {} (baseline {})",
        ours.rate,
        baseline.rate,
        ours.rate / baseline.rate,
        cpu(ours),
        cpu(baseline),
    );
}

/// Runs all events through the engine.
fn through(output: &str, events: &[String]) -> Measured {
    measured(events.len(), || {
        let stats = Run::start(output, events).finished();
        assert_eq!(stats.outputs[0].written, events.len() as u64, "{stats:?}");
    })
}

fn redis(events: &[String]) {
    let recipe = Recipe::new("redis-server").args([
        "--port",
        "{port}",
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        "{dir}",
    ]);
    let Some(server) = recipe.start() else {
        return;
    };
    if find("redis-benchmark").is_none() {
        servers::missing("redis-benchmark");
        return;
    }
    let port = server.port();
    let payload = "x".repeat(SIZE);
    let output = |kind: &str| {
        format!(
            "redis: {{mode: {{type: single, url: 'redis://127.0.0.1:{port}'}}, \
             redis_type: {{{kind}}}, pipeline: {PIPELINE}}}"
        )
    };
    for (name, kind, command) in [
        (
            "redis stream (XADD)",
            "type: stream, key: ours",
            vec!["XADD", "theirs", "*", "data", &payload],
        ),
        (
            "redis list (RPUSH, merged)",
            "type: list, key: ours",
            vec!["RPUSH", "theirs", &payload],
        ),
        (
            "redis publish",
            "type: publish, channel: ours",
            vec!["PUBLISH", "theirs", &payload],
        ),
        (
            "redis strings (SET)",
            "type: strings, key: ours",
            vec!["SET", "theirs", &payload],
        ),
    ] {
        let baseline = Measured {
            rate: benchmark(port, events.len(), &command),
            cpu: None,
        };
        flush(&server);
        line(name, &through(&output(kind), events), &baseline);
        flush(&server);
    }
}

fn flush(server: &Server) {
    server.client("redis-cli", ["-p", "{port}", "FLUSHALL"]);
}

/// Requests a second of the broker's own tool.
fn benchmark(port: u16, count: usize, command: &[&str]) -> f64 {
    let mut tool = Command::new(find("redis-benchmark").unwrap());
    tool.args(["-p", &port.to_string(), "-c", "1", "-q", "--csv"])
        .args(["-n", &count.to_string(), "-P", &PIPELINE.to_string()])
        .args(command);
    let said = tool.output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    // "test","rps",... then one row, of which the rate is the first number behind the command.
    let row = text.lines().last().unwrap_or_default();
    let rate = row
        .split("\",\"")
        .nth(1)
        .and_then(|field| field.trim_matches('"').parse().ok());
    rate.unwrap_or_else(|| panic!("no rate in {text:?}"))
}

fn nats(events: &[String]) {
    let Some(server) = Recipe::new("nats-server")
        .args([
            "-a",
            "127.0.0.1",
            "-p",
            "{port}",
            "-js",
            "-sd",
            "{dir}/store",
        ])
        .start()
    else {
        return;
    };
    let url = format!("nats://127.0.0.1:{}", server.port());
    let bare = measured(events.len(), || bare_publish(&url, events));
    let output = |mode: &str| format!("nats: {{url: '{url}', mode: {{{mode}}}}}");
    let ours = through(&output("type: regular, subject: bench.x"), events);
    line("nats (core)", &ours, &bare);

    let stored = &events[..events.len() / 10];
    let mode = "type: jet_stream, subject: kept, stream: KEPT, create: true, storage: memory";
    let bare = measured(stored.len(), || bare_store(&url, stored));
    let ours = through(&output(mode), stored);
    line("nats (JetStream, memory)", &ours, &bare);
}

/// The client library without anything around it.
fn bare_publish(url: &str, events: &[String]) {
    runtime().block_on(async {
        let client = async_nats::connect(url).await.unwrap();
        for event in events {
            client
                .publish("bench.x", event.clone().into())
                .await
                .unwrap();
        }
        client.flush().await.unwrap();
    });
}

/// As [`bare_publish`] into a stream, with the library's own limit of messages without acknowledgement.
fn bare_store(url: &str, events: &[String]) {
    runtime().block_on(async {
        let client = async_nats::connect(url).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let config = async_nats::jetstream::stream::Config {
            name: "BARE".to_owned(),
            subjects: vec!["bare".to_owned()],
            storage: async_nats::jetstream::stream::StorageType::Memory,
            ..Default::default()
        };
        context.create_stream(config).await.unwrap();
        let mut waiting = std::collections::VecDeque::new();
        for event in events {
            if waiting.len() >= 256 {
                let first: async_nats::jetstream::context::PublishAckFuture =
                    waiting.pop_front().unwrap();
                first.await.unwrap();
            }
            waiting.push_back(context.publish("bare", event.clone().into()).await.unwrap());
        }
        for last in waiting {
            last.await.unwrap();
        }
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}
