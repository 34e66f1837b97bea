//! Commands of the editor.

use super::{BASE, Command, Context, Id};
use super::{file, searching, selected};
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Undo,
        name: "edit.undo",
        title: "Undo",
        help: "Take the last change back",
        keys: &["ctrl-z"],
        available: file,
        context: Context::Editor,
        run: App::undo,
        ..BASE
    },
    Command {
        id: Id::Redo,
        name: "edit.redo",
        title: "Redo",
        help: "Do the change that was taken back again",
        keys: &["ctrl-y"],
        available: file,
        context: Context::Editor,
        run: App::redo,
        ..BASE
    },
    Command {
        id: Id::Cut,
        name: "edit.cut",
        title: "Cut",
        help: "Take the selection, or the line, to the clipboard",
        keys: &["ctrl-x"],
        available: file,
        context: Context::Editor,
        run: App::cut,
        ..BASE
    },
    Command {
        id: Id::Copy,
        name: "edit.copy",
        title: "Copy",
        help: "Copy the selection, the line, or the chosen event",
        keys: &["ctrl-c"],
        available: selected,
        context: Context::Design,
        run: App::copy,
        ..BASE
    },
    Command {
        id: Id::Paste,
        name: "edit.paste",
        title: "Paste",
        help: "Insert what was cut or copied here",
        keys: &["ctrl-v"],
        available: file,
        context: Context::Editor,
        run: App::paste_clipboard,
        ..BASE
    },
    Command {
        id: Id::SelectAll,
        name: "edit.select-all",
        title: "Select all",
        help: "Select the whole text",
        keys: &["ctrl-a"],
        available: file,
        context: Context::Editor,
        run: App::select_all,
        ..BASE
    },
    Command {
        id: Id::Find,
        name: "edit.find",
        title: "Find",
        help: "Search in the file; a capital letter makes it exact",
        keys: &["ctrl-f"],
        available: file,
        context: Context::Editor,
        run: App::open_find,
        ..BASE
    },
    Command {
        id: Id::FindNext,
        name: "edit.find-next",
        title: "Find next",
        help: "Go to the next match",
        keys: &["f3"],
        available: searching,
        context: Context::Editor,
        run: App::find_next,
        ..BASE
    },
    Command {
        id: Id::NextProblem,
        name: "problem.next",
        title: "Next problem",
        help: "Go to the next error or warning, in whichever file it is",
        keys: &["ctrl-n", "f8"],
        context: Context::Design,
        run: App::next_problem,
        ..BASE
    },
];
