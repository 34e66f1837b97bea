//! The whole application without threads or a terminal: keys in, effects done on the spot with canned
//! previews and pipelines, screens out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assist;
mod bandwidth;
mod behaviour;
mod canned;
mod creating;
mod editing;
mod faults;
mod feel;
mod file_ops;
mod files;
mod globals;
mod leaving;
mod logs;
mod monitor;
mod newcomer;
mod panes;
mod recovering;
mod safety;
mod screens;
mod small;
mod sweep;
mod tail;
mod vim;
mod watched;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};

use super::app::{App, Looks, Opening, Screen};
use super::event::{AppEvent, Effect, Observe, PipelineEvent};
use super::recovery::{Store, Wish};
use super::session::{Kept, Session};
use super::settings::{self, Loaded, Sources};
use super::surroundings::Surroundings;
use super::theme::Depth;
use super::{disk, pane, project};
use crate::config::{Diagnostics, Parameters};
use crate::instance::GeneratorSpec;

struct Harness {
    app: App,
    now: Instant,
    folder: tempfile::TempDir,
    /// What was started, stopped, copied and so on, in words.
    done: Vec<String>,
    specs: Vec<GeneratorSpec>,
    refuse: Option<Diagnostics>,
    /// What the instance was last asked to tell of.
    observed: Observe,
    /// Texts that are not saved.
    store: Store,
    saver: disk::Saver,
}

impl Harness {
    /// The canned project, opened at a size with a theme.
    fn open(width: u16, height: u16, theme: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        canned::write(&folder.path().join("web-access"));
        let document = folder.path().join("web-access/generator.yml");
        Self::with(folder, Some(document), width, height, theme)
    }

    fn with(
        folder: tempfile::TempDir,
        document: Option<PathBuf>,
        width: u16,
        height: u16,
        theme: &str,
    ) -> Self {
        let now = Instant::now();
        let depth = if theme == "mono" {
            Depth::None
        } else {
            Depth::True
        };
        let sources = Sources {
            flags: vec![("theme".to_owned(), theme.to_owned())],
            ..Sources::default()
        };
        let opening = Opening {
            document,
            folder: folder.path().to_owned(),
            looks: Looks {
                settings: Loaded::read(&sources),
                sources,
                surroundings: Surroundings {
                    depth,
                    ground: None,
                    unicode: true,
                    remote: false,
                    answers: false,
                },
                kept: Kept::default(),
            },
            parameters: Parameters::default(),
            seed: Some(7),
            size: (width, height),
            screen: Screen::Design,
        };
        Self::start(folder, opening, now)
    }

    fn start(folder: tempfile::TempDir, opening: Opening, now: Instant) -> Self {
        let mut app = App::open(opening, now).unwrap();
        let copies = folder.path().join("copies");
        let store = Store::of(copies, format!("{}-{:x}", 1, now.elapsed().as_nanos()));
        app.preview.times.now_us = canned::NOW;
        app.preview.times.real_us = canned::NOW;
        let mut harness = Self {
            app,
            now,
            folder,
            done: Vec::new(),
            specs: Vec::new(),
            refuse: None,
            observed: Observe::default(),
            store,
            saver: disk::Saver::default(),
        };
        harness.send(AppEvent::Tick);
        harness.until_idle();
        harness
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("web-access").join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn send(&mut self, event: AppEvent) -> &mut Self {
        self.app.update(event, self.now);
        self
    }

    /// Types text and keys in angle brackets, then waits until nothing is left to do.
    fn keys(&mut self, script: &str) -> &mut Self {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>'));
            let key = match named {
                Some((name, tail)) => {
                    rest = tail;
                    key(name)
                }
                None => {
                    rest = &rest[c.len_utf8()..];
                    KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
                }
            };
            self.send(AppEvent::Key(key));
            self.effects();
        }
        self.until_idle()
    }

    /// Does what is asked for, and lets the preview's calm pass.
    fn until_idle(&mut self) -> &mut Self {
        loop {
            self.effects();
            let soon = self
                .app
                .deadline()
                .filter(|at| *at <= self.now + Duration::from_secs(1));
            let Some(at) = soon else {
                return self;
            };
            self.now = self.now.max(at);
            self.send(AppEvent::Tick);
        }
    }

