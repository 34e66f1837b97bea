//! The instance in another process, behind a Unix socket.
//!
//! ```text
//! face --Instance--> Remote --Way--> Wire ==socket==> serve::Server --Instance--> the instance there
//! ```
//!
//! Every request has a limit of time. What is shown again and again falls back to what was last seen
//! while the other side is silent or gone; [`Instance::link`] says which. A face's own runtime is of no
//! matter: everything happens on one thread of this.

mod dial;
mod link;
#[cfg(test)]
mod tests;
mod wire;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

use super::protocol::Call;
use super::secrets::Secrets;
use super::{
    Action, FormerRuns, GeneratorSpec, GeneratorStatus, Handle, Instance, InstanceError, Link,
    LogPage, LogQuery, Outcomes, Overview, Reloaded, Replayed, ScenarioStatus, Selection, TailPage,
    TailQuery,
};
use crate::config::StartupEdit;
use crate::pipeline::{Change, State};
use link::{Effort, Way};
use wire::Broken;

pub use dial::{DialError, READY, TAKEN, Target};

/// Reaches an instance that is there already. `secrets` are those of this process, for what it starts.
/// Blocks for some seconds at most.
///
/// # Errors
/// Why it was not reached.
pub fn attach(target: Target, secrets: Secrets) -> Result<Handle, DialError> {
    open(target, secrets, Effort::Find)
}

/// As [`attach`]; a background process is started when there is none.
///
/// # Errors
/// Why it was not reached.
pub fn background(target: Target, secrets: Secrets) -> Result<Handle, DialError> {
    open(target, secrets, Effort::Spawn)
}

fn open(target: Target, secrets: Secrets, effort: Effort) -> Result<Handle, DialError> {
    let failed = |error: io::Error| {
        DialError::Failed(format!(
            "no thread could be made: {}",
            crate::config::why(&error)
        ))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-remote")
        .enable_all()
        .build()
        .map_err(failed)?;
    // On a thread of its own: who calls this may be inside a runtime.
    let opened = std::thread::scope(|scope| {
        let opening = scope.spawn(|| runtime.block_on(Way::open(target, effort)));
        opening.join()
    });
    let broke = |_| DialError::Failed("attaching broke".to_owned());
    let way = opened.map_err(broke)??;
    Ok(Arc::new(Remote {
        way,
        secrets,
        runtime: Some(runtime),
    }))
}

struct Remote {
    way: Arc<Way>,
    secrets: Secrets,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Waiting here would hang a face that drops its instance inside its own runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Broken {
    fn error(&self) -> InstanceError {
        InstanceError::Refused(self.words().to_owned())
    }
}

impl Remote {
    /// Does it on the thread of this. `None` when it broke, which is a fault of this program.
    fn there<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<'static, Option<T>> {
        let task = self.runtime.as_ref().map(|runtime| runtime.spawn(work));
        async move { task?.await.ok() }.boxed()
    }

    /// Asks for something that may be refused.
    fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        call: Call,
    ) -> BoxFuture<'static, Result<T, InstanceError>> {
        let way = self.way.clone();
        let asked = self.there(async move { way.quick::<Result<T, InstanceError>>(call).await });
        flat(asked)
    }

    /// As [`Remote::ask`], for what takes its time.
    fn ask_slow<T: DeserializeOwned + Send + 'static>(
        &self,
        call: Call,
        effort: Effort,
    ) -> BoxFuture<'static, Result<T, InstanceError>> {
        let way = self.way.clone();
        let asked = async move { way.slow::<Result<T, InstanceError>>(call, effort).await };
        flat(self.there(asked))
    }

    /// Asks for what is shown again and again.
    fn look<T, U>(
        &self,
        call: Call,
        keep: impl FnOnce(&Way, Option<T>) -> U + Send + 'static,
    ) -> BoxFuture<'static, U>
    where
        T: DeserializeOwned + Send + 'static,
        U: Default + Send + 'static,
    {
        let way = self.way.clone();
        let done = self.there(async move {
            let found = way.light::<T>(call).await;
            keep(&way, found)
        });
        async move { done.await.unwrap_or_default() }.boxed()
    }
}

fn flat<T: Send + 'static>(
    asked: BoxFuture<'static, Option<Result<Result<T, InstanceError>, Broken>>>,
) -> BoxFuture<'static, Result<T, InstanceError>> {
    async move {
        match asked.await {
            Some(Ok(result)) => result,
            Some(Err(broken)) => Err(broken.error()),
            None => Err(InstanceError::Refused("the request broke".to_owned())),
        }
    }
    .boxed()
}

impl Instance for Remote {
    fn link(&self) -> Link {
        self.way.link()
    }

