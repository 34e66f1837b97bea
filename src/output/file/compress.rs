//! Compresses files that were put aside, on a thread of its own.
//!
//! The compressed file appears under its name when it is whole and on the disk; only then does the
//! plain one go. A crash leaves the one or the other, or both, which the next start puts in order.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::rotate::Names;
use crate::output::OutputError;

/// How long the end of a run waits for files that are still being compressed; those that are not
/// ready stay as they are until the next run.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is read and compressed at once; with zstd a frame of its own.
const CHUNK: usize = 4 << 20;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// What is added to the name.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

/// The thread and what is known of its work.
#[derive(Debug)]
pub(super) struct Compressor {
    jobs: Option<Sender<PathBuf>>,
    done: Receiver<()>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    stop: AtomicBool,
    failed: AtomicBool,
    error: Mutex<Option<OutputError>>,
}

impl Compressor {
    /// Starts the thread and gives it what an earlier run left.
    ///
    /// # Errors
    /// When the system gives no thread, or the folder cannot be read.
    pub(super) fn start(names: &Names, compression: Compression) -> io::Result<Self> {
        let (jobs, todo) = channel::<PathBuf>();
        let (finished, done) = channel();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::Builder::new()
            .name("evtui-compress".to_owned())
            .spawn(move || {
                // Dropped at the end, also by a panic, which is how the end is noticed.
                let _finished: Sender<()> = finished;
                work(&todo, compression, &shared);
            })?;
        let made = Self {
            jobs: Some(jobs),
            done,
            state,
        };
        for left in leftovers(names)? {
            made.add(left);
        }
        Ok(made)
    }

    /// Has a file compressed.
    pub(super) fn add(&self, path: PathBuf) {
        if let Some(jobs) = &self.jobs {
            // A thread that broke leaves files as they are.
            let _ = jobs.send(path);
        }
    }

    /// True when there is an error to take.
    pub(super) fn failed(&self) -> bool {
        self.state.failed.load(Ordering::Acquire)
    }

    /// The first error since the last call.
    pub(super) fn take_error(&self) -> Option<OutputError> {
        self.state.failed.store(false, Ordering::Release);
        let mut error = self
            .state
            .error
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        error.take()
    }

    /// Waits until all is compressed, but not for long.
    ///
    /// # Errors
    /// What went wrong with a file, which then stays as it was.
    pub(super) fn finish(mut self) -> Result<(), OutputError> {
        self.jobs = None;
        if self.done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            self.state.stop.store(true, Ordering::Release);
            // It looks between two chunks.
            let _ = self.done.recv_timeout(PATIENCE);
        }
        self.take_error().map_or(Ok(()), Err)
    }
}

/// Puts in order what a crash left; tells what is still to be compressed.
fn leftovers(names: &Names) -> io::Result<Vec<PathBuf>> {
    let all = names.all()?;
    let mut plain = Vec::new();
    for one in &all {
        let compressed = |other: &super::rotate::Aside| {
            other.at_us == one.at_us && matches!(other.ending, ".gz" | ".zst")
        };
        let useless =
            one.ending.ends_with(".part") || (one.ending.is_empty() && all.iter().any(compressed));
        if useless {
            std::fs::remove_file(&one.path)?;
        } else if one.ending.is_empty() {
            plain.push(one.path.clone());
        }
    }
    Ok(plain)
}

fn work(todo: &Receiver<PathBuf>, compression: Compression, state: &State) {
    while let Ok(path) = todo.recv() {
        if state.stop.load(Ordering::Acquire) {
            return;
        }
        let Err(error) = compress(&path, compression, &state.stop) else {
            continue;
        };
        // Deleted meanwhile, because it was too old to keep, or broken off.
        if matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::Interrupted
        ) {
            continue;
        }
        let shown = path.display().to_string();
        let error = OutputError::path("cannot compress", &shown, &error);
        let mut first = state.error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
        state.failed.store(true, Ordering::Release);
    }
}

/// Compresses one file.
fn compress(path: &Path, compression: Compression, stop: &AtomicBool) -> io::Result<()> {
    let with = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let whole = with(compression.ending());
    let part = with(&format!("{}.part", compression.ending()));
    let result = copy(path, &part, compression, stop).and_then(|()| {
        if !path.exists() {
            return Err(io::ErrorKind::NotFound.into());
        }
        std::fs::rename(&part, &whole)
    });
    if result.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    result?;
    std::fs::remove_file(path)
}

