//! `influxdb` against InfluxDB 1, read back by its query interface. Versions 2 and 3 are not packaged:
//! their requests are in `tests/suites/output_influxdb.rs`, as a recording server sees them.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::engine::{Run, lines};
use super::servers::{Recipe, Server};

const CONFIG: &str = r#"
reporting-disabled = true
bind-address = "127.0.0.1:{port2}"
[meta]
  dir = "{dir}/meta"
[data]
  dir = "{dir}/data"
  wal-dir = "{dir}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  auth-enabled = AUTH
"#;

fn server(auth: bool) -> Option<Server> {
    let server = Recipe::new("influxd")
        .file("influxdb.conf", &CONFIG.replace("AUTH", &auth.to_string()))
        .args(["-config", "{dir}/influxdb.conf"])
        .ready(|port| ask(port, "GET", "/ping", "").is_ok_and(|answer| answer.contains(" 204 ")))
        .start()?;
    if auth {
        query(
            &server,
            "CREATE USER evtui WITH PASSWORD 'pl4nted' WITH ALL PRIVILEGES",
        );
    }
    query(&server, "CREATE DATABASE \"d b\"");
    Some(server)
}

/// The whole answer to a request.
fn ask(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nContent-Length: {length}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Authorization: Basic ZXZ0dWk6cGw0bnRlZA==\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The rows that a query gives, each a list beginning with the time.
fn query(server: &Server, text: &str) -> Vec<Value> {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("db", "d b")
        .append_pair("epoch", "ns")
        .append_pair("q", text)
        .finish();
    let answer = ask(server.port(), "POST", "/query", &form).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{head}\n{body}"));
    assert!(body.get("error").is_none(), "{body}");
    let result = &body["results"][0];
    assert!(result.get("error").is_none(), "{body}");
    result["series"][0]["values"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

fn output(server: &Server, options: &str) -> String {
    format!(
        "influxdb: {{url: 'http://127.0.0.1:{}', api: v1, database: d b, username: evtui, password: pl4nted, {options}}}",
        server.port()
    )
}

fn texts(events: &[&str]) -> Vec<String> {
    events.iter().map(|&event| event.to_owned()).collect()
}

#[test]
fn points_arrive_as_they_were_meant() {
    let Some(server) = server(false) else {
        return;
    };
    let events = texts(&[
        r#"{"host": "a, b=c\\", "at": 1700000000000000001, "n": 9223372036854775807, "f": 1.5, "s": "x \"y\" \\ é😀", "ok": true, "other": null}"#,
        r#"{"host": "", "at": "2023-11-14T22:13:21+00:00", "n": 2, "f": 2e3, "s": "two\nlines", "ok": false}"#,
    ]);
    let options = "measurement: 'm x', tags: [{field: host, tag_name: 'the host'}], timestamp_field: at, \
                   fields: [{field: n, field_type: integer}, {field: f, field_type: float}, {field: s}, \
                   {field: ok, field_type: boolean}]";
    for gzip in [true, false] {
        let options = format!("{options}, gzip: {gzip}");
        let stats = Run::start(&output(&server, &options), &events).finished();
        assert_eq!(stats.outputs[0].written, 2, "{stats:?}");
        let rows = query(
            &server,
            "SELECT \"the host\"::tag, n, f, s, ok FROM \"m x\"",
        );
        let expected = vec![
            json!([
                1_700_000_000_000_000_001_i64,
                "a, b=c",
                9_223_372_036_854_775_807_i64,
                1.5,
                "x \"y\" \\ é😀",
                true
            ]),
            json!([
                1_700_000_001_000_000_000_i64,
                null,
                2,
                2000,
                "two\nlines",
                false
            ]),
        ];
        assert_eq!(rows, expected);
        query(&server, "DROP MEASUREMENT \"m x\"");
    }
}

#[test]
fn a_type_conflict_and_a_point_without_fields_cost_only_themselves() {
    let Some(server) = server(false) else {
        return;
    };
    let events = texts(&[
        r#"{"at": 1, "v": 1.5}"#,
        r#"{"at": 2, "v": "text"}"#,
        r#"{"at": 3, "v": 2.5}"#,
        r#"{"at": 4}"#,
    ]);
    let options = "measurement: m, timestamp_field: at";
    let stats = Run::start(&output(&server, options), &events).finished();
    let out = &stats.outputs[0];
    assert_eq!(
        (out.written, out.write_failed, out.format_failed),
        (2, 1, 1),
        "{stats:?}"
    );
    let rows = query(&server, "SELECT v FROM m");
    assert_eq!(rows, [json!([1, 1.5]), json!([3, 2.5])]);
    // A line the server cannot read: its time is out of range.
    let events = texts(&[
        r#"{"at": 5, "v": 5.5}"#,
        r#"{"at": 9223372036854775807, "v": 6.5}"#,
    ]);
    let stats = Run::start(&output(&server, options), &events).finished();
    let out = &stats.outputs[0];
    assert_eq!((out.written, out.write_failed), (1, 1), "{stats:?}");
    assert_eq!(query(&server, "SELECT v FROM m").len(), 3);
}

#[test]
fn starts_that_fail_say_why_without_the_password() {
    let Some(mut server) = server(true) else {
        return;
    };
    let refused = |output: String| {
        let reason = Run::try_start(&output, &lines(1))
            .err()
            .expect("it started");
        assert!(!reason.contains("pl4nted"), "{reason}");
        reason
    };
    let good = output(&server, "measurement: m");
    Run::start(&good, &lines(3)).finished();
    let reason = refused(good.replace("pl4nted", "pl4ntedx"));
    assert!(reason.contains("401"), "{reason}");
    let reason = refused(good.replace("d b", "nope"));
    assert!(reason.contains("404"), "{reason}");
    server.kill();
    let reason = refused(good);
    assert!(reason.contains("127.0.0.1"), "{reason}");
}

#[test]
fn nothing_is_lost_when_the_server_restarts_under_load() {
    const COUNT: usize = 20_000;
    let Some(mut server) = server(false) else {
        return;
    };
    let options = "measurement: m, timestamp_field: n, batch_size: 100, flush_interval: 0.01, \
                   retry: {initial: 10ms, max: 50ms}, circuit: {probe: 50ms}";
    // Times that differ make points that differ.
    let run = Run::start(&output(&server, options), &with_values(COUNT));
    run.until("the first are there", |stats| {
        stats.outputs[0].written >= 300
    });
    server.kill();
    run.until("the outage is noticed", |stats| {
        stats.outputs[0].retries > 0
    });
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, COUNT as u64);
    let rows = query(&server, "SELECT COUNT(v) FROM m");
    assert_eq!(rows[0][1], json!(COUNT));
}

fn with_values(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("{{\"n\": {n}, \"v\": {n}}}"))
        .collect()
}
