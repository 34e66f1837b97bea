//! Keys in a row: the ones pressed so far, and what they come to.

use std::time::{Duration, Instant};

use super::App;
use crate::tui::command::Id;
use crate::tui::key::Chord;
use crate::tui::keymap::{Found, label};

/// Pause after which what can follow is listed in full.
const PAUSE: Duration = Duration::from_millis(500);

/// Keys pressed of a sequence that is not complete.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// The keys; empty when there is no sequence.
    pub keys: Vec<Chord>,
    since: Option<Instant>,
    /// True once what can follow is listed in full.
    pub visible: bool,
}

impl Pending {
    /// When the list of what can follow is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let since = self
            .since
            .filter(|_| !self.visible && !self.keys.is_empty())?;
        Some(since + PAUSE)
    }

    /// True when the list became due.
    pub(super) fn grow_visible(&mut self, now: Instant) -> bool {
        let due = self.deadline().is_some_and(|at| at <= now);
        self.visible |= due;
        due
    }
}

/// What a key came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strike {
    /// A command.
    Run(Id),
    /// It belongs to a sequence: more is to come, or it ended one that means nothing.
    Taken,
    /// Nothing: the key is free.
    Free,
}

impl App {
    /// Adds a key to those pressed before.
    pub(super) fn strike(&mut self, chord: Chord) -> Strike {
        let before = std::mem::take(&mut self.pending);
        let waited = !before.keys.is_empty();
        if waited && chord.is_esc() {
            return Strike::Taken;
        }
        let mut keys = before.keys;
        keys.push(chord);
        match self.keymap.find(&keys, self.place()) {
            Some(Found::Command(id)) => Strike::Run(id),
            Some(Found::Prefix) => {
                self.pending = Pending {
                    keys,
                    since: Some(self.now),
                    visible: before.visible,
                };
                Strike::Taken
            }
            None if waited => {
                self.info(format!("{} stands for nothing here", label(&keys)));
                Strike::Taken
            }
            None => Strike::Free,
        }
    }

    /// What can follow on the keys pressed: the key, and what is behind it.
    pub fn following(&self) -> Vec<(String, String)> {
        let next = self.keymap.following(&self.pending.keys, self.place());
        next.into_iter()
            .map(|(chord, ids)| {
                let title = |id: &Id| crate::tui::command::Command::get(*id).map(|one| one.title);
                let meaning = match ids.as_slice() {
                    [one] => title(one).unwrap_or_default().to_owned(),
                    several => format!("{} more", several.len()),
                };
                (chord.label(), meaning)
            })
            .collect()
    }
}
