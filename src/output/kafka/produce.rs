//! One attempt: items become records, records go to the leaders of their partitions, several batches
//! of a partition under way at once and in order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesOrdered, StreamExt};
use rskafka::client::partition::Compression;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::output::{Items, OutputError, Receipt, RemoteOutput};

use super::cluster::{Access, Cluster};
use super::errors::{Class, Problem};
use super::records::{Chunk, Place, Plan, Recipe, partition};

/// Requests under way for a partition. The connections wait for small answers (they do not turn
/// Nagle's algorithm off), which costs nothing while others are under way.
const IN_FLIGHT: usize = 8;

/// Number of the text that is the topic.
pub(super) const TOPIC: usize = 0;

/// The output.
#[derive(Debug)]
pub(super) struct Kafka {
    pub(super) access: Access,
    pub(super) recipe: Recipe,
    pub(super) compression: Compression,
    /// Why it cannot be opened whatever the brokers say.
    pub(super) unready: Option<OutputError>,
    /// Connections that were idle for that long are not used again.
    pub(super) idle: Duration,
    /// For how long an attempt tries again by itself, and the wait in between; not at all where the
    /// pipeline does.
    pub(super) patience: Option<Duration>,
    pub(super) pause: Duration,
    pub(super) known: Known,
}

/// What is kept between attempts.
#[derive(Debug, Default)]
pub(super) struct Known {
    cluster: Mutex<Option<(Arc<Cluster>, Instant)>>,
    /// An attempt was given up half-way: its connections may never answer again.
    stale: AtomicBool,
    chance: AtomicU64,
}

/// Marks the cluster as stale, unless the attempt comes to its end.
struct Unfinished<'a>(&'a AtomicBool);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The state of an attempt.
#[derive(Default)]
struct Job {
    decided: Vec<bool>,
    /// Positions that go alone: a batch with them was too large.
    alone: HashSet<usize>,
    failures: Vec<(usize, OutputError)>,
    bytes: u64,
    /// Why there are undecided items after a round.
    problem: Option<Problem>,
}

impl Job {
    fn fail(&mut self, position: usize, error: OutputError) {
        if let Some(decided) = self.decided.get_mut(position) {
            *decided = true;
            self.failures.push((position, error));
        }
    }

    fn pending(&self) -> Vec<usize> {
        let decided = self.decided.iter().enumerate();
        decided
            .filter(|(_, decided)| !**decided)
            .map(|(position, _)| position)
            .collect()
    }

    /// Notes what came of a batch.
    fn settle(&mut self, positions: &[usize], bytes: u64, outcome: Result<(), Problem>) {
        match outcome {
            Ok(()) => {
                self.bytes += bytes;
                for position in positions {
                    if let Some(decided) = self.decided.get_mut(*position) {
                        *decided = true;
                    }
                }
            }
            Err(problem) if problem.class == Class::TooLarge && positions.len() > 1 => {
                self.alone.extend(positions);
            }
            Err(problem) if matches!(problem.class, Class::TooLarge | Class::Refused) => {
                for position in positions {
                    self.fail(*position, problem.error.clone());
                }
            }
            Err(problem) => {
                // That of a connection says more than the others.
                let known = self.problem.as_ref();
                if known.is_none_or(|known| known.class != Class::Connection) {
                    self.problem = Some(problem);
                }
            }
        }
    }

    fn receipt(mut self) -> Receipt {
        self.failures.sort_by_key(|(position, _)| *position);
        let mut receipt = Receipt {
            bytes: self.bytes,
            ..Receipt::default()
        };
        for (position, error) in self.failures {
            receipt.fail(position, error);
        }
        receipt
    }
}

impl Kafka {
    /// The cluster, and whether it was known before.
    async fn cluster(&self) -> Result<(Arc<Cluster>, bool), Problem> {
        let mut known = self.known.cluster.lock().await;
        let stale = self.known.stale.swap(false, Ordering::Relaxed);
        if let Some((cluster, used)) = known.as_mut().filter(|_| !stale)
            && (self.idle.is_zero() || used.elapsed() < self.idle)
        {
            *used = Instant::now();
            return Ok((Arc::clone(cluster), true));
        }
        *known = None;
        let cluster = Arc::new(self.access.connect().await?);
        *known = Some((Arc::clone(&cluster), Instant::now()));
        Ok((cluster, false))
    }

    async fn attempt(&self, items: &Items<'_>) -> Receipt {
        let unfinished = Unfinished(&self.known.stale);
        let began = Instant::now();
        let mut job = Job {
            decided: vec![false; items.len()],
            ..Job::default()
        };
        let mut renewed = false;
        loop {
            let pending = job.pending();
            if pending.is_empty() {
                break;
            }
            let alone = job.alone.len();
            job.problem = None;
            let known = self.round(items, &pending, &mut job).await;
            let Some(problem) = job.problem.clone() else {
                if job.alone.len() == alone && !job.pending().is_empty() {
                    // Cannot be; and must not go on forever.
                    job.problem = Some(Problem::lost("no answer for some messages"));
                } else {
                    continue;
                }
                break;
            };
            if problem.class == Class::Connection {
                *self.known.cluster.lock().await = None;
                if known && !renewed {
                    // A connection that has stood for a while may just have been closed.
                    renewed = true;
                    continue;
                }
            }
            let left = self.patience.unwrap_or_default();
            if began.elapsed() + self.pause >= left || problem.class == Class::Refused {
                break;
            }
            tokio::time::sleep(self.pause).await;
        }
        std::mem::forget(unfinished);
        if let Some(problem) = job.problem.take() {
            for position in job.pending() {
                job.fail(position, problem.error.clone());
            }
        }
        job.receipt()
    }

