//! Items to frames.

use hyper::body::Bytes;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::output::{Items, OutputError};

/// The frame of each item, over one piece of memory; an error where an item cannot be one.
pub(super) fn build(items: &Items<'_>, binary: bool) -> Vec<Result<Message, OutputError>> {
    let mut room = (Vec::new(), Vec::new());
    let (joined, ends) = items.joined(&mut room);
    let bytes = Bytes::copy_from_slice(joined);
    let mut start = 0;
    let frames = ends.iter().map(|&end| {
        let piece = bytes.slice(start.min(end)..end);
        start = end;
        if binary {
            return Ok(Message::Binary(piece));
        }
        Utf8Bytes::try_from(piece).map(Message::Text).map_err(|_| {
            OutputError::failed("an event is no UTF-8 text").help("`frame: binary` takes any bytes")
        })
    });
    frames.collect()
}
