//! Texts that are not saved: told to the world so that they outlive this program, and those of before
//! offered again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Action, App, Choice, Dialog, Overlay, ShownDifference};
use crate::tui::editor::Buffer;
use crate::tui::event::Effect;
use crate::tui::recovery::{Found, Unsaved, Wish};
use crate::tui::text;

/// What is known of unsaved texts.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    /// The revisions of text and disk that were last told to be kept, by file.
    told: HashMap<PathBuf, (u64, u64)>,
    /// Those of before, the one that is asked about first.
    found: Vec<Found>,
    /// The application ends because it has to.
    pub(super) forsaken: bool,
}

impl App {
    /// Has copies of a project's files looked for that is being opened.
    pub(super) fn look_for_copies(&mut self, root: &Path) {
        self.recovery.found.clear();
        if self.settings.recovery {
            self.effects
                .push(Effect::Recovery(Wish::Look(root.to_owned())));
        }
    }

    /// Tells which texts are to be kept and which no more.
    pub(super) fn settle_recovery(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let kept = self.settings.recovery;
        let dirty = |buffer: &&Buffer| kept && buffer.dirty();
        let mut left = std::mem::take(&mut self.recovery.told);
        for buffer in project.buffers.iter().filter(dirty) {
            let own = (buffer.revision(), buffer.disk_revision());
            if left.remove(&buffer.path) != Some(own) {
                self.effects
                    .push(Effect::Recovery(Wish::Keep(Box::new(Unsaved {
                        path: buffer.path.clone(),
                        project: project.root.clone(),
                        text: buffer.rope(),
                        disk: buffer.disk(),
                    }))));
            }
            self.recovery.told.insert(buffer.path.clone(), own);
        }
        let gone = left.into_keys().map(Wish::Forget).map(Effect::Recovery);
        self.effects.extend(gone);
    }

    /// True when what is not saved was knowingly left.
    pub(in crate::tui) fn left_knowingly(&self) -> bool {
        self.exit.is_some() && !self.recovery.forsaken
    }

    /// True when there are texts of before.
    pub fn has_copies(&self) -> bool {
        !self.recovery.found.is_empty()
    }

    /// Copies of before were found.
    pub(super) fn copies_found(&mut self, root: &Path, found: Vec<Found>) {
        let own = self.project.as_ref().map(|project| &project.root);
        if own.is_none_or(|own| own != root) {
            return;
        }
        self.recovery.found = found;
        self.offer_copies();
    }

    /// Asks about the copies of before, one after the other.
    pub fn offer_copies(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let Some(found) = self.recovery.found.first() else {
            return;
        };
        let name = project.relative(&found.path);
        let at = text::date_second(self.at_instant(found.made_us));
        let mut lines = vec![
            format!("{name} was not saved when the program ended."),
            format!("Its text of {at} ({}) is kept:", ago(found.age)),
            differs(found),
        ];
        let open = project.buffers.iter().find(|one| one.is_at(&found.path));
        if open.is_some_and(|buffer| buffer.dirty()) {
            lines.push("What was typed since stays as a step that undo comes back to.".to_owned());
        }
        let more = self.recovery.found.len() - 1;
        if more > 0 {
            lines.push(format!("After it: {more} more."));
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Unsaved text".to_owned(),
            lines,
            choices: vec![
                Choice::new('r', "Recover", Action::Recover),
                Choice::new('s', "See the difference", Action::SeeCopy),
                Choice::new('d', "Discard", Action::DropCopy),
                Choice::new('l', "Later", Action::LeaveCopy),
            ],
            chosen: 0,
            about: Some(found.path.clone()),
        }));
    }

    /// Takes up the text that is asked about; the file on disk stays as it is.
    pub(super) fn recover(&mut self) {
        let Some(project) = &mut self.project else {
            return;
        };
        if self.recovery.found.is_empty() {
            return;
        }
        let found = self.recovery.found.remove(0);
        let name = project.relative(&found.path);
        if project.buffer_at(&found.path).is_none() {
            let disk = found.disk.clone().unwrap_or_default();
            let mut buffer = Buffer::of(found.path.clone(), name.clone(), disk);
            if found.disk.is_none() {
                buffer.diverged(None);
            }
            project.buffers.push(buffer);
        }
        let at = project
            .buffers
            .iter()
            .position(|one| one.is_at(&found.path));
        project.active = at.unwrap_or(project.active);
        project.awaited = None;
        if let Some(buffer) = project.buffer_at(&found.path) {
            buffer.take_over(&found.text);
        }
        self.set_focus(super::Focus::Editor);
        // Whether it can be written, and whether somebody changed it meanwhile.
        self.effects.push(Effect::Reread(found.path));
        self.settle_recovery();
        self.effects
            .push(Effect::Recovery(Wish::Remove(found.copy)));
        self.info(format!("{name} is recovered, not saved yet"));
        self.touch_preview();
        self.offer_copies();
    }

    /// Drops the text that is asked about.
    pub(super) fn drop_copy(&mut self) {
        if self.recovery.found.is_empty() {
            return;
        }
        let found = self.recovery.found.remove(0);
        self.effects
            .push(Effect::Recovery(Wish::Remove(found.copy)));
        self.offer_copies();
    }

    /// Leaves all of them for another time.
    pub(super) fn leave_copy(&mut self) {
        let title = crate::tui::command::Command::get(crate::tui::command::Id::RecoverUnsaved)
            .map_or("", |command| command.title);
        let count = text::count(self.recovery.found.len(), "unsaved text");
        self.info(format!("{count} kept; \"{title}\" asks again"));
    }

    /// Shows how the text that is asked about differs from what the disk has.
    pub(super) fn see_copy(&mut self) {
        let (Some(found), Some(project)) = (self.recovery.found.first(), &self.project) else {
            return;
        };
        let name = project.relative(&found.path);
        let disk = found.disk.clone().unwrap_or_default();
        let title = format!("{name}: - on disk, + not saved");
        let shown = ShownDifference::new(title, &disk, &found.text);
        self.overlays.push(Overlay::Difference(shown));
    }
}

/// How a copy differs from what the disk has, and whether that is what it had then.
fn differs(found: &Found) -> String {
    let Some(disk) = &found.disk else {
        return "The file is gone from the disk.".to_owned();
    };
    let difference = crate::tui::difference::Difference::between(disk, &found.text);
    let since = if found.changed {
        "the file was CHANGED by someone since"
    } else {
        "the file is as it was then"
    };
    let (come, gone) = (difference.come(), difference.gone());
    format!("+{come} -{gone} lines against the disk; {since}.")
}

/// How long ago, in the largest unit.
fn ago(age: std::time::Duration) -> String {
    let seconds = age.as_secs();
    let (number, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    format!("{} ago", text::count(number, unit))
}
