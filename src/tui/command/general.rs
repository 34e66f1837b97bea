//! Commands that work everywhere.

use super::always;
use super::{BASE, Command, Id};
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Palette,
        name: "app.palette",
        title: "Commands",
        help: "Find and run any command",
        keys: &["ctrl-p"],
        plain_keys: &[":"],
        available: always,
        run: App::open_commands,
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
        run: App::open_help,
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
        run: App::quit,
        ..BASE
    },
    Command {
        id: Id::NextTheme,
        name: "theme.next",
        title: "Next theme",
        help: "Try the next set of colours",
        available: always,
        run: App::next_theme,
        ..BASE
    },
    #[cfg(debug_assertions)]
    Command {
        id: Id::Panic,
        name: "debug.panic",
        title: "Panic (debug builds only)",
        help: "Fail on purpose, to see that the terminal is restored",
        available: always,
        run: App::panic,
        ..BASE
    },
];
