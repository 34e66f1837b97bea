//! Changes to the files of a running generator: looked at as a whole, then taken by the run, shown, or
//! refused with the reason.
//!
//! What a run was made of is read anew through one view that holds what it read, so that what was
//! examined is what is taken, whatever is written meanwhile.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::GeneratorSpec;
use super::InstanceError;
use super::project::prepare_hidden;
use super::registry::{Registry, Run};
use super::reload::located;
use super::tracked::Tracked;
use crate::pipeline::{Examined, ReloadMode, Running, State};

/// A file that is empty for so long is meant to be.
const EMPTY: Duration = Duration::from_millis(400);
/// When to look again at a run that is starting.
const STARTING: Duration = Duration::from_millis(200);
/// Names of files told.
const NAMES: usize = 4;

/// What is known of the files of one generator's run.
#[derive(Clone, Debug, Default)]
pub(super) struct Followed {
    /// What the current or last run was made of.
    pub(super) files: Option<Arc<Tracked>>,
    /// What was read at the last attempt that was not taken.
    pub(super) tried: Option<Arc<Tracked>>,
    /// One attempt at a time.
    turn: Arc<Mutex<()>>,
}

impl Followed {
    /// Of a run that starts.
    pub(super) fn of(files: Arc<Tracked>) -> Self {
        Self {
            files: Some(files),
            ..Self::default()
        }
    }

    /// All views of files that matter.
    pub(super) fn views(&self) -> impl Iterator<Item = &Arc<Tracked>> {
        self.files.iter().chain(&self.tried)
    }
}

/// What has to be done after a look at files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing.
    Done,
    /// Look again then.
    Again(Duration),
}

/// A run and what it is compared with.
struct Subject {
    running: Arc<Running>,
    spec: GeneratorSpec,
    followed: Followed,
}

impl Registry {
    /// Follows a change of files as the mode of the run says. `insist` takes files that are empty.
    pub(super) fn follow_files(&self, id: &str, insist: bool) -> After {
        let Some(subject) = self.subject(id) else {
            return After::Done;
        };
        match subject.running.state() {
            State::Running => {}
            State::Starting => return After::Again(STARTING),
            State::Stopping | State::Ended(_) => return After::Done,
        }
        let mode = subject.running.reload_mode();
        if mode == ReloadMode::Off {
            return After::Done;
        }
        let turn = subject.followed.turn.clone();
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        // Another attempt may just have ended.
        let Some(subject) = self.subject(id) else {
            return After::Done;
        };
        let Followed { files, tried, .. } = &subject.followed;
        let Some(files) = files else {
            return After::Done;
        };
        if !files.changed() {
            if tried.is_some() {
                subject.running.note_reload(None, None);
                self.settle(id, &subject.running, None, None);
            }
            return After::Done;
        }
        if tried.as_ref().is_some_and(|tried| !tried.changed()) {
            return After::Done;
        }
        if !insist && files.emptied() {
            return After::Again(EMPTY);
        }
        // Who is not asked tells it by status and log.
        let _ = self.attempt(id, &subject, mode == ReloadMode::Auto);
        After::Done
    }

    /// See [`super::Instance::reload_files`].
    pub(super) fn reload_files(&self, id: &str) -> Result<(), InstanceError> {
        self.run_of(id)?;
        let idle = || InstanceError::Idle(id.to_owned());
        let subject = self.subject(id).ok_or_else(idle)?;
        let turn = subject.followed.turn.clone();
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        let subject = self.subject(id).ok_or_else(idle)?;
        if matches!(subject.running.state(), State::Ended(_)) {
            return Err(idle());
        }
        self.attempt(id, &subject, true)
    }

    fn subject(&self, id: &str) -> Option<Subject> {
        let entries = self.lock();
        let entry = entries.get(id)?;
        let Run::Known(running) = &entry.run else {
            return None;
        };
        Some(Subject {
            running: running.clone(),
            spec: entry.spec.clone(),
            followed: entry.files.clone(),
        })
    }

