//! Another project in place of the open one: a new one from a starter, or one that is there.

use std::path::{Component, Path, PathBuf};

use super::{App, Item, Pick, Pipeline, Prompt};
use crate::instance::{STARTERS, Starter};
use crate::tui::event::Effect;
use crate::tui::project::{Found, GENERATOR};

/// Longest name of one folder, in bytes.
const NAME: usize = 255;

impl App {
    /// Asks what a new project is to begin as.
    pub fn ask_new_project(&mut self) {
        let items = STARTERS.iter().map(|one| Item {
            detail: one.about.to_owned(),
            ..Item::new(one.name.to_owned(), Pick::Starter(one))
        });
        let items = items.collect();
        self.open_palette("New project: what to begin with", items);
    }

    /// The folder that a new project goes into when its name is no path: beside the open one.
    fn beside(&self) -> PathBuf {
        let open = self.project.as_ref().map(|project| project.root.as_path());
        match (open.and_then(Path::parent), &self.start) {
            (Some(above), _) => above.to_owned(),
            (None, Some(start)) => start.folder.clone(),
            (None, None) => PathBuf::from("/"),
        }
    }

    /// Asks for the new project's name; `why` tells what was wrong with the last one.
    pub(super) fn ask_project_name(
        &mut self,
        starter: &'static Starter,
        text: &str,
        why: Option<String>,
    ) {
        let title = format!("New project from {}", starter.name);
        let take = move |app: &mut App, typed: &str| {
            let folder = app.new_folder(typed)?;
            app.effects.push(Effect::MakeProject(starter, folder));
            Ok(())
        };
        let prompt = Prompt::new(title, "a name, or a path; ~/ is your home", take).text(text);
        let meaning =
            |app: &App, typed: &str| Ok(format!("makes {}", app.new_folder(typed)?.display()));
        self.ask(prompt.meaning(meaning));
        if let (Some(why), Some(super::Overlay::Prompt(prompt))) = (why, self.overlays.last_mut()) {
            prompt.remark = Err(why);
        }
    }

    /// The folder that a typed name stands for, absolute.
    fn new_folder(&self, typed: &str) -> Result<PathBuf, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err("a name is needed".to_owned());
        }
        if typed.chars().any(char::is_control) {
            return Err("a name cannot hold control characters".to_owned());
        }
        // Whoever makes it knows where the home folder is.
        let path = if typed.starts_with("~/") {
            PathBuf::from(typed)
        } else {
            self.beside().join(typed)
        };
        let mut folder = PathBuf::new();
        for part in path.components() {
            match part {
                Component::Normal(name) if name.len() > NAME => {
                    return Err(format!("a name has at most {NAME} bytes"));
                }
                Component::ParentDir => {
                    folder.pop();
                }
                Component::CurDir => {}
                part => folder.push(part),
            }
        }
        Ok(folder)
    }

    /// A project was made, or why not: then the name is asked for again.
    pub(super) fn project_made(
        &mut self,
        starter: &'static Starter,
        folder: &Path,
        result: Result<PathBuf, String>,
    ) {
        match result {
            Ok(document) => {
                self.switch_project(document);
                self.info(format!("made {} from {}", folder.display(), starter.name));
            }
            Err(why) => {
                let inside = folder.strip_prefix(self.beside()).unwrap_or(folder);
                let typed = inside.to_string_lossy().into_owned();
                self.ask_project_name(starter, &typed, Some(why));
            }
        }
    }

    /// Has the projects beside the open one looked for.
    pub fn list_projects(&mut self) {
        let folder = self.beside();
        self.effects.push(Effect::FindProjects(folder));
    }

    /// Lists what was found.
    pub(super) fn offer_projects(&mut self, found: Vec<Found>) {
        let open = self.project.as_ref().map(|project| project.root.clone());
        let others = found.into_iter();
        let items: Vec<Item> = others
            .filter(|one| Some(&one.path) != open.as_ref())
            .map(|one| Item {
                detail: one.about,
                ..Item::new(one.name, Pick::Project(one.path.join(GENERATOR)))
            })
            .collect();
        if items.is_empty() {
            let beside = self.beside();
            self.info(format!("there is no other project in {}", beside.display()));
        } else {
            self.open_palette("Open project", items);
        }
    }

    /// Opens another project, unless something would be lost by that.
    pub(super) fn switch_project(&mut self, document: PathBuf) {
        let unsaved = self
            .project
            .as_ref()
            .is_some_and(|project| !project.unsaved().is_empty());
        if unsaved || self.pipeline.active() {
            let shown = document.parent().unwrap_or(&document).display().to_string();
            self.warn(format!(
                "{shown} is not opened: save what is unsaved and stop the pipeline first"
            ));
            return;
        }
        self.show_screen(super::Screen::Design);
        self.open_project(document);
    }

    /// Keeps how the open project is left; what belongs to it goes.
    pub(super) fn leave_project(&mut self) {
        if self.project.is_none() {
            return;
        }
        if let Some((file, session)) = self.session() {
            self.effects
                .push(Effect::KeepSession(file, Box::new(session)));
        }
        self.drop_params();
        self.touched = false;
        self.places.clear();
        self.after_save = None;
        self.forced = None;
        self.assist = super::Assist::default();
        self.pipeline = Pipeline::new(self.pipeline.live, self.pipeline.seed());
        self.preview.forget();
    }
}
