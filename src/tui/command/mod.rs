//! The one table of commands, in parts by area: keys, palette, help and hints all come from it.
//!
//! A command's keys work in its [`Context`]; where the keys are ([`Place`]) several contexts hold, the
//! most special first.

mod assist;
mod cursor;
mod editor;
mod events;
mod faults;
mod file;
mod flow;
mod general;
mod globals;
mod id;
mod logs;
mod monitor;
mod overview;
mod pane;
mod pipeline;
mod preview;
mod tail;
mod timestamps;

use super::app::{App, Focus, Phase, Screen};

pub use id::Id;

/// Where a command's keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Everywhere.
    Global,
    /// On the start screen.
    Start,
    /// In the workbench, whichever pane has the keys.
    Design,
    /// In the editor.
    Editor,
    /// In the list of files.
    Files,
    /// In the timestamps.
    Timestamps,
    /// In the rendered events.
    Events,
    /// In the details of the workbench's pipeline.
    Pipeline,
    /// On all screens about running generators.
    Monitor,
    /// On one of them.
    Screen(Screen),
}

impl Context {
    /// As a heading in help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Start => "Start",
            Self::Design => "Workbench",
            Self::Editor => "Editor",
            Self::Files => "Files",
            Self::Timestamps => "Timestamps",
            Self::Events => "Events",
            Self::Pipeline => "Pipeline details",
            Self::Monitor => "Running generators",
            Self::Screen(screen) => screen.title(),
        }
    }
}

/// What has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The start screen.
    Start,
    /// A pane of the workbench.
    Pane(Focus),
    /// A screen about running generators.
    Screen(Screen),
}

impl Place {
    /// The contexts that hold here, the most special first.
    pub fn contexts(self) -> [Context; 3] {
        match self {
            Self::Start => [Context::Start, Context::Design, Context::Global],
            Self::Pane(focus) => {
                let own = match focus {
                    Focus::Files => Context::Files,
                    Focus::Editor => Context::Editor,
                    Focus::Timestamps => Context::Timestamps,
                    Focus::Events => Context::Events,
                    Focus::Pipeline => Context::Pipeline,
                };
                [own, Context::Design, Context::Global]
            }
            Self::Screen(screen) => [Context::Screen(screen), Context::Monitor, Context::Global],
        }
    }

    /// Every place there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let panes = Focus::ALL.into_iter().map(Self::Pane);
        let screens = Screen::MONITOR.into_iter().map(Self::Screen);
        panes.chain(screens).chain([Self::Start])
    }

    /// True where plain letters are text.
    pub fn types(self) -> bool {
        self == Self::Pane(Focus::Editor)
    }
}

/// One command.
#[derive(Debug)]
pub struct Command {
    /// What it is.
    pub id: Id,
    /// Its name, stable, for settings and documents.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// One line.
    pub help: &'static str,
    /// Keys in its context, the first one shown in hints.
    pub keys: &'static [&'static str],
    /// Further keys outside the editor, where plain letters are free.
    pub plain_keys: &'static [&'static str],
    /// Where `keys` work.
    pub context: Context,
    /// Whether it can be run now, and why not.
    pub available: fn(&App) -> Result<(), &'static str>,
    /// True when it may ask before it does anything.
    pub asks: bool,
    /// Does it. Called by [`App::run`] only, which looks at `available` first.
    pub run: fn(&mut App),
}

impl Command {
    /// The command with that id.
    pub fn get(id: Id) -> Option<&'static Self> {
        all().find(|command| command.id == id)
    }
}

/// All commands in the order of palette and help.
pub fn all() -> impl Iterator<Item = &'static Command> {
    let tables = [
        general::TABLE,
        pipeline::TABLE,
        monitor::TABLE,
        overview::TABLE,
        flow::TABLE,
        file::TABLE,
        editor::TABLE,
        cursor::TABLE,
        assist::TABLE,
        preview::TABLE,
        timestamps::TABLE,
        events::TABLE,
        pane::TABLE,
        faults::TABLE,
        tail::TABLE,
        logs::TABLE,
        globals::TABLE,
    ];
    tables.into_iter().flatten()
}

fn always(_: &App) -> Result<(), &'static str> {
    Ok(())
}

fn project(app: &App) -> Result<(), &'static str> {
    app.project.as_ref().map(|_| ()).ok_or("no project is open")
}

/// Another project can take the place of the open one.
fn replaceable(app: &App) -> Result<(), &'static str> {
    let unsaved = |project: &crate::tui::app::Project| !project.unsaved().is_empty();
    if app.project.as_ref().is_some_and(unsaved) {
        Err("there are changes that are not saved: save them first")
    } else if app.pipeline.active() {
        Err("the pipeline is running: stop it first")
    } else {
        Ok(())
    }
}

fn file(app: &App) -> Result<(), &'static str> {
    app.buffer().map(|_| ()).ok_or("no file is open")
}

fn files(app: &App) -> Result<(), &'static str> {
    let open = app
        .project
        .as_ref()
        .map_or(0, |project| project.buffers.len());
    if open > 1 {
        Ok(())
    } else {
        Err("no other file is open")
    }
}

