//! A list to choose from by typing: commands, files, themes, messages.

use std::ops::Range;
use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Overlay};
use crate::instance::Starter;
use crate::tui::command::{self, Command, Id};
use crate::tui::editor::Input;
use crate::tui::pane;

/// The best that letters can count that are found apart from each other.
const SCATTERED: u32 = 200;
/// Most commands remembered as used.
const RECENT: usize = 8;

/// What an item stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A command.
    Command(Id),
    /// A file.
    File(PathBuf),
    /// A line and character of a file, from 0.
    Place(PathBuf, (usize, usize)),
    /// A theme.
    Theme(&'static str),
    /// A text, to be copied.
    Text(String),
    /// A project to open, by its document.
    Project(PathBuf),
    /// What a new project begins as.
    Starter(&'static Starter),
    /// Something that is there to be read.
    Nothing,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is called.
    pub title: String,
    /// More about it.
    pub detail: String,
    /// Its stable name; found, not shown.
    pub name: &'static str,
    /// Its key, if any, or another word for the right end.
    pub key: String,
    /// Why it cannot be chosen, when it cannot.
    pub refused: Option<&'static str>,
    /// What it stands for.
    pub pick: Pick,
}

impl Item {
    /// An item with a title alone.
    pub fn new(title: String, pick: Pick) -> Self {
        Self {
            title,
            detail: String::new(),
            name: "",
            key: String::new(),
            refused: None,
            pick,
        }
    }

    /// How far a file is from what people write: what runs write comes behind the rest, however well its
    /// name matches. 0 for what is no file.
    fn remoteness(&self) -> u32 {
        match self.pick {
            Pick::File(_) => file_rank(&self.title) * 60,
            _ => 0,
        }
    }
}

/// Ranks a file of the project, by its path in it: the document, templates and what they use, other
/// files, what runs write.
fn file_rank(name: &str) -> u32 {
    let first = name.split(['/', '\\']).next().unwrap_or_default();
    let folder = (first.len() < name.len()).then_some(first);
    match folder {
        None if matches!(name, "generator.yml" | "generator.yaml") => 0,
        Some("templates" | "samples" | "scripts" | "patterns" | "macros") => 1,
        Some("output" | "outputs" | "logs" | "dead-letters" | "dead_letters") => 20,
        _ => 2,
    }
}

/// An item that matches what was typed.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// Which.
    pub item: &'a Item,
    /// Bytes of the title that match, in order.
    pub letters: Vec<Range<usize>>,
}

/// The list.
#[derive(Debug)]
pub struct Palette {
    /// What is listed.
    pub title: &'static str,
    /// What was typed.
    pub input: Input,
    /// Index of the chosen one among those that match.
    pub chosen: usize,
    /// Rows left out at the top of a chosen item that is longer than the list is high.
    pub inner: usize,
    /// All items are shown whole, not the chosen one alone.
    pub unfolded: bool,
    items: Vec<Item>,
}

impl Palette {
    /// Goes up or down by so many items.
    fn go(&mut self, by: isize) {
        let last = self.count().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        self.inner = 0;
    }

    /// The items that match, best first.
    pub fn matching(&self) -> Vec<Match<'_>> {
        let wanted = self.input.text().to_lowercase();
        let mut scored: Vec<(u32, Match<'_>)> = self
            .items
            .iter()
            .filter_map(|item| {
                let bare =
                    |score| move |(own, _): (u32, Vec<Range<usize>>)| (own + score, Vec::new());
                // Words that stand somewhere as they were typed say more than letters that are
                // scattered in a title.
                let behind = |near: u32, far: u32| {
                    move |found: (u32, Vec<Range<usize>>)| {
                        let whole = found.0 < SCATTERED;
                        bare(if whole { near } else { far })(found)
                    }
                };
                let titled = fuzzy(&item.title, &wanted);
                let named = fuzzy(item.name, &wanted).map(behind(60, 500));
                let told = in_words(&item.detail, &wanted).map(behind(120, 1_000));
                let found = [titled, named, told].into_iter().flatten();
                let (score, letters) = found.min_by_key(|(score, _)| *score)?;
                Some((score, Match { item, letters }))
            })
            .collect();
        scored.sort_by_key(|(score, found)| score + found.item.remoteness());
        scored.into_iter().map(|(_, found)| found).collect()
    }

    /// How many items match.
    pub fn count(&self) -> usize {
        self.matching().len()
    }
}

/// The same for a sentence, in which scattered letters would nearly always be found.
fn in_words(text: &str, wanted: &str) -> Option<(u32, Vec<Range<usize>>)> {
    let small = text.to_lowercase();
    let all = wanted.split_whitespace().all(|word| small.contains(word));
    all.then(|| fuzzy(text, wanted)).flatten()
}

