//! The output kafka against librdkafka's mock cluster, which fails as it is told; the real engine
//! delivers, librdkafka's consumer reads back.
#![cfg(feature = "kafka")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/engine.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod engine;
#[path = "support/kafka.rs"]
mod kafka;

use std::collections::HashMap;
use std::io::Read;
use std::net::TcpListener;
use std::thread::spawn;
use std::time::Duration;

use certificates::{Authority, server};
use engine::{Run, all_arrived, lines, number};
use kafka::{Cluster, Message};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rstest::rstest;
use rustls::{ServerConnection, StreamOwned};

/// Events in a batch of the output.
const BATCH: usize = 500;

/// Four partitions, as the mock cluster makes them.
const TOPIC: &str = "events";

/// Keys that differ, of which each has many events.
const KEY: &str = "'key-{{ event.n % 13 }}'";

const BLOCK: &str = ", on_failure: block, retry: {initial: 5ms, max: 20ms}, circuit: {probe: 20ms}";

fn output(cluster: &Cluster, more: &str) -> String {
    format!(
        "kafka: {{bootstrap_servers: {}, topic: {TOPIC}, batch: {{max_events: {BATCH}}}{more}}}",
        cluster.list()
    )
}

fn texts(messages: &[Message]) -> impl Iterator<Item = &str> {
    messages.iter().map(Message::text)
}

/// Within each partition, by offset, the events are in the order in which they were made.
fn in_order(messages: &[Message]) {
    for pair in messages.windows(2) {
        if pair[0].partition == pair[1].partition {
            assert!(number(pair[0].text()) < number(pair[1].text()), "{pair:?}");
        }
    }
}

#[rstest]
#[case::none("", false)]
#[case::snappy(", compression_type: snappy", false)]
#[case::lz4(", compression_type: lz4", false)]
#[case::gzip(", compression_type: gzip", true)]
#[case::zstd(", compression_type: zstd", true)]
fn every_message_arrives_once_in_order_in_the_partition_of_its_key(
    #[case] codec: &str,
    #[case] compressed: bool,
) {
    let cluster = Cluster::new(2);
    let total = 10 * BATCH;
    let more = format!(", key: {KEY}{codec}");
    let stats = Run::start(&output(&cluster, &more), &lines(total)).finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    let messages = if compressed {
        cluster.read_compressed(TOPIC)
    } else {
        cluster.read(TOPIC)
    };
    assert_eq!(messages.len(), total);
    all_arrived(texts(&messages), total);
    in_order(&messages);
    let places = places(&cluster);
    for message in &messages {
        let key = format!("key-{}", number(message.text()) % 13);
        assert_eq!(message.key.as_deref(), Some(key.as_bytes()));
        assert_eq!(message.partition, places[&key], "{key}");
    }
}

/// Where librdkafka puts those keys, with the Java client's partitioner.
fn places(cluster: &Cluster) -> HashMap<String, i32> {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &cluster.servers)
        .set("partitioner", "murmur2_random")
        .create()
        .unwrap();
    for key in 0..13 {
        let key = format!("key-{key}");
        let record = BaseRecord::to("oracle").key(&key).payload("x");
        producer.send(record).unwrap();
    }
    producer.flush(Duration::from_secs(60)).unwrap();
    let messages = cluster.read("oracle");
    let place = |message: &Message| {
        let key = String::from_utf8(message.key.clone().unwrap()).unwrap();
        (key, message.partition)
    };
    messages.iter().map(place).collect()
}

#[test]
fn messages_without_a_key_go_everywhere() {
    let cluster = Cluster::new(1);
    Run::start(&output(&cluster, ""), &lines(2 * BATCH)).finished();
    let messages = cluster.read(TOPIC);
    all_arrived(texts(&messages), 2 * BATCH);
    in_order(&messages);
    for partition in 0..4 {
        let count = messages
            .iter()
            .filter(|one| one.partition == partition)
            .count();
        // A quarter of a thousand: less than that is one chance in a great many.
        assert!(count > 150, "{count} in {partition}");
    }
}

#[test]
fn topics_and_headers_may_differ_from_event_to_event() {
    let cluster = Cluster::new(1);
    let more = "topic: 'events-{{ event.n % 2 }}', headers: {kind: line, n: '{{ event.n }}'}";
    let output = format!("kafka: {{bootstrap_servers: {}, {more}}}", cluster.list());
    Run::start(&output, &lines(10)).finished();
    for topic in 0..2 {
        let messages = cluster.read(&format!("events-{topic}"));
        assert_eq!(messages.len(), 5);
        for message in messages {
            let n = number(message.text());
            assert_eq!(n % 2, topic);
            let headers = [("kind", "line".to_owned()), ("n", n.to_string())];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.into_bytes()));
            assert_eq!(message.headers, headers);
        }
    }
}

