//! Identifiers, digests, passwords, and small documents: JSON, CSV, archives.

use std::fmt::Write as _;

use super::super::FakeError;
use super::super::rand::{crypto, text};
use super::{Answer, Call, Datum, Provider, pattern};

const TABLE: &[&str] = &["header", "data_columns", "num_rows", "include_row_ids"];

pub(super) static PROVIDERS: &[Provider] = &[
    Provider::new("uuid4", &["cast_to"], |call| {
        let mut out = Vec::with_capacity(36);
        crypto::uuid4(call.random, &mut out);
        Ok(String::from_utf8(out).unwrap_or_default().into())
    }),
    Provider::new("uuid1", &["cast_to"], |call| {
        // 100-nanosecond steps since 1582-10-15.
        let steps = (call.now.and_utc().timestamp_micros() as u64).wrapping_mul(10);
        let steps = steps.wrapping_add(0x01b2_1dd2_1381_4000);
        let mut node = [0; 8];
        call.random.bits(&mut node);
        let time = u128::from(steps);
        let high =
            (time & 0xffff_ffff) << 96 | (time >> 32 & 0xffff) << 80 | (time >> 48 & 0x0fff) << 64;
        let low = u128::from(u64::from_be_bytes(node)) & 0x3fff_ffff_ffff_ffff;
        uuid(high | 0x1000 << 64 | 0x8000_0000_0000_0000 | low)
    }),
    Provider::new("uuid7", &["cast_to"], |call| {
        let ms = call.now.and_utc().timestamp_millis() as u128 & 0xffff_ffff_ffff;
        let mut rest = [0; 16];
        call.random.bits(&mut rest);
        let rest = u128::from_be_bytes(rest);
        let low = rest & 0x0fff_3fff_ffff_ffff_ffff;
        uuid(ms << 80 | 0x7000 << 64 | 0x8000_0000_0000_0000 | low)
    }),
    Provider::new("md5", &["raw_output"], |call| digest(call, 16)),
    Provider::new("sha1", &["raw_output"], |call| digest(call, 20)),
    Provider::new("sha256", &["raw_output"], |call| digest(call, 32)),
    Provider::new("binary", &["length"], |call| {
        let length = call.int(0, 1 << 20)?.clamp(0, 16 << 20);
        Ok(Datum::Bytes(bytes(call, length as usize)))
    }),
    Provider::new(
        "password",
        &[
            "length",
            "special_chars",
            "digits",
            "upper_case",
            "lower_case",
        ],
        password,
    ),
    Provider::new(
        "json",
        &["data_columns", "num_rows", "indent", "cls"],
        |call| Ok(json(call)?.into()),
    ),
    Provider::new(
        "json_bytes",
        &["data_columns", "num_rows", "indent", "cls"],
        |call| Ok(Datum::Bytes(json(call)?.into_bytes())),
    ),
    Provider::new("csv", TABLE, |call| separated(call, 0, ",")),
    Provider::new("tsv", TABLE, |call| separated(call, 0, "\t")),
    Provider::new("psv", TABLE, |call| separated(call, 0, "|")),
    Provider::new(
        "dsv",
        &[
            "dialect",
            "header",
            "data_columns",
            "num_rows",
            "include_row_ids",
            "delimiter",
        ],
        |call| {
            let delimiter = match (call.text(5)?, call.text(0)?) {
                (Some(delimiter), _) => delimiter.to_owned(),
                (None, Some("excel-tab")) => "\t".to_owned(),
                (None, None | Some("faker-csv" | "excel" | "unix")) => ",".to_owned(),
                (None, Some(other)) => {
                    return Err(FakeError::new(format!("`{other}` is no dialect"))
                        .help("known are `faker-csv`, `excel`, `excel-tab` and `unix`"));
                }
            };
            separated(call, 1, &delimiter)
        },
    ),
    Provider::new(
        "fixed_width",
        &["data_columns", "num_rows", "align"],
        fixed_width,
    ),
    Provider::new(
        "zip",
        &[
            "uncompressed_size",
            "num_files",
            "min_file_size",
            "compression",
        ],
        |call| archive(call, Archive::Zip),
    ),
    Provider::new(
        "tar",
        &[
            "uncompressed_size",
            "num_files",
            "min_file_size",
            "compression",
        ],
        |call| archive(call, Archive::Tar),
    ),
    Provider::new(
        "xml",
        &[
            "nb_elements",
            "variable_nb_elements",
            "value_types",
            "allowed_types",
        ],
        |call| {
            let count = call.count(0, 10)?.min(10_000);
            let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<root>");
            for _ in 0..count {
                let key = call.word(super::locale::ENGLISH.words);
                let value = call.word(super::locale::ENGLISH.words);
                let _ = write!(out, "<{key}>{value}</{key}>");
            }
            out.push_str("</root>");
            Ok(out.into())
        },
    ),
];

