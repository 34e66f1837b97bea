//! Where renders spend their time: counters for each line of each file.
//!
//! Programs of an engine that profiles mark the start of each line; those of others have no marks, so
//! that a profile that is not asked for costs nothing.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Counters of a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineCounts {
    /// How often it was reached.
    pub runs: u64,
    /// Time until another line was reached.
    pub time: Duration,
    /// Bytes it wrote.
    pub bytes: u64,
}

/// Counters of a file.
#[derive(Clone, Debug, Default)]
pub struct FileCounts {
    /// Its name, as the engine knows it.
    pub name: String,
    /// How often its body or one of its macros was entered.
    pub entered: u64,
    /// Counters of its lines, by number from 1.
    pub lines: Vec<(u32, LineCounts)>,
}

/// A line of a file, by index.
type At = Option<(usize, u32)>;

/// The counters of an engine and where its render stands.
#[derive(Default)]
pub(super) struct Profiler {
    names: HashMap<Rc<str>, usize>,
    files: Vec<(Rc<str>, u64, HashMap<u32, LineCounts>)>,
    at: At,
    since: Option<Instant>,
    written: usize,
    /// What wrote which bytes of the output so far, in their order.
    spans: Vec<(Range<usize>, At)>,
}

impl Profiler {
    /// A render begins, whose output starts at that length.
    pub(super) fn begin(&mut self, written: usize) {
        self.spans.clear();
        self.written = written;
    }

    /// Bytes of the last render with the files and lines that wrote them; `start` is where its output
    /// began.
    pub(super) fn written(&self, start: usize) -> Vec<(Range<usize>, Rc<str>, u32)> {
        let of = |(bytes, at): &(Range<usize>, At)| {
            let (file, line) = (*at)?;
            let (name, ..) = self.files.get(file)?;
            let from = bytes.start.checked_sub(start)?;
            Some((from..bytes.end.checked_sub(start)?, Rc::clone(name), line))
        };
        self.spans.iter().filter_map(of).collect()
    }

    /// Notes what the line in hand wrote. What was captured is gone from the output by then.
    fn note(&mut self, written: usize) {
        while self
            .spans
            .pop_if(|(bytes, _)| bytes.start >= written)
            .is_some()
        {}
        if let Some((bytes, _)) = self.spans.last_mut() {
            bytes.end = bytes.end.min(written);
        }
        let from = self.spans.last().map_or(0, |(bytes, _)| bytes.end);
        let from = from.max(self.written.min(written));
        if from < written {
            self.spans.push((from..written, self.at));
        }
    }

    /// Ends the line before and goes on to another; `written` is the length of the output.
    pub(super) fn line(&mut self, file: &Rc<str>, line: u32, written: usize) {
        let file = self.file(file);
        self.switch(Some((file, line)), written);
        if let Some((_, _, lines)) = self.files.get_mut(file) {
            lines.entry(line).or_default().runs += 1;
        }
    }

    /// Enters a body of a file; what to give to [`Profiler::leave`].
    pub(super) fn enter(&mut self, file: &Rc<str>) -> At {
        let index = self.file(file);
        if let Some((_, entered, _)) = self.files.get_mut(index) {
            *entered += 1;
        }
        self.at
    }

    /// Goes on where the caller was.
    pub(super) fn leave(&mut self, before: At, written: usize) {
        self.switch(before, written);
    }

    fn file(&mut self, name: &Rc<str>) -> usize {
        if let Some(index) = self.names.get(name) {
            return *index;
        }
        let index = self.files.len();
        self.names.insert(Rc::clone(name), index);
        self.files.push((Rc::clone(name), 0, HashMap::new()));
        index
    }

    fn switch(&mut self, to: At, written: usize) {
        let now = Instant::now();
        self.note(written);
        if let (Some((file, line)), Some(since)) = (self.at, self.since)
            && let Some((_, _, lines)) = self.files.get_mut(file)
        {
            let counts = lines.entry(line).or_default();
            counts.time += now.saturating_duration_since(since);
            // Captured text is taken back from the output.
            counts.bytes += written.saturating_sub(self.written) as u64;
        }
        self.at = to;
        self.since = to.map(|_| now);
        self.written = written;
    }

    /// What was counted so far, by file, in the order in which they were first entered.
    pub(super) fn counts(&self) -> Vec<FileCounts> {
        let file = |(name, entered, lines): &(Rc<str>, u64, HashMap<u32, LineCounts>)| {
            let mut lines: Vec<(u32, LineCounts)> = lines
                .iter()
                .map(|(line, counts)| (*line, *counts))
                .collect();
            lines.sort_by_key(|(line, _)| *line);
            FileCounts {
                name: name.to_string(),
                entered: *entered,
                lines,
            }
        };
        self.files.iter().map(file).collect()
    }
}
