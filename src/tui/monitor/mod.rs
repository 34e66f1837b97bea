//! What the screens about running generators know and how keys and news change it: one file a screen.
//! Draws nothing; what the world has to do leaves as [`Effect`](super::event::Effect)s.

pub mod faults;
pub mod flow;
pub mod globals;
pub mod history;
pub mod logs;
pub mod overview;
pub mod tail;

use std::collections::HashMap;

use crossterm::event::KeyEvent;

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
    /// News of the instance.
    pub(super) fn instance_news(&mut self, news: InstanceNews) {
        match news {
            InstanceNews::Overview(generators) => self.heard_overview(generators),
            InstanceNews::Status(status) => {
                if self.monitor.chosen.as_deref() == Some(status.id.as_str()) {
                    self.monitor.status = Some(status);
                }
            }
            InstanceNews::Tail(id, page) => {
                if self.monitor.chosen.as_deref() == Some(id.as_str()) {
                    self.monitor.tail.heard(page);
                }
            }
            InstanceNews::Logs(page) => self.monitor.logs.heard(page),
            InstanceNews::Globals(scenario, values) => {
                self.monitor.globals.heard(&scenario, values);
            }
            InstanceNews::Silent(why) => self.monitor.silent = why,
            InstanceNews::Link(link) => self.linked(link),
            InstanceNews::Running(ids) => self.runs(ids),
            InstanceNews::Warned(why) => self.warn(why),
            InstanceNews::Here(why) => self.runs_here(why),
            InstanceNews::Done(message) => self.info(message),
            InstanceNews::Failed(message) => self.error(message),
        }
    }

    fn heard_overview(&mut self, generators: Vec<Overview>) {
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
        monitor.generators = generators;
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
            Screen::Tail => self.monitor.tail.types(),
            Screen::Logs => self.monitor.logs.types(),
            Screen::Globals => self.monitor.globals.types(),
            Screen::Design | Screen::Flow | Screen::Faults => false,
        }
    }

    /// What the instance is to be asked again and again, for what is shown.
    pub(super) fn observed(&self) -> Observe {
        self.monitor.wants(self.screen)
    }
}
