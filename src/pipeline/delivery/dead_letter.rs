//! The file of events that an output could not deliver: one JSON object a line, with the event as it
//! was produced, so that it can be formatted and sent again.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Pause before another look at a file that someone else holds: they only rename it.
const AGAIN: Duration = Duration::from_millis(1);

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
    /// Tags of its timestamp.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Writes the file; made at the first letter.
#[derive(Debug)]
pub(in crate::pipeline) struct DeadLetters {
    path: PathBuf,
    file: Option<File>,
    lines: Vec<u8>,
}

impl DeadLetters {
    pub(in crate::pipeline) fn new(path: PathBuf) -> Self {
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
    pub(in crate::pipeline) fn add(&mut self, letter: &DeadLetter) {
        // Writing text to memory does not fail.
        if serde_json::to_writer(&mut self.lines, letter).is_ok() {
            self.lines.push(b'\n');
        }
    }

    /// Writes what was added, with one call, to the disk.
    ///
    /// # Errors
    /// When that does not work; the letters are gone then.
    pub(in crate::pipeline) fn send(&mut self) -> io::Result<()> {
        let result = self.write();
        self.lines.clear();
        if result.is_err() {
            self.file = None;
        }
        result
    }

    fn write(&mut self) -> io::Result<()> {
        let mut file = self.locked()?;
        let before = file.metadata()?.len();
        if before > 0 && !ends_line(&mut file, before)? {
            // Something was cut off there; it must not take the next letter with it.
            self.lines.insert(0, b'\n');
        }
        let written = file.write_all(&self.lines);
        if written.is_err() {
            // Half a letter is none.
            file.set_len(before)?;
        }
        file.unlock()?;
        self.file = Some(file);
        written
    }

    /// The file that is at the path now, locked against a redelivery that takes it away.
    fn locked(&mut self) -> io::Result<File> {
        loop {
            let file = match self.file.take() {
                Some(file) => file,
                None => {
                    if let Some(parent) = self.path.parent() {
                        std::fs::create_dir_all(parent)?;
                    }
                    open(&self.path)?
                }
            };
            match file.try_lock() {
                Ok(()) if same_file(&file, &self.path) => return Ok(file),
                // It was moved away, or is on its way already: a new one takes its place.
                Ok(()) | Err(TryLockError::WouldBlock) => std::thread::sleep(AGAIN),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

fn ends_line(file: &mut File, len: u64) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::Start(len - 1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(named)) = (file.metadata(), std::fs::metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

#[cfg(not(unix))]
fn same_file(_file: &File, path: &Path) -> bool {
    path.exists()
}

/// Letters may hold what the events hold: only the owner reads them.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
