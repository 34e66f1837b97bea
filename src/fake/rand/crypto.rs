//! Identifiers and digests made of random bits (not digests of anything).

use super::super::Random;

/// The two digits of each byte.
const PAIRS: [[u8; 2]; 256] = {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [HEX[byte >> 4], HEX[byte & 15]];
        byte += 1;
    }
    pairs
};

/// The 16 bytes of a version 4 UUID.
pub fn uuid4_bytes(random: &mut (impl Random + ?Sized)) -> [u8; 16] {
    let mut bytes = [0; 16];
    random.bits(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    bytes
}

/// Appends a version 4 UUID in its 36-character form.
pub fn uuid4(random: &mut (impl Random + ?Sized), out: &mut Vec<u8>) {
    uuid_text(&uuid4_bytes(random), out);
}

/// Appends the 36-character form of a UUID.
pub fn uuid_text(bytes: &[u8; 16], out: &mut Vec<u8>) {
    /// Where the digits of each byte stand.
    const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let mut text = [b'-'; 36];
    for (at, byte) in PLACES.into_iter().zip(bytes) {
        let digits = PAIRS[usize::from(*byte)];
        text[at..at + 2].copy_from_slice(&digits);
    }
    out.extend_from_slice(&text);
}

/// Appends the lower-case hexadecimal form of `bytes` random bytes, at most 32.
pub fn digest(random: &mut (impl Random + ?Sized), bytes: usize, out: &mut Vec<u8>) {
    let mut buffer = [0; 32];
    let buffer = &mut buffer[..bytes.min(32)];
    random.bits(buffer);
    let mut text = [0; 64];
    for (place, byte) in text.chunks_exact_mut(2).zip(&*buffer) {
        place.copy_from_slice(&PAIRS[usize::from(*byte)]);
    }
    out.extend_from_slice(&text[..buffer.len() * 2]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Recorded;

    #[test]
    fn the_recorded_stream_gives_the_published_values() {
        let mut out = Vec::new();
        uuid4(&mut Recorded::seeded(7), &mut out);
        assert_eq!(out, b"7e4328bc-0f7d-4800-8000-000000000000");
        out.clear();
        digest(&mut Recorded::seeded(7), 16, &mut out);
        assert_eq!(out, b"7e4328bc0f7df8000000000000000000");
    }
}
