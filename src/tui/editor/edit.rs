//! Changing the text: typing, deleting, lines, clipboard, undo.

use super::buffer::Buffer;
use super::history::{Kind, Selection};
use super::motion::Motion;
use crate::tui::lexer::Language;

/// Blanks of one level.
const INDENT: usize = 2;

impl Buffer {
    /// Types a character.
    pub fn type_char(&mut self, c: char) {
        let range = self.selection();
        let kind = if range.is_some() {
            Kind::Other
        } else {
            Kind::Typing
        };
        let at = self.at.head;
        self.replace(range.unwrap_or(at..at), c.encode_utf8(&mut [0; 4]), kind);
    }

    /// Inserts a text in place of the selection; line ends become the file's own.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = if self.crlf() {
            text.replace('\n', "\r\n")
        } else {
            text
        };
        let at = self.at.head;
        let range = self.selection().unwrap_or(at..at);
        self.replace(range, &text, Kind::Other);
    }

    /// Starts a new line, indented as the text asks for.
    pub fn new_line(&mut self) {
        let at = self.at.head;
        let range = self.selection().unwrap_or(at..at);
        let line = self.line_of(range.start);
        let within = range.start - self.start_of(line);
        let before: String = self.line(line).chars().take(within).collect();
        let indent = next_indent(&before, self.language);
        let end = if self.crlf() { "\r\n" } else { "\n" };
        let text = format!("{end}{}", " ".repeat(indent));
        self.replace(range, &text, Kind::Other);
    }

    /// Deletes the selection or what `motion` passes over.
    pub fn delete(&mut self, motion: Motion) {
        let (range, kind) = match self.selection() {
            Some(range) => (range, Kind::Other),
            None => {
                let head = self.at.head;
                let mut to = self.target(motion, 0);
                if motion == Motion::Left {
                    to = self.back_over_indent(head).unwrap_or(to);
                }
                let one = matches!(motion, Motion::Left | Motion::Right);
                (
                    head.min(to)..head.max(to),
                    if one { Kind::Deleting } else { Kind::Other },
                )
            }
        };
        if !range.is_empty() {
            self.replace(range, "", kind);
        }
    }

    /// In the indentation of a line, backspace goes back one level.
    fn back_over_indent(&self, head: usize) -> Option<usize> {
        let line = self.line_of(head);
        let within = head - self.start_of(line);
        let blank = within > 0 && self.line(line).chars().take(within).all(|c| c == ' ');
        blank.then(|| head - ((within - 1) % INDENT + 1))
    }

    /// Indents the selected lines, or inserts blanks up to the next level.
    pub fn indent(&mut self) {
        if let Some(lines) = self.selected_lines() {
            self.each_line(lines, |text| {
                (!text.is_empty()).then_some((0, " ".repeat(INDENT)))
            });
            return;
        }
        let column = self.cursor().1;
        self.insert(&" ".repeat(INDENT - column % INDENT));
    }

    /// Takes one level of indentation from the selected lines or the cursor's.
    pub fn dedent(&mut self) {
        let here = self.line_of(self.at.head);
        let lines = self.selected_lines().unwrap_or(here..here + 1);
        self.each_line(lines, |text| {
            let blanks = text.chars().take(INDENT).take_while(|c| *c == ' ').count();
            (blanks > 0).then_some((blanks, String::new()))
        });
    }

    /// Lines that the selection touches, when it spans more than one.
    fn selected_lines(&self) -> Option<std::ops::Range<usize>> {
        let range = self.selection()?;
        let (first, last) = (self.line_of(range.start), self.line_of(range.end));
        let ends_at_start = range.end == self.start_of(last);
        (first != last).then(|| first..last + usize::from(!ends_at_start))
    }

    /// Replaces the first characters of each line by what `change` says, as one step.
    fn each_line(
        &mut self,
        lines: std::ops::Range<usize>,
        change: impl Fn(&str) -> Option<(usize, String)>,
    ) {
        let mut first = true;
        for line in lines {
            let Some((remove, text)) = change(&self.line(line)) else {
                continue;
            };
            let start = self.start_of(line);
            let moved = |at: usize| {
                if at >= start + remove {
                    at - remove + text.chars().count()
                } else {
                    at.min(start)
                }
            };
            let after = Selection {
                head: moved(self.at.head),
                anchor: self.at.anchor.map(moved),
            };
            if first {
                self.replace(start..start + remove, &text, Kind::Other);
                self.at = after;
            } else {
                self.replace_more(start..start + remove, &text, after);
            }
            first = false;
        }
    }

    /// What copying would take: the selection, or the cursor's line with its end.
    pub fn copy(&self) -> String {
        self.selected().unwrap_or_else(|| {
            let line = self.line_of(self.at.head);
            format!("{}\n", self.line(line))
        })
    }

    /// Takes what copying would out of the text.
    pub fn cut(&mut self) -> String {
        let text = self.copy();
        let line = self.line_of(self.at.head);
        let whole = self.start_of(line)..self.start_of(line + 1);
        let range = self.selection().unwrap_or(whole);
        if !range.is_empty() {
            self.replace(range, "", Kind::Other);
        }
        text
    }

    /// Takes the last step back; false when there is none.
    pub fn undo(&mut self) -> bool {
        let step = self.history.undo();
        self.run(step)
    }

    /// Does the last step taken back again; false when there is none.
    pub fn redo(&mut self) -> bool {
        let step = self.history.redo();
        self.run(step)
    }

    fn run(&mut self, step: Option<(Vec<super::history::Edit>, Selection)>) -> bool {
        let Some((edits, selection)) = step else {
            return false;
        };
        for edit in &edits {
            self.apply(edit);
        }
        self.at = selection;
        self.goal = None;
        true
    }

    fn crlf(&self) -> bool {
        self.rope.get_line(0).is_some_and(|line| {
            let length = line.len_chars();
            length >= 2 && line.get_char(length - 2) == Some('\r')
        })
    }
}

/// Blanks that a line after `before` starts with.
fn next_indent(before: &str, language: Language) -> usize {
    let blanks = before.chars().take_while(|c| *c == ' ').count();
    let rest = before.trim();
    match language {
        Language::Yaml => {
            let item = rest.strip_prefix("- ");
            let list = if item.is_some_and(|item| item.contains(':')) {
                INDENT
            } else {
                0
            };
            let opens = [":", ": |", ": >", ": |-", ": >-", "- |", "- >"];
            let deeper = opens.iter().any(|end| rest.ends_with(end));
            blanks + list + if deeper { INDENT } else { 0 }
        }
        _ if rest.ends_with(['{', '[']) => blanks + INDENT,
        _ => blanks,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