fn uuid(bits: u128) -> Answer {
    let mut out = Vec::with_capacity(36);
    crypto::uuid_text(&bits.to_be_bytes(), &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

fn bytes(call: &mut Call<'_>, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    call.random.bits(&mut out);
    out
}

fn digest(call: &mut Call<'_>, length: usize) -> Answer {
    if call.flag(0, false) {
        return Ok(Datum::Bytes(bytes(call, length)));
    }
    let mut out = Vec::with_capacity(length * 2);
    crypto::digest(call.random, length, &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

fn password(call: &mut Call<'_>) -> Answer {
    let length = call.count(0, 10)?;
    let sets: [(bool, &[u8]); 4] = [
        (call.flag(1, true), b"!@#$%^&*()_+"),
        (call.flag(2, true), text::DIGITS),
        (call.flag(3, true), text::UPPERCASE),
        (call.flag(4, true), text::LOWERCASE),
    ];
    let mut all: Vec<u8> = Vec::new();
    let mut out: Vec<u8> = Vec::new();
    for (_, set) in sets.iter().filter(|(wanted, _)| *wanted) {
        all.extend_from_slice(set);
        text::characters(call.random, set, 1, &mut out)?;
    }
    let required = out.len() as i64;
    if length < required {
        return Err(FakeError::new(format!(
            "`length` is {length}, but one character of each of {required} kinds is needed"
        )));
    }
    if !all.is_empty() {
        text::characters(call.random, &all, length - required, &mut out)?;
    }
    super::super::rand::shuffle(call.random, &mut out);
    Ok(String::from_utf8(out).unwrap_or_default().into())
}

/// A value of a column: a pattern with `{{provider}}`, a provider's name, a constant after `@`, or
/// columns of its own.
fn column(call: &mut Call<'_>, definition: &Datum, depth: usize) -> Answer {
    if depth > 20 {
        return Err(FakeError::new("`data_columns` is nested too deeply"));
    }
    match definition {
        Datum::Text(text) if text.contains("{{") => Ok(call.parse(text)?.into()),
        Datum::Text(text) => match text.strip_prefix('@') {
            Some(constant) => Ok(constant.to_owned().into()),
            None => call.other(text),
        },
        Datum::Dict(entries) => {
            let mut out = Vec::with_capacity(entries.len());
            for (name, definition) in entries {
                out.push((name.clone(), column(call, definition, depth + 1)?));
            }
            Ok(Datum::Dict(out))
        }
        // (name, definition) pairs, as the reference has them beside dicts.
        Datum::List(items) | Datum::Tuple(items) => {
            let mut out = Vec::with_capacity(items.len());
            for item in items {
                let (Datum::List(pair) | Datum::Tuple(pair)) = item else {
                    return Err(FakeError::new(
                        "`data_columns` must hold pairs of name and definition",
                    ));
                };
                let (Some(name), Some(definition)) =
                    (pair.first().and_then(Datum::as_text), pair.get(1))
                else {
                    return Err(FakeError::new(
                        "`data_columns` must hold pairs of name and definition",
                    ));
                };
                out.push((name.to_owned(), column(call, definition, depth + 1)?));
            }
            Ok(Datum::Dict(out))
        }
        other => Ok(other.clone()),
    }
}

fn json(call: &mut Call<'_>) -> Result<String, FakeError> {
    let rows = call.count(1, 10)?.min(100_000);
    let columns = call.given(0).cloned().unwrap_or_else(|| {
        Datum::Dict(vec![
            ("name".to_owned(), Datum::Text("{{name}}".to_owned())),
            (
                "residency".to_owned(),
                Datum::Text("{{address}}".to_owned()),
            ),
        ])
    });
    let indent = call
        .maybe_int(2)?
        .map(|indent| indent.clamp(0, 64) as usize);
    let mut made = Vec::new();
    for _ in 0..rows {
        made.push(column(call, &columns, 0)?);
    }
    let value = if made.len() == 1 {
        made.remove(0)
    } else {
        Datum::List(made)
    };
    let mut out = String::new();
    write_json(&value, indent, 0, &mut out);
    Ok(out)
}

/// JSON as Python writes it: `, ` and `: ` between, other than ASCII escaped.
pub(in crate::fake) fn write_json(
    value: &Datum,
    indent: Option<usize>,
    depth: usize,
    out: &mut String,
) {
    let line = |out: &mut String, depth: usize| {
        if let Some(indent) = indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent * depth));
        }
    };
    let separator = if indent.is_some() { "," } else { ", " };
    match value {
        Datum::None => out.push_str("null"),
        Datum::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Datum::Int(_) | Datum::Float(_) => out.push_str(&pattern::printed(value)),
        Datum::List(items) | Datum::Tuple(items) if items.is_empty() => out.push_str("[]"),
        Datum::List(items) | Datum::Tuple(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(separator);
                }
                line(out, depth + 1);
                write_json(item, indent, depth + 1, out);
            }
            line(out, depth);
            out.push(']');
        }
        Datum::Dict(entries) if entries.is_empty() => out.push_str("{}"),
        Datum::Dict(entries) => {
            out.push('{');
            for (index, (name, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(separator);
                }
                line(out, depth + 1);
                quote_json(name, out);
                out.push_str(": ");
                write_json(item, indent, depth + 1, out);
            }
            line(out, depth);
            out.push('}');
        }
        other => quote_json(&pattern::printed(other), out),
    }
}

