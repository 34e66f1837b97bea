//! The side that connects: frames to a server, which may answer each.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use url::Url;

use crate::output::link::{self, CONNECT_TIMEOUT, Link, Verdicts};
use crate::output::net::Address;
use crate::output::{Items, OutputEnv, OutputError, Receipt, RemoteOutput, Secret, tls};

use super::options::ClientConfig;
use super::{Common, frames};

/// Longest answer of a server.
const LONGEST: usize = 1 << 20;

/// A connection, encrypted or not.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

type Socket = WebSocketStream<Box<dyn Wire>>;

/// A connection that attempts share; there is one attempt at a time.
#[derive(Clone)]
struct Connection {
    sink: Arc<Mutex<SplitSink<Socket, Message>>>,
    /// What the server says.
    answers: Arc<Mutex<mpsc::Receiver<String>>>,
    /// Why it ended, once it did.
    ended: watch::Receiver<Option<String>>,
    _background: Arc<Background>,
}

/// The tasks that read and ping, ended with the connection.
struct Background([JoinHandle<()>; 2]);

impl Drop for Background {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl Connection {
    /// Waits for its end; tells why.
    async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            Err(_) => "the connection was closed".to_owned(),
        }
    }
}

/// The output that connects.
pub(super) struct Client {
    url: Url,
    address: Address,
    tls: Option<(Arc<rustls::ClientConfig>, Option<String>)>,
    headers: Vec<(tokio_tungstenite::tungstenite::http::HeaderName, Secret)>,
    subprotocol: Option<String>,
    in_flight: Option<usize>,
    common: Common,
    link: Link<Connection>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.address, f)
    }
}

impl Client {
    /// Reads certificates.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn build(
        config: &ClientConfig,
        common: Common,
        env: &OutputEnv<'_>,
    ) -> Result<Self, OutputError> {
        let none = || OutputError::failed("this is no address of a WebSocket server");
        let url = Url::parse(config.url.expose()).map_err(|_| none())?;
        let host = url.host_str().ok_or_else(none)?;
        let port = url.port_or_known_default().ok_or_else(none)?;
        let tls = match url.scheme() {
            "wss" => Some((config.tls.build(env.base)?, config.tls.server_name.clone())),
            _ => None,
        };
        Ok(Self {
            address: Address::new(host, port, config.hidden),
            url,
            tls,
            headers: config.headers.clone(),
            subprotocol: config.subprotocol.clone(),
            in_flight: config.in_flight,
            common,
            link: Link::default(),
        })
    }

    async fn connect(&self) -> Result<Connection, OutputError> {
        let connecting = async {
            let tcp = self.address.connect(CONNECT_TIMEOUT).await?;
            let wire: Box<dyn Wire> = match &self.tls {
                None => Box::new(tcp),
                Some((config, name)) => {
                    let host = self.address.host();
                    Box::new(tls::connect(config, name.as_deref(), host, tcp).await?)
                }
            };
            let config = WebSocketConfig::default()
                .write_buffer_size(64 << 10)
                .max_message_size(Some(LONGEST));
            tokio_tungstenite::client_async_with_config(self.request()?, wire, Some(config))
                .await
                .map_err(|error| self.refused(&error))
        };
        let (socket, _) = timeout(CONNECT_TIMEOUT, connecting).await.map_err(|_| {
            let address = &self.address;
            OutputError::outage(format!(
                "{address} did not answer within {CONNECT_TIMEOUT:?}"
            ))
        })??;
        Ok(attend(socket, self.common.ping))
    }

    fn request(&self) -> Result<Request, OutputError> {
        let unusable = || OutputError::failed("the request for the handshake cannot be made");
        let mut url = self.url.clone();
        let login = basic(&url);
        // Credentials belong into a header, not into the address that is sent.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        let mut request = url.as_str().into_client_request().map_err(|_| unusable())?;
        let headers = request.headers_mut();
        if let Some(login) = login {
            let value = HeaderValue::from_str(&login).map_err(|_| unusable())?;
            headers.insert("authorization", value);
        }
        if let Some(name) = &self.subprotocol {
            let value = HeaderValue::from_str(name).map_err(|_| unusable())?;
            headers.insert("sec-websocket-protocol", value);
        }
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(value.expose()).map_err(|_| unusable())?;
            headers.insert(name, value);
        }
        Ok(request)
    }

    /// What a failed handshake means.
    fn refused(&self, error: &Error) -> OutputError {
        let address = &self.address;
        let Error::Http(response) = error else {
            let reason = words(error);
            return match error {
                Error::Protocol(_) => {
                    OutputError::failed(format!("{address} does not speak WebSocket: {reason}"))
                        .help("check `url` and `subprotocol`")
                }
                _ => OutputError::outage(format!("{address}: {reason}")),
            };
        };
        let status = response.status();
        let made = format!("{address} refuses the handshake with status {status}");
        match status.as_u16() {
            408 | 425 | 429 | 500..=599 => OutputError::outage(made).retry_after(wait(response)),
            _ => OutputError::failed(made).help("check `url` and `headers`"),
        }
    }

    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let lease = match self.link.lease(self.connect()).await {
            Ok(lease) => lease,
            Err(error) => return Receipt::refused(items, error),
        };
        let connection = &lease.client;
        let mut verdicts = Verdicts::new(items.len());
        let sent = tokio::select! {
            sent = self.send_all(connection, items, &mut verdicts) => sent,
            reason = connection.ended() => Err(reason),
        };
        match sent {
            Ok(()) => lease.keep(),
            Err(reason) => {
                let address = &self.address;
                verdicts.refuse_rest(&OutputError::outage(format!("{address}: {reason}")));
            }
        }
        link::receipt(items, verdicts.failures())
    }

    /// Sends all frames and awaits the answers, where there are some; the reason when the connection
    /// is lost.
    async fn send_all(
        &self,
        connection: &Connection,
        items: &Items<'_>,
        verdicts: &mut Verdicts,
    ) -> Result<(), String> {
        let mut answers = connection.answers.lock().await;
        let mut open = VecDeque::new();
        for (position, frame) in frames::build(items, self.common.binary)
            .into_iter()
            .enumerate()
        {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => {
                    verdicts.refuse(position, error);
                    continue;
                }
            };
            if let Some(most) = self.in_flight {
                if open.len() >= most {
                    // The server has to see what it is to answer.
                    let flushed = connection.sink.lock().await.flush().await;
                    flushed.map_err(|error| words(&error))?;
                    answer(&mut answers, &mut open, verdicts).await?;
                }
                open.push_back(position);
            }
            let fed = connection.sink.lock().await.feed(frame).await;
            fed.map_err(|error| words(&error))?;
        }
        let flushed = connection.sink.lock().await.flush().await;
        flushed.map_err(|error| words(&error))?;
        while !open.is_empty() {
            answer(&mut answers, &mut open, verdicts).await?;
        }
        verdicts.take_rest();
        Ok(())
    }
}