    /// Sends all pending items once; true when the cluster was known before.
    async fn round(&self, items: &Items<'_>, pending: &[usize], job: &mut Job) -> bool {
        let (cluster, known) = match self.cluster().await {
            Ok(found) => found,
            Err(problem) => {
                job.problem = Some(problem);
                return false;
            }
        };
        let plan = self.plan(items, pending, job, &cluster).await;
        let mut sending = JoinSet::new();
        for (place, chunks) in plan {
            let cluster = Arc::clone(&cluster);
            sending.spawn(deliver(cluster, place, chunks, self.compression));
        }
        while let Some(joined) = sending.join_next().await {
            match joined {
                Ok(outcomes) => {
                    for (positions, bytes, outcome) in outcomes {
                        job.settle(&positions, bytes, outcome);
                    }
                }
                Err(error) => job.problem = Some(Problem::lost(&error.to_string())),
            }
        }
        known
    }

    /// Sorts records into batches by partition. What cannot be sent is decided in the job.
    async fn plan(
        &self,
        items: &Items<'_>,
        pending: &[usize],
        job: &mut Job,
        cluster: &Cluster,
    ) -> Plan {
        let now = Utc::now();
        let mut plan = Plan::new();
        let mut counts: HashMap<&str, Result<i32, Problem>> = HashMap::new();
        for &position in pending {
            let record = match self.recipe.record(items, position, now) {
                Ok(record) => record,
                Err(error) => {
                    job.fail(position, error);
                    continue;
                }
            };
            let topic = items.text(TOPIC, position);
            if !counts.contains_key(topic) {
                counts.insert(topic, cluster.partitions(topic).await);
            }
            match counts.get(topic).cloned().unwrap_or(Ok(1)) {
                Ok(count) => {
                    let place = (topic.to_owned(), partition(&record, count, self.chance()));
                    let chunks = plan.entry(place).or_default();
                    let alone = job.alone.contains(&position);
                    self.recipe.add(chunks, position, record, alone);
                }
                Err(problem) => job.settle(&[position], 0, Err(problem)),
            }
        }
        plan
    }

    /// A number from a stream that looks random.
    fn chance(&self) -> u64 {
        // SplitMix64.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.known.chance.fetch_add(STEP, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Known {
    pub(super) fn new() -> Self {
        use std::hash::{BuildHasher, RandomState};
        Self {
            chance: AtomicU64::new(RandomState::new().hash_one(0)),
            ..Self::default()
        }
    }
}

type Outcome = (Vec<usize>, u64, Result<(), Problem>);

/// Sends the batches of a partition. After one that failed for now no more are begun, so that those
/// behind it do not overtake it.
async fn deliver(
    cluster: Arc<Cluster>,
    place: Place,
    chunks: Vec<Chunk>,
    compression: Compression,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(chunks.len());
    let mut waiting = chunks.into_iter();
    let mut broken = None;
    let leader = cluster.leader(&place.0, place.1).await;
    match leader.as_ref().map(|leader| leader.get()) {
        Ok(Some(leader)) => {
            let mut flying = FuturesOrdered::new();
            loop {
                while broken.is_none() && flying.len() < IN_FLIGHT {
                    let Some(chunk) = waiting.next() else {
                        break;
                    };
                    flying.push_back(async move {
                        let bytes = chunk.bytes();
                        let sent = leader.produce(chunk.records, compression).await;
                        let sent = sent.map(drop).map_err(|error| Problem::of(&error));
                        (chunk.positions, bytes, sent)
                    });
                }
                let Some(outcome) = flying.next().await else {
                    break;
                };
                if let Err(problem) = &outcome.2
                    && matches!(problem.class, Class::Connection | Class::Again)
                {
                    broken.get_or_insert_with(|| problem.clone());
                }
                outcomes.push(outcome);
            }
        }
        Ok(None) => broken = Some(Problem::lost("no connection to a leader")),
        Err(problem) => broken = Some(problem.clone()),
    }
    if let Some(problem) = broken {
        outcomes.extend(waiting.map(|chunk| (chunk.positions, 0, Err(problem.clone()))));
    }
    outcomes
}

impl RemoteOutput for Kafka {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            if let Some(error) = &self.unready {
                return Err(error.clone());
            }
            match self.cluster().await {
                Ok(_) => Ok(()),
                Err(problem) => Err(problem.error),
            }
        }
        .boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        async move { self.attempt(&items).await }.boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        async {
            // Everything sent was answered.
            *self.known.cluster.lock().await = None;
            Ok(())
        }
        .boxed()
    }
}
