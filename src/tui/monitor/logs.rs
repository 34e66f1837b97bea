//! What was logged: of all generators or of one, from a level up, searched, followed.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent};

use super::filter::Pattern;
use super::list::List;
use crate::instance::{LogLevel, LogPage, LogQuery, LogRecord};
use crate::tui::app::{App, Prompt};
use crate::tui::text;

/// Most records kept, and most of their bytes.
const KEPT: usize = 10_000;
const KEPT_BYTES: usize = 8 << 20;
/// Most records asked for at once.
const PAGE: usize = 2_000;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// What was logged.
    Record(LogRecord),
    /// So many records came and were not kept long enough to be seen here.
    Missed(u64),
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::Record(record) => record.message.len(),
            Self::Missed(_) => 0,
        }
    }
}

/// What the screen remembers.
#[derive(Debug)]
pub struct State {
    /// Number of the latest record that was given.
    after: u64,
    kept: VecDeque<Entry>,
    bytes: usize,
    /// How many entries went away at the front; the entry at `index` has the number `gone + index`.
    gone: u64,
    /// Numbers of the entries that are shown, the oldest first.
    shown: VecDeque<u64>,
    /// Records that came and are not kept any more, here or at the instance.
    pub missed: u64,
    /// Only of this generator.
    pub only: Option<String>,
    /// Only what is at least that serious.
    pub least: LogLevel,
    /// What is looked for, and as it was typed.
    pub search: Option<(Pattern, String)>,
    /// Long records take several rows.
    pub wrap: bool,
    /// The latest record is the chosen one, whatever comes.
    pub follow: bool,
    /// Where one stands.
    pub list: List,
    width: usize,
    height: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            after: 0,
            kept: VecDeque::new(),
            bytes: 0,
            gone: 0,
            shown: VecDeque::new(),
            missed: 0,
            only: None,
            least: LogLevel::Debug,
            search: None,
            wrap: false,
            follow: true,
            list: List::default(),
            width: 0,
            height: 0,
        }
    }
}

impl State {
    /// What to ask for. Always the log of all: so the screen can change between all and one at once.
    pub fn wants(&self) -> LogQuery {
        LogQuery {
            generator: None,
            after: self.after,
            most: PAGE,
        }
    }

    /// Takes records in; false when nothing is new.
    pub fn heard(&mut self, page: LogPage) -> bool {
        let news = page.missed > 0 || !page.records.is_empty();
        // What came before this screen was first opened was never to be seen here.
        if page.missed > 0 && self.after > 0 {
            self.missed += page.missed;
            self.keep(Entry::Missed(page.missed));
        }
        for record in page.records {
            // An answer to a question that was asked twice.
            if record.number > self.after {
                self.after = record.number;
                self.keep(Entry::Record(record));
            }
        }
        news
    }

    /// Another instance, or the same one anew: its records count from the start.
    pub fn start_over(&mut self) {
        let old = std::mem::take(self);
        *self = Self {
            only: old.only,
            least: old.least,
            search: old.search,
            wrap: old.wrap,
            width: old.width,
            height: old.height,
            ..Self::default()
        };
    }

    fn keep(&mut self, entry: Entry) {
        self.bytes += entry.bytes();
        if self.lets(&entry) {
            self.shown.push_back(self.gone + self.kept.len() as u64);
        }
        self.kept.push_back(entry);
        while self.kept.len() > KEPT || self.bytes > KEPT_BYTES && self.kept.len() > 1 {
            let Some(oldest) = self.kept.pop_front() else {
                return;
            };
            self.bytes -= oldest.bytes();
            self.gone += 1;
            if self.shown.front().is_some_and(|number| *number < self.gone) {
                self.shown.pop_front();
                self.list.lost(1);
            }
        }
        if self.follow {
            self.list.choose(self.shown.len().saturating_sub(1));
        }
    }

    fn lets(&self, entry: &Entry) -> bool {
        let Entry::Record(record) = entry else {
            return true;
        };
        record.level >= self.least && (self.only.is_none() || record.generator == self.only)
    }

    /// Looks through what is kept again; one stays near where one was.
    fn refilter(&mut self) {
        let chosen = self.shown.get(self.list.chosen).copied();
        let numbered = (self.gone..).zip(&self.kept);
        let passing = numbered.filter(|(_, entry)| self.lets(entry));
        self.shown = passing.map(|(number, _)| number).collect();
        let last = self.shown.len().saturating_sub(1);
        let at = chosen.filter(|_| !self.follow).map_or(last, |number| {
            self.shown.partition_point(|one| *one < number)
        });
        self.list.choose(at.min(last));
    }

    /// Entries kept, shown or not.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Entries shown.
    pub fn count(&self) -> usize {
        self.shown.len()
    }

