//! The encrypted store of secrets.
//!
//! One file, JSON: the names and values together are one sealed text (AES-256-GCM), so that neither a
//! name nor how many there are can be read, and no value can be put under another name. The key is
//! made from the password by Argon2id with a salt of the file, and every writing takes a new nonce.
//! What describes the sealing is authenticated with it. A short hash of the key tells a wrong password
//! from a damaged file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{Hidden, SecretsError, atomic};

/// Secrets by name.
pub type Contents = BTreeMap<String, Hidden>;

const VERSION: u32 = 1;
const CIPHER: &str = "aes-256-gcm";
const KDF: &str = "argon2id";
/// The cost of a guess, as OWASP advises for Argon2id; files say their own.
const COST: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};
/// The most that a file may ask for, so that a forged one cannot stop the machine.
const MOST: Cost = Cost {
    memory_kib: 1024 * 1024,
    passes: 64,
    lanes: 64,
};
/// The largest file that is read: no collection of passwords comes near.
const MAX_FILE: u64 = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    evtui_secrets: u32,
    kdf: String,
    cost: Cost,
    salt: String,
    check: String,
    cipher: String,
    nonce: String,
    data: String,
}

/// The version alone, of this and later formats.
#[derive(Deserialize)]
struct Head {
    evtui_secrets: u32,
}

/// A store at a path; there need not be a file yet.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
    cost: Cost,
}

/// What opens a file: the key, and the header that made it.
struct Opened {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; 16],
    cost: Cost,
}

/// Checks that a project could use `name` in `${secrets.NAME}`.
///
/// # Errors
/// When it could not.
pub fn check_name(name: &str) -> Result<(), SecretsError> {
    let fits = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-');
    let why = if name.is_empty() {
        "it is empty"
    } else if !name.chars().all(fits) {
        "only letters, digits, `_` and `-` may be in it"
    } else {
        return Ok(());
    };
    Err(SecretsError::Name(name.to_owned(), why))
}

impl Store {
    /// The store in the file at `path`.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            cost: COST,
        }
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True when there is a file.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// All secrets.
    ///
    /// # Errors
    /// When there is no file, it is damaged, or the password is another.
    pub fn read(&self, password: &Hidden) -> Result<Contents, SecretsError> {
        self.open(password).map(|(contents, _)| contents)
    }

    /// Changes the secrets, or makes a store of them. Other writers wait; the file is replaced as a
    /// whole, and not touched when anything fails.
    ///
    /// # Errors
    /// As [`Store::read`], and those of writing.
    pub fn change<T>(
        &self,
        password: &Hidden,
        edit: impl FnOnce(&mut Contents) -> T,
    ) -> Result<T, SecretsError> {
        let refused = |error| SecretsError::io("cannot lock", &self.path, error);
        let lock = atomic::lock(&self.path).map_err(refused)?;
        let _lock = lock.ok_or_else(|| SecretsError::Busy(self.path.clone()))?;
        let (mut contents, opened) = match self.open(password) {
            Err(SecretsError::Missing(_)) => (Contents::default(), self.fresh(password)?),
            other => other?,
        };
        let before = contents.clone();
        let done = edit(&mut contents);
        if before != contents || !self.exists() {
            let bytes = opened.seal(&contents)?;
            atomic::replace(&self.path, &bytes)
                .map_err(|error| SecretsError::io("cannot write", &self.path, error))?;
        }
        Ok(done)
    }

    fn fresh(&self, password: &Hidden) -> Result<Opened, SecretsError> {
        let salt = random()?;
        Ok(Opened {
            key: derive(password, &salt, self.cost)?,
            salt,
            cost: self.cost,
        })
    }

    fn open(&self, password: &Hidden) -> Result<(Contents, Opened), SecretsError> {
        let text = self.text()?;
        let sealed = self.parse(&text)?;
        let damaged = |why: &str| SecretsError::Damaged(self.path.clone(), why.to_owned());
        let salt: [u8; 16] = decode(&sealed.salt).ok_or_else(|| damaged("its salt is none"))?;
        let nonce: [u8; 12] = decode(&sealed.nonce).ok_or_else(|| damaged("its nonce is none"))?;
        let data = BASE64
            .decode(&sealed.data)
            .map_err(|_| damaged("its data are no Base64"))?;
        let key = derive(password, &salt, sealed.cost)?;
        if check_of(&key) != sealed.check {
            return Err(SecretsError::WrongPassword(self.path.clone()));
        }
        let header = header(sealed.cost, &sealed.salt, &sealed.check);
        let payload = Payload {
            msg: &data,
            aad: header.as_bytes(),
        };
        let plain = cipher(&key)
            .decrypt(&Nonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| damaged("its contents were changed"))?;
        let values: BTreeMap<String, String> =
            serde_json::from_slice(&plain).map_err(|_| damaged("its contents make no sense"))?;
        let hidden = |(name, value)| (name, Hidden::new(value));
        let cost = sealed.cost;
        Ok((
            values.into_iter().map(hidden).collect(),
            Opened { key, salt, cost },
        ))
    }

    fn text(&self) -> Result<String, SecretsError> {
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => SecretsError::Missing(self.path.clone()),
            _ => SecretsError::io("cannot read", &self.path, error),
        };
        let size = std::fs::metadata(&self.path).map_err(cannot)?.len();
        if size > MAX_FILE {
            let why = "it is too large for a store of secrets";
            return Err(SecretsError::Foreign(self.path.clone(), why.to_owned()));
        }
        let bytes = std::fs::read(&self.path).map_err(cannot)?;
        String::from_utf8(bytes).map_err(|_| {
            SecretsError::Damaged(self.path.clone(), "it is not text in UTF-8".to_owned())
        })
    }

    fn parse(&self, text: &str) -> Result<Sealed, SecretsError> {
        let damaged = |why: &str| SecretsError::Damaged(self.path.clone(), why.to_owned());
        let foreign = |why: String| SecretsError::Foreign(self.path.clone(), why);
        if text.trim().is_empty() {
            return Err(damaged("it is empty"));
        }
        if text.trim_start().starts_with('[') {
            let why = "it looks like Eventum's keyring file; `evtui secrets import` takes that";
            return Err(foreign(why.to_owned()));
        }
        let head: Head = serde_json::from_str(text)
            .map_err(|_| damaged("it is not a store of secrets, or cut off"))?;
        if head.evtui_secrets != VERSION {
            let version = head.evtui_secrets;
            return Err(foreign(format!(
                "a later evtui wrote it (format {version})"
            )));
        }
        let sealed: Sealed =
            serde_json::from_str(text).map_err(|_| damaged("parts of it are missing or wrong"))?;
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = sealed.cost;
        let within = memory_kib <= MOST.memory_kib && passes <= MOST.passes && lanes <= MOST.lanes;
        if sealed.kdf != KDF || sealed.cipher != CIPHER || !within {
            return Err(foreign(
                "it asks for a way of encryption that is not offered".to_owned(),
            ));
        }
        Ok(sealed)
    }
}

