//! Whole lines: levels of indentation, comments, moving, doubling, deleting, joining.

use std::ops::Range;

use super::buffer::Buffer;
use super::edit::INDENT;
use super::history::{Kind, Selection};
use crate::tui::lexer::Language;

/// A change within a line: characters of it, and what comes in their place.
type Change = (Range<usize>, String);

impl Buffer {
    /// Indents the selected lines, or inserts blanks up to the next level.
    pub fn indent(&mut self) {
        if let Some(lines) = self.selected_lines() {
            self.indent_lines(lines, 1);
            return;
        }
        let column = self.cursor().1;
        self.insert(&" ".repeat(INDENT - column % INDENT));
    }

    /// Takes one level of indentation from the selected lines or the cursor's.
    pub fn dedent(&mut self) {
        self.dedent_lines(self.touched_lines(), 1);
    }

    /// Indents lines by levels, empty ones excepted.
    pub fn indent_lines(&mut self, lines: Range<usize>, levels: usize) {
        self.each_line(lines, |text| {
            (!text.is_empty()).then(|| (0..0, " ".repeat(INDENT * levels)))
        });
    }

    /// Takes levels of indentation from lines, as far as they have them.
    pub fn dedent_lines(&mut self, lines: Range<usize>, levels: usize) {
        self.each_line(lines, |text| {
            let most = INDENT * levels;
            let blanks = text.chars().take(most).take_while(|c| *c == ' ').count();
            (blanks > 0).then_some((0..blanks, String::new()))
        });
    }

    /// Lines that the selection touches, when it spans more than one.
    fn selected_lines(&self) -> Option<Range<usize>> {
        let lines = self.touched_lines();
        (self.selection().is_some() && lines.len() > 1 || self.whole_line_selected())
            .then_some(lines)
    }

    fn whole_line_selected(&self) -> bool {
        self.selection().is_some_and(|range| {
            let line = self.line_of(range.start);
            range.start == self.start_of(line) && range.end == self.start_of(line + 1)
        })
    }

    /// Lines that the selection touches, or the cursor's.
    pub fn touched_lines(&self) -> Range<usize> {
        let head = self.head();
        let range = self.selection().unwrap_or(head..head);
        let (first, last) = (self.line_of(range.start), self.line_of(range.end));
        // A selection that ends at the start of a line does not touch it.
        let beyond = range.end > range.start && last > first && range.end == self.start_of(last);
        first..last + usize::from(!beyond)
    }

    /// Changes each line by what `change` says, as one step.
    fn each_line(&mut self, lines: Range<usize>, change: impl Fn(&str) -> Option<Change>) {
        let mut first = true;
        for line in lines {
            let Some((within, text)) = change(&self.line(line)) else {
                continue;
            };
            let start = self.start_of(line);
            let (from, to) = (start + within.start, start + within.end);
            let added = text.chars().count();
            let moved = |at: usize| match at {
                // What begins at the start of a line goes on doing so.
                _ if at < to || at == start => at.min(from),
                _ => at - (to - from) + added,
            };
            let after = Selection {
                head: if self.at.anchor.is_none() && self.at.head == from {
                    from + added
                } else {
                    moved(self.at.head)
                },
                anchor: self.at.anchor.map(moved),
            };
            if first {
                self.replace(from..to, &text, Kind::Other);
                self.at = after;
                self.settle_step();
            } else {
                self.replace_more(from..to, &text, after);
            }
            first = false;
        }
    }

    /// Makes comments of the touched lines, or texts of comments.
    ///
    /// # Errors
    /// When the language has no comments, or a comment inside stands in the way.
    pub fn toggle_comment(&mut self) -> Result<(), String> {
        self.comment_lines(self.touched_lines())
    }

    /// Makes comments of lines, or texts of comments when all of them are.
    ///
    /// # Errors
    /// When the language has no comments, or a comment inside stands in the way.
    pub fn comment_lines(&mut self, lines: Range<usize>) -> Result<(), String> {
        let (open, close) = match self.language {
            Language::Yaml => ("#", ""),
            Language::JinjaJson | Language::JinjaText => ("{#", "#}"),
            Language::Json => return Err("JSON has no comments".to_owned()),
            Language::Csv | Language::Plain => {
                return Err("this kind of file has no comments".to_owned());
            }
        };
        let is_comment = |text: &str| {
            let text = text.trim();
            text.starts_with(open) && text.ends_with(close)
        };
        let texts = lines.clone().map(|line| (line, self.line(line)));
        let texts = texts.filter(|(_, text)| !text.trim().is_empty());
        let (mut all, mut level, mut inside) = (true, usize::MAX, None);
        for (line, text) in texts {
            all &= is_comment(&text);
            level = level.min(blanks(&text));
            if !close.is_empty() && text.contains(close) {
                inside.get_or_insert(line);
            }
        }
        if level == usize::MAX {
            return Ok(());
        }
        if all {
            self.each_line_ends(lines.clone(), close);
            self.each_line(lines, |text| {
                let at = blanks(text);
                let bare = text.trim_start().strip_prefix(open)?;
                let blank = usize::from(bare.starts_with(' '));
                Some((at..at + open.len() + blank, String::new()))
            });
            return self.one_step();
        }
        if let Some(line) = inside {
            return Err(format!(
                "line {} has a comment already; comments cannot contain comments",
                line + 1
            ));
        }
        self.history.begin();
        self.each_line(lines.clone(), |text| {
            (!text.trim().is_empty()).then(|| (level..level, format!("{open} ")))
        });
        if !close.is_empty() {
            self.each_line(lines, |text| {
                let end = text.chars().count();
                (!text.trim().is_empty()).then(|| (end..end, format!(" {close}")))
            });
        }
        self.one_step()
    }