    /// An entry of those shown.
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        let number = self.shown.get(index)?;
        let at = usize::try_from(number.checked_sub(self.gone)?).ok()?;
        self.kept.get(at)
    }

    /// Of one generator only, or of all again.
    pub fn set_only(&mut self, only: Option<String>) {
        self.only = only;
        self.refilter();
    }

    /// The next higher level, from the highest back to all.
    pub fn next_level(&mut self) {
        self.least = match self.least {
            LogLevel::Debug => LogLevel::Info,
            LogLevel::Info => LogLevel::Warn,
            LogLevel::Warn => LogLevel::Error,
            LogLevel::Error => LogLevel::Debug,
        };
        self.refilter();
    }

    /// Moves the choice; following goes on at the end only.
    pub fn go(&mut self, by: isize) {
        self.list.go(by, self.shown.len());
        self.follow &= self.list.chosen + 1 >= self.shown.len();
    }

    /// Chooses one.
    pub fn pick(&mut self, index: usize) {
        self.follow = false;
        self.list.choose(index);
    }

    /// Scrolls by rows.
    pub fn scroll(&mut self, by: isize) {
        let mut list = self.list;
        list.scroll(by, self.shown.len(), &|index| self.rows_of(index));
        self.list = list;
        self.follow &= by >= 0;
    }

    /// To the end, and stays there.
    pub fn end(&mut self) {
        self.follow = true;
        self.list.choose(self.shown.len().saturating_sub(1));
    }

    /// Rows of an entry.
    fn rows_of(&self, index: usize) -> usize {
        match self.entry(index) {
            Some(Entry::Record(record)) => self.rows(&record.message).len(),
            _ => 1,
        }
    }

    /// The rows of a message.
    pub fn rows<'a>(&self, message: &'a str) -> Vec<&'a str> {
        if !self.wrap {
            return vec![message];
        }
        let rows: Vec<&str> = text::break_lines(message, self.width.max(1))
            .map(|range| message.get(range).unwrap_or_default())
            .collect();
        if rows.is_empty() { vec![message] } else { rows }
    }

    /// Brings the list in step with the place for it.
    pub fn settle(&mut self, width: usize, height: usize) {
        let prefix = columns(width).iter().map(|cells| cells + 1).sum::<usize>() + MARK;
        (self.width, self.height) = (width.saturating_sub(prefix + 1), height);
        let mut list = self.list;
        list.settle(self.shown.len(), height, &|index| self.rows_of(index));
        self.list = list;
    }

    /// The entry at a row of the view, and which row of it.
    pub fn at(&self, row: usize) -> Option<(usize, usize)> {
        self.list
            .at(row, self.shown.len(), &|index| self.rows_of(index))
    }

    /// Goes to the next match in a direction, round the ends; false when there is none.
    pub fn find(&mut self, forward: bool, here: bool) -> bool {
        let count = self.shown.len();
        let Some((pattern, _)) = &self.search else {
            return false;
        };
        let from = self.list.chosen;
        let steps = usize::from(!here)..=count;
        let found = steps
            .map(|step| {
                if forward {
                    from + step
                } else {
                    from + count - step.min(count)
                }
            })
            .map(|at| at % count.max(1))
            .find(|at| match self.entry(*at) {
                Some(Entry::Record(record)) => pattern.is_in(&record.message),
                _ => false,
            });
        if let Some(at) = found {
            self.follow = false;
            self.list.choose(at);
        }
        found.is_some()
    }

    /// Looks for a text from now on, or for nothing; goes to the latest that has it, since what one looks
    /// for has usually just happened.
    ///
    /// # Errors
    /// Says what is wrong with a pattern; the search before stays.
    pub fn look_for(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            self.search = None;
            return Ok(());
        }
        self.search = Some((Pattern::parse(text)?, text.to_owned()));
        self.find(false, true);
        Ok(())
    }

    /// How many of those shown have what is looked for, in words.
    pub fn matches(&self) -> String {
        let Some((pattern, _)) = &self.search else {
            return String::new();
        };
        let having = (0..self.shown.len()).filter(|index| match self.entry(*index) {
            Some(Entry::Record(record)) => pattern.is_in(&record.message),
            _ => false,
        });
        let (found, shown) = (having.count() as u64, self.shown.len() as u64);
        format!(
            "{} of {} records have it",
            text::grouped(found),
            text::grouped(shown)
        )
    }
}

/// Cells of the mark in front of a row.
pub const MARK: usize = 2;

/// Cells of time, level and generator; a blank stands behind each.
pub fn columns(width: usize) -> [usize; 3] {
    match width {
        0..60 => [8, 1, 0],
        60..100 => [8, 5, 10],
        100..150 => [12, 5, 14],
        _ => [23, 5, 20],
    }
}

/// A key that no command took.
pub fn key(app: &mut App, key: &KeyEvent) {
    let state = &mut app.monitor.logs;
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

impl App {
    /// Asks what to look for; goes there while it is typed.
    pub fn logs_search(&mut self) {
        let before = self.monitor.logs.search.as_ref();
        let before = before.map_or(String::new(), |(_, text)| text.clone());
        let help = "a text, or a /pattern/; a capital letter makes it exact";
        let prompt = Prompt::new("Search the log", help, |app, text| {
            app.monitor.logs.look_for(text)
        });
        let prompt = prompt
            .text(&before)
            .follow(|app, text| drop(app.monitor.logs.look_for(text)))
            .meaning(|app, text| {
                Pattern::parse(text)?;
                Ok(app.monitor.logs.matches())
            });
        self.ask(prompt);
    }

    /// The log of the chosen generator only, or of all.
    pub fn logs_only(&mut self) {
        let only = match self.monitor.logs.only {
            Some(_) => None,
            None => self.monitor.chosen.clone(),
        };
        self.monitor.logs.set_only(only);
    }

    /// Follows the log, or stays where one is.
    pub fn logs_follow(&mut self) {
        let logs = &mut self.monitor.logs;
        if logs.follow {
            logs.follow = false;
        } else {
            logs.end();
        }
    }

    /// The next match of the search, or the one before.
    pub fn logs_find(&mut self, forward: bool) {
        if !self.monitor.logs.find(forward, false) {
            self.info("nothing has it");
        }
    }

    /// Copies the chosen record.
    pub fn logs_copy(&mut self) {
        let zone = self.zone();
        let logs = &self.monitor.logs;
        if let Some(Entry::Record(record)) = logs.entry(logs.list.chosen) {
            let at = text::date_time(zone.at_instant(record.at_us));
            let from = record.generator.as_deref().unwrap_or("-");
            let text = format!("{at} {} {from} {}", word(record.level), record.message);
            self.copy_text(text);
        }
    }
}

/// A level as shown.
pub fn word(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}
