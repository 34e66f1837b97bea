//! One request and its answer on one connection.
//!
//! Knows nothing of where connections come from and where they are kept.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::Error as TlsError;

use super::answer::Answer;
use super::connect::{Stream, Watched};

/// A connection that takes requests one after the other. What it sends and reads happens while
/// [`Connection::exchange`] is polled.
pub(super) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<TokioIo<Watched>, Full<Bytes>>,
    moves: Arc<AtomicU64>,
    /// Since when it waits for a request.
    pub(super) since: Instant,
}

/// Why there is no answer.
pub(super) enum Trouble {
    /// Nothing of the request went out, for this reason: it can go over another connection.
    Unsent(Box<Request<Full<Bytes>>>, Box<Trouble>),
    /// No byte moved for as long as is allowed.
    Silence,
    /// The server closed the connection without an answer.
    Closed,
    /// The connection broke.
    Io(io::Error),
    /// What came is no HTTP.
    Malformed(String),
}

impl Connection {
    /// Speaks HTTP over a new connection.
    pub(super) async fn new(stream: Box<dyn Stream>) -> Result<Self, Trouble> {
        let moves = Arc::new(AtomicU64::new(0));
        let io = TokioIo::new(Watched::new(stream, Arc::clone(&moves)));
        let mut builder = http1::Builder::new();
        builder.preserve_header_case(true).title_case_headers(true);
        let (sender, driver) = builder
            .handshake(io)
            .await
            .map_err(|error| trouble(&error))?;
        Ok(Self {
            sender,
            driver,
            moves,
            since: Instant::now(),
        })
    }

    /// True when it can take a request: the server did not close it in the meantime.
    pub(super) fn is_alive(&mut self) -> bool {
        (&mut self.driver).now_or_never().is_none() && self.sender.is_ready()
    }

    /// Sends a request and reads the answer, of whose body at most `limit` bytes. The flag tells
    /// whether the connection can be used again.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        limit: usize,
        patience: Duration,
    ) -> Result<(Answer, bool), Trouble> {
        let Self {
            sender,
            driver,
            moves,
            ..
        } = self;
        let work = async {
            let answered = sender.try_send_request(request).await;
            let response = answered.map_err(|mut error| match error.take_message() {
                Some(request) => {
                    let cause = trouble(&error.into_error());
                    Trouble::Unsent(Box::new(request), Box::new(cause))
                }
                None => trouble(&error.into_error()),
            })?;
            let (head, body) = response.into_parts();
            let (body, cut) = collect(body, limit).await?;
            Ok(Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body,
                cut,
            })
        };
        let answer = drive(work, driver, moves, patience).await?;
        let again = !answer.cut && self.is_alive();
        Ok((answer, again))
    }
}

async fn collect(mut body: Incoming, limit: usize) -> Result<(Vec<u8>, bool), Trouble> {
    let mut bytes = Vec::new();
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else {
            break;
        };
        let Ok(data) = frame.map_err(|error| trouble(&error))?.into_data() else {
            continue;
        };
        let room = limit.saturating_sub(bytes.len());
        if data.len() > room {
            bytes.extend_from_slice(data.get(..room).unwrap_or_default());
            return Ok((bytes, true));
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, false))
}

/// Polls the connection along with the work that waits for it, until the work is done or nothing moved
/// for too long.
async fn drive<T>(
    work: impl Future<Output = Result<T, Trouble>>,
    driver: &mut http1::Connection<TokioIo<Watched>, Full<Bytes>>,
    moves: &AtomicU64,
    patience: Duration,
) -> Result<T, Trouble> {
    let mut work = pin!(work);
    let mut timer = pin!(tokio::time::sleep(patience));
    let mut seen = moves.load(Ordering::Relaxed);
    let mut ended: Option<Trouble> = None;
    poll_fn(|cx| {
        // The work first, so that there is a request for the connection to send, and again after it.
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(done);
        }
        if ended.is_none()
            && let Poll::Ready(end) = driver.poll_unpin(cx)
        {
            ended = Some(end.err().map_or(Trouble::Closed, |error| trouble(&error)));
        }
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(match (done, ended.take()) {
                // The connection knows better what happened.
                (Err(Trouble::Closed), Some(cause)) => Err(cause),
                (done, _) => done,
            });
        }
        if let Some(cause) = ended.take() {
            return Poll::Ready(Err(cause));
        }
        let moved = moves.load(Ordering::Relaxed);
        if moved != seen {
            seen = moved;
            let until = tokio::time::Instant::now().checked_add(patience);
            if let Some(until) = until {
                timer.as_mut().reset(until);
            }
        }
        timer.as_mut().poll(cx).map(|()| Err(Trouble::Silence))
    })
    .await
}

/// What an error of hyper's is about.
fn trouble(error: &hyper::Error) -> Trouble {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Trouble::Io(copied(io));
        }
        source = inner.source();
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return Trouble::Closed;
    }
    Trouble::Malformed(error.to_string())
}

/// An error of the system's that says the same; those of TLS keep what they hold.
fn copied(error: &io::Error) -> io::Error {
    if let Some(code) = error.raw_os_error() {
        return io::Error::from_raw_os_error(code);
    }
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<TlsError>());
    match tls {
        Some(tls) => io::Error::new(error.kind(), tls.clone()),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}
