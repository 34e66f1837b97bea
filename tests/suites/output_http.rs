//! The output `http` against the golden vectors, and the runner of cases with a recorded HTTP server.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::decisions::{Suite, load, same};
use super::driven::{Driven, bytes, decode, same_fields, write_files};
use super::recorder::{Recorded, Recorder, golden_reply, refused_port};
use serde_json::Value;

/// As the reference's `write_timeout`.
const TIMEOUT: u64 = 10;
/// Tells a child which case to run, and on which port to serve it.
const CHILD_CASE: &str = "EVTUI_TEST_CASE";
const CHILD_PORT: &str = "EVTUI_TEST_PORT";
/// Variables that would send requests elsewhere.
const PROXIES: &[&str] = &[
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
];

#[test]
fn http() {
    run_suite("outputs/http.json", "output_http::http");
}

/// Runs the cases of a file; `test` is the path of the calling test, which runs again in a child for
/// each case that needs an environment of its own.
pub(super) fn run_suite(file: &str, test: &str) {
    let cases = load(file);
    let cases = cases["cases"].as_array().unwrap();
    if let Ok(name) = std::env::var(CHILD_CASE) {
        let port = std::env::var(CHILD_PORT).unwrap().parse().unwrap();
        let case = cases.iter().find(|case| case["name"] == name.as_str());
        run_case(case.unwrap(), port).unwrap();
        return;
    }
    let disturbed = PROXIES.iter().any(|name| std::env::var_os(name).is_some());
    let mut suite = Suite::new(file);
    for case in cases {
        let crashed = case["expect"].get("config_crash").is_some();
        let marks: &[&str] = if crashed { &["crash"] } else { &[] };
        let own = case.get("environment").is_some() || disturbed;
        suite.marked(case["name"].as_str().unwrap(), marks, || {
            if own {
                run_in_child(case, test)
            } else {
                run_case(case, 0)
            }
        });
    }
    suite.finish();
}

fn run_in_child(case: &Value, test: &str) -> Result<(), String> {
    let port = refused_port();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture"]);
    for name in PROXIES {
        child.env_remove(name);
    }
    for (name, value) in case["environment"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap();
        child.env(name, value.replace("{host}", &format!("127.0.0.1:{port}")));
    }
    child.env(CHILD_CASE, case["name"].as_str().unwrap());
    child.env(CHILD_PORT, port.to_string());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    same("the child passes", &output.status.success(), &true).map_err(|error| error + &said)?;
    same("the child ran it", &said.contains("1 passed"), &true).map_err(|error| error + &said)
}

/// One case; `port` is where its server listens (0: anywhere).
fn run_case(case: &Value, port: u16) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    write_files(base.path(), case);
    let refused = case["server"] == "connection refused";
    let script = case["server"].clone();
    let server = (!refused).then(|| {
        let answer = move |nth: usize, request: &Recorded| golden_reply(&script, nth, request);
        Recorder::with(
            port,
            Arc::new(answer),
            Arc::new(|wire| Some(Box::new(wire))),
        )
    });
    let port = server.as_ref().map_or_else(refused_port, Recorder::port);
    let placed = |value: &Value| -> Value {
        let text = value.to_string();
        let text = text.replace("{host}", &format!("127.0.0.1:{port}"));
        let text = text.replace("{port}", &port.to_string());
        serde_json::from_str(&text.replace("{base_path}", base.path().to_str().unwrap())).unwrap()
    };
    let expect = placed(&case["expect"]);
    let plugin = case["plugin"].as_str().unwrap();
    let Some(mut driven) = built(plugin, &placed(&case["config"]), base.path(), case, &expect)?
    else {
        return Ok(());
    };
    let opened = driven.open();
    same(
        "open fails",
        &opened.is_err(),
        &expect.get("open_error").is_some(),
    )?;
    if opened.is_err() {
        return Ok(());
    }
    let pause = case["seconds_between_writes"].as_f64();
    let results = expect["results"].as_array().unwrap();
    let writes = case["writes"].as_array().unwrap();
    for (number, (events, result)) in writes.iter().zip(results).enumerate() {
        if let Some(pause) = pause.filter(|_| number > 0) {
            std::thread::sleep(Duration::from_secs_f64(pause));
        }
        let (written, error) = driven.attempt(events);
        same("written", &written, &result.as_u64().unwrap_or(0))
            .map_err(|text| format!("{text}\n    error: {error:?}"))?;
        let failed = result.get("error").is_some();
        same("fails", &(error.is_some() || !failed), &true)?;
    }
    driven.close();
    counted(&driven, &expect["counters"], writes)?;
    let seen = server.map(|server| server.requests()).unwrap_or_default();
    let ordered = case["requests_unordered"] != true;
    same_requests(seen, expect["requests"].as_array().unwrap(), ordered)
}

