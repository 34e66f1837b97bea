//! Where the bytes of a project come from: the disk, or unsaved buffers laid over it.

use std::collections::HashMap;
use std::io;
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
}

/// The files as they are on disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
}

/// Unsaved buffers over the disk; keys are the same paths that readers ask for.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Content by path.
    pub buffers: HashMap<PathBuf, Arc<str>>,
}

impl Files for Overlay {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.buffers.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => Disk.read(path),
        }
    }
}
