//! librdkafka's mock cluster, and reading back what was written to it with librdkafka's consumer.
#![allow(dead_code, reason = "shared by test binaries")]

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message as _};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::{ClientConfig, Offset, Timestamp, TopicPartitionList};
use rskafka::client::ClientBuilder;
use rskafka::client::partition::{PartitionClient, UnknownTopicHandling};

/// Longest wait for the cluster; passing it is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cluster.
pub struct Cluster {
    pub mock: MockCluster<'static, DefaultProducerContext>,
    /// Its first broker, as `host:port`.
    pub servers: String,
}

/// A message that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub partition: i32,
    pub offset: i64,
    pub key: Option<Vec<u8>>,
    pub value: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    /// Its time is that of its creation.
    pub created: bool,
}

impl Message {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.value).unwrap()
    }
}

impl Cluster {
    pub fn new(brokers: i32) -> Self {
        let mock = MockCluster::new(brokers).unwrap();
        let servers = mock.bootstrap_servers();
        Self { mock, servers }
    }

    /// Its servers as a list of YAML.
    pub fn list(&self) -> String {
        format!("[{}]", self.servers.replace(',', ", "))
    }

    fn consumer(&self) -> BaseConsumer {
        ClientConfig::new()
            .set("bootstrap.servers", &self.servers)
            .set("group.id", "reader")
            .set("enable.auto.commit", "false")
            .create()
            .unwrap()
    }

    /// Number of partitions; 0 when there is no such topic.
    pub fn partitions(&self, topic: &str) -> usize {
        let all = self.consumer().fetch_metadata(None, PATIENCE).unwrap();
        let mut topics = all.topics().iter();
        let found = topics.find(|known| known.name() == topic);
        found.map_or(0, |found| found.partitions().len())
    }

    /// All messages of a topic, by partition and offset.
    pub fn read(&self, topic: &str) -> Vec<Message> {
        let count = self.partitions(topic);
        let consumer = self.consumer();
        let mut assignment = TopicPartitionList::new();
        let mut expected = 0;
        for partition in 0..i32::try_from(count).unwrap() {
            let (low, high) = consumer
                .fetch_watermarks(topic, partition, PATIENCE)
                .unwrap();
            expected += usize::try_from(high - low).unwrap();
            assignment
                .add_partition_offset(topic, partition, Offset::Beginning)
                .unwrap();
        }
        consumer.assign(&assignment).unwrap();
        let deadline = Instant::now() + PATIENCE;
        let mut messages = Vec::with_capacity(expected);
        while messages.len() < expected {
            assert!(
                Instant::now() < deadline,
                "{} of {expected}",
                messages.len()
            );
            let Some(message) = consumer.poll(Duration::from_millis(100)) else {
                continue;
            };
            let message = message.unwrap();
            let headers = message.headers().into_iter().flat_map(|headers| {
                headers.iter().map(|one| {
                    let value = one.value.unwrap_or_default().to_vec();
                    (one.key.to_owned(), value)
                })
            });
            messages.push(Message {
                partition: message.partition(),
                offset: message.offset(),
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().unwrap_or_default().to_vec(),
                headers: headers.collect(),
                created: matches!(message.timestamp(), Timestamp::CreateTime(_)),
            });
        }
        messages.sort_by_key(|message| (message.partition, message.offset));
        messages
    }

    /// As [`Cluster::read`], by the library that wrote it: librdkafka has no zlib and no zstd here.
    pub fn read_compressed(&self, topic: &str) -> Vec<Message> {
        let count = i32::try_from(self.partitions(topic)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let servers = self.servers.split(',').map(str::to_owned).collect();
            let client = ClientBuilder::new(servers).build().await.unwrap();
            let mut messages = Vec::new();
            for partition in 0..count {
                let unknown = UnknownTopicHandling::Error;
                let reader = client.partition_client(topic, partition, unknown);
                messages.extend(read_partition(&reader.await.unwrap(), partition).await);
            }
            messages
        })
    }
}

async fn read_partition(reader: &PartitionClient, partition: i32) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut next = 0;
    loop {
        let fetched = reader.fetch_records(next, 1..10_000_000, 100).await;
        let (records, high) = fetched.unwrap();
        for one in records {
            next = one.offset + 1;
            messages.push(Message {
                partition,
                offset: one.offset,
                key: one.record.key,
                value: one.record.value.unwrap(),
                headers: Vec::new(),
                created: true,
            });
        }
        if next >= high {
            return messages;
        }
    }
}
