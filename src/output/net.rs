//! Finding hosts and connecting to them, with errors in words for people. Every failure is an outage:
//! it is about the target, no event is to blame.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::config::{Field, Kind, Section};

use super::OutputError;

/// The option `host`.
pub(super) const HOST: Field =
    Field::required("host", Kind::NonEmpty, "Name or address of the receiver.");
/// The option `port`.
pub(super) const PORT: Field = Field::required(
    "port",
    Kind::Int(1, 65535),
    "Port of the receiver, from 1 to 65535.",
);

/// Where to connect to. Shown as `host:port`, but for a host that holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    host: String,
    port: u16,
    secret: bool,
}

impl Address {
    /// Decodes the options [`HOST`] and [`PORT`].
    pub(super) fn decode(section: &Section) -> Option<Self> {
        Some(Self {
            host: section.str(HOST.name)?.to_owned(),
            port: u16::try_from(section.int(PORT.name)?).ok()?,
            secret: section.node(HOST.name).is_some_and(|node| node.secret),
        })
    }

    /// Reads `host`, `host:port` or `[address]:port`.
    #[cfg(feature = "kafka")]
    pub(super) fn parse(text: &str, port: u16, secret: bool) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, digits)) if !host.contains(':') || host.ends_with(']') => {
                (host, digits.parse().ok().filter(|&port| port > 0)?)
            }
            _ => (text, port),
        };
        let host = host.to_owned();
        (!host.is_empty()).then_some(Self { host, port, secret })
    }

    /// As libraries want it, shown to nobody else.
    #[cfg(feature = "kafka")]
    pub(super) fn plain(&self) -> String {
        if self.host.contains(':') && !self.host.starts_with('[') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// An address that stood in a URL; with `secret` the host is not shown.
    #[cfg(any(feature = "mqtt", feature = "redis", feature = "websocket"))]
    pub(super) fn new(host: &str, port: u16, secret: bool) -> Self {
        Self {
            host: host.to_owned(),
            port,
            secret,
        }
    }

    /// The host as it was given.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// All addresses of the host, at least one.
    pub(super) async fn resolve(&self) -> Result<Vec<SocketAddr>, OutputError> {
        let host = self.host.strip_prefix('[').unwrap_or(&self.host);
        let host = host.strip_suffix(']').unwrap_or(host);
        let found = tokio::net::lookup_host((host, self.port)).await;
        let addresses: Vec<SocketAddr> = match found {
            Ok(found) => found.collect(),
            Err(error) => return Err(self.unknown(&error.to_string())),
        };
        if addresses.is_empty() {
            return Err(self.unknown("the name has no address"));
        }
        Ok(addresses)
    }

    fn unknown(&self, reason: &str) -> OutputError {
        OutputError::outage(format!("the host of {self} is not found: {reason}"))
            .help("check the spelling of `host`, and that this machine can look up names")
    }

    /// Connects to the first address that answers; `limit` is for everything together.
    pub(super) async fn connect(&self, limit: Duration) -> Result<TcpStream, OutputError> {
        let trying = async {
            let mut last = None;
            for address in self.resolve().await? {
                match TcpStream::connect(address).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) => last = Some(error),
                }
            }
            Err(self.unreachable(&last.unwrap_or_else(|| io::ErrorKind::NotFound.into())))
        };
        let stream = tokio::time::timeout(limit, trying).await.map_err(|_| {
            OutputError::outage(format!("{self} did not answer within {limit:?}"))
                .help("check host, port and firewalls, or raise `connect_timeout`")
        })??;
        // Batches are written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    /// Why there is no connection.
    pub(super) fn unreachable(&self, error: &io::Error) -> OutputError {
        let (what, help) = match error.kind() {
            io::ErrorKind::ConnectionRefused => (
                "nothing listens on",
                "start the receiver, or correct `host` and `port`",
            ),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => (
                "there is no way to",
                "check `host` and this machine's network",
            ),
            _ => ("cannot connect to", "check `host` and `port`"),
        };
        let mut made = OutputError::path(what, &self.to_string(), error);
        made.help = Some(help.to_owned());
        made
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret {
            write!(f, "***:{}", self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
