//! A text with its name and the way from character counts to lines and columns.

use std::path::Path;
use std::sync::Arc;

use super::{Place, Pos, Span};

/// A text as the user wrote it, without a byte order mark.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: Arc<Path>,
    pub(crate) text: String,
    /// Index (in characters) of the first character of each line.
    lines: Vec<usize>,
    /// The same in bytes.
    offsets: Vec<usize>,
    /// Number of characters.
    pub(crate) len: usize,
}

impl Source {
    pub(crate) fn new(path: &Path, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let (mut lines, mut offsets) = (vec![0], vec![0]);
        let mut len = 0;
        let mut chars = text.char_indices().peekable();
        while let Some((offset, one)) = chars.next() {
            len += 1;
            let ends = match one {
                '\n' => true,
                '\r' => chars.peek().is_none_or(|&(_, next)| next != '\n'),
                _ => false,
            };
            if ends {
                lines.push(len);
                offsets.push(offset + 1);
            }
        }
        Self {
            path: path.into(),
            text,
            lines,
            offsets,
            len,
        }
    }

    /// The position of the character with this index (from 0).
    pub(crate) fn pos(&self, index: usize) -> Pos {
        let line = self.lines.partition_point(|&start| start <= index);
        let start = line
            .checked_sub(1)
            .and_then(|before| self.lines.get(before))
            .copied()
            .unwrap_or(0);
        Pos {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(index - start + 1).unwrap_or(u32::MAX),
        }
    }

    /// The stretch between two character indexes, `end` exclusive.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span {
            start: self.pos(start),
            end: self.pos(end.max(start)),
        }
    }

    /// A place in this text.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place {
            path: Arc::clone(&self.path),
            span: Some(span),
        }
    }

    /// The line with this number (from 1), without its end.
    pub(crate) fn line(&self, number: u32) -> &str {
        let nth = |at: u32| {
            let at = usize::try_from(at).ok()?;
            self.offsets.get(at).copied()
        };
        let start = nth(number.saturating_sub(1)).unwrap_or(self.text.len());
        let end = nth(number).unwrap_or(self.text.len());
        let line = self.text.get(start..end).unwrap_or_default();
        line.trim_end_matches(['\n', '\r'])
    }
}
