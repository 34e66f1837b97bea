//! The tokens of JSON: where one ends, or why it is none. Everything works on offsets into the text,
//! sixteen bytes at a time where a token may be long.

use wide::u8x16;

use super::error::{JsonError, JsonErrorKind, error};

/// The byte at an offset.
#[inline]
pub(super) fn peek(text: &[u8], at: usize) -> Result<u8, JsonError> {
    text.get(at)
        .copied()
        .ok_or(error(JsonErrorKind::Truncated, at))
}

/// End of the literal whose first letter stands at `at` and whose others are `rest`.
pub(super) fn literal(text: &[u8], at: usize, rest: &[u8]) -> Result<usize, JsonError> {
    let start = at + 1;
    let found = text
        .get(start..start + rest.len())
        .ok_or(error(JsonErrorKind::Truncated, start))?;
    if found != rest {
        return Err(error(JsonErrorKind::Character, start));
    }
    Ok(start + rest.len())
}

/// End of the number that starts at `at`.
#[inline]
pub(super) fn number(text: &[u8], mut at: usize) -> Result<usize, JsonError> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    let digits = |mut at: usize| {
        while byte(at).is_ascii_digit() {
            at += 1;
        }
        at
    };
    if byte(at) == b'-' {
        at += 1;
    }
    match byte(at) {
        b'0' => {
            at += 1;
            if byte(at).is_ascii_digit() {
                return Err(error(JsonErrorKind::Number, at));
            }
        }
        b'1'..=b'9' => at = digits(at),
        _ => return Err(error(JsonErrorKind::Character, at)),
    }
    if byte(at) == b'.' {
        at = some(digits(at + 1), at + 1)?;
    }
    if matches!(byte(at), b'e' | b'E') {
        at += 1;
        if matches!(byte(at), b'+' | b'-') {
            at += 1;
        }
        at = some(digits(at), at)?;
    }
    Ok(at)
}

/// `end` when at least one digit was read from `start`.
fn some(end: usize, start: usize) -> Result<usize, JsonError> {
    if end > start {
        Ok(end)
    } else {
        Err(error(JsonErrorKind::Number, start))
    }
}

/// End of the escape whose backslash stands at `at`.
pub(super) fn escape(text: &[u8], at: usize) -> Result<usize, JsonError> {
    match peek(text, at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 2),
        b'u' => unicode(text, at + 2),
        _ => Err(error(JsonErrorKind::Escape, at + 1)),
    }
}

/// End of the `\u` escape whose digits start at `at`, with its second half when it is a pair.
fn unicode(text: &[u8], at: usize) -> Result<usize, JsonError> {
    let (first, next) = hex(text, at)?;
    match first {
        0xDC00..=0xDFFF => Err(error(JsonErrorKind::Surrogate, next)),
        0xD800..=0xDBFF => {
            let second = text
                .get(next..next + 6)
                .ok_or(error(JsonErrorKind::Truncated, next))?;
            if !second.starts_with(b"\\u") {
                return Err(error(JsonErrorKind::HexEscape, next));
            }
            let (second, end) = hex(text, next + 2)?;
            if (0xDC00..=0xDFFF).contains(&second) {
                Ok(end)
            } else {
                Err(error(JsonErrorKind::Surrogate, end))
            }
        }
        _ => Ok(next),
    }
}

fn hex(text: &[u8], at: usize) -> Result<(u32, usize), JsonError> {
    let digits = text
        .get(at..at + 4)
        .ok_or(error(JsonErrorKind::Truncated, at))?;
    let mut code = 0;
    for (index, &digit) in digits.iter().enumerate() {
        let value = char::from(digit)
            .to_digit(16)
            .ok_or(error(JsonErrorKind::UnicodeEscape, at + index + 1))?;
        code = code << 4 | value;
    }
    Ok((code, at + 4))
}

/// Bytes looked at together.
pub(super) const BLOCK: usize = 16;

/// The block of bytes at an offset; `None` near the end of the text.
#[inline(always)]
pub(super) fn block(text: &[u8], at: usize) -> Option<&[u8; BLOCK]> {
    text.get(at..).and_then(<[u8]>::first_chunk)
}

/// Offset of the first byte from `at` on that is not white space.
#[inline(always)]
pub(super) fn next(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b' ' | b'\n' | b'\r' | b'\t') => blanks_end(text, at),
        _ => at,
    }
}

