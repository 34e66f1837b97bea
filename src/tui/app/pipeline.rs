//! The pipeline in the background: starting, stopping, and what its counters say over time.

use std::collections::VecDeque;
use std::path::MAIN_SEPARATOR;
use std::time::Duration;

use super::{Action, App, Choice, Dialog, Overlay};
use crate::instance::{GeneratorSpec, GeneratorStatus};
use crate::pipeline::{EndReason, State, Stats};
use crate::tui::event::{Effect, PipelineEvent};
use crate::tui::monitor::flow_meter::Meter;
use crate::tui::monitor::flow_words as words;

/// Seconds of history kept.
const HISTORY: usize = 600;
/// Time over which the present rate is measured.
const WINDOW: Duration = Duration::from_millis(1_000);

/// Where the pipeline stands, as the application sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Never started.
    Idle,
    /// Being started.
    Starting,
    /// Running.
    Running,
    /// Delivering what is queued.
    Stopping,
    /// Over, with a reason in words and whether that was well.
    Ended(String, bool),
}

/// The pipeline.
#[derive(Debug)]
pub struct Pipeline {
    /// Its name in the instance.
    pub id: String,
    /// Where it stands.
    pub phase: Phase,
    /// Its latest counters.
    pub stats: Stats,
    /// Events per second now.
    pub rate: f64,
    /// Bytes written per second now.
    pub byte_rate: f64,
    /// Events in each of the last seconds, the oldest first.
    pub history: VecDeque<u64>,
    /// Released when due, or as fast as possible.
    pub live: bool,
    /// Its last samples, to tell what holds it up.
    pub meter: Meter,
    seed: Option<u64>,
    samples: VecDeque<(Duration, u64, u64)>,
    counted: (u64, u64),
}

impl Pipeline {
    pub(super) fn new(live: bool, seed: Option<u64>) -> Self {
        Self {
            id: String::new(),
            phase: Phase::Idle,
            stats: Stats::default(),
            rate: 0.0,
            byte_rate: 0.0,
            history: VecDeque::new(),
            live,
            meter: Meter::default(),
            seed,
            samples: VecDeque::new(),
            counted: (0, 0),
        }
    }

    pub(super) fn seed(&self) -> Option<u64> {
        self.seed
    }

    pub(super) fn name(&mut self, id: &str) {
        self.id = id.to_owned();
    }

    /// True from the wish to start to the end.
    pub fn active(&self) -> bool {
        matches!(
            self.phase,
            Phase::Starting | Phase::Running | Phase::Stopping
        )
    }

    /// True when there is something to show.
    pub fn seen(&self) -> bool {
        self.phase != Phase::Idle
    }

    /// Events per second in at most `cells` equal stretches that together cover the history, and how
    /// many seconds one stretch is. The latest is last; stretches do not shift while they fill.
    pub fn stretches(&self, cells: usize) -> (Vec<u64>, usize) {
        let count = self.history.len();
        let steps = [1, 2, 5, 10, 15, 20, 30, 60];
        let step = steps
            .into_iter()
            .find(|step| count / step < cells.max(2))
            .unwrap_or(60);
        let (seconds, _) = self.counted;
        let first = usize::try_from(seconds)
            .unwrap_or(usize::MAX)
            .saturating_sub(count);
        let mut out: Vec<(usize, u64, u64)> = Vec::new();
        for (index, events) in self.history.iter().enumerate() {
            let stretch = (first + index) / step;
            match out.last_mut().filter(|(last, ..)| *last == stretch) {
                Some((_, sum, seconds)) => {
                    *sum += events;
                    *seconds += 1;
                }
                None => out.push((stretch, *events, 1)),
            }
        }
        let skip = out.len().saturating_sub(cells);
        // What is not nothing stays more than nothing.
        let mean = |(_, sum, seconds): &(usize, u64, u64)| (sum / seconds).max(u64::from(*sum > 0));
        (out.iter().skip(skip).map(mean).collect(), step)
    }

