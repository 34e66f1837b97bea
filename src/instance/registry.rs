//! The generators of an instance in this process: what they are, how they run, how they ran.
//!
//! Everything here blocks and is called from threads that may.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::former::Former;
use super::local::DRAIN;
use super::parallel::each;
use super::project::prepare_hidden;
use super::redact::Redactor;
use super::reload_files::Followed;
use super::reload_watch::Watch;
use super::scenario::Spaces;
use super::secrets::Secrets;
use super::tracked::Tracked;
use super::{
    Action, GeneratorSpec, GeneratorStatus, Home, InstanceError, LastRun, Listing, Outcomes,
    ScenarioStatus, Selection, first_error,
};
use crate::config::Diagnostics;
use crate::event::Globals;
use crate::output::Streams;
use crate::pipeline::{self, Change, EndReason, RunOptions, Running, State, Stats};
use crate::time::{Clock as _, WallClock};

/// How long after its drain a run may take to end.
const GRACE: Duration = Duration::from_secs(2);

/// The generators and what they share.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) runtime: tokio::runtime::Handle,
    pub(super) streams: Streams,
    pub(super) secrets: Mutex<Secrets>,
    pub(super) redactor: Redactor,
    pub(super) home: Option<Home>,
    pub(super) spaces: Mutex<Spaces>,
    /// One reload or edit at a time.
    pub(super) changing: Mutex<()>,
    entries: Mutex<BTreeMap<String, Entry>>,
    /// Runs that no entry tells of any more.
    pub(super) former: Former,
    /// Dead letters on their way.
    pub(super) replays: Mutex<Vec<Weak<Running>>>,
    /// Follows the files of runs.
    pub(super) watch: Mutex<Option<Watch>>,
}

/// One generator.
#[derive(Debug)]
pub(super) struct Entry {
    /// What runs, or would run.
    pub(super) spec: GeneratorSpec,
    pub(super) listing: Listing,
    /// What is wrong with its entry, so that it cannot start.
    pub(super) bad: Option<Diagnostics>,
    /// Namespace of its globals.
    pub(super) space: String,
    pub(super) run: Run,
    /// The files that the current or last run was made of.
    pub(super) files: Followed,
    /// Where its secrets come from, when not from where those of the instance do.
    pub(super) secrets: Option<Secrets>,
    started_us: i64,
    previous: Option<LastRun>,
}

/// What is known of a generator's current or last run.
#[derive(Clone, Debug)]
pub(super) enum Run {
    /// There was none.
    Never,
    /// Its project is being loaded; true cancels.
    Loading(Arc<AtomicBool>),
    /// It ended before it began.
    Over(EndReason),
    /// A run, also when it is over.
    Known(Arc<Running>),
}

impl Run {
    pub(super) fn state(&self) -> Option<State> {
        match self {
            Self::Never => None,
            Self::Loading(_) => Some(State::Starting),
            Self::Over(reason) => Some(State::Ended(reason.clone())),
            Self::Known(running) => Some(running.state()),
        }
    }

    /// True when nothing of it works.
    pub(super) fn idle(&self) -> bool {
        matches!(self.state(), None | Some(State::Ended(_)))
    }

    fn stats(&self) -> Stats {
        match self {
            Self::Known(running) => running.stats(),
            _ => Stats::default(),
        }
    }

    fn end(&self, drain: Option<Duration>) {
        match (self, drain) {
            (Self::Known(running), Some(drain)) => running.stop(drain),
            (Self::Known(running), None) => running.abort(),
            (Self::Loading(cancel), _) => cancel.store(true, Ordering::SeqCst),
            _ => {}
        }
    }
}

impl Entry {
    /// The run it has, as one that is over.
    fn last_run(&self, reason: EndReason) -> LastRun {
        LastRun {
            started_us: self.started_us,
            reason,
            stats: self.run.stats(),
        }
    }

    pub(super) fn new(spec: GeneratorSpec, listing: Listing, space: String) -> Self {
        Self {
            spec,
            listing,
            bad: None,
            space,
            run: Run::Never,
            files: Followed::default(),
            secrets: None,
            started_us: 0,
            previous: None,
        }
    }

    fn status(&self, id: &str) -> GeneratorStatus {
        GeneratorStatus {
            id: id.to_owned(),
            project: self.spec.project.clone(),
            state: self.run.state(),
            stats: self.run.stats(),
            listing: self.listing.clone(),
            previous: self.previous.clone(),
        }
    }
}