fn quote_json(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// Texts of a list argument.
fn texts(call: &Call<'_>, index: usize) -> Result<Option<Vec<String>>, FakeError> {
    let Some(items) = call.list(index)? else {
        return Ok(None);
    };
    let texts = items.iter().map(|item| item.as_text().map(str::to_owned));
    let texts: Option<Vec<String>> = texts.collect();
    texts
        .map(Some)
        .ok_or_else(|| call.unfit(index, "a list of texts"))
}

fn separated(call: &mut Call<'_>, first: usize, delimiter: &str) -> Answer {
    let header = texts(call, first)?;
    let columns = texts(call, first + 1)?
        .unwrap_or_else(|| vec!["{{name}}".to_owned(), "{{address}}".to_owned()]);
    let rows = call.count(first + 2, 10)?.min(100_000);
    let ids = call.flag(first + 3, false);
    let mut out = String::new();
    let write = |cells: &[String], out: &mut String| {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                out.push_str(delimiter);
            }
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        }
        out.push_str("\r\n");
    };
    if let Some(mut header) = header {
        if header.len() != columns.len() {
            return Err(FakeError::new(format!(
                "`header` has {} columns, `data_columns` has {}",
                header.len(),
                columns.len()
            )));
        }
        if ids {
            header.insert(0, "ID".to_owned());
        }
        write(&header, &mut out);
    }
    for row in 1..=rows {
        let mut cells = Vec::with_capacity(columns.len() + 1);
        if ids {
            cells.push(row.to_string());
        }
        for column in &columns {
            cells.push(call.parse(column)?);
        }
        write(&cells, &mut out);
    }
    Ok(out.into())
}

