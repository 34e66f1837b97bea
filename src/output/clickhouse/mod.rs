//! `clickhouse`: batches into a table, by one insert over HTTP each.
//!
//! Here are the options; [`dsn`] reads those that come as one URL, [`insert`] makes the request,
//! [`client`] sends it, [`answer`] tells what an answer means.

mod answer;
mod client;
mod dsn;
mod insert;

use std::time::Duration;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::secret::Secret;
use super::tls::{self, TlsConfig};
use super::url::{self, WebUrl};
use super::web::{self, ProxyChoice};
use super::{DeliveryConfig, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, delivery};
use dsn::Dsn;

static SCHEMA: Schema = Schema {
    name: "clickhouse",
    doc: "Inserts events into a table of ClickHouse, each batch with one request over HTTP. The server \
          refuses a batch as a whole.",
    fields: delivery::concurrent_fields![
        Field::optional(
            "host",
            Kind::NonEmpty,
            "",
            "Name or address of the server. Required, unless `dsn` has it.",
        ),
        Field::optional("port", Kind::Int(1, 65_535), "8123", "Port for HTTP."),
        Field::optional(
            "protocol",
            Kind::Enum(&["http", "https"]),
            "http",
            "https encrypts the connection.",
        ),
        Field::optional(
            "database",
            Kind::NonEmpty,
            "default",
            "Database of the table.",
        ),
        Field::required("table", Kind::NonEmpty, "Table that takes the events."),
        Field::optional("username", Kind::NonEmpty, "default", "Who we are."),
        Field::optional("password", Kind::Str, "\"\"", "Password of the user."),
        Field::optional(
            "dsn",
            Kind::OrNull(&Kind::Str),
            "",
            "The connection as one URL, such as clickhouse://user:password@host:8123/database. Options \
             that are given win over it.",
        ),
        web::CONNECT_TIMEOUT,
        web::REQUEST_TIMEOUT,
        Field::optional(
            "client_name",
            Kind::OrNull(&Kind::NonEmpty),
            "",
            "Stands in front of the user agent, and so in the server's query log.",
        ),
        tls::VERIFY,
        web::CA_CERT,
        web::CLIENT_CERT,
        web::CLIENT_CERT_KEY,
        Field::optional(
            "server_host_name",
            Kind::OrNull(&Kind::NonEmpty),
            "",
            "Name to ask for and to check in the server's certificate instead of the host.",
        ),
        Field::optional(
            "tls_mode",
            Kind::OrNull(&Kind::Enum(&["proxy", "strict", "mutual"])),
            "",
            "What a client certificate is for. mutual (the default): it stands for the password. \
             proxy, strict: it is shown, and the password is sent too.",
        ),
        Field::optional(
            "proxy_url",
            url::KIND_OR_NULL,
            "",
            "Address of an http or https proxy, with user name and password in it if it wants them. The \
             environment's proxies are not used.",
        ),
        Field::optional(
            "pool_maxsize",
            Kind::Int(1, 1_000_000),
            "32",
            "Accepted because projects have it; there are as many connections as batches in flight.",
        ),
        Field::optional(
            "input_format",
            Kind::Enum(insert::FORMATS),
            "JSONEachRow",
            "Format in which the server reads the events; has to fit the formatter.",
        ),
        Field::optional("header", Kind::Str, "\"\"", "Text in front of a batch."),
        Field::optional("footer", Kind::Str, "\"\"", "Text behind a batch."),
        Field::optional(
            "separator",
            Kind::Str,
            "\"\\n\"",
            "Text between events; may be empty.",
        ),
        format::field("{format: json}"),
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let before = cx.errors();
    let target = Target::decode(&section, cx);
    let tls = TlsConfig::flat(&section, true, cx);
    let proxy = section.node("proxy_url").and_then(WebUrl::of);
    let format = FormatConfig::decode(&section, FormatConfig::Json(0), cx);
    let delivery = DeliveryConfig::once().decode(&section, cx);
    if cx.errors() > before {
        return None;
    }
    let text = |name: &str| section.str(name).unwrap_or_default().to_owned();
    let seconds = |name: &str, default: u64| {
        let given = section.int(name).and_then(|n| u64::try_from(n).ok());
        Duration::from_secs(given.unwrap_or(default))
    };
    let mut tls = tls?;
    tls.server_name = section.str("server_host_name").map(str::to_owned);
    Some(Box::new(ClickhouseConfig {
        target: target?,
        table: text("table"),
        connect_timeout: seconds("connect_timeout", 10),
        request_timeout: seconds("request_timeout", 300),
        client_name: section.str("client_name").map(str::to_owned),
        certificate_is_login: !matches!(section.str("tls_mode"), Some("proxy" | "strict")),
        tls,
        proxy: proxy.map_or(ProxyChoice::None, ProxyChoice::Url),
        input_format: section
            .str("input_format")
            .unwrap_or("JSONEachRow")
            .to_owned(),
        header: text("header"),
        footer: text("footer"),
        separator: section.str("separator").unwrap_or("\n").to_owned(),
        format: format?,
        delivery,
    }))
}

/// Where events go and who brings them.
#[derive(Clone, Debug)]
struct Target {
    https: bool,
    host: String,
    port: u16,
    database: String,
    username: String,
    password: Secret,
    /// Options of the client from the data source name, checked when it is opened.
    options: Vec<(String, Secret)>,
}

impl Target {
    /// Joins the options with the data source name: an option that is given wins.
    fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let node = section.node("dsn").filter(|node| !node.is_null());
        let unknown = node.is_some_and(|node| node.unknown);
        if let Some(node) = node.filter(|node| !node.unknown) {
            let before = cx.errors();
            cx.within(".dsn", |cx| dsn::check(node, cx));
            if cx.errors() > before {
                return None;
            }
        }
        let dsn = node.and_then(Node::as_str).and_then(Dsn::parse);
        let dsn = dsn.unwrap_or_default();
        let given = |name: &str| section.str(name).map(str::to_owned);
        let host = given("host").or(dsn.host);
        if host.is_none() && !unknown {
            cx.error_help(
                section.span,
                "`clickhouse` needs the option `host`",
                "name the server, or give `dsn` with a host in it",
            );
            return None;
        }
        let https = section
            .str("protocol")
            .map_or(dsn.https, |name| name == "https");
        let usual = if dsn.https && !section.has("protocol") {
            8443
        } else {
            8123
        };
        let port = section
            .int("port")
            .and_then(|port| u16::try_from(port).ok());
        let password = given("password").filter(|text| !text.is_empty());
        Some(Self {
            https,
            host: host.unwrap_or_default(),
            port: port.or(dsn.port).unwrap_or(usual),
            database: given("database")
                .or(dsn.database)
                .unwrap_or_else(|| "default".to_owned()),
            username: given("username")
                .or(dsn.username)
                .unwrap_or_else(|| "default".to_owned()),
            password: Secret::new(password.or(dsn.password).unwrap_or_default()),
            options: dsn
                .options
                .into_iter()
                .map(|(key, value)| (key, Secret::new(value)))
                .collect(),
        })
    }
}

#[derive(Clone, Debug)]
struct ClickhouseConfig {
    target: Target,
    table: String,
    connect_timeout: Duration,
    request_timeout: Duration,
    client_name: Option<String>,
    /// A client certificate stands for the password.
    certificate_is_login: bool,
    tls: TlsConfig,
    proxy: ProxyChoice,
    input_format: String,
    header: String,
    footer: String,
    separator: String,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for ClickhouseConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &str {
        &self.separator
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        client::build(self, env)
    }
}
