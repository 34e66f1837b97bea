//! A single line of text to type into, with a cursor and a selection.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::text::width;

/// The text, where the cursor is and where the selection began.
#[derive(Clone, Debug, Default)]
pub struct Input {
    text: String,
    /// Byte offset, always between graphemes.
    at: usize,
    /// The other end of the selection.
    anchor: Option<usize>,
}

impl Input {
    /// With a text, the cursor behind it.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            at: text.len(),
            anchor: None,
        }
    }

    /// With a text that is selected: what is typed takes its place, and arrows keep it.
    pub fn suggested(text: &str) -> Self {
        Self {
            anchor: Some(0),
            ..Self::new(text)
        }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Cells left of the cursor.
    pub fn cursor(&self) -> usize {
        width(self.text.get(..self.at).unwrap_or_default())
    }

    /// Bytes that are selected.
    pub fn selection(&self) -> Option<Range<usize>> {
        let anchor = self.anchor?;
        let range = anchor.min(self.at)..anchor.max(self.at);
        (!range.is_empty()).then_some(range)
    }

    /// Selects all of it.
    pub fn select_all(&mut self) {
        self.at = self.text.len();
        self.anchor = Some(0);
    }

    /// The part that is seen in so many cells, in bytes: one that holds the cursor; and the cells left of
    /// the cursor in it.
    pub fn window(&self, room: usize) -> (Range<usize>, usize) {
        let cursor = self.cursor();
        let skipped = (cursor + 1).saturating_sub(room);
        let mut cells = 0;
        let start = self.text.grapheme_indices(true).find(|(_, part)| {
            let here = cells >= skipped;
            cells += width(part);
            here
        });
        let start = start.map_or(self.text.len(), |(at, _)| at).min(self.at);
        let before = width(self.text.get(..start).unwrap_or_default());
        (start..self.text.len(), cursor.saturating_sub(before))
    }

    /// Inserts a text without line ends, in place of what is selected.
    pub fn insert(&mut self, text: &str) {
        self.drop_selected();
        for c in text.chars().filter(|c| !c.is_control()) {
            self.text.insert(self.at, c);
            self.at += c.len_utf8();
        }
    }

    /// Takes a key; false when it is none of an input's.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        let word = control || alt;
        match key.code {
            KeyCode::Char('a') if control && !alt => self.select_all(),
            KeyCode::Char('u') if control && !alt => self.cut(0..self.at),
            KeyCode::Char('w') if control && !alt => self.cut(self.word_before()..self.at),
            KeyCode::Char(c) if !word => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace if word => self.cut(self.word_before()..self.at),
            KeyCode::Backspace => self.cut(self.before()..self.at),
            KeyCode::Delete if word => self.cut(self.at..self.word_after()),
            KeyCode::Delete => self.cut(self.at..self.after()),
            KeyCode::Left if word => self.go(self.word_before(), shift),
            KeyCode::Right if word => self.go(self.word_after(), shift),
            KeyCode::Left => match self.selection().filter(|_| !shift) {
                Some(selected) => self.go(selected.start, false),
                None => self.go(self.before(), shift),
            },
            KeyCode::Right => match self.selection().filter(|_| !shift) {
                Some(selected) => self.go(selected.end, false),
                None => self.go(self.after(), shift),
            },
            KeyCode::Home => self.go(0, shift),
            KeyCode::End => self.go(self.text.len(), shift),
            _ => return false,
        }
        true
    }

    /// Moves the cursor, with one end of the selection or without a selection.
    fn go(&mut self, to: usize, select: bool) {
        self.anchor = match select {
            true => Some(self.anchor.unwrap_or(self.at)),
            false => None,
        };
        self.at = to;
    }

    /// Takes out what is selected, or else a part.
    fn cut(&mut self, part: Range<usize>) {
        if self.drop_selected() {
            return;
        }
        self.at = part.start;
        self.text.drain(part);
    }

    /// True when something was selected.
    fn drop_selected(&mut self) -> bool {
        let selected = self.selection();
        self.anchor = None;
        let Some(selected) = selected else {
            return false;
        };
        self.at = selected.start;
        self.text.drain(selected);
        true
    }

    fn before(&self) -> usize {
        let head = self.text.get(..self.at).unwrap_or_default();
        head.grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let tail = self.text.get(self.at..).unwrap_or_default();
        self.at + tail.graphemes(true).next().map_or(0, str::len)
    }

    /// Where the word before the cursor begins.
    fn word_before(&self) -> usize {
        let head = self.text.get(..self.at).unwrap_or_default();
        let body = head.trim_end_matches(|c| !is_word(c));
        body.trim_end_matches(is_word).len()
    }

    /// Where the word behind the cursor ends.
    fn word_after(&self) -> usize {
        let tail = self.text.get(self.at..).unwrap_or_default();
        let body = tail.trim_start_matches(|c| !is_word(c));
        self.text.len() - body.trim_start_matches(is_word).len()
    }
}

