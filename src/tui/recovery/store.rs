//! The folder of copies: written so that none is ever half there, and read with its owner in mind.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ropey::Rope;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

use super::{Found, Unsaved};
use crate::tui::disk;

/// Largest text that is kept, in bytes.
pub const LARGEST: usize = 32 << 20;
/// Copies that nobody asked for in that time are dropped.
const OLDEST: Duration = Duration::from_secs(30 * 86_400);
/// Most copies of programs that are gone, of all projects; the oldest are dropped.
const MOST: usize = 200;
/// Most bytes of them.
const BYTES: u64 = 256 << 20;
/// Longest line about a copy.
const LINE: u64 = 64 << 10;
/// How long what a program left half done is left alone: it may be about to be finished.
const UNTOUCHED: Duration = Duration::from_secs(86_400);

/// The line about a copy.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    path: PathBuf,
    project: PathBuf,
    made_us: i64,
    /// A digest of what the disk had.
    disk: Option<String>,
}

/// The copies of one owner: a running program.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    owner: String,
    /// Tells others that the owner lives; made with the first copy.
    lock: Option<File>,
}

impl Store {
    /// The copies of this process in that folder; nothing is made yet.
    pub fn of_process(folder: PathBuf) -> Self {
        let started = now_us();
        Self::of(folder, format!("{}-{started:x}", std::process::id()))
    }

    /// The copies of an owner of that name.
    pub fn of(folder: PathBuf, owner: String) -> Self {
        Self {
            folder,
            owner,
            lock: None,
        }
    }

    /// Keeps a text in place of what was kept of its file.
    ///
    /// # Errors
    /// When the folder cannot be written; what was kept before is kept then.
    pub fn keep(&mut self, unsaved: &Unsaved) -> io::Result<()> {
        if unsaved.text.len_bytes() > LARGEST {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.claim()?;
        let about = About {
            path: unsaved.path.clone(),
            project: unsaved.project.clone(),
            made_us: now_us(),
            disk: unsaved.disk.as_ref().map(digest),
        };
        let mut line = serde_json::to_vec(&about).map_err(io::Error::other)?;
        line.push(b'\n');
        let target = self.copy_of(&unsaved.path);
        let beside = target.with_extension("tmp");
        let written = (|| {
            let mut file = private(OpenOptions::new().write(true).create(true).truncate(true))
                .open(&beside)?;
            file.write_all(&line)?;
            for chunk in unsaved.text.chunks() {
                file.write_all(chunk.as_bytes())?;
            }
            file.sync_data()?;
            fs::rename(&beside, &target)
        })();
        // The first error is the one to tell.
        written.inspect_err(|_| drop(fs::remove_file(&beside)))
    }

    /// Drops what was kept of a file.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn forget(&self, path: &Path) -> io::Result<()> {
        if self.lock.is_none() {
            return Ok(());
        }
        remove(&self.copy_of(path))
    }

