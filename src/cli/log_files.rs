//! Log files of an instance: one for it, one for each generator, put aside by size or time.
//!
//! Written by the one thread of a [`tracing_appender`] non-blocking writer, so that no generator ever
//! waits for a disk. What cannot be written is counted and told; nothing ends because of it.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::log_records;
use crate::config::{LogRotation, LogSettings, why};
use crate::instance::LogLevel;
use crate::instance::log_ring::LogRing;

/// Files kept open; the one that was not used for the longest time is closed.
const MAX_OPEN: usize = 256;

/// Longest name made of a generator's id, in bytes; file systems take 255.
const MAX_NAME: usize = 180;

/// How often the same trouble is told.
const REPEAT: Duration = Duration::from_secs(60);

/// Goes to standard error instead of a file.
pub(super) const SCREEN: &str = "!";

/// Where logs go and what bounds them; shared with whoever may change it.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    inner: Arc<Mutex<(u64, Bounds)>>,
    lost: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
struct Bounds {
    /// No files at all without one.
    folder: Option<PathBuf>,
    settings: LogSettings,
}

impl Shape {
    pub(super) fn new(folder: Option<PathBuf>, settings: LogSettings) -> Self {
        Self {
            inner: Arc::new(Mutex::new((1, Bounds { folder, settings }))),
            lost: Arc::default(),
        }
    }

    /// Takes effect with the next record. Files are opened anew, also when nothing differs.
    pub(super) fn change(&self, folder: Option<PathBuf>, settings: LogSettings) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        *inner = (inner.0 + 1, Bounds { folder, settings });
    }

    /// Records that could not be written so far, and where.
    pub(super) fn lost(&self) -> Option<(u64, PathBuf)> {
        let lost = self.lost.load(Ordering::Relaxed);
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = inner.1.folder.clone().unwrap_or_default();
        (lost > 0).then_some((lost, folder))
    }

    fn newer(&self, than: u64) -> Option<(u64, Bounds)> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        (inner.0 != than).then(|| inner.clone())
    }
}

/// Takes records as `key, line feed, line`: the key is empty for the instance, `g` and an id for a
/// generator.
pub(super) struct Router {
    shape: Shape,
    version: u64,
    bounds: Bounds,
    open: HashMap<String, (u64, LogFile)>,
    /// Counts uses.
    uses: u64,
    trouble: Trouble,
}

impl Router {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            version: 0,
            bounds: Bounds {
                folder: None,
                settings: LogSettings::default(),
            },
            shape,
            open: HashMap::new(),
            uses: 0,
            trouble: Trouble::default(),
        }
    }

    fn record(&mut self, key: &str, line: &[u8]) -> io::Result<()> {
        if let Some((version, bounds)) = self.shape.newer(self.version) {
            self.version = version;
            self.bounds = bounds;
            self.open.clear();
        }
        let Some(folder) = &self.bounds.folder else {
            return Ok(());
        };
        self.uses += 1;
        let settings = self.bounds.settings;
        if !self.open.contains_key(key) {
            if self.open.len() >= MAX_OPEN {
                let oldest = self.open.iter().min_by_key(|(_, (used, _))| *used);
                if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                    self.open.remove(&oldest);
                }
            }
            let path = folder.join(file_name(key, settings.json));
            let file = LogFile::open(path)?;
            self.open.insert(key.to_owned(), (self.uses, file));
        }
        let Some((used, file)) = self.open.get_mut(key) else {
            return Ok(());
        };
        *used = self.uses;
        let written = file.append(line, &settings, SystemTime::now());
        if written.is_err() {
            // Opened anew the next time: the file may be gone, or the disk have room again.
            self.open.remove(key);
        }
        written
    }
}

impl Write for Router {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let end = buf.iter().position(|&byte| byte == b'\n').unwrap_or(0);
        let (key, line) = buf.split_at(end);
        let line = line.get(1..).unwrap_or_default();
        let key = String::from_utf8_lossy(key);
        if key == SCREEN {
            // Nowhere is left to tell when this fails.
            let _ = io::stderr().write_all(line);
            return Ok(buf.len());
        }
        match self.record(&key, line) {
            Ok(()) => {
                if let Some(told) = self.trouble.over(&key) {
                    // Whoever reads the files is to see that there is a gap. When this fails, the next
                    // record tells of the trouble anew.
                    let line = log_records::own(&told, self.bounds.settings.json);
                    let _ = self.record("", line.as_bytes());
                }
            }
            Err(error) => {
                self.shape.lost.fetch_add(1, Ordering::Relaxed);
                self.trouble
                    .tell(&key, &error, self.bounds.folder.as_deref());
            }
        }
        // An error would make the appender's thread drop what else it has.
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What could not be written, and when that was said: once for all files, however many.
#[derive(Debug, Default)]
struct Trouble {
    lost: u64,
    /// Files whose last record could not be written.
    files: HashSet<String>,
    told: Option<Instant>,
}

impl Trouble {
    fn tell(&mut self, key: &str, error: &io::Error, folder: Option<&Path>) {
        self.lost += 1;
        if !self.files.contains(key) {
            self.files.insert(key.to_owned());
        }
        if self.told.is_some_and(|told| told.elapsed() < REPEAT) {
            return;
        }
        self.told = Some(Instant::now());
        let folder = folder.unwrap_or(Path::new("")).display();
        let text = format!(
            "cannot write logs to {folder}: {}; generators go on, {} lost so far",
            why(error),
            records(self.lost)
        );
        let _ = writeln!(io::stderr(), "warning: {text}");
        // A background process has nobody at its standard error.
        LogRing::of_process().push(LogLevel::Warn, None, text);
    }