    fn list(&self) -> BoxFuture<'_, Vec<GeneratorStatus>> {
        self.look(Call::List, |way, found: Option<Vec<GeneratorStatus>>| {
            let mut seen = way.seen();
            if let Some(found) = found {
                let found = found.into_iter().map(|one| (one.id.clone(), one));
                seen.statuses = found.collect();
            }
            seen.statuses.values().cloned().collect()
        })
    }

    fn status(&self, id: &str) -> BoxFuture<'_, Option<GeneratorStatus>> {
        let id = id.to_owned();
        let call = Call::Status(id.clone());
        self.look(call, move |way, found: Option<Option<GeneratorStatus>>| {
            let mut seen = way.seen();
            match found {
                Some(Some(status)) => drop(seen.statuses.insert(id.clone(), status)),
                // A process before this one may have had it: how it ended is still to be seen.
                Some(None) if seen.is_lost(&id) => {}
                // The wish to start it is on its way.
                Some(None) if seen.is_starting(&id) => return None,
                Some(None) => drop(seen.statuses.remove(&id)),
                None => {}
            }
            seen.statuses.get(&id).cloned()
        })
    }

    fn states(&self) -> BoxFuture<'_, Vec<(String, Option<State>)>> {
        type States = Vec<(String, Option<State>)>;
        self.look(Call::States, |way, found: Option<States>| {
            let mut seen = way.seen();
            if let Some(found) = found {
                seen.states.clone_from(&found);
                return found;
            }
            let all = seen.overview.iter();
            all.map(|one| (one.id.clone(), one.state.clone())).collect()
        })
    }

    fn overview(&self) -> BoxFuture<'_, Vec<Overview>> {
        self.look(Call::Overview, |way, found: Option<Vec<Overview>>| {
            let service = way.service();
            let mut seen = way.seen();
            // Who told it may be gone meanwhile: how that ended is what is to be seen.
            if let (Some(found), Some(service)) = (found, service) {
                seen.heard(found, service, Instant::now());
            }
            seen.overview.clone()
        })
    }

    fn start(&self, spec: GeneratorSpec) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.start_with(spec, self.secrets.clone())
    }

    fn start_with(
        &self,
        spec: GeneratorSpec,
        secrets: Secrets,
    ) -> BoxFuture<'_, Result<(), InstanceError>> {
        // It is to be shown also when the process goes before it was ever asked for it.
        self.way.seen().starts(&spec);
        let id = spec.id.clone();
        let call = Call::Start(Box::new(spec), Box::new(secrets.carried()));
        let way = self.way.clone();
        flat(self.there(async move {
            let done = way
                .slow::<Result<(), InstanceError>>(call, Effort::Spawn)
                .await;
            if !matches!(done, Ok(Ok(()))) {
                way.seen().does_not_start(&id);
            }
            done
        }))
    }

    fn stop(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.ask(Call::Stop(id.to_owned()))
    }

    fn abort(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.ask(Call::Abort(id.to_owned()))
    }

    fn control(&self, id: &str, change: Change) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.ask(Call::Control(id.to_owned(), change))
    }

    fn act(&self, who: Selection, what: Action) -> BoxFuture<'_, Outcomes> {
        let way = self.way.clone();
        let call = Call::Act(who, what);
        let done = self.there(async move { way.slow::<Outcomes>(call, Effort::Find).await });
        async move {
            match done.await {
                Some(Ok(outcomes)) => outcomes,
                Some(Err(broken)) => vec![(String::new(), Err(broken.error()))],
                None => Outcomes::new(),
            }
        }
        .boxed()
    }

    fn scenarios(&self) -> BoxFuture<'_, Vec<ScenarioStatus>> {
        self.look(Call::Scenarios, |_, found: Option<Vec<ScenarioStatus>>| {
            found.unwrap_or_default()
        })
    }

    fn reset_globals(&self, scenario: &str) -> BoxFuture<'_, Result<usize, InstanceError>> {
        self.ask(Call::ResetGlobals(scenario.to_owned()))
    }

    fn reload(&self) -> BoxFuture<'_, Result<Reloaded, InstanceError>> {
        self.ask_slow(Call::Reload, Effort::Find)
    }

    fn former(&self) -> BoxFuture<'_, FormerRuns> {
        self.look(Call::Former, |_, found: Option<FormerRuns>| {
            found.unwrap_or_default()
        })
    }

    fn edit(&self, edit: StartupEdit) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.ask_slow(Call::Edit(edit), Effort::Find)
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        let way = self.way.clone();
        let done = self.there(async move {
            // Who is gone or silent has stopped, or cannot be asked to.
            let _ = way.slow::<()>(Call::Shutdown, Effort::Find).await;
        });
        async move { done.await.unwrap_or_default() }.boxed()
    }

    fn tail(&self, id: &str, query: TailQuery) -> BoxFuture<'_, Result<TailPage, InstanceError>> {
        self.ask(Call::Tail(id.to_owned(), query))
    }

    fn logs(&self, query: LogQuery) -> BoxFuture<'_, LogPage> {
        self.look(Call::Logs(query), |_, found: Option<LogPage>| {
            found.unwrap_or_default()
        })
    }

    fn globals(
        &self,
        scenario: &str,
    ) -> BoxFuture<'_, Result<Vec<(String, serde_json::Value)>, InstanceError>> {
        self.ask(Call::Globals(scenario.to_owned()))
    }

    fn set_global(
        &self,
        scenario: &str,
        key: &str,
        value: Option<serde_json::Value>,
    ) -> BoxFuture<'_, Result<(), InstanceError>> {
        let call = match value {
            Some(value) => Call::SetGlobal(scenario.to_owned(), key.to_owned(), value),
            None => Call::RemoveGlobal(scenario.to_owned(), key.to_owned()),
        };
        self.ask(call)
    }

    fn reload_files(&self, id: &str) -> BoxFuture<'_, Result<(), InstanceError>> {
        self.ask_slow(Call::ReloadFiles(id.to_owned()), Effort::Find)
    }

    fn replay_letters(
        &self,
        id: &str,
        output: usize,
    ) -> BoxFuture<'_, Result<Replayed, InstanceError>> {
        self.ask_slow(Call::ReplayLetters(id.to_owned(), output), Effort::Find)
    }

    fn write_back(&self, id: &str) -> BoxFuture<'_, Result<Vec<String>, InstanceError>> {
        self.ask_slow(Call::WriteBack(id.to_owned()), Effort::Find)
    }
}
