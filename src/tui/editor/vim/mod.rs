//! The key set with modes, as in vi: what is typed becomes motions, operators and text.
//!
//! A change is remembered by the keys that made it, so that `.` does it again. Knows buffers alone; what
//! concerns files and the rest of the program leaves as an [`Outcome`].

mod act;
mod complete;
mod ex;
mod macros;
mod moves;
mod object;
mod operate;
mod parse;
mod remap;

use std::collections::HashMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::history::Selection;
use super::keys::{Typed, plain_key};
use super::{Buffer, Input, Motion, Pattern, Reading, Shape};
use moves::Memory;
use parse::{Act, Command, Key, Parse, Verb};

pub use complete::Names;
pub use ex::{Ex, Setting};
pub use macros::{MOST as MOST_PLAYED, Playing};
pub use remap::{Meaning, Remap, Typed as Remapped};

/// Most characters looked through for a bracket.
const REACH: usize = 50_000;
/// Most lines remembered of what was typed behind `:` or `/`.
const HISTORY: usize = 50;

/// What keys mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Commands.
    #[default]
    Normal,
    /// Text.
    Insert,
    /// Commands on selected characters, or, when the flag is set, lines.
    Visual(bool),
}

impl Mode {
    /// As shown in the status line.
    pub fn label(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Insert => "INSERT",
            Self::Visual(false) => "VISUAL",
            Self::Visual(true) => "VISUAL LINE",
        }
    }
}

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was used.
    Done,
    /// It is none of these; commands may use it.
    Unknown,
    /// It would change a text that cannot be changed.
    Refused,
    /// Something to tell.
    Say(String),
    /// Text for the clipboard.
    Copied(String),
    /// Something outside of the text.
    Run(Ex),
    /// Keys to be taken as if they were typed.
    Play(Vec<KeyEvent>),
}

/// Text that was deleted or yanked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Register {
    text: String,
    lines: bool,
}

/// A change to do again.
#[derive(Clone, Debug, Default)]
struct Change {
    keys: Vec<Key>,
    count: Option<usize>,
    register: Option<char>,
    inserted: Vec<KeyEvent>,
    /// What was selected: lines beyond the first, or characters, and whether whole lines were.
    extent: Option<(usize, usize, bool)>,
}

/// How typed text is repeated by a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Again {
    #[default]
    Inline,
    Below,
    Above,
}

/// A line typed behind `:`, `/` or `?`.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Which of them.
    pub sign: char,
    /// What was typed.
    pub input: Input,
    origin: Selection,
    top: usize,
    /// Keys before the pattern, when an operator waits for it.
    keys: Vec<Key>,
    older: usize,
    /// What the line could go on with, and which of it stands there.
    offered: Option<complete::Offered>,
}

/// The state of the key set.
#[derive(Debug, Default)]
pub struct Vim {
    mode: Mode,
    keys: Vec<Key>,
    prompt: Option<Prompt>,
    memory: Memory,
    registers: HashMap<char, Register>,
    last: Option<Change>,
    recording: Option<Change>,
    repeat: (usize, Again),
    repeating: bool,
    /// Ctrl-R in insert mode waits for the name of a register.
    names_register: bool,
    visual: Option<(usize, usize, bool)>,
    typed: Vec<(char, String)>,
    /// Keys being recorded.
    macros: Option<macros::Recording>,
    /// The register that was played last.
    last_played: Option<char>,
    /// Keys are played, not typed.
    playing: bool,
    /// The last key could not do what it is for.
    failed: bool,
}

impl Vim {
    /// What keys mean now.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The line being typed behind `:`, `/` or `?`.
    pub fn prompt(&self) -> Option<&Prompt> {
        self.prompt.as_ref()
    }

    /// The keys of an unfinished command, as typed.
    pub fn pending(&self) -> String {
        let one = |key: &Key| match key {
            Key::Char(c) => c.to_string(),
            Key::Ctrl(c) => format!("^{}", c.to_ascii_uppercase()),
            Key::Esc => String::new(),
        };
        self.keys.iter().map(one).collect()
    }

