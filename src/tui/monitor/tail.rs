//! Events of one generator as they are made: what is kept of them, which are shown, freezing, expanding.
//!
//! What the instance gives is a sample of what the generator makes; how much of it is always counted.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::filter::Filter;
use super::list::List;
use super::tail_json;
use crate::config::near;
use crate::instance::{TailEvent, TailPage, TailQuery};
use crate::tui::app::{App, Prompt};
use crate::tui::text;

/// Most events kept, and most of their bytes.
const KEPT: usize = 3_000;
const KEPT_BYTES: usize = 6 << 20;
/// Most events that wait while the view is frozen.
const WAITING: usize = 1_000;
/// Most events asked for at once.
const PAGE: usize = 400;
/// Cells of events a second over a slow connection: what is left of its bytes for new rows.
const LOW_CELLS: usize = 260;
/// The latest events that are looked through for the names of fields.
const LOOKED: usize = 30;
/// Most names that a hint lists.
const NAMES: usize = 8;

/// What the screen remembers.
#[derive(Debug, Default)]
pub struct State {
    /// The generator that all of it is about.
    of: Option<String>,
    /// Number of the latest event that was given.
    after: u64,
    serial: u64,
    /// Events that the generator made since the tap is on.
    pub seen: u64,
    /// Events that were given since then.
    pub given: u64,
    kept: VecDeque<Arc<TailEvent>>,
    bytes: usize,
    /// Those that the filter lets through, the oldest first.
    pub shown: VecDeque<Arc<TailEvent>>,
    waiting: VecDeque<Arc<TailEvent>>,
    /// Events that came while frozen and had no room to wait.
    pub passed: u64,
    /// Nothing new is shown.
    pub frozen: bool,
    /// What is let through.
    pub filter: Option<Filter>,
    /// Long events take several rows.
    pub wrap: bool,
    /// An opened event is shown as it was made, not as pretty JSON.
    pub raw: bool,
    /// Number of the opened event.
    open: Option<u64>,
    /// Where one stands.
    pub list: List,
    /// Cells of a row.
    width: usize,
    height: usize,
    /// False from when one goes up until one is at the end again.
    unfollowed: bool,
    /// Little is to be sent.
    low: bool,
    /// Events that were shown and are forgotten: with them every event shown has a number of its own.
    forgotten: usize,
}

impl State {
    /// What to ask for.
    pub fn wants(&self, chosen: Option<&str>) -> Option<(String, TailQuery)> {
        let known = self.of.as_deref() == chosen;
        let query = TailQuery {
            after: if known { self.after } else { 0 },
            most: if self.low { self.few() } else { PAGE },
        };
        Some((chosen?.to_owned(), query))
    }

    /// Events a second that a slow connection has room for.
    fn few(&self) -> usize {
        (LOW_CELLS / (self.width + PREFIX).max(1)).clamp(1, 4)
    }

    /// True when the latest events are written over the oldest in view instead of moving all rows: over a
    /// slow connection that would take seconds for each.
    pub fn turns(&self) -> bool {
        self.low && self.follows() && !self.wrap && self.open.is_none() && self.height > 0
    }

    /// The events in view while it [`turns`](Self::turns): the row and the index of each, and whether it
    /// is the latest.
    pub fn turned(&self) -> impl Iterator<Item = (usize, usize, bool)> {
        let (count, height) = (self.shown.len(), self.height.max(1));
        let row = move |index: usize| (self.forgotten + index) % height;
        (count.saturating_sub(height)..count)
            .map(move |index| (row(index), index, index + 1 == count))
    }

    /// Takes events in; false when nothing is new.
    pub fn heard(&mut self, id: &str, page: TailPage) -> bool {
        if self.of.as_deref() != Some(id) {
            self.start_over(id);
        } else if page.seen < self.seen {
            // Another run, or a tap that was off meanwhile: it counts from the start again.
            (self.after, self.given) = (0, 0);
        }
        let news = self.seen != page.seen || !page.events.is_empty();
        self.seen = page.seen;
        for mut event in page.events {
            self.after = self.after.max(event.number);
            self.given += 1;
            // Numbers of their own: those of the instance begin again with every run.
            self.serial += 1;
            event.number = self.serial;
            let event = Arc::new(event);
            if self.frozen {
                self.wait(event);
            } else {
                self.keep(event);
            }
        }
        news
    }

    fn start_over(&mut self, id: &str) {
        let old = std::mem::take(self);
        *self = Self {
            of: Some(id.to_owned()),
            filter: old.filter,
            wrap: old.wrap,
            raw: old.raw,
            serial: old.serial,
            width: old.width,
            height: old.height,
            low: old.low,
            ..Self::default()
        };
    }

