//! The state of the application and how events change it. Draws nothing, touches no file, starts no
//! thread: what the world has to do leaves as effects.

mod arrange;
mod assist;
mod awaited;
mod commands;
mod control;
mod create;
mod dialog;
mod difference;
mod edit;
mod external_editor;
mod file_ops;
mod files;
mod find;
mod help;
mod jump;
mod keys;
mod leave;
mod monitored;
mod mouse;
mod palette;
mod panes;
mod pipeline;
mod preferences;
mod preview;
mod project;
mod prompt;
mod recovery;
mod remember;
mod screen;
mod symbols;
mod tabs;
mod toasts;
mod tour;
mod vim;
mod which_key;

use std::path::{Path, PathBuf};
use std::time::Instant;

use ratatui::layout::Rect;

use super::command::Id;
use super::editor::{Buffer, View};
use super::event::{AppEvent, Effect, Observe, PipelineEvent};
use super::keymap::Keymap;
use super::layout::{self, Arrangement, Layout, Wish};
use super::monitor::Monitor;
use super::session::Kept;
use super::settings::{Loaded, Settings, Sources};
use super::surroundings::Surroundings;
use super::theme::{Ground, Theme};
use crate::config::Parameters;
use crate::instance::Link;
use crate::time::Zone;

pub use assist::{Assist, Popup, ROWS as POPUP_ROWS};
pub use dialog::{Action, Choice, Dialog};
pub use difference::Shown as ShownDifference;
pub use help::{Help, Row as HelpRow};
pub use jump::Jump;
pub use palette::{Item, Match, Palette, Pick};
#[cfg(test)]
pub use panes::{Goal, SheetRow};
pub use panes::{Ink, Row, SPANS, Tool, View as PaneView, bucket, shown_text};
pub use pipeline::{Phase, Pipeline};
pub use preview::Preview;
pub use project::{Project, Start};
pub use prompt::Prompt;
pub use screen::Screen;
pub use tabs::tabs;
pub use toasts::{Level, Message, Toast};
pub use tour::STEPS as TOUR;
pub use vim::Editing;
pub use which_key::Pending;

/// The panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// List of files.
    Files,
    /// Editor.
    Editor,
    /// Timestamps.
    Timestamps,
    /// Rendered events.
    Events,
    /// The pipeline's details.
    Pipeline,
}

impl Focus {
    /// In the order in which the keys go round.
    pub const ALL: [Self; 5] = [
        Self::Files,
        Self::Editor,
        Self::Timestamps,
        Self::Events,
        Self::Pipeline,
    ];
}

/// What lies over the panes and takes the keys.
#[derive(Debug)]
pub enum Overlay {
    /// Keys and commands, found by typing.
    Help(Help),
    /// A list to choose from by typing.
    Palette(Palette),
    /// A question.
    Dialog(Dialog),
    /// Letters over everything that can be gone to.
    Jump(Jump),
    /// A step of the tour.
    Tour(usize),
    /// A line to type a value into.
    Prompt(Box<Prompt>),
    /// How two texts differ.
    Difference(ShownDifference),
}

/// How the application is opened.
#[derive(Debug)]
pub struct Opening {
    /// The project's document; without it the start screen is shown.
    pub document: Option<PathBuf>,
    /// Where the start screen looks for projects; absolute.
    pub folder: PathBuf,
    /// Settings and the terminal.
    pub looks: Looks,
    /// Zone, params and mode of preview and pipeline.
    pub parameters: Parameters,
    /// Makes runs and the first preview repeatable.
    pub seed: Option<u64>,
    /// Columns and rows.
    pub size: (u16, u16),
    /// What is shown first.
    pub screen: Screen,
}

/// What decides about looks and keys at the start.
#[derive(Debug)]
pub struct Looks {
    /// Settings as read.
    pub settings: Loaded,
    /// Where they come from.
    pub sources: Sources,
    /// What is known of the terminal.
    pub surroundings: Surroundings,
    /// What was kept of the last times.
    pub kept: Kept,
}

