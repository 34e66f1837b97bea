//! Commands of the screens about running generators.

use super::{BASE, Command, Context, Id, always};
use crate::tui::app::{App, Screen};

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Monitor,
        name: "screen.overview",
        title: "Running generators",
        help: "Show all generators: what runs, how fast, what fails; again: back to the workbench",
        keys: &["f2", "alt-m"],
        plain_keys: &["o"],
        available: always,
        run: App::toggle_monitor,
        ..BASE
    },
    Command {
        id: Id::Design,
        name: "screen.design",
        title: "Workbench",
        help: "Go back to the project's files and previews",
        plain_keys: &["d"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Design),
        ..BASE
    },
    Command {
        id: Id::ShowOverview,
        name: "screen.generators",
        title: "Generators",
        help: "Show the table of all generators",
        plain_keys: &["1"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Overview),
        ..BASE
    },
    Command {
        id: Id::ShowFlow,
        name: "screen.flow",
        title: "Pipeline",
        help: "Show how events flow through the chosen generator, and what waits for what",
        plain_keys: &["2"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Flow),
        ..BASE
    },
    Command {
        id: Id::ShowFaults,
        name: "screen.faults",
        title: "Why it fails",
        help: "Show what fails in the chosen generator: outputs, templates, dead letters",
        plain_keys: &["3"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Faults),
        ..BASE
    },
    Command {
        id: Id::ShowTail,
        name: "screen.tail",
        title: "Tail",
        help: "Watch events of the chosen generator as they are made",
        plain_keys: &["4"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Tail),
        ..BASE
    },
    Command {
        id: Id::ShowLogs,
        name: "screen.logs",
        title: "Logs",
        help: "Show what was logged, of all generators or of one",
        plain_keys: &["5"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Logs),
        ..BASE
    },
    Command {
        id: Id::ShowGlobals,
        name: "screen.globals",
        title: "Globals",
        help: "Show and change the globals that generators share",
        plain_keys: &["6"],
        context: Context::Monitor,
        available: always,
        run: |app| app.show_screen(Screen::Globals),
        ..BASE
    },
    Command {
        id: Id::NextScreen,
        name: "screen.next",
        title: "Next screen",
        help: "Go to the next of the screens about generators",
        keys: &["ctrl-w"],
        plain_keys: &["tab"],
        context: Context::Monitor,
        available: always,
        run: |app| app.cycle_screen(true),
        ..BASE
    },
    Command {
        id: Id::PreviousScreen,
        name: "screen.previous",
        title: "Previous screen",
        help: "Go to the screen before",
        plain_keys: &["shift-tab"],
        context: Context::Monitor,
        available: always,
        run: |app| app.cycle_screen(false),
        ..BASE
    },
    Command {
        id: Id::Back,
        name: "screen.back",
        title: "Back",
        help: "Go back to where this screen was opened from",
        plain_keys: &["esc"],
        context: Context::Monitor,
        available: always,
        run: App::back,
        ..BASE
    },
];