    fn effects(&mut self) {
        loop {
            let effects = self.app.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                if let Some(event) = self.perform(effect) {
                    self.send(event);
                }
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<AppEvent> {
        Some(match effect {
            Effect::Open(path) => {
                let result = disk::open(&path);
                AppEvent::Opened(path, result)
            }
            Effect::Reread(path) => {
                let result = disk::reread(&path);
                AppEvent::Reread(path, result)
            }
            Effect::Save(path, text, known) => {
                match self.saver.save(&path, &text, known.as_ref()) {
                    disk::Saved::Done(result) => AppEvent::Saved(path, text, result),
                    disk::Saved::Theirs(file) => AppEvent::Reread(path, Some(Ok(file))),
                }
            }
            Effect::ChangeFile(change) => {
                let result = change.perform(Some(self.folder.path().join("trash")));
                AppEvent::FileChanged(change, result)
            }
            Effect::EditOutside { path, line, column } => {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                return self.note(format!("edit {name} at {line}:{column}"));
            }
            Effect::Scan(root) => AppEvent::Scanned(project::scan(&root)),
            Effect::FindProjects(folder) => AppEvent::Projects(project::find(&folder)),
            Effect::Preview(request) => AppEvent::Preview(Box::new(canned::preview(&request))),
            Effect::Start(spec) => {
                self.done.push(format!("start {}", spec.id));
                self.specs.push(*spec);
                AppEvent::Pipeline(match self.refuse.take() {
                    Some(problems) => {
                        PipelineEvent::Refused("the project has errors".to_owned(), problems)
                    }
                    None => PipelineEvent::Started,
                })
            }
            Effect::Control(id, change) => return self.note(format!("control {id}: {change:?}")),
            Effect::Stop(id) => return self.note(format!("stop {id}")),
            Effect::Abort(id) => return self.note(format!("abort {id}")),
            Effect::Adopt(_) => return None,
            Effect::ShutDown => {
                self.done.push("shut down".to_owned());
                AppEvent::Pipeline(PipelineEvent::ShutDown)
            }
            Effect::Excerpt(path, line) => {
                let lines = disk::excerpt(&path, line);
                AppEvent::Excerpt(path, line, lines)
            }

            Effect::Observe(wish) => {
                self.observed = *wish;
                return None;
            }
            Effect::Request(request) => return self.note(format!("request {request:?}")),
            Effect::Copy(text) => return self.note(format!("copy {text}")),
            Effect::AbortAll => return self.note("abort all".to_owned()),
            Effect::Watch(_) | Effect::Redraw | Effect::Suspend | Effect::TakeAgain => return None,
            Effect::ReadSettings(sources) => AppEvent::Settings(Box::new(Loaded::read(&sources))),
            Effect::MakeSettings(path) => {
                let made = disk::make(&path, &settings::commented());
                AppEvent::Opened(path.clone(), made.and_then(|()| disk::open(&path)))
            }
            Effect::ReadSession(path, root) => {
                let session = Session::read(&path, &root);
                AppEvent::Session(root, Box::new(session))
            }
            Effect::MakeProject(starter, folder) => {
                let result = starter.create(&folder);
                AppEvent::Made(starter, folder, result)
            }
            Effect::KeepSession(path, session) => {
                session.write(&path).unwrap();
                return None;
            }
            Effect::Mouse(on) => return self.note(format!("mouse {on}")),
            Effect::Recovery(wish) => return self.recovery(wish),
        })
    }

    fn recovery(&mut self, wish: Wish) -> Option<AppEvent> {
        match wish {
            Wish::Keep(unsaved) => self.store.keep(&unsaved).unwrap(),
            Wish::Forget(path) => self.store.forget(&path).unwrap(),
            Wish::Remove(copy) => self.store.discard(&copy).unwrap(),
            Wish::Look(project) => {
                let found = self.store.look(&project);
                return (!found.is_empty()).then_some(AppEvent::Copies(project, found));
            }
        }
        None
    }

    fn note(&mut self, text: String) -> Option<AppEvent> {
        self.done.push(text);
        None
    }

    /// Says that something outside changed files.
    fn changed(&mut self, names: &[&str]) -> &mut Self {
        let paths = names.iter().map(|name| self.path(name)).collect();
        self.send(AppEvent::Changed {
            paths,
            listing: true,
        })
        .until_idle()
    }

    fn draw(&self) -> (Buffer, Option<Position>) {
        let mut screen = Buffer::empty(self.app.size);
        let cursor = pane::draw(&self.app, &mut screen);
        (screen, cursor)
    }

    /// The rows of the screen as text.
    fn text(&self) -> String {
        let (screen, _) = self.draw();
        let rows = (0..screen.area.height).map(|y| {
            cells(&screen, y)
                .map(|(_, symbol)| symbol)
                .collect::<String>()
                .trim_end()
                .to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn sees(&mut self, text: &str) -> &mut Self {
        assert!(
            self.text().contains(text),
            "{text:?} is not on the screen:\n{}",
            self.text()
        );
        self
    }

    #[track_caller]
    fn sees_not(&mut self, text: &str) -> &mut Self {
        assert!(
            !self.text().contains(text),
            "{text:?} is on the screen:\n{}",
            self.text()
        );
        self
    }

    fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Self {
        self.send(AppEvent::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        }));
        self.until_idle()
    }

    fn click(&mut self, column: u16, row: u16) -> &mut Self {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
            .mouse(MouseEventKind::Up(MouseButton::Left), column, row)
    }

    /// Turns the wheel, down or up.
    fn wheel(&mut self, column: u16, row: u16, down: bool) -> &mut Self {
        let kind = if down {
            MouseEventKind::ScrollDown
        } else {
            MouseEventKind::ScrollUp
        };
        self.mouse(kind, column, row)
    }

    /// The first row that has a text.
    #[track_caller]
    fn row_of(&self, text: &str) -> u16 {
        let shown = self.text();
        let at = shown.lines().position(|line| line.contains(text));
        u16::try_from(at.expect("the text is shown")).unwrap()
    }

    fn buffer_text(&self) -> String {
        self.app.buffer().unwrap().rope().to_string()
    }

    fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.send(AppEvent::Resize(width, height)).until_idle()
    }
}

/// A key by the name that the command table uses, and a few more.
fn key(name: &str) -> KeyEvent {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name;
    while let Some((modifier, tail)) = [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
        ("shift-", KeyModifiers::SHIFT),
    ]
    .iter()
    .find_map(|(prefix, modifier)| rest.strip_prefix(prefix).map(|tail| (*modifier, tail)))
    {
        modifiers |= modifier;
        rest = tail;
    }
    let code = match rest {
        "enter" => KeyCode::Enter,
        "space" => KeyCode::Char(' '),
        "esc" => KeyCode::Esc,
        "tab" if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "bs" => KeyCode::Backspace,
        "del" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        _ if rest.len() > 1 && rest.starts_with('f') => KeyCode::F(rest[1..].parse().unwrap()),
        _ => KeyCode::Char(rest.chars().next().unwrap()),
    };
    KeyEvent::new(code, modifiers)
}

/// Columns and symbols of a row, without the cells that a wide symbol covers.
fn cells(screen: &Buffer, y: u16) -> impl Iterator<Item = (u16, &str)> {
    let mut covered = 0;
    (screen.area.left()..screen.area.right()).filter_map(move |x| {
        if covered > 0 {
            covered -= 1;
            return None;
        }
        let symbol = screen[(x, y)].symbol();
        covered = super::text::width(symbol).saturating_sub(1);
        Some((x, symbol))
    })
}

/// The screen as text, then a line for each run of cells that has a style.
fn styled(screen: &Buffer, cursor: Option<Position>) -> String {
    let (mut rows, mut runs) = (String::new(), String::new());
    for y in screen.area.top()..screen.area.bottom() {
        let mut run: Option<(u16, Style)> = None;
        let mut flush = |run: &mut Option<(u16, Style)>, end: u16| {
            if let Some((start, s)) = run.take()
                && s != Style::new()
            {
                let part =
                    |color: Option<Color>| color.map_or("-".to_owned(), |color| color.to_string());
                let (fg, bg) = (part(s.fg), part(s.bg));
                writeln!(
                    runs,
                    "{y}:{start}+{} {fg}/{bg} {:?}",
                    end - start,
                    s.add_modifier
                )
                .unwrap();
            }
        };
        let mut text = String::new();
        for (x, symbol) in cells(screen, y) {
            let cell = &screen[(x, y)];
            text.push_str(symbol);

            let style = Style {
                fg: (cell.fg != Color::Reset).then_some(cell.fg),
                bg: (cell.bg != Color::Reset).then_some(cell.bg),
                add_modifier: cell.modifier,
                ..Style::new()
            };
            if run.map(|run| run.1) != Some(style) {
                flush(&mut run, x);
                run = Some((x, style));
            }
        }
        flush(&mut run, screen.area.right());
        rows.push_str(text.trim_end());
        rows.push('\n');
    }
    let cursor = cursor.map_or("none".to_owned(), |at| format!("{}:{}", at.y, at.x));
    format!("{rows}--- cursor {cursor}\n{runs}")
}

fn whole(harness: &Harness) -> String {
    let (screen, cursor) = harness.draw();
    styled(&screen, cursor)
}

fn arc(text: &str) -> Arc<str> {
    text.into()
}

fn area(width: u16, height: u16) -> Rect {
    Rect::new(0, 0, width, height)
}
