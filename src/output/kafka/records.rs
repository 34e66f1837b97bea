//! Items as records of Kafka, and records in batches of bounded size.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use rskafka::record::Record;

use crate::output::write::encode_item;
use crate::output::{Encoding, Items, OutputError};

use super::murmur2;

/// Bytes of a batch without records.
const BATCH: usize = 61;
/// Most bytes that a record has beside its parts.
const RECORD: usize = 21;

/// How items become records.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) encoding: Encoding,
    /// Why nothing can be encoded.
    pub(super) no_encoding: Option<OutputError>,
    /// The key of all messages, encoded.
    pub(super) key: Option<Vec<u8>>,
    /// Number of the text that is each message's key.
    pub(super) key_text: Option<usize>,
    /// Names of headers; their texts begin at `headers_text`.
    pub(super) headers: Vec<String>,
    pub(super) headers_text: usize,
    pub(super) max_batch: usize,
    pub(super) max_request: usize,
}

/// Records for one partition, with the positions of their items.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) positions: Vec<usize>,
    pub(super) records: Vec<Record>,
    /// At most that many bytes as a batch.
    size: usize,
}

/// Topic and partition.
pub(super) type Place = (String, i32);

impl Recipe {
    /// The record of an item.
    pub(super) fn record(
        &self,
        items: &Items<'_>,
        position: usize,
        timestamp: DateTime<Utc>,
    ) -> Result<Record, OutputError> {
        if let Some(error) = &self.no_encoding {
            return Err(error.clone());
        }
        let mut value = Vec::new();
        encode_item(items.get(position), &self.encoding, true, &mut value)?;
        let key = match (&self.key, self.key_text) {
            (Some(key), _) => Some(key.clone()),
            (None, Some(text)) => self.encoded(items.text(text, position))?,
            (None, None) => None,
        };
        let mut headers = BTreeMap::new();
        for (text, name) in (self.headers_text..).zip(&self.headers) {
            let value = items.text(text, position).as_bytes().to_vec();
            headers.insert(name.clone(), value);
        }
        let record = Record {
            key,
            value: Some(value),
            headers,
            timestamp,
        };
        let size = BATCH + RECORD + size(&record);
        if size > self.max_request {
            let limit = self.max_request;
            return Err(OutputError::failed(format!(
                "a message of {size} bytes is larger than `max_request_size` ({limit})"
            ))
            .help("raise `max_request_size`, as far as the topic takes it"));
        }
        Ok(record)
    }

    /// A key; an empty one is none.
    pub(super) fn encoded(&self, key: &str) -> Result<Option<Vec<u8>>, OutputError> {
        encoded(key, &self.encoding)
    }

    /// Adds a record to the batches of its partition.
    pub(super) fn add(
        &self,
        chunks: &mut Vec<Chunk>,
        position: usize,
        record: Record,
        alone: bool,
    ) {
        let limit = self.max_batch.min(self.max_request);
        let more = size(&record) + RECORD;
        match chunks.last_mut() {
            Some(last) if !alone && last.size + more <= limit => {
                last.size += more;
                last.positions.push(position);
                last.records.push(record);
            }
            _ => chunks.push(Chunk {
                positions: vec![position],
                records: vec![record],
                size: BATCH + more,
            }),
        }
    }
}

impl Chunk {
    /// Bytes of keys and values.
    pub(super) fn bytes(&self) -> u64 {
        let one = |record: &Record| {
            let key = record.key.as_ref().map_or(0, Vec::len);
            key + record.value.as_ref().map_or(0, Vec::len)
        };
        self.records.iter().map(one).sum::<usize>() as u64
    }
}

/// A key in an encoding, with its mark; an empty one is none.
pub(super) fn encoded(key: &str, encoding: &Encoding) -> Result<Option<Vec<u8>>, OutputError> {
    if key.is_empty() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    encode_item(key.as_bytes(), encoding, true, &mut bytes)?;
    Ok(Some(bytes))
}

/// Batches by partition.
pub(super) type Plan = HashMap<Place, Vec<Chunk>>;

/// The partition of a record: that of its key, or any.
pub(super) fn partition(record: &Record, count: i32, chance: u64) -> i32 {
    match &record.key {
        Some(key) => murmur2::partition(key, count),
        None => {
            let scaled = (u128::from(chance) * u128::from(count.unsigned_abs())) >> 64;
            i32::try_from(scaled).unwrap_or(0)
        }
    }
}

/// Bytes of a record's parts as they are written.
fn size(record: &Record) -> usize {
    let part = |bytes: Option<&Vec<u8>>| match bytes {
        Some(bytes) => varint(bytes.len()) + bytes.len(),
        None => 1,
    };
    let headers = record
        .headers
        .iter()
        .map(|(name, value)| varint(name.len()) + name.len() + varint(value.len()) + value.len());
    part(record.key.as_ref())
        + part(record.value.as_ref())
        + varint(record.headers.len())
        + headers.sum::<usize>()
}

/// Bytes of a length: seven bits each, one of them for the sign.
fn varint(len: usize) -> usize {
    let mut rest = len >> 6;
    let mut bytes = 1;
    while rest > 0 {
        rest >>= 7;
        bytes += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: &str, value: usize) -> Record {
        Record {
            key: (!key.is_empty()).then(|| key.as_bytes().to_vec()),
            value: Some(vec![b'x'; value]),
            headers: BTreeMap::new(),
            timestamp: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn sizes_are_those_of_the_reference() {
        // Its error message of the recorded case.
        assert_eq!(BATCH + RECORD + size(&record("k", 150)), 237);
        assert_eq!(size(&record("", 0)), 3);
        assert_eq!([0, 63, 64, 8191, 8192].map(varint), [1, 1, 2, 2, 3]);
    }

    #[test]
    fn partitions_without_a_key_cover_all() {
        let keyless = record("", 1);
        assert_eq!(partition(&keyless, 4, 0), 0);
        assert_eq!(partition(&keyless, 4, u64::MAX / 2), 1);
        assert_eq!(partition(&keyless, 4, u64::MAX), 3);
        assert_eq!(partition(&record("a", 1), 4, 0), 0);
        assert_eq!(partition(&record("my-key", 1), 4, u64::MAX), 1);
    }

    #[test]
    fn batches_are_bounded_and_too_large_messages_go_alone() {
        let recipe = Recipe {
            encoding: Encoding::Utf8,
            no_encoding: None,
            key: None,
            key_text: None,
            headers: Vec::new(),
            headers_text: 0,
            max_batch: 300,
            max_request: 1_000,
        };
        let mut chunks = Vec::new();
        for (position, len) in [50, 50, 50, 500, 50].into_iter().enumerate() {
            recipe.add(&mut chunks, position, record("", len), false);
        }
        recipe.add(&mut chunks, 5, record("", 1), true);
        let positions: Vec<&[usize]> = chunks.iter().map(|one| one.positions.as_slice()).collect();
        assert_eq!(positions, [&[0, 1, 2][..], &[3], &[4], &[5]]);
    }
}
