//! Changing the text: typing, deleting, lines, clipboard, undo.

use super::buffer::Buffer;
use super::history::{Kind, Selection};
use super::motion::Motion;
use crate::tui::lexer::Language;

/// Blanks of one level.
pub(super) const INDENT: usize = 2;

impl Buffer {
    /// Types a character; brackets and quotes come in pairs where that helps.
    pub fn type_char(&mut self, c: char) {
        if !self.type_in_pair(c) {
            self.type_plainly(c);
        }
    }

    /// Types a character and nothing else.
    pub(super) fn type_plainly(&mut self, c: char) {
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
        let text = self.own_ends(&text.replace("\r\n", "\n").replace('\r', "\n"));
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
        let end = self.line_end();
        let text = format!("{end}{}", " ".repeat(indent));
        let between = range.is_empty() && self.between_brackets();
        if between {
            // The closing bracket goes to a line of its own.
            let outer = before.chars().take_while(|c| *c == ' ').count();
            let text = format!(
                "{end}{}{end}{}",
                " ".repeat(outer + INDENT),
                " ".repeat(outer)
            );
            self.replace(range.clone(), &text, Kind::Other);
            self.at.head = range.start + end.len() + outer + INDENT;
            self.settle_step();
            return;
        }
        // Blanks that nothing follows are not left behind at the end of a line.
        let blank = !before.is_empty() && before.trim().is_empty() && range.is_empty();
        let from = if blank {
            range.start - within
        } else {
            range.start
        };
        let text = if blank {
            format!("{end}{before}")
        } else {
            text
        };
        self.replace(from..range.end, &text, Kind::Other);
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
        if motion == Motion::Left && self.selection().is_none() && self.delete_pair() {
            return;
        }
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
        self.changed_at = edits.iter().map(|edit| edit.at).min().unwrap_or(0);
        self.at = selection;
        self.goal = None;
        true
    }

    /// The selection is part of the step that was just done.
    pub(super) fn settle_step(&mut self) {
        self.history.amend(self.at);
    }

    /// What ends a line of this file.
    pub(super) fn line_end(&self) -> &'static str {
        if self.crlf() { "\r\n" } else { "\n" }
    }

    pub(super) fn crlf(&self) -> bool {
        self.rope.get_line(0).is_some_and(|line| {
            let length = line.len_chars();
            length >= 2 && line.get_char(length - 2) == Some('\r')
        })
    }
}

/// Blanks that a line after `before` starts with.
pub(super) fn next_indent(before: &str, language: Language) -> usize {
    let blanks = before.chars().take_while(|c| *c == ' ').count();
    let rest = before.trim();
    match language {
        Language::Yaml if rest.starts_with('#') => blanks,
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
