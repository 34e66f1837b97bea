//! Doing what the state asks for: files, previews, pipelines. Each on its own thread, so that no key
//! ever waits.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use ropey::Rope;
use tokio::runtime::Runtime;

use super::event::{AppEvent, Effect, InstanceNews, Observe, PipelineEvent, Request};
use super::session::Session;
use super::settings::{Loaded, Sources, commented};
use super::watch::Watcher;
use super::{disk, project};
use crate::config::Diagnostics;
use crate::instance::{GeneratorSpec, Handle, InstanceError};
use crate::pipeline::{Change, State};
use crate::preview::{PreviewRequest, PreviewResult};

/// Time between samples of a running pipeline's counters.
const SAMPLE: Duration = Duration::from_millis(200);
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
    Settings(Box<Sources>),
    MakeSettings(PathBuf),
    Session(PathBuf, PathBuf),
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
    /// The folder of the person's settings, watched beside the project's.
    settings_folder: Option<PathBuf>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// Starts the threads; their news go to `events`.
    pub fn start(
        backends: Backends,
        settings_folder: Option<PathBuf>,
        events: &Sender<AppEvent>,
    ) -> Self {
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
            settings_folder,
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
            Effect::ReadSettings(sources) => file(FileJob::Settings(sources)),
            Effect::MakeSettings(path) => file(FileJob::MakeSettings(path)),
            Effect::ReadSession(path, root) => file(FileJob::Session(path, root)),
            Effect::Watch(mut folders) => {
                folders.extend(self.settings_folder.clone());
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
            Effect::Copy(_) | Effect::Redraw | Effect::Mouse(_) => Some(effect),
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
            FileJob::Settings(sources) => AppEvent::Settings(Box::new(Loaded::read(&sources))),
            FileJob::MakeSettings(path) => {
                let result = disk::make(&path, &commented()).and_then(|()| disk::open(&path));
                AppEvent::Opened(path, result)
            }
            FileJob::Session(path, root) => {
                let session = Session::read(&path, &root);
                AppEvent::Session(root, Box::new(session))
            }
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
        running: HashSet::new(),
        observed: Observe::default(),
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
    handle: Handle,
    events: &'a Sender<AppEvent>,
    running: HashSet<String>,
    observed: Observe,
}

impl Talk<'_> {
    fn take(&mut self, job: PipelineJob) {
        let handle = self.handle.clone();
        let events = self.events.clone();
        let tell = move |news| drop(events.send(AppEvent::Pipeline(news)));
        match job {
            PipelineJob::Start(spec) => {
                self.running.insert(spec.id.clone());
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
                self.observed = *wish;
                self.observe();
            }
            PipelineJob::Request(request) => {
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

    /// True when there is nothing to ask for until somebody wants something.
    fn idle(&self) -> bool {
        self.running.is_empty() && self.observed == Observe::default()
    }

    /// Asks for what is shown.
    fn observe(&self) {
        let tell = |news| drop(self.events.send(AppEvent::Instance(news)));
        let wish = &self.observed;
        let handle = &self.handle;
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
        for id in self.running.clone() {
            let status = self.runtime.block_on(self.handle.status(&id));
            let Some(status) = status else {
                continue;
            };
            if matches!(status.state, Some(State::Ended(_))) {
                self.running.remove(&id);
            }
            drop(
                self.events
                    .send(AppEvent::Pipeline(PipelineEvent::Status(Box::new(status)))),
            );
        }
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
