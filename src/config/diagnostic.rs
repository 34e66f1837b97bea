//! A problem with a place: what, where, why, what to do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A position in a text. Lines and columns count from 1, columns in characters.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Pos {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A stretch of a text; `end` is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// First position.
    pub start: Pos,
    /// Position after the last character.
    pub end: Pos,
}

/// A span in a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The file, as the user would name it.
    #[serde(with = "super::wire::shared_path")]
    pub path: Arc<Path>,
    /// Where in it; absent when the file as a whole is meant.
    pub span: Option<Span>,
}

impl Place {
    /// A place that means the whole file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into().into(),
            span: None,
        }
    }
}

/// How bad it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Severity {
    /// It cannot run.
    Error,
    /// It runs, but probably not as meant.
    Warning,
}

/// One problem, for the person at the terminal. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What and why, one sentence without a final period.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// The setting's path, such as `input[0].cron.count`; empty when it belongs to none.
    pub setting: String,
    /// What to do: a suggestion, a near-miss name, the fix.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(message: impl Into<String>, place: Option<Place>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            place,
            setting: String::new(),
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(message: impl Into<String>, place: Option<Place>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message, place)
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the setting it belongs to.
    #[must_use]
    pub fn setting(mut self, setting: impl Into<String>) -> Self {
        self.setting = setting.into();
        self
    }
}

/// Nobody reads more; it keeps a hopeless document from filling the memory.
const MAX_KEPT: usize = 1000;

/// All problems found so far, in the order they were found; only the first thousand are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one. Beyond a thousand nothing is added, except that an error is never lost to warnings.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.0.len() < MAX_KEPT {
            self.0.push(diagnostic);
        } else if diagnostic.severity == Severity::Error && !self.has_errors() {
            self.0.truncate(MAX_KEPT - 1);
            self.0.push(diagnostic);
        }
    }

    /// Orders them as a person reads: those of `document` first, each file from top to bottom. What
    /// was found first stays first where the place is the same.
    pub fn sort(&mut self, document: &Path) {
        self.0.sort_by_key(|one| {
            one.place.as_ref().map(|place| {
                let foreign = *place.path != *document;
                let start = place.span.unwrap_or_default().start;
                (foreign, Arc::clone(&place.path), start)
            })
        });
    }

    /// Number of errors.
    pub fn errors(&self) -> usize {
        let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
        self.0.iter().filter(is_error).count()
    }

    /// True when at least one is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|one| one.severity == Severity::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_comes_first_and_files_from_top_to_bottom() {
        let at = |path: &str, line| {
            let start = Pos { line, column: 1 };
            Diagnostic::error(
                format!("{path}:{line}"),
                Some(Place {
                    span: Some(Span { start, end: start }),
                    ..Place::file(path)
                }),
            )
        };
        let mut problems = Diagnostics(vec![at("a.csv", 1), at("g.yml", 4), at("g.yml", 2)]);
        problems.sort(Path::new("g.yml"));
        let order: Vec<&str> = problems.0.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(order, ["g.yml:2", "g.yml:4", "a.csv:1"]);
    }

    #[test]
    fn an_error_is_never_lost_to_warnings() {
        let mut problems = Diagnostics::default();
        for _ in 0..2 * MAX_KEPT {
            problems.push(Diagnostic::warning("doubtful", None));
        }
        assert_eq!((problems.0.len(), problems.errors()), (MAX_KEPT, 0));
        for _ in 0..2 * MAX_KEPT {
            problems.push(Diagnostic::error("wrong", None));
        }
        assert_eq!((problems.0.len(), problems.errors()), (MAX_KEPT, 1));
    }
}
