//! The one table of commands: keys, palette, help and hints all come from it.

use super::app::{App, Focus, Phase};
use super::key::Chord;

/// Every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// See the table for each.
    Quit,
    Help,
    Palette,
    QuickOpen,
    Save,
    SaveAll,
    CloseFile,
    NextFile,
    PreviousFile,
    NextPane,
    PreviousPane,
    FocusFiles,
    FocusEditor,
    FocusTimestamps,
    FocusEvents,
    FocusPipeline,
    Zoom,
    ToggleFiles,
    RunStop,
    Abort,
    Mode,
    Pause,
    ResumeNow,
    Faster,
    Slower,
    GainUp,
    GainDown,
    PlainPace,
    PipelineView,
    Refresh,
    SpanLonger,
    SpanShorter,
    SpanLater,
    SpanEarlier,
    NextTheme,
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    SelectAll,
    Find,
    FindNext,
    NextProblem,
    #[cfg(debug_assertions)]
    Panic,
}

/// Where a command's keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Everywhere.
    Global,
    /// In the editor.
    Editor,
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
}

impl Command {
    /// The command with that id.
    pub fn get(id: Id) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.id == id)
    }

    /// The key to show for it; empty when it has none.
    pub fn key_label(&self) -> String {
        let first = self.keys.first().or(self.plain_keys.first());
        first
            .and_then(|key| Chord::parse(key))
            .map(Chord::label)
            .unwrap_or_default()
    }

    /// All its keys as shown in help.
    pub fn key_labels(&self) -> String {
        let labels: Vec<String> = self
            .keys
            .iter()
            .chain(self.plain_keys)
            .filter_map(|key| Chord::parse(key))
            .map(Chord::label)
            .collect();
        labels.join("  ")
    }
}

/// The command that a key stands for where the focus is.
pub fn lookup(chord: Chord, focus: Focus) -> Option<&'static Command> {
    let has = |keys: &[&str]| keys.iter().any(|key| Chord::parse(key) == Some(chord));
    let editor = focus == Focus::Editor;
    COMMANDS.iter().find(|command| {
        let here = command.context == Context::Global || editor;
        (here && has(command.keys)) || (!editor && has(command.plain_keys))
    })
}

fn always(_: &App) -> Result<(), &'static str> {
    Ok(())
}

fn project(app: &App) -> Result<(), &'static str> {
    app.project.as_ref().map(|_| ()).ok_or("no project is open")
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
};

