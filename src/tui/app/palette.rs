//! A list to choose from by typing: commands, or files.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Overlay};
use crate::tui::command::{self, Id};
use crate::tui::editor::Input;

/// What an item stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A command.
    Command(Id),
    /// A file.
    File(PathBuf),
    /// A line and character of a file, from 0.
    Place(PathBuf, (usize, usize)),
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
    /// Its key, if any.
    pub key: String,
    /// Why it cannot be chosen, when it cannot.
    pub refused: Option<&'static str>,
    /// What it stands for.
    pub pick: Pick,
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
    items: Vec<Item>,
}

impl Palette {
    /// The items that match, best first.
    pub fn matching(&self) -> Vec<&Item> {
        let wanted = self.input.text().to_lowercase();
        let mut scored: Vec<(u32, &Item)> = self
            .items
            .iter()
            .filter_map(|item| {
                let title = score(&item.title.to_lowercase(), &wanted);
                let name = score(item.name, &wanted).map(|score| score + 500);
                let detail = score(&item.detail.to_lowercase(), &wanted).map(|score| score + 1_000);
                title.or(name).or(detail).map(|score| (score, item))
            })
            .collect();
        scored.sort_by_key(|(score, _)| *score);
        scored.into_iter().map(|(_, item)| item).collect()
    }
}

/// How badly a text matches: `None` when the letters are not all there in order. Whole words first,
/// then stretches, then scattered letters.
fn score(text: &str, wanted: &str) -> Option<u32> {
    if let Some(at) = text.find(wanted) {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let word = before.is_none_or(|c| !c.is_alphanumeric());
        return Some(u32::try_from(at).unwrap_or(u32::MAX).min(50) + if word { 0 } else { 100 });
    }
    let mut rest = text.char_indices();
    let mut gaps = 0;
    let mut last = None;
    for c in wanted.chars().filter(|c| !c.is_whitespace()) {
        let (at, _) = rest.find(|(_, other)| *other == c)?;
        gaps += last.map_or(0, |last| at - last - 1);
        last = Some(at);
    }
    (gaps <= wanted.len() * 4).then(|| 200 + u32::try_from(gaps).unwrap_or(u32::MAX).min(500))
}

impl App {
    pub fn open_commands(&mut self) {
        let items = command::all()
            .map(|command| Item {
                title: command.title.to_owned(),
                detail: command.help.to_owned(),
                name: command.name,
                key: command.key_label(),
                refused: (command.available)(self).err(),
                pick: Pick::Command(command.id),
            })
            .collect();
        self.open_palette("Commands", items);
    }

    pub fn open_files(&mut self) {
        let Some(project) = &self.project else {
            return;
        };
        let files = project.tree.entries.iter().filter(|entry| !entry.folder);
        let items = files
            .map(|entry| Item {
                title: project.relative(&entry.path),
                detail: String::new(),
                name: "",
                key: String::new(),
                refused: None,
                pick: Pick::File(entry.path.clone()),
            })
            .collect();
        self.open_palette("Open file", items);
    }

    pub(super) fn open_palette(&mut self, title: &'static str, items: Vec<Item>) {
        self.overlays.push(Overlay::Palette(Palette {
            title,
            input: Input::default(),
            chosen: 0,
            items,
        }));
    }

    pub(super) fn palette_key(&mut self, key: &KeyEvent) {
        let Some(Overlay::Palette(palette)) = self.overlays.last_mut() else {
            return;
        };
        let last = palette.matching().len().saturating_sub(1);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => drop(self.overlays.pop()),
            KeyCode::Char('c' | 'g' | 'q') if control => drop(self.overlays.pop()),
            KeyCode::Up | KeyCode::BackTab => palette.chosen = palette.chosen.saturating_sub(1),
            KeyCode::Char('p') if control => palette.chosen = palette.chosen.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => palette.chosen = (palette.chosen + 1).min(last),
            KeyCode::Char('n') if control => palette.chosen = (palette.chosen + 1).min(last),
            KeyCode::PageUp => palette.chosen = palette.chosen.saturating_sub(10),
            KeyCode::PageDown => palette.chosen = (palette.chosen + 10).min(last),
            KeyCode::Enter => self.pick(),
            _ => {
                if palette.input.key(key) {
                    palette.chosen = 0;
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
            .map(|item| item.pick.clone());
        self.overlays.pop();
        match picked {
            Some(Pick::Command(id)) => self.run(id),
            Some(Pick::File(path)) => self.show_file(path, None),
            Some(Pick::Place(path, at)) => {
                self.show_file(path, Some(at));
                self.set_focus(super::Focus::Editor);
            }
            Some(Pick::Nothing) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn words_match_before_stretches_before_letters() {
        assert!(score("save all", "all") < score("install", "all"));
        assert!(score("install", "all") < score("a long line", "all"));
        assert_eq!(score("save", "sx"), None);
        assert!(score("run or stop", "ros").is_some());
    }
}
