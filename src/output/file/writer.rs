//! Writes items to the file: opens it anew when the path leads elsewhere, puts it aside between two
//! items, and cuts off what a failed write left of an item.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::write::{Room, encode_items, write_all};
use super::super::{Encoding, Items, LocalOutput, OutputError, Receipt};
use super::compress::Compressor;
use super::handle::{Handle, Identity, identity};
use super::rotate::{Names, Rotation};
use crate::time::Clock;

/// The file to write.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    /// The path as errors name it.
    pub(super) shown: String,
    /// Permissions of a new file.
    pub(super) mode: u32,
    /// What a file has to end with before more is appended, encoded; empty when that does not matter.
    pub(super) separator: Vec<u8>,
}

impl Target {
    fn open(&self, truncate: bool) -> Result<Handle, OutputError> {
        if let Some(parent) = self.path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|error| self.error("cannot create the folder of file", &error))?;
        }
        let mut handle = Handle::open(&self.path, self.mode, truncate)
            .map_err(|error| self.error("cannot open file", &error))?;
        handle.look_at_the_end(&self.path, &self.separator);
        Ok(handle)
    }

    fn error(&self, what: &str, error: &io::Error) -> OutputError {
        OutputError::path(what, &self.shown, error)
    }
}

/// A file that is put aside now and then.
#[derive(Debug)]
struct Rotating {
    rule: Rotation,
    names: Names,
    compressor: Option<Compressor>,
}

/// The output.
#[derive(Debug)]
pub(super) struct FileOutput {
    target: Target,
    idle: Duration,
    overwrite: bool,
    encoding: Encoding,
    rotating: Option<Rotating>,
    clock: Arc<dyn Clock>,
    open: Option<Handle>,
    idle_at: Option<Instant>,
    rest: Option<Rest>,
    /// What went wrong beside the file itself.
    trouble: Option<OutputError>,
    room: Room,
}

/// Half an item that could not be cut off.
#[derive(Debug)]
struct Rest {
    identity: Option<Identity>,
    /// Length up to which the file is whole.
    whole: u64,
    /// Its length with the rest.
    now: u64,
}

impl FileOutput {
    /// Touches nothing before it is opened.
    pub(super) fn new(
        target: Target,
        idle: Duration,
        overwrite: bool,
        encoding: Encoding,
        rotation: Option<Rotation>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rotating = rotation.and_then(|rule| {
            Some(Rotating {
                rule,
                names: Names::of(&target.path)?,
                compressor: None,
            })
        });
        Self {
            target,
            idle,
            overwrite,
            encoding,
            rotating,
            clock,
            open: None,
            idle_at: None,
            rest: None,
            trouble: None,
            room: Room::default(),
        }
    }

