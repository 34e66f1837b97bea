//! Commands of the table of generators.

use super::{BASE, Command, Context, Id, always};
use crate::instance::Action;
use crate::pipeline::State;
use crate::tui::app::{App, Screen};

const HERE: Context = Context::Screen(Screen::Overview);

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::OverviewOpen,
        name: "overview.open",
        title: "Open",
        help: "Show how events flow through the chosen generator",
        plain_keys: &["enter"],
        context: HERE,
        available: chosen,
        run: App::open_chosen_generator,
        ..BASE
    },
    Command {
        id: Id::OverviewStart,
        name: "overview.start",
        title: "Start",
        help: "Start the marked generators, or the chosen one, or all of the chosen scenario",
        plain_keys: &["s"],
        context: HERE,
        available: chosen,
        run: |app| app.act_on_chosen(Action::Start),
        ..BASE
    },
    Command {
        id: Id::OverviewStop,
        name: "overview.stop",
        title: "Stop",
        help: "Stop them once what is queued is delivered",
        plain_keys: &["x"],
        context: HERE,
        available: chosen,
        asks: true,
        run: |app| app.act_on_chosen(Action::Stop),
        ..BASE
    },
    Command {
        id: Id::OverviewPause,
        name: "overview.pause",
        title: "Pause",
        help: "Release no more timestamps, or go on; in live mode what was missed comes at once",
        plain_keys: &["p"],
        context: HERE,
        available: running,
        run: App::toggle_chosen_pause,
        ..BASE
    },
    Command {
        id: Id::OverviewFilter,
        name: "overview.filter",
        title: "Filter",
        help: "Show only generators by name, state or scenario",
        keys: &["ctrl-f"],
        plain_keys: &["/"],
        context: HERE,
        available: always,
        run: App::ask_filter,
        ..BASE
    },
    Command {
        id: Id::OverviewMark,
        name: "overview.mark",
        title: "Mark",
        help: "Mark the generator, so that what follows is done with all marked ones",
        plain_keys: &["space"],
        context: HERE,
        available: chosen,
        run: App::toggle_mark,
        ..BASE
    },
    Command {
        id: Id::OverviewSort,
        name: "overview.sort",
        title: "Sort",
        help: "Sort by the next column; click on its heading does the same",
        plain_keys: &[">"],
        context: HERE,
        available: always,
        run: |app| app.sort_by_next(true),
        ..BASE
    },
    Command {
        id: Id::OverviewGroup,
        name: "overview.group",
        title: "Scenarios",
        help: "Show generators by scenario, to start and stop them together, or all in one list",
        plain_keys: &["g"],
        context: HERE,
        available: always,
        run: App::toggle_groups,
        ..BASE
    },
    Command {
        id: Id::OverviewRestart,
        name: "overview.restart",
        title: "Restart",
        help: "Deliver what is queued, then begin anew with what is on disk",
        plain_keys: &["r"],
        context: HERE,
        available: chosen,
        asks: true,
        run: |app| app.act_on_chosen(Action::Restart),
        ..BASE
    },
    Command {
        id: Id::OverviewAutostart,
        name: "overview.autostart",
        title: "Autostart",
        help: "Start it with the instance, or not any more; written to the startup list",
        plain_keys: &["a"],
        context: HERE,
        available: chosen,
        run: App::toggle_autostart,
        ..BASE
    },
    Command {
        id: Id::OverviewAbort,
        name: "overview.abort",
        title: "Abort generators",
        help: "Stop them at once; what is queued is lost",
        plain_keys: &["X"],
        context: HERE,
        available: running,
        asks: true,
        run: |app| app.act_on_chosen(Action::Abort),
        ..BASE
    },
    Command {
        id: Id::OverviewResumeNow,
        name: "overview.resume-now",
        title: "Resume from now on",
        help: "Go on after a pause and leave out what fell due meanwhile (live mode)",
        plain_keys: &["n"],
        context: HERE,
        available: running,
        run: |app| app.act_on_chosen(Action::Resume { skip: true }),
        ..BASE
    },
    Command {
        id: Id::OverviewMarkAll,
        name: "overview.mark-all",
        title: "Mark all",
        help: "Mark everything shown, or nothing when all of it is marked",
        keys: &["ctrl-a"],
        plain_keys: &["*"],
        context: HERE,
        available: chosen,
        run: App::mark_all,
        ..BASE
    },
    Command {
        id: Id::OverviewTurn,
        name: "overview.turn",
        title: "Turn the order round",
        help: "From high to low, or from low to high",
        plain_keys: &["~"],
        context: HERE,
        available: always,
        run: App::turn_sort,
        ..BASE
    },
    Command {
        id: Id::OverviewSortBack,
        name: "overview.sort-back",
        title: "Sort by the column before",
        help: "Sort by the column before",
        plain_keys: &["<"],
        context: HERE,
        available: always,
        run: |app| app.sort_by_next(false),
        ..BASE
    },
    Command {
        id: Id::OverviewReload,
        asks: true,
        name: "overview.reload",
        title: "Read the startup list again",
        help: "Start, restart and stop what differs in the startup list and the settings",
        plain_keys: &["L"],
        context: HERE,
        available: always,
        run: App::reload_list,
        ..BASE
    },
    Command {
        id: Id::OverviewBack,
        name: "overview.back",
        title: "Show all, unmark, back",
        help: "Take the filter away, then the marks, then go back to the workbench; leave where no project is open",
        plain_keys: &["esc"],
        context: HERE,
        available: always,
        run: App::overview_back,
        ..BASE
    },
];

fn chosen(app: &App) -> Result<(), &'static str> {
    if app.any_target().is_some() {
        Ok(())
    } else {
        Err("no generator is chosen")
    }
}

fn running(app: &App) -> Result<(), &'static str> {
    let who = app.any_target().ok_or("no generator is chosen")?;
    let runs = |one: &crate::instance::Overview| {
        matches!(
            one.state,
            Some(State::Starting | State::Running | State::Stopping)
        )
    };
    if app.monitor.meant(&who).any(runs) {
        Ok(())
    } else {
        Err("it is not running")
    }
}
