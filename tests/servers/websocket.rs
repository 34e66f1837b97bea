//! `websocket`: subscribers of ours, good and bad, and servers that we connect to, good and bad.

use std::net::{TcpListener as StdListener, TcpStream as StdStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{self, Error, Message, WebSocket};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::certificates::{self, Authority};
use super::engine::{Run, all_arrived, lines};
use super::servers::until;

fn free_port() -> u16 {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

// ---- our subscribers

type Plain = WebSocket<MaybeTlsStream<StdStream>>;

/// Connects as soon as somebody listens.
fn subscribe(port: u16, path: &str, token: Option<&str>) -> Result<Plain, Error> {
    until("it listens", || {
        StdStream::connect(("127.0.0.1", port)).is_ok()
    });
    let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request()?;
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
    }
    tungstenite::connect(request).map(|(socket, _)| socket)
}

/// Reads to the end: the frames, and the close frame.
fn read_all(mut socket: Plain) -> (Vec<Message>, Option<CloseFrame>) {
    let mut frames = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Close(frame)) => {
                drop(socket.flush());
                return (frames, frame);
            }
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(frame) => frames.push(frame),
            Err(_) => return (frames, None),
        }
    }
}

fn texts(frames: &[Message]) -> Vec<String> {
    let text = |frame: &Message| frame.to_text().unwrap().to_owned();
    frames.iter().map(text).collect()
}

fn listening(port: u16, more: &str) -> String {
    format!("websocket: {{listen: '127.0.0.1:{port}'{more}}}")
}

/// Refused before anything was sent: the status.
fn refusal(result: Result<Plain, Error>) -> u16 {
    match result {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("not refused: {:?}", other.map(drop)),
    }
}

#[test]
fn subscribers_get_every_event_in_order_and_a_good_bye() {
    let port = free_port();
    let events = lines(5_000);
    let run = Run::start(
        &listening(port, ", min_subscribers: 2, retry: {max: 50ms}"),
        &events,
    );
    let one = std::thread::spawn(move || read_all(subscribe(port, "/", None).unwrap()));
    let other = std::thread::spawn(move || read_all(subscribe(port, "/", None).unwrap()));
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, 5_000, "{stats:?}");
    for subscriber in [one, other] {
        let (frames, close) = subscriber.join().unwrap();
        assert!(frames.iter().all(Message::is_text));
        assert_eq!(texts(&frames), events);
        let close = close.unwrap();
        assert_eq!(close.code, CloseCode::Normal);
        assert!(close.reason.contains("over"), "{close:?}");
    }
}

#[test]
fn nobody_has_to_be_there() {
    let run = Run::start(&listening(free_port(), ", frame: binary"), &lines(5_000));
    assert_eq!(run.finished().outputs[0].written, 5_000);
}

#[test]
fn strangers_are_refused() {
    let port = free_port();
    let more = ", path: /events, token: correct-horse, max_subscribers: 3, min_subscribers: 9";
    let run = Run::start(&listening(port, more), &lines(10));
    assert_eq!(refusal(subscribe(port, "/", Some("correct-horse"))), 404);
    assert_eq!(refusal(subscribe(port, "/events", None)), 401);
    assert_eq!(refusal(subscribe(port, "/events", Some("hunter2"))), 401);
    // Connections that only looked whether somebody listens may still be on their way out.
    let seated = |path: &str, token: Option<&str>| {
        let mut seat = None;
        until("there is a seat", || {
            seat = subscribe(port, path, token).ok();
            seat.is_some()
        });
        seat.unwrap()
    };
    let _by_header = seated("/events", Some("correct-horse"));
    let _by_query = seated("/events?token=correct-horse", None);
    let _third = seated("/events?x=1&token=correct%2Dhorse", None);
    assert_eq!(
        refusal(subscribe(port, "/events", Some("correct-horse"))),
        503
    );
    let stats = run.until("it waits", |stats| stats.outputs[0].outage.is_some());
    assert_eq!(stats.outputs[0].written, 0);
    let said = &stats.outputs[0].outage.as_ref().unwrap().reason;
    assert!(said.contains("of at least 9 subscribers"), "{said}");
    run.abort();
    run.ended();
}

