//! `redis`: events into lists, streams, hashes, strings or channels of a Redis server or cluster.
//!
//! A batch goes out as pipelines of commands; each command's reply decides about its events alone. The
//! command that takes several values (RPUSH) takes those of neighbours with the same key.

mod client;
mod commands;
mod options;

use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::ConnectionLike as _;
use futures::future::BoxFuture;

use crate::config::{Context, Field, Kind, Node, Schema, Section};

use super::format::{self, FormatConfig};
use super::link::{self, Link};
use super::tls::{self, TlsConfig};
use super::{
    DeliveryConfig, Items, Output, OutputConfig, OutputEnv, OutputError, OutputPlugin, Receipt,
    RemoteOutput, Secret, TextConfig, delivery,
};

use client::{Client, Servers};
use commands::{Chunk, Shape, Tally};

static SCHEMA: Schema = Schema {
    name: "redis",
    doc: "Sends events to a Redis server or cluster: as stream entries, list items, hash fields, \
          strings or messages of a channel.",
    fields: delivery::concurrent_fields![
        options::MODE,
        options::TYPE,
        Field::optional(
            "username",
            Kind::NonEmpty,
            "",
            "User of the server's access list, instead of one in the URL.",
        ),
        Field::optional(
            "password",
            Kind::NonEmpty,
            "",
            "Password, instead of one in the URL; better a secret.",
        ),
        Field::optional(
            "pipeline",
            Kind::Int(1, 100_000),
            "1000",
            "Most commands that are sent before their replies are awaited.",
        ),
        Field::optional(
            "at_least_once",
            Kind::Bool,
            "true",
            "Sends events again when the connection is lost before the server answered, so that some \
             may arrive twice. With `false` they count as lost instead, except those of `strings` \
             and `hashes`, where a second time changes nothing.",
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
    let servers = options::servers(&section, cx);
    let shaped = options::shape(&section, cx);
    let tls = TlsConfig::block(&section, cx);
    let format = FormatConfig::decode(&section, FormatConfig::Plain, cx);
    let mut servers = servers?;
    servers.tls = tls?;
    options::check_tls(&servers, &section, cx)?;
    servers.username = section.str("username").map(str::to_owned);
    servers.password = Secret::decode(&section, "password");
    let (shape, texts) = shaped?;
    Some(Box::new(RedisConfig {
        servers,
        shape,
        texts,
        pipeline: section.int("pipeline").map_or(1_000, positive),
        at_least_once: section.bool("at_least_once") != Some(false),
        format: format?,
        delivery: DeliveryConfig::durable().decode(&section, cx),
    }))
}

fn positive(number: i64) -> usize {
    usize::try_from(number).unwrap_or(1).max(1)
}

#[derive(Debug)]
struct RedisConfig {
    servers: Servers,
    shape: Shape,
    texts: Vec<TextConfig>,
    pipeline: usize,
    at_least_once: bool,
    format: FormatConfig,
    delivery: DeliveryConfig,
}

impl OutputConfig for RedisConfig {
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
        Ok(Output::Remote(Arc::new(RedisOutput {
            connector: self.servers.connector(env.base, limit)?,
            shape: self.shape.clone(),
            pipeline: self.pipeline,
            again: self.at_least_once || self.shape.idempotent(),
            limit,
            link: Link::default(),
        })))
    }
}

#[derive(Debug)]
struct RedisOutput {
    connector: client::Connector,
    shape: Shape,
    pipeline: usize,
    /// Events without an answer are sent again.
    again: bool,
    /// Longest time of an attempt.
    limit: Duration,
    link: Link<Client>,
}

impl RedisOutput {
    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let mut lease = match self.link.lease(self.connector.connect()).await {
            Ok(lease) => lease,
            Err(error) => return Receipt::refused(items, error),
        };
        if !self.again
            && let Err(error) = lease.client.ping().await
        {
            // Nothing is on its way yet, so nothing is lost with a connection that died meanwhile.
            return Receipt::refused(items, self.connector.lost(&error));
        }
        let mut tally = Tally::default();
        let sound = match &lease.client {
            Client::Single(connection) => self.single(connection, items, &mut tally).await,
            Client::Cluster(connection) => self.cluster(connection, items, &mut tally).await,
        };
        if sound && !tally.moved {
            lease.keep();
        }
        link::receipt(items, tally.failures)
    }

    /// Pipelines to one server, of which two are on their way at once. False when the connection is
    /// lost.
    async fn single(
        &self,
        connection: &::redis::aio::MultiplexedConnection,
        items: &Items<'_>,
        tally: &mut Tally,
    ) -> bool {
        use futures::stream::{FuturesOrdered, StreamExt as _};
        let mut flying = FuturesOrdered::new();
        let mut next = 0;
        let mut lost = None;
        loop {
            while lost.is_none() && flying.len() < 2 && next < items.len() {
                let chunk = Chunk::build(&self.shape, items, next, self.pipeline);
                next = chunk.end();
                let mut connection = connection.clone();
                flying.push_back(async move {
                    let count = chunk.pipe.len();
                    let sending = connection.req_packed_commands(&chunk.pipe, 0, count);
                    let replies = self.in_time(sending).await;
                    (chunk, replies)
                });
            }
            let Some((chunk, replies)) = flying.next().await else {
                break;
            };
            match replies {
                Ok(replies) => tally.replies(&chunk, replies),
                Err(error) => {
                    tally.fail(chunk.start()..chunk.end(), &error);
                    lost = Some(error);
                }
            }
        }
        if let Some(error) = &lost {
            let unsent = OutputError::outage(error.message.clone());
            tally.fail(next..items.len(), &unsent);
        }
        lost.is_none()
    }

    /// Pipelines to a cluster, split by slot. False when a connection is lost.
    async fn cluster(
        &self,
        connection: &::redis::cluster_async::ClusterConnection,
        items: &Items<'_>,
        tally: &mut Tally,
    ) -> bool {
        let mut next = 0;
        while next < items.len() {
            let chunks = Chunk::by_slot(&self.shape, items, next, self.pipeline);
            next = chunks.iter().map(Chunk::end).max().unwrap_or(items.len());
            let sending = chunks.into_iter().map(|chunk| {
                let mut connection = connection.clone();
                async move {
                    let count = chunk.pipe.len();
                    let sending = connection.req_packed_commands(&chunk.pipe, 0, count);
                    let replies = self.in_time(sending).await;
                    (chunk, replies)
                }
            });
            let mut lost = None;
            for (chunk, replies) in futures::future::join_all(sending).await {
                match replies {
                    Ok(replies) => tally.replies(&chunk, replies),
                    Err(error) => {
                        for range in chunk.ranges() {
                            tally.fail(range.clone(), &error);
                        }
                        lost = Some(error);
                    }
                }
            }
            if let Some(error) = lost {
                let unsent = OutputError::outage(error.message);
                tally.fail(next..items.len(), &unsent);
                return false;
            }
        }
        true
    }

    /// Awaits replies; what has none is not sent again where that would make it arrive twice, so its
    /// time must end before that of the whole attempt.
    async fn in_time<T>(
        &self,
        replies: impl Future<Output = ::redis::RedisResult<T>>,
    ) -> Result<T, OutputError> {
        let unanswered = |error: OutputError| {
            if self.again {
                return error;
            }
            OutputError {
                kind: super::OutputErrorKind::Failed,
                ..error
            }
            .help("it may have them; with `at_least_once: true` they are sent again")
        };
        let result = if self.again {
            Ok(replies.await)
        } else {
            tokio::time::timeout(self.limit.mul_f64(0.9), replies).await
        };
        match result {
            Ok(Ok(replies)) => Ok(replies),
            Ok(Err(error)) => Err(unanswered(self.connector.lost(&error))),
            Err(_) => Err(unanswered(OutputError::outage(format!(
                "{} did not answer in time",
                self.connector.shown()
            )))),
        }
    }
}

impl RemoteOutput for RedisOutput {
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
            // Every reply was awaited, so there is nothing to flush.
            drop(self.link.take().await);
            Ok(())
        })
    }
}
