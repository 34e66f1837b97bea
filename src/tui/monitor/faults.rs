//! What fails in one generator, and what can be done: the list, the chosen fault, what one does about it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;

use super::faults_facts::{self as facts, Fact};
use super::faults_model::{self as model, About, Fault, Losses};
use super::faults_place::{self as place, Excerpt, Spot};
use super::history::is_active;
use super::list::List;
use crate::instance::GeneratorStatus;
use crate::pipeline::{Change, OutputStats};
use crate::tui::app::{Action, App, Choice, Dialog, Overlay};
use crate::tui::event::{Effect, Request};
use crate::tui::text;

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {
    /// The generator that all of it is about.
    of: Option<String>,
    losses: Losses,
    /// The faults, the odd first, then the worst.
    pub faults: Vec<Fault>,
    /// Where one stands among them.
    pub list: List,
    /// Rows of the details above the view.
    pub top: usize,
    /// What the chosen fault is about: it stays the chosen one wherever it is sorted to.
    chosen: Option<About>,
    /// The lines around the place of the chosen fault.
    pub excerpt: Option<Excerpt>,
    height: usize,
}

impl State {
    /// Takes a report in.
    pub fn heard(&mut self, status: &GeneratorStatus) {
        if self.of.as_deref() != Some(status.id.as_str()) {
            *self = Self {
                of: Some(status.id.clone()),
                height: self.height,
                ..Self::default()
            };
        }
        self.losses.heard_of(&status.stats);
        self.faults = model::faults(status, &self.losses);
        let known = self.chosen.as_ref();
        let at = self.faults.iter().position(|one| Some(&one.about) == known);
        match at {
            Some(at) if at != self.list.chosen => self.list.choose(at),
            Some(_) => {}
            None => self.choose(self.list.chosen.min(self.faults.len().saturating_sub(1))),
        }
    }

    /// The chosen fault.
    pub fn fault(&self) -> Option<&Fault> {
        self.faults.get(self.list.chosen)
    }

    /// Chooses a fault.
    pub fn choose(&mut self, index: usize) {
        self.list.choose(index);
        let about = self.fault().map(|fault| fault.about.clone());
        if about != self.chosen {
            (self.chosen, self.top, self.excerpt) = (about, 0, None);
        }
    }

    fn go(&mut self, by: isize) {
        let mut list = self.list;
        list.go(by, self.faults.len());
        self.choose(list.chosen);
    }

    /// Brings the list in step with the place for it.
    pub fn settle(&mut self, height: usize) {
        self.height = height;
        self.list.settle(self.faults.len(), height, &|_| 1);
    }
}

/// A key that no command took.
pub fn key(app: &mut App, key: &KeyEvent) {
    let state = &mut app.monitor.faults;
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => state.go(-1),
        KeyCode::Down | KeyCode::Char('j') => state.go(1),
        KeyCode::Home => state.go(isize::MIN),
        KeyCode::End => state.go(isize::MAX),
        KeyCode::PageUp => state.top = state.top.saturating_sub(5),
        KeyCode::PageDown => state.top += 5,
        _ => {}
    }
}

impl App {
    /// The status that the screen is about.
    fn faults_status(&self) -> Option<&GeneratorStatus> {
        self.monitor.status.as_deref()
    }

    /// The chosen fault's output: its number, and its counters.
    pub fn fault_output(&self) -> Option<(usize, &OutputStats)> {
        let About::Output(index) = self.monitor.faults.fault()?.about else {
            return None;
        };
        Some((index, self.faults_status()?.stats.outputs.get(index)?))
    }

    /// True while the run that the faults are of works.
    pub fn fault_run_works(&self) -> bool {
        let state = self.faults_status().map(|status| &status.state);
        is_active(state.and_then(Option::as_ref))
    }

    /// The chosen fault's template, and whether it is switched off.
    pub fn fault_template(&self) -> Option<(&str, bool)> {
        let About::Template(name) = &self.monitor.faults.fault()?.about else {
            return None;
        };
        let aliases = &self.faults_status()?.stats.aliases;
        let alias = aliases.iter().find(|one| one.name == *name)?;
        Some((name, alias.off))
    }

    /// The place in a file that the chosen fault's latest error points to.
    pub fn fault_spot(&self) -> Option<Spot> {
        let status = self.faults_status()?;
        let root = place::root_of(&status.project);
        let errors = &self.monitor.faults.fault()?.errors;
        let mut places = errors.iter();
        places.find_map(|error| Some(place::split(&error.message, root)?.0))
    }

