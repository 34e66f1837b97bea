//! Commands of the help while typing.

use super::{BASE, Command, Context, Id, file};
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Complete,
        name: "edit.complete",
        title: "Complete",
        help: "Show what could stand at the cursor: options, plugins, names, functions",
        keys: &["ctrl-space", "alt-/"],
        context: Context::Editor,
        available: file,
        run: App::complete,
        ..BASE
    },
    Command {
        id: Id::Hover,
        name: "edit.hover",
        title: "What is this",
        help: "Show what is known of the word at the cursor, or of the problem there",
        keys: &["alt-h"],
        context: Context::Editor,
        available: file,
        run: App::hover,
        ..BASE
    },
    Command {
        id: Id::QuickFix,
        name: "problem.fix",
        title: "Fix problem",
        help: "Put the near name in the place of a wrong one, where the problem on the line names one",
        keys: &["alt-enter"],
        context: Context::Editor,
        available: file,
        run: App::quick_fix,
        ..BASE
    },
    Command {
        id: Id::ListProblems,
        name: "problem.list",
        title: "List problems",
        help: "Show all errors and warnings of the project, and go to one",
        keys: &["alt-p"],
        plain_keys: &["e"],
        context: Context::Design,
        run: App::list_problems,
        ..BASE
    },
    Command {
        id: Id::Portability,
        name: "project.eventum",
        title: "Can Eventum run it",
        help: "Portability: say whether Eventum can run the project, and list the lines that prevent it",
        context: Context::Design,
        run: App::list_obstacles,
        ..BASE
    },
];