/// How badly a text matches, and where; `None` when some word of what is wanted is not there. Whole
/// words first, then stretches, then scattered letters. `wanted` is in small letters.
pub fn fuzzy(text: &str, wanted: &str) -> Option<(u32, Vec<Range<usize>>)> {
    let mut total = 0;
    let mut letters = Vec::new();
    for word in wanted.split_whitespace() {
        let (score, own) = fuzzy_word(text, word)?;
        total += score;
        letters.extend(own);
    }
    letters.sort_by_key(|range: &Range<usize>| range.start);
    Some((total, letters))
}

fn fuzzy_word(text: &str, word: &str) -> Option<(u32, Vec<Range<usize>>)> {
    // Letter by letter, since small letters may take another number of bytes.
    let small: Vec<(usize, char)> = text
        .char_indices()
        .map(|(at, c)| (at, c.to_lowercase().next().unwrap_or(c)))
        .collect();
    let wanted: Vec<char> = word.chars().collect();
    let start_of_word = |index: usize| {
        let before = index.checked_sub(1).and_then(|index| small.get(index));
        before.is_none_or(|(_, c)| !c.is_alphanumeric())
    };
    let bytes = |index: usize| {
        let from = small.get(index).map_or(text.len(), |(at, _)| *at);
        from..small.get(index + 1).map_or(text.len(), |(at, _)| *at)
    };
    let whole = |index: &usize| {
        let tail = small.get(*index..*index + wanted.len());
        tail.is_some_and(|tail| tail.iter().map(|(_, c)| c).eq(wanted.iter()))
    };
    let starts: Vec<usize> = (0..small.len()).filter(whole).collect();
    let best = starts.iter().find(|index| start_of_word(**index));
    if let Some(index) = best.or(starts.first()) {
        let far = u32::try_from(*index).unwrap_or(50).min(50);
        let inside = if best.is_some() { 0 } else { 100 };
        let letters = (*index..*index + wanted.len()).map(bytes).collect();
        return Some((far + inside, letters));
    }
    let mut letters = Vec::new();
    let mut gaps = 0;
    let mut next = 0;
    for c in &wanted {
        let found =
            (next..small.len()).find(|index| small.get(*index).is_some_and(|(_, own)| own == c))?;
        if next > 0 && !start_of_word(found) {
            gaps += found - next;
        }
        letters.push(bytes(found));
        next = found + 1;
    }
    (gaps <= wanted.len() * 4).then(|| {
        (
            SCATTERED + u32::try_from(gaps).unwrap_or(500).min(500),
            letters,
        )
    })
}

impl App {
    /// Lists the commands, those used last first.
    pub fn open_commands(&mut self) {
        let recent = self.recent.iter().filter_map(|id| Command::get(*id));
        let others = command::all().filter(|one| !self.recent.contains(&one.id));
        let place = self.place();
        let items = recent
            .chain(others)
            .map(|command| Item {
                title: command.title.to_owned(),
                detail: command.help.to_owned(),
                name: command.name,
                key: match self.keymap.label_at(command.id, place) {
                    none if none.is_empty() => self.keymap.label(command.id),
                    key => key,
                },
                refused: (command.available)(self).err(),
                pick: Pick::Command(command.id),
            })
            .collect();
        self.open_palette("Commands", items);
    }

    /// Lists the files of the project, the open ones first.
    pub fn open_files(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let files = project.tree.entries.iter().filter(|entry| !entry.folder);
        let mut items: Vec<Item> = files
            .map(|entry| {
                let open = project.buffers.iter().find(|one| one.is_at(&entry.path));
                let key = match open {
                    Some(buffer) if buffer.dirty() => "unsaved",
                    Some(_) => "open",
                    None => "",
                };
                Item {
                    key: key.to_owned(),
                    ..Item::new(
                        project.relative(&entry.path),
                        Pick::File(entry.path.clone()),
                    )
                }
            })
            .collect();
        items.sort_by_key(|item| (item.key.is_empty(), file_rank(&item.title)));
        self.open_palette("Open file", items);
    }

    /// Shows a list to choose from.
    pub fn open_palette(&mut self, title: &'static str, items: Vec<Item>) {
        self.overlays.push(Overlay::Palette(Palette {
            title,
            input: Input::default(),
            chosen: 0,
            inner: 0,
            unfolded: false,
            items,
        }));
    }

