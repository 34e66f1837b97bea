//! What comes in (`AppEvent`) and what goes out (`Effect`): the only two ways between the state and
//! the world.

use std::path::PathBuf;

use crossterm::event::{KeyEvent, MouseEvent};
use ropey::Rope;

use crate::config::Diagnostics;
use crate::instance::{GeneratorSpec, GeneratorStatus};
use crate::pipeline::Change;
use crate::preview::{PreviewRequest, PreviewResult};

use super::project::{Found, Tree};

/// Something happened.
#[derive(Debug)]
pub enum AppEvent {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size: columns and rows.
    Resize(u16, u16),
    /// A deadline that the state asked for has come.
    Tick,
    /// A file was read because someone wants to edit it.
    Opened(PathBuf, Result<FileText, String>),
    /// A file was read because it may have changed; `None` when it is gone.
    Reread(PathBuf, Option<Result<FileText, String>>),
    /// A file was written, or why not.
    Saved(PathBuf, Rope, Result<(), String>),
    /// The files of the project, or why there are none.
    Scanned(Result<Tree, String>),
    /// Projects that can be opened.
    Projects(Vec<Found>),
    /// Files changed; absolute paths.
    Changed {
        /// Which.
        paths: Vec<PathBuf>,
        /// True when some came, went or were renamed.
        listing: bool,
    },
    /// Changes cannot be noticed, and why.
    Unwatched(String),
    /// A preview is done.
    Preview(Box<PreviewResult>),
    /// How the pipeline does.
    Pipeline(PipelineEvent),
    /// The process was asked to end by a signal.
    Signal(i32),
    /// The terminal is gone or broken.
    TerminalLost(String),
    /// Something in the background panicked.
    Panicked(String),
}

/// News of the pipeline.
#[derive(Debug)]
pub enum PipelineEvent {
    /// It is running.
    Started,
    /// It could not start.
    Refused(String, Diagnostics),
    /// A request failed.
    Failed(String),
    /// A sample of its counters.
    Status(Box<GeneratorStatus>),
    /// Everything is stopped.
    ShutDown,
}

/// A file that can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// Its text.
    pub text: String,
    /// Why it cannot be changed, when it cannot.
    pub read_only: Option<String>,
}

/// Something the world has to do.
#[derive(Debug)]
pub enum Effect {
    /// Read a file to edit it.
    Open(PathBuf),
    /// Read a file again to see whether it changed.
    Reread(PathBuf),
    /// Write a file.
    Save(PathBuf, Rope),
    /// List the files of a project.
    Scan(PathBuf),
    /// Look for projects below a folder.
    FindProjects(PathBuf),
    /// Watch these folders (and no others from now on).
    Watch(Vec<PathBuf>),
    /// Evaluate.
    Preview(Box<PreviewRequest>),
    /// Start a pipeline.
    Start(Box<GeneratorSpec>),
    /// Change how it runs.
    Control(String, Change),
    /// Stop it with a drain.
    Stop(String),
    /// Stop it at once.
    Abort(String),
    /// Stop everything with a drain and tell when it is done.
    ShutDown,
    /// Put text on the clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
}
