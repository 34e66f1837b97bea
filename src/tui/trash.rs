//! Files of a project made, renamed, copied and deleted, on the disk. Blocks; runs on its own thread.
//!
//! What is deleted goes to the trash of the desktop (the freedesktop.org layout: the files, and notes of
//! where they were), so that it can be found there too when the program has ended.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A change of files; what is done gives back what takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// Makes an empty file, and the folders before it.
    Create(PathBuf),
    /// Makes a folder.
    Folder(PathBuf),
    /// Gives another name.
    Rename(PathBuf, PathBuf),
    /// Copies a file.
    Copy(PathBuf, PathBuf),
    /// Puts a file or folder into the trash.
    Trash(PathBuf),
    /// It was put there: what, and where it is now.
    Trashed(PathBuf, PathBuf),
    /// Brings it back from where it is in the trash.
    Restore(PathBuf, PathBuf),
    /// Takes one of the others back.
    Back(Box<Self>),
}

impl FileChange {
    /// What takes this change back once it is done.
    #[must_use]
    pub fn back(self) -> Self {
        Self::Back(Box::new(match self {
            Self::Create(path) | Self::Folder(path) | Self::Copy(_, path) => Self::Trash(path),
            Self::Rename(from, to) => Self::Rename(to, from),
            Self::Trashed(path, trash) => Self::Restore(path, trash),
            other => other,
        }))
    }

    /// True when it takes another change back.
    pub fn is_back(&self) -> bool {
        matches!(self, Self::Back(_))
    }

    /// Does it; gives what was done.
    ///
    /// # Errors
    /// Says what cannot be done and why; everything is as before then.
    pub fn perform(&self, trash: Option<PathBuf>) -> Result<Self, String> {
        let failed = |action: &str, path: &Path, error: &io::Error| {
            super::disk::explain(action, path, error)
        };
        match self {
            Self::Create(path) => {
                create(path).map_err(|error| failed("make", path, &error))?;
            }
            Self::Folder(path) => {
                fs::create_dir_all(path).map_err(|error| failed("make", path, &error))?;
            }
            Self::Rename(from, to) => {
                rename(from, to).map_err(|error| failed("rename", from, &error))?;
            }
            Self::Copy(from, to) => {
                copy(from, to).map_err(|error| failed("copy", from, &error))?;
            }
            Self::Trash(path) => {
                let trash = trash.ok_or_else(|| {
                    "cannot delete: there is no home folder for the trash".to_owned()
                })?;
                let place =
                    put_away(path, &trash).map_err(|error| failed("delete", path, &error))?;
                return Ok(Self::Trashed(path.clone(), place));
            }
            Self::Trashed(..) => {}
            Self::Restore(path, place) => {
                bring_back(path, place).map_err(|error| failed("bring back", path, &error))?;
            }
            Self::Back(inner) => return inner.perform(trash),
        }
        Ok(self.clone())
    }
}

/// The trash of the user, where there is a home folder.
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let data = set("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let data = data.or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/share")));
    data.map(|data| data.join("Trash"))
}

