//! Drawing a buffer: gutter, highlighted text, selection, marks and the messages under them.

use std::ops::Range;

use ratatui::buffer::Buffer as Screen;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use super::buffer::Buffer;
use super::cells;
use crate::config::Severity;
use crate::tui::canvas::Canvas;
use crate::tui::lexer::{self, Piece};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};

/// Fewest columns of text in which cut lines are marked.
pub(super) const MARKED: usize = 8;

/// Where the parts of a drawn editor are.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// The text, without the gutter.
    pub text: Rect,
    /// The lines to type a search and a replacement into.
    pub find: Option<Rect>,
}

impl View {
    /// Divides an area.
    pub fn of(buffer: &Buffer, area: Rect) -> Self {
        let mut text = area;
        let wanted = match &buffer.find {
            Some(find) if find.with.is_some() => 2,
            Some(_) => 1,
            None => 0,
        };
        let height = wanted.min(area.height.saturating_sub(1));
        let find = (height > 0).then(|| {
            text.height -= height;
            Rect {
                y: area.bottom() - height,
                height,
                ..area
            }
        });
        let gutter = gutter_width(buffer).min(area.width);
        text.x += gutter;
        text.width -= gutter;
        if text.width > 1 && buffer.lines() > usize::from(text.height) {
            // Room for the bar that shows where the view stands.
            text.width -= 1;
        }
        Self { text, find }
    }

    /// The character at a place on the screen, as near as there is. Above and below the text, it is in
    /// the line before the first one shown or after the last one.
    pub fn hit(&self, buffer: &Buffer, at: Position) -> usize {
        let cell = usize::from(at.x.saturating_sub(self.text.x));
        if at.y < self.text.y {
            let line = buffer.top.saturating_sub(1);
            return buffer.at_cell(line, cell + buffer.left);
        }
        let row = usize::from(at.y - self.text.y) + buffer.skipped;
        let mut line = buffer.top;
        let mut first = 0;
        loop {
            let next = first + buffer.rows_of(line) + messages(buffer, line);
            if row < next || line + 1 >= buffer.lines() {
                break;
            }
            (line, first) = (line + 1, next);
        }
        if buffer.wraps() {
            return buffer.char_in_row(line, row - first, cell);
        }
        buffer.at_cell(line, cell + buffer.left)
    }
}

fn gutter_width(buffer: &Buffer) -> u16 {
    if !buffer.options.numbers {
        // The marks of problems stay.
        return 2;
    }
    let digits = buffer.lines().to_string().len().max(3);
    u16::try_from(digits).unwrap_or(u16::MAX).saturating_add(2)
}

/// Rows of messages under a line.
pub(super) fn messages(buffer: &Buffer, line: usize) -> usize {
    buffer.messages_under(line).len()
}

/// Draws the buffer; gives the place of the cursor when it is inside.
pub fn draw(
    buffer: &Buffer,
    area: Rect,
    focused: bool,
    theme: &Theme,
    screen: &mut Screen,
) -> Option<Position> {
    screen.set_style(area, theme.text);
    let view = View::of(buffer, area);
    let here = buffer.line_of(buffer.head());
    let mut painter = Painter {
        buffer,
        theme,
        screen,
        left: area.x,
        text: view.text,
        pair: buffer.pair().filter(|_| focused),
        here,
        focused,
        pieces: Vec::new(),
    };
    let mut cursor = None;
    let mut y = view.text.top();
    let mut line = buffer.top;
    while y < view.text.bottom() && line < buffer.lines() {
        let skipped = if line == buffer.top {
            buffer.skipped
        } else {
            0
        };
        let (next, place) = painter.line(line, skipped, y);
        cursor = cursor.or(place);
        y = next;
        line += 1;
    }
    match (&buffer.find, view.find) {
        (Some(find), Some(rows)) => super::bar::draw(find, rows, theme, screen).or(cursor),
        _ => cursor,
    }
}

/// Draws lines one below the other.
struct Painter<'a> {
    buffer: &'a Buffer,
    theme: &'a Theme,
    screen: &'a mut Screen,
    /// First column of the gutter.
    left: u16,
    text: Rect,
    pair: Option<(usize, usize)>,
    here: usize,
    focused: bool,
    pieces: Vec<Piece>,
}

