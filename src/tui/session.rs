//! What is kept from one time to the next, in the person's state folder: the session of each project, and
//! a few words for all. A broken or missing file is as good as none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

use super::layout::Arrangement;
use super::theme::Ground;

/// Most of a file that is read; ours are far smaller.
const LARGEST: u64 = 1 << 20;
/// Most files kept as open.
const FILES: usize = 40;

/// How a project was left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Sizes and places of panes.
    pub panes: Arrangement,
    /// Whether the list of files was shown or hidden by hand.
    pub files_shown: Option<bool>,
    /// Whether the pipeline's details were shown.
    pub details: bool,
    /// The pane that had the keys, by its name.
    pub focus: String,
    /// The theme chosen by a command.
    pub theme: Option<String>,
    /// Open files in their order.
    pub files: Vec<OpenFile>,
    /// The one shown, an index into `files`.
    pub active: usize,
    /// Values of params that were typed here.
    pub params: serde_json::Map<String, serde_json::Value>,
}

/// A file that was open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFile {
    /// Relative to the project.
    pub path: PathBuf,
    /// The cursor's line, from 0.
    pub line: usize,
    /// The cursor's character in the line, from 0.
    pub column: usize,
}

/// What is kept for all projects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whether the tour was shown.
    pub toured: bool,
    /// Whether the terminal's background was light, when it last said so.
    light: Option<bool>,
    #[serde(skip)]
    folder: Option<PathBuf>,
}

impl Kept {
    /// What is kept in that folder; without one, nothing is kept.
    pub fn read(folder: Option<PathBuf>) -> Self {
        let read = folder
            .as_deref()
            .and_then(|folder| parse(&folder.join("state.json")));
        Self {
            folder,
            ..read.unwrap_or_default()
        }
    }

    /// True when what is kept is there the next time.
    pub fn lasting(&self) -> bool {
        self.folder.is_some()
    }

    /// The background, when the terminal last told.
    pub fn ground(&self) -> Option<Ground> {
        let light = self.light?;
        Some(if light { Ground::Light } else { Ground::Dark })
    }

    /// Keeps the background.
    pub fn remember_ground(&mut self, ground: Ground) {
        self.light = Some(ground == Ground::Light);
    }

    /// Writes what is kept for all projects.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self) -> io::Result<()> {
        match &self.folder {
            Some(folder) => write(&folder.join("state.json"), self),
            None => Ok(()),
        }
    }

    /// The folder of texts that were not saved.
    pub fn recovery_folder(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join("recovery"))
    }

    /// The file of a project's session.
    pub fn session_file(&self, root: &Path) -> Option<PathBuf> {
        let digest = Sha1::digest(root.as_os_str().as_encoded_bytes());
        let short: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(
            self.folder
                .as_ref()?
                .join("sessions")
                .join(format!("{short}.json")),
        )
    }
}

impl Session {
    /// How the project was left; files that are gone are left out.
    pub fn read(file: &Path, root: &Path) -> Option<Self> {
        let mut session: Self = parse(file)?;
        session.files.truncate(FILES);
        let active = session
            .files
            .get(session.active)
            .map(|file| file.path.clone());
        session.files.retain(|file| {
            let inside = file
                .path
                .components()
                .all(|part| matches!(part, std::path::Component::Normal(_)));
            inside && root.join(&file.path).is_file()
        });
        let at = session
            .files
            .iter()
            .position(|file| Some(&file.path) == active.as_ref());
        session.active = at.unwrap_or(usize::MAX);
        Some(session)
    }

    /// Keeps how a project is left.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        write(file, self)
    }
}

fn parse<T: for<'a> Deserialize<'a>>(file: &Path) -> Option<T> {
    let about = fs::metadata(file).ok()?;
    if !about.is_file() || about.len() > LARGEST {
        return None;
    }
    let read = fs::read(file).ok()?;
    match serde_json::from_slice(&read) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!("{} is left aside: {error}", file.display());
            None
        }
    }
}

/// Writes beside the file, then puts it in its place: it is whole at any moment.
fn write<T: Serialize>(file: &Path, value: &T) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let text = serde_json::to_vec_pretty(value).map_err(io::Error::other)?;
    let beside = file.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&beside, text)?;
    fs::rename(&beside, file).inspect_err(|_| drop(fs::remove_file(&beside)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_session_comes_back_without_files_that_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("a.txt"), "a").unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        let open = |path: &str| OpenFile {
            path: path.into(),
            line: 3,
            column: 4,
        };
        let session = Session {
            files: vec![open("gone.txt"), open("../secret"), open("a.txt")],
            active: 2,
            focus: "events".to_owned(),
            ..Session::default()
        };
        let kept = Kept::read(Some(folder.path().join("state")));
        let file = kept.session_file(&root).unwrap();
        session.write(&file).unwrap();
        let read = Session::read(&file, &root).unwrap();
        assert_eq!((read.files, read.active), (vec![open("a.txt")], 0));
        assert_eq!(read.focus, "events");
        let left: Vec<_> = fs::read_dir(file.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside it");
    }

    #[test]
    fn broken_files_are_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{", "7", "{\"files\": 7}", "\0\0"] {
            let file = folder.path().join("state.json");
            fs::write(&file, text).unwrap();
            assert_eq!(Session::read(&file, folder.path()), None, "{text:?}");
            assert!(!Kept::read(Some(folder.path().to_owned())).toured);
        }
        assert_eq!(
            Session::read(&folder.path().join("none"), folder.path()),
            None
        );
    }

    #[test]
    fn what_is_kept_for_all_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = Kept::read(Some(folder.path().join("new")));
        assert_eq!((kept.toured, kept.ground()), (false, None));
        kept.toured = true;
        kept.remember_ground(Ground::Light);
        kept.write().unwrap();
        let read = Kept::read(Some(folder.path().join("new")));
        assert_eq!((read.toured, read.ground()), (true, Some(Ground::Light)));
    }
}
