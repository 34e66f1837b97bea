//! JSON, also in stretches between a template's delimiters.

use std::ops::Range;

use super::{Piece, State, scalar};
use crate::tui::theme::Token;

/// Highlights a stretch of a line; `state.in_string` tells whether it starts (and then ends) inside
/// a string.
pub(super) fn stretch(state: &mut State, text: &str, range: Range<usize>, out: &mut Vec<Piece>) {
    let mut at = range.start;
    while at < range.end {
        let rest = text.get(at..range.end).unwrap_or_default();
        let Some(c) = rest.chars().next() else {
            return;
        };
        let length = match c {
            _ if state.in_string => string(state, rest, 0),
            '"' => {
                state.in_string = true;
                string(state, rest, 1)
            }
            '{' | '}' | '[' | ']' | ',' | ':' => {
                out.push((at..at + 1, Token::Punctuation));
                at += 1;
                continue;
            }
            _ if c.is_ascii_alphanumeric() || c == '-' => {
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c)))
                    .unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or_default();
                out.push((at..at + end, scalar(word)));
                at += end;
                continue;
            }
            _ => {
                at += c.len_utf8();
                continue;
            }
        };
        let whole = c == '"' && !state.in_string && length > 1;
        let tail = rest.get(length..).unwrap_or_default();
        let key = whole && tail.trim_start().starts_with(':');
        out.push((
            at..at + length,
            if key { Token::Key } else { Token::String },
        ));
        at += length;
    }
}

/// Bytes up to and with the closing quote.
fn string(state: &mut State, rest: &str, from: usize) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip_while(|(at, _)| *at < from) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                state.in_string = false;
                return at + 1;
            }
            _ => {}
        }
    }
    rest.len()
}