    /// What was copied elsewhere is there as `"+` and `"*`.
    pub fn set_clipboard(&mut self, text: &str) {
        let register = Register {
            text: text.to_owned(),
            lines: text.ends_with('\n'),
        };
        self.registers.insert('+', register.clone());
        self.registers.insert('*', register);
    }

    /// Back to normal mode, as when another file is shown.
    pub fn leave(&mut self, buffer: &mut Buffer) {
        self.keys.clear();
        self.prompt = None;
        self.recording = None;
        self.names_register = false;
        buffer.history.end();
        self.normal(buffer);
    }

    /// Brings the buffer in step: its cursor's shape, and a selection made by the mouse.
    pub fn settle(&mut self, buffer: &mut Buffer) {
        let selected = buffer
            .at
            .anchor
            .is_some_and(|anchor| anchor != buffer.at.head);
        match self.mode {
            Mode::Normal if selected => {
                // The mouse selects up to before the cursor.
                self.mode = Mode::Visual(false);
                buffer.shape = Shape::Characters;
                let at = &mut buffer.at;
                let anchor = at.anchor.unwrap_or(at.head);
                if at.head > anchor {
                    buffer.at.head = buffer.before(buffer.at.head);
                }
            }
            Mode::Normal => buffer.at.anchor = None,
            Mode::Visual(_) if buffer.at.anchor.is_none() => self.mode = Mode::Normal,
            _ => {}
        }
        buffer.shape = match self.mode {
            Mode::Normal => Shape::Block,
            Mode::Insert => Shape::Bar,
            Mode::Visual(false) => Shape::Characters,
            Mode::Visual(true) => Shape::Lines,
        };
        if self.mode == Mode::Normal {
            buffer.at.head = buffer.on_character(buffer.at.head);
        }
    }

    /// Takes a key; `page` is how many lines a page has.
    pub fn key(&mut self, buffer: &mut Buffer, event: &KeyEvent, page: usize) -> Outcome {
        self.failed = false;
        let recording = self.recorded().is_some();
        let outcome = self.one_key(buffer, event, page);
        self.failed |= outcome == Outcome::Refused;
        // What begins and what ends the recording is no part of it.
        if recording && self.recorded().is_some() && outcome != Outcome::Unknown {
            self.note(event);
        }
        outcome
    }

    fn one_key(&mut self, buffer: &mut Buffer, event: &KeyEvent, page: usize) -> Outcome {
        if self.prompt.is_some() {
            return self.prompt_key(buffer, event);
        }
        let outcome = if self.mode == Mode::Insert {
            self.insert_key(buffer, event, page)
        } else {
            self.command_key(buffer, event)
        };
        self.settle(buffer);
        outcome
    }

    fn command_key(&mut self, buffer: &mut Buffer, event: &KeyEvent) -> Outcome {
        let shifted = event.modifiers.contains(KeyModifiers::SHIFT);
        let arrow = matches!(
            event.code,
            KeyCode::Left | KeyCode::Right | KeyCode::Up | KeyCode::Down
        );
        if shifted && arrow && self.mode == Mode::Normal {
            // As everywhere, Shift with an arrow selects.
            self.start_visual(buffer, false);
        }
        let Some(key) = Key::of(event) else {
            return Outcome::Unknown;
        };
        if key == Key::Esc || key == Key::Ctrl('c') && !self.keys.is_empty() {
            return self.escape(buffer);
        }
        if key == Key::Ctrl('v') && self.keys.is_empty() {
            return Outcome::Say("there is no block selection; V selects lines".to_owned());
        }
        if key == Key::Char('q') && self.keys.is_empty() && self.recorded().is_some() {
            return self.end_recording();
        }
        self.keys.push(key);
        let visual = matches!(self.mode, Mode::Visual(_));
        match parse::parse(&self.keys, visual) {
            Parse::More => Outcome::Done,
            Parse::Wrong => {
                // A key of Ctrl that begins nothing here may be a command's.
                let alone = self.keys.len() == 1 && matches!(key, Key::Ctrl(_));
                self.keys.clear();
                self.failed = true;
                if alone {
                    Outcome::Unknown
                } else {
                    Outcome::Done
                }
            }
            Parse::Pattern(sign) => {
                self.open_prompt(buffer, sign, String::new());
                Outcome::Done
            }
            Parse::Done(command) => {
                let keys = std::mem::take(&mut self.keys);
                self.command(buffer, command, &keys)
            }
        }
    }