impl Painter<'_> {
    /// Draws a line without its first `skipped` rows, and what is under it; gives the next row and the
    /// place of the cursor when it is here.
    fn line(&mut self, line: usize, skipped: usize, y: u16) -> (u16, Option<Position>) {
        let (buffer, theme) = (self.buffer, self.theme);
        let content = buffer.line(line);
        self.pieces.clear();
        let mut state = buffer.lexer_state(line);
        lexer::line(buffer.language, &mut state, &content, &mut self.pieces);
        let styles = LineStyles {
            buffer,
            line,
            start: buffer.start_of(line),
            selection: buffer.selection(),
            pieces: &self.pieces,
            found: found(buffer, &content),
            pair: self.pair,
            trailing: content.trim_end_matches([' ', '\t']).len(),
            theme,
        };
        let (mut y, mut cursor) = (y, None);
        let current = line == self.here;
        let cursor_row = current.then(|| buffer.cursor_row());
        let parts = if buffer.wraps() {
            super::wrap::rows(&content, usize::from(self.text.width))
        } else {
            std::iter::once(0..content.len()).collect()
        };
        for (index, part) in parts.into_iter().enumerate().skip(skipped) {
            if y >= self.text.bottom() {
                break;
            }
            let row = Rect {
                y,
                height: 1,
                ..self.text
            };
            let gutter = Rect {
                x: self.left,
                width: row.x - self.left,
                ..row
            };
            let number = (index == 0).then_some(line);
            draw_gutter(buffer, number, gutter, self.here, theme, self.screen);
            if current && self.focused {
                self.screen.set_style(row, theme.cursor_line);
            }
            if buffer.wraps() {
                styles.draw_from(&content, part, 0, row, self.screen);
            } else {
                styles.draw(&content, row, self.screen);
            }
            if let Some((_, cell)) = cursor_row.filter(|(row, _)| *row == index)
                && self.focused
            {
                cursor = place(cell, buffer.left, row);
            }
            y += 1;
        }
        for (_, severity, message) in buffer.messages_under(line) {
            if y < self.text.bottom() {
                let row = Rect {
                    y,
                    height: 1,
                    ..self.text
                };
                draw_message(*severity, message, row, theme, self.screen);
                y += 1;
            }
        }
        (y, cursor)
    }
}

fn place(cell: usize, left: usize, row: Rect) -> Option<Position> {
    let cell = cell.checked_sub(left)?;
    let x = u16::try_from(cell).ok()?;
    // Behind the last character of a full row.
    let x = if x == row.width { x.checked_sub(1)? } else { x };
    (x < row.width).then_some(Position {
        x: row.x + x,
        y: row.y,
    })
}

fn found(buffer: &Buffer, content: &str) -> Vec<Range<usize>> {
    let pattern = buffer.shown_pattern();
    pattern.map_or_else(Vec::new, |pattern| pattern.matches(content).collect())
}

fn draw_gutter(
    buffer: &Buffer,
    line: Option<usize>,
    area: Rect,
    here: usize,
    theme: &Theme,
    screen: &mut Screen,
) {
    let Some(line) = line else {
        return;
    };
    let current = line == here;
    let worst = buffer.marks_on(line).iter().map(|mark| mark.severity).min();
    let (sign, style) = match worst {
        Some(Severity::Error) => ("●", theme.error),
        Some(Severity::Warning) => ("▲", theme.warn),
        None => (" ", theme.gutter),
    };
    let width = usize::from(area.width);
    screen.set_within(area.x, area.y, sign, width.min(1), style);
    if !buffer.options.numbers {
        screen.set_within(
            area.x + 1,
            area.y,
            " ",
            width.saturating_sub(1),
            theme.gutter,
        );
        return;
    }
    let number = if buffer.options.relative && !current {
        line.abs_diff(here)
    } else {
        line + 1
    };
    let number = format!("{number:>0$} ", width.saturating_sub(2));
    let style = if current {
        theme.gutter_current
    } else {
        theme.gutter
    };
    screen.set_within(area.x + 1, area.y, number, width.saturating_sub(1), style);
}

fn draw_message(severity: Severity, message: &str, row: Rect, theme: &Theme, screen: &mut Screen) {
    let style = match severity {
        Severity::Error => theme.error,
        Severity::Warning => theme.warn,
    };
    screen.set_within(row.x, row.y, message, usize::from(row.width), style);
}

/// What decides how the characters of one line look.
struct LineStyles<'a> {
    buffer: &'a Buffer,
    line: usize,
    /// First character of the line.
    start: usize,
    selection: Option<Range<usize>>,
    pieces: &'a [Piece],
    found: Vec<Range<usize>>,
    /// A bracket and the one it belongs to, in characters of the text.
    pair: Option<(usize, usize)>,
    /// Byte from which only blanks follow.
    trailing: usize,
    theme: &'a Theme,
}