/// Awaits the answer to the oldest open frame.
async fn answer(
    answers: &mut mpsc::Receiver<String>,
    open: &mut VecDeque<usize>,
    verdicts: &mut Verdicts,
) -> Result<(), String> {
    let text = answers.recv().await.ok_or("the connection was closed")?;
    let Some(position) = open.pop_front() else {
        return Ok(());
    };
    match judge(&text) {
        Ok(()) => verdicts.take(position),
        Err(error) => verdicts.refuse(position, error),
    }
    Ok(())
}

/// What an answer says of its frame.
fn judge(text: &str) -> Result<(), OutputError> {
    let answer: Option<Value> = serde_json::from_str(text).ok();
    let field = |name: &str| {
        answer
            .as_ref()
            .and_then(|answer| answer.get(name)?.as_str())
    };
    match field("status") {
        Some("ok") => Ok(()),
        Some(_) => {
            let reason = field("message").unwrap_or("it gives no reason");
            let reason: String = reason.chars().take(200).collect();
            Err(OutputError::failed(format!(
                "the server refused an event: {reason}"
            )))
        }
        None => Err(OutputError::failed(
            "the server answered an event with something else than {\"status\": ...}",
        )
        .help("remove `ack` when the server does not answer each frame")),
    }
}

/// Starts what reads and pings.
fn attend(socket: Socket, ping: Duration) -> Connection {
    let (sink, stream) = socket.split();
    let sink = Arc::new(Mutex::new(sink));
    let (told, ended) = watch::channel(None);
    let told = Arc::new(told);
    let (say, answers) = mpsc::channel(1_024);
    let heard = Arc::new(AtomicU64::new(0));
    let reading = read(stream, say, Arc::clone(&told), Arc::clone(&heard));
    let pinging = keep_alive(Arc::clone(&sink), told, heard, ping);
    Connection {
        sink,
        answers: Arc::new(Mutex::new(answers)),
        ended,
        _background: Arc::new(Background([tokio::spawn(reading), tokio::spawn(pinging)])),
    }
}

