//! Files that are replaced as a whole or not at all, by one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long another writer is waited for: deriving a key takes well below a second.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// Keeps other writers of `path` away until it is dropped; `None` when another does not let go.
/// Makes the folder of the file if need be.
///
/// # Errors
/// When the lock file beside `path` cannot be made.
pub(super) fn lock(path: &Path) -> io::Result<Option<File>> {
    if let Some(folder) = path.parent().filter(|one| !one.as_os_str().is_empty()) {
        private_folder(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private(OpenOptions::new().create(true).write(true).truncate(false)).open(name)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if start.elapsed() >= PATIENCE => return Ok(None),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
        }
    }
}

/// Puts `bytes` in the place of `path`, for the owner's eyes alone. A link stays a link: what it leads
/// to is replaced.
///
/// # Errors
/// Those of the system; the old file is then untouched and nothing is left beside it.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}.new", u64::from_le_bytes(random)));
    let new = PathBuf::from(name);
    let written = write(&new, bytes).and_then(|()| std::fs::rename(&new, &path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&new);
    }
    written?;
    // The name is only safe once the folder is; where folders cannot be synced, nothing is lost by it.
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().create_new(true).write(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
