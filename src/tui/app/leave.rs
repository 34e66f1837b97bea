//! Leaving: what is not saved, what runs, and where it runs.

use super::{Action, App, Choice, Dialog, Overlay, Phase};
use crate::instance::Link;
use crate::tui::event::Effect;

/// Most names in one line.
const NAMES: usize = 4;
/// The title of the question that stays until everything is stopped.
const STOPPING: &str = "Stopping";

impl App {
    /// True when generators run in a process of their own and do not end with this one.
    pub fn is_apart(&self) -> bool {
        self.link != Link::Here
    }

    /// Where generators run has changed.
    pub fn linked(&mut self, link: Link) {
        if let Link::Gone { why, .. } = &link {
            self.running.clear();
            if self.leaving {
                self.exit = Some(1);
            }
            self.error(why.clone());
        }
        self.link = link;
    }

    /// These generators run.
    pub fn runs(&mut self, ids: Vec<String>) {
        self.running = ids;
        if !self.leaving {
            return;
        }
        let lines = self.what_is_stopped();
        if let Some(Overlay::Dialog(dialog)) = self.overlays.last_mut()
            && dialog.title == STOPPING
        {
            dialog.lines = lines;
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
            self.leave();
            return;
        };
        let mut lines = vec!["These files have changes that are not saved:".to_owned()];
        let named = unsaved.iter().take(6);
        lines.extend(named.map(|path| format!("  {}", project.relative(path))));
        if unsaved.len() > 6 {
            lines.push(format!("  and {} more", unsaved.len() - 6));
        }
        self.overlays.push(Overlay::Dialog(Dialog {
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

    /// Leaves, once it is clear what becomes of what runs.
    pub(super) fn leave(&mut self) {
        let busy = self.busy();
        if busy.is_empty() {
            self.exit = Some(0);
            return;
        }
        let (is, it) = match busy.len() {
            1 => ("is", "it"),
            _ => ("are", "they"),
        };
        let running = format!("{} {is} running.", names(&busy));
        let (lines, mut choices) = match &self.link {
            Link::Here => (
                vec![
                    running,
                    format!("What is queued is delivered, then {it} stop{}.", third(&busy)),
                ],
                vec![Choice::new('s', "Stop and quit", Action::StopAll)],
            ),
            Link::Up(peer) => {
                let at = if peer.service {
                    format!("in instance `{}`", peer.name)
                } else {
                    "in the background".to_owned()
                };
                (
                    vec![
                        running,
                        format!("Left {at}, {it} go{} on; `evtui attach` comes back.", goes(&busy)),
                    ],
                    vec![
                        Choice::new('k', "Keep running", Action::Detach),
                        Choice::new('s', "Stop all and quit", Action::StopAll),
                    ],
                )
            }
            Link::Silent { .. } | Link::Gone { .. } => (
                vec![
                    running,
                    "The process that holds generators does not answer.".to_owned(),
                ],
                vec![Choice::new('q', "Quit", Action::Detach)],
            ),
        };
        choices.push(Choice::new('c', "Cancel", Action::Nothing));
        self.overlays.push(Overlay::Dialog(Dialog {
            title: "Quit".to_owned(),
            lines,
            choices,
            chosen: 0,
            about: None,
        }));
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
        self.overlays.push(Overlay::Dialog(Dialog {
            title: STOPPING.to_owned(),
            lines: self.what_is_stopped(),
            choices,
            chosen: 0,
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

fn third(busy: &[String]) -> &'static str {
    if busy.len() == 1 { "s" } else { "" }
}

fn goes(busy: &[String]) -> &'static str {
    if busy.len() == 1 { "es" } else { "" }
}

fn names(ids: &[String]) -> String {
    let shown: Vec<&str> = ids.iter().take(NAMES).map(String::as_str).collect();
    match ids.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}
