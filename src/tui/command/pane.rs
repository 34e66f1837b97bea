//! Commands about panes of the workbench.

use super::{BASE, Command, Context, Id};
use crate::tui::app::App;
use crate::tui::app::Focus;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::NextPane,
        name: "pane.next",
        title: "Next pane",
        help: "Give the keys to the next pane",
        keys: &["ctrl-w", "f6"],
        plain_keys: &["tab"],
        context: Context::Design,
        run: |app| app.cycle_focus(true),
        ..BASE
    },
    Command {
        id: Id::PreviousPane,
        name: "pane.previous",
        title: "Previous pane",
        help: "Give the keys to the pane before",
        keys: &["shift-f6"],
        plain_keys: &["shift-tab"],
        context: Context::Design,
        run: |app| app.cycle_focus(false),
        ..BASE
    },
    Command {
        id: Id::Zoom,
        name: "pane.zoom",
        title: "Zoom pane",
        help: "Give the whole screen to the pane, or take it back",
        keys: &["ctrl-e"],
        plain_keys: &["z"],
        context: Context::Design,
        run: App::toggle_zoom,
        ..BASE
    },
    Command {
        id: Id::ToggleFiles,
        name: "pane.files.toggle",
        title: "Show or hide files",
        help: "Show or hide the list of files",
        keys: &["ctrl-b"],
        plain_keys: &["f"],
        context: Context::Design,
        run: App::toggle_files,
        ..BASE
    },
    Command {
        id: Id::FocusFiles,
        name: "pane.files",
        title: "Go to files",
        help: "Give the keys to the list of files",
        keys: &["alt-1"],
        plain_keys: &["1"],
        context: Context::Design,
        run: |app| app.set_focus(Focus::Files),
        ..BASE
    },
    Command {
        id: Id::FocusEditor,
        name: "pane.editor",
        title: "Go to editor",
        help: "Give the keys to the editor",
        keys: &["alt-2"],
        plain_keys: &["2", "esc"],
        context: Context::Design,
        run: |app| app.set_focus(Focus::Editor),
        ..BASE
    },
    Command {
        id: Id::FocusTimestamps,
        name: "pane.timestamps",
        title: "Go to timestamps",
        help: "Give the keys to the timestamps",
        keys: &["alt-3"],
        plain_keys: &["3"],
        context: Context::Design,
        run: |app| app.set_focus(Focus::Timestamps),
        ..BASE
    },
    Command {
        id: Id::FocusEvents,
        name: "pane.events",
        title: "Go to events",
        help: "Give the keys to the rendered events",
        keys: &["alt-4"],
        plain_keys: &["4"],
        context: Context::Design,
        run: |app| app.set_focus(Focus::Events),
        ..BASE
    },
    Command {
        id: Id::FocusPipeline,
        name: "pane.pipeline",
        title: "Go to pipeline",
        help: "Give the keys to the pipeline's details",
        keys: &["alt-5"],
        plain_keys: &["5"],
        context: Context::Design,
        run: |app| app.set_focus(Focus::Pipeline),
        ..BASE
    },
    Command {
        id: Id::Wider,
        name: "pane.wider",
        title: "Wider pane",
        help: "Give the pane more columns",
        keys: &["ctrl-u right"],
        plain_keys: &["}"],
        context: Context::Design,
        run: |app| app.widen(true),
        ..BASE
    },
    Command {
        id: Id::Narrower,
        name: "pane.narrower",
        title: "Narrower pane",
        help: "Take columns from the pane",
        keys: &["ctrl-u left"],
        plain_keys: &["{"],
        context: Context::Design,
        run: |app| app.widen(false),
        ..BASE
    },
    Command {
        id: Id::Taller,
        name: "pane.taller",
        title: "Taller pane",
        help: "Give the pane more rows",
        keys: &["ctrl-u up"],
        plain_keys: &[")"],
        context: Context::Design,
        run: |app| app.heighten(true),
        ..BASE
    },
    Command {
        id: Id::Lower,
        name: "pane.lower",
        title: "Lower pane",
        help: "Take rows from the pane",
        keys: &["ctrl-u down"],
        plain_keys: &["("],
        context: Context::Design,
        run: |app| app.heighten(false),
        ..BASE
    },
    Command {
        id: Id::SwapSides,
        name: "pane.swap",
        title: "Swap sides",
        help: "Put the previews on the other side of the editor",
        keys: &["ctrl-u s"],
        context: Context::Design,
        run: App::swap_sides,
        ..BASE
    },
    Command {
        id: Id::SwapPreviews,
        name: "pane.swap-previews",
        title: "Swap previews",
        help: "Put the events above the timestamps, or below",
        keys: &["ctrl-u v"],
        context: Context::Design,
        run: App::swap_previews,
        ..BASE
    },
    Command {
        id: Id::TogglePreviews,
        name: "pane.previews.toggle",
        title: "Show or hide previews",
        help: "Show or hide what stands beside the editor",
        keys: &["ctrl-u p"],
        context: Context::Design,
        run: App::toggle_previews,
        ..BASE
    },
    Command {
        id: Id::ResetPanes,
        name: "pane.reset",
        title: "Reset panes",
        help: "Let sizes and places follow the screen's size again",
        keys: &["ctrl-u 0"],
        context: Context::Design,
        run: App::reset_panes,
        ..BASE
    },
];
