#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use crate::input::testing::{decode, env, problems};
use crate::input::{Input, InputEnv, InputError, Outside};
use crate::time::{FakeClock, Moment};

const NOW_US: i64 = 1_705_320_000_000_000;

/// A started input on a free port.
struct Desk {
    input: Box<dyn Input>,
    port: u16,
    woken: Receiver<()>,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn start(port: u16, more: &str) -> Result<Desk, InputError> {
    let config = decode(&format!("http: {{host: 127.0.0.1, port: {port}{more}}}")).unwrap();
    let (wake, woken) = channel();
    let outside = Outside::new(Arc::new(FakeClock::at(NOW_US)), move || {
        let _ = wake.send(());
    });
    let env = InputEnv {
        outside: Some(&outside),
        ..env(None)
    };
    let input = config.start(&env)?;
    Ok(Desk { input, port, woken })
}

impl Desk {
    fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Status line and body of the answer to a request on a connection of its own.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let stream = self.send(&request(method, path, body));
        answer(stream)
    }

    fn generate(&self, count: &str) -> u16 {
        self.ask("POST", "/generate", &format!("{{\"count\": {count}}}"))
            .0
    }

    fn fill(&mut self, max: usize) -> Vec<Moment> {
        let mut out = Vec::new();
        self.input.fill(max, &mut out).unwrap();
        out
    }
}

fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

#[test]
fn a_request_wakes_the_run_and_gives_its_timestamps_now() {
    let mut desk = start(free_port(), "").unwrap();
    assert!(desk.fill(9).is_empty() && desk.input.is_open());
    assert_eq!(desk.generate("3"), 201);
    desk.woken.recv().unwrap();
    assert_eq!(desk.generate("2"), 201);
    let first = desk.fill(2);
    assert!(first.iter().all(|at| at.instant_us() == NOW_US));
    assert_eq!(
        [
            first.len(),
            desk.fill(9).len(),
            desk.fill(9).len(),
            desk.fill(9).len()
        ],
        [2, 1, 2, 0]
    );
}

#[test]
fn the_line_is_bounded_and_bad_requests_do_not_enter_it() {
    let mut desk = start(free_port(), ", max_pending_requests: 2").unwrap();
    assert_eq!(desk.generate("1"), 201);
    assert_eq!(desk.fill(9).len(), 1);
    let answers: Vec<u16> = ["10", "11", "12", "0"]
        .map(|count| desk.generate(count))
        .to_vec();
    assert_eq!(answers, [201, 201, 429, 422]);
    assert_eq!((desk.fill(99).len(), desk.fill(99).len()), (10, 11));
    assert_eq!(desk.generate("4"), 201, "there is room again");
}

#[test]
fn a_stop_frees_the_port_and_keeps_what_was_promised() {
    let mut desk = start(free_port(), "").unwrap();
    assert_eq!(desk.generate("5"), 201);
    desk.input.close();
    assert!(!desk.input.is_open());
    assert!(TcpStream::connect(("127.0.0.1", desk.port)).is_err());
    let mut again = start(desk.port, "").unwrap();
    assert_eq!(desk.fill(9).len(), 5);
    assert_eq!(
        again.ask("POST", "/stop", "anything"),
        (200, "null".to_owned())
    );
    assert!(!again.input.is_open() && again.fill(9).is_empty());
}

#[test]
fn a_request_in_flight_is_answered_after_the_stop() {
    let mut desk = start(free_port(), "").unwrap();
    let body = "{\"count\": 5}";
    let text = request("POST", "/generate", body)
        .replace("Content-Length", "Expect: 100-continue\r\nContent-Length");
    let (head, _) = text.split_at(text.len() - body.len());
    let mut stream = desk.send(head);
    // The server asks for the body, so it has begun with the request.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    desk.input.close();
    stream.write_all(body.as_bytes()).unwrap();
    let (status, body) = answer(stream);
    assert_eq!(
        (status, body.as_str()),
        (409, "{\"detail\":\"Server is stopping\"}")
    );
    assert!(desk.fill(9).is_empty());
}

#[test]
fn a_port_in_use_is_an_error_with_a_way_out() {
    let desk = start(free_port(), "").unwrap();
    let error = start(desk.port, "").err().unwrap();
    assert!(error.message.contains("the port is in use"), "{error}");
    assert!(error.help.unwrap().contains("another `port`"));
}

#[test]
fn bodies_without_end_are_refused() {
    let desk = start(free_port(), "").unwrap();
    let (status, _) = desk.ask("POST", "/generate", &"x".repeat(70_000));
    assert_eq!(status, 413);
}

#[test]
fn nothing_is_opened_where_nothing_runs() {
    let port = free_port();
    let config = decode(&format!("http: {{host: 127.0.0.1, port: {port}}}")).unwrap();
    let mut input = config.start(&env(None)).unwrap();
    let mut out = Vec::new();
    input.fill(9, &mut out).unwrap();
    assert!(out.is_empty() && !input.is_open());
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
    assert_eq!(config.waits_for(), Some("requests"));
    assert!(problems("http: {port: 70000}")[0].contains("65535"));
}
