//! The file of events that an output could not deliver: one JSON object a line, with the event as it
//! was produced, so that it can be formatted and sent again.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The event before formatting.
    pub event: String,
    /// Its timestamp, RFC 3339 with the generator's offset; absent when it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Alias of its template.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alias: String,
    /// The output, as `output[0].http`.
    pub output: String,
    /// Why it was not delivered.
    pub reason: String,
    /// How often that was tried.
    pub attempts: u32,
}

/// Writes the file; made at the first letter.
#[derive(Debug)]
pub(super) struct DeadLetters {
    path: PathBuf,
    file: Option<File>,
    lines: Vec<u8>,
}

impl DeadLetters {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            lines: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a letter to those of the next [`DeadLetters::send`].
    pub(super) fn add(&mut self, letter: &DeadLetter) {
        // Writing text to memory does not fail.
        if serde_json::to_writer(&mut self.lines, letter).is_ok() {
            self.lines.push(b'\n');
        }
    }

    /// Writes what was added, with one call, to the disk.
    ///
    /// # Errors
    /// When that does not work; the letters are gone then.
    pub(super) fn send(&mut self) -> io::Result<()> {
        let result = self.write();
        self.lines.clear();
        if result.is_err() {
            self.file = None;
        }
        result
    }

    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                if let Some(parent) = self.path.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                none.insert(open(&self.path)?)
            }
        };
        file.write_all(&self.lines)
    }
}

/// Letters may hold what the events hold: only the owner reads them.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// How a letter tells the time.
pub(super) fn time_text(moment: Moment) -> String {
    moment.to_string()
}
