//! Encodings a replayed file may have, by Python's names: bytes of one line to text.

use std::sync::Arc;

use crate::config::SingleByte;

/// How bytes become text.
#[derive(Clone, Debug)]
pub(super) enum Codec {
    Ascii,
    Utf8,
    /// A byte order mark at the start of a line is removed.
    Utf8Sig,
    Utf7,
    Latin1,
    /// Another encoding of one byte a character.
    Table(Arc<SingleByte>),
    /// Encodings of East Asia.
    Multi(&'static encoding_rs::Encoding),
    /// Units of 2 or 4 bytes.
    Wide {
        width: usize,
        big_endian: bool,
    },
}

impl Codec {
    /// The codec of a name of [`crate::config::ENCODINGS`]; `None` for the few that are not supported.
    pub(super) fn of(name: &str) -> Option<Self> {
        if let Some(table) = SingleByte::named(name) {
            return Some(Self::Table(Arc::new(table)));
        }
        Some(match name {
            "ascii" => Self::Ascii,
            "latin_1" => Self::Latin1,
            "utf_8" => Self::Utf8,
            "utf_8_sig" => Self::Utf8Sig,
            "utf_7" => Self::Utf7,
            "big5" | "big5hkscs" | "cp950" => Self::Multi(encoding_rs::BIG5),
            "cp932" | "shift_jis" | "shift_jis_2004" | "shift_jisx0213" => {
                Self::Multi(encoding_rs::SHIFT_JIS)
            }
            "cp949" | "euc_kr" => Self::Multi(encoding_rs::EUC_KR),
            "euc_jp" | "euc_jis_2004" | "euc_jisx0213" => Self::Multi(encoding_rs::EUC_JP),
            "gb2312" | "gbk" => Self::Multi(encoding_rs::GBK),
            "gb18030" => Self::Multi(encoding_rs::GB18030),
            _ if name.starts_with("iso2022_jp") => Self::Multi(encoding_rs::ISO_2022_JP),
            "utf_16" | "utf_16_le" => Self::Wide {
                width: 2,
                big_endian: false,
            },
            "utf_16_be" => Self::Wide {
                width: 2,
                big_endian: true,
            },
            "utf_32" | "utf_32_le" => Self::Wide {
                width: 4,
                big_endian: false,
            },
            "utf_32_be" => Self::Wide {
                width: 4,
                big_endian: true,
            },
            _ => return None,
        })
    }

    /// Bytes of one line feed.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Wide { width, .. } => *width,
            _ => 1,
        }
    }

    /// True when `bytes`, which end in 0x0A or behind the unit that holds it, end in a line feed.
    pub(super) fn ends_in_line_feed(&self, bytes: &[u8]) -> bool {
        match self {
            &Self::Wide { width, big_endian } => {
                let Some(unit) = bytes
                    .len()
                    .checked_sub(width)
                    .and_then(|at| bytes.get(at..))
                else {
                    return false;
                };
                let value = unit_value(unit, big_endian);
                bytes.len().is_multiple_of(width) && value == 0x0A
            }
            _ => bytes.last() == Some(&b'\n'),
        }
    }

    /// The text of one line where its bytes are it; `None` where they have to be decoded.
    pub(super) fn plain<'t>(&self, bytes: &'t [u8]) -> Option<Result<&'t str, String>> {
        let bytes = match self {
            Self::Utf8 => bytes,
            Self::Utf8Sig => bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes),
            _ => return None,
        };
        let text = std::str::from_utf8(bytes);
        Some(text.map_err(|error| bad_byte(bytes, error.valid_up_to())))
    }

    /// Appends the text of one line as UTF-8.
    pub(super) fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Self::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
                None => {
                    out.extend_from_slice(bytes);
                    Ok(())
                }
                Some(at) => Err(bad_byte(bytes, at)),
            },
            Self::Utf8 => utf8(bytes, out),
            Self::Utf8Sig => utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes), out),
            Self::Utf7 => utf7(bytes, out),
            Self::Latin1 => by_table(bytes, out, |byte| Some(char::from(byte))),
            Self::Table(table) => by_table(bytes, out, |byte| table.char(byte)),
            Self::Multi(encoding) => {
                let text = encoding
                    .decode_without_bom_handling_and_without_replacement(bytes)
                    .ok_or_else(|| format!("the line is not valid {}", encoding.name()))?;
                out.extend_from_slice(text.as_bytes());
                Ok(())
            }
            &Self::Wide { width, big_endian } => wide(bytes, width, big_endian, out),
        }
    }
}

