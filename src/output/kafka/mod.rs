//! `kafka`: events as messages of a topic.
//!
//! Every message is written with the acknowledgement of all in-sync replicas. Messages of one partition
//! keep their order; several requests are under way at once, so that after a request which the broker
//! refused for the moment those that were already behind it can have overtaken it.

mod cluster;
mod codec;
mod errors;
mod murmur2;
mod produce;
mod records;

use std::sync::Arc;
use std::time::Duration;

use rskafka::client::partition::Compression;

use crate::config::{Context, ENCODINGS, Field, Kind, Node, Scalar, Schema, Section, Tree, near};

use super::format::{self, FormatConfig};
use super::net::Address;
use super::secret::Secret;
use super::tls::{TlsConfig, TlsNames};
use super::{
    DeliveryConfig, OnFailure, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin,
    TextConfig, delivery,
};

use cluster::{Access, Mechanism, Sasl};
use produce::{Kafka, Known};
use records::Recipe;

const TEXT: Kind = Kind::OrNull(&Kind::NonEmpty);
const PATH: Kind = Kind::OrNull(&Kind::Path);
const MOST: i64 = i64::MAX;

static SCHEMA: Schema = Schema {
    name: "kafka",
    doc: "Sends events as messages to a topic of Apache Kafka. Messages with a key go to the \
          partition that the Java client would choose, others to any.",
    fields: delivery::concurrent_fields![
        Field::required(
            "bootstrap_servers",
            Kind::List(&Kind::NonEmpty, 1),
            "Brokers to begin with, each `host:port`; the port is 9092 when it is missing.",
        ),
        Field::required(
            "topic",
            Kind::NonEmpty,
            "The topic; may be a template over `event`, `timestamp`, `tags` and `origin`.",
        ),
        Field::optional(
            "key",
            TEXT,
            "",
            "Key of the messages; may be a template. One that comes out empty is no key.",
        ),
        Field::optional(
            "headers",
            Kind::OrNull(&Kind::Map),
            "",
            "Headers of the messages by name; values may be templates.",
        ),
        Field::optional(
            "encoding",
            Kind::NonEmpty,
            "utf-8",
            "Text encoding of values and keys, by any of its Python names.",
        ),
        Field::optional(
            "client_id",
            TEXT,
            "evtui",
            "Name by which brokers know this client.",
        ),
        Field::optional(
            "acks",
            Kind::Custom(check_acks),
            "1",
            "0, 1 or -1. Messages always wait for all in-sync replicas (-1).",
        ),
        Field::optional(
            "compression_type",
            Kind::OrNull(&Kind::Enum(&["gzip", "snappy", "lz4", "zstd"])),
            "",
            "Compression of batches.",
        ),
        Field::optional(
            "max_batch_size",
            Kind::Int(1, MOST),
            "16384",
            "Most bytes of a request for one partition, before compression; a larger message goes alone.",
        ),
        Field::optional(
            "max_request_size",
            Kind::Int(1, MOST),
            "1048576",
            "Most bytes of a message; larger ones fail.",
        ),
        Field::optional(
            "linger_ms",
            Kind::Int(0, MOST),
            "0",
            "Milliseconds; batches are sent at once, so it changes nothing. `batch.max_wait` merges batches.",
        ),
        Field::optional(
            "request_timeout_ms",
            Kind::Int(1, MOST),
            "40000",
            "Milliseconds for connecting, and for which a failed request is tried again, at most three \
             quarters of `write_timeout`; with `retry` or `on_failure: block` these decide.",
        ),
        Field::optional(
            "retry_backoff_ms",
            Kind::Int(0, MOST),
            "100",
            "Milliseconds between such trials.",
        ),
        Field::optional(
            "metadata_max_age_ms",
            Kind::Int(0, MOST),
            "300000",
            "Milliseconds after which the partitions of topics are looked up again.",
        ),
        Field::optional(
            "connections_max_idle_ms",
            Kind::Int(0, MOST),
            "540000",
            "Milliseconds without messages after which connections are made anew; 0: never.",
        ),
        Field::optional(
            "enable_idempotence",
            Kind::Bool,
            "false",
            "Accepted, but a message whose acknowledgement is lost may be written twice.",
        ),
        Field::optional(
            "transactional_id",
            TEXT,
            "",
            "Transactions are not possible; a run refuses to start with it.",
        ),
        Field::optional(
            "transaction_timeout_ms",
            Kind::Int(1, MOST),
            "60000",
            "Without effect.",
        ),
        Field::optional(
            "security_protocol",
            Kind::Enum(&["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]),
            "PLAINTEXT",
            "Whether connections are encrypted (SSL) and begin with a password (SASL).",
        ),
        Field::optional(
            "sasl_mechanism",
            Kind::OrNull(&Kind::Enum(&["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])),
            "PLAIN",
            "How the password is shown.",
        ),
        Field::optional(
            "sasl_plain_username",
            TEXT,
            "",
            "User name; for all mechanisms.",
        ),
        Field::optional(
            "sasl_plain_password",
            TEXT,
            "",
            "Password; for all mechanisms.",
        ),
        Field::optional(
            "sasl_kerberos_service_name",
            Kind::Str,
            "kafka",
            "Without effect: Kerberos cannot be chosen.",
        ),
        Field::optional(
            "sasl_kerberos_domain_name",
            Kind::OrNull(&Kind::Str),
            "",
            "Without effect: Kerberos cannot be chosen.",
        ),
        Field::optional(
            "ssl_cafile",
            PATH,
            "",
            "PEM file with certificates of authorities to trust besides those of the system.",
        ),
        Field::optional(
            "ssl_certfile",
            PATH,
            "",
            "PEM file with the certificate to show to brokers; needs `ssl_keyfile`.",
        ),
        Field::optional(
            "ssl_keyfile",
            PATH,
            "",
            "PEM file with the private key of `ssl_certfile`, not encrypted.",
        ),
        format::field("{format: json}"),
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

const FILES: TlsNames = TlsNames {
    ca_cert: "ssl_cafile",
    client_cert: "ssl_certfile",
    client_cert_key: "ssl_keyfile",
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let number = |name: &str, default: usize| {
        let given = section.int(name);
        given.map_or(default, |one| usize::try_from(one).unwrap_or(usize::MAX))
    };
    let time = |name: &str, default: u64| {
        let given = section.int(name);
        Duration::from_millis(given.map_or(default, i64::unsigned_abs))
    };
    remark(&section, cx);
    let protocol = section.str("security_protocol").unwrap_or("PLAINTEXT");
    let servers = servers(&section, cx);
    let sasl = sasl(&section, cx);
    let tls = TlsConfig::named(&section, FILES, true, cx);
    let headers = TextConfig::decode_map(&section, "headers", cx);
    let key = TextConfig::decode(&section, "key", cx);
    let topic = TextConfig::decode(&section, "topic", cx)?.non_empty();
    let format = FormatConfig::decode(&section, FormatConfig::Json(0), cx);
    let (names, values): (Vec<String>, Vec<TextConfig>) = headers?.into_iter().unzip();
    let mut texts = vec![topic];
    let key_text = key.as_ref().map(|_| texts.len());
    texts.extend(key);
    let headers_text = texts.len();
    texts.extend(values);
    Some(Box::new(KafkaConfig {
        servers: servers?,
        client_id: section.str("client_id").unwrap_or("evtui").to_owned(),
        texts,
        key_text,
        headers: names,
        headers_text,
        encoding: section.str("encoding").unwrap_or("utf-8").to_owned(),
        compression: compression(section.str("compression_type")),
        max_batch: number("max_batch_size", 16_384),
        max_request: number("max_request_size", 1_048_576),
        timeout: time("request_timeout_ms", 40_000),
        pause: time("retry_backoff_ms", 100),
        max_age: time("metadata_max_age_ms", 300_000),
        idle: time("connections_max_idle_ms", 540_000),
        transactional: section.str("transactional_id").is_some(),
        with_sasl: protocol.starts_with("SASL"),
        sasl: sasl?,
        tls: tls.map(|tls| protocol.ends_with("SSL").then_some(tls))?,
        format: format?,
        delivery: DeliveryConfig::once().decode(&section, cx),
    }))
}

fn compression(name: Option<&str>) -> Compression {
    match name {
        Some("gzip") => Compression::Gzip,
        Some("snappy") => Compression::Snappy,
        Some("lz4") => Compression::Lz4,
        Some("zstd") => Compression::Zstd,
        _ => Compression::NoCompression,
    }
}

fn servers(section: &Section, cx: &mut Context<'_>) -> Option<Vec<Address>> {
    let nodes = section.node("bootstrap_servers").and_then(Node::as_seq)?;
    let mut servers = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let text = node.as_str().unwrap_or_default();
        match Address::parse(text, 9092, node.secret) {
            Some(address) => servers.push(address),
            None => cx.within(&format!(".bootstrap_servers[{index}]"), |cx| {
                let what = if node.secret { "this" } else { text };
                cx.error_help(
                    node.span,
                    format!("`{what}` is no address of a broker"),
                    "write `host:port`, with a port from 1 to 65535",
                );
            }),
        }
    }
    (servers.len() == nodes.len()).then_some(servers)
}

#[allow(clippy::option_option, reason = "unsound, without, with")]
fn sasl(section: &Section, cx: &mut Context<'_>) -> Option<Option<Sasl>> {
    let mechanism = match section.str("sasl_mechanism") {
        Some("SCRAM-SHA-256") => Mechanism::ScramSha256,
        Some("SCRAM-SHA-512") => Mechanism::ScramSha512,
        _ => Mechanism::Plain,
    };
    let username = Secret::decode(section, "sasl_plain_username");
    match (username, Secret::decode(section, "sasl_plain_password")) {
        (Some(username), Some(password)) => Some(Some(Sasl {
            mechanism,
            username,
            password,
        })),
        (None, None) => Some(None),
        _ => {
            cx.error_help(
                section.span,
                "a user name and a password come together",
                "give both `sasl_plain_username` and `sasl_plain_password`, or neither",
            );
            None
        }
    }
}

/// `acks`: exactly one of the numbers; `true` is 1.
fn check_acks(node: &Node, cx: &mut Context<'_>) {
    if acks(node).is_none() {
        cx.error_help(
            node.span,
            format!("expected 0, 1 or -1, not {}", node.describe()),
            "all in-sync replicas are -1; without quotes",
        );
    }
}

fn acks(node: &Node) -> Option<i64> {
    let number = match &node.tree {
        Tree::Scalar(Scalar::Int(number)) => *number,
        Tree::Scalar(Scalar::Bool(flag)) => i64::from(*flag),
        _ => return None,
    };
    (-1..=1).contains(&number).then_some(number)
}

/// Says what works otherwise than the option says.
fn remark(section: &Section, cx: &mut Context<'_>) {
    let mut warn = |name: &str, message: &str, help: &str| {
        let span = section.node(name).map_or(section.span, |node| node.span);
        cx.within(&format!(".{name}"), |cx| cx.warn(span, message, help));
    };
    let weaker = section
        .node("acks")
        .and_then(acks)
        .is_some_and(|acks| acks >= 0);
    let idempotent = section.bool("enable_idempotence") == Some(true);
    if weaker {
        warn(
            "acks",
            "messages wait for all in-sync replicas, which is more than is asked for",
            "write `acks: -1`, or leave it out",
        );
    }
    if idempotent {
        warn(
            "enable_idempotence",
            "messages are written at least once, not exactly once",
            "a message whose acknowledgement is lost may be there twice",
        );
    }
    if section.str("transactional_id").is_some() {
        warn(
            "transactional_id",
            "transactions are not possible; a run will refuse to start",
            "remove `transactional_id`",
        );
    }
    if let Some(name) = section.str("encoding")
        && codec::named(name).is_none()
    {
        let message = format!("there is no encoding `{name}` here: every event will fail");
        warn("encoding", &message, &meant(name));
    }
}

/// What to do about an encoding that is not there.
fn meant(name: &str) -> String {
    match near(name, ENCODINGS.iter().copied()) {
        Some(known) if codec::named(known).is_some() => format!("did you mean `{known}`?"),
        _ => "use utf-8, or another encoding by its Python name".to_owned(),
    }
}

#[derive(Debug)]
struct KafkaConfig {
    servers: Vec<Address>,
    client_id: String,
    /// The topic, the key where there is one, the headers.
    texts: Vec<TextConfig>,
    key_text: Option<usize>,
    headers: Vec<String>,
    headers_text: usize,
    encoding: String,
    compression: Compression,
    max_batch: usize,
    max_request: usize,
    timeout: Duration,
    pause: Duration,
    max_age: Duration,
    idle: Duration,
    transactional: bool,
    with_sasl: bool,
    sasl: Option<Sasl>,
    tls: Option<TlsConfig>,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl KafkaConfig {
    /// The key that all messages have, encoded.
    fn key(&self, encoding: Option<&super::Encoding>) -> Result<Option<Vec<u8>>, OutputError> {
        let constant = self.key_text.and_then(|text| self.texts.get(text));
        let Some(key) = constant.and_then(TextConfig::as_constant) else {
            return Ok(None);
        };
        match encoding {
            Some(encoding) => records::encoded(key, encoding),
            None => Err(self.no_encoding()),
        }
    }

    fn no_encoding(&self) -> OutputError {
        let name = &self.encoding;
        OutputError::failed(format!("there is no encoding `{name}` here")).help(meant(name))
    }

    /// Longest time of anything within an attempt: soon enough for its reason to be told.
    fn limit(&self, write_timeout: Duration) -> Duration {
        let write_timeout = self.delivery.write_timeout.unwrap_or(write_timeout);
        self.timeout.min(write_timeout.mul_f64(0.75))
    }

    /// For how long attempts try again by themselves: not where the pipeline does.
    fn patience(&self, write_timeout: Duration) -> Option<Duration> {
        let delivery = &self.delivery;
        let pipelined = delivery.retry.attempts > 0 || delivery.on_failure == OnFailure::Block;
        (!pipelined).then(|| self.limit(write_timeout))
    }
}

impl OutputConfig for KafkaConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn texts(&self) -> &[TextConfig] {
        &self.texts
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        if self.transactional {
            return Err(OutputError::failed("transactions are not possible")
                .help("remove `transactional_id`"));
        }
        let tls = match &self.tls {
            Some(tls) => Some(tls.build(env.base)?),
            None => None,
        };
        let encoding = codec::named(&self.encoding);
        let missing = self.with_sasl && self.sasl.is_none();
        Ok(Output::Remote(Arc::new(Kafka {
            access: Access {
                servers: self.servers.clone(),
                client_id: self.client_id.clone(),
                tls,
                sasl: self.sasl.clone().filter(|_| self.with_sasl),
                limit: self.limit(env.write_timeout),
                max_age: self.max_age,
            },
            recipe: Recipe {
                key: self.key(encoding.as_ref())?,
                no_encoding: encoding.is_none().then(|| self.no_encoding()),
                encoding: encoding.unwrap_or_default(),
                key_text: self.key_text,
                headers: self.headers.clone(),
                headers_text: self.headers_text,
                max_batch: self.max_batch,
                max_request: self.max_request,
            },
            compression: self.compression,
            unready: missing.then(|| {
                OutputError::failed("SASL needs a user name and a password")
                    .help("give `sasl_plain_username` and `sasl_plain_password`")
            }),
            idle: self.idle,
            patience: self.patience(env.write_timeout),
            pause: self.pause.max(Duration::from_millis(1)),
            known: Known::new(),
        })))
    }
}
