//! Watching folders: changes come as batches of paths, shortly after things calm down.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{EventKind, RecursiveMode, Watcher as _};

use super::event::AppEvent;
use crate::config::why;

/// Calm needed before changes are told.
const CALM: Duration = Duration::from_millis(40);
/// Longest wait while things do not calm down.
const PATIENCE: Duration = Duration::from_millis(150);

enum Message {
    Folders(Vec<PathBuf>),
    Changed(Vec<PathBuf>, bool),
}

/// Watches folders on its own thread.
#[derive(Debug)]
pub struct Watcher(Sender<Message>);

impl Watcher {
    /// Starts the thread; changes go to `events`.
    pub fn start(events: Sender<AppEvent>) -> Self {
        let (sender, receiver) = mpsc::channel();
        let own = sender.clone();
        thread::spawn(move || run(&own, &receiver, &events));
        Self(sender)
    }

    /// Watches these folders from now on, and no others.
    pub fn watch(&self, folders: Vec<PathBuf>) {
        // The thread ends only with the program.
        drop(self.0.send(Message::Folders(folders)));
    }
}

fn run(own: &Sender<Message>, messages: &Receiver<Message>, events: &Sender<AppEvent>) {
    let own = own.clone();
    let notified = move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !matches!(event.kind, EventKind::Access(_))
        {
            let modified = matches!(event.kind, EventKind::Modify(kind) if !matches!(kind, ModifyKind::Name(_)));
            drop(own.send(Message::Changed(event.paths, !modified)));
        }
    };
    let mut watcher = match notify::recommended_watcher(notified) {
        Ok(watcher) => watcher,
        Err(error) => {
            drop(events.send(AppEvent::Unwatched(reason(&error))));
            return;
        }
    };
    let mut watched: BTreeSet<PathBuf> = BTreeSet::new();
    while let Ok(first) = messages.recv() {
        let mut changed = BTreeSet::new();
        let mut folders = None;
        let mut listing = false;
        let mut take = |message| match message {
            Message::Folders(wanted) => folders = Some(wanted),
            Message::Changed(paths, lists) => {
                changed.extend(paths);
                listing |= lists;
            }
        };
        let collecting = matches!(first, Message::Changed(..));
        take(first);
        let until = Instant::now() + PATIENCE;
        while collecting && Instant::now() < until {
            match messages.recv_timeout(CALM) {
                Ok(message) => take(message),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if let Some(folders) = folders {
            rewatch(&mut watcher, &mut watched, folders, events);
        }
        let paths: Vec<PathBuf> = changed.into_iter().collect();
        if !paths.is_empty() && events.send(AppEvent::Changed { paths, listing }).is_err() {
            return;
        }
    }
}

/// Why something cannot be watched, and what helps.
fn reason(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::Io(error) => why(error),
        notify::ErrorKind::PathNotFound | notify::ErrorKind::WatchNotFound => {
            "it does not exist".to_owned()
        }
        notify::ErrorKind::MaxFilesWatch => "the system watches as many files as it may; \
            `sysctl fs.inotify.max_user_watches=524288` raises that"
            .to_owned(),
        notify::ErrorKind::Generic(text) => text.trim_end_matches('.').to_owned(),
        notify::ErrorKind::InvalidConfig(_) => "the system cannot watch files".to_owned(),
    }
}

fn rewatch(
    watcher: &mut notify::RecommendedWatcher,
    watched: &mut BTreeSet<PathBuf>,
    folders: Vec<PathBuf>,
    events: &Sender<AppEvent>,
) {
    let wanted: BTreeSet<PathBuf> = folders.into_iter().collect();
    // A folder that is gone is no longer watched anyway.
    for old in watched.difference(&wanted).filter(|one| one.is_dir()) {
        drop(watcher.unwatch(old));
    }
    let mut kept = BTreeSet::new();
    for folder in wanted {
        // A folder made anew at the same place needs a new watch, hence no skipping of known ones
        // that exist: watching twice is harmless.
        match watcher.watch(&folder, RecursiveMode::NonRecursive) {
            Ok(()) => {
                kept.insert(folder);
            }
            Err(error) if folder.is_dir() => {
                let why = format!("{}: {}", folder.display(), reason(&error));
                drop(events.send(AppEvent::Unwatched(why)));
            }
            Err(_) => {}
        }
    }
    *watched = kept;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use std::fs;

    fn next(events: &Receiver<AppEvent>, path: &std::path::Path) {
        let until = Instant::now() + Duration::from_secs(10);
        while let Ok(event) = events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if matches!(&event, AppEvent::Changed { paths, .. } if paths.iter().any(|one| one == path))
            {
                return;
            }
        }
        panic!("{path:?} was not reported");
    }

    #[test]
    fn what_cannot_be_watched_is_said_in_words() {
        let full = notify::Error::io(std::io::Error::from_raw_os_error(28));
        assert_eq!(reason(&full), "the disk is full");
        let most = notify::Error::new(notify::ErrorKind::MaxFilesWatch);
        assert!(reason(&most).contains("max_user_watches"));
        let gone = notify::Error::path_not_found();
        assert_eq!(reason(&gone), "it does not exist");
    }

    #[test]
    fn writing_renaming_over_and_removing_are_reported() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (sender, events) = mpsc::channel();
        let watcher = Watcher::start(sender);
        watcher.watch(vec![root.clone()]);
        // Written until the watch is set up and sees it.
        let file = root.join("generator.yml");
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            fs::write(&file, "a").unwrap();
            if let Ok(AppEvent::Changed { .. }) = events.recv_timeout(Duration::from_millis(200)) {
                break;
            }
            assert!(Instant::now() < until, "the watch was never set up");
        }
        let other = root.join("other");
        fs::write(&other, "b").unwrap();
        fs::rename(&other, &file).unwrap();
        next(&events, &file);
        fs::remove_file(&file).unwrap();
        next(&events, &file);
    }
}
