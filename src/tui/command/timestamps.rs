//! Commands about when the previewed run is, and over which span timestamps are shown.

use super::{BASE, Command, Context, Id};
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::SpanHour,
        name: "timestamps.hour",
        title: "Span of an hour",
        help: "Show timestamps over an hour",
        plain_keys: &["H"],
        context: Context::Timestamps,
        run: |app| app.choose_span(3_600),
        ..BASE
    },
    Command {
        id: Id::SpanDay,
        name: "timestamps.day",
        title: "Span of a day",
        help: "Show timestamps over a day",
        plain_keys: &["D"],
        context: Context::Timestamps,
        run: |app| app.choose_span(86_400),
        ..BASE
    },
    Command {
        id: Id::SpanWeek,
        name: "timestamps.week",
        title: "Span of a week",
        help: "Show timestamps over a week",
        plain_keys: &["W"],
        context: Context::Timestamps,
        run: |app| app.choose_span(604_800),
        ..BASE
    },
    Command {
        id: Id::SpanMonth,
        name: "timestamps.month",
        title: "Span of a month",
        help: "Show timestamps over 30 days",
        plain_keys: &["M"],
        context: Context::Timestamps,
        run: |app| app.choose_span(2_592_000),
        ..BASE
    },
    Command {
        id: Id::SpanYear,
        name: "timestamps.year",
        title: "Span of a year",
        help: "Show timestamps over a year",
        plain_keys: &["Y"],
        context: Context::Timestamps,
        run: |app| app.choose_span(31_536_000),
        ..BASE
    },
    Command {
        id: Id::NowLater,
        name: "now.later",
        title: "Now an hour later",
        help: "Move the preview's present an hour on",
        plain_keys: &["]"],
        context: Context::Timestamps,
        run: |app| app.move_now(3_600),
        ..BASE
    },
    Command {
        id: Id::NowEarlier,
        name: "now.earlier",
        title: "Now an hour earlier",
        help: "Move the preview's present an hour back",
        plain_keys: &["["],
        context: Context::Timestamps,
        run: |app| app.move_now(-3_600),
        ..BASE
    },
    Command {
        id: Id::NowNextDay,
        name: "now.day.later",
        title: "Now a day later",
        help: "Move the preview's present a day on",
        plain_keys: &["}"],
        context: Context::Timestamps,
        run: |app| app.move_now(86_400),
        ..BASE
    },
    Command {
        id: Id::NowPreviousDay,
        name: "now.day.earlier",
        title: "Now a day earlier",
        help: "Move the preview's present a day back",
        plain_keys: &["{"],
        context: Context::Timestamps,
        run: |app| app.move_now(-86_400),
        ..BASE
    },
    Command {
        id: Id::NowSet,
        name: "now.set",
        title: "Set the preview's now",
        help: "Type the moment that the preview takes for the present",
        plain_keys: &["t"],
        context: Context::Timestamps,
        run: App::ask_now,
        ..BASE
    },
    Command {
        id: Id::NowReal,
        name: "now.real",
        title: "Back to the real now",
        help: "Take the preview's present from the clock again",
        plain_keys: &["n"],
        context: Context::Timestamps,
        run: App::real_now,
        ..BASE
    },
    Command {
        id: Id::ZoneSet,
        name: "timestamps.zone",
        title: "Set the time zone",
        help: "Type the time zone of the timestamps, for previews and runs",
        plain_keys: &["o"],
        context: Context::Timestamps,
        run: App::ask_zone,
        ..BASE
    },
    Command {
        id: Id::TimesGo,
        name: "timestamps.go",
        title: "Go where it fires",
        help: "Move the histogram to the next timestamp, or to the first one",
        plain_keys: &["g"],
        context: Context::Timestamps,
        run: App::go_to_timestamps,
        ..BASE
    },
];
