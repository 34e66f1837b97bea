//! Opening, saving and following the files of the project.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ropey::Rope;

use super::{Action, App, Choice, Dialog, Overlay};
use crate::tui::editor::Buffer;
use crate::tui::event::{Effect, FileText};

/// The title of the question whose text is to stay.
const WHOSE: &str = "Changed on disk";

impl App {
    pub(super) fn opened(&mut self, path: PathBuf, result: Result<FileText, String>) {
        let Some(project) = &mut self.project else {
            return;
        };
        let awaited = project.awaited.take_if(|awaited| awaited.path == path);
        let file = match result {
            Ok(file) => file,
            Err(why) if awaited.is_some_and(|awaited| awaited.typed()) => {
                self.error(format!("{why}; what was typed for it is dropped"));
                return;
            }
            Err(why) => {
                self.error(why);
                return;
            }
        };
        let index = project
            .buffers
            .iter()
            .position(|buffer| buffer.is_at(&path));
        let index = index.unwrap_or_else(|| {
            let mut buffer = Buffer::of(path.clone(), project.relative(&path), file.text);
            buffer.read_only = file.read_only;
            project.buffers.push(buffer);
            project.buffers.len() - 1
        });
        let Some(awaited) = awaited else {
            // Another file was chosen meanwhile; that one stays in view.
            self.recall_place(&path);
            self.refresh_marks();
            return;
        };
        project.active = index;
        if let (Some(buffer), Some((line, column))) = (project.buffer_mut(), awaited.place) {
            buffer.go_to(line, column);
        }
        self.refresh_marks();
        self.replay(awaited);
    }

    pub fn save(&mut self) {
        let Some(buffer) = self.buffer() else {
            return;
        };
        if let Some(why) = buffer.read_only.clone() {
            let name = buffer.name.clone();
            self.error(format!("cannot save {name}: {why}"));
            return;
        }
        let path = buffer.path.clone();
        self.save_paths(vec![path]);
    }

    /// Saves all changed files, then does `after`.
    pub fn save_all(&mut self, after: Option<Action>) {
        let unsaved = self
            .project
            .as_ref()
            .map_or_else(Vec::new, |project| project.unsaved());
        if unsaved.is_empty() {
            if let Some(action) = after {
                self.act(action);
            }
            return;
        }
        self.after_save = after;
        self.save_paths(unsaved);
    }

    fn save_paths(&mut self, paths: Vec<PathBuf>) {
        let Some(project) = &mut self.project else {
            return;
        };
        let mut undecided = Vec::new();
        for path in paths {
            match project.buffer_at(&path) {
                Some(buffer) if buffer.theirs.is_some() => undecided.push(path),
                Some(buffer) => {
                    let (text, known) = (buffer.rope(), buffer.disk());
                    self.effects.push(Effect::Save(path, text, known));
                }
                None => {}
            }
        }
        // The first is asked about first: it lies on top.
        for path in undecided.iter().rev() {
            self.ask_whose(path, true);
        }
    }

    /// Saves what was typed, whatever someone else wrote.
    pub(super) fn save_over(&mut self, path: &Path) {
        if let Some(buffer) = self.buffer_at(path) {
            let known = buffer.theirs.take();
            buffer.diverged(known.clone());
            let text = buffer.rope();
            self.effects
                .push(Effect::Save(path.to_owned(), text, known));
        }
    }

