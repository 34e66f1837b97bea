//! Keeping copies on a thread of its own, a short while after each edit and at once when the program is
//! about to end. Nobody who types ever waits for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::store::Store;
use super::{Unsaved, Wish};
use crate::tui::disk;
use crate::tui::event::AppEvent;

/// Calm needed before a text is kept.
const CALM: Duration = Duration::from_millis(300);
/// Longest wait while someone types on.
const PATIENCE: Duration = Duration::from_secs(2);
/// Keeping takes at most one part in so many of the time.
const SHARE: u32 = 20;

/// The one of this process, for the moments in which nothing else can be reached.
static LAST: OnceLock<Keeper> = OnceLock::new();

/// Keeps at once what is still to be kept, whatever the program is doing; gives the number of texts that
/// are kept. For panics and signals.
pub fn keep_now() -> usize {
    LAST.get().map_or(0, Keeper::finish_kept)
}

/// Keeps copies; clones are the same one.
#[derive(Clone, Debug)]
pub struct Keeper(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    wanted: Mutex<Wanted>,
    woken: Condvar,
    /// Held while the disk is written, so that one who flushes waits for what is under way.
    store: Mutex<Store>,
    events: Mutex<Sender<AppEvent>>,
}

#[derive(Debug, Default)]
struct Wanted {
    /// The latest about each file; `None` forgets it.
    texts: HashMap<PathBuf, Option<Box<Unsaved>>>,
    /// Copies of programs that are gone.
    removed: Vec<PathBuf>,
    /// When the first and the last of these came.
    since: Option<(Instant, Instant)>,
    /// When the disk may be written again.
    rests_until: Option<Instant>,
    /// Told once that texts cannot be kept.
    told: bool,
}

impl Keeper {
    /// Starts the thread; copies go to that folder.
    pub fn start(folder: PathBuf, events: Sender<AppEvent>) -> Self {
        let keeper = Self(Arc::new(Shared {
            wanted: Mutex::default(),
            woken: Condvar::new(),
            store: Mutex::new(Store::of_process(folder)),
            events: Mutex::new(events),
        }));
        let own = keeper.clone();
        thread::spawn(move || own.run());
        // A second one in a process is one of tests: they have no last moments.
        drop(LAST.set(keeper.clone()));
        keeper
    }

    /// Takes a wish; never blocks for the disk.
    pub fn wish(&self, wish: Wish) {
        let mut wanted = lock(&self.0.wanted);
        match wish {
            Wish::Keep(unsaved) => {
                drop(wanted.texts.insert(unsaved.path.clone(), Some(unsaved)));
            }
            Wish::Forget(path) => drop(wanted.texts.insert(path, None)),
            Wish::Remove(copy) => wanted.removed.push(copy),
            Wish::Look(project) => {
                drop(wanted);
                self.look(project);
                return;
            }
        }
        let now = Instant::now();
        let first = wanted.since.map_or(now, |(first, _)| first);
        wanted.since = Some((first, now));
        drop(wanted);
        self.0.woken.notify_one();
    }

    /// Keeps everything at once.
    pub fn flush(&self) {
        // Before the wishes are taken: who waits here must find them done afterwards.
        let mut store = lock(&self.0.store);
        let (texts, removed) = {
            let mut wanted = lock(&self.0.wanted);
            wanted.since = None;
            (
                std::mem::take(&mut wanted.texts),
                std::mem::take(&mut wanted.removed),
            )
        };
        let start = Instant::now();
        let mut all = true;
        for (path, text) in texts {
            let result = match &text {
                Some(unsaved) => store.keep(unsaved),
                None => store.forget(&path),
            };
            if let Err(error) = result {
                all = false;
                self.failed(&path, &error);
                // The next edit tries again, and the end of the program does.
                lock(&self.0.wanted).texts.entry(path).or_insert(text);
            }
        }
        // A copy goes only when what came of it is kept.
        for copy in removed.iter().filter(|_| all) {
            if let Err(error) = store.discard(copy) {
                tracing::warn!("{} cannot be removed: {error}", copy.display());
            }
        }
        let mut wanted = lock(&self.0.wanted);
        wanted.told &= !all;
        wanted.rests_until = Some(Instant::now() + start.elapsed() * SHARE);
    }

    /// The program ends. Copies stay when what they hold was not knowingly dropped.
    pub fn finish(&self, stay: bool) {
        self.flush();
        if !stay && let Err(error) = lock(&self.0.store).clear() {
            tracing::warn!("recovery copies cannot be removed: {error}");
        }
    }

