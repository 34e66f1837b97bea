//! Doing what the state asks for: files, previews, pipelines. Each on its own thread, so that no key
//! ever waits.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use ropey::Rope;
use tokio::runtime::Runtime;

use super::event::{AppEvent, Effect, InstanceNews, Observe, PipelineEvent, Request};
use super::watch::Watcher;
use super::{disk, project};
use crate::config::{Diagnostics, StartupEdit};
use crate::instance::{Action, GeneratorSpec, Handle, InstanceError, Overview};
use crate::pipeline::{Change, Stats};
use crate::preview::{PreviewRequest, PreviewResult};

/// Time between two questions to the instance while what it answers changes.
const FAST: Duration = Duration::from_millis(250);
/// The same while nothing changes, or nobody is in a hurry.
const SLOW: Duration = Duration::from_millis(1_000);
/// After a request things change soon, even if they have not yet.
const EAGER: Duration = Duration::from_secs(3);
/// A wall clock that went on so much further than the monotonic one tells of a machine that slept.
const SLEPT: Duration = Duration::from_secs(3);
/// Time that pipelines have to deliver what is queued when the program ends.
const DRAIN: Duration = Duration::from_secs(15);

/// Where previews go when they are done.
pub type PreviewSink = Box<dyn Fn(PreviewResult) + Send>;
/// Takes previews to work out; must not block, and may leave out all but the latest.
pub type PreviewPort = Box<dyn FnMut(PreviewRequest) + Send>;

/// What the application stands on.
pub struct Backends {
    /// Starts the previewer.
    pub preview: Box<dyn FnOnce(PreviewSink) -> PreviewPort + Send>,
    /// Makes the instance, on the first start.
    pub instance: Box<dyn FnOnce() -> io::Result<Handle> + Send>,
}

impl std::fmt::Debug for Backends {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backends")
    }
}

enum FileJob {
    Open(PathBuf),
    Reread(PathBuf),
    Save(PathBuf, Rope),
    Scan(PathBuf),
    FindProjects(PathBuf),
}

enum PipelineJob {
    Start(Box<GeneratorSpec>),
    Control(String, Change),
    Stop(String),
    Abort(String),
    Observe(Box<Observe>),
    Request(Box<Request>),
    /// Tell on the channel when everything is stopped.
    ShutDown(Option<Sender<()>>),
}

/// The threads.
pub struct Services {
    files: Sender<FileJob>,
    watcher: Watcher,
    preview: PreviewPort,
    pipelines: Sender<PipelineJob>,
    started: bool,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// Starts the threads; their news go to `events`.
    pub fn start(backends: Backends, events: &Sender<AppEvent>) -> Self {
        let (files, file_jobs) = mpsc::channel();
        let (pipelines, pipeline_jobs) = mpsc::channel();
        let out = events.clone();
        thread::spawn(move || run_files(&file_jobs, &out));
        let out = events.clone();
        thread::spawn(move || run_pipelines(&pipeline_jobs, &out, backends.instance));
        let out = events.clone();
        let sink = move |result| {
            // Nobody listens any more once the application ends.
            drop(out.send(AppEvent::Preview(Box::new(result))));
        };
        Self {
            files,
            watcher: Watcher::start(events.clone()),
            preview: (backends.preview)(Box::new(sink)),
            pipelines,
            started: false,
        }
    }

    /// Does what does not concern the terminal; gives the rest back.
    pub fn perform(&mut self, effect: Effect) -> Option<Effect> {
        let file = |job| {
            drop(self.files.send(job));
            None
        };
        match effect {
            Effect::Open(path) => file(FileJob::Open(path)),
            Effect::Reread(path) => file(FileJob::Reread(path)),
            Effect::Save(path, text) => file(FileJob::Save(path, text)),
            Effect::Scan(path) => file(FileJob::Scan(path)),
            Effect::FindProjects(path) => file(FileJob::FindProjects(path)),
            Effect::Watch(folders) => {
                self.watcher.watch(folders);
                None
            }
            Effect::Preview(request) => {
                (self.preview)(*request);
                None
            }
            Effect::Start(spec) => {
                self.started = true;
                self.pipeline(PipelineJob::Start(spec))
            }
            Effect::Control(id, change) => self.pipeline(PipelineJob::Control(id, change)),
            Effect::Stop(id) => self.pipeline(PipelineJob::Stop(id)),
            Effect::Abort(id) => self.pipeline(PipelineJob::Abort(id)),
            Effect::ShutDown => self.pipeline(PipelineJob::ShutDown(None)),
            Effect::Observe(wish) => self.pipeline(PipelineJob::Observe(wish)),
            Effect::Request(request) => self.pipeline(PipelineJob::Request(request)),
            Effect::Copy(_) | Effect::Redraw => Some(effect),
        }
    }