type Told = Arc<watch::Sender<Option<String>>>;

/// Reads to the end. Answers that nobody waits for are let go, but those of frames on their way are
/// waited for by fewer than there is room for.
async fn read(
    mut stream: SplitStream<Socket>,
    say: mpsc::Sender<String>,
    told: Told,
    heard: Arc<AtomicU64>,
) {
    let reason = loop {
        match stream.next().await {
            Some(Ok(message)) => {
                heard.fetch_add(1, Ordering::Relaxed);
                match message {
                    Message::Text(text) => drop(say.try_send(text.to_string())),
                    Message::Close(Some(frame)) => {
                        break format!(
                            "the server closed the connection with code {}: {}",
                            u16::from(frame.code),
                            frame.reason
                        );
                    }
                    Message::Close(None) => break "the server closed the connection".to_owned(),
                    _ => {}
                }
            }
            Some(Err(error)) => break words(&error),
            None => break "the connection was closed".to_owned(),
        }
    };
    told.send_replace(Some(reason));
}

/// Pings and ends the connection when nothing comes back for two pings.
async fn keep_alive(
    sink: Arc<Mutex<SplitSink<Socket, Message>>>,
    told: Told,
    heard: Arc<AtomicU64>,
    ping: Duration,
) {
    let mut silent = 0;
    let mut before = heard.load(Ordering::Relaxed);
    loop {
        tokio::time::sleep(ping).await;
        let now = heard.load(Ordering::Relaxed);
        silent = if now == before { silent + 1 } else { 0 };
        before = now;
        if silent > 2 {
            told.send_replace(Some("the server does not answer pings".to_owned()));
            return;
        }
        // While an attempt holds the sink, what it sends is ping enough.
        if let Ok(mut sink) = sink.try_lock() {
            let _ = timeout(ping, sink.send(Message::Ping(Default::default()))).await;
        }
    }
}

/// The login of a URL as the value of a header.
fn basic(url: &Url) -> Option<String> {
    use base64::Engine as _;
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| {
        let decoded: Vec<u8> = percent(text);
        String::from_utf8_lossy(&decoded).into_owned()
    };
    let login = format!(
        "{}:{}",
        plain(url.username()),
        plain(url.password().unwrap_or(""))
    );
    let coded = base64::engine::general_purpose::STANDARD.encode(login);
    Some(format!("Basic {coded}"))
}

/// Undoes the escapes of a URL's part.
fn percent(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3);
        let code = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(code) if byte == b'%' => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// `Retry-After` in seconds.
fn wait(response: &Response) -> Option<Duration> {
    let value = response.headers().get("retry-after")?;
    let seconds = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// An error's words without the system's error numbers.
fn words(error: &Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

impl RemoteOutput for Client {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            let lease = self.link.lease(self.connect()).await;
            lease.map(link::Lease::keep)
        })
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        Box::pin(async move { self.attempt(&items).await })
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            let Some(connection) = self.link.take().await else {
                return Ok(());
            };
            // The server closes its side when it has read everything.
            let leaving = async {
                let told = connection
                    .sink
                    .lock()
                    .await
                    .send(Message::Close(None))
                    .await;
                if told.is_ok() {
                    connection.ended().await;
                }
            };
            drop(timeout(CONNECT_TIMEOUT, leaving).await);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged_by_their_status() {
        assert!(judge(r#"{"status": "ok", "event_id": 7}"#).is_ok());
        for (bad, word) in [
            (
                r#"{"status": "error", "message": "no such type"}"#,
                "no such type",
            ),
            (r#"{"status": "error"}"#, "no reason"),
            ("[]", "something else"),
            ("ok", "something else"),
        ] {
            let said = judge(bad).err().map(|error| error.message);
            assert!(said.is_some_and(|said| said.contains(word)), "{bad}");
        }
    }

    #[test]
    fn credentials_of_the_url_become_a_header() {
        let url = Url::parse("ws://us%40er:p%25w@host/").ok();
        let value = url.as_ref().and_then(basic);
        // us@er:p%w
        assert_eq!(value.as_deref(), Some("Basic dXNAZXI6cCV3"));
        let url = Url::parse("ws://host/").ok();
        assert_eq!(url.as_ref().and_then(basic), None);
    }
}
