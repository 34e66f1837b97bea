//! Questions: a title, a few lines, choices with a letter each.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ropey::Rope;

use super::{App, Overlay};
use crate::instance::{self, Selection};
use crate::tui::event::{Effect, Request};
use crate::tui::trash::FileChange;

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
    pub(super) fn dialog_key(&mut self, key: &KeyEvent) {
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
        self.answer(picked);
    }

    /// Takes an answer of the top question.
    pub(super) fn answer(&mut self, picked: Option<usize>) {
        let Some(Overlay::Dialog(dialog)) = self.overlays.last() else {
            return;
        };
        if let Some(choice) = picked.and_then(|index| dialog.choices.get(index)).cloned() {
            // A look at a difference is no answer yet.
            if !matches!(choice.action, Action::SeeCopy | Action::SeeTheirs(_)) {
                self.overlays.pop();
            }
            self.act(choice.action);
        }
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Nothing => {}
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