fn copy(from: &Path, to: &Path, compression: Compression, stop: &AtomicBool) -> io::Result<()> {
    let mut source = File::open(from)?;
    let meta = source.metadata()?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let target = options.open(to)?;
    target.set_permissions(meta.permissions())?;
    let mut room = Vec::new();
    let mut next = |source: &mut File| -> io::Result<Vec<u8>> {
        if stop.load(Ordering::Acquire) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        room.clear();
        Read::by_ref(source)
            .take(CHUNK as u64)
            .read_to_end(&mut room)?;
        Ok(std::mem::take(&mut room))
    };
    let target = match compression {
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(target, flate2::Compression::default());
            loop {
                let chunk = next(&mut source)?;
                if chunk.is_empty() {
                    break encoder.finish()?;
                }
                encoder.write_all(&chunk)?;
            }
        }
        Compression::Zstd => {
            let mut target = target;
            let mut first = true;
            loop {
                let chunk = next(&mut source)?;
                if chunk.is_empty() && !first {
                    break target;
                }
                first = false;
                target.write_all(&frame(&chunk)?)?;
            }
        }
    };
    target.sync_all()
}

/// A frame of zstd, read back: the plain file is deleted for it.
fn frame(chunk: &[u8]) -> io::Result<Vec<u8>> {
    let made = std::panic::catch_unwind(|| {
        let packed = compress_to_vec(chunk, CompressionLevel::Fastest);
        let mut plain = Vec::with_capacity(chunk.len());
        let mut decoder = ruzstd::decoding::StreamingDecoder::new(packed.as_slice()).ok()?;
        decoder.read_to_end(&mut plain).ok()?;
        (plain == chunk).then_some(packed)
    });
    made.ok()
        .flatten()
        .ok_or_else(|| io::Error::other("the compressed form cannot be read back"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn unpacked(path: &Path) -> Vec<u8> {
        let packed = std::fs::read(path).unwrap();
        let mut plain = Vec::new();
        if path.extension().unwrap() == "gz" {
            let mut decoder = flate2::read::MultiGzDecoder::new(packed.as_slice());
            decoder.read_to_end(&mut plain).unwrap();
        } else {
            let mut decoder = ruzstd::decoding::FrameDecoder::new();
            plain.reserve(16 << 20);
            decoder.decode_all_to_vec(&packed, &mut plain).unwrap();
        }
        plain
    }

    #[test]
    fn what_is_put_aside_is_compressed_and_what_a_crash_left_too() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let folder = tempfile::tempdir().unwrap();
            let names = Names::of(&folder.path().join("e.log")).unwrap();
            let at = |us, ending: &str| {
                let mut name = names.at(us).unwrap().into_os_string();
                name.push(ending);
                PathBuf::from(name)
            };
            let line: Vec<u8> = (0..=255_u8).cycle().take(5 << 20).collect();
            let ending = compression.ending();
            // Before, in the middle of, and after compressing.
            std::fs::write(at(1, ""), "left").unwrap();
            std::fs::write(at(2, ""), "half").unwrap();
            std::fs::write(at(2, &format!("{ending}.part")), "x").unwrap();
            std::fs::write(at(3, ""), "done").unwrap();
            std::fs::write(at(3, ending), "whole").unwrap();
            std::fs::write(at(4, ""), &line).unwrap();
            std::fs::write(at(5, ""), "").unwrap();
            let compressor = Compressor::start(&names, compression).unwrap();
            compressor.add(at(9, ""));
            compressor.finish().unwrap();
            let all = names.all().unwrap();
            assert!(all.iter().all(|one| one.ending == ending), "{all:?}");
            assert_eq!(all.len(), 5);
            assert_eq!(unpacked(&at(1, ending)), b"left");
            assert_eq!(unpacked(&at(2, ending)), b"half");
            assert_eq!(std::fs::read(at(3, ending)).unwrap(), b"whole");
            assert!(unpacked(&at(4, ending)) == line);
            assert_eq!(unpacked(&at(5, ending)), b"");
        }
    }

    #[test]
    fn a_file_that_cannot_be_compressed_stays_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let names = Names::of(&folder.path().join("e.log")).unwrap();
        let path = names.at(1).unwrap();
        std::fs::write(&path, "plain").unwrap();
        let mut taken = path.clone().into_os_string();
        taken.push(".gz");
        std::fs::create_dir_all(Path::new(&taken).join("in the way")).unwrap();
        let compressor = Compressor::start(&names, Compression::Gzip).unwrap();
        let error = compressor.finish().unwrap_err().to_string();
        assert!(error.contains("cannot compress"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"plain");
        assert_eq!(names.all().unwrap().len(), 1);
    }
}
