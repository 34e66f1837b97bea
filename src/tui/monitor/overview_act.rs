//! What can be done from the table of generators: start, stop, pause and so on, of the chosen one, of all
//! marked ones, or of a scenario.

use super::Monitor;
use super::history::is_active;
use super::overview_filter::{self, Filter};
use crate::config::StartupEdit;
use crate::instance::{Action, Overview, Selection};
use crate::pipeline::State;
use crate::tui::app::{self, App, Choice, Dialog, Overlay, Prompt, Screen};
use crate::tui::event::{Effect, Request};
use crate::tui::text;

/// Names shown in a question.
const NAMED: usize = 6;

impl Monitor {
    /// The generators of a scenario; an empty name is those without one.
    pub fn members(&self, scenario: &str) -> Vec<String> {
        let belongs = |one: &&Overview| match scenario {
            "" => one.listing.scenarios.is_empty(),
            _ => one.listing.scenarios.iter().any(|name| name == scenario),
        };
        let those = self.generators.iter().filter(belongs);
        those.map(|one| one.id.clone()).collect()
    }

    /// Which generators the keys are about: the marked ones, or the chosen row.
    pub fn targets(&self) -> Option<Selection> {
        let state = &self.overview;
        let marked: Vec<String> = self
            .generators
            .iter()
            .filter(|one| state.marked.contains(&one.id))
            .map(|one| one.id.clone())
            .collect();
        if !marked.is_empty() {
            return Some(Selection::Ids(marked));
        }
        match &state.group {
            Some(name) if name.is_empty() => Some(Selection::Ids(self.members(""))),
            Some(name) => Some(Selection::Scenario(name.clone())),
            None => Some(Selection::Ids(vec![self.chosen.clone()?])),
        }
    }

    /// The generators that are meant.
    pub fn meant<'a>(&'a self, who: &'a Selection) -> impl Iterator<Item = &'a Overview> {
        let is_meant = move |one: &&Overview| match who {
            Selection::All => true,
            Selection::Ids(ids) => ids.contains(&one.id),
            Selection::Scenario(name) => one.listing.scenarios.contains(name),
        };
        self.generators.iter().filter(is_meant)
    }
}

impl Monitor {
    /// Of several, only those to which it can be done: the running ones are not started again.
    fn concerned(&self, who: Selection, what: Action) -> Selection {
        let all: Vec<&Overview> = self.meant(&who).collect();
        let fits = |one: &&&Overview| {
            let active = is_active(one.state.as_ref());
            match what {
                Action::Start => !active,
                Action::Stop | Action::Abort => active,
                Action::Restart => true,
                Action::Pause => active && !one.paused,
                Action::Resume { .. } => active && one.paused,
            }
        };
        let those: Vec<String> = all.iter().filter(fits).map(|one| one.id.clone()).collect();
        // With none left, the instance says why.
        if those.is_empty() || those.len() == all.len() {
            who
        } else {
            Selection::Ids(those)
        }
    }
}

impl App {
    /// Opens the flow of the chosen generator; of a scenario, marks its generators.
    pub fn open_chosen_generator(&mut self) {
        if self.monitor.overview.group.is_some() {
            self.toggle_mark();
        } else if self.monitor.chosen.is_some() {
            self.show_screen(Screen::Flow);
        }
    }

    /// Starts, stops and so on what is chosen; asks first when something is lost.
    pub fn act_on_chosen(&mut self, what: Action) {
        let who = match self.screen {
            Screen::Overview => self.monitor.targets(),
            _ => self
                .monitor
                .chosen
                .clone()
                .map(|id| Selection::Ids(vec![id])),
        };
        let Some(who) = who else {
            return;
        };
        if self.is_own_first_start(&who, what) {
            self.toggle_pipeline();
            return;
        }
        let who = self.monitor.concerned(who, what);
        match self.loses(&who, what) {
            Some(why) => self.ask_act(who, what, &why),
            None => self.request_act(who, what),
        }
    }

    /// The workbench's pipeline is not known to the instance before its first start.
    fn is_own_first_start(&self, who: &Selection, what: Action) -> bool {
        let own = Selection::Ids(vec![self.pipeline.id.clone()]);
        what == Action::Start
            && *who == own
            && self.project.is_some()
            && self.monitor.meant(who).next().is_none()
    }

    pub(in crate::tui) fn request_act(&mut self, who: Selection, what: Action) {
        let request = Request::Act(who, what);
        self.effects_push(Effect::Request(Box::new(request)));
    }

    /// What would be lost, in words; `None` when nothing is.
    fn loses(&self, who: &Selection, what: Action) -> Option<String> {
        let running = |one: &&Overview| matches!(one.state, Some(State::Running | State::Stopping));
        let many = self.monitor.meant(who).filter(running).count();
        if many == 0 {
            return None;
        }
        match what {
            Action::Abort => Some("What is queued and not delivered yet will be lost.".to_owned()),
            Action::Restart => Some(
                "What is queued is delivered; templates begin anew, counters start from 0."
                    .to_owned(),
            ),
            Action::Stop => {
                let mut down = self.monitor.meant(who).filter(|one| one.outages > 0);
                let first = down.next()?;
                Some(format!(
                    "An output of {} is down: what waits for it may be lost.",
                    first.id
                ))
            }
            Action::Start | Action::Pause | Action::Resume { .. } => None,
        }
    }