/// All commands in the order of palette and help.
pub static COMMANDS: &[Command] = &[
    Command {
        id: Id::RunStop,
        name: "pipeline.toggle",
        title: "Run or stop",
        help: "Start the pipeline in the background, or stop it once what is queued is delivered",
        keys: &["ctrl-r", "f5"],
        asks: true,
        ..BASE
    },
    Command {
        id: Id::Save,
        name: "file.save",
        title: "Save",
        help: "Write the file to disk",
        keys: &["ctrl-s"],
        available: file,
        ..BASE
    },
    Command {
        id: Id::Palette,
        name: "app.palette",
        title: "Commands",
        help: "Find and run any command",
        keys: &["ctrl-p"],
        plain_keys: &[":"],
        available: always,
        ..BASE
    },
    Command {
        id: Id::QuickOpen,
        name: "file.open",
        title: "Open file",
        help: "Find a file of the project by a part of its name",
        keys: &["ctrl-o"],
        ..BASE
    },
    Command {
        id: Id::NextPane,
        name: "pane.next",
        title: "Next pane",
        help: "Give the keys to the next pane",
        keys: &["ctrl-w", "f6"],
        plain_keys: &["tab"],
        ..BASE
    },
    Command {
        id: Id::PreviousPane,
        name: "pane.previous",
        title: "Previous pane",
        help: "Give the keys to the pane before",
        keys: &["shift-f6"],
        plain_keys: &["shift-tab"],
        ..BASE
    },
    Command {
        id: Id::Help,
        name: "app.help",
        title: "Help",
        help: "Show all keys and commands",
        keys: &["f1", "ctrl-g"],
        plain_keys: &["?"],
        available: always,
        ..BASE
    },
    Command {
        id: Id::Quit,
        name: "app.quit",
        title: "Quit",
        help: "Leave; asks when something is unsaved or running",
        keys: &["ctrl-q"],
        available: always,
        asks: true,
        ..BASE
    },
    Command {
        id: Id::Refresh,
        name: "preview.refresh",
        title: "New preview",
        help: "Preview from the present moment with another seed",
        keys: &["ctrl-l"],
        plain_keys: &["r"],
        ..BASE
    },
    Command {
        id: Id::SpanLonger,
        name: "timestamps.longer",
        title: "Longer span",
        help: "Show timestamps over a longer span",
        plain_keys: &["+", "="],
        ..BASE
    },
    Command {
        id: Id::SpanShorter,
        name: "timestamps.shorter",
        title: "Shorter span",
        help: "Show timestamps over a shorter span",
        plain_keys: &["-"],
        ..BASE
    },
    Command {
        id: Id::SpanLater,
        name: "timestamps.later",
        title: "Later timestamps",
        help: "Move the timestamps on by their span; a new preview goes back to now",
        plain_keys: &[">"],
        ..BASE
    },
    Command {
        id: Id::SpanEarlier,
        name: "timestamps.earlier",
        title: "Earlier timestamps",
        help: "Move the timestamps back by their span",
        plain_keys: &["<"],
        ..BASE
    },
    Command {
        id: Id::Zoom,
        name: "pane.zoom",
        title: "Zoom pane",
        help: "Give the whole screen to the pane, or take it back",
        keys: &["ctrl-e"],
        plain_keys: &["z"],
        ..BASE
    },
    Command {
        id: Id::PipelineView,
        name: "pipeline.view",
        title: "Pipeline details",
        help: "Show queues, outputs and errors of the pipeline, or only a line",
        keys: &["ctrl-t"],
        plain_keys: &["p"],
        ..BASE
    },
    Command {
        id: Id::Mode,
        name: "pipeline.mode",
        title: "Live or sample mode",
        help: "Release timestamps when they are due (live), or as fast as possible (sample)",
        plain_keys: &["m"],
        available: stopped,
        ..BASE
    },
    Command {
        id: Id::Pause,
        name: "pipeline.pause",
        title: "Pause or resume",
        help: "Release no more timestamps, or go on; in live mode what was missed comes at once",
        plain_keys: &["space"],
        available: working,
        ..BASE
    },
    Command {
        id: Id::ResumeNow,
        name: "pipeline.resume-now",
        title: "Resume from now",
        help: "Go on after a pause and leave out what fell due meanwhile (live mode)",
        available: paused,
        ..BASE
    },
    Command {
        id: Id::Faster,
        name: "pipeline.faster",
        title: "Faster",
        help: "Let event time pass twice as fast",
        plain_keys: &["."],
        available: working,
        ..BASE
    },
    Command {
        id: Id::Slower,
        name: "pipeline.slower",
        title: "Slower",
        help: "Let event time pass half as fast",
        plain_keys: &[","],
        available: working,
        ..BASE
    },
    Command {
        id: Id::GainUp,
        name: "pipeline.gain-up",
        title: "More events",
        help: "Use each timestamp twice as often; the shape stays",
        plain_keys: &["*"],
        available: working,
        ..BASE
    },
    Command {
        id: Id::GainDown,
        name: "pipeline.gain-down",
        title: "Fewer events",
        help: "Use each timestamp half as often; the shape stays",
        plain_keys: &["/"],
        available: working,
        ..BASE
    },
    Command {
        id: Id::PlainPace,
        name: "pipeline.plain",
        title: "Plain pace",
        help: "Back to the clock (live) or to as fast as possible (sample), each timestamp once",
        available: working,
        ..BASE
    },
    Command {
        id: Id::Abort,
        name: "pipeline.abort",
        title: "Abort the pipeline",
        help: "Stop at once; what is queued is lost",
        available: running,
        asks: true,
        ..BASE
    },
    Command {
        id: Id::ToggleFiles,
        name: "pane.files.toggle",
        title: "Show or hide files",
        help: "Show or hide the list of files",
        keys: &["ctrl-b"],
        plain_keys: &["f"],
        ..BASE
    },
    Command {
        id: Id::FocusFiles,
        name: "pane.files",
        title: "Go to files",
        help: "Give the keys to the list of files",
        keys: &["alt-1"],
        plain_keys: &["1"],
        ..BASE
    },
    Command {
        id: Id::FocusEditor,
        name: "pane.editor",
        title: "Go to editor",
        help: "Give the keys to the editor",
        keys: &["alt-2"],
        plain_keys: &["2", "esc"],
        ..BASE
    },
    Command {
        id: Id::FocusTimestamps,
        name: "pane.timestamps",
        title: "Go to timestamps",
        help: "Give the keys to the timestamps",
        keys: &["alt-3"],
        plain_keys: &["3"],
        ..BASE
    },
    Command {
        id: Id::FocusEvents,
        name: "pane.events",
        title: "Go to events",
        help: "Give the keys to the rendered events",
        keys: &["alt-4"],
        plain_keys: &["4"],
        ..BASE
    },
    Command {
        id: Id::FocusPipeline,
        name: "pane.pipeline",
        title: "Go to pipeline",
        help: "Give the keys to the pipeline's details",
        keys: &["alt-5"],
        plain_keys: &["5"],
        ..BASE
    },
    Command {
        id: Id::SaveAll,
        name: "file.save-all",
        title: "Save all",
        help: "Write every changed file to disk",
        available: unsaved,
        ..BASE
    },
    Command {
        id: Id::CloseFile,
        name: "file.close",
        title: "Close file",
        help: "Close the file; asks when it is unsaved",
        keys: &["alt-w"],
        available: file,
        asks: true,
        ..BASE
    },
    Command {
        id: Id::NextFile,
        name: "file.next",
        title: "Next file",
        help: "Show the next open file",
        keys: &["ctrl-pagedown"],
        plain_keys: &["]"],
        available: files,
        ..BASE
    },
    Command {
        id: Id::PreviousFile,
        name: "file.previous",
        title: "Previous file",
        help: "Show the open file before",
        keys: &["ctrl-pageup"],
        plain_keys: &["["],
        available: files,
        ..BASE
    },
    Command {
        id: Id::Undo,
        name: "edit.undo",
        title: "Undo",
        help: "Take the last change back",
        keys: &["ctrl-z"],
        context: Context::Editor,
        available: file,
        ..BASE
    },
    Command {
        id: Id::Redo,
        name: "edit.redo",
        title: "Redo",
        help: "Do the change that was taken back again",
        keys: &["ctrl-y"],
        context: Context::Editor,
        available: file,
        ..BASE
    },
    Command {
        id: Id::Cut,
        name: "edit.cut",
        title: "Cut",
        help: "Take the selection, or the line, to the clipboard",
        keys: &["ctrl-x"],
        context: Context::Editor,
        available: file,
        ..BASE
    },
    Command {
        id: Id::Copy,
        name: "edit.copy",
        title: "Copy",
        help: "Copy the selection, the line, or the chosen event",
        keys: &["ctrl-c"],
        available: selected,
        ..BASE
    },
    Command {
        id: Id::Paste,
        name: "edit.paste",
        title: "Paste",
        help: "Insert what was cut or copied here",
        keys: &["ctrl-v"],
        context: Context::Editor,
        available: file,
        ..BASE
    },
    Command {
        id: Id::SelectAll,
        name: "edit.select-all",
        title: "Select all",
        help: "Select the whole text",
        keys: &["ctrl-a"],
        context: Context::Editor,
        available: file,
        ..BASE
    },
    Command {
        id: Id::Find,
        name: "edit.find",
        title: "Find",
        help: "Search in the file; a capital letter makes it exact",
        keys: &["ctrl-f"],
        context: Context::Editor,
        available: file,
        ..BASE
    },
    Command {
        id: Id::FindNext,
        name: "edit.find-next",
        title: "Find next",
        help: "Go to the next match",
        keys: &["f3"],
        context: Context::Editor,
        available: searching,
        ..BASE
    },
    Command {
        id: Id::NextProblem,
        name: "problem.next",
        title: "Next problem",
        help: "Go to the next error or warning, in whichever file it is",
        keys: &["ctrl-n", "f8"],
        ..BASE
    },
    Command {
        id: Id::NextTheme,
        name: "theme.next",
        title: "Next theme",
        help: "Try the next set of colours",
        available: always,
        ..BASE
    },
    #[cfg(debug_assertions)]
    Command {
        id: Id::Panic,
        name: "debug.panic",
        title: "Panic (debug builds only)",
        help: "Fail on purpose, to see that the terminal is restored",
        available: always,
        ..BASE
    },
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_key_is_a_key_and_means_one_thing() {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for command in COMMANDS {
            for key in command.keys.iter().chain(command.plain_keys) {
                let chord = Chord::parse(key).unwrap_or_else(|| panic!("{key} is no key"));
                if let Some(other) = seen.insert(chord.label(), command.name) {
                    panic!("{key} means both {other} and {}", command.name);
                }
            }
        }
    }

    #[test]
    fn names_and_titles_are_there_once() {
        let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        for command in COMMANDS {
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
        let question = Chord::parse("?").unwrap();
        assert!(lookup(question, Focus::Editor).is_none());
        assert_eq!(lookup(question, Focus::Events).unwrap().id, Id::Help);
    }

    #[test]
    fn the_keys_in_the_readme_are_keys_of_commands() {
        let readme = include_str!("../../README.md");
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
                let chord = Chord::parse(&label.to_lowercase());
                let known = chord.is_some_and(|chord| {
                    [Focus::Editor, Focus::Events]
                        .iter()
                        .any(|focus| lookup(chord, *focus).is_some())
                });
                assert!(known, "the README names {label}, which no command has");
            }
        }
    }
}
