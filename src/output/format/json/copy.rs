//! Values that are checked and copied in one go, and stretches of bytes that are compared and copied
//! in blocks of one length: most are short, and what depends on their length costs more than some
//! bytes too many.
//!
//! Everything here may give up (`None`): near the end of a buffer, and where a value is unusual or
//! wrong. Then the slower ways of the printer find out.

use wide::{u8x16, u8x32};

use super::token;

/// Bytes looked at together.
const BLOCK: usize = 32;

type Block = [u8x16; 2];

/// Bytes that texts are compared with.
#[derive(Clone, Debug, Default)]
pub(super) struct Pattern {
    len: usize,
    /// Bytes of all blocks but the last.
    before: usize,
    /// With anything behind the end.
    last: Block,
    /// The bytes of the last block that count.
    mask: Block,
    others: Box<[Block]>,
}

impl Pattern {
    /// Of these bytes.
    pub fn new(bytes: &[u8]) -> Self {
        // There is a last block even without bytes.
        let before = bytes.len().saturating_sub(1) / BLOCK * BLOCK;
        let (others, last) = bytes.split_at(before);
        Self {
            len: bytes.len(),
            before,
            last: padded(last),
            mask: padded(&[u8::MAX; BLOCK][..last.len().min(BLOCK)]),
            others: others.as_chunks().0.iter().map(block).collect(),
        }
    }

    /// How many bytes there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when `text` starts with these bytes.
    #[inline(always)]
    pub fn starts(&self, text: &[u8]) -> bool {
        let Some((others, last)) = text.split_at_checked(self.before) else {
            return false;
        };
        let Some(last) = last.first_chunk() else {
            return self.starts_short(others, last);
        };
        let [first, second] = difference(last, &self.last);
        let unlike = (first & self.mask[0]) | (second & self.mask[1]);
        self.unlike(others, unlike)
            .simd_eq(u8x16::ZERO)
            .to_bitmask()
            == 0xffff
    }

    /// `unlike`, with bits set where the blocks before the last differ.
    #[inline(always)]
    fn unlike(&self, text: &[u8], mut unlike: u8x16) -> u8x16 {
        for (x, y) in text.as_chunks().0.iter().zip(&self.others) {
            let [first, second] = difference(x, y);
            unlike |= first | second;
        }
        unlike
    }

    /// [`Self::starts`] near the end of the text.
    #[inline(never)]
    fn starts_short(&self, others: &[u8], last: &[u8]) -> bool {
        let end = bytemuck::cast_slice::<_, u8>(&self.last);
        let end = end.get(..self.len - self.before);
        self.unlike(others, u8x16::ZERO) == u8x16::ZERO && last.get(..self.len - self.before) == end
    }
}

/// Bytes to be copied.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    len: usize,
    /// With anything behind the end.
    first: Block,
    others: Box<[Block]>,
}

impl Piece {
    /// Of these bytes.
    pub fn new(bytes: &[u8]) -> Self {
        let (first, others) = bytes.split_at(bytes.len().min(BLOCK));
        Self {
            len: bytes.len(),
            first: padded(first),
            others: others.chunks(BLOCK).map(padded).collect(),
        }
    }

    /// How many bytes there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Copies it to the start of `out`, and some bytes too many; false when there is no room for
    /// them.
    #[inline(always)]
    pub fn copy(&self, out: &mut [u8]) -> bool {
        let Some((first, others)) = out.split_first_chunk_mut() else {
            return false;
        };
        put(first, &self.first);
        if self.others.is_empty() {
            return true;
        }
        let others = others.as_chunks_mut().0;
        let Some(others) = others.get_mut(..self.others.len()) else {
            return false;
        };
        for (to, block) in others.iter_mut().zip(&self.others) {
            put(to, block);
        }
        true
    }
}

/// Up to as many bytes as a block has, as a block.
fn padded(bytes: &[u8]) -> Block {
    let mut all = [0; BLOCK];
    all.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
    block(&all)
}

#[inline(always)]
fn put(to: &mut [u8; BLOCK], block: &Block) {
    if let [first, second] = to.as_chunks_mut().0 {
        (*first, *second) = (block[0].to_array(), block[1].to_array());
    }
}

#[inline(always)]
fn block(bytes: &[u8; BLOCK]) -> Block {
    match bytes.as_chunks().0 {
        [first, second] => [u8x16::new(*first), u8x16::new(*second)],
        _ => Block::default(),
    }
}

#[inline(always)]
fn difference(x: &[u8; BLOCK], [first, second]: &Block) -> Block {
    let x = block(x);
    [x[0] ^ *first, x[1] ^ *second]
}

/// Copies the number or word at the start of `text`; its length.
#[inline(always)]
pub(super) fn scalar(text: &[u8], out: &mut [u8]) -> Option<usize> {
    match text.first()? {
        b'-' | b'0'..=b'9' => number(text, out),
        _ => word(text, out),
    }
}

