//! What the screens about running generators know and how keys and news change it: one file a screen.
//! Draws nothing; what the world has to do leaves as [`Effect`](super::event::Effect)s.

pub mod faults;
pub mod faults_facts;
pub mod faults_model;
pub mod faults_place;
pub mod filter;
pub mod flow;
pub mod globals;
pub mod globals_tree;
pub mod history;
pub mod list;
pub mod logs;
pub mod overview;
mod pointer;
pub mod tail;
pub mod tail_json;

use std::collections::HashMap;
use std::time::Instant;

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::app::{App, Screen};
use super::event::{InstanceNews, Observe};
use crate::instance::{GeneratorStatus, Overview};

use history::History;

/// What is known of the instance.
#[derive(Debug, Default)]
pub struct Monitor {
    /// All generators as last heard, in the order of the instance.
    pub generators: Vec<Overview>,
    /// Rates over time, by generator.
    pub histories: HashMap<String, History>,
    /// The generator that the screens about one are about.
    pub chosen: Option<String>,
    /// The chosen generator in detail, as last heard.
    pub status: Option<Box<GeneratorStatus>>,
    /// Why the instance does not answer, when it does not.
    pub silent: Option<String>,
    /// The table of generators.
    pub overview: overview::State,
    /// The flow of one.
    pub flow: flow::State,
    /// What fails in one.
    pub faults: faults::State,
    /// Its events.
    pub tail: tail::State,
    /// What was logged.
    pub logs: logs::State,
    /// What generators share.
    pub globals: globals::State,
    /// Where and when the mouse was last pressed.
    clicked: Option<(Position, Instant)>,
}

impl Monitor {
    /// The chosen generator as the table knows it.
    pub fn of_chosen(&self) -> Option<&Overview> {
        let id = self.chosen.as_ref()?;
        self.generators.iter().find(|one| one.id == *id)
    }

    /// What a screen needs to hear of.
    fn wants(&self, screen: Screen) -> Observe {
        let mut wish = Observe {
            overview: screen != Screen::Design,
            ..Observe::default()
        };
        match screen {
            Screen::Design | Screen::Overview => {}
            Screen::Flow | Screen::Faults => wish.status.clone_from(&self.chosen),
            Screen::Tail => wish.tail = self.tail.wants(self.chosen.as_deref()),
            Screen::Logs => wish.logs = Some(self.logs.wants()),
            Screen::Globals => wish.globals = Some(self.globals.wants()),
        }
        wish
    }
}

impl App {
    /// News of the instance; true when something to see changed.
    pub(super) fn instance_news(&mut self, news: InstanceNews) -> bool {
        let monitor = &mut self.monitor;
        let is_chosen = |id: &str| monitor.chosen.as_deref() == Some(id);
        match news {
            InstanceNews::Overview(generators) => return self.heard_overview(generators),
            InstanceNews::Status(status) => {
                if !is_chosen(&status.id) {
                    return false;
                }
                monitor.faults.heard(&status);
                monitor.status = Some(status);
            }
            InstanceNews::Tail(id, page) => {
                return is_chosen(&id) && monitor.tail.heard(&id, page);
            }
            InstanceNews::Logs(page) => return monitor.logs.heard(page),
            InstanceNews::Globals(scenario, values) => {
                return monitor.globals.heard(&scenario, values);
            }
            InstanceNews::Silent(why) => {
                let same = why == monitor.silent;
                if why.is_none() && !same {
                    monitor.logs.start_over();
                }
                monitor.silent = why;
                return !same;
            }
            InstanceNews::Link(link) => self.linked(link),
            InstanceNews::Running(ids) => self.runs(ids),
            InstanceNews::Warned(why) => self.warn(why),
            InstanceNews::Done(message) => self.info(message),
            InstanceNews::Failed(message) => self.error(message),
        }
        true
    }

    fn heard_overview(&mut self, generators: Vec<Overview>) -> bool {
        let known = &mut self.monitor.histories;
        known.retain(|id, _| generators.iter().any(|one| one.id == *id));
        for one in &generators {
            known.entry(one.id.clone()).or_default().heard(one);
        }
        let monitor = &mut self.monitor;
        let gone = |id: &String| !generators.iter().any(|one| one.id == *id);
        if monitor.chosen.as_ref().is_none_or(gone) {
            monitor.chosen = generators.first().map(|one| one.id.clone());
            monitor.status = None;
        }
        let news = monitor.generators != generators;
        monitor.generators = generators;
        news
    }

    /// A key that no command took, on a screen about generators.
    pub(super) fn monitor_key(&mut self, key: &KeyEvent) {
        match self.screen {
            Screen::Design => {}
            Screen::Overview => overview::key(self, key),
            Screen::Flow => flow::key(self, key),
            Screen::Faults => faults::key(self, key),
            Screen::Tail => tail::key(self, key),
            Screen::Logs => logs::key(self, key),
            Screen::Globals => globals::key(self, key),
        }
    }

    /// True while a screen takes plain letters as text (a filter that is being typed).
    pub fn monitor_types(&self) -> bool {
        match self.screen {
            Screen::Overview => self.monitor.overview.types(),
            _ => false,
        }
    }

    /// The place of a screen about generators, below the names.
    pub fn monitor_body(&self) -> Rect {
        let whole = super::layout::between(self.size, &self.layout());
        super::app::inner(whole)
    }

    /// Brings what depends on sizes in step.
    pub(super) fn settle_monitor(&mut self) {
        let area = self.monitor_body();
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let below = height.saturating_sub(1);
        let monitor = &mut self.monitor;
        match self.screen {
            Screen::Faults => self.settle_faults(area),
            Screen::Tail => monitor.tail.settle(width, below),
            Screen::Logs => monitor.logs.settle(width, below),
            Screen::Globals => {
                monitor.settle_globals();
                monitor.globals.settle(below);
            }
            Screen::Design | Screen::Overview | Screen::Flow => {}
        }
    }

    /// What the instance is to be asked again and again, for what is shown.
    pub(super) fn observed(&self) -> Observe {
        self.monitor.wants(self.screen)
    }
}
