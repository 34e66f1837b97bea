//! Handing the shown file over to another editor, at the cursor's place.

use std::path::{Path, PathBuf};

use super::{Action, App, Choice, Dialog, Overlay};
use crate::tui::event::Effect;

impl App {
    /// Opens the shown file in the editor of the environment; asks first when it is not saved.
    pub fn edit_outside(&mut self) {
        let Some(buffer) = self.buffer() else {
            return;
        };
        if !buffer.dirty() {
            self.hand_over();
            return;
        }
        let name = buffer.name.clone();
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Another editor".to_owned(),
            lines: vec![format!("{name} has changes that are not saved.")],
            choices: vec![
                Choice::new('s', "Save and edit", Action::SaveThenEditOutside),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: Some(buffer.path.clone()),
        }));
    }

    pub(super) fn hand_over(&mut self) {
        if let Some(buffer) = self.buffer() {
            let (line, column) = buffer.place();
            let path = buffer.path.clone();
            self.effects
                .push(Effect::EditOutside { path, line, column });
        }
    }

    /// The other editor is done with a file.
    pub(super) fn edited_outside(&mut self, path: &Path, result: Result<(), String>) {
        if let Err(why) = result {
            self.error(why);
        }
        // It may have changed any of them.
        let open = self.project.iter().flat_map(|project| &project.buffers);
        let paths: Vec<PathBuf> = open.map(|buffer| buffer.path.clone()).collect();
        self.effects.extend(paths.into_iter().map(Effect::Reread));
        if let Some(project) = &self.project {
            self.effects.push(Effect::Scan(project.root.clone()));
        }
        tracing::info!("{} was edited elsewhere", path.display());
    }
}
