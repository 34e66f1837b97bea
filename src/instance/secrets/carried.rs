//! Sources of secrets on their way to another process of the same user.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Hidden, Secrets};

/// What [`Secrets`] know, with relative paths made whole and the password of the store read or as it was
/// typed: the other process has another folder and nobody to ask. No form but that of serde shows
/// what is in it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    environment: BTreeMap<String, String>,
    store: Option<PathBuf>,
    password_file: Option<PathBuf>,
    password: Option<String>,
    keyring: Option<PathBuf>,
    keyring_password: Option<String>,
}

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carried(***)")
    }
}

impl Secrets {
    /// What another process needs to know to have the same secrets.
    pub fn carried(&self) -> Carried {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let whole = |path: &Option<PathBuf>| path.as_deref().map(whole);
        let text = |hidden: Hidden| hidden.expose().to_owned();
        let password = self.known_password().ok().flatten().map(text);
        Carried {
            environment: self.environment.clone(),
            store: whole(&self.store),
            // What cannot be read here is told there.
            password_file: whole(&self.password_file).filter(|_| password.is_none()),
            password,
            keyring: whole(&self.keyring),
            keyring_password: self.keyring_password.clone().map(text),
        }
    }
}

impl From<Carried> for Secrets {
    fn from(carried: Carried) -> Self {
        Self {
            environment: carried.environment,
            store: carried.store,
            password_file: carried.password_file,
            password: carried.password.map(Hidden::new),
            keyring: carried.keyring,
            keyring_password: carried.keyring_password.map(Hidden::new),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn secrets_arrive_and_are_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pw");
        std::fs::write(&file, "planted\n").unwrap();
        let given = BTreeMap::from([("token".to_owned(), "planted".to_owned())]);
        let secrets = Secrets::default()
            .giving(given)
            .store_at(Some("s.json".into()))
            .password_from(Some(file));
        let carried = secrets.carried();
        assert!(!format!("{carried:?}").contains("planted"));
        let text = serde_json::to_string(&carried).unwrap();
        let there = Secrets::from(serde_json::from_str::<Carried>(&text).unwrap());
        assert_eq!(there.environment(), secrets.environment());
        assert!(there.store().unwrap().path().is_absolute());
        assert_eq!(there.known_password().unwrap().unwrap().expose(), "planted");
    }
}
