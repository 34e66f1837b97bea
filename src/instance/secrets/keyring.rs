//! Eventum's keyring file (keyrings.cryptfile with Argon2 and AES-128-GCM), for reading.
//!
//! It is not written, because the format is unsafe to use: names that differ by capitals overwrite
//! each other, names can be read by anybody, there is a default password that is the same everywhere,
//! and every value costs its own second of key derivation.

use std::io;
use std::path::{Path, PathBuf};

use aes_gcm::aead::consts::U16;
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::aes::Aes128;
use aes_gcm::{AesGcm, Key, Nonce, Tag};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::store::argon2id;
use super::{Hidden, SecretsError};

/// The password that Eventum takes when it is given none.
pub const DEFAULT_KEYRING_PASSWORD: &str = "eventum";

/// Eventum's name for itself.
const SERVICE: &str = "eventum";
const SETTINGS: &str = "keyring_2Dsetting";
const SCHEME: &str = "[Argon2] AES128.GCM";
/// What the reference's library never changes.
const COST: (u32, u32, u32) = (65_536, 15, 2);
/// Letters whose capitals are guessed: a million trials at most.
const GUESSED: usize = 20;
const MAX_FILE: u64 = 16 << 20;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

type Cipher = AesGcm<Aes128, U16>;

/// A keyring file that was read but not opened.
#[derive(Debug)]
pub struct Keyring {
    path: PathBuf,
    entries: Vec<KeyringEntry>,
    /// What stands between service and name in the authenticated text.
    joint: &'static str,
    cost: (u32, u32, u32),
}

/// One secret of a keyring file.
#[derive(Clone, Debug)]
pub struct KeyringEntry {
    /// Its name, in small letters.
    pub name: String,
    sealed: String,
}

#[derive(Deserialize)]
struct Sealed {
    salt: String,
    data: String,
    mac: String,
    nonce: String,
}

