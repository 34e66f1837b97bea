//! Questions: a title, a few lines, choices with a letter each.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ropey::Rope;

use super::{App, Overlay};
use crate::instance::{self, Selection};
use crate::tui::event::{Effect, Request};
use crate::tui::pane;
use crate::tui::trash::FileChange;

/// How long the key that brought a question up, or closed what lay on top, stays without effect.
const CALM: Duration = Duration::from_millis(800);

/// What a choice does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing; closes the question.
    Nothing,
    /// Saves everything, then goes on leaving.
    SaveThenLeave,
    /// Goes on leaving, without saving.
    Leave,
    /// Leaves; generators go on in their own process.
    Detach,
    /// Stops all generators, then leaves.
    StopAll,
    /// Stops all generators at once.
    AbortAll,
    /// Saves everything, then starts the pipeline.
    SaveThenRun,
    /// Starts the pipeline with what is on disk.
    Run,
    /// Stops the pipeline at once.
    Abort,
    /// Keeps the buffer; the disk has that text.
    KeepMine(PathBuf, Rope),
    /// Takes that text over from the disk.
    LoadTheirs(PathBuf, Rope),
    /// Saves the shown file, then closes it.
    SaveThenClose,
    /// Closes the shown file.
    CloseNow,
    /// Closes the shown file or, when it is the only one, asks to leave.
    CloseOrLeave,
    /// Saves the shown file, then hands it to another editor.
    SaveThenEditOutside,
    /// Hands the shown file to another editor.
    EditOutside,
    /// Puts a file or folder into the trash.
    Delete(PathBuf),
    /// Starts, stops and so on these generators.
    Act(Selection, instance::Action),
    /// Sends the dead letters of a generator's output again.
    ReplayLetters(String, usize),
    /// Sets a global of a scenario, or takes it away.
    SetGlobal(String, String, Option<serde_json::Value>),
    /// Empties the globals of a scenario.
    ResetGlobals(String),
    /// Takes up the unsaved text of before that is asked about.
    Recover,
    /// Drops it.
    DropCopy,
    /// Leaves it for another time.
    LeaveCopy,
    /// Shows how it differs from what the disk has; the question stays.
    SeeCopy,
    /// Shows how a file on disk differs from what was typed; the question stays.
    SeeTheirs(PathBuf),
    /// Saves over what someone else wrote to the file.
    SaveOver(PathBuf),
    /// Forgets what was changed by hand in the state.
    ResetState,
    /// Writes live changes of a generator to the startup list.
    WriteBack(String),
    /// Starts, restarts and stops what differs in the startup list.
    ReloadList,
    /// Takes the last change of files back.
    UndoFiles,
    /// Reads a file again, whatever was typed.
    Reload(PathBuf),
    /// Decides another time what to do about a file that someone else changed.
    DecideLater(PathBuf),
    /// Leaves the question open.
    Wait,
}

impl Action {
    /// True when something is lost by it that cannot be had back.
    fn destroys(&self) -> bool {
        match self {
            Self::Leave
            | Self::StopAll
            | Self::AbortAll
            | Self::Abort
            | Self::LoadTheirs(..)
            | Self::CloseNow
            | Self::CloseOrLeave
            | Self::Delete(_)
            | Self::Act(..)
            | Self::ReplayLetters(..)
            | Self::SetGlobal(..)
            | Self::ResetGlobals(_)
            | Self::DropCopy
            | Self::SaveOver(_)
            | Self::ResetState
            | Self::ReloadList
            | Self::Reload(_) => true,
            Self::Nothing
            | Self::KeepMine(..)
            | Self::SaveThenLeave
            | Self::Detach
            | Self::SaveThenRun
            | Self::Run
            | Self::SaveThenClose
            | Self::SaveThenEditOutside
            | Self::EditOutside
            | Self::Recover
            | Self::LeaveCopy
            | Self::SeeCopy
            | Self::SeeTheirs(_)
            | Self::WriteBack(_)
            | Self::UndoFiles
            | Self::DecideLater(_)
            | Self::Wait => false,
        }
    }
}

