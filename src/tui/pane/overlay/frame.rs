//! The frame of a box over the panes. On a small screen its sides go first, then its rules: what it holds
//! needs the cells more.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::on_popup;
use crate::tui::app::App;
use crate::tui::pane::{Line, row};

/// Columns of a screen below which a box has no sides.
const NARROW: u16 = 50;
/// Rows of a screen below which a box may have no rules.
const LOW: u16 = 14;

/// Where a box stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Middle,
    Top,
}

/// A box, laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// With its frame.
    pub whole: Rect,
    /// What it holds.
    pub body: Rect,
    sides: bool,
    top: bool,
    bottom: bool,
}

/// True where a box has its whole frame, whatever it holds.
pub(super) fn roomy(area: Rect) -> bool {
    area.width >= NARROW && area.height >= LOW
}

/// Columns for what a box of that width holds, of which the frame has two where there are sides.
pub(super) fn columns(area: Rect, width: u16) -> u16 {
    if area.width < NARROW {
        area.width
    } else {
        width.min(area.width).saturating_sub(2)
    }
}

impl Frame {
    /// A box of at most that size, of which the frame takes two columns and two rows.
    pub(super) fn new(area: Rect, width: u16, height: u16, at: Place) -> Self {
        let fits = height <= area.height;
        let full = area.width < NARROW || !fits && !roomy(area);
        let (sides, top, bottom) = if full {
            (false, area.height >= 4, fits && area.height >= 4)
        } else {
            let frame = width.min(area.width) >= 2 && height.min(area.height) >= 2;
            (frame, frame, frame)
        };
        let width = if full {
            area.width
        } else {
            width.min(area.width)
        };
        let rows = height.saturating_sub(2) + u16::from(top) + u16::from(bottom);
        let height = if full { rows } else { height }.min(area.height);
        let room = area.height - height;
        let y = match at {
            Place::Middle => area.y + room / 2,
            Place::Top => area.y + room.min(2),
        };
        let whole = Rect {
            x: area.x + (area.width - width) / 2,
            y,
            width,
            height,
        };
        let (side, above) = (u16::from(sides), u16::from(top));
        let body = Rect {
            x: whole.x + side,
            y: whole.y + above,
            width: width - 2 * side,
            height: height.saturating_sub(above + u16::from(bottom)),
        };
        Self {
            whole,
            body,
            sides,
            top,
            bottom,
        }
    }

    /// Draws the frame, clear inside.
    pub(super) fn draw(&self, app: &App, title: &str, screen: &mut Buffer) {
        let area = self.whole;
        for place in area.intersection(screen.area).positions() {
            if let Some(cell) = screen.cell_mut(place) {
                cell.reset();
                cell.set_style(app.theme.popup);
            }
        }
        let edge = on_popup(app, app.theme.focus);
        for index in 0..area.height {
            let rule = match index {
                0 if self.top => Some(("┏", "┓")),
                _ if index + 1 == area.height && self.bottom => Some(("┗", "┛")),
                _ => None,
            };
            let mut line = Line::new(row(area, usize::from(index)), screen);
            if self.sides {
                let (left, right) = rule.unwrap_or(("┃", "┃"));
                line.put(left, edge).right(right, edge);
            }
            if rule.is_some() {
                line.fill("━", edge);
            }
        }
        let heading = Rect {
            x: area.x + 2.min(area.width),
            width: area.width.saturating_sub(4),
            height: u16::from(self.top),
            ..area
        };
        if !title.is_empty() && heading.width > 4 {
            Line::new(heading, screen)
                .put(" ", edge)
                .put(title, edge)
                .put(" ", edge);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn body(area: (u16, u16), width: u16, height: u16) -> (u16, u16) {
        let frame = Frame::new(
            Rect::new(0, 0, area.0, area.1),
            width,
            height,
            Place::Middle,
        );
        (frame.body.width, frame.body.height)
    }

    #[test]
    fn the_frame_goes_before_what_it_holds() {
        assert_eq!(body((80, 24), 40, 8), (38, 6), "a whole frame");
        assert_eq!(body((80, 24), 40, 80), (38, 22), "and a list that scrolls");
        assert_eq!(body((40, 10), 60, 8), (40, 6), "no sides");
        assert_eq!(body((40, 10), 60, 11), (40, 9), "no lower rule");
        assert_eq!(body((80, 10), 40, 11), (80, 9), "no sides without a rule");
        assert_eq!(body((40, 3), 60, 8), (40, 3), "nothing");
        assert_eq!(body((0, 0), 60, 8), (0, 0));
    }
}
