//! Talking to the instance, on a thread of its own: what was asked for goes there, what is shown comes
//! back. Sleeps while nothing is to be shown or done.
//!
//! The instance may be another process that is slow, silent or gone: requests run side by side, and what
//! must keep its order is refused at once while nobody answers.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::Runtime;

use super::event::{AppEvent, InstanceNews, Observe, PipelineEvent, Request};
use super::services::Instances;
use crate::config::{Diagnostics, StartupEdit};
use crate::instance::{
    Action, GeneratorSpec, GeneratorStatus, Handle, InstanceError, Link, Overview, Selection,
};
use crate::pipeline::{Change, State, Stats};

/// Time between two questions to the instance while what it answers changes.
const FAST: Duration = Duration::from_millis(250);
/// The same while nothing changes, or nobody is in a hurry.
const SLOW: Duration = Duration::from_millis(1_000);
/// After a request things change soon, even if they have not yet.
const EAGER: Duration = Duration::from_secs(3);
/// A wall clock that went on so much further than the monotonic one tells of a machine that slept.
const SLEPT: Duration = Duration::from_secs(3);

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
            let why = format!("no pipeline can be run: {}", crate::config::why(&error));
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
        observed: Observe::default(),
        look: Look::default(),
        stopping: false,
        told: Link::Here,
    };
    talk.take(first);
    loop {
        let job = match talk.next() {
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => jobs.recv_timeout(at.saturating_duration_since(Instant::now())),
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
    observed: Observe,
    look: Look,
    stopping: bool,
    told: Link,
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
    /// When it was asked what runs.
    running: Option<Instant>,
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
                // What only goes on where it stood waits for its turn.
                let other = !wish.is_like(&self.observed);
                self.observed = *wish;
                if self.observed != Observe::default() && self.handle.is_none() {
                    // What ran before this terminal came is shown as well.
                    self.found();
                }
                if other {
                    self.observe();
                }
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
        self.look.eager = Some(Instant::now() + EAGER);
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
        self.look.eager = Some(Instant::now() + EAGER);
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

    /// When to ask the instance again; `None` while nobody wants to know anything.
    fn next(&self) -> Option<Instant> {
        let silent = self.observed == Observe::default() && !self.stopping;
        (!silent && self.handle.is_some()).then(|| self.look.next(self.observed.slowly))
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
    fn observe(&mut self) {
        let Some(handle) = self.handle.clone() else {
            if self.observed.overview {
                // That nothing runs is an answer too.
                self.tell_of_instance(InstanceNews::Overview(Vec::new()));
            }
            return;
        };
        let events = self.events;
        let tell = |news| drop(events.send(AppEvent::Instance(news)));
        if let Some(time) = self.look.begin() {
            tell(InstanceNews::Slept(time));
        }
        let wish = &self.observed;
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
        if trouble(&handle.link()).is_none() {
            self.observe_more(&handle);
        }
    }

    /// What is not asked for while nobody answers: each would wait, and there is nothing to show instead.
    fn observe_more(&mut self, handle: &Handle) {
        let wish = &self.observed;
        // Events and records come in their own time.
        self.look.moved |= wish.tail.is_some() || wish.logs.is_some();
        if let Some((id, query)) = &wish.tail
            && let Ok(page) = self.runtime.block_on(handle.tail(id, query.clone()))
        {
            self.tell_of_instance(InstanceNews::Tail(id.clone(), page));
        }
        if let Some(query) = &wish.logs {
            let page = self.runtime.block_on(handle.logs(query.clone()));
            self.tell_of_instance(InstanceNews::Logs(page));
        }
        if let Some(scenario) = &wish.globals
            && let Ok(values) = self.runtime.block_on(handle.globals(scenario))
        {
            self.tell_of_instance(InstanceNews::Globals(scenario.clone(), values));
        }
    }

    fn sample(&mut self) {
        self.observe();
        let Some(handle) = self.handle.clone() else {
            return;
        };
        if self.look.running.is_none_or(|at| at.elapsed() >= SLOW) {
            self.look.running = Some(Instant::now());
            let states = self.runtime.block_on(handle.states());
            let busy = states
                .into_iter()
                .filter(|(_, state)| active(state.as_ref()));
            self.tell_of_instance(InstanceNews::Running(busy.map(|(id, _)| id).collect()));
        }
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
            let verb = acted(what);
            became(verb, &handle.act(who, what).await)
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

/// What became of an action, in words.
fn became(verb: &str, outcomes: &[(String, Result<(), InstanceError>)]) -> Result<String, String> {
    let told = |(id, result): &(String, Result<(), InstanceError>)| {
        let error = result.as_ref().err()?;
        Some(match id.as_str() {
            // Nobody was there to say which.
            "" => error.to_string(),
            id => format!("{id}: {error}"),
        })
    };
    let failed: Vec<String> = outcomes.iter().filter_map(told).collect();
    match outcomes {
        _ if !failed.is_empty() => Err(failed.join("; ")),
        [(id, _)] => Ok(format!("{id}: {verb}")),
        all => Ok(format!("{} generators: {verb}", all.len())),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_an_action_names_who_it_was_about() {
        let refused = |why: &str| Err(InstanceError::Refused(why.to_owned()));
        let one = |id: &str, result| (id.to_owned(), result);
        assert_eq!(
            became("started", &[one("web", Ok(()))]).as_deref(),
            Ok("web: started")
        );
        let two = [one("web", Ok(())), one("db", Ok(()))];
        assert_eq!(
            became("started", &two).as_deref(),
            Ok("2 generators: started")
        );
        let some = [one("web", Ok(())), one("db", refused("it is busy"))];
        assert_eq!(became("started", &some), Err("db: it is busy".to_owned()));
        // The process is gone, and with it who could have answered for each.
        let none = [one("", refused("the background process is gone"))];
        assert_eq!(
            became("started", &none),
            Err("the background process is gone".to_owned())
        );
    }
}
