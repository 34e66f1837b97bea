//! What fails in one generator, and what can be done.

use crossterm::event::KeyEvent;

use crate::tui::app::App;

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {}

/// A key that no command took.
pub fn key(_app: &mut App, _key: &KeyEvent) {}