impl Opened {
    fn seal(&self, contents: &Contents) -> Result<Vec<u8>, SecretsError> {
        let values: BTreeMap<&str, &str> = contents
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose()))
            .collect();
        let crypto = |error: &dyn std::fmt::Display| SecretsError::Crypto(error.to_string());
        let plain = serde_json::to_vec(&values)
            .map(Zeroizing::new)
            .map_err(|error| crypto(&error))?;
        let (salt, check) = (BASE64.encode(self.salt), check_of(&self.key));
        let nonce: [u8; 12] = random()?;
        let header = header(self.cost, &salt, &check);
        let payload = Payload {
            msg: &plain,
            aad: header.as_bytes(),
        };
        let data = cipher(&self.key)
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|error| crypto(&error))?;
        let sealed = Sealed {
            evtui_secrets: VERSION,
            kdf: KDF.to_owned(),
            cost: self.cost,
            salt,
            check,
            cipher: CIPHER.to_owned(),
            nonce: BASE64.encode(nonce),
            data: BASE64.encode(data),
        };
        let mut bytes = serde_json::to_vec_pretty(&sealed).map_err(|error| crypto(&error))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

/// What is authenticated besides the contents.
fn header(cost: Cost, salt: &str, check: &str) -> String {
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = cost;
    format!("evtui_secrets/{VERSION}/{KDF}/{memory_kib}/{passes}/{lanes}/{salt}/{check}/{CIPHER}")
}

/// Tells keys apart without telling what they are.
fn check_of(key: &[u8; 32]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"evtui secrets: check of the key");
    hash.update(key);
    BASE64.encode(hash.finalize().get(..16).unwrap_or_default())
}

fn derive(
    password: &Hidden,
    salt: &[u8; 16],
    cost: Cost,
) -> Result<Zeroizing<[u8; 32]>, SecretsError> {
    let mut key = Zeroizing::new([0; 32]);
    argon2id(
        password,
        salt,
        cost.memory_kib,
        cost.passes,
        cost.lanes,
        key.as_mut(),
    )?;
    Ok(key)
}

/// Argon2id, version 1.3.
pub(super) fn argon2id(
    password: &Hidden,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    key: &mut [u8],
) -> Result<(), SecretsError> {
    let crypto = |error: argon2::Error| SecretsError::Crypto(error.to_string());
    let params = Params::new(memory_kib, passes, lanes, Some(key.len())).map_err(crypto)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.expose().as_bytes(), salt, key)
        .map_err(crypto)
}