/// What brokers answer in passing is tried again: by the pipeline, or by the client itself where
/// nothing else is asked for, as Eventum does.
#[rstest]
#[case::not_leader(RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)]
#[case::timed_out(RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)]
#[case::few_replicas(RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS)]
fn passing_errors_are_tried_again(
    #[case] error: RDKafkaRespErr,
    #[values(BLOCK, ", retry_backoff_ms: 5")] more: &str,
) {
    let cluster = Cluster::new(2);
    cluster.mock.create_topic(TOPIC, 4, 1).unwrap();
    cluster
        .mock
        .request_errors(RDKafkaApiKey::Produce, &[error; 3]);
    let stats = Run::start(&output(&cluster, more), &lines(4 * BATCH)).finished();
    assert_eq!(stats.outputs[0].written, 4 * BATCH as u64);
    let messages = cluster.read(TOPIC);
    all_arrived(texts(&messages), 4 * BATCH);
}

#[test]
fn brokers_that_go_and_come_back_get_every_message() {
    let cluster = Cluster::new(1);
    let total = 100 * BATCH;
    let more = format!(", key: {KEY}{BLOCK}");
    let run = Run::start(&output(&cluster, &more), &lines(total));
    for round in 1..=2 {
        let some = round * 10 * BATCH as u64;
        run.until("some are there", |stats| stats.outputs[0].written >= some);
        cluster.mock.broker_down(1).unwrap();
        let stats = run.until("the outage is seen", |stats| {
            stats.outputs[0].outage.is_some()
        });
        let reason = &stats.outputs[0].outage.as_ref().unwrap().reason;
        assert!(reason.contains("Kafka"), "{reason}");
        cluster.mock.broker_up(1).unwrap();
    }
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    all_arrived(texts(&cluster.read(TOPIC)), total);
}

/// An attempt that is given up half-way leaves nothing behind that the next could wait for.
#[test]
fn a_broker_that_does_not_answer_in_time_is_connected_to_anew() {
    let cluster = Cluster::new(1);
    cluster.mock.create_topic(TOPIC, 1, 1).unwrap();
    let total = 60 * BATCH;
    let more = format!(", write_timeout: 300ms{BLOCK}");
    let run = Run::start(&output(&cluster, &more), &lines(total));
    run.until("some are there", |stats| stats.outputs[0].written > 0);
    let never = Duration::from_secs(3_600);
    cluster.mock.broker_round_trip_time(1, never).unwrap();
    let stats = run.until("the outage is seen", |stats| {
        stats.outputs[0].outage.is_some()
    });
    let reason = &stats.outputs[0].outage.as_ref().unwrap().reason;
    assert!(reason.contains("took longer than 300ms"), "{reason}");
    cluster
        .mock
        .broker_round_trip_time(1, Duration::ZERO)
        .unwrap();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    all_arrived(texts(&cluster.read(TOPIC)), total);
}

#[test]
fn a_new_leader_is_found() {
    let cluster = Cluster::new(2);
    cluster.mock.create_topic(TOPIC, 1, 1).unwrap();
    cluster.mock.partition_leader(TOPIC, 0, Some(1)).unwrap();
    let total = 60 * BATCH;
    let run = Run::start(&output(&cluster, BLOCK), &lines(total));
    run.until("some are there", |stats| stats.outputs[0].written > 0);
    cluster.mock.partition_leader(TOPIC, 0, Some(2)).unwrap();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    all_arrived(texts(&cluster.read(TOPIC)), total);
}

#[test]
fn while_brokers_are_gone_messages_are_counted_as_lost() {
    let cluster = Cluster::new(1);
    let total = 100 * BATCH;
    let more = ", request_timeout_ms: 1, write_timeout: 500ms, circuit: {failures: 1, probe: 1h}";
    let run = Run::start(&output(&cluster, more), &lines(total));
    run.until("some are there", |stats| stats.outputs[0].written > 0);
    cluster.mock.broker_down(1).unwrap();
    let (_, stats) = run.ended();
    let output = &stats.outputs[0];
    assert!(output.write_failed > 0, "{output:?}");
    assert_eq!(output.written + output.write_failed, total as u64);
}

