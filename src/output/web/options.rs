//! The options that outputs over HTTP share.

use std::time::Duration;

use crate::config::{Context, Field, Kind, Section};
use crate::output::tls::{self, TlsConfig};
use crate::output::url::{self, WebUrl};
use crate::output::{OutputEnv, OutputError, Secret};

use super::{Client, ProxyChoice, Settings};

/// Limit of each step towards a connection.
pub const CONNECT_TIMEOUT: Field = Field::optional(
    "connect_timeout",
    Kind::Int(1, i64::MAX),
    "10",
    "Seconds that each step towards a connection may take: reaching the host, TLS, a proxy's tunnel.",
);
/// Limit of silence.
pub const REQUEST_TIMEOUT: Field = Field::optional(
    "request_timeout",
    Kind::Int(1, i64::MAX),
    "300",
    "Seconds without any byte in either direction after which a request is given up, and longest wait \
     for a free connection. `write_timeout` limits the whole attempt and is mostly reached first.",
);
/// The proxy.
pub const PROXY_URL: Field = Field::optional(
    "proxy_url",
    url::KIND_OR_NULL,
    "",
    "Address of an http or https proxy, with user name and password in it if it wants them. Without it \
     the environment decides (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`).",
);
/// Checking certificates, which these outputs do only when asked to.
pub const VERIFY: Field = Field::optional(
    "verify",
    Kind::Bool,
    "false",
    "Check the server's certificate and its name. Off by default, as in Eventum; turn it on.",
);
/// As [`crate::output::tls::CA_CERT`], never empty.
pub const CA_CERT: Field = path("ca_cert", tls::CA_CERT.doc);
/// As [`crate::output::tls::CLIENT_CERT`], never empty.
pub const CLIENT_CERT: Field = path("client_cert", tls::CLIENT_CERT.doc);
/// As [`crate::output::tls::CLIENT_CERT_KEY`], never empty.
pub const CLIENT_CERT_KEY: Field = path("client_cert_key", tls::CLIENT_CERT_KEY.doc);

const fn path(name: &'static str, doc: &'static str) -> Field {
    Field::optional(name, Kind::OrNull(&Kind::NonEmpty), "", doc)
}

/// Compression of bodies.
pub const COMPRESSION: Field = Field::optional(
    "compression",
    Kind::Enum(&["none", "gzip"]),
    "none",
    "Compression of what is sent; `Content-Encoding` says so to the target.",
);

/// How bodies are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compress {
    /// They are not.
    None,
    /// By gzip.
    Gzip,
}

/// The option [`COMPRESSION`].
pub fn compression(section: &Section) -> Compress {
    match section.str("compression") {
        Some("gzip") => Compress::Gzip,
        _ => Compress::None,
    }
}

/// An option in whole seconds; `default` when it is absent.
fn seconds(section: &Section, name: &str, default: u64) -> Duration {
    let given = section
        .int(name)
        .and_then(|seconds| u64::try_from(seconds).ok());
    Duration::from_secs(given.unwrap_or(default))
}

/// The options `username` and `password`; a password alone means nothing.
pub fn login(section: &Section) -> Option<(String, Secret)> {
    let user = section.str("username")?;
    let password = Secret::decode(section, "password");
    Some((user.to_owned(), password.unwrap_or_default()))
}

/// Checked options of the client. Its `Debug` form shows no secret.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    connect_timeout: Duration,
    request_timeout: Duration,
    tls: TlsConfig,
    proxy: ProxyChoice,
}

impl ClientConfig {
    /// Decodes the fields [`CONNECT_TIMEOUT`], [`REQUEST_TIMEOUT`], [`VERIFY`], [`CA_CERT`],
    /// [`CLIENT_CERT`], [`CLIENT_CERT_KEY`] and [`PROXY_URL`] of an output, and warns when a server of
    /// `urls` is encrypted but nobody said whether to check it. `None` after an error was reported.
    pub fn decode(section: &Section, urls: &[WebUrl], cx: &mut Context<'_>) -> Option<Self> {
        if urls.iter().any(WebUrl::is_encrypted) && !section.has(VERIFY.name) {
            cx.warn(
                section.span,
                "the server's certificate is not checked: anybody in between can read and change what is sent",
                "add `verify: true`, or `verify: false` if that is meant",
            );
        }
        let proxy = section.node(PROXY_URL.name).and_then(WebUrl::of);
        Some(Self {
            connect_timeout: seconds(section, CONNECT_TIMEOUT.name, 10),
            request_timeout: seconds(section, REQUEST_TIMEOUT.name, 300),
            tls: TlsConfig::flat(section, false, cx)?,
            proxy: proxy.map_or(ProxyChoice::Environment, ProxyChoice::Url),
        })
    }

    /// Makes the client of a run.
    ///
    /// # Errors
    /// Files of certificates that cannot be used.
    pub fn build(&self, env: &OutputEnv<'_>) -> Result<Client, OutputError> {
        Client::new(&Settings {
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
            connections: env.max_concurrency,
            tls: &self.tls,
            base: env.base,
            proxy: self.proxy.clone(),
        })
    }
}