    /// Rows that its details take.
    pub fn rows(&self) -> u16 {
        let stats = &self.stats;
        let flow = stats.inputs.len() + stats.outputs.len() + stats.queues.len() + 2;
        let said = self.said().len();
        u16::try_from(flow.max(stats.errors.len()) + said + 2).unwrap_or(u16::MAX)
    }

    /// What holds it up, what is odd about it, and changed files that are not taken, in words; `true`
    /// when that is bad.
    pub fn said(&self) -> Vec<(String, bool)> {
        if self.phase != Phase::Running {
            return Vec::new();
        }
        let brake = words::brake(&self.stats, &self.meter).filter(|brake| brake.bad);
        let lints = self.stats.lints.iter();
        let reload = words::reload(&self.stats.reload).filter(|(_, needed)| *needed);
        brake
            .map(|brake| (brake.words, true))
            .into_iter()
            .chain(lints.map(|lint| (lint.message.clone(), true)))
            .chain(reload)
            .collect()
    }

    /// Bytes that all outputs wrote.
    pub fn written_bytes(&self) -> u64 {
        self.stats.outputs.iter().map(|output| output.bytes).sum()
    }

    /// Errors of all kinds.
    pub fn error_count(&self) -> u64 {
        self.stats.errors.iter().map(|error| error.count).sum()
    }

    /// Nothing flows any more.
    fn rest(&mut self) {
        self.rate = 0.0;
        self.byte_rate = 0.0;
    }

    fn reset(&mut self) {
        self.stats = Stats::default();
        self.rest();
        self.history.clear();
        self.samples.clear();
        self.meter.clear();
        self.counted = (0, 0);
    }

    /// Takes a sample of the counters in.
    fn sample(&mut self, stats: Stats) {
        let bytes: u64 = stats.outputs.iter().map(|output| output.bytes).sum();
        let at = stats.uptime;
        self.meter.heard(&stats);
        self.stats = stats;
        self.samples.push_back((at, self.stats.events, bytes));
        // The oldest sample kept is the youngest that is at least a window old.
        while self
            .samples
            .get(1)
            .is_some_and(|(old, ..)| at.saturating_sub(*old) >= WINDOW)
        {
            self.samples.pop_front();
        }
        if let Some((old, events, old_bytes)) = self.samples.front() {
            let seconds = at.saturating_sub(*old).as_secs_f64();
            if seconds > 0.0 {
                self.rate = self.stats.events.saturating_sub(*events) as f64 / seconds;
                self.byte_rate = bytes.saturating_sub(*old_bytes) as f64 / seconds;
            }
        }
        self.count(at.as_secs());
    }

    /// Closes the seconds that are over.
    fn count(&mut self, second: u64) {
        let (from, events) = self.counted;
        let passed = second.saturating_sub(from);
        if passed == 0 {
            return;
        }
        let each = self.stats.events.saturating_sub(events) / passed;
        for _ in 0..passed.min(HISTORY as u64) {
            self.history.push_back(each);
        }
        while self.history.len() > HISTORY {
            self.history.pop_front();
        }
        self.counted = (second, self.stats.events);
    }
}

impl App {
    pub fn toggle_pipeline(&mut self) {
        match self.pipeline.phase {
            Phase::Starting | Phase::Running => {
                self.pipeline.phase = Phase::Stopping;
                let id = self.pipeline.id.clone();
                self.effects.push(Effect::Stop(id));
            }
            Phase::Stopping => self.ask_abort(),
            Phase::Idle | Phase::Ended(..) => self.ask_run(),
        }
    }

