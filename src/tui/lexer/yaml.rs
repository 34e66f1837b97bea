//! YAML by lines: keys, scalars, block texts, flow collections, `${...}` tokens.

use super::{Piece, State, scalar};
use crate::tui::theme::Token;

struct Line<'a, 'o> {
    text: &'a str,
    at: usize,
    out: &'o mut Vec<Piece>,
}

pub(super) fn line(state: &mut State, text: &str, out: &mut Vec<Piece>) {
    let indent = text.len() - text.trim_start_matches(' ').len();
    let blank = text.trim().is_empty();
    if let Some(parent) = state.block {
        if blank {
            return;
        }
        if indent > parent {
            string_with_tokens(text, 0, text.len(), out);
            return;
        }
        state.block = None;
    }
    let mut line = Line { text, at: 0, out };
    if let Some(quote) = state.quote.take() {
        line.quoted(state, quote, 0);
        line.value(state, indent, false);
        return;
    }
    line.at = indent;
    if text == "---" || text == "..." {
        line.push(3, Token::Punctuation);
        return;
    }
    while line.rest() == "-" || line.rest().starts_with("- ") {
        line.push(1, Token::Punctuation);
        line.blanks();
    }
    let column = line.at;
    let keyed = line.key();
    // The text of a block must be indented more than its key, or its dash.
    let parent = if keyed || column == indent {
        column
    } else {
        column.saturating_sub(2)
    };
    line.value(state, parent, false);
}

impl<'a> Line<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, length: usize, token: Token) {
        self.out.push((self.at..self.at + length, token));
        self.at += length;
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// A key and its colon, when that is what comes.
    fn key(&mut self) -> bool {
        let rest = self.rest();
        let Some(length) = key_length(rest) else {
            return false;
        };
        self.push(length, Token::Key);
        let colon = self.rest();
        self.at += colon.len() - colon.trim_start().len();
        self.push(1, Token::Punctuation);
        true
    }

    /// Everything after a key.
    fn value(&mut self, state: &mut State, parent: usize, mut flow: bool) {
        loop {
            self.blanks();
            let rest = self.rest();
            let Some(c) = rest.chars().next() else {
                return;
            };
            let before = self.text.get(..self.at).unwrap_or_default();
            match c {
                '#' if before.is_empty() || before.ends_with([' ', '\t']) => {
                    self.push(rest.len(), Token::Comment);
                }
                '"' | '\'' => match flow.then(|| key_length(rest)).flatten() {
                    Some(length) => self.push(length, Token::Key),
                    None => self.quoted(state, c, 1),
                },
                '{' | '[' | '}' | ']' => {
                    flow = true;
                    self.push(1, Token::Punctuation);
                }
                ',' | ':' if flow => self.push(1, Token::Punctuation),
                '&' | '*' | '!' if ends_blank(before) => {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    self.push(end, Token::Variable);
                }
                '|' | '>' if !flow && block_header(rest) => {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    self.push(end, Token::Punctuation);
                    state.block = Some(parent);
                }
                _ => self.plain(flow),
            }
        }
    }

    fn plain(&mut self, flow: bool) {
        let rest = self.rest();
        if flow && let Some(length) = key_length(rest) {
            self.push(length, Token::Key);
            return;
        }
        let mut end = rest.len();
        let mut braces = 0usize;
        let mut previous = ' ';
        for (at, c) in rest.char_indices() {
            let comment = c == '#' && previous.is_whitespace() && at > 0;
            braces += usize::from(c == '{' && previous == '$');
            let closes = flow && braces == 0 && matches!(c, ',' | ']' | '}');
            if comment || closes {
                end = at;
                break;
            }
            if c == '}' {
                braces = braces.saturating_sub(1);
            }
            previous = c;
        }
        let word = rest.get(..end).unwrap_or_default().trim_end();
        let length = word
            .len()
            .max(rest.chars().next().map_or(0, char::len_utf8));
        let token = scalar(word);
        let to = self.at + length;
        if token == Token::Text {
            tokens(self.text, self.at, to, Token::Text, self.out);
            self.at = to;
        } else {
            self.push(length, token);
        }
    }

    /// A quoted text from here, `skip` bytes of which are the opening quote.
    fn quoted(&mut self, state: &mut State, quote: char, skip: usize) {
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(skip).peekable();
        let mut end = None;
        while let Some((at, c)) = chars.next() {
            if c == '\\' && quote == '"' {
                chars.next();
            } else if c == quote {
                if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) {
                    chars.next();
                } else {
                    end = Some(at + 1);
                    break;
                }
            }
        }
        state.quote = end.is_none().then_some(quote);
        let to = self.at + end.unwrap_or(rest.len());
        string_with_tokens(self.text, self.at, to, self.out);
        self.at = to;
    }
}

fn ends_blank(text: &str) -> bool {
    text.chars().next_back().is_none_or(char::is_whitespace)
}

fn block_header(rest: &str) -> bool {
    let head = rest.split(" #").next().unwrap_or_default().trim_end();
    head.len() <= 3
        && head
            .chars()
            .skip(1)
            .all(|c| c == '-' || c == '+' || c.is_ascii_digit())
}

/// Bytes of a key at the start of `rest`, without its colon.
fn key_length(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    let from = if first == '"' || first == '\'' {
        let close = rest.get(1..)?.find(first)? + 2;
        let after = rest.get(close..)?.trim_start();
        return (after == ":" || after.starts_with(": ")).then_some(close);
    } else if "{}[],#&*!|>%@`-?:".contains(first) && !rest.starts_with("<<") {
        return None;
    } else {
        0
    };
    let colon = rest.match_indices(':').map(|(at, _)| at).find(|at| {
        rest.get(at + 1..)
            .is_none_or(|tail| tail.is_empty() || tail.starts_with([' ', '\t']))
    })?;
    let key = rest.get(from..colon)?;
    let sound = !key.contains(" #") && !key.contains(['{', '}', '[', ']', ',', '"']);
    sound.then(|| key.trim_end().len())
}

fn string_with_tokens(text: &str, from: usize, to: usize, out: &mut Vec<Piece>) {
    tokens(text, from, to, Token::String, out);
}

/// Pushes a stretch as `token`, with `${...}` in it as variables.
fn tokens(text: &str, from: usize, to: usize, token: Token, out: &mut Vec<Piece>) {
    let mut at = from;
    while let Some(offset) = text.get(at..to).and_then(|rest| rest.find("${")) {
        let start = at + offset;
        let Some(length) = text.get(start..to).and_then(|rest| rest.find('}')) else {
            break;
        };
        if at < start {
            out.push((at..start, token));
        }
        at = start + length + 1;
        out.push((start..at, Token::Variable));
    }
    if at < to {
        out.push((at..to, token));
    }
}
