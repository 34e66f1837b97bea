//! What goes over the wire, and what comes of single attempts.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use evtui::output::OutputErrorKind;
use serde_json::json;

use super::driven::{Driven, decode};
use super::recorder::{Recorder, Reply, refused_port};
use super::{TIMEOUT, output, plain};

fn url(server: &Recorder) -> String {
    format!("http://{}/e", server.host())
}

#[test]
fn names_of_headers_are_spelled_as_configured() {
    let server = Recorder::start(|_, _| Reply::status(201));
    let headers = json!({"X-API-KEY": "a", "x-lower": 7, "etAg": true, "user-agent": "me"});
    let mut driven = plain(json!({"url": url(&server), "headers": headers}));
    assert_eq!(driven.attempt(&json!(["x"])), (1, None));
    let request = server.requests().remove(0);
    let mut names: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names.first(), Some(&"Host"));
    names.sort_unstable();
    let expected =
        "Accept Accept-Encoding Connection Content-Length Host X-API-KEY etAg user-agent x-lower";
    assert_eq!(names.join(" "), expected);
    assert_eq!(request.header("x-lower"), ["7"]);
    assert_eq!(request.header("etag"), ["true"]);
}

#[test]
fn a_connection_is_used_again_until_the_server_closes_it() {
    let server = Recorder::start(|nth, _| match nth {
        2 => {
            Reply::Raw(b"HTTP/1.1 201 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec())
        }
        _ => Reply::body(201, "thanks"),
    });
    let mut driven = plain(json!({"url": url(&server)}));
    for _ in 0..5 {
        assert_eq!(driven.attempt(&json!(["x"])), (1, None));
    }
    let connections: Vec<usize> = server.requests().iter().map(|one| one.connection).collect();
    assert_eq!(connections, [0, 0, 0, 1, 1]);
}

#[test]
fn answers_of_any_framing_are_read() {
    let chunked = "HTTP/1.1 201 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 X\r\nContent-Length: 2\r\n\r\nok";
    let until_close = "HTTP/1.0 201 X\r\n\r\nok";
    for raw in [chunked, early, until_close] {
        let server = Recorder::start(move |_, _| Reply::Raw(raw.as_bytes().to_vec()));
        let mut driven = plain(json!({"url": url(&server)}));
        assert_eq!(driven.attempt(&json!(["x"])), (1, None), "{raw}");
    }
}

#[test]
fn requests_of_an_attempt_are_in_flight_together_but_not_all() {
    let server = Recorder::start(|_, _| Reply::status(201));
    let mut driven = plain(json!({"url": url(&server)}));
    let events: Vec<String> = (0..2_000).map(|n| n.to_string()).collect();
    assert_eq!(driven.attempt(&json!(events)), (2_000, None));
    assert!(server.connections() <= 100, "{}", server.connections());
    let mut bodies: Vec<usize> = server
        .requests()
        .iter()
        .map(|one| one.text().parse().unwrap())
        .collect();
    bodies.sort_unstable();
    assert_eq!(bodies, (0..2_000).collect::<Vec<_>>());
}

#[test]
fn each_event_has_its_own_verdict() {
    let server = Recorder::start(|_, request| match request.text().as_str() {
        "bad" => Reply::body(400, "no"),
        "later" => Reply::status(503),
        _ => Reply::status(201),
    });
    let mut driven = plain(json!({"url": url(&server)}));
    let (written, error) = driven.attempt(&json!(["a", "bad", "b", "later", "bad"]));
    let error = error.unwrap();
    assert_eq!((written, error.kind), (2, OutputErrorKind::Failed));
    assert_eq!(
        error.message,
        format!("POST {} answered 400 Bad Request: no", url(&server))
    );
    assert_eq!(driven.totals(), [2, 3, 0]);
}

#[test]
fn a_body_can_be_compressed() {
    let server = Recorder::start(|_, _| Reply::status(201));
    let options = json!({"url": url(&server), "compression": "gzip"});
    let mut driven = output("http", &options, Path::new("/"));
    assert_eq!(
        driven.attempt(&json!(["{\"a\":1}", "{\"b\":2}"])),
        (2, None)
    );
    let request = server.requests().remove(0);
    assert_eq!(request.header("content-encoding"), ["gzip"]);
    let mut text = String::new();
    flate2::read::GzDecoder::new(&request.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "[{\"a\": 1}, {\"b\": 2}]");
}

#[test]
fn errors_on_the_way_are_outages_in_words() {
    let refused = refused_port();
    let closing = Recorder::start(|_, _| Reply::Close);
    let other = Recorder::start(|_, _| Reply::Raw(b"220 mail.example ESMTP\r\n".to_vec()));
    for (url, words) in [
        (
            format!("http://127.0.0.1:{refused}/"),
            "refused the connection",
        ),
        (
            "http://nobody.invalid/".to_owned(),
            "cannot find the host `nobody.invalid`",
        ),
        (url(&closing), "closed the connection without an answer"),
        (url(&other), "does not answer in HTTP"),
        (format!("https://{}/", other.host()), "TLS"),
    ] {
        let mut driven = plain(json!({"url": url}));
        let (written, error) = driven.attempt(&json!(["x"]));
        let error = error.unwrap();
        assert_eq!(
            (written, error.kind),
            (0, OutputErrorKind::Outage),
            "{url}: {error}"
        );
        assert!(error.message.contains(words), "{url}: {error}");
    }
}

/// A server that reads a little of the first connection's request and resets it.
#[test]
fn a_reset_in_the_middle_of_a_request_is_an_outage() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 200]).unwrap();
        // What was not read makes it a reset.
        drop(stream);
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).unwrap();
        stream
            .write_all(b"HTTP/1.1 201 X\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
    });
    let mut driven = plain(json!({"url": format!("http://127.0.0.1:{port}/")}));
    let large = "x".repeat(16 << 20);
    let (written, error) = driven.attempt(&json!([large]));
    assert_eq!(written, 0);
    assert_eq!(error.unwrap().kind, OutputErrorKind::Outage);
    assert_eq!(driven.attempt(&json!(["again"])), (1, None));
    server.join().unwrap();
}