    /// Examines what is on disk, and takes it or shows it.
    fn attempt(&self, id: &str, subject: &Subject, take: bool) -> Result<(), InstanceError> {
        let Subject {
            running,
            spec,
            followed,
        } = subject;
        let files = followed.files.as_ref();
        let names = files.map_or_else(String::new, |files| names(&spec.project, files));
        let fresh = Arc::new(Tracked::holding());
        let examined = self.examine(running, spec, &fresh);
        let result = examined.and_then(|examined| {
            if examined.is_nothing() {
                running.note_reload(None, None);
                return Ok(true);
            }
            let words = format!("{names}: {}", examined.words());
            if !take {
                tracing::info!(generator = id, "files changed, waiting for a word: {words}");
                running.note_reload(Some(words), None);
                return Ok(false);
            }
            tracing::info!(generator = id, "files changed: {words}");
            running.take(examined).map(|_| true)
        });
        fresh.let_go();
        match result {
            Ok(true) => {
                self.settle(id, running, Some(fresh), None);
                Ok(())
            }
            Ok(false) => {
                self.settle(id, running, None, Some(fresh));
                Ok(())
            }
            Err(why) => {
                self.settle(id, running, None, Some(fresh));
                if !matches!(running.state(), State::Running) {
                    return Err(InstanceError::Refused(why));
                }
                let why = self.redactor.hide(&why).into_owned();
                // Somewhere to look is better than nowhere.
                let first = files.and_then(|files| files.changes().into_iter().next());
                let why = match first.filter(|_| !has_place(&why)) {
                    Some(path) => format!("{}:1:1: {why}", path.display()),
                    None => why,
                };
                tracing::warn!(
                    generator = id,
                    "files changed ({names}) and not taken: {why}"
                );
                running.note_reload(None, Some(why.clone()));
                Err(InstanceError::Refused(why))
            }
        }
    }

    fn examine(
        &self,
        running: &Running,
        spec: &GeneratorSpec,
        fresh: &Arc<Tracked>,
    ) -> Result<Examined, String> {
        let prepared = prepare_hidden(
            &spec.project,
            fresh.as_ref(),
            &spec.parameters,
            &self.secrets_of(&spec.id),
            &self.redactor,
        );
        let (plan, _) = prepared.map_err(|problems| located(&problems))?;
        running.examine(plan, fresh.clone())
    }

    /// Notes what a run is made of now, or what was tried in vain; both absent: what was tried is gone.
    fn settle(
        &self,
        id: &str,
        running: &Arc<Running>,
        files: Option<Arc<Tracked>>,
        tried: Option<Arc<Tracked>>,
    ) {
        if let Some(entry) = self.lock().get_mut(id) {
            let same = matches!(&entry.run, Run::Known(known) if Arc::ptr_eq(known, running));
            if !same {
                return;
            }
            if files.is_some() {
                entry.files.files = files;
            }
            entry.files.tried = tried;
        }
        self.watch_again(id);
    }
}

/// True when a text names a line and a column of a file.
fn has_place(text: &str) -> bool {
    let mut parts = text.split(':');
    let Some(_path) = parts.next() else {
        return false;
    };
    let number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let parts: Vec<bool> = parts.map(number).collect();
    parts.windows(2).any(|pair| pair == [true, true])
}

/// The names of what changed.
fn names(project: &Path, files: &Tracked) -> String {
    let base = if project.is_dir() {
        project
    } else {
        project.parent().unwrap_or(project)
    };
    let changes = files.changes();
    let shown = changes.iter().take(NAMES).map(|path| {
        let short = path.strip_prefix(base).unwrap_or(path);
        short.display().to_string()
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if changes.len() > NAMES {
        text.push_str(&format!(" and {} more", changes.len() - NAMES));
    }
    text
}