fn fixed_width(call: &mut Call<'_>) -> Answer {
    let bad = || FakeError::new("`data_columns` must hold pairs of width and provider");
    let mut columns: Vec<(usize, String)> = Vec::new();
    match call.list(0)? {
        None => columns.extend([(20, "name".to_owned()), (3, "age".to_owned())]),
        Some(items) => {
            for item in items {
                let (Datum::List(pair) | Datum::Tuple(pair)) = item else {
                    return Err(bad());
                };
                let (Some(Datum::Int(width)), Some(name)) =
                    (pair.first(), pair.get(1).and_then(Datum::as_text))
                else {
                    return Err(bad());
                };
                columns.push(((*width).clamp(0, 10_000) as usize, name.to_owned()));
            }
        }
    }
    let rows = call.count(1, 10)?.min(100_000);
    let align = call.text(2)?.unwrap_or("left").to_owned();
    let mut lines = Vec::new();
    for _ in 0..rows {
        let mut line = String::new();
        for (width, name) in &columns {
            let text = match name.as_str() {
                "age" => call.between(1, 20).to_string(),
                name if name.contains("{{") => call.parse(name)?,
                name => call.other_text(name)?,
            };
            let text: String = text.chars().take(*width).collect();
            let _ = match align.as_str() {
                "left" => write!(line, "{text:<width$}"),
                "right" => write!(line, "{text:>width$}"),
                "middle" => write!(line, "{text:^width$}"),
                other => {
                    return Err(FakeError::new(format!("`{other}` is no alignment"))
                        .help("known are `left`, `middle` and `right`"));
                }
            };
        }
        lines.push(line);
    }
    Ok(lines.join("\n").into())
}

#[derive(Clone, Copy)]
enum Archive {
    Zip,
    Tar,
}

/// An archive whose files are stored as they are.
fn archive(call: &mut Call<'_>, kind: Archive) -> Answer {
    let size = call.int(0, 65_536)?;
    let files = call.int(1, 1)?;
    let least = call.int(2, 4096)?;
    if files < 1
        || least < 1
        || size > 16 << 20
        || files.checked_mul(least).is_none_or(|all| all > size)
    {
        return Err(FakeError::new(format!(
            "{files} files of at least {least} bytes do not fit {size} bytes"
        ))
        .help("the most is 16777216 bytes"));
    }
    if call.given(3).is_some() {
        return Err(FakeError::new("archives are made without compression here")
            .help("leave `compression` out"));
    }
    let each = size / files;
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for index in 0..files {
        let length = if index == files - 1 {
            size - each * (files - 1)
        } else {
            each
        };
        let name = call.other_text("file_name")?;
        let content = bytes(call, length as usize);
        match kind {
            Archive::Zip => zip_entry(&name, &content, &mut out, &mut directory),
            Archive::Tar => tar_entry(&name, &content, &mut out),
        }
    }
    match kind {
        Archive::Zip => {
            let (start, length) = (out.len() as u32, directory.len() as u32);
            out.extend_from_slice(&directory);
            out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
            out.extend_from_slice(&(files as u16).to_le_bytes());
            out.extend_from_slice(&(files as u16).to_le_bytes());
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&start.to_le_bytes());
            out.extend_from_slice(&[0, 0]);
        }
        Archive::Tar => out.resize(out.len() + 1024, 0),
    }
    Ok(Datum::Bytes(out))
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

fn zip_entry(name: &str, content: &[u8], out: &mut Vec<u8>, directory: &mut Vec<u8>) {
    let mut common = Vec::new();
    common.extend_from_slice(&[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
    common.extend_from_slice(&crc32(content).to_le_bytes());
    common.extend_from_slice(&(content.len() as u32).to_le_bytes());
    common.extend_from_slice(&(content.len() as u32).to_le_bytes());
    common.extend_from_slice(&(name.len() as u16).to_le_bytes());
    common.extend_from_slice(&[0, 0]);
    directory.extend_from_slice(b"PK\x01\x02\x14\x00");
    directory.extend_from_slice(&common);
    directory.extend_from_slice(&[0; 10]);
    directory.extend_from_slice(&(out.len() as u32).to_le_bytes());
    directory.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"PK\x03\x04");
    out.extend_from_slice(&common);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(content);
}

fn tar_entry(name: &str, content: &[u8], out: &mut Vec<u8>) {
    let mut header = [0_u8; 512];
    let name: Vec<u8> = name.bytes().take(100).collect();
    header[..name.len()].copy_from_slice(&name);
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(512), 0);
}
