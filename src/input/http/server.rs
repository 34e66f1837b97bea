//! The server: routes, limits, and an end that leaves no request without an answer.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::gate::{Gate, Offer};
use super::request::{Refusal, count};

/// Connections served at a time; others wait in the system's queue.
const CONNECTIONS: usize = 256;

/// Largest body.
const BODY_BYTES: usize = 64 << 10;

/// Longest wait for a request's head, or for its body.
const READ_TIME: Duration = Duration::from_secs(10);

/// How long requests in flight have for their answer after the end.
const GRACE: Duration = Duration::from_secs(1);

/// A pause before accepting again after the system refused.
const BREATH: Duration = Duration::from_millis(100);

/// A server on a thread of its own. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Server {
    stop: CancellationToken,
    unbound: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves a listener until it is stopped.
    ///
    /// # Errors
    /// When the system gives no thread or no way to wait for connections.
    pub(super) fn start(listener: TcpListener, gate: Arc<Gate>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let stop = CancellationToken::new();
        let (gone, unbound) = sync_channel(1);
        let stopped = stop.clone();
        let run = tracing::Span::current();
        let thread = thread::Builder::new()
            .name("evtui-http".to_owned())
            .spawn(move || {
                run.in_scope(|| runtime.block_on(serve(listener, gate, stopped, gone)))
            })?;
        Ok(Self {
            stop,
            unbound,
            thread: Some(thread),
        })
    }

    /// Gives up the port; connections end with their request in flight.
    pub(super) fn unbind(&self) {
        self.stop.cancel();
        let _ = self.unbound.recv();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(
    listener: tokio::net::TcpListener,
    gate: Arc<Gate>,
    stop: CancellationToken,
    gone: SyncSender<()>,
) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accept(&listener, &free) => accepted,
        };
        let Some((stream, place)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let (gate, stop) = (Arc::clone(&gate), stop.clone());
        connections.spawn(async move {
            connection(stream, gate, stop).await;
            drop(place);
        });
    }
    drop(listener);
    let _ = gone.send(());
    let _ = timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

type Place = tokio::sync::OwnedSemaphorePermit;

async fn accept(
    listener: &tokio::net::TcpListener,
    free: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, Place)> {
    let place = Arc::clone(free).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!("cannot accept a connection: {error}");
            None
        }
    }
}

async fn connection(stream: tokio::net::TcpStream, gate: Arc<Gate>, stop: CancellationToken) {
    let service = service_fn(|request| {
        let (gate, stop) = (Arc::clone(&gate), stop.clone());
        async move { Ok::<_, Infallible>(answer(request, &gate, &stop).await) }
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(READ_TIME)
            .serve_connection(TokioIo::new(stream), service)
    );
    // A connection that breaks is its client's affair.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    gate: &Gate,
    stop: &CancellationToken,
) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    let known = |path: &str| matches!(path, "/generate" | "/stop");
    if let Some(bare) = path.strip_suffix('/').filter(|bare| known(bare)) {
        return elsewhere(bare, request.uri().query());
    }
    if !known(path) {
        return refused(StatusCode::NOT_FOUND, "Not Found");
    }
    if request.method() != Method::POST {
        let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if path == "/stop" {
        gate.close();
        stop.cancel();
        return respond(StatusCode::OK, &Value::Null);
    }
    generate(request, gate).await
}

async fn generate(request: Request<Incoming>, gate: &Gate) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let kind = head.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    let body = match timeout(READ_TIME, Limited::new(body, BODY_BYTES).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "Content Too Large");
        }
        Ok(Err(_)) => return refused(StatusCode::BAD_REQUEST, "The body could not be read"),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
    };
    match count(kind, &body) {
        Ok(count) => match gate.offer(count) {
            Offer::Taken => respond(StatusCode::CREATED, &Value::Null),
            Offer::Full => refused(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
            Offer::Closed => refused(StatusCode::CONFLICT, "Server is stopping"),
        },
        Err(Refusal::Unreadable) => refused(
            StatusCode::BAD_REQUEST,
            "There was an error parsing the body",
        ),
        Err(Refusal::Invalid(faults)) => respond(
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!({ "detail": faults }),
        ),
    }
}

fn respond(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn refused(status: StatusCode, detail: &str) -> Response<Full<Bytes>> {
    respond(status, &json!({ "detail": detail }))
}

fn elsewhere(path: &str, query: Option<&str>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let place = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}
