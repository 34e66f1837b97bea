//! Values of `${secrets.*}`: from the environment, from the encrypted store, or from Eventum's
//! keyring file.
//!
//! Knows nothing of terminals: who can ask a person for a password passes a function that does. No
//! form of what is here shows a value or a password.

mod atomic;
mod carried;
mod error;
mod hidden;
mod keyring;
mod store;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{Diagnostic, Diagnostics, SECRET_PREFIX};

pub use carried::Carried;
pub use error::SecretsError;
pub use hidden::Hidden;
pub use keyring::{DEFAULT_KEYRING_PASSWORD, Keyring, KeyringEntry};
pub use store::{Contents, Store, check_name};

/// The environment variable with the path of the store.
pub const STORE_VARIABLE: &str = "EVTUI_SECRETS_FILE";
/// The environment variable with the password of the store.
pub const PASSWORD_VARIABLE: &str = "EVTUI_SECRETS_PASSWORD";
/// The environment variable with the path of a file that holds the password of the store.
pub const PASSWORD_FILE_VARIABLE: &str = "EVTUI_SECRETS_PASSWORD_FILE";
/// The environment variable with the password of Eventum's keyring file.
pub const KEYRING_VARIABLE: &str = "EVENTUM_KEYRING_PASSWORD";

/// Asks a person for the password of the file at a path; `None` when there is nobody to ask.
pub type AskFn = Arc<dyn Fn(&Path) -> Result<Option<Hidden>, SecretsError> + Send + Sync>;

/// Where values of secrets come from. The environment (`EVTUI_SECRET_NAME`) goes first; then the
/// keyring file, when one is given, or else the store. Neither is opened unless a name is still
/// without a value.
#[derive(Clone, Default)]
pub struct Secrets {
    environment: BTreeMap<String, String>,
    store: Option<PathBuf>,
    password_file: Option<PathBuf>,
    password: Option<Hidden>,
    keyring: Option<PathBuf>,
    keyring_password: Option<Hidden>,
    ask: Option<AskFn>,
    /// A password that was asked for, so that it is asked for once.
    asked: Arc<Mutex<Option<Hidden>>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("store", &self.store)
            .field("keyring", &self.keyring)
            .finish_non_exhaustive()
    }
}

impl Secrets {
    /// The sources that the environment of the process names.
    pub fn from_environment() -> Self {
        let pairs = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::from_variables(pairs)
    }

    fn from_variables(pairs: impl Iterator<Item = (String, String)>) -> Self {
        let mut made = Self::default();
        let mut home = [None, None];
        let mut values = Vec::new();
        for (name, value) in pairs {
            if name.starts_with(SECRET_PREFIX) {
                values.push((name, value));
                continue;
            }
            if value.is_empty() {
                continue;
            }
            match name.as_str() {
                STORE_VARIABLE => made.store = Some(PathBuf::from(value)),
                PASSWORD_VARIABLE => made.password = Some(Hidden::new(value)),
                PASSWORD_FILE_VARIABLE => made.password_file = Some(PathBuf::from(value)),
                KEYRING_VARIABLE => made.keyring_password = Some(Hidden::new(value)),
                "XDG_DATA_HOME" => home[0] = Some(PathBuf::from(value)),
                "HOME" => home[1] = Some(PathBuf::from(value).join(".local/share")),
                _ => {}
            }
        }
        made.environment = by_name(values.into_iter());
        let [data, home] = home;
        let data = data.filter(|path| path.is_absolute()).or(home);
        made.store = made
            .store
            .or_else(|| Some(data?.join("evtui/secrets.json")));
        made
    }

    /// Takes these values before all others.
    #[must_use]
    pub fn giving(mut self, values: BTreeMap<String, String>) -> Self {
        self.environment.extend(values);
        self
    }

    /// Takes the store at `path` instead of the usual one.
    #[must_use]
    pub fn store_at(mut self, path: Option<PathBuf>) -> Self {
        self.store = path.or(self.store);
        self
    }

    /// Takes the password of the store from a file, whatever the environment says.
    #[must_use]
    pub fn password_from(mut self, path: Option<PathBuf>) -> Self {
        if path.is_some() {
            self.password = None;
        }
        self.password_file = path.or(self.password_file);
        self
    }

    /// Takes values from Eventum's keyring file instead of the store.
    #[must_use]
    pub fn keyring_at(mut self, path: Option<PathBuf>) -> Self {
        self.keyring = path.or(self.keyring);
        self
    }

    /// Asks for passwords that are not known otherwise.
    #[must_use]
    pub fn asking(mut self, ask: AskFn) -> Self {
        self.ask = Some(ask);
        self
    }

