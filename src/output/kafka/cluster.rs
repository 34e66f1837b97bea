//! The connection to a cluster: found from the bootstrap servers, with the partitions of topics and a
//! connection to the leader of each that is written to.
//!
//! Nothing is tried twice here, and whatever breaks is thrown away as a whole: the next attempt begins
//! at the bootstrap servers again, which finds brokers that have moved.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rskafka::BackoffConfig;
use rskafka::client::partition::{PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder, Credentials, SaslConfig};
use rustls::ClientConfig;
use tokio::sync::OnceCell;

use crate::output::net::Address;
use crate::output::secret::Secret;
use crate::output::{OutputError, tls};

use super::errors::{Class, Problem};

/// How a cluster is reached.
pub(super) struct Access {
    pub(super) servers: Vec<Address>,
    pub(super) client_id: String,
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) sasl: Option<Sasl>,
    /// Longest time to connect.
    pub(super) limit: Duration,
    /// How long what is known of topics is used.
    pub(super) max_age: Duration,
}

/// Who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sasl {
    pub(super) mechanism: Mechanism,
    pub(super) username: Secret,
    pub(super) password: Secret,
}

/// How we say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    ScramSha256,
    ScramSha512,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access")
            .field("servers", &self.servers)
            .finish_non_exhaustive()
    }
}

/// A connection to a leader, once it is made.
type Leader = Arc<OnceCell<PartitionClient>>;

/// A cluster that was reached.
#[derive(Debug)]
pub(super) struct Cluster {
    client: Client,
    max_age: Duration,
    /// Numbers of partitions and when they were learnt.
    topics: Mutex<HashMap<String, (i32, Instant)>>,
    leaders: Mutex<HashMap<(String, i32), Leader>>,
}

impl Access {
    /// Connects to the first server that answers.
    pub(super) async fn connect(&self) -> Result<Cluster, Problem> {
        let servers = self.servers.iter().map(Address::plain).collect();
        let mut builder = ClientBuilder::new(servers)
            .client_id(self.client_id.as_str())
            .backoff_config(at_once());
        if let Some(tls) = &self.tls {
            builder = builder.tls_config(Arc::clone(tls));
        }
        if let Some(sasl) = &self.sasl {
            builder = builder.sasl_config(sasl.config());
        }
        let reason = match tokio::time::timeout(self.limit, builder.build()).await {
            Ok(Ok(client)) => {
                return Ok(Cluster {
                    client,
                    max_age: self.max_age,
                    topics: Mutex::default(),
                    leaders: Mutex::default(),
                });
            }
            Ok(Err(error)) => Problem::of(&error),
            Err(_) => {
                let limit = self.limit;
                Problem::new(
                    Class::Connection,
                    OutputError::outage(format!("Kafka did not answer within {limit:?}"))
                        .help("check `bootstrap_servers` and `security_protocol`"),
                )
            }
        };
        if reason.class == Class::Connection
            && let Some(error) = self.diagnose().await
        {
            return Err(Problem::new(Class::Connection, error));
        }
        Err(reason)
    }

    /// Why no server can be reached, in better words than the library's; nothing when one can, or when
    /// it cannot be found out soon.
    async fn diagnose(&self) -> Option<OutputError> {
        let limit = self.limit.min(Duration::from_secs(2));
        let looking = async {
            let mut first = None;
            for server in &self.servers {
                match self.look(server, limit).await {
                    Ok(()) => return None,
                    Err(error) => first.get_or_insert(error),
                };
            }
            first
        };
        let found: Option<OutputError> = tokio::time::timeout(limit, looking).await.ok()?;
        found.map(|error| {
            let message = format!("no connection to Kafka: {}", error.message);
            OutputError { message, ..error }
        })
    }

    /// Connects and lets go.
    async fn look(&self, server: &Address, limit: Duration) -> Result<(), OutputError> {
        let stream = server.connect(limit).await?;
        if let Some(config) = &self.tls {
            tls::connect(config, None, server.host(), stream).await?;
        }
        Ok(())
    }
}

impl Sasl {
    fn config(&self) -> SaslConfig {
        let name = self.username.expose().to_owned();
        let credentials = Credentials::new(name, self.password.expose().to_owned());
        match self.mechanism {
            Mechanism::Plain => SaslConfig::Plain(credentials),
            Mechanism::ScramSha256 => SaslConfig::ScramSha256(credentials),
            Mechanism::ScramSha512 => SaslConfig::ScramSha512(credentials),
        }
    }
}

/// The library tries again and again by itself; here is who decides that.
fn at_once() -> BackoffConfig {
    BackoffConfig {
        init_backoff: Duration::from_millis(1),
        max_backoff: Duration::from_millis(1),
        base: 2.0,
        deadline: Some(Duration::ZERO),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cluster {
    /// How many partitions a topic has, at least 1. One that is not there may be made by the brokers
    /// because it was asked for.
    pub(super) async fn partitions(&self, topic: &str) -> Result<i32, Problem> {
        if let Some((count, learnt)) = locked(&self.topics).get(topic)
            && learnt.elapsed() < self.max_age
        {
            return Ok(*count);
        }
        self.learn().await?;
        if let Some((count, _)) = locked(&self.topics).get(topic) {
            return Ok(*count);
        }
        self.leader(topic, 0).await?;
        self.learn().await?;
        match locked(&self.topics).get(topic) {
            Some((count, _)) => Ok(*count),
            None => Err(Problem::new(
                Class::Again,
                OutputError::outage(format!("there is no topic `{topic}`"))
                    .help("create the topic, or let the brokers create topics"),
            )),
        }
    }

    async fn learn(&self) -> Result<(), Problem> {
        let found = self.client.list_topics().await;
        let found = found.map_err(|error| Problem::of(&error))?;
        let now = Instant::now();
        let mut topics = locked(&self.topics);
        topics.clear();
        topics.extend(found.into_iter().filter_map(|topic| {
            let count = i32::try_from(topic.partitions.len()).ok()?;
            (count > 0).then_some((topic.name, (count, now)))
        }));
        Ok(())
    }

    /// The connection to the leader of a partition.
    pub(super) async fn leader(&self, topic: &str, partition: i32) -> Result<Leader, Problem> {
        let leader = {
            let mut leaders = locked(&self.leaders);
            let leader = leaders.entry((topic.to_owned(), partition)).or_default();
            Arc::clone(leader)
        };
        let connecting = || {
            let unknown = UnknownTopicHandling::Error;
            self.client.partition_client(topic, partition, unknown)
        };
        match leader.get_or_try_init(connecting).await {
            Ok(_) => Ok(leader),
            Err(error) => Err(Problem::of(&error)),
        }
    }
}
