//! Globals that generators share, to be seen and changed.

use crossterm::event::KeyEvent;

use crate::tui::app::App;

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {}

/// A key that no command took.
pub fn key(_app: &mut App, _key: &KeyEvent) {}

impl State {
    /// True while a value is being typed.
    pub fn types(&self) -> bool {
        false
    }

    /// The scenario whose globals are shown.
    pub fn wants(&self) -> String {
        String::new()
    }

    /// Takes values in.
    pub fn heard(&mut self, _scenario: &str, _values: Vec<(String, serde_json::Value)>) {}
}
