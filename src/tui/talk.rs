//! Talking to the instance, on a thread of its own: what was asked for goes there, what is shown comes
//! back. Sleeps while nothing is to be shown or done.
//!
//! The instance may be another process that is slow, silent or gone: requests run side by side, and what
//! must keep its order is refused at once while nobody answers.

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use tokio::runtime::Runtime;

use super::event::{AppEvent, InstanceNews, Observe, PipelineEvent, Request};
use super::services::Instances;
use crate::config::Diagnostics;
use crate::instance::{
    Action, GeneratorSpec, GeneratorStatus, Handle, InstanceError, Link, Selection,
};
use crate::pipeline::{Change, State};

/// Time between samples of a running pipeline's counters.
const SAMPLE: Duration = Duration::from_millis(200);

/// So many samples from one look at all generators to the next.
const ALL: u32 = 5;

/// What is to be done.
pub(super) enum Job {
    Start(Box<GeneratorSpec>),
    /// Look whether the project's pipeline runs already.
    Adopt(std::path::PathBuf),
    Control(String, Change),
    Stop(String),
    Abort(String),
    AbortAll,
    Observe(Box<Observe>),
    Request(Box<Request>),
    /// Tell on the channel when everything is stopped.
    ShutDown(Option<Sender<()>>),
}

