//! Changing how the chosen generator runs while it runs.

use super::flow::Part;
use super::{flow_values as values, flow_words as words};
use crate::instance::{GeneratorStatus, Selection};
use crate::pipeline::{Change, ReloadMode, Stats};
use crate::time::{Clock as _, Pace, WallClock, Zone};
use crate::tui::app::{Action, App, Choice, Dialog, Overlay, Prompt, Screen};
use crate::tui::event::Request;

/// The speed that slows down a run that goes as fast as possible.
const FROM_FREE: f64 = 3_600.0;
/// Gains that the keys set.
const GAINS: std::ops::RangeInclusive<f64> = 1.0 / 1_024.0..=1_024.0;

/// What it is now, then what can be typed.
fn now_and(now: Option<String>, forms: &str) -> String {
    now.map_or_else(|| forms.to_owned(), |now| format!("now {now}; {forms}"))
}

impl App {
    fn chosen_status(&mut self) -> Option<&mut GeneratorStatus> {
        self.monitor.status.as_deref_mut()
    }

    fn chosen_stats(&self) -> Option<&Stats> {
        self.monitor.stats()
    }

    /// Changes how the chosen generator runs.
    pub(in crate::tui) fn change_chosen(&mut self, change: Change) {
        let Some(id) = self.monitor.chosen.clone() else {
            return;
        };
        // The next key counts from here, also before the instance told of it.
        if let Some(status) = self.chosen_status() {
            let settings = &mut status.stats.settings;
            match &change {
                Change::Pause => settings.paused = true,
                Change::Resume { .. } => settings.paused = false,
                Change::Pace(pace) => settings.pace = *pace,
                Change::Gain(gain) => settings.gain = *gain,
                Change::RateLimit(limit) => settings.rate_limit = *limit,
                Change::Reload(mode) => status.stats.reload.mode = *mode,
                _ => {}
            }
        }
        self.request(Request::Control(id, change));
    }

    /// Pauses the chosen generator, or lets it go on.
    pub fn toggle_flow_pause(&mut self) {
        let paused = self.chosen_stats().is_some_and(|one| one.settings.paused);
        self.change_chosen(if paused {
            Change::Resume { skip: false }
        } else {
            Change::Pause
        });
    }

    /// Uses each timestamp so many times as often.
    pub fn scale_gain(&mut self, factor: f64) {
        let Some(gain) = self.chosen_stats().map(|one| one.settings.gain * factor) else {
            return;
        };
        if GAINS.contains(&gain) {
            self.change_chosen(Change::Gain(gain));
        }
    }

    /// Lets event time pass so many times as fast.
    pub fn scale_pace(&mut self, factor: f64) {
        let Some(stats) = self.chosen_stats() else {
            return;
        };
        let pace = match stats.settings.pace {
            // A run that waits for nothing is a sample: it has no lag, and its inputs never rest.
            None if self.is_free() && factor > 1.0 => {
                self.info("it runs as fast as possible");
                return;
            }
            None if self.is_free() => Pace::speed(FROM_FREE),
            None => Pace::speed(factor),
            Some(Pace::Speed(speed)) => Pace::speed(speed * factor),
            Some(Pace::Steps { unit_us, every_us }) => {
                let every = ((every_us.max(1_000) as f64 / factor) as i64).max(1_000);
                Pace::steps(unit_us, every, false)
            }
        };
        if let Some(pace) = pace {
            self.change_chosen(Change::Pace(Some(pace)));
        }
    }

    /// True for the workbench's pipeline in sample mode; of others the mode is not told.
    fn is_free(&self) -> bool {
        self.monitor.chosen.as_ref() == Some(&self.pipeline.id) && !self.pipeline.live
    }

    /// Asks for a gain.
    pub fn ask_gain(&mut self) {
        let now = self
            .chosen_stats()
            .map(|one| words::number(one.settings.gain));
        let take = |app: &mut Self, text: &str| {
            app.change_chosen(Change::Gain(values::gain(text)?));
            Ok(())
        };
        let meaning = |_: &Self, text: &str| {
            let gain = words::number(values::gain(text)?);
            Ok(format!("each timestamp is used {gain} times"))
        };
        self.ask(Prompt::new("Gain", now_and(now, values::GAINS), take).meaning(meaning));
    }

    /// Asks for the most events in a second.
    pub fn ask_ceiling(&mut self) {
        let limit = self.chosen_stats().and_then(|one| one.settings.rate_limit);
        let limit = limit.map(|limit| format!("{}/s", words::number(limit)));
        let take = |app: &mut Self, text: &str| {
            app.change_chosen(Change::RateLimit(values::ceiling(text)?));
            Ok(())
        };
        let meaning = |_: &Self, text: &str| {
            Ok(match values::ceiling(text)? {
                None => "as many events as there are".to_owned(),
                Some(limit) => format!("at most {} events a second", words::number(limit)),
            })
        };
        self.ask(
            Prompt::new("Rate ceiling", now_and(limit, values::CEILINGS), take).meaning(meaning),
        );
    }

    /// Asks how fast event time passes.
    pub fn ask_pace(&mut self) {
        let take = |app: &mut Self, text: &str| {
            app.change_chosen(Change::Pace(values::pace(text)?));
            Ok(())
        };
        let meaning = |_: &Self, text: &str| Ok(values::pace_words(values::pace(text)?));
        let pace = self.chosen_stats().and_then(|one| one.settings.pace);
        let help = now_and(pace.map(|pace| pace.to_string()), values::PACES);
        self.ask(Prompt::new("Pace", help, take).meaning(meaning));
    }

