//! Files of the project made, renamed, copied, deleted, and all of that taken back.

use std::path::{Component, Path, PathBuf};

use super::{Action, App, Choice, Dialog, Focus, Overlay, Prompt};
use crate::tui::event::Effect;
use crate::tui::project::GENERATOR;
use crate::tui::trash::FileChange;

/// Most changes that can be taken back.
const LIMIT: usize = 100;
/// Longest name of one file or folder, in bytes.
const NAME: usize = 255;

impl App {
    /// The path that a typed name stands for, when a file can be put there. `of` is what is renamed.
    ///
    /// # Errors
    /// Says what is wrong with the name.
    pub(super) fn new_path(&self, name: &str, of: Option<&Path>) -> Result<PathBuf, String> {
        let project = self.project.as_ref().ok_or("no project is open")?;
        let name = name.trim();
        let bare = name.trim_end_matches('/');
        if bare.is_empty() {
            return Err("a name is needed".to_owned());
        }
        if name.chars().any(char::is_control) {
            return Err("a name cannot hold control characters".to_owned());
        }
        let mut path = project.root.clone();
        for part in Path::new(bare).components() {
            match part {
                Component::Normal(part) if part.len() > NAME => {
                    return Err(format!("a name has at most {NAME} bytes"));
                }
                Component::Normal(part) => {
                    let known = |entry: &&crate::tui::project::Entry| entry.path == path;
                    if project
                        .tree
                        .entries
                        .iter()
                        .find(known)
                        .is_some_and(|one| !one.folder)
                    {
                        return Err(format!(
                            "{} is a file, not a folder",
                            project.relative(&path)
                        ));
                    }
                    path.push(part);
                }
                Component::CurDir => {}
                Component::ParentDir => {
                    return Err("a file of the project stays in its folder: no ..".to_owned());
                }
                Component::RootDir | Component::Prefix(_) => {
                    return Err("the name is relative to the project's folder".to_owned());
                }
            }
        }
        if of == Some(path.as_path()) {
            return Err("it has that name already".to_owned());
        }
        if of.is_some_and(|of| path.starts_with(of)) {
            return Err("a folder cannot go into itself".to_owned());
        }
        if project.tree.entries.iter().any(|entry| entry.path == path) {
            return Err(format!("{bare} is there already"));
        }
        Ok(path)
    }

    /// The file or folder that commands are about: the chosen one of the list when that has the keys,
    /// or the shown file.
    fn file_at_hand(&self) -> Option<(PathBuf, bool)> {
        let project = self.project.as_ref()?;
        if self.focus == Focus::Files {
            let shown = project.shown();
            let entry = shown.get(project.chosen)?;
            return Some((entry.path.clone(), entry.folder));
        }
        project.buffer().map(|buffer| (buffer.path.clone(), false))
    }

    /// Asks for the name of a new file, in the folder that is at hand.
    pub fn ask_new_file(&mut self) {
        let folder = self.file_at_hand().map(|(path, folder)| {
            if folder {
                path
            } else {
                path.parent().map(Path::to_owned).unwrap_or_default()
            }
        });
        let Some(project) = &self.project else {
            return;
        };
        let folder = folder.unwrap_or_else(|| project.root.clone());
        let inside = project.relative(&folder);
        let outside = folder == project.root || !folder.starts_with(&project.root);
        let start = if outside {
            String::new()
        } else {
            format!("{inside}/")
        };
        let help = "a name, or folder/name; with / at the end a folder is made";
        let prompt = Prompt::new("New file", help, |app, name| {
            let path = app.new_path(name, None)?;
            app.change_file(if name.ends_with('/') {
                FileChange::Folder(path)
            } else {
                FileChange::Create(path)
            });
            Ok(())
        });
        let meaning = |app: &App, name: &str| {
            if name.ends_with('/') && app.is_folder(name) {
                return Ok("a name in this folder".to_owned());
            }
            let path = app.new_path(name, None)?;
            Ok(app.meaning_of(&path, name.ends_with('/')))
        };
        self.ask(prompt.text(&start).meaning(meaning));
    }

    /// Asks for another name of the file at hand.
    pub fn ask_rename(&mut self) {
        let Some((path, name)) = self.changeable("rename") else {
            return;
        };
        let of = path.clone();
        let prompt = Prompt::new(
            format!("Rename {name}"),
            "another name, or another folder",
            move |app, name| {
                let to = app.new_path(name, Some(&path))?;
                app.change_file(FileChange::Rename(path.clone(), to));
                Ok(())
            },
        );
        let meaning = move |app: &App, name: &str| {
            let to = app.new_path(name, Some(&of));
            match to {
                Err(_) if app.is_named(&of, name) => {
                    Ok("another name, or another folder".to_owned())
                }
                to => Ok(app.meaning_of(&to?, false)),
            }
        };
        self.ask(prompt.text(&name).meaning(meaning));
    }

