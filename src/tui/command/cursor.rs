//! Moving the cursor of the editor and selecting with it. Arrows and their like do so anyway; these are
//! for other keys.

use super::{BASE, Command, Context, Id, file};
use crate::tui::app::App;
use crate::tui::editor::Motion;

const fn row(
    id: Id,
    name: &'static str,
    title: &'static str,
    help: &'static str,
    run: fn(&mut App),
) -> Command {
    Command {
        id,
        name,
        title,
        help,
        available: file,
        context: Context::Editor,
        run,
        ..BASE
    }
}

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    row(
        Id::CursorLeft,
        "cursor.left",
        "Move character back",
        "Move the cursor one character back",
        |app| app.go(Motion::Left, false),
    ),
    row(
        Id::CursorRight,
        "cursor.right",
        "Move character on",
        "Move the cursor one character on",
        |app| app.go(Motion::Right, false),
    ),
    row(
        Id::CursorUp,
        "cursor.up",
        "Move line up",
        "Move the cursor one line up",
        |app| app.go(Motion::Up(1), false),
    ),
    row(
        Id::CursorDown,
        "cursor.down",
        "Move line down",
        "Move the cursor one line down",
        |app| app.go(Motion::Down(1), false),
    ),
    row(
        Id::CursorWordLeft,
        "cursor.word-left",
        "Move word back",
        "Move the cursor one word back",
        |app| app.go(Motion::WordLeft, false),
    ),
    row(
        Id::CursorWordRight,
        "cursor.word-right",
        "Move word on",
        "Move the cursor one word on",
        |app| app.go(Motion::WordRight, false),
    ),
    row(
        Id::CursorLineStart,
        "cursor.line-start",
        "Move to the start of the line",
        "Move the cursor to the start of the line",
        |app| app.go(Motion::Home, false),
    ),
    row(
        Id::CursorLineEnd,
        "cursor.line-end",
        "Move to the end of the line",
        "Move the cursor to the end of the line",
        |app| app.go(Motion::End, false),
    ),
    row(
        Id::CursorPageUp,
        "cursor.page-up",
        "Move page up",
        "Move the cursor page up",
        |app| app.go(Motion::Up(app.page()), false),
    ),
    row(
        Id::CursorPageDown,
        "cursor.page-down",
        "Move page down",
        "Move the cursor page down",
        |app| app.go(Motion::Down(app.page()), false),
    ),
    row(
        Id::CursorTop,
        "cursor.top",
        "Move to the start of the text",
        "Move the cursor to the start of the text",
        |app| app.go(Motion::Top, false),
    ),
    row(
        Id::CursorBottom,
        "cursor.bottom",
        "Move to the end of the text",
        "Move the cursor to the end of the text",
        |app| app.go(Motion::Bottom, false),
    ),
    row(
        Id::SelectLeft,
        "select.left",
        "Select character back",
        "Move the cursor one character back and select what it passes over",
        |app| app.go(Motion::Left, true),
    ),
    row(
        Id::SelectRight,
        "select.right",
        "Select character on",
        "Move the cursor one character on and select what it passes over",
        |app| app.go(Motion::Right, true),
    ),
    row(
        Id::SelectUp,
        "select.up",
        "Select line up",
        "Move the cursor one line up and select what it passes over",
        |app| app.go(Motion::Up(1), true),
    ),
    row(
        Id::SelectDown,
        "select.down",
        "Select line down",
        "Move the cursor one line down and select what it passes over",
        |app| app.go(Motion::Down(1), true),
    ),
    row(
        Id::SelectWordLeft,
        "select.word-left",
        "Select word back",
        "Move the cursor one word back and select what it passes over",
        |app| app.go(Motion::WordLeft, true),
    ),
    row(
        Id::SelectWordRight,
        "select.word-right",
        "Select word on",
        "Move the cursor one word on and select what it passes over",
        |app| app.go(Motion::WordRight, true),
    ),
    row(
        Id::SelectLineStart,
        "select.line-start",
        "Select to the start of the line",
        "Move the cursor to the start of the line and select what it passes over",
        |app| app.go(Motion::Home, true),
    ),
    row(
        Id::SelectLineEnd,
        "select.line-end",
        "Select to the end of the line",
        "Move the cursor to the end of the line and select what it passes over",
        |app| app.go(Motion::End, true),
    ),
    row(
        Id::SelectPageUp,
        "select.page-up",
        "Select page up",
        "Move the cursor page up and select what it passes over",
        |app| app.go(Motion::Up(app.page()), true),
    ),
    row(
        Id::SelectPageDown,
        "select.page-down",
        "Select page down",
        "Move the cursor page down and select what it passes over",
        |app| app.go(Motion::Down(app.page()), true),
    ),
    row(
        Id::SelectTop,
        "select.top",
        "Select to the start of the text",
        "Move the cursor to the start of the text and select what it passes over",
        |app| app.go(Motion::Top, true),
    ),
    row(
        Id::SelectBottom,
        "select.bottom",
        "Select to the end of the text",
        "Move the cursor to the end of the text and select what it passes over",
        |app| app.go(Motion::Bottom, true),
    ),
];
