//! How events flow through one generator: what the screen remembers of it.

use std::collections::HashMap;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::Monitor;
use super::flow_meter::Meter;
use super::history::{Measure, Span};
use crate::instance::GeneratorStatus;
use crate::pipeline::{Settings, Stats};
use crate::tui::app::App;

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {
    /// The last samples of the chosen generator.
    pub meter: Meter,
    /// The chosen part: outputs first, then templates.
    pub chosen: usize,
    /// How far the charts go back.
    pub span: Span,
    /// The chart that is shown where there is room for one.
    pub measure: Measure,
    /// How runs began, by generator: their last known uptime, and the settings first seen.
    began: HashMap<String, (Duration, Settings)>,
    /// What is being written to the startup list.
    writing: Option<(String, Settings)>,
}

/// A part of the flow that can be held or let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An output, by its index.
    Output(usize),
    /// A template, by its alias.
    Alias(String),
}

/// A key that no command took.
pub fn key(app: &mut App, key: &KeyEvent) {
    let last = app.monitor.parts().len().saturating_sub(1);
    let chosen = &mut app.monitor.flow.chosen;
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => *chosen = chosen.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => *chosen = (*chosen + 1).min(last),
        KeyCode::PageUp => *chosen = chosen.saturating_sub(10),
        KeyCode::PageDown => *chosen = (*chosen + 10).min(last),
        KeyCode::Home => *chosen = 0,
        KeyCode::End => *chosen = last,
        _ => {}
    }
}

impl State {
    /// Another generator is shown from now on.
    pub fn other(&mut self) {
        self.meter.clear();
        self.chosen = 0;
    }

    /// Takes a sample in.
    pub fn heard(&mut self, status: &GeneratorStatus) {
        let stats = &status.stats;
        self.meter.heard(stats);
        let fresh = || (stats.uptime, stats.settings.clone());
        let known = self.began.entry(status.id.clone()).or_insert_with(fresh);
        if stats.uptime < known.0 {
            *known = fresh();
        }
        known.0 = stats.uptime;
    }

    /// The settings with which the present run of a generator began, as far as was seen.
    pub fn began(&self, id: &str) -> Option<&Settings> {
        self.began.get(id).map(|(_, settings)| settings)
    }

    /// What is in force now is being written to the file.
    pub fn writes(&mut self, id: &str, now: &Settings) {
        self.writing = Some((id.to_owned(), now.clone()));
    }

    /// It was written, or not.
    pub fn written(&mut self, well: bool) {
        if let Some((id, now)) = self.writing.take().filter(|_| well)
            && let Some((_, settings)) = self.began.get_mut(&id)
        {
            *settings = now;
        }
    }
}

impl Monitor {
    /// The counters of the chosen generator.
    pub fn stats(&self) -> Option<&Stats> {
        self.status.as_deref().map(|status| &status.stats)
    }

    /// What can be chosen on the screen.
    pub fn parts(&self) -> Vec<Part> {
        let Some(stats) = self.stats() else {
            return Vec::new();
        };
        let outputs = (0..stats.outputs.len()).map(Part::Output);
        let aliases = stats.aliases.iter();
        outputs
            .chain(aliases.map(|alias| Part::Alias(alias.name.clone())))
            .collect()
    }

    /// The chosen one.
    pub fn part(&self) -> Option<Part> {
        let parts = self.parts();
        let at = self.flow.chosen.min(parts.len().checked_sub(1)?);
        parts.get(at).cloned()
    }
}
