//! Leaving: what is not saved, what runs, and where it runs.

use super::{Action, App, Choice, Dialog, Overlay, Phase};
use crate::instance::Link;
use crate::pipeline::EndReason;
use crate::tui::event::Effect;
use crate::tui::monitor::history::is_active;

/// Most names in one line.
const NAMES: usize = 4;
/// The title of the question that stays until everything is stopped.
const STOPPING: &str = "Stopping";

impl App {
    /// True when generators run in a process of their own and do not end with this one.
    pub fn is_apart(&self) -> bool {
        self.link != Link::Here
    }

    /// What is wrong with where generators run, as long as it is.
    pub fn trouble(&self) -> Option<&str> {
        self.monitor
            .silent
            .as_deref()
            .or(self.unsafe_here.as_deref())
    }

    /// Generators have to run in this process, and why.
    pub fn runs_here(&mut self, why: String) {
        self.warn(why.clone());
        self.unsafe_here = Some(why);
    }

    /// Where generators run has changed.
    pub fn linked(&mut self, link: Link) {
        if let Link::Gone { why, orderly, .. } = &link {
            self.running.clear();
            if self.leaving {
                self.exit = Some(u8::from(!orderly));
            }
            // At once: the next wish to run is not to be taken for one to stop.
            if *orderly {
                self.pipeline_ended(&EndReason::Stopped);
                self.warn(why.clone());
            } else {
                self.pipeline_ended(&EndReason::Failed(why.clone()));
                self.error(why.clone());
            }
        }
        if let (Link::Up(_), Link::Gone { why, .. }) = (&link, &self.link) {
            let why = why.clone();
            self.resolved(&why);
        }
        if matches!(link, Link::Up(_)) && matches!(self.link, Link::Silent { .. }) {
            self.info("it answers again");
        }
        self.link = link;
        // What was asked before holds no more: what can be done is another.
        let asked = match self.overlays.last() {
            Some(Overlay::Dialog(dialog)) => {
                let first = dialog.choices.first().map(|one| &one.action);
                matches!(first, Some(Action::Detach | Action::StopAll)) && !self.leaving
            }
            _ => false,
        };
        if asked {
            self.overlays.pop();
            self.leave();
        }
    }

    /// The table was heard: what has ended by it does not run, whenever the names are told again.
    pub fn heard_of_ends(&mut self) {
        let ended = |id: &String| {
            let row = self.monitor.generators.iter().find(|one| one.id == *id);
            row.is_some_and(|one| !is_active(one.state.as_ref()))
        };
        let left: Vec<String> = self
            .running
            .iter()
            .filter(|id| !ended(id))
            .cloned()
            .collect();
        if left.len() < self.running.len() {
            self.runs(left);
        }
    }

    /// These generators run.
    pub fn runs(&mut self, ids: Vec<String>) {
        self.running = ids;
        let lines = if self.leaving {
            self.what_is_stopped()
        } else {
            self.what_runs()
        };
        let about = |dialog: &Dialog| match dialog.choices.first().map(|one| &one.action) {
            Some(Action::AbortAll) => self.leaving,
            Some(Action::Detach | Action::StopAll) => !self.leaving,
            _ => false,
        };
        let open = match self.overlays.last() {
            Some(Overlay::Dialog(dialog)) => about(dialog),
            _ => false,
        };
        if let Some(Overlay::Dialog(dialog)) = self.overlays.last_mut()
            && open
        {
            dialog.lines = lines;
        }
        // Nothing is left to be asked about: it was to be left.
        if open && !self.leaving && self.busy().is_empty() {
            self.overlays.pop();
            self.leave();
        }
    }

    /// Generators that run, as far as known: that of the project goes first.
    fn busy(&self) -> Vec<String> {
        let own = self.pipeline.active().then(|| self.pipeline.id.clone());
        let others = self.running.iter().filter(|id| {
            let ended = matches!(self.pipeline.phase, Phase::Idle | Phase::Ended(..));
            own.as_ref() != Some(*id) && !(ended && **id == self.pipeline.id)
        });
        own.iter().cloned().chain(others.cloned()).collect()
    }