    /// What there is to tell, once the last of the files is written again.
    fn over(&mut self, key: &str) -> Option<String> {
        if self.files.is_empty() || !self.files.remove(key) || !self.files.is_empty() {
            return None;
        }
        let lost = std::mem::take(self).lost;
        let text = format!("logs are written again; {} lost", records(lost));
        let _ = writeln!(io::stderr(), "{text}");
        LogRing::of_process().push(LogLevel::Info, None, text.clone());
        Some(text)
    }
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record was".to_owned(),
        _ => format!("{count} records were"),
    }
}

/// The name of a key's file. Ids may hold anything: what could leave the folder is escaped.
fn file_name(key: &str, json: bool) -> String {
    let suffix = if json { "json" } else { "log" };
    let Some(id) = key.strip_prefix('g') else {
        return format!("main.{suffix}");
    };
    let mut name = String::new();
    for (at, byte) in id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"_-".contains(&byte) || byte == b'.' && at > 0;
        if plain {
            name.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    if name.len() > MAX_NAME {
        use std::hash::{DefaultHasher, Hasher as _};
        let mut hasher = DefaultHasher::new();
        hasher.write(id.as_bytes());
        name.truncate(MAX_NAME);
        let _ = write!(name, "~{:016x}", hasher.finish());
    }
    format!("generator_{name}.{suffix}")
}

/// One file that grows.
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
    /// When its first record was written, as far as known.
    since: SystemTime,
    /// Its last line is not whole.
    torn: bool,
}

impl LogFile {
    fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        let about = file.metadata()?;
        let since = if about.len() > 0 {
            about.modified().ok()
        } else {
            None
        };
        Ok(Self {
            torn: about.is_file() && !ends_whole(&path, about.len()),
            size: if about.is_file() { about.len() } else { 0 },
            since: since.unwrap_or_else(SystemTime::now),
            path,
            file,
        })
    }

    fn append(&mut self, line: &[u8], settings: &LogSettings, now: SystemTime) -> io::Result<()> {
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let full = self.size.saturating_add(length) > settings.max_bytes;
        if self.size > 0 && (full || period(self.since, settings) != period(now, settings)) {
            self.put_aside(settings.backups)?;
            self.since = now;
        }
        if self.torn {
            self.file.write_all(b"\n")?;
            self.size += 1;
            self.torn = false;
        }
        self.file.write_all(line)?;
        self.size += length;
        Ok(())
    }

    /// Moves the file to `.1`, what is there to `.2` and so on. Killed in between, a number is missing
    /// and nothing is lost.
    fn put_aside(&mut self, backups: u32) -> io::Result<()> {
        let numbered = |number: u32| {
            let mut name = self.path.as_os_str().to_owned();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        for number in (1..backups).rev() {
            let old = numbered(number);
            if old.exists() {
                std::fs::rename(old, numbered(number + 1))?;
            }
        }
        std::fs::rename(&self.path, numbered(1))?;
        *self = Self::open(std::mem::take(&mut self.path))?;
        Ok(())
    }
}

/// True when a file ends with a line feed, or is empty.
fn ends_whole(path: &Path, length: u64) -> bool {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let last = || -> io::Result<u8> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(length.saturating_sub(1)))?;
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        Ok(byte[0])
    };
    length == 0 || last().map_or(true, |byte| byte == b'\n')
}