impl Registry {
    pub(super) fn new(
        runtime: tokio::runtime::Handle,
        streams: Streams,
        secrets: Secrets,
        redactor: Redactor,
        home: Option<Home>,
    ) -> Self {
        Self {
            runtime,
            streams,
            secrets: Mutex::new(secrets),
            redactor,
            home,
            spaces: Mutex::default(),
            changing: Mutex::default(),
            entries: Mutex::default(),
            former: Former::default(),
            replays: Mutex::default(),
            watch: Mutex::default(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn secrets(&self) -> Secrets {
        let secrets = self.secrets.lock();
        secrets.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the secrets of a generator come from.
    pub(super) fn secrets_of(&self, id: &str) -> Secrets {
        let own = self.lock().get(id).and_then(|entry| entry.secrets.clone());
        own.unwrap_or_else(|| self.secrets())
    }

    pub(super) fn list(&self) -> Vec<GeneratorStatus> {
        let entries = self.lock();
        entries.iter().map(|(id, one)| one.status(id)).collect()
    }

    pub(super) fn status(&self, id: &str) -> Option<GeneratorStatus> {
        self.lock().get(id).map(|entry| entry.status(id))
    }

    pub(super) fn states(&self) -> Vec<(String, Option<State>)> {
        let entries = self.lock();
        let states = entries.iter();
        states
            .map(|(id, entry)| (id.clone(), entry.run.state()))
            .collect()
    }

    pub(super) fn scenarios(&self) -> Vec<ScenarioStatus> {
        let mut found: BTreeMap<String, (Vec<String>, String)> = BTreeMap::new();
        for (id, entry) in self.lock().iter() {
            for name in &entry.listing.scenarios {
                let (members, space) = found.entry(name.clone()).or_default();
                members.push(id.clone());
                space.clone_from(&entry.space);
            }
        }
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        let found = found.into_iter();
        found
            .map(|(name, (members, space))| ScenarioStatus {
                name,
                members,
                globals: spaces.get(&space).len(),
            })
            .collect()
    }

    pub(super) fn reset_globals(&self, scenario: &str) -> Result<usize, InstanceError> {
        let globals = self.globals_of(scenario)?;
        let count = globals.len();
        globals.clear();
        Ok(count)
    }

    /// The globals of a scenario, or those of generators without one.
    pub(super) fn globals_of(&self, scenario: &str) -> Result<Globals, InstanceError> {
        let space = if scenario.is_empty() {
            super::scenario::COMMON.to_owned()
        } else {
            let entries = self.lock();
            let member = entries
                .values()
                .find(|entry| entry.listing.scenarios.iter().any(|one| one == scenario));
            let unknown = || InstanceError::UnknownScenario(scenario.to_owned());
            member.ok_or_else(unknown)?.space.clone()
        };
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(spaces.get(&space))
    }

    /// The globals of a scenario as people see them.
    pub(super) fn globals(
        &self,
        scenario: &str,
    ) -> Result<Vec<(String, serde_json::Value)>, InstanceError> {
        let mut shown = self.globals_of(scenario)?.shown();
        shown.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(shown)
    }

    /// Sets one of them.
    pub(super) fn set_global(
        &self,
        scenario: &str,
        key: &str,
        value: Option<serde_json::Value>,
    ) -> Result<(), InstanceError> {
        if self.globals_of(scenario)?.set_shown(key, value.as_ref()) {
            tracing::info!(scenario, key, "a global was changed by hand");
            return Ok(());
        }
        let why = format!("there is no global `{key}`");
        Err(InstanceError::Refused(why))
    }

    /// What a generator was told to do, whether it is in the list, and how it runs or ran.
    pub(super) fn ran(&self, id: &str) -> Result<(GeneratorSpec, bool, Stats), InstanceError> {
        let entries = self.lock();
        let unknown = || InstanceError::Unknown(id.to_owned());
        let entry = entries.get(id).ok_or_else(unknown)?;
        match &entry.run {
            Run::Known(running) => Ok((entry.spec.clone(), entry.listing.listed, running.stats())),
            _ => Err(InstanceError::Idle(id.to_owned())),
        }
    }

    pub(super) fn spec_of(&self, id: &str) -> Result<GeneratorSpec, InstanceError> {
        let entries = self.lock();
        let spec = entries.get(id).map(|entry| entry.spec.clone());
        spec.ok_or_else(|| InstanceError::Unknown(id.to_owned()))
    }

    pub(super) fn run_of(&self, id: &str) -> Result<Run, InstanceError> {
        let entries = self.lock();
        let run = entries.get(id).map(|entry| entry.run.clone());
        run.ok_or_else(|| InstanceError::Unknown(id.to_owned()))
    }

    /// Asks for the end, or gives up what is queued.
    pub(super) fn end(&self, id: &str, drain: Option<Duration>) -> Result<(), InstanceError> {
        self.run_of(id).map(|run| run.end(drain))
    }

    pub(super) fn control(&self, id: &str, change: Change) -> Result<(), InstanceError> {
        match self.run_of(id)? {
            Run::Known(running) if !matches!(running.state(), State::Ended(_)) => {
                let mode = matches!(change, Change::Reload(_));
                running.control().apply(change)?;
                if mode {
                    self.watch_again(id);
                }
                Ok(())
            }
            _ => Err(InstanceError::Idle(id.to_owned())),
        }
    }

    /// Takes the place of the generator's last run, with a new specification or the registered one.
    pub(super) fn claim(
        &self,
        id: &str,
        spec: Option<(GeneratorSpec, Option<Secrets>)>,
    ) -> Result<Arc<AtomicBool>, InstanceError> {
        let mut entries = self.lock();
        if entries.get(id).is_some_and(|entry| !entry.run.idle()) {
            return Err(InstanceError::Running(id.to_owned()));
        }
        if let Some((spec, secrets)) = spec {
            let entry = entries.entry(id.to_owned()).or_insert_with(|| {
                let common = super::scenario::COMMON.to_owned();
                Entry::new(spec.clone(), Listing::default(), common)
            });
            entry.spec = spec;
            entry.secrets = secrets;
            entry.bad = None;
        }
        let unknown = || InstanceError::Unknown(id.to_owned());
        let entry = entries.get_mut(id).ok_or_else(unknown)?;
        if let Some(problems) = &entry.bad {
            return Err(InstanceError::Invalid(problems.clone()));
        }
        if let Some(State::Ended(reason)) = entry.run.state() {
            let last = entry.last_run(reason);
            if matches!(entry.run, Run::Known(_)) {
                self.former.keep(id, last.clone());
            }
            entry.previous = Some(last);
        }
        let cancel = Arc::new(AtomicBool::new(false));
        entry.run = Run::Loading(cancel.clone());
        entry.started_us = WallClock.now_us();
        Ok(cancel)
    }

    /// Forgets a generator. What its run did is kept.
    pub(super) fn forget(&self, id: &str) {
        let Some(entry) = self.lock().remove(id) else {
            return;
        };
        if let Run::Known(running) = &entry.run {
            let reason = match running.state() {
                State::Ended(reason) => reason,
                _ => EndReason::Aborted,
            };
            self.former.keep(id, entry.last_run(reason));
        }
    }

    /// Ends a claim that came to nothing.
    pub(super) fn give_up(&self, id: &str, message: String) {
        self.set(id, Run::Over(EndReason::Failed(message)));
    }

    fn set(&self, id: &str, run: Run) {
        if let Some(entry) = self.lock().get_mut(id) {
            entry.run = run;
        }
    }

    /// Loads, plans, starts and waits for the start of what was claimed.
    pub(super) fn start(&self, id: &str, cancel: &AtomicBool) -> Result<(), InstanceError> {
        let files = Arc::new(Tracked::default());
        let claimed = {
            let mut entries = self.lock();
            entries.get_mut(id).map(|entry| {
                entry.files = Followed::of(files.clone());
                (entry.spec.clone(), entry.space.clone())
            })
        };
        let (spec, space) = claimed.ok_or_else(|| InstanceError::Unknown(id.to_owned()))?;
        let secrets = self.secrets_of(id);
        let prepared = prepare_hidden(
            &spec.project,
            files.as_ref(),
            &spec.parameters,
            &secrets,
            &self.redactor,
        );
        if cancel.load(Ordering::SeqCst) {
            self.set(id, Run::Over(EndReason::Stopped));
            return Ok(());
        }
        let plan = match prepared {
            Ok((plan, _)) => plan,
            Err(problems) => {
                self.give_up(id, first_error(&problems));
                return Err(InstanceError::Invalid(problems));
            }
        };
        let globals = {
            let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
            spaces.get(&space)
        };
        let running = Arc::new(pipeline::start(
            plan,
            RunOptions {
                id: spec.id.clone(),
                parameters: spec.parameters,
                seed: spec.seed,
                now_us: None,
                globals,
                clock: Arc::new(WallClock),
                files,
                streams: self.streams.clone(),
                runtime: self.runtime.clone(),
                workers: None,
            },
        ));
        self.set(id, Run::Known(running.clone()));
        self.watch_again(id);
        if cancel.load(Ordering::SeqCst) {
            running.stop(DRAIN);
        }
        running.wait_started().map_err(InstanceError::Invalid)?;
        // Only now it is known what it is made of: templates are read while it starts.
        self.watch_again(id);
        self.warn_of_shared_files(id);
        Ok(())
    }

    /// Starts what is registered.
    pub(super) fn launch(&self, id: &str) -> Result<(), InstanceError> {
        let cancel = self.claim(id, None)?;
        self.start(id, &cancel)
    }

    /// Ends a run and waits for the end.
    pub(super) fn finish(&self, id: &str) -> Result<(), InstanceError> {
        let patience = Instant::now().checked_add(DRAIN + GRACE);
        loop {
            let run = self.run_of(id)?;
            run.end(Some(DRAIN));
            match &run {
                Run::Known(running) => {
                    running.wait(patience);
                    return Ok(());
                }
                Run::Loading(_) if patience.is_some_and(|at| Instant::now() < at) => {
                    // It looks at the wish as soon as it has read its files.
                    std::thread::sleep(Duration::from_millis(5));
                }
                _ => return Ok(()),
            }
        }
    }

    fn restart(&self, id: &str) -> Result<(), InstanceError> {
        self.finish(id)?;
        self.launch(id)
    }

    fn chosen(&self, who: Selection) -> Result<Vec<String>, (String, InstanceError)> {
        match who {
            Selection::All => Ok(self.lock().keys().cloned().collect()),
            Selection::Ids(ids) => Ok(ids),
            Selection::Scenario(name) => {
                let entries = self.lock();
                let belongs = |entry: &Entry| entry.listing.scenarios.contains(&name);
                let members: Vec<String> = entries
                    .iter()
                    .filter(|(_, entry)| belongs(entry))
                    .map(|(id, _)| id.clone())
                    .collect();
                if members.is_empty() {
                    return Err((name.clone(), InstanceError::UnknownScenario(name)));
                }
                Ok(members)
            }
        }
    }

    /// Does something with several generators.
    pub(super) fn act(&self, who: Selection, what: Action) -> Outcomes {
        let ids = match self.chosen(who) {
            Ok(ids) => ids,
            Err((name, error)) => return vec![(name, Err(error))],
        };
        match what {
            Action::Start => each(ids, |id| self.launch(id)),
            Action::Restart => each(ids, |id| self.restart(id)),
            Action::Stop => quickly(ids, |id| self.end(id, Some(DRAIN))),
            Action::Abort => quickly(ids, |id| self.end(id, None)),
            Action::Pause => quickly(ids, |id| self.control(id, Change::Pause)),
            Action::Resume { skip } => quickly(ids, |id| self.control(id, Change::Resume { skip })),
        }
    }

    /// Ends everything and waits for it.
    pub(super) fn shutdown(&self) {
        self.end_replays();
        let ids: Vec<String> = {
            let entries = self.lock();
            for entry in entries.values() {
                entry.run.end(Some(DRAIN));
            }
            let busy = entries.iter().filter(|(_, entry)| !entry.run.idle());
            busy.map(|(id, _)| id.clone()).collect()
        };
        each(ids, |id| self.finish(id).is_ok());
    }

    /// Gives up everything; does not wait.
    pub(super) fn abandon(&self) {
        self.end_replays();
        for entry in self.lock().values() {
            entry.run.end(None);
        }
    }
}

fn quickly(ids: Vec<String>, job: impl Fn(&str) -> Result<(), InstanceError>) -> Outcomes {
    let done = |id: String| {
        let result = job(&id);
        (id, result)
    };
    ids.into_iter().map(done).collect()
}
