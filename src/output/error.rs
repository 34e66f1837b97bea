//! Why an output failed, in words for the person at the terminal.

use std::io;
use std::time::Duration;

/// What an output's failure means for the events concerned and for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputErrorKind {
    /// The reader went away for good (closed pipe): the run ends quietly.
    Closed,
    /// The target cannot take anything now, or may not have: unreachable, overloaded, timed out, disk
    /// full. Trying the same events again later can work.
    Outage,
    /// These events will never be taken: malformed, too large, not allowed. Trying again is of no use.
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
    /// Earliest time from now at which the target wants to be tried again, when it said so
    /// (`Retry-After`).
    pub retry_after: Option<Duration>,
}

impl OutputError {
    /// A failure that does not end the run.
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            kind: OutputErrorKind::Failed,
            message: message.into(),
            help: None,
            retry_after: None,
        }
    }

    /// A failure that may pass: the events can be tried again.
    pub fn outage(message: impl Into<String>) -> Self {
        Self {
            kind: OutputErrorKind::Outage,
            ..Self::failed(message)
        }
    }

    /// Adds how long the target wants to be left alone.
    #[must_use]
    pub fn retry_after(mut self, time: Option<Duration>) -> Self {
        self.retry_after = time;
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An I/O failure while doing `what` (such as "cannot write") to `target`.
    pub fn io(what: &str, target: &str, error: &io::Error) -> Self {
        let mut made = Self::outage(format!("{what} {target}: {}", reason(error)));
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
        made.kind = OutputErrorKind::Outage;
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
