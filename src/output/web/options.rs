//! The options that outputs over HTTP share.

use std::time::Duration;

use crate::config::{Field, Kind, Section};
use crate::output::{Secret, url};

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
pub fn seconds(section: &Section, name: &str, default: u64) -> Duration {
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
