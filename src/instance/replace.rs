//! Files of people that are replaced as a whole or not at all, keeping their permissions.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Ends the names of files that are being written.
const SUFFIX: &str = ".evtui-new";

/// What is older was left by a process that was killed.
const STALE: Duration = Duration::from_secs(3_600);

/// Changes the text of the file at `path`: at any moment, also when the process is killed or the disk
/// is full, the file holds the old text or the new one. A link stays a link. Processes take turns.
///
/// # Errors
/// Those of `change`, of reading and of writing; the old file is then untouched.
pub(super) fn change(
    path: &Path,
    change: impl FnOnce(&str) -> Result<String, String>,
) -> Result<(), String> {
    let refused = |error: io::Error| {
        format!(
            "cannot change {}: {}",
            path.display(),
            crate::config::why(&error)
        )
    };
    let path = std::fs::canonicalize(path).map_err(refused)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    // Held until the end. Where folders cannot be locked, writers are alone as a rule.
    let folder = File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
    let old = std::fs::read_to_string(&path).map_err(refused)?;
    let new = change(&old)?;
    if new != old {
        replace(&path, new.as_bytes()).map_err(refused)?;
        if let Ok(folder) = folder {
            // The new name is only safe once the folder is.
            let _ = folder.sync_all();
        }
    }
    Ok(())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    sweep(path);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = prefix(path);
    name.push(format!("{}-{count}{SUFFIX}", std::process::id()));
    let new = path.with_file_name(name);
    let written = write(&new, path, bytes).and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&new);
    }
    written
}

fn write(new: &Path, old: &Path, bytes: &[u8]) -> io::Result<()> {
    // A process with the same number may have been killed here.
    let _ = std::fs::remove_file(new);
    let mut file = OpenOptions::new().create_new(true).write(true).open(new)?;
    file.set_permissions(std::fs::metadata(old)?.permissions())?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn prefix(path: &Path) -> OsString {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".");
    name
}

/// Removes what killed processes left.
fn sweep(path: &Path) {
    let prefix = prefix(path);
    let entries = path.parent().and_then(|folder| folder.read_dir().ok());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let old = || {
            let changed = entry.metadata().and_then(|about| about.modified()).ok()?;
            changed.elapsed().ok()
        };
        if name.starts_with(prefix.as_encoded_bytes())
            && name.ends_with(SUFFIX.as_bytes())
            && old().is_some_and(|age| age > STALE)
        {
            // Only tidiness.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_change_keeps_links_and_permissions_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("startup.yml");
        std::fs::write(&path, "a").unwrap();
        #[cfg(unix)]
        let link = {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            let link = folder.path().join("link.yml");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            link
        };
        #[cfg(not(unix))]
        let link = path.clone();
        change(&link, |old| Ok(format!("{old}b"))).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ab");
        let error = change(&path, |_| Err("no".to_owned())).unwrap_err();
        assert_eq!(error, "no");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ab");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o640);
            assert_eq!(folder.path().read_dir().unwrap().count(), 2);
        }
        assert!(change(&folder.path().join("none"), |_| Ok(String::new())).is_err());
    }
}
