//! The tour: five steps that show the way once, and again when asked for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Overlay, Screen};
use crate::tui::command::Id;

/// One step.
#[derive(Debug)]
pub struct Step {
    /// A few words.
    pub title: &'static str,
    /// The text; each line a sentence.
    pub lines: &'static [&'static str],
    /// Commands that it is about, shown with their keys.
    pub commands: &'static [Id],
}

/// The steps.
pub static STEPS: [Step; 5] = [
    Step {
        title: "Write and see",
        lines: &[
            "The editor is on the left, what it comes to on the right.",
            "Each keystroke works the preview out anew; nothing has to be saved for it.",
            "Problems are underlined, and listed with their place.",
        ],
        commands: &[Id::NextProblem, Id::Save],
    },
    Step {
        title: "Going about",
        lines: &[
            "The pane with the keys has a heavy rule and a mark.",
            "Click a pane, go round with a key, or jump to anything by a letter.",
            "Rules can be dragged; a pane can have the whole screen.",
        ],
        commands: &[Id::NextPane, Id::Jump, Id::Zoom],
    },
    Step {
        title: "Every command has a name",
        lines: &[
            "Type a part of what you want; its key stands beside it.",
            "What cannot be done now says why.",
        ],
        commands: &[Id::Palette, Id::QuickOpen],
    },
    Step {
        title: "Run it",
        lines: &[
            "The pipeline runs in the background while you go on writing.",
            "Watch all generators, how events flow, and why something fails.",
        ],
        commands: &[Id::RunStop, Id::PipelineView, Id::Monitor],
    },
    Step {
        title: "Make it yours",
        lines: &[
            "Keys, colours and more stand in a settings file with its defaults as comments.",
            "Help finds keys and commands by typing, and runs them.",
        ],
        commands: &[Id::Settings, Id::Themes, Id::Help],
    },
];

impl App {
    /// Starts the tour.
    pub fn open_tour(&mut self) {
        self.overlays.push(Overlay::Tour(0));
    }

    /// Shows the tour when it was never shown and is wanted. It is about the workbench: without a project,
    /// and for who came to watch, it waits.
    pub(super) fn first_time(&mut self) {
        let here = self.screen == Screen::Design && self.project.is_some();
        if here && self.settings.tour && !self.kept.toured && self.kept.lasting() {
            self.kept.toured = true;
            self.open_tour();
        }
    }

    /// Takes a key; false when it is none of the tour's, which is over then. Letters are taken all the
    /// same: who types on is not to find a part of it in the text.
    pub(super) fn tour_key(&mut self, key: &KeyEvent) -> bool {
        let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        match key.code {
            KeyCode::Esc => self.end_tour(),
            _ if !plain => {
                self.overlays.pop();
                return false;
            }
            KeyCode::Left | KeyCode::Up | KeyCode::BackTab | KeyCode::Backspace => {
                self.step_tour(false);
            }
            KeyCode::Right | KeyCode::Down | KeyCode::Tab | KeyCode::Enter => self.step_tour(true),
            KeyCode::Char(' ') => self.step_tour(true),
            KeyCode::Char(c) => {
                if let (Some(digit), Some(Overlay::Tour(step))) =
                    (c.to_digit(10), self.overlays.last_mut())
                {
                    let wanted = (digit as usize).saturating_sub(1);
                    *step = wanted.min(STEPS.len() - 1);
                }
            }
            KeyCode::F(_) => {
                self.overlays.pop();
                return false;
            }
            _ => {}
        }
        true
    }

    fn end_tour(&mut self) {
        self.overlays.pop();
        self.guard.close();
    }

    /// The next step, or the one before; after the last one the tour ends.
    pub(super) fn step_tour(&mut self, forward: bool) {
        let Some(Overlay::Tour(step)) = self.overlays.last_mut() else {
            return;
        };
        if forward && *step + 1 >= STEPS.len() {
            self.end_tour();
        } else if forward {
            *step += 1;
        } else {
            *step = step.saturating_sub(1);
        }
    }
}
