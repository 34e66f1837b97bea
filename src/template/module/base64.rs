//! `base64`

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Members, bytes_arg, given, text_or_bytes};
use crate::template::{Args, Ctx, Error, Value};

/// Any bits may be left over at the end, as Python allows.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE32_HEX: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

pub(super) fn members() -> Members {
    super::functions(&[
        ("b64encode", b64encode),
        ("b64decode", b64decode),
        ("standard_b64encode", |_, args| {
            let [data] = args.bind("standard_b64encode", ["s"], 1)?;
            encode("standard_b64encode", data, *b"+/")
        }),
        ("standard_b64decode", |_, args| {
            let [data] = args.bind("standard_b64decode", ["s"], 1)?;
            decode("standard_b64decode", data, *b"+/", false)
        }),
        ("urlsafe_b64encode", |_, args| {
            let [data] = args.bind("urlsafe_b64encode", ["s"], 1)?;
            encode("urlsafe_b64encode", data, *b"-_")
        }),
        ("urlsafe_b64decode", |_, args| {
            let [data] = args.bind("urlsafe_b64decode", ["s"], 1)?;
            decode("urlsafe_b64decode", data, *b"-_", false)
        }),
        ("b32encode", |_, args| b32encode("b32encode", args, BASE32)),
        ("b32decode", |_, args| b32decode("b32decode", args, BASE32)),
        ("b32hexencode", |_, args| b32encode("b32hexencode", args, BASE32_HEX)),
        ("b32hexdecode", |_, args| b32decode("b32hexdecode", args, BASE32_HEX)),
        ("b16encode", b16encode),
        ("b16decode", b16decode),
    ])
}

fn bytes(bytes: Vec<u8>) -> Value {
    Value::Bytes(bytes.into())
}

/// The two characters for 62 and 63.
fn alternative(value: Option<&Value>) -> Result<[u8; 2], Error> {
    match given(value) {
        None => Ok(*b"+/"),
        Some(value) => text_or_bytes("altchars", Some(value))?
            .try_into()
            .map_err(|_| Error::value_error("altchars must be two bytes")),
    }
}

fn encode(function: &str, data: Option<&Value>, last: [u8; 2]) -> Result<Value, Error> {
    let mut text = STANDARD.encode(bytes_arg(function, data)?).into_bytes();
    let [plus, slash] = last;
    if last != *b"+/" {
        for byte in &mut text {
            match byte {
                b'+' => *byte = plus,
                b'/' => *byte = slash,
                _ => {}
            }
        }
    }
    Ok(bytes(text))
}

fn decode(function: &str, data: Option<&Value>, last: [u8; 2], strict: bool) -> Result<Value, Error> {
    let text = text_or_bytes(function, data)?;
    let [plus, slash] = last;
    let mut kept = Vec::with_capacity(text.len());
    for byte in text {
        let byte = match *byte {
            byte if byte == plus => b'+',
            byte if byte == slash => b'/',
            byte => byte,
        };
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => kept.push(byte),
            _ if strict => return Err(Error::value_error("only base64 data is allowed")),
            _ => {}
        }
    }
    STANDARD.decode(kept).map(bytes).map_err(|error| {
        Error::value_error(format!("{function}(): not base64 data: {error}"))
            .help("the length must be a multiple of four, filled up with `=`")
    })
}

fn b64encode(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [data, last] = args.bind("b64encode", ["s", "altchars"], 1)?;
    encode("b64encode", data, alternative(last)?)
}

fn b64decode(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [data, last, strict] = args.bind("b64decode", ["s", "altchars", "validate"], 1)?;
    let strict = strict.is_some_and(Value::truth);
    decode("b64decode", data, alternative(last)?, strict)
}

fn b32encode(function: &str, args: &Args<'_>, alphabet: &[u8; 32]) -> Result<Value, Error> {
    let [data] = args.bind(function, ["s"], 1)?;
    let mut text = Vec::new();
    for chunk in bytes_arg(function, data)?.chunks(5) {
        let mut word = [0; 8];
        for (slot, byte) in word.iter_mut().skip(3).zip(chunk) {
            *slot = *byte;
        }
        let word = u64::from_be_bytes(word);
        let used = (chunk.len() * 8).div_ceil(5);
        for at in 0..8 {
            let digit = usize::try_from(word >> (35 - 5 * at) & 31).unwrap_or(0);
            let shown = alphabet.get(digit).filter(|_| at < used);
            text.push(shown.copied().unwrap_or(b'='));
        }
    }
    Ok(bytes(text))
}

fn b32decode(function: &str, args: &Args<'_>, alphabet: &[u8; 32]) -> Result<Value, Error> {
    let [data, fold, _] = args.bind(function, ["s", "casefold", "map01"], 1)?;
    let fold = fold.is_some_and(Value::truth);
    let text = text_or_bytes(function, data)?;
    let wrong = || Error::value_error(format!("{function}(): not base32 data"));
    if text.len() % 8 != 0 {
        return Err(wrong().help("the length must be a multiple of eight, filled up with `=`"));
    }
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    if !matches!(text.len() - end, 0 | 1 | 3 | 4 | 6) {
        return Err(wrong());
    }
    let (mut word, mut bits, mut out) = (0_u32, 0, Vec::new());
    for byte in text.iter().take(end) {
        let byte = if fold { byte.to_ascii_uppercase() } else { *byte };
        let digit = alphabet.iter().position(|known| *known == byte);
        let digit = digit.and_then(|digit| u32::try_from(digit).ok()).ok_or_else(wrong)?;
        word = (word << 5 | digit) & 0xFFFF;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(word >> bits & 0xFF).unwrap_or(0));
        }
    }
    Ok(bytes(out))
}

fn b16encode(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [data] = args.bind("b16encode", ["s"], 1)?;
    let mut text = String::new();
    for byte in bytes_arg("b16encode", data)? {
        text.push_str(&format!("{byte:02X}"));
    }
    Ok(bytes(text.into_bytes()))
}

fn b16decode(_: &mut Ctx<'_>, args: &Args<'_>) -> Result<Value, Error> {
    let [data, fold] = args.bind("b16decode", ["s", "casefold"], 1)?;
    let fold = fold.is_some_and(Value::truth);
    let wrong = || Error::value_error("b16decode(): not base16 data");
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' if fold => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = Vec::new();
    for pair in text_or_bytes("b16decode", data)?.chunks(2) {
        let [high, low] = pair else {
            return Err(wrong());
        };
        out.push(digit(high).ok_or_else(wrong)? << 4 | digit(low).ok_or_else(wrong)?);
    }
    Ok(bytes(out))
}
