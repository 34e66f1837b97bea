//! Where the sockets of instances are, who may be there, and which instance has which name.
//!
//! ```text
//! $XDG_RUNTIME_DIR/evtui/NAME.sock      a folder of mode 0700, sockets of mode 0600
//! /tmp/evtui-UID/NAME.sock              without that variable, or when its folder is gone
//! NAME.lock                             locked by the process that owns the name, with its number
//! ```
//!
//! Socket and lock go with the process. A killed one leaves both, and the next one takes them over. Since
//! a lock's file is removed, whoever locked one looks whether it is still the one of that name.
//!
//! A runtime directory goes away when its user has logged out everywhere, which is just when a
//! background process is to stay: who listens looks after its socket and takes a new place.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _,
    PermissionsExt as _,
};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// The name of the instance that terminals share.
pub const DEFAULT_NAME: &str = "default";

/// The longest path that a socket can have on every system, in bytes.
const LONGEST: usize = 100;

/// The user that this process works for.
pub fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Folders where sockets may be, the preferred one first.
pub fn places() -> Vec<PathBuf> {
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    // Where the variable is lost, as with `su` and `cron`, the folder may be there all the same.
    let usual =
        || Some(PathBuf::from(format!("/run/user/{}", user()))).filter(|path| path.is_dir());
    let given = given.filter(|path| path.is_absolute()).or_else(usual);
    let own = given.map(|path| path.join("evtui"));
    let common = PathBuf::from(format!("/tmp/evtui-{}", user()));
    own.into_iter().chain([common]).collect()
}

/// Whether a name can be that of an instance; says why not.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 32 || name.starts_with('.') || !name.chars().all(plain) {
        return Err(format!(
            "{name:?} is no name of an instance: up to 32 letters, digits, `-`, `_` and `.`"
        ));
    }
    Ok(())
}

/// The socket of a name in a folder.
pub fn socket_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sock"))
}

/// The sockets that have a name, wherever they are; they need not be alive.
pub fn sockets_of(name: &str) -> Vec<PathBuf> {
    let paths = places().into_iter().filter(|folder| is_ours(folder));
    let paths = paths.map(|folder| socket_in(&folder, name));
    paths.filter(|path| is_socket(path)).collect()
}

/// Names of all sockets, sorted; not all need be alive.
pub fn names() -> Vec<String> {
    let mut found: Vec<String> = places()
        .iter()
        .filter(|folder| is_ours(folder))
        .filter_map(|folder| folder.read_dir().ok())
        .flat_map(|entries| entries.flatten())
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".sock")?.to_owned())
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn is_socket(path: &Path) -> bool {
    std::fs::symlink_metadata(path)
        .is_ok_and(|about| about.file_type().is_socket() && about.uid() == user())
}

/// True for a folder that is no link, belongs to this user and to nobody else.
fn is_ours(folder: &Path) -> bool {
    std::fs::symlink_metadata(folder)
        .is_ok_and(|about| about.is_dir() && about.uid() == user() && about.mode() & 0o077 == 0)
}

