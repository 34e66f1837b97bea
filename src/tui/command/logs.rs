//! Commands of the screen that shows the log.

use super::{BASE, Command, Context, Id, always};
use crate::tui::app::{App, Screen};
use crate::tui::monitor::logs::Entry;

const HERE: Command = Command {
    context: Context::Screen(Screen::Logs),
    available: always,
    ..BASE
};

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::LogsSearch,
        name: "logs.search",
        title: "Search",
        help: "Look for a text or a /pattern/; the latest record that has it comes first",
        keys: &["ctrl-f"],
        plain_keys: &["/"],
        run: App::logs_search,
        ..HERE
    },
    Command {
        id: Id::LogsNext,
        name: "logs.next",
        title: "Next match",
        help: "Go to the next record that has what is looked for",
        keys: &["f3"],
        plain_keys: &["n"],
        available: searching,
        run: |app| app.logs_find(true),
        ..HERE
    },
    Command {
        id: Id::LogsPrevious,
        name: "logs.previous",
        title: "Match before",
        help: "Go to the record before that has what is looked for",
        plain_keys: &["N"],
        available: searching,
        run: |app| app.logs_find(false),
        ..HERE
    },
    Command {
        id: Id::LogsLevel,
        name: "logs.level",
        title: "Level",
        help: "Show only what is at least that serious: all, info, warn, error",
        plain_keys: &["l"],
        run: |app| app.monitor.logs.next_level(),
        ..HERE
    },
    Command {
        id: Id::LogsOnly,
        name: "logs.only",
        title: "One or all",
        help: "Show the log of the chosen generator only, or of all",
        plain_keys: &["g"],
        run: App::logs_only,
        ..HERE
    },
    Command {
        id: Id::LogsFollow,
        name: "logs.follow",
        title: "Follow",
        help: "Stay at the latest record, or stay where one is",
        plain_keys: &["f"],
        run: App::logs_follow,
        ..HERE
    },
    Command {
        id: Id::LogsWrap,
        name: "logs.wrap",
        title: "Wrap",
        help: "Show long records in several rows, or cut",
        plain_keys: &["w"],
        run: |app| app.monitor.logs.wrap = !app.monitor.logs.wrap,
        ..HERE
    },
    Command {
        id: Id::LogsCopy,
        name: "logs.copy",
        title: "Copy",
        help: "Copy the chosen record",
        keys: &["ctrl-c"],
        plain_keys: &["c"],
        available: record,
        run: App::logs_copy,
        ..HERE
    },
];

fn searching(app: &App) -> Result<(), &'static str> {
    let search = app.monitor.logs.search.as_ref();
    search.map(|_| ()).ok_or("nothing is looked for")
}

fn record(app: &App) -> Result<(), &'static str> {
    let logs = &app.monitor.logs;
    match logs.entry(logs.list.chosen) {
        Some(Entry::Record(_)) => Ok(()),
        _ => Err("no record is chosen"),
    }
}
