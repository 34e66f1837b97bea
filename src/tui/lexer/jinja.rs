//! Templates: delimiters and what is between them, in any text.

use std::ops::Range;

use super::{Piece, State, json};
use crate::tui::theme::Token;

/// Between which delimiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// `{{ }}`
    Expression,
    /// `{% %}`
    Statement,
    /// `{# #}`
    Comment,
}

const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "autoescape",
    "block",
    "break",
    "call",
    "continue",
    "do",
    "elif",
    "else",
    "endautoescape",
    "endblock",
    "endcall",
    "endfilter",
    "endfor",
    "endif",
    "endmacro",
    "endraw",
    "endset",
    "endwith",
    "extends",
    "false",
    "False",
    "filter",
    "for",
    "from",
    "if",
    "ignore",
    "import",
    "in",
    "include",
    "is",
    "macro",
    "missing",
    "none",
    "None",
    "not",
    "or",
    "raw",
    "recursive",
    "set",
    "true",
    "True",
    "with",
    "without",
];

pub(super) fn line(state: &mut State, text: &str, json: bool, out: &mut Vec<Piece>) {
    if state.inside.is_none() {
        state.in_string = false;
    }
    let mut at = 0;
    while at < text.len() {
        at = match state.inside {
            None => host(state, text, at, json, out),
            Some(Inside::Comment) => comment(state, text, at, out),
            Some(inside) => code(state, text, at, inside, out),
        };
    }
}

fn host(state: &mut State, text: &str, at: usize, json: bool, out: &mut Vec<Piece>) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let opening = rest.match_indices('{').find_map(|(offset, _)| {
        let inside = match rest.as_bytes().get(offset + 1) {
            Some(b'{') => Inside::Expression,
            Some(b'%') => Inside::Statement,
            Some(b'#') => Inside::Comment,
            _ => return None,
        };
        Some((at + offset, inside))
    });
    let end = opening.map_or(text.len(), |(start, _)| start);
    if json {
        json::stretch(state, text, at..end, out);
    }
    let Some((start, inside)) = opening else {
        return text.len();
    };
    state.inside = Some(inside);
    if inside == Inside::Comment {
        return comment(state, text, start, out);
    }
    let dash = matches!(text.as_bytes().get(start + 2), Some(b'-' | b'+'));
    let after = start + 2 + usize::from(dash);
    out.push((start..after, Token::Punctuation));
    after
}

fn comment(state: &mut State, text: &str, at: usize, out: &mut Vec<Piece>) -> usize {
    let found = text.get(at..).and_then(|rest| rest.find("#}"));
    let end = match found {
        Some(offset) => {
            state.inside = None;
            at + offset + 2
        }
        None => text.len(),
    };
    out.push((at..end, Token::Comment));
    end
}

/// One token of an expression or statement; gives the offset behind it.
fn code(state: &mut State, text: &str, at: usize, inside: Inside, out: &mut Vec<Piece>) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    if let Some(quote) = state.quote {
        let end = at + quoted(state, rest, quote, 0);
        out.push((at..end, Token::String));
        return end;
    }
    let close = if inside == Inside::Expression {
        "}}"
    } else {
        "%}"
    };
    let dashed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    if dashed.starts_with(close) {
        state.inside = None;
        let end = text.len() - dashed.len() + 2;
        out.push((at..end, Token::Punctuation));
        return end;
    }
    let Some(c) = rest.chars().next() else {
        return text.len();
    };
    let (length, token) = match c {
        '"' | '\'' => (quoted(state, rest, c, 1), Token::String),
        _ if c.is_alphabetic() || c == '_' => word(text, rest, at),
        _ if c.is_ascii_digit() => {
            let part = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_');
            (rest.find(part).unwrap_or(rest.len()), Token::Number)
        }
        '|' => (1, Token::Punctuation),
        _ => (c.len_utf8(), Token::Text),
    };
    out.push((at..at + length, token));
    at + length
}

fn word(text: &str, rest: &str, at: usize) -> (usize, Token) {
    let part = |c: char| !(c.is_alphanumeric() || c == '_');
    let length = rest.find(part).unwrap_or(rest.len());
    let word = rest.get(..length).unwrap_or_default();
    let before = text
        .get(..at)
        .unwrap_or_default()
        .trim_end()
        .chars()
        .next_back();
    let token = match before {
        Some('.') => Token::Text,
        Some('|') => Token::Key,
        _ if KEYWORDS.contains(&word) => Token::Keyword,
        _ => Token::Variable,
    };
    (length, token)
}

/// Bytes up to and with the closing quote; notes when the line ends before it.
fn quoted(state: &mut State, rest: &str, quote: char, from: usize) -> usize {
    let body: Range<usize> = from..rest.len();
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip_while(|(at, _)| *at < body.start) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => {
                state.quote = None;
                return at + c.len_utf8();
            }
            _ => {}
        }
    }
    state.quote = Some(quote);
    rest.len()
}
