//! Where the bytes of a project come from: the disk, or unsaved buffers laid over it.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the files of a project. Paths are absolute or relative to the working directory, already
/// joined with the project's folder by the caller.
pub trait Files: Send + Sync + std::fmt::Debug {
    /// The whole content of a file.
    ///
    /// # Errors
    /// Those of reading it.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The text of a file that is not saved, for readers that otherwise open it themselves.
    fn unsaved(&self, path: &Path) -> Option<Arc<str>> {
        let _ = path;
        None
    }

    /// The whole content of a regular file of at most `max` bytes, without reading more than that.
    ///
    /// # Errors
    /// Those of reading it; [`io::ErrorKind::FileTooLarge`] when it is larger.
    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        let bytes = self.read(path)?;
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= max) {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::FileTooLarge.into())
        }
    }
}

/// The files as they are on disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        let about = std::fs::metadata(path)?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !about.is_file() {
            // Reading a device or a pipe may never end.
            return Err(io::Error::other("it is not a regular file"));
        }
        if about.len() > max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::new();
        // It may grow meanwhile.
        std::fs::File::open(path)?
            .take(max + 1)
            .read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= max) {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::FileTooLarge.into())
        }
    }
}

/// Unsaved buffers over the disk; keys are the same paths that readers ask for.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Content by path.
    pub buffers: HashMap<PathBuf, Arc<str>>,
}

impl Files for Overlay {
    fn unsaved(&self, path: &Path) -> Option<Arc<str>> {
        self.buffers.get(path).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.buffers.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Disk.read(path),
        }
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        match self.buffers.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Disk.read_limited(path, max),
        }
    }
}
