//! A run that is fed by requests: from the port to the file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the program may take for what it does at once.
const PATIENCE: Duration = Duration::from_secs(60);

fn project(folder: &Path, port: u16, more: &str) {
    let document = format!(
        "input:\n  - http: {{host: 127.0.0.1, port: {port}, tags: [asked]}}\n{more}\
         event:\n  template:\n    mode: all\n    templates:\n      - one: {{template: one.jinja}}\n\
         output:\n  - file: {{path: out.log}}\n"
    );
    fs::write(folder.join("generator.yml"), document).unwrap();
    fs::write(folder.join("one.jinja"), "{{ tags | join }}").unwrap();
}

fn generate(folder: &Path, mode: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evtui"));
    command.arg("generate").args(mode).arg(folder);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// The status of the answer, once something listens.
fn post(port: u16, path: &str, body: &str) -> String {
    let deadline = Instant::now() + PATIENCE;
    let mut stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        std::thread::yield_now();
    };
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer[9..12].to_owned()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn requests_become_events_until_the_stop() {
    // Beside a schedule that has nothing for an hour, and alone; live, and as fast as possible.
    for (mode, more) in [
        (
            &["--live-mode", "true"][..],
            "  - timer: {seconds: 3600, count: 1, repeat: 1}\n",
        ),
        (&["--live-mode", "true"][..], ""),
        (
            &["--sample"][..],
            "  - static: {count: 2, tags: [scheduled]}\n",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        project(folder.path(), port, more);
        let mut child = generate(folder.path(), mode).spawn().unwrap();
        assert_eq!(post(port, "/generate", "{\"count\": 3}"), "201");
        assert_eq!(post(port, "/generate", "{\"count\": 4}"), "201");
        let path = folder.path().join("out.log");
        let asked = || {
            let text = fs::read_to_string(&path).unwrap_or_default();
            text.lines().filter(|line| line.contains("asked")).count()
        };
        let deadline = Instant::now() + PATIENCE;
        while asked() < 7 {
            assert!(Instant::now() < deadline, "{mode:?}: {} of 7", asked());
            std::thread::yield_now();
        }
        assert_eq!(post(port, "/stop", ""), "200");
        if more.contains("timer") {
            // The schedule would go on; the run is not over.
            assert!(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        assert!(
            status.success() || more.contains("timer"),
            "{mode:?}: {status}"
        );
        assert_eq!(asked(), 7);
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
    }
}

#[test]
fn a_port_in_use_ends_the_start_with_a_reason() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), taken.local_addr().unwrap().port(), "");
    let output = generate(folder.path(), &["--live-mode", "true"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        told.contains("the port is in use") && told.contains("generator.yml:2"),
        "{told}"
    );
    assert!(
        !folder.path().join("out.log").exists(),
        "no output is opened"
    );
}
