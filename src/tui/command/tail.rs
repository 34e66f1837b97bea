//! Commands of the screen that shows events as they are made.

use super::{BASE, Command, Context, Id, always};
use crate::tui::app::{App, Screen};

const HERE: Command = Command {
    context: Context::Screen(Screen::Tail),
    available: always,
    ..BASE
};

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::TailFilter,
        name: "tail.filter",
        title: "Filter",
        help: "Show events that match: words, /pattern/, user.name=alice, status>=500, alias:page",
        keys: &["ctrl-f"],
        plain_keys: &["/"],
        run: App::tail_filter,
        ..HERE
    },
    Command {
        id: Id::TailFreeze,
        name: "tail.freeze",
        title: "Freeze",
        help: "Show nothing new, or go on with what came meanwhile",
        plain_keys: &["space"],
        run: App::tail_freeze,
        ..HERE
    },
    Command {
        id: Id::TailStep,
        name: "tail.step",
        title: "Step",
        help: "While frozen, let one more event in",
        plain_keys: &["."],
        available: frozen,
        run: App::tail_step,
        ..HERE
    },
    Command {
        id: Id::TailOpen,
        name: "tail.open",
        title: "Expand",
        help: "Show the chosen event in full, JSON with a line for each member",
        keys: &["enter"],
        available: event,
        run: |app| app.monitor.tail.toggle_open(),
        ..HERE
    },
    Command {
        id: Id::TailRaw,
        name: "tail.raw",
        title: "Raw",
        help: "Show the expanded event as it was made, or as pretty JSON",
        plain_keys: &["r"],
        run: |app| app.monitor.tail.raw = !app.monitor.tail.raw,
        ..HERE
    },
    Command {
        id: Id::TailWrap,
        name: "tail.wrap",
        title: "Wrap",
        help: "Show long events in several rows, or cut",
        plain_keys: &["w"],
        run: |app| app.monitor.tail.wrap = !app.monitor.tail.wrap,
        ..HERE
    },
    Command {
        id: Id::TailCopy,
        name: "tail.copy",
        title: "Copy",
        help: "Copy the chosen event as it was made",
        keys: &["ctrl-c"],
        plain_keys: &["c"],
        available: event,
        run: App::tail_copy,
        ..HERE
    },
    Command {
        id: Id::TailAll,
        name: "tail.all",
        title: "No filter",
        help: "Show all events again",
        plain_keys: &["x"],
        available: filtered,
        run: App::tail_all,
        ..HERE
    },
];

fn frozen(app: &App) -> Result<(), &'static str> {
    if app.monitor.tail.frozen {
        Ok(())
    } else {
        Err("the tail is not frozen")
    }
}

fn event(app: &App) -> Result<(), &'static str> {
    let chosen = app.monitor.tail.chosen();
    chosen.map(|_| ()).ok_or("no event is chosen")
}

fn filtered(app: &App) -> Result<(), &'static str> {
    let filter = app.monitor.tail.filter.as_ref();
    filter.map(|_| ()).ok_or("nothing is filtered")
}
