//! `http`: each item of the formatter is the body of one request, and only the expected status counts.
//!
//! Nothing is connected when a run starts: a server that is down then may come later.

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _, stream};
use hyper::body::Bytes;

use crate::config::{Context, Field, Kind, Node, Scalar, Schema, Section, Tree};

use super::format::{self, FormatConfig};
use super::url::{self, WebUrl};
use super::web::{self, Answer, Call, ClientConfig, Compress, Server, Shape};
use super::{
    DeliveryConfig, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, Receipt,
    RemoteOutput, Secret, delivery,
};

/// Bytes of an answer that are read; they are only looked at when it is an error.
const ANSWER_LIMIT: usize = 64 << 10;

static SCHEMA: Schema = Schema {
    name: "http",
    doc: "Sends events as the bodies of HTTP requests: one request per batch with formats that join a \
          batch, one per event with the others.",
    fields: delivery::concurrent_fields![
        Field::required(
            "url",
            url::KIND,
            "Where to: an http or https address. User name and password in it are sent as Basic \
             authorization.",
        ),
        Field::optional(
            "method",
            Kind::Enum(&["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]),
            "POST",
            "Method of the requests.",
        ),
        Field::optional(
            "success_code",
            Kind::Int(100, i64::MAX),
            "201",
            "The status that means success; every other one is a failure.",
        ),
        Field::optional(
            "headers",
            Kind::Custom(check_headers),
            "{}",
            "Headers of each request, such as `Content-Type` (none is added but that of CloudEvents) or \
             `Authorization: Bearer TOKEN`. Values are text, numbers or booleans.",
        ),
        Field::optional(
            "username",
            Kind::OrNull(&Kind::NonEmpty),
            "",
            "User name for Basic authorization; goes before the one in the address and before a header.",
        ),
        Field::optional(
            "password",
            Kind::OrNull(&Kind::NonEmpty),
            "",
            "Its password; without `username` it is not used.",
        ),
        web::CONNECT_TIMEOUT,
        web::REQUEST_TIMEOUT,
        web::VERIFY,
        web::CA_CERT,
        web::CLIENT_CERT,
        web::CLIENT_CERT_KEY,
        web::PROXY_URL,
        web::COMPRESSION,
        format::field("{format: json-batch}"),
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let url = WebUrl::of(section.node("url")?)?;
    let client = ClientConfig::decode(&section, std::slice::from_ref(&url), cx);
    let format = FormatConfig::decode(&section, FormatConfig::JsonBatch(0), cx);
    let delivery = DeliveryConfig::once().decode(&section, cx);
    Some(Box::new(HttpConfig {
        method: section.str("method").unwrap_or("POST").to_owned(),
        success_code: section.int("success_code").unwrap_or(201),
        headers: headers(&section),
        login: web::login(&section),
        compress: web::compression(&section),
        client: client?,
        format: format?,
        delivery,
        url,
    }))
}

/// The text of a header's value; `None` for what has none.
fn header_text(node: &Node) -> Option<String> {
    match &node.tree {
        Tree::Scalar(Scalar::Null | Scalar::Bytes(_)) | Tree::Seq(_) | Tree::Map(_) => None,
        Tree::Scalar(Scalar::BigInt(digits)) => Some(digits.to_string()),
        Tree::Scalar(_) => Some(match node.to_json() {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        }),
    }
}

fn check_headers(node: &Node, cx: &mut Context<'_>) {
    let Some(entries) = node.as_map() else {
        let message = format!("expected a mapping of headers, not {}", node.describe());
        return cx.error_help(node.span, message, "write `Name: value` lines below it");
    };
    for (key, value) in entries {
        let Some(name) = key.as_str() else {
            let message = format!("the name of a header is text, not {}", key.describe());
            cx.error_help(key.span, message, "put it in quotes");
            continue;
        };
        cx.within(&format!(".{name}"), |cx| check_header(name, key, value, cx));
    }
}

fn check_header(name: &str, key: &Node, value: &Node, cx: &mut Context<'_>) {
    let Some(text) = header_text(value) else {
        let message = format!("a header's value is text, not {}", value.describe());
        return cx.error_help(
            value.span,
            message,
            "give text or a number, or leave the header out",
        );
    };
    if let Err(message) = web::header(name, &text)
        && !value.unknown
        && !key.unknown
    {
        return cx.error(key.span, message);
    }
    if name.eq_ignore_ascii_case("content-length") {
        cx.warn(
            key.span,
            "`Content-Length` is counted for each request; this value is not used",
            "remove it",
        );
    }
}

fn headers(section: &Section) -> Vec<(String, Secret)> {
    let entries = section.node("headers").and_then(Node::as_map);
    let text = |(key, value): &(Node, Node)| {
        Some((key.as_str()?.to_owned(), Secret::new(header_text(value)?)))
    };
    entries
        .unwrap_or_default()
        .iter()
        .filter_map(text)
        .collect()
}

#[derive(Debug)]
struct HttpConfig {
    url: WebUrl,
    method: String,
    success_code: i64,
    /// Their values may be tokens.
    headers: Vec<(String, Secret)>,
    login: Option<(String, Secret)>,
    compress: Compress,
    client: ClientConfig,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl HttpConfig {
    fn call(&self, server: &Server) -> Result<Call, OutputError> {
        let has = |wanted: &str| {
            let mut names = self.headers.iter();
            names.any(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        let mut headers: Vec<(&str, &str)> = Vec::new();
        if self.compress == Compress::Gzip && !has("content-encoding") {
            headers.push(("Content-Encoding", "gzip"));
        }
        if let Some(kind) = self.format.content_type()
            && !has("content-type")
        {
            headers.push(("Content-Type", kind));
        }
        for (name, value) in &self.headers {
            headers.push((name, value.expose()));
        }
        server.call(&Shape {
            method: &self.method,
            target: &self.url.target(),
            headers: &headers,
            login: self
                .login
                .as_ref()
                .map(|(user, password)| (user.as_str(), password)),
        })
    }
}

impl OutputConfig for HttpConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        let server = self.client.build(env)?.server(&self.url)?;
        Ok(Output::Remote(Arc::new(Http {
            call: self.call(&server)?,
            who: format!("{} {}", self.method, self.url),
            success_code: self.success_code,
            compress: self.compress,
            in_flight: env.max_concurrency.max(1),
            server,
        })))
    }
}

#[derive(Debug)]
struct Http {
    server: Server,
    call: Call,
    /// Begins sentences about answers.
    who: String,
    success_code: i64,
    compress: Compress,
    /// Most requests at once for the items of one attempt.
    in_flight: usize,
}

impl Http {
    /// One request; how many bytes of the item the target took.
    async fn post(&self, item: &[u8]) -> Result<usize, OutputError> {
        let body = match self.compress {
            Compress::None => Bytes::copy_from_slice(item),
            Compress::Gzip => web::gzip(item),
        };
        let answer = self.server.send(&self.call, body, ANSWER_LIMIT).await?;
        if i64::from(answer.status) == self.success_code {
            return Ok(item.len());
        }
        Err(self.refusal(&answer))
    }

    fn refusal(&self, answer: &Answer) -> OutputError {
        let error = answer.refusal(&self.who);
        if !(200..300).contains(&answer.status) {
            return error;
        }
        let expected = self.success_code;
        let status = answer.status;
        error.help(format!(
            "`success_code` is {expected}; set `success_code: {status}` if this answer means success"
        ))
    }

    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let requests = (0..items.len()).map(|position| {
            let item = items.get(position);
            self.post(item).map(move |outcome| (position, outcome))
        });
        let mut receipt = Receipt::default();
        let mut failures = Vec::new();
        let mut outcomes = stream::iter(requests).buffer_unordered(self.in_flight);
        while let Some((position, outcome)) = outcomes.next().await {
            match outcome {
                Ok(bytes) => {
                    items.took(position);
                    receipt.bytes += bytes as u64;
                }
                Err(error) => failures.push((position, error)),
            }
        }
        self.server.trim();
        failures.sort_by_key(|(position, _)| *position);
        for (position, error) in failures {
            receipt.fail(position, error);
        }
        receipt
    }
}

impl RemoteOutput for Http {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async { Ok(()) }.boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move { self.attempt(&items).await }.boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        self.server.close();
        async { Ok(()) }.boxed()
    }
}
