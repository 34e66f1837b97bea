//! Commands in the place of the events: its views, and what they do.

use super::{BASE, Command, Context, Id};
use crate::tui::app::{App, PaneView as View, Tool};

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::ViewNext,
        name: "view.next",
        title: "Next view",
        help: "Show the next view in the place of the events",
        plain_keys: &["]"],
        context: Context::Events,
        run: |app| app.cycle_view(true),
        ..BASE
    },
    Command {
        id: Id::ViewPrevious,
        name: "view.previous",
        title: "View before",
        help: "Show the view before in the place of the events",
        plain_keys: &["["],
        context: Context::Events,
        run: |app| app.cycle_view(false),
        ..BASE
    },
    Command {
        id: Id::ViewEvents,
        name: "view.events",
        title: "Show events",
        help: "Show the next events",
        plain_keys: &["E"],
        context: Context::Events,
        run: |app| app.show_view(View::Events),
        ..BASE
    },
    Command {
        id: Id::ViewStatistics,
        name: "view.statistics",
        title: "Show statistics",
        help: "Show what a few thousand events are like: sizes, shares, fields, slow lines",
        plain_keys: &["S"],
        context: Context::Events,
        run: |app| app.show_view(View::Statistics),
        ..BASE
    },
    Command {
        id: Id::ViewExplain,
        name: "view.explain",
        title: "Explain the event",
        help: "Show what made the chosen event: input, template, sample rows, draws, state",
        plain_keys: &["X"],
        context: Context::Events,
        run: |app| app.show_view(View::Explain),
        ..BASE
    },
    Command {
        id: Id::ViewState,
        name: "view.state",
        title: "Show the state",
        help: "Show what templates keep between events, change it, go on event by event",
        plain_keys: &["T"],
        context: Context::Events,
        run: |app| app.show_view(View::State),
        ..BASE
    },
    Command {
        id: Id::ViewSamples,
        name: "view.samples",
        title: "Show samples",
        help: "Show the tables that templates choose from",
        plain_keys: &["A"],
        context: Context::Events,
        run: |app| app.show_view(View::Samples),
        ..BASE
    },
    Command {
        id: Id::ViewTools,
        name: "view.tools",
        title: "Show tools",
        help: "Try expressions, formatters and moments on the chosen event",
        plain_keys: &["O"],
        context: Context::Events,
        run: |app| app.show_view(View::Tools),
        ..BASE
    },
    Command {
        id: Id::ViewParams,
        name: "view.params",
        title: "Show params",
        help: "Type values for params, and see which secrets are set",
        plain_keys: &["P"],
        context: Context::Events,
        run: |app| app.show_view(View::Params),
        ..BASE
    },
    Command {
        id: Id::EventNext,
        name: "events.next",
        title: "Next event",
        help: "Go to the next event, or sample",
        plain_keys: &["J"],
        context: Context::Events,
        run: |app| app.next_event(1),
        ..BASE
    },
    Command {
        id: Id::EventPrevious,
        name: "events.previous",
        title: "Event before",
        help: "Go to the event before, or the sample",
        plain_keys: &["K"],
        context: Context::Events,
        run: |app| app.next_event(-1),
        ..BASE
    },
    Command {
        id: Id::EventFormat,
        name: "events.format",
        title: "Other format",
        help: "Show events as rendered, or as each output formats them",
        plain_keys: &["o"],
        context: Context::Events,
        run: App::next_format,
        ..BASE
    },
    Command {
        id: Id::EventTree,
        name: "events.tree",
        title: "Tree or text",
        help: "Show JSON events as trees, or as text",
        plain_keys: &["t"],
        context: Context::Events,
        run: App::toggle_tree,
        ..BASE
    },
    Command {
        id: Id::EventFold,
        name: "events.fold",
        title: "Fold or unfold all",
        help: "Fold everything in the trees, or unfold it",
        plain_keys: &["c"],
        context: Context::Events,
        run: App::fold_all,
        ..BASE
    },
    Command {
        id: Id::EventWrap,
        name: "events.wrap",
        title: "Wrap or cut lines",
        help: "Let long lines go on in the next row, or past the edge",
        plain_keys: &["w"],
        context: Context::Events,
        run: App::toggle_events_wrap,
        ..BASE
    },
    Command {
        id: Id::EventSearch,
        name: "events.search",
        title: "Search events",
        help: "Look for a text or regular expression in events or samples",
        keys: &["ctrl-f"],
        plain_keys: &["/"],
        context: Context::Events,
        run: App::search_events,
        ..BASE
    },
    Command {
        id: Id::EventSeek,
        name: "events.search.next",
        title: "Next match in events",
        help: "Go to the next match in events or samples",
        keys: &["f3"],
        plain_keys: &["n"],
        context: Context::Events,
        run: |app| app.seek_event(true),
        ..BASE
    },
    Command {
        id: Id::EventSeekBack,
        name: "events.search.previous",
        title: "Match before in events",
        help: "Go to the match before in events or samples",
        plain_keys: &["N"],
        context: Context::Events,
        run: |app| app.seek_event(false),
        ..BASE
    },
    Command {
        id: Id::EventCopy,
        name: "events.copy",
        title: "Copy event",
        help: "Copy the chosen event as it is shown, or the view",
        plain_keys: &["y"],
        context: Context::Events,
        run: App::copy_event,
        ..BASE
    },
    Command {
        id: Id::EventCopyValue,
        name: "events.copy.value",
        title: "Copy value",
        help: "Copy the value under the cursor",
        plain_keys: &["v"],
        context: Context::Events,
        run: App::copy_value,
        ..BASE
    },
    Command {
        id: Id::EventCopyPath,
        name: "events.copy.path",
        title: "Copy path",
        help: "Copy the path to the value under the cursor",
        plain_keys: &["V"],
        context: Context::Events,
        run: App::copy_path,
        ..BASE
    },
    Command {
        id: Id::EventMore,
        name: "events.more",
        title: "More events",
        help: "Render 20 timestamps more",
        plain_keys: &["M"],
        context: Context::Events,
        run: |app| app.step_events(20),
        ..BASE
    },
    Command {
        id: Id::EventFewer,
        name: "events.fewer",
        title: "Fewer events",
        help: "Render 20 timestamps less",
        plain_keys: &["F"],
        context: Context::Events,
        run: |app| app.step_events(-20),
        ..BASE
    },
    Command {
        id: Id::StateStep,
        name: "state.step",
        title: "Step one event",
        help: "Render one more timestamp with the state kept",
        plain_keys: &["s"],
        context: Context::Events,
        run: |app| app.step_events(1),
        ..BASE
    },
    Command {
        id: Id::StateBack,
        name: "state.back",
        title: "Step back",
        help: "Go back by one timestamp",
        plain_keys: &["b"],
        context: Context::Events,
        run: |app| app.step_events(-1),
        ..BASE
    },
    Command {
        id: Id::StateRestart,
        name: "state.restart",
        title: "Before the first event",
        help: "Go back to before the first event, to step from there",
        plain_keys: &["0"],
        context: Context::Events,
        run: App::restart_events,
        ..BASE
    },
    Command {
        id: Id::StateEdit,
        name: "state.edit",
        title: "Change the state",
        help: "Change the chosen value of the state, or add a key",
        plain_keys: &["e"],
        context: Context::Events,
        available: in_state,
        run: App::edit_state,
        ..BASE
    },
    Command {
        id: Id::StateRemove,
        name: "state.remove",
        title: "Remove or take back",
        help: "Remove the chosen key of the state, or take back a param typed here",
        plain_keys: &["x"],
        context: Context::Events,
        available: in_values,
        run: App::remove_row,
        ..BASE
    },
    Command {
        id: Id::StateReset,
        asks: true,
        name: "state.reset",
        title: "Reset the state",
        help: "Take back all changes of the state made by hand",
        plain_keys: &["R"],
        context: Context::Events,
        run: App::reset_state,
        ..BASE
    },
    Command {
        id: Id::TryExpression,
        name: "tools.expression",
        title: "Try an expression",
        help: "Type a template expression; it is worked out for the chosen event",
        context: Context::Design,
        run: |app| app.ask_tool(Tool::Expression),
        ..BASE
    },
    Command {
        id: Id::TryFormatter,
        name: "tools.formatter",
        title: "Try a formatter",
        help: "Type a formatter; it formats the chosen event",
        context: Context::Design,
        run: |app| app.ask_tool(Tool::Formatter),
        ..BASE
    },
    Command {
        id: Id::TryMoment,
        name: "tools.moment",
        title: "Try a moment",
        help: "Type a moment such as now+1h or tomorrow 9am, and see which it is",
        context: Context::Design,
        run: |app| app.ask_tool(Tool::Moment),
        ..BASE
    },
];

fn in_state(app: &App) -> Result<(), &'static str> {
    super::project(app)?;
    match app.preview.panes.view {
        View::State => Ok(()),
        _ => Err("show the state to change it"),
    }
}

fn in_values(app: &App) -> Result<(), &'static str> {
    match app.preview.panes.view {
        View::Params => super::project(app),
        _ => in_state(app),
    }
}