/// Does jobs until nobody has any more.
pub(super) fn run(jobs: &Receiver<Job>, events: &Sender<AppEvent>, instances: Instances) {
    let Ok(first) = jobs.recv() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-instance")
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let why = format!("no pipeline can be run: {error}");
            let news = PipelineEvent::Refused(why, Diagnostics::default());
            drop(events.send(AppEvent::Pipeline(news)));
            return;
        }
    };
    let mut talk = Talk {
        runtime,
        instances,
        handle: None,
        events,
        running: HashSet::new(),
        observed: Observe::default(),
        stopping: false,
        samples: 0,
        told: Link::Here,
    };
    talk.take(first);
    loop {
        let job = if talk.idle() {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            jobs.recv_timeout(SAMPLE)
        };
        match job {
            Ok(job) => talk.take(job),
            Err(RecvTimeoutError::Timeout) => talk.sample(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

struct Talk<'a> {
    runtime: Runtime,
    instances: Instances,
    handle: Option<Handle>,
    events: &'a Sender<AppEvent>,
    /// Generators of this terminal that are followed until they end.
    running: HashSet<String>,
    observed: Observe,
    stopping: bool,
    samples: u32,
    told: Link,
}

impl Talk<'_> {
    fn tell(&self, news: PipelineEvent) {
        drop(self.events.send(AppEvent::Pipeline(news)));
    }

    fn tell_of_instance(&self, news: InstanceNews) {
        drop(self.events.send(AppEvent::Instance(news)));
    }

    /// The instance, if there is one.
    fn found(&mut self) -> Option<Handle> {
        if self.handle.is_none() {
            match (self.instances.find)()? {
                Ok(handle) => self.handle = Some(handle),
                Err(why) => {
                    self.tell_of_instance(InstanceNews::Warned(why));
                    return None;
                }
            }
            self.look_at_link();
        }
        self.handle.clone()
    }

    /// The instance, made if there is none.
    fn made(&mut self) -> Result<Handle, String> {
        if self.handle.is_none() {
            let (handle, warning) = (self.instances.make)()?;
            self.handle = Some(handle);
            if let Some(warning) = warning {
                self.tell_of_instance(InstanceNews::Here(warning));
            }
            self.look_at_link();
        }
        self.handle
            .clone()
            .ok_or_else(|| "there is none".to_owned())
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Start(spec) => self.start(*spec),
            Job::Adopt(document) => self.adopt(&document),
            Job::Control(id, change) => self.control(&id, change),
            Job::Stop(id) => {
                self.ask(async move |handle: Handle| handle.stop(&id).await);
            }
            Job::Abort(id) => {
                self.ask(async move |handle: Handle| handle.abort(&id).await);
            }
            Job::AbortAll => self.ask(async move |handle: Handle| {
                handle.act(Selection::All, Action::Abort).await;
                Ok(())
            }),
            Job::Observe(wish) => {
                self.observed = *wish;
                if self.observed != Observe::default() && self.handle.is_none() {
                    // What ran before this terminal came is shown as well.
                    self.found();
                }
                self.observe();
            }
            Job::Request(request) => self.request(*request),
            Job::ShutDown(done) => self.shut_down(done),
        }
        self.look_at_link();
    }

    /// Asks for something and tells only when it is refused.
    fn ask<F>(&self, what: impl FnOnce(Handle) -> F)
    where
        F: Future<Output = Result<(), InstanceError>> + Send + 'static,
    {
        let Some(handle) = self.handle.clone() else {
            return;
        };
        let events = self.events.clone();
        let asked = what(handle);
        self.runtime.spawn(async move {
            if let Err(error) = asked.await {
                let news = PipelineEvent::Failed(error.to_string());
                drop(events.send(AppEvent::Pipeline(news)));
            }
        });
    }

    fn start(&mut self, mut spec: GeneratorSpec) {
        let handle = match self.made() {
            Ok(handle) => handle,
            Err(why) => {
                let why = format!("no pipeline can be run: {why}");
                self.tell(PipelineEvent::Refused(why, Diagnostics::default()));
                return;
            }
        };
        let wished = spec.id.clone();
        spec.id = self.runtime.block_on(free_name(&handle, &spec));
        if spec.id != wished {
            self.tell(PipelineEvent::Named(spec.id.clone()));
        }
        self.running.insert(spec.id.clone());
        let events = self.events.clone();
        self.runtime.spawn(async move {
            let news = match handle.start(spec).await {
                Ok(()) => PipelineEvent::Started,
                Err(InstanceError::Invalid(problems)) => {
                    PipelineEvent::Refused("the project has errors".to_owned(), problems)
                }
                Err(error) => PipelineEvent::Refused(error.to_string(), Diagnostics::default()),
            };
            drop(events.send(AppEvent::Pipeline(news)));
        });
    }

    /// Follows the project's pipeline if it runs already, as one does that was left in the background.
    fn adopt(&mut self, document: &Path) {
        let Some(handle) = self.found() else {
            return;
        };
        let all = self.runtime.block_on(handle.list());
        let mine = all
            .into_iter()
            .find(|one| one.project == document && active(one.state.as_ref()));
        if let Some(status) = mine {
            self.running.insert(status.id.clone());
            self.tell(PipelineEvent::Adopted(Box::new(status)));
        }
    }

    fn control(&self, id: &str, change: Change) {
        let Some(handle) = &self.handle else {
            return;
        };
        if let Some(why) = trouble(&handle.link()) {
            self.tell(PipelineEvent::Failed(why));
            return;
        }
        // In order: two changes at once would overtake each other on two tasks.
        if let Err(error) = self.runtime.block_on(handle.control(id, change)) {
            self.tell(PipelineEvent::Failed(error.to_string()));
        }
    }

    fn request(&mut self, request: Request) {
        let handle = match self.found() {
            Some(handle) => handle,
            None => {
                let why = "nothing runs, and nothing ran".to_owned();
                self.tell_of_instance(InstanceNews::Failed(why));
                return;
            }
        };
        let sender = self.events.clone();
        self.runtime.spawn(async move {
            let news = match carry_out(&handle, request).await {
                Ok(words) => InstanceNews::Done(words),
                Err(words) => InstanceNews::Failed(words),
            };
            drop(sender.send(AppEvent::Instance(news)));
        });
    }

    fn shut_down(&mut self, done: Option<Sender<()>>) {
        self.stopping = true;
        let handle = self.handle.clone();
        let events = self.events.clone();
        self.runtime.spawn(async move {
            let mut trouble_left = None;
            if let Some(handle) = handle {
                handle.shutdown().await;
                if let link @ Link::Silent { .. } = handle.link() {
                    trouble_left = trouble(&link);
                }
            }
            let news = match trouble_left {
                None => PipelineEvent::ShutDown,
                Some(why) => PipelineEvent::NotStopped(why),
            };
            drop(events.send(AppEvent::Pipeline(news)));
            if let Some(done) = done {
                // Whoever asked may have stopped waiting.
                let _ = done.send(());
            }
        });
    }

    /// True when there is nothing to ask for until somebody wants something.
    fn idle(&self) -> bool {
        self.handle.is_none()
            || self.running.is_empty() && self.observed == Observe::default() && !self.stopping
    }

    /// Tells when the way to the instance is another than before.
    fn look_at_link(&mut self) {
        let link = self.handle.as_ref().map_or(Link::Here, |one| one.link());
        if link != self.told {
            self.told = link.clone();
            self.tell_of_instance(InstanceNews::Silent(trouble(&link)));
            self.tell_of_instance(InstanceNews::Link(link));
        }
    }

    /// Asks for what is shown.
    fn observe(&self) {
        let Some(handle) = &self.handle else {
            return;
        };
        let tell = |news| self.tell_of_instance(news);
        let wish = &self.observed;
        if wish.overview {
            tell(InstanceNews::Overview(
                self.runtime.block_on(handle.overview()),
            ));
        }
        if let Some(id) = &wish.status
            && let Some(status) = self.runtime.block_on(handle.status(id))
        {
            tell(InstanceNews::Status(Box::new(status)));
        }
        if trouble(&handle.link()).is_some() {
            // Each of these would wait for an answer, and there is nothing to show instead.
            return;
        }
        if let Some((id, query)) = &wish.tail
            && let Ok(page) = self.runtime.block_on(handle.tail(id, query.clone()))
        {
            tell(InstanceNews::Tail(id.clone(), page));
        }
        if let Some(query) = &wish.logs {
            tell(InstanceNews::Logs(
                self.runtime.block_on(handle.logs(query.clone())),
            ));
        }
        if let Some(scenario) = &wish.globals
            && let Ok(values) = self.runtime.block_on(handle.globals(scenario))
        {
            tell(InstanceNews::Globals(scenario.clone(), values));
        }
    }

    fn sample(&mut self) {
        self.observe();
        let Some(handle) = self.handle.clone() else {
            return;
        };
        for id in self.running.clone() {
            let Some(status) = self.runtime.block_on(handle.status(&id)) else {
                continue;
            };
            if !active(status.state.as_ref()) && status.state.is_some() {
                self.running.remove(&id);
            }
            self.tell(PipelineEvent::Status(Box::new(status)));
        }
        if self.samples.is_multiple_of(ALL) {
            let states = self.runtime.block_on(handle.states());
            let busy = states
                .into_iter()
                .filter(|(_, state)| active(state.as_ref()));
            self.tell_of_instance(InstanceNews::Running(busy.map(|(id, _)| id).collect()));
        }
        self.samples = self.samples.wrapping_add(1);
        self.look_at_link();
    }
}

