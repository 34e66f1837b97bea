//! Commands that work everywhere.

use super::{BASE, Command, Context, Id};
use super::{always, file, replaceable};
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
        id: Id::Jump,
        name: "app.jump",
        title: "Jump",
        help: "Paint letters over everything that can be gone to; a letter goes there",
        keys: &["ctrl-u j"],
        plain_keys: &["'"],
        available: always,
        run: App::open_jump,
        ..BASE
    },
    Command {
        id: Id::Themes,
        name: "theme.choose",
        title: "Choose a theme",
        help: "List the themes; a choice is kept for this project",
        keys: &["ctrl-u t"],
        available: always,
        run: App::open_themes,
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
    Command {
        id: Id::Messages,
        name: "app.messages",
        title: "Messages",
        help: "List what was said, the newest first; Enter copies one",
        keys: &["ctrl-u m"],
        available: always,
        run: App::open_messages,
        ..BASE
    },
    Command {
        id: Id::Settings,
        name: "app.settings",
        title: "Settings",
        help: "Open your settings file, made with its defaults as comments",
        keys: &["ctrl-u ,"],
        available: always,
        run: App::open_settings,
        ..BASE
    },
    Command {
        id: Id::Tour,
        name: "app.tour",
        title: "Tour",
        help: "Show the five steps of the first time again",
        available: always,
        run: App::open_tour,
        ..BASE
    },
    Command {
        id: Id::LowBandwidth,
        name: "app.low-bandwidth",
        title: "Low bandwidth on or off",
        help: "Send at most 500 bytes a second on its own, for slow connections",
        available: always,
        run: App::toggle_low_bandwidth,
        ..BASE
    },
    Command {
        id: Id::NewProject,
        name: "project.new",
        title: "New project",
        help: "Make a project from a sample and open it; evtui new does the same",
        keys: &["ctrl-u n"],
        available: replaceable,
        run: App::ask_new_project,
        ..BASE
    },
    Command {
        id: Id::OpenProject,
        name: "project.open",
        title: "Open project",
        help: "List the projects beside this one, and below",
        keys: &["ctrl-u o"],
        available: replaceable,
        run: App::list_projects,
        ..BASE
    },
    Command {
        id: Id::Symbols,
        name: "file.symbols",
        title: "Symbols",
        help: "Find a name in the file: keys, templates, macros, variables, columns; @ in any list",
        keys: &["ctrl-u @"],
        plain_keys: &["@"],
        available: file,
        context: Context::Design,
        run: App::open_symbols,
        ..BASE
    },
    Command {
        id: Id::ProjectSymbols,
        name: "project.symbols",
        title: "Project symbols",
        help: "Find templates, macros, samples, params, state and columns of all files; # in any list",
        keys: &["ctrl-u #"],
        plain_keys: &["#"],
        context: Context::Design,
        run: App::open_project_symbols,
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
