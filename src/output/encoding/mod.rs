//! Text encodings of outputs that write text: UTF-8 passes through, the others are made per item.

mod escaped;
mod multi_byte;
mod utf_7;

use std::sync::Arc;

use crate::config::{Context, ENCODINGS, Field, Kind, Section, SingleByte};

pub use escaped::Escaped;
pub use multi_byte::MultiByte;

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
    /// An encoding with tables of characters of several bytes.
    MultiByte(Arc<MultiByte>),
    /// An encoding that switches between sets of characters; every text begins and ends in ASCII.
    Escaped(Arc<Escaped>),
    /// `utf_7`.
    Utf7,
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
        let table = SingleByte::named(name)?;
        let pair = |byte| Some((table.char(byte)?, byte));
        let mut pairs: Vec<(char, u8)> = (0..=u8::MAX).filter_map(pair).collect();
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
    Kind::Enum(ENCODINGS),
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
            let message = format!("the tables of encoding `{name}` cannot be read");
            cx.within(".encoding", |cx| cx.error(span, message));
        }
        found
    }

    /// The encoding with a name of [`ENCODINGS`].
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
            "utf_7" => Self::Utf7,
            _ => {
                let single = Table::named(name).map(|table| Self::Table(Arc::new(table)));
                let several = || MultiByte::named(name).map(Self::MultiByte);
                let escaped = || Escaped::named(name).map(|sets| Self::Escaped(Arc::new(sets)));
                return single.or_else(several).or_else(escaped);
            }
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
            Self::MultiByte(table) => table.encode(text, out)?,
            Self::Escaped(sets) => sets.encode(text, out)?,
            Self::Utf7 => utf_7::encode(text, out),
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
