//! The instance in this process.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::log_ring::LogRing;
use super::registry::Registry;
use super::secrets::Secrets;
use super::{
    Action, FormerRuns, GeneratorSpec, GeneratorStatus, Handle, Home, Instance, InstanceError,
    LogPage, LogQuery, Outcomes, Redactor, Reloaded, Replayed, ScenarioStatus, Selection, TailPage,
    TailQuery,
};
use crate::config::{Diagnostic, Diagnostics, StartupEdit};
use crate::output::Streams;
use crate::pipeline::{Change, State};

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
    host(HostOptions {
        streams,
        secrets,
        redactor: Redactor::default(),
        home: None,
    })
}

/// What an instance in this process is made of.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// What stands behind the standard streams.
    pub streams: Streams,
    /// Where secrets come from. Settings that name a keyring file add that.
    pub secrets: Secrets,
    /// Learns the secrets that projects use.
    pub redactor: Redactor,
    /// Where the list of generators comes from; nothing of it is read before [`Instance::reload`].
    pub home: Option<Home>,
}

/// An instance whose generators run in this process.
///
/// # Errors
/// When the system gives no threads.
pub fn host(options: HostOptions) -> io::Result<Handle> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-io")
        .enable_all()
        .build()?;
    let HostOptions {
        streams,
        secrets,
        redactor,
        home,
    } = options;
    let environment = secrets.environment().values();
    redactor.learn(environment.map(String::as_str));
    let handle = runtime.handle().clone();
    let registry = Registry::new(handle, streams, secrets, redactor, home);
    let registry = Arc::new(registry);
    registry.watch_files();
    Ok(Arc::new(Local {
        registry,
        runtime: Some(runtime),
    }))
}

/// Standard streams that take everything and keep nothing.
pub fn discard() -> Streams {
    Streams::Captured(Arc::new(|_, _| Ok(())))
}

#[derive(Debug)]
struct Local {
    registry: Arc<Registry>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Local {
    fn drop(&mut self) {
        self.registry.abandon();
        // Waiting here would hang a face that drops its instance inside its own runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Local {
    /// Does what blocks on a thread of its own. `None` when it broke.
    fn blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Registry) -> T + Send + 'static,
    ) -> BoxFuture<'static, Result<T, String>> {
        let registry = self.registry.clone();
        let done = registry
            .runtime
            .clone()
            .spawn_blocking(move || job(&registry));
        async move { done.await.map_err(|error| error.to_string()) }.boxed()
    }
}

impl Local {
    fn begin(
        &self,
        spec: GeneratorSpec,
        secrets: Option<Secrets>,
    ) -> BoxFuture<'_, Result<(), InstanceError>> {
        let id = spec.id.clone();
        let cancel = match self.registry.claim(&id, Some((spec, secrets))) {
            Ok(cancel) => cancel,
            Err(error) => return ready(Err(error)),
        };
        let name = id.clone();
        let started = self.blocking(move |registry| registry.start(&name, &cancel));
        async move {
            started.await.unwrap_or_else(|error| {
                self.registry
                    .give_up(&id, format!("starting broke: {error}"));
                Err(broke("starting", &error))
            })
        }
        .boxed()
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    std::future::ready(value).boxed()
}

/// The words for a request that broke, which is a fault of this program.
fn broke(what: &str, error: &str) -> InstanceError {
    let problem = Diagnostic::error(format!("{what} broke: {error}"), None);
    InstanceError::Invalid(Diagnostics(vec![problem]))
}