/// Remembers the keys pressed last, so that one that is held down or pressed twice by habit neither
/// answers a question that came up under the finger nor gets into the text behind a box that it closed.
#[derive(Debug, Default)]
pub(super) struct Guard {
    now: Option<(KeyCode, Instant)>,
    before: Option<(KeyCode, Instant)>,
    /// Answers of the question that was on top when the last key came.
    met: Vec<&'static str>,
    /// A question was on top once the key before was done with: that key brought it up, not something
    /// that happened while somebody was typing.
    asked: bool,
    /// The key that closed a box, and when it last came.
    closed: Option<(KeyCode, Instant)>,
}

impl Guard {
    /// Takes a key in; true when it is to be ignored.
    pub(super) fn press(&mut self, code: KeyCode, now: Instant) -> bool {
        self.before = self.now.replace((code, now));
        let held = self
            .closed
            .take()
            .is_some_and(|(closed, at)| closed == code && now.saturating_duration_since(at) < CALM);
        if held {
            self.closed = Some((code, now));
        }
        held
    }

    /// The last key closed a box: it goes no further for a while.
    pub(super) fn close(&mut self) {
        self.closed = self.now;
    }

    /// The last key is done with; tells whether a question is on top.
    pub(super) fn done(&mut self, asked: bool) {
        self.asked = asked;
    }

    /// True when the last key was meant for what was there before this question: it is the one that
    /// brought the question up, or the question came up by itself amid typing.
    fn is_echo(&mut self, choices: &[Choice]) -> bool {
        let labels = choices.iter().map(|choice| choice.label);
        let known = labels.clone().eq(self.met.iter().copied());
        if !known {
            self.met = labels.collect();
        }
        let (Some((now, at)), Some((before, then))) = (self.now, self.before) else {
            return false;
        };
        let meant_before = now == before || !self.asked;
        let echo = !known && meant_before && at.saturating_duration_since(then) < CALM;
        if echo {
            // It may be held down: the next one is to be met as this one was.
            self.met.clear();
        }
        echo
    }

    /// No question is on top.
    pub(super) fn forget(&mut self) {
        self.met.clear();
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Key that takes it, a small letter.
    pub key: char,
    /// As shown.
    pub label: &'static str,
    /// What it does.
    pub action: Action,
}

impl Choice {
    /// An answer.
    pub fn new(key: char, label: &'static str, action: Action) -> Self {
        Self { key, label, action }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// What it is about, in two or three words.
    pub title: String,
    /// The question.
    pub lines: Vec<String>,
    /// First row of the question that is shown, where it is longer than there is room.
    pub top: usize,
    /// The answers; the last one is taken by Esc when it does nothing.
    pub choices: Vec<Choice>,
    /// Index of the chosen one.
    pub chosen: usize,
    /// The file that it is about, if it is about one.
    pub about: Option<PathBuf>,
}

impl Dialog {
    /// Index of the answer that Esc gives: the one that does nothing, or leaves it for later.
    pub fn way_out(&self) -> Option<usize> {
        self.choices.iter().position(|choice| {
            matches!(
                choice.action,
                Action::Nothing | Action::LeaveCopy | Action::DecideLater(_)
            )
        })
    }
}

impl App {
    /// Answers a question about leaving when nobody is left who could: what runs goes on where it can
    /// without this program, and is stopped where it cannot. True when there was one.
    pub fn answer_unheard(&mut self) -> bool {
        let Some(Overlay::Dialog(dialog)) = self.overlays.last() else {
            return false;
        };
        let has = |wanted: &Action| dialog.choices.iter().any(|one| one.action == *wanted);
        let mut answers = [Action::Detach, Action::StopAll, Action::Leave].into_iter();
        let Some(answer) = answers.find(has) else {
            return false;
        };
        self.overlays.pop();
        self.act(answer);
        true
    }

