//! Text encodings of outputs that write text: UTF-8 passes through, the others are made per item.

use std::sync::Arc;

use crate::config::{Context, Field, Kind, Section};

/// Tables of the single-byte encodings beside ASCII and Latin-1.
const TABLES: &str = include_str!("single_byte.txt");

/// All names that documents may use.
const NAMES: &[&str] = &[
    "ascii",
    "big5",
    "big5hkscs",
    "cp037",
    "cp273",
    "cp424",
    "cp437",
    "cp500",
    "cp720",
    "cp737",
    "cp775",
    "cp850",
    "cp852",
    "cp855",
    "cp856",
    "cp857",
    "cp858",
    "cp860",
    "cp861",
    "cp862",
    "cp863",
    "cp864",
    "cp865",
    "cp866",
    "cp869",
    "cp874",
    "cp875",
    "cp932",
    "cp949",
    "cp950",
    "cp1006",
    "cp1026",
    "cp1125",
    "cp1140",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "euc_jp",
    "euc_jis_2004",
    "euc_jisx0213",
    "euc_kr",
    "gb2312",
    "gbk",
    "gb18030",
    "hz",
    "iso2022_jp",
    "iso2022_jp_1",
    "iso2022_jp_2",
    "iso2022_jp_2004",
    "iso2022_jp_3",
    "iso2022_jp_ext",
    "iso2022_kr",
    "latin_1",
    "iso8859_2",
    "iso8859_3",
    "iso8859_4",
    "iso8859_5",
    "iso8859_6",
    "iso8859_7",
    "iso8859_8",
    "iso8859_9",
    "iso8859_10",
    "iso8859_11",
    "iso8859_13",
    "iso8859_14",
    "iso8859_15",
    "iso8859_16",
    "johab",
    "koi8_r",
    "koi8_t",
    "koi8_u",
    "kz1048",
    "mac_cyrillic",
    "mac_greek",
    "mac_iceland",
    "mac_latin2",
    "mac_roman",
    "mac_turkish",
    "ptcp154",
    "shift_jis",
    "shift_jis_2004",
    "shift_jisx0213",
    "utf_32",
    "utf_32_be",
    "utf_32_le",
    "utf_16",
    "utf_16_be",
    "utf_16_le",
    "utf_7",
    "utf_8",
    "utf_8_sig",
];

/// A text encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `utf_8`.
    #[default]
    Utf8,
    /// `utf_8_sig`: with a byte order mark.
    Utf8Sig,
    /// `ascii`.
    Ascii,
    /// `latin_1`.
    Latin1,
    /// Another encoding of one byte a character.
    Table(Arc<Table>),
    /// `utf_16` (little endian with mark), `utf_16_le`, `utf_16_be`.
    Utf16 {
        /// Most significant byte first.
        big: bool,
        /// Starts with a byte order mark.
        mark: bool,
    },
    /// `utf_32` (little endian with mark), `utf_32_le`, `utf_32_be`.
    Utf32 {
        /// Most significant byte first.
        big: bool,
        /// Starts with a byte order mark.
        mark: bool,
    },
}

/// The characters of a single-byte encoding, sorted, with their bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Table(Vec<(char, u8)>);

impl Table {
    /// The table with a name, if it is a single-byte encoding.
    fn named(name: &str) -> Option<Self> {
        let mut words = TABLES.lines().find_map(|line| {
            let mut words = line.split(' ');
            (words.next() == Some(name)).then_some(words)
        })?;
        let full = words.clone().next() == Some("*");
        if full {
            words.next();
        }
        let ascii = (0..0x80_u8).filter(|_| !full);
        let mut pairs: Vec<(char, u8)> = ascii.map(|byte| (char::from(byte), byte)).collect();
        let bytes = if full { 0..=0xFF_u8 } else { 0x80..=0xFF };
        pairs.extend(words.zip(bytes).filter_map(|(word, byte)| {
            let code = u32::from_str_radix(word, 16).ok()?;
            Some((char::from_u32(code)?, byte))
        }));
        pairs.sort_unstable();
        Some(Self(pairs))
    }

    fn byte(&self, char: char) -> Option<u8> {
        let at = self.0.binary_search_by_key(&char, |pair| pair.0).ok()?;
        self.0.get(at).map(|pair| pair.1)
    }
}

/// The `encoding` option.
pub(super) const FIELD: Field = Field::optional(
    "encoding",
    Kind::Enum(NAMES),
    "utf_8",
    "Text encoding, by its Python name with underscores. A character it does not have is an error.",
);

impl Encoding {
    /// Decodes the option `encoding`, or takes UTF-8 when it is absent.
    pub(super) fn decode(section: &Section, cx: &mut Context<'_>) -> Option<Self> {
        let Some(name) = section.str("encoding") else {
            return Some(Self::default());
        };
        let found = Self::named(name);
        if found.is_none() {
            let span = section.node("encoding").map_or(section.span, |n| n.span);
            let message = format!("encoding `{name}` is not supported yet");
            cx.within(".encoding", |cx| {
                cx.error_help(
                    span,
                    message,
                    "use utf_8, utf_16 or utf_32, or one of the single-byte encodings",
                );
            });
        }
        found
    }

    /// The encoding with a name of the list, if it is built in.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "utf_8" => Self::Utf8,
            "utf_8_sig" => Self::Utf8Sig,
            "ascii" => Self::Ascii,
            "latin_1" => Self::Latin1,
            "utf_16" => Self::Utf16 {
                big: false,
                mark: true,
            },
            "utf_16_le" => Self::Utf16 {
                big: false,
                mark: false,
            },
            "utf_16_be" => Self::Utf16 {
                big: true,
                mark: false,
            },
            "utf_32" => Self::Utf32 {
                big: false,
                mark: true,
            },
            "utf_32_le" => Self::Utf32 {
                big: false,
                mark: false,
            },
            "utf_32_be" => Self::Utf32 {
                big: true,
                mark: false,
            },
            _ => Self::Table(Arc::new(Table::named(name)?)),
        })
    }

    /// The byte order mark that opens a text, or nothing.
    pub fn mark(&self) -> &'static [u8] {
        match self {
            Self::Utf8Sig => b"\xEF\xBB\xBF",
            Self::Utf16 { mark: true, .. } => b"\xFF\xFE",
            Self::Utf32 { mark: true, .. } => b"\xFF\xFE\0\0",
            _ => b"",
        }
    }

    /// Appends `text` to `out`, without a mark.
    ///
    /// # Errors
    /// The first character that the encoding does not have; `out` then holds what came before it.
    pub fn encode(&self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        match self {
            Self::Utf8 | Self::Utf8Sig => out.extend_from_slice(text.as_bytes()),
            Self::Ascii | Self::Latin1 => {
                let last = if *self == Self::Ascii { 0x7F } else { 0xFF };
                for char in text.chars() {
                    match u8::try_from(u32::from(char)) {
                        Ok(byte) if byte <= last => out.push(byte),
                        _ => return Err(char),
                    }
                }
            }
            Self::Table(table) => {
                for char in text.chars() {
                    out.push(table.byte(char).ok_or(char)?);
                }
            }
            Self::Utf16 { big, .. } => {
                for unit in text.encode_utf16() {
                    out.extend(if *big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    });
                }
            }
            Self::Utf32 { big, .. } => {
                for char in text.chars() {
                    let code = u32::from(char);
                    out.extend(if *big {
                        code.to_be_bytes()
                    } else {
                        code.to_le_bytes()
                    });
                }
            }
        }
        Ok(())
    }
}
