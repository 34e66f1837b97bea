//! The startup list against what runs: read anew, checked, compared; only what differs is touched.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use super::parallel::each;
use super::project::prepare_hidden;
use super::registry::{Entry, Registry, Run};
use super::scenario::{COMMON, namespaces};
use super::tracked::Tracked;
use super::{GeneratorSpec, Home, HomeRead, InstanceError, Listing, Reloaded};
use crate::config::{
    Diagnostic, Diagnostics, Files, Listed, Parameters, Severity, StartupEdit, StartupEntry,
    edit_startup, read_startup_list,
};
use crate::pipeline::{CheckOptions, EndReason, State, check};
use crate::time::{Clock as _, WallClock};

/// What is to be done with a generator.
enum Job {
    /// Register it so and start it.
    Start(Box<Entry>),
    /// End its run first.
    Restart(Box<Entry>),
    /// End its run and forget it.
    Remove,
}

impl Registry {
    /// Reads everything anew and follows it.
    pub(super) fn reload(&self) -> Result<Reloaded, InstanceError> {
        let home = self.home.as_ref().ok_or(InstanceError::NoList)?;
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let read = home.read().map_err(InstanceError::Invalid)?;
        self.use_keyring(&read);
        let mut done = Reloaded {
            problems: read.notes.clone(),
            settings: read.settings.clone(),
            ..Reloaded::default()
        };
        let mut jobs = HashMap::new();
        self.compare(read, &mut jobs, &mut done);
        let mut ids: Vec<String> = jobs.keys().cloned().collect();
        ids.sort();
        let results = each(ids, |id| match jobs.get(id) {
            Some(job) => self.do_job(id, job),
            None => Ok(()),
        });
        for (id, result) in results {
            match (result, jobs.get(&id)) {
                (Err(error), _) => {
                    if let InstanceError::Invalid(problems) = &error {
                        done.problems.0.extend(problems.0.iter().cloned());
                        done.failed.push((id, located(problems)));
                    } else {
                        done.failed.push((id, error.to_string()));
                    }
                }
                (Ok(()), Some(Job::Start(_))) => done.started.push(id),
                (Ok(()), Some(Job::Restart(_))) => done.restarted.push(id),
                (Ok(()), _) => done.removed.push(id),
            }
        }
        Ok(done)
    }

    /// The file of secrets that the settings name, once there is something in it.
    fn use_keyring(&self, read: &HomeRead) {
        let Some(settings) = &read.settings else {
            return;
        };
        let path = &settings.paths.keyring_cryptfile;
        let given = std::fs::metadata(path).is_ok_and(|about| about.len() > 0);
        if given {
            let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
            *secrets = secrets.clone().keyring_at(Some(path.clone()));
        }
    }

    fn compare(&self, read: HomeRead, jobs: &mut HashMap<String, Job>, done: &mut Reloaded) {
        let sound = |listed: &Listed| listed.entry.is_ok();
        let members = read.entries.iter().filter_map(|listed| {
            let entry = listed.entry.as_ref().ok()?;
            Some((entry.id.as_str(), entry.scenarios.as_slice()))
        });
        let spaces = namespaces(members);
        let good: BTreeSet<String> = read
            .entries
            .iter()
            .filter(|listed| sound(listed))
            .filter_map(|listed| listed.id.clone())
            .collect();
        let mut listed_ids = good.clone();
        for listed in read.entries {
            match listed.entry {
                Ok(entry) => {
                    let space = spaces.get(&entry.id).map_or(COMMON, String::as_str);
                    self.follow(entry, space.to_owned(), jobs, done);
                }
                Err(problems) => {
                    let line = format!("line {}", listed.line);
                    let again = listed.id.as_ref().is_some_and(|id| good.contains(id));
                    let id = listed.id.filter(|_| !again).unwrap_or(line);
                    listed_ids.insert(id.clone());
                    self.hold_bad(&id, problems, &read.startup, done);
                }
            }
        }
        for (id, entry) in self.lock().iter() {
            if entry.listing.listed && !listed_ids.contains(id) {
                jobs.insert(id.clone(), Job::Remove);
            }
        }
    }