    fn escape(&mut self, buffer: &mut Buffer) -> Outcome {
        self.keys.clear();
        match self.mode {
            Mode::Visual(_) => {
                self.remember_visual(buffer);
                self.normal(buffer);
            }
            _ => self.normal(buffer),
        }
        Outcome::Done
    }

    fn normal(&mut self, buffer: &mut Buffer) {
        self.mode = Mode::Normal;
        buffer.at.anchor = None;
        buffer.shape = Shape::Block;
        buffer.at.head = buffer.on_character(buffer.at.head);
    }

    fn remember_visual(&mut self, buffer: &Buffer) {
        if let (Mode::Visual(lines), Some(anchor)) = (self.mode, buffer.at.anchor) {
            self.visual = Some((anchor, buffer.at.head, lines));
        }
    }

    fn start_visual(&mut self, buffer: &mut Buffer, lines: bool) {
        self.mode = Mode::Visual(lines);
        buffer.at.anchor.get_or_insert(buffer.at.head);
        buffer.shape = if lines {
            Shape::Lines
        } else {
            Shape::Characters
        };
    }

    /// Does a command, and remembers it when it changed something.
    fn command(&mut self, buffer: &mut Buffer, command: Command, keys: &[Key]) -> Outcome {
        let changes = changes(command.verb);
        if changes && buffer.read_only.is_some() {
            return Outcome::Refused;
        }
        let remembered =
            changes && !matches!(command.verb, Verb::Act(Act::Undo | Act::Redo | Act::Repeat));
        let change = (remembered && !self.repeating).then(|| Change {
            keys: keys.get(command.prefix..).unwrap_or_default().to_vec(),
            count: command.count,
            register: command.register,
            inserted: Vec::new(),
            extent: self.extent(buffer),
        });
        let outcome = match command.verb {
            Verb::Move(motion) => self.go(buffer, motion, command.count),
            Verb::Operate(operator, target) => self.operate(buffer, operator, target, &command),
            Verb::Act(act) => self.act(buffer, act, &command),
        };
        if let Some(change) = change {
            if self.mode == Mode::Insert {
                self.recording = Some(change);
            } else {
                self.last = Some(change);
            }
        }
        outcome
    }

    fn extent(&self, buffer: &Buffer) -> Option<(usize, usize, bool)> {
        let Mode::Visual(lines) = self.mode else {
            return None;
        };
        let range = buffer.selection()?;
        let (first, last) = (
            buffer.line_of(range.start),
            buffer.line_of(range.end.max(1) - 1),
        );
        let from = if first == last {
            range.start
        } else {
            buffer.start_of(last)
        };
        Some((last - first, range.end.saturating_sub(from).max(1), lines))
    }

    fn go(&mut self, buffer: &mut Buffer, motion: parse::Move, count: Option<usize>) -> Outcome {
        let landing = buffer.landing(motion, count, &mut self.memory);
        if let parse::Move::Search(_) | parse::Move::Star(_) = motion {
            buffer.found = self
                .memory
                .search
                .as_ref()
                .map(|(pattern, _)| pattern.clone());
        }
        let Some(landing) = landing else {
            self.failed = true;
            return match motion {
                parse::Move::Search(_) if self.memory.search.is_none() => {
                    Outcome::Say("nothing was looked for yet; / looks for something".to_owned())
                }
                parse::Move::Search(_) => Outcome::Say("nothing found".to_owned()),
                parse::Move::Mark(name, _) => Outcome::Say(format!("there is no mark {name}")),
                _ => Outcome::Done,
            };
        };
        if landing.jump {
            buffer.places.insert('\'', buffer.at.head);
        }
        // A step that leads nowhere ends what is played.
        self.failed |= match motion {
            parse::Move::Left | parse::Move::Right => landing.to == buffer.at.head,
            parse::Move::Up | parse::Move::Down => {
                buffer.line_of(landing.to) == buffer.line_of(buffer.at.head)
            }
            _ => false,
        };
        let scrolls = [
            parse::Move::HalfDown,
            parse::Move::HalfUp,
            parse::Move::PageDown,
            parse::Move::PageUp,
        ];
        if scrolls.contains(&motion) {
            let by = buffer.line_of(landing.to).cast_signed()
                - buffer.line_of(buffer.at.head).cast_signed();
            buffer.top = buffer.top.saturating_add_signed(by).min(buffer.last_line());
        }
        buffer.at.head = buffer.on_character(landing.to);
        buffer.goal = landing.goal;
        buffer.following = true;
        buffer.history.seal();
        Outcome::Done
    }

