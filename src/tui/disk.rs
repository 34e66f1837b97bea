//! Reading and writing the files that are edited. Blocks; runs on its own thread.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ropey::Rope;

use super::event::FileText;
use super::text;
use crate::config::{way_out, why};

/// Largest file that is opened.
const LIMIT: u64 = 100 << 20;

/// Reads a file to edit it.
///
/// # Errors
/// Says why it cannot be edited: missing, no permission, too big, not text.
pub fn open(path: &Path) -> Result<FileText, String> {
    let failed = |error: io::Error| explain("read", path, &error);
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if !about.is_file() {
        return Err(format!("{} is not a file", name(path)));
    }
    if about.len() > LIMIT {
        return Err(format!(
            "{} is too big to edit: {}, the limit is {}",
            name(path),
            text::bytes(about.len() as f64),
            text::bytes(LIMIT as f64),
        ));
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let binary = bytes.iter().take(8192).any(|byte| *byte == 0);
    if binary {
        return Err(format!("{} is a binary file, not text", name(path)));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{} is not UTF-8 text (byte {at} is wrong)", name(path))
    })?;
    Ok(FileText {
        text: Rope::from_str(&text),
        read_only: read_only(path),
    })
}

/// Reads a file that may have changed; `None` when it is gone.
pub fn reread(path: &Path) -> Option<Result<FileText, String>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        _ => Some(open(path)),
    }
}

/// Lines before and after the one that is pointed to.
const AROUND: usize = 2;
/// Longest line shown, in characters.
const LINE: usize = 400;

/// The lines around a line of a file, with their numbers from 1.
///
/// # Errors
/// Says why it cannot be read, or that it has no such line any more.
pub fn excerpt(path: &Path, line: usize) -> Result<Vec<(usize, String)>, String> {
    let text = open(path)?.text;
    let from = line.saturating_sub(AROUND).max(1);
    let lines: Vec<(usize, String)> = (1..)
        .zip(text.lines())
        .skip(from - 1)
        .take(line.saturating_sub(from) + 1 + AROUND)
        .map(|(number, line)| {
            let shown: String = line.chars().take(LINE).collect();
            (number, shown.trim_end().to_owned())
        })
        .collect();
    if lines.iter().any(|(number, _)| *number == line) {
        Ok(lines)
    } else {
        Err(format!("{} has no line {line} any more", name(path)))
    }
}

fn read_only(path: &Path) -> Option<String> {
    let error = OpenOptions::new().append(true).open(path).err()?;
    Some(match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission to write".to_owned(),
        _ => why(&error),
    })
}

/// Writes a file so that no reader ever sees half of it: into a new file beside it, which then takes
/// its place. Permissions stay, links are followed, missing folders are made.
///
/// # Errors
/// Says what went wrong; the old file is untouched then.
pub fn save(path: &Path, chunks: impl Iterator<Item = impl AsRef<[u8]>>) -> Result<(), String> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    write(&target, chunks).map_err(|error| explain("save", path, &error))
}

/// Writes texts, but over no text of someone else.
#[derive(Debug, Default)]
pub struct Saver {
    /// What was written last: who asks may not have heard of it yet.
    written: std::collections::HashMap<PathBuf, Rope>,
}

/// What became of a text that was to be saved.
#[derive(Debug)]
pub enum Saved {
    /// It was written, or why not.
    Done(Result<(), String>),
    /// Nothing was written: someone else wrote this meanwhile.
    Theirs(FileText),
}

impl Saver {
    /// Writes a text unless the file has another one than `known`. Without `known`, whatever is there is
    /// written over.
    pub fn save(&mut self, path: &Path, text: &Rope, known: Option<&Rope>) -> Saved {
        if let Some(known) = known
            // What cannot be read, or is gone, is no text of someone else; saving tells what is wrong.
            && let Ok(file) = open(path)
            && ![Some(known), Some(text), self.written.get(path)].contains(&Some(&file.text))
        {
            return Saved::Theirs(file);
        }
        let result = save(path, text.chunks());
        if result.is_ok() {
            self.written.insert(path.to_owned(), text.clone());
        }
        Saved::Done(result)
    }
}

/// Makes a file with that text when it is not there.
///
/// # Errors
/// Says why it cannot be made.
pub fn make(path: &Path, text: &str) -> Result<(), String> {
    if path.exists() {
        return Ok(());
    }
    save(path, std::iter::once(text))
}

fn write(target: &Path, chunks: impl Iterator<Item = impl AsRef<[u8]>>) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let before: Option<Metadata> = fs::metadata(target).ok();
    if before.is_some() {
        // Renaming over a file needs no right to write it; ask for that right all the same.
        OpenOptions::new().append(true).open(target)?;
    }
    let (temporary, mut file) = beside(target)?;
    let done = (|| {
        for chunk in chunks {
            file.write_all(chunk.as_ref())?;
        }
        if let Some(before) = &before {
            file.set_permissions(before.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&temporary, target)
    })();
    if done.is_err() {
        // The first error is the one to tell.
        drop(fs::remove_file(&temporary));
    }
    done
}

/// A new file next to `target`.
fn beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let own = name(target);
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..16 {
        let path = target.with_file_name(format!(".{own}.{}-{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Says in words what could not be done to a file.
pub fn explain(action: &str, path: &Path, error: &io::Error) -> String {
    let said = format!("cannot {action} {}: {}", name(path), why(error));
    match way_out(error) {
        Some(way) => format!("{said}; {way}"),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_cannot_be_edited_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("binary"), b"a\0b").unwrap();
        fs::write(path("latin"), b"caf\xe9").unwrap();
        let big = File::create(path("big")).unwrap();
        big.set_len(150 << 20).unwrap();
        for (name, part) in [
            ("binary", "binary is a binary file"),
            ("latin", "byte 3 is wrong"),
            ("big", "too big to edit: 157 MB"),
            ("missing", "cannot read missing: it does not exist"),
            (".", "is not a file"),
        ] {
            let error = open(&path(name)).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        assert!(reread(&path("missing")).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn saving_keeps_permissions_and_follows_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        save(&link, ["new ", "text"].iter()).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new text");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(
            fs::metadata(&real).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            2,
            "no temporary file is left"
        );
    }

    #[test]
    fn nothing_is_written_over_the_text_of_someone_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let text = |text: &str| Rope::from_str(text);
        fs::write(&path, "old").unwrap();
        let mut saver = Saver::default();
        let done = |saved: &Saved| matches!(saved, Saved::Done(Ok(())));
        // Twice in a row, before whoever saves heard of the first.
        assert!(done(&saver.save(&path, &text("one"), Some(&text("old")))));
        assert!(done(&saver.save(&path, &text("two"), Some(&text("old")))));
        fs::write(&path, "theirs").unwrap();
        let saved = saver.save(&path, &text("three"), Some(&text("two")));
        assert!(matches!(saved, Saved::Theirs(file) if file.text == "theirs"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert!(done(&saver.save(&path, &text("three"), None)));
        fs::remove_file(&path).unwrap();
        assert!(done(&saver.save(
            &path,
            &text("four"),
            Some(&text("three"))
        )));
    }

    #[test]
    fn saving_into_a_folder_that_is_gone_makes_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone/deep/file.yml");
        save(&path, ["x"].iter()).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "x");
    }

    #[test]
    fn a_folder_in_the_way_is_an_error_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = save(&path, ["x"].iter()).unwrap_err();
        assert!(error.starts_with("cannot save taken"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
