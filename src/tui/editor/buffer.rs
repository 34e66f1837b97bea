//! One open file: its text, cursor, selection, history, marks and where the view stands.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;

use crate::config::Severity;
use crate::tui::lexer::{self, Language};
use crate::tui::text;

use super::history::{Edit, History, Kind, Selection};
use super::{Find, cells};

/// Most rows of one message.
const ROWS: usize = 3;

/// A problem at a place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Line, from 0.
    pub line: usize,
    /// Characters of the line under which it belongs; empty means up to the end of the line.
    pub columns: Range<usize>,
    /// How bad.
    pub severity: Severity,
    /// What to show under the line.
    pub message: String,
}

/// An open file.
#[derive(Debug)]
pub struct Buffer {
    /// Absolute path.
    pub path: PathBuf,
    /// As shown: relative to the project.
    pub name: String,
    /// How it is highlighted.
    pub language: Language,
    /// Why it cannot be changed, when it cannot.
    pub read_only: Option<String>,
    /// The file is gone from the disk.
    pub gone: bool,
    /// First line shown.
    pub top: usize,
    /// First cell column shown.
    pub left: usize,
    /// The open search, if any.
    pub find: Option<Find>,
    pub(super) rope: Rope,
    pub(super) at: Selection,
    /// Cell column that moving up and down tries to keep.
    pub(super) goal: Option<usize>,
    pub(super) history: History,
    /// The view goes where the cursor goes, until it is scrolled away.
    pub(super) following: bool,
    marks: Vec<Mark>,
    /// Rows of the messages under the lines of the marks, wrapped to the width.
    messages: Vec<(usize, Severity, String)>,
    width: usize,
    lexed: lexer::States,
    /// Text as last read from or written to the disk.
    disk: Rope,
}

impl Buffer {
    /// A buffer with the text of a file.
    pub fn new(path: PathBuf, name: String, text: &str) -> Self {
        let language = Language::of(&path);
        let rope = Rope::from_str(text);
        Self {
            path,
            name,
            language,
            read_only: None,
            gone: false,
            top: 0,
            left: 0,
            find: None,
            disk: rope.clone(),
            rope,
            at: Selection::default(),
            goal: None,
            history: History::default(),
            following: true,
            marks: Vec::new(),
            messages: Vec::new(),
            width: 80,
            lexed: lexer::States::default(),
        }
    }

    /// The whole text. Cheap: shares its memory.
    pub fn rope(&self) -> Rope {
        self.rope.clone()
    }

    /// Number of lines, at least 1.
    pub fn lines(&self) -> usize {
        self.rope.len_lines().max(1)
    }

