//! The outputs tcp and udp against the golden vectors: what arrives on real sockets.

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::certificates::{self, Authority};
use super::decisions::{Suite, load, same};
use super::driven::{Driven, bytes, decode, same_fields, write_files};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

/// As the reference's `write_timeout`.
const TIMEOUT: Duration = Duration::from_secs(10);

#[test]
fn sockets() {
    let mut suite = Suite::new("outputs/tcp_udp.json");
    for case in load("outputs/tcp_udp.json")["cases"].as_array().unwrap() {
        let marks: &[&str] = if unnoticed(case) { &["unnoticed"] } else { &[] };
        suite.marked(case["name"].as_str().unwrap(), marks, || run(case));
    }
    suite.finish();
}

/// The reference counts events as written of which none arrived.
fn unnoticed(case: &Value) -> bool {
    let expect = &case["expect"];
    let nothing = |name: &str| expect[name].as_array().is_some_and(Vec::is_empty);
    expect["counters"]["written"].as_u64() > Some(0) && nothing("connections")
}

fn run(case: &Value) -> Result<(), String> {
    let base = tempfile::tempdir().unwrap();
    write_files(base.path(), case);
    let mut peer = Peer::start(case, base.path());
    let expect = &case["expect"];
    let config = filled(&case["config"], peer.port);
    let decoded = decode(case["plugin"].as_str().unwrap(), &config, base.path());
    let decoded = match (decoded, expect.get("config_error")) {
        (Ok(_), Some(_)) => return Err("it was not refused".to_owned()),
        (Err(problems), Some(errors)) => return same_fields(&problems, errors),
        (Ok(decoded), None) => decoded,
        (Err(problems), None) => return Err(format!("it was refused: {problems:?}")),
    };
    let built = Driven::new(decoded, base.path(), TIMEOUT);
    let mut driven = match (built, expect.get("init_error")) {
        (Ok(_), Some(_)) => return Err("it was built".to_owned()),
        (Err(_), Some(_)) => return Ok(()),
        (Ok(driven), None) => driven,
        (Err(error), None) => return Err(format!("it was not built: {error}")),
    };
    match (driven.open(), expect.get("open_error")) {
        (Ok(()), Some(_)) => return Err("it was opened".to_owned()),
        (Err(_), Some(_)) => return Ok(()),
        (Ok(()), None) => {}
        (Err(error), None) => return Err(format!("it was not opened: {error}")),
    }
    let pause = case["seconds_between_writes"].as_f64().unwrap_or(0.0);
    let mut results = Vec::new();
    for events in case["writes"].as_array().unwrap() {
        let (written, error) = driven.attempt(events);
        results.push(if written == 0 && error.is_some() {
            None
        } else {
            Some(written)
        });
        std::thread::sleep(Duration::from_secs_f64(pause));
    }
    driven.close();
    compare(case, &driven, &results, &peer.finish())
}

