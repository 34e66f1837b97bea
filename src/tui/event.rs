//! What comes in (`AppEvent`) and what goes out (`Effect`): the only two ways between the state and
//! the world.

use std::path::PathBuf;
use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use ropey::Rope;

use crate::config::{Diagnostics, StartupEdit};
use crate::instance::{
    Action, GeneratorSpec, GeneratorStatus, Link, LogPage, LogQuery, Overview, Selection, Starter,
    TailPage, TailQuery,
};
use crate::pipeline::Change;
use crate::preview::{PreviewRequest, PreviewResult};

use super::project::{Found as FoundProject, Tree};
use super::recovery::{Found, Wish};
use super::session::Session;
use super::settings::{Loaded, Sources};
use super::trash::FileChange;

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
    /// Files were made, renamed, deleted; what was done, or why not.
    FileChanged(FileChange, Result<FileChange, String>),
    /// Another editor is done with a file.
    EditedOutside(PathBuf, Result<(), String>),
    /// The files of the project, or why there are none.
    Scanned(Result<Tree, String>),
    /// Projects that can be opened.
    Projects(Vec<FoundProject>),
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
    /// News of the instance.
    Instance(InstanceNews),
    /// The settings were read again.
    Settings(Box<Loaded>),
    /// What the terminal said of itself.
    Answer(Answer),
    /// How a project was left; its folder, and `None` when nothing is known.
    Session(PathBuf, Box<Option<Session>>),
    /// Lines around a line of a file, with their numbers, or why there are none.
    Excerpt(PathBuf, usize, Result<Vec<(usize, String)>, String>),
    /// A project was made in a folder from a starter; its document, or why there is none.
    Made(&'static Starter, PathBuf, Result<PathBuf, String>),
    /// The process was asked to end by a signal.
    Signal(i32),
    /// The process was asked to stop for a while, as a shell's Ctrl-Z does.
    Suspend,
    /// The process goes on after it was stopped.
    Continued,
    /// The terminal is gone or broken.
    TerminalLost(String),
    /// Something in the background panicked.
    Panicked(String),
    /// Unsaved texts of before were found; the project's folder.
    Copies(PathBuf, Vec<Found>),
    /// Unsaved texts cannot be kept, and why; told once.
    NotKept(String),
}

/// An answer of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Red, green and blue of the background, when it could be understood.
    pub background: Option<(u8, u8, u8)>,
    /// How long after the question it came.
    pub after: Duration,
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
    /// It has this name in the instance, where another project has the wished one.
    Named(String),
    /// It runs already: it was left in the background, or another terminal started it.
    Adopted(Box<GeneratorStatus>),
    /// A sample of its counters.
    Status(Box<GeneratorStatus>),
    /// Everything is stopped.
    ShutDown,
    /// Not everything could be stopped, and why.
    NotStopped(String),
}

/// News of the instance, for the screens about running generators.
#[derive(Debug)]
pub enum InstanceNews {
    /// All generators.
    Overview(Vec<Overview>),
    /// One in detail.
    Status(Box<GeneratorStatus>),
    /// Events of one.
    Tail(String, TailPage),
    /// What was logged.
    Logs(LogPage),
    /// Globals of a scenario.
    Globals(String, Vec<(String, serde_json::Value)>),
    /// Why the instance does not answer; `None` when it does again.
    Silent(Option<String>),
    /// Where generators run, when that changed.
    Link(Link),
    /// Generators that run, whoever started them.
    Running(Vec<String>),
    /// An instance could not be reached, and why.
    Warned(String),
    /// Generators have to run in this process, and why.
    Here(String),
    /// A request was carried out, in words.
    Done(String),
    /// A request failed.
    Failed(String),
    /// The machine slept for so long.
    Slept(Duration),
}