    /// Asks nobody any more: for faces that own the terminal.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.ask = None;
        self
    }

    /// The store in use.
    ///
    /// # Errors
    /// When neither an option nor the environment says where it is.
    pub fn store(&self) -> Result<Store, SecretsError> {
        let path = self.store.as_ref().ok_or(SecretsError::Nowhere)?;
        Ok(Store::at(path))
    }

    /// The password of the store, from the environment, a file, or a person.
    ///
    /// # Errors
    /// When there is none, or its file cannot be read.
    pub fn password(&self) -> Result<Hidden, SecretsError> {
        let path = self.store.as_ref().ok_or(SecretsError::Nowhere)?;
        match self.known_password()? {
            Some(password) => Ok(password),
            None => self.ask_for(path),
        }
    }

    /// The password of the store when nobody has to be asked for it.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn known_password(&self) -> Result<Option<Hidden>, SecretsError> {
        if let Some(password) = &self.password {
            return Ok(Some(password.clone()));
        }
        if let Some(path) = &self.password_file {
            return read_password(path).map(Some);
        }
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(asked.clone())
    }

    /// The password of Eventum's keyring file that the environment gives.
    pub fn keyring_password(&self) -> Option<Hidden> {
        self.keyring_password.clone()
    }

    fn ask_for(&self, path: &Path) -> Result<Hidden, SecretsError> {
        let given = match &self.ask {
            Some(ask) => ask(path)?,
            None => None,
        };
        let given = given.ok_or_else(|| SecretsError::Locked(path.to_owned()))?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked = Some(given.clone());
        Ok(given)
    }

    /// Values that the environment gives.
    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// The names out of `names` that have a value, as far as that can be told without asking for a
    /// password.
    pub fn known<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<String> {
        let stored = match (self.keyring.is_none(), self.known_password(), self.store()) {
            (true, Ok(Some(password)), Ok(store)) => store.read(&password).unwrap_or_default(),
            _ => Contents::default(),
        };
        names
            .filter(|name| self.environment.contains_key(*name) || stored.contains_key(*name))
            .map(str::to_owned)
            .collect()
    }

    /// True when some of `names` can only come from a store whose password is not known yet.
    pub fn would_ask<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> bool {
        self.keyring.is_none()
            && self.store().is_ok_and(|store| store.exists())
            && matches!(self.known_password(), Ok(None))
            && names.any(|name| !self.environment.contains_key(name))
    }

    /// Opens the store to see that the password fits; one that was typed wrongly is asked for again
    /// the next time.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn unlock(&self) -> Result<(), SecretsError> {
        let opened = self.store()?.read(&self.password()?).map(drop);
        if matches!(opened, Err(SecretsError::WrongPassword(_))) {
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        opened
    }

    /// Values for `names`; what has none is left out. Warnings go to `problems`.
    ///
    /// # Errors
    /// When a source is needed and cannot be read.
    pub fn values(
        &self,
        names: &[&str],
        problems: &mut Diagnostics,
    ) -> Result<BTreeMap<String, String>, SecretsError> {
        let mut found = self.environment.clone();
        let missing = |found: &BTreeMap<String, String>| -> Vec<String> {
            let names = names.iter().filter(|name| !found.contains_key(**name));
            names.map(|name| (*name).to_owned()).collect()
        };
        let wanted = missing(&found);
        if wanted.is_empty() {
            return Ok(found);
        }
        if let Some(path) = &self.keyring {
            self.read_keyring(path, &wanted, &mut found, problems)?;
            return Ok(found);
        }
        let store = match self.store() {
            Ok(store) if store.exists() => store,
            _ => return Ok(found),
        };
        for (name, value) in store.read(&self.password()?)? {
            if wanted.contains(&name) {
                found.insert(name, value.expose().to_owned());
            }
        }
        Ok(found)
    }

    fn read_keyring(
        &self,
        path: &Path,
        wanted: &[String],
        found: &mut BTreeMap<String, String>,
        problems: &mut Diagnostics,
    ) -> Result<(), SecretsError> {
        let keyring = Keyring::read(path)?;
        let password = self.keyring_password.clone().unwrap_or_else(|| {
            let message = format!(
                "{} is opened with Eventum's default password, which everybody knows",
                path.display()
            );
            let help = format!(
                "put its secrets into a store of their own: evtui secrets import {}; or give its password in {KEYRING_VARIABLE}",
                path.display()
            );
            problems.push(Diagnostic::warning(message, None).help(help));
            Hidden::new(DEFAULT_KEYRING_PASSWORD)
        });
        for name in wanted {
            if let Some(entry) = keyring.entry(name) {
                let (_, value) = keyring.open(entry, &password, std::slice::from_ref(name))?;
                found.insert(name.clone(), value.expose().to_owned());
            }
        }
        Ok(())
    }
}

/// The password in a file: its first line.
///
/// # Errors
/// When the file cannot be read or begins with an empty line.
pub fn read_password(path: &Path) -> Result<Hidden, SecretsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| SecretsError::io("cannot read the password file", path, error))?;
    let text = Hidden::new(text);
    let line = text.expose().lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(SecretsError::EmptyPassword(path.to_owned()));
    }
    Ok(Hidden::new(line))
}