/// The number of the hour or day a moment lies in; always the same when time does not matter.
fn period(at: SystemTime, settings: &LogSettings) -> u64 {
    let seconds = match settings.rotate {
        LogRotation::Size => return 0,
        LogRotation::Hourly => 3_600,
        LogRotation::Daily => 86_400,
    };
    at.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() / seconds)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn settings(max_bytes: u64, backups: u32) -> LogSettings {
        LogSettings {
            max_bytes,
            backups,
            ..LogSettings::default()
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn router(folder: &Path, settings: LogSettings) -> (Router, Shape) {
        let shape = Shape::new(Some(folder.to_owned()), settings);
        (Router::new(shape.clone()), shape)
    }

    #[test]
    fn records_go_to_the_file_of_their_generator() {
        let folder = tempfile::tempdir().unwrap();
        let (mut router, shape) = router(folder.path(), settings(1 << 20, 5));
        router.write_all(b"\nmain\n").unwrap();
        router.write_all(b"gweb\none\n").unwrap();
        router.write_all("g../x y/é\nescape\n".as_bytes()).unwrap();
        router
            .write_all(format!("g{}\nlong\n", "n".repeat(5_000)).as_bytes())
            .unwrap();
        let found = names(folder.path());
        assert_eq!(found.len(), 4, "{found:?}");
        for name in ["main.log", "generator_web.log"] {
            assert!(found.iter().any(|one| one == name), "{name} {found:?}");
        }
        assert!(found.contains(&"generator_%2E.%2Fx%20y%2F%C3%A9.log".to_owned()));
        let json = LogSettings {
            json: true,
            ..settings(1 << 20, 5)
        };
        shape.change(Some(folder.path().to_owned()), json);
        router.write_all(b"gweb\n{}\n").unwrap();
        assert!(names(folder.path()).contains(&"generator_web.json".to_owned()));
    }

    #[test]
    fn a_file_is_put_aside_by_size_and_only_so_many_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (mut router, _) = router(folder.path(), settings(10, 2));
        for n in 0..9 {
            router
                .write_all(format!("\nline {n}\n").as_bytes())
                .unwrap();
        }
        assert_eq!(
            names(folder.path()),
            ["main.log", "main.log.1", "main.log.2"]
        );
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("main.log"), "line 8\n");
        assert_eq!(read("main.log.1"), "line 7\n");
        assert_eq!(read("main.log.2"), "line 6\n");
    }

    #[test]
    fn a_rotation_that_was_cut_short_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // Killed after `.1` became `.2`: there is no `.1`.
        std::fs::write(at("main.log"), "newest\n").unwrap();
        std::fs::write(at("main.log.2"), "older\n").unwrap();
        let (mut router, _) = router(folder.path(), settings(10, 5));
        router.write_all(b"\nnext line\n").unwrap();
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
        assert_eq!(read("main.log.1"), "newest\n");
        assert_eq!(read("main.log.3"), "older\n");
    }

    #[test]
    fn a_file_is_put_aside_when_its_hour_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let hourly = LogSettings {
            rotate: LogRotation::Hourly,
            ..LogSettings::default()
        };
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let mut file = LogFile::open(folder.path().join("main.log")).unwrap();
        file.since = at(3_599);
        file.append(b"a\n", &hourly, at(3_599)).unwrap();
        file.append(b"b\n", &hourly, at(3_600)).unwrap();
        file.append(b"c\n", &hourly, at(7_199)).unwrap();
        assert_eq!(names(folder.path()), ["main.log", "main.log.1"]);
    }

    #[test]
    fn what_a_full_disk_tore_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.log");
        std::fs::write(&path, "half a li").unwrap();
        let mut file = LogFile::open(path.clone()).unwrap();
        file.append(b"whole\n", &LogSettings::default(), SystemTime::now())
            .unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text, "half a li\nwhole\n");
    }

    #[test]
    fn many_generators_do_not_use_up_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let (mut router, _) = router(folder.path(), settings(1 << 20, 1));
        for round in 0..2 {
            for n in 0..MAX_OPEN + 50 {
                router
                    .write_all(format!("g{n}\n{round}\n").as_bytes())
                    .unwrap();
            }
        }
        assert!(router.open.len() <= MAX_OPEN);
        assert_eq!(names(folder.path()).len(), MAX_OPEN + 50);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_no_error_for_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join("main.log")).unwrap();
        let (mut router, shape) = router(folder.path(), settings(1_024, 1));
        assert_eq!(shape.lost(), None);
        for _ in 0..3 {
            router.write_all(b"\nlost\n").unwrap();
        }
        assert_eq!(router.trouble.lost, 3);
        // What goes well elsewhere does not end it, and so it is not told anew.
        router.write_all(b"gx\nkept\n").unwrap();
        assert_eq!(router.trouble.lost, 3);
        let told = router.trouble.told;
        router.write_all(b"\nlost\n").unwrap();
        assert!(told.is_some() && router.trouble.told == told);
        std::fs::remove_file(folder.path().join("main.log")).unwrap();
        router.write_all(b"\nkept\n").unwrap();
        assert_eq!(router.trouble.lost, 0);
        let text = std::fs::read_to_string(folder.path().join("main.log")).unwrap();
        let (kept, told) = text.split_once('\n').unwrap();
        assert_eq!(kept, "kept");
        assert!(
            told.contains("[warning  ] logs are written again; 4 records were lost ["),
            "{told}"
        );
        assert!(told.ends_with("]\n"), "{told}");
        // What was lost is told at the end, also when all is well again.
        assert_eq!(shape.lost(), Some((4, folder.path().to_owned())));
    }
}