    /// From here on text is typed, as part of one step.
    fn start_insert(&mut self, buffer: &mut Buffer, at: usize, count: usize, again: Again) {
        self.mode = Mode::Insert;
        buffer.shape = Shape::Bar;
        buffer.at = Selection {
            head: at,
            anchor: None,
        };
        buffer.goal = None;
        buffer.following = true;
        self.repeat = (count, again);
        buffer.history.begin();
    }

    fn insert_key(&mut self, buffer: &mut Buffer, event: &KeyEvent, page: usize) -> Outcome {
        let key = Key::of(event);
        if matches!(key, Some(Key::Esc | Key::Ctrl('c'))) {
            self.leave_insert(buffer, page);
            return Outcome::Done;
        }
        let used = self.typed(buffer, event, page);
        if used == Outcome::Done
            && let Some(change) = &mut self.recording
        {
            change.inserted.push(*event);
        }
        used
    }

    fn typed(&mut self, buffer: &mut Buffer, event: &KeyEvent, page: usize) -> Outcome {
        if std::mem::take(&mut self.names_register) {
            if let KeyCode::Char(name) = event.code {
                let text = self
                    .register(Some(name))
                    .map(|register| register.text.clone());
                buffer.insert(&text.unwrap_or_default());
            }
            return Outcome::Done;
        }
        let control = event.modifiers == KeyModifiers::CONTROL;
        match event.code {
            KeyCode::Char('w') if control => buffer.delete(Motion::WordLeft),
            KeyCode::Char('h') if control => buffer.delete(Motion::Left),
            KeyCode::Char('u') if control => {
                let line = buffer.line_of(buffer.at.head);
                let (first, head) = (buffer.first_in(line), buffer.at.head);
                let from = if first < head {
                    first
                } else {
                    buffer.start_of(line)
                };
                buffer.replace(from..head, "", super::history::Kind::Other);
            }
            KeyCode::Char('t') if control => {
                let lines = buffer.touched_lines();
                buffer.indent_lines(lines, 1);
            }
            KeyCode::Char('d') if control => buffer.dedent(),
            KeyCode::Char('r') if control => self.names_register = true,
            _ => {
                if super::keys::motion(event, page).is_some() {
                    // What is typed elsewhere is a step of its own.
                    buffer.history.end();
                    buffer.history.begin();
                }
                return match plain_key(buffer, event, page) {
                    Typed::Done => Outcome::Done,
                    Typed::Refused => Outcome::Refused,
                    Typed::Unknown => Outcome::Unknown,
                };
            }
        }
        Outcome::Done
    }

    fn leave_insert(&mut self, buffer: &mut Buffer, page: usize) {
        self.names_register = false;
        let change = self.recording.take();
        let (count, again) = std::mem::take(&mut self.repeat);
        if let Some(change) = &change {
            for _ in 1..count.min(1_000) {
                match again {
                    Again::Inline => {}
                    Again::Below => self.open_line(buffer, true),
                    Again::Above => self.open_line(buffer, false),
                }
                for event in &change.inserted {
                    self.typed(buffer, event, page);
                }
            }
        }
        buffer.trim_blank_line();
        buffer.history.end();
        let head = buffer.at.head;
        if head > buffer.start_of(buffer.line_of(head)) {
            buffer.at.head = buffer.before(head);
        }
        self.normal(buffer);
        if change.is_some() {
            self.last = change;
        }
    }

