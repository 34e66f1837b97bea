//! The output tcp against receivers that fail in the ways receivers do, and udp where it is alike; the
//! real engine delivers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/engine.rs"]
#[allow(dead_code, reason = "shared by test binaries")]
mod engine;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::thread::{JoinHandle, spawn};

use certificates::{Authority, Pair, server};
use engine::{Run, all_arrived, lines, number};
use evtui::pipeline::EndReason;
use rstest::rstest;
use rustls::{ServerConnection, StreamOwned};

/// Events in a batch of the output.
const BATCH: usize = 500;

/// A port that was free a moment ago.
fn free() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn output(port: u16, more: &str) -> String {
    format!("tcp: {{host: 127.0.0.1, port: {port}, batch: {{max_events: {BATCH}}}{more}}}")
}

/// Everything of the next connection until it ends.
fn everything(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    all
}

#[test]
fn everything_arrives_in_order_over_one_connection() {
    let (listener, port) = listen();
    let receiving = spawn(move || everything(&listener));
    let events = lines(20 * BATCH);
    let stats = Run::start(&output(port, ""), &events).finished();
    assert_eq!(stats.outputs[0].written, events.len() as u64);
    assert_eq!(receiving.join().unwrap(), events.join("\n") + "\n");
}

#[rstest]
#[case::refused("127.0.0.1", "nothing listens on 127.0.0.1:")]
#[case::unknown_host("no-such-host.invalid", "the host of no-such-host.invalid:")]
fn a_receiver_that_is_not_there_fails_the_start(#[case] host: &str, #[case] words: &str) {
    let output = format!("tcp: {{host: {host}, port: {}}}", free());
    let reason = Run::try_start(&output, &lines(1)).err().unwrap();
    assert!(reason.contains(words), "{reason}");
}

#[test]
fn a_run_that_says_what_becomes_of_events_starts_without_a_receiver() {
    for (more, kept) in [
        (", on_failure: drop", false),
        (", on_failure: dead_letter", true),
    ] {
        let events = lines(2 * BATCH);
        let (reason, stats) = Run::start(&output(free(), more), &events).ended();
        assert_eq!(reason, EndReason::Finished, "{more}");
        let output = &stats.outputs[0];
        let lost = if kept {
            output.dead_lettered
        } else {
            output.write_failed
        };
        assert_eq!(lost, events.len() as u64, "{more}: {output:?}");
        let said = &stats.errors[0].message;
        assert!(said.contains("nothing listens on 127.0.0.1:"), "{said}");
    }
}

/// Accepts a connection, reads some lines of it and ends it as `parting` does; then its lines.
fn some_lines(listener: TcpListener, count: usize, parting: fn(&TcpStream)) -> Vec<String> {
    let (stream, _) = listener.accept().unwrap();
    // Nobody listens from now on.
    drop(listener);
    let mut reader = BufReader::new(stream);
    let mut read = Vec::new();
    for _ in 0..count {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        read.push(line);
    }
    parting(reader.get_ref());
    // What was on its way until the sender saw it.
    let mut rest = String::new();
    // A reset connection has no rest.
    if reader.read_to_string(&mut rest).is_ok() {
        read.extend(rest.split_inclusive('\n').map(str::to_owned));
    }
    read
}

/// A receiver that ends its side and reads on until the sender's end, as one does that is restarted
/// in good order: nothing is lost, and with retries the run waits for it to come back.
#[test]
fn a_receiver_restarted_in_good_order_gets_every_event() {
    let (listener, port) = listen();
    let total = 200 * BATCH;
    let receiving = spawn(move || {
        some_lines(listener, 3 * BATCH, |stream| {
            stream.shutdown(Shutdown::Write).unwrap();
        })
    });
    let more = ", on_failure: block, retry: {initial: 10ms, max: 10ms}, circuit: {probe: 10ms}";
    let run = Run::start(&output(port, more), &lines(total));
    let mut all = receiving.join().unwrap();
    run.until("the outage is seen", |stats| {
        stats.outputs[0].outage.is_some()
    });
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let again = spawn(move || everything(&listener));
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    let rest = again.join().unwrap();
    assert!(rest.ends_with('\n'));
    all.extend(rest.lines().map(str::to_owned));
    all_arrived(all.iter().map(String::as_str), total);
}

/// A receiver that dies with events unread: of those counted before, some may be lost with it, which
/// nothing can know; but none of those that were not taken, and no event is cut on a new connection.
#[test]
fn after_a_reset_the_next_connection_begins_with_a_whole_event() {
    let (listener, port) = listen();
    let total = 200 * BATCH;
    let receiving = spawn(move || {
        {
            let (stream, _) = listener.accept().unwrap();
            let mut line = String::new();
            let mut reader = BufReader::with_capacity(64, stream);
            // The rest stays unread, so that closing resets the connection.
            reader.read_line(&mut line).unwrap();
        }
        everything(&listener)
    });
    let more = ", on_failure: block, retry: {initial: 1ms, max: 1ms}";
    let run = Run::start(&output(port, more), &lines(total));
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    let rest = receiving.join().unwrap();
    let numbers: Vec<usize> = rest.lines().map(number).collect();
    let known = lines(total);
    assert!(
        rest.lines()
            .zip(&numbers)
            .all(|(line, &n)| line == known[n])
    );
    // From some event on they are all there, in order.
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert_eq!(*numbers.last().unwrap(), total - 1);
}

