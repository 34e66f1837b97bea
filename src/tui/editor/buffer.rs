//! One open file: its text, cursor, selection, history, marks and where the view stands.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;

use crate::config::Severity;
use crate::tui::difference::Difference;
use crate::tui::lexer::{self, Language};
use crate::tui::text;

use super::history::{Edit, History, Kind, Selection};
use super::{Find, Options, Pattern, cells};

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

/// How the cursor stands in the text, and what a selection takes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Between two characters; a selection ends before the cursor.
    #[default]
    Bar,
    /// On a character.
    Block,
    /// On a character, and the selection takes it in.
    Characters,
    /// On a character; the selection takes whole lines in.
    Lines,
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
    /// The file was never there.
    pub unborn: bool,
    /// What someone else wrote to the file while there are changes here, as long as it is undecided
    /// whose text is to stay.
    pub theirs: Option<Rope>,
    /// First line shown.
    pub top: usize,
    /// First cell column shown.
    pub left: usize,
    /// Rows of the first line that are scrolled away; only when lines are wrapped.
    pub skipped: usize,
    /// The open search, if any.
    pub find: Option<Find>,
    /// What is shown as found while no search is open.
    pub found: Option<Pattern>,
    /// How the cursor stands.
    pub shape: Shape,
    pub(super) options: Options,
    pub(super) places: HashMap<char, usize>,
    /// Closing brackets that came by themselves and may be typed over.
    pub(super) closers: Vec<usize>,
    /// Rows that the view has.
    pub(super) rows: usize,
    /// Where undoing or redoing changed something last.
    pub(super) changed_at: usize,
    revision: u64,
    /// The last answer of [`Buffer::dirty`], and for which revision.
    known: Cell<Option<(u64, bool)>>,
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
    pub(super) width: usize,
    lexed: lexer::States,
    /// Text as last read from or written to the disk.
    disk: Rope,
    /// Grows whenever something else is known of the disk.
    disk_revision: u64,
    /// The revision at which the file was found to be gone, and whether it was unsaved then.
    gone_at: Option<(u64, bool)>,
}

impl Buffer {
    /// A buffer with a text, for tests.
    #[cfg(test)]
    pub fn new(path: PathBuf, name: String, text: &str) -> Self {
        Self::of(path, name, Rope::from_str(text))
    }

