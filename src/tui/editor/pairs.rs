//! Brackets and quotes: closed by themselves, typed over, deleted together, matched.

use super::buffer::Buffer;
use super::history::{Kind, Selection};
use crate::tui::lexer::{self, Language};
use crate::tui::theme::Token;

/// Brackets that belong together.
const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
/// Most characters looked through for the other bracket.
const REACH: usize = 50_000;

fn closing(c: char) -> Option<char> {
    let found = BRACKETS.iter().find(|(open, _)| *open == c);
    found.map(|(_, close)| *close)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

impl Buffer {
    /// Types a character of a pair in its special way; false when it is typed plainly.
    pub(super) fn type_in_pair(&mut self, c: char) -> bool {
        if !self.pairs() {
            return false;
        }
        if let Some(close) = closing(c).or(Some(c).filter(|c| is_quote(*c)))
            && self.selection().is_some()
        {
            return self.surround(c, close);
        }
        if self.selection().is_some() {
            return false;
        }
        let (before, after) = self.around();
        if c != ' ' && self.step_over_blank(c, before, after) {
            return true;
        }
        if c != ' ' && self.closers.contains(&self.head()) && after == Some(c) {
            // The cursor steps over what came by itself.
            let at = self.head();
            self.closers.retain(|place| *place != at);
            self.point(at + 1, false);
            return true;
        }
        if let Some(close) = closing(c).filter(|_| self.closes_here(after)) {
            return self.type_pair(c, close);
        }
        if is_quote(c) && self.quote_closes(c, before, after) {
            return self.type_pair(c, c);
        }
        // A block or comment of a template.
        let tag = matches!(c, '%' | '#') && self.has_tags();
        if tag && before == Some('{') && after == Some('}') {
            return self.type_pair(c, c);
        }
        if c == ' ' && self.within_tag() {
            return self.type_pair(' ', ' ');
        }
        false
    }

    /// Steps over the blank that came by itself before the end of a tag, and the sign behind it. A blank
    /// that was typed takes its place.
    fn step_over_blank(&mut self, c: char, before: Option<char>, after: Option<char>) -> bool {
        let at = self.head();
        let ends = matches!(c, '}' | '%' | '#') && self.rope.get_char(at + 1) == Some(c);
        let own = self.closers.contains(&at) && self.closers.contains(&(at + 1));
        if after != Some(' ') || !ends || !own {
            return false;
        }
        self.closers
            .retain(|place| *place != at && *place != at + 1);
        if before == Some(' ') {
            self.replace(at..at + 1, "", Kind::Other);
            self.point(at + 1, false);
        } else {
            self.point(at + 2, false);
        }
        true
    }

    fn pairs(&self) -> bool {
        self.options.pairs && !matches!(self.language, Language::Plain | Language::Csv)
    }

    fn has_tags(&self) -> bool {
        matches!(
            self.language,
            Language::Yaml | Language::JinjaJson | Language::JinjaText
        )
    }

    /// Puts the selection between a pair; it stays selected.
    fn surround(&mut self, open: char, close: char) -> bool {
        let (Some(range), Some(text)) = (self.selection(), self.selected()) else {
            return false;
        };
        if text.contains('\n') {
            return false;
        }
        let at = self.at;
        self.replace(range, &format!("{open}{text}{close}"), Kind::Other);
        self.at = Selection {
            head: at.head + 1,
            anchor: at.anchor.map(|anchor| anchor + 1),
        };
        self.settle_step();
        true
    }

    fn type_pair(&mut self, open: char, close: char) -> bool {
        let at = self.head();
        self.replace(at..at, &format!("{open}{close}"), Kind::Other);
        self.at.head = at + 1;
        self.settle_step();
        // Only what stands on one line and close to the cursor is remembered.
        if self.closers.len() > 16 {
            self.closers.clear();
        }
        self.closers.push(at + 1);
        true
    }

    /// The characters before and behind the cursor.
    fn around(&self) -> (Option<char>, Option<char>) {
        let at = self.head();
        let before = at.checked_sub(1).and_then(|at| self.rope.get_char(at));
        (before, self.rope.get_char(at))
    }

    /// True where a closing bracket may come by itself: not right before a word, nor in a comment.
    fn closes_here(&self, after: Option<char>) -> bool {
        let free = after.is_none_or(|c| c.is_whitespace() || ")]},;:\"'%#".contains(c));
        free && self.token() != Some(Token::Comment)
    }

    fn quote_closes(&self, c: char, before: Option<char>, after: Option<char>) -> bool {
        let word = before.is_some_and(|one| one.is_alphanumeric() || one == '_' || one == c);
        let backtick = c == '`';
        !word && !backtick && self.closes_here(after) && self.token() != Some(Token::String)
    }

    /// How the text left of the cursor is highlighted.
    fn token(&self) -> Option<Token> {
        let line = self.line_of(self.head());
        let text = self.line(line);
        let within = self.head() - self.start_of(line);
        let byte = super::buffer::byte_of(&text, within).checked_sub(1)?;
        let mut pieces = Vec::new();
        let mut state = self.lexer_state(line);
        lexer::line(self.language, &mut state, &text, &mut pieces);
        let piece = pieces.iter().find(|(range, _)| range.contains(&byte));
        piece.map(|(_, token)| *token)
    }

    /// True between the signs of an empty `{{}}`, `{%%}` or `{##}`.
    fn within_tag(&self) -> bool {
        if !self.has_tags() {
            return false;
        }
        let at = self.head();
        let Some(start) = at.checked_sub(2) else {
            return false;
        };
        let around = self
            .rope
            .get_slice(start..(at + 2).min(self.rope.len_chars()));
        let around = around.map(|text| text.to_string()).unwrap_or_default();
        matches!(around.as_str(), "{{}}" | "{%%}" | "{##}")
    }

    /// Deletes both halves of an empty pair around the cursor; false when there is none.
    pub(super) fn delete_pair(&mut self) -> bool {
        if !self.pairs() {
            return false;
        }
        let at = self.head();
        let (Some(before), Some(after)) = self.around() else {
            return false;
        };
        let empty = closing(before) == Some(after)
            || self.closers.contains(&at) && before == after && "\"'%# ".contains(before);
        if empty {
            self.replace(at - 1..at + 1, "", Kind::Other);
        }
        empty
    }

    /// True right between a bracket that opens a block and the one that closes it.
    pub(super) fn between_brackets(&self) -> bool {
        let (before, after) = self.around();
        let brackets = matches!(
            (before, after),
            (Some('{'), Some('}')) | (Some('['), Some(']'))
        );
        brackets && self.pairs() && self.closers.contains(&self.head())
    }

    /// The bracket at or before the cursor and the one it belongs to.
    pub fn pair(&self) -> Option<(usize, usize)> {
        let at = self.head();
        let left = at.checked_sub(1);
        [Some(at), left]
            .into_iter()
            .flatten()
            .find_map(|at| Some((at, self.partner(at)?)))
    }

    /// Where the bracket is that belongs to the one at a character.
    pub fn partner(&self, at: usize) -> Option<usize> {
        let c = self.rope.get_char(at)?;
        let (open, close) = BRACKETS
            .iter()
            .copied()
            .find(|(open, close)| *open == c || *close == c)?;
        let mut depth = 0usize;
        let mut step = |one: char, inner: char, outer: char| {
            if one == inner {
                depth += 1;
            } else if one == outer {
                depth = depth.saturating_sub(1);
            }
            depth == 0
        };
        if c == open {
            let chars = self.rope.chars_at(at).take(REACH);
            let found = chars.enumerate().find(|(_, one)| step(*one, open, close));
            found.map(|(offset, _)| at + offset)
        } else {
            let chars = self.rope.chars_at(at + 1).reversed().take(REACH);
            let found = chars.enumerate().find(|(_, one)| step(*one, close, open));
            found.map(|(offset, _)| at - offset)
        }
    }

    /// Puts the cursor on the bracket that belongs to the one at it; false when there is none.
    pub fn go_to_partner(&mut self, extend: bool) -> bool {
        let Some((at, other)) = self.pair() else {
            return false;
        };
        // Behind a closing bracket, the way back leads before the opening one, and the other way round.
        let behind = usize::from(at < self.head() && other > at);
        self.point(other + behind, extend);
        true
    }
}
