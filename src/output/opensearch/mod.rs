//! `opensearch`: documents by the bulk interface, or by the one for a single document when there is
//! only one.
//!
//! Hosts take turns, one per attempt; what a host did not take goes to the next one when it is tried
//! again.

mod bulk;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hyper::body::Bytes;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::url::{self, PATH_UNSAFE, QUERY_UNSAFE, WebUrl, quote};
use super::web::{self, Call, ClientConfig, Compress, Server, Shape};
use super::{
    DeliveryConfig, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, Receipt,
    RemoteOutput, Secret, TextConfig, delivery,
};

/// Bytes of an answer that are read, whatever was sent.
const ANSWER_LIMIT: usize = 1 << 20;
/// Bytes of an answer that are read for each document of a bulk request.
const ANSWER_PER_DOCUMENT: usize = 4 << 10;

static SCHEMA: Schema = Schema {
    name: "opensearch",
    doc: "Indexes events as documents in OpenSearch (or Elasticsearch): several by its bulk interface, \
          a single one as a document.",
    fields: delivery::concurrent_fields![
        Field::required(
            "hosts",
            Kind::List(&url::KIND, 1),
            "Addresses of nodes, such as `https://host:9200`; batches go to them in turn. A path in \
             front of the interface is kept.",
        ),
        Field::required("username", Kind::NonEmpty, "User name."),
        Field::required("password", Kind::NonEmpty, "Its password."),
        Field::required(
            "index",
            Kind::NonEmpty,
            "Index that documents go to: text, or a template over each event.",
        ),
        web::CONNECT_TIMEOUT,
        web::REQUEST_TIMEOUT,
        web::VERIFY,
        web::CA_CERT,
        web::CLIENT_CERT,
        web::CLIENT_CERT_KEY,
        web::PROXY_URL,
        web::COMPRESSION,
        format::field("{format: json}"),
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let listed = section.node("hosts").and_then(Node::as_seq);
    let listed = listed.unwrap_or_default();
    let hosts: Vec<WebUrl> = listed.iter().filter_map(WebUrl::of).collect();
    for (host, node) in hosts.iter().zip(listed) {
        if host.has_query() {
            let message = "the query of a host is not used";
            cx.warn(
                node.span,
                message,
                "remove the question mark and what follows it",
            );
        }
    }
    let client = ClientConfig::decode(&section, &hosts, cx);
    let format = FormatConfig::decode(&section, FormatConfig::Json(0), cx);
    if format.as_ref().is_some_and(FormatConfig::joins_batch) {
        cx.warn(
            section
                .node("formatter")
                .map_or(section.span, |node| node.span),
            "this format makes one item of a batch, and an index takes one document per event",
            "use the format `json` or `template`",
        );
    }
    let index = TextConfig::decode(&section, "index", cx);
    let delivery = DeliveryConfig::once().decode(&section, cx);
    Some(Box::new(OpensearchConfig {
        hosts,
        login: web::login(&section)?,
        index: [index?],
        compress: web::compression(&section),
        client: client?,
        format: format?,
        delivery,
    }))
}

#[derive(Debug)]
struct OpensearchConfig {
    hosts: Vec<WebUrl>,
    login: (String, Secret),
    index: [TextConfig; 1],
    compress: Compress,
    client: ClientConfig,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OpensearchConfig {
    fn host(&self, server: Server) -> Result<Host, OutputError> {
        let url = server.url();
        let prefix = url.path().trim_end_matches('/').to_owned();
        let mut headers = vec![
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
        ];
        if self.compress == Compress::Gzip {
            headers.push(("Content-Encoding", "gzip"));
        }
        let (user, password) = &self.login;
        let bulk = server.call(&Shape {
            method: "POST",
            target: &format!("{prefix}/_bulk"),
            headers: &headers,
            login: Some((user, password)),
        })?;
        Ok(Host {
            name: url.server(),
            server,
            prefix,
            bulk,
        })
    }
}

impl OutputConfig for OpensearchConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn texts(&self) -> &[TextConfig] {
        &self.index
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        let client = self.client.build(env)?;
        let host = |url| self.host(client.server(url)?);
        let hosts: Result<Vec<Host>, OutputError> = self.hosts.iter().map(host).collect();
        let [index] = &self.index;
        Ok(Output::Remote(Arc::new(Opensearch {
            hosts: hosts?,
            next: AtomicUsize::new(0),
            action: index.as_constant().map(bulk::action),
            compress: self.compress,
        })))
    }
}

/// A node.
#[derive(Debug)]
struct Host {
    server: Server,
    /// As errors name it.
    name: String,
    /// Path in front of the interface, without a slash at its end.
    prefix: String,
    bulk: Call,
}

#[derive(Debug)]
struct Opensearch {
    hosts: Vec<Host>,
    /// The host of the next attempt, counted on and on.
    next: AtomicUsize,
    /// The action line of each document, when it is the same for all.
    action: Option<String>,
    compress: Compress,
}

impl Opensearch {
    fn body(&self, bytes: Vec<u8>) -> Bytes {
        match self.compress {
            Compress::None => Bytes::from(bytes),
            Compress::Gzip => web::gzip(&bytes),
        }
    }

    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(host) = self.hosts.get(turn % self.hosts.len().max(1)) else {
            return Receipt::refused(items, OutputError::failed("there is no host"));
        };
        let sent = if items.len() == 1 {
            self.document(host, items).await
        } else {
            self.bulk(host, items).await
        };
        sent.unwrap_or_else(|error| Receipt::refused(items, error))
    }

    /// The only item as a document.
    async fn document(&self, host: &Host, items: &Items<'_>) -> Result<Receipt, OutputError> {
        let index = items.text(0, 0);
        let call = host
            .server
            .retarget(&host.bulk, &document_target(&host.prefix, index))?;
        let item = items.get(0);
        let body = self.body(item.to_vec());
        let answer = host.server.send(&call, body, ANSWER_LIMIT).await?;
        if answer.status == 201 {
            return Ok(Receipt::taken(item.len()));
        }
        Err(answer.refusal(&format!("indexing a document at {}: the server", host.name)))
    }

    /// All items in one request.
    async fn bulk(&self, host: &Host, items: &Items<'_>) -> Result<Receipt, OutputError> {
        let request = bulk::request(items, self.action.as_deref());
        if request.sent.is_empty() {
            return Ok(bulk::receipt(items, &[], request.refused, Vec::new()));
        }
        let limit = ANSWER_LIMIT + request.sent.len().saturating_mul(ANSWER_PER_DOCUMENT);
        let body = self.body(request.body);
        let answer = host.server.send(&host.bulk, body, limit).await?;
        let who = format!("bulk indexing at {}: the server", host.name);
        if answer.status != 200 {
            return Err(answer.refusal(&who));
        }
        let refused =
            verdict::read(&answer.decoded(limit), request.sent.len()).map_err(|reason| {
                OutputError::failed(format!("{who} gave no bulk answer: {reason}"))
            })?;
        Ok(bulk::receipt(
            items,
            &request.sent,
            request.refused,
            refused,
        ))
    }
}

/// Path and query for a single document. The index is part of an address: a question mark in it begins
/// the query, and what follows a `#` is dropped.
fn document_target(prefix: &str, index: &str) -> String {
    let whole = format!("{index}/_doc");
    let kept = whole.split('#').next().unwrap_or_default();
    let (path, query) = match kept.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (kept, None),
    };
    let mut target = format!("{prefix}/{}", quote(path, PATH_UNSAFE));
    if let Some(query) = query {
        target.push('?');
        target.push_str(&quote(query, QUERY_UNSAFE));
    }
    target
}

impl RemoteOutput for Opensearch {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async { Ok(()) }.boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move { self.attempt(&items).await }.boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        for host in &self.hosts {
            host.server.close();
        }
        async { Ok(()) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_part_of_the_address() {
        let target = |index| document_target("/p", index);
        assert_eq!(target("logs"), "/p/logs/_doc");
        assert_eq!(target("a?x#y/z"), "/p/a?x");
        assert_eq!(target("a?x"), "/p/a?x/_doc");
        assert_eq!(target("\u{43b} {50%}"), "/p/%D0%BB%20%7B50%25%7D/_doc");
    }
}
