//! Searching in a buffer and replacing what is found: the lines to type into, and what they do.

use std::ops::Range;

use super::history::Kind;
use super::{Buffer, Input, Pattern, Reading};

/// Which of the two lines has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// What is looked for.
    #[default]
    Find,
    /// What is put in its place.
    Replace,
}

/// An open search.
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// What is looked for.
    pub input: Input,
    /// What is put in its place, when replacing.
    pub with: Option<Input>,
    /// Which line has the keys.
    pub field: Field,
    /// How it is read.
    pub reading: Reading,
    /// The characters to stay within, when not the whole text.
    pub within: Option<Range<usize>>,
    /// Where the search started; typing goes on from there.
    pub origin: usize,
    /// True when nothing matches.
    pub failed: bool,
    /// Why the pattern is none.
    pub wrong: Option<String>,
    /// Number of the match that is selected, from 1, and of all; 0 when none is.
    pub count: Option<(usize, usize)>,
    pattern: Option<Pattern>,
}

impl Find {
    /// A search that starts at a character, with a first text.
    pub fn new(origin: usize, text: &str) -> Self {
        let mut find = Self {
            origin,
            input: Input::new(text),
            ..Self::default()
        };
        find.compile();
        find
    }

    /// Call after the text or the reading changed.
    pub fn compile(&mut self) {
        match Pattern::new(self.input.text(), self.reading) {
            Ok(pattern) => {
                self.pattern = pattern;
                self.wrong = None;
            }
            Err(why) => {
                self.pattern = None;
                self.wrong = Some(why);
            }
        }
    }

    /// The line that has the keys.
    pub fn line(&mut self) -> &mut Input {
        match &mut self.with {
            Some(with) if self.field == Field::Replace => with,
            _ => &mut self.input,
        }
    }

    /// What is looked for.
    pub fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref()
    }
}

impl Buffer {
    /// What is shown as found.
    pub fn shown_pattern(&self) -> Option<&Pattern> {
        match &self.find {
            Some(find) => find.pattern(),
            None => self.found.as_ref(),
        }
    }

    /// Opens the search, or the replacing, with the selection: a part of a line is looked for, several
    /// lines are where to look.
    pub fn open_find(&mut self, replacing: bool) {
        let selection = self.selection();
        let several = selection
            .as_ref()
            .is_some_and(|range| self.line_of(range.start) != self.line_of(range.end));
        let text = self.selected().filter(|_| !several);
        let origin = selection.as_ref().map_or(self.head(), |range| range.start);
        let mut find = match self.find.take() {
            Some(find) => Find { origin, ..find },
            None => Find::new(origin, ""),
        };
        // What stands there is a suggestion: typing takes its place.
        match text {
            Some(text) => find.input = Input::suggested(&text),
            None => find.input.select_all(),
        }
        if several {
            find.within = selection;
            self.deselect();
        }
        find.with = match find.with.take() {
            None if replacing => Some(Input::default()),
            with => with,
        };
        find.field = Field::Find;
        find.compile();
        self.find = Some(find);
        self.count_found();
    }

    /// Takes another text or reading over: goes to the first match from where the search started.
    pub fn refind(&mut self) {
        let Some(find) = &mut self.find else {
            return;
        };
        find.compile();
        let origin = find.origin;
        self.find_from(origin, true);
    }

    /// Selects the next match at or after a character (or before it), going round the end.
    pub fn find_from(&mut self, from: usize, forward: bool) {
        let Some(mut find) = self.find.take() else {
            return;
        };
        let within = find.within.clone();
        let from = from.min(self.rope.len_chars());
        let found = find
            .pattern
            .as_ref()
            .and_then(|pattern| self.search(pattern, from, forward, within));
        find.failed = found.is_none() && !find.input.text().is_empty();
        if let Some(range) = found {
            self.point(range.start, false);
            self.point(range.end, true);
        }
        self.find = Some(find);
        self.count_found();
    }

    /// Selects the match after the selected one, or the one before it.
    pub fn find_next(&mut self, forward: bool) {
        let selection = self.selection();
        let from = match (&selection, forward) {
            (Some(range), true) => range.end,
            (Some(range), false) => range.start,
            (None, true) if self.found_nothing_here() => self.after(self.head()),
            (None, _) => self.head(),
        };
        self.find_from(from, forward);
    }

    /// True when the match at the cursor is empty; the next one is behind it.
    fn found_nothing_here(&self) -> bool {
        let at = self.head();
        let pattern = self.shown_pattern();
        pattern
            .and_then(|pattern| self.search(pattern, at, true, None))
            .is_some_and(|hit| hit == (at..at))
    }

    fn count_found(&mut self) {
        let Some(mut find) = self.find.take() else {
            return;
        };
        let at = self.selection().map_or(self.head(), |range| range.start);
        find.count = match (&find.pattern, &find.within) {
            (Some(pattern), None) => pattern.count(&self.rope, at).map(|(before, all)| {
                let selected = self.selection().is_some() && !find.failed;
                (if selected { before + 1 } else { 0 }, all)
            }),
            _ => None,
        };
        self.find = Some(find);
    }

