//! Encodings in which some characters need several bytes, by tables (see `multi_byte.py`).

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use flate2::read::ZlibDecoder;

static DATA: &[u8] = include_bytes!("multi_byte.bin");

/// Tables are read when an encoding is first used, and kept.
static TABLES: LazyLock<Mutex<HashMap<&'static str, Arc<MultiByte>>>> =
    LazyLock::new(Mutex::default);

/// The linear number of the first four-byte code of gb18030 beyond the basic plane.
const GB18030_SUPPLEMENT: u32 = 189_000;

/// The characters of an encoding and their bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct MultiByte {
    /// Code points with their bytes as a big-endian number, sorted.
    chars: Vec<(u32, u64)>,
    /// Pairs of code points that have bytes of their own.
    pairs: Vec<((u32, u32), u64)>,
    /// Other characters have four bytes, by the rule of gb18030.
    four: bool,
}

impl MultiByte {
    /// The table with a name.
    pub(super) fn named(name: &str) -> Option<Arc<Self>> {
        let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tables.get(name) {
            return Some(Arc::clone(known));
        }
        let (name, packed) = find(name)?;
        let made = Arc::new(Self::unpack(packed, name == "gb18030")?);
        tables.insert(name, Arc::clone(&made));
        Some(made)
    }

    fn unpack(packed: &[u8], four: bool) -> Option<Self> {
        let mut bytes = Vec::new();
        ZlibDecoder::new(packed).read_to_end(&mut bytes).ok()?;
        let mut numbers = Numbers(&bytes);
        let count = usize::try_from(numbers.next()?).ok()?;
        let codes = numbers.running(count)?;
        let points = numbers.running(count)?;
        let chars = points.into_iter().zip(codes);
        let chars = chars.map(|(point, code)| Some((u32::try_from(point).ok()?, code)));
        let mut chars: Vec<(u32, u64)> = chars.collect::<Option<_>>()?;
        chars.sort_unstable();
        let count = numbers.next()?;
        let pairs = (0..count).map(|_| {
            let first = u32::try_from(numbers.next()?).ok()?;
            let second = u32::try_from(numbers.next()?).ok()?;
            Some(((first, second), numbers.next()?))
        });
        let mut pairs: Vec<_> = pairs.collect::<Option<_>>()?;
        pairs.sort_unstable();
        Some(Self { chars, pairs, four })
    }

    /// The bytes of a character as a big-endian number.
    pub(super) fn code(&self, char: char) -> Option<u64> {
        let point = u32::from(char);
        match self.chars.binary_search_by_key(&point, |pair| pair.0) {
            Ok(at) => self.chars.get(at).map(|pair| pair.1),
            Err(before) if self.four => Some(self.by_rule(point, before)),
            Err(_) => None,
        }
    }

    /// The bytes of two characters together, when they have some of their own.
    pub(super) fn pair(&self, first: char, second: char) -> Option<u64> {
        if self.pairs.is_empty() {
            return None;
        }
        let key = (u32::from(first), u32::from(second));
        let at = self.pairs.binary_search_by_key(&key, |pair| pair.0).ok()?;
        self.pairs.get(at).map(|pair| pair.1)
    }

    /// gb18030 numbers the characters of the basic plane that have no shorter code in their order, and
    /// those beyond it from [`GB18030_SUPPLEMENT`] on; `shorter` of the former come before.
    fn by_rule(&self, point: u32, shorter: usize) -> u64 {
        let shorter = u32::try_from(shorter).unwrap_or_default();
        let number = match point {
            0x1_0000.. => point - 0x1_0000 + GB18030_SUPPLEMENT,
            // Surrogates are no characters.
            0xE000.. => point - 0x800 - shorter,
            _ => point - shorter,
        };
        let digits = [
            0x81 + number / 12_600,
            0x30 + number / 1_260 % 10,
            0x81 + number / 10 % 126,
            0x30 + number % 10,
        ];
        digits
            .iter()
            .fold(0, |code, &digit| code << 8 | u64::from(digit))
    }

    /// Appends text.
    pub(super) fn encode(&self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            if char.is_ascii() && self.code(char) == Some(u64::from(u32::from(char))) {
                out.push(char as u8);
                continue;
            }
            let pair = chars.peek().and_then(|&next| self.pair(char, next));
            let code = match pair {
                Some(code) => {
                    chars.next();
                    code
                }
                None => self.code(char).ok_or(char)?,
            };
            push(code, out);
        }
        Ok(())
    }
}

/// Appends the bytes of a code.
fn push(code: u64, out: &mut Vec<u8>) {
    let bytes = code.to_be_bytes();
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(7);
    out.extend_from_slice(bytes.get(start..).unwrap_or_default());
}

/// The packed table with a name.
fn find(name: &str) -> Option<(&'static str, &'static [u8])> {
    let mut rest = DATA;
    loop {
        let end = memchr::memchr(0, rest)?;
        let (found, behind) = rest.split_at_checked(end)?;
        let (len, behind) = behind.get(1..)?.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
        let (packed, next) = behind.split_at_checked(len)?;
        if found == name.as_bytes() {
            return Some((std::str::from_utf8(found).ok()?, packed));
        }
        rest = next;
    }
}

/// Reads numbers of variable length.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> Option<u64> {
        self.wide().and_then(|value| u64::try_from(value).ok())
    }

    /// Codes have up to eight bytes, differences of them a bit more.
    fn wide(&mut self) -> Option<u128> {
        let mut value = 0;
        for shift in (0..128).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u128::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// Numbers that were stored as zigzag differences.
    fn running(&mut self, count: usize) -> Option<Vec<u64>> {
        let mut last = -1_i128;
        let mut all = Vec::with_capacity(count.min(1 << 17));
        for _ in 0..count {
            let coded = self.wide()?;
            let difference = (coded >> 1).cast_signed() ^ -(coded & 1).cast_signed();
            last += difference + 1;
            all.push(u64::try_from(last).ok()?);
        }
        Some(all)
    }
}
