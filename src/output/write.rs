//! What the outputs that write text to a stream share: encoding items and writing whole slices.

use std::io::{self, Write};
use std::time::Duration;

use super::{Encoding, Items, OutputError};

/// Reused memory: bytes, and the offsets at which items end in them.
pub(super) type Room = (Vec<u8>, Vec<usize>);

/// An item that could not be encoded.
#[derive(Debug)]
pub(super) struct EncodeFailure {
    /// Its position.
    pub(super) item: usize,
    /// Why, for the person at the terminal.
    pub(super) error: OutputError,
}

/// Appends items to `out` in `encoding`, with a byte order mark before each when
/// `marks` is set, and the end of each to `ends`.
///
/// # Errors
/// At the first item with a character that the encoding does not have; `out` then holds the items
/// before it.
pub(super) fn encode_items(
    items: &Items<'_>,
    encoding: &Encoding,
    marks: bool,
    out: &mut Vec<u8>,
    mut ends: Option<&mut Vec<usize>>,
) -> Result<(), EncodeFailure> {
    for (index, item) in items.iter().enumerate() {
        encode_item(item, encoding, marks, out)
            .map_err(|error| EncodeFailure { item: index, error })?;
        if let Some(ends) = &mut ends {
            ends.push(out.len());
        }
    }
    Ok(())
}

/// Appends an item to `out` in `encoding`, with a byte order mark before it when `mark` is set.
///
/// # Errors
/// When it has a character that the encoding does not have; `out` is then as before.
pub(super) fn encode_item(
    item: &[u8],
    encoding: &Encoding,
    mark: bool,
    out: &mut Vec<u8>,
) -> Result<(), OutputError> {
    let before = out.len();
    if mark {
        out.extend_from_slice(encoding.mark());
    }
    let failed = match std::str::from_utf8(item) {
        Ok(text) => encoding.encode(text, out).err(),
        Err(_) => Some(char::REPLACEMENT_CHARACTER),
    };
    let Some(char) = failed else {
        return Ok(());
    };
    out.truncate(before);
    let error = OutputError::failed(format!(
        "the encoding has no character for {char:?} (U+{:04X})",
        u32::from(char)
    ));
    Err(error.help("use `encoding: utf_8`"))
}

/// Writes all of `bytes`, adding what went out to `sent` also when it fails.
///
/// # Errors
/// Those of the stream. A stream that others made non-blocking is waited for.
pub(super) fn write_all(
    stream: &mut (impl Write + ?Sized),
    mut bytes: &[u8],
    sent: &mut usize,
) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                *sent += count;
                bytes = bytes.get(count..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
