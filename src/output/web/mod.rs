//! The HTTP client of outputs: kept connections, TLS, proxies, limits, and errors in words.
//!
//! It speaks HTTP/1.1 by hyper, one request at a time on a connection, and drives each connection
//! inside the request that uses it: no task and no queue stand between an attempt and the socket, and
//! an attempt that is dropped takes its connection with it. Nothing is tried again here and no redirect
//! is followed.
//!
//! Knows nothing of events, formats and what outputs make of an answer.

mod answer;
mod call;
mod connect;
mod exchange;
mod options;
mod proxy;
mod server;

use std::fmt;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use tokio::sync::Semaphore;

use super::OutputError;
use super::tls::TlsConfig;
use super::url::WebUrl;

pub use answer::{Answer, is_passing, named};
pub use call::{Call, Shape, header};
pub use options::{
    CA_CERT, CLIENT_CERT, CLIENT_CERT_KEY, COMPRESSION, CONNECT_TIMEOUT, ClientConfig, Compress,
    PROXY_URL, REQUEST_TIMEOUT, VERIFY, compression, login,
};
pub use proxy::ProxyChoice;
pub use server::{Server, was_cut};

use connect::Connector;

/// How requests name their sender.
const AGENT: &str = concat!("evtui/", env!("CARGO_PKG_VERSION"));

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// Limit of each step towards a connection: reaching the host, TLS, a proxy's tunnel.
    pub connect_timeout: Duration,
    /// Longest time without any byte in either direction, and longest wait for a free connection.
    pub request_timeout: Duration,
    /// Most connections in use at once, at least 1.
    pub connections: usize,
    /// Options of TLS.
    pub tls: &'a TlsConfig,
    /// The project's folder, for the files of TLS.
    pub base: &'a std::path::Path,
    /// Where to look for a proxy.
    pub proxy: ProxyChoice,
}

/// A client, shared by the servers of an output.
#[derive(Clone)]
pub struct Client {
    connector: Connector,
    request_timeout: Duration,
    slots: Arc<Semaphore>,
    proxy: ProxyChoice,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client; connects nowhere yet.
    ///
    /// # Errors
    /// Files of certificates that cannot be used.
    pub fn new(settings: &Settings<'_>) -> Result<Self, OutputError> {
        Ok(Self {
            connector: Connector {
                tls: settings.tls.build(settings.base)?,
                server_name: settings.tls.server_name.clone(),
                limit: settings.connect_timeout,
            },
            request_timeout: settings.request_timeout,
            slots: Arc::new(Semaphore::new(settings.connections.clamp(1, 10_000))),
            proxy: settings.proxy.clone(),
        })
    }

    /// The server of an address, with connections of its own.
    ///
    /// # Errors
    /// A proxy of a kind that is not supported.
    pub fn server(&self, url: &WebUrl) -> Result<Server, OutputError> {
        Server::new(self, url)
    }
}

/// Where a connection leads.
#[derive(Clone, Debug)]
struct Address {
    /// A name or an address, without brackets.
    host: String,
    port: u16,
    /// TLS is spoken there.
    encrypted: bool,
    /// It may not be shown.
    hidden: bool,
}

impl Address {
    fn of(url: &WebUrl) -> Self {
        Self {
            host: url.host().to_owned(),
            port: url.port(),
            encrypted: url.is_encrypted(),
            hidden: url.is_hidden(),
        }
    }

    /// Host and port, an address of many colons in brackets.
    fn with_port(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The host for messages.
    fn shown(&self) -> &str {
        if self.hidden {
            "the server"
        } else {
            &self.host
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hidden {
            return f.write_str("the server (its address is a secret)");
        }
        f.write_str(&self.with_port())
    }
}

/// Bytes with gzip around them.
pub fn gzip(bytes: &[u8]) -> Bytes {
    let room = Vec::with_capacity(bytes.len() / 4);
    let mut encoder = GzEncoder::new(room, Compression::fast());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    Bytes::from(encoder.finish().unwrap_or_default())
}
