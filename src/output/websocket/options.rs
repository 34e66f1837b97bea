//! Which side we are, and the options of that side.

use std::path::PathBuf;
use std::time::Duration;

use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use url::Url;

use crate::config::{Context, Schema, Section, read_duration};
use crate::output::Secret;
use crate::output::tls::TlsConfig;

/// Options that only one side has.
const SERVER: &[&str] = &[
    "path",
    "token",
    "max_subscribers",
    "min_subscribers",
    "queue",
    "slow",
    "certificate",
    "key",
];
const CLIENT: &[&str] = &["headers", "subprotocol", "ack", "max_in_flight", "tls"];

/// Which side we are.
#[derive(Debug)]
pub(super) enum Side {
    Server(ServerConfig),
    Client(ClientConfig),
}

#[derive(Debug)]
pub(super) struct ServerConfig {
    /// `host:port`.
    pub listen: String,
    pub path: String,
    pub token: Option<Secret>,
    pub most: usize,
    pub least: usize,
    pub queue: usize,
    /// A full queue ends the connection.
    pub strict: bool,
    /// Certificate and key, both files.
    pub identity: Option<(PathBuf, PathBuf)>,
}

#[derive(Debug)]
pub(super) struct ClientConfig {
    pub url: Secret,
    /// Names with values that may be secrets.
    pub headers: Vec<(HeaderName, Secret)>,
    pub subprotocol: Option<String>,
    /// Answers are awaited, that many at most.
    pub in_flight: Option<usize>,
    pub tls: TlsConfig,
    /// The host is not shown.
    pub hidden: bool,
}

/// Decodes the options of our side.
pub(super) fn side(
    section: &Section,
    schema: &'static Schema,
    cx: &mut Context<'_>,
) -> Option<Side> {
    let (foreign, side, other) = match (section.str("listen"), section.str("url")) {
        (Some(_), None) => (CLIENT, "listen", "url"),
        (None, Some(_)) => (SERVER, "url", "listen"),
        _ => {
            cx.error_help(
                section.span,
                "`websocket` needs either `listen` or `url`",
                "`listen: 127.0.0.1:8765` for subscribers that connect to evtui, `url: ws://...` for a \
                 server that evtui connects to",
            );
            return None;
        }
    };
    let before = cx.errors();
    for field in schema
        .fields
        .iter()
        .filter(|field| foreign.contains(&field.name))
    {
        if let Some(node) = section.node(field.name) {
            cx.within(&format!(".{}", field.name), |cx| {
                let message = format!("`{}` goes with `{other}`, not with `{side}`", field.name);
                cx.error(node.span, message);
            });
        }
    }
    if cx.errors() > before {
        return None;
    }
    if side == "listen" {
        server(section, cx).map(Side::Server)
    } else {
        client(section, cx).map(Side::Client)
    }
}

fn count(section: &Section, name: &str, default: usize) -> usize {
    let number = section
        .int(name)
        .and_then(|number| usize::try_from(number).ok());
    number.unwrap_or(default)
}

fn server(section: &Section, cx: &mut Context<'_>) -> Option<ServerConfig> {
    let node = section.node("listen")?;
    let listen = section.str("listen")?;
    let port = listen.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
    if !matches!(port, Some(Ok(_))) && !node.unknown {
        cx.within(".listen", |cx| {
            cx.error_help(
                node.span,
                format!("expected `host:port`, not {}", node.describe()),
                "`127.0.0.1:8765` for this machine alone, `0.0.0.0:8765` for all networks",
            );
        });
        return None;
    }
    let file = |name: &str| section.str(name).map(PathBuf::from);
    let identity = match (file("certificate"), file("key")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            cx.error(section.span, "`certificate` and `key` come together");
            return None;
        }
    };
    let path = section.str("path").unwrap_or("/");
    Some(ServerConfig {
        listen: listen.to_owned(),
        path: format!("/{}", path.trim_start_matches('/')),
        token: Secret::decode(section, "token"),
        most: count(section, "max_subscribers", 5_000),
        least: count(section, "min_subscribers", 0),
        queue: count(section, "queue", 10_000),
        strict: section.str("slow") != Some("skip"),
        identity,
    })
}

fn client(section: &Section, cx: &mut Context<'_>) -> Option<ClientConfig> {
    let tls = TlsConfig::block(section, cx)?;
    let node = section.node("url")?;
    let url = section.str("url")?;
    let good = |url: &Url| matches!(url.scheme(), "ws" | "wss") && url.has_host();
    let parsed = Url::parse(url).ok().filter(good);
    if parsed.is_none() && !node.unknown {
        cx.within(".url", |cx| {
            cx.error_help(
                node.span,
                "this is no address of a WebSocket server",
                "write `ws://host:port/path`, or `wss://` for TLS",
            );
        });
        return None;
    }
    let encrypted = parsed.is_none_or(|url| url.scheme() == "wss");
    if let (Some(node), false) = (section.node("tls"), encrypted) {
        cx.within(".tls", |cx| {
            cx.error(
                node.span,
                "`tls` has no use: the URL does not begin with `wss://`",
            );
        });
        return None;
    }
    Some(ClientConfig {
        url: Secret::new(url),
        headers: headers(section, cx)?,
        subprotocol: section.str("subprotocol").map(str::to_owned),
        in_flight: (section.str("ack") == Some("json"))
            .then(|| count(section, "max_in_flight", 64)),
        tls,
        hidden: node.secret,
    })
}

fn headers(section: &Section, cx: &mut Context<'_>) -> Option<Vec<(HeaderName, Secret)>> {
    let entries = section
        .node("headers")
        .and_then(crate::config::Node::as_map);
    let mut made = Vec::new();
    let before = cx.errors();
    cx.within(".headers", |cx| {
        for (key, value) in entries.unwrap_or_default() {
            let name = key
                .as_str()
                .and_then(|name| name.parse::<HeaderName>().ok());
            let text = match value.to_json() {
                serde_json::Value::String(text) => Some(text),
                serde_json::Value::Number(number) => Some(number.to_string()),
                serde_json::Value::Bool(flag) => Some(flag.to_string()),
                _ => None,
            };
            let text = text.filter(|text| HeaderValue::from_str(text).is_ok());
            match (name, text) {
                (Some(name), Some(text)) => made.push((name, Secret::new(text))),
                (None, _) => cx.error(key.span, "this cannot be the name of a header"),
                (_, None) => cx.error(value.span, "this cannot be the value of a header"),
            }
        }
    });
    (cx.errors() == before).then_some(made)
}

/// Decodes `ping_interval`.
pub(super) fn ping_interval(section: &Section, cx: &mut Context<'_>) -> Option<Duration> {
    let Some(node) = section.node("ping_interval").filter(|node| !node.unknown) else {
        return Some(Duration::from_secs(20));
    };
    let us = read_duration(node).ok()?;
    let interval = Duration::from_micros(us.unsigned_abs());
    if interval < Duration::from_millis(10) {
        cx.within(".ping_interval", |cx| {
            cx.error(node.span, "must be at least 10ms")
        });
        return None;
    }
    Some(interval)
}