    fn ask_run(&mut self) {
        let unsaved = self
            .project
            .as_ref()
            .map_or_else(Vec::new, |project| project.unsaved());
        if unsaved.is_empty() {
            self.run_pipeline();
            return;
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Run".to_owned(),
            lines: vec![
                "The pipeline runs what is on disk,".to_owned(),
                "and there are changes that are not saved.".to_owned(),
            ],
            choices: vec![
                Choice::new('s', "Save and run", Action::SaveThenRun),
                Choice::new('r', "Run without", Action::Run),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    pub fn ask_abort(&mut self) {
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Abort".to_owned(),
            lines: vec!["What is queued and not delivered yet will be lost.".to_owned()],
            choices: vec![
                Choice::new('a', "Abort", Action::Abort),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 1,
            about: None,
        }));
    }

    pub(super) fn run_pipeline(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let mut parameters = self.parameters.clone();
        parameters.live_mode = self.pipeline.live;
        self.effects.push(Effect::Start(Box::new(GeneratorSpec {
            id: self.pipeline.id.clone(),
            project: project.document.clone(),
            parameters,
            seed: self.pipeline.seed,
        })));
        self.pipeline.reset();
        self.pipeline.phase = Phase::Starting;
    }

    pub(super) fn pipeline_news(&mut self, news: PipelineEvent) {
        match news {
            PipelineEvent::Started => {
                if self.pipeline.phase == Phase::Starting {
                    self.pipeline.phase = Phase::Running;
                }
                self.resolved("the pipeline ");
                self.info("the pipeline is running");
            }
            PipelineEvent::Refused(why, diagnostics) => {
                let first = diagnostics.0.first().map(|one| one.message.clone());
                let text = match first {
                    Some(first) => format!("could not start: {why}: {first}"),
                    None => format!("could not start: {why}"),
                };
                self.error(format!("the pipeline {text}"));
                self.pipeline.phase = Phase::Ended(text, false);
            }
            PipelineEvent::Failed(why) => self.error(why),
            PipelineEvent::Named(id) => self.pipeline.name(&id),
            PipelineEvent::Adopted(status) => self.adopt(*status),
            PipelineEvent::Status(status) => {
                // Of a run of the project that was open before.
                if status.id == self.pipeline.id {
                    self.pipeline_status(*status);
                }
            }
            PipelineEvent::ShutDown => self.shut_down(),
            PipelineEvent::NotStopped(why) => self.not_stopped(why),
        }
    }

    /// Follows a run that this terminal did not start.
    fn adopt(&mut self, status: GeneratorStatus) {
        let mine = self.project.as_ref();
        if mine.is_none_or(|project| project.document != status.project) || self.pipeline.active() {
            return;
        }
        self.pipeline.name(&status.id);
        self.pipeline.reset();
        self.pipeline.phase = Phase::Running;
        self.info(format!("{} runs already, in the background", status.id));
        self.pipeline_status(status);
    }

    /// Another face started the workbench's pipeline, or started it again.
    pub(in crate::tui) fn follow_own(&mut self) {
        let id = &self.pipeline.id;
        let mut known = self.monitor.generators.iter();
        let runs = known.any(|one| one.id == *id && one.state == Some(State::Running));
        if runs && self.project.is_some() && !self.pipeline.active() {
            self.pipeline.reset();
            self.pipeline.phase = Phase::Running;
            self.changed = true;
        }
    }

    fn pipeline_status(&mut self, mut status: GeneratorStatus) {
        // What was said before the run began is of the one before it.
        let over = matches!(status.state, Some(State::Ended(_)));
        if over && self.pipeline.phase == Phase::Starting {
            return;
        }
        self.remember_own(&status);
        if let Some(project) = &self.project {
            // There is little room, and everyone knows which project is open.
            let folder = format!("{}{MAIN_SEPARATOR}", project.root.display());
            for error in &mut status.stats.errors {
                error.message = error.message.replace(&folder, "");
            }
        }
        let stopping = self.pipeline.phase == Phase::Stopping;
        let before = (self.pipeline.phase.clone(), self.pipeline.stats.clone());
        self.pipeline.sample(status.stats);
        match status.state {
            None | Some(State::Starting) => {}
            Some(State::Running) if stopping => {}
            Some(State::Running) => self.pipeline.phase = Phase::Running,
            Some(State::Stopping) => self.pipeline.phase = Phase::Stopping,
            Some(State::Ended(reason)) => self.pipeline_ended(&reason),
        }
        let (phase, mut stats) = before;
        // Of the time that passes only whole seconds are seen.
        let now = &self.pipeline.stats;
        if stats.uptime.as_secs() == now.uptime.as_secs() {
            stats.uptime = now.uptime;
        }
        self.changed |= phase != self.pipeline.phase || stats != *now;
    }

    /// Why a live run that is over gave nothing, and what to do; `None` when it gave something.
    fn why_nothing(&self) -> Option<String> {
        let stats = &self.pipeline.stats;
        if !self.pipeline.live || stats.released > 0 || stats.events > 0 {
            return None;
        }
        let schedule = self.preview.schedule.as_ref();
        let nothing = schedule.and_then(|schedule| schedule.nothing.as_ref());
        match nothing {
            // Then sample mode gives nothing either.
            Some(why) if self.preview.events.is_empty() => Some(why.clone()),
            _ => Some("nothing lies ahead; m outside the editor: sample mode".to_owned()),
        }
    }

    pub(super) fn pipeline_ended(&mut self, reason: &EndReason) {
        if !self.pipeline.active() {
            return;
        }
        let (text, well) = match reason {
            EndReason::Finished => match self.why_nothing() {
                Some(why) => {
                    self.pipeline.rest();
                    self.pipeline.phase = Phase::Ended(format!("finished: {why}"), true);
                    self.warn(format!("0 events: {why}"));
                    return;
                }
                None => ("finished".to_owned(), true),
            },
            EndReason::Stopped => ("stopped".to_owned(), true),
            EndReason::Aborted => ("aborted".to_owned(), false),
            EndReason::OutputClosed => ("output closed".to_owned(), true),
            EndReason::Failed(why) => (format!("failed: {why}"), false),
        };
        self.pipeline.rest();
        self.pipeline.phase = Phase::Ended(text.clone(), well);
        if well {
            self.info(format!("the pipeline {text}"));
        } else {
            self.error(format!("the pipeline {text}"));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn stats(ms: u64, events: u64) -> Stats {
        Stats {
            uptime: Duration::from_millis(ms),
            events,
            ..Stats::default()
        }
    }

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let mut pipeline = Pipeline::new(true, None);
        for step in 0..=10u64 {
            pipeline.sample(stats(step * 200, step * 200));
        }
        assert!((pipeline.rate - 1_000.0).abs() < 1e-6, "{}", pipeline.rate);
        for step in 1..=5u64 {
            pipeline.sample(stats(2_000 + step * 200, 2_000));
        }
        assert!(pipeline.rate.abs() < 1e-6, "{}", pipeline.rate);
        assert_eq!(pipeline.history, [1_000, 1_000, 0]);
    }

    #[test]
    fn history_is_bounded_and_has_no_holes() {
        let mut pipeline = Pipeline::new(true, None);
        pipeline.sample(stats(3_000, 300));
        assert_eq!(pipeline.history, [100, 100, 100]);
        pipeline.sample(stats(10_000_000, 300));
        assert_eq!(pipeline.history.len(), HISTORY);
    }

    #[test]
    fn the_whole_history_fits_any_width() {
        let mut pipeline = Pipeline::new(true, None);
        for second in 1..=700u64 {
            pipeline.sample(stats(second * 1_000, second * 10));
            for cells in [0, 1, 8, 24, 60] {
                let (bars, _) = pipeline.stretches(cells);
                assert!(
                    bars.len() <= cells && bars.iter().all(|bar| *bar == 10),
                    "{second} {cells} {bars:?}"
                );
            }
        }
        let (bars, step) = pipeline.stretches(24);
        assert_eq!(step, 30);
        assert!(bars.len() >= 20, "{bars:?}");
    }
}