    /// Does the last change again.
    fn repeat(&mut self, buffer: &mut Buffer, count: Option<usize>) -> Outcome {
        let Some(mut change) = self.last.clone() else {
            return Outcome::Say("nothing was changed yet".to_owned());
        };
        change.count = count.or(change.count);
        if let Some((lines, characters, whole)) = change.extent {
            buffer.at.anchor = Some(buffer.at.head);
            let here = buffer.line_of(buffer.at.head);
            let last = (here + lines).min(buffer.last_line());
            let from = if lines == 0 {
                buffer.at.head
            } else {
                buffer.start_of(last)
            };
            let to = (from + characters - 1).min(buffer.line_end_at(last));
            buffer.at.head = buffer.on_character(to);
            self.start_visual(buffer, whole);
        }
        let visual = matches!(self.mode, Mode::Visual(_));
        let Parse::Done(parsed) = parse::parse(&change.keys, visual) else {
            return Outcome::Done;
        };
        let command = Command {
            count: change.count,
            register: change.register,
            ..parsed
        };
        self.repeating = true;
        buffer.history.begin();
        let outcome = self.command(buffer, command, &change.keys);
        if self.mode == Mode::Insert {
            let page = buffer.rows.max(1);
            for event in &change.inserted {
                self.typed(buffer, event, page);
            }
            self.recording = Some(change.clone());
            self.leave_insert(buffer, page);
        }
        buffer.history.end();
        self.repeating = false;
        self.last = Some(change);
        outcome
    }

    fn register(&self, name: Option<char>) -> Option<&Register> {
        let name = name.unwrap_or('"').to_ascii_lowercase();
        self.registers.get(&name)
    }

    /// Keeps a text; gives it back when the clipboard is to have it too.
    fn store(&mut self, name: Option<char>, register: Register, yanked: bool) -> Option<String> {
        match name {
            Some('_') => return None,
            Some(name) if name.is_ascii_uppercase() => {
                let old = self.registers.entry(name.to_ascii_lowercase()).or_default();
                if register.lines && !old.text.is_empty() && !old.text.ends_with('\n') {
                    old.text.push('\n');
                }
                old.text.push_str(&register.text);
                old.lines |= register.lines;
            }
            Some(name) => {
                self.registers.insert(name, register.clone());
            }
            None if yanked => {
                self.registers.insert('0', register.clone());
            }
            None => {}
        }
        let text = matches!(name, Some('+' | '*')).then(|| register.text.clone());
        self.registers.insert('"', register);
        text
    }

    fn open_prompt(&mut self, buffer: &Buffer, sign: char, text: String) {
        self.prompt = Some(Prompt {
            sign,
            input: Input::new(&text),
            origin: buffer.at,
            top: buffer.top,
            keys: std::mem::take(&mut self.keys),
            older: 0,
            offered: None,
        });
    }

    /// Takes a text pasted into the line typed behind `:` or `/`, or, in normal mode, into the text;
    /// false when there is no line.
    pub fn paste(&mut self, buffer: &mut Buffer, text: &str) -> bool {
        let Some(prompt) = &mut self.prompt else {
            return false;
        };
        prompt.input.insert(text);
        self.look_ahead(buffer);
        true
    }

    fn prompt_key(&mut self, buffer: &mut Buffer, event: &KeyEvent) -> Outcome {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let Some(prompt) = &mut self.prompt else {
            return Outcome::Unknown;
        };
        let emptied = event.code == KeyCode::Backspace && prompt.input.text().is_empty();
        match event.code {
            KeyCode::Enter => return self.take_prompt(buffer),
            KeyCode::Char('[' | 'c') if control => self.drop_prompt(buffer),
            KeyCode::Esc => self.drop_prompt(buffer),
            _ if emptied => self.drop_prompt(buffer),
            KeyCode::Up | KeyCode::Down => {
                let up = event.code == KeyCode::Up;
                let sign = prompt.sign;
                let older = if up {
                    prompt.older + 1
                } else {
                    prompt.older.saturating_sub(1)
                };
                let same = self.typed.iter().rev().filter(|(one, _)| *one == sign);
                let found = older.checked_sub(1).and_then(|at| same.clone().nth(at));
                match found {
                    Some((_, text)) => prompt.input = Input::new(text),
                    None if older == 0 => prompt.input = Input::default(),
                    None => return Outcome::Done,
                }
                prompt.older = older;
                self.look_ahead(buffer);
            }
            _ => {
                if !prompt.input.key(event) {
                    return Outcome::Unknown;
                }
                prompt.offered = None;
                self.look_ahead(buffer);
            }
        }
        self.settle(buffer);
        Outcome::Done
    }