    /// Asks where event time is to go on.
    pub fn ask_moment(&mut self) {
        let take = |app: &mut Self, text: &str| {
            let (zone, now, stands) = app.clocks();
            let to = values::moment(text, zone, now, stands)?;
            app.change_chosen(Change::SkipTo(to.instant_us()));
            Ok(())
        };
        let meaning = |app: &Self, text: &str| {
            let (zone, now, stands) = app.clocks();
            let to = values::moment(text, zone, now, stands)?;
            Ok(values::moment_words(to, now, stands))
        };
        self.ask(Prompt::new("Skip to", values::MOMENTS, take).meaning(meaning));
    }

    /// The zone that moments are typed in, the wall clock, and where event time stands.
    fn clocks(&self) -> (Zone, i64, Option<i64>) {
        let stands = self.chosen_stats().and_then(|one| one.position_us);
        (self.zone(), WallClock.now_us(), stands)
    }

    /// Holds the chosen output, or lets it go on; switches the chosen template off or on.
    pub fn toggle_part(&mut self) {
        let (Some(part), Some(stats)) = (self.monitor.part(), self.chosen_stats()) else {
            return;
        };
        let change = match part {
            Part::Output(index) => Change::Output {
                index,
                paused: !stats.outputs.get(index).is_some_and(|one| one.paused),
            },
            Part::Alias(name) => Change::Alias {
                off: !stats.aliases.iter().any(|one| one.name == name && one.off),
                name: name.into(),
            },
        };
        self.change_chosen(change);
    }

    /// Has the chosen output try again at once.
    pub fn retry_part(&mut self) {
        let chosen = match self.monitor.part() {
            Some(Part::Output(index)) => Some(index),
            _ => None,
        };
        let down = |index: usize| {
            let output = self.chosen_stats()?.outputs.get(index)?;
            output.outage.as_ref().map(|_| index)
        };
        // Where the chosen one has nothing to try again, the first one that has is meant.
        let all = self.chosen_stats().map_or(0, |stats| stats.outputs.len());
        match chosen.and_then(down).or_else(|| (0..all).find_map(down)) {
            Some(index) => self.change_chosen(Change::Retry(index)),
            None => self.info("no output waits to try again"),
        }
    }

    /// What is done with changed files: the next of auto, ask, off.
    pub fn next_reload_mode(&mut self) {
        let Some(mode) = self.chosen_stats().map(|one| one.reload.mode) else {
            return;
        };
        self.change_chosen(Change::Reload(match mode {
            ReloadMode::Auto => ReloadMode::Ask,
            ReloadMode::Ask => ReloadMode::Off,
            ReloadMode::Off => ReloadMode::Auto,
        }));
    }

    /// Looks at the files now and takes a sound change.
    pub fn take_changed_files(&mut self) {
        if let Some(id) = self.monitor.chosen.clone() {
            self.request(Request::ReloadFiles(id));
        }
    }

    /// Asks whether to write what was changed while it ran to the startup list.
    pub fn write_back(&mut self) {
        let Some(id) = self.monitor.chosen.clone() else {
            return;
        };
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Write back".to_owned(),
            lines: vec![
                format!("Pace, gain and limits of {id} as they are now"),
                "take the place of those in the startup list.".to_owned(),
            ],
            choices: vec![
                Choice::new('w', "Write", Action::WriteBack(id)),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    /// Writes what was changed while a generator ran to the startup list.
    pub(in crate::tui) fn write_back_now(&mut self, id: &str) {
        let chosen = self.monitor.chosen.as_deref() == Some(id);
        let settings = self.chosen_stats().map(|one| one.settings.clone());
        if let Some(settings) = settings.filter(|_| chosen) {
            self.monitor.flow.writes(id, &settings);
        }
        self.request(Request::WriteBack(id.to_owned()));
    }

    /// Shows the generator above or below in the table.
    pub fn other_generator(&mut self, forward: bool) {
        let rows = self.monitor.rows();
        let ids: Vec<String> = rows
            .iter()
            .filter_map(|row| match row {
                super::overview::Row::One(index, _) => self.monitor.generators.get(*index),
                super::overview::Row::Group { .. } => None,
            })
            .map(|one| one.id.clone())
            .collect();
        let count = ids.len();
        let at = ids
            .iter()
            .position(|id| Some(id) == self.monitor.chosen.as_ref());
        let to = match at {
            Some(at) if forward => (at + 1) % count,
            Some(at) => (at + count - 1) % count,
            None => 0,
        };
        if let Some(id) = ids.get(to) {
            self.monitor.choose_generator(id.clone());
        }
    }

    /// From the workbench: the flow of its own pipeline.
    pub fn show_own_flow(&mut self) {
        let id = self.pipeline.id.clone();
        self.monitor.overview.group = None;
        self.monitor.choose_generator(id);
        self.show_screen(Screen::Flow);
    }

    /// Starts the chosen generator, or stops it.
    pub fn toggle_chosen(&mut self) {
        let active = self
            .monitor
            .of_chosen()
            .is_some_and(|one| super::history::is_active(one.state.as_ref()));
        let what = if active {
            crate::instance::Action::Stop
        } else {
            crate::instance::Action::Start
        };
        self.act_on_chosen(what);
    }

    /// The generators that the keys are about, when any is.
    pub fn any_target(&self) -> Option<Selection> {
        self.monitor.targets()
    }
}