/// True for a byte that a string, a number or a word can start with.
#[inline(always)]
pub(super) fn starts_scalar(byte: u8) -> bool {
    matches!(byte, b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}

/// Copies the string at the start of `text`; its length.
#[inline(always)]
pub(super) fn string(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let bytes = text.first_chunk::<BLOCK>()?;
    // It starts with a quote.
    let special = copy_block(bytes, out)? & !1;
    let plain = special.trailing_zeros() as usize;
    if bytes.get(plain) == Some(&b'"') {
        return Some(plain + 1);
    }
    long_string(text, out, special)
}

/// A string whose first block has no quote before another of the bytes that are `special`.
#[inline(never)]
fn long_string(text: &[u8], out: &mut [u8], mut special: u32) -> Option<usize> {
    let mut at = 0;
    loop {
        at += match block_end(text, at, special)? {
            (step, true) => return Some(at + step),
            (step, false) => step,
        };
        let bytes = text.get(at..)?.first_chunk()?;
        special = copy_block(bytes, out.get_mut(at..)?)?;
    }
}

/// How far the string goes on in the block at `at`, and whether it ends then.
#[inline(always)]
fn block_end(text: &[u8], at: usize, mut special: u32) -> Option<(usize, bool)> {
    while special != 0 {
        let plain = special.trailing_zeros() as usize;
        match text.get(at + plain)? {
            b'"' => return Some((plain + 1, true)),
            b'\\' => {}
            _ => return None,
        }
        let end = match text.get(at + plain + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => plain + 2,
            _ => token::escape(text, at + plain).ok()? - at,
        };
        if end >= BLOCK {
            // The next block starts with this escape, or behind it.
            return Some((if end > BLOCK { plain } else { end }, false));
        }
        special &= u32::MAX << end;
    }
    Some((BLOCK, false))
}

/// Copies a block of a string; one bit for each byte that ends plain text.
#[inline(always)]
fn copy_block(bytes: &[u8; BLOCK], out: &mut [u8]) -> Option<u32> {
    let block = u8x32::new(*bytes);
    *out.first_chunk_mut()? = block.to_array();
    Some(special(block))
}

/// One bit for each byte that ends plain text in a string.
#[inline(always)]
fn special(bytes: u8x32) -> u32 {
    // A quote follows the control characters in this order.
    let ordered = bytes ^ u8x32::splat(0x02);
    let ends = ordered.min(u8x32::splat(0x20)).simd_eq(ordered);
    (ends | bytes.simd_eq(u8x32::splat(b'\\'))).to_bitmask()
}

/// Copies the number at the start of `text`, which has no exponent; its length.
#[inline(always)]
fn number(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let bytes = text.first_chunk::<{ token::BLOCK }>()?;
    *out.first_chunk_mut()? = *bytes;
    let above = u8x16::new(*bytes) - u8x16::splat(b'0');
    let digits = above.min(u8x16::splat(9)).simd_eq(above).to_bitmask();
    let run = |at: usize| (digits >> at).trailing_ones() as usize;
    let start = usize::from(*bytes.first()? == b'-');
    let whole = run(start);
    let mut end = start + whole;
    if whole == 0 || (whole > 1 && *bytes.get(start)? == b'0') {
        return None;
    }
    if *bytes.get(end)? == b'.' {
        let fraction = run(end + 1);
        if fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    }
    (!matches!(bytes.get(end)?, b'e' | b'E')).then_some(end)
}

/// Copies the word at the start of `text`; its length.
#[inline(always)]
fn word(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let bytes = text.first_chunk::<8>()?;
    *out.first_chunk_mut()? = *bytes;
    match bytes {
        [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => Some(4),
        [b'f', b'a', b'l', b's', b'e', ..] => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn patterns_are_compared_up_to_their_end() {
        for len in 0..150 {
            let bytes: Vec<u8> = (0..len).map(|at| at as u8).collect();
            let pattern = Pattern::new(&bytes);
            for room in [0, 1, BLOCK, 100] {
                let mut text = bytes.clone();
                text.resize(len + room, b'x');
                assert!(pattern.starts(&text), "{len} {room}");
                for at in 0..len {
                    text[at] ^= 1;
                    assert!(!pattern.starts(&text), "{len} {room} {at}");
                    text[at] ^= 1;
                    assert!(!pattern.starts(&text[..at]), "{len} {room} {at}");
                }
            }
        }
    }

    #[test]
    fn pieces_are_copied_where_there_is_room() {
        for len in 0..150 {
            let bytes: Vec<u8> = (0..len).map(|at| at as u8).collect();
            let piece = Piece::new(&bytes);
            let mut out = vec![0; len + BLOCK];
            assert!(piece.copy(&mut out));
            assert_eq!(out[..len], bytes);
            assert!(len == 0 || !piece.copy(&mut out[..len - 1]));
        }
    }

    /// What [`scalar`] copies of a text that goes on.
    fn copied(text: &str) -> Option<String> {
        let text = format!("{text}, {}", "\"x\", ".repeat(20)).into_bytes();
        let mut out = vec![0; text.len()];
        let len = match text.first() {
            Some(b'"') => string(&text, &mut out)?,
            _ => scalar(&text, &mut out)?,
        };
        out.truncate(len);
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn values_are_copied_up_to_their_end() {
        let plain = [
            "0",
            "-1",
            "10",
            "1.5",
            "-0.25",
            "true",
            "false",
            "null",
            "123456789012345",
        ];
        for text in plain {
            assert_eq!(copied(text).as_deref(), Some(text));
        }
        for len in 0..100 {
            for special in ["", "\\n", "\\\\", "\\\"", "\\u00e9", "\\ud83d\\ude00", "é"] {
                let text = format!("\"{}{special}{}\"", "x".repeat(len), "y".repeat(len % 7));
                assert_eq!(copied(&text), Some(text));
            }
        }
    }

    #[test]
    fn what_is_no_value_is_not_copied() {
        let wrong = [
            "",
            "-",
            "01",
            "-01",
            "1.",
            "1.e",
            "1e5",
            "1.5E2",
            "1234567890123456",
            "tru",
            "nul",
            "{",
        ];
        for text in wrong {
            assert_eq!(copied(text), None, "{text}");
        }
        for len in 0..100 {
            for special in ["\n", "\\x", "\\ud83d", "\\u12"] {
                let text = format!("\"{}{special}\"", "x".repeat(len));
                assert_eq!(copied(&text), None, "{text}");
            }
        }
    }
}
