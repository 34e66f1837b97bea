//! The text editor: buffers with graphemes, selection and undo; highlighting; drawing.
//!
//! Knows nothing of projects, previews or pipelines: others hand it texts and marks.

pub mod bar;
mod buffer;
mod edit;
mod find;
mod history;
mod input;
mod keys;
mod lines;
mod motion;
mod pairs;
mod pattern;
mod view;
pub mod vim;
mod wrap;

use std::sync::atomic::{AtomicUsize, Ordering};

pub use buffer::{Buffer, Mark, Shape};
pub use find::{Field, Find};
pub use input::Input;
pub use keys::{Typed, plain_key};
pub use motion::{Motion, parse_place};
pub use pattern::{Pattern, Reading};
pub use view::{View, draw};

/// Cells between tab stops.
pub const TAB: usize = 4;

/// Columns of a tab as set; the same in all texts, and needed wherever a text is measured.
static TAB_COLUMNS: AtomicUsize = AtomicUsize::new(TAB);

/// Sets the columns of a tab.
pub fn set_tab(columns: usize) {
    TAB_COLUMNS.store(columns, Ordering::Relaxed);
}

/// How texts are shown and typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Lines that are too long go on in the next row.
    pub wrap: bool,
    /// Numbers of lines count from the cursor's.
    pub relative: bool,
    /// Blanks at the ends of lines, and tabs, are shown by signs.
    pub whitespace: bool,
    /// Brackets and quotes are closed by themselves.
    pub pairs: bool,
    /// Lines are numbered.
    pub numbers: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            wrap: false,
            relative: false,
            whitespace: false,
            pairs: true,
            numbers: true,
        }
    }
}

/// Which keys do what in the editor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeySet {
    /// Arrows, and commands by Ctrl and Alt.
    #[default]
    Plain,
    /// Modes, motions and operators, as in vi.
    Vim,
}

/// A grapheme's cells when it starts in cell `at`. Control characters are drawn as one cell.
pub fn cells(grapheme: &str, at: usize) -> usize {
    if grapheme == "\t" {
        let tab = TAB_COLUMNS.load(Ordering::Relaxed).max(1);
        tab - at % tab
    } else {
        unicode_width::UnicodeWidthStr::width(grapheme).max(1)
    }
}
