//! Watches the files of running generators, and looks at the runs from time to time.
//!
//! One thread for an instance. It sleeps until a folder changes; while something runs it wakes every few
//! seconds to take samples for lints and to follow files that came to a run meanwhile. Folders that the
//! system does not watch are looked at instead.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{EventKind, RecursiveMode, Watcher as _};

use super::registry::Registry;
use super::reload_files::{After, Followed};

/// Calm needed before changes are looked at.
const CALM: Duration = Duration::from_millis(100);
/// Longest wait while things do not calm down.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often runs are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How often files are looked at that the system does not watch.
const POLL: Duration = Duration::from_secs(2);

/// What the thread hears.
#[derive(Debug)]
enum News {
    /// A run began, or what it is made of changed.
    Follow(String),
    /// Files in folders changed; those of a folder when the flag says so, else just these.
    Changed(Vec<PathBuf>, bool),
    /// A look at the files of a generator is over.
    Looked(String, After),
}

/// The thread, as others reach it. It ends with the instance.
#[derive(Debug)]
pub(super) struct Watch(Sender<News>);

impl Watch {
    pub(super) fn start(registry: Weak<Registry>) -> Self {
        let (sender, heard) = channel();
        let own = sender.clone();
        let run = move || Watching::new(registry, own).run(&heard);
        // Without the thread changes are taken by word only.
        if let Err(error) = thread::Builder::new()
            .name("evtui-watch".to_owned())
            .spawn(run)
        {
            tracing::warn!("files are not watched: {error}");
        }
        Self(sender)
    }

    /// Follows the files of a generator as they are now.
    pub(super) fn follow(&self, id: &str) {
        let _ = self.0.send(News::Follow(id.to_owned()));
    }
}

struct Watching {
    registry: Weak<Registry>,
    own: Sender<News>,
    watcher: Option<notify::RecommendedWatcher>,
    /// Generators by folder.
    folders: BTreeMap<PathBuf, BTreeSet<String>>,
    /// Folders that are watched, or should be.
    known: BTreeSet<PathBuf>,
    /// Folders that are not watched, though they should be.
    unwatched: BTreeSet<PathBuf>,
    /// Files by generator, and how many views of how many files that were.
    followed: HashMap<String, (HashSet<PathBuf>, usize)>,
    /// Generators to be looked at: since when, and when the last change was.
    due: HashMap<String, (Instant, Instant)>,
    /// Those being looked at.
    busy: HashSet<String>,
    /// Those whose empty files count.
    insist: HashSet<String>,
    look: Instant,
    poll: Instant,
    told: bool,
}

impl Watching {
    fn new(registry: Weak<Registry>, own: Sender<News>) -> Self {
        Self {
            registry,
            own,
            watcher: None,
            folders: BTreeMap::new(),
            known: BTreeSet::new(),
            unwatched: BTreeSet::new(),
            followed: HashMap::new(),
            due: HashMap::new(),
            busy: HashSet::new(),
            insist: HashSet::new(),
            look: Instant::now(),
            poll: Instant::now(),
            told: false,
        }
    }