    /// Shows what a pattern finds while it is typed.
    fn look_ahead(&mut self, buffer: &mut Buffer) {
        let Some(prompt) = self.prompt.as_ref().filter(|prompt| prompt.sign != ':') else {
            return;
        };
        let Ok(pattern) = Pattern::new(prompt.input.text(), REGEX) else {
            return;
        };
        buffer.found.clone_from(&pattern);
        let from = prompt.origin.head;
        let forward = prompt.sign == '/';
        let from = if forward { buffer.after(from) } else { from };
        let found = pattern.and_then(|pattern| buffer.search(&pattern, from, forward, None));
        buffer.at.head = found.map_or(prompt.origin.head, |range| range.start);
        buffer.following = true;
    }

    fn drop_prompt(&mut self, buffer: &mut Buffer) {
        if let Some(prompt) = self.prompt.take()
            && prompt.sign != ':'
        {
            buffer.at = prompt.origin;
            buffer.top = prompt.top;
            buffer.found = self
                .memory
                .search
                .as_ref()
                .map(|(pattern, _)| pattern.clone());
        }
    }

    fn take_prompt(&mut self, buffer: &mut Buffer) -> Outcome {
        let Some(prompt) = self.prompt.take() else {
            return Outcome::Unknown;
        };
        let text = prompt.input.text().to_owned();
        if !text.is_empty() {
            self.typed.retain(|one| *one != (prompt.sign, text.clone()));
            self.typed.push((prompt.sign, text.clone()));
            let surplus = self.typed.len().saturating_sub(HISTORY);
            self.typed.drain(..surplus);
        }
        let outcome = if prompt.sign == ':' {
            self.command_line(buffer, &text)
        } else {
            self.look_for(buffer, &prompt, &text)
        };
        self.settle(buffer);
        outcome
    }

    fn look_for(&mut self, buffer: &mut Buffer, prompt: &Prompt, text: &str) -> Outcome {
        buffer.at = prompt.origin;
        match Pattern::new(text, REGEX) {
            Err(why) => return Outcome::Say(why),
            Ok(Some(pattern)) => self.memory.search = Some((pattern, prompt.sign == '?')),
            // Nothing typed looks for the same again.
            Ok(None) => {
                if let Some((_, back)) = &mut self.memory.search {
                    *back = prompt.sign == '?';
                }
            }
        }
        let mut keys = prompt.keys.clone();
        let visual = matches!(self.mode, Mode::Visual(_));
        if keys.last() == Some(&Key::Char(prompt.sign)) {
            keys.pop();
        }
        keys.push(Key::Char('n'));
        match parse::parse(&keys, visual) {
            Parse::Done(command) => {
                let outcome = self.command(buffer, command, &keys);
                match outcome {
                    Outcome::Say(_) => Outcome::Say(format!("{text} is not found")),
                    other => other,
                }
            }
            _ => Outcome::Done,
        }
    }

    /// A register as text, for tests.
    #[cfg(test)]
    fn text_of(&self, name: char) -> Option<(&str, bool)> {
        let register = self.registers.get(&name)?;
        Some((&register.text, register.lines))
    }
}

/// How patterns are read here.
const REGEX: Reading = Reading {
    regex: true,
    exact: false,
    word: false,
};

/// True when a command changes the text, or is about to.
fn changes(verb: Verb) -> bool {
    match verb {
        Verb::Move(_) | Verb::Operate(parse::Operator::Yank, _) => false,
        Verb::Operate(..) => true,
        Verb::Act(act) => !matches!(
            act,
            Act::Mark(_)
                | Act::Visual(_)
                | Act::VisualAgain
                | Act::OtherEnd
                | Act::Select(..)
                | Act::Scroll(_)
                | Act::ScrollBy(_)
                | Act::Prompt(_)
                | Act::NextFile(_)
                | Act::Close(_)
                | Act::Record(_)
                | Act::Play(_)
                | Act::Missing(_)
        ),
    }
}

#[cfg(test)]
mod tests;
