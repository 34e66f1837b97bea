//! Commands of the screen that shows the flow of one generator, above all those that change how it runs.

use super::{BASE, Command, Context, Id, always};
use crate::instance::Action;
use crate::pipeline::{Change, State};
use crate::tui::app::{App, Screen};

const HERE: Context = Context::Screen(Screen::Flow);

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::FlowPause,
        name: "flow.pause",
        title: "Pause",
        help: "Release no more timestamps, or go on; in live mode what was missed comes at once",
        plain_keys: &["space"],
        available: running,
        context: HERE,
        run: App::toggle_flow_pause,
        ..BASE
    },
    Command {
        id: Id::FlowGain,
        name: "flow.gain",
        title: "Gain",
        help: "Type how often each timestamp is used; the shape stays",
        plain_keys: &["g"],
        available: running,
        context: HERE,
        run: App::ask_gain,
        ..BASE
    },
    Command {
        id: Id::FlowCeiling,
        name: "flow.ceiling",
        title: "Ceiling",
        help: "Type the most events in a second",
        plain_keys: &["c"],
        available: running,
        context: HERE,
        run: App::ask_ceiling,
        ..BASE
    },
    Command {
        id: Id::FlowPace,
        name: "flow.pace",
        title: "Pace",
        help: "Type how fast event time passes",
        plain_keys: &["v"],
        available: running,
        context: HERE,
        run: App::ask_pace,
        ..BASE
    },
    Command {
        id: Id::FlowSkip,
        name: "flow.skip",
        title: "Skip to",
        help: "Type the moment at which event time goes on; what lies between is left out",
        plain_keys: &["t"],
        available: running,
        context: HERE,
        run: App::ask_moment,
        ..BASE
    },
    Command {
        id: Id::FlowHold,
        name: "flow.hold",
        title: "Hold",
        help: "Hold the chosen output or let it go on; switch the chosen template off or on",
        plain_keys: &["h"],
        available: part,
        context: HERE,
        run: App::toggle_part,
        ..BASE
    },
    Command {
        id: Id::FlowStartStop,
        name: "flow.toggle",
        title: "Start or stop",
        help: "Start the generator, or stop it once what is queued is delivered",
        plain_keys: &["s"],
        available: chosen,
        asks: true,
        context: HERE,
        run: App::toggle_chosen,
        ..BASE
    },
    Command {
        id: Id::FlowSpan,
        name: "flow.span",
        title: "Longer charts",
        help: "Show the last minute, quarter hour, hour or day",
        plain_keys: &["+", "="],
        available: always,
        context: HERE,
        run: |app| app.monitor.flow.span = app.monitor.flow.span.other(true),
        ..BASE
    },
    Command {
        id: Id::FlowSpanBack,
        name: "flow.span-back",
        title: "Shorter charts",
        help: "Show a shorter stretch of the past",
        plain_keys: &["-"],
        available: always,
        context: HERE,
        run: |app| app.monitor.flow.span = app.monitor.flow.span.other(false),
        ..BASE
    },
    Command {
        id: Id::FlowMeasure,
        name: "flow.measure",
        title: "Other chart",
        help: "Show events, bytes, lag or losses where there is room for one chart",
        plain_keys: &["b"],
        available: always,
        context: HERE,
        run: |app| app.monitor.flow.measure = app.monitor.flow.measure.next(),
        ..BASE
    },
    Command {
        id: Id::FlowRetry,
        name: "flow.retry",
        title: "Retry now",
        help: "Have an output whose target is down try again at once",
        plain_keys: &["R"],
        available: down,
        context: HERE,
        run: App::retry_part,
        ..BASE
    },
    Command {
        id: Id::FlowTake,
        name: "flow.take",
        title: "Take changed files",
        help: "Look at the files of the project now and take a sound change at the next batch",
        plain_keys: &["y"],
        available: running,
        context: HERE,
        run: App::take_changed_files,
        ..BASE
    },
    Command {
        id: Id::FlowReloadMode,
        name: "flow.reload-mode",
        title: "Reload mode",
        help: "Take changed files by themselves, ask, or do not look at them",
        plain_keys: &["m"],
        available: running,
        context: HERE,
        run: App::next_reload_mode,
        ..BASE
    },
    Command {
        id: Id::FlowWriteBack,
        asks: true,
        name: "flow.write-back",
        title: "Write back",
        help: "Write pace, gain and limits as they are now to the startup list",
        plain_keys: &["w"],
        available: listed,
        context: HERE,
        run: App::write_back,
        ..BASE
    },
    Command {
        id: Id::FlowFaster,
        name: "flow.faster",
        title: "Twice as fast",
        help: "Let event time pass twice as fast",
        plain_keys: &["."],
        available: running,
        context: HERE,
        run: |app| app.scale_pace(2.0),
        ..BASE
    },
    Command {
        id: Id::FlowSlower,
        name: "flow.slower",
        title: "Half as fast",
        help: "Let event time pass half as fast",
        plain_keys: &[","],
        available: running,
        context: HERE,
        run: |app| app.scale_pace(0.5),
        ..BASE
    },
    Command {
        id: Id::FlowMore,
        name: "flow.gain-up",
        title: "Twice the events",
        help: "Use each timestamp twice as often; the shape stays",
        plain_keys: &["*"],
        available: running,
        context: HERE,
        run: |app| app.scale_gain(2.0),
        ..BASE
    },
    Command {
        id: Id::FlowFewer,
        name: "flow.gain-down",
        title: "Half the events",
        help: "Use each timestamp half as often; the shape stays",
        plain_keys: &["/"],
        available: running,
        context: HERE,
        run: |app| app.scale_gain(0.5),
        ..BASE
    },
    Command {
        id: Id::FlowPlain,
        name: "flow.plain",
        title: "Plain pace of the generator",
        help: "Back to the clock (live) or to as fast as possible (sample)",
        available: running,
        context: HERE,
        run: |app| app.change_chosen(Change::Pace(None)),
        ..BASE
    },
    Command {
        id: Id::FlowResumeNow,
        name: "flow.resume-now",
        title: "Resume the generator from now",
        help: "Go on after a pause and leave out what fell due meanwhile (live mode)",
        plain_keys: &["n"],
        available: paused,
        context: HERE,
        run: |app| app.change_chosen(Change::Resume { skip: true }),
        ..BASE
    },
    Command {
        id: Id::FlowRestart,
        name: "flow.restart",
        title: "Restart the generator",
        help: "Deliver what is queued, then begin anew with what is on disk",
        plain_keys: &["r"],
        available: running,
        asks: true,
        context: HERE,
        run: |app| app.act_on_chosen(Action::Restart),
        ..BASE
    },
    Command {
        id: Id::FlowAbort,
        name: "flow.abort",
        title: "Abort the generator",
        help: "Stop it at once; what is queued is lost",
        plain_keys: &["X"],
        available: running,
        asks: true,
        context: HERE,
        run: |app| app.act_on_chosen(Action::Abort),
        ..BASE
    },
    Command {
        id: Id::FlowNext,
        name: "flow.next",
        title: "Next generator",
        help: "Show the generator below it in the table",
        plain_keys: &["]"],
        available: always,
        context: HERE,
        run: |app| app.other_generator(true),
        ..BASE
    },
    Command {
        id: Id::FlowPrevious,
        name: "flow.previous",
        title: "Generator before",
        help: "Show the generator above it in the table",
        plain_keys: &["["],
        available: always,
        context: HERE,
        run: |app| app.other_generator(false),
        ..BASE
    },
    Command {
        id: Id::OwnFlow,
        name: "pipeline.flow",
        title: "Flow of the pipeline",
        help: "Show how events flow through the open project's pipeline, and what waits for what",
        keys: &["alt-6"],
        plain_keys: &["6"],
        available: super::project,
        context: Context::Design,
        run: App::show_own_flow,
        ..BASE
    },
];

