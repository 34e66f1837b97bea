//! `influxdb`: events as points, by the line protocol over HTTP, for versions 1 to 3 of the server.
//!
//! The formatter `influx` writes the lines. [`answer`] reads what the server says of them.

mod answer;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::body::Bytes;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::FormatConfig;
use super::format::influx::{self, InfluxConfig};
use super::tls::{self, TlsConfig};
use super::url::{self, WebUrl};
use super::web::{self, Answer, Call, Client, ProxyChoice, Server, Settings, Shape};
use super::{
    DeliveryConfig, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, Receipt,
    RemoteOutput, Secret, delivery,
};
use answer::{Verdict, judge};

/// Lines of a request, unless `batch` says otherwise.
const LINES: usize = 5_000;
/// How long lines wait for others, unless `batch` says otherwise.
const WAIT: Duration = Duration::from_secs(1);
/// Longest time of a request, unless `write_timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const ANSWER: usize = 256 << 10;

static SCHEMA: Schema = Schema {
    name: "influxdb",
    doc: "Writes events as points to InfluxDB, by its line protocol over HTTP.",
    fields: delivery::concurrent_fields![
        Field::required(
            "url",
            url::KIND,
            "Address of the server, such as http://localhost:8086; a path in it is kept.",
        ),
        Field::optional(
            "api",
            Kind::Enum(&["v1", "v2", "v3"]),
            "v2",
            "Version of the server's interface: v1 needs `database`, v2 needs `org`, `bucket` and \
             `token`, v3 needs `database`.",
        ),
        Field::optional("org", Kind::NonEmpty, "", "v2: the organisation."),
        Field::optional("bucket", Kind::NonEmpty, "", "v2: the bucket."),
        Field::optional("token", Kind::NonEmpty, "", "v2 and v3: the token."),
        Field::optional("database", Kind::NonEmpty, "", "v1 and v3: the database."),
        Field::optional("username", Kind::NonEmpty, "", "v1: who we are."),
        Field::optional("password", Kind::Str, "", "v1: password of the user."),
        influx::MEASUREMENT,
        influx::TAGS,
        influx::FIELDS,
        influx::TIMESTAMP_FIELD,
        influx::INTEGER_OVERFLOW,
        influx::PRECISION,
        Field::optional("gzip", Kind::Bool, "true", "Compress what is sent."),
        Field::optional(
            "batch_size",
            Kind::Int(1, 10_000_000),
            "5000",
            "Lines of a request; another name for `batch.max_events`.",
        ),
        Field::optional(
            "flush_interval",
            Kind::FloatMin(0.0),
            "1",
            "Seconds that lines wait for others; another name for `batch.max_wait`.",
        ),
        Field::optional(
            "timeout_ms",
            Kind::Int(1, i64::MAX),
            "5000",
            "Longest time of a request in milliseconds; another name for `write_timeout`.",
        ),
        web::CONNECT_TIMEOUT,
        web::REQUEST_TIMEOUT,
        web::PROXY_URL,
        tls::BLOCK,
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let url = WebUrl::of(section.node("url")?)?;
    let api = Api::decode(&section, cx);
    let lines = InfluxConfig::decode(&section, cx);
    let tls = TlsConfig::block(&section, cx);
    let proxy = section.node("proxy_url").and_then(WebUrl::of);
    let seconds = |name: &str, usual: u64| {
        let given = section.int(name).and_then(|n| u64::try_from(n).ok());
        Duration::from_secs(given.unwrap_or(usual))
    };
    let lines = lines?;
    Some(Box::new(InfluxdbConfig {
        target: api?.target(&url, &lines),
        url,
        format: FormatConfig::Influx(Box::new(lines)),
        gzip: section.bool("gzip").unwrap_or(true),
        connect_timeout: seconds("connect_timeout", 10),
        request_timeout: seconds("request_timeout", 300),
        tls: tls?,
        proxy: proxy.map_or(ProxyChoice::Environment, ProxyChoice::Url),
        delivery: deliver(&section).decode(&section, cx),
    }))
}

/// The defaults of this output, and the options under the names that other programs have for them.
fn deliver(section: &Section) -> DeliveryConfig {
    let mut made = DeliveryConfig::durable();
    let size = section
        .int("batch_size")
        .and_then(|n| usize::try_from(n).ok());
    made.batch.max_events = Some(size.unwrap_or(LINES));
    let wait = section.float("flush_interval");
    let wait = wait.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    made.batch.max_wait = Some(wait.unwrap_or(WAIT));
    let limit = section
        .int("timeout_ms")
        .and_then(|n| u64::try_from(n).ok());
    made.write_timeout = Some(limit.map_or(TIMEOUT, Duration::from_millis));
    made
}

/// The interface of a version, with what it needs.
#[derive(Debug)]
enum Api {
    V1 {
        database: String,
        login: Option<(String, Secret)>,
    },
    V2 {
        org: String,
        bucket: String,
        token: Secret,
    },
    V3 {
        database: String,
        token: Option<Secret>,
    },
}

/// Options that belong to a version.
const NAMES: &[&str] = &["org", "bucket", "token", "database", "username", "password"];

impl Api {
    fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let version = section.str("api").unwrap_or("v2");
        let (needed, possible): (&[&str], &[&str]) = match version {
            "v1" => (&["database"], &["username", "password"]),
            "v3" => (&["database"], &["token"]),
            _ => (&["org", "bucket", "token"], &[]),
        };
        let before = cx.errors();
        for name in needed {
            if !section.has(name) {
                cx.error_help(
                    section.span,
                    format!("`api: {version}` needs the option `{name}`"),
                    format!("add `{name}`, or set `api` to the version of the server"),
                );
            }
        }
        for name in NAMES {
            if let Some(node) = section.node(name)
                && !needed.contains(name)
                && !possible.contains(name)
            {
                let message = format!("`{name}` is not an option of `api: {version}`");
                let help = format!("remove `{name}`, or set `api` to the version of the server");
                cx.within(&format!(".{name}"), |cx| {
                    cx.error_help(node.span, message, help)
                });
            }
        }
        if cx.errors() > before {
            return None;
        }
        let text = |name: &str| section.str(name).unwrap_or_default().to_owned();
        let token = Secret::decode(section, "token");
        Some(match version {
            "v1" => Self::V1 {
                database: text("database"),
                login: web::login(section),
            },
            "v3" => Self::V3 {
                database: text("database"),
                token,
            },
            _ => Self::V2 {
                org: text("org"),
                bucket: text("bucket"),
                token: token.unwrap_or_default(),
            },
        })
    }

    /// Where requests go and who sends them.
    fn target(self, url: &WebUrl, lines: &InfluxConfig) -> Target {
        let base = url.path();
        let base = base.trim_end_matches('/');
        let precision = lines.precision();
        let (path, pairs, authorization, login) = match self {
            Self::V1 { database, login } => {
                let pairs = vec![
                    ("db", database),
                    ("precision", precision.short().to_owned()),
                ];
                ("/write", pairs, None, login)
            }
            Self::V2 { org, bucket, token } => {
                let unit = precision.short().to_owned();
                let pairs = vec![("org", org), ("bucket", bucket), ("precision", unit)];
                let value = Secret::new(format!("Token {}", token.expose()));
                ("/api/v2/write", pairs, Some(value), None)
            }
            Self::V3 { database, token } => {
                let pairs = vec![("db", database), ("precision", precision.long().to_owned())];
                let value = token.map(|token| Secret::new(format!("Bearer {}", token.expose())));
                ("/api/v3/write_lp", pairs, value, None)
            }
        };
        let mut query = ::url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        Target {
            path: format!("{base}{path}?{}", query.finish()),
            authorization,
            login,
        }
    }
}

