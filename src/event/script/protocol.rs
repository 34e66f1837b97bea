//! What goes over the two pipes: requests with many timestamps, answers with many events. Bytes only,
//! no process.
//!
//! Integers are little-endian. A request is its kind, the length of its body and the body. An answer has
//! a head of its own ([`HEAD`] bytes), 32-bit numbers that say what became of each timestamp, and the
//! texts of all events and reports end to end.

use std::io::{self, Read};
use std::sync::Arc;

use serde_json::Value;

use crate::time::{Civil, Moment, SECOND_US};

const MAGIC: u32 = 0x4556_5457;
const HEAD: usize = 17;
/// What a list, a signal or a report has in place of the length of an event.
const LIST: u32 = 0xFFFF_FFFF;
const DROPPED: u32 = 0xFFFF_FFFE;
const EXHAUSTED: u32 = 0xFFFF_FFFD;
const FAILED: u32 = 0xFFFF_FFFC;

/// Most numbers of one answer: far beyond what a script gives for one batch.
const MOST_HEADS: usize = 64 << 20;

/// The request that ends the worker.
pub(super) const END: [u8; 5] = [b'E', 0, 0, 0, 0];

/// The first request: options and the script's own text.
pub(super) fn start(options: &Value, script: &[u8]) -> Vec<u8> {
    let options = options.to_string();
    let mut body = Vec::with_capacity(options.len() + script.len() + 4);
    body.extend_from_slice(&length(options.len()));
    body.extend_from_slice(options.as_bytes());
    body.extend_from_slice(script);
    let mut out = Vec::new();
    frame(b'I', &body, &mut out);
    out
}

/// The tags that the next free index stands for.
pub(super) fn tags(tags: &[Arc<str>], out: &mut Vec<u8>) {
    let list: Value = tags.iter().map(|tag| Value::from(&**tag)).collect();
    frame(b'T', list.to_string().as_bytes(), out);
}

/// A batch of timestamps with the index of their tags.
pub(super) fn batch<'a>(
    number: u32,
    rows: impl Iterator<Item = &'a (Moment, u16)>,
    out: &mut Vec<u8>,
) {
    let mut body = number.to_le_bytes().to_vec();
    for (at, tags) in rows {
        let date = Civil::of(at.wall_us);
        let seconds = date.tod_us / SECOND_US;
        let micro = date.tod_us % SECOND_US;
        // All parts are in the range of their type by construction of a civil date.
        body.extend_from_slice(&u16::try_from(date.year).unwrap_or(1).to_le_bytes());
        let parts = [
            i64::from(date.month),
            i64::from(date.day),
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
        ];
        body.extend(parts.map(|part| u8::try_from(part).unwrap_or(0)));
        body.extend_from_slice(&u32::try_from(micro).unwrap_or(0).to_le_bytes());
        body.extend_from_slice(&at.offset_s.to_le_bytes());
        body.extend_from_slice(&tags.to_le_bytes());
    }
    frame(b'B', &body, out);
}

fn frame(kind: u8, body: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend_from_slice(&length(body.len()));
    out.extend_from_slice(body);
}

fn length(bytes: usize) -> [u8; 4] {
    // Scripts are limited to some megabytes, batches to some kilobytes.
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The script is loaded.
    Ready,
    /// It cannot be used; the report says why.
    Refused,
    /// Results of a part of a batch; more follow.
    Part,
    /// The last results of a batch.
    Done,
    /// A call lasts too long; the worker has ended.
    Hang,
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) kind: Kind,
    /// Of the batch; 0 where none is meant.
    pub(super) number: u32,
    /// Numbers, then texts.
    body: Vec<u8>,
    /// Where the next number lies.
    head: usize,
    /// Where the next text lies.
    text: usize,
    /// Where the texts begin.
    texts: usize,
}