fn chosen(app: &App) -> Result<(), &'static str> {
    if app.monitor.chosen.is_some() {
        Ok(())
    } else {
        Err("no generator is chosen")
    }
}

fn running(app: &App) -> Result<(), &'static str> {
    let told = app.monitor.status.as_deref().map(|one| &one.state);
    let state = told.or_else(|| app.monitor.of_chosen().map(|one| &one.state));
    match state {
        Some(Some(State::Starting | State::Running | State::Stopping)) => Ok(()),
        _ => Err("it is not running"),
    }
}

fn paused(app: &App) -> Result<(), &'static str> {
    running(app)?;
    if app.monitor.stats().is_some_and(|one| one.settings.paused) {
        Ok(())
    } else {
        Err("it is not paused")
    }
}

fn part(app: &App) -> Result<(), &'static str> {
    running(app)?;
    app.monitor
        .part()
        .map(|_| ())
        .ok_or("there is nothing to hold")
}

fn down(app: &App) -> Result<(), &'static str> {
    running(app)?;
    let outputs = app.monitor.stats().map(|one| one.outputs.iter());
    if outputs.is_some_and(|mut all| all.any(|one| one.outage.is_some())) {
        Ok(())
    } else {
        Err("no output waits to try again")
    }
}

fn listed(app: &App) -> Result<(), &'static str> {
    running(app)?;
    let status = app.monitor.status.as_deref();
    if status.is_some_and(|one| one.listing.listed) {
        Ok(())
    } else {
        Err("it is not in the startup list, so there is no entry to write to")
    }
}