    /// The next match at or after a character, or the last one that ends before it.
    pub fn search(
        &self,
        pattern: &Pattern,
        from: usize,
        forward: bool,
        within: Option<Range<usize>>,
    ) -> Option<Range<usize>> {
        let within = within.unwrap_or(0..self.rope.len_chars());
        let from = from.clamp(within.start, within.end.max(within.start));
        let (top, bottom) = (self.line_of(within.start), self.line_of(within.end));
        let count = bottom - top + 1;
        let first = self.line_of(from) - top;
        // The starting line comes twice: its far part first, its near part after going round.
        for step in 0..=count {
            let line = top
                + if forward {
                    first + step
                } else {
                    first + 2 * count - step
                } % count;
            let start = self.start_of(line);
            let text = self.line(line);
            let mut hits = pattern
                .matches(&text)
                .map(|range| start + chars(&text, range.start)..start + chars(&text, range.end))
                .filter(|hit| hit.start >= within.start && hit.end <= within.end)
                .filter(|hit| match (step, forward) {
                    (0, true) => hit.start >= from,
                    (0, false) => hit.start < from,
                    _ => true,
                });
            let hit = if forward { hits.next() } else { hits.last() };
            if hit.is_some() {
                return hit;
            }
        }
        None
    }

    /// Replaces the selected match and selects the next one; selects the first when none is. Gives
    /// whether something was replaced.
    pub fn replace_found(&mut self) -> bool {
        let Some((pattern, with)) = self.replacing() else {
            return false;
        };
        let hit = self.selection().filter(|range| {
            self.search(&pattern, range.start, true, None)
                .is_some_and(|hit| hit == *range)
        });
        let Some(range) = hit else {
            let from = self.selection().map_or(self.head(), |range| range.start);
            self.find_from(from, true);
            return false;
        };
        let line = self.line_of(range.start);
        let (start, text) = (self.start_of(line), self.line(line).into_owned());
        let byte = |at: usize| super::buffer::byte_of(&text, at - start);
        let (from, to) = (byte(range.start), byte(range.end));
        // Only the one match counts: what lies before it stays as it is.
        let (made, count) = pattern.replaced(&text, from..text.len(), &with, 1);
        if count == 0 {
            return false;
        }
        let tail = text.len() - to;
        let new = made.get(from..made.len() - tail).unwrap_or_default();
        self.replace(range, &self.own_ends(new), Kind::Other);
        let at = self.head();
        self.find_from(at, true);
        true
    }

    /// Replaces every match as one step; gives how many there were.
    pub fn replace_all(&mut self) -> usize {
        let Some((pattern, with)) = self.replacing() else {
            return 0;
        };
        let within = self.find.as_ref().and_then(|find| find.within.clone());
        let count = self.replace_in(&pattern, &with, within, usize::MAX);
        if let Some(find) = &mut self.find {
            find.failed = false;
        }
        self.count_found();
        count
    }

    /// Replaces matches in a stretch of the text as one step, at most `most` in each line; gives how many
    /// there were. The cursor goes to the last line that changed.
    pub fn replace_in(
        &mut self,
        pattern: &Pattern,
        with: &str,
        within: Option<Range<usize>>,
        most: usize,
    ) -> usize {
        let within = within.unwrap_or(0..self.rope.len_chars());
        let (top, bottom) = (self.line_of(within.start), self.line_of(within.end));
        let mut count = 0;
        // The lines from the first to the last change are put in place in one go.
        let (mut new, mut kept) = (String::new(), String::new());
        let mut changed: Option<Range<usize>> = None;
        for line in top..=bottom {
            let start = self.start_of(line);
            let text = self.line(line);
            let byte = |at: usize| super::buffer::byte_of(&text, at.saturating_sub(start));
            let (made, found) =
                pattern.replaced(&text, byte(within.start)..byte(within.end), with, most);
            let end = self.rope.slice(start..self.start_of(line + 1));
            let end = end.to_string();
            let end = end.get(text.len()..).unwrap_or_default();
            if found > 0 {
                count += found;
                new.push_str(&std::mem::take(&mut kept));
                new.push_str(&self.own_ends(&made));
                changed = Some(changed.map_or(line, |range| range.start)..line + 1);
                kept.push_str(end);
            } else if changed.is_some() {
                kept.push_str(&text);
                kept.push_str(end);
            }
        }
        let Some(lines) = changed else {
            return 0;
        };
        let (line, column) = self.place();
        let from = self.start_of(lines.start);
        let last = lines.end - 1;
        let to = self.start_of(last) + self.line(last).chars().count();
        self.replace(from..to, &new, Kind::Other);
        self.go_to(line - 1, column - 1);
        count
    }

    fn replacing(&self) -> Option<(Pattern, String)> {
        let find = self.find.as_ref()?;
        let with = find.with.as_ref()?.text().to_owned();
        Some((find.pattern.clone()?, with))
    }

    /// A text with the line ends of this file.
    pub(super) fn own_ends(&self, text: &str) -> String {
        if self.crlf() && text.contains('\n') {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        }
    }
}

/// Characters before a byte.
fn chars(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |head| head.chars().count())
}