/// Everything there is to see.
#[derive(Debug)]
pub struct App {
    /// Colours.
    pub theme: Theme,
    /// Effective settings.
    pub settings: Settings,
    /// What keys mean.
    pub keymap: Keymap,
    sources: Sources,
    surroundings: Surroundings,
    /// The terminal's background, once it is known.
    ground: Option<Ground>,
    /// The theme chosen by a command, over the one of the settings.
    theme_chosen: Option<String>,
    /// True when answers of the terminal take long.
    far: bool,
    /// Keys pressed of a sequence.
    pub pending: Pending,
    /// Sizes and places of panes that were changed.
    pub panes: Arrangement,
    /// Commands run from the list, the latest first.
    pub recent: Vec<Id>,
    /// What is kept from one time to the next.
    pub kept: Kept,
    /// The whole screen.
    pub size: Rect,
    /// What is shown.
    pub screen: Screen,
    /// The one that was shown first.
    pub(super) home: Screen,
    /// Help while typing.
    pub assist: Assist,
    /// What is known of running generators.
    pub monitor: Monitor,
    /// What the instance was last asked to tell of.
    observed: Observe,
    /// Which pane has the keys.
    pub focus: Focus,
    /// Files shown; `None` leaves it to the width.
    files_shown: Option<bool>,
    zoom: bool,
    pipeline_details: bool,
    right: Focus,
    /// What lies over the panes, the top one last.
    pub overlays: Vec<Overlay>,
    /// Messages still shown, the newest last.
    pub toasts: Vec<Toast>,
    /// Messages of before, the newest last.
    pub messages: std::collections::VecDeque<Message>,
    /// Projects to open, while none is.
    pub start: Option<Start>,
    /// The open project.
    pub project: Option<Project>,
    /// What the right panes show.
    pub preview: Preview,
    /// The pipeline in the background.
    pub pipeline: Pipeline,
    /// Why changes by others are not noticed, when they are not.
    pub unwatched: Option<String>,
    parameters: Parameters,
    noise: files::Noise,
    clipboard: String,
    drag: mouse::Drag,
    /// The rule that is being dragged.
    dragged: Option<arrange::Rule>,
    /// True once a key or the mouse did something.
    touched: bool,
    /// Cursors of files that were open the last time and are being read.
    places: std::collections::HashMap<PathBuf, (usize, usize)>,
    /// How the editor behaves.
    pub editing: Editing,
    effects: Vec<Effect>,
    now: Instant,
    changed: bool,
    /// What to do once everything is saved.
    after_save: Option<Action>,
    /// A file whose text on disk is to be taken over, whatever was typed.
    forced: Option<PathBuf>,
    leaving: bool,
    /// Keeps keys from answering what they brought up.
    guard: dialog::Guard,
    /// Where generators run.
    pub link: Link,
    /// Generators that run, as far as known, whoever started them.
    running: Vec<String>,
    /// Why generators have to run in this process, when they have to.
    unsafe_here: Option<String>,
    exit: Option<u8>,
    /// Texts that are not saved, and those of before.
    recovery: recovery::Recovery,
    /// The next frame is to fail.
    #[cfg(debug_assertions)]
    fails: bool,
}

