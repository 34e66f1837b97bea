//! `clickhouse` against a real engine: chdb, which is ClickHouse as a library, behind a small HTTP face
//! of our own (`clickhouse_shim.py`). The engine parses and stores what we send; the face's statuses
//! and headers are imitated.
//!
//! `EVTUI_CHDB_PYTHON` names a Python that has the package `chdb`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

use super::decisions::{Suite, load, same};
use super::driven::{Driven, decode};
use super::engine::{Run, all_arrived, lines};
use super::servers::{Recipe, Server, missing};

const PASSWORD: &str = "pl4nted:ü";

fn server() -> Option<Server> {
    let Ok(python) = std::env::var("EVTUI_CHDB_PYTHON") else {
        missing("a Python with chdb (named by EVTUI_CHDB_PYTHON)");
        return None;
    };
    let shim = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/servers/clickhouse_shim.py"
    );
    let server = Recipe::new(python.leak())
        .args([shim, "{port}", "{dir}/data", PASSWORD])
        .ready(|port| TcpStream::connect(("127.0.0.1", port)).is_ok())
        .start()?;
    println!("{}", server.log());
    let (status, said) = post(&server, "CREATE DATABASE d");
    assert_eq!(status, 200, "{said}");
    Some(server)
}

/// Status and text of an answer.
fn post(server: &Server, body: &str) -> (u16, String) {
    post_with(server, "", body)
}

fn post_with(server: &Server, query: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("default:{PASSWORD}"));
    let length = body.len();
    write!(
        stream,
        "POST /?{query} HTTP/1.0\r\nAuthorization: Basic {pair}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, text) = answer.split_once("\r\n\r\n").unwrap();
    (status, text.to_owned())
}

fn ask(server: &Server, query: &str) -> String {
    let (status, text) = post(server, query);
    assert_eq!(status, 200, "{query}: {text}");
    text
}

/// The recorded facts about the engine, each body made by the output itself.
#[test]
fn bodies_are_stored_or_refused_as_recorded() {
    let Some(server) = server() else {
        return;
    };
    let mut suite = Suite::new("outputs/clickhouse_engine.json");
    for case in load("outputs/clickhouse_engine.json")["cases"]
        .as_array()
        .unwrap()
    {
        suite.case(case["name"].as_str().unwrap(), || {
            engine_case(&server, case)
        });
    }
    suite.finish();
}

fn engine_case(server: &Server, case: &Value) -> Result<(), String> {
    let schema = case["schema"].as_str().unwrap();
    ask(server, "DROP TABLE IF EXISTS d.t");
    ask(
        server,
        &format!("CREATE TABLE d.t ({schema}) ENGINE = Memory"),
    );
    let body = case["body"].as_str().unwrap();
    let error = if case.get("settings").is_some() {
        // The output gives no other settings than its own.
        let settings = case["settings"].as_object().unwrap().iter();
        let pairs = settings.map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
        let (status, text) = post_with(server, &pairs.collect::<Vec<_>>().join("&"), body);
        (status != 200).then_some(text)
    } else {
        insert(server, body)?
    };
    let expect = &case["expect"];
    match (&error, expect["ok"] == true) {
        (None, true) => {}
        (Some(text), false) => {
            let (code, name) = (&expect["code"], expect["error_name"].as_str().unwrap());
            let known = text.contains(name) || text.contains(&format!("code: {code}"));
            same(&format!("{name} in {text}"), &known, &true)?;
        }
        _ => return Err(format!("error: {error:?}, expected: {expect}")),
    }
    let stored = ask(server, "SELECT * FROM d.t FORMAT JSONEachRow");
    let stored: Vec<Value> = stored
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    same("rows", &Value::from(stored), &expect["rows"])
}