    /// Sees to it that the file at the path is open and whole.
    fn ready(&mut self) -> Result<(), OutputError> {
        let stale = match &self.open {
            None => true,
            Some(handle) => match std::fs::metadata(&self.target.path) {
                Ok(meta) => identity(&meta) != handle.identity,
                Err(error) => matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ),
            },
        };
        if stale {
            self.open = None;
            self.open = Some(self.target.open(false)?);
        }
        if let (Some(rest), Some(handle)) = (&self.rest, &mut self.open) {
            if rest.identity == handle.identity && !handle.cut(rest.now, rest.whole) {
                return Err(OutputError::outage(format!(
                    "cannot cut off half an event at the end of file {}",
                    self.target.shown
                )));
            }
            self.rest = None;
        }
        Ok(())
    }

    /// Puts the file aside when its time is over.
    fn turn_in_time(&mut self) -> Result<(), OutputError> {
        let (Some(rotating), Some(handle)) = (&self.rotating, &self.open) else {
            return Ok(());
        };
        let rule = &rotating.rule;
        let over = rule.period(handle.written_us) < rule.period(self.clock.now_us());
        if over && handle.len > 0 && handle.regular {
            self.turn()?;
        }
        Ok(())
    }

    /// Puts the file aside and begins a new one.
    fn turn(&mut self) -> Result<(), OutputError> {
        let Some(rotating) = &mut self.rotating else {
            return Ok(());
        };
        let cannot = |error: io::Error| self.target.error("cannot put aside file", &error);
        let aside = rotating
            .names
            .put_aside(&self.target.path, self.clock.now_us())
            .map_err(cannot)?;
        self.open = None;
        if let Some(compressor) = &rotating.compressor {
            compressor.add(aside);
        }
        // The new file can be written all the same.
        if let Some(keep) = rotating.rule.keep
            && let Err(error) = rotating.names.prune(keep)
        {
            let what = "cannot delete what is too old beside file";
            self.trouble = Some(self.target.error(what, &error));
        }
        self.open = Some(self.target.open(false)?);
        Ok(())
    }

    /// Brings items into the encoding; tells how many are ready and why not all are.
    fn encode(&mut self, items: &Items<'_>) -> (usize, Option<OutputError>) {
        let (bytes, ends) = &mut self.room;
        bytes.clear();
        ends.clear();
        match encode_items(items, &self.encoding, false, bytes, Some(ends)) {
            Ok(()) => (items.len(), None),
            Err(failure) => (failure.item, Some(failure.error)),
        }
    }

    fn send(&mut self, items: &Items<'_>) -> Result<Receipt, OutputError> {
        self.ready()?;
        self.turn_in_time()?;
        let mut room = Room::default();
        let mut problem = None;
        if self.encoding != Encoding::Utf8 {
            problem = self.encode(items).1;
        }
        std::mem::swap(&mut room, &mut self.room);
        let (bytes, ends) = if self.encoding == Encoding::Utf8 {
            items.joined(&mut room)
        } else {
            (room.0.as_slice(), room.1.as_slice())
        };
        let (whole, written, failure) = self.put(bytes, ends);
        self.room = room;
        Ok(match failure.or(problem) {
            None => Receipt::taken(written),
            Some(error) => Receipt::until(items, whole, written, error),
        })
    }

    /// Writes items that end at `ends` of `bytes`: how many are in the file whole, their bytes, and
    /// what kept the others out.
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> (usize, usize, Option<OutputError>) {
        let mut first = 0;
        let mut start = 0;
        while first < ends.len() {
            let mut end = self.fitting(ends, first);
            if end == first {
                if let Err(error) = self.turn() {
                    return (first, start, Some(error));
                }
                end = self.fitting(ends, first).max(first + 1);
            }
            let part = ends.get(first..end).unwrap_or_default();
            let stop = part.last().copied().unwrap_or(start);
            let written = self.append(bytes.get(start..stop).unwrap_or_default(), part, start);
            if let Err((whole, error)) = written {
                let done = whole.checked_sub(1).and_then(|last| part.get(last));
                let done = done.copied().unwrap_or(start);
                return (first + whole, done, Some(error));
            }
            first = end;
            start = stop;
        }
        (first, start, None)
    }

    /// The end of the items from `first` on that still fit into the file.
    fn fitting(&self, ends: &[usize], first: usize) -> usize {
        let limit = self.rotating.as_ref().and_then(|one| one.rule.max_size);
        let (Some(limit), Some(handle)) = (limit, &self.open) else {
            return ends.len();
        };
        if !handle.regular {
            return ends.len();
        }
        let lead = self
            .lead(handle)
            .iter()
            .map(|one| one.len() as u64)
            .sum::<u64>();
        let free = limit.saturating_sub(handle.len).saturating_sub(lead);
        let before = first.checked_sub(1).and_then(|last| ends.get(last));
        let before = before.copied().unwrap_or(0);
        let rest = ends.get(first..).unwrap_or_default();
        let count = rest.partition_point(|end| (end - before) as u64 <= free);
        // An event that no file is large enough for gets one of its own.
        let alone = handle.len == 0 && count == 0;
        first + if alone { 1 } else { count }
    }

    /// What goes before the next item: the mark of a new file, the end of an item that was cut off.
    fn lead(&self, handle: &Handle) -> [&[u8]; 2] {
        let mark = if handle.len == 0 {
            self.encoding.mark()
        } else {
            &[]
        };
        let finish: &[u8] = if handle.torn {
            &self.target.separator
        } else {
            &[]
        };
        [mark, finish]
    }

    /// Appends the bytes of items; otherwise how many are in the file whole, and why no more.
    fn append(
        &mut self,
        bytes: &[u8],
        ends: &[usize],
        start: usize,
    ) -> Result<(), (usize, OutputError)> {
        let Some(mut handle) = self.open.take() else {
            return Err((0, OutputError::outage("the file is not open")));
        };
        let mut before: u64 = 0;
        let mut failed = None;
        for lead in self.lead(&handle) {
            let mut sent = 0;
            if failed.is_none() {
                failed = write_all(&mut handle.file, lead, &mut sent).err();
                before += sent as u64;
            }
        }
        let led = failed.is_none();
        let mut sent = 0;
        let result = match failed {
            Some(error) => Err(error),
            None => write_all(&mut handle.file, bytes, &mut sent),
        };
        let Err(error) = result else {
            handle.len += before + sent as u64;
            handle.torn = false;
            handle.written_us = self.clock.now_us();
            self.open = Some(handle);
            return Ok(());
        };
        let whole = ends.partition_point(|end| end - start <= sent);
        let kept = whole.checked_sub(1).and_then(|last| ends.get(last));
        let kept = kept.map_or(0, |end| end - start);
        let begun = handle.len;
        // A mark or separator without an item behind it goes as well.
        let wanted = if led && whole > 0 {
            handle.torn = false;
            begun + before + kept as u64
        } else {
            begun
        };
        let now = begun + before + sent as u64;
        handle.len = now;
        if !handle.cut(now, wanted) {
            self.rest = Some(Rest {
                identity: handle.identity,
                whole: wanted,
                now,
            });
        }
        let error = self.target.error("cannot write to file", &error);
        self.open = Some(handle);
        Err((whole, error))
    }

    fn compressor(&self) -> Option<&Compressor> {
        self.rotating.as_ref()?.compressor.as_ref()
    }
}