/// The output, unless the case is about that there is none.
fn built(
    plugin: &str,
    config: &Value,
    base: &Path,
    case: &Value,
    expect: &Value,
) -> Result<Option<Driven>, String> {
    // A crash of the reference is a refusal of ours.
    let crash = expect.get("config_crash").is_some();
    let decoded = decode(plugin, config, base);
    if let Some(errors) = expect.get("config_error") {
        let problems = decoded.err().ok_or("it was not refused")?;
        return same_fields(&problems, errors).map(|()| None);
    }
    let config = match decoded {
        Err(_) if crash => return Ok(None),
        decoded => decoded.map_err(|problems| format!("it was refused: {problems:?}"))?,
    };
    let timeout = case["write_timeout"].as_u64().unwrap_or(TIMEOUT);
    let built = Driven::new(config, base, Duration::from_secs(timeout));
    if crash || expect.get("init_error").is_some() {
        return same("building fails", &built.is_err(), &true).map(|()| None);
    }
    built
        .map(Some)
        .map_err(|error| format!("it was not built: {error}"))
}

/// Every event is counted once; what the reference counts, we count as it does.
fn counted(driven: &Driven, counters: &Value, writes: &[Value]) -> Result<(), String> {
    let [written, failed, refused] = driven.totals();
    let total: usize = writes
        .iter()
        .map(|events| events.as_array().unwrap().len())
        .sum();
    same("all events", &(written + failed + refused), &(total as u64))?;
    same(
        "events written",
        &Some(written),
        &counters["written"].as_u64(),
    )?;
    let theirs = counters["write_failed"].as_u64().unwrap();
    // Failures of single events are not among those that it counts.
    same("events failed", &(failed >= theirs), &true)
}

fn same_requests(seen: Vec<Recorded>, expected: &[Value], ordered: bool) -> Result<(), String> {
    same("number of requests", &seen.len(), &expected.len())
        .map_err(|text| format!("{text}\n    {seen:?}"))?;
    let mut seen = seen;
    let mut expected: Vec<&Value> = expected.iter().collect();
    if !ordered {
        seen.sort_by_key(|one| (one.target.clone(), one.body.clone()));
        expected.sort_by_key(|one| (one["target"].as_str().map(str::to_owned), body(one)));
    }
    seen.iter()
        .zip(expected)
        .try_for_each(|(ours, theirs)| same_request(ours, theirs))
}

fn same_request(ours: &Recorded, theirs: &Value) -> Result<(), String> {
    same(
        "method",
        &Some(ours.method.as_str()),
        &theirs["method"].as_str(),
    )?;
    same(
        "target",
        &Some(ours.target.as_str()),
        &theirs["target"].as_str(),
    )?;
    for (name, value) in theirs["headers"].as_object().into_iter().flatten() {
        let values: Vec<&str> = match value.as_array() {
            Some(values) => values.iter().filter_map(Value::as_str).collect(),
            None => value.as_str().into_iter().collect(),
        };
        same(&format!("header {name}"), &ours.header(name), &values)?;
    }
    for name in theirs["headers_absent"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        same(&format!("header {name}"), &ours.header(name), &Vec::new())?;
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    same("body", &text(&ours.body), &text(&body(theirs)))?;
    same("bytes of the body", &ours.body, &body(theirs))
}

fn body(request: &Value) -> Vec<u8> {
    match request.get("body_text") {
        Some(text) => bytes(text),
        None => bytes(&serde_json::json!({"base64": request["body_base64"]})),
    }
}
