//! `mqtt`: events as messages of an MQTT broker, protocol 3.1.1 or 5.
//!
//! An event counts as written when the broker acknowledged it as its quality of service demands. A
//! connection that is lost is made anew by the next attempt, which publishes again what had no
//! acknowledgement, as new messages: with qos 2, too, a message may then arrive twice.

mod client;
mod v3;
mod v5;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesOrdered, StreamExt as _};
use hyper::body::Bytes;

use crate::config::{
    Context, Field, Kind, Node, Scalar, Schema, Section, Tree, check_duration, read_duration,
};

use super::format::{self, FormatConfig};
use super::link::{self, Link, Verdicts};
use super::net::{self, Address};
use super::tls::{self, TlsConfig};
use super::{
    DeliveryConfig, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, Receipt,
    RemoteOutput, Secret, TextConfig, delivery,
};

use client::{Client, Connector, Outcome, Session};

/// Most bytes of a topic.
const LONGEST_TOPIC: usize = 65_535;

static SCHEMA: Schema = Schema {
    name: "mqtt",
    doc: "Publishes events to topics of an MQTT broker.",
    fields: delivery::concurrent_fields![
        net::HOST,
        Field::optional(
            "port",
            Kind::Int(1, 65_535),
            "1883",
            "Port of the broker; with `tls` the default is 8883.",
        ),
        Field::optional(
            "protocol",
            Kind::Custom(check_protocol),
            "3.1.1",
            "Version of the protocol: 3.1.1 or 5. With 5 the broker says why it refuses a message.",
        ),
        Field::optional(
            "client_id",
            Kind::NonEmpty,
            "",
            "Name of the connection; two with one name disconnect each other. Default: `evtui-` with \
             eight random digits.",
        ),
        Field::optional("username", Kind::NonEmpty, "", "User; needs `password`."),
        Field::optional(
            "password",
            Kind::NonEmpty,
            "",
            "Password; needs `username`; better a secret.",
        ),
        Field::required(
            "topic",
            Kind::NonEmpty,
            "The topic, without `+` and `#`; a text or a template over `event`.",
        ),
        Field::optional(
            "qos",
            Kind::Int(0, 2),
            "1",
            "When an event counts as written. 0: it was handed to the network. 1: the broker has it, \
             perhaps twice. 2: the broker has it once.",
        ),
        Field::optional(
            "retain",
            Kind::Bool,
            "false",
            "The broker keeps the last message of each topic for later subscribers. Empty events, which \
             would delete it, are refused then.",
        ),
        Field::optional(
            "clean_session",
            Kind::Bool,
            "true",
            "The broker forgets the connection when it ends.",
        ),
        Field::optional(
            "keep_alive",
            Kind::Custom(check_duration),
            "30s",
            "Time without traffic after which both sides look whether the other is there, in whole \
             seconds.",
        ),
        Field::optional(
            "max_in_flight",
            Kind::Int(1, 65_535),
            "",
            "Most messages without an acknowledgement; brokers have limits of their own. Default: 100, \
             and 20 for qos 2 with 3.1.1, as more makes a mosquitto close the connection.",
        ),
        tls::BLOCK,
        format::FIELD_PLAIN,
    ],
};

pub(super) const PLUGIN: OutputPlugin = OutputPlugin {
    schema: &SCHEMA,
    decode,
};

/// True for 5, false for 3.1.1.
fn newer(node: &Node) -> Option<bool> {
    match &node.tree {
        Tree::Scalar(Scalar::Int(5)) => Some(true),
        Tree::Scalar(Scalar::Str(text)) => match text.as_ref() {
            "5" | "5.0" => Some(true),
            "3.1.1" => Some(false),
            _ => None,
        },
        Tree::Scalar(Scalar::Float(number)) if number.to_bits() == 5.0_f64.to_bits() => Some(true),
        _ => None,
    }
}

fn check_protocol(node: &Node, cx: &mut Context<'_>) {
    if newer(node).is_none() && !node.unknown {
        let message = format!("expected 3.1.1 or 5, not {}", node.describe());
        cx.error(node.span, message);
    }
}

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn OutputConfig>> {
    let section = Section::open(node, &SCHEMA, cx)?;
    let tls = TlsConfig::block(&section, cx);
    let topic = TextConfig::decode(&section, "topic", cx);
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    let user = section.str("username").map(str::to_owned);
    let login = match (user, Secret::decode(&section, "password")) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        _ => {
            cx.error(section.span, "`username` and `password` come together");
            return None;
        }
    };
    let tls = section.has("tls").then_some(tls?);
    let port = section
        .int("port")
        .and_then(|port| u16::try_from(port).ok());
    let secret = section.node("host").is_some_and(|node| node.secret);
    let default = if tls.is_some() { 8883 } else { 1883 };
    let address = Address::new(section.str("host")?, port.unwrap_or(default), secret);
    let qos = section.int("qos").unwrap_or(1);
    let newer = section.node("protocol").and_then(newer) == Some(true);
    let in_flight = if qos == 2 && !newer { 20 } else { 100 };
    let in_flight = section.int("max_in_flight").unwrap_or(in_flight);
    let keep_alive = section.node("keep_alive");
    let keep_alive = keep_alive.and_then(|node| read_duration(node).ok());
    let keep_alive = keep_alive.map_or(30, |us| us.unsigned_abs() / 1_000_000);
    Some(Box::new(MqttConfig {
        address,
        tls,
        newer,
        session: Session {
            client_id: section
                .str("client_id")
                .map_or_else(client::random_id, str::to_owned),
            login,
            clean: section.bool("clean_session") != Some(false),
            keep_alive: u16::try_from(keep_alive).unwrap_or(u16::MAX).max(1),
            in_flight: u16::try_from(in_flight).unwrap_or(100).max(1),
            qos: u8::try_from(qos).unwrap_or(1),
            retain: section.bool("retain") == Some(true),
        },
        texts: vec![topic?],
        format: format?,
        delivery: DeliveryConfig::durable().decode(&section, cx),
    }))
}