#[test]
fn a_message_that_is_too_large_fails_alone() {
    let cluster = Cluster::new(1);
    let mut events = lines(10);
    events[4] = format!("{{\"n\": 4, \"x\": \"{}\"}}", "x".repeat(1_000));
    let (_, stats) = Run::start(&output(&cluster, ", max_request_size: 500"), &events).ended();
    assert_eq!(
        (stats.outputs[0].written, stats.outputs[0].write_failed),
        (9, 1)
    );
    let message = &stats.errors[0].message;
    assert!(
        message.contains("larger than `max_request_size` (500)"),
        "{message}"
    );
    assert_eq!(cluster.read(TOPIC).len(), 9);
}

/// A broker's own limit is on batches: the messages of one that is too large go one by one.
#[test]
fn a_batch_that_the_broker_finds_too_large_is_split() {
    let cluster = Cluster::new(1);
    cluster.mock.create_topic(TOPIC, 1, 1).unwrap();
    let error = RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    // The batch, and then one of its messages.
    cluster
        .mock
        .request_errors(RDKafkaApiKey::Produce, &[error, error]);
    let (_, stats) = Run::start(&output(&cluster, ""), &lines(20)).ended();
    assert_eq!(
        (stats.outputs[0].written, stats.outputs[0].write_failed),
        (19, 1)
    );
    assert_eq!(cluster.read(TOPIC).len(), 19);
}

#[test]
fn what_is_not_allowed_fails_in_words() {
    let cluster = Cluster::new(1);
    cluster.mock.create_topic(TOPIC, 1, 1).unwrap();
    let error = RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    cluster
        .mock
        .request_errors(RDKafkaApiKey::Produce, &[error]);
    let (_, stats) = Run::start(&output(&cluster, BLOCK), &lines(20)).ended();
    assert_eq!(stats.outputs[0].write_failed, 20);
    let message = &stats.errors[0].message;
    assert!(message.contains("TopicAuthorizationFailed"), "{message}");
}

fn free() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[rstest]
#[case::refused("127.0.0.1:{port}", "nothing listens on 127.0.0.1:")]
#[case::unknown_host(
    "no-such-host.invalid",
    "the host of no-such-host.invalid:9092 is not found"
)]
fn brokers_that_are_not_there_fail_the_start(#[case] address: &str, #[case] words: &str) {
    let address = address.replace("{port}", &free().to_string());
    let output = format!("kafka: {{bootstrap_servers: ['{address}'], topic: t}}");
    let reason = Run::try_start(&output, &lines(1)).err().unwrap();
    assert!(reason.contains(words), "{reason}");
}

#[test]
fn a_server_that_speaks_no_tls_fails_the_start() {
    let cluster = Cluster::new(1);
    let more = ", security_protocol: SSL, request_timeout_ms: 2000";
    let reason = Run::try_start(&output(&cluster, more), &lines(1))
        .err()
        .unwrap();
    assert!(reason.contains("Kafka"), "{reason}");
}

/// Brokers with TLS are not to be had here; what is known of a connection ends with its first
/// request, which arrives encrypted from a client that shows its certificate.
#[test]
fn connections_are_encrypted_with_the_files_that_are_named() {
    let authority = Authority::new("ours");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), &authority.certificate).unwrap();
    certificates::write(folder.path(), "client", &authority.client());
    let config = server(&authority.server(&["127.0.0.1"]), Some(&authority));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(config).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let mut request = [0; 30];
        stream.read_exact(&mut request).unwrap();
        request
    });
    let path = folder.path().display();
    let output = format!(
        "kafka: {{bootstrap_servers: ['127.0.0.1:{port}'], topic: t, client_id: me-myself, \
         security_protocol: SSL, ssl_cafile: {path}/ca.pem, ssl_certfile: {path}/client.pem, \
         ssl_keyfile: {path}/client.key}}"
    );
    assert!(Run::try_start(&output, &lines(1)).is_err());
    let request = serving.join().unwrap();
    let text = String::from_utf8_lossy(&request);
    assert!(text.contains("me-myself"), "{text}");
}

#[test]
fn an_unknown_authority_fails_the_start_in_words() {
    let authority = Authority::new("ours");
    let config = server(&authority.server(&["127.0.0.1"]), None);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = spawn(move || {
        // The client's own attempt, and that which finds out why.
        for _ in 0..2 {
            let (stream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            assert!(stream.read(&mut [0; 10]).is_err());
        }
    });
    let output = format!(
        "kafka: {{bootstrap_servers: ['127.0.0.1:{port}'], topic: t, security_protocol: SSL}}"
    );
    let reason = Run::try_start(&output, &lines(1)).err().unwrap();
    assert!(
        reason.contains("authority that is not trusted here"),
        "{reason}"
    );
    serving.join().unwrap();
}
