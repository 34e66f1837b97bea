//! Encodings that switch between sets of characters: the `iso2022` family and `hz`. Each text begins
//! and ends in ASCII.

use std::sync::Arc;

use super::multi_byte::MultiByte;

/// A set of characters, and how a text switches to it.
#[derive(Debug, PartialEq, Eq)]
struct Set {
    /// What announces it.
    announced: &'static [u8],
    chars: Chars,
}

/// Where the characters of a set come from.
#[derive(Debug, PartialEq, Eq)]
enum Chars {
    /// Those with so many bytes, all with the highest bit, in a table; an announced set has seven bits.
    High(Arc<MultiByte>, Width),
    /// Yen sign and overline in the places of backslash and tilde.
    Roman,
    /// Katakana of half width.
    Katakana,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    /// Two bytes.
    Two,
    /// Two bytes behind 0x8F.
    Three,
    /// Of those, the rows of the second plane of JIS X 0213; the others are of JIS X 0212.
    Plane2,
}

/// How sets are left for ASCII, and whether the first use is announced once.
#[derive(Debug, PartialEq, Eq)]
pub struct Escaped {
    sets: Vec<Set>,
    /// Announced once, before the first character that is not ASCII.
    once: &'static [u8],
    /// Goes back to ASCII.
    back: &'static [u8],
    /// A tilde is doubled.
    tilde: bool,
}

const JISX0208: (&[u8], &str, Width) = (b"\x1b$B", "euc_jp", Width::Two);
const JISX0212: (&[u8], &str, Width) = (b"\x1b$(D", "euc_jp", Width::Three);
const KSX1001: (&[u8], &str, Width) = (b"\x1b$(C", "euc_kr", Width::Two);
const GB2312: (&[u8], &str, Width) = (b"\x1b$(A", "gb2312", Width::Two);
const JISX0213_2000: (&[u8], &str, Width) = (b"\x1b$(O", "euc_jisx0213", Width::Two);
const JISX0213_2004: (&[u8], &str, Width) = (b"\x1b$(Q", "euc_jis_2004", Width::Two);
const PLANE_2_2000: (&[u8], &str, Width) = (b"\x1b$(P", "euc_jisx0213", Width::Plane2);
const PLANE_2_2004: (&[u8], &str, Width) = (b"\x1b$(P", "euc_jis_2004", Width::Plane2);

impl Escaped {
    /// The encoding with a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let tables: &[(&[u8], &str, Width)] = match name {
            "iso2022_jp" => &[JISX0208],
            "iso2022_jp_1" | "iso2022_jp_ext" => &[JISX0208, JISX0212],
            "iso2022_jp_2" => &[JISX0208, JISX0212, KSX1001, GB2312],
            "iso2022_jp_2004" => &[JISX0208, JISX0213_2004, PLANE_2_2004],
            "iso2022_jp_3" => &[JISX0208, JISX0213_2000, PLANE_2_2000],
            "iso2022_kr" => &[(b"\x0e", "euc_kr", Width::Two)],
            "hz" => &[(b"~{", "gb2312", Width::Two)],
            _ => return None,
        };
        let mut sets = Vec::new();
        for &(announced, table, width) in tables {
            let chars = Chars::High(MultiByte::named(table)?, width);
            sets.push(Set { announced, chars });
        }
        if matches!(
            name,
            "iso2022_jp" | "iso2022_jp_1" | "iso2022_jp_2" | "iso2022_jp_ext"
        ) {
            let set = |announced, chars| Set { announced, chars };
            sets.push(set(b"\x1b(J", Chars::Roman));
            if name == "iso2022_jp_ext" {
                sets.push(set(b"\x1b(I", Chars::Katakana));
            }
        }
        let (once, back): (&[u8], &[u8]) = match name {
            "iso2022_kr" => (b"\x1b$)C", b"\x0f"),
            "hz" => (b"", b"~}"),
            _ => (b"", b"\x1b(B"),
        };
        Some(Self {
            sets,
            once,
            back,
            tilde: name == "hz",
        })
    }

    /// Appends text.
    pub(super) fn encode(&self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        let mut current: Option<usize> = None;
        let mut announced = false;
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            if char.is_ascii() {
                if current.take().is_some() {
                    out.extend_from_slice(self.back);
                }
                out.push(char as u8);
                if self.tilde && char == '~' {
                    out.push(b'~');
                }
                continue;
            }
            let (set, code, both) = self.find(char, chars.peek().copied()).ok_or(char)?;
            if both {
                chars.next();
            }
            if !announced {
                out.extend_from_slice(self.once);
                announced = true;
            }
            if current != Some(set) {
                let announced = self.sets.get(set).map(|set| set.announced);
                out.extend_from_slice(announced.unwrap_or_default());
                current = Some(set);
            }
            if code > 0xFF {
                out.push((code >> 8) as u8);
            }
            out.push(code as u8);
        }
        if current.is_some() {
            out.extend_from_slice(self.back);
        }
        Ok(())
    }

    /// The first set that has a character, with its code, and whether it takes the next one with it.
    fn find(&self, char: char, next: Option<char>) -> Option<(usize, u16, bool)> {
        let pair = self.sets.iter().enumerate().find_map(|(at, set)| {
            let code = set.pair(char, next?)?;
            Some((at, code, true))
        });
        pair.or_else(|| {
            let mut sets = self.sets.iter().enumerate();
            sets.find_map(|(at, set)| Some((at, set.code(char)?, false)))
        })
    }
}

impl Set {
    fn is_japanese(&self) -> bool {
        let sets = [
            JISX0208,
            JISX0212,
            JISX0213_2000,
            JISX0213_2004,
            PLANE_2_2000,
        ];
        sets.iter().any(|set| set.0 == self.announced)
    }

    fn code(&self, char: char) -> Option<u16> {
        match &self.chars {
            // The Japanese tables have the tilde of full width from elsewhere.
            Chars::High(..) if char == '\u{FF5E}' && self.is_japanese() => None,
            Chars::High(table, width) => width.low(table.code(char)?),
            Chars::Roman => match char {
                '\u{A5}' => Some(0x5C),
                '\u{203E}' => Some(0x7E),
                _ => None,
            },
            Chars::Katakana => match u32::from(char) {
                point @ 0xFF61..=0xFF9F => u16::try_from(point - 0xFF61 + 0x21).ok(),
                _ => None,
            },
        }
    }

    fn pair(&self, first: char, second: char) -> Option<u16> {
        match &self.chars {
            Chars::High(table, width) => width.low(table.pair(first, second)?),
            Chars::Roman | Chars::Katakana => None,
        }
    }
}

impl Width {
    /// The two bytes of a code without their highest bits, when it has the form of this set.
    fn low(self, code: u64) -> Option<u16> {
        let lead = match self {
            Self::Two => 0,
            Self::Three | Self::Plane2 => 0x8F,
        };
        let row = code >> 8 & 0x7F;
        let second = matches!(row, 0x21 | 0x23..=0x25 | 0x28 | 0x2C..=0x2F | 0x6E..);
        if self == Self::Plane2 && !second {
            return None;
        }
        if code >> 16 != lead || code & 0x8080 != 0x8080 || code & 0x7F00 < 0x2100 {
            return None;
        }
        u16::try_from(code & 0x7F7F).ok()
    }
}