/// Where requests go and who sends them.
#[derive(Clone, Debug)]
struct Target {
    /// Path and query.
    path: String,
    authorization: Option<Secret>,
    login: Option<(String, Secret)>,
}

#[derive(Debug)]
struct InfluxdbConfig {
    url: WebUrl,
    target: Target,
    format: FormatConfig,
    gzip: bool,
    connect_timeout: Duration,
    request_timeout: Duration,
    tls: TlsConfig,
    proxy: ProxyChoice,
    delivery: DeliveryConfig,
}

impl OutputConfig for InfluxdbConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn separator(&self) -> &'static str {
        "\n"
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        let client = Client::new(&Settings {
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
            connections: env.max_concurrency,
            tls: &self.tls,
            base: env.base,
            proxy: self.proxy.clone(),
        })?;
        let server = client.server(&self.url)?;
        let mut headers = vec![("Content-Type", "text/plain; charset=utf-8")];
        if self.gzip {
            headers.push(("Content-Encoding", "gzip"));
        }
        if let Some(value) = &self.target.authorization {
            headers.push(("Authorization", value.expose()));
        }
        let login = self.target.login.as_ref();
        let call = server.call(&Shape {
            method: "POST",
            target: &self.target.path,
            headers: &headers,
            login: login.map(|(user, password)| (user.as_str(), password)),
        })?;
        Ok(Output::Remote(Arc::new(Influxdb {
            call,
            who: format!("InfluxDB at {}", self.url.server()),
            gzip: self.gzip,
            timeout: self.delivery.write_timeout.unwrap_or(env.write_timeout),
            server,
        })))
    }
}

