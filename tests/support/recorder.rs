//! A recording HTTP server: answers by a script and keeps what it was asked, byte for byte where it
//! matters. Blocking, one thread a connection; it ends with the value.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use base64::Engine;
use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Such as `POST`.
    pub method: String,
    /// What stands between the method and the version.
    pub target: String,
    /// Names as they were spelled, and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, without chunks around it.
    pub body: Vec<u8>,
    /// Number of the connection it came over.
    pub connection: usize,
}

impl Recorded {
    /// The values of a header, whatever its spelling.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let alike = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        alike.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a script says to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, headers, body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// These bytes, and then the connection is closed.
    Raw(Vec<u8>),
    /// The connection is closed without an answer.
    Close,
    /// Nothing, until the client goes away.
    Silence,
}

impl Reply {
    /// An answer without more.
    pub fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Vec::new())
    }

    /// An answer with a body.
    pub fn body(status: u16, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.as_bytes().to_vec())
    }

    /// An answer with a header.
    pub fn header(status: u16, name: &str, value: &str) -> Self {
        let headers = vec![(name.to_owned(), value.to_owned())];
        Self::Answer(status, headers, Vec::new())
    }
}

/// Decides what to answer: the number of the request (from 0) and the request.
pub type Script = Arc<dyn Fn(usize, &Recorded) -> Reply + Send + Sync>;

/// What passes through a connection.
pub trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// Puts something around accepted connections, such as TLS; `None` drops them.
pub type Wrap = Arc<dyn Fn(TcpStream) -> Option<Box<dyn Wire>> + Send + Sync>;

struct State {
    script: Script,
    wrap: Wrap,
    seen: Mutex<Seen>,
    more: Condvar,
    open: Mutex<HashMap<usize, TcpStream>>,
    accepted: AtomicUsize,
}

#[derive(Default)]
struct Seen {
    requests: Vec<Recorded>,
    ended: bool,
}

/// A server on the loopback interface.
pub struct Recorder {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Recorder {
    /// On a free port.
    pub fn start(script: impl Fn(usize, &Recorded) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(
            0,
            Arc::new(script),
            Arc::new(|stream| Some(Box::new(stream))),
        )
    }

    /// On this port (0: a free one), with something around each connection.
    pub fn with(port: u16, script: Script, wrap: Wrap) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script,
            wrap,
            seen: Mutex::default(),
            more: Condvar::new(),
            open: Mutex::default(),
            accepted: AtomicUsize::new(0),
        });
        let shared = state.clone();
        let thread = std::thread::spawn(move || accept(&listener, &shared));
        Self {
            address,
            state,
            thread: Some(thread),
        }
    }

    /// As the golden README describes a server.
    pub fn golden(server: &Value) -> Self {
        let server = server.clone();
        Self::start(move |nth, request| golden_reply(&server, nth, request))
    }

    /// Address and port.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.seen.lock().unwrap().requests.clone()
    }

    /// Connections it took so far.
    pub fn connections(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }

    /// Waits until it was asked that often.
    pub fn wait_for(&self, count: usize) -> Vec<Recorded> {
        let seen = self.state.seen.lock().unwrap();
        let few = |seen: &mut Seen| seen.requests.len() < count;
        let limit = Duration::from_secs(30);
        let (seen, waited) = self
            .state
            .more
            .wait_timeout_while(seen, limit, few)
            .unwrap();
        assert!(
            !waited.timed_out(),
            "{} of {count} requests",
            seen.requests.len()
        );
        seen.requests.clone()
    }

    /// Ends it: closes its port and all its connections.
    pub fn stop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        self.state.seen.lock().unwrap().ended = true;
        let _ = TcpStream::connect(self.address);
        thread.join().unwrap();
        self.drop_connections();
    }

    /// Closes all its connections.
    pub fn drop_connections(&self) {
        for (_, stream) in self.state.open.lock().unwrap().drain() {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop();
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        if state.seen.lock().unwrap().ended {
            return;
        }
        let number = state.accepted.fetch_add(1, Ordering::SeqCst);
        let _ = stream.set_nodelay(true);
        let kept = stream.try_clone().unwrap();
        state.open.lock().unwrap().insert(number, kept);
        let state = state.clone();
        std::thread::spawn(move || {
            if let Some(wire) = (state.wrap)(stream) {
                let _ = converse(wire, number, &state);
            }
            if let Some(stream) = state.open.lock().unwrap().remove(&number) {
                let _ = stream.shutdown(std::net::Shutdown::Both);
            }
        });
    }
}

