//! Running golden vectors: every case passes or has a row in `tests/golden/DECISIONS.md`.
//!
//! A failing case without a row fails the test, and so does a row whose cases all pass.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One row of the table.
#[derive(Debug)]
struct Row {
    /// Name of a case, or a prefix of names with a star behind it; a mark in brackets decides the cases
    /// that carry it in recordings which this table cannot name one by one.
    case: String,
    used: bool,
}

impl Row {
    fn matches(&self, name: &str, marks: &[&str]) -> bool {
        if let Some(mark) = self.mark() {
            return golden() != own() && marks.contains(&mark);
        }
        match self.case.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => self.case == name,
        }
    }

    fn mark(&self) -> Option<&str> {
        self.case.strip_prefix('(')?.strip_suffix(')')
    }
}

/// The cases of one file and how they went.
#[derive(Debug)]
pub struct Suite {
    file: String,
    rows: Vec<Row>,
    passed: usize,
    decided: usize,
    failed: Vec<String>,
}

/// The folder with the vectors: `EVTUI_GOLDEN`, or the project's own.
pub fn golden() -> PathBuf {
    std::env::var_os("EVTUI_GOLDEN").map_or_else(own, PathBuf::from)
}

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The content of `file`, a path inside the folder with the vectors.
pub fn load(file: &str) -> Value {
    let path = golden().join(file);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Suite {
    /// Starts a suite for `file`, such as `outputs/file.json`.
    pub fn new(file: &str) -> Self {
        let path = own().join("DECISIONS.md");
        let table = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let rows = table.lines().filter_map(|line| {
            // `\\|` is how a cell holds the separator.
            let line = line.trim().replace("\\|", "\u{1}");
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            let named = cells.next()?.trim_matches('`') == file;
            let case = cells.next()?.trim_matches('`').replace('\u{1}', "|");
            named.then_some(Row { case, used: false })
        });
        Self {
            file: file.to_owned(),
            rows: rows.collect(),
            passed: 0,
            decided: 0,
            failed: Vec::new(),
        }
    }

    /// Runs a case and notes how it went.
    pub fn case(&mut self, name: &str, run: impl FnOnce() -> Result<(), String>) {
        self.marked(name, &[], run);
    }

    /// Runs a case that the recording marks, as `quirk` or `python_only`.
    pub fn marked(&mut self, name: &str, marks: &[&str], run: impl FnOnce() -> Result<(), String>) {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
            .unwrap_or_else(|_| Err("it panicked".to_owned()));
        let Err(difference) = result else {
            self.passed += 1;
            return;
        };
        match self.rows.iter_mut().find(|row| row.matches(name, marks)) {
            Some(row) => {
                row.used = true;
                self.decided += 1;
            }
            None => self.failed.push(format!("{name}: {difference}")),
        }
    }

    /// Prints the counts, and fails on cases without a decision and decisions without a case.
    pub fn finish(self) {
        say(&format!(
            "{}: {} passed, {} failed, {} decided",
            self.file,
            self.passed,
            self.failed.len(),
            self.decided
        ));
        assert!(self.passed > 0, "{}: nothing was run", self.file);
        assert!(self.failed.is_empty(), "{}", self.failed.join("\n"));
        if golden() == own() {
            let stale = self.rows.iter();
            let stale: Vec<&Row> = stale
                .filter(|row| !row.used && row.mark().is_none())
                .collect();
            assert!(
                stale.is_empty(),
                "stale decisions for {}: {stale:?}",
                self.file
            );
        }
    }
}

/// `Ok` when both are equal, otherwise what differs.
pub fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    ours: &T,
    theirs: &T,
) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!(
        "{what}\n    ours:   {ours:?}\n    theirs: {theirs:?}"
    ))
}

/// Prints a line that the test harness does not hold back when the test passes.
pub fn say(line: &str) {
    use std::io::Write;
    let mut stderr = std::io::stderr();
    writeln!(stderr, "{line}").unwrap();
}