/// What became of one timestamp.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told<'a> {
    /// One event.
    One(&'a str),
    /// Any number of events.
    Many(Vec<&'a str>),
    /// The script asked to drop it.
    Dropped,
    /// The script has no more.
    Exhausted,
    /// It failed; the report is JSON.
    Failed(&'a str),
}

impl Answer {
    /// Reads the next answer; `None` when the worker closed its end between two of them.
    ///
    /// # Errors
    /// Those of reading; [`io::ErrorKind::InvalidData`] for what is no answer, such as output of a
    /// script that found the pipe.
    pub(super) fn read(reader: &mut impl Read, most: usize) -> io::Result<Option<Self>> {
        let mut head = [0; HEAD];
        if !fill(reader, &mut head)? {
            return Ok(None);
        }
        let number = |at: usize| {
            let bytes = head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            u32::from_le_bytes(bytes.unwrap_or_default())
        };
        let kind = match head.get(4) {
            Some(b'R') => Kind::Ready,
            Some(b'X') => Kind::Refused,
            Some(b'P') => Kind::Part,
            Some(b'D') => Kind::Done,
            Some(b'H') => Kind::Hang,
            _ => return Err(garbage()),
        };
        let heads = usize::try_from(number(9)).unwrap_or(usize::MAX);
        let texts = usize::try_from(number(13)).unwrap_or(usize::MAX);
        // A flush comes at the latest with the event that fills the buffer.
        let most = most.saturating_add(1 << 20);
        if number(0) != MAGIC || heads > MOST_HEADS || texts > most {
            return Err(garbage());
        }
        let mut body = vec![0; heads * 4 + texts];
        reader.read_exact(&mut body)?;
        let texts = heads * 4;
        Ok(Some(Self {
            kind,
            number: number(5),
            body,
            head: 0,
            text: texts,
            texts,
        }))
    }

    /// The report of an answer that is no result.
    pub(super) fn report(&self) -> Value {
        let text = self.body.get(self.texts..).unwrap_or_default();
        serde_json::from_slice(text).unwrap_or(Value::Null)
    }

    /// True when every result was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.head == self.texts
    }

    /// The next result; `None` when there is none or the answer contradicts itself.
    pub(super) fn next(&mut self) -> Option<Told<'_>> {
        let first = self.number()?;
        Some(match first {
            DROPPED => Told::Dropped,
            EXHAUSTED => Told::Exhausted,
            FAILED => {
                let len = self.number()?;
                Told::Failed(self.text(len)?)
            }
            LIST => {
                let count = self.number()?;
                let lens = (0..count).map(|_| self.number());
                let lens = lens.collect::<Option<Vec<u32>>>()?;
                let mut ranges = Vec::with_capacity(lens.len());
                for len in lens {
                    ranges.push(self.range(len)?);
                }
                let texts = ranges.into_iter().map(|range| self.str(range));
                Told::Many(texts.collect::<Option<_>>()?)
            }
            len => Told::One(self.text(len)?),
        })
    }

    fn number(&mut self) -> Option<u32> {
        if self.head >= self.texts {
            return None;
        }
        let bytes = self.body.get(self.head..self.head + 4)?;
        self.head += 4;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    fn range(&mut self, len: u32) -> Option<(usize, usize)> {
        let start = self.text;
        let end = start.checked_add(usize::try_from(len).ok()?)?;
        self.text = end;
        Some((start, end))
    }

    fn text(&mut self, len: u32) -> Option<&str> {
        let range = self.range(len)?;
        self.str(range)
    }

    fn str(&self, (start, end): (usize, usize)) -> Option<&str> {
        std::str::from_utf8(self.body.get(start..end)?).ok()
    }
}

/// Fills the buffer; false when the end came before its first byte.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    loop {
        let (first, rest) = buffer.split_at_mut(1.min(buffer.len()));
        match reader.read(first) {
            Ok(0) => return Ok(false),
            Ok(_) => return reader.read_exact(rest).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn garbage() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn answer(heads: &[u32], text: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_le_bytes().to_vec();
        bytes.push(b'D');
        for number in [7, heads.len(), text.len()] {
            bytes.extend_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
        }
        heads
            .iter()
            .for_each(|head| bytes.extend_from_slice(&head.to_le_bytes()));
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> io::Result<Option<Answer>> {
        Answer::read(&mut &bytes[..], 1000)
    }

    #[test]
    fn results_come_back_in_order() {
        let bytes = answer(
            &[2, DROPPED, LIST, 2, 1, 0, FAILED, 2, LIST, 0, EXHAUSTED],
            "abc{}",
        );
        let mut found = read(&bytes).unwrap().unwrap();
        assert_eq!((found.kind, found.number), (Kind::Done, 7));
        assert_eq!(found.next(), Some(Told::One("ab")));
        assert_eq!(found.next(), Some(Told::Dropped));
        assert_eq!(found.next(), Some(Told::Many(vec!["c", ""])));
        assert_eq!(found.next(), Some(Told::Failed("{}")));
        assert_eq!(found.next(), Some(Told::Many(vec![])));
        assert!(!found.is_empty());
        assert_eq!(found.next(), Some(Told::Exhausted));
        assert!(found.is_empty());
        assert_eq!(found.next(), None);
    }

    #[test]
    fn what_is_no_answer_is_an_error_and_never_a_panic() {
        assert!(read(b"").unwrap().is_none());
        let good = answer(&[2], "ab");
        for cut in 1..good.len() {
            assert!(read(&good[..cut]).is_err(), "{cut}");
        }
        for at in 0..5 {
            let mut bad = good.clone();
            bad[at] ^= 0xFF;
            assert!(read(&bad).is_err(), "{at}");
        }
        assert!(read(&answer(&[2000], &"x".repeat(2 << 20))).is_err());
        for heads in [
            &[3][..],
            &[LIST],
            &[LIST, 3, 1],
            &[LIST, 1, 9],
            &[FAILED],
            &[FAILED, 9],
        ] {
            assert_eq!(read(&answer(heads, "ab")).unwrap().unwrap().next(), None);
        }
        let mut cut_in_two = read(&answer(&[1, 1], "é")).unwrap().unwrap();
        assert_eq!(cut_in_two.next(), None);
    }

    #[test]
    fn a_row_holds_the_wall_clock() {
        let at = Moment {
            wall_us: 1_772_352_000_123_456,
            offset_s: -3600,
        };
        let mut out = Vec::new();
        batch(9, [(at, 3)].iter(), &mut out);
        assert_eq!(out[..5], [b'B', 21, 0, 0, 0]);
        assert_eq!(out[5..9], [9, 0, 0, 0]);
        assert_eq!(out[9..16], [0xEA, 0x07, 3, 1, 8, 0, 0]);
        assert_eq!(out[16..20], 123_456_u32.to_le_bytes());
        assert_eq!(out[20..24], (-3600_i32).to_le_bytes());
        assert_eq!(out[24..], [3, 0]);
    }
}
