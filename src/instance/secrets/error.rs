//! Why secrets cannot be had, in words for the person at the terminal.

use std::io;
use std::path::{Path, PathBuf};

use super::{KEYRING_VARIABLE, PASSWORD_FILE_VARIABLE, PASSWORD_VARIABLE, STORE_VARIABLE};

/// A failure around a store or a keyring file. Never holds a password or a value.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Nobody says where the store is.
    #[error("there is no folder for the store of secrets, because HOME is not set")]
    Nowhere,
    /// The password is not known and nobody can be asked.
    #[error("the secrets in {} are locked", .0.display())]
    Locked(PathBuf),
    /// The password is not that of the store.
    #[error("the password does not open {}", .0.display())]
    WrongPassword(PathBuf),
    /// The password is not that of the keyring file, or the name is spelt otherwise there.
    #[error("the password does not open the secret `{secret}` in {path}", secret = .1, path = .0.display())]
    WrongKeyringPassword(PathBuf, String),
    /// The name in the file lost its capitals and they cannot be guessed.
    #[error("the secret `{secret}` in {path} does not open under any spelling", secret = .1, path = .0.display())]
    Spelling(PathBuf, String),
    /// The file is not what it should be.
    #[error("{path} is damaged: {why}", path = .0.display(), why = .1)]
    Damaged(PathBuf, String),
    /// The file is of another kind or a later version.
    #[error("{path} is not a file that can be read: {why}", path = .0.display(), why = .1)]
    Foreign(PathBuf, String),
    /// A file without password in it.
    #[error("the password file {} begins with an empty line", .0.display())]
    EmptyPassword(PathBuf),
    /// There is no such file.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// Another process keeps the store to itself.
    #[error("another process is writing {}", .0.display())]
    Busy(PathBuf),
    /// A name that no project could use, and why.
    #[error("`{0}` cannot be the name of a secret: {1}")]
    Name(String, &'static str),
    /// Random numbers or key derivation failed.
    #[error("cannot encrypt: {0}")]
    Crypto(String),
    /// A person broke off.
    #[error("interrupted")]
    Interrupted,
    /// The system refused something.
    #[error("{what} {}: {}", path.display(), crate::config::why(error))]
    Io {
        /// What was tried, such as "cannot write".
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        error: io::Error,
    },
}

impl SecretsError {
    pub(super) fn io(what: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Io {
            what,
            path: path.to_owned(),
            error,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Nowhere => format!("name the store in {STORE_VARIABLE}"),
            Self::Locked(_) => format!(
                "give the password in {PASSWORD_VARIABLE}, or the path of a file with it in {PASSWORD_FILE_VARIABLE}"
            ),
            Self::WrongPassword(_) => format!(
                "check {PASSWORD_VARIABLE}, {PASSWORD_FILE_VARIABLE} or what you typed; there is no way around a lost password"
            ),
            Self::WrongKeyringPassword(..) => {
                format!("give its password in {KEYRING_VARIABLE}; capitals in the name count")
            }
            Self::Spelling(..) => {
                "Eventum stores names in small letters; give the name as it was set".to_owned()
            }
            Self::Damaged(..) => {
                "nothing was changed; put back a copy of the file, or move it away to begin anew"
                    .to_owned()
            }
            Self::Foreign(..) => format!("name another file in {STORE_VARIABLE}"),
            Self::EmptyPassword(_) => "write the password into its first line".to_owned(),
            Self::Missing(_) => "`evtui secrets set NAME` makes a store".to_owned(),
            Self::Busy(_) => "wait for it, or end it".to_owned(),
            Self::Name(..) => "use letters, digits and `_`, such as db_password".to_owned(),
            Self::Crypto(_) | Self::Interrupted | Self::Io { .. } => return None,
        })
    }
}
