//! `websocket`: events as frames, for subscribers that connect to us (`listen`) or to a server that we
//! connect to (`url`).

mod client;
mod frames;
mod options;
mod server;

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Context, Field, Kind, Node, Schema, Section, check_duration};

use super::format::{self, FormatConfig};
use super::tls;
use super::{DeliveryConfig, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, delivery};

use options::Side;

static SCHEMA: Schema = Schema {
    name: "websocket",
    doc: "Sends each event as a WebSocket frame: to all who connect to `listen`, or to the server at \
          `url`.",
    fields: delivery::ordered_fields![
        Field::optional(
            "listen",
            Kind::NonEmpty,
            "",
            "`host:port` to listen on for subscribers. Each gets the events from its arrival on; an event \
             counts as written when it was handed to those who are there, even if that is nobody.",
        ),
        Field::optional(
            "path",
            Kind::NonEmpty,
            "/",
            "listen: the path subscribers have to ask for.",
        ),
        Field::optional(
            "token",
            Kind::NonEmpty,
            "",
            "listen: what subscribers have to show as `Authorization: Bearer TOKEN` or `?token=TOKEN`; \
             better a secret.",
        ),
        Field::optional(
            "max_subscribers",
            Kind::Int(1, 1_000_000),
            "5000",
            "listen: how many may be connected; others are refused with status 503.",
        ),
        Field::optional(
            "min_subscribers",
            Kind::Int(0, 1_000_000),
            "0",
            "listen: events wait until so many are connected for the first time, as if the target were down; \
             those who leave later are not waited for.",
        ),
        Field::optional(
            "queue",
            Kind::Int(1, 10_000_000),
            "10000",
            "listen: most frames that wait for one subscriber. What does not fit is lost for it; the run \
             does not wait.",
        ),
        Field::optional(
            "slow",
            Kind::Enum(&["close", "skip"]),
            "close",
            "listen: what happens to a subscriber whose queue is full. close: it is disconnected with \
             code 4008. skip: it misses frames, and is told how many when it disconnects.",
        ),
        Field::optional(
            "certificate",
            Kind::Path,
            "",
            "listen: PEM file with the certificate of this server, for `wss://`; needs `key`.",
        ),
        Field::optional(
            "key",
            Kind::Path,
            "",
            "listen: PEM file with the private key of `certificate`, not encrypted.",
        ),
        Field::optional(
            "url",
            Kind::NonEmpty,
            "",
            "The server to send to: `ws://host[:port]/path`, or `wss://` for TLS.",
        ),
        Field::optional("headers", Kind::Map, "", "url: headers of the handshake."),
        Field::optional(
            "subprotocol",
            Kind::NonEmpty,
            "",
            "url: the subprotocol the server has to agree to.",
        ),
        Field::optional(
            "ack",
            Kind::Enum(&["none", "json"]),
            "none",
            "url: when an event counts as written. none: it was handed to the network. json: the server \
             answered `{\"status\": \"ok\"}`, one answer a frame, in order; other answers are failures.",
        ),
        Field::optional(
            "max_in_flight",
            Kind::Int(1, 100_000),
            "64",
            "ack: most frames without an answer.",
        ),
        Field::optional(
            "frame",
            Kind::Enum(&["text", "binary"]),
            "text",
            "Kind of frames; text takes UTF-8 only.",
        ),
        Field::optional(
            "ping_interval",
            Kind::Custom(check_duration),
            "20s",
            "Time between pings. Who does not answer until the next but one is taken for dead.",
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
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    let side = options::side(&section, &SCHEMA, cx);
    let ping = options::ping_interval(&section, cx);
    Some(Box::new(WebsocketConfig {
        common: Common {
            binary: section.str("frame") == Some("binary"),
            ping: ping?,
        },
        side: side?,
        format: format?,
        delivery: DeliveryConfig::durable().decode(&section, cx),
    }))
}

/// What both sides have.
#[derive(Clone, Copy, Debug)]
struct Common {
    /// Binary frames instead of text.
    binary: bool,
    ping: Duration,
}

#[derive(Debug)]
struct WebsocketConfig {
    common: Common,
    side: Side,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for WebsocketConfig {
    fn format(&self) -> &FormatConfig {
        &self.format
    }

    fn delivery(&self) -> &DeliveryConfig {
        &self.delivery
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(Output::Remote(match &self.side {
            Side::Server(config) => Arc::new(server::Server::build(config, self.common, env)?),
            Side::Client(config) => Arc::new(client::Client::build(config, self.common, env)?),
        }))
    }
}
