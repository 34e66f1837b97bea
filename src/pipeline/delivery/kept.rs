//! How many dead letters wait in the files of an output: of this run and of earlier ones, without those
//! that were sent again meanwhile.
//!
//! The files are the truth, since others take letters from them; they are only read on where they grew.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Bytes read for one answer at most; the rest is counted by the next.
const MOST: u64 = 4 << 20;

/// Counts the letters in the file of an output and in that of letters on their way again.
#[derive(Debug)]
pub(in crate::pipeline) struct Kept {
    files: Mutex<[Counted; 2]>,
}

/// One file, as far as it was read.
#[derive(Debug)]
struct Counted {
    path: PathBuf,
    /// Which file was read.
    identity: Option<u128>,
    read: u64,
    letters: u64,
}

impl Kept {
    /// For the letters at `path`, and those that wait beside it while they are sent.
    pub(in crate::pipeline) fn new(path: &Path, aside: PathBuf) -> Self {
        let of = |path: PathBuf| Counted {
            path,
            identity: None,
            read: 0,
            letters: 0,
        };
        Self {
            files: Mutex::new([of(path.to_owned()), of(aside)]),
        }
    }

    /// The letters there are now, as far as they were read. Cheap where nothing changed.
    pub(in crate::pipeline) fn count(&self) -> u64 {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter_mut().map(Counted::count).sum()
    }
}

impl Counted {
    fn count(&mut self) -> u64 {
        let Ok(about) = std::fs::metadata(&self.path) else {
            self.begin(None);
            return 0;
        };
        let identity = identity(&about);
        if self.identity != Some(identity) || about.len() < self.read {
            self.begin(Some(identity));
        }
        if about.len() > self.read {
            // What cannot be read cannot be counted; those who send it say why.
            let _ = self.read_on();
        }
        self.letters
    }

    fn begin(&mut self, identity: Option<u128>) {
        (self.identity, self.read, self.letters) = (identity, 0, 0);
    }

    fn read_on(&mut self) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut rest = file.take(MOST);
        let mut room = [0; 16 << 10];
        loop {
            let read = rest.read(&mut room)?;
            let Some(part) = room.get(..read).filter(|part| !part.is_empty()) else {
                return Ok(());
            };
            self.read += read as u64;
            self.letters += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
    }
}

/// Tells a file from another one that takes its name.
#[cfg(unix)]
fn identity(about: &std::fs::Metadata) -> u128 {
    use std::os::unix::fs::MetadataExt as _;
    u128::from(about.dev()) << 64 | u128::from(about.ino())
}

#[cfg(not(unix))]
fn identity(about: &std::fs::Metadata) -> u128 {
    let made = about.created().ok();
    let made = made.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    made.map_or(0, |time| time.as_nanos())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn it_follows_what_is_in_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a"), folder.path().join("a.aside"));
        let kept = Kept::new(&path, aside.clone());
        assert_eq!(kept.count(), 0);
        std::fs::write(&path, "1\n2\n").unwrap();
        assert_eq!(kept.count(), 2);
        let more = "x".repeat(40_000) + "\n3";
        let mut file = std::fs::File::options().append(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, more.as_bytes()).unwrap();
        assert_eq!(kept.count(), 3, "the last one is being written");
        std::fs::rename(&path, &aside).unwrap();
        assert_eq!(kept.count(), 3, "they wait there");
        std::fs::write(&path, "4\n").unwrap();
        assert_eq!(kept.count(), 4);
        std::fs::remove_file(&aside).unwrap();
        assert_eq!(kept.count(), 1);
        std::fs::write(&path, "").unwrap();
        assert_eq!(kept.count(), 0);
    }
}