/// [`next`] where there is white space.
#[inline(never)]
fn blanks_end(text: &[u8], mut at: usize) -> usize {
    while let Some(bytes) = block(text, at) {
        let others = !blanks(bytes) & ALL;
        if others != 0 {
            return at + others.trailing_zeros() as usize;
        }
        at += BLOCK;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// True when one blank stands at `at` and then a token.
#[inline(always)]
pub(super) fn is_blank(text: &[u8], at: usize) -> bool {
    let bytes = text.get(at..).and_then(<[u8]>::first_chunk::<2>);
    bytes.is_some_and(|[blank, next]| *blank == b' ' && *next > b' ')
}

/// Most bytes of a line break with its indentation that [`is_line`] can compare.
pub(super) const LONGEST_LINE: usize = 2 * BLOCK;

/// True when at `at` a line break stands, then blanks up to `len` bytes in all, then something else.
#[inline(always)]
pub(super) fn is_line(text: &[u8], at: usize, len: usize) -> bool {
    let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<LONGEST_LINE>) else {
        return false;
    };
    let (first, second) = bytes.split_at(BLOCK);
    let spaces = |half: &[u8]| match half.first_chunk::<BLOCK>() {
        Some(half) => u8x16::new(*half).simd_eq(u8x16::splat(b' ')).to_bitmask(),
        None => 0,
    };
    let found = spaces(first) | spaces(second) << BLOCK;
    // Bit 0 is the line break; the bit at `len` has to be clear, those between set.
    let wanted = (1_u32 << (len % LONGEST_LINE)).wrapping_sub(2);
    let end = text.get(at + len).copied().unwrap_or_default();
    len < LONGEST_LINE && bytes[0] == b'\n' && found & wanted == wanted && end > b' '
}

/// How many bytes two texts have in common at their start.
#[inline]
pub(super) fn common(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    while let (Some(x), Some(y)) = (block(a, at), block(b, at)) {
        let equal = u8x16::new(*x).simd_eq(u8x16::new(*y)).to_bitmask();
        if equal != ALL {
            return at + (!equal).trailing_zeros() as usize;
        }
        at += BLOCK;
    }
    let (a, b) = (a.get(at..), b.get(at..));
    let pairs = a.unwrap_or_default().iter().zip(b.unwrap_or_default());
    at + pairs.take_while(|(a, b)| a == b).count()
}

/// A bit for every byte of a block.
const ALL: u32 = (1 << BLOCK) - 1;

/// One bit for each byte that is white space.
#[inline(always)]
fn blanks(bytes: &[u8; BLOCK]) -> u32 {
    let bytes = u8x16::new(*bytes);
    let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
    ((is(b' ') | is(b'\n')) | (is(b'\r') | is(b'\t'))).to_bitmask()
}

/// One bit for each byte that ends plain text in a string: a quote, a backslash or a control
/// character.
#[inline(always)]
pub(super) fn special(bytes: &[u8; BLOCK]) -> u32 {
    let bytes = u8x16::new(*bytes);
    let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
    let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    ((is(b'"') | is(b'\\')) | control).to_bitmask()
}

/// Offset of the first byte from `at` on that ends plain text in a string.
pub(super) fn plain_end(text: &[u8], mut at: usize) -> usize {
    while let Some(bytes) = block(text, at) {
        let special = special(bytes);
        if special != 0 {
            return at + special.trailing_zeros() as usize;
        }
        at += BLOCK;
    }
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| !is_special(byte)).count()
}

/// True for a byte that ends plain text in a string.
fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_bytes_agree_on_what_is_special() {
        for byte in 0..=255 {
            for offset in 0..BLOCK {
                let mut bytes = [b'x'; BLOCK];
                bytes[offset] = byte;
                assert_eq!(special(&bytes), u32::from(is_special(byte)) << offset);
            }
        }
    }

    #[test]
    fn what_two_texts_have_in_common_ends_where_they_differ() {
        for len in 0..50 {
            let text = vec![b'x'; len];
            assert_eq!(common(&text, &text), len);
            assert_eq!(common(&text, &vec![b'x'; len + 20]), len);
            for at in 0..len {
                let mut other = text.clone();
                other[at] = b'y';
                assert_eq!(common(&text, &other), at);
            }
        }
    }

    #[test]
    fn white_space_ends_at_the_first_other_byte() {
        for byte in 0..=255 {
            for len in 0..40 {
                let mut text = vec![b' '; len];
                text.extend_from_slice(&[byte, b' ', b'x']);
                let blank = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
                let expected = if blank { len + 2 } else { len };
                assert_eq!(next(&text, 0), expected, "{byte} behind {len}");
            }
        }
    }
}