fn unsaved(app: &App) -> Result<(), &'static str> {
    let any = app
        .project
        .as_ref()
        .is_some_and(|project| project.buffers.iter().any(|one| one.dirty()));
    if any {
        Ok(())
    } else {
        Err("nothing is unsaved")
    }
}

fn changed(app: &App) -> Result<(), &'static str> {
    file(app)?;
    let differs = |buffer: &crate::tui::editor::Buffer| buffer.dirty() || buffer.theirs.is_some();
    if app.buffer().is_some_and(differs) {
        Ok(())
    } else {
        Err("the file is as on disk")
    }
}

fn recoverable(app: &App) -> Result<(), &'static str> {
    if app.has_copies() {
        Ok(())
    } else {
        Err("there is nothing unsaved of before")
    }
}

fn running(app: &App) -> Result<(), &'static str> {
    if app.pipeline.active() {
        Ok(())
    } else {
        Err("no pipeline is running")
    }
}

fn working(app: &App) -> Result<(), &'static str> {
    match app.pipeline.phase {
        Phase::Running => Ok(()),
        _ => Err("no pipeline is running"),
    }
}

fn paused(app: &App) -> Result<(), &'static str> {
    working(app)?;
    if app.pipeline.stats.settings.paused {
        Ok(())
    } else {
        Err("the pipeline is not paused")
    }
}

fn stopped(app: &App) -> Result<(), &'static str> {
    project(app)?;
    if app.pipeline.active() {
        Err("the pipeline is running")
    } else {
        Ok(())
    }
}

fn selected(app: &App) -> Result<(), &'static str> {
    file(app)
}

fn searching(app: &App) -> Result<(), &'static str> {
    let any = app.buffer().is_some_and(|buffer| buffer.find.is_some());
    if any {
        Ok(())
    } else {
        Err("no search is open")
    }
}

fn replacing(app: &App) -> Result<(), &'static str> {
    let find = app.buffer().and_then(|buffer| buffer.find.as_ref());
    if find.is_some_and(|find| find.with.is_some()) {
        Ok(())
    } else {
        Err("nothing is being replaced")
    }
}

fn file_changes(app: &App) -> Result<(), &'static str> {
    if app.changed_files() {
        Ok(())
    } else {
        Err("no file was made, renamed, copied or deleted")
    }
}

fn closed(app: &App) -> Result<(), &'static str> {
    if app.closed_files().next().is_some() {
        Ok(())
    } else {
        Err("no file was closed")
    }
}

const BASE: Command = Command {
    id: Id::Quit,
    name: "",
    title: "",
    help: "",
    keys: &[],
    plain_keys: &[],
    context: Context::Global,
    available: project,
    asks: false,
    run: |_| {},
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::tui::key::Chord;
    use crate::tui::keymap::{Keymap, label};
    use crate::tui::settings::Settings;
    use std::collections::BTreeMap;

    #[test]
    fn every_key_is_a_key_and_means_one_thing() {
        for place in Place::all() {
            for context in place.contexts() {
                let mut seen: BTreeMap<String, &str> = BTreeMap::new();
                for command in all().filter(|one| one.context == context) {
                    for key in command.keys.iter().chain(command.plain_keys) {
                        let chords = Chord::sequence(key).unwrap();
                        if let Some(other) = seen.insert(label(&chords), command.name) {
                            panic!("{key} means both {other} and {}", command.name);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn names_and_titles_are_there_once() {
        let mut names: Vec<_> = all().map(|command| command.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count());
        for command in all() {
            assert!(
                !command.title.is_empty() && !command.help.ends_with('.'),
                "{}",
                command.name
            );
            assert!(
                std::ptr::eq(Command::get(command.id).unwrap(), command),
                "{}",
                command.name
            );
        }
    }

    #[test]
    fn plain_letters_belong_to_the_editor_when_it_has_the_keys() {
        let (keymap, _) = Keymap::new(&Settings::default());
        let question = Chord::parse("?").unwrap();
        assert_eq!(keymap.command(question, Place::Pane(Focus::Editor)), None);
        let events = Place::Pane(Focus::Events);
        assert_eq!(keymap.command(question, events), Some(Id::Help));
    }

    #[test]
    fn the_keys_in_the_readme_are_keys_of_commands() {
        let (keymap, _) = Keymap::new(&Settings::default());
        let readme = include_str!("../../../README.md");
        let rows = readme
            .lines()
            .skip_while(|line| !line.starts_with("| key |"));
        let rows: Vec<&str> = rows
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .collect();
        assert!(rows.len() > 5, "the table of keys was not found");
        for row in rows {
            let cell = row.split('|').nth(1).unwrap();
            for label in cell.split('`').skip(1).step_by(2) {
                let chords = Chord::sequence(&label.to_lowercase());
                let known = chords.is_ok_and(|chords| {
                    Place::all().any(|place| keymap.find(&chords, place).is_some())
                });
                assert!(known, "the README names {label}, which no command has");
            }
        }
    }
}
