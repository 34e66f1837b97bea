//! An open file: which one it is, how long it is, and how its end looks.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// A file that is open for appending.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) file: File,
    pub(super) identity: Option<Identity>,
    /// Its length; others may append to it as well.
    pub(super) len: u64,
    /// What can be cut, unlike a pipe or a device.
    pub(super) regular: bool,
    /// When it was last written, in microseconds since the Unix epoch.
    pub(super) written_us: i64,
    /// Its last event is cut off.
    pub(super) torn: bool,
}

impl Handle {
    /// Opens the file at `path`, or makes it with a mode; its folder has to be there.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn open(path: &Path, mode: u32, truncate: bool) -> io::Result<Self> {
        if truncate {
            options(mode).write(true).truncate(true).open(path)?;
        }
        let file = options(mode).append(true).open(path)?;
        let meta = file.metadata()?;
        let written = meta.modified().ok();
        let since = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let written_us = since.and_then(|since| i64::try_from(since.as_micros()).ok());
        Ok(Self {
            identity: identity(&meta),
            len: meta.len(),
            regular: meta.is_file(),
            written_us: written_us.unwrap_or_default(),
            torn: false,
            file,
        })
    }

    /// Looks whether the file ends with `separator`; one that may not be read counts as sound.
    pub(super) fn look_at_the_end(&mut self, path: &Path, separator: &[u8]) {
        if !self.regular || self.len == 0 || separator.is_empty() {
            return;
        }
        self.torn = end(path, self.len, separator.len()).is_some_and(|end| end != separator);
    }

    /// Cuts the file back to `len` bytes if it is `now` bytes long; true when that is how it is then.
    pub(super) fn cut(&mut self, now: u64, len: u64) -> bool {
        if !self.regular {
            return true;
        }
        match self.file.metadata() {
            // Somebody else appended: what is there is theirs.
            Ok(meta) if meta.len() != now => {
                self.len = meta.len();
                true
            }
            Ok(_) if now == len => true,
            Ok(_) => {
                let cut = self.file.set_len(len).is_ok();
                self.len = if cut { len } else { now };
                cut
            }
            Err(_) => false,
        }
    }
}

/// The last bytes of a file.
fn end(path: &Path, len: u64, count: usize) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let from = len.saturating_sub(u64::try_from(count).ok()?);
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::with_capacity(count);
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(unix)]
fn options(mode: u32) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.create(true).mode(mode);
    options
}

#[cfg(not(unix))]
fn options(_mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    options
}

/// What tells one file from another at the same path.
pub(super) type Identity = (u64, u64);

#[cfg(unix)]
pub(super) fn identity(meta: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_meta: &Metadata) -> Option<Identity> {
    None
}