    /// Asks for a name for a copy of the file at hand.
    pub fn ask_duplicate(&mut self) {
        let Some((path, folder)) = self.file_at_hand() else {
            return;
        };
        let Some(project) = &self.project else {
            return;
        };
        let name = project.relative(&path);
        if folder {
            self.warn(format!("{name} is a folder; files alone are duplicated"));
            return;
        }
        let (stem, extension) = match name.rsplit('/').next().and_then(|own| own.find('.')) {
            Some(at) => {
                name.split_at(name.len() - name.rsplit('/').next().map_or(0, str::len) + at)
            }
            None => (name.as_str(), ""),
        };
        let names = (1..100).map(|number| match number {
            1 => format!("{stem}-copy{extension}"),
            _ => format!("{stem}-copy{number}{extension}"),
        });
        let free = names
            .into_iter()
            .find(|name| self.new_path(name, None).is_ok());
        let prompt = Prompt::new(
            format!("Duplicate {name}"),
            "a name for the copy",
            move |app, name| {
                let to = app.new_path(name, None)?;
                app.change_file(FileChange::Copy(path.clone(), to));
                Ok(())
            },
        );
        let meaning = |app: &App, name: &str| {
            let path = app.new_path(name, None)?;
            Ok(app.meaning_of(&path, false))
        };
        self.ask(prompt.text(&free.unwrap_or_default()).meaning(meaning));
    }