    fn wait(&mut self, event: Arc<TailEvent>) {
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
            self.passed += 1;
        }
        self.waiting.push_back(event);
    }

    fn keep(&mut self, event: Arc<TailEvent>) {
        self.bytes += event.text.len();
        if self.lets(&event) {
            self.shown.push_back(Arc::clone(&event));
        }
        self.kept.push_back(event);
        while self.kept.len() > KEPT || self.bytes > KEPT_BYTES && self.kept.len() > 1 {
            let Some(oldest) = self.kept.pop_front() else {
                return;
            };
            self.bytes -= oldest.text.len();
            if self
                .shown
                .front()
                .is_some_and(|one| Arc::ptr_eq(one, &oldest))
            {
                self.shown.pop_front();
                self.forgotten += 1;
                self.list.lost(1);
            }
        }
        if self.follows() {
            self.list.choose(self.shown.len().saturating_sub(1));
        }
    }

    fn lets(&self, event: &TailEvent) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter.lets(event.alias.as_deref(), &event.text))
    }

    /// True while the latest event is the chosen one, whatever comes.
    pub fn follows(&self) -> bool {
        !self.frozen && !self.unfollowed
    }

    /// Events kept.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Events that wait until the view goes on.
    pub fn waits(&self) -> usize {
        self.waiting.len()
    }

    /// The chosen event.
    pub fn chosen(&self) -> Option<&TailEvent> {
        self.shown.get(self.list.chosen).map(AsRef::as_ref)
    }

    /// How many of those kept the filter lets through, in words.
    pub fn matches(&self) -> String {
        let (shown, kept) = (self.shown.len() as u64, self.kept.len() as u64);
        let mut words = format!(
            "{} of {} kept match",
            text::grouped(shown),
            text::grouped(kept)
        );
        if let Some(hint) = self.hint() {
            words.push_str(&format!("; {hint}"));
        }
        words
    }

    /// Why nothing may match, and what would.
    fn hint(&self) -> Option<String> {
        let filter = self.filter.as_ref().filter(|_| self.shown.is_empty())?;
        self.kept.back()?;
        let names = self.aliases();
        if filter.asks_alias() && !names.is_empty() {
            return Some(format!("templates seen: {}", listed(&names)));
        }
        let asked = filter.fields();
        if !asked.is_empty() {
            return Some(hint_of_fields(&asked, &self.fields()));
        }
        if filter.is_exact() {
            return Some("a capital letter makes a word exact: try it in small ones".to_owned());
        }
        Some("words are looked for one by one, \"a phrase\" as a whole".to_owned())
    }

    /// Names of fields in the latest events.
    fn fields(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for event in self.kept.iter().rev().take(LOOKED) {
            for name in tail_json::names(&event.text) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Names of templates among what is kept.
    fn aliases(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .kept
            .iter()
            .filter_map(|event| event.alias.as_deref())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Puts another filter in force; what is kept is looked through again.
    pub fn set_filter(&mut self, filter: Option<Filter>) {
        let chosen = self.chosen().map(|event| event.number);
        self.filter = filter;
        let passing = self.kept.iter().filter(|event| self.lets(event));
        self.shown = passing.cloned().collect();
        let last = self.shown.len().saturating_sub(1);
        let nearest = |number| self.shown.iter().position(|one| one.number >= number);
        let at = match chosen {
            Some(number) if !self.follows() => nearest(number).unwrap_or(last),
            _ => last,
        };
        self.list.choose(at);
    }

    /// Stops showing what is new, or goes on with all that waits.
    pub fn toggle_freeze(&mut self) {
        self.frozen = !self.frozen;
        if !self.frozen {
            while let Some(event) = self.waiting.pop_front() {
                self.keep(event);
            }
            self.passed = 0;
            self.end();
        }
    }

    /// Shows one more of those that wait.
    pub fn step(&mut self) -> bool {
        let Some(event) = self.waiting.pop_front() else {
            return false;
        };
        self.keep(event);
        self.list.choose(self.shown.len().saturating_sub(1));
        true
    }

    /// Opens the chosen event, or closes it.
    pub fn toggle_open(&mut self) {
        let number = self.chosen().map(|event| event.number);
        self.open = number.filter(|_| self.open != number);
        self.unfollowed |= self.open.is_some();
        let at = self.list.chosen;
        self.list.choose(at);
    }

    /// True for the event that is shown in full.
    pub fn is_open(&self, event: &TailEvent) -> bool {
        self.open == Some(event.number)
    }

    /// Moves the choice.
    pub fn go(&mut self, by: isize) {
        self.list.go(by, self.shown.len());
        self.unfollowed = self.list.chosen + 1 < self.shown.len();
    }

    /// Chooses one.
    pub fn pick(&mut self, index: usize) {
        self.unfollowed = true;
        self.list.choose(index);
    }

    /// Scrolls by rows.
    pub fn scroll(&mut self, by: isize) {
        let mut list = self.list;
        list.scroll(by, self.shown.len(), &|index| self.rows_of(index));
        self.list = list;
        self.unfollowed |= by < 0;
    }

    fn end(&mut self) {
        self.unfollowed = false;
        self.list.choose(self.shown.len().saturating_sub(1));
    }

    fn rows_of(&self, index: usize) -> usize {
        let event = self.shown.get(index);
        event.map_or(1, |event| self.rows(event).len())
    }

    /// The rows of an event: its own line, or the parts of it.
    pub fn rows<'a>(&self, event: &'a TailEvent) -> Vec<Cow<'a, str>> {
        let width = self.width.max(1);
        if self.is_open(event) {
            let pretty = tail_json::pretty(&event.text).filter(|_| !self.raw);
            let mut rows = vec![Cow::Borrowed("")];
            match pretty {
                Some(pretty) => rows.extend(
                    text::break_lines(&pretty, width)
                        .map(|range| Cow::Owned(pretty.get(range).unwrap_or_default().to_owned())),
                ),
                None => rows.extend(broken(&event.text, width)),
            }
            return rows;
        }
        if self.wrap {
            let rows: Vec<Cow<'a, str>> = broken(&event.text, width).collect();
            if !rows.is_empty() {
                return rows;
            }
        }
        vec![Cow::Borrowed(event.text.as_str())]
    }

    /// Brings the list in step with the place for it.
    pub fn settle(&mut self, width: usize, height: usize, low: bool) {
        self.low = low;
        (self.width, self.height) = (width.saturating_sub(PREFIX + 1), height);
        let mut list = self.list;
        list.settle(self.shown.len(), height, &|index| self.rows_of(index));
        self.list = list;
    }

    /// The event at a row of the view, and which row of it.
    pub fn at(&self, row: usize) -> Option<(usize, usize)> {
        if self.turns() {
            let found = self.turned().find(|(place, ..)| *place == row);
            return found.map(|(_, index, _)| (index, 0));
        }
        self.list
            .at(row, self.shown.len(), &|index| self.rows_of(index))
    }
}

