//! The output `clickhouse` against the golden vectors: inserts as a recording server sees them. What a
//! real engine makes of such inserts is in `tests/servers/clickhouse.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::decisions::{Suite, load, same};
use super::driven::{Driven, bytes, decode, same_fields, write_files};
use super::recorder::{Recorded, Recorder, Reply, golden_reply, refused_port};
use evtui::output::OutputErrorKind;
use serde_json::{Value, json};

/// As the reference's `write_timeout`.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What a server says of its settings: all may be changed and none is as we want it.
const SETTINGS: &str = "date_time_input_format\tbasic\t0\n\
                        cancel_http_readonly_queries_on_client_close\t0\t0\n\
                        send_progress_in_http_headers\t0\t0\n\
                        http_headers_progress_interval_ms\t100\t0\n";

#[test]
fn clickhouse() {
    let mut suite = Suite::new("outputs/clickhouse.json");
    for case in load("outputs/clickhouse.json")["cases"].as_array().unwrap() {
        suite.case(case["name"].as_str().unwrap(), || run_case(case));
    }
    suite.finish();
}

fn is_insert(request: &Recorded) -> bool {
    !request.body.starts_with(b"SELECT")
}

/// Answers the questions of the opening, and everything else by the script of the case.
fn server(script: Value) -> Recorder {
    let inserts = AtomicUsize::new(0);
    Recorder::start(move |_, request| {
        if !is_insert(request) {
            let settings = request.text().contains("system.settings");
            return Reply::body(
                200,
                if settings {
                    SETTINGS
                } else {
                    "26.9.2.1\tUTC\n"
                },
            );
        }
        let nth = inserts.fetch_add(1, Ordering::SeqCst);
        if script.is_object() {
            return golden_reply(&script, nth, request);
        }
        let text = request.text();
        let rows = text.lines().skip(1).filter(|line| !line.trim().is_empty());
        let summary = format!("{{\"written_rows\":\"{}\"}}", rows.count());
        Reply::header(200, "X-ClickHouse-Summary", &summary)
    })
}

fn run_case(case: &Value) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    write_files(base.path(), case);
    let refused = case["server"] == "connection refused";
    let server = (!refused).then(|| server(case["server"].clone()));
    let port = server.as_ref().map_or_else(refused_port, Recorder::port);
    let placed = |value: &Value| -> Value {
        let text = value
            .to_string()
            .replace("{host}", &format!("127.0.0.1:{port}"));
        serde_json::from_str(&text.replace("{port}", &port.to_string())).unwrap()
    };
    let expect = placed(&case["expect"]);
    let decoded = decode("clickhouse", &placed(&case["config"]), base.path());
    if let Some(errors) = expect.get("config_error") {
        let problems = decoded.err().ok_or("it was not refused")?;
        return same_fields(&problems, errors);
    }
    let config = decoded.map_err(|problems| format!("it was refused: {problems:?}"))?;
    let mut driven =
        Driven::new(config, base.path(), TIMEOUT).map_err(|error| error.to_string())?;
    let opened = driven.open();
    if let Some(theirs) = expect.get("open_error") {
        let ours = opened.err().ok_or("it was opened")?;
        return begins(&ours.message, &theirs["message"]);
    }
    opened.map_err(|error| format!("it was not opened: {error}"))?;
    let writes = case["writes"].as_array().unwrap();
    for (events, theirs) in writes.iter().zip(expect["results"].as_array().unwrap()) {
        match (driven.write(events), theirs.as_u64()) {
            (Ok(ours), Some(theirs)) => same("result", &ours, &theirs)?,
            (Err(ours), None) => begins(&ours, &theirs["message"])?,
            (ours, _) => return Err(format!("result\n    ours: {ours:?}\n    theirs: {theirs}")),
        }
    }
    driven.close();
    driven.counters(&expect["counters"], case)?;
    let seen = server.map(|server| server.requests()).unwrap_or_default();
    let inserts: Vec<&Recorded> = seen.iter().filter(|one| is_insert(one)).collect();
    let theirs = expect["requests"].as_array().unwrap();
    same("number of requests", &inserts.len(), &theirs.len())?;
    let mut pairs = inserts.into_iter().zip(theirs);
    pairs.try_for_each(|(ours, theirs)| same_request(ours, theirs))
}

/// Our messages go on with the reason.
fn begins(ours: &str, theirs: &Value) -> Result<(), String> {
    let theirs = theirs.as_str().unwrap();
    same(
        &format!("`{ours}` begins so"),
        &ours.starts_with(theirs),
        &true,
    )
    .map_err(|text| format!("{text}: {theirs}"))
}

