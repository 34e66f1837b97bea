//! Why an output failed, in words for the person at the terminal.

use std::io;

/// What an output's failure means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputErrorKind {
    /// The reader went away for good (closed pipe): the run ends quietly.
    Closed,
    /// Anything else: counted, shown, the run goes on.
    Failed,
}

/// A failure of an output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OutputError {
    /// What it means.
    pub kind: OutputErrorKind,
    /// What and why.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl OutputError {
    /// A failure that does not end the run.
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            kind: OutputErrorKind::Failed,
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

    /// An I/O failure while doing `what` (such as "cannot write") to `target`.
    pub fn io(what: &str, target: &str, error: &io::Error) -> Self {
        let mut made = Self::failed(format!("{what} {target}: {}", reason(error)));
        if error.kind() == io::ErrorKind::BrokenPipe {
            made.kind = OutputErrorKind::Closed;
        }
        made.help = advice(error.kind()).map(str::to_owned);
        made
    }

    /// As [`OutputError::io`] for a file: what lies behind the path may come back, so a broken pipe
    /// is no end.
    pub fn path(what: &str, path: &str, error: &io::Error) -> Self {
        let mut made = Self::io(what, path, error);
        made.kind = OutputErrorKind::Failed;
        made
    }
}

/// The system's words without the error number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

fn advice(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::PermissionDenied => "choose another path or change its permissions",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space or write to another disk"
        }
        io::ErrorKind::IsADirectory => "name a file inside the directory",
        io::ErrorKind::NotADirectory => "a parent of the path is a file; choose another path",
        io::ErrorKind::ReadOnlyFilesystem => "choose a path on a writable file system",
        _ => return None,
    })
}
