//! What was logged.

use crossterm::event::KeyEvent;

use crate::instance::{LogPage, LogQuery};
use crate::tui::app::App;

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {}

/// A key that no command took.
pub fn key(_app: &mut App, _key: &KeyEvent) {}

impl State {
    /// True while a filter is being typed.
    pub fn types(&self) -> bool {
        false
    }

    /// What to ask for.
    pub fn wants(&self) -> LogQuery {
        LogQuery::default()
    }

    /// Takes records in.
    pub fn heard(&mut self, _page: LogPage) {}
}