#[test]
fn an_answer_before_the_whole_request_was_read_counts() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 200]).unwrap();
        stream
            .write_all(b"HTTP/1.1 413 X\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much")
            .unwrap();
        // A server that is kind reads on before it closes.
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    });
    let mut driven = plain(json!({"url": format!("http://127.0.0.1:{port}/")}));
    let (_, error) = driven.attempt(&json!(["x".repeat(16 << 20)]));
    let error = error.unwrap();
    assert_eq!(error.kind, OutputErrorKind::Failed);
    assert!(
        error.message.ends_with("413 Payload Too Large: too much"),
        "{error}"
    );
    assert!(error.help.unwrap().contains("batch.max_bytes"));
    drop(driven);
    server.join().unwrap();
}

#[test]
fn a_slow_reader_gets_it_all() {
    let server = Recorder::start(|_, _| Reply::status(201));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = server.port();
    std::thread::spawn(move || {
        let (mut from, _) = listener.accept().unwrap();
        let mut to = std::net::TcpStream::connect(("127.0.0.1", behind)).unwrap();
        let mut back = (to.try_clone().unwrap(), from.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut back.0, &mut back.1));
        let mut piece = [0; 700];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            std::thread::yield_now();
            to.write_all(&piece[..count]).unwrap();
        }
    });
    let mut driven = plain(json!({"url": format!("http://127.0.0.1:{port}/")}));
    let large = "0123456789".repeat(800_000);
    assert_eq!(driven.attempt(&json!([large])), (1, None));
    assert_eq!(server.requests()[0].text(), large);
}

/// The limit is about silence, not about the whole: an answer that trickles takes longer than it.
#[test]
fn a_trickling_answer_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        for piece in [
            "HTTP/1.1 ",
            "201 X\r\n",
            "Content-Length: 2",
            "\r\n\r\no",
            "k",
        ] {
            std::thread::sleep(Duration::from_millis(500));
            stream.write_all(piece.as_bytes()).unwrap();
        }
        let _ = stream.read(&mut [0; 1]);
    });
    let url = format!("http://127.0.0.1:{port}/");
    let mut driven = plain(json!({"url": url, "request_timeout": 2}));
    assert_eq!(driven.attempt(&json!(["x"])), (1, None));
}

#[test]
fn silence_is_given_up_with_the_name_of_the_limit() {
    let server = Recorder::start(|_, _| Reply::Silence);
    let mut driven = plain(json!({"url": url(&server), "request_timeout": 1}));
    let (_, error) = driven.attempt(&json!(["x"]));
    let error = error.unwrap();
    assert_eq!(error.kind, OutputErrorKind::Outage);
    assert!(error.message.contains("`request_timeout`"), "{error}");
}

/// An attempt that took too long is dropped, with its connection; the next one works.
#[test]
fn an_attempt_can_be_dropped_anywhere() {
    let server = Recorder::start(|nth, _| match nth {
        0 => Reply::Silence,
        _ => Reply::status(201),
    });
    let base = Path::new("/");
    let config = decode("http", &json!({"url": url(&server)}), base).unwrap();
    let mut driven = Driven::new(config, base, Duration::from_millis(300)).unwrap();
    let (_, error) = driven.attempt(&json!(["1"]));
    assert_eq!(error.unwrap().kind, OutputErrorKind::Outage);
    assert_eq!(driven.attempt(&json!(["2"])), (1, None));
    assert_eq!(server.connections(), 2);
}

#[test]
fn nothing_shows_a_secret() {
    let server = Recorder::start(|_, _| Reply::body(403, "no"));
    let host = server.host();
    let options = json!({
        "url": format!("http://user:planted1@{host}/e?token=planted2"),
        "headers": {"X-Token": "planted3", "Authorization": "Bearer planted4"},
        "username": "me", "password": "planted5",
        "proxy_url": format!("http://pu:planted6@{host}"),
    });
    let config = decode("http", &options, Path::new("/")).unwrap();
    let mut shown = format!("{config:?}");
    let mut driven = Driven::new(config, Path::new("/"), TIMEOUT).unwrap();
    shown += &format!("{:?}", driven.output);
    let (_, error) = driven.attempt(&json!(["1"]));
    shown += &format!("{error:?}");
    let wrong = json!({"url": "ftp://u:planted7@h", "proxy_url": "planted8", "headers": {"a b": "planted9"}});
    shown += &format!(
        "{:?}",
        decode("http", &wrong, Path::new("/")).err().unwrap()
    );
    let hosts = json!([format!("http://{host}"), "http://u:planted1@127.0.0.1:1"]);
    let options = json!({"hosts": hosts, "username": "u", "password": "planted2", "index": "i"});
    let config = decode("opensearch", &options, Path::new("/")).unwrap();
    shown += &format!("{config:?}");
    let mut driven = Driven::new(config, Path::new("/"), TIMEOUT).unwrap();
    for _ in 0..2 {
        shown += &format!(
            "{:?} {:?}",
            driven.attempt(&json!(["1", "2"])).1,
            driven.output
        );
    }
    assert!(!shown.contains("planted"), "{shown}");
    assert!(shown.contains("403"), "{shown}");
}
