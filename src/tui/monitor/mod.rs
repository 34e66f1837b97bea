//! What the screens about running generators know and how keys and news change it: one file a screen.
//! Draws nothing; what the world has to do leaves as [`Effect`](super::event::Effect)s.

pub mod faults;
pub mod faults_facts;
pub mod faults_model;
pub mod faults_place;
pub mod filter;
pub mod flow;
mod flow_act;
pub mod flow_meter;
mod flow_values;
pub mod flow_words;
pub mod flowing;
pub mod globals;
pub mod globals_tree;
pub mod history;
pub mod list;
pub mod logs;
mod mouse;
pub mod overview;
mod overview_act;
mod overview_filter;
pub mod overview_table;
mod pointer;
pub mod tail;
pub mod tail_json;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::app::{App, Screen};
use super::event::{InstanceNews, Observe};
use crate::instance::{GeneratorStatus, Overview};

use history::{History, Rings, is_active};

/// Least time between two frames that show new numbers in the table: fifty rows that change all the time
/// are calmer, and cheaper over a slow line, once a second.
const TABLE: Duration = Duration::from_millis(1_000);
/// The same for the flow of one generator.
const FLOW: Duration = Duration::from_millis(500);

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
    /// Rates of all of them together.
    pub total: Rings,
    /// Up to when they are known.
    summed: Option<Duration>,
    /// Why the instance does not answer, when it does not.
    pub silent: Option<String>,
    /// True once it has answered.
    pub heard: bool,
    began: Option<Instant>,
    /// How long the machine slept; the monotonic clock does not know.
    slept: Duration,
    /// When numbers were last worth a frame.
    numbers: Option<Instant>,
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

    /// Time on the axis of all histories.
    pub fn time(&self, now: Instant) -> Duration {
        let began = self.began.unwrap_or(now);
        now.saturating_duration_since(began) + self.slept
    }

    /// Makes it the one that the screens about one are about.
    pub fn choose_generator(&mut self, id: String) {
        if self.chosen.as_ref() != Some(&id) {
            self.chosen = Some(id);
            self.status = None;
            self.flow.other();
        }
    }

    /// Number of generators that run, besides one.
    fn active_besides(&self, own: &str) -> usize {
        let others = self.generators.iter().filter(|one| one.id != own);
        others.filter(|one| is_active(one.state.as_ref())).count()
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

    /// Takes reports into the histories.
    fn remember(&mut self, at: Duration, reports: &[Overview]) {
        let (mut first, mut until) = (None, None);
        for one in reports {
            let history = self.histories.entry(one.id.clone()).or_default();
            if let Some(told) = history.heard(at, one) {
                self.total.sum(told.from, told.to, told.delta);
                first = Some(first.map_or(told.from, |other: Duration| other.min(told.from)));
            }
            if let Some(known) = history.known() {
                until = Some(until.map_or(known, |other: Duration| other.min(known)));
            }
        }
        // All of them together are known as far as each of them is.
        let Some(until) = until else {
            self.summed = None;
            return;
        };
        let near = |since: &Duration| until.saturating_sub(*since) <= history::GAP;
        match self.summed.filter(near) {
            Some(since) => self.total.pass(since, until),
            None => self.total.pass(first.unwrap_or(until), until),
        }
        self.summed = Some(self.summed.map_or(until, |since| since.max(until)));
    }

    /// True when it is time to show new numbers; then counts from here.
    fn numbers_due(&mut self, now: Instant, every: Duration) -> bool {
        let due = self
            .numbers
            .is_none_or(|last| now.saturating_duration_since(last) >= every);
        if due {
            self.numbers = Some(now);
        }
        due
    }
}

/// What of a generator is worth a frame at once: all but numbers that move by themselves.
fn is_news(before: &Overview, after: &Overview) -> bool {
    before.id != after.id
        || before.state != after.state
        || before.paused != after.paused
        || before.listing != after.listing
        || before.outages != after.outages
        || before.lints != after.lints
}

impl App {
    /// News of the instance.
    pub(super) fn instance_news(&mut self, news: InstanceNews) {
        let monitor = &mut self.monitor;
        match news {
            InstanceNews::Overview(generators) => {
                self.heard_overview(generators);
                self.heard_of_ends();
            }
            InstanceNews::Status(status) => self.heard_status(status),
            InstanceNews::Slept(time) => self.monitor.slept += time,
            InstanceNews::Tail(id, page) => {
                let news =
                    monitor.chosen.as_deref() == Some(id.as_str()) && monitor.tail.heard(&id, page);
                self.mark_if(news);
            }
            InstanceNews::Logs(page) => {
                let news = monitor.logs.heard(page);
                self.mark_if(news);
            }
            InstanceNews::Globals(scenario, values) => {
                let news = monitor.globals.heard(&scenario, values);
                self.mark_if(news);
            }
            InstanceNews::Silent(why) => {
                let news = monitor.silent != why;
                if why.is_none() && news {
                    monitor.logs.start_over();
                }
                monitor.silent = why;
                self.mark_if(news);
            }
            InstanceNews::Link(link) => {
                self.linked(link);
                self.mark_changed();
            }
            InstanceNews::Running(ids) => {
                self.runs(ids);
                // Questions name what runs.
                if !self.overlays.is_empty() {
                    self.mark_changed();
                }
            }
            InstanceNews::Warned(why) => self.warn(why),
            InstanceNews::Here(why) => self.runs_here(why),
            InstanceNews::Done(message) => {
                self.monitor.flow.written(true);
                self.info(message);
            }
            InstanceNews::Failed(message) => {
                self.monitor.flow.written(false);
                self.error(message);
            }
        }
    }

