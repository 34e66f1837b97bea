//! Events of one generator as they are made.

use crossterm::event::KeyEvent;

use crate::instance::{TailPage, TailQuery};
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
    pub fn wants(&self, chosen: Option<&str>) -> Option<(String, TailQuery)> {
        Some((
            chosen?.to_owned(),
            TailQuery {
                after: 0,
                most: 200,
            },
        ))
    }

    /// Takes events in.
    pub fn heard(&mut self, _page: TailPage) {}
}
