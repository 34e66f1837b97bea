//! Making a connection to a server: names, addresses, proxies and TLS, each step with its limit and
//! its words when it fails.
//!
//! Knows nothing of requests, but for the one that asks a proxy for a tunnel.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::output::{OutputError, tls};

use super::answer::{self, Refusal};
use super::proxy::{Proxy, Route};
use super::{AGENT, Address};

/// How much later the next address of a host is tried while one does not answer.
const STAGGER: Duration = Duration::from_millis(250);

/// A connection's bytes, whatever they pass through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that counts each time bytes moved, so that others can tell silence from slowness.
pub(super) struct Watched {
    inner: Box<dyn Stream>,
    moves: Arc<AtomicU64>,
}

impl Watched {
    pub(super) fn new(inner: Box<dyn Stream>, moves: Arc<AtomicU64>) -> Self {
        Self { inner, moves }
    }

    fn note(&self, count: usize) {
        if count > 0 {
            self.moves.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.note(buf.filled().len().saturating_sub(before));
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, buf);
        if let Poll::Ready(Ok(count)) = &polled {
            self.note(*count);
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        if let Poll::Ready(Ok(count)) = &polled {
            self.note(*count);
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// What it takes to connect.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) tls: Arc<ClientConfig>,
    pub(super) server_name: Option<String>,
    /// Limit of each step.
    pub(super) limit: Duration,
}

impl Connector {
    /// Connects to a server by its route.
    pub(super) fn connect<'a>(
        &'a self,
        to: &'a Address,
        route: &'a Route,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, OutputError>> {
        Box::pin(async move {
            let plain = match route {
                Route::Direct => self.open(to).await?,
                Route::Forward(proxy) => return self.to_proxy(proxy).await,
                Route::Tunnel(proxy) => {
                    let stream = self.to_proxy(proxy).await?;
                    let late = format!("the proxy {} opened no tunnel to {to}", proxy.at);
                    within(self.limit, tunnel(stream, proxy, to).boxed(), &late).await??
                }
            };
            if !to.encrypted {
                return Ok(plain);
            }
            self.encrypt(plain, to, self.server_name.as_deref()).await
        })
    }

    async fn to_proxy(&self, proxy: &Proxy) -> Result<Box<dyn Stream>, OutputError> {
        let stream = self.open(&proxy.at).await?;
        if proxy.at.encrypted {
            self.encrypt(stream, &proxy.at, None).await
        } else {
            Ok(stream)
        }
    }

    async fn encrypt(
        &self,
        stream: Box<dyn Stream>,
        to: &Address,
        name: Option<&str>,
    ) -> Result<Box<dyn Stream>, OutputError> {
        let name = name.or(to.hidden.then_some(to.host.as_str()));
        let shaking = tls::connect(&self.tls, name, to.shown(), stream);
        let late = format!("{to} did not agree on TLS");
        let stream = within(self.limit, shaking.boxed(), &late).await??;
        Ok(Box::new(stream))
    }

    async fn open(&self, to: &Address) -> Result<Box<dyn Stream>, OutputError> {
        let opening = async {
            let found = tokio::net::lookup_host((to.host.as_str(), to.port)).await;
            let addresses = found.map_err(|error| unknown_host(to, &error))?.collect();
            first_of(addresses)
                .await
                .map_err(|error| unreachable(to, &error))
        };
        let late = format!("no connection to {to}");
        let stream = within(self.limit, opening.boxed(), &late).await??;
        // A request goes out at once, whatever of the one before is not acknowledged yet.
        let _ = stream.set_nodelay(true);
        Ok(Box::new(stream))
    }
}

/// Keeps a step to the limit; `what` did not happen when it takes longer.
async fn within<T>(limit: Duration, step: BoxFuture<'_, T>, what: &str) -> Result<T, OutputError> {
    tokio::time::timeout(limit, step).await.map_err(|_| {
        let seconds = limit.as_secs();
        OutputError::outage(format!("{what} within {seconds} s (`connect_timeout`)"))
            .help("check that the server works and that no firewall is in between")
    })
}

/// The first of the addresses that takes a connection. They are tried in order, and the next one
/// already when one does not answer for a moment.
async fn first_of(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut rest = addresses.into_iter();
    let mut tried = FuturesUnordered::new();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = rest.next() {
            tried.push(TcpStream::connect(address));
        } else if tried.is_empty() {
            return Err(last);
        }
        let more = rest.len() > 0;
        tokio::select! {
            Some(outcome) = tried.next() => match outcome {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            },
            () = tokio::time::sleep(STAGGER), if more => {}
        }
    }
}

fn unknown_host(to: &Address, error: &io::Error) -> OutputError {
    OutputError::outage(format!("cannot find the host `{}`: {error}", to.shown()))
        .help("check its name, and that name resolution works here")
}

fn unreachable(to: &Address, error: &io::Error) -> OutputError {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return OutputError::outage(format!("{to} refused the connection"))
            .help("check that the server runs and listens on this port");
    }
    OutputError::path("cannot connect to", &to.to_string(), error)
}

/// Asks a proxy for a tunnel.
async fn tunnel(
    stream: Box<dyn Stream>,
    proxy: &Proxy,
    to: &Address,
) -> Result<Box<dyn Stream>, OutputError> {
    let request = connect_request(proxy, to).map_err(|error| no_tunnel(proxy, to, &error))?;
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|error| no_tunnel(proxy, to, &error))?;
    // It ends with the answer, or when nobody waits for that any more.
    tokio::spawn(connection.with_upgrades());
    let answer = sender.send_request(request).await;
    let answer = answer.map_err(|error| no_tunnel(proxy, to, &error))?;
    let status = answer.status();
    if !status.is_success() {
        let who = format!("the proxy {}, asked for a tunnel to {to},", proxy.at);
        return Err(answer::refused(&Refusal {
            who: &who,
            status: status.as_u16(),
            headers: answer.headers(),
            text: "",
        }));
    }
    let upgraded = hyper::upgrade::on(answer).await;
    let upgraded = upgraded.map_err(|error| no_tunnel(proxy, to, &error))?;
    Ok(Box::new(TokioIo::new(upgraded)))
}

fn no_tunnel(proxy: &Proxy, to: &Address, error: &dyn Display) -> OutputError {
    let proxy = &proxy.at;
    OutputError::outage(format!(
        "the proxy {proxy} opened no tunnel to {to}: {error}"
    ))
}

fn connect_request(
    proxy: &Proxy,
    to: &Address,
) -> Result<Request<Empty<Bytes>>, hyper::http::Error> {
    let target = to.with_port();
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(Uri::try_from(target.as_str())?)
        .header(HOST, HeaderValue::try_from(target)?)
        .header(USER_AGENT, AGENT);
    if let Some(authorization) = &proxy.authorization {
        request = request.header(PROXY_AUTHORIZATION, authorization.clone());
    }
    request.body(Empty::new())
}
