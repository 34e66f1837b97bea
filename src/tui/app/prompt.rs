//! A line to type a value into: what it is for, what is meant by what stands there, why it cannot be taken.

use std::fmt;
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::palette::fuzzy;
use super::{App, Overlay};
use crate::tui::editor::Input;

/// Most names that are offered at once.
const OFFERED: usize = 6;

/// Does something with what was typed; may refuse it, in words.
pub type Take = Rc<dyn Fn(&mut App, &str) -> Result<(), String>>;
/// What the text means, in words, or why it means nothing.
pub type Meaning = Rc<dyn Fn(&App, &str) -> Result<String, String>>;
/// Follows each change of the text, as a filter does.
pub type Follow = Rc<dyn Fn(&mut App, &str)>;

/// The line.
///
/// ```text
/// ━ Rate ceiling ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
///  > 500/s
///  at most 500 events a second
/// ```
///
/// Where there are names to choose from, the likeliest are listed above what the text means.
pub struct Prompt {
    /// What the value is, in two or three words.
    pub title: String,
    /// What can be typed, shown while nothing is.
    pub help: String,
    /// What was typed.
    pub input: Input,
    /// What stands below: the meaning, or why it is none.
    pub remark: Result<String, String>,
    /// Names that match what was typed, the likeliest first.
    pub offered: Vec<Rc<str>>,
    /// Index of the chosen one of them.
    pub chosen: usize,
    /// All names that can be meant.
    names: Vec<Rc<str>>,
    before: String,
    take: Take,
    meaning: Option<Meaning>,
    follow: Option<Follow>,
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt")
            .field("title", &self.title)
            .field("input", &self.input)
            .field("remark", &self.remark)
            .finish_non_exhaustive()
    }
}

impl Prompt {
    /// Asks for a value; Enter hands it to `take`, which keeps the line open by refusing.
    pub fn new(
        title: impl Into<String>,
        help: impl Into<String>,
        take: impl Fn(&mut App, &str) -> Result<(), String> + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            help: help.into(),
            input: Input::default(),
            remark: Ok(String::new()),
            offered: Vec::new(),
            chosen: 0,
            names: Vec::new(),
            before: String::new(),
            take: Rc::new(take),
            meaning: None,
            follow: None,
        }
    }

    /// With a text to begin with. It is selected: typing takes its place.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.input = Input::suggested(text);
        text.clone_into(&mut self.before);
        self
    }

    /// Lists the names that match what is typed; the chosen one is taken unless a name was typed in
    /// full.
    #[must_use]
    pub fn among<'a>(mut self, names: impl Iterator<Item = &'a str>) -> Self {
        self.names = names.map(Rc::from).collect();
        self
    }

    /// Finds the names anew that match.
    fn offer(&mut self) {
        let typed = self.input.text().trim().to_lowercase();
        let wanted = if self.input.text() == self.before {
            ""
        } else {
            &typed
        };
        let mut found: Vec<(u32, &Rc<str>)> = self
            .names
            .iter()
            .filter_map(|name| {
                let score = fuzzy(name, wanted)?.0;
                let whole = name.to_lowercase() == typed;
                Some((if whole { 0 } else { score + 1 }, name))
            })
            .collect();
        found.sort_by_key(|(score, name)| (*score, name.len()));
        let found = found.into_iter().take(OFFERED);
        self.offered = found.map(|(_, name)| Rc::clone(name)).collect();
        self.chosen = 0;
    }

    /// What Enter takes: the text, or the chosen name where the text is none of them.
    fn meant(&self) -> String {
        let typed = self.input.text().trim();
        let listed = || self.names.iter().any(|name| **name == *typed);
        match self.offered.get(self.chosen) {
            Some(name) if self.chosen > 0 || !(typed.is_empty() || listed()) => name.to_string(),
            _ => typed.to_owned(),
        }
    }

    /// Says below the line what the text means, or why it means nothing.
    #[must_use]
    pub fn meaning(
        mut self,
        meaning: impl Fn(&App, &str) -> Result<String, String> + 'static,
    ) -> Self {
        self.meaning = Some(Rc::new(meaning));
        self
    }

    /// Tells of each change, as a filter wants it; Esc tells of the first text again.
    #[must_use]
    pub fn follow(mut self, follow: impl Fn(&mut App, &str) + 'static) -> Self {
        self.follow = Some(Rc::new(follow));
        self
    }
}

impl App {
    /// Opens a line to type a value into.
    pub fn ask(&mut self, mut prompt: Prompt) {
        prompt.offer();
        prompt.remark = self.remark(&prompt);
        self.overlays.push(Overlay::Prompt(Box::new(prompt)));
    }

    fn remark(&self, prompt: &Prompt) -> Result<String, String> {
        let text = prompt.meant();
        match &prompt.meaning {
            _ if text.is_empty() => Ok(prompt.help.clone()),
            Some(meaning) => meaning(self, &text),
            None => Ok(prompt.help.clone()),
        }
    }

    pub(super) fn prompt_key(&mut self, key: &KeyEvent) {
        // It leaves the stack meanwhile, so that what it calls may open others.
        let Some(Overlay::Prompt(mut prompt)) = self.overlays.pop() else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return self.leave_prompt(&prompt),
            KeyCode::Char('c' | 'g' | 'q') if control => return self.leave_prompt(&prompt),
            KeyCode::Char('v') if control => {
                let text = self.clipboard.clone();
                prompt.input.insert(&text);
                self.typed(&mut prompt);
            }
            KeyCode::Up | KeyCode::Down | KeyCode::Tab | KeyCode::BackTab
                if !prompt.offered.is_empty() =>
            {
                let back = matches!(key.code, KeyCode::Up | KeyCode::BackTab);
                let last = prompt.offered.len() - 1;
                prompt.chosen = match back {
                    true => prompt.chosen.saturating_sub(1),
                    false => (prompt.chosen + 1).min(last),
                };
                prompt.remark = self.remark(&prompt);
            }
            KeyCode::Enter => {
                let text = prompt.meant();
                match Rc::clone(&prompt.take)(self, &text) {
                    Ok(()) => return,
                    Err(why) => prompt.remark = Err(why),
                }
            }
            _ => {
                if prompt.input.key(key) {
                    self.typed(&mut prompt);
                }
            }
        }
        self.overlays.push(Overlay::Prompt(prompt));
    }

    /// Puts a pasted text into it.
    pub(super) fn prompt_paste(&mut self, text: &str) {
        let Some(Overlay::Prompt(mut prompt)) = self.overlays.pop() else {
            return;
        };
        prompt.input.insert(text);
        self.typed(&mut prompt);
        self.overlays.push(Overlay::Prompt(prompt));
    }

    fn typed(&mut self, prompt: &mut Prompt) {
        prompt.offer();
        if let Some(follow) = &prompt.follow {
            follow(self, prompt.input.text());
        }
        prompt.remark = self.remark(prompt);
    }

    fn leave_prompt(&mut self, prompt: &Prompt) {
        if let Some(follow) = &prompt.follow {
            follow(self, &prompt.before);
        }
    }
}