#[test]
fn while_a_receiver_is_gone_events_are_counted_as_lost() {
    let (listener, port) = listen();
    let receiving = spawn(move || some_lines(listener, 2 * BATCH, |_| ()));
    let run = Run::start(&output(port, ""), &lines(2 * BATCH));
    run.finished();
    assert_eq!(receiving.join().unwrap().len(), 2 * BATCH);

    let (listener, port) = listen();
    let receiving = spawn(move || {
        let stream = listener.accept().unwrap().0;
        drop(listener);
        let mut reader = BufReader::with_capacity(64, stream);
        reader.read_line(&mut String::new()).unwrap();
    });
    let total = 100 * BATCH;
    let run = Run::start(&output(port, ""), &lines(total));
    receiving.join().unwrap();
    let (_, stats) = run.ended();
    let output = &stats.outputs[0];
    assert!(output.write_failed > 0, "{output:?}");
    assert_eq!(output.written + output.write_failed, total as u64);
    let reasons: Vec<&str> = stats
        .errors
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert!(
        reasons
            .iter()
            .any(|reason| reason.contains("nothing listens on 127.0.0.1")),
        "{reasons:?}"
    );
}

/// A receiver that does not read holds the run back; the limit of an attempt ends each, and what was
/// cut begins anew on a new connection.
#[test]
fn a_slow_receiver_holds_the_run_back() {
    let (listener, port) = listen();
    let big = "x".repeat(2_000);
    let total = 60 * BATCH;
    let event = |n| format!("{{\"n\": {n}, \"x\": \"{big}\"}}");
    let events: Vec<String> = (0..total).map(event).collect();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let receiving = spawn(move || {
        // Unread: the systems' buffers fill and a limit passes.
        let mut stream = listener.accept().unwrap().0;
        gone.recv().unwrap();
        let mut connections: Vec<String> = Vec::new();
        let last = format!("{{\"n\": {}, ", total - 1);
        loop {
            let mut all = String::new();
            stream.read_to_string(&mut all).unwrap();
            let done = all.contains(&last) && all.ends_with('\n');
            connections.push(all);
            if done {
                return connections;
            }
            stream = listener.accept().unwrap().0;
        }
    });
    let more = ", on_failure: block, write_timeout: 500ms, retry: {initial: 300ms, jitter: false}";
    let run = Run::start(&output(port, more), &events);
    let stats = run.until("an attempt took too long", |stats| {
        stats.outputs[0].outage.is_some()
    });
    // What is held here is bounded: the engine has not gone on to the end meanwhile.
    assert!(stats.outputs[0].received < total as u64, "{stats:?}");
    let reason = stats.outputs[0].outage.as_ref().unwrap().reason.clone();
    assert!(reason.contains("took longer than 500ms"), "{reason}");
    go.send(()).unwrap();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    let connections = receiving.join().unwrap();
    assert!(connections.len() > 1);
    assert!(!connections[0].ends_with('\n'), "it ended within an event");
    let whole = connections.iter().flat_map(|all| {
        let end = all.rfind('\n').map_or(0, |end| end + 1);
        all[..end].lines()
    });
    let whole = whole.inspect(|line| assert!(line.starts_with("{\"n\"") && line.ends_with('}')));
    all_arrived(whole.map(|line| &line[..line.find(',').unwrap()]), total);
}

/// A receiver whose sending side is shut is connected to anew before each batch, and loses nothing.
#[test]
fn half_open_connections_are_left_and_nothing_is_lost() {
    let (listener, port) = listen();
    let total = 10 * BATCH;
    let receiving = spawn(move || {
        let mut all = String::new();
        while all.lines().count() < total {
            let (mut stream, _) = listener.accept().unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            stream.read_to_string(&mut all).unwrap();
        }
        all
    });
    let stats = Run::start(&output(port, ""), &lines(total)).finished();
    assert_eq!(stats.outputs[0].written, total as u64);
    assert_eq!(receiving.join().unwrap(), lines(total).join("\n") + "\n");
}

/// A receiver that talks is let talk.
#[test]
fn what_the_receiver_says_is_thrown_away() {
    let (listener, port) = listen();
    let receiving = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&[b'?'; 100_000]).unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        all.lines().count()
    });
    Run::start(&output(port, ""), &lines(5 * BATCH)).finished();
    assert_eq!(receiving.join().unwrap(), 5 * BATCH);
}