    fn mark_if(&mut self, news: bool) {
        if news {
            self.mark_changed();
        }
    }

    fn heard_overview(&mut self, generators: Vec<Overview>) {
        let now = self.now();
        let own = self.own_generator();
        let monitor = &mut self.monitor;
        monitor.began.get_or_insert(now);
        let at = monitor.time(now);
        let known = |id: &String| generators.iter().any(|one| one.id == *id);
        monitor.histories.retain(|id, _| known(id));
        monitor.overview.marked.retain(known);
        monitor.remember(at, &generators);
        let before = std::mem::replace(&mut monitor.generators, generators);
        let after = &monitor.generators;
        let first = !std::mem::replace(&mut monitor.heard, true);
        let moved = before != *after;
        let news = first
            || before.len() != after.len()
            || before.iter().zip(after).any(|(old, new)| is_news(old, new));
        // The workbench's pipeline is there for the screens before its first start too.
        let gone = |id: &String| !after.iter().any(|one| one.id == *id) && own.as_ref() != Some(id);
        if monitor.chosen.as_ref().is_none_or(gone) {
            monitor.chosen = None;
            monitor.status = None;
        }
        if self.screen == Screen::Overview && (moved || news) {
            // Bars go on when nothing else does.
            let due = self.monitor.numbers_due(now, TABLE);
            if news || due {
                self.mark_changed();
            }
        } else if news && self.screen != Screen::Design {
            self.mark_changed();
        }
        self.follow_own();
    }

    fn heard_status(&mut self, status: Box<GeneratorStatus>) {
        if self.monitor.chosen.as_deref() != Some(status.id.as_str()) {
            return;
        }
        let now = self.now();
        self.monitor.flow.heard(&status);
        self.monitor.faults.heard(&status);
        let before = self.monitor.status.replace(status);
        let (Some(before), Some(after)) = (before, &self.monitor.status) else {
            self.mark_changed();
            return;
        };
        let news = before.state != after.state
            || before.stats.settings != after.stats.settings
            || before.stats.reload != after.stats.reload
            || before.stats.lints != after.stats.lints;
        let moved = before.stats != after.stats;
        if news || (moved && self.monitor.numbers_due(now, FLOW)) {
            self.mark_changed();
        }
    }

    /// Takes a sample of the workbench's pipeline into its history, while no screen asks for all.
    pub(super) fn remember_own(&mut self, status: &GeneratorStatus) {
        if self.screen != Screen::Design || self.monitor.active_besides(&status.id) > 0 {
            return;
        }
        let now = self.now();
        self.monitor.began.get_or_insert(now);
        let at = self.monitor.time(now);
        self.monitor.remember(at, &[Overview::of(status)]);
    }

    /// The workbench's pipeline, when a project is open.
    fn own_generator(&self) -> Option<String> {
        let open = self.project.is_some() && !self.pipeline.id.is_empty();
        open.then(|| self.pipeline.id.clone())
    }

    /// The screens are about the workbench's pipeline from now on.
    pub fn choose_own(&mut self) {
        if let Some(own) = self.own_generator() {
            self.monitor.choose_generator(own);
        }
    }

    /// Now, on the axis of all histories.
    pub fn monitor_time(&self) -> Duration {
        self.monitor.time(self.now())
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
        let low = self.low_bandwidth();
        let monitor = &mut self.monitor;
        let alone = !matches!(
            self.screen,
            Screen::Design | Screen::Overview | Screen::Flow
        );
        if alone && monitor.chosen.is_none() {
            monitor.chosen = monitor.generators.first().map(|one| one.id.clone());
        }
        match self.screen {
            Screen::Faults => self.settle_faults(area),
            Screen::Tail => monitor.tail.settle(width, below, low),
            Screen::Logs => monitor.logs.settle(width, below),
            Screen::Globals => {
                monitor.settle_globals();
                monitor.globals.settle(below);
            }
            Screen::Overview => self.settle_overview(),
            Screen::Design | Screen::Flow => {}
        }
    }

    /// What the instance is to be asked again and again, for what is shown.
    pub(super) fn observed(&self) -> Observe {
        let mut wish = self.monitor.wants(self.screen);
        if self.pipeline.active() {
            wish.own = Some(self.pipeline.id.clone());
        }
        // Histories go on while the workbench is shown; once a second is enough for them.
        if self.screen == Screen::Design && self.monitor.active_besides(&self.pipeline.id) > 0 {
            wish.overview = true;
            wish.slowly = true;
        }
        // Rows come so many a second.
        wish.slowly |= self.screen == Screen::Tail && self.low_bandwidth();
        wish
    }
}
