//! What the screens about running generators need of the application: requests, copies, clicks, and the
//! way from a fault to its file.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ratatui::layout::Position;

use super::{App, Screen};
use crate::tui::event::{Effect, Request};

/// Two clicks on one place within this time are one double click.
const DOUBLE: Duration = Duration::from_millis(400);

impl App {
    /// Asks the instance for something once.
    pub(in crate::tui) fn request(&mut self, request: Request) {
        self.effects.push(Effect::Request(Box::new(request)));
    }

    /// Puts a text on the clipboard and says so.
    pub(in crate::tui) fn copy_text(&mut self, text: String) {
        self.put_on_clipboard(text);
        self.info("copied");
    }

    /// True when a click follows another one at the same row closely.
    pub(in crate::tui) fn is_double(
        &self,
        last: Option<(Position, Instant)>,
        at: Position,
    ) -> bool {
        last.is_some_and(|(before, when)| {
            before.y == at.y && self.now.saturating_duration_since(when) <= DOUBLE
        })
    }

    /// Shows a place in a file of a project, which is opened when it is not. Refuses to leave a project
    /// that has unsaved changes or runs.
    pub(in crate::tui) fn open_in_workbench(
        &mut self,
        root: &Path,
        document: PathBuf,
        path: PathBuf,
        place: Option<(usize, usize)>,
    ) {
        let open = self.project.as_ref();
        if open.is_none_or(|project| project.root != root) {
            if let Some(project) = open.filter(|project| !project.unsaved().is_empty()) {
                let name = project.name.clone();
                self.warn(format!(
                    "{name} is open with changes that are not saved: save it first"
                ));
                return;
            }
            if self.pipeline.active() {
                let id = self.pipeline.id.clone();
                self.warn(format!("{id} runs in the workbench: stop it first"));
                return;
            }
            self.open_project(document);
        }
        self.show_screen(Screen::Design);
        self.show_file(path, place);
    }
}
