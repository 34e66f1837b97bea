//! Items to commands, replies to failures.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use ::redis::cluster_routing::Slot;
use ::redis::{Cmd, Pipeline, Value};

use crate::output::{Items, OutputError};

use super::client::{moved, verdict};

/// Most values of one RPUSH.
const MOST_VALUES: usize = 10_000;

/// What events become. The first text of the output is the key (or channel).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Publish,
    List,
    /// The second text is the field.
    Hash,
    String {
        ttl: Option<Duration>,
    },
    Stream {
        max_len: Option<u64>,
        /// Names of the texts behind the first; without any, the item is the one field.
        names: Vec<String>,
    },
}

impl Shape {
    /// True when sending an event a second time changes nothing.
    pub fn idempotent(&self) -> bool {
        matches!(self, Self::Hash | Self::String { .. })
    }

    /// The command for the item at `start`, and for those behind it that it can take too; their end.
    fn command(&self, items: &Items<'_>, start: usize) -> (Cmd, usize) {
        let key = items.text(0, start);
        let item = items.get(start);
        let mut cmd = Cmd::with_capacity(8, key.len() + item.len() + 64);
        match self {
            Self::Publish => cmd.arg("PUBLISH").arg(key).arg(item),
            Self::Hash => cmd.arg("HSET").arg(key).arg(items.text(1, start)).arg(item),
            Self::String { ttl } => {
                cmd.arg("SET").arg(key).arg(item);
                if let Some(ttl) = ttl {
                    expiry(&mut cmd, *ttl);
                }
                &mut cmd
            }
            Self::Stream { max_len, names } => {
                cmd.arg("XADD").arg(key);
                if let Some(most) = max_len {
                    cmd.arg("MAXLEN").arg("~").arg(*most);
                }
                cmd.arg("*");
                if names.is_empty() {
                    cmd.arg("data").arg(item);
                }
                for (number, name) in names.iter().enumerate() {
                    cmd.arg(name).arg(items.text(number + 1, start));
                }
                &mut cmd
            }
            Self::List => {
                cmd.arg("RPUSH").arg(key).arg(item);
                let most = items.len().min(start + MOST_VALUES);
                let mut end = start + 1;
                while end < most && items.text(0, end) == key {
                    cmd.arg(items.get(end));
                    end += 1;
                }
                return (cmd, end);
            }
        };
        (cmd, start + 1)
    }
}

fn expiry(cmd: &mut Cmd, ttl: Duration) {
    if ttl.subsec_millis() == 0 {
        cmd.arg("EX").arg(ttl.as_secs());
    } else {
        let ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        cmd.arg("PX").arg(ms);
    }
}

/// A pipeline and the items behind each of its commands.
#[derive(Default)]
pub(super) struct Chunk {
    pub pipe: Pipeline,
    ranges: Vec<Range<usize>>,
}

impl Chunk {
    /// At most `most` commands for the items from `start` on.
    pub fn build(shape: &Shape, items: &Items<'_>, start: usize, most: usize) -> Self {
        let mut chunk = Self {
            pipe: Pipeline::with_capacity(most.min(items.len() - start)),
            ranges: Vec::new(),
        };
        let mut next = start;
        while next < items.len() && chunk.ranges.len() < most {
            let (cmd, end) = shape.command(items, next);
            chunk.pipe.add_command(cmd);
            chunk.ranges.push(next..end);
            next = end;
        }
        chunk
    }

    /// As [`Chunk::build`], apart by slot of a cluster. Messages of channels reach every node.
    pub fn by_slot(shape: &Shape, items: &Items<'_>, start: usize, most: usize) -> Vec<Self> {
        if *shape == Shape::Publish {
            return vec![Self::build(shape, items, start, most)];
        }
        let mut chunks: Vec<Self> = Vec::new();
        let mut places: HashMap<Slot, usize> = HashMap::new();
        let mut next = start;
        for _ in 0..most {
            if next >= items.len() {
                break;
            }
            let slot = Slot::for_key(items.text(0, next));
            let (cmd, end) = shape.command(items, next);
            let place = *places.entry(slot).or_insert(chunks.len());
            if place == chunks.len() {
                chunks.push(Self::default());
            }
            if let Some(chunk) = chunks.get_mut(place) {
                chunk.pipe.add_command(cmd);
                chunk.ranges.push(next..end);
            }
            next = end;
        }
        chunks
    }

    /// Its first item.
    pub fn start(&self) -> usize {
        self.ranges.first().map_or(0, |range| range.start)
    }

    /// The item behind its last.
    pub fn end(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end)
    }

    /// The items of each command.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }
}

/// What an attempt came to.
#[derive(Default)]
pub(super) struct Tally {
    /// By position, in any order.
    pub failures: Vec<(Range<usize>, OutputError)>,
    /// The map of the cluster is stale.
    pub moved: bool,
}

impl Tally {
    /// These were not taken.
    pub fn fail(&mut self, range: Range<usize>, error: &OutputError) {
        if !range.is_empty() {
            self.failures.push((range, error.clone()));
        }
    }

    /// Notes what the server answered to each command.
    pub fn replies(&mut self, chunk: &Chunk, replies: Vec<Value>) {
        let mut replies = replies.into_iter();
        for range in &chunk.ranges {
            match replies.next() {
                Some(Value::ServerError(error)) => {
                    let error = verdict(&error);
                    self.moved |= moved(&error);
                    self.fail(range.clone(), &error);
                }
                Some(_) => {}
                None => self.fail(range.clone(), &OutputError::outage("redis gave no reply")),
            }
        }
    }
}