/// Words have letters, digits and what combines with them.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || (!c.is_ascii() && !c.is_whitespace() && width_of(c) == 0)
}

fn width_of(c: char) -> usize {
    unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    const NONE: KeyModifiers = KeyModifiers::NONE;
    const CTRL: KeyModifiers = KeyModifiers::CONTROL;
    const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

    fn press(input: &mut Input, keys: &[(KeyCode, KeyModifiers)]) {
        for (code, modifiers) in keys {
            assert!(input.key(&KeyEvent::new(*code, *modifiers)), "{code:?}");
        }
    }

    #[test]
    fn what_is_typed_takes_the_place_of_a_suggestion_and_arrows_keep_it() {
        let mut input = Input::suggested("UTC");
        assert_eq!(input.selection(), Some(0..3));
        press(
            &mut input,
            &[(KeyCode::Char('E'), NONE), (KeyCode::Char('t'), NONE)],
        );
        assert_eq!(input.text(), "Et");
        let mut input = Input::suggested("UTC");
        press(
            &mut input,
            &[(KeyCode::Right, NONE), (KeyCode::Char('+'), NONE)],
        );
        assert_eq!(input.text(), "UTC+");
        let mut input = Input::suggested("UTC");
        press(
            &mut input,
            &[(KeyCode::Left, NONE), (KeyCode::Char('x'), NONE)],
        );
        assert_eq!(input.text(), "xUTC");
        let mut input = Input::suggested("UTC");
        press(&mut input, &[(KeyCode::Backspace, NONE)]);
        assert_eq!(input.text(), "");
        let mut input = Input::suggested("UTC");
        input.insert("a\nb");
        assert_eq!((input.text(), input.cursor()), ("ab", 2));
    }

    #[test]
    fn parts_are_selected_and_words_go() {
        let mut input = Input::new("Europe/Ber lin");
        press(&mut input, &[(KeyCode::Char('w'), CTRL)]);
        assert_eq!(input.text(), "Europe/Ber ");
        press(&mut input, &[(KeyCode::Backspace, KeyModifiers::ALT)]);
        assert_eq!(input.text(), "Europe/");
        press(
            &mut input,
            &[(KeyCode::Home, SHIFT), (KeyCode::Char('a'), NONE)],
        );
        assert_eq!(input.text(), "a");
        let mut input = Input::new("äb cd");
        press(
            &mut input,
            &[
                (KeyCode::Left, CTRL),
                (KeyCode::Left, SHIFT),
                (KeyCode::Left, SHIFT),
            ],
        );
        assert_eq!(
            input.selection().map(|part| &input.text()[part]),
            Some("b ")
        );
        press(
            &mut input,
            &[(KeyCode::Char('a'), CTRL), (KeyCode::Delete, NONE)],
        );
        assert_eq!(input.text(), "");
        press(
            &mut input,
            &[(KeyCode::Char('u'), CTRL), (KeyCode::Char('w'), CTRL)],
        );
        assert!(!input.key(&KeyEvent::new(KeyCode::Char('k'), CTRL)));
    }

    #[test]
    fn the_cursor_is_in_the_window() {
        let mut input = Input::new("a long text that does not fit");
        assert_eq!(input.window(8), (22..29, 7));
        press(&mut input, &[(KeyCode::Home, NONE)]);
        assert_eq!(input.window(8), (0..29, 0));
        assert_eq!(Input::new("ab").window(0).1, 0);
    }

    proptest! {
        #[test]
        fn no_key_breaks_it(text in "\\PC{0,12}", keys in prop::collection::vec((0..9_usize, 0..8_u8), 0..30)) {
            let mut input = Input::suggested(&text);
            let codes = [
                KeyCode::Left, KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
                KeyCode::Delete, KeyCode::Char('w'), KeyCode::Char('a'), KeyCode::Char('ü'),
            ];
            for (code, modifiers) in keys {
                input.key(&KeyEvent::new(codes[code], KeyModifiers::from_bits_truncate(modifiers)));
                prop_assert!(input.text().is_char_boundary(input.at));
                let (window, cursor) = input.window(5);
                prop_assert!(input.text().get(window).is_some() && cursor <= 5);
            }
        }
    }
}