    /// A buffer with the text of a file that was read elsewhere, so that a long one holds nobody up.
    pub fn of(path: PathBuf, name: String, rope: Rope) -> Self {
        let language = Language::of(&path);
        Self {
            path,
            name,
            language,
            read_only: None,
            gone: false,
            unborn: false,
            theirs: None,
            top: 0,
            left: 0,
            skipped: 0,
            find: None,
            found: None,
            shape: Shape::default(),
            options: Options::default(),
            places: HashMap::new(),
            closers: Vec::new(),
            rows: 24,
            changed_at: 0,
            revision: 0,
            known: Cell::new(None),
            disk: rope.clone(),
            disk_revision: 0,
            gone_at: None,
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

    /// An empty text for a file that is not there yet: saving makes it.
    pub fn unborn(path: PathBuf, name: String) -> Self {
        Self {
            gone: true,
            unborn: true,
            gone_at: Some((0, false)),
            ..Self::of(path, name, Rope::new())
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
        let range = match self.shape {
            Shape::Bar | Shape::Block => from..to,
            Shape::Characters => from..self.after(to),
            Shape::Lines => self.start_of(self.line_of(from))..self.start_of(self.line_of(to) + 1),
        };
        (range.start < range.end).then_some(range)
    }

    /// What is changed next is a step of its own to undo.
    pub fn seal(&mut self) {
        self.history.end();
    }

    /// Grows with every change of the text.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes over how texts are shown and typed.
    pub fn set_options(&mut self, options: Options) {
        if self.options.wrap && !options.wrap {
            self.skipped = 0;
        }
        self.options = options;
        if options.wrap {
            self.left = 0;
        }
    }

    /// The file has another name now.
    pub fn moved(&mut self, path: PathBuf, name: String) {
        let language = Language::of(&path);
        if language != self.language {
            self.lexed = lexer::States::default();
        }
        (self.path, self.name, self.language) = (path, name, language);
    }

    /// The selected text.
    pub fn selected(&self) -> Option<String> {
        self.selection()
            .map(|range| self.rope.slice(range).to_string())
    }

    /// True when it differs from what is on disk. Compares texts at most once a change.
    pub fn dirty(&self) -> bool {
        if !self.history.dirty() || self.gone {
            return self.history.dirty();
        }
        if self.rope.len_bytes() != self.disk.len_bytes() {
            return true;
        }
        if let Some((revision, dirty)) = self.known.get()
            && revision == self.revision
        {
            return dirty;
        }
        let dirty = self.rope != self.disk;
        self.known.set(Some((self.revision, dirty)));
        dirty
    }

    /// The text as it is now (`text`) is what the disk has.
    pub fn saved(&mut self, text: Rope) {
        self.gone = false;
        self.unborn = false;
        self.theirs = None;
        if text == self.rope {
            self.history.mark_saved();
        } else {
            self.history.mark_unsaved();
        }
        self.set_disk(text);
    }

    fn set_disk(&mut self, text: Rope) {
        self.disk = text;
        self.disk_revision += 1;
        self.known.set(None);
    }

    /// What the disk had when it was last looked at; `None` when the file was gone. One that was never
    /// there counts as empty: what comes there is somebody else's text.
    pub fn disk(&self) -> Option<Rope> {
        (!self.gone || self.unborn).then(|| self.disk.clone())
    }

    /// Grows whenever something else is known of the disk.
    pub fn disk_revision(&self) -> u64 {
        self.disk_revision
    }

    /// True when `text` is what was last read from or written to the disk.
    pub fn known_on_disk(&self, text: &Rope) -> bool {
        self.disk == *text
    }

    /// True when the text is `text`.
    pub fn is(&self, text: &Rope) -> bool {
        self.rope == *text
    }

    /// Notes what the disk has now without taking it over; the buffer is dirty from now on.
    pub fn diverged(&mut self, text: Option<Rope>) {
        if text.is_none() && !self.gone {
            self.gone_at = Some((self.revision, self.dirty()));
        }
        self.gone = text.is_none();
        self.theirs = None;
        self.set_disk(text.unwrap_or_default());
        self.history.mark_unsaved();
    }

    /// True when something would be lost if the disk's text took the place of this one: a file that is
    /// merely gone has nothing that was typed.
    pub fn holds_edits(&self) -> bool {
        match self.gone_at.filter(|_| self.gone) {
            Some((revision, dirty)) => dirty || revision != self.revision,
            None => self.dirty(),
        }
    }

    /// Takes over what the disk has; can be undone.
    pub fn reload(&mut self, text: Rope) {
        self.take_over(&text);
        self.saved(text);
    }

    /// Puts another text in place of this one as one step. The cursor stays on its line of text, and the
    /// line stays where it is on the screen.
    pub fn take_over(&mut self, text: &Rope) {
        let (line, column) = self.place();
        let (line, row) = (line - 1, (line - 1).saturating_sub(self.top));
        let (top, follows) = (self.top, self.following);
        let seen = line >= top;
        let moved = Difference::between(&self.rope, text);
        let (range, within) = self.difference(text);
        let new = text.slice(within).to_string();
        self.history.end();
        self.replace(range, &new, Kind::Other);
        let to = moved.follow(line);
        self.go_to(to, column - 1);
        self.top = if top == 0 && to < self.rows {
            // Who looks at the beginning sees what came there.
            0
        } else if follows && seen {
            to.saturating_sub(row)
        } else {
            moved.follow(top)
        };
        self.top = self.top.min(self.lines() - 1);
        self.following = follows;
    }

    /// The characters that differ from `text`, and which stand there in `text`.
    fn difference(&self, text: &Rope) -> (Range<usize>, Range<usize>) {
        let (old, new) = (self.rope.len_chars(), text.len_chars());
        let same = self.rope.chars().zip(text.chars());
        let head = same.take_while(|(a, b)| a == b).count();
        let rest = old.min(new) - head;
        let tails = self.rope.chars_at(old).reversed();
        let tails = tails.zip(text.chars_at(new).reversed()).take(rest);
        let tail = tails.take_while(|(a, b)| a == b).count();
        (head..old - tail, head..new - tail)
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
        if range.is_empty() && text.is_empty() {
            return;
        }
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
        self.revision += 1;
        let line = self.line_of(edit.at);
        let removed = edit.removed.chars().count();
        self.rope.remove(edit.at..edit.at + removed);
        self.rope.insert(edit.at, &edit.inserted);
        self.lexed.truncate(line);
        self.keep_places(edit.at, removed, edit.inserted.chars().count());
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

    /// Moves remembered places with an edit at `at`.
    fn keep_places(&mut self, at: usize, removed: usize, inserted: usize) {
        let moved = |place: usize| match place {
            _ if place <= at => place,
            _ if place >= at + removed => place - removed + inserted,
            _ => at,
        };
        for place in self.places.values_mut() {
            *place = moved(*place);
        }
        // Where something is typed right before a bracket, the bracket goes on.
        let gone = |place: usize| place >= at && place < at + removed;
        self.closers.retain(|place| !gone(*place));
        for place in self.closers.iter_mut().filter(|place| **place >= at) {
            *place = *place - removed + inserted;
        }
        if let Some(within) = self.find.as_mut().and_then(|find| find.within.as_mut()) {
            // The end of a stretch to search goes on with what is put there.
            let end = if within.end >= at + removed {
                within.end - removed + inserted
            } else {
                moved(within.end)
            };
            *within = moved(within.start)..end;
        }
    }

    /// Works out highlighting of the lines from `first` to `last`, so that drawing need not change
    /// anything.
    pub fn lex(&mut self, first: usize, last: usize) {
        let last = last.min(self.lines() - 1);
        let mut lexed = std::mem::take(&mut self.lexed);
        lexed.reach(self.language, first.min(last), last, |index| {
            self.line(index)
        });
        self.lexed = lexed;
    }

    /// Highlighting state at the start of a line that [`Buffer::lex`] reached.
    pub(super) fn lexer_state(&self, line: usize) -> lexer::State {
        self.lexed.at(line)
    }

    /// True when the path is this buffer's.
    pub fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }
}

/// A line without its end.
pub(super) fn trim_end_of_line(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Byte of the character with index `within` in a line; the end behind the last.
pub fn byte_of(line: &str, within: usize) -> usize {
    line.char_indices()
        .nth(within)
        .map_or(line.len(), |(at, _)| at)
}

/// Cell column of the character with index `within` in a line.
pub fn cell_of(line: &str, within: usize) -> usize {
    let head = byte_of(line, within);
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