impl LineStyles<'_> {
    fn draw(&self, content: &str, row: Rect, screen: &mut Screen) {
        let left = self.buffer.left;
        let (mut row, mut from) = (row, left);
        if usize::from(row.width) >= MARKED {
            let right = left + usize::from(row.width);
            if reaches_past(content, right) {
                row.width -= 1;
                screen.set_within(row.right(), row.y, "›", 1, self.theme.muted);
            }
            if left > 0 && !content.is_empty() {
                screen.set_within(row.x, row.y, "‹", 1, self.theme.muted);
                row.x += 1;
                row.width -= 1;
                from += 1;
            }
        }
        self.draw_from(content, 0..content.len(), from, row, screen);
    }

    /// Draws a stretch of the line, the cells of it that begin at `from`, into the row.
    fn draw_from(
        &self,
        content: &str,
        part: Range<usize>,
        from: usize,
        row: Rect,
        screen: &mut Screen,
    ) {
        let whole = part.end == content.len();
        let to = from + usize::from(row.width);
        let mut pieces = self.pieces.iter().peekable();
        let before = content.get(..part.start).unwrap_or_default();
        let (mut cell, mut within) = (0, before.chars().count());
        let base = part.start;
        let text = content.get(part).unwrap_or_default();
        for (byte, grapheme) in text.grapheme_indices(true) {
            let byte = base + byte;
            let wide = cells(grapheme, cell);
            if cell >= to {
                break;
            }
            if cell + wide > from {
                while pieces.next_if(|(range, _)| range.end <= byte).is_some() {}
                let token = pieces.peek().filter(|(range, _)| range.start <= byte);
                let mut style = self
                    .theme
                    .token(token.map_or(Token::Text, |(_, token)| *token));
                style.bg = None;
                let style = self.over(style, byte, within);
                let (shown, style) = self.whitespace(grapheme, byte, style);
                let style = self.chosen(style, within);
                put(shown, cell, wide, from, row, style, screen);
            }
            cell += wide;
            within += grapheme.chars().count();
        }
        // A selected line end shows as one selected blank.
        let at = self.start + within;
        let end_selected = self
            .selection
            .as_ref()
            .is_some_and(|range| range.contains(&at));
        if whole && end_selected && (from..to).contains(&cell) {
            put(" ", cell, 1, from, row, self.theme.selection, screen);
        }
    }

    /// Signs for blanks at the end of the line and for tabs, when they are wanted.
    fn whitespace<'b>(&self, grapheme: &'b str, byte: usize, style: Style) -> (&'b str, Style) {
        if !self.buffer.options.whitespace {
            return (grapheme, style);
        }
        match grapheme {
            "\t" => ("→", style.patch(self.theme.gutter)),
            " " if byte >= self.trailing => ("·", style.patch(self.theme.gutter)),
            _ => (grapheme, style),
        }
    }

    /// Over it, the selection and the pair of brackets.
    fn chosen(&self, style: Style, within: usize) -> Style {
        let at = self.start + within;
        let selected = self.selection.as_ref();
        if selected.is_some_and(|range| range.contains(&at)) {
            return style.patch(self.theme.selection);
        }
        match self.pair {
            Some((one, other)) if at == one || at == other => {
                style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
            }
            _ => style,
        }
    }

    fn over(&self, style: Style, byte: usize, within: usize) -> Style {
        let mark = self.buffer.marks_on(self.line).iter().find(|mark| {
            mark.columns.contains(&within)
                || (mark.columns.is_empty() && within >= mark.columns.start)
        });
        let style = match mark.map(|mark| mark.severity) {
            Some(Severity::Error) => style.patch(self.theme.underline_error),
            Some(Severity::Warning) => style.patch(self.theme.underline_warn),
            None => style,
        };
        if self.found.iter().any(|range| range.contains(&byte)) {
            style.patch(self.theme.found)
        } else {
            style
        }
    }
}

/// True when a line is wider than that many cells.
fn reaches_past(content: &str, most: usize) -> bool {
    let mut cell = 0;
    content.graphemes(true).any(|grapheme| {
        cell += cells(grapheme, cell);
        cell > most
    })
}

/// Draws one grapheme at a cell column of the line; parts outside are blank.
fn put(
    grapheme: &str,
    cell: usize,
    wide: usize,
    left: usize,
    row: Rect,
    style: Style,
    screen: &mut Screen,
) {
    let visible = match grapheme {
        "\t" => " ",
        _ if grapheme.chars().any(char::is_control) => "·",
        _ if text::width(grapheme) == 0 => "·",
        _ => grapheme,
    };
    let right = left + usize::from(row.width);
    let whole = cell >= left && cell + wide <= right && text::width(visible) == wide;
    for column in cell.max(left)..(cell + wide).min(right) {
        let x = row.x + u16::try_from(column - left).unwrap_or(0);
        if whole && column == cell {
            screen.set_within(x, row.y, visible, wide, style);
            break;
        }
        let symbol = if matches!(visible, "·" | "→") && column == cell {
            visible
        } else {
            " "
        };
        screen.set_within(x, row.y, symbol, 1, style);
    }
}
