//! The harness itself: a server comes, goes, comes back and is gone in the end.

use std::net::TcpStream;

use super::engine::{Run, all_arrived, lines};
use super::servers::{Recipe, Server, find};

fn redis() -> Option<Server> {
    Recipe::new("redis-server")
        .args(["--port", "{port}", "--save", "", "--dir", "{dir}"])
        .start()
}

fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn a_server_is_started_again_on_its_port_and_ends_with_its_owner() {
    let Some(mut server) = redis() else {
        return;
    };
    let port = server.port();
    assert!(answers(port), "{}", server.log());
    server.stop();
    assert!(!answers(port));
    server.start_again();
    assert_eq!(server.port(), port);
    assert!(answers(port));
    assert!(server.log().contains("Ready to accept connections"));
    let folder = server.folder().to_owned();
    drop(server);
    assert!(!answers(port));
    assert!(!folder.exists());
}

#[test]
#[should_panic(expected = "ended before it was ready")]
fn a_server_that_does_not_start_shows_its_log() {
    // Not a server at all: it ends at once, wherever tests run.
    drop(Recipe::new("false").start());
}

#[test]
fn programs_are_found_or_not() {
    assert!(find("sh").is_some());
    assert!(find("a-program-that-nobody-has").is_none());
}

#[test]
fn a_run_gives_its_counters() {
    let run = Run::start("drop: {}", &lines(1_234));
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, 1_234);
    let events = lines(3);
    all_arrived(events.iter().map(String::as_str), 3);
}