    fn finish_kept(&self) -> usize {
        self.flush();
        lock(&self.0.store).count()
    }

    fn look(&self, project: PathBuf) {
        let own = self.clone();
        thread::spawn(move || {
            let found = lock(&own.0.store).look(&project);
            if !found.is_empty() {
                own.tell(AppEvent::Copies(project, found));
            }
        });
    }

    fn failed(&self, path: &Path, error: &std::io::Error) {
        let first = !std::mem::replace(&mut lock(&self.0.wanted).told, true);
        if first {
            let why = disk::explain("keep a recovery copy of", path, error);
            self.tell(AppEvent::NotKept(why));
        }
    }

    fn tell(&self, event: AppEvent) {
        // Nobody listens any more once the application ends.
        drop(lock(&self.0.events).send(event));
    }

    fn run(&self) {
        loop {
            let mut wanted = lock(&self.0.wanted);
            loop {
                let due = wanted.since.map(|(first, last)| {
                    let due = (last + CALM).min(first + PATIENCE);
                    wanted.rests_until.map_or(due, |until| due.max(until))
                });
                let now = Instant::now();
                wanted = match due {
                    None => wait(self.0.woken.wait(wanted)),
                    Some(due) if due <= now => break,
                    Some(due) => wait(self.0.woken.wait_timeout(wanted, due - now)).0,
                };
            }
            drop(wanted);
            self.flush();
        }
    }
}

/// A panic of another thread makes nothing here wrong.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<T>(result: Result<T, PoisonError<T>>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use ropey::Rope;
    use std::sync::mpsc;

    fn unsaved(path: &Path, text: &str) -> Wish {
        Wish::Keep(Box::new(Unsaved {
            path: path.to_owned(),
            project: path.parent().unwrap().to_owned(),
            text: Rope::from_str(text),
            disk: None,
        }))
    }

    #[test]
    fn the_latest_text_is_there_at_once_when_it_is_flushed() {
        let folder = tempfile::tempdir().unwrap();
        let (events, _news) = mpsc::channel();
        let keeper = Keeper::start(folder.path().join("copies"), events);
        let file = folder.path().join("a");
        for text in ["one", "two", "three"] {
            keeper.wish(unsaved(&file, text));
        }
        keeper.flush();
        let read = || {
            let entries = std::fs::read_dir(folder.path().join("copies")).unwrap();
            let paths = entries.map(|entry| entry.unwrap().path());
            let copies = paths.filter(|path| path.extension().is_some_and(|one| one == "copy"));
            copies
                .map(|path| std::fs::read_to_string(path).unwrap())
                .collect::<Vec<_>>()
        };
        let copies = read();
        assert!(
            copies.len() == 1 && copies[0].ends_with("\nthree"),
            "{copies:?}"
        );
        keeper.finish(true);
        assert_eq!(read().len(), 1, "copies stay when nothing was decided");
        keeper.wish(Wish::Forget(file.clone()));
        keeper.flush();
        assert!(read().is_empty());
        keeper.wish(unsaved(&file, "four"));
        keeper.finish(false);
        assert!(!folder.path().join("copies").exists());
    }

    #[test]
    fn what_cannot_be_kept_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("copies"), "in the way").unwrap();
        let (events, news) = mpsc::channel();
        let keeper = Keeper::start(folder.path().join("copies"), events);
        for text in ["one", "two"] {
            keeper.wish(unsaved(&folder.path().join("a"), text));
            keeper.flush();
        }
        keeper.finish(true);
        let told: Vec<AppEvent> = news.try_iter().collect();
        assert!(
            matches!(&told[..], [AppEvent::NotKept(why)] if why.starts_with("cannot keep a recovery copy of a")),
            "{told:?}"
        );
    }

    #[test]
    fn a_copy_of_another_goes_only_when_what_came_of_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("1-a-00.copy");
        std::fs::write(&copy, "text").unwrap();
        std::fs::write(folder.path().join("copies"), "in the way").unwrap();
        let (events, _news) = mpsc::channel();
        let keeper = Keeper::start(folder.path().join("copies"), events);
        keeper.wish(unsaved(&folder.path().join("a"), "text"));
        keeper.wish(Wish::Remove(copy.clone()));
        keeper.flush();
        assert!(copy.exists());
        std::fs::remove_file(folder.path().join("copies")).unwrap();
        keeper.wish(unsaved(&folder.path().join("a"), "text"));
        keeper.wish(Wish::Remove(copy.clone()));
        keeper.flush();
        assert!(!copy.exists());
    }
}
