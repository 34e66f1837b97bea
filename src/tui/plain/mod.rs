//! The application as lines: the same state as the screens have, told when it changes, and commands as
//! lines. For screen readers, dumb terminals, pipes and logs.

mod facts;
mod running;

use std::io::{self, BufRead as _, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::app::{App, Opening, Overlay, Screen};
use super::command::{self, Command, Id};
use super::event::AppEvent;
use super::run::TuiError;
use super::services::{Backends, Services};
use crate::config::near;
use facts::Facts;

/// Columns and rows that the state is laid out for, so that all of it is asked for.
const SIZE: (u16, u16) = (160, 60);
/// Least time between lines about how fast a pipeline is.
const RATES: Duration = Duration::from_secs(5);

/// What comes in.
enum Input {
    Event(AppEvent),
    Line(String),
    /// No more lines.
    End,
}

/// Runs the application as lines until `quit`, or until the lines end and nothing runs; gives the exit
/// code.
///
/// # Errors
/// When there is no such theme, or nothing can be printed.
pub fn run(mut opening: Opening, backends: Backends, out: &mut dyn Write) -> Result<u8, TuiError> {
    opening.size = SIZE;
    opening.looks.settings.settings.tour = false;
    let mut app = App::open(opening, Instant::now())?;
    let (sender, inputs) = mpsc::channel();
    let (events, received) = mpsc::channel();
    let mut services = Services::start(backends, app.settings_folder(), None, &events);
    super::run::watch_signals(events, false);
    forward(received, sender.clone());
    thread::spawn(move || read_lines(&sender));
    let code = Talk::new(out).run(&mut app, &inputs, &mut services);
    let finished = services.finish(app.is_apart());
    let code = code?;
    Ok(if finished || code != 0 { code } else { 1 })
}

fn forward(events: Receiver<AppEvent>, to: Sender<Input>) {
    thread::spawn(move || {
        for event in events {
            if to.send(Input::Event(event)).is_err() {
                return;
            }
        }
    });
}

fn read_lines(to: &Sender<Input>) {
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else {
            break;
        };
        if to.send(Input::Line(line)).is_err() {
            return;
        }
    }
    // Nobody listens any more once the application ends.
    let _ = to.send(Input::End);
}

/// What was told, and where to tell.
struct Talk<'a> {
    out: &'a mut dyn Write,
    facts: Facts,
    /// When how fast it is was told last.
    rates: Option<Instant>,
    ended: bool,
}

