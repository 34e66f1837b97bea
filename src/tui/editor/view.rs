//! Drawing a buffer: gutter, highlighted text, selection, marks and the messages under them.

use std::ops::Range;

use ratatui::buffer::Buffer as Screen;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::buffer::Buffer;
use super::cells;
use crate::config::Severity;
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
    /// The line to type a search into.
    pub find: Option<Rect>,
}

impl View {
    /// Divides an area.
    pub fn of(buffer: &Buffer, area: Rect) -> Self {
        let mut text = area;
        let find = (buffer.find.is_some() && area.height > 1).then(|| {
            text.height -= 1;
            Rect {
                y: area.bottom() - 1,
                height: 1,
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

    /// The line and cell column at a place on the screen.
    pub fn hit(&self, buffer: &Buffer, at: Position) -> (usize, usize) {
        let row = usize::from(at.y.saturating_sub(self.text.y));
        let cell = usize::from(at.x.saturating_sub(self.text.x)) + buffer.left;
        let mut line = buffer.top;
        let mut below = 0;
        while line + 1 < buffer.lines() {
            below += 1 + messages(buffer, line);
            if below > row {
                break;
            }
            line += 1;
        }
        (line, cell)
    }
}

fn gutter_width(buffer: &Buffer) -> u16 {
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
    let mut cursor = None;
    let mut y = view.text.top();
    let mut line = buffer.top;
    let mut pieces = Vec::new();
    while y < view.text.bottom() && line < buffer.lines() {
        let row = Rect {
            y,
            height: 1,
            ..view.text
        };
        let current = line == here && focused;
        draw_gutter(
            buffer,
            line,
            Rect {
                x: area.x,
                width: row.x - area.x,
                ..row
            },
            line == here,
            theme,
            screen,
        );
        if current {
            screen.set_style(row, theme.cursor_line);
        }
        let content = buffer.line(line);
        pieces.clear();
        let mut state = buffer.lexer_state(line);
        lexer::line(buffer.language, &mut state, &content, &mut pieces);
        let styles = LineStyles {
            buffer,
            line,
            pieces: &pieces,
            found: found(buffer, &content),
            theme,
        };
        styles.draw(&content, row, screen);
        if current {
            cursor = place(buffer, row);
        }
        y += 1;
        for (_, severity, message) in buffer.messages_under(line) {
            if y < view.text.bottom() {
                draw_message(*severity, message, Rect { y, ..row }, theme, screen);
                y += 1;
            }
        }
        line += 1;
    }
    match (&buffer.find, view.find) {
        (Some(find), Some(row)) => Some(draw_find(find, row, theme, screen)),
        _ => cursor,
    }
}

fn place(buffer: &Buffer, row: Rect) -> Option<Position> {
    let cell = buffer.cursor().1.checked_sub(buffer.left)?;
    let x = u16::try_from(cell).ok().filter(|x| *x < row.width)?;
    Some(Position {
        x: row.x + x,
        y: row.y,
    })
}

fn found(buffer: &Buffer, content: &str) -> Vec<Range<usize>> {
    buffer
        .find
        .as_ref()
        .map_or_else(Vec::new, |find| find.matches(content).collect())
}

fn draw_gutter(
    buffer: &Buffer,
    line: usize,
    area: Rect,
    current: bool,
    theme: &Theme,
    screen: &mut Screen,
) {
    let worst = buffer.marks_on(line).iter().map(|mark| mark.severity).min();
    let (sign, style) = match worst {
        Some(Severity::Error) => ("●", theme.error),
        Some(Severity::Warning) => ("▲", theme.warn),
        None => (" ", theme.gutter),
    };
    let width = usize::from(area.width);
    screen.set_stringn(area.x, area.y, sign, width.min(1), style);
    let number = format!("{:>1$} ", line + 1, width.saturating_sub(2));
    let style = if current {
        theme.gutter_current
    } else {
        theme.gutter
    };
    screen.set_stringn(area.x + 1, area.y, number, width.saturating_sub(1), style);
}

fn draw_message(severity: Severity, message: &str, row: Rect, theme: &Theme, screen: &mut Screen) {
    let style = match severity {
        Severity::Error => theme.error,
        Severity::Warning => theme.warn,
    };
    screen.set_stringn(row.x, row.y, message, usize::from(row.width), style);
}

fn draw_find(find: &super::Find, row: Rect, theme: &Theme, screen: &mut Screen) -> Position {
    screen.set_style(row, theme.bar);
    let label = " Find  ";
    let hint = if find.failed {
        "nothing found "
    } else {
        "Enter next  ↑ before  Esc close "
    };
    let width = usize::from(row.width);
    screen.set_stringn(row.x, row.y, label, width, theme.hint_key);
    let x = row.x.saturating_add(7).min(row.right());
    let room = usize::from(row.right() - x);
    screen.set_stringn(x, row.y, find.input.text(), room, theme.bar);
    let used = text::width(find.input.text());
    let wide = text::width(hint);
    if used + wide + 2 < room {
        let style = if find.failed {
            theme
                .bar
                .patch(theme.warn.fg.map_or(Style::new(), |fg| Style::new().fg(fg)))
        } else {
            theme.bar
        };
        let at = row.right() - u16::try_from(wide).unwrap_or(0);
        screen.set_stringn(at, row.y, hint, wide, style);
    }
    let shift = u16::try_from(find.input.cursor()).unwrap_or(u16::MAX);
    Position {
        x: x.saturating_add(shift).min(row.right().saturating_sub(1)),
        y: row.y,
    }
}

/// What decides how the characters of one line look.
struct LineStyles<'a> {
    buffer: &'a Buffer,
    line: usize,
    pieces: &'a [Piece],
    found: Vec<Range<usize>>,
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
                screen.set_stringn(row.right(), row.y, "›", 1, self.theme.muted);
            }
            if left > 0 && !content.is_empty() {
                screen.set_stringn(row.x, row.y, "‹", 1, self.theme.muted);
                row.x += 1;
                row.width -= 1;
                from += 1;
            }
        }
        self.draw_from(content, from, row, screen);
    }

    /// Draws the cells of the line that begin at `from` into the row.
    fn draw_from(&self, content: &str, from: usize, row: Rect, screen: &mut Screen) {
        let start = self.buffer.start_of(self.line);
        let selection = self.buffer.selection();
        let to = from + usize::from(row.width);
        let mut pieces = self.pieces.iter().peekable();
        let (mut cell, mut within) = (0, 0);
        for (byte, grapheme) in content.grapheme_indices(true) {
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
                let selected = selection
                    .as_ref()
                    .is_some_and(|range| range.contains(&(start + within)));
                let style = if selected {
                    style.patch(self.theme.selection)
                } else {
                    style
                };
                put(grapheme, cell, wide, from, row, style, screen);
            }
            cell += wide;
            within += grapheme.chars().count();
        }
        // A selected line end shows as one selected blank.
        let end_selected = selection.is_some_and(|range| range.contains(&(start + within)));
        if end_selected && (from..to).contains(&cell) {
            put(" ", cell, 1, from, row, self.theme.selection, screen);
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
            screen.set_stringn(x, row.y, visible, wide, style);
            break;
        }
        let symbol = if visible == "·" && column == cell {
            "·"
        } else {
            " "
        };
        screen.set_stringn(x, row.y, symbol, 1, style);
    }
}