    /// Decides what becomes of a sound entry.
    fn follow(
        &self,
        entry: StartupEntry,
        space: String,
        jobs: &mut HashMap<String, Job>,
        done: &mut Reloaded,
    ) {
        let id = entry.id.clone();
        let listing = Listing {
            listed: true,
            autostart: entry.autostart,
            scenarios: entry.scenarios,
            problem: None,
        };
        let spec = GeneratorSpec {
            id: id.clone(),
            project: entry.path,
            parameters: entry.parameters,
            seed: None,
        };
        let known = self.lock().get(&id).map(|known| {
            (
                known.spec != spec || known.space != space || known.bad.is_some(),
                known.files.files.clone(),
                known.run.state(),
                known.listing.autostart,
            )
        });
        let new = Entry::new(spec, listing, space);
        let Some((mut changed, files, state, autostart)) = known else {
            if new.listing.autostart {
                jobs.insert(id, Job::Start(Box::new(new)));
            } else {
                self.lock().insert(id.clone(), new);
                done.updated.push(id);
            }
            return;
        };
        changed = changed || files.is_some_and(|files| files.changed());
        let begin = match state {
            Some(State::Starting | State::Running | State::Stopping) if !changed => {
                self.update(&id, |known| known.listing = new.listing);
                done.kept += 1;
                return;
            }
            Some(State::Starting | State::Running | State::Stopping) => {
                match self.validate(&new.spec) {
                    Ok(()) => {
                        jobs.insert(id, Job::Restart(Box::new(new)));
                    }
                    Err(problems) => {
                        let why = located(&problems);
                        self.update(&id, |known| known.listing.problem = Some(why.clone()));
                        done.problems.0.extend(problems.0);
                        done.held.push((id, why));
                    }
                }
                return;
            }
            Some(State::Ended(EndReason::Failed(_))) => true,
            // Someone wanted it so.
            Some(State::Ended(EndReason::Stopped | EndReason::Aborted)) => !autostart,
            Some(State::Ended(_)) => changed,
            None => changed || !autostart,
        };
        if begin && new.listing.autostart {
            jobs.insert(id, Job::Start(Box::new(new)));
        } else if changed {
            self.update(&id, |known| known.adopt(&new));
            done.updated.push(id);
        } else {
            self.update(&id, |known| known.listing = new.listing);
            done.kept += 1;
        }
    }

    fn update(&self, id: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(known) = self.lock().get_mut(id) {
            change(known);
        }
    }

    /// An entry that cannot be used: what runs under its name goes on as it is.
    fn hold_bad(&self, id: &str, problems: Diagnostics, startup: &Path, done: &mut Reloaded) {
        let why = located(&problems);
        done.problems.0.extend(problems.0.iter().cloned());
        let mut entries = self.lock();
        let entry = entries.entry(id.to_owned()).or_insert_with(|| {
            let spec = GeneratorSpec {
                id: id.to_owned(),
                project: startup.to_owned(),
                parameters: Parameters::default(),
                seed: None,
            };
            Entry::new(spec, Listing::default(), COMMON.to_owned())
        });
        entry.listing.listed = true;
        entry.listing.problem = Some(why.clone());
        if entry.run.idle() {
            entry.bad = Some(problems);
            entry.run = Run::Over(EndReason::Failed(why.clone()));
            done.failed.push((id.to_owned(), why));
        } else {
            done.held.push((id.to_owned(), why));
        }
    }

    /// Checks a project as thoroughly as can be done without running it.
    fn validate(&self, spec: &GeneratorSpec) -> Result<(), Diagnostics> {
        let files = Arc::new(Tracked::default());
        let secrets = self.secrets_of(&spec.id);
        let parameters = &spec.parameters;
        let prepared = prepare_hidden(
            &spec.project,
            files.as_ref(),
            parameters,
            &secrets,
            &self.redactor,
        );
        prepared.map(drop)?;
        let options = CheckOptions {
            params: Some(parameters.params.clone()),
            zone: parameters.zone,
            now: parameters.zone.at_instant(WallClock.now_us()),
        };
        let files: Arc<dyn Files> = files;
        let report = check(&spec.project, &files, &options);
        if report.diagnostics.has_errors() {
            return Err(report.diagnostics);
        }
        Ok(())
    }