/// True from the wish to start to the end.
fn active(state: Option<&State>) -> bool {
    !matches!(state, None | Some(State::Ended(_)))
}

/// The name of a generator in the instance: the wished one, unless another project has it.
async fn free_name(handle: &Handle, spec: &GeneratorSpec) -> String {
    let mut name = spec.id.clone();
    for number in 2..100 {
        let status: Option<GeneratorStatus> = handle.status(&name).await;
        if status.is_none_or(|status| status.project == spec.project) {
            break;
        }
        name = format!("{}-{number}", spec.id);
    }
    name
}

/// Why nothing new is heard of the instance, in words.
pub(super) fn trouble(link: &Link) -> Option<String> {
    let clock = |us: i64| {
        let at = chrono::DateTime::from_timestamp_micros(us).unwrap_or_default();
        at.with_timezone(&chrono::Local)
            .format("%H:%M:%S")
            .to_string()
    };
    match link {
        Link::Here | Link::Up(_) => None,
        Link::Silent { peer, since_us } => Some(format!(
            "not answering since {} (process {})",
            clock(*since_us),
            peer.pid
        )),
        Link::Gone { why, .. } => Some(why.clone()),
    }
}
/// Does what was asked for once; gives what became of it, in words.
async fn carry_out(handle: &Handle, request: Request) -> Result<String, String> {
    let said = |error: InstanceError| error.to_string();
    match request {
        Request::Act(who, what) => {
            let outcomes = handle.act(who, what).await;
            let failed: Vec<String> = outcomes
                .iter()
                .filter_map(|(id, result)| Some(format!("{id}: {}", result.as_ref().err()?)))
                .collect();
            if failed.is_empty() {
                Ok(format!("done with {}", outcomes.len()))
            } else {
                Err(failed.join("; "))
            }
        }
        Request::Control(id, change) => {
            handle.control(&id, change).await.map_err(said)?;
            Ok(format!("{id}: changed"))
        }
        Request::ReloadFiles(id) => {
            handle.reload_files(&id).await.map_err(said)?;
            Ok(format!("{id}: changed files are taken"))
        }
        Request::ReplayLetters(id, output) => {
            let done = handle.replay_letters(&id, output).await.map_err(said)?;
            Ok(format!(
                "{id}: {} of {} letters written",
                done.written, done.letters
            ))
        }
        Request::WriteBack(id) => {
            let written = handle.write_back(&id).await.map_err(said)?;
            Ok(format!("{id}: written {}", written.join(", ")))
        }
        Request::SetGlobal(scenario, key, value) => {
            let set = handle.set_global(&scenario, &key, value).await;
            set.map_err(said)?;
            Ok(format!("{key} is set"))
        }
        Request::ResetGlobals(scenario) => {
            let count = handle.reset_globals(&scenario).await.map_err(said)?;
            Ok(format!("{count} globals removed"))
        }
        Request::Reload => {
            let done = handle.reload().await.map_err(said)?;
            Ok(format!(
                "started {}, restarted {}, removed {}",
                done.started.len(),
                done.restarted.len(),
                done.removed.len()
            ))
        }
        Request::Edit(edit) => {
            handle.edit(edit).await.map_err(said)?;
            Ok("the startup list is changed".to_owned())
        }
    }
}