    /// One row or item up or down: an item that is longer than the list is high is read on in first.
    fn palette_step(&mut self, down: bool) {
        let last = pane::reach(self).last;
        let Some(Overlay::Palette(palette)) = self.overlays.last_mut() else {
            return;
        };
        match (down, palette.inner.min(last)) {
            (true, inner) if inner < last => palette.inner = inner + 1,
            (false, inner) if inner > 0 => palette.inner = inner - 1,
            (true, _) => palette.go(1),
            (false, _) => palette.go(-1),
        }
    }

    pub(super) fn palette_key(&mut self, key: &KeyEvent) {
        let Some(Overlay::Palette(palette)) = self.overlays.last_mut() else {
            return;
        };
        let first = palette.input.text().is_empty();
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => drop(self.overlays.pop()),
            KeyCode::Char('c' | 'g' | 'q') if control => drop(self.overlays.pop()),
            KeyCode::Up | KeyCode::BackTab => self.palette_step(false),
            KeyCode::Char('p') if control => self.palette_step(false),
            KeyCode::Down | KeyCode::Tab => self.palette_step(true),
            KeyCode::Char('n') if control => self.palette_step(true),
            KeyCode::PageUp => palette.go(-10),
            KeyCode::PageDown => palette.go(10),
            KeyCode::Enter => self.pick(),
            KeyCode::Char(sign @ ('@' | '#')) if first && self.project.is_some() => {
                self.overlays.pop();
                if sign == '@' {
                    self.open_symbols();
                } else {
                    self.open_project_symbols();
                }
            }
            _ => {
                if palette.input.key(key) {
                    palette.chosen = 0;
                    palette.inner = 0;
                }
            }
        }
    }

    /// Takes the chosen item.
    pub(super) fn pick(&mut self) {
        let Some(Overlay::Palette(palette)) = self.overlays.last() else {
            return;
        };
        let picked = palette
            .matching()
            .get(palette.chosen)
            .map(|found| found.item.pick.clone());
        self.overlays.pop();
        match picked {
            Some(Pick::Command(id)) => self.run_picked(id),
            Some(Pick::File(path)) => self.show_file(path, None),
            Some(Pick::Place(path, at)) => {
                self.show_file(path, Some(at));
                self.set_focus(super::Focus::Editor);
            }
            Some(Pick::Theme(name)) => self.choose_theme(name),
            Some(Pick::Text(text)) => {
                self.info("copied");
                self.put_on_clipboard(text);
            }
            Some(Pick::Project(document)) => self.switch_project(document),
            Some(Pick::Starter(starter)) => self.ask_project_name(starter, starter.name, None),
            Some(Pick::Nothing) | None => {}
        }
    }

    /// Runs a command that was chosen from a list, and remembers it.
    pub(super) fn run_picked(&mut self, id: Id) {
        self.recent.retain(|one| *one != id);
        self.recent.insert(0, id);
        self.recent.truncate(RECENT);
        self.run(id);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn score(text: &str, wanted: &str) -> Option<u32> {
        fuzzy(text, wanted).map(|(score, _)| score)
    }

    #[test]
    fn words_match_before_stretches_before_letters() {
        assert!(score("Save all", "all") < score("Install", "all"));
        assert!(score("Install", "all") < score("A long line", "all"));
        assert_eq!(score("Save", "sx"), None);
        assert!(score("Run or stop", "ros").is_some());
        assert!(score("Next theme", "theme next").is_some());
        assert_eq!(score("", "a"), None);
        assert_eq!(score("anything", ""), Some(0));
    }

    #[test]
    fn what_runs_write_comes_behind_what_people_write() {
        let file = |name: &str| Item::new(name.to_owned(), Pick::File(name.into()));
        let palette = Palette {
            title: "",
            input: Input::new("ev"),
            chosen: 0,
            inner: 0,
            unfolded: false,
            items: [
                "output/events.json",
                "event-notes.md",
                "templates/event.json.jinja",
            ]
            .map(file)
            .to_vec(),
        };
        let found: Vec<&str> = palette
            .matching()
            .iter()
            .map(|one| one.item.title.as_str())
            .collect();
        assert_eq!(
            found,
            [
                "templates/event.json.jinja",
                "event-notes.md",
                "output/events.json"
            ]
        );
    }

    #[test]
    fn the_letters_that_match_are_told() {
        let letters = |text: &str, wanted: &str| -> String {
            let (_, letters) = fuzzy(text, wanted).unwrap();
            letters.into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(letters("Run or stop", "ros"), "Ros");
        assert_eq!(letters("Größe ändern", "ä"), "ä");
        assert_eq!(letters("Next theme", "theme ne"), "Netheme");
    }
}
