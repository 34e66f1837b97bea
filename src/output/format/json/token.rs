//! The tokens of JSON: where one ends, or why it is none. Everything works on offsets into the text.

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

/// End of the string whose quote stands at `at`.
#[inline]
pub(super) fn string(text: &[u8], at: usize) -> Result<usize, JsonError> {
    let mut at = at + 1;
    loop {
        at = plain_until(text, at);
        match peek(text, at)? {
            b'"' => return Ok(at + 1),
            b'\\' => at = escape(text, at)?,
            _ => return Err(error(JsonErrorKind::Character, at)),
        }
    }
}

/// End of the escape whose backslash stands at `at`.
fn escape(text: &[u8], at: usize) -> Result<usize, JsonError> {
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

/// Offset of the first byte from `at` on that is not white space.
#[inline]
pub(super) fn next(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(b' ' | b'\n' | b'\r' | b'\t') => blanks_end(text, at + 1),
        _ => at,
    }
}

/// Offset of the first byte from `at` on that is not white space; indentation is skipped eight
/// blanks at a time.
#[inline]
fn blanks_end(text: &[u8], mut at: usize) -> usize {
    const BLANKS: [u8; 8] = [b' '; 8];
    while text.get(at..).and_then(<[u8]>::first_chunk::<8>) == Some(&BLANKS) {
        at += 8;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// Offset of the next quote, backslash or control character, eight bytes at a time.
#[inline]
fn plain_until(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let found = special(u64::from_le_bytes(*chunk));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = text.get(at) {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            break;
        }
        at += 1;
    }
    at
}

/// The high bit of each byte that is a quote, a backslash or a control character. Borrows can only
/// mark bytes above the first hit wrongly, and only the first one is used.
#[inline]
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let slash = word ^ (ONES * b'\\' as u64);
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(quote) | zero(slash) | control) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_bytes_are_found_at_every_offset_of_a_word() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for offset in 0..20 {
                let mut text = vec![b'\x7f'; 24];
                text[offset] = special;
                assert_eq!(plain_until(&text, 0), offset);
                text[..offset].fill(0xff);
                assert_eq!(plain_until(&text, 0), offset);
            }
        }
    }
}
