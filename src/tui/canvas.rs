//! Writing into a screen's cells without ever leaving it: what lies outside is left out, as areas of
//! panes have no room for everything on small terminals.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::Style;

/// A screen that is written into. `Buffer::set_stringn` and `Buffer[…]` panic outside of the screen; this
/// is used in their place.
pub trait Canvas {
    /// Writes at most `room` cells of a text from a cell on, as far as the screen has them; gives the
    /// column behind the last one written.
    fn set_within(
        &mut self,
        x: u16,
        y: u16,
        text: impl AsRef<str>,
        room: usize,
        style: Style,
    ) -> (u16, u16);
}

impl Canvas for Buffer {
    fn set_within(
        &mut self,
        x: u16,
        y: u16,
        text: impl AsRef<str>,
        room: usize,
        style: Style,
    ) -> (u16, u16) {
        if self.area.contains(Position { x, y }) {
            self.set_stringn(x, y, text, room, style)
        } else {
            (x, y)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 3, 2));
        for (x, y) in [(3, 0), (0, 2), (9, 9), (u16::MAX, u16::MAX)] {
            assert_eq!(screen.set_within(x, y, "text", 4, Style::new()), (x, y));
        }
        assert_eq!(screen, Buffer::empty(screen.area));
        assert_eq!(screen.set_within(1, 1, "text", 9, Style::new()), (3, 1));
    }
}