/// Events large enough to fill every buffer on the way.
fn bulky(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("{n} {}", "x".repeat(2_000)))
        .collect()
}

#[test]
fn a_slow_subscriber_is_told_and_slows_nobody() {
    for (slow, code) in [("close", 4008_u16), ("skip", 1000)] {
        let port = free_port();
        let more = format!(
            ", min_subscribers: 1, queue: 100, slow: {slow}, retry: {{max: 50ms}}, batch: {{max_events: 50}}"
        );
        let events = bulky(20_000);
        let run = Run::start(&listening(port, &more), &events);
        let stuck = subscribe(port, "/", None).unwrap();
        // It ends although one subscriber reads nothing at all.
        let stats = run.until("all are written", |stats| {
            stats.outputs[0].written == 20_000
        });
        assert_eq!(stats.outputs[0].write_failed, 0);
        let (frames, close) = read_all(stuck);
        assert!(frames.len() < 20_000, "{}", frames.len());
        // What came is the beginning, without a gap, while nothing was left out.
        if slow == "close" {
            assert_eq!(texts(&frames), events[..frames.len()]);
        }
        let close = close.unwrap();
        assert_eq!(u16::from(close.code), code, "{close:?}");
        assert!(close.reason.contains("you missed"), "{close:?}");
        run.finished();
    }
}

#[test]
fn subscribers_may_come_and_go() {
    let port = free_port();
    let more = ", batch: {max_events: 100}";
    let events = lines(200_000);
    let run = Run::start(&listening(port, more), &events);
    for _ in 0..5 {
        if let Ok(mut socket) = subscribe(port, "/", None) {
            // Half of them say good-bye.
            drop(socket.read());
            drop(socket.close(None));
        }
    }
    assert_eq!(run.finished().outputs[0].written, 200_000);
}

#[test]
fn a_dead_subscriber_is_noticed() {
    let port = free_port();
    let more = ", min_subscribers: 2, ping_interval: 20ms, max_subscribers: 1";
    let run = Run::start(&listening(port, more), &lines(1));
    until("it listens", || {
        StdStream::connect(("127.0.0.1", port)).is_ok()
    });
    let mut dead = None;
    until("there is a seat", || {
        dead = subscribe(port, "/", None).ok();
        dead.is_some()
    });
    // It never reads, so it answers no ping; its seat becomes free.
    let mut next = None;
    until("the seat is free", || {
        next = subscribe(port, "/", None).ok();
        next.is_some()
    });
    drop((dead, next));
    run.abort();
    run.ended();
}

#[test]
fn an_address_in_use_is_named() {
    let taken = StdListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = Run::try_start(&listening(port, ""), &lines(1))
        .err()
        .unwrap();
    assert!(
        said.contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{said}"
    );
}

#[test]
fn subscribers_over_tls() {
    let authority = Authority::new("evtui test");
    let pair = authority.server(&["localhost"]);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (cert, key) = (write("s.pem", &pair.certificate), write("s.key", &pair.key));
    let ca = write("ca.pem", &authority.certificate);
    let port = free_port();
    let more =
        format!(", certificate: '{cert}', key: '{key}', min_subscribers: 1, retry: {{max: 50ms}}");
    let events = lines(100);
    let run = Run::start(&listening(port, &more), &events);
    // A file of ours as the client: another output of this kind cannot subscribe, so by hand.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let got = runtime.block_on(async {
        let mut roots = rustls::RootCertStore::empty();
        let pem = std::fs::read(ca).unwrap();
        use rustls::pki_types::pem::PemObject as _;
        roots
            .add(rustls::pki_types::CertificateDer::from_pem_slice(&pem).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let name = "localhost".try_into().unwrap();
        let tls = tokio_rustls::TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .unwrap();
        let url = format!("wss://localhost:{port}/");
        let (mut socket, _) = tokio_tungstenite::client_async(url, tls).await.unwrap();
        let mut got = Vec::new();
        while let Some(Ok(frame)) = socket.next().await {
            match frame {
                Message::Text(text) => got.push(text.to_string()),
                Message::Close(_) => break,
                _ => {}
            }
        }
        drop(socket.close(None).await);
        got
    });
    assert_eq!(got, events);
    assert_eq!(run.finished().outputs[0].written, 100);
}

