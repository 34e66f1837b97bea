//! The output kafka against the golden vectors: what is read back from a mock cluster.

use std::time::Duration;

use super::decisions::{Suite, load, same};
use super::driven::{Driven, bytes, decode, same_fields, write_files};
use super::kafka::{Cluster, Message};
use base64::Engine;
use serde_json::Value;

/// As the reference's `write_timeout`.
const TIMEOUT: Duration = Duration::from_secs(10);

#[test]
fn kafka() {
    let cluster = Cluster::new(1);
    let mut suite = Suite::new("outputs/kafka.json");
    for case in load("outputs/kafka.json")["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        suite.marked(name, &marks(case), || run(case, name, &cluster));
    }
    suite.finish();
}

/// What the reference cannot do.
fn marks(case: &Value) -> Vec<&'static str> {
    let expect = &case["expect"];
    let mut results = expect["results"].as_array().into_iter().flatten();
    // It fails a whole batch because of one event.
    let unencodable = results.any(|result| result["error"] == "UnicodeEncodeError");
    let reason = expect["open_error"]["context"]["reason"].as_str();
    let library = reason.is_some_and(|text| text.starts_with("Compression library"));
    let marks = [("unencodable", unencodable), ("library", library)];
    marks
        .into_iter()
        .filter(|(_, set)| *set)
        .map(|(mark, _)| mark)
        .collect()
}

fn run(case: &Value, topic: &str, cluster: &Cluster) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    write_files(base.path(), case);
    if let Some(count) = case["partitions"].as_i64() {
        let count = i32::try_from(count).unwrap();
        cluster.mock.create_topic(topic, count, 1).unwrap();
    }
    let expect = &case["expect"];
    let config = filled(&case["config"], &cluster.servers, topic);
    let decoded = match (
        decode("kafka", &config, base.path()),
        expect.get("config_error"),
    ) {
        (Ok(_), Some(_)) => return Err("it was not refused".to_owned()),
        (Err(problems), Some(errors)) => return same_fields(&problems, errors),
        (Ok(decoded), None) => decoded,
        (Err(problems), None) => return Err(format!("it was refused: {problems:?}")),
    };
    let built = Driven::new(decoded, base.path(), TIMEOUT);
    let mut driven = match (built, expect.get("init_error")) {
        (Ok(_), Some(_)) => return Err("it was built".to_owned()),
        (Err(_), Some(_)) => return Ok(()),
        (Ok(driven), None) => driven,
        (Err(error), None) => return Err(format!("it was not built: {error}")),
    };
    match (driven.open(), expect.get("open_error")) {
        (Ok(()), Some(_)) => return Err("it was opened".to_owned()),
        (Err(_), Some(_)) => return Ok(()),
        (Ok(()), None) => {}
        (Err(error), None) => return Err(format!("it was not opened: {error}")),
    }
    let mut results = Vec::new();
    for events in case["writes"].as_array().unwrap() {
        let (written, error) = driven.attempt(events);
        results.push((written > 0 || error.is_none()).then_some(written));
    }
    driven.close();
    compare(case, topic, cluster, &driven, &results)
}

fn compare(
    case: &Value,
    topic: &str,
    cluster: &Cluster,
    driven: &Driven,
    results: &[Option<u64>],
) -> Result<(), String> {
    let expect = &case["expect"];
    let theirs: Vec<Option<u64>> = expect["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::as_u64)
        .collect();
    same("results", &results, &theirs.as_slice())?;
    // What the reference only logs counts as failed (section 12, row 3).
    let lost = expect["log"].as_array().into_iter().flatten();
    let lost = lost
        .filter(|entry| entry["message"] == "Failed to produce message to Kafka")
        .count() as u64;
    let mut counters = expect["counters"].clone();
    let failed = counters["write_failed"].as_u64().unwrap();
    counters["write_failed"] = (failed + lost).into();
    driven.counters(&counters, case)?;
    let partitions = cluster.partitions(topic) as u64;
    same(
        "partitions",
        &Some(partitions),
        &expect["partitions"].as_u64(),
    )?;
    let mut theirs: Vec<Message> = expect["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(message)
        .collect();
    let mut ours = if theirs.is_empty() && partitions == 0 {
        Vec::new()
    } else if ["gzip", "zstd"]
        .map(Value::from)
        .contains(&case["config"]["compression_type"])
    {
        cluster.read_compressed(topic)
    } else {
        cluster.read(topic)
    };
    if ours.iter().all(|message| message.key.is_none()) {
        // Their partitions are random.
        for all in [&mut ours, &mut theirs] {
            for message in all.iter_mut() {
                message.partition = 0;
                message.offset = 0;
            }
            all.sort_by(|one, other| one.value.cmp(&other.value));
        }
    }
    same("messages", &ours, &theirs)
}

fn message(value: &Value) -> Message {
    let part = |name: &str| match &value[format!("{name}_text")] {
        Value::Null => {
            let text = value[format!("{name}_base64")].as_str()?;
            Some(
                base64::engine::general_purpose::STANDARD
                    .decode(text)
                    .unwrap(),
            )
        }
        text => Some(bytes(text)),
    };
    Message {
        partition: i32::try_from(value["partition"].as_i64().unwrap()).unwrap(),
        offset: value["offset"].as_i64().unwrap(),
        key: part("key"),
        value: part("value").unwrap_or_default(),
        headers: Vec::new(),
        created: value["ts_type"] == 1 || value["ts_type"] == 0,
    }
}

fn filled(config: &Value, servers: &str, topic: &str) -> Value {
    let text = config.to_string();
    let text = text.replace("{host}", servers).replace("{topic}", topic);
    serde_json::from_str(&text).unwrap()
}