/// What the instance is to be asked again and again while it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observe {
    /// All generators.
    pub overview: bool,
    /// One in detail.
    pub status: Option<String>,
    /// Events of one.
    pub tail: Option<(String, TailQuery)>,
    /// The log.
    pub logs: Option<LogQuery>,
    /// Globals of a scenario; an empty name is generators without one.
    pub globals: Option<String>,
    /// The workbench's pipeline in detail, told as [`PipelineEvent::Status`].
    pub own: Option<String>,
    /// Once a second is enough.
    pub slowly: bool,
}

impl Observe {
    /// True when the same is asked for, whatever was heard of it already.
    pub fn is_like(&self, other: &Self) -> bool {
        let tail = |one: &Self| {
            let tail = one.tail.as_ref();
            tail.map(|(id, query)| (id.clone(), query.most))
        };
        let logs = |one: &Self| one.logs.as_ref().map(|query| query.generator.clone());
        tail(self) == tail(other)
            && logs(self) == logs(other)
            && self.overview == other.overview
            && self.status == other.status
            && self.globals == other.globals
            && self.own == other.own
    }
}

/// A request about generators, made once.
#[derive(Clone, Debug)]
pub enum Request {
    /// Start, stop, restart, pause ...
    Act(Selection, Action),
    /// Change how one runs.
    Control(String, Change),
    /// Take changed files.
    ReloadFiles(String),
    /// Send the dead letters of an output again.
    ReplayLetters(String, usize),
    /// Write live changes to the startup list.
    WriteBack(String),
    /// Set or remove a global: scenario, key, value.
    SetGlobal(String, String, Option<serde_json::Value>),
    /// Empty the globals of a scenario.
    ResetGlobals(String),
    /// Read the startup list and settings again.
    Reload,
    /// Change the startup list.
    Edit(StartupEdit),
}

/// A file that can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// Its text.
    pub text: Rope,
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
    /// Write a file: the text, and what the disk is thought to have, when nothing else may be written
    /// over. Where it has something else, the answer is [`AppEvent::Reread`].
    Save(PathBuf, Rope, Option<Rope>),
    /// Make, rename, copy or delete a file.
    ChangeFile(FileChange),
    /// Give the terminal to another editor for a file.
    EditOutside {
        /// Absolute path.
        path: PathBuf,
        /// Line of the cursor, from 1.
        line: usize,
        /// Character of the cursor in its line, from 1.
        column: usize,
    },
    /// List the files of a project.
    Scan(PathBuf),
    /// Look for projects below a folder.
    FindProjects(PathBuf),
    /// Watch these folders (and no others from now on).
    Watch(Vec<PathBuf>),
    /// Evaluate.
    Preview(Box<PreviewRequest>),
    /// Ask the instance for these again and again from now on, and for nothing else.
    Observe(Box<Observe>),
    /// Ask the instance for something once; the answer is [`InstanceNews::Done`] or `Failed`.
    Request(Box<Request>),
    /// Start a pipeline.
    Start(Box<GeneratorSpec>),
    /// Change how it runs.
    Control(String, Change),
    /// Stop it with a drain.
    Stop(String),
    /// Stop it at once.
    Abort(String),
    /// Stop everything at once.
    AbortAll,
    /// Look whether the pipeline of a document runs already.
    Adopt(PathBuf),
    /// Stop everything with a drain and tell when it is done.
    ShutDown,
    /// Put text on the clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
    /// Read the settings.
    ReadSettings(Box<Sources>),
    /// Make a settings file with commented defaults when it is not there, then open it.
    MakeSettings(PathBuf),
    /// Read how a project was left: the session's file, the project's folder.
    ReadSession(PathBuf, PathBuf),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Read the lines around a line of a file, counted from 1.
    Excerpt(PathBuf, usize),
    /// Keep, drop or find texts that are not saved.
    Recovery(Wish),
    /// Make a project in a folder.
    MakeProject(&'static Starter, PathBuf),
    /// Keep how a project is left.
    KeepSession(PathBuf, Box<Session>),
    /// Give the terminal back, and stop until somebody lets the process go on.
    Suspend,
    /// Take the terminal over again: a shell had it meanwhile.
    TakeAgain,
}
