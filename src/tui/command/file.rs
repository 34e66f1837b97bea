//! Commands about files.

use super::{BASE, Command, Context, Id};
use super::{changed, closed, file, file_changes, files, recoverable, unsaved};
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
    Command {
        id: Id::ReopenFile,
        name: "file.reopen",
        title: "Reopen closed file",
        help: "Open the file again that was closed last",
        keys: &["alt-t"],
        available: closed,
        context: Context::Design,
        run: App::reopen_file,
        ..BASE
    },
    Command {
        id: Id::TabLeft,
        name: "file.tab-left",
        title: "Move tab left",
        help: "Move the shown file's tab one place to the left",
        keys: &["alt-pageup"],
        available: files,
        context: Context::Design,
        run: |app| app.move_tab(false),
        ..BASE
    },
    Command {
        id: Id::TabRight,
        name: "file.tab-right",
        title: "Move tab right",
        help: "Move the shown file's tab one place to the right",
        keys: &["alt-pagedown"],
        available: files,
        context: Context::Design,
        run: |app| app.move_tab(true),
        ..BASE
    },
    Command {
        id: Id::NewFile,
        name: "file.new",
        title: "New file",
        help: "Make a file from its name, with the folders it is in",
        keys: &["alt-n"],
        plain_keys: &["n"],
        context: Context::Design,
        run: App::ask_new_file,
        ..BASE
    },
    Command {
        id: Id::RenameFile,
        name: "file.rename",
        title: "Rename file",
        help: "Give the file or folder another name, or put it into another folder",
        keys: &["r"],
        context: Context::Files,
        run: App::ask_rename,
        ..BASE
    },
    Command {
        id: Id::DuplicateFile,
        name: "file.duplicate",
        title: "Duplicate file",
        help: "Copy the file under another name",
        keys: &["c"],
        context: Context::Files,
        run: App::ask_duplicate,
        ..BASE
    },
    Command {
        id: Id::DeleteFile,
        name: "file.delete",
        title: "Delete file",
        help: "Put the file or folder into the trash, from where it can be brought back",
        asks: true,
        keys: &["d"],
        context: Context::Files,
        run: App::ask_delete,
        ..BASE
    },
    Command {
        id: Id::UndoFiles,
        name: "file.undo",
        title: "Undo file change",
        help: "Take back the last file that was made, renamed, copied or deleted",
        asks: true,
        available: file_changes,
        keys: &["u"],
        context: Context::Files,
        run: App::undo_file_change,
        ..BASE
    },
    Command {
        id: Id::ReloadFile,
        name: "file.reload",
        title: "Reload file",
        help: "Take over what the disk has; undo brings back what was typed",
        asks: true,
        available: file,
        context: Context::Design,
        run: App::ask_reload,
        ..BASE
    },
    Command {
        id: Id::CompareDisk,
        name: "file.compare",
        title: "Compare with disk",
        help: "Show how the text differs from what the disk had when it was last looked at",
        available: changed,
        context: Context::Design,
        run: App::compare_with_disk,
        ..BASE
    },
    Command {
        id: Id::RecoverUnsaved,
        name: "file.recover",
        title: "Recover unsaved texts",
        help: "Offer again what was not saved when the program ended without leave",
        asks: true,
        available: recoverable,
        context: Context::Design,
        run: App::offer_copies,
        ..BASE
    },
];
