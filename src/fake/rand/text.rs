//! Random text from character sets, and patterns.

use super::super::{FakeError, Random};

/// a-z
pub const LOWERCASE: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
/// A-Z
pub const UPPERCASE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// a-zA-Z
pub const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// 0-9
pub const DIGITS: &[u8] = b"0123456789";
/// The 32 punctuation characters of ASCII.
pub const PUNCTUATION: &[u8] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
/// 0-9a-f
pub const HEX: &[u8] = b"0123456789abcdef";
const HEX_UPPER: &[u8] = b"0123456789ABCDEF";
const NONZERO: &[u8] = b"123456789";
const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Most characters one call may give; beyond it is a mistake, not data.
const LONGEST: usize = 16 << 20;

/// Appends `size` characters of an ASCII set, one draw each; nothing for sizes of 0 and below.
///
/// # Errors
/// When the size is beyond reason (16 MiB).
pub fn characters(
    random: &mut (impl Random + ?Sized),
    set: &[u8],
    size: i64,
    out: &mut Vec<u8>,
) -> Result<(), FakeError> {
    let size = usize::try_from(size).unwrap_or(0);
    if size > LONGEST {
        return Err(FakeError::new(format!(
            "{size} characters are too many, the most is {LONGEST}"
        )));
    }
    out.reserve(size);
    for _ in 0..size {
        let at = random.below(set.len() as u64) as usize;
        out.extend(set.get(at));
    }
    Ok(())
}

/// Appends what a pattern says: text as it is, `%a %A %l %d %n %h %H %p %w` a random character of the
/// set, `%%` a percent sign, each of these repeated by `{N}` right behind it. UTF-8.
///
/// # Errors
/// When a specifier is unknown or cut off, or a count is malformed.
pub fn pattern(
    random: &mut (impl Random + ?Sized),
    format: &str,
    out: &mut Vec<u8>,
) -> Result<(), FakeError> {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let Some(specifier) = rest.chars().next() else {
            return Err(FakeError::new("the pattern ends in a lone `%`")
                .help("write `%%` for a percent sign"));
        };
        rest = &rest[specifier.len_utf8()..];
        let mut count = 1;
        if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = inner.find('}') else {
                return Err(FakeError::new("unclosed `{` in the pattern"));
            };
            count = repeat_count(&inner[..end])?;
            rest = &inner[end + 1..];
        }
        match set_of(specifier) {
            Some(set) => characters(random, set, count, out)?,
            None if specifier == '%' => {
                out.extend(std::iter::repeat_n(
                    b'%',
                    usize::try_from(count).unwrap_or(0),
                ));
            }
            None => {
                return Err(FakeError::new(format!(
                    "unknown specifier `%{specifier}` in the pattern"
                ))
                .help("known are %a %A %l %d %n %h %H %p %w and %%"));
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(())
}

fn set_of(specifier: char) -> Option<&'static [u8]> {
    Some(match specifier {
        'a' => LOWERCASE,
        'A' => UPPERCASE,
        'l' => LETTERS,
        'd' => DIGITS,
        'n' => NONZERO,
        'h' => HEX,
        'H' => HEX_UPPER,
        'p' => PUNCTUATION,
        'w' => ALPHANUMERIC,
        _ => return None,
    })
}

fn repeat_count(text: &str) -> Result<i64, FakeError> {
    let bad = || FakeError::new(format!("invalid repeat count `{text}` in the pattern"));
    let mut value = 0_i64;
    for c in text.chars() {
        let digit = decimal_digit(c).ok_or_else(bad)?;
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit))
            .filter(|&value| value <= LONGEST as i64)
            .ok_or_else(bad)?;
    }
    if text.is_empty() {
        Err(bad())
    } else {
        Ok(value)
    }
}

/// The value of a decimal digit, of the scripts whose digits people type.
fn decimal_digit(c: char) -> Option<i64> {
    const ZEROS: &[u32] = &[
        0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
        0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10,
    ];
    let code = c as u32;
    ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))
        .map(|&zero| i64::from(code - zero))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::fake::Fast;

    fn render(format: &str) -> Result<String, String> {
        let mut out = Vec::new();
        pattern(&mut Fast::seeded(1), format, &mut out).map_err(|error| error.message)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn patterns_copy_text_and_repeat_specifiers() {
        let text = render("ORD-%A{3}-%d{6} é %%{2}").unwrap();
        assert!(
            text.starts_with("ORD-") && text.ends_with(" é %%"),
            "{text}"
        );
        assert!(text[4..7].bytes().all(|b| b.is_ascii_uppercase()), "{text}");
        assert_eq!(render("%d{\u{663}}").unwrap().len(), 3);
        assert_eq!(render("%d{0}x{2}").unwrap(), "x{2}");
    }

    #[test]
    fn malformed_patterns_are_errors() {
        for bad in [
            "abc%",
            "%z",
            "%d{3",
            "%d{x}",
            "%d{-1}",
            "%d{}",
            "%d{ 3}",
            "%d{\u{b2}}",
            "%d{99999999999}",
        ] {
            assert!(render(bad).is_err(), "{bad}");
        }
        assert_eq!(
            render("%z{x}").unwrap_err(),
            "invalid repeat count `x` in the pattern"
        );
    }
}
