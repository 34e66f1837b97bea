//! The instance in this process.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;

use super::secrets::Secrets;
use super::{GeneratorSpec, GeneratorStatus, Handle, Instance, InstanceError, prepare_with};
use crate::config::{Diagnostic, Diagnostics, Disk};
use crate::event::Globals;
use crate::output::Streams;
use crate::pipeline::{self, Change, EndReason, RunOptions, Running, State, Stats};
use crate::time::WallClock;

/// How long a stop may deliver what is queued before it becomes an abort.
pub const DRAIN: Duration = Duration::from_secs(10);

/// An instance whose generators run in this process. What they write to standard streams goes to
/// `streams`: a face that owns the terminal takes it, or throws it away with [`discard`].
///
/// # Errors
/// When the system gives no threads.
pub fn local(streams: Streams) -> io::Result<Handle> {
    local_with(streams, Secrets::from_environment())
}

/// As [`local`], with secrets from where the caller says.
///
/// # Errors
/// When the system gives no threads.
pub fn local_with(streams: Streams, secrets: Secrets) -> io::Result<Handle> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-io")
        .enable_all()
        .build()?;
    Ok(Arc::new(Local {
        inner: Arc::new(Inner {
            runtime: runtime.handle().clone(),
            globals: Globals::default(),
            streams,
            secrets,
            generators: Mutex::default(),
        }),
        runtime: Some(runtime),
    }))
}

/// Standard streams that take everything and keep nothing.
pub fn discard() -> Streams {
    Streams::Captured(Arc::new(|_, _| Ok(())))
}