    /// Drops a copy of an owner that is gone, and with the last one all that was of that owner.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn discard(&self, copy: &Path) -> io::Result<()> {
        remove(copy)?;
        let Some(owner) = owner_of(copy).filter(|owner| !self.lives(owner)) else {
            return Ok(());
        };
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut left = entries.map(|entry| entry.path());
        if !left.any(|path| is_copy(&path) && owner_of(&path) == Some(owner)) {
            remove(&self.folder.join(format!("{owner}.lock")))?;
            // Others may have theirs in it.
            drop(fs::remove_dir(&self.folder));
        }
        Ok(())
    }

    /// Drops everything that this owner kept, and the folder when nothing else is in it.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn clear(&mut self) -> io::Result<()> {
        if self.lock.take().is_none() {
            return Ok(());
        }
        let mut result = Ok(());
        for entry in fs::read_dir(&self.folder)?.flatten() {
            if owner_of(&entry.path()).is_some_and(|owner| owner == self.owner) {
                result = result.and(remove(&entry.path()));
            }
        }
        // Others may have theirs in it.
        drop(fs::remove_dir(&self.folder));
        result
    }

    /// Number of texts that are kept.
    pub fn count(&self) -> usize {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let own = entries.map(|entry| entry.path()).filter(|path| {
            is_copy(path) && owner_of(path).is_some_and(|owner| owner == self.owner)
        });
        own.count()
    }

    /// Copies of a project's files whose owners are gone, the newest first; drops those that have
    /// nothing to recover, are too old or too many.
    pub fn look(&self, project: &Path) -> Vec<Found> {
        let mut copies = self.abandoned();
        copies.sort_by_key(|one| std::cmp::Reverse(one.about.made_us));
        let mut bytes = 0;
        let mut out = Vec::new();
        for (index, one) in copies.into_iter().enumerate() {
            bytes += one.bytes;
            let age = age(one.about.made_us);
            let surplus = index >= MOST || bytes > BYTES;
            if age > OLDEST || surplus {
                tracing::warn!("{} is dropped: too old or too many", one.copy.display());
                drop(self.discard(&one.copy));
                continue;
            }
            let own = one.about.project == project || one.about.path.starts_with(project);
            if !own {
                continue;
            }
            let copy = one.copy.clone();
            match one.found(age) {
                Some(found) => out.push(found),
                None => drop(self.discard(&copy)),
            }
        }
        self.tidy();
        out
    }

    fn abandoned(&self) -> Vec<Copy> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let left = paths
            .filter(|path| is_copy(path) && owner_of(path).is_some_and(|owner| !self.lives(owner)));
        left.filter_map(Copy::read).collect()
    }

    /// True when the owner of that name runs: nobody else can have its lock.
    fn lives(&self, owner: &str) -> bool {
        if owner == self.owner {
            return true;
        }
        match File::open(self.folder.join(format!("{owner}.lock"))) {
            Ok(file) => matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
            Err(_) => false,
        }
    }

    /// Removes locks and halves of copies that nobody needs any more.
    fn tidy(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        for path in paths.iter().filter(|path| !is_copy(path)) {
            let Some(owner) = owner_of(path) else {
                continue;
            };
            let needed = paths
                .iter()
                .any(|one| is_copy(one) && owner_of(one) == Some(owner));
            let touched = fs::metadata(path).and_then(|about| about.modified());
            let old = touched.is_ok_and(|at| at.elapsed().is_ok_and(|since| since > UNTOUCHED));
            if old && !needed && !self.lives(owner) {
                drop(remove(path));
            }
        }
    }

    fn claim(&mut self) -> io::Result<()> {
        if self.lock.is_some() {
            return Ok(());
        }
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&self.folder)?;
        let lock = self.folder.join(format!("{}.lock", self.owner));
        let file =
            private(OpenOptions::new().write(true).create(true).truncate(false)).open(lock)?;
        // Where files cannot be locked, copies are kept all the same.
        if let Err(error) = file.try_lock() {
            tracing::warn!("recovery copies cannot be locked: {error}");
        }
        self.lock = Some(file);
        Ok(())
    }

    fn copy_of(&self, path: &Path) -> PathBuf {
        let name = hex(&Sha1::digest(path.as_os_str().as_encoded_bytes()), 8);
        self.folder.join(format!("{}-{name}.copy", self.owner))
    }
}

/// A copy and what its line says.
struct Copy {
    copy: PathBuf,
    about: About,
    text: Rope,
    bytes: u64,
}

impl Copy {
    fn read(copy: PathBuf) -> Option<Self> {
        let read = || -> io::Result<Self> {
            let file = File::open(&copy)?;
            let bytes = file.metadata()?.len();
            let mut reader = BufReader::new(file.take(LARGEST as u64 + LINE));
            let mut line = Vec::new();
            reader.by_ref().take(LINE).read_until(b'\n', &mut line)?;
            let about = serde_json::from_slice(&line).map_err(io::Error::other)?;
            let text = Rope::from_reader(reader)?;
            Ok(Self {
                copy: copy.clone(),
                about,
                text,
                bytes,
            })
        };
        // What cannot be read is left where it is: somebody may still make sense of it.
        read()
            .inspect_err(|error| tracing::warn!("{} is left aside: {error}", copy.display()))
            .ok()
    }

    /// What there is to recover; nothing when the disk has that text.
    fn found(self, age: Duration) -> Option<Found> {
        let disk = disk::open(&self.about.path).ok().map(|file| file.text);
        if disk.as_ref() == Some(&self.text) {
            return None;
        }
        let changed = disk.as_ref().map(digest) != self.about.disk;
        Some(Found {
            copy: self.copy,
            path: self.about.path,
            made_us: self.about.made_us,
            age,
            text: self.text,
            disk,
            changed,
        })
    }
}

/// Removes a copy; one that is gone already is as good.
///
/// # Errors
/// When it cannot be removed.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn is_copy(path: &Path) -> bool {
    path.extension().is_some_and(|one| one == "copy")
}

/// `<process>-<started>` of a file in the folder.
fn owner_of(path: &Path) -> Option<&str> {
    let stem = path.file_stem()?.to_str()?;
    let second = stem.match_indices('-').nth(1).map(|(at, _)| at);
    stem.get(..second.unwrap_or(stem.len()))
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}

fn age(made_us: i64) -> Duration {
    Duration::from_micros(u64::try_from(now_us().saturating_sub(made_us)).unwrap_or(0))
}

fn digest(text: &Rope) -> String {
    let mut sum = Sha1::new();
    for chunk in text.chunks() {
        sum.update(chunk.as_bytes());
    }
    hex(&sum.finalize(), 20)
}

