//! Which files a run was made of, so that a reload can tell whether they changed since.

use std::collections::HashMap;
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::config::{Disk, Files};

/// The disk, with a memory of what was read from it: documents, templates, samples, scripts. Files that
/// plugins open themselves (recordings, modules that scripts import) are not part of it.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    seen: Mutex<HashMap<PathBuf, Seen>>,
}

/// What was found when a path was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    /// Tells most files that did not change without reading them.
    stamp: Option<(u64, SystemTime)>,
    hash: Option<u64>,
}

impl Tracked {
    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when a file that was read would now give something else.
    pub(super) fn changed(&self) -> bool {
        let seen: Vec<(PathBuf, Seen)> = {
            let seen = self.lock();
            seen.iter().map(|(path, at)| (path.clone(), *at)).collect()
        };
        seen.iter().any(|(path, then)| {
            let stamp = stamp(path);
            let same = stamp.is_some() && stamp == then.stamp;
            !same && hash(&Disk.read(path)) != then.hash
        })
    }

    fn note(&self, path: &Path, read: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
        // Before reading: what changes meanwhile has another stamp afterwards.
        let stamp = stamp(path);
        let found = read();
        let hash = hash(&found);
        self.lock()
            .entry(path.to_owned())
            .or_insert(Seen { stamp, hash });
        found
    }
}

fn stamp(path: &Path) -> Option<(u64, SystemTime)> {
    let about: Metadata = std::fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()?))
}

fn hash(read: &io::Result<Vec<u8>>) -> Option<u64> {
    let bytes = read.as_ref().ok()?;
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    Some(hasher.finish())
}

impl Files for Tracked {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path, || Disk.read(path))
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        self.note(path, || Disk.read_limited(path, max))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_change_is_one_of_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let absent = folder.path().join("b");
        std::fs::write(&path, "1").unwrap();
        let files = Tracked::default();
        assert!(files.read(&path).is_ok());
        assert!(files.read(&absent).is_err());
        assert!(!files.changed());
        std::fs::write(&path, "1").unwrap();
        assert!(!files.changed());
        std::fs::write(&path, "22").unwrap();
        assert!(files.changed());
        std::fs::write(&path, "1").unwrap();
        assert!(!files.changed());
        std::fs::write(&absent, "").unwrap();
        assert!(files.changed());
    }
}