#[derive(Debug)]
struct Local {
    inner: Arc<Inner>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Local {
    fn drop(&mut self) {
        for entry in self.inner.lock().values() {
            if let Run::Known(running) = &entry.run {
                running.abort();
            }
        }
        // Waiting here would hang a face that drops its instance inside its own runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[derive(Debug)]
struct Inner {
    runtime: tokio::runtime::Handle,
    globals: Globals,
    streams: Streams,
    secrets: Secrets,
    generators: Mutex<BTreeMap<String, Entry>>,
}

#[derive(Debug)]
struct Entry {
    project: PathBuf,
    run: Run,
}

/// What is known of a generator's current or last run.
#[derive(Clone, Debug)]
enum Run {
    /// Its project is being loaded.
    Loading,
    /// Its project is unsound.
    Unsound(String),
    /// A run, also when it is over.
    Known(Arc<Running>),
}

impl Run {
    fn state(&self) -> State {
        match self {
            Self::Loading => State::Starting,
            Self::Unsound(message) => State::Ended(EndReason::Failed(message.clone())),
            Self::Known(running) => running.state(),
        }
    }

    fn over(&self) -> bool {
        matches!(self.state(), State::Ended(_))
    }
}

impl Entry {
    fn status(&self, id: &str) -> GeneratorStatus {
        GeneratorStatus {
            id: id.to_owned(),
            project: self.project.clone(),
            state: Some(self.run.state()),
            stats: match &self.run {
                Run::Known(running) => running.stats(),
                _ => Stats::default(),
            },
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.generators
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn run_of(&self, id: &str) -> Result<Run, InstanceError> {
        let generators = self.lock();
        let entry = generators.get(id);
        entry
            .map(|entry| entry.run.clone())
            .ok_or_else(|| InstanceError::Unknown(id.to_owned()))
    }

    /// Takes the place of the generator's last run; an error when that is not over.
    fn claim(&self, spec: &GeneratorSpec) -> Result<(), InstanceError> {
        let mut generators = self.lock();
        if generators
            .get(&spec.id)
            .is_some_and(|entry| !entry.run.over())
        {
            return Err(InstanceError::Running(spec.id.clone()));
        }
        let entry = Entry {
            project: spec.project.clone(),
            run: Run::Loading,
        };
        generators.insert(spec.id.clone(), entry);
        Ok(())
    }

    fn set(&self, id: &str, run: Run) {
        if let Some(entry) = self.lock().get_mut(id) {
            entry.run = run;
        }
    }

    /// Loads, plans, starts and waits for the start; blocks.
    fn start(&self, spec: GeneratorSpec) -> Result<(), InstanceError> {
        let files = Arc::new(Disk);
        let plan = match prepare_with(
            &spec.project,
            files.as_ref(),
            &spec.parameters,
            &self.secrets,
        ) {
            Ok((plan, _)) => plan,
            Err(problems) => {
                let message = first_error(&problems);
                self.set(&spec.id, Run::Unsound(message));
                return Err(InstanceError::Invalid(problems));
            }
        };
        let running = Arc::new(pipeline::start(
            plan,
            RunOptions {
                id: spec.id.clone(),
                parameters: spec.parameters,
                seed: spec.seed,
                now_us: None,
                globals: self.globals.clone(),
                clock: Arc::new(WallClock),
                files,
                streams: self.streams.clone(),
                runtime: self.runtime.clone(),
                workers: None,
            },
        ));
        self.set(&spec.id, Run::Known(running.clone()));
        running.wait_started().map_err(InstanceError::Invalid)
    }
}

fn first_error(problems: &Diagnostics) -> String {
    let first = problems
        .0
        .iter()
        .find(|one| one.severity == crate::config::Severity::Error);
    first.map_or_else(
        || "the project has errors".to_owned(),
        |one| one.message.clone(),
    )
}

impl Instance for Local {
    fn list(&self) -> BoxFuture<'_, Vec<GeneratorStatus>> {
        let generators = self.inner.lock();
        let all = generators
            .iter()
            .map(|(id, entry)| entry.status(id))
            .collect();
        std::future::ready(all).boxed()
    }

    fn status(&self, id: &str) -> BoxFuture<'_, Option<GeneratorStatus>> {
        let status = self.inner.lock().get(id).map(|entry| entry.status(id));
        std::future::ready(status).boxed()
    }

    fn start(&self, spec: GeneratorSpec) -> BoxFuture<'_, Result<(), InstanceError>> {
        if let Err(error) = self.inner.claim(&spec) {
            return std::future::ready(Err(error)).boxed();
        }
        let inner = self.inner.clone();
        let id = spec.id.clone();
        let started = self.inner.runtime.spawn_blocking(move || inner.start(spec));
        async move {
            match started.await {
                Ok(result) => result,
                Err(error) => {
                    let message = format!("starting broke: {error}");
                    self.inner.set(&id, Run::Unsound(message.clone()));
                    let problem = Diagnostic::error(message, None);
                    Err(InstanceError::Invalid(Diagnostics(vec![problem])))
                }
            }
        }
        .boxed()
    }

    fn stop(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        let result = self.inner.run_of(id).map(|run| {
            if let Run::Known(running) = run {
                running.stop(DRAIN);
            }
        });
        std::future::ready(result).boxed()
    }

    fn abort(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        let result = self.inner.run_of(id).map(|run| {
            if let Run::Known(running) = run {
                running.abort();
            }
        });
        std::future::ready(result).boxed()
    }

    fn control(&self, id: &str, change: Change) -> BoxFuture<'_, Result<(), InstanceError>> {
        let result = self.inner.run_of(id).and_then(|run| match run {
            Run::Known(running) if !matches!(running.state(), State::Ended(_)) => {
                Ok(running.control().apply(change)?)
            }
            _ => Err(InstanceError::Idle(id.to_owned())),
        });
        std::future::ready(result).boxed()
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        let runs: Vec<Run> = {
            let generators = self.inner.lock();
            generators.values().map(|entry| entry.run.clone()).collect()
        };
        let ended = self.inner.runtime.spawn_blocking(move || {
            let known = runs.iter().filter_map(|run| match run {
                Run::Known(running) => Some(running),
                _ => None,
            });
            for running in known.clone() {
                running.stop(DRAIN);
            }
            let patience = Instant::now().checked_add(DRAIN + Duration::from_secs(1));
            for running in known {
                running.wait(patience);
            }
        });
        async move {
            let _ = ended.await;
        }
        .boxed()
    }
}
