//! Splitting, partitioning and joining of texts.

use super::is_python_space;
use crate::template::text::{Pieces, bytes_of};
use crate::template::{Ctx, Error, Str, Value};

/// The separator and the largest number of splits; `None` splits at runs of whitespace.
pub(super) fn split<'t>(
    text: &'t str,
    separator: Option<&str>,
    most: i64,
    from_right: bool,
) -> Result<Vec<&'t str>, Error> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Ok(match (separator, from_right) {
        (Some(""), _) => return Err(Error::value_error("split: the separator is empty")),
        (Some(separator), false) => pieces(text, separator, most),
        (Some(separator), true) => {
            let mut parts: Vec<&str> = text.rsplitn(most.saturating_add(1), separator).collect();
            parts.reverse();
            parts
        }
        (None, false) => words(text, most),
        (None, true) => words_from_right(text, most),
    })
}

fn pieces<'t>(text: &'t str, separator: &str, most: usize) -> Vec<&'t str> {
    let mut pieces = Pieces::of(text.as_bytes(), separator.as_bytes());
    let (mut parts, mut rest) = (Vec::new(), text);
    for piece in pieces.by_ref().take(most) {
        parts.push(rest.get(..piece.len()).unwrap_or_default());
        let behind = piece.len() + separator.len();
        rest = rest.get(behind..).unwrap_or_default();
    }
    if pieces.is_left() {
        parts.push(rest);
    }
    parts
}

/// All pieces between separators of at least one byte.
pub(super) fn all(text: &str, separator: &str) -> Vec<Value> {
    // Most texts that are split have few pieces.
    let mut parts = Vec::with_capacity(8);
    for piece in Pieces::of(text.as_bytes(), separator.as_bytes()) {
        parts.push(Value::Str(Str::from_utf8(piece)));
    }
    parts
}

/// Texts with another between them; `None` when something is no text.
pub(super) fn joined(
    ctx: &mut Ctx<'_>,
    separator: &str,
    items: &[Value],
) -> Option<Result<Value, Error>> {
    let mut size = separator.len().saturating_mul(items.len());
    for item in items {
        size = size.saturating_add(bytes_of(item)?.len());
    }
    let checked = ctx.check_size(size);
    Some(checked.and_then(|()| {
        ctx.captured(|ctx| {
            ctx.write(|_, out| {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.extend_from_slice(separator.as_bytes());
                    }
                    out.extend_from_slice(bytes_of(item).unwrap_or_default());
                }
            });
            Ok(())
        })
    }))
}

fn words(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_python_space);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        let end = rest.find(is_python_space).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        parts.push(word);
        rest = tail.trim_start_matches(is_python_space);
    }
    parts
}

fn words_from_right(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end_matches(is_python_space);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        let start = rest
            .char_indices()
            .rev()
            .find(|(_, one)| is_python_space(*one))
            .map_or(0, |(at, one)| at + one.len_utf8());
        let (head, word) = rest.split_at(start);
        parts.push(word);
        rest = head.trim_end_matches(is_python_space);
    }
    parts.reverse();
    parts
}

/// Python's `splitlines`.
pub(in crate::template) fn lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let is_end = |one: char| {
        matches!(
            one,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(at) = rest.find(is_end) else {
            parts.push(rest);
            break;
        };
        let tail = rest.get(at..).unwrap_or_default();
        let length = if tail.starts_with("\r\n") {
            2
        } else {
            tail.chars().next().map_or(1, char::len_utf8)
        };
        let end = if keep_ends { at + length } else { at };
        parts.push(rest.get(..end).unwrap_or_default());
        rest = rest.get(at + length..).unwrap_or_default();
    }
    parts
}

/// Before, separator and after.
pub(super) fn partition<'t>(
    text: &'t str,
    separator: &'t str,
    from_right: bool,
) -> Result<[&'t str; 3], Error> {
    if separator.is_empty() {
        return Err(Error::value_error("partition: the separator is empty"));
    }
    let found = if from_right {
        text.rsplit_once(separator)
    } else {
        text.split_once(separator)
    };
    Ok(match (found, from_right) {
        (Some((before, after)), _) => [before, separator, after],
        (None, false) => [text, "", ""],
        (None, true) => ["", "", text],
    })
}
