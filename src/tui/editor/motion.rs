//! Moving the cursor, by graphemes as people see them.

use unicode_segmentation::UnicodeSegmentation;

use super::buffer::{Buffer, cell_of, char_at_cell};

/// A way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One grapheme back.
    Left,
    /// One grapheme on.
    Right,
    /// To the start of the word, or of the one before.
    WordLeft,
    /// Behind the end of the word, or of the next one.
    WordRight,
    /// That many lines up.
    Up(usize),
    /// That many lines down.
    Down(usize),
    /// To the first character that is no blank, or, from there, to the start of the line.
    Home,
    /// To the end of the line.
    End,
    /// To the start of the text.
    Top,
    /// To the end of the text.
    Bottom,
}

/// What a character is when words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Between words.
    Blank,
    /// Of a word.
    Word,
    /// Signs, which make words of their own.
    Other,
}

/// The class of a character; accents on their own belong to words.
pub(super) fn class(c: char) -> Class {
    let accent = |c: char| !c.is_control() && unicode_width::UnicodeWidthChar::width(c) == Some(0);
    match c {
        _ if c.is_whitespace() => Class::Blank,
        _ if c.is_alphanumeric() || c == '_' || accent(c) => Class::Word,
        _ => Class::Other,
    }
}

impl Buffer {
    /// Moves the cursor; `extend` keeps the other end of the selection.
    pub fn go(&mut self, motion: Motion, extend: bool) {
        let vertical = matches!(motion, Motion::Up(_) | Motion::Down(_));
        let goal = vertical.then(|| self.goal.unwrap_or_else(|| self.cursor_row().1));
        let to = match motion {
            Motion::Left if !extend => self.selection().map(|range| range.start),
            Motion::Right if !extend => self.selection().map(|range| range.end),
            _ => None,
        };
        let to = to.unwrap_or_else(|| self.target(motion, goal.unwrap_or(0)));
        self.point(to, extend);
        self.goal = goal;
    }

    /// Puts the cursor on a character; `extend` keeps the other end of the selection.
    pub fn point(&mut self, to: usize, extend: bool) {
        self.at.anchor = extend.then(|| self.at.anchor.unwrap_or(self.at.head));
        self.at.head = to.min(self.rope.len_chars());
        self.goal = None;
        self.following = true;
        self.history.seal();
    }

    /// Remembers the cursor's place as the one to come back to.
    pub fn mark_jump(&mut self) {
        self.places.insert('\'', self.at.head);
    }

    /// Selects everything.
    pub fn select_all(&mut self) {
        self.at.anchor = Some(0);
        self.at.head = self.rope.len_chars();
        self.history.seal();
    }

    /// Selects the word under the cursor.
    pub fn select_word(&mut self) {
        let line = self.line_of(self.at.head);
        let start = self.start_of(line);
        let chars: Vec<char> = self.line(line).chars().collect();
        let within = (self.at.head - start).min(chars.len().saturating_sub(1));
        let Some(kind) = chars.get(within).map(|c| class(*c)) else {
            return;
        };
        let same = |c: &&char| class(**c) == kind;
        let before = chars.iter().take(within).rev().take_while(same).count();
        let after = chars.iter().skip(within).take_while(same).count();
        self.at.anchor = Some(start + within - before);
        self.at.head = start + within + after;
    }

    /// Drops the selection.
    pub fn deselect(&mut self) {
        self.at.anchor = None;
    }

    /// The character at a line and cell column, as near as there is.
    pub fn at_cell(&self, line: usize, cell: usize) -> usize {
        let line = line.min(self.lines() - 1);
        self.start_of(line) + char_at_cell(&self.line(line), cell)
    }

    pub(super) fn before(&self, at: usize) -> usize {
        let line = self.line_of(at);
        let start = self.start_of(line);
        if at == start {
            return match line.checked_sub(1) {
                Some(above) => self.start_of(above) + self.line(above).chars().count(),
                None => 0,
            };
        }
        let text = self.line(line);
        let mut within = 0;
        for grapheme in text.graphemes(true) {
            let next = within + grapheme.chars().count();
            if start + next >= at {
                break;
            }
            within = next;
        }
        start + within
    }

    pub(super) fn after(&self, at: usize) -> usize {
        let line = self.line_of(at);
        let start = self.start_of(line);
        let text = self.line(line);
        let mut within = 0;
        for grapheme in text.graphemes(true) {
            within += grapheme.chars().count();
            if start + within > at {
                return start + within;
            }
        }
        if line + 1 < self.rope.len_lines() {
            self.start_of(line + 1)
        } else {
            self.rope.len_chars()
        }
    }

    pub(super) fn target(&self, motion: Motion, goal: usize) -> usize {
        let head = self.at.head;
        let line = self.line_of(head);
        let start = self.start_of(line);
        match motion {
            Motion::Left => self.before(head),
            Motion::Right => self.after(head),
            Motion::WordLeft => self.word_left(head),
            Motion::WordRight => self.word_right(head),
            Motion::Up(0) | Motion::Down(0) => head,
            Motion::Up(count) if self.wraps() => {
                let by = isize::try_from(count).unwrap_or(isize::MAX);
                self.rows_away(-by, goal)
            }
            Motion::Down(count) if self.wraps() => {
                self.rows_away(isize::try_from(count).unwrap_or(isize::MAX), goal)
            }
            Motion::Up(_) if line == 0 => 0,
            Motion::Up(count) => self.at_cell(line.saturating_sub(count), goal),
            Motion::Down(_) if line + 1 >= self.lines() => self.rope.len_chars(),
            Motion::Down(count) => self.at_cell(line.saturating_add(count), goal),
            Motion::Home => {
                let blanks = self
                    .line(line)
                    .chars()
                    .take_while(|c| c.is_whitespace())
                    .count();
                if head == start + blanks {
                    start
                } else {
                    start + blanks
                }
            }
            Motion::End => start + self.line(line).chars().count(),
            Motion::Top => 0,
            Motion::Bottom => self.rope.len_chars(),
        }
    }

