//! Random streams and fake-data providers. Plain Rust types in and out: knows nothing of templates.

pub mod faker;
pub mod mimesis;
pub mod rand;

mod random;

pub use random::{Fast, Parted, Random, Recorded, entropy, key};

/// Why a provider could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FakeError {
    /// What and why.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl FakeError {
    /// An error without advice.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