impl App {
    /// The state at the start, with the first effects waiting.
    ///
    /// # Errors
    /// When there is no such theme.
    pub fn open(opening: Opening, now: Instant) -> Result<Self, super::theme::ThemeError> {
        let Looks {
            settings: loaded,
            sources,
            surroundings,
            kept,
        } = opening.looks;
        let Loaded {
            settings, problems, ..
        } = loaded;
        let ground = surroundings.ground.or(kept.ground());
        let depth = surroundings.depth;
        let theme = Theme::load(&settings.theme, depth, ground.unwrap_or_default())?;
        let (keymap, conflicts) = Keymap::new(&settings);
        let mut app = Self {
            theme,
            settings,
            keymap,
            sources,
            surroundings,
            ground,
            theme_chosen: None,
            far: false,
            pending: Pending::default(),
            panes: Arrangement::default(),
            recent: Vec::new(),
            kept,
            size: Rect::new(0, 0, opening.size.0, opening.size.1),
            screen: opening.screen,
            home: opening.screen,
            assist: Assist::default(),
            monitor: Monitor::default(),
            observed: Observe::default(),
            focus: Focus::Editor,
            files_shown: None,
            zoom: false,
            pipeline_details: false,
            right: Focus::Events,
            overlays: Vec::new(),
            toasts: Vec::new(),
            messages: std::collections::VecDeque::new(),
            start: None,
            project: None,
            preview: Preview::new(opening.seed),
            pipeline: Pipeline::new(opening.parameters.live_mode, opening.seed),
            unwatched: None,
            parameters: opening.parameters,
            noise: files::Noise::default(),
            clipboard: String::new(),
            drag: mouse::Drag::default(),
            dragged: None,
            touched: false,
            places: std::collections::HashMap::new(),
            editing: Editing::default(),
            effects: Vec::new(),
            now,
            changed: true,
            after_save: None,
            forced: None,
            leaving: false,
            guard: dialog::Guard::default(),
            link: Link::Here,
            running: Vec::new(),
            unsafe_here: None,
            exit: None,
            recovery: recovery::Recovery::default(),
            #[cfg(debug_assertions)]
            fails: false,
        };
        match opening.document {
            Some(document) => app.open_project(document),
            None => app.open_start(opening.folder),
        }
        app.settle_editor(&Settings::default());
        app.tell_lost_keys();
        app.tell_problems(&[problems, conflicts].concat());
        app.settle();
        Ok(app)
    }

    /// Takes one event in.
    pub fn update(&mut self, event: AppEvent, now: Instant) {
        self.now = now;
        // News of pipelines come all the time; whoever takes them in knows what is worth a frame.
        self.changed |= !matches!(
            event,
            AppEvent::Tick
                | AppEvent::Changed { .. }
                | AppEvent::Instance(_)
                | AppEvent::Pipeline(PipelineEvent::Status(_))
        );
        match event {
            AppEvent::Key(key) => self.key(&key),
            AppEvent::Mouse(mouse) => self.mouse(&mouse),
            AppEvent::Paste(text) => self.paste(&text),
            AppEvent::Resize(width, height) => self.size = Rect::new(0, 0, width, height),
            AppEvent::Tick => {}
            AppEvent::Opened(path, result) => self.opened(path, result),
            AppEvent::Reread(path, result) => self.reread(&path, result),
            AppEvent::Saved(path, text, result) => self.saved(&path, text, result),
            AppEvent::FileChanged(change, result) => self.file_changed(change, result),
            AppEvent::EditedOutside(path, result) => self.edited_outside(&path, result),
            AppEvent::Scanned(result) => self.scanned(result),
            AppEvent::Projects(found) => self.found(found),
            AppEvent::Changed { paths, listing } => {
                self.notice_settings(&paths);
                self.changed_outside(&paths, listing);
            }
            AppEvent::Unwatched(why) => {
                self.warn(format!(
                    "changes made elsewhere are not noticed ({why}); Reload file takes them over"
                ));
                self.unwatched = Some(why);
            }
            AppEvent::Preview(result) => self.previewed(*result),
            AppEvent::Pipeline(news) => self.pipeline_news(news),
            AppEvent::Instance(news) => self.instance_news(news),
            AppEvent::Settings(loaded) => self.take_settings(*loaded),
            AppEvent::Answer(answer) => self.take_answer(answer),
            AppEvent::Session(root, session) => self.take_session(&root, *session),
            AppEvent::Excerpt(path, line, lines) => self.excerpt_read(&path, line, lines),
            AppEvent::Signal(number) => {
                self.exit = Some(u8::try_from(128 + number).unwrap_or(1));
                self.recovery.forsaken = true;
            }
            AppEvent::Suspend => self.effects.push(Effect::Suspend),
            AppEvent::Continued => self.effects.push(Effect::TakeAgain),
            AppEvent::Made(starter, folder, result) => self.project_made(starter, &folder, result),
            AppEvent::TerminalLost(why) => {
                tracing::error!("the terminal is lost: {why}");
                self.exit = Some(1);
                self.recovery.forsaken = true;
            }
            AppEvent::Copies(project, found) => self.copies_found(&project, found),
            AppEvent::NotKept(why) => self.warn(why),
            AppEvent::Panicked(message) => {
                self.error(format!("something failed in the background: {message}"));
            }
        }
        self.deadlines();
        self.settle();
    }