/// Serves one connection with TLS: what it read of it.
fn secured(pair: &Pair, clients: Option<&Authority>) -> (u16, JoinHandle<Option<String>>) {
    let config = server(pair, clients);
    let (listener, port) = listen();
    let serving = spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(config).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let mut all = String::new();
        stream.read_to_string(&mut all).ok()?;
        Some(all)
    });
    (port, serving)
}

/// A project's options for an authority whose files are put in a folder of their own.
fn files(authority: &Authority) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &authority.certificate).unwrap();
    (folder, format!(", ssl: true, ca_cert: {}", ca.display()))
}

#[test]
fn events_are_encrypted_for_a_receiver_that_is_known() {
    let authority = Authority::new("ours");
    let (folder, trusting) = files(&authority);
    let (port, serving) = secured(&authority.server(&["127.0.0.1"]), None);
    Run::start(&output(port, &trusting), &lines(3 * BATCH)).finished();
    assert_eq!(
        serving.join().unwrap().unwrap(),
        lines(3 * BATCH).join("\n") + "\n"
    );
    // And with a client certificate, where one is wanted.
    certificates::write(folder.path(), "client", &authority.client());
    let client = folder.path().join("client");
    let client = format!(
        "{trusting}, client_cert: {0}.pem, client_cert_key: {0}.key",
        client.display()
    );
    let (port, serving) = secured(&authority.server(&["127.0.0.1"]), Some(&authority));
    Run::start(&output(port, &client), &lines(2)).finished();
    assert_eq!(serving.join().unwrap().unwrap().lines().count(), 2);
}

#[rstest]
#[case::wrong_authority("theirs", "authority that is not trusted here")]
#[case::wrong_name("named", "is for other names: logs.example")]
#[case::expired("expired", "has expired")]
#[case::client_wanted("demanding", "wants a client certificate")]
fn a_receiver_that_is_not_known_fails_the_start(#[case] what: &str, #[case] words: &str) {
    let ours = Authority::new("ours");
    let (_folder, trusting) = files(&ours);
    let pair = match what {
        "theirs" => Authority::new("theirs").server(&["127.0.0.1"]),
        "named" => ours.server(&["logs.example"]),
        "expired" => ours.expired(&["127.0.0.1"]),
        _ => ours.server(&["127.0.0.1"]),
    };
    let (port, serving) = secured(&pair, (what == "demanding").then_some(&ours));
    let reason = Run::try_start(&output(port, &trusting), &lines(1))
        .err()
        .unwrap();
    assert!(reason.contains(words), "{reason}");
    assert_eq!(serving.join().unwrap(), None);
}

#[test]
fn a_receiver_that_speaks_no_tls_fails_the_start() {
    let (listener, port) = listen();
    let serving = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 mail.example ESMTP\r\n").unwrap();
        drop(stream.read_to_end(&mut Vec::new()));
    });
    let reason = Run::try_start(&output(port, ", ssl: true"), &lines(1))
        .err()
        .unwrap();
    assert!(reason.contains("127.0.0.1 does not speak TLS"), "{reason}");
    serving.join().unwrap();
}

#[test]
fn datagrams_arrive_and_refused_ones_are_counted() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let output = format!("udp: {{host: 127.0.0.1, port: {port}, separator: ''}}");
    let events = lines(100);
    let receiving = spawn({
        let socket = socket.try_clone().unwrap();
        let count = events.len();
        move || {
            let mut room = [0; 100];
            let mut next = || socket.recv(&mut room).map(|len| room[..len].to_vec());
            (0..count).map(|_| next().unwrap()).collect::<Vec<_>>()
        }
    });
    let stats = Run::start(&output, &events).finished();
    assert_eq!(stats.outputs[0].written, 100);
    let texts: Vec<String> = receiving
        .join()
        .unwrap()
        .into_iter()
        .map(|one| String::from_utf8(one).unwrap())
        .collect();
    assert_eq!(texts, events);
    drop(socket);
    let (_, stats) = Run::start(&output, &events).ended();
    assert_eq!(stats.outputs[0].write_failed, 100, "{stats:?}");
    assert!(stats.errors[0].message.contains("nothing listens on"));
}

#[test]
fn datagrams_refused_are_sent_again_where_that_is_wanted() {
    let port = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let output = format!(
        "udp: {{host: 127.0.0.1, port: {port}, on_failure: block, retry: {{initial: 1ms, max: 1ms}}}}"
    );
    let run = Run::start(&output, &lines(50));
    run.until("the outage is seen", |stats| stats.outputs[0].retries > 0);
    let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, 50);
    socket.set_nonblocking(true).unwrap();
    let mut room = [0; 100];
    let arrived: Vec<String> = std::iter::from_fn(|| {
        let len = socket.recv(&mut room).ok()?;
        Some(String::from_utf8_lossy(&room[..len]).into_owned())
    })
    .collect();
    all_arrived(arrived.iter().map(String::as_str), 50);
}