/// Secrets by name: `EVTUI_SECRET_db_password`, or in capitals for names in small letters.
fn by_name(environment: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lowered = BTreeMap::new();
    for (name, value) in environment {
        if let Some(name) = name.strip_prefix(SECRET_PREFIX) {
            lowered.insert(name.to_lowercase(), value.clone());
            found.insert(name.to_owned(), value);
        }
    }
    for (name, value) in lowered {
        found.entry(name).or_insert(value);
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::secret_variable;

    fn variables<const N: usize>(given: [(&str, &str); N]) -> Secrets {
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Secrets::from_variables(given.into_iter())
    }

    #[test]
    fn a_secret_is_found_by_its_exact_name_first() {
        let secrets = variables([
            ("EVTUI_SECRET_TOKEN", "a"),
            ("EVTUI_SECRET_dbPassword", "b"),
            ("EVTUI_SECRET_DBPASSWORD", "c"),
            ("OTHER", "d"),
        ]);
        let found = secrets.environment();
        assert_eq!(found["token"], "a");
        assert_eq!(found["dbPassword"], "b");
        assert_eq!(found["DBPASSWORD"], "c");
        assert!(!found.contains_key("OTHER"));
        for name in ["token", "dbPassword"] {
            let secrets = variables([(secret_variable(name).as_str(), "v")]);
            assert_eq!(secrets.environment()[name], "v", "{name}");
        }
    }

    #[test]
    fn the_store_is_where_the_environment_says() {
        let path = |secrets: Secrets| secrets.store().map(|store| store.path().to_owned());
        let of = |given| path(given).ok();
        assert_eq!(of(variables([])), None);
        let home = ("HOME", "/h");
        let usual = Path::new("/h/.local/share/evtui/secrets.json");
        assert_eq!(of(variables([home])).as_deref(), Some(usual));
        let odd = variables([home, ("XDG_DATA_HOME", "relative")]);
        assert_eq!(of(odd).as_deref(), Some(usual));
        let data = variables([home, ("XDG_DATA_HOME", "/d")]);
        assert_eq!(
            of(data).as_deref(),
            Some(Path::new("/d/evtui/secrets.json"))
        );
        let named = variables([home, (STORE_VARIABLE, "s.json")]);
        assert_eq!(of(named.clone()).as_deref(), Some(Path::new("s.json")));
        let given = named.store_at(Some("t.json".into()));
        assert_eq!(of(given).as_deref(), Some(Path::new("t.json")));
    }

    #[test]
    fn values_come_from_the_environment_before_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(&folder.path().join("s.json"));
        let path = store.path().to_str().unwrap();
        store
            .change(&Hidden::new("pw"), |all| {
                for name in ["a", "b", "c"] {
                    all.insert(name.to_owned(), Hidden::new("stored"));
                }
            })
            .unwrap();
        let base = [("EVTUI_SECRET_A", "given"), (STORE_VARIABLE, path)];
        let locked = variables(base);
        let mut problems = Diagnostics::default();
        // Nothing else is needed, so the store stays shut.
        assert_eq!(locked.values(&["a"], &mut problems).unwrap()["a"], "given");
        let error = locked.values(&["a", "b"], &mut problems).unwrap_err();
        assert!(matches!(error, SecretsError::Locked(_)), "{error}");
        assert!(locked.would_ask(["a", "b"].into_iter()) && !locked.would_ask(["a"].into_iter()));
        let asked = locked.asking(Arc::new(|_| Ok(Some(Hidden::new("pw")))));
        let found = asked.values(&["a", "b", "x"], &mut problems).unwrap();
        assert_eq!(
            (found["a"].as_str(), found["b"].as_str()),
            ("given", "stored")
        );
        assert!(!found.contains_key("c") && !found.contains_key("x"));
        // Known now.
        assert_eq!(asked.known(["a", "b", "x"].into_iter()), ["a", "b"]);
        assert!(problems.0.is_empty());
    }

    #[test]
    fn a_password_file_gives_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pw");
        std::fs::write(&path, "hunter2 \r\nmore\n").unwrap();
        assert_eq!(read_password(&path).unwrap().expose(), "hunter2 ");
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(
            read_password(&path),
            Err(SecretsError::EmptyPassword(_))
        ));
        let absent = read_password(&folder.path().join("none")).unwrap_err();
        assert!(
            absent.to_string().contains("cannot read the password file"),
            "{absent}"
        );
    }

    #[test]
    fn no_form_shows_a_value() {
        let secrets = variables([
            ("EVTUI_SECRET_A", "planted"),
            (PASSWORD_VARIABLE, "planted"),
            (KEYRING_VARIABLE, "planted"),
        ]);
        assert!(!format!("{secrets:?}").contains("planted"));
    }
}