    fn run(mut self, heard: &Receiver<News>) {
        loop {
            let news = match self.wake() {
                None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => heard.recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            match news {
                Ok(news) => self.hear(news),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // Own senders keep the channel open for ever.
            if self.registry.strong_count() == 0 {
                return;
            }
            let now = Instant::now();
            if !self.followed.is_empty() && now >= self.look {
                self.look = now + LOOK;
                self.look_round(now);
            }
            if !self.unwatched.is_empty() && now >= self.poll {
                self.poll = now + POLL;
                self.poll_folders(now);
            }
            self.begin(now);
        }
    }

    /// When there is something to do without news.
    fn wake(&self) -> Option<Instant> {
        let due = self.due.iter().filter(|(id, _)| !self.busy.contains(*id));
        let due = due.map(|(_, &(first, last))| (last + CALM).min(first + PATIENCE));
        let look = (!self.followed.is_empty()).then_some(self.look);
        let poll = (!self.unwatched.is_empty()).then_some(self.poll);
        due.chain(look).chain(poll).min()
    }

    fn hear(&mut self, news: News) {
        match news {
            News::Follow(id) => {
                if self.followed.is_empty() {
                    self.look = Instant::now() + LOOK;
                }
                self.follow(&id);
                // What changed before it was watched shows now.
                self.mark(id, Instant::now());
            }
            News::Changed(paths, listing) => {
                let now = Instant::now();
                for path in paths {
                    self.changed(&path, listing, now);
                }
            }
            News::Looked(id, after) => {
                self.busy.remove(&id);
                self.insist.remove(&id);
                if let After::Again(time) = after {
                    self.insist.insert(id.clone());
                    let first = Instant::now() + time;
                    self.due.entry(id).or_insert((first, first));
                }
            }
        }
    }

    fn mark(&mut self, id: String, now: Instant) {
        let due = self.due.entry(id).or_insert((now, now));
        due.1 = due.1.max(now);
    }

    fn changed(&mut self, path: &Path, listing: bool, now: Instant) {
        let mut ids = BTreeSet::new();
        let parent = path.parent().and_then(|folder| self.folders.get(folder));
        for id in parent.into_iter().flatten() {
            // What is written beside the files, such as the output of the run, is no change of them.
            let own = |(files, _): &(HashSet<PathBuf>, usize)| files.contains(path);
            if listing || self.followed.get(id).is_some_and(own) {
                ids.insert(id.clone());
            }
        }
        if let Some(all) = self.folders.get(path) {
            ids.extend(all.iter().cloned());
            if listing && !path.is_dir() {
                // Its watch went with it.
                self.unwatched.insert(path.to_owned());
            }
        }
        for id in ids {
            self.mark(id, now);
        }
    }

    /// Begins looks that are due.
    fn begin(&mut self, now: Instant) {
        let ready: Vec<String> = self
            .due
            .iter()
            .filter(|(id, (first, last))| {
                !self.busy.contains(*id) && (now >= *last + CALM || now >= *first + PATIENCE)
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in ready {
            self.due.remove(&id);
            let Some(registry) = self.registry.upgrade() else {
                return;
            };
            let insist = self.insist.contains(&id);
            self.busy.insert(id.clone());
            let own = self.own.clone();
            let runtime = registry.runtime.clone();
            runtime.spawn_blocking(move || {
                let mut done = Looked(own, id, After::Done);
                done.2 = registry.follow_files(&done.1, insist);
            });
        }
    }

    /// Takes up the files of a generator, or lets go of them when it does not run.
    fn follow(&mut self, id: &str) {
        let Some(registry) = self.registry.upgrade() else {
            return;
        };
        for ids in self.folders.values_mut() {
            ids.remove(id);
        }
        match registry.files_of(id) {
            Some(files) => {
                for folder in files.iter().flat_map(|path| folders_of(path)) {
                    self.folders
                        .entry(folder)
                        .or_default()
                        .insert(id.to_owned());
                }
                let count = registry.file_count(id).unwrap_or(0);
                self.followed.insert(id.to_owned(), (files, count));
            }
            None => {
                self.followed.remove(id);
                self.due.remove(id);
            }
        }
        self.watch_folders();
    }

    /// Brings the watches of the system in line.
    fn watch_folders(&mut self) {
        let gone: Vec<PathBuf> = self
            .folders
            .iter()
            .filter(|(_, ids)| ids.is_empty())
            .map(|(folder, _)| folder.clone())
            .collect();
        for folder in gone {
            self.folders.remove(&folder);
            if !self.unwatched.remove(&folder)
                && let Some(watcher) = &mut self.watcher
            {
                // A folder that is gone is not watched anyway.
                let _ = watcher.unwatch(&folder);
            }
            self.known.remove(&folder);
        }
        let new: Vec<PathBuf> = self
            .folders
            .keys()
            .filter(|folder| !self.known.contains(*folder))
            .cloned()
            .collect();
        for folder in new {
            self.known.insert(folder.clone());
            if !self.watch(&folder) {
                self.poll = self.poll.max(Instant::now());
                self.unwatched.insert(folder);
            }
        }
    }

    /// Watches a folder; false when the system does not.
    fn watch(&mut self, folder: &Path) -> bool {
        if self.watcher.is_none() {
            let own = self.own.clone();
            let notified = move |event: notify::Result<notify::Event>| {
                let Ok(event) = event else { return };
                let listing = match event.kind {
                    EventKind::Access(_) => return,
                    EventKind::Modify(ModifyKind::Name(_)) => true,
                    EventKind::Modify(_) => false,
                    _ => true,
                };
                let _ = own.send(News::Changed(event.paths, listing));
            };
            self.watcher = notify::recommended_watcher(notified).ok();
        }
        let Some(watcher) = &mut self.watcher else {
            self.tell("the system watches no files");
            return false;
        };
        match watcher.watch(folder, RecursiveMode::NonRecursive) {
            Ok(()) => true,
            Err(error) => {
                if folder.is_dir() {
                    self.tell(&error.to_string());
                }
                false
            }
        }
    }

    fn tell(&mut self, why: &str) {
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(
                "files are looked at every {} s, because {why}",
                POLL.as_secs()
            );
        }
    }

    /// Looks at the generators whose folders are not watched; folders that came back are watched again.
    fn poll_folders(&mut self, now: Instant) {
        let folders: Vec<PathBuf> = self.unwatched.iter().cloned().collect();
        for folder in folders {
            let ids = self.folders.get(&folder).cloned().unwrap_or_default();
            if folder.is_dir() && self.watch(&folder) {
                self.unwatched.remove(&folder);
            }
            for id in ids {
                self.mark(id, now);
            }
        }
    }

    /// Has all runs looked at, and their files; follows what came to them and lets go of those that are
    /// over.
    fn look_round(&mut self, now: Instant) {
        let Some(registry) = self.registry.upgrade() else {
            return;
        };
        registry.look_at_runs();
        let known: Vec<(String, usize)> = self
            .followed
            .iter()
            .map(|(id, (_, count))| (id.clone(), *count))
            .collect();
        for (id, count) in known {
            if registry.file_count(&id) != Some(count) {
                self.follow(&id);
            }
            // What the system did not tell of (a folder on another machine, too many changes at once)
            // is found by what the files hold.
            self.mark(id, now);
        }
    }
}

/// Tells the thread that a look is over, also when it broke.
struct Looked(Sender<News>, String, After);

impl Drop for Looked {
    fn drop(&mut self) {
        let _ = self.0.send(News::Looked(self.1.clone(), self.2));
    }
}

/// Folders in which a change of a file shows: its own, and that of what it links to.
fn folders_of(path: &Path) -> impl Iterator<Item = PathBuf> {
    let target = std::fs::canonicalize(path).ok();
    let folder = |path: &Path| path.parent().map(Path::to_owned);
    let own = folder(path).filter(|folder| !folder.as_os_str().is_empty());
    let real = target.as_deref().and_then(folder);
    own.into_iter().chain(real)
}

impl Registry {
    /// The files that matter to a run that works; `None` when there is none or its files are not followed.
    fn files_of(&self, id: &str) -> Option<HashSet<PathBuf>> {
        let followed = self.followed(id)?;
        let mut all = HashSet::new();
        for path in followed.views().flat_map(|view| view.paths()) {
            all.extend(std::fs::canonicalize(&path));
            all.insert(path);
        }
        Some(all)
    }

    /// What is known of the files of a run that works.
    fn followed(&self, id: &str) -> Option<Followed> {
        let entries = self.lock();
        let entry = entries.get(id)?;
        (!entry.run.idle()).then(|| entry.files.clone())
    }

    fn file_count(&self, id: &str) -> Option<usize> {
        let followed = self.followed(id)?;
        Some(followed.views().map(|view| view.len()).sum())
    }

    /// Begins to watch files, and to look at runs.
    pub(super) fn watch_files(self: &Arc<Self>) {
        let watch = Watch::start(Arc::downgrade(self));
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watch);
    }

    /// Has the watch follow the files of a generator as they are now.
    pub(super) fn watch_again(&self, id: &str) {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = watch.as_ref() {
            watch.follow(id);
        }
    }
}
