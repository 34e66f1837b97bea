//! How two texts differ, shown over the panes: for questions about whose text is to stay.

use crossterm::event::{KeyCode, KeyEvent};
use ropey::Rope;

use super::{App, Overlay};
use crate::tui::difference::{Difference, Row};

/// A difference that is shown.
#[derive(Debug)]
pub struct Shown {
    /// Whose text is which.
    pub title: String,
    /// What differs, with lines around.
    pub rows: Vec<Row>,
    /// First row shown.
    pub top: usize,
}

impl Shown {
    /// The difference between two texts.
    pub fn new(title: String, old: &Rope, new: &Rope) -> Self {
        let rows = Difference::between(old, new).rows(old, new);
        Self {
            title,
            rows,
            top: 0,
        }
    }
}

impl App {
    /// Scrolls the shown difference; anything else leads back.
    pub(super) fn difference_key(&mut self, key: &KeyEvent) {
        let page = usize::from(self.size.height.saturating_sub(6)).max(1);
        let Some(Overlay::Difference(shown)) = self.overlays.last_mut() else {
            return;
        };
        let last = shown.rows.len().saturating_sub(page);
        let top = shown.top;
        shown.top = match key.code {
            KeyCode::Up | KeyCode::Char('k') => top.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => (top + 1).min(last),
            KeyCode::PageUp => top.saturating_sub(page),
            KeyCode::PageDown | KeyCode::Char(' ') => (top + page).min(last),
            KeyCode::Home => 0,
            KeyCode::End => last,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => {
                self.overlays.pop();
                return;
            }
            _ => top,
        };
    }

    /// Shows how the shown file's text differs from what the disk has.
    pub fn compare_with_disk(&mut self) {
        if let Some(path) = self.buffer().map(|buffer| buffer.path.clone()) {
            self.see_theirs(&path);
        }
    }

    pub(super) fn see_theirs(&mut self, path: &std::path::Path) {
        let Some(buffer) = self.buffer_at(path) else {
            return;
        };
        let disk = buffer.theirs.clone().or(buffer.disk()).unwrap_or_default();
        let title = format!("{}: - on disk, + here", buffer.name);
        let shown = Shown::new(title, &disk, &buffer.rope());
        self.overlays.push(Overlay::Difference(shown));
    }
}
