//! The output `influxdb` as a recording server sees it. A real server of version 1 is in
//! `tests/servers/influxdb.rs`.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::driven::{Driven, decode};
use super::recorder::{Recorded, Recorder, Reply};
use evtui::output::OutputErrorKind;
use serde_json::{Value, json};

fn driven(config: &Value) -> Driven {
    let config = decode("influxdb", config, Path::new("/")).unwrap();
    Driven::new(config, Path::new("/"), Duration::from_secs(10)).unwrap()
}

fn plain(request: &Recorded) -> String {
    let mut text = String::new();
    if request.header("content-encoding") == ["gzip"] {
        let mut decoder = flate2::read::GzDecoder::new(request.body.as_slice());
        decoder.read_to_string(&mut text).unwrap();
        return text;
    }
    request.text()
}

/// Writes three points to a server with these options; the one request for them.
fn request(config: &Value) -> Recorded {
    let server = Recorder::start(|_, _| Reply::status(204));
    let mut config = config.clone();
    config["url"] = format!("http://{}/base/", server.host()).into();
    config["measurement"] = "m".into();
    config["timestamp_field"] = "t".into();
    let mut output = driven(&config);
    output.open().unwrap();
    assert_eq!(
        output.write(&json!([r#"{"t": 1, "v": 1}"#, r#"{"t": 2, "v": 2}"#])),
        Ok(2)
    );
    output.close();
    let mut seen = server.requests();
    assert_eq!(seen.len(), 2, "the opening and the batch");
    let request = seen.pop().unwrap();
    assert_eq!(request.method, "POST");
    assert_eq!(
        request.header("content-type"),
        ["text/plain; charset=utf-8"]
    );
    assert_eq!(plain(&request), "m v=1i 1\nm v=2i 2");
    request
}

#[test]
fn version_2_against_a_recording_server() {
    let one = request(&json!({"org": "my org", "bucket": "b/c", "token": "t0ken"}));
    assert_eq!(
        one.target,
        "/base/api/v2/write?org=my+org&bucket=b%2Fc&precision=ns"
    );
    assert_eq!(one.header("authorization"), ["Token t0ken"]);
    assert_eq!(one.header("content-encoding"), ["gzip"]);
}

#[test]
fn version_3_against_a_recording_server() {
    let one = request(&json!({"api": "v3", "database": "d", "token": "t0ken", "gzip": false}));
    assert_eq!(
        one.target,
        "/base/api/v3/write_lp?db=d&precision=nanosecond"
    );
    assert_eq!(one.header("authorization"), ["Bearer t0ken"]);
    assert!(one.header("content-encoding").is_empty());
}

#[test]
fn version_1_against_a_recording_server() {
    let one = request(&json!({"api": "v1", "database": "d", "username": "u", "password": "p"}));
    assert_eq!(one.target, "/base/write?db=d&precision=ns");
    assert_eq!(one.header("authorization"), ["Basic dTpw"]);
}

/// Attempts four points against a script for the requests behind the opening.
fn attempt(
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> (u64, Option<evtui::output::OutputError>, usize) {
    let server = Recorder::start(move |nth, request| match nth {
        0 => Reply::status(204),
        _ => script(&plain(request)),
    });
    let mut output = driven(&json!({
        "url": format!("http://{}", server.host()), "org": "o", "bucket": "b", "token": "t0ken",
        "measurement": "m", "timestamp_field": "t",
    }));
    output.open().unwrap();
    let events: Vec<String> = (0..4)
        .map(|n| format!("{{\"t\": {n}, \"v\": {n}}}"))
        .collect();
    let (written, error) = output.attempt(&json!(events));
    (written, error, server.requests().len() - 1)
}

#[test]
fn a_request_that_is_too_large_is_halved_until_it_is_not() {
    let (written, error, requests) = attempt(|text| match text.lines().count() {
        1 => Reply::status(204),
        _ => Reply::status(413),
    });
    assert_eq!((written, error, requests), (4, None, 7));
    let (written, error, requests) = attempt(|_| Reply::status(413));
    assert_eq!((written, requests), (0, 7));
    assert_eq!(error.unwrap().kind, OutputErrorKind::Failed);
}

#[test]
fn a_partial_write_counts_what_was_dropped_and_is_not_repeated() {
    let (written, error, requests) = attempt(|_| {
        Reply::body(
            400,
            r#"{"code":"invalid","message":"partial write: field type conflict dropped=3"}"#,
        )
    });
    assert_eq!((written, requests), (1, 1));
    let error = error.unwrap();
    assert_eq!(error.kind, OutputErrorKind::Failed);
    assert!(error.message.contains("field type conflict"), "{error}");
}

#[test]
fn a_line_for_which_all_were_refused_is_found() {
    let (written, error, _) = attempt(|text| {
        if text.contains("v=2i") {
            return Reply::body(
                400,
                r#"{"code":"invalid","message":"unable to parse 'm v=2i 2'"}"#,
            );
        }
        Reply::status(204)
    });
    assert_eq!(written, 3);
    assert!(error.unwrap().message.contains("v=2i"));
}

#[test]
fn overload_passes_and_configuration_does_not() {
    for (status, kind) in [
        (429, OutputErrorKind::Outage),
        (503, OutputErrorKind::Outage),
        (401, OutputErrorKind::Failed),
        (404, OutputErrorKind::Failed),
    ] {
        let (written, error, requests) =
            attempt(move |_| Reply::header(status, "Retry-After", "3"));
        let error = error.unwrap();
        assert_eq!((written, error.kind, requests), (0, kind, 1), "{error}");
        let wait = error.retry_after.map(|time| time.as_secs());
        assert_eq!(wait, (kind == OutputErrorKind::Outage).then_some(3));
    }
}

#[test]
fn options_belong_to_their_version() {
    let refused = |config: Value| {
        let problems = decode("influxdb", &config, Path::new("/")).unwrap_err();
        assert!(!format!("{problems:?}").contains("t0ken"));
        format!("{problems:?}")
    };
    let url = "http://h:8086";
    let text = refused(json!({"url": url, "measurement": "m", "token": "t0ken"}));
    assert!(
        text.contains("`org`") && text.contains("`bucket`"),
        "{text}"
    );
    let text = refused(
        json!({"url": url, "measurement": "m", "api": "v1", "database": "d", "token": "t0ken"}),
    );
    assert!(text.contains("not an option of `api: v1`"), "{text}");
    let text = refused(json!({"url": url, "api": "v1", "database": "d"}));
    assert!(text.contains("`measurement`"), "{text}");
    let config = json!({"url": "http://u:t0ken@h", "measurement": "m", "org": "o", "bucket": "b", "token": "t0ken"});
    let config = decode("influxdb", &config, Path::new("/")).unwrap();
    assert!(!format!("{config:?}").contains("t0ken"));
    assert_eq!(config.delivery().batch.max_events, Some(5_000));
}