    /// Brings what depends on size and texts in step, so that drawing changes nothing.
    fn settle(&mut self) {
        self.drop_old_toasts();
        let layout = self.layout();
        self.settle_editing();
        if let Some(area) = layout.editor
            && let Some(buffer) = self.project.as_mut().and_then(Project::buffer_mut)
        {
            let text = View::of(buffer, inner(area)).text;
            buffer.settle_view(usize::from(text.height), usize::from(text.width));
            buffer.lex(buffer.top, buffer.top + usize::from(text.height));
        }
        if let Some(area) = layout.files
            && let Some(project) = &mut self.project
        {
            project.follow(usize::from(inner(area).height));
        }
        self.preview
            .settle(layout.timestamps.map(inner), layout.events.map(inner));
        if let Some(area) = layout.events
            && self.preview.settle_view(inner(area), &self.parameters)
        {
            self.preview.hurry(self.now);
        }
        self.preview.follow_width(self.now);
        self.settle_monitor();
        self.settle_recovery();
        self.follow_cursor();
        let wish = self.observed();
        if wish != self.observed {
            self.observed = wish.clone();
            self.effects.push(Effect::Observe(Box::new(wish)));
        }
    }

    /// The earliest moment at which something changes by itself.
    pub fn deadline(&self) -> Option<Instant> {
        [
            self.toasts.iter().map(|toast| toast.until).min(),
            self.pending.deadline(),
            self.preview.deadline(),
            self.drag.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn deadlines(&mut self) {
        self.drag_on();
        if self.preview.due(self.now) {
            self.request_preview();
        }
        if self.pending.grow_visible(self.now) {
            self.changed = true;
        }
        if self.preview.grow_stale(self.now) {
            self.changed = true;
        }
    }

    /// What the world has to do; empties the list.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// True once after something to see changed.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// There is something new to see.
    pub(in crate::tui) fn mark_changed(&mut self) {
        self.changed = true;
    }

    /// When the event that is taken in came.
    pub(in crate::tui) fn now(&self) -> Instant {
        self.now
    }

    /// The zone that the application was opened with.
    pub fn zone(&self) -> Zone {
        self.parameters.zone
    }

    /// Has the world do something.
    pub(in crate::tui) fn effects_push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// The exit code once the application is to end.
    pub fn exit(&self) -> Option<u8> {
        self.exit
    }

    /// True while the first file is being read.
    pub fn waits_for_text(&self) -> bool {
        let empty = |project: &Project| project.buffers.is_empty();
        self.toasts.is_empty() && self.project.as_ref().is_some_and(empty)
    }

    /// The shown file.
    pub fn buffer(&self) -> Option<&Buffer> {
        self.project.as_ref()?.buffer()
    }

    fn buffer_mut(&mut self) -> Option<&mut Buffer> {
        self.project.as_mut()?.buffer_mut()
    }

    /// The open buffer of a file.
    fn buffer_at(&mut self, path: &Path) -> Option<&mut Buffer> {
        self.project.as_mut()?.buffer_at(path)
    }

    /// Where everything is.
    pub fn layout(&self) -> Layout {
        let details = self.pipeline_details || self.focus == Focus::Pipeline;
        let wish = Wish {
            focus: self.focus,
            files: self.files_shown,
            zoom: self.zoom,
            pipeline_rows: if details { self.pipeline.rows() } else { 0 },
            pipeline_line: self.pipeline.seen(),
            right: self.right,
            panes: self.panes,
        };
        layout::layout(self.size, wish)
    }

    /// Gives the keys to a pane.
    pub fn set_focus(&mut self, focus: Focus) {
        self.focus = focus;
        if matches!(focus, Focus::Timestamps | Focus::Events) {
            self.right = focus;
        }
    }
}

/// A pane below its heading.
pub fn inner(area: Rect) -> Rect {
    let heading = area.height.min(1);
    Rect {
        y: area.y + heading,
        height: area.height - heading,
        ..area
    }
}