impl LocalOutput for FileOutput {
    fn open(&mut self) -> Result<(), OutputError> {
        self.open = Some(self.target.open(self.overwrite)?);
        if let Some(rotating) = &mut self.rotating
            && let Some(compression) = rotating.rule.compression
        {
            // Takes up what an earlier run could not finish.
            let started = Compressor::start(&rotating.names, compression);
            let started = started.map_err(|error| {
                let what = "cannot look for what was put aside of file";
                self.target.error(what, &error)
            })?;
            rotating.compressor = Some(started);
        }
        Ok(())
    }

    fn write(&mut self, items: &Items<'_>, now: Instant) -> Receipt {
        self.idle_at = now.checked_add(self.idle);
        self.send(items)
            .unwrap_or_else(|error| Receipt::refused(items, error))
    }

    fn due(&self) -> Option<Instant> {
        if self.trouble.is_some() || self.compressor().is_some_and(Compressor::failed) {
            return Some(Instant::now());
        }
        self.open.as_ref().and(self.idle_at)
    }

    fn tick(&mut self, now: Instant) -> Result<(), OutputError> {
        if self.idle_at.is_some_and(|at| at <= now) {
            self.open = None;
        }
        let trouble = self.trouble.take();
        let trouble = trouble.or_else(|| self.compressor()?.take_error());
        trouble.map_or(Ok(()), Err)
    }

    fn close(&mut self) -> Result<(), OutputError> {
        self.open = None;
        let compressor = self.rotating.as_mut().and_then(|one| one.compressor.take());
        let finished = compressor.map_or(Ok(()), Compressor::finish);
        self.trouble.take().map_or(finished, Err)
    }
}