fn converse(wire: Box<dyn Wire>, connection: usize, state: &State) -> io::Result<()> {
    let mut wire = BufReader::new(wire);
    while let Some(mut request) = read_request(&mut wire)? {
        request.connection = connection;
        let nth = {
            let mut seen = state.seen.lock().unwrap();
            seen.requests.push(request.clone());
            seen.requests.len() - 1
        };
        state.more.notify_all();
        let bytes = match (state.script)(nth, &request) {
            Reply::Close => return Ok(()),
            Reply::Silence => {
                io::copy(&mut wire, &mut io::sink())?;
                return Ok(());
            }
            Reply::Raw(bytes) => {
                wire.get_mut().write_all(&bytes)?;
                wire.get_mut().flush()?;
                return Ok(());
            }
            Reply::Answer(status, headers, body) => answer(&request, status, &headers, &body),
        };
        wire.get_mut().write_all(&bytes)?;
        wire.get_mut().flush()?;
    }
    Ok(())
}

fn answer(request: &Recorded, status: u16, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} X\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    let bodiless = status == 204 || status == 304;
    if !bodiless {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if !bodiless && request.method != "HEAD" {
        bytes.extend_from_slice(body);
    }
    bytes
}

fn read_request(wire: &mut impl BufRead) -> io::Result<Option<Recorded>> {
    let mut line = String::new();
    if wire.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut parts = line.trim_end().splitn(3, ' ');
    let mut request = Recorded {
        method: parts.next().unwrap_or_default().to_owned(),
        target: parts.next().unwrap_or_default().to_owned(),
        ..Recorded::default()
    };
    loop {
        let mut line = String::new();
        wire.read_line(&mut line)?;
        let line = line.trim_end_matches(['\r', '\n']);
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.to_owned(), value.trim().to_owned()));
    }
    let chunked = request.header("transfer-encoding").contains(&"chunked");
    let length = request.header("content-length");
    let length: usize = length.first().map_or(0, |text| text.parse().unwrap());
    if chunked {
        read_chunks(wire, &mut request.body)?;
    } else {
        request.body = vec![0; length];
        wire.read_exact(&mut request.body)?;
    }
    Ok(Some(request))
}

fn read_chunks(wire: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        wire.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let start = body.len();
        body.resize(start + size, 0);
        wire.read_exact(&mut body[start..])?;
        wire.read_line(&mut line)?;
        if size == 0 {
            return Ok(());
        }
    }
}

/// What a server of the golden files answers.
pub fn golden_reply(server: &Value, nth: usize, request: &Recorded) -> Reply {
    let rules = server["rules"].as_array().into_iter().flatten();
    let line = format!("{} {} HTTP/1.1", request.method, request.target);
    let meets = |rule: &&Value| {
        let contained = rule["body_contains"].as_str();
        let path = rule["path"].as_str();
        contained.is_some_and(|part| request.text().contains(part))
            || path.is_some_and(|part| line.contains(part))
            || rule["nth"].as_u64() == Some(nth as u64)
    };
    let mut rules = rules.filter(meets);
    let response = rules
        .next()
        .map_or(&server["default"], |rule| &rule["response"]);
    if response["close"] == true {
        return Reply::Close;
    }
    if let Some(delay) = response["delay"].as_f64() {
        std::thread::sleep(Duration::from_secs_f64(delay));
    }
    let headers = response["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    let body = match (response["body"].as_str(), response["body_base64"].as_str()) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(text)) => base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap(),
        (None, None) => Vec::new(),
    };
    let status = response["status"].as_u64().unwrap_or(200);
    Reply::Answer(u16::try_from(status).unwrap(), headers.collect(), body)
}

/// A port on which nothing listens.
pub fn refused_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