impl<'a> Talk<'a> {
    fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            facts: Facts::default(),
            rates: None,
            ended: false,
        }
    }

    fn run(
        mut self,
        app: &mut App,
        inputs: &Receiver<Input>,
        services: &mut Services,
    ) -> io::Result<u8> {
        app.update(AppEvent::Tick, Instant::now());
        loop {
            for effect in app.take_effects() {
                // What concerns the terminal is of no use here.
                services.perform(effect);
            }
            self.tell(app)?;
            if let Some(code) = app.exit() {
                return Ok(code);
            }
            if self.ended && app.answer_unheard() {
                continue;
            }
            if self.ended && settled(app) {
                return Ok(u8::from(app.preview.errors() > 0));
            }
            match wait(inputs, app.deadline()) {
                Some(Input::Event(event)) => app.update(event, Instant::now()),
                Some(Input::Line(line)) => self.line(app, line.trim())?,
                Some(Input::End) => self.ended = true,
                None => app.update(AppEvent::Tick, Instant::now()),
            }
        }
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", facts::safe(line))
    }

    /// Tells what changed.
    fn tell(&mut self, app: &App) -> io::Result<()> {
        let now = Instant::now();
        let due = self
            .rates
            .is_none_or(|then| now.duration_since(then) >= RATES);
        let (lines, rates) = self.facts.news(app, due);
        if rates {
            self.rates = Some(now);
        }
        for line in &lines {
            self.say(line)?;
        }
        if lines.is_empty() {
            return Ok(());
        }
        self.out.flush()
    }

    /// Does what a line says.
    fn line(&mut self, app: &mut App, line: &str) -> io::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        if let Some(Overlay::Dialog(_)) = app.overlays.last() {
            if let Some(letter) = line.chars().next() {
                app.answer_by(letter);
            }
            return Ok(());
        }
        match line {
            "help" => self.help(),
            "status" => {
                self.facts = Facts::default();
                self.rates = None;
                Ok(())
            }
            "run" | "stop" if app.pipeline.active() == (line == "run") => {
                let state = if line == "run" {
                    "running already"
                } else {
                    "not running"
                };
                self.say(&format!("the pipeline is {state}"))
            }
            "run" | "stop" => {
                app.run(Id::RunStop);
                Ok(())
            }
            "quit" => {
                app.run(Id::Quit);
                Ok(())
            }
            name if name.starts_with("generator ") => {
                let id = name.trim_start_matches("generator ").trim();
                self.choose(app, id)
            }
            name => match screen(name) {
                Some(id) => {
                    app.run(id);
                    choose_any(app);
                    Ok(())
                }
                None => self.named(app, name),
            },
        }
    }

    /// Makes a generator the one that is told of.
    fn choose(&mut self, app: &mut App, id: &str) -> io::Result<()> {
        let known = app.monitor.generators.iter().map(|one| one.id.as_str());
        if known.clone().any(|one| one == id) {
            app.monitor.choose_generator(id.to_owned());
            app.update(AppEvent::Tick, Instant::now());
            return self.say(&format!("told of: {id}"));
        }
        match near(id, known) {
            Some(meant) => self.say(&format!(
                "there is no generator {id}; did you mean {meant}?"
            )),
            None => self.say(&format!("there is no generator {id}; table lists them")),
        }
    }

    fn named(&mut self, app: &mut App, name: &str) -> io::Result<()> {
        if let Some(command) = command::all().find(|command| command.name == name) {
            app.run(command.id);
            return Ok(());
        }
        let words = ["help", "status", "run", "stop", "quit"];
        let words = words
            .into_iter()
            .chain(SCREENS.iter().map(|(word, _)| *word));
        let known = words.chain(command::all().map(|one| one.name));
        match near(name, known) {
            Some(meant) => self.say(&format!(
                "there is no command {name}; did you mean {meant}?"
            )),
            None => self.say(&format!("there is no command {name}; help lists them")),
        }
    }

    fn help(&mut self) -> io::Result<()> {
        self.say(
            "run: start the pipeline; stop: stop it; status: tell everything again; quit: leave; \
             table, flow, faults, tail, log, globals: tell of running generators from now on, \
             design: of the project; generator NAME: of that one",
        )?;
        self.say("any other command by its name:")?;
        let all: Vec<&Command> = command::all().collect();
        for command in all {
            self.say(&format!("{}: {}", command.name, command.help))?;
        }
        self.out.flush()
    }
}

/// Words for the screens.
const SCREENS: &[(&str, Id)] = &[
    ("design", Id::Design),
    ("table", Id::ShowOverview),
    ("flow", Id::ShowFlow),
    ("faults", Id::ShowFaults),
    ("tail", Id::ShowTail),
    ("log", Id::ShowLogs),
    ("globals", Id::ShowGlobals),
];

fn screen(word: &str) -> Option<Id> {
    let known = SCREENS.iter().find(|(known, _)| *known == word);
    known.map(|(_, id)| *id)
}

/// The screens about one generator are about the first when none is chosen.
fn choose_any(app: &mut App) {
    let first = app.monitor.generators.first().map(|one| one.id.clone());
    if app.monitor.chosen.is_none()
        && let Some(id) = first
    {
        app.monitor.choose_generator(id);
    }
    app.update(AppEvent::Tick, Instant::now());
}

/// True when nothing is being worked out and nothing runs.
fn settled(app: &App) -> bool {
    let shown = app.preview.took.is_some() && !app.preview.stale;
    let heard = app.screen == Screen::Design || app.monitor.heard;
    (shown || app.project.is_none()) && heard && !app.pipeline.active()
}

/// The next input; `None` when the deadline comes first.
fn wait(inputs: &Receiver<Input>, deadline: Option<Instant>) -> Option<Input> {
    let Some(deadline) = deadline else {
        return inputs.recv().ok();
    };
    let left = deadline.saturating_duration_since(Instant::now());
    inputs.recv_timeout(left).ok()
}

impl App {
    /// Answers the question on top by a letter.
    fn answer_by(&mut self, letter: char) {
        use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        self.update(AppEvent::Key(key), Instant::now());
    }
}