fn random<const N: usize>() -> Result<[u8; N], SecretsError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| SecretsError::Crypto(error.to_string()))?;
    Ok(bytes)
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn store(folder: &tempfile::TempDir) -> Store {
        let cost = Cost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let path = folder.path().join("deep/er/secrets.json");
        Store { path, cost }
    }

    fn password() -> Hidden {
        Hidden::new("correct horse")
    }

    fn put(store: &Store, name: &str, value: &str) {
        let value = Hidden::new(value);
        let done = store.change(&password(), |all| all.insert(name.to_owned(), value));
        done.unwrap();
    }

    fn failure(store: &Store) -> SecretsError {
        let error = store.read(&password()).unwrap_err();
        // What cannot be read is never written over.
        let before = std::fs::read(store.path()).unwrap();
        let changed = store.change(&password(), Contents::clear).unwrap_err();
        assert_eq!(changed.to_string(), error.to_string());
        assert_eq!(std::fs::read(store.path()).unwrap(), before);
        error
    }

    #[test]
    fn what_is_put_in_comes_out_and_is_not_readable_between() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        assert!(matches!(
            store.read(&password()),
            Err(SecretsError::Missing(_))
        ));
        put(&store, "Token", "pl\u{e4}nted\n\"x\"");
        put(&store, "token", "other");
        let all = store.read(&password()).unwrap();
        assert_eq!(all["Token"].expose(), "pl\u{e4}nted\n\"x\"");
        assert_eq!(all["token"].expose(), "other");
        let text = std::fs::read_to_string(store.path()).unwrap();
        assert!(!text.contains("oken") && !text.contains("other"), "{text}");
        let wrong = store.read(&Hidden::new("wrong")).unwrap_err();
        assert!(matches!(wrong, SecretsError::WrongPassword(_)), "{wrong}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it_and_nothing_is_left_beside_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        put(&store, "a", "1");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let parent = store.path().parent().unwrap();
        assert_eq!((mode(store.path()), mode(parent)), (0o600, 0o700));
        put(&store, "b", "2");
        let mut names: Vec<_> = std::fs::read_dir(parent)
            .unwrap()
            .map(|one| one.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["secrets.json", "secrets.json.lock"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_store_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        put(&store, "a", "1");
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink(store.path(), &link).unwrap();
        let linked = Store {
            path: link.clone(),
            ..store.clone()
        };
        put(&linked, "b", "2");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(store.read(&password()).unwrap().len(), 2);
    }

    #[test]
    fn any_changed_byte_is_noticed_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        put(&store, "a", "1");
        let sound = std::fs::read_to_string(store.path()).unwrap();
        for at in (0..sound.len()).step_by(7) {
            let mut bytes = sound.clone().into_bytes();
            bytes[at] ^= 1;
            std::fs::write(store.path(), &bytes).unwrap();
            let read = store.read(&password());
            // White space and the like may differ; what is read is then still the truth.
            if let Ok(read) = read {
                assert_eq!(read["a"].expose(), "1", "byte {at}");
            }
        }
        for (text, why) in [
            ("", "it is empty"),
            (&sound[..sound.len() / 2], "cut off"),
            ("[keyring_2Dsetting]\n", "evtui secrets import"),
            (r#"{"evtui_secrets": 2, "new": 1}"#, "a later evtui"),
        ] {
            std::fs::write(store.path(), text).unwrap();
            let error = failure(&store).to_string();
            assert!(error.contains(why), "{error}");
        }
        let forged = sound.replace("\"passes\": 1", "\"passes\": 4000000000");
        assert_ne!(forged, sound);
        std::fs::write(store.path(), forged).unwrap();
        assert!(matches!(failure(&store), SecretsError::Foreign(..)));
        let data = serde_json::from_str::<serde_json::Value>(&sound).unwrap()["data"]
            .as_str()
            .unwrap()
            .to_owned();
        let other = BASE64.encode(vec![7; BASE64.decode(&data).unwrap().len()]);
        std::fs::write(store.path(), sound.replace(&data, &other)).unwrap();
        assert!(matches!(failure(&store), SecretsError::Damaged(..)));
    }

    #[test]
    fn writers_do_not_lose_each_others_changes() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let store = &store;
                scope.spawn(move || put(store, &format!("name{writer}"), "v"));
            }
        });
        assert_eq!(store.read(&password()).unwrap().len(), 8);
    }

    #[test]
    fn names_are_those_that_projects_can_use() {
        for name in ["db_password", "api-key", "Größe", "A1"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "a b", "a.b", "a}", "a/b", "a\n"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
