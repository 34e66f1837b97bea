//! Doing what the state asks for: files, previews, pipelines. Each on its own thread, so that no key
//! ever waits.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use ropey::Rope;

use super::event::{AppEvent, Effect};
use super::recovery::Keeper;
use super::session::Session;
use super::settings::{Loaded, Sources, commented};
use super::talk::{self, Job};
use super::trash::{self, FileChange};
use super::watch::Watcher;
use super::{disk, project};
use crate::instance::{Handle, Starter};
use crate::preview::{PreviewRequest, PreviewResult};

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
    /// Where generators run.
    pub instances: Instances,
}

/// Reaches an instance that is there already, or says why that cannot be; `None` when there is none.
pub type Find = Box<dyn Fn() -> Option<Result<Handle, String>> + Send>;
/// Reaches an instance or makes one, with what the person should know about it.
pub type Make = Box<dyn Fn() -> Result<(Handle, Option<String>), String> + Send>;

/// How the application comes to an instance. Both may take some seconds and are called on a thread that
/// has them.
pub struct Instances {
    /// One that is there already.
    pub find: Find,
    /// One that is made if need be.
    pub make: Make,
}

impl std::fmt::Debug for Instances {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Instances")
    }
}

impl std::fmt::Debug for Backends {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Backends")
    }
}

enum FileJob {
    Open(PathBuf),
    Reread(PathBuf),
    Save(PathBuf, Rope, Option<Rope>),
    Change(FileChange),
    Scan(PathBuf),
    FindProjects(PathBuf),
    Settings(Box<Sources>),
    MakeSettings(PathBuf),
    Session(PathBuf, PathBuf),
    Excerpt(PathBuf, usize),
    MakeProject(&'static Starter, PathBuf),
    KeepSession(PathBuf, Box<Session>),
}

/// The threads.
pub struct Services {
    files: Sender<FileJob>,
    watcher: Watcher,
    preview: PreviewPort,
    pipelines: Sender<Job>,
    started: bool,
    /// The folder of the person's settings, watched beside the project's.
    settings_folder: Option<PathBuf>,
    /// Keeps what is not saved; without a state folder nothing is kept.
    keeper: Option<Keeper>,
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
        recovery_folder: Option<PathBuf>,
        events: &Sender<AppEvent>,
    ) -> Self {
        let (files, file_jobs) = mpsc::channel();
        let (pipelines, pipeline_jobs) = mpsc::channel();
        let out = events.clone();
        thread::spawn(move || run_files(&file_jobs, &out));
        let out = events.clone();
        thread::spawn(move || talk::run(&pipeline_jobs, &out, backends.instances));
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
            keeper: recovery_folder.map(|folder| Keeper::start(folder, events.clone())),
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
            Effect::Save(path, text, known) => file(FileJob::Save(path, text, known)),
            Effect::ChangeFile(change) => file(FileJob::Change(change)),
            Effect::Scan(path) => file(FileJob::Scan(path)),
            Effect::FindProjects(path) => file(FileJob::FindProjects(path)),
            Effect::ReadSettings(sources) => file(FileJob::Settings(sources)),
            Effect::MakeSettings(path) => file(FileJob::MakeSettings(path)),
            Effect::ReadSession(path, root) => file(FileJob::Session(path, root)),
            Effect::Excerpt(path, line) => file(FileJob::Excerpt(path, line)),
            Effect::MakeProject(starter, folder) => file(FileJob::MakeProject(starter, folder)),
            Effect::KeepSession(path, session) => file(FileJob::KeepSession(path, session)),
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
                self.pipeline(Job::Start(spec))
            }
            Effect::Control(id, change) => self.pipeline(Job::Control(id, change)),
            Effect::Stop(id) => self.pipeline(Job::Stop(id)),
            Effect::Abort(id) => self.pipeline(Job::Abort(id)),
            Effect::AbortAll => self.pipeline(Job::AbortAll),
            Effect::Adopt(document) => self.pipeline(Job::Adopt(document)),
            Effect::ShutDown => self.pipeline(Job::ShutDown(None)),
            Effect::Recovery(wish) => {
                if let Some(keeper) = &self.keeper {
                    keeper.wish(wish);
                }
                None
            }
            Effect::Observe(wish) => self.pipeline(Job::Observe(wish)),
            Effect::Request(request) => self.pipeline(Job::Request(request)),
            Effect::Copy(_)
            | Effect::Redraw
            | Effect::Mouse(_)
            | Effect::Suspend
            | Effect::TakeAgain
            | Effect::EditOutside { .. } => Some(effect),
        }
    }

    /// The state changes no more: what is not saved is kept, unless it was knowingly dropped.
    pub fn keep_unsaved(&self, stay: bool) {
        if let Some(keeper) = &self.keeper {
            keeper.finish(stay);
        }
    }

    fn pipeline(&self, job: Job) -> Option<Effect> {
        drop(self.pipelines.send(job));
        None
    }

    /// Stops all pipelines that end with this process, giving them time to deliver what is queued. Call
    /// it when the terminal is given back. False when the time was not enough.
    pub fn finish(self, apart: bool) -> bool {
        if !self.started || apart {
            return true;
        }
        let (done, finished) = mpsc::channel();
        self.pipeline(Job::ShutDown(Some(done)));
        !matches!(finished.recv_timeout(DRAIN), Err(RecvTimeoutError::Timeout))
    }
}

/// A path with what `~/` at its start stands for.
fn at_home(path: &Path) -> Result<PathBuf, String> {
    let Ok(rest) = path.strip_prefix("~") else {
        return Ok(path.to_owned());
    };
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let home = home.ok_or("there is no home folder that ~/ could stand for")?;
    Ok(PathBuf::from(home).join(rest))
}

fn run_files(jobs: &Receiver<FileJob>, events: &Sender<AppEvent>) {
    let mut saver = disk::Saver::default();
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
            FileJob::Save(path, text, known) => match saver.save(&path, &text, known.as_ref()) {
                disk::Saved::Done(result) => AppEvent::Saved(path, text, result),
                disk::Saved::Theirs(file) => AppEvent::Reread(path, Some(Ok(file))),
            },
            FileJob::Change(change) => {
                let result = change.perform(trash::folder());
                AppEvent::FileChanged(change, result)
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
            FileJob::MakeProject(starter, folder) => {
                let result = at_home(&folder).and_then(|place| starter.create(&place));
                AppEvent::Made(starter, folder, result)
            }
            FileJob::KeepSession(path, session) => {
                if let Err(error) = session.write(&path) {
                    tracing::warn!("the session could not be kept: {error}");
                }
                continue;
            }
            FileJob::Excerpt(path, line) => {
                let lines = disk::excerpt(&path, line);
                AppEvent::Excerpt(path, line, lines)
            }
        };
        if events.send(event).is_err() {
            return;
        }
    }
}