    fn word_left(&self, from: usize) -> usize {
        let line = self.line_of(from);
        let start = self.start_of(line);
        if from == start {
            return self.before(from);
        }
        let chars: Vec<char> = self.line(line).chars().take(from - start).collect();
        let blanks = chars.iter().rev().take_while(|c| c.is_whitespace()).count();
        let rest = chars.len() - blanks;
        let Some(kind) = rest
            .checked_sub(1)
            .and_then(|last| chars.get(last))
            .map(|c| class(*c))
        else {
            return start;
        };
        let word = chars
            .iter()
            .take(rest)
            .rev()
            .take_while(|c| class(**c) == kind)
            .count();
        start + rest - word
    }

    fn word_right(&self, from: usize) -> usize {
        let line = self.line_of(from);
        let start = self.start_of(line);
        let chars: Vec<char> = self.line(line).chars().skip(from - start).collect();
        if chars.is_empty() {
            return self.after(from);
        }
        let blanks = chars.iter().take_while(|c| c.is_whitespace()).count();
        let Some(kind) = chars.get(blanks).map(|c| class(*c)) else {
            return from + blanks;
        };
        from + blanks
            + chars
                .iter()
                .skip(blanks)
                .take_while(|c| class(**c) == kind)
                .count()
    }

    /// Moves the view so that the cursor is inside. `height` counts rows, `width` cells of text.
    pub fn follow(&mut self, height: usize, width: usize) {
        self.top = self.top.min(self.lines() - 1);
        self.follow_rows(height);
        if width > 0 && !self.wraps() {
            self.follow_cells(width);
        }
    }

    fn follow_rows(&mut self, height: usize) {
        let line = self.line_of(self.at.head);
        let row = self.cursor_row().0;
        if (line, row) < (self.top, self.skipped) {
            (self.top, self.skipped) = (line, row);
        } else if height > 0 {
            // Rows from the top to the cursor, messages under lines included.
            let mut rows = row + 1;
            let mut top = line;
            while top > self.top {
                let above = self.rows_of(top - 1) + super::view::messages(self, top - 1);
                if rows + above > height {
                    break;
                }
                rows += above;
                top -= 1;
            }
            if top > self.top {
                (self.top, self.skipped) = (top, 0);
            }
            if top == line {
                // A line taller than the view.
                self.skipped = self.skipped.clamp((row + 1).saturating_sub(height), row);
            }
        }
    }

    fn follow_cells(&mut self, width: usize) {
        let (line, cell) = self.cursor();
        let content = self.line(line);
        let next = self.after(self.at.head).saturating_sub(self.start_of(line));
        let right = cell_of(&content, next).max(cell + 1);
        // The cursor stays off the columns that mark a cut line.
        let end = cell_of(&content, content.chars().count());
        let marked = width >= super::view::MARKED;
        let cut_left = usize::from(marked && self.left > 0);
        let cut_right = usize::from(marked && end > self.left + width);
        if cell < self.left + cut_left {
            self.left = cell.saturating_sub(width / 4);
        } else if right + cut_right > self.left + width {
            self.left = right.saturating_sub(width * 3 / 4).min(cell);
        }
    }

    /// Brings the view in step with the size it has: it follows the cursor unless it was scrolled.
    pub fn settle_view(&mut self, height: usize, width: usize) {
        self.rows = height;
        self.set_width(width);
        if self.following {
            self.follow(height, width);
        }
        self.top = self.top.min(self.lines() - 1);
        let most = if self.wraps() {
            self.rows_of(self.top) - 1
        } else {
            0
        };
        self.skipped = self.skipped.min(most);
    }

    /// Scrolls without moving the cursor.
    pub fn scroll(&mut self, lines: isize) {
        self.following = false;
        self.skipped = 0;
        self.top = self.top.saturating_add_signed(lines).min(self.lines() - 1);
    }

    /// Moves the view so that the cursor's line is that many rows below its top.
    pub fn scroll_to(&mut self, above: usize) {
        let line = self.line_of(self.at.head);
        (self.top, self.skipped) = (line.saturating_sub(above), 0);
        self.following = false;
    }
}

/// Reads a place to go to: a line, or a line and a column, both from 1, as `12`, `12:5` or `12,5`; a
/// sign counts lines from the current one. Gives line and character from 0.
///
/// # Errors
/// Says what would be a place.
pub fn parse_place(text: &str, here: usize) -> Result<(usize, usize), String> {
    let wrong = || "a place is a line, or line:column: 12, 12:5, +10, -3".to_owned();
    let text = text.trim().trim_start_matches(':');
    let (line, column) = text
        .split_once([':', ',', ' '])
        .map_or((text, None), |(line, column)| (line, Some(column.trim())));
    let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
    let line = match line.trim().split_at_checked(1) {
        Some(("+", by)) => here.saturating_add(number(by)?),
        Some(("-", by)) => here.saturating_sub(number(by)?),
        _ => number(line.trim())?.saturating_sub(1),
    };
    let column = match column {
        Some("") | None => 0,
        Some(column) => number(column)?.saturating_sub(1),
    };
    Ok((line, column))
}
