//! Commands about files.

use super::{BASE, Command, Context, Id};
use super::{file, files, unsaved};
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Save,
        name: "file.save",
        title: "Save",
        help: "Write the file to disk",
        keys: &["ctrl-s"],
        available: file,
        context: Context::Design,
        run: App::save,
        ..BASE
    },
    Command {
        id: Id::SaveAll,
        name: "file.save-all",
        title: "Save all",
        help: "Write every changed file to disk",
        available: unsaved,
        context: Context::Design,
        run: |app| app.save_all(None),
        ..BASE
    },
    Command {
        id: Id::QuickOpen,
        name: "file.open",
        title: "Open file",
        help: "Find a file of the project by a part of its name",
        keys: &["ctrl-o"],
        context: Context::Design,
        run: App::open_files,
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
        context: Context::Design,
        run: App::close_file,
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
        context: Context::Design,
        run: |app| app.cycle_file(true),
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
        context: Context::Design,
        run: |app| app.cycle_file(false),
        ..BASE
    },
];