impl Keyring {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read or is no keyring file of this kind.
    pub fn read(path: &Path) -> Result<Self, SecretsError> {
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => SecretsError::Missing(path.to_owned()),
            _ => SecretsError::io("cannot read", path, error),
        };
        if std::fs::metadata(path).map_err(cannot)?.len() > MAX_FILE {
            let why = "it is too large for a keyring file".to_owned();
            return Err(SecretsError::Foreign(path.to_owned(), why));
        }
        let bytes = std::fs::read(path).map_err(cannot)?;
        let text = String::from_utf8(bytes).map_err(|_| {
            let why = "it is not text in UTF-8".to_owned();
            SecretsError::Foreign(path.to_owned(), why)
        })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, SecretsError> {
        let foreign = |why: &str| SecretsError::Foreign(path.to_owned(), why.to_owned());
        let options = options(text).ok_or_else(|| foreign("it is no keyring file of Eventum"))?;
        let setting = |name: &str| {
            let found = options
                .iter()
                .find(|one| one.section == SETTINGS && one.name == name);
            found.map(|one| one.value.trim())
        };
        if !options.is_empty() {
            let scheme = setting("scheme").unwrap_or_default();
            let scheme = scheme.strip_prefix("PyCryptodome ").unwrap_or(scheme);
            if scheme != SCHEME {
                return Err(foreign(&format!(
                    "it is encrypted by `{scheme}`, and only `{SCHEME}` is known"
                )));
            }
        }
        let damaged =
            |name: &str| SecretsError::Damaged(path.to_owned(), format!("the name `{name}`"));
        let mut entries = Vec::new();
        for one in options.iter().filter(|one| one.section == SERVICE) {
            entries.push(KeyringEntry {
                name: unescape(&one.name).ok_or_else(|| damaged(&one.name))?,
                sealed: one.value.clone(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            entries,
            joint: joint(setting("version")),
            cost: COST,
        })
    }

    /// All secrets in it.
    pub fn entries(&self) -> &[KeyringEntry] {
        &self.entries
    }

    /// The secret that was set under `name`.
    pub fn entry(&self, name: &str) -> Option<&KeyringEntry> {
        let lower = escape(name).to_ascii_lowercase();
        self.entries
            .iter()
            .find(|entry| escape(&entry.name).to_ascii_lowercase() == lower)
    }

    /// Opens a secret: its name as it was set, and its value. The file has lost the capitals of the
    /// name, so the spellings are tried: those of `names` alone, or all when there is none. Takes about
    /// a second.
    ///
    /// # Errors
    /// When the password is another, or no spelling fits.
    pub fn open(
        &self,
        entry: &KeyringEntry,
        password: &Hidden,
        names: &[String],
    ) -> Result<(String, Hidden), SecretsError> {
        let wrong = || SecretsError::WrongKeyringPassword(self.path.clone(), entry.name.clone());
        let opened = Opening::new(self, entry, password)?;
        let all = names.is_empty();
        let letters = entry.name.bytes().filter(u8::is_ascii_alphabetic).count();
        let few = letters <= GUESSED;
        let guesses = all.then(|| spellings(&entry.name, if few { letters } else { 0 }));
        let given = names.iter().cloned();
        for name in given.chain(guesses.into_iter().flatten()) {
            let known = format!("{SERVICE}{}{}", self.joint, escape(&name));
            if let Some(value) = opened.value(known.as_bytes()) {
                return Ok((name, self.text(entry, &value)?));
            }
        }
        // Files of other versions authenticate no name.
        if let Some(value) = opened.value(b"") {
            let name = names.first().unwrap_or(&entry.name).clone();
            return Ok((name, self.text(entry, &value)?));
        }
        if all && !few {
            return Err(SecretsError::Spelling(
                self.path.clone(),
                entry.name.clone(),
            ));
        }
        Err(wrong())
    }

    fn text(&self, entry: &KeyringEntry, value: &[u8]) -> Result<Hidden, SecretsError> {
        std::str::from_utf8(value).map(Hidden::new).map_err(|_| {
            let why = format!("the value of `{}` is no text", entry.name);
            SecretsError::Damaged(self.path.clone(), why)
        })
    }
}

/// A value on its way out: the key is there, the authenticated text is not known.
struct Opening {
    cipher: Cipher,
    nonce: Nonce<U16>,
    data: Vec<u8>,
    mac: Tag,
}

impl Opening {
    fn new(
        keyring: &Keyring,
        entry: &KeyringEntry,
        password: &Hidden,
    ) -> Result<Self, SecretsError> {
        let damaged = || {
            let why = format!("the value of `{}` makes no sense", entry.name);
            SecretsError::Damaged(keyring.path.clone(), why)
        };
        let sealed = decode(&entry.sealed).ok_or_else(damaged)?;
        let sealed: Sealed = serde_json::from_slice(&sealed).map_err(|_| damaged())?;
        let part = |text: &str| decode(text).ok_or_else(damaged);
        let fixed = |text: &str| <[u8; 16]>::try_from(part(text)?).map_err(|_| damaged());
        let mut key = Zeroizing::new([0; 16]);
        let (memory, passes, lanes) = keyring.cost;
        let salt = part(&sealed.salt)?;
        argon2id(password, &salt, memory, passes, lanes, key.as_mut())?;
        Ok(Self {
            cipher: Cipher::new(&Key::<Cipher>::from(*key)),
            nonce: Nonce::from(fixed(&sealed.nonce)?),
            data: part(&sealed.data)?,
            mac: Tag::from(fixed(&sealed.mac)?),
        })
    }

    fn value(&self, known: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut data = Zeroizing::new(self.data.clone());
        self.cipher
            .decrypt_in_place_detached(&self.nonce, known, &mut data, &self.mac)
            .ok()?;
        Some(data)
    }
}

/// Versions of the library differ in the text that they authenticate.
fn joint(version: Option<&str>) -> &'static str {
    let parts = version.unwrap_or_default().split('.');
    let parts: Vec<u32> = parts.filter_map(|part| part.parse().ok()).collect();
    if parts.as_slice() >= [1, 3, 6].as_slice() && parts.as_slice() < [1, 3, 9].as_slice() {
        "\\0"
    } else {
        "\0"
    }
}

struct OptionLine {
    section: String,
    name: String,
    value: String,
}

/// The options of an INI text as Python's `RawConfigParser` sees them; nothing when it is none.
fn options(text: &str) -> Option<Vec<OptionLine>> {
    let mut found: Vec<OptionLine> = Vec::new();
    let mut section: Option<String> = None;
    let mut goes_on = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) && goes_on {
            let last = found.last_mut()?;
            last.value.push('\n');
            last.value.push_str(bare);
            continue;
        }
        if let Some(name) = bare.strip_prefix('[') {
            section = Some(name.split_once(']')?.0.to_owned());
            goes_on = false;
            continue;
        }
        let (name, value) = bare.split_once(['=', ':'])?;
        found.push(OptionLine {
            section: section.clone()?,
            name: name.trim().to_ascii_lowercase(),
            value: value.trim().to_owned(),
        });
        goes_on = true;
    }
    Some(found)
}

/// As the library writes names: letters and digits stay, other bytes are `_XX`.
fn escape(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("_{byte:02X}"));
        }
    }
    out
}

fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let code = (first == b'_')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|two| std::str::from_utf8(two).ok())
            .filter(|two| two.bytes().all(|one| one.is_ascii_hexdigit()))
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => out.push(first),
        }
    }
    String::from_utf8(out).ok()
}

/// All ways to set capitals in the first `letters` letters of a name, small letters first.
fn spellings(name: &str, letters: usize) -> impl Iterator<Item = String> + '_ {
    let upper = name.to_ascii_uppercase();
    let all = (0..1_u32 << letters).map(move |mask| {
        let mut letter = 0;
        name.chars()
            .map(|one| {
                if !one.is_ascii_alphabetic() {
                    return one;
                }
                letter += 1;
                if letter <= letters && mask >> (letter - 1) & 1 == 1 {
                    one.to_ascii_uppercase()
                } else {
                    one
                }
            })
            .collect()
    });
    std::iter::once(name.to_owned()).chain([upper]).chain(all)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests;