    /// Reads the shown file again; asks first when that takes the place of something typed.
    pub fn ask_reload(&mut self) {
        let Some(buffer) = self.buffer() else {
            return;
        };
        let (path, name) = (buffer.path.clone(), buffer.name.clone());
        if !buffer.dirty() {
            self.reload_from_disk(path);
            return;
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Reload".to_owned(),
            lines: vec![
                format!("{name} has changes that are not saved."),
                "What the disk has takes their place; undo brings them back.".to_owned(),
            ],
            choices: vec![
                Choice::new('r', "Reload", Action::Reload(path.clone())),
                Choice::new('s', "See the difference", Action::SeeTheirs(path.clone())),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 2,
            about: Some(path),
        }));
    }

    /// Saves the shown file, then does `after`.
    pub(super) fn save_then(&mut self, after: Action) {
        let clean = |buffer: &Buffer| !buffer.dirty() && !buffer.unborn;
        if self.buffer().is_some_and(clean) {
            self.act(after);
            return;
        }
        self.after_save = Some(after);
        self.save();
    }

    /// Closes the shown file or, when no other one is open, asks to leave.
    pub(super) fn close_or_leave(&mut self) {
        let open = self
            .project
            .as_ref()
            .map_or(0, |project| project.buffers.len());
        if open > 1 {
            self.close_now();
        } else {
            self.quit();
        }
    }

    /// Takes over what the disk has, whatever was typed.
    pub(super) fn reload_from_disk(&mut self, path: PathBuf) {
        self.forced = Some(path.clone());
        self.effects.push(Effect::Reread(path));
    }

    pub(super) fn saved(&mut self, path: &Path, text: Rope, result: Result<(), String>) {
        let Some(project) = &mut self.project else {
            return;
        };
        let name = project.relative(path);
        match result {
            Ok(()) => {
                if let Some(buffer) = project.buffer_at(path) {
                    buffer.saved(text);
                }
                let known = project.tree.entries.iter().any(|entry| entry.path == path);
                if project.missing.is_some() || !known {
                    self.effects.push(Effect::Scan(project.root.clone()));
                }
                let open = project.buffer_at(path).is_some_and(|buffer| buffer.dirty());
                let own = matches!(
                    self.after_save,
                    Some(Action::CloseNow | Action::CloseOrLeave | Action::EditOutside)
                );
                let done = own && !open || project.unsaved().is_empty();
                self.resolved(&name);
                self.info(format!("saved {name}"));
                self.notice_settings(&[path.to_owned()]);
                if done && let Some(action) = self.after_save.take() {
                    self.act(action);
                }
            }
            Err(why) => {
                self.after_save = None;
                self.error(why);
            }
        }
    }

    /// Something on disk changed: open files are read again, the list too, the preview follows.
    pub(super) fn changed_outside(&mut self, paths: &[PathBuf], listing: bool) {
        let Some(project) = &mut self.project else {
            return;
        };
        let (mut others, mut news) = (false, project.missing.is_some());
        for path in paths {
            if path.extension().is_some_and(|extension| extension == "tmp") {
                continue;
            }
            if !path.starts_with(&project.root) && !project.root.starts_with(path) {
                continue;
            }
            if project.buffers.iter().any(|buffer| buffer.is_at(path)) {
                self.effects.push(Effect::Reread(path.clone()));
                news = true;
            } else if !written_by_runs(path) && !self.noise.hears(path, self.now) {
                others = true;
            } else {
                let known = project.tree.entries.iter().any(|entry| entry.path == *path);
                news |= !known;
            }
        }
        if listing && (others || news) {
            self.effects.push(Effect::Scan(project.root.clone()));
        }
        if others {
            self.preview.follow_others(self.now);
        }
    }

    pub(super) fn reread(&mut self, path: &Path, result: Option<Result<FileText, String>>) {
        let project = self.project.as_mut();
        let Some(buffer) = project.and_then(|project| project.buffer_at(path)) else {
            return;
        };
        let name = buffer.name.clone();
        let file = match result {
            None if buffer.gone => return,
            None => {
                buffer.diverged(None);
                self.warn(format!(
                    "{name} was deleted; the text is kept, Save writes it again"
                ));
                return;
            }
            Some(Err(why)) => {
                self.warn(format!("{name} changed, but {why}"));
                return;
            }
            Some(Ok(file)) => file,
        };
        buffer.read_only = file.read_only;
        let forced = self.forced.take_if(|forced| forced == path).is_some();
        if buffer.known_on_disk(&file.text) && !buffer.gone && !forced {
            // Whoever wrote something else took it back.
            if buffer.theirs.take().is_some() {
                self.drop_question(path);
            }
            return;
        }
        if buffer.is(&file.text) {
            let text = buffer.rope();
            buffer.saved(text);
            self.drop_question(path);
            self.resolved(&name);
            return;
        }
        if buffer.holds_edits() && !forced {
            if buffer.theirs.as_ref() != Some(&file.text) {
                buffer.theirs = Some(file.text);
                self.ask_whose(path, false);
            }
            return;
        }
        buffer.reload(file.text);
        self.drop_question(path);
        self.resolved(&name);
        self.info(format!("{name} changed on disk and was loaded"));
        self.touch_preview();
    }

    /// Takes back a question about a file.
    fn drop_question(&mut self, path: &Path) {
        self.overlays.retain(|overlay| match overlay {
            Overlay::Dialog(dialog) => {
                dialog.title != WHOSE || dialog.about.as_deref() != Some(path)
            }
            _ => true,
        });
    }

    /// Asks whose text is to stay; `saving` when it is to be written now.
    fn ask_whose(&mut self, path: &Path, saving: bool) {
        // A later change replaces the question about an earlier one.
        self.drop_question(path);
        // What was to follow the saving waits for no answer: it would come as a surprise.
        self.after_save = None;
        let Some(buffer) = self.buffer_at(path) else {
            return;
        };
        let (name, theirs) = (buffer.name.clone(), buffer.theirs.clone());
        let theirs = theirs.unwrap_or_default();
        let mine = if saving {
            Choice::new('k', "Save mine over it", Action::SaveOver(path.to_owned()))
        } else {
            let keep = Action::KeepMine(path.to_owned(), theirs.clone());
            Choice::new('k', "Keep mine", keep)
        };
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: WHOSE.to_owned(),
            lines: vec![
                format!("{name} was changed by someone else,"),
                "and here it has changes that are not saved.".to_owned(),
            ],
            choices: vec![
                mine,
                Choice::new(
                    'l',
                    "Load theirs",
                    Action::LoadTheirs(path.to_owned(), theirs),
                ),
                Choice::new(
                    's',
                    "See the difference",
                    Action::SeeTheirs(path.to_owned()),
                ),
                Choice::new('d', "Decide later", Action::DecideLater(path.to_owned())),
            ],
            chosen: 0,
            about: Some(path.to_owned()),
        }));
    }

    pub(super) fn decide_later(&mut self, path: &Path) {
        let project = self.project.as_mut();
        let name = project.map_or_else(String::new, |project| project.relative(path));
        self.info(format!(
            "{name} is as typed here; saving it asks again whose text is to stay"
        ));
    }

    pub(super) fn keep_mine(&mut self, path: &Path, theirs: Rope) {
        if let Some(buffer) = self.buffer_at(path) {
            buffer.diverged(Some(theirs));
        }
    }

    pub(super) fn load_theirs(&mut self, path: &Path, theirs: Rope) {
        if let Some(buffer) = self.buffer_at(path) {
            buffer.reload(theirs);
            self.touch_preview();
        }
    }

    pub fn close_file(&mut self) {
        let Some(buffer) = self.buffer() else {
            return;
        };
        if !buffer.dirty() {
            self.close_now();
            return;
        }
        let name = buffer.name.clone();
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Close file".to_owned(),
            lines: vec![format!("{name} has changes that are not saved.")],
            choices: vec![
                Choice::new('s', "Save", Action::SaveThenClose),
                Choice::new('d', "Discard", Action::CloseNow),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    pub(super) fn close_now(&mut self) {
        let Some(project) = &mut self.project else {
            return;
        };
        project.close(project.active);
        self.touch_preview();
    }

    pub fn cycle_file(&mut self, forward: bool) {
        if let Some(project) = &mut self.project
            && !project.buffers.is_empty()
        {
            let count = project.buffers.len();
            project.active = (project.active + if forward { 1 } else { count - 1 }) % count;
        }
    }
}

/// Tells files that change all the time, as those that a run writes do.
#[derive(Debug, Default)]
pub(super) struct Noise(HashMap<PathBuf, (Instant, u32)>);

impl Noise {
    /// Longest pause in which a file still counts as changing all the time.
    const PAUSE: Duration = Duration::from_secs(2);
    /// Changes without a pause that are too many.
    const CHANGES: u32 = 4;

    /// Takes a change in; true when the file changes all the time.
    fn hears(&mut self, path: &Path, now: Instant) -> bool {
        self.0
            .retain(|_, (last, _)| now.saturating_duration_since(*last) < Self::PAUSE);
        let (last, count) = self.0.entry(path.to_owned()).or_insert((now, 0));
        *last = now;
        *count = count.saturating_add(1);
        *count > Self::CHANGES
    }
}

/// Files that a run may write all the time; they are no reason to evaluate anything.
fn written_by_runs(path: &Path) -> bool {
    let part = |name: &str| path.components().any(|part| part.as_os_str() == name);
    let log = path
        .extension()
        .is_some_and(|extension| extension == "log" || extension == "out");
    log || part("output") || part("logs")
}
