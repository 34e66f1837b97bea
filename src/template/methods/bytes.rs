//! Methods of bytes, and what makes bytes of texts and texts of bytes.

use std::rc::Rc;

use super::{Called, Method, text_arg};
use crate::template::{Args, Error, Value};

fn codec(value: Option<&Value>) -> Result<String, Error> {
    let name = value.map_or(Ok("utf-8"), |value| text_arg(value, "encode"))?;
    Ok(name.to_ascii_lowercase().replace(['-', ' '], "_"))
}

fn unknown_codec(name: &str) -> Error {
    Error::new(
        crate::template::ErrorKind::NotFound,
        format!("unknown encoding '{name}'"),
    )
    .help("utf-8, ascii, latin-1, utf-16, utf-16-le, utf-16-be, utf-32-le and utf-32-be are known")
}

pub(super) fn encode(text: &str, args: &Args<'_>) -> Result<Value, Error> {
    let [name, errors] = args.bind("encode", ["encoding", "errors"], 0)?;
    let name = codec(name)?;
    let errors = errors.map_or(Ok("strict"), |errors| text_arg(errors, "encode"))?;
    let bytes: Vec<u8> = match name.as_str() {
        "utf_8" | "utf8" | "u8" => text.as_bytes().to_vec(),
        "ascii" | "us_ascii" => narrow(text, 0x80, "ascii", errors)?,
        "latin_1" | "latin1" | "iso8859_1" | "iso_8859_1" | "l1" => {
            narrow(text, 0x100, "latin-1", errors)?
        }
        "utf_16_le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf_16_be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf_16" => {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }
        "utf_32_le" => text
            .chars()
            .flat_map(|one| u32::from(one).to_le_bytes())
            .collect(),
        "utf_32_be" => text
            .chars()
            .flat_map(|one| u32::from(one).to_be_bytes())
            .collect(),
        _ => return Err(unknown_codec(&name)),
    };
    Ok(Value::Bytes(bytes.into()))
}

fn narrow(text: &str, limit: u32, name: &str, errors: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    for one in text.chars() {
        let code = u32::from(one);
        match (u8::try_from(code), errors) {
            (Ok(byte), _) if code < limit => bytes.push(byte),
            (_, "ignore") => {}
            (_, "replace") => bytes.push(b'?'),
            (_, "xmlcharrefreplace") => bytes.extend(format!("&#{code};").bytes()),
            (_, "backslashreplace") => {
                let mut escaped = String::new();
                let _ = crate::template::repr::write_escape(one, &mut escaped);
                bytes.extend(escaped.bytes());
            }
            _ => {
                return Err(Error::value_error(format!(
                    "'{name}' cannot encode the character '{one}'"
                )));
            }
        }
    }
    Ok(bytes)
}

pub(super) fn call(bytes: &Rc<[u8]>, method: Method, args: &Args<'_>) -> Called {
    let part = |name: &str| {
        let [part] = args.bind_positional(name, 1)?;
        match part {
            Some(Value::Bytes(part)) => Ok(Rc::clone(part)),
            _ => Err(Error::type_error(format!("{name} takes bytes"))),
        }
    };
    Some(match method {
        Method::Decode => decode(bytes, args),
        Method::Hex => hex(bytes, args),
        Method::Upper => args
            .none("upper")
            .map(|()| Value::Bytes(bytes.to_ascii_uppercase().into())),
        Method::Lower => args
            .none("lower")
            .map(|()| Value::Bytes(bytes.to_ascii_lowercase().into())),
        Method::Startswith => part("startswith").map(|part| Value::Bool(bytes.starts_with(&part))),
        Method::Endswith => part("endswith").map(|part| Value::Bool(bytes.ends_with(&part))),
        Method::Find => part("find").map(|part| {
            let at = memchr::memmem::find(bytes, &part);
            at.map_or(Value::Int(-1), Value::from)
        }),
        Method::Count => {
            part("count").map(|part| Value::from(memchr::memmem::find_iter(bytes, &*part).count()))
        }
        Method::Strip => args
            .none("strip")
            .map(|()| Value::Bytes(bytes.trim_ascii().into())),
        _ => return None,
    })
}

fn hex(bytes: &[u8], args: &Args<'_>) -> Result<Value, Error> {
    let [separator] = args.bind("hex", ["sep"], 0)?;
    let separator = separator.map_or(Ok(""), |separator| text_arg(separator, "hex"))?;
    let mut out = String::with_capacity(bytes.len() * 2);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        out.push_str(&format!("{byte:02x}"));
    }
    Ok(Value::from(out))
}

fn decode(bytes: &[u8], args: &Args<'_>) -> Result<Value, Error> {
    let [name, errors] = args.bind("decode", ["encoding", "errors"], 0)?;
    let name = codec(name)?;
    let errors = errors.map_or(Ok("strict"), |errors| text_arg(errors, "decode"))?;
    let invalid = || Error::value_error(format!("these bytes are not valid '{name}'"));
    let text = match name.as_str() {
        "utf_8" | "utf8" | "u8" => match (std::str::from_utf8(bytes), errors) {
            (Ok(text), _) => text.to_owned(),
            (Err(_), "replace") => String::from_utf8_lossy(bytes).into_owned(),
            (Err(_), "ignore") => String::from_utf8_lossy(bytes).replace('\u{fffd}', ""),
            _ => return Err(invalid()),
        },
        "ascii" | "us_ascii" => match (bytes.is_ascii(), errors) {
            (true, _) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            (false, "ignore") => {
                let ascii = bytes.iter().filter(|byte| byte.is_ascii());
                ascii.map(|byte| char::from(*byte)).collect()
            }
            (false, "replace") => {
                let one = |byte: &u8| {
                    if byte.is_ascii() {
                        char::from(*byte)
                    } else {
                        '\u{fffd}'
                    }
                };
                bytes.iter().map(one).collect()
            }
            _ => return Err(invalid()),
        },
        "latin_1" | "latin1" | "iso8859_1" | "iso_8859_1" | "l1" => {
            bytes.iter().map(|byte| char::from(*byte)).collect()
        }
        "utf_16" | "utf_16_le" | "utf_16_be" => {
            let big = name == "utf_16_be";
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| {
                    let pair = [
                        pair.first().copied().unwrap_or(0),
                        pair.get(1).copied().unwrap_or(0),
                    ];
                    if big {
                        u16::from_be_bytes(pair)
                    } else {
                        u16::from_le_bytes(pair)
                    }
                })
                .collect();
            let units = match units.split_first() {
                Some((0xFEFF, rest)) if name == "utf_16" => rest,
                _ => &units,
            };
            String::from_utf16(units).map_err(|_| invalid())?
        }
        _ => return Err(unknown_codec(&name)),
    };
    Ok(Value::from(text))
}