// ---- servers that we connect to

type Accepted = WebSocketStream<TcpStream>;

/// A server on a port of its own; `serve` has each connection and its number.
struct Peer {
    port: u16,
    got: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Peer {
    fn start<F, Fut>(serve: F) -> Self
    where
        F: Fn(Accepted, usize, Arc<Mutex<Vec<String>>>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let got = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (sink, counter) = (Arc::clone(&got), Arc::clone(&connections));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(socket) = accept_hdr_async(stream, admit).await {
                    let number = counter.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(serve(socket, number, Arc::clone(&sink)));
                }
            }
        });
        Self {
            port,
            got,
            connections,
            _runtime: runtime,
        }
    }

    fn output(&self, more: &str) -> String {
        let port = self.port;
        format!(
            "websocket: {{url: 'ws://127.0.0.1:{port}/in', headers: {{x-key: correct-horse}}{more}}}"
        )
    }
}

/// Lets in who has the key and agrees to the first subprotocol.
#[allow(clippy::result_large_err, reason = "the shape of the library")]
fn admit(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    if request
        .headers()
        .get("x-key")
        .is_none_or(|key| key != "correct-horse")
    {
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = tungstenite::http::StatusCode::UNAUTHORIZED;
        return Err(refusal);
    }
    if let Some(wanted) = request.headers().get("sec-websocket-protocol") {
        response
            .headers_mut()
            .insert("sec-websocket-protocol", wanted.clone());
    }
    Ok(response)
}

/// Keeps everything and answers nothing.
async fn keep(mut socket: Accepted, _number: usize, got: Arc<Mutex<Vec<String>>>) {
    while let Some(Ok(frame)) = socket.next().await {
        if let Message::Text(text) = frame {
            got.lock().unwrap().push(text.to_string());
        }
    }
}

#[test]
fn a_server_gets_all_frames_in_order() {
    let peer = Peer::start(keep);
    let events = lines(10_000);
    let run = Run::start(&peer.output(", subprotocol: events.v1"), &events);
    assert_eq!(run.finished().outputs[0].written, 10_000);
    // The end waits until the server closed its side, so it has everything.
    assert_eq!(*peer.got.lock().unwrap(), events);
}