    /// What there is to say about the chosen fault, in rows of a width.
    pub fn fault_rows(&self, width: u16) -> Vec<Fact> {
        let faults = &self.monitor.faults;
        let (Some(fault), Some(status)) = (faults.fault(), self.faults_status()) else {
            return Vec::new();
        };
        let facts = facts::facts(fault, status, faults.excerpt.as_ref(), self.zone());
        facts::broken(facts, usize::from(width))
    }

    /// Brings list and details in step with their places, and reads the lines that the chosen fault points
    /// to when they are not known.
    pub(in crate::tui) fn settle_faults(&mut self, body: Rect) {
        let (list, details) = facts::places(body, self.monitor.faults.faults.len());
        self.monitor.faults.settle(usize::from(list.height));
        let rows = self.fault_rows(details.width).len();
        let most = rows.saturating_sub(usize::from(details.height));
        self.monitor.faults.top = self.monitor.faults.top.min(most);
        let spot = self.fault_spot();
        let known = self.monitor.faults.excerpt.as_ref().map(|one| &one.spot);
        if spot.as_ref() == known {
            return;
        }
        self.monitor.faults.excerpt = spot.map(|spot| {
            self.effects_push(Effect::Excerpt(spot.path.clone(), spot.line));
            Excerpt { spot, lines: None }
        });
    }

    /// Takes in the lines around a place.
    pub(in crate::tui) fn excerpt_read(
        &mut self,
        path: &std::path::Path,
        line: usize,
        lines: Result<Vec<(usize, String)>, String>,
    ) {
        if let Some(excerpt) = &mut self.monitor.faults.excerpt
            && excerpt.spot.path == path
            && excerpt.spot.line == line
        {
            excerpt.lines = Some(lines);
        }
    }

    /// Tries the chosen output's target again now.
    pub fn fault_retry(&mut self) {
        if let Some((index, _)) = self.fault_output() {
            self.control_chosen(Change::Retry(index));
        }
    }

    /// Holds the chosen output, or lets it go on.
    pub fn fault_hold(&mut self) {
        if let Some((index, output)) = self.fault_output() {
            let paused = !output.paused;
            self.control_chosen(Change::Output { index, paused });
        }
    }

    /// Switches the chosen template off or on.
    pub fn fault_switch(&mut self) {
        if let Some((name, off)) = self.fault_template() {
            let name = name.into();
            self.control_chosen(Change::Alias { name, off: !off });
        }
    }

    fn control_chosen(&mut self, change: Change) {
        if let Some(id) = self.monitor.chosen.clone() {
            self.request(Request::Control(id, change));
        }
    }

    /// Asks whether to send the dead letters of the chosen output again.
    pub fn fault_replay(&mut self) {
        let Some((index, output)) = self.fault_output() else {
            return;
        };
        let Some(id) = self.monitor.chosen.clone() else {
            return;
        };
        let letters = output.letters.as_ref();
        let kept = text::count(
            usize::try_from(output.letters_kept).unwrap_or(usize::MAX),
            "dead letter",
        );
        let lines = vec![
            format!("{kept} of output[{index}] {} in", output.name),
            letters.map_or_else(String::new, |path| format!("  {}", path.display())),
            "What the target takes now leaves the file; what it refuses stays there.".to_owned(),
        ];
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Dead letters".to_owned(),
            lines,
            choices: vec![
                Choice::new('s', "Send them again", Action::ReplayLetters(id, index)),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    /// Copies what is said about the chosen fault.
    pub fn fault_copy(&mut self) {
        let Some(fault) = self.monitor.faults.fault() else {
            return;
        };
        let mut lines = vec![match fault.word.as_str() {
            "" => fault.name.clone(),
            word => format!("{}: {word}", fault.name),
        }];
        if let Some(outage) = self.fault_output().and_then(|(_, one)| one.outage.as_ref()) {
            lines.push(outage.reason.clone());
        }
        for error in &fault.errors {
            lines.push(match error.count {
                0 => error.message.clone(),
                count => format!("{}x {}", text::grouped(count), error.message),
            });
            lines.extend(error.sample.iter().map(|sample| format!("  {sample}")));
        }
        self.copy_text(lines.join("\n"));
    }

    /// Opens the place that the chosen fault points to in the workbench's editor; opens the project there
    /// when it is another one.
    pub fn fault_open(&mut self) {
        let (Some(spot), Some(status)) = (self.fault_spot(), self.faults_status()) else {
            self.info("it points to no file");
            return;
        };
        let root = place::root_of(&status.project).to_owned();
        let document = place::document_of(&status.project);
        let at = Some((spot.line.saturating_sub(1), spot.column.saturating_sub(1)));
        self.open_in_workbench(&root, document, spot.path, at);
    }
}
