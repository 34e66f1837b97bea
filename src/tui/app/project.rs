//! The open project: its files, the buffers, the start screen before it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::awaited::Awaited;
use super::{App, Focus};
use crate::tui::editor::Buffer;
use crate::tui::event::Effect;
use crate::tui::project::{Entry, Found, GENERATOR, Tree};
use crate::tui::trash::FileChange;

/// The start screen.
#[derive(Debug)]
pub struct Start {
    /// Where was looked; absolute.
    pub folder: PathBuf,
    /// What was found; `None` while looking.
    pub found: Option<Vec<Found>>,
    /// Index of the chosen one.
    pub chosen: usize,
}

impl Start {
    /// True when there is nothing to choose from.
    pub fn is_empty(&self) -> bool {
        self.found.as_ref().is_some_and(Vec::is_empty)
    }
}

/// The open project.
#[derive(Debug)]
pub struct Project {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// Its document, absolute.
    pub document: PathBuf,
    /// As shown.
    pub name: String,
    /// Its files, as last listed.
    pub tree: Tree,
    /// Why its folder cannot be read, when it cannot.
    pub missing: Option<String>,
    /// Folders shown closed.
    closed: BTreeSet<PathBuf>,
    /// Index of the chosen one among the entries shown.
    pub chosen: usize,
    /// First entry shown.
    pub top: usize,
    /// Open files.
    pub buffers: Vec<Buffer>,
    /// Index of the one shown.
    pub active: usize,
    /// Files that were closed, with the cursor's line and character.
    pub(super) closed_files: Vec<(PathBuf, (usize, usize))>,
    /// Changes of files that can be taken back, the last one last.
    pub(super) file_changes: Vec<FileChange>,
    /// The entry to choose once the files are listed anew.
    pub(super) reveal: Option<PathBuf>,
    /// The file to show once it is read.
    pub(super) awaited: Option<Awaited>,
}

impl Project {
    fn new(document: PathBuf) -> Self {
        let root = document.parent().unwrap_or(Path::new("/")).to_owned();
        let name = root
            .file_name()
            .unwrap_or(root.as_os_str())
            .to_string_lossy()
            .into_owned();
        Self {
            root,
            document,
            name,
            tree: Tree::default(),
            missing: None,
            closed: BTreeSet::new(),
            chosen: 0,
            top: 0,
            buffers: Vec::new(),
            active: 0,
            closed_files: Vec::new(),
            file_changes: Vec::new(),
            reveal: None,
            awaited: None,
        }
    }

    /// The shown file.
    pub fn buffer(&self) -> Option<&Buffer> {
        self.buffers.get(self.active)
    }

    /// The shown file, to change it.
    pub fn buffer_mut(&mut self) -> Option<&mut Buffer> {
        self.buffers.get_mut(self.active)
    }

    /// The buffer of a file, if it is open.
    pub fn buffer_at(&mut self, path: &Path) -> Option<&mut Buffer> {
        self.buffers.iter_mut().find(|buffer| buffer.is_at(path))
    }

    /// A path as shown: relative to the project.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned()
    }

    /// The entries that are in no closed folder.
    pub fn shown(&self) -> Vec<&Entry> {
        let mut hidden_below: Option<usize> = None;
        let mut out = Vec::new();
        for entry in &self.tree.entries {
            if hidden_below.is_some_and(|depth| entry.depth > depth) {
                continue;
            }
            hidden_below = self.is_closed(entry).then_some(entry.depth);
            out.push(entry);
        }
        out
    }

    /// True for a folder shown closed.
    pub fn is_closed(&self, entry: &Entry) -> bool {
        entry.folder && self.closed.contains(&entry.path)
    }

    /// Opens or closes a folder.
    pub fn toggle(&mut self, folder: &Path) {
        if !self.closed.remove(folder) {
            self.closed.insert(folder.to_owned());
        }
    }

    /// Keeps the chosen entry in view.
    pub fn follow(&mut self, height: usize) {
        let count = self.shown().len();
        self.chosen = self.chosen.min(count.saturating_sub(1));
        let least = (self.chosen + 1).saturating_sub(height.max(1));
        self.top = self.top.clamp(least, self.chosen);
    }

    /// Unsaved files.
    pub fn unsaved(&self) -> Vec<PathBuf> {
        let dirty = self.buffers.iter().filter(|buffer| buffer.dirty());
        dirty.map(|buffer| buffer.path.clone()).collect()
    }
}