    /// Asks what has to be asked before leaving.
    pub fn quit(&mut self) {
        if self.leaving {
            return;
        }
        let project = self.project.as_ref();
        let unsaved = project.map_or_else(Vec::new, |project| project.unsaved());
        let Some(project) = project.filter(|_| !unsaved.is_empty()) else {
            if self.settings.confirm_quit && self.busy().is_empty() {
                self.confirm_quit();
            } else {
                self.leave();
            }
            return;
        };
        let mut lines = vec!["These files have changes that are not saved:".to_owned()];
        let named = unsaved.iter().take(6);
        lines.extend(named.map(|path| format!("  {}", project.relative(path))));
        if unsaved.len() > 6 {
            lines.push(format!("  and {} more", unsaved.len() - 6));
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Quit".to_owned(),
            lines,
            choices: vec![
                Choice::new('s', "Save and quit", Action::SaveThenLeave),
                Choice::new('d', "Discard and quit", Action::Leave),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    /// Leaves the table of a terminal that has nothing else; always asks, since the key for it only goes
    /// back elsewhere.
    pub(super) fn leave_table(&mut self) {
        if !self.busy().is_empty() {
            return self.quit();
        }
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Quit".to_owned(),
            lines: vec!["Nothing runs here. Leave?".to_owned()],
            choices: vec![
                Choice::new('q', "Quit", Action::Leave),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    /// Asks although nothing is lost, for those who want that.
    fn confirm_quit(&mut self) {
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Quit".to_owned(),
            lines: vec!["Nothing is unsaved and nothing runs.".to_owned()],
            choices: vec![
                Choice::new('q', "Quit", Action::Leave),
                Choice::new('c', "Cancel", Action::Nothing),
            ],
            chosen: 0,
            about: None,
        }));
    }

    /// Leaves, once it is clear what becomes of what runs.
    pub(super) fn leave(&mut self) {
        let busy = self.busy();
        if busy.is_empty() {
            self.exit = Some(0);
            return;
        }
        // Letters that the question before, about what is not saved, has no use for.
        let mut choices = match &self.link {
            Link::Here => vec![Choice::new('t', "Stop and quit", Action::StopAll)],
            Link::Up(_) => vec![
                Choice::new('k', "Keep running", Action::Detach),
                Choice::new('t', "Stop all and quit", Action::StopAll),
            ],
            Link::Silent { .. } | Link::Gone { .. } => {
                vec![Choice::new('q', "Quit", Action::Detach)]
            }
        };
        choices.push(Choice::new('c', "Cancel", Action::Nothing));
        // Enter stops nothing.
        let chosen = match &self.link {
            Link::Here => choices.len() - 1,
            _ => 0,
        };
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: "Quit".to_owned(),
            lines: self.what_runs(),
            choices,
            chosen,
            about: None,
        }));
    }

    /// What runs, and what becomes of it.
    fn what_runs(&self) -> Vec<String> {
        let busy = self.busy();
        let one = busy.len() == 1;
        let running = format!(
            "{} {} running.",
            names(&busy),
            if one { "is" } else { "are" }
        );
        let more = match &self.link {
            Link::Here if one => "What is queued is delivered, then it stops.".to_owned(),
            Link::Here => "What is queued is delivered, then they stop.".to_owned(),
            Link::Up(peer) => {
                let at = if peer.service {
                    format!("in instance `{}`", peer.name)
                } else {
                    "in the background".to_owned()
                };
                let go = if one { "it goes" } else { "they go" };
                format!("Left {at}, {go} on; `evtui attach` comes back.")
            }
            Link::Silent { .. } | Link::Gone { .. } => {
                "The process that holds generators does not answer.".to_owned()
            }
        };
        vec![running, more]
    }

    /// Leaves; generators go on.
    pub(super) fn detach(&mut self) {
        self.exit = Some(0);
    }

    /// Stops everything and leaves then.
    pub(super) fn stop_all(&mut self) {
        self.leaving = true;
        self.effects.push(Effect::ShutDown);
        let mut choices = vec![Choice::new('a', "Abort now", Action::AbortAll)];
        if self.is_apart() {
            choices.push(Choice::new('l', "Leave them to it", Action::Detach));
        }
        choices.push(Choice::new('w', "Wait", Action::Wait));
        let chosen = choices.len() - 1;
        self.overlays.push(Overlay::Dialog(Dialog {
            top: 0,
            title: STOPPING.to_owned(),
            lines: self.what_is_stopped(),
            choices,
            chosen,
            about: None,
        }));
    }

    fn what_is_stopped(&self) -> Vec<String> {
        let mut lines = vec!["Delivering what is queued …".to_owned()];
        let busy = self.busy();
        if !busy.is_empty() {
            lines.push(format!("{} still at work: {}", busy.len(), names(&busy)));
        }
        lines
    }

    pub(super) fn shut_down(&mut self) {
        if self.leaving {
            self.exit = Some(0);
        }
    }

    /// What was to be stopped goes on, or nobody knows.
    pub(super) fn not_stopped(&mut self, why: String) {
        self.leaving = false;
        self.overlays.retain(|one| match one {
            Overlay::Dialog(dialog) => dialog.title != STOPPING,
            _ => true,
        });
        self.error(why);
    }
}

fn names(ids: &[String]) -> String {
    let shown: Vec<&str> = ids.iter().take(NAMES).map(String::as_str).collect();
    match ids.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}