    pub(super) fn dialog_key(&mut self, key: &KeyEvent) {
        if matches!(key.code, KeyCode::PageUp | KeyCode::PageDown) {
            return self.scroll_question(key.code == KeyCode::PageDown);
        }
        let Some(Overlay::Dialog(dialog)) = self.overlays.last_mut() else {
            return;
        };
        let count = dialog.choices.len().max(1);
        let picked = match key.code {
            KeyCode::Left | KeyCode::BackTab | KeyCode::Up => {
                dialog.chosen = (dialog.chosen + count - 1) % count;
                None
            }
            KeyCode::Right | KeyCode::Tab | KeyCode::Down => {
                dialog.chosen = (dialog.chosen + 1) % count;
                None
            }
            KeyCode::Enter => Some(dialog.chosen),
            KeyCode::Esc => dialog.way_out(),
            // Ctrl-S, pressed by habit, is no answer to a question that came up meanwhile.
            KeyCode::Char(c) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                let c = c.to_ascii_lowercase();
                dialog.choices.iter().position(|choice| choice.key == c)
            }
            _ => None,
        };
        let echo = self.guard.is_echo(&dialog.choices);
        let destroys = picked
            .and_then(|index| dialog.choices.get(index))
            .is_some_and(|choice| choice.action.destroys());
        if echo && destroys {
            self.info("that key came before the question; wait a moment to answer with it");
            return;
        }
        self.answer(picked);
    }

    /// Reads on in a question that is longer than there is room, by a page less a row.
    pub(super) fn scroll_question(&mut self, down: bool) {
        let reach = pane::reach(self);
        if let Some(Overlay::Dialog(dialog)) = self.overlays.last_mut() {
            let by = reach.page.saturating_sub(1).max(1);
            let top = dialog.top.min(reach.last);
            dialog.top = if down {
                (top + by).min(reach.last)
            } else {
                top.saturating_sub(by)
            };
        }
    }

    /// Takes an answer of the top question.
    pub(super) fn answer(&mut self, picked: Option<usize>) {
        let Some(Overlay::Dialog(dialog)) = self.overlays.last() else {
            return;
        };
        if let Some(choice) = picked.and_then(|index| dialog.choices.get(index)).cloned() {
            if choice.action == Action::Wait {
                return;
            }
            // A look at a difference is no answer yet.
            if !matches!(choice.action, Action::SeeCopy | Action::SeeTheirs(_)) {
                self.overlays.pop();
            }
            self.act(choice.action);
        }
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Nothing | Action::Wait => {}
            Action::SaveThenLeave => self.save_all(Some(Action::Leave)),
            Action::Leave => self.leave(),
            Action::Detach => self.detach(),
            Action::StopAll => self.stop_all(),
            Action::AbortAll => self.effects.push(Effect::AbortAll),
            Action::SaveThenRun => self.save_all(Some(Action::Run)),
            Action::Run => self.run_pipeline(),
            Action::Abort => {
                let id = self.pipeline.id.clone();
                self.effects.push(Effect::Abort(id));
            }
            Action::KeepMine(path, theirs) => self.keep_mine(&path, theirs),
            Action::LoadTheirs(path, theirs) => self.load_theirs(&path, theirs),
            Action::SaveThenClose => self.save_then(Action::CloseNow),
            Action::SaveThenEditOutside => self.save_then(Action::EditOutside),
            Action::EditOutside => self.hand_over(),
            Action::CloseOrLeave => self.close_or_leave(),
            Action::Delete(path) => self.change_file(FileChange::Trash(path)),
            Action::CloseNow => self.close_now(),
            Action::Act(who, what) => self.request_act(who, what),
            Action::ReplayLetters(id, output) => self.request(Request::ReplayLetters(id, output)),
            Action::SetGlobal(scenario, key, value) => {
                self.request(Request::SetGlobal(scenario, key, value));
            }
            Action::ResetGlobals(scenario) => self.request(Request::ResetGlobals(scenario)),
            Action::Recover => self.recover(),
            Action::DropCopy => self.drop_copy(),
            Action::LeaveCopy => self.leave_copy(),
            Action::SeeCopy => self.see_copy(),
            Action::SeeTheirs(path) => self.see_theirs(&path),
            Action::SaveOver(path) => self.save_over(&path),
            Action::ResetState => self.forget_state_edits(),
            Action::WriteBack(id) => self.write_back_now(&id),
            Action::ReloadList => self.request(Request::Reload),
            Action::UndoFiles => self.undo_files_now(),
            Action::Reload(path) => self.reload_from_disk(path),
            Action::DecideLater(path) => self.decide_later(&path),
        }
    }
}