fn hex(bytes: &[u8], count: usize) -> String {
    let bytes = bytes.iter().take(count);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn unsaved(root: &Path, name: &str, text: &str, disk: Option<&str>) -> Unsaved {
        Unsaved {
            path: root.join(name),
            project: root.to_owned(),
            text: Rope::from_str(text),
            disk: disk.map(Rope::from_str),
        }
    }

    fn store(folder: &Path, owner: &str) -> Store {
        Store::of(folder.join("state/recovery"), owner.to_owned())
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder.join("state/recovery")).map_or(0, Iterator::count)
    }

    #[test]
    fn what_a_dead_owner_left_is_found_once_and_the_living_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("a.yml"), "old\n").unwrap();
        let mut dead = store(root, "1-a");
        dead.keep(&unsaved(root, "a.yml", "typed\n", Some("old\n")))
            .unwrap();
        dead.keep(&unsaved(root, "a.yml", "typed more\n", Some("old\n")))
            .unwrap();
        assert_eq!(files(root), 2, "a lock and a copy");
        let mut living = store(root, "2-b");
        living
            .keep(&unsaved(root, "a.yml", "mine\n", Some("old\n")))
            .unwrap();
        let own = store(root, "3-c");
        assert!(own.look(root).is_empty(), "both owners live");
        drop(dead);
        let found = own.look(root);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "typed more\n");
        assert!(!found[0].changed);
        assert!(own.look(&root.join("elsewhere")).is_empty());
        // Somebody changes the file, then it is gone.
        fs::write(root.join("a.yml"), "other\n").unwrap();
        assert!(own.look(root)[0].changed);
        fs::remove_file(root.join("a.yml")).unwrap();
        let found = own.look(root);
        assert!(found[0].changed && found[0].disk.is_none());
        // The disk has the text: nothing is left to recover.
        fs::write(root.join("a.yml"), "typed more\n").unwrap();
        assert!(own.look(root).is_empty());
        drop(living);
        let found = own.look(root);
        assert_eq!(found[0].text, "mine\n");
        own.discard(&found[0].copy).unwrap();
        assert!(!root.join("state/recovery").exists(), "nothing is left");
    }

    #[test]
    fn forgetting_and_clearing_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let mut own = store(root, "1-a");
        own.forget(&root.join("a")).unwrap();
        own.clear().unwrap();
        assert_eq!(files(root), 0, "nothing is made before something is kept");
        own.keep(&unsaved(root, "a", "x", None)).unwrap();
        own.keep(&unsaved(root, "b", "y", None)).unwrap();
        assert_eq!(own.count(), 2);
        own.forget(&root.join("a")).unwrap();
        assert_eq!(own.count(), 1);
        let mut other = store(root, "2-b");
        other.keep(&unsaved(root, "a", "z", None)).unwrap();
        own.clear().unwrap();
        assert_eq!((own.count(), other.count()), (0, 1));
        other.clear().unwrap();
        assert!(!root.join("state/recovery").exists());
    }

    #[cfg(unix)]
    #[test]
    fn copies_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mut own = store(folder.path(), "1-a");
        own.keep(&unsaved(folder.path(), "a", "x", None)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let inside = folder.path().join("state/recovery");
        assert_eq!(mode(&inside), 0o700);
        for entry in fs::read_dir(inside).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
    }

    #[test]
    fn old_ones_and_too_many_are_dropped_and_garbage_is_left_aside() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let mut dead = store(root, "1-a");
        for number in 0..MOST + 3 {
            dead.keep(&unsaved(root, &number.to_string(), "x", None))
                .unwrap();
        }
        let old = About {
            path: root.join("old"),
            project: root.to_owned(),
            made_us: now_us() - i64::try_from(OLDEST.as_micros()).unwrap() - 1,
            disk: None,
        };
        let inside = root.join("state/recovery");
        let line = serde_json::to_string(&old).unwrap();
        fs::write(inside.join("9-9-00.copy"), format!("{line}\ntext")).unwrap();
        fs::write(inside.join("9-9-01.copy"), "no line about it").unwrap();
        fs::write(inside.join("9-9-02.copy"), "").unwrap();
        drop(dead);
        let found = store(root, "2-b").look(root);
        assert_eq!(found.len(), MOST);
        assert!(!inside.join("9-9-00.copy").exists());
        assert!(inside.join("9-9-01.copy").exists());
        let newest = found.windows(2).all(|two| two[0].made_us >= two[1].made_us);
        assert!(newest);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_and_breaks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("state"), "a file in the way").unwrap();
        let mut own = store(folder.path(), "1-a");
        assert!(own.keep(&unsaved(folder.path(), "a", "x", None)).is_err());
        own.forget(&folder.path().join("a")).unwrap();
        own.clear().unwrap();
        assert!(own.look(folder.path()).is_empty());
    }
}