/// Some names, and how many more.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Why fields may match nothing in events with those.
fn hint_of_fields(asked: &[String], seen: &[String]) -> String {
    if seen.is_empty() {
        let words = "events are no JSON here: name=value finds what stands so in the text, /pattern/ the rest";
        return words.to_owned();
    }
    let known = || seen.iter().map(String::as_str);
    let Some(unknown) = asked.iter().find(|name| !seen.contains(name)) else {
        return "the latest events have these fields, with other values".to_owned();
    };
    match near(unknown, known()) {
        Some(meant) => format!("no field {unknown}; did you mean {meant}?"),
        None => format!("no field {unknown}; there is {}", listed(seen)),
    }
}

/// Cells in front of an event's text: a mark, the time of day.
pub const PREFIX: usize = 15;

fn broken(text: &str, width: usize) -> impl Iterator<Item = Cow<'_, str>> {
    text::break_lines(text, width).map(|range| Cow::Borrowed(text.get(range).unwrap_or_default()))
}

/// A key that no command took.
pub fn key(app: &mut App, key: &KeyEvent) {
    let state = &mut app.monitor.tail;
    let page = isize::try_from(state.height.max(2) - 1).unwrap_or(1);
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => state.go(-1),
        KeyCode::Down | KeyCode::Char('j') => state.go(1),
        KeyCode::PageUp => state.go(-page),
        KeyCode::PageDown => state.go(page),
        KeyCode::Home => state.go(isize::MIN),
        KeyCode::End => state.end(),
        _ => {}
    }
}

/// What can be typed into the filter.
pub const FILTER_HELP: &str = "words, \"a phrase\", /pattern/, user.name=alice, status>=500, alias:page, ! before any of them";

impl App {
    /// Asks for a filter. A sound one is in force while it is typed; an unsound one says why and leaves
    /// the one before in force.
    pub fn tail_filter(&mut self) {
        let before = self
            .monitor
            .tail
            .filter
            .as_ref()
            .map_or("", Filter::text)
            .to_owned();
        let prompt = Prompt::new("Filter", FILTER_HELP, |app, text| {
            app.monitor.tail.set_filter(Filter::parse(text)?);
            Ok(())
        });
        let prompt = prompt
            .text(&before)
            .follow(|app, text| {
                if let Ok(filter) = Filter::parse(text) {
                    app.monitor.tail.set_filter(filter);
                }
            })
            .meaning(|app, text| {
                Filter::parse(text)?;
                Ok(app.monitor.tail.matches())
            });
        self.ask(prompt);
    }

    /// Stops showing what is new on the tail, or goes on.
    pub fn tail_freeze(&mut self) {
        self.monitor.tail.toggle_freeze();
    }

    /// Lets one more event into the frozen tail.
    pub fn tail_step(&mut self) {
        if !self.monitor.tail.step() {
            self.info("no event waits");
        }
    }

    /// Takes the filter of the tail away.
    pub fn tail_all(&mut self) {
        self.monitor.tail.set_filter(None);
    }

    /// Copies the chosen event as it was made.
    pub fn tail_copy(&mut self) {
        if let Some(event) = self.monitor.tail.chosen() {
            let text = event.text.clone();
            self.copy_text(text);
        }
    }
}