#[derive(Debug)]
struct MqttConfig {
    address: Address,
    tls: Option<TlsConfig>,
    newer: bool,
    session: Session,
    texts: Vec<TextConfig>,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for MqttConfig {
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
        let tls = match &self.tls {
            Some(config) => Some((config.build(env.base)?, config.server_name.clone())),
            None => None,
        };
        Ok(Output::Remote(Arc::new(MqttOutput {
            connector: Connector {
                address: self.address.clone(),
                tls,
                newer: self.newer,
                session: self.session.clone(),
            },
            in_flight: usize::from(self.session.in_flight),
            retain: self.session.retain,
            link: Link::default(),
        })))
    }
}

#[derive(Debug)]
struct MqttOutput {
    connector: Connector,
    in_flight: usize,
    retain: bool,
    link: Link<Client>,
}

impl MqttOutput {
    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let lease = match self.link.lease(self.connector.connect()).await {
            Ok(lease) => lease,
            Err(error) => return Receipt::refused(items, error),
        };
        let mut verdicts = Verdicts::new(items.len());
        match self.publish(&lease.client, items, &mut verdicts).await {
            Ok(()) => lease.keep(),
            Err(error) => verdicts.refuse_rest(&error),
        }
        link::receipt(items, verdicts.failures())
    }

    /// Publishes all and waits for the acknowledgements; an error when the connection is lost.
    async fn publish(
        &self,
        client: &Client,
        items: &Items<'_>,
        verdicts: &mut Verdicts,
    ) -> Result<(), OutputError> {
        let mut room = (Vec::new(), Vec::new());
        let bytes = Bytes::copy_from_slice(items.joined(&mut room).0);
        let mut start = 0;
        let mut flying = FuturesOrdered::new();
        for position in 0..items.len() {
            let payload = bytes.slice(start..start + items.get(position).len());
            start += payload.len();
            let topic = items.text(0, position);
            if let Err(error) = self.check(client, topic, payload.len()) {
                verdicts.refuse(position, error);
                continue;
            }
            if flying.len() >= self.in_flight
                && let Some((position, outcome)) = flying.next().await
            {
                settle(client, position, outcome, verdicts)?;
            }
            let notice = client.publish(topic, payload).await?;
            flying.push_back(async move { (position, notice.wait().await) });
        }
        while let Some((position, outcome)) = flying.next().await {
            settle(client, position, outcome, verdicts)?;
        }
        Ok(())
    }

    /// Looks for what would end the connection or be misunderstood.
    fn check(&self, client: &Client, topic: &str, payload: usize) -> Result<(), OutputError> {
        if topic.is_empty() || topic.len() > LONGEST_TOPIC || topic.contains(['+', '#', '\0']) {
            return Err(OutputError::failed(
                "an event's topic is empty, too long or has `+` or `#` in it",
            ));
        }
        if payload == 0 && self.retain {
            return Err(OutputError::failed(
                "an empty event would delete the retained message of its topic",
            ));
        }
        let most = client.largest();
        if client.packet(topic.len(), payload) > most {
            return Err(OutputError::failed(format!(
                "an event is larger than the {most} bytes of a packet that the broker takes"
            )));
        }
        Ok(())
    }
}

/// Notes an acknowledgement; an error when the connection is lost.
fn settle(
    client: &Client,
    position: usize,
    outcome: Outcome,
    verdicts: &mut Verdicts,
) -> Result<(), OutputError> {
    match outcome {
        Outcome::Taken => verdicts.take(position),
        Outcome::Refused(error) => verdicts.refuse(position, error),
        Outcome::Lost => return Err(client.lost()),
    }
    Ok(())
}

impl RemoteOutput for MqttOutput {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            let lease = self.link.lease(self.connector.connect()).await;
            lease.map(link::Lease::keep)
        })
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        Box::pin(async move { self.attempt(&items).await })
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        Box::pin(async {
            if let Some(client) = self.link.take().await {
                // Every acknowledgement was awaited; this only says good-bye.
                drop(tokio::time::timeout(Duration::from_secs(1), client.disconnect()).await);
            }
            Ok(())
        })
    }
}
