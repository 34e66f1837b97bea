//! Jump labels: letters painted over everything that can be gone to; a letter goes there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{App, Overlay, Screen};
use crate::tui::pane::{self, Target};

/// In the order of how easily they are pressed.
const LETTERS: &str = "asdfghjklweruioqtypzxcvbnm";

/// The labels.
#[derive(Debug)]
pub struct Jump {
    /// Label, where it is painted, and what it stands for.
    pub labels: Vec<(String, Position, Target)>,
    /// Letters pressed of a label of two.
    pub typed: String,
}

impl App {
    /// Paints letters over everything that can be gone to.
    pub fn open_jump(&mut self) {
        let targets = pane::targets(self);
        if targets.is_empty() {
            self.info("there is nothing to jump to");
            return;
        }
        let labels = labels(targets.len()).into_iter().zip(targets);
        let labels = labels
            .map(|(label, (place, target))| (label, place, target))
            .collect();
        self.overlays.push(Overlay::Jump(Jump {
            labels,
            typed: String::new(),
        }));
    }

    pub(super) fn jump_key(&mut self, key: &KeyEvent) {
        let Some(Overlay::Jump(jump)) = self.overlays.last_mut() else {
            return;
        };
        let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        let KeyCode::Char(c) = key.code else {
            self.overlays.pop();
            return;
        };
        if !plain {
            self.overlays.pop();
            return;
        }
        jump.typed.extend(c.to_lowercase());
        let goal = jump.labels.iter().find(|(label, ..)| *label == jump.typed);
        if let Some((_, place, target)) = goal {
            let (place, target) = (*place, *target);
            self.overlays.pop();
            self.go_to_target(place, target);
            return;
        }
        let begun = jump
            .labels
            .iter()
            .any(|(label, ..)| label.starts_with(&jump.typed));
        if !begun {
            self.overlays.pop();
            self.info("no label has these letters");
        }
    }

    /// Does what a click on a target does.
    pub(super) fn go_to_target(&mut self, place: Position, target: Target) {
        match target {
            Target::Click if self.screen == Screen::Design => self.click(place, false),
            Target::Click => self.monitor_mouse(&press(place), place),
            Target::Command(id) => self.run(id),
        }
    }
}

/// A press of the mouse at a place.
fn press(at: Position) -> MouseEvent {
    MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: at.x,
        row: at.y,
        modifiers: KeyModifiers::NONE,
    }
}

/// That many labels: of one letter where they suffice, of two otherwise.
fn labels(count: usize) -> Vec<String> {
    let letters: Vec<char> = LETTERS.chars().collect();
    if count <= letters.len() {
        return letters.iter().take(count).map(char::to_string).collect();
    }
    let pairs = letters
        .iter()
        .flat_map(|a| letters.iter().map(move |b| format!("{a}{b}")));
    pairs.take(count).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn no_label_begins_another() {
        for count in [0, 1, 26, 27, 300] {
            let labels = labels(count);
            assert_eq!(labels.len(), count);
            for (index, label) in labels.iter().enumerate() {
                let others = labels
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != index);
                assert!(
                    others
                        .into_iter()
                        .all(|(_, other)| !other.starts_with(label))
                );
            }
        }
        assert_eq!(labels(10_000).len(), 26 * 26);
    }
}