fn taken() -> io::Error {
    io::Error::from(io::ErrorKind::AlreadyExists)
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn create(path: &Path) -> io::Result<()> {
    make_parent(path)?;
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    made.map(drop)
}

fn rename(from: &Path, to: &Path) -> io::Result<()> {
    // A link that leads nowhere is there all the same.
    if fs::symlink_metadata(to).is_ok() {
        return Err(taken());
    }
    make_parent(to)?;
    fs::rename(from, to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(taken());
    }
    make_parent(to)?;
    fs::copy(from, to).map(drop)
}

/// Moves something into the trash; gives where it is.
fn put_away(path: &Path, trash: &Path) -> io::Result<PathBuf> {
    fs::symlink_metadata(path)?;
    let (files, notes) = (trash.join("files"), trash.join("info"));
    fs::create_dir_all(&files)?;
    fs::create_dir_all(&notes)?;
    let own = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    for number in 1..10_000 {
        let name = if number == 1 {
            own.to_string()
        } else {
            format!("{own}.{number}")
        };
        let note = notes.join(format!("{name}.trashinfo"));
        // The note is made first: who makes it owns the name.
        let mut out = match OpenOptions::new().write(true).create_new(true).open(&note) {
            Ok(out) => out,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        let place = files.join(&name);
        let moved = write!(
            out,
            "[Trash Info]\nPath={}\nDeletionDate={}\n",
            escaped(path),
            chrono::Local::now().format("%Y-%m-%dT%H:%M:%S")
        );
        let moved = moved.and_then(|()| relocate(path, &place));
        if let Err(error) = moved {
            // The first error is the one to tell.
            drop(fs::remove_file(&note));
            return Err(error);
        }
        return Ok(place);
    }
    Err(taken())
}

fn bring_back(path: &Path, place: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(taken());
    }
    make_parent(path)?;
    relocate(place, path)?;
    if let (Some(trash), Some(name)) = (place.parent().and_then(Path::parent), place.file_name()) {
        let note = format!("{}.trashinfo", name.to_string_lossy());
        // What it says is no longer so, whether it can be removed or not.
        drop(fs::remove_file(trash.join("info").join(note)));
    }
    Ok(())
}

/// Moves a file or folder, over the border of a file system if need be.
fn relocate(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            if let Err(error) = copy_all(from, to) {
                drop(remove(to));
                return Err(error);
            }
            remove(from)
        }
        other => other,
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(from)?.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir(to)?;
    for item in fs::read_dir(from)? {
        let item = item?;
        copy_all(&item.path(), &to.join(item.file_name()))?;
    }
    Ok(())
}

/// A path as notes in the trash have it: bytes beyond plain ones by their numbers.
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_is_deleted_can_be_brought_back_by_us_and_by_the_desktop() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let (file, trash) = (root.join("a b.txt"), root.join("Trash"));
        fs::write(&file, "text").unwrap();
        let done = FileChange::Trash(file.clone())
            .perform(Some(trash.clone()))
            .unwrap();
        assert!(!file.exists());
        let note = fs::read_to_string(trash.join("info/a b.txt.trashinfo")).unwrap();
        assert!(note.contains("a%20b.txt\nDeletionDate=20"), "{note}");
        // A second one of that name has a place of its own.
        fs::write(&file, "other").unwrap();
        FileChange::Trash(file.clone())
            .perform(Some(trash.clone()))
            .unwrap();
        assert!(trash.join("files/a b.txt.2").exists());
        done.back().perform(None).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "text");
        assert!(!trash.join("info/a b.txt.trashinfo").exists());
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "a").unwrap();
        fs::write(path("b"), "b").unwrap();
        for change in [
            FileChange::Create(path("b")),
            FileChange::Rename(path("a"), path("b")),
            FileChange::Copy(path("a"), path("b")),
            FileChange::Restore(path("b"), path("a")),
        ] {
            let why = change.perform(Some(path("trash"))).unwrap_err();
            assert!(why.contains("there is one there already"), "{why}");
        }
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "b");
        let why = FileChange::Trash(path("gone"))
            .perform(Some(path("trash")))
            .unwrap_err();
        assert_eq!(why, "cannot delete gone: it does not exist");
    }

    #[test]
    fn folders_are_made_copied_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let made = FileChange::Create(path("x/y/a.csv")).perform(None).unwrap();
        let renamed = FileChange::Rename(path("x"), path("z/w"))
            .perform(None)
            .unwrap();
        assert!(path("z/w/y/a.csv").exists());
        renamed.back().perform(None).unwrap();
        made.back().perform(Some(path("trash"))).unwrap();
        assert!(!path("x/y/a.csv").exists());
        copy_all(&path("trash"), &path("copy")).unwrap();
        assert!(path("copy/files/a.csv").exists());
    }
}