    fn one_step(&mut self) -> Result<(), String> {
        self.history.end();
        Ok(())
    }

    /// Takes the ends of comments from lines; opens a step.
    fn each_line_ends(&mut self, lines: Range<usize>, close: &str) {
        self.history.begin();
        if close.is_empty() {
            return;
        }
        self.each_line(lines, |text| {
            let bare = text.trim_end().strip_suffix(close)?;
            let kept = bare.strip_suffix(' ').unwrap_or(bare);
            Some((kept.chars().count()..text.chars().count(), String::new()))
        });
    }

    /// Characters of lines without the last one's end.
    pub(super) fn span(&self, lines: &Range<usize>) -> Range<usize> {
        let last = lines.end.saturating_sub(1).max(lines.start);
        let end = self.start_of(last) + self.line(last).chars().count();
        self.start_of(lines.start)..end
    }

    /// Puts the touched lines above the line before them, or below the one after.
    pub fn move_lines(&mut self, up: bool) {
        let lines = self.touched_lines();
        let beyond = if up {
            lines.start == 0
        } else {
            lines.end >= self.lines()
        };
        if beyond {
            return;
        }
        let other = if up { lines.start - 1 } else { lines.end };
        let both = lines.start.min(other)..lines.end.max(other + 1);
        let block = self.rope.slice(self.span(&lines)).to_string();
        let line = self.line(other).into_owned();
        let end = self.line_end();
        let (text, by) = if up {
            let by = line.chars().count() + end.len();
            (format!("{block}{end}{line}"), -by.cast_signed())
        } else {
            let by = line.chars().count() + end.len();
            (format!("{line}{end}{block}"), by.cast_signed())
        };
        let moved = |at: usize| at.saturating_add_signed(by);
        let at = self.at;
        self.replace(self.span(&both), &text, Kind::Other);
        let most = self.rope.len_chars();
        self.at = Selection {
            head: moved(at.head).min(most),
            anchor: at.anchor.map(|anchor| moved(anchor).min(most)),
        };
        self.settle_step();
    }

    /// Puts a copy of the touched lines below them; the cursor goes there.
    pub fn duplicate_lines(&mut self) {
        let lines = self.touched_lines();
        let span = self.span(&lines);
        let text = format!("{}{}", self.line_end(), self.rope.slice(span.clone()));
        let by = text.chars().count();
        let at = self.at;
        self.replace(span.end..span.end, &text, Kind::Other);
        self.at = Selection {
            head: at.head + by,
            anchor: at.anchor.map(|anchor| anchor + by),
        };
        self.settle_step();
    }

    /// Deletes the touched lines; the cursor keeps its column.
    pub fn delete_lines(&mut self) {
        let lines = self.touched_lines();
        let cell = self.cursor().1;
        let removed = self.lines_range(&lines);
        if removed.is_empty() {
            return;
        }
        self.replace(removed, "", Kind::Other);
        let line = lines.start.min(self.lines() - 1);
        self.at.head = self.at_cell(line, cell);
        self.settle_step();
    }

    /// Characters to take out so that lines are gone: with the end before them when nothing follows.
    pub(super) fn lines_range(&self, lines: &Range<usize>) -> Range<usize> {
        let (from, to) = (self.start_of(lines.start), self.start_of(lines.end));
        let last = lines.end >= self.lines();
        match lines.start.checked_sub(1) {
            Some(above) if last => self.span(&(above..lines.start)).end..self.rope.len_chars(),
            _ => from..to,
        }
    }

    /// Joins the touched lines, or the cursor's with the next, by single blanks.
    pub fn join_lines(&mut self) {
        let lines = self.touched_lines();
        let lines = lines.start..lines.end.max(lines.start + 2);
        self.join(lines, true);
    }

    /// Joins lines; the cursor goes where the last one was joined. With `blank`, indentation makes way
    /// for one blank.
    pub fn join(&mut self, lines: Range<usize>, blank: bool) {
        let lines = lines.start..lines.end.min(self.lines());
        if lines.len() < 2 {
            return;
        }
        let mut text = self.line(lines.start).into_owned();
        let mut joint = text.chars().count();
        for line in lines.clone().skip(1) {
            let next = self.line(line);
            let next = if blank { next.trim_start() } else { &next };
            if blank {
                text.truncate(text.trim_end().len());
            }
            joint = text.chars().count();
            let close = next.starts_with(')') || next.is_empty() || text.is_empty();
            if blank && !close {
                text.push(' ');
            }
            text.push_str(next);
        }
        let span = self.span(&lines);
        let start = span.start;
        self.replace(span, &text, Kind::Other);
        self.at = Selection {
            head: start + joint,
            anchor: None,
        };
        self.settle_step();
    }

    /// Selects the cursor's line, or one more.
    pub fn select_line(&mut self) {
        let lines = self.touched_lines();
        self.at = Selection {
            anchor: Some(self.start_of(lines.start)),
            head: self.start_of(lines.end),
        };
        self.history.seal();
    }
}

/// Characters of indentation.
fn blanks(text: &str) -> usize {
    text.chars().take_while(|c| c.is_whitespace()).count()
}
