//! Commands of the screen that shows what fails.

use super::{BASE, Command, Context, Id};
use crate::tui::app::{App, Screen};

const HERE: Command = Command {
    context: Context::Screen(Screen::Faults),
    available: fault,
    ..BASE
};

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::FaultRetry,
        name: "faults.retry",
        title: "Retry now",
        help: "Try the output's target again at once",
        plain_keys: &["r"],
        available: failing_output,
        run: App::fault_retry,
        ..HERE
    },
    Command {
        id: Id::FaultHold,
        name: "faults.hold",
        title: "Hold",
        help: "Hold the output, or let it go on; what is for it waits in its queue",
        plain_keys: &["h"],
        available: output,
        run: App::fault_hold,
        ..HERE
    },
    Command {
        id: Id::FaultReplay,
        name: "faults.replay",
        title: "Replay letters",
        help: "Send the dead letters of the output again",
        plain_keys: &["l"],
        available: letters,
        asks: true,
        run: App::fault_replay,
        ..HERE
    },
    Command {
        id: Id::FaultSwitch,
        name: "faults.switch",
        title: "Template off or on",
        help: "Switch the template off, or on again; what is picked of it meanwhile is dropped",
        plain_keys: &["t"],
        available: template,
        run: App::fault_switch,
        ..HERE
    },
    Command {
        id: Id::FaultOpen,
        name: "faults.open",
        title: "Open the place",
        help: "Open the file and line of the error in the workbench",
        keys: &["enter"],
        available: place,
        run: App::fault_open,
        ..HERE
    },
    Command {
        id: Id::FaultCopy,
        name: "faults.copy",
        title: "Copy",
        help: "Copy what is said about the chosen fault",
        keys: &["ctrl-c"],
        plain_keys: &["c"],
        run: App::fault_copy,
        ..HERE
    },
];

fn fault(app: &App) -> Result<(), &'static str> {
    let fault = app.monitor.faults.fault();
    fault.map(|_| ()).ok_or("nothing fails")
}

fn output(app: &App) -> Result<(), &'static str> {
    fault(app)?;
    let output = app.fault_output();
    output.map(|_| ()).ok_or("the chosen fault is no output's")
}

fn failing_output(app: &App) -> Result<(), &'static str> {
    fault(app)?;
    if !app.fault_run_works() {
        return Err("the run is over: start it again with s on the table (1) or on the flow (2)");
    }
    output(app)?;
    let down = app
        .fault_output()
        .is_some_and(|(_, one)| one.outage.is_some());
    if down {
        Ok(())
    } else {
        Err("its target takes events")
    }
}

fn letters(app: &App) -> Result<(), &'static str> {
    output(app)?;
    match app.fault_output() {
        Some((_, one)) if one.letters.is_none() => Err("the output keeps no dead letters"),
        Some((_, one)) if one.letters_kept == 0 => Err("no dead letter is left in its file"),
        _ => Ok(()),
    }
}

fn template(app: &App) -> Result<(), &'static str> {
    fault(app)?;
    let template = app.fault_template();
    template
        .map(|_| ())
        .ok_or("the chosen fault is no template's")
}

fn place(app: &App) -> Result<(), &'static str> {
    fault(app)?;
    app.fault_spot().map(|_| ()).ok_or("it points to no file")
}
