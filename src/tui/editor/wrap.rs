//! Where lines break that are wider than the view, when they are wrapped.

use std::ops::Range;

use super::buffer::{Buffer, cell_of, char_at_cell};
use super::cells;
use unicode_segmentation::UnicodeSegmentation;

/// Byte ranges of the rows of a line; one empty row for an empty line. Rows break behind blanks where
/// that leaves them two thirds full, and never within a grapheme.
pub fn rows(line: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(1);
    if line.len() <= width && line.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return std::iter::once(0..line.len()).collect();
    }
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Behind the last blank of the row, and the cells up to there.
    let mut blank = (0, 0);
    for (at, grapheme) in line.grapheme_indices(true) {
        let wide = cells(grapheme, used);
        if used + wide > width && at > start {
            let (end, before) = if blank.0 > start && blank.1 * 3 > width * 2 {
                blank
            } else {
                (at, used)
            };
            rows.push(start..end);
            start = end;
            used -= before;
        }
        used += wide;
        if grapheme == " " {
            blank = (at + 1, used);
        }
    }
    rows.push(start..line.len());
    rows
}

/// The row that a byte of the line is in; the last row for the line's end.
pub fn row_of(rows: &[Range<usize>], byte: usize) -> usize {
    let found = rows.iter().position(|row| row.contains(&byte));
    found.unwrap_or(rows.len().saturating_sub(1))
}

impl Buffer {
    /// True when long lines go on in the next row.
    pub(super) fn wraps(&self) -> bool {
        self.options.wrap && self.width > 0
    }

    /// Rows that a line takes, without the messages under it.
    pub(super) fn rows_of(&self, line: usize) -> usize {
        if self.wraps() {
            rows(&self.line(line), self.width).len()
        } else {
            1
        }
    }

    /// Row of the cursor within its line, and its cell in that row.
    pub(super) fn cursor_row(&self) -> (usize, usize) {
        let (line, cell) = self.cursor();
        if !self.wraps() {
            return (0, cell);
        }
        let text = self.line(line);
        let byte = super::buffer::byte_of(&text, self.head() - self.start_of(line));
        let rows = rows(&text, self.width);
        let row = row_of(&rows, byte);
        let start = rows.get(row).map_or(0, |row| row.start);
        let part = text.get(start..byte).unwrap_or_default();
        (row, cell_of(part, part.chars().count()))
    }

    /// The character that many rows up or down, as near to a cell of the row as there is.
    pub(super) fn rows_away(&self, by: isize, cell: usize) -> usize {
        let (mut line, _) = self.cursor();
        let mut row = self.cursor_row().0.cast_signed().saturating_add(by);
        while row < 0 {
            let Some(above) = line.checked_sub(1) else {
                return 0;
            };
            line = above;
            row += self.rows_of(line).cast_signed();
        }
        loop {
            let count = self.rows_of(line).cast_signed();
            if row < count {
                break;
            }
            if line + 1 >= self.lines() {
                return self.rope.len_chars();
            }
            row -= count;
            line += 1;
        }
        self.char_in_row(line, row.unsigned_abs(), cell)
    }

    /// The character at a cell of a row of a line.
    pub(super) fn char_in_row(&self, line: usize, row: usize, cell: usize) -> usize {
        let text = self.line(line);
        let rows = rows(&text, self.width);
        let last = rows.len().saturating_sub(1);
        let row = row.min(last);
        let range = rows.get(row).cloned().unwrap_or(0..0);
        let before = text.get(..range.start).unwrap_or_default();
        let part = text.get(range).unwrap_or_default();
        let mut within = char_at_cell(part, cell);
        if row < last && within == part.chars().count() {
            // Behind the last character of a row is the start of the next one.
            within = part
                .graphemes(true)
                .next_back()
                .map_or(0, |end| part.chars().count() - end.chars().count());
        }
        self.start_of(line) + before.chars().count() + within
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_break_behind_words() {
        let text = "one two three four";
        let shown: Vec<&str> = rows(text, 8).into_iter().map(|row| &text[row]).collect();
        assert_eq!(shown, ["one two ", "three ", "four"]);
        assert_eq!(rows("", 8).first(), Some(&(0..0)));
        let wide = "日本語日本語";
        let shown: Vec<&str> = rows(wide, 5).into_iter().map(|row| &wide[row]).collect();
        assert_eq!(shown, ["日本", "語日", "本語"]);
    }

    proptest! {
        #[test]
        fn rows_cover_any_line_in_order(text in "[a-z é日\t👍🏽]{0,60}", width in 1usize..20) {
            let rows = rows(&text, width);
            let mut end = 0;
            for row in &rows {
                prop_assert_eq!(row.start, end);
                prop_assert!(text.get(row.clone()).is_some());
                end = row.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
