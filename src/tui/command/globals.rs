//! Commands of the screen that shows globals.

use super::{BASE, Command, Context, Id, always};
use crate::tui::app::{App, Screen};

const HERE: Command = Command {
    context: Context::Screen(Screen::Globals),
    available: value,
    ..BASE
};

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::GlobalsNext,
        name: "globals.next",
        title: "Next scenario",
        help: "Show the globals of the next scenario",
        keys: &["right"],
        available: always,
        run: |app| app.monitor.next_space(true),
        ..HERE
    },
    Command {
        id: Id::GlobalsPrevious,
        name: "globals.previous",
        title: "Scenario before",
        help: "Show the globals of the scenario before",
        keys: &["left"],
        available: always,
        run: |app| app.monitor.next_space(false),
        ..HERE
    },
    Command {
        id: Id::GlobalEnter,
        name: "globals.enter",
        title: "Open or edit",
        help: "Open or close the chosen value; edit it when there is nothing to open",
        keys: &["enter"],
        plain_keys: &["space"],
        run: App::global_enter,
        ..HERE
    },
    Command {
        id: Id::GlobalEdit,
        name: "globals.edit",
        title: "Edit",
        help: "Type another value, as JSON",
        plain_keys: &["e"],
        run: App::global_edit,
        ..HERE
    },
    Command {
        id: Id::GlobalAdd,
        name: "globals.add",
        title: "Add",
        help: "Type a new global: name = value",
        plain_keys: &["a"],
        available: always,
        run: |app| app.global_add(false),
        ..HERE
    },
    Command {
        id: Id::GlobalAddInside,
        name: "globals.add-inside",
        title: "Add inside",
        help: "Type a new member of the chosen value",
        plain_keys: &["A"],
        run: |app| app.global_add(true),
        ..HERE
    },
    Command {
        id: Id::GlobalDelete,
        name: "globals.delete",
        title: "Delete",
        help: "Take the chosen value away",
        plain_keys: &["x"],
        asks: true,
        run: App::global_delete,
        ..HERE
    },
    Command {
        id: Id::GlobalCopy,
        name: "globals.copy",
        title: "Copy",
        help: "Copy the chosen value as JSON",
        keys: &["ctrl-c"],
        plain_keys: &["c"],
        run: App::global_copy,
        ..HERE
    },
    Command {
        id: Id::GlobalsReset,
        name: "globals.reset",
        title: "Reset all",
        help: "Take all globals of the scenario away",
        plain_keys: &["X"],
        asks: true,
        run: App::globals_reset,
        ..HERE
    },
];

fn value(app: &App) -> Result<(), &'static str> {
    let row = app.monitor.globals.row();
    row.map(|_| ()).ok_or("there are no globals")
}
