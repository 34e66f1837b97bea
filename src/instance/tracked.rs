//! Which files a run was made of, so that a reload can tell whether they changed since.

use std::collections::HashMap;
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::config::{Disk, Files};

/// The disk, with a memory of what was read from it: documents, templates, samples, scripts. Files that
/// plugins open themselves (recordings, modules that scripts import) are not part of it.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    seen: Mutex<HashMap<PathBuf, Seen>>,
    /// What was read, while it has to stay the same.
    held: Mutex<Option<HashMap<PathBuf, Held>>>,
}

/// A file that was changed less than this before it was read may change again without another time:
/// clocks of file systems are coarse.
const FRESH: Duration = Duration::from_secs(2);

/// What was found when a path was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    /// Tells most files that did not change without reading them.
    stamp: Option<(u64, SystemTime)>,
    /// The stamp alone tells.
    trusted: bool,
    hash: Option<u64>,
}

/// What reading gave.
type Held = Result<Arc<[u8]>, (io::ErrorKind, String)>;

impl Tracked {
    /// Gives for each path what it gave the first time, until [`Tracked::let_go`].
    pub(super) fn holding() -> Self {
        Self {
            held: Mutex::new(Some(HashMap::new())),
            ..Self::default()
        }
    }

    /// Reads from the disk from now on.
    pub(super) fn let_go(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The paths that were read, whether there was something or not.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.lock().keys().cloned().collect()
    }

    /// How many those are.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// True when a file that was read would now give something else.
    pub(super) fn changed(&self) -> bool {
        self.all().iter().any(|one| self.is_changed(one))
    }

    /// Those that would, in order.
    pub(super) fn changes(&self) -> Vec<PathBuf> {
        let all = self.all().into_iter();
        let changed = all.filter(|one| self.is_changed(one));
        let mut changed: Vec<PathBuf> = changed.map(|(path, _)| path).collect();
        changed.sort();
        changed
    }

    /// True when one of the changed files had content and is empty now, as files are for a moment that
    /// are being written.
    pub(super) fn emptied(&self) -> bool {
        self.all().iter().any(|(path, then)| {
            let was = then.stamp.is_some_and(|(len, _)| len > 0);
            was && std::fs::metadata(path).is_ok_and(|about| about.len() == 0)
        })
    }

    fn is_changed(&self, (path, then): &(PathBuf, Seen)) -> bool {
        let stamp = stamp(path);
        if then.trusted && stamp.is_some() && stamp == then.stamp {
            return false;
        }
        let trusted = is_settled(stamp);
        if hash(&Disk.read(path)) != then.hash {
            return true;
        }
        // It need not be read the next time.
        if trusted && let Some(seen) = self.lock().get_mut(path) {
            (seen.stamp, seen.trusted) = (stamp, true);
        }
        false
    }

    fn all(&self) -> Vec<(PathBuf, Seen)> {
        let seen = self.lock();
        seen.iter().map(|(path, at)| (path.clone(), *at)).collect()
    }

    fn note(&self, path: &Path, read: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
        // Before reading: what changes meanwhile has another stamp afterwards.
        let stamp = stamp(path);
        let found = read();
        let hash = hash(&found);
        self.lock().entry(path.to_owned()).or_insert(Seen {
            stamp,
            trusted: is_settled(stamp),
            hash,
        });
        found
    }

    /// Reads, or gives what was read before while that is held.
    fn get(&self, path: &Path, read: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
        let known = {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(held) = held.as_ref() else {
                drop(held);
                return self.note(path, read);
            };
            held.get(path).cloned()
        };
        match known {
            Some(Ok(bytes)) => return Ok(bytes.to_vec()),
            Some(Err((kind, text))) => return Err(io::Error::new(kind, text)),
            None => {}
        }
        let found = self.note(path, read);
        let kept = match &found {
            Ok(bytes) => Ok(Arc::from(bytes.as_slice())),
            Err(error) => Err((error.kind(), error.to_string())),
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_mut() {
            held.insert(path.to_owned(), kept);
        }
        found
    }
}

/// True when a change after now cannot leave the stamp as it is.
fn is_settled(stamp: Option<(u64, SystemTime)>) -> bool {
    let age = stamp.and_then(|(_, changed)| changed.elapsed().ok());
    age.is_some_and(|age| age >= FRESH)
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
        self.get(path, || Disk.read(path))
    }

    fn read_limited(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        let bytes = self.get(path, || Disk.read_limited(path, max))?;
        // It may be held since it was read without a limit.
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= max) {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::FileTooLarge.into())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn what_is_held_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (path, absent) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "1").unwrap();
        let files = Tracked::holding();
        assert_eq!(files.read(&path).unwrap(), b"1");
        assert!(files.read(&absent).is_err());
        std::fs::write(&path, "").unwrap();
        std::fs::write(&absent, "3").unwrap();
        assert_eq!(files.read_limited(&path, 9).unwrap(), b"1");
        assert!(files.read_limited(&path, 0).is_err());
        let missing = files.read(&absent).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert_eq!(files.changes(), [path.clone(), absent]);
        assert!(files.emptied());
        files.let_go();
        assert_eq!(files.read(&path).unwrap(), b"");
    }

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

    #[test]
    fn a_change_that_leaves_length_and_time_as_they_were_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let write = |text: &str, at: SystemTime| {
            std::fs::write(&path, text).unwrap();
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(at).unwrap();
        };
        let now = SystemTime::now();
        write("1", now);
        let files = Tracked::default();
        assert!(files.read(&path).is_ok());
        assert!(!files.changed());
        write("2", now);
        assert_eq!(files.changes(), [path.clone()]);
        // What has been calm for long is told by its time alone.
        let calm = now - Duration::from_secs(60);
        write("1", calm);
        assert!(!files.changed());
        assert!(files.all().iter().all(|(_, seen)| seen.trusted));
    }
}
