//! Commands about what is previewed.

use super::{BASE, Command, Context, Id};
use crate::tui::app::App;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Refresh,
        name: "preview.refresh",
        title: "New preview",
        help: "Preview from the present moment with another seed",
        keys: &["ctrl-l"],
        plain_keys: &["r"],
        context: Context::Design,
        run: App::refresh,
        ..BASE
    },
    Command {
        id: Id::SpanLonger,
        name: "timestamps.longer",
        title: "Longer span",
        help: "Show timestamps over a longer span",
        plain_keys: &["+", "="],
        context: Context::Design,
        run: |app| app.change_span(true),
        ..BASE
    },
    Command {
        id: Id::SpanShorter,
        name: "timestamps.shorter",
        title: "Shorter span",
        help: "Show timestamps over a shorter span",
        plain_keys: &["-"],
        context: Context::Design,
        run: |app| app.change_span(false),
        ..BASE
    },
    Command {
        id: Id::SpanLater,
        name: "timestamps.later",
        title: "Later timestamps",
        help: "Move the timestamps on by their span; a new preview goes back to now",
        plain_keys: &[">"],
        context: Context::Design,
        run: |app| app.move_span(true),
        ..BASE
    },
    Command {
        id: Id::SpanEarlier,
        name: "timestamps.earlier",
        title: "Earlier timestamps",
        help: "Move the timestamps back by their span",
        plain_keys: &["<"],
        context: Context::Design,
        run: |app| app.move_span(false),
        ..BASE
    },
];