impl App {
    pub(super) fn open_project(&mut self, document: PathBuf) {
        self.leave_project();
        let mut project = Project::new(document);
        project.awaited = Some(Awaited::new(project.document.clone(), None));
        self.recall(&project.root);
        self.look_for_copies(&project.root);
        self.effects.push(Effect::Open(project.document.clone()));
        self.effects.push(Effect::Scan(project.root.clone()));
        self.effects.push(Effect::Watch(vec![project.root.clone()]));
        self.effects.push(Effect::Adopt(project.document.clone()));
        self.pipeline.name(&project.name);
        self.start = None;
        self.project = Some(project);
        self.set_focus(Focus::Editor);
        self.preview.hurry(self.now);
        self.project_settings();
        self.first_time();
    }

    pub(super) fn open_start(&mut self, folder: PathBuf) {
        self.effects.push(Effect::FindProjects(folder.clone()));
        // Nothing but the settings.
        self.effects.push(Effect::Watch(Vec::new()));
        self.start = Some(Start {
            folder,
            found: None,
            chosen: 0,
        });
    }

    pub(super) fn found(&mut self, found: Vec<Found>) {
        if self.project.is_some() {
            self.offer_projects(found);
        } else if let Some(start) = &mut self.start {
            start.chosen = start.chosen.min(found.len().saturating_sub(1));
            start.found = Some(found);
        }
    }

    pub(super) fn open_chosen_project(&mut self) {
        let chosen = self
            .start
            .as_ref()
            .and_then(|start| start.found.as_ref()?.get(start.chosen));
        if let Some(path) = chosen.map(|found| found.path.join(GENERATOR)) {
            self.open_project(path);
        }
    }

    pub(super) fn scanned(&mut self, result: Result<Tree, String>) {
        let Some(project) = &mut self.project else {
            return;
        };
        match result {
            Ok(tree) => {
                let back = project.missing.take().is_some();
                let folders = tree.folders(&project.root);
                let chosen = project
                    .shown()
                    .get(project.chosen)
                    .map(|entry| entry.path.clone());
                let chosen = project.reveal.take().or(chosen);
                project.tree = tree;
                let at = project
                    .shown()
                    .iter()
                    .position(|entry| Some(&entry.path) == chosen.as_ref());
                project.chosen = at.unwrap_or(project.chosen);
                self.effects.push(Effect::Watch(folders));
                if back {
                    self.info("the project's folder is back");
                }
            }
            Err(why) => {
                let first = project.missing.replace(why.clone()).is_none();
                project.tree = Tree::default();
                for buffer in &mut project.buffers {
                    buffer.diverged(None);
                }
                // The folder above tells when it comes back.
                let above = project.root.parent().unwrap_or(Path::new("/")).to_owned();
                self.effects.push(Effect::Watch(vec![above]));
                if first {
                    self.error(format!(
                        "{why}; open files are kept, Save writes them again"
                    ));
                }
            }
        }
    }

    /// Shows a file; reads it first when it is not open. `place` is line and character, from 0.
    pub(super) fn show_file(&mut self, path: PathBuf, place: Option<(usize, usize)>) {
        let Some(project) = &mut self.project else {
            return;
        };
        self.focus = Focus::Editor;
        match project
            .buffers
            .iter()
            .position(|buffer| buffer.is_at(&path))
        {
            Some(index) => {
                project.awaited = None;
                project.active = index;
                if let (Some(buffer), Some((line, column))) = (project.buffer_mut(), place) {
                    buffer.go_to(line, column);
                }
            }
            None => match &mut project.awaited {
                Some(awaited) if awaited.path == path => awaited.place = place.or(awaited.place),
                awaited => {
                    *awaited = Some(Awaited::new(path.clone(), place));
                    self.effects.push(Effect::Open(path));
                }
            },
        }
    }

    pub(super) fn files_enter(&mut self) {
        let Some(project) = &mut self.project else {
            return;
        };
        let entry = project
            .shown()
            .get(project.chosen)
            .map(|entry| (*entry).clone());
        match entry {
            Some(entry) if entry.folder => project.toggle(&entry.path),
            Some(entry) => self.show_file(entry.path, None),
            None => {}
        }
    }

    pub(super) fn files_move(&mut self, by: isize) {
        if let Some(project) = &mut self.project {
            let last = project.shown().len().saturating_sub(1);
            project.chosen = project.chosen.saturating_add_signed(by).min(last);
        }
    }
}