/// Sends the data of a body as one event as it is; gives the error.
fn insert(server: &Server, body: &str) -> Result<Option<String>, String> {
    let (statement, data) = body.split_once('\n').unwrap();
    let (table, format) = statement.rsplit_once(" FORMAT ").unwrap();
    let table = table.rsplit_once('.').unwrap().1;
    let config = json!({
        "host": "127.0.0.1", "port": server.port(), "database": "d", "table": table,
        "password": PASSWORD, "input_format": format, "formatter": {"format": "plain"},
    });
    let config = decode("clickhouse", &config, Path::new("/"))
        .map_err(|problems| format!("it was refused: {problems:?}"))?;
    let mut output = Driven::new(config, Path::new("/"), Duration::from_secs(60)).unwrap();
    output.open().map_err(|error| error.to_string())?;
    let written = output.write(&json!([data]));
    output.close();
    Ok(written.err())
}

fn output(server: &Server, options: &str) -> String {
    let port = server.port();
    format!(
        "clickhouse: {{host: 127.0.0.1, port: {port}, database: d, password: '{PASSWORD}', {options}}}"
    )
}

#[test]
fn events_are_stored_and_a_batch_with_a_bad_one_is_refused() {
    let Some(server) = server() else {
        return;
    };
    ask(
        &server,
        "CREATE TABLE d.`t``\\\\'` (n Int64, s String, at DateTime64(3, 'UTC'), doc String) \
         ENGINE = MergeTree ORDER BY n",
    );
    let events = [
        r#"{"n": 9223372036854775807, "s": "q\" \\ \n é😀", "at": "2024-01-01T02:00:00.5+02:00", "doc": {"a": [1]}}"#,
        r#"{"n": 1, "none": 5}"#,
    ];
    let mut events: Vec<String> = events.iter().map(|&event| event.to_owned()).collect();
    let table = "table: \"t`\\\\'\"";
    let stats = Run::start(&output(&server, table), &events).finished();
    assert_eq!(stats.outputs[0].written, 2, "{stats:?}");
    let rows = ask(
        &server,
        "SELECT n, s, at, doc FROM d.`t``\\\\'` ORDER BY n FORMAT JSONCompactEachRow",
    );
    assert_eq!(
        rows,
        "[1, \"\", \"1970-01-01 00:00:00.000\", \"\"]\n\
         [9223372036854775807, \"q\\\" \\\\ \\n é😀\", \"2024-01-01 00:00:00.500\", \"{\\\"a\\\": [1]}\"]\n"
    );
    events.push(r#"{"n": "x"}"#.to_owned());
    let stats = Run::start(&output(&server, table), &events).finished();
    let out = &stats.outputs[0];
    assert_eq!((out.written, out.write_failed), (0, 3), "{stats:?}");
}

#[test]
fn starts_that_fail_say_why_without_the_password() {
    let Some(mut server) = server() else {
        return;
    };
    let refused = |output: String| {
        let reason = Run::try_start(&output, &lines(1))
            .err()
            .expect("it started");
        assert!(!reason.contains("pl4nted"), "{reason}");
        reason
    };
    let good = output(&server, "table: t");
    let reason = refused(good.replace("pl4nted", "pl4ntedx"));
    assert!(reason.contains("Authentication failed"), "{reason}");
    let reason = refused(good.replace("database: d", "database: nope"));
    assert!(reason.contains("Database nope does not exist"), "{reason}");
    server.kill();
    let reason = refused(good);
    assert!(
        reason.contains("Cannot initialize ClickHouse client"),
        "{reason}"
    );
}

#[test]
fn nothing_is_lost_when_the_server_restarts_under_load() {
    const COUNT: usize = 50_000;
    let Some(mut server) = server() else {
        return;
    };
    ask(
        &server,
        "CREATE TABLE d.t (n Int64) ENGINE = MergeTree ORDER BY n",
    );
    let options =
        "table: t, on_failure: block, retry: {initial: 10ms, max: 50ms}, circuit: {probe: 50ms}";
    let run = Run::start(&output(&server, options), &lines(COUNT));
    run.until("the first are there", |stats| {
        stats.outputs[0].written >= 2_000
    });
    server.kill();
    run.until("the outage is noticed", |stats| {
        stats.outputs[0].retries > 0
    });
    server.start_again();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, COUNT as u64);
    let there = ask(&server, "SELECT DISTINCT n FROM d.t");
    all_arrived(there.lines(), COUNT);
}
