//! Messages on a stream: four bytes of length, the highest first, then so many bytes of JSON.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The longest message. Nobody has more to say, and nobody is to fill the memory of the other.
pub const LONGEST: usize = 32 << 20;

/// The bytes of a message, its length included.
///
/// # Errors
/// When it is too long, or has no form in JSON.
pub fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message)?;
    let length = bytes.len() - 4;
    if length > LONGEST {
        let why = format!("a message of {length} bytes is longer than {LONGEST}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if let Some(head) = bytes.get_mut(..4) {
        head.copy_from_slice(&length.to_be_bytes());
    }
    Ok(bytes)
}

/// The next message as bytes; `None` when the other side ended between two.
///
/// # Errors
/// Those of the stream, and when a message is too long or cut off.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut head = [0; 4];
    match from.read_exact(&mut head).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    };
    let length = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
    if length > LONGEST {
        let why = format!("a message of {length} bytes: that is no evtui");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    // Grows with what comes: a length alone costs nothing.
    let mut bytes = Vec::new();
    let limit = u64::try_from(length).unwrap_or(u64::MAX);
    from.take(limit).read_to_end(&mut bytes).await?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// Reads a message of a type.
///
/// # Errors
/// Those of [`read`], and when it is something else or nothing.
pub async fn receive<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<T> {
    let bytes = read(from).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Writes a message.
///
/// # Errors
/// Those of [`encode`] and of the stream.
pub async fn send(to: &mut (impl AsyncWrite + Unpin), message: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(message)?).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn messages_are_bounded_and_whole() {
        let bytes = encode(&vec!["a", "b"]).unwrap();
        let mut stream = bytes.as_slice();
        let back: Vec<String> = receive(&mut stream).await.unwrap();
        assert_eq!(back, ["a", "b"]);
        assert_eq!(read(&mut stream).await.unwrap(), None);
        let cut = read(&mut bytes.get(..6).unwrap()).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
        let huge = read(&mut [0xff; 8].as_slice()).await.unwrap_err();
        assert!(huge.to_string().contains("no evtui"), "{huge}");
        assert!(encode(&"x".repeat(LONGEST)).is_err());
    }
}
