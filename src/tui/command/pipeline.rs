//! Commands about the open project's pipeline.

use super::{BASE, Command, Context, Id};
use super::{paused, running, stopped, working};
use crate::pipeline::Change;
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::RunStop,
        name: "pipeline.toggle",
        title: "Run or stop",
        help: "Start the pipeline in the background, or stop it once what is queued is delivered",
        keys: &["ctrl-r", "f5"],
        asks: true,
        context: Context::Design,
        run: App::toggle_pipeline,
        ..BASE
    },
    Command {
        id: Id::PipelineView,
        name: "pipeline.view",
        title: "Pipeline details",
        help: "Show queues, outputs and errors of the pipeline, or only a line",
        keys: &["ctrl-t"],
        plain_keys: &["p"],
        context: Context::Design,
        run: App::toggle_details,
        ..BASE
    },
    Command {
        id: Id::Mode,
        name: "pipeline.mode",
        title: "Live or sample mode",
        help: "Release timestamps when they are due (live), or as fast as possible (sample)",
        plain_keys: &["m"],
        available: stopped,
        context: Context::Design,
        run: App::toggle_mode,
        ..BASE
    },
    Command {
        id: Id::Pause,
        name: "pipeline.pause",
        title: "Pause or resume",
        help: "Release no more timestamps, or go on; in live mode what was missed comes at once",
        plain_keys: &["space"],
        available: working,
        context: Context::Design,
        run: App::toggle_pause,
        ..BASE
    },
    Command {
        id: Id::ResumeNow,
        name: "pipeline.resume-now",
        title: "Resume from now",
        help: "Go on after a pause and leave out what fell due meanwhile (live mode)",
        available: paused,
        context: Context::Design,
        run: |app| app.change(Change::Resume { skip: true }),
        ..BASE
    },
    Command {
        id: Id::Faster,
        name: "pipeline.faster",
        title: "Faster",
        help: "Let event time pass twice as fast",
        plain_keys: &["."],
        available: working,
        context: Context::Design,
        run: |app| app.change_pace(2.0),
        ..BASE
    },
    Command {
        id: Id::Slower,
        name: "pipeline.slower",
        title: "Slower",
        help: "Let event time pass half as fast",
        plain_keys: &[","],
        available: working,
        context: Context::Design,
        run: |app| app.change_pace(0.5),
        ..BASE
    },
    Command {
        id: Id::GainUp,
        name: "pipeline.gain-up",
        title: "More events",
        help: "Use each timestamp twice as often; the shape stays",
        plain_keys: &["*"],
        available: working,
        context: Context::Design,
        run: |app| app.change_gain(2.0),
        ..BASE
    },
    Command {
        id: Id::GainDown,
        name: "pipeline.gain-down",
        title: "Fewer events",
        help: "Use each timestamp half as often; the shape stays",
        plain_keys: &["/"],
        available: working,
        context: Context::Design,
        run: |app| app.change_gain(0.5),
        ..BASE
    },
    Command {
        id: Id::PlainPace,
        name: "pipeline.plain",
        title: "Plain pace",
        help: "Back to the clock (live) or to as fast as possible (sample), each timestamp once",
        available: working,
        context: Context::Design,
        run: App::plain_pace,
        ..BASE
    },
    Command {
        id: Id::Abort,
        name: "pipeline.abort",
        title: "Abort the pipeline",
        help: "Stop at once; what is queued is lost",
        available: running,
        asks: true,
        context: Context::Design,
        run: App::ask_abort,
        ..BASE
    },
];
