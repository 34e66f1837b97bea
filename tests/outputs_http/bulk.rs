//! `opensearch` against `bulk_stub`.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use evtui::output::OutputErrorKind;
use serde_json::{Value, json};

use super::bulk_stub::{LARGEST, start};
use super::engine::{Run, all_arrived, lines};
use super::recorder::{Recorder, refused_port};
use super::{BATCH, output};

fn opensearch(server: &Recorder, more: &str) -> String {
    let host = server.host();
    format!(
        "opensearch: {{hosts: ['http://{host}'], username: admin, password: pass, index: logs, {more}}}"
    )
}

fn options(server: &Recorder) -> Value {
    let hosts = [format!("http://{}", server.host())];
    json!({"hosts": hosts, "username": "admin", "password": "pass", "index": "logs"})
}

const BLOCK: &str = "batch: {max_events: 500}, on_failure: block, retry: {initial: 1ms, max: 20ms}, circuit: {probe: 20ms}";

#[test]
fn documents_that_are_put_off_come_again_and_only_they() {
    let seen = Mutex::new(HashSet::new());
    let (server, indices) = start(Arc::new(move |document| {
        let n = document["n"].as_u64().unwrap();
        match n % 10 {
            7 => Some(400),
            3 => seen.lock().unwrap().insert(n).then_some(429),
            _ => None,
        }
    }));
    let count = 4 * BATCH;
    let stats = Run::start(&opensearch(&server, BLOCK), &lines(count)).finished();
    let output = &stats.outputs[0];
    assert_eq!(output.write_failed, count as u64 / 10);
    assert_eq!(output.written, (count - count / 10) as u64);
    // Each exactly once: what was taken is not sent again.
    assert_eq!(indices.counts()["logs"] as u64, output.written);
    let error = &stats.errors[0].message;
    assert!(error.contains("rejected - as the test says"), "{error}");
}

#[test]
fn the_index_may_differ_from_event_to_event() {
    let (server, indices) = start(Arc::new(|_| None));
    let output =
        opensearch(&server, BLOCK).replace("index: logs", "index: 'logs-{{ event.n % 3 }}'");
    let count = 2 * BATCH + 1;
    Run::start(&output, &lines(count)).finished();
    let names: Vec<String> = indices.counts().into_keys().collect();
    assert_eq!(names, ["logs-0", "logs-1", "logs-2"]);
    all_arrived(indices.documents().iter().map(String::as_str), count);
}

#[test]
fn documents_on_several_lines_are_put_on_one_or_refused_alone() {
    let (server, indices) = start(Arc::new(|_| None));
    let mut options = options(&server);
    options["formatter"] = json!({"format": "json", "indent": 2});
    let mut driven = output("opensearch", &options, Path::new("/"));
    assert_eq!(
        driven.attempt(&json!(["{\"a\":[1,{}]}", "{\"a\":2}"])),
        (2, None)
    );
    options["formatter"] = json!({"format": "plain"});
    let mut driven = output("opensearch", &options, Path::new("/"));
    let (written, error) =
        driven.attempt(&json!(["{\"a\":3}", "{\"a\":\"x\ny\"}", "{\n\"a\":\n4}"]));
    let error = error.unwrap();
    assert_eq!((written, error.kind), (2, OutputErrorKind::Failed));
    assert!(
        error.message.contains("line break inside a text"),
        "{error}"
    );
    let documents = indices.documents().join(" ");
    assert_eq!(documents, "{\"a\":[1,{}]} {\"a\":2} {\"a\":3} {\"a\":4}");
    let (written, error) = driven.attempt(&json!(["\"\n\"", "\"\n\""]));
    assert_eq!((written, error.is_some()), (0, true));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn refusals_of_whole_requests_say_what_to_do() {
    let (server, _) = start(Arc::new(|_| None));
    let mut options = options(&server);
    let mut driven = output("opensearch", &options, Path::new("/"));
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(LARGEST));
    let (_, error) = driven.attempt(&json!([large, "{}"]));
    let error = error.unwrap();
    assert_eq!(error.kind, OutputErrorKind::Failed);
    assert!(error.help.unwrap().contains("batch.max_bytes"));

    options["password"] = json!("planted");
    let mut driven = output("opensearch", &options, Path::new("/"));
    for events in [json!(["{}", "{}"]), json!(["{}"])] {
        let error = driven.attempt(&events).1.unwrap();
        assert_eq!(error.kind, OutputErrorKind::Failed);
        assert!(
            error.message.contains("401") && error.message.contains("who are you"),
            "{error}"
        );
        assert!(error.help.unwrap().contains("password"));
    }
}

#[test]
fn what_one_host_does_not_take_goes_to_the_next() {
    let (server, indices) = start(Arc::new(|_| None));
    let hosts = format!(
        "['http://127.0.0.1:{}', 'http://{}']",
        refused_port(),
        server.host()
    );
    let output = format!(
        "opensearch: {{hosts: {hosts}, username: admin, password: pass, index: logs, {BLOCK}}}"
    );
    let count = 6 * BATCH;
    let stats = Run::start(&output, &lines(count)).finished();
    assert_eq!(stats.outputs[0].written, count as u64);
    assert!(stats.outputs[0].retries > 0);
    all_arrived(indices.documents().iter().map(String::as_str), count);
}