/// The output.
#[derive(Debug)]
struct Influxdb {
    server: Server,
    call: Call,
    /// Begins sentences about answers.
    who: String,
    gzip: bool,
    /// Longest wait when it is opened.
    timeout: Duration,
}

impl Influxdb {
    async fn post(&self, lines: &[u8]) -> Result<Answer, OutputError> {
        let body = if self.gzip {
            web::gzip(lines)
        } else {
            Bytes::copy_from_slice(lines)
        };
        self.server.send(&self.call, body, ANSWER).await
    }

    fn refusal(&self, answer: &Answer) -> OutputError {
        let error = answer.refusal(&self.who);
        match answer.status {
            401 | 403 => error.help("check `token`, or `username` and `password`, and their rights"),
            404 => error.help(
                "check that `database` or `bucket` exist, and that `api` is the version of the server",
            ),
            413 => error.help("one event alone is larger than the server takes"),
            400 => error.help("look at the line that the server names"),
            _ => error,
        }
    }

    /// Writes nothing, which tells whether the server is there and lets us in.
    async fn try_open(&self) -> Result<(), OutputError> {
        let answer = self.post(b"").await?;
        match answer.status {
            401 | 403 | 404 => Err(self.refusal(&answer)),
            _ => Ok(()),
        }
    }

    /// Sends the lines of some items, and those of its halves when the server cannot take them
    /// together.
    async fn try_send(&self, items: &Items<'_>) -> Receipt {
        let mut room = (Vec::new(), Vec::new());
        let (bytes, ends) = items.joined(&mut room);
        let start = |at: usize| {
            at.checked_sub(1)
                .and_then(|at| ends.get(at))
                .copied()
                .unwrap_or(0)
        };
        let mut failed: Vec<(usize, OutputError)> = Vec::new();
        let mut left: Vec<Range<usize>> = std::iter::once(0..items.len()).collect();
        while let Some(range) = left.pop() {
            let lines = bytes
                .get(start(range.start)..start(range.end))
                .unwrap_or_default();
            // The last line needs no end.
            let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
            let answer = match self.post(lines).await {
                Ok(answer) => answer,
                Err(error) => {
                    // The same would happen to the rest.
                    let rest = left.iter().cloned().flatten();
                    failed.extend(range.chain(rest).map(|at| (at, error.clone())));
                    break;
                }
            };
            let body = String::from_utf8_lossy(&answer.decoded(ANSWER)).into_owned();
            let each: Vec<&[u8]> = range.clone().map(|at| items.get(at)).collect();
            match judge(answer.status, &body, &each) {
                Verdict::Stored => {}
                Verdict::Partly(refused, why) => {
                    let message = format!("{} did not store an event: {why}", self.who);
                    let error = OutputError::failed(message);
                    let places = refused.into_iter().map(|at| range.start + at);
                    failed.extend(places.map(|at| (at, error.clone())));
                }
                Verdict::Divide if range.len() > 1 => {
                    let middle = range.start + range.len() / 2;
                    left.push(middle..range.end);
                    left.push(range.start..middle);
                }
                Verdict::Divide | Verdict::Refused => {
                    let error = self.refusal(&answer);
                    failed.extend(range.map(|at| (at, error.clone())));
                }
            }
        }
        receipt(items, failed)
    }
}

/// The receipt of an attempt in which these items were not taken.
fn receipt(items: &Items<'_>, mut failed: Vec<(usize, OutputError)>) -> Receipt {
    failed.sort_by_key(|(at, _)| *at);
    let mut receipt = Receipt::default();
    let all = (0..items.len())
        .map(|at| items.get(at).len() as u64)
        .sum::<u64>();
    let lost = failed
        .iter()
        .map(|(at, _)| items.get(*at).len() as u64)
        .sum::<u64>();
    receipt.bytes = all.saturating_sub(lost);
    for (at, error) in failed {
        receipt.fail(at, error);
    }
    receipt
}

impl RemoteOutput for Influxdb {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            match tokio::time::timeout(self.timeout, self.try_open()).await {
                Ok(opened) => opened,
                Err(_) => Err(OutputError::outage(format!(
                    "{} gave no answer within {:?}",
                    self.who, self.timeout
                ))
                .help("check `url`, and whether the server runs")),
            }
        }
        .boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move { self.try_send(&items).await }.boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        self.server.close();
        async { Ok(()) }.boxed()
    }
}