fn compare(
    case: &Value,
    driven: &Driven,
    results: &[Option<u64>],
    arrived: &[Vec<u8>],
) -> Result<(), String> {
    let expect = &case["expect"];
    let what = if case["plugin"] == "udp" {
        "datagrams"
    } else {
        "connections"
    };
    let theirs: Vec<Vec<u8>> = expect[what].as_array().unwrap().iter().map(text).collect();
    same(what, &arrived, &theirs.as_slice())?;
    // What the reference only logs counts as failed (section 12, rows 3 and 23).
    let logged = case["expect"]["log"].as_array().into_iter().flatten();
    let lost = logged
        .filter(|entry| entry["message"] != "Failed to format event")
        .filter(|entry| entry["message"] == "UDP socket error received")
        .count() as u64;
    let unencoded = case["expect"]["log"].as_array().into_iter().flatten();
    let unencoded = unencoded
        .filter(|entry| entry["message"] == "Cannot encode event")
        .count() as u64;
    let mut counters = expect["counters"].clone();
    let count = |name: &str| expect["counters"][name].as_u64().unwrap();
    counters["written"] = (count("written") - lost).into();
    counters["write_failed"] = (count("write_failed") + lost + unencoded).into();
    driven.counters(&counters, case)?;
    if lost > 0 {
        // Which batch they were of is not recorded.
        return Ok(());
    }
    let theirs: Vec<Option<u64>> = expect["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::as_u64)
        .collect();
    same("results", &results, &theirs.as_slice())
}

/// Captured bytes, long ones in short.
fn text(value: &Value) -> Vec<u8> {
    let Some(summary) = value.get("text_summary") else {
        return bytes(value);
    };
    let mut all = bytes(summary);
    all.extend_from_slice(summary["then"].as_str().unwrap_or_default().as_bytes());
    all
}

fn filled(config: &Value, port: u16) -> Value {
    let mut config = config.clone();
    for value in config.as_object_mut().unwrap().values_mut() {
        if value == "{port}" {
            *value = port.into();
        }
    }
    config
}

/// The receiver of a case, on a thread.
struct Peer {
    port: u16,
    arrived: Arc<Mutex<Vec<Vec<u8>>>>,
    /// The port of the datagram that ends it; 0 before.
    over: Arc<AtomicU16>,
    thread: Option<JoinHandle<()>>,
}

/// What it does with the first connection.
#[derive(Clone, Copy, PartialEq)]
enum First {
    Keep,
    Close,
    Reset,
}

impl Peer {
    fn start(case: &Value, base: &Path) -> Self {
        let script = case["server"].as_str().unwrap_or("sink");
        let arrived = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let over = Arc::<AtomicU16>::default();
        let (into, end) = (arrived.clone(), over.clone());
        let (port, thread) = if case["plugin"] == "udp" {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let port = socket.local_addr().unwrap().port();
            if script == "port unreachable" {
                (port, None)
            } else {
                let receiving = move || receive(&socket, &into, &end);
                (port, Some(std::thread::spawn(receiving)))
            }
        } else {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let first = match script {
                "close-after-first" => First::Close,
                "reset-after-first" => First::Reset,
                _ => First::Keep,
            };
            let tls = server(case["server_tls"].as_str(), base);
            if script == "refused" {
                (port, None)
            } else {
                let serving = move || serve(&listener, first, tls.as_ref(), &into, &end);
                (port, Some(std::thread::spawn(serving)))
            }
        };
        Self {
            port,
            arrived,
            over,
            thread,
        }
    }

    /// Everything that arrived, after the output was closed.
    fn finish(&mut self) -> Vec<Vec<u8>> {
        if let Some(thread) = self.thread.take() {
            let waker = UdpSocket::bind("127.0.0.1:0").unwrap();
            let port = waker.local_addr().unwrap().port();
            self.over.store(port, Ordering::SeqCst);
            // A connection and a datagram wake it up; it does not note them.
            drop(TcpStream::connect(("127.0.0.1", self.port)));
            drop(waker.send_to(b"", ("127.0.0.1", self.port)));
            thread.join().unwrap();
        }
        std::mem::take(&mut *self.arrived.lock().unwrap())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.finish();
    }
}

fn receive(socket: &UdpSocket, arrived: &Mutex<Vec<Vec<u8>>>, over: &AtomicU16) {
    let mut room = vec![0; 1 << 16];
    loop {
        let (count, sender) = socket.recv_from(&mut room).unwrap();
        // Datagrams wait in the order in which they came, so that this one is behind all the others.
        if sender.port() == over.load(Ordering::SeqCst) {
            return;
        }
        arrived.lock().unwrap().push(room[..count].to_vec());
    }
}

fn serve(
    listener: &TcpListener,
    mut first: First,
    tls: Option<&Arc<ServerConfig>>,
    arrived: &Mutex<Vec<Vec<u8>>>,
    over: &AtomicU16,
) {
    loop {
        let (stream, _) = listener.accept().unwrap();
        if over.load(Ordering::SeqCst) != 0 {
            return;
        }
        let what = std::mem::replace(&mut first, First::Keep);
        let read = match tls {
            None => read(stream, what),
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let mut all = Vec::new();
                stream.read_to_end(&mut all).map(|_| all)
            }
        };
        // A connection that was never one is not recorded.
        if let Ok(all) = read {
            arrived.lock().unwrap().push(all);
        }
    }
}

fn read(mut stream: TcpStream, what: First) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    if what == First::Keep {
        stream.read_to_end(&mut all)?;
        return Ok(all);
    }
    all.resize(1 << 16, 0);
    let count = match what {
        // A system resets a connection that is closed with something unread.
        First::Reset => stream.peek(&mut all)?,
        _ => stream.read(&mut all)?,
    };
    all.truncate(count);
    Ok(all)
}

/// The certificates of a case, of which it names some, and its server's configuration.
fn server(tls: Option<&str>, base: &Path) -> Option<Arc<ServerConfig>> {
    let tls = tls?;
    let authority = Authority::new("authority");
    std::fs::write(base.join("ca.pem"), &authority.certificate).unwrap();
    certificates::write(base, "client", &authority.client());
    let pair = authority.server(&["127.0.0.1", "localhost"]);
    certificates::write(base, "server", &pair);
    Some(certificates::server(
        &pair,
        (tls == "mutual").then_some(&authority),
    ))
}
