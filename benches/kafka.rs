//! The output kafka beside librdkafka's own producer, both into the same mock cluster in one run.
//!
//! ```text
//! cargo bench --bench kafka
//! EVTUI_BENCH_EVENTS=5000000 cargo bench --bench kafka
//! ```
//!
//! Events of 200 bytes without a key, one attempt after the other as an output in order makes them; the
//! producer is fed in a loop that waits for its queue. Both wait for all acknowledgements. The
//! processor time is that of the whole process, so the cluster's own is part of both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use evtui::batch::EventBatch;
use evtui::config::{Context, Diagnostics, Disk, Node, Scalar, Span, Tree};
use evtui::output::{
    FormatEnv, Formatted, Output, OutputConfig, OutputEnv, PLUGINS, Parcel, Streams, TextSet,
};
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

const EVENT: usize = 200;

/// Time that passed, processor time in it.
type Cost = (Duration, Option<Duration>);

fn main() {
    let events = std::env::var("EVTUI_BENCH_EVENTS");
    let events: usize = events
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let cluster = MockCluster::new(1).unwrap();
    let servers = cluster.bootstrap_servers();
    println!("{events} events of {EVENT} bytes into a mock cluster of one broker");
    // librdkafka is built without zlib and zstd here.
    for codec in ["none", "snappy", "lz4"] {
        let baseline = librdkafka(&servers, codec, events);
        report(&format!("{codec}: librdkafka"), events, baseline, baseline);
        for batch in [1_000, 10_000] {
            let name = format!("{codec}: evtui, batches of {batch}");
            report(
                &name,
                events,
                evtui(&servers, codec, events, batch),
                baseline,
            );
        }
    }
    let own = evtui(&servers, "none", events, 10_000);
    for codec in ["gzip", "zstd"] {
        let name = format!("{codec}: evtui, ratio to its own none");
        report(&name, events, evtui(&servers, codec, events, 10_000), own);
    }
}

fn report(name: &str, events: usize, (wall, cpu): Cost, baseline: Cost) {
    let rate = events as f64 / wall.as_secs_f64();
    let ratio = baseline.0.as_secs_f64() / wall.as_secs_f64();
    let size = (events * EVENT) as f64 / 1e9;
    let cpu = cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64() / size);
    println!("{name:<40} {rate:>10.0} events/s  ratio {ratio:>5.2}  {cpu:>6.2} CPU s/GB");
}

/// Texts that compress about as logs do.
fn event(n: usize) -> String {
    let head = format!(
        "2026-01-01T00:00:00Z host-{} app[{n}]: GET /index/{} 200 ",
        n % 50,
        n % 997
    );
    let rest = "user agent and such; ".repeat(10);
    let mut text = head + &rest;
    text.truncate(EVENT);
    text
}

fn librdkafka(servers: &str, codec: &str, events: usize) -> Cost {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("compression.codec", codec)
        .set("acks", "all")
        .create()
        .unwrap();
    let texts: Vec<String> = (0..10_000).map(event).collect();
    // The first message finds the topic.
    produce(&producer, &texts[0]);
    producer.flush(Duration::from_secs(60)).unwrap();
    let (began, cpu_before) = (Instant::now(), cpu());
    for n in 0..events {
        produce(&producer, &texts[n % texts.len()]);
    }
    producer.flush(Duration::from_secs(600)).unwrap();
    (began.elapsed(), since(cpu_before))
}

fn produce(producer: &BaseProducer, text: &str) {
    let mut record = BaseRecord::<(), str>::to("librdkafka").payload(text);
    while let Err((error, again)) = producer.send(record) {
        let full = KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull);
        assert_eq!(error, full);
        record = again;
        producer.poll(Duration::from_millis(1));
    }
}

fn evtui(servers: &str, codec: &str, events: usize, batch: usize) -> Cost {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = config(servers, codec);
    let env = OutputEnv {
        base: Path::new("."),
        files: Arc::new(Disk),
        streams: Streams::Process,
        runtime: runtime.handle().clone(),
        write_timeout: Duration::from_secs(60),
        max_concurrency: 1,
        resumes: false,
    };
    let Output::Remote(output) = config.build(&env).unwrap() else {
        panic!("kafka is remote");
    };
    let parcel = parcel(config.as_ref(), batch);
    runtime.block_on(output.open()).unwrap();
    // The first attempt finds the topic.
    let first = [0];
    assert!(
        runtime
            .block_on(output.send(parcel.some(&first)))
            .failures
            .is_empty()
    );
    let (began, cpu_before) = (Instant::now(), cpu());
    for _ in 0..events / batch {
        let receipt = runtime.block_on(output.send(parcel.items()));
        assert!(receipt.failures.is_empty(), "{receipt:?}");
    }
    let cost = (began.elapsed(), since(cpu_before));
    runtime.block_on(output.close()).unwrap();
    cost
}

fn parcel(config: &dyn OutputConfig, batch: usize) -> Parcel {
    let env = FormatEnv::new(Path::new("."), Arc::new(Disk));
    let mut events = EventBatch::default();
    for n in 0..batch {
        events.push(event(n).as_bytes(), 0);
    }
    let batch = Arc::new(events);
    let mut formatted = Formatted::default();
    let mut formatter = config.format().build(&env).unwrap();
    formatter.format(&batch, config.separator(), &mut formatted);
    let texts = TextSet::build(config.texts(), &env)
        .unwrap()
        .evaluate(&batch, &formatted);
    Parcel {
        batch,
        formatted,
        texts,
        ..Parcel::default()
    }
}

fn config(servers: &str, codec: &str) -> Box<dyn OutputConfig> {
    let plugin = PLUGINS
        .iter()
        .find(|known| known.schema.name == "kafka")
        .unwrap();
    let node = |tree| Node::new(Span::default(), tree);
    let text = |text: &str| node(Tree::Scalar(Scalar::Str(text.into())));
    let mut options = vec![
        (
            text("bootstrap_servers"),
            node(Tree::Seq(vec![text(servers)])),
        ),
        (text("topic"), text("evtui")),
        (
            text("formatter"),
            node(Tree::Map(vec![(text("format"), text("plain"))])),
        ),
    ];
    if codec != "none" {
        options.push((text("compression_type"), text(codec)));
    }
    let mut diagnostics = Diagnostics::default();
    let decoded = (plugin.decode)(
        &node(Tree::Map(options)),
        &mut Context {
            diagnostics: &mut diagnostics,
            path: Path::new("generator.yml"),
            base: Path::new("."),
            files: &Disk,
            calendars: None,
            setting: String::new(),
        },
    );
    decoded.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn since(before: Option<Duration>) -> Option<Duration> {
    Some(cpu()?.saturating_sub(before?))
}

/// Processor time of this process so far.
fn cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // A tick is a hundredth of a second on every Linux there is today.
    Some(Duration::from_millis(ticks * 10))
}
