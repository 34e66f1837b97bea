//! Commands of the editor.

use super::{BASE, Command, Context, Id};
use super::{file, replacing, searching, selected};
use crate::tui::app::App;
use crate::tui::editor::Buffer;

/// In the order of palette and help.
pub static TABLE: &[Command] = &[
    Command {
        id: Id::Undo,
        name: "edit.undo",
        title: "Undo",
        help: "Take the last change back",
        keys: &["ctrl-z"],
        available: file,
        context: Context::Editor,
        run: App::undo,
        ..BASE
    },
    Command {
        id: Id::Redo,
        name: "edit.redo",
        title: "Redo",
        help: "Do the change that was taken back again",
        keys: &["ctrl-y"],
        available: file,
        context: Context::Editor,
        run: App::redo,
        ..BASE
    },
    Command {
        id: Id::Cut,
        name: "edit.cut",
        title: "Cut",
        help: "Take the selection, or the line, to the clipboard",
        keys: &["ctrl-x"],
        available: file,
        context: Context::Editor,
        run: App::cut,
        ..BASE
    },
    Command {
        id: Id::Copy,
        name: "edit.copy",
        title: "Copy",
        help: "Copy the selection, the line, or the chosen event",
        keys: &["ctrl-c"],
        available: selected,
        context: Context::Design,
        run: App::copy,
        ..BASE
    },
    Command {
        id: Id::Paste,
        name: "edit.paste",
        title: "Paste",
        help: "Insert what was cut or copied here",
        keys: &["ctrl-v"],
        available: file,
        context: Context::Editor,
        run: App::paste_clipboard,
        ..BASE
    },
    Command {
        id: Id::SelectAll,
        name: "edit.select-all",
        title: "Select all",
        help: "Select the whole text",
        keys: &["ctrl-a"],
        available: file,
        context: Context::Editor,
        run: App::select_all,
        ..BASE
    },
    Command {
        id: Id::Find,
        name: "edit.find",
        title: "Find",
        help: "Search in the file; small letters find capitals too, a capital letter makes it exact",
        keys: &["ctrl-f"],
        available: file,
        context: Context::Editor,
        run: App::open_find,
        ..BASE
    },
    Command {
        id: Id::FindNext,
        name: "edit.find-next",
        title: "Find next",
        help: "Go to the next match",
        keys: &["f3"],
        available: searching,
        context: Context::Editor,
        run: App::find_next,
        ..BASE
    },
    Command {
        id: Id::FindPrevious,
        name: "edit.find-previous",
        title: "Find previous",
        help: "Go to the match before",
        keys: &["shift-f3"],
        available: searching,
        context: Context::Editor,
        run: App::find_previous,
        ..BASE
    },
    Command {
        id: Id::Replace,
        name: "edit.replace",
        title: "Replace",
        help: "Search, and put something else in place of what is found",
        keys: &["alt-r"],
        available: file,
        context: Context::Editor,
        run: App::open_replace,
        ..BASE
    },
    Command {
        id: Id::ReplaceOne,
        name: "edit.replace-one",
        title: "Replace this match",
        help: "Put the replacement in place of the selected match and go to the next one",
        available: replacing,
        context: Context::Editor,
        run: App::replace_one,
        ..BASE
    },
    Command {
        id: Id::ReplaceAll,
        name: "edit.replace-all",
        title: "Replace all",
        help: "Put the replacement in place of every match, as one step to undo",
        keys: &["alt-a"],
        available: replacing,
        context: Context::Editor,
        run: App::replace_all,
        ..BASE
    },
    Command {
        id: Id::FindRegex,
        name: "edit.find-regex",
        title: "Search by regular expression",
        help: "Read what is looked for as a regular expression, whose groups are $1 in the replacement",
        keys: &["alt-x"],
        available: searching,
        context: Context::Editor,
        run: |app| app.change_reading(|reading| reading.regex = !reading.regex),
        ..BASE
    },
    Command {
        id: Id::FindCase,
        name: "edit.find-case",
        title: "Search with case",
        help: "Tell capitals and small letters apart, whatever is looked for",
        keys: &["alt-c"],
        available: searching,
        context: Context::Editor,
        run: |app| app.change_reading(|reading| reading.exact = !reading.exact),
        ..BASE
    },
    Command {
        id: Id::FindWord,
        name: "edit.find-word",
        title: "Search whole words",
        help: "Find whole words only",
        keys: &["alt-b"],
        available: searching,
        context: Context::Editor,
        run: |app| app.change_reading(|reading| reading.word = !reading.word),
        ..BASE
    },
    Command {
        id: Id::FindWithin,
        name: "edit.find-in-selection",
        title: "Search the selection",
        help: "Search the selected lines only, or the whole file again",
        keys: &["alt-s"],
        available: searching,
        context: Context::Editor,
        run: App::find_in_selection,
        ..BASE
    },
    Command {
        id: Id::GoToLine,
        name: "edit.go-to-line",
        title: "Go to line",
        help: "Go to a line, or to a line and column as 12:5",
        keys: &["alt-g"],
        available: file,
        context: Context::Design,
        run: App::ask_place,
        ..BASE
    },
    Command {
        id: Id::GoToBracket,
        name: "edit.bracket",
        title: "Go to bracket",
        help: "Go to the bracket that belongs to the one at the cursor",
        keys: &["ctrl-]"],
        available: file,
        context: Context::Editor,
        run: App::go_to_bracket,
        ..BASE
    },
    Command {
        id: Id::Comment,
        name: "edit.comment",
        title: "Comment",
        help: "Make comments of the selected lines, or texts of comments",
        keys: &["ctrl-/", "alt-;"],
        available: file,
        context: Context::Editor,
        run: App::toggle_comment,
        ..BASE
    },
    Command {
        id: Id::Indent,
        name: "edit.indent",
        title: "Indent",
        help: "Move the selected lines a level in, or insert blanks up to the next level",
        available: file,
        context: Context::Editor,
        run: |app| app.edit(Buffer::indent),
        ..BASE
    },
    Command {
        id: Id::Dedent,
        name: "edit.dedent",
        title: "Dedent",
        help: "Take a level of indentation from the selected lines",
        available: file,
        context: Context::Editor,
        run: |app| app.edit(Buffer::dedent),
        ..BASE
    },
    Command {
        id: Id::LinesUp,
        name: "edit.lines-up",
        title: "Move lines up",
        help: "Put the selected lines above the one before them",
        keys: &["alt-up"],
        available: file,
        context: Context::Editor,
        run: |app| app.edit(|buffer| buffer.move_lines(true)),
        ..BASE
    },
    Command {
        id: Id::LinesDown,
        name: "edit.lines-down",
        title: "Move lines down",
        help: "Put the selected lines below the one after them",
        keys: &["alt-down"],
        available: file,
        context: Context::Editor,
        run: |app| app.edit(|buffer| buffer.move_lines(false)),
        ..BASE
    },
    Command {
        id: Id::DuplicateLines,
        name: "edit.duplicate-lines",
        title: "Duplicate lines",
        help: "Put a copy of the selected lines below them",
        keys: &["ctrl-d"],
        available: file,
        context: Context::Editor,
        run: |app| app.edit(Buffer::duplicate_lines),
        ..BASE
    },
    Command {
        id: Id::DeleteLines,
        name: "edit.delete-lines",
        title: "Delete lines",
        help: "Delete the selected lines",
        keys: &["ctrl-k"],
        available: file,
        context: Context::Editor,
        run: |app| app.edit(Buffer::delete_lines),
        ..BASE
    },
    Command {
        id: Id::JoinLines,
        name: "edit.join-lines",
        title: "Join lines",
        help: "Make one line of the selected ones, or of this and the next",
        keys: &["alt-j"],
        available: file,
        context: Context::Editor,
        run: |app| app.edit(Buffer::join_lines),
        ..BASE
    },
    Command {
        id: Id::SelectLine,
        name: "edit.select-line",
        title: "Select line",
        help: "Select the line, then one more each time",
        keys: &["alt-l"],
        available: file,
        context: Context::Editor,
        run: |app| app.with_text(Buffer::select_line),
        ..BASE
    },
    Command {
        id: Id::SelectWord,
        name: "edit.select-word",
        title: "Select word",
        help: "Select the word at the cursor",
        available: file,
        context: Context::Editor,
        run: |app| app.with_text(Buffer::select_word),
        ..BASE
    },
    Command {
        id: Id::ToggleWrap,
        name: "editor.wrap",
        title: "Wrap long lines",
        help: "Let long lines go on in the next row, or cut them",
        keys: &["alt-z"],
        context: Context::Design,
        run: App::toggle_wrap,
        ..BASE
    },
    Command {
        id: Id::ToggleWhitespace,
        name: "editor.whitespace",
        title: "Show blanks",
        help: "Show tabs and the blanks at the ends of lines, or hide them",
        context: Context::Design,
        run: App::toggle_whitespace,
        ..BASE
    },
    Command {
        id: Id::ToggleRelative,
        name: "editor.relative-numbers",
        title: "Relative line numbers",
        help: "Count lines from the cursor's, or from the first",
        context: Context::Design,
        run: App::toggle_relative,
        ..BASE
    },
    Command {
        id: Id::TogglePairs,
        name: "editor.pairs",
        title: "Close brackets",
        help: "Close brackets and quotes by themselves, or not",
        context: Context::Design,
        run: App::toggle_pairs,
        ..BASE
    },
    Command {
        id: Id::ToggleVim,
        name: "editor.vim",
        title: "Vim keys",
        help: "Edit with the modes, motions and operators of vi, or with plain keys again",
        context: Context::Design,
        run: App::toggle_key_set,
        ..BASE
    },
    Command {
        id: Id::EditOutside,
        name: "file.edit-outside",
        title: "Open in external editor",
        help: "Give the terminal to the editor that the environment names (VISUAL or EDITOR), at the cursor's place",
        keys: &["alt-e"],
        available: file,
        asks: true,
        context: Context::Design,
        run: App::edit_outside,
        ..BASE
    },
    Command {
        id: Id::NextProblem,
        name: "problem.next",
        title: "Next problem",
        help: "Go to the next error or warning, in whichever file it is",
        keys: &["ctrl-n", "f8"],
        context: Context::Design,
        run: App::next_problem,
        ..BASE
    },
];