fn same_request(ours: &Recorded, theirs: &Value) -> Result<(), String> {
    same(
        "method",
        &Some(ours.method.as_str()),
        &theirs["method"].as_str(),
    )?;
    let (path, query) = ours.target.split_once('?').unwrap();
    same("path", &Some(path), &theirs["path"].as_str())?;
    let mut given: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let id = given.remove("query_id").unwrap_or_default();
    same("length of the identifier", &id.len(), &36)?;
    let parts = ["query", "query_reference_only"];
    let wanted = parts
        .iter()
        .filter_map(|part| theirs[part].as_object())
        .flatten();
    let wanted: BTreeMap<String, String> = wanted
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    same("query", &given, &wanted)?;
    for (name, value) in theirs["headers"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let found = ours.header(name);
        if name == "user-agent" {
            let client = value.split("clickhouse-connect").next().unwrap();
            let begins = found.first().is_some_and(|agent| agent.starts_with(client));
            same(&format!("{found:?} begins with {client:?}"), &begins, &true)?;
        } else {
            same(name, &found, &vec![value])?;
        }
    }
    let body = match theirs.get("body_text") {
        Some(text) => bytes(text),
        None => bytes(&json!({"base64": theirs["body_base64"]})),
    };
    same(
        "body",
        &String::from_utf8_lossy(&ours.body),
        &String::from_utf8_lossy(&body),
    )
}

fn driven(config: &Value) -> Driven {
    let config = decode("clickhouse", config, std::path::Path::new("/")).unwrap();
    Driven::new(config, std::path::Path::new("/"), TIMEOUT).unwrap()
}

#[test]
fn the_name_in_the_data_source_stands_in_for_what_is_not_given() {
    let server = server(Value::Null);
    let dsn = format!("clickhouse+http://du:d%40p@127.0.0.1:{}/ddb", server.port());
    let mut output = driven(&json!({"dsn": dsn, "table": "t"}));
    output.open().unwrap();
    output.write(&json!(["1"])).unwrap();
    output.close();
    let request = server.requests().pop().unwrap();
    assert_eq!(request.header("authorization"), ["Basic ZHU6ZEBw"]);
    assert!(
        request.target.contains("database=ddb"),
        "{}",
        request.target
    );
    assert!(request.text().starts_with("INSERT INTO `ddb`.`t`"));
}

#[test]
fn answers_that_pass_are_outages_and_others_are_final() {
    for (status, code, kind) in [
        (503, None, OutputErrorKind::Outage),
        (500, Some("252"), OutputErrorKind::Outage),
        (500, Some("27"), OutputErrorKind::Failed),
        (404, Some("60"), OutputErrorKind::Failed),
    ] {
        let headers: Value = match code {
            Some(code) => json!({"X-ClickHouse-Exception-Code": code}),
            None => json!({"Retry-After": "7"}),
        };
        let script = json!({"default": {"status": status, "headers": headers, "body": "no"}});
        let server = server(script);
        let mut output = driven(&json!({"host": "127.0.0.1", "port": server.port(), "table": "t"}));
        output.open().unwrap();
        let (written, error) = output.attempt(&json!(["1", "2"]));
        let error = error.unwrap();
        assert_eq!((written, error.kind), (0, kind), "{error}");
        let asked = error.retry_after.map(|time| time.as_secs());
        assert_eq!(asked, (status == 503).then_some(7), "{error}");
    }
}

#[test]
fn a_connection_that_is_cut_is_tried_once_more_under_the_same_identifier() {
    let script =
        json!({"default": {"status": 200}, "rules": [{"nth": 0, "response": {"close": true}}]});
    let server = server(script);
    let mut output = driven(&json!({"host": "127.0.0.1", "port": server.port(), "table": "t"}));
    output.open().unwrap();
    assert_eq!(output.write(&json!(["1"])), Ok(1));
    output.close();
    let seen = server.requests();
    let targets: Vec<&str> = seen
        .iter()
        .filter(|one| is_insert(one))
        .map(|one| one.target.as_str())
        .collect();
    assert_eq!(targets.len(), 2);
    assert_eq!(targets[0], targets[1]);
}

#[test]
fn wrong_credentials_and_absent_servers_fail_the_opening() {
    let body = "Code: 516. DB::Exception: default: Authentication failed";
    let denied = Recorder::start(move |_, _| {
        let code = ("X-ClickHouse-Exception-Code".to_owned(), "516".to_owned());
        Reply::Answer(403, vec![code], body.as_bytes().to_vec())
    });
    let open = |port: u16| {
        let mut output = driven(&json!({
            "host": "127.0.0.1", "port": port, "table": "t", "password": "pl4nted"
        }));
        output.open().unwrap_err()
    };
    let error = open(denied.port());
    assert!(error.message.contains("Authentication failed"), "{error}");
    assert_eq!(
        error.help.as_deref(),
        Some("check `username` and `password`")
    );
    let absent = open(refused_port());
    assert!(
        absent
            .message
            .starts_with("Cannot initialize ClickHouse client"),
        "{absent}"
    );
    for error in [error, absent] {
        assert!(!format!("{error:?}").contains("pl4nted"));
    }
}

#[test]
fn a_proxy_of_the_configuration_is_used() {
    let proxy = Arc::new(server(Value::Null));
    let mut output = driven(&json!({
        "host": "clickhouse.invalid", "table": "t",
        "proxy_url": format!("http://u:p@{}", proxy.host()),
    }));
    output.open().unwrap();
    output.write(&json!(["1"])).unwrap();
    let request = proxy.requests().pop().unwrap();
    assert!(
        request
            .target
            .starts_with("http://clickhouse.invalid:8123/?"),
        "{}",
        request.target
    );
    assert_eq!(request.header("proxy-authorization"), ["Basic dTpw"]);
}