    fn ask_act(&mut self, who: Selection, what: Action, why: &str) {
        let (title, label, key) = match what {
            Action::Abort => ("Abort", "Abort", 'a'),
            Action::Restart => ("Restart", "Restart", 'r'),
            _ => ("Stop", "Stop", 's'),
        };
        let names: Vec<String> = self.monitor.meant(&who).map(|one| one.id.clone()).collect();
        let mut lines: Vec<String> = match names.len() {
            0 | 1 => names,
            many => {
                let mut lines = vec![format!("{}:", text::count(many, "generator"))];
                lines.extend(names.iter().take(NAMED).map(|name| format!("  {name}")));
                if many > NAMED {
                    lines.push(format!("  and {} more", many - NAMED));
                }
                lines
            }
        };
        lines.push(why.to_owned());
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: title.to_owned(),
            lines,
            choices: vec![
                Choice::new(key, label, app::Action::Act(who, what)),
                Choice::new('c', "Cancel", app::Action::Nothing),
            ],
            chosen: 1,
            about: None,
        }));
    }

    /// Pauses what runs, or lets go on what is paused.
    pub fn toggle_chosen_pause(&mut self) {
        let Some(who) = self.monitor.targets() else {
            return;
        };
        let running = |one: &&Overview| one.state == Some(State::Running);
        let paused = self
            .monitor
            .meant(&who)
            .filter(running)
            .all(|one| one.paused);
        let what = if paused {
            Action::Resume { skip: false }
        } else {
            Action::Pause
        };
        self.act_on_chosen(what);
    }

    /// Changes in the startup list whether the chosen ones start with the instance.
    pub fn toggle_autostart(&mut self) {
        let Some(who) = self.monitor.targets() else {
            return;
        };
        let listed: Vec<(String, bool)> = self
            .monitor
            .meant(&who)
            .filter(|one| one.listing.listed)
            .map(|one| (one.id.clone(), one.listing.autostart))
            .collect();
        if listed.is_empty() {
            self.warn("it is not in the startup list, so nothing starts it by itself");
            return;
        }
        let on = !listed.iter().all(|(_, on)| *on);
        for (id, before) in listed {
            if before != on {
                self.effects_push(Effect::Request(Box::new(Request::Edit(StartupEdit::Set {
                    id,
                    option: "autostart".to_owned(),
                    value: serde_json::Value::Bool(on),
                }))));
            }
        }
    }

    /// Reads the startup list again and starts, restarts and stops what differs; asks when something
    /// runs that may be stopped by it.
    pub fn reload_list(&mut self) {
        let active = |one: &&Overview| is_active(one.state.as_ref());
        let count = self.monitor.generators.iter().filter(active).count();
        if count == 0 {
            self.effects_push(Effect::Request(Box::new(Request::Reload)));
            return;
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Read the startup list".to_owned(),
            lines: vec![
                format!("{} at work.", text::count(count, "generator")),
                "Those that the list has otherwise are restarted, those it has no more are stopped."
                    .to_owned(),
            ],
            choices: vec![
                Choice::new('r', "Read it", app::Action::ReloadList),
                Choice::new('c', "Cancel", app::Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    /// Asks which generators to show.
    pub fn ask_filter(&mut self) {
        let before = self.monitor.overview.filter_text.clone();
        let take = |app: &mut Self, text: &str| app.set_filter(text);
        let prompt = Prompt::new("Show generators", overview_filter::HELP, take)
            .text(&before)
            .meaning(|app, text| {
                Filter::parse(text)?;
                let shown = app.monitor.rows().len();
                let all = app.monitor.generators.len();
                Ok(format!("{shown} of {}", text::count(all, "generator")))
            })
            // What means nothing yet is half a word; the remark says so.
            .follow(|app, text| {
                let state = &mut app.monitor.overview;
                state.filter = Filter::understood(text);
                text.trim().clone_into(&mut state.filter_text);
            });
        self.ask(prompt);
    }

    /// Shows only what a filter lets through.
    ///
    /// # Errors
    /// When a word of it means nothing.
    pub fn set_filter(&mut self, text: &str) -> Result<(), String> {
        let filter = Filter::parse(text)?;
        let state = &mut self.monitor.overview;
        text.trim().clone_into(&mut state.filter_text);
        state.filter = filter;
        Ok(())
    }

    /// What the key for going back does now, in a few words.
    pub fn overview_back_title(&self) -> &'static str {
        let state = &self.monitor.overview;
        if !state.filter.is_empty() {
            "Show all"
        } else if !state.marked.is_empty() {
            "Unmark"
        } else if self.is_watcher() {
            "Leave"
        } else {
            "Back"
        }
    }

    /// Shows everything and unmarks everything; from there, back to the workbench.
    pub fn overview_back(&mut self) {
        let state = &mut self.monitor.overview;
        if !state.filter.is_empty() {
            state.filter = Filter::default();
            state.filter_text.clear();
        } else if !state.marked.is_empty() {
            state.marked.clear();
        } else {
            self.back();
        }
    }
}
