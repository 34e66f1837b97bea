//! What a script prints: to our log, at a bounded rate, with the last lines kept for reports.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Lines a second that reach the log.
const RATE: u64 = 50;
/// Bytes of a line that reach the log.
const WIDTH: u64 = 2_000;
/// Lines kept for reports.
const KEPT: usize = 40;

/// Takes the standard output and standard error of one worker.
#[derive(Debug)]
pub(super) struct Log {
    /// The script, as the user calls it.
    name: String,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    last: VecDeque<String>,
    ended: bool,
}

impl Log {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes everything to the end of the pipe.
    pub(super) fn drain(&self, pipe: impl Read) {
        let mut lines = Lines::new(pipe);
        let mut limit = Limit::default();
        while let Some(line) = lines.next() {
            match limit.take(Instant::now()) {
                Verdict::Show => tracing::info!(script = self.name, "{line}"),
                Verdict::ShowAfter(lost) => {
                    tracing::warn!(script = self.name, "{lost} lines it printed are left out");
                    tracing::info!(script = self.name, "{line}");
                }
                Verdict::Hide => {}
            }
            let mut state = self.lock();
            state.last.push_back(line);
            while state.last.len() > KEPT {
                state.last.pop_front();
            }
        }
        if limit.hidden > 0 {
            tracing::warn!(
                script = self.name,
                "{} lines it printed are left out",
                limit.hidden
            );
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Waits until everything was taken, but not long: a process that the script left behind may hold
    /// the pipe.
    pub(super) fn flushed(&self, longest: Duration) {
        let _state = self
            .changed
            .wait_timeout_while(self.lock(), longest, |state| !state.ended)
            .unwrap_or_else(PoisonError::into_inner);
    }

    /// The last lines, oldest first.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.lock().last.iter().cloned().collect()
    }
}

/// Lines of a pipe, cut at [`WIDTH`].
struct Lines<R> {
    reader: BufReader<R>,
    bytes: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn new(pipe: R) -> Self {
        Self {
            reader: BufReader::new(pipe),
            bytes: Vec::new(),
        }
    }

    /// The next line; `None` at the end or when the pipe fails.
    fn next(&mut self) -> Option<String> {
        self.bytes.clear();
        let mut part = self.reader.by_ref().take(WIDTH);
        if part.read_until(b'\n', &mut self.bytes).ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&self.bytes);
        Some(text.trim_end_matches(['\n', '\r']).to_owned())
    }
}

/// At most [`RATE`] lines in each second.
#[derive(Debug, Default)]
struct Limit {
    began: Option<Instant>,
    shown: u64,
    hidden: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Show,
    /// So many lines before it were hidden.
    ShowAfter(u64),
    Hide,
}

impl Limit {
    fn take(&mut self, now: Instant) -> Verdict {
        let fresh = self
            .began
            .is_none_or(|began| now.duration_since(began) >= Duration::from_secs(1));
        if fresh {
            self.began = Some(now);
            self.shown = 0;
        }
        if self.shown >= RATE {
            self.hidden += 1;
            return Verdict::Hide;
        }
        self.shown += 1;
        match std::mem::take(&mut self.hidden) {
            0 => Verdict::Show,
            lost => Verdict::ShowAfter(lost),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_long_ones_are_cut() {
        let log = Log::new("s.py".to_owned());
        let mut text: String = (0..100).map(|line| format!("line {line}\r\n")).collect();
        text.push_str(&"x".repeat(5_000));
        log.drain(text.as_bytes());
        log.flushed(Duration::from_secs(5));
        let kept = log.last_lines();
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[KEPT - 4], "line 99");
        let widths: Vec<usize> = kept[KEPT - 3..].iter().map(String::len).collect();
        assert_eq!(widths, [2_000, 2_000, 1_000]);
    }

    #[test]
    fn only_so_many_lines_a_second_are_shown_and_the_others_counted() {
        let mut limit = Limit::default();
        let start = Instant::now();
        for _ in 0..RATE {
            assert_eq!(limit.take(start), Verdict::Show);
        }
        for _ in 0..7 {
            assert_eq!(limit.take(start), Verdict::Hide);
        }
        let later = start + Duration::from_secs(1);
        assert_eq!(limit.take(later), Verdict::ShowAfter(7));
        assert_eq!(limit.take(later), Verdict::Show);
    }
}
