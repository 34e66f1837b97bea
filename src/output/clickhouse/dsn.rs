//! Data source names: one URL that holds several options of the output.
//!
//! Knows nothing of which of them were given elsewhere too.

use url::Url;

use crate::config::{Context, Node};

/// Schemes that name a ClickHouse server.
const SCHEMES: &[&str] = &[
    "clickhouse",
    "clickhouses",
    "clickhousedb",
    "clickhouse+native",
    "clickhouse+asynch",
    "clickhouse+http",
];

/// Ports of the server's own protocol, which this output does not speak.
const NATIVE_PORTS: &[u16] = &[9000, 9440];

/// What a data source name says; absent parts are `None`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Dsn {
    pub(super) https: bool,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: Option<String>,
    /// Keys and values of the query string; the first value of a key counts.
    pub(super) options: Vec<(String, String)>,
}

impl Dsn {
    /// Reads `text`, which [`check`] accepted.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let https = url.scheme() == "clickhouses";
        let some = |text: &str| (!text.is_empty()).then(|| decoded(text));
        let mut options: Vec<(String, String)> = Vec::new();
        for (key, value) in url.query_pairs() {
            // A key without a value says nothing.
            if !value.is_empty() && !options.iter().any(|(known, _)| *known == key) {
                options.push((key.into_owned(), value.into_owned()));
            }
        }
        Some(Self {
            https,
            host: url.host_str().and_then(some),
            port: url.port().filter(|port| !NATIVE_PORTS.contains(port)),
            username: some(url.username()),
            password: url.password().and_then(some),
            database: url.path().split('/').nth(1).and_then(some),
            options,
        })
    }
}

/// Undoes `%41`.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Checks the option `dsn`. Its text is never shown: it may hold a password.
pub(super) fn check(node: &Node, cx: &mut Context<'_>) {
    let Some(text) = node.as_str() else {
        let message = format!("expected a URL as text, not {}", node.describe());
        return cx.error(node.span, message);
    };
    let help = "write clickhouse://user:password@host:8123/database";
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => {
            return cx.error_help(node.span, format!("this is not a URL: {error}"), help);
        }
    };
    if !SCHEMES.contains(&url.scheme()) {
        let known = SCHEMES.join(", ");
        let message = "the scheme of this URL is none of ClickHouse's";
        return cx.error_help(node.span, message, format!("use one of {known}"));
    }
    if url.port().is_some_and(|port| NATIVE_PORTS.contains(&port)) {
        cx.warn(
            node.span,
            "the port of this URL is that of ClickHouse's own protocol, and is not used: the output speaks HTTP",
            "set `port`, or name the HTTP port in the URL (8123, or 8443 with TLS)",
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn text(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[test]
    fn all_parts_are_read_and_decoded() {
        let dsn = Dsn::parse(
            "clickhouse+http://du:p%40s%C3%A4@h.example:81/my%20db?client_name=x&a=&client_name=y",
        );
        let expected = Dsn {
            https: false,
            host: text("h.example"),
            port: Some(81),
            username: text("du"),
            password: text("p@sä"),
            database: text("my db"),
            options: vec![("client_name".to_owned(), "x".to_owned())],
        };
        assert!(dsn == Some(expected));
    }

    #[test]
    fn absent_parts_stay_absent() {
        let dsn = Dsn::parse("clickhouses://h").unwrap();
        let expected = Dsn {
            https: true,
            host: text("h"),
            ..Dsn::default()
        };
        assert!(dsn == expected);
    }

    #[test]
    fn the_port_of_the_other_protocol_is_not_ours() {
        let dsn = Dsn::parse("clickhouse+native://admin:secret@h:9000/a").unwrap();
        assert_eq!(dsn.port, None);
        assert_eq!(dsn.password, text("secret"));
    }

    #[test]
    fn a_broken_escape_stays_as_it_is() {
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%ff"), "%zz%ff");
    }
}
