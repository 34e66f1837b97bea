//! Files that are read again for each worker must not have changed since the event source was built.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Files;

/// Passes on what it reads and remembers whether the same path ever gave something else.
#[derive(Debug)]
pub(super) struct SameFiles {
    files: Arc<dyn Files>,
    seen: Mutex<HashMap<PathBuf, u64>>,
    changed: AtomicBool,
}

impl SameFiles {
    pub(super) fn new(files: Arc<dyn Files>) -> Self {
        Self {
            files,
            seen: Mutex::default(),
            changed: AtomicBool::new(false),
        }
    }

    /// True when something read again was not what it was the first time.
    pub(super) fn changed(&self) -> bool {
        self.changed.load(Ordering::Relaxed)
    }

    /// True when something that was read so far now reads otherwise from `files`.
    pub(super) fn differ(&self, files: &dyn Files) -> bool {
        let seen: Vec<(PathBuf, u64)> = {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.iter()
                .map(|(path, hash)| (path.clone(), *hash))
                .collect()
        };
        seen.iter()
            .any(|(path, hash)| hash_of(&files.read(path)) != *hash)
    }

    fn note(&self, path: &Path, read: io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
        let found = hash_of(&read);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *seen.entry(path.to_owned()).or_insert(found);
        if first != found {
            self.changed.store(true, Ordering::Relaxed);
        }
        read
    }
}

fn hash_of(read: &io::Result<Vec<u8>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    if let Ok(bytes) = read {
        hasher.write(bytes);
    }
    hasher.finish()
}

impl Files for SameFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path, self.files.read(path))
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        self.note(path, self.files.read_limited(path, max))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::Disk;

    #[test]
    fn a_file_that_changed_or_went_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "1").unwrap();
        let files = || SameFiles::new(Arc::new(Disk));
        let (changing, going) = (files(), files());
        assert_eq!(changing.read(&path).unwrap(), b"1");
        assert_eq!(going.read_limited(&path, 9).unwrap(), b"1");
        assert!(changing.read(&path).is_ok() && !changing.changed());
        std::fs::write(&path, "2").unwrap();
        assert_eq!(changing.read(&path).unwrap(), b"2");
        std::fs::remove_file(&path).unwrap();
        assert!(going.read(&path).is_err());
        assert!(changing.changed() && going.changed());
    }
}