/// Makes a folder that only this user may enter, or sees that it is one.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    match builder.mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let about = std::fs::symlink_metadata(folder)?;
    let refused = |why: &str| {
        let message = format!("{} {why}", folder.display());
        io::Error::new(io::ErrorKind::PermissionDenied, message)
    };
    if !about.is_dir() {
        return Err(refused("is no folder"));
    }
    if about.uid() != user() {
        return Err(refused("belongs to somebody else"));
    }
    if about.mode() & 0o077 != 0 {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Why a name could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum SeatError {
    /// A process has it, with this number where that is known.
    #[error("another instance is called so{}", .0.map_or_else(String::new, |pid| format!(", process {pid}")))]
    Taken(Option<u32>),
    /// No socket can be made.
    #[error("no socket can be made: {}", crate::config::why(.0))]
    Io(#[from] io::Error),
}

/// A name that this process has, and the socket of it. Dropping it removes the socket.
#[derive(Debug)]
pub struct Seat {
    path: PathBuf,
    /// Device and number of the socket's file.
    mark: (u64, u64),
    /// Held as long as this process lives, whatever ends it.
    lock: File,
}

impl Seat {
    /// Takes a name in the first folder where that can be done. A socket that a killed process left
    /// is replaced.
    ///
    /// # Errors
    /// When somebody has the name, or no folder can be used.
    pub fn take(name: &str) -> Result<(Self, UnixListener), SeatError> {
        let mut first = None;
        for folder in places() {
            match Self::take_in(&folder, name) {
                Err(SeatError::Io(error)) => first = first.or(Some(error)),
                other => return other,
            }
        }
        let none = || io::Error::other("there is no folder for it");
        Err(SeatError::Io(first.unwrap_or_else(none)))
    }

    /// As [`Seat::take`], in this folder.
    ///
    /// # Errors
    /// When somebody has the name, or the folder cannot be used.
    pub fn take_in(folder: &Path, name: &str) -> Result<(Self, UnixListener), SeatError> {
        let path = socket_in(folder, name);
        if path.as_os_str().len() > LONGEST {
            let message = format!("{} is too long a path for a socket", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message).into());
        }
        make_private(folder)?;
        let lock = lock(&folder.join(format!("{name}.lock")))?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        let about = std::fs::symlink_metadata(&path)?;
        let mark = (about.dev(), about.ino());
        let seat = Self { path, mark, lock };
        Ok((seat, listener))
    }

    /// The socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True while the socket is where clients look for it.
    pub fn stands(&self) -> bool {
        std::fs::symlink_metadata(&self.path)
            .is_ok_and(|about| (about.dev(), about.ino()) == self.mark)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.stands() {
            // Who finds it finds nobody behind it, which is told as well.
            let _ = std::fs::remove_file(&self.path);
        }
        // While it is locked: who opened it before sees that it is not the one of that name any more.
        let lock = self.path.with_extension("lock");
        if is_at(&self.lock, &lock) {
            let _ = std::fs::remove_file(lock);
        }
    }
}

/// True when an open file is the one at a path.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), std::fs::symlink_metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Locks the file of a name; made if need be.
fn lock(path: &Path) -> Result<File, SeatError> {
    loop {
        let file = lock_once(path)?;
        // Its owner may have removed it just before it could be locked.
        if is_at(&file, path) {
            return Ok(file);
        }
    }
}

fn lock_once(path: &Path) -> Result<File, SeatError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // Only to name it.
            let _ = file.take(32).read_to_string(&mut text);
            return Err(SeatError::Taken(text.trim().parse().ok()));
        }
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn one_process_has_a_name_and_what_it_leaves_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("evtui");
        let (seat, listener) = Seat::take_in(&own, "a").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(&own), mode(seat.path())), (0o700, 0o600));
        match Seat::take_in(&own, "a") {
            Err(SeatError::Taken(pid)) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        let (other, _) = Seat::take_in(&own, "b").unwrap();
        assert!(other.stands() && seat.stands());
        drop(other);
        assert!(!socket_in(&own, "b").exists());
        assert!(!own.join("b.lock").exists());

        // As a killed process leaves it: the socket is there, the lock is not.
        let path = seat.path().to_owned();
        std::fs::rename(&path, own.join("kept")).unwrap();
        assert!(!seat.stands());
        drop((seat, listener));
        std::fs::rename(own.join("kept"), &path).unwrap();
        let (seat, _listener) = Seat::take_in(&own, "a").unwrap();
        assert!(seat.stands());
        std::os::unix::net::UnixStream::connect(seat.path()).unwrap();
    }

    #[test]
    fn a_lock_that_was_removed_meanwhile_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        // Opened before its owner removed it.
        let old = lock(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(!is_at(&old, &path));
        // The name is free, whoever still holds the old file.
        let new = lock(&path).unwrap();
        assert!(is_at(&new, &path));
        assert!(matches!(lock(&path), Err(SeatError::Taken(Some(_)))));
        drop((old, new));
    }

    #[test]
    fn a_folder_of_others_is_not_used_and_one_that_is_open_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!is_ours(&open));
        Seat::take_in(&open, "a").unwrap();
        assert!(is_ours(&open));
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&open, &link).unwrap();
        let error = Seat::take_in(&link, "a").unwrap_err();
        assert!(error.to_string().contains("is no folder"), "{error}");
        let long = folder.path().join("x".repeat(100));
        let error = Seat::take_in(&long, "a").unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        for name in ["default", "run-2", "a.b_C"] {
            assert_eq!(check_name(name), Ok(()));
        }
        for name in ["", "..", "a/b", "é", ".hidden", &"x".repeat(33)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