impl Instance for Local {
    fn list(&self) -> BoxFuture<'_, Vec<GeneratorStatus>> {
        ready(self.registry.list())
    }

    fn status(&self, id: &str) -> BoxFuture<'_, Option<GeneratorStatus>> {
        ready(self.registry.status(id))
    }

    fn states(&self) -> BoxFuture<'_, Vec<(String, Option<State>)>> {
        ready(self.registry.states())
    }

    fn start(&self, spec: GeneratorSpec) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.begin(spec, None)
    }

    fn start_with(
        &self,
        spec: GeneratorSpec,
        secrets: Secrets,
    ) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.begin(spec, Some(secrets))
    }

    fn stop(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        ready(self.registry.end(id, Some(DRAIN)))
    }

    fn abort(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        ready(self.registry.end(id, None))
    }

    fn control(&self, id: &str, change: Change) -> BoxFuture<'_, Result<(), InstanceError>> {
        ready(self.registry.control(id, change))
    }

    fn act(&self, who: Selection, what: Action) -> BoxFuture<'_, Outcomes> {
        let done = self.blocking(move |registry| registry.act(who, what));
        async move {
            let broken = |error: String| vec![(String::new(), Err(broke("it", &error)))];
            done.await.unwrap_or_else(broken)
        }
        .boxed()
    }

    fn scenarios(&self) -> BoxFuture<'_, Vec<ScenarioStatus>> {
        ready(self.registry.scenarios())
    }

    fn reset_globals(&self, scenario: &str) -> BoxFuture<'_, Result<usize, InstanceError>> {
        ready(self.registry.reset_globals(scenario))
    }

    fn reload(&self) -> BoxFuture<'_, Result<Reloaded, InstanceError>> {
        let done = self.blocking(Registry::reload);
        async move {
            done.await
                .unwrap_or_else(|error| Err(broke("reading the startup list", &error)))
        }
        .boxed()
    }

    fn former(&self) -> BoxFuture<'_, FormerRuns> {
        ready(self.registry.former.runs())
    }

    fn edit(&self, edit: StartupEdit) -> BoxFuture<'_, Result<(), InstanceError>> {
        let done = self.blocking(move |registry| registry.edit(&edit));
        async move {
            done.await
                .unwrap_or_else(|error| Err(broke("changing the startup list", &error)))
        }
        .boxed()
    }

    fn tail(&self, id: &str, query: TailQuery) -> BoxFuture<'_, Result<TailPage, InstanceError>> {
        ready(self.registry.tail(id, &query))
    }

    fn logs(&self, query: LogQuery) -> BoxFuture<'_, LogPage> {
        ready(LogRing::of_process().page(&query))
    }

    fn globals(
        &self,
        scenario: &str,
    ) -> BoxFuture<'_, Result<Vec<(String, serde_json::Value)>, InstanceError>> {
        ready(self.registry.globals(scenario))
    }

    fn set_global(
        &self,
        scenario: &str,
        key: &str,
        value: Option<serde_json::Value>,
    ) -> BoxFuture<'_, Result<(), InstanceError>> {
        ready(self.registry.set_global(scenario, key, value))
    }

    fn reload_files(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        let id = id.to_owned();
        let done = self.blocking(move |registry| registry.reload_files(&id));
        async move {
            done.await
                .unwrap_or_else(|error| Err(broke("taking the change", &error)))
        }
        .boxed()
    }

    fn replay_letters(
        &self,
        id: &str,
        output: usize,
    ) -> BoxFuture<'_, Result<Replayed, InstanceError>> {
        let id = id.to_owned();
        let done = self.blocking(move |registry| registry.replay_letters(&id, output));
        async move {
            done.await
                .unwrap_or_else(|error| Err(broke("sending dead letters", &error)))
        }
        .boxed()
    }

    fn write_back(&self, id: &str) -> BoxFuture<'_, Result<Vec<String>, InstanceError>> {
        let id = id.to_owned();
        let done = self.blocking(move |registry| registry.write_back(&id));
        async move {
            done.await
                .unwrap_or_else(|error| Err(broke("changing the startup list", &error)))
        }
        .boxed()
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        let done = self.blocking(Registry::shutdown);
        async move {
            // What broke cannot be waited for.
            let _ = done.await;
        }
        .boxed()
    }
}
