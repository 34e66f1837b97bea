//! `nats`: events as messages of NATS subjects, or into a stream of JetStream.
//!
//! Core NATS says nothing about single messages: a batch counts as written when the server, which
//! works through a connection in order, gives back a message of our own that was sent behind it.
//! JetStream acknowledges each message.

mod client;
mod options;
mod send;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::link::{self, Link, Verdicts};
use super::tls::{self, TlsConfig};
use super::{
    DeliveryConfig, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, Receipt,
    RemoteOutput, TextConfig, delivery,
};

use client::{Client, Connector, Login, Servers};
use options::Mode;
use send::Layout;

static SCHEMA: Schema = Schema {
    name: "nats",
    doc: "Publishes events to subjects of a NATS server, or into a stream of JetStream.",
    fields: delivery::concurrent_fields![
        options::URL,
        options::MODE,
        options::AUTH,
        Field::optional(
            "headers",
            Kind::Map,
            "",
            "Headers of each message, each a text or a template over `event`.",
        ),
        Field::optional(
            "msg_id",
            Kind::NonEmpty,
            "",
            "The header Nats-Msg-Id, by which a stream drops what it has already; a text or a template \
             over `event`.",
        ),
        Field::optional(
            "max_in_flight",
            Kind::Int(1, 100_000),
            "256",
            "jet_stream: most messages without an acknowledgement.",
        ),
        tls::BLOCK,
        format::FIELD_PLAIN,
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let mut servers = options::servers(&section, cx);
    let mode = options::mode(&section, cx);
    let login = options::login(&section, cx);
    let tls = TlsConfig::block(&section, cx);
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    let msg_id = TextConfig::decode(&section, "msg_id", cx);
    let headers = options::headers(&section, cx);
    if let (Some(servers), Some(tls)) = (&mut servers, &tls) {
        servers.encrypt = section.has("tls");
        if tls.server_name.is_some() {
            cx.within(".tls.server_name", |cx| {
                cx.error(
                    section.span,
                    "NATS checks certificates by the host of the URL",
                );
            });
            return None;
        }
    }
    let (mode, subject) = mode?;
    let mut texts = vec![subject];
    let identified = msg_id.is_some();
    texts.extend(msg_id);
    let mut names = Vec::new();
    for (name, value) in headers? {
        names.push(name);
        texts.push(value);
    }
    Some(Box::new(NatsConfig {
        servers: servers?,
        login: login?,
        tls: tls?,
        layout: Layout { identified, names },
        mode,
        texts,
        max_in_flight: usize::try_from(section.int("max_in_flight").unwrap_or(256)).unwrap_or(1),
        format: format?,
        delivery: DeliveryConfig::durable().decode(&section, cx),
    }))
}

#[derive(Debug)]
struct NatsConfig {
    servers: Servers,
    login: Login,
    tls: TlsConfig,
    mode: Mode,
    layout: Layout,
    texts: Vec<TextConfig>,
    max_in_flight: usize,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for NatsConfig {
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
        let limit = self.delivery.write_timeout.unwrap_or(env.write_timeout);
        let connector = Connector::new(
            &self.servers,
            &self.login,
            &self.tls,
            self.mode.clone(),
            env.base,
        )?;
        Ok(Output::Remote(Arc::new(NatsOutput {
            connector,
            layout: self.layout.clone(),
            max_in_flight: self.max_in_flight,
            limit,
            link: Link::default(),
        })))
    }
}

#[derive(Debug)]
struct NatsOutput {
    connector: Connector,
    layout: Layout,
    max_in_flight: usize,
    /// Longest time of an attempt.
    limit: Duration,
    link: Link<Client>,
}

impl NatsOutput {
    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let connecting = self.connector.connect(self.limit, self.max_in_flight);
        let lease = match self.link.lease(connecting).await {
            Ok(lease) => lease,
            Err(error) => return Receipt::refused(items, error),
        };
        let client = &lease.client;
        let mut verdicts = Verdicts::new(items.len());
        let sending = async {
            match &client.stream {
                None => send::publish(client, &self.layout, items, &mut verdicts).await,
                Some(_) => {
                    send::store(
                        client,
                        &self.layout,
                        items,
                        self.max_in_flight,
                        &mut verdicts,
                    )
                    .await
                }
            }
        };
        let sent = tokio::select! {
            biased;
            sent = sending => sent,
            () = client.troubled() => Err(client.trouble()),
        };
        send::forbidden(&mut verdicts, client, items);
        match sent {
            Ok(()) => lease.keep(),
            Err(error) => verdicts.refuse_rest(&error),
        }
        link::receipt(items, verdicts.failures())
    }
}

impl RemoteOutput for NatsOutput {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            let connecting = self.connector.connect(self.limit, self.max_in_flight);
            self.link.lease(connecting).await.map(link::Lease::keep)
        })
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        Box::pin(async move { self.attempt(&items).await })
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            // Every batch was confirmed, so there is nothing to flush.
            drop(self.link.take().await);
            Ok(())
        })
    }
}
