//! The text editor: buffers with graphemes, selection and undo; highlighting; drawing.
//!
//! Knows nothing of projects, previews or pipelines: others hand it texts and marks.

mod buffer;
mod edit;
mod find;
mod history;
mod input;
mod motion;
mod view;

pub use buffer::{Buffer, Mark};
pub use find::Find;
pub use input::Input;
pub use motion::Motion;
pub use view::{View, draw};

/// Cells between tab stops.
pub const TAB: usize = 4;

/// A grapheme's cells when it starts in cell `at`. Control characters are drawn as one cell.
pub fn cells(grapheme: &str, at: usize) -> usize {
    if grapheme == "\t" {
        TAB - at % TAB
    } else {
        unicode_width::UnicodeWidthStr::width(grapheme).max(1)
    }
}