fn bad_byte(bytes: &[u8], at: usize) -> String {
    format!(
        "byte 0x{:02x} at position {} of the line is not valid in this encoding",
        bytes.get(at).copied().unwrap_or(0),
        at + 1
    )
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn utf8(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    std::str::from_utf8(bytes).map_err(|error| bad_byte(bytes, error.valid_up_to()))?;
    out.extend_from_slice(bytes);
    Ok(())
}

fn by_table(
    bytes: &[u8],
    out: &mut Vec<u8>,
    lookup: impl Fn(u8) -> Option<char>,
) -> Result<(), String> {
    for (at, &byte) in bytes.iter().enumerate() {
        push(out, lookup(byte).ok_or_else(|| bad_byte(bytes, at))?);
    }
    Ok(())
}

fn unit_value(unit: &[u8], big_endian: bool) -> u32 {
    let fold = |value: u32, byte: &u8| (value << 8) | u32::from(*byte);
    if big_endian {
        unit.iter().fold(0, fold)
    } else {
        unit.iter().rev().fold(0, fold)
    }
}

fn wide(bytes: &[u8], width: usize, big_endian: bool, out: &mut Vec<u8>) -> Result<(), String> {
    let mut units = bytes.chunks(width).map(|unit| unit_value(unit, big_endian));
    let mut at = 0;
    while let Some(unit) = units.next() {
        let code = match unit {
            // A byte order mark at the start of the file (or line) is no text.
            0xFEFF if at == 0 => {
                at += width;
                continue;
            }
            0xD800..0xDC00 if width == 2 => match units.next() {
                Some(low @ 0xDC00..0xE000) => 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00),
                _ => unit,
            },
            _ => unit,
        };
        push(
            out,
            char::from_u32(code).ok_or_else(|| bad_byte(bytes, at))?,
        );
        at += width;
    }
    Ok(())
}

/// RFC 2152: `+` starts a run of base64 over UTF-16, `-` or any other character ends it.
fn utf7(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'+' {
            if !byte.is_ascii() {
                return Err(bad_byte(bytes, at - 1));
            }
            out.push(byte);
            continue;
        }
        if bytes.get(at) == Some(&b'-') {
            out.push(b'+');
            at += 1;
            continue;
        }
        let start = at;
        let (mut bits, mut held) = (0_u32, 0);
        let mut units: Vec<u16> = Vec::new();
        while let Some(six) = bytes.get(at).copied().and_then(base64_value) {
            bits = (bits << 6) | six;
            held += 6;
            if held >= 16 {
                held -= 16;
                units.push((bits >> held) as u16);
                bits &= (1 << held) - 1;
            }
            at += 1;
        }
        if bytes.get(at) == Some(&b'-') {
            at += 1;
        }
        for unit in char::decode_utf16(units) {
            push(out, unit.map_err(|_| bad_byte(bytes, start))?);
        }
    }
    Ok(())
}

fn base64_value(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn decode(name: &str, bytes: &[u8]) -> Result<String, String> {
        let mut out = Vec::new();
        Codec::of(name).unwrap().decode(bytes, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_name_but_three_has_a_codec() {
        let missing: Vec<&str> = crate::config::ENCODINGS
            .iter()
            .copied()
            .filter(|name| Codec::of(name).is_none())
            .collect();
        assert_eq!(missing, ["hz", "iso2022_kr", "johab"]);
    }

    #[test]
    fn samples_decode() {
        assert_eq!(decode("cp1251", &[0xEF, 0xF0]).unwrap(), "пр");
        assert_eq!(decode("cp037", &[0xC1, 0x40]).unwrap(), "A ");
        assert_eq!(decode("utf_7", b"a+AOk-b+-").unwrap(), "aéb+");
        assert_eq!(decode("shift_jis", &[0x93, 0xFA]).unwrap(), "日");
        assert_eq!(decode("utf_16_le", &[0xFF, 0xFE, 0x41, 0]).unwrap(), "A");
        assert_eq!(
            decode("utf_16_be", &[0xD8, 0x3D, 0xDE, 0x00]).unwrap(),
            "😀"
        );
        assert_eq!(decode("utf_32_le", &[0, 0xF6, 1, 0]).unwrap(), "\u{1F600}");
        assert!(decode("ascii", &[0x80]).is_err());
        assert!(decode("utf_8", &[0xFF]).is_err());
        assert!(decode("cp1252", &[0x81]).is_err());
        assert!(decode("utf_16_le", &[0x00, 0xD8]).is_err());
    }
}