    fn do_job(&self, id: &str, job: &Job) -> Result<(), InstanceError> {
        match job {
            Job::Remove => {
                let ended = self.finish(id);
                self.forget(id);
                ended
            }
            Job::Restart(new) => {
                self.finish(id)?;
                self.update(id, |known| known.adopt(new));
                self.launch(id)
            }
            Job::Start(new) => {
                self.lock()
                    .entry(id.to_owned())
                    .and_modify(|known| known.adopt(new))
                    .or_insert_with(|| new.fresh());
                self.launch(id)
            }
        }
    }

    /// Changes the startup list on disk.
    pub(super) fn edit(&self, edit: &StartupEdit) -> Result<(), InstanceError> {
        let home = self.home.as_ref().ok_or(InstanceError::NoList)?;
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        change_list(home, edit)?;
        // Whether it starts by itself concerns nothing that runs, so it counts at once.
        if let StartupEdit::Set { id, option, value } = edit
            && option == "autostart"
            && let Some(on) = value.as_bool()
        {
            self.update(id, |known| known.listing.autostart = on);
        }
        Ok(())
    }
}

/// Changes the startup list of a home, atomically. An entry that would not be sound is refused.
fn change_list(home: &Home, edit: &StartupEdit) -> Result<(), InstanceError> {
    let read = home.read().map_err(InstanceError::Invalid)?;
    let edit = match edit {
        StartupEdit::Add { id, path, options } => {
            let relative = Path::new(path).strip_prefix(&read.generators).ok();
            let relative = relative.and_then(Path::to_str).map(str::to_owned);
            StartupEdit::Add {
                id: id.clone(),
                path: relative.unwrap_or_else(|| path.clone()),
                options: options.clone(),
            }
        }
        other => other.clone(),
    };
    let defaults = read.settings.as_ref().map(|one| one.generation.clone());
    let defaults = defaults.unwrap_or_default();
    super::replace::change(&read.startup, |text| {
        let new = edit_startup(text, &read.startup, &edit)?;
        let list = read_startup_list(&new, &read.startup, &defaults, &read.generators);
        let list = list.map_err(|problems| located(&problems))?;
        let meant = match &edit {
            StartupEdit::Remove { .. } => None,
            StartupEdit::Add { id, .. }
            | StartupEdit::Set { id, .. }
            | StartupEdit::Unset { id, .. } => Some(id),
        };
        let of_it = |one: &&Listed| one.id.is_some() && one.id.as_ref() == meant;
        match list.entries.iter().find(of_it).map(|one| &one.entry) {
            Some(Err(problems)) => Err(located(problems)),
            _ => Ok(new),
        }
    })
    .map_err(InstanceError::Edit)
}

impl Entry {
    /// Takes over what another says, but not how it ran.
    fn adopt(&mut self, new: &Entry) {
        self.spec = new.spec.clone();
        self.listing = new.listing.clone();
        self.space.clone_from(&new.space);
        self.bad = None;
    }

    fn fresh(&self) -> Entry {
        Entry::new(self.spec.clone(), self.listing.clone(), self.space.clone())
    }
}

/// Longest help that stands behind an error on the same line, in bytes.
const BRIEF: usize = 120;

/// The beginning of a help that says what to do, without what is listed behind it.
fn brief(help: &str) -> Option<&str> {
    let end = help.find('?').map_or(help.len(), |at| at + 1);
    let first = help.get(..end)?.lines().next()?.trim();
    (!first.is_empty() && first.len() <= BRIEF).then_some(first)
}

/// The first error with its place and what can be done about it, on one line.
pub(super) fn located(problems: &Diagnostics) -> String {
    let severe = |one: &&Diagnostic| one.severity == Severity::Error;
    let first = problems.0.iter().find(severe).or(problems.0.first());
    let Some(first) = first else {
        return "it has errors".to_owned();
    };
    let message = &match first.help.as_deref().and_then(brief) {
        Some(help) => format!("{}; {help}", first.message),
        None => first.message.clone(),
    };
    let Some(place) = &first.place else {
        return message.clone();
    };
    let path = place.path.display();
    match place.span {
        Some(span) => {
            let (line, column) = (span.start.line, span.start.column);
            format!("{path}:{line}:{column}: {message}")
        }
        None => format!("{path}: {message}"),
    }
}
