//! How a project was left: taken up again when it is opened, told when the application ends.

use std::path::{Path, PathBuf};

use super::awaited::Awaited;
use super::{App, Focus};
use crate::tui::event::Effect;
use crate::tui::session::{OpenFile, Session};

impl Focus {
    /// Its name in files.
    fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Editor => "editor",
            Self::Timestamps => "timestamps",
            Self::Events => "events",
            Self::Pipeline => "pipeline",
        }
    }
}

impl App {
    /// Asks for the session of a project that is being opened.
    pub(super) fn recall(&mut self, root: &Path) {
        if !self.settings.remember {
            return;
        }
        if let Some(file) = self.kept.session_file(root) {
            self.effects
                .push(Effect::ReadSession(file, root.to_owned()));
        }
    }

    /// Takes up where the project was left; what was done meanwhile stays.
    pub(super) fn take_session(&mut self, root: &Path, session: Option<Session>) {
        let Some(project) = self.project.as_mut().filter(|project| project.root == root) else {
            return;
        };
        let Some(session) = session else {
            return;
        };
        self.panes = session.panes;
        self.files_shown = session.files_shown;
        self.pipeline_details = session.details;
        let document = project.document.clone();
        let untouched = !self.touched;
        for (index, file) in session.files.iter().enumerate() {
            let path = root.join(&file.path);
            let place = (file.line, file.column);
            if untouched && index == session.active {
                if let Some(buffer) = project.buffer_at(&path) {
                    buffer.go_to(place.0, place.1);
                } else {
                    project.awaited = Some(Awaited::new(path.clone(), Some(place)));
                    if path != document {
                        self.effects.push(Effect::Open(path));
                    }
                }
            } else if project.buffer_at(&path).is_none() {
                self.places.insert(path.clone(), place);
                if path != document {
                    self.effects.push(Effect::Open(path));
                }
            }
        }
        let focus = Focus::ALL
            .into_iter()
            .find(|one| one.name() == session.focus);
        if let Some(focus) = focus.filter(|_| untouched) {
            self.set_focus(focus);
        }
        self.restore_theme(session.theme);
        self.restore_params(session.params);
    }

    /// Puts the cursor of a file that was open the last time where it was.
    pub(super) fn recall_place(&mut self, path: &Path) {
        if let Some((line, column)) = self.places.remove(path)
            && let Some(buffer) = self.buffer_at(path)
        {
            buffer.go_to(line, column);
        }
    }

    /// How the open project is left, and where to keep it.
    pub(in crate::tui) fn session(&self) -> Option<(PathBuf, Session)> {
        let project = self.project.as_ref().filter(|_| self.settings.remember)?;
        let file = self.kept.session_file(&project.root)?;
        let active = project.buffer().map(|buffer| buffer.path.clone());
        let inside = |path: &Path| path.strip_prefix(&project.root).ok().map(Path::to_owned);
        let mut files = Vec::new();
        let mut shown = usize::MAX;
        for buffer in &project.buffers {
            let Some(path) = inside(&buffer.path) else {
                continue;
            };
            if Some(&buffer.path) == active.as_ref() {
                shown = files.len();
            }
            let (line, column) = buffer.place();
            let (line, column) = (line.saturating_sub(1), column.saturating_sub(1));
            files.push(OpenFile { path, line, column });
        }
        let session = Session {
            panes: self.panes,
            files_shown: self.files_shown,
            details: self.pipeline_details,
            focus: self.focus.name().to_owned(),
            theme: self.chosen_theme().map(str::to_owned),
            files,
            active: shown,
            params: self.typed_params(),
        };
        Some((file, session))
    }
}