    /// Deletes the file at hand into the trash; asks first when it is a folder or has unsaved changes.
    pub fn ask_delete(&mut self) {
        let Some((path, name)) = self.changeable("delete") else {
            return;
        };
        let Some(project) = &self.project else {
            return;
        };
        let below = |one: &Path| one.starts_with(&path);
        let files = project.tree.entries.iter();
        let files = files.filter(|one| !one.folder && below(&one.path) && one.path != path);
        let count = files.count();
        let unsaved = project.unsaved().iter().any(|path| below(path));
        let folder = project
            .tree
            .entries
            .iter()
            .any(|entry| entry.path == path && entry.folder);
        if !folder && !unsaved {
            self.change_file(FileChange::Trash(path));
            return;
        }
        let what = if folder {
            format!(
                "{name} and {} in it go to the trash.",
                crate::tui::text::count(count, "file")
            )
        } else {
            format!("{name} goes to the trash.")
        };
        let mut lines = vec![what];
        if unsaved {
            lines.push("What is not saved is lost.".to_owned());
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Delete".to_owned(),
            lines,
            choices: vec![
                Choice::new('d', "Delete", Action::Delete(path.clone())),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 1,
            about: Some(path),
        }));
    }

    /// The file at hand and its name, unless the project cannot do without it.
    fn changeable(&mut self, what: &str) -> Option<(PathBuf, String)> {
        let (path, _) = self.file_at_hand()?;
        let project = self.project.as_ref()?;
        let name = project.relative(&path);
        if path == project.document {
            self.warn(format!(
                "cannot {what} {GENERATOR}: it is what makes this a project"
            ));
            return None;
        }
        Some((path, name))
    }

    pub(super) fn create_file(&mut self, name: &str) {
        match self.new_path(name, None) {
            Ok(path) if name.trim().ends_with('/') => self.change_file(FileChange::Folder(path)),
            Ok(path) => self.change_file(FileChange::Create(path)),
            Err(why) => self.warn(format!("{name}: {why}")),
        }
    }

    /// Says what will be made, folders before it included.
    fn meaning_of(&self, path: &Path, folder: bool) -> String {
        let Some(project) = &self.project else {
            return String::new();
        };
        let above = path.parent().unwrap_or(path);
        let known = above == project.root
            || project
                .tree
                .entries
                .iter()
                .any(|entry| entry.path == *above);
        let name = project.relative(path);
        match (folder, known) {
            (true, _) => format!("the folder {name}"),
            (false, true) => name,
            (false, false) => format!("{name}; the folder {} is made", project.relative(above)),
        }
    }

    fn is_folder(&self, name: &str) -> bool {
        let Some(project) = &self.project else {
            return false;
        };
        let path = project.root.join(name.trim_end_matches('/'));
        project
            .tree
            .entries
            .iter()
            .any(|entry| entry.folder && entry.path == path)
    }

    fn is_named(&self, path: &Path, name: &str) -> bool {
        let project = self.project.as_ref();
        project.is_some_and(|project| project.relative(path) == name)
    }

    pub(super) fn change_file(&mut self, change: FileChange) {
        self.effects.push(Effect::ChangeFile(change));
    }

    /// True when a change of files can be taken back.
    pub fn changed_files(&self) -> bool {
        let project = self.project.as_ref();
        project.is_some_and(|project| !project.file_changes.is_empty())
    }

    /// Takes the last change of files back; asks when unsaved text goes with it.
    pub fn undo_file_change(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let made = match project.file_changes.last() {
            Some(
                FileChange::Create(path) | FileChange::Folder(path) | FileChange::Copy(_, path),
            ) => path.clone(),
            Some(_) => return self.undo_files_now(),
            None => return self.info("no file was changed"),
        };
        let lost = project.unsaved().iter().any(|path| path.starts_with(&made));
        if !lost {
            return self.undo_files_now();
        }
        let name = project.relative(&made);
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Undo file change".to_owned(),
            lines: vec![
                format!("{name} goes to the trash."),
                "What is not saved is lost.".to_owned(),
            ],
            choices: vec![
                Choice::new('u', "Undo", Action::UndoFiles),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 1,
            about: Some(made),
        }));
    }

    pub(super) fn undo_files_now(&mut self) {
        let change = self.project.as_mut().and_then(|one| one.file_changes.pop());
        if let Some(change) = change {
            self.change_file(change.back());
        }
    }

    /// A change of files is done, or why not.
    pub(super) fn file_changed(&mut self, change: FileChange, result: Result<FileChange, String>) {
        let done = match result {
            Ok(done) => done,
            Err(why) => {
                self.error(why);
                return;
            }
        };
        let Some(project) = &mut self.project else {
            return;
        };
        let back = change.is_back();
        if !back {
            project.file_changes.push(done.clone());
            let surplus = project.file_changes.len().saturating_sub(LIMIT);
            project.file_changes.drain(..surplus);
        }
        self.effects.push(Effect::Scan(project.root.clone()));
        match &done {
            FileChange::Create(path) => {
                let name = project.relative(path);
                project.reveal = Some(path.clone());
                self.show_file(path.clone(), None);
                self.info(format!("made {name}"));
            }
            FileChange::Folder(path) => {
                let name = project.relative(path);
                project.reveal = Some(path.clone());
                self.info(format!("made the folder {name}"));
            }
            FileChange::Copy(_, path) => {
                let name = project.relative(path);
                project.reveal = Some(path.clone());
                self.show_file(path.clone(), None);
                self.info(format!("copied to {name}"));
            }
            FileChange::Rename(from, to) => self.renamed(from, to),
            FileChange::Back(_) => {}
            FileChange::Trash(path) | FileChange::Trashed(path, _) => self.trashed(path, back),
            FileChange::Restore(path, _) => {
                let name = project.relative(path);
                project.reveal = Some(path.clone());
                self.info(format!("{name} is back"));
                self.reread_below(&path.clone());
            }
        }
        self.preview.follow_others(self.now);
    }

    /// Open files follow a rename, of theirs or of a folder they are in.
    fn renamed(&mut self, from: &Path, to: &Path) {
        let Some(project) = &mut self.project else {
            return;
        };
        let (old, new) = (project.relative(from), project.relative(to));
        let root = project.root.clone();
        for buffer in &mut project.buffers {
            if let Ok(rest) = buffer.path.strip_prefix(from) {
                let path = if rest.as_os_str().is_empty() {
                    to.to_owned()
                } else {
                    to.join(rest)
                };
                let name = path.strip_prefix(&root).unwrap_or(&path);
                let name = name.to_string_lossy().into_owned();
                buffer.moved(path, name);
            }
        }
        project.reveal = Some(to.to_owned());
        let document = project.document.clone();
        let still = project
            .buffer_at(&document)
            .is_some_and(|buffer| buffer.rope().to_string().contains(&old));
        if still {
            self.warn(format!(
                "{old} is {new} now; {GENERATOR} still has the old name"
            ));
        } else {
            self.info(format!("{old} is {new} now"));
        }
    }

    /// Open files that were deleted are closed.
    fn trashed(&mut self, path: &Path, back: bool) {
        let Some(project) = &mut self.project else {
            return;
        };
        let name = project.relative(path);
        let shown = project.buffer().map(|buffer| buffer.path.clone());
        project
            .buffers
            .retain(|buffer| !buffer.path.starts_with(path));
        let at = project
            .buffers
            .iter()
            .position(|buffer| Some(&buffer.path) == shown.as_ref());
        let last = project.buffers.len().saturating_sub(1);
        project.active = at.unwrap_or(project.active.min(last));
        if back {
            self.info(format!("{name} is taken back"));
        } else {
            let undo = crate::tui::command::Command::get(crate::tui::command::Id::UndoFiles);
            let undo = undo.map_or("", |command| command.title);
            self.info(format!("{name} is in the trash; \"{undo}\" brings it back"));
        }
        self.touch_preview();
    }

    fn reread_below(&mut self, path: &Path) {
        let open = self.project.iter().flat_map(|project| &project.buffers);
        let below: Vec<PathBuf> = open
            .map(|buffer| buffer.path.clone())
            .filter(|one| one.starts_with(path))
            .collect();
        self.effects.extend(below.into_iter().map(Effect::Reread));
    }
}