#[test]
fn a_refused_handshake_ends_the_start_without_showing_secrets() {
    let peer = Peer::start(keep);
    let output = peer.output("").replace("correct-horse", "hunter2");
    let said = Run::try_start(&output, &lines(1)).err().unwrap();
    assert!(said.contains("401"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn answers_decide_about_each_frame() {
    let peer = Peer::start(|mut socket, _, got: Arc<Mutex<Vec<String>>>| async move {
        while let Some(Ok(frame)) = socket.next().await {
            let Message::Text(text) = frame else {
                continue;
            };
            let answer = if text.ends_with("7}") {
                "{\"status\": \"error\", \"message\": \"no sevens\"}"
            } else {
                got.lock().unwrap().push(text.to_string());
                "{\"status\": \"ok\"}"
            };
            if socket.send(Message::text(answer)).await.is_err() {
                return;
            }
        }
    });
    let run = Run::start(&peer.output(", ack: json, max_in_flight: 5"), &lines(100));
    let stats = run.finished();
    let outputs = &stats.outputs[0];
    assert_eq!((outputs.written, outputs.write_failed), (90, 10));
    let said = &stats.errors[0].message;
    assert!(said.contains("no sevens"), "{said}");
    assert_eq!(peer.got.lock().unwrap().len(), 90);
}

#[test]
fn a_server_that_goes_away_and_comes_back_misses_nothing_with_answers() {
    const MANY: usize = 5_000;
    // Each connection but the last takes some frames and closes with 1001, without answering the last
    // that it took.
    let peer = Peer::start(
        |mut socket, number, got: Arc<Mutex<Vec<String>>>| async move {
            let mut taken = 0;
            while let Some(Ok(frame)) = socket.next().await {
                let Message::Text(text) = frame else {
                    continue;
                };
                got.lock().unwrap().push(text.to_string());
                taken += 1;
                if number < 5 && taken == 700 {
                    let frame = CloseFrame {
                        code: CloseCode::Away,
                        reason: "going away".into(),
                    };
                    drop(socket.close(Some(frame)).await);
                    return;
                }
                if socket
                    .send(Message::text("{\"status\": \"ok\"}"))
                    .await
                    .is_err()
                {
                    return;
                }
            }
        },
    );
    let more = ", ack: json, on_failure: block, retry: {initial: 5ms, max: 20ms}, circuit: {probe: 20ms}, batch: {max_events: 500}";
    let run = Run::start(&peer.output(more), &lines(MANY));
    let stats = run.finished();
    assert_eq!(stats.outputs[0].written, MANY as u64, "{stats:?}");
    assert!(stats.outputs[0].retries >= 5, "{stats:?}");
    assert_eq!(peer.connections.load(Ordering::SeqCst), 6);
    let got = peer.got.lock().unwrap();
    all_arrived(got.iter().map(String::as_str), MANY);
}

#[test]
fn a_server_that_stops_reading_holds_the_run_up_until_its_time_is_over() {
    let peer = Peer::start(
        |mut socket, number, got: Arc<Mutex<Vec<String>>>| async move {
            if number == 0 {
                // It keeps the connection and never reads.
                std::future::pending::<()>().await;
            }
            while let Some(Ok(frame)) = socket.next().await {
                let Message::Text(text) = frame else {
                    continue;
                };
                got.lock().unwrap().push(text.to_string());
                let answer = Message::text("{\"status\": \"ok\"}");
                if socket.send(answer).await.is_err() {
                    return;
                }
            }
        },
    );
    let events = bulky(3_000);
    let answered =
        ", write_timeout: 3s, ack: json, batch: {max_events: 100}, retry: {initial: 5ms}";
    let stats = Run::start(&peer.output(answered), &events).finished();
    assert_eq!(stats.outputs[0].written, 3_000);
    assert!(stats.outputs[0].retries >= 1);
    assert_eq!(*peer.got.lock().unwrap(), events);
}

#[test]
fn without_answers_no_more_is_written_than_the_network_holds() {
    let peer = Peer::start(|socket, _, _| async move {
        std::future::pending::<()>().await;
        drop(socket);
    });
    let more = ", write_timeout: 500ms, batch: {max_events: 100}";
    let run = Run::start(&peer.output(more), &bulky(30_000));
    let stats = run.until("it is stuck", |stats| stats.outputs[0].outage.is_some());
    assert!(stats.outputs[0].written < 30_000, "{stats:?}");
    assert!(stats.outputs[0].in_flight > 0);
    run.abort();
    run.ended();
}

#[test]
fn a_server_that_answers_no_ping_is_left() {
    let peer = Peer::start(|mut socket, number, got| async move {
        if number == 0 {
            // The first frame is read, then nothing, not even pings.
            drop(socket.next().await);
            std::future::pending::<()>().await;
        }
        keep(socket, number, got).await;
    });
    let more = ", ack: json, ping_interval: 20ms, retry: {initial: 5ms, max: 20ms}";
    let run = Run::start(&peer.output(more), &lines(10));
    let connections = Arc::clone(&peer.connections);
    until("it connects again", || {
        connections.load(Ordering::SeqCst) > 1
    });
    let stats = run.stats();
    assert_eq!(stats.outputs[0].written, 0, "nobody answered");
    run.abort();
    run.ended();
}

#[test]
fn a_server_over_tls() {
    let authority = Authority::new("evtui test");
    let pair = authority.server(&["localhost"]);
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &authority.certificate).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = tokio_rustls::TlsAcceptor::from(certificates::server(&pair, None));
    let got = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&got);
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(frame)) = socket.next().await {
                if let Message::Binary(bytes) = frame {
                    sink.lock().unwrap().push(bytes.to_vec());
                }
            }
        }
    });
    let output = |tls: &str| {
        format!("websocket: {{url: 'wss://localhost:{port}', frame: binary, tls: {{{tls}}}}}")
    };
    let run = Run::start(&output(&format!("ca_cert: '{}'", ca.display())), &lines(10));
    assert_eq!(run.finished().outputs[0].written, 10);
    assert_eq!(got.lock().unwrap().len(), 10);
    let said = Run::try_start(&output(""), &lines(1)).err().unwrap();
    assert!(said.contains("certificate"), "{said}");
}