    /// A line without its end.
    pub fn line(&self, index: usize) -> Cow<'_, str> {
        let Some(line) = self.rope.get_line(index) else {
            return Cow::Borrowed("");
        };
        match Cow::from(line) {
            Cow::Borrowed(text) => Cow::Borrowed(trim_end_of_line(text)),
            Cow::Owned(text) => Cow::Owned(trim_end_of_line(&text).to_owned()),
        }
    }

    /// Where the cursor is, in characters.
    pub fn head(&self) -> usize {
        self.at.head
    }

    /// Line of a character.
    pub fn line_of(&self, at: usize) -> usize {
        self.rope.char_to_line(at.min(self.rope.len_chars()))
    }

    /// First character of a line.
    pub fn start_of(&self, line: usize) -> usize {
        self.rope.line_to_char(line.min(self.rope.len_lines()))
    }

    /// Line and cell column of the cursor, both from 0.
    pub fn cursor(&self) -> (usize, usize) {
        let line = self.line_of(self.at.head);
        let within = self.at.head - self.start_of(line);
        (line, cell_of(&self.line(line), within))
    }

    /// Line and character column of the cursor, both from 1, as diagnostics count.
    pub fn place(&self) -> (usize, usize) {
        let line = self.line_of(self.at.head);
        (line + 1, self.at.head - self.start_of(line) + 1)
    }

    /// The selected characters, if any.
    pub fn selection(&self) -> Option<Range<usize>> {
        let anchor = self.at.anchor?;
        let (from, to) = (anchor.min(self.at.head), anchor.max(self.at.head));
        (from < to).then_some(from..to)
    }

    /// The selected text.
    pub fn selected(&self) -> Option<String> {
        self.selection()
            .map(|range| self.rope.slice(range).to_string())
    }

    /// True when it differs from what is on disk.
    pub fn dirty(&self) -> bool {
        self.history.dirty() && (self.gone || self.rope != self.disk)
    }

    /// The text as it is now (`text`) is what the disk has.
    pub fn saved(&mut self, text: Rope) {
        self.gone = false;
        if text == self.rope {
            self.history.mark_saved();
        } else {
            self.history.mark_unsaved();
        }
        self.disk = text;
    }

    /// True when `text` is what was last read from or written to the disk.
    pub fn known_on_disk(&self, text: &str) -> bool {
        self.disk == *text
    }

    /// True when the text is `text`.
    pub fn is(&self, text: &str) -> bool {
        self.rope == *text
    }

    /// Notes what the disk has now without taking it over; the buffer is dirty from now on.
    pub fn diverged(&mut self, text: Option<&str>) {
        self.gone = text.is_none();
        self.disk = Rope::from_str(text.unwrap_or_default());
        self.history.mark_unsaved();
    }

    /// Takes over what the disk has; can be undone. The cursor keeps its line and column.
    pub fn reload(&mut self, text: &str) {
        let (line, column) = self.place();
        let (range, new) = self.difference(text);
        self.replace(range, new, Kind::Other);
        self.go_to(line - 1, column - 1);
        self.saved(Rope::from_str(text));
    }

    /// The characters that differ from `text`, and what stands there in `text`.
    fn difference<'a>(&self, text: &'a str) -> (Range<usize>, &'a str) {
        let length = self.rope.len_chars();
        let old = self.rope.chars();
        let head = old
            .zip(text.char_indices())
            .take_while(|(a, (_, b))| a == b);
        let (start, from) = head.fold((0, 0), |(count, _), (_, (at, c))| {
            (count + 1, at + c.len_utf8())
        });
        let rest = text.get(from..).unwrap_or_default();
        let old = self.rope.chars_at(length).reversed().take(length - start);
        let tail = old.zip(rest.chars().rev()).take_while(|(a, b)| a == b);
        let (kept, bytes) = tail.fold((0, 0), |(count, bytes), (c, _)| {
            (count + 1, bytes + c.len_utf8())
        });
        (
            start..length - kept,
            rest.get(..rest.len() - bytes).unwrap_or_default(),
        )
    }

    /// Puts the cursor on a line and a character of it, both from 0, as near as there is.
    pub fn go_to(&mut self, line: usize, column: usize) {
        let line = line.min(self.lines() - 1);
        let text = self.line(line);
        let mut within = 0;
        for grapheme in text.graphemes(true) {
            let next = within + grapheme.chars().count();
            if next > column {
                break;
            }
            within = next;
        }
        let head = self.start_of(line) + within;
        self.at = Selection { head, anchor: None };
        self.goal = None;
        self.following = true;
        self.history.seal();
    }

    /// Puts marks in place of those before.
    pub fn set_marks(&mut self, mut marks: Vec<Mark>) {
        let last = self.lines() - 1;
        for mark in &mut marks {
            mark.line = mark.line.min(last);
        }
        marks.sort_by_key(|mark| (mark.line, mark.severity, mark.columns.start));
        marks.dedup();
        self.marks = marks;
        self.wrap_messages();
    }

    /// Cells that a row of text has; messages are wrapped to it.
    pub(super) fn set_width(&mut self, width: usize) {
        if self.width != width {
            self.width = width;
            self.wrap_messages();
        }
    }

    fn wrap_messages(&mut self) {
        self.messages.clear();
        for mark in &self.marks {
            let signs = std::iter::once("╰ ").chain(std::iter::repeat("  "));
            let rows = text::wrap(&mark.message, self.width.saturating_sub(2));
            let rows = signs.zip(rows).take(ROWS);
            let rows = rows.map(|(sign, row)| (mark.line, mark.severity, format!("{sign}{row}")));
            self.messages.extend(rows);
        }
    }

    /// Rows of messages under a line.
    pub(super) fn messages_under(&self, line: usize) -> &[(usize, Severity, String)] {
        let from = self.messages.partition_point(|(at, ..)| *at < line);
        let to = self.messages.partition_point(|(at, ..)| *at <= line);
        self.messages
            .get(from..to.min(from + 2 * ROWS))
            .unwrap_or_default()
    }

    /// Marks of a line.
    pub fn marks_on(&self, line: usize) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.line < line);
        let to = self.marks.partition_point(|mark| mark.line <= line);
        self.marks.get(from..to).unwrap_or_default()
    }

    /// Replaces a range of characters and puts the cursor behind the new text.
    pub(super) fn replace(&mut self, range: Range<usize>, text: &str, kind: Kind) {
        let before = self.at;
        let edit = Edit {
            at: range.start,
            removed: self.rope.slice(range).to_string(),
            inserted: text.to_owned(),
        };
        self.apply(&edit);
        let head = edit.at + edit.inserted.chars().count();
        self.at = Selection { head, anchor: None };
        self.goal = None;
        self.history.record(edit, before, self.at, kind);
    }

    /// Replaces a range as part of the step before; the selection becomes `after`.
    pub(super) fn replace_more(&mut self, range: Range<usize>, text: &str, after: Selection) {
        let edit = Edit {
            at: range.start,
            removed: self.rope.slice(range).to_string(),
            inserted: text.to_owned(),
        };
        self.apply(&edit);
        self.at = after;
        self.history.extend(edit, after);
    }

    /// Does an edit to the text alone; keeps marks and highlighting in step.
    pub(super) fn apply(&mut self, edit: &Edit) {
        self.following = true;
        let line = self.line_of(edit.at);
        let removed = edit.removed.chars().count();
        self.rope.remove(edit.at..edit.at + removed);
        self.rope.insert(edit.at, &edit.inserted);
        self.lexed.truncate(line);
        let count = |text: &str| text.matches('\n').count();
        let (gone, come) = (count(&edit.removed), count(&edit.inserted));
        let last = self.lines() - 1;
        let moved = |at: usize| (at.max(line + gone) - gone + come).min(last);
        for mark in self.marks.iter_mut().filter(|mark| mark.line > line) {
            mark.line = moved(mark.line);
        }
        for (at, ..) in self.messages.iter_mut().filter(|(at, ..)| *at > line) {
            *at = moved(*at);
        }
    }

    /// Works out highlighting up to a line, so that drawing need not change anything.
    pub fn lex_to(&mut self, line: usize) {
        let last = line.min(self.lines() - 1);
        let mut lexed = std::mem::take(&mut self.lexed);
        lexed.reach(self.language, last, |index| self.line(index));
        self.lexed = lexed;
    }

    /// Highlighting state at the start of a line that [`Buffer::lex_to`] reached.
    pub(super) fn lexer_state(&self, line: usize) -> lexer::State {
        self.lexed.at(line)
    }

    /// True when the path is this buffer's.
    pub fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }
}

fn trim_end_of_line(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Cell column of the character with index `within` in a line.
pub fn cell_of(line: &str, within: usize) -> usize {
    let head = line
        .char_indices()
        .nth(within)
        .map_or(line.len(), |(at, _)| at);
    let head = line.get(..head).unwrap_or(line);
    if head.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return head.len();
    }
    head.graphemes(true)
        .fold(0, |at, grapheme| at + cells(grapheme, at))
}

/// Index in the line of the character at or before a cell column.
pub fn char_at_cell(line: &str, cell: usize) -> usize {
    let (mut at, mut within) = (0, 0);
    for grapheme in line.graphemes(true) {
        at += cells(grapheme, at);
        if at > cell {
            break;
        }
        within += grapheme.chars().count();
    }
    within
}