    fn pipeline(&self, job: PipelineJob) -> Option<Effect> {
        drop(self.pipelines.send(job));
        None
    }

    /// Stops all pipelines, giving them time to deliver what is queued. Call it when the terminal is
    /// given back. False when the time was not enough.
    pub fn finish(self) -> bool {
        if !self.started {
            return true;
        }
        let (done, finished) = mpsc::channel();
        self.pipeline(PipelineJob::ShutDown(Some(done)));
        !matches!(finished.recv_timeout(DRAIN), Err(RecvTimeoutError::Timeout))
    }
}

fn run_files(jobs: &Receiver<FileJob>, events: &Sender<AppEvent>) {
    while let Ok(job) = jobs.recv() {
        let event = match job {
            FileJob::Open(path) => {
                let result = disk::open(&path);
                AppEvent::Opened(path, result)
            }
            FileJob::Reread(path) => {
                let result = disk::reread(&path);
                AppEvent::Reread(path, result)
            }
            FileJob::Save(path, text) => {
                let result = disk::save(&path, text.chunks());
                AppEvent::Saved(path, text, result)
            }
            FileJob::Scan(root) => AppEvent::Scanned(project::scan(&root)),
            FileJob::FindProjects(folder) => AppEvent::Projects(project::find(&folder)),
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

/// Talks to the instance; sleeps while nothing runs.
fn run_pipelines(
    jobs: &Receiver<PipelineJob>,
    events: &Sender<AppEvent>,
    make: Box<dyn FnOnce() -> io::Result<Handle> + Send>,
) {
    let Ok(first) = jobs.recv() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("evtui-instance")
        .enable_all()
        .build();
    let (runtime, handle) = match runtime.and_then(|runtime| Ok((runtime, make()?))) {
        Ok(made) => made,
        Err(error) => {
            let why = format!("no pipeline can be run: {error}");
            let news = PipelineEvent::Refused(why, Diagnostics::default());
            drop(events.send(AppEvent::Pipeline(news)));
            return;
        }
    };
    let mut talk = Talk {
        runtime,
        handle,
        events,
        observed: Observe::default(),
        look: Look::default(),
    };
    talk.take(first);
    loop {
        let job = match talk.next() {
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => jobs.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        match job {
            Ok(job) => talk.take(job),
            Err(RecvTimeoutError::Timeout) => talk.observe(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

struct Talk<'a> {
    runtime: Runtime,
    handle: Handle,
    events: &'a Sender<AppEvent>,
    observed: Observe,
    look: Look,
}

/// When the instance was asked last, and what it said.
#[derive(Default)]
struct Look {
    /// Monotonic and wall clock at the last question.
    at: Option<(Instant, SystemTime)>,
    /// Something was different from the time before.
    moved: bool,
    eager: Option<Instant>,
    overview: Vec<Overview>,
    stats: Option<Stats>,
}

impl Look {
    /// When to ask again.
    fn next(&self, slowly: bool) -> Instant {
        let now = Instant::now();
        let Some((at, _)) = self.at else {
            return now;
        };
        let eager = self.eager.is_some_and(|until| now < until);
        if eager || (self.moved && !slowly) {
            at + FAST
        } else {
            at + SLOW
        }
    }

    /// Counts from now; gives how long the machine slept since the time before.
    fn begin(&mut self) -> Option<Duration> {
        let now = (Instant::now(), SystemTime::now());
        let before = self.at.replace(now)?;
        self.moved = false;
        let wall = now.1.duration_since(before.1).ok()?;
        let slept = wall.saturating_sub(now.0.duration_since(before.0));
        (slept >= SLEPT).then_some(slept)
    }
}

impl Talk<'_> {
    fn take(&mut self, job: PipelineJob) {
        let handle = self.handle.clone();
        let events = self.events.clone();
        let tell = move |news| drop(events.send(AppEvent::Pipeline(news)));
        match job {
            PipelineJob::Start(spec) => {
                self.runtime.spawn(async move {
                    tell(match handle.start(*spec).await {
                        Ok(()) => PipelineEvent::Started,
                        Err(InstanceError::Invalid(problems)) => {
                            PipelineEvent::Refused("the project has errors".to_owned(), problems)
                        }
                        Err(error) => {
                            PipelineEvent::Refused(error.to_string(), Diagnostics::default())
                        }
                    });
                });
            }
            PipelineJob::Control(id, change) => {
                // In order: two changes at once would overtake each other on two tasks.
                if let Err(error) = self.runtime.block_on(handle.control(&id, change)) {
                    tell(PipelineEvent::Failed(error.to_string()));
                }
            }
            PipelineJob::Stop(id) => {
                self.runtime.spawn(async move {
                    if let Err(error) = handle.stop(&id).await {
                        tell(PipelineEvent::Failed(error.to_string()));
                    }
                });
            }
            PipelineJob::Abort(id) => {
                self.runtime.spawn(async move {
                    if let Err(error) = handle.abort(&id).await {
                        tell(PipelineEvent::Failed(error.to_string()));
                    }
                });
            }
            PipelineJob::Observe(wish) => {
                // What only goes on where it stood waits for its turn.
                let other = !wish.is_like(&self.observed);
                self.observed = *wish;
                if other {
                    self.observe();
                }
            }
            PipelineJob::Request(request) => {
                self.look.eager = Some(Instant::now() + EAGER);
                let sender = self.events.clone();
                self.runtime.spawn(async move {
                    let news = match carry_out(&handle, *request).await {
                        Ok(words) => InstanceNews::Done(words),
                        Err(words) => InstanceNews::Failed(words),
                    };
                    drop(sender.send(AppEvent::Instance(news)));
                });
            }
            PipelineJob::ShutDown(done) => {
                self.runtime.spawn(async move {
                    handle.shutdown().await;
                    tell(PipelineEvent::ShutDown);
                    if let Some(done) = done {
                        // Whoever asked may have stopped waiting.
                        let _ = done.send(());
                    }
                });
            }
        }
    }

    /// When to ask the instance again; `None` while nobody wants to know anything.
    fn next(&self) -> Option<Instant> {
        let silent = self.observed == Observe::default();
        (!silent).then(|| self.look.next(self.observed.slowly))
    }

    /// Asks for what is shown.
    fn observe(&mut self) {
        let events = self.events;
        let tell = |news| drop(events.send(AppEvent::Instance(news)));
        if let Some(time) = self.look.begin() {
            tell(InstanceNews::Slept(time));
        }
        let wish = &self.observed;
        let handle = &self.handle;
        if wish.overview {
            let all = self.runtime.block_on(handle.overview());
            self.look.moved |= all != self.look.overview;
            self.look.overview.clone_from(&all);
            tell(InstanceNews::Overview(all));
        }
        if let Some(id) = &wish.status
            && let Some(status) = self.runtime.block_on(handle.status(id))
        {
            self.look.moved |= self.look.stats.as_ref() != Some(&status.stats);
            self.look.stats = Some(status.stats.clone());
            tell(InstanceNews::Status(Box::new(status)));
        }
        if let Some(id) = &wish.own
            && let Some(status) = self.runtime.block_on(handle.status(id))
        {
            self.look.moved = true;
            let news = PipelineEvent::Status(Box::new(status));
            drop(events.send(AppEvent::Pipeline(news)));
        }
        // Events and records come in their own time.
        self.look.moved |= wish.tail.is_some() || wish.logs.is_some();
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
}

/// Does what was asked for once; gives what became of it, in words.
async fn carry_out(handle: &Handle, request: Request) -> Result<String, String> {
    let said = |error: InstanceError| error.to_string();
    match request {
        Request::Act(who, what) => {
            let verb = acted(what);
            let outcomes = handle.act(who, what).await;
            let failed: Vec<String> = outcomes
                .iter()
                .filter_map(|(id, result)| Some(format!("{id}: {}", result.as_ref().err()?)))
                .collect();
            if let [(id, Ok(()))] = outcomes.as_slice() {
                Ok(format!("{id}: {verb}"))
            } else if failed.is_empty() {
                Ok(format!("{} generators: {verb}", outcomes.len()))
            } else {
                Err(failed.join("; "))
            }
        }
        Request::Control(id, change) => {
            let what = super::monitor::flow_words::change(&change);
            let done = handle.control(&id, change).await;
            done.map_err(|error| format!("{id}: {error}"))?;
            Ok(format!("{id}: {what}"))
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
            let what = edited(&edit);
            handle.edit(edit).await.map_err(said)?;
            Ok(what)
        }
    }
}

/// What is said of an action that was carried out.
fn acted(what: Action) -> &'static str {
    match what {
        Action::Start => "started",
        Action::Stop => "stopping, what is queued is delivered",
        Action::Abort => "aborted",
        Action::Restart => "restarted",
        Action::Pause => "paused",
        Action::Resume { skip: false } => "goes on",
        Action::Resume { skip: true } => "goes on from now",
    }
}

/// What is said of a change of the startup list.
fn edited(edit: &StartupEdit) -> String {
    match edit {
        StartupEdit::Set { id, option, value } if option == "autostart" => match value.as_bool() {
            Some(true) => format!("{id}: starts with the instance from now on"),
            _ => format!("{id}: does not start with the instance any more"),
        },
        _ => "the startup list is changed".to_owned(),
    }
}
