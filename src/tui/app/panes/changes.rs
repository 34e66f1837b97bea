//! What the last edit changed in the events: those from before it are kept and compared.

use std::ops::Range;
use std::time::{Duration, Instant};

use unicode_segmentation::UnicodeSegmentation;

use crate::preview::PreviewEvent;
use crate::time::Moment;

/// Edits that follow each other sooner are one.
const ONE_EDIT: Duration = Duration::from_secs(2);

/// Largest table for finding out what two texts have in common.
const LARGEST: usize = 90_000;

/// An event before the edit: its timestamp's number, its part of it, when, and its text.
type Before = (usize, usize, Moment, Option<String>);

/// What the last edit changed.
#[derive(Debug, Default)]
pub struct Changes {
    before: Option<Vec<Before>>,
    edited: Option<Instant>,
    /// The changed parts of each event's text, in bytes; `None` for an event that is as it was.
    pub parts: Vec<Option<Vec<Range<usize>>>>,
}

impl Changes {
    /// Number of events that changed.
    pub fn count(&self) -> usize {
        self.parts.iter().flatten().count()
    }

    /// The text is edited: the events shown now are those to compare with.
    pub(in crate::tui::app) fn edit(&mut self, now: Instant, events: &[PreviewEvent]) {
        let new = self
            .edited
            .is_none_or(|last| now.saturating_duration_since(last) > ONE_EDIT);
        self.edited = Some(now);
        if new || self.before.is_none() {
            let of = |event: &PreviewEvent| {
                let text = event.text.as_ref().ok().cloned();
                (event.number, event.part, event.at, text)
            };
            self.before = Some(events.iter().map(of).collect());
        }
    }

    /// What is shown is another matter from now on: nothing is compared.
    pub(in crate::tui::app) fn forget(&mut self) {
        self.before = None;
        self.parts.clear();
    }

    /// Compares.
    pub(in crate::tui::app) fn compare(&mut self, events: &[PreviewEvent]) {
        let Some(before) = self.before.as_ref().filter(|before| !before.is_empty()) else {
            self.parts.clear();
            return;
        };
        let part = |event: &PreviewEvent| {
            let old = before.iter().find(|(number, part, at, _)| {
                *number == event.number && *part == event.part && *at == event.at
            });
            let new = event.text.as_ref().ok();
            match (old, new) {
                (Some((.., Some(old))), Some(new)) if old == new => None,
                (Some((.., Some(old))), Some(new)) => Some(changed(old, new)),
                (Some((.., None)), None) => None,
                (Some(_), new) => Some(all(new.map_or(0, String::len))),
                // More events than before are no change of those.
                (None, _) => None,
            }
        };
        self.parts = events.iter().map(part).collect();
    }
}

/// The whole of a text of so many bytes.
fn all(length: usize) -> Vec<Range<usize>> {
    std::iter::once(0..length).collect()
}

/// The parts of a text that another did not have. Where something is only missing, what stands there now.
fn changed(old: &str, new: &str) -> Vec<Range<usize>> {
    let (old, new_words): (Vec<&str>, Vec<(usize, &str)>) = (
        old.split_word_bounds().collect(),
        new.split_word_bound_indices().collect(),
    );
    let head = old
        .iter()
        .zip(&new_words)
        .take_while(|(one, (_, other))| *one == other)
        .count();
    let most = old.len().min(new_words.len()) - head;
    let tail = old
        .iter()
        .rev()
        .zip(new_words.iter().rev())
        .take(most)
        .take_while(|(one, (_, other))| *one == other)
        .count();
    let old = old.get(head..old.len() - tail).unwrap_or_default();
    let middle = new_words
        .get(head..new_words.len() - tail)
        .unwrap_or_default();
    let start = |index: usize| new_words.get(index).map_or(new.len(), |(at, _)| *at);
    if middle.is_empty() || old.len() * middle.len() > LARGEST {
        let from = start(head);
        let to = start(head + middle.len()).max(next(new, from));
        return std::iter::once(from..to).collect();
    }
    let kept = common(old, middle);
    let mut out: Vec<Range<usize>> = Vec::new();
    for (index, (at, word)) in middle.iter().enumerate() {
        if kept.get(index) == Some(&true) {
            continue;
        }
        let end = at + word.len();
        match out.last_mut() {
            Some(last) if last.end == *at => last.end = end,
            _ => out.push(*at..end),
        }
    }
    if out.is_empty() {
        let from = start(head);
        out.push(from..next(new, from));
    }
    out
}

/// The end of the word that begins at a byte.
fn next(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.split_word_bounds().next().map_or(0, str::len)
}

/// Which of the new words belong to a longest sequence that the old ones have too.
fn common(old: &[&str], new: &[(usize, &str)]) -> Vec<bool> {
    let columns = new.len() + 1;
    let mut table = vec![0_u32; (old.len() + 1) * columns];
    let at = |row: usize, column: usize| row * columns + column;
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            let same = old.get(row) == new.get(column).map(|(_, word)| word);
            let value = |index: usize| table.get(index).copied().unwrap_or(0);
            let best = match same {
                true => value(at(row + 1, column + 1)) + 1,
                false => value(at(row + 1, column)).max(value(at(row, column + 1))),
            };
            if let Some(cell) = table.get_mut(at(row, column)) {
                *cell = best;
            }
        }
    }
    let value = |row, column| table.get(at(row, column)).copied().unwrap_or(0);
    let mut kept = vec![false; new.len()];
    let (mut row, mut column) = (0, 0);
    while row < old.len() && column < new.len() {
        if old.get(row) == new.get(column).map(|(_, word)| word) {
            if let Some(place) = kept.get_mut(column) {
                *place = true;
            }
            (row, column) = (row + 1, column + 1);
        } else if value(row + 1, column) >= value(row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("{\"a\": 1, \"b\": 2}", "{\"a\": 5, \"b\": 7}", &["5", "7"])]
    #[case("GET /index", "GET /other/index", &["other/"])]
    #[case("one two three", "one three", &["three"])]
    #[case("", "new", &["new"])]
    #[case("gone", "", &[""])]
    #[case("日本 a", "日本 b", &["b"])]
    fn changed_words_are_found(#[case] old: &str, #[case] new: &str, #[case] words: &[&str]) {
        let found: Vec<&str> = changed(old, new)
            .into_iter()
            .map(|range| &new[range])
            .collect();
        assert_eq!(found, words);
    }

    #[test]
    fn texts_that_have_nothing_in_common_take_no_time() {
        let old: String = (0..5_000).map(|n| format!("a{n} ")).collect();
        let new: String = (0..5_000).map(|n| format!("b{n} ")).collect();
        assert_eq!(changed(&old, &new).len(), 1);
    }
}
